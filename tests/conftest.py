"""What all tests share: property tests draw the same examples in every check of a change, and new ones by hand."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

settings.register_profile("check", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None)
# Most tests compile many models for few runs each; the numbers are the same whatever the compiler optimizes.
os.environ.setdefault("CC", "cc -O1")
settings.load_profile("check" if os.environ.get("CI") else "explore")

# Files that take longest begin first, so that no process is left with one of them when the others are done. What is
# made once for a file, an ensemble or a compiled library, is made once: a file runs in one process (--dist loadfile).
LONGEST = (
    "engine/test_backends_agree.py",
    "results/test_same_runs.py",
    "engine/test_same_run_everywhere.py",
    "docs/test_examples.py",
    "rows/test_counterfactuals.py",
    "theory/test_formation.py",
    "theory/test_ideal_points.py",
    "theory/test_rollcall.py",
)
HERE = Path(__file__).parent


CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)
QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def pytest_sessionstart() -> None:
    """The crisis that most tests simulate is compiled before several processes begin: once, not by each of them."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        from ensembles import compiled

        compiled("two-bodies")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order the files; tests of one file keep their order."""
    rank = {HERE / name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: rank.get(item.path, len(rank)))


@pytest.fixture(autouse=True)
def _compiling_is_tried_again() -> Iterator[None]:
    """A test in which compiling fails on purpose does not leave the workers of later ones with NumPy."""
    from whipcount import session

    yield
    session._failed.clear()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """The browser: one for all tests of a process, since a second one cannot be begun beside it."""
    sync = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("there is no chromium on this machine")
    flags = [*QUIET, *(["--no-sandbox"] if os.geteuid() == 0 else [])]  # a browser refuses its sandbox to root
    with sync.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield browser
        browser.close()
