"""A run folder read in R says what it says in Python: every chunk of the example runs, and its numbers are the same."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

import whipcount

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "results-in-r.qmd"
CHUNK = re.compile(r"^```\{r\}\n(.*?)^```$", re.MULTILINE | re.DOTALL)
RSCRIPT = shutil.which("Rscript")


@pytest.mark.skipif(RSCRIPT is None, reason="R is not installed (Debian: apt-get install r-base-core)")
def test_r_finds_the_same_probabilities(tmp_path: Path) -> None:
    with whipcount.using(backend="numpy", workers=1):
        results = whipcount.run("two-bodies", runs=60, seed=7, out=tmp_path / "kept")
    script = tmp_path / "example.R"
    chunks = CHUNK.findall(EXAMPLE.read_text(encoding="utf-8"))
    script.write_text(
        "\n".join([*chunks, 'write.csv(probabilities, "found.csv", row.names = FALSE)']), encoding="utf-8"
    )
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [str(RSCRIPT), "--vanilla", script.name],
        cwd=tmp_path, env={**os.environ, "RUN": "kept", "PATH": path}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = pl.read_csv(tmp_path / "found.csv")
    assert len(found) == 5
    for row in found.iter_rows(named=True):
        outcome = results.outcome(row["outcome"])
        assert row["used"] == outcome.used
        assert row["probability"] == pytest.approx(outcome.estimate)
        assert (row["low"], row["high"]) == pytest.approx(outcome.interval, abs=1e-6)
