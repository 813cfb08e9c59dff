"""An explorer of a small ensemble, asked without a network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from site_reader import Site, site_of

from ensembles import compiled
from whipcount.results import Results, run_ensemble
from whipcount.web.settings import Settings


@pytest.fixture(scope="session")
def ensemble(tmp_path_factory: pytest.TempPathFactory) -> Results:
    """Eighty runs of the small scenario."""
    folder = tmp_path_factory.mktemp("runs") / "two-bodies"
    return run_ensemble(compiled("two-bodies"), 80, 5, out=folder, workers=1)


@pytest.fixture(scope="session")
def site(ensemble: Results) -> Iterator[Site]:
    """The explorer of that ensemble."""
    made = site_of(Settings(run_folder=ensemble.folder))
    yield made
    made.close()


@pytest.fixture(scope="session")
def bare_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The explorer of the large scenario, before there are any runs: nothing is simulated unless it is started."""
    made = site_of(Settings("november-1917", data_dir=Path(tmp_path_factory.mktemp("explorer"))))
    yield made
    made.close()
