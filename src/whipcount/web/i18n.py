"""The explorer's texts in the reader's language: English in the code, other languages from gettext catalogues."""

from __future__ import annotations

import gettext as standard
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.requests import Request

DOMAIN = "explorer"
LOCALE = Path(__file__).parent / "locale"
LANGUAGES = {"en": "English", "ru": "Русский"}


def N_(text: str) -> str:  # noqa: N802 - the name by which extractors know a text that is translated later
    """Mark a text for the catalogue where no reader is known yet."""
    return text


@cache
def catalogue(language: str) -> standard.NullTranslations:
    """The texts of one language; English ones stand in the code."""
    if language == "en":
        return standard.NullTranslations()
    return standard.translation(DOMAIN, LOCALE, [language])


def language_of(request: Request, given: str | None = None) -> str:
    """The reader's language: as the address says, else as whoever started the page, else as the browser says."""
    asked = request.query_params.get("lang", "")
    if asked in LANGUAGES:
        return asked
    if given in LANGUAGES:
        return str(given)
    return preferred(request.headers.get("accept-language", ""))


def preferred(header: str) -> str:
    """The best known language of an Accept-Language header ("ru-RU,ru;q=0.9,en;q=0.5"); English where none is."""
    best, weight = "en", 0.0
    for part in header.split(",")[:20]:
        name, _, quality = part.strip().partition(";")
        language = name.strip().lower().partition("-")[0]
        try:
            value = float(quality.strip().removeprefix("q=")) if quality.strip() else 1.0
        except ValueError:
            continue
        if language in LANGUAGES and value > weight:
            best, weight = language, value
    return best
