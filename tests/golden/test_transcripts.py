"""Golden transcripts: one readable day-by-day story for each scenario, in both languages, reviewed in the diff.

Regenerate them with `python tests/golden/test_transcripts.py` after a change of the model that is meant, and read them.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

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


def _told(scenario: str, run: int, language: str) -> str:
    command = [sys.executable, "-m", "whipcount", "--lang", language, "transcript", scenario]
    finished = subprocess.run(
        [*command, "--run", str(run), "--seed", "1"],
        capture_output=True,
        text=True,
        check=True,
        encoding="utf-8",
        env={"PYTHONUTF8": "1", "COLUMNS": "110", "PATH": "", "PYTHONPATH": os.environ.get("PYTHONPATH", "")},
    )
    return "\n".join(line.rstrip() for line in finished.stdout.splitlines()) + "\n"


@pytest.mark.parametrize(("scenario", "run", "language"), CASES)
def test_the_transcript_is_the_reviewed_one(scenario: str, run: int, language: str) -> None:
    assert _told(scenario, run, language) == _path(scenario, run, language).read_text(encoding="utf-8")


if __name__ == "__main__":
    for case in CASES:
        _path(*case).write_text(_told(*case), encoding="utf-8")
