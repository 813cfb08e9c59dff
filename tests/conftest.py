"""What all tests share: property tests draw the same examples in every check of a change, and new ones by hand."""

from __future__ import annotations

import os
from pathlib import Path

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


def pytest_sessionstart() -> None:
    """The crisis that most tests simulate is compiled before several processes begin: once, not by each of them."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        from ensembles import compiled

        compiled("two-bodies")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order the files; tests of one file keep their order."""
    rank = {HERE / name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: rank.get(item.path, len(rank)))
