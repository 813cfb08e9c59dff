"""The catalogues hold every text of the pages, translated, and are compiled as they stand."""

from __future__ import annotations

import gettext
import io
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

import whipcount.web
from whipcount.web.i18n import DOMAIN, LANGUAGES

WEB = Path(whipcount.web.__file__).parent
MAPPING = [("**.py", "python"), ("templates/**.html", "jinja2")]
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
OTHERS = [language for language in LANGUAGES if language != "en"]


def texts_of_pages() -> set[str]:
    """Every text that the code and the templates mark for translation; of a plural, its singular."""
    options = {"templates/**.html": {"trimmed": "true"}}
    found = extract_from_dir(WEB, MAPPING, options_map=options, keywords=KEYWORDS)
    return {message if isinstance(message, str) else message[0] for _, _, message, _, _ in found}


def catalogue_of(language: str) -> Catalog:
    path = WEB / "locale" / language / "LC_MESSAGES" / f"{DOMAIN}.po"
    with path.open("rb") as stream:
        return read_po(stream, locale=language)


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_translated(language: str) -> None:
    catalogue = catalogue_of(language)
    known = {
        message.id if isinstance(message.id, str) else message.id[0]: message for message in catalogue if message.id
    }
    assert texts_of_pages() - set(known) == set(), "run `make catalogues`"
    missing = [
        ident
        for ident, message in known.items()
        if not message.string or not all([message.string] if isinstance(message.string, str) else message.string)
    ]
    assert missing == []
    assert [ident for ident, message in known.items() if message.fuzzy] == []
    assert [error for message in catalogue for error in message.check(catalogue)] == []


@pytest.mark.parametrize("language", OTHERS)
def test_the_compiled_catalogue_is_the_written_one(language: str) -> None:
    written = io.BytesIO()
    write_mo(written, catalogue_of(language))
    written.seek(0)
    fresh = gettext.GNUTranslations(written)
    shipped = gettext.translation(DOMAIN, WEB / "locale", [language])
    for text in texts_of_pages():
        assert shipped.gettext(text) == fresh.gettext(text), "run `make catalogues`"


def test_the_texts_are_found() -> None:
    assert {"Replay", "The crisis", "%(num)s fact"} <= texts_of_pages()
