"""Version 2 of the language: older files are refused once, with what to write; a text in one language is enough."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from whipcount.errors import ScenarioError
from whipcount.scenario import load, names, scaffold
from whipcount.scenario.loader import FOLDER, check_tree
from whipcount.scenario.renewal import other_version
from whipcount.scenario.sheets import export_sheets, import_sheets
from whipcount.scenario.values import Text
from whipcount.scenario.yaml_nodes import parse
from whipcount.text import speaking

TEXT = scaffold("demo")


def test_a_file_of_version_1_has_one_complaint_whatever_else_is_wrong() -> None:
    old = TEXT.replace("whipcount: 2", "whipcount: 1").replace("principal: committee", "principal: comittee")
    problems = check_tree(parse(old, "old.yaml"))
    assert [problem.code for problem in problems] == ["WC119"]
    assert problems[0].place.line == 3
    assert "line 3: write `whipcount: 2`" in problems[0].hint


def test_it_says_key_by_key_what_to_write() -> None:
    old = TEXT.replace("whipcount: 2", "whipcount: 1").replace("party: blue, quorum: 3", "party: blue, haste: 3")
    problem = other_version(parse(old, "old.yaml"))
    assert problem is not None
    line = next(number for number, text in enumerate(old.splitlines(), 1) if "haste" in text)
    assert f"line {line}: bodies.committee.haste: take it out" in problem.hint


@pytest.mark.parametrize("name", names())
def test_what_comes_with_the_program_is_in_this_version(name: str) -> None:
    assert other_version(parse((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"), name)) is None


WORDS = st.text(st.characters(categories=("L", "Nd")), min_size=1, max_size=12)


@given(WORDS)
def test_one_language_serves_both(word: str) -> None:
    for given_text in (word, {"en": word}, {"ru": word}):
        text = Text.model_validate(given_text)
        assert text.in_language("en") == text.in_language("ru") == word


@given(WORDS, WORDS)
def test_two_languages_stay_apart(english: str, russian: str) -> None:
    text = Text.model_validate({"en": english, "ru": russian})
    assert (text.in_language("en"), text.in_language("ru")) == (english, russian)


def test_a_scenario_in_english_alone_is_read_and_shown_in_russian_too() -> None:
    alone = re.sub(r"\{en: (\"[^\"]*\"|[^,{}]+), ru: (\"[^\"]*\"|[^,{}]+)\}", r"\1", TEXT)
    assert "ru:" not in alone
    scenario = load(yaml.safe_load(alone)).scenario
    with speaking("ru"):
        assert scenario.actors[0].name.in_language() == "Anna"


def test_a_text_in_one_language_survives_the_sheets(tmp_path: Path) -> None:
    file = tmp_path / "demo.yaml"
    file.write_text(TEXT.replace("name: {en: Anna, ru: Анна}", "name: Anna"), encoding="utf-8")
    export_sheets(load(file), tmp_path / "sheets", "csv")
    assert import_sheets(tmp_path / "sheets", file).changed == ()


def test_texts_without_words_are_refused_once() -> None:
    for given_text in ("name: ''", "name: {en: ''}", "name: {}"):
        old = TEXT.replace("name: {en: Anna, ru: Анна}", given_text)
        with pytest.raises(ScenarioError) as caught:
            load_text(old)
        assert len(caught.value.problems) == 1, given_text


def load_text(text: str) -> None:
    problems = check_tree(parse(text, "demo.yaml"))
    if problems:
        raise ScenarioError(*problems)
