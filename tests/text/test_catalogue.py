"""The catalogue: what the code says is in it, what it holds is said, and the compiled one is the written one."""

from __future__ import annotations

import ast
import gettext
import io
import re
import string

import pytest
from babel.messages.catalog import Message
from babel.messages.mofile import write_mo
from extraction import PACKAGE, catalogue_of, found_in_code

from whipcount.report.phrases import PHRASES
from whipcount.text import DOMAIN, LANGUAGES, LOCALE, English, say, say_as, speaking

OTHERS = [language for language in LANGUAGES if language != "en"]


def messages(language: str) -> list[Message]:
    return [message for message in catalogue_of(language) if message.id]


def first(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


@pytest.mark.parametrize("language", OTHERS)
def test_the_explorers_own_texts_are_translated(language: str) -> None:
    """Others may stand in English; what is missing is told by `make catalogues`."""
    known = {first(message) for message in messages(language) if message.string}
    missing = {one.text: one.file for one in found_in_code() if one.text not in known}
    print(f"{len(missing)} texts without {language}:", *sorted(missing), sep="\n")
    assert {text for text, file in missing.items() if file.startswith("web/")} == set()


@pytest.mark.parametrize("language", OTHERS)
def test_no_translation_is_doubtful_and_its_places_are_those_of_the_text(language: str) -> None:
    catalogue = catalogue_of(language)
    assert [first(message) for message in messages(language) if message.fuzzy] == []
    marked = [message for message in catalogue if message.id and "%(" in first(message)]  # "95%, of" is no place
    assert [error for message in marked for error in message.check(catalogue)] == []
    for message in messages(language):
        if message.context in PHRASES:
            continue  # these may use any field of an event
        texts = (message.id,) if isinstance(message.id, str) else message.id
        theirs = (message.string,) if isinstance(message.string, str) else message.string
        assert set().union(*map(places, theirs)) <= set().union(*map(places, texts)), first(message)


def places(text: str) -> set[str]:
    if "%(" in text:
        return set(re.findall(r"%\((\w+)\)", text))
    try:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}
    except ValueError:
        return set()


@pytest.mark.parametrize("language", OTHERS)
def test_the_compiled_catalogue_is_the_written_one(language: str) -> None:
    written = io.BytesIO()
    write_mo(written, catalogue_of(language))
    written.seek(0)
    fresh = gettext.GNUTranslations(written)
    shipped = gettext.translation(DOMAIN, LOCALE, [language])
    for message in messages(language):
        if isinstance(message.id, str) and message.context is None:
            assert shipped.gettext(message.id) == fresh.gettext(message.id), "run `make catalogues`"


def test_the_code_holds_no_other_language() -> None:
    """Fewer than fifty lines: the languages' own names, marks that a reader of tables knows, the page of the token."""
    lines = [
        f"{path.relative_to(PACKAGE)}:{number}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search("[\u0400-\u04ff]", line)
    ]
    assert len(lines) < 50, lines


def test_a_text_inside_another_is_found() -> None:
    texts = {one.text for one in found_in_code()}
    assert {"Replay", "The crisis", "Voting power", "{n} run", "; {share} of them part, from {first_day} on"} <= texts


def test_a_text_without_a_translation_stands_in_english_and_says_so() -> None:
    with speaking("ru"):
        text = say("a sentence that nobody has translated about {who}", who="Anna")
        assert text == "a sentence that nobody has translated about Anna"
        assert isinstance(text, English)
        assert not isinstance(say("yes"), English)
        assert isinstance(say_as("nowhere", "nothing of the kind"), English)


def test_every_text_that_takes_values_is_a_literal() -> None:
    """A text put together while the program runs would never be found in a catalogue."""
    bad = [
        f"{path.relative_to(PACKAGE)}:{node.lineno}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") in ("say", "mark")
        and node.args
        and isinstance(node.args[0], ast.JoinedStr)
    ]
    assert bad == []
