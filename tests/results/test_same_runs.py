"""The shipped scenarios give the runs that they gave before: only a change of the model may change them."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest
from run_hashes import EXPECTED, SEEDS, Case, case_name, cases, hashes


def _params() -> list[Any]:
    """NumPy is slow on so many days, and accounts take long to compile: they run with the slow tests.

    NumPy runs one seed of each: that it gives what the compiled backend gives is proved in test_backends_agree.
    """
    return [
        pytest.param(
            case,
            backend,
            id=f"{case_name(*case)}, {backend}",
            marks=[pytest.mark.slow] if case[1] or backend == "numpy" else [],
        )
        for backend in ("numpy", "compiled")
        for case in cases()
        if backend == "compiled" or case[2] == SEEDS[0]
    ]


@pytest.mark.parametrize(("case", "backend"), _params())
def test_runs_have_the_same_columns(case: Case, backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A change of the model renews the hashes in its own commit: `python tests/results/run_hashes.py`."""
    if case[1]:  # the library of an account is of no use to any other test: it is compiled as fast as can be
        monkeypatch.setenv("CC", f"{os.environ['CC']} -O0")
    assert hashes(*case, backend) == json.loads(EXPECTED.read_text(encoding="utf-8"))[case_name(*case)]


def test_no_hash_is_kept_of_what_is_not_run() -> None:
    assert set(json.loads(EXPECTED.read_text(encoding="utf-8"))) == {case_name(*case) for case in cases()}
