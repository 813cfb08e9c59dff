"""Records of a scenario as plain dictionaries, and names in both languages."""

from __future__ import annotations

from typing import Any

Record = dict[str, Any]


def text(en: str, ru: str | None = None) -> Record:
    """A name in both languages."""
    return {"en": en, "ru": ru or en}
