"""What the fuzzer starts from, and what once broke a reader: answered or refused with a coded error, nothing else."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))
import fuzz

INPUTS = [(path.parent.name, path) for path in sorted(fuzz.CORPUS.glob("*/*"))]


@cache
def entry(name: str) -> fuzz.Entry:
    """An entry, made ready once."""
    return fuzz.ENTRIES[name]()


@pytest.mark.parametrize(("name", "path"), INPUTS, ids=lambda one: getattr(one, "name", one))
def test_an_input_is_answered_or_refused(name: str, path: Path) -> None:
    fuzz.replay(entry(name), path.read_bytes())


def test_every_entry_has_inputs_and_a_crash_is_noticed() -> None:
    assert {name for name, _ in INPUTS} == set(fuzz.ENTRIES)

    def broken(content: bytes) -> None:
        raise IndexError(content)

    with pytest.raises(IndexError):
        fuzz.replay(broken, b"x")
