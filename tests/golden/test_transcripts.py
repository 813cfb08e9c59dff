"""Golden transcripts: one readable day-by-day story for each scenario, in both languages, reviewed in the diff.

Regenerate them with `python tests/golden/test_transcripts.py` after a change of the model that is meant, and read them.
"""

from __future__ import annotations

import contextlib
import io
from functools import cache
from pathlib import Path

import pytest

from whipcount.charts.material import Material
from whipcount.cli import main
from whipcount.report import single
from whipcount.report.single import material_of_run
from whipcount.scenario import load

HERE = Path(__file__).parent
# scenario, run, language: runs of seed 1 that show much of what a scenario holds
CASES = (
    ("two-bodies", 3, "en"),
    ("two-bodies", 3, "ru"),
    ("november-1917", 7015, "en"),
    ("november-1917", 7015, "ru"),
    ("after-1918", 1, "en"),
)


def _path(scenario: str, run: int, language: str) -> Path:
    return HERE / f"{scenario}.run{run}.{language}.txt"


@cache
def _material(scenario: str, run: int) -> Material:
    """What both languages tell of."""
    return material_of_run(load(scenario), 1, run)


def _told(scenario: str, run: int, language: str, patch: pytest.MonkeyPatch) -> str:
    material = _material(scenario, run)
    patch.setattr(single, "material_of_run", lambda *_: material)
    patch.setenv("COLUMNS", "110")
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        assert main(["--lang", language, "transcript", scenario, "--run", str(run), "--seed", "1"]) == 0
    return "\n".join(line.rstrip() for line in told.getvalue().splitlines()) + "\n"


@pytest.mark.parametrize(("scenario", "run", "language"), CASES)
def test_the_transcript_is_the_reviewed_one(
    scenario: str, run: int, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _told(scenario, run, language, monkeypatch) == _path(scenario, run, language).read_text(encoding="utf-8")


if __name__ == "__main__":
    with pytest.MonkeyPatch.context() as one:
        for case in CASES:
            _path(*case).write_text(_told(*case, one), encoding="utf-8")
