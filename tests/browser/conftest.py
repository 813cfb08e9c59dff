"""A real browser on a real server of this machine. Without a browser these tests are skipped, with the reason."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from visits import Served, Visit, serving, visiting

from ensembles import compiled
from whipcount.results import run_ensemble


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs the browser."""
    for item in items:
        if Path(item.path).is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.timeout(180))


@pytest.fixture(scope="session")
def small(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:  # noqa: ARG001 - skips first
    """The explorer of eighty runs of the small scenario."""
    folder = tmp_path_factory.mktemp("runs") / "two-bodies"
    yield from serving(run_ensemble(compiled("two-bodies"), 80, 5, out=folder, workers=1))


@pytest.fixture(scope="session")
def large(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:  # noqa: ARG001 - skips first
    """The explorer of a few runs of the large scenario."""
    folder = tmp_path_factory.mktemp("runs") / "november"
    yield from serving(run_ensemble(compiled("november-1917"), 12, 5, out=folder, workers=1))


@pytest.fixture
def visit(chromium: Any, small: Served) -> Iterator[Visit]:
    """A visit to the small explorer; at its end nothing has gone wrong and no other host was asked."""
    yield from visiting(chromium, small)
