"""docs/reference/language.md tells every key and every event; what it says of who reads what is what trying shows."""

from __future__ import annotations

import importlib.util
import re
import sys
from functools import cache
from typing import Any

import pytest
from pages import PROJECT

from whipcount.mechanisms import all_mechanisms, all_verbs

ANEW = "run `python docs/language_page.py`"


@cache
def written() -> Any:
    described = importlib.util.spec_from_file_location("language_page", PROJECT / "docs" / "language_page.py")
    assert described is not None
    assert described.loader is not None
    module = importlib.util.module_from_spec(described)
    sys.modules["language_page"] = module
    described.loader.exec_module(module)
    return module


@cache
def _sections() -> tuple[dict[str, str], dict[str, str]]:
    keys, events = written().PAGE.read_text(encoding="utf-8").split("\n## Events\n")
    found = [re.split(r"^### (.+)$", text.replace("\\*", "*"), flags=re.MULTILINE) for text in (keys, events)]
    first, second = (dict(zip(parts[1::2], parts[2::2], strict=True)) for parts in found)
    return first, second


def records() -> dict[str, str]:
    """The sections on keys, by record."""
    return _sections()[0]


def events() -> dict[str, str]:
    """The sections on events, by name."""
    return _sections()[1]


def test_every_key_has_its_row() -> None:
    for title, _, model in written().records():
        assert title in records(), ANEW
        keys = [info.alias or name for name, info in model.model_fields.items()]
        assert re.findall(r"^\| `(\S+)` \|", records()[title], flags=re.MULTILINE) == keys, (title, ANEW)


def test_every_key_says_what_it_means() -> None:
    rows = [line.split(" | ") for text in records().values() for line in text.splitlines() if line.startswith("| `")]
    assert len(rows) > 150
    assert [row[0] for row in rows if len(row) < 2 or not row[1].strip()] == []


def test_every_event_has_its_section() -> None:
    assert set(events()) == set(all_verbs()), ANEW


def test_every_mechanism_reads_something_of_a_scenario() -> None:
    """What nothing of a scenario feeds would say the same of every crisis."""
    text = written().PAGE.read_text(encoding="utf-8")
    silent = [name for name, kind in all_mechanisms().items() if kind.verbs and f"`{name}`" not in text]
    assert silent == [], ANEW


def test_what_theory_says_is_read_is_read() -> None:
    """Duty is a cost of leaving a post, a casting vote belongs to a division, a quota of signatures to an ultimatum."""
    assert "`actors.*.duty`" in events()["leave_post"]
    assert "`parties.*.ultimatum.quota`" in events()["ultimatum"]
    assert "`bodies.*.casting_vote`" in events()["division"]
    assert "`actors.*.ideal`" not in events()["event"]


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_page_is_as_written() -> None:
    assert written().PAGE.read_text(encoding="utf-8") == written().page(), ANEW
