"""Records of a scenario as plain dictionaries, and names in both languages."""

from __future__ import annotations

from typing import Any

from whipcount.text import LANGUAGES, Label, say, speaking

Record = dict[str, Any]


def text(english: str, /, **values: object) -> Record:
    """A name in every language: the English text of the code, its places filled with values or with names in each."""
    found: Record = {}
    for language in LANGUAGES:
        with speaking(language):
            here = {key: one.in_language() if isinstance(one, Label) else one for key, one in values.items()}
            found[language] = str(say(english, **here))
    return found


def name(label: Label | str) -> Record:
    """A name as its author gives it."""
    return {"en": label, "ru": label} if isinstance(label, str) else {"en": label.en, "ru": label.ru or label.en}
