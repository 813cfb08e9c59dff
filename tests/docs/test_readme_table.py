"""The README's table is what the command prints."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from whipcount.results import run_ensemble
from whipcount.scenario import load

PROJECT = Path(__file__).parent.parent.parent


@pytest.mark.slow
def test_the_readme_shows_what_the_main_job_prints(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("readme_table", PROJECT / "docs" / "readme_table.py")
    assert spec is not None
    assert spec.loader is not None
    page = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(page)
    results = run_ensemble(load("november-1917"), runs=10_000, seed=1, out=tmp_path / "run", events="none")
    assert page.table(results) in (PROJECT / "README.md").read_text(encoding="utf-8")
