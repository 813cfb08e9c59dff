"""What scenarios written for an author have in common: identifiers, languages of names, what nobody has measured."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
# what nobody has measured: loyalty and the like from half as strong to half again as strong as usual
TRAITS: dict[str, Any] = {
    **{trait: {"prior": {"uniform": [0.5, 1.5]}} for trait in ("loyalty", "identity", "ambition", "duty")},
    **{trait: {"prior": {"uniform": [0.0, 0.4]}} for trait in ("press", "organisation")},
    "cadre": {"prior": {"uniform": [0.3, 0.7]}},
}


def is_russian(text: str) -> bool:
    """Whether a text is written in Russian letters."""
    return _CYRILLIC.search(text) is not None


def in_its_language(text: str) -> Any:
    """A name as the language has it: in the language in which it is written."""
    return {"ru": text} if is_russian(text) else text


def slug(name: str, taken: set[str], before: str, longest: int | None = 40) -> str:
    """An identifier for a name, unlike those taken, to which it is added.

    It is made of the name's latin letters and digits; a name that does not begin with a letter gets `before` in front.
    """
    plain = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    base = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:longest].strip("_")
    base = base if base[:1].isalpha() else f"{before}{base}".strip("_")
    found, number = base, 1
    while found in taken:
        number += 1
        found = f"{base}_{number}"
    taken.add(found)
    return found
