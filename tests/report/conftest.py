"""Fixtures of the report's tests: a made-up crisis with made-up runs."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from whipcount.report.material import Material

sys.path.insert(0, str(Path(__file__).parent))
import synthetic


@pytest.fixture(scope="session")
def material() -> Material:
    """Two hundred made-up runs of the made-up crisis."""
    return synthetic.material()
