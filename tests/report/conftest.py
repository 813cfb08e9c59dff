"""Fixtures of the report's tests: a made-up crisis with made-up runs, and a small real one."""

from __future__ import annotations

from pathlib import Path

import pytest
import synthetic

from ensembles import compiled
from whipcount.charts.material import Material
from whipcount.results import Results, run_ensemble


@pytest.fixture(scope="session")
def material() -> Material:
    """Two hundred made-up runs of the made-up crisis."""
    return synthetic.material()


@pytest.fixture(scope="session")
def results(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """Forty runs of the tutorial scenario, in a run folder."""
    folder: Path = tmp_path_factory.mktemp("runs") / "two-bodies"
    return run_ensemble(compiled("two-bodies"), 40, seed=3, out=folder, workers=1)
