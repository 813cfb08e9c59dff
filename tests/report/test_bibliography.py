"""Every key of literature stands for a work, every work is used, and BibTeX is well-formed."""

from __future__ import annotations

import importlib
import pkgutil
import re
import unicodedata

import pytest

import whipcount
from whipcount.cli import main
from whipcount.mechanisms import all_mechanisms
from whipcount.report.bibliography import KINDS, Work, bibliography, program, works
from whipcount.table import Result

KEY = re.compile(r"[a-z_]+_[0-9]{4}")


def named() -> set[str]:
    """Keys that mechanisms and results name; whole works stand there in words."""
    for module in pkgutil.walk_packages(whipcount.__path__, "whipcount."):
        if ".questions." in module.name or ".theory." in module.name:
            importlib.import_module(module.name)
    waiting, found = [Result], {key for one in all_mechanisms().values() for key in one.references}
    while waiting:
        one = waiting.pop()
        waiting += one.__subclasses__()
        found |= {key for key in one.references if KEY.fullmatch(key)}
    return found


def test_every_key_is_a_work_and_every_work_is_named() -> None:
    assert named() == set(bibliography())


def _plain(name: str) -> str:
    """A name in small letters as keys have them: without accents, strokes and apostrophes."""
    bare = "".join(one for one in unicodedata.normalize("NFKD", name) if not unicodedata.combining(one))
    return bare.lower().replace("'", "").replace("-", "_").replace("ø", "o")


def test_works_have_what_their_kind_needs() -> None:
    for key, work in bibliography().items():
        assert work.kind in KINDS, key
        assert work.by, key
        assert all(", " in one for one in work.by), f"{key}: family name, given name"
        assert key.rpartition("_")[0].split("_")[0] in _plain(work.by[0]), key
        assert 1900 < (work.year or 0) <= 2026, key
        assert work.place, key
        if work.kind == "article":
            assert "volume" in dict(work.details), key


@pytest.mark.parametrize("work", [program(), *bibliography().values()], ids=lambda work: work.key)
def test_an_entry_closes_what_it_opens(work: Work) -> None:
    text = work.bibtex()
    assert text.startswith("@")
    assert text.count("{") == text.count("}")
    assert work.title in text.replace("\\", "")


def test_a_foreign_key_stands_for_itself() -> None:
    assert [one.title for one in works(["a_mechanism_of_mine", "nash_1950"])] == [
        "a_mechanism_of_mine",
        "The Bargaining Problem",
    ]


def test_special_characters_are_escaped() -> None:
    assert r"A \& B\_C 5\%" in Work("k", "book", ("D, E",), "A & B_C 5%").bibtex()


def test_what_a_crisis_rests_on_is_cited(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cite", "november-1917"]) == 0
    told = capsys.readouterr().out
    for one in ("@software{whipcount,", "@book{hirschman_1970,", "@misc{november-1917:A,"):
        assert one in told
    assert main(["cite"]) == 0
    assert capsys.readouterr().out.count("@") == 1
