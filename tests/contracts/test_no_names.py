"""No mechanism knows a name or a date: the rooms below the scenario hold nothing of any one crisis."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from source_tree import PACKAGE, PROJECT, python_files

ROOMS = ("vocabulary", "mechanisms", "world", "engine")
SCENARIOS = sorted((PACKAGE / "scenarios").rglob("*.y*ml"))
# Words that a scenario may use in a name though the field uses them too.
TERMS = {
    *("leader", "leadership", "opposition", "majority", "minority", "government", "cabinet", "congress", "council"),
    *("committee", "executive", "caucus", "centre", "moderates", "radicals", "partner", "mediator", "union", "unions"),
    *("conference", "chair", "party", "parties", "members", "bloc", "faction", "delegates", "others", "workers"),
    *("labour", "press", "social", "socialist", "socialists", "democrats", "internationalists", "liberals", "central"),
}


@cache
def crisis_words() -> dict[str, str]:
    """Ids and words of the names of the shipped scenarios' people and parties that are no term of the field."""
    words: dict[str, str] = {}
    for path in SCENARIOS:
        scenario: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        for record in (*(scenario.get("actors") or ()), *(scenario.get("parties") or ())):
            for word in words_of(record):
                words.setdefault(word, path.name)
    return {word: file for word, file in words.items() if word.lower() not in TERMS}


def words_of(record: dict[str, Any]) -> set[str]:
    """The id of a person or party, if it is long enough to be one, and the capitalised words of the names.

    A bloc is called by what it consists of, which is no name: only an id of several words counts.
    """
    found = {part for part in [str(record.get("id", ""))] if len(part) >= 4}
    if record.get("size", 1) > 1 or record.get("bloc"):
        return {part for part in found if "_" in part}
    name = record.get("name") or ""
    texts = list(name.values()) if isinstance(name, dict) else [str(name)]
    return found | {word for text in texts for word in re.findall(r"\b[A-ZА-ЯЁ][\w’'-]{4,}", str(text))}


@cache
def crisis_years() -> set[int]:
    """The years that the scenarios' calendars touch."""
    years: set[int] = set()
    for path in SCENARIOS:
        calendar = (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("calendar") or {}
        bounds = [int(str(calendar[end])[:4]) for end in ("start", "end") if end in calendar]
        if bounds:
            years |= set(range(min(bounds), max(bounds) + 1))
    return years


def names_in(text: str, words: set[str]) -> list[str]:
    """The crisis words that stand in a text as whole words; ids in any case, names as they are written."""
    whole = set(re.findall(r"\w+(?:[’'-]\w+)*", text))
    lower = {word.lower() for word in whole}
    return sorted(word for word in words if word in whole or (word.islower() and word in lower))


def years_in(text: str, years: set[int]) -> list[str]:
    """Years of a crisis: as numbers, or inside dates. The year of a cited work stands in its reference, not here."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Constant):
            continue
        if isinstance(node.value, int | float) and not isinstance(node.value, bool) and node.value in years:
            found.append(str(node.value))
        if isinstance(node.value, str):
            found += [date for date in re.findall(r"\b(\d{4})-\d\d\b", node.value) if int(date) in years]
    return found


FILES = python_files(*(PACKAGE / room for room in ROOMS))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_knows_no_crisis(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert names_in(text, set(crisis_words())) == []
    assert years_in(text, crisis_years()) == []


def test_there_are_names_to_look_for() -> None:
    assert SCENARIOS, "scenarios are shipped in src/whipcount/scenarios"
    assert len(crisis_words()) > 40


def test_the_check_sees() -> None:
    words = words_of({"id": "ivan_petrov", "name": {"en": "Ivan Petrov", "ru": "Иван Петров"}})
    assert names_in("if actor == 'ivan_petrov': pass", words) == ["ivan_petrov"]
    assert names_in("# as Petrov did", words) == ["Petrov"]
    assert names_in("# petrology", words) == []
    code = "start = '1917-11-07'\nlimit = 1918\ntheory = 'as in 1917'"
    assert sorted(years_in(code, {1917, 1918})) == ["1917", "1918"]
