"""The shipped scenarios give the runs that they gave before: only a change of the model may change them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from run_hashes import EXPECTED, SEEDS, Case, case_name, cases, hashes

BACKENDS = ("numpy", "compiled")


def _params() -> list[Any]:
    """Accounts take long to compile, and a second seed long on NumPy: they run with the slow tests."""
    return [
        pytest.param(
            case,
            backend,
            id=f"{case_name(*case)}, {backend}",
            marks=[pytest.mark.slow] if case[1] or (backend == "numpy" and case[2] != SEEDS[0]) else [],
        )
        for backend in BACKENDS
        for case in cases()
    ]


@pytest.mark.parametrize(("case", "backend"), _params())
def test_runs_have_the_same_columns(case: Case, backend: str) -> None:
    """A change of the model renews the hashes in its own commit: `python tests/results/run_hashes.py`."""
    assert hashes(*case, backend) == json.loads(EXPECTED.read_text(encoding="utf-8"))[case_name(*case)]


def test_no_hash_is_kept_of_what_is_not_run() -> None:
    assert set(json.loads(EXPECTED.read_text(encoding="utf-8"))) == {case_name(*case) for case in cases()}
