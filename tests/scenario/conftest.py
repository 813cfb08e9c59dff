"""A small valid scenario to break and to change."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from known_names import declared

from whipcount.scenario import LoadedScenario, load, scaffold


@pytest.fixture
def text() -> str:
    """The text of the scaffold."""
    return scaffold("demo")


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Path]:
    """Writes a scenario file."""

    def write_text(content: str) -> Path:
        path = tmp_path / "demo.yaml"
        path.write_text(content, encoding="utf-8")
        return path

    return write_text


@pytest.fixture
def demo(text: str, write: Callable[[str], Path]) -> LoadedScenario:
    """The scaffold, loaded."""
    return load(write(text), registry=declared)
