"""Hashes of the decoded columns of runs: what the shipped scenarios give, whatever file format carries it.

`python tests/results/run_hashes.py` writes them anew to `run_hashes.json`: with a change of the model, in the commit of
the changed rule, and with no other change.
"""

from __future__ import annotations

import functools
import hashlib
import json
from pathlib import Path

import numpy as np
import polars as pl

from whipcount.results import Engine, Results, run_ensemble, scenario_engine
from whipcount.scenario import load
from whipcount.session import using

EXPECTED = Path(__file__).with_name("run_hashes.json")
TABLES = ("table", "events", "series", "paths", "counts")
RUNS = 200
HASHED = ("after-1918", "november-1917", "two-bodies")  # between them they exercise every mechanism
SEEDS = (1, 2024)
Case = tuple[str, str | None, int]


def cases() -> list[Case]:
    """Each of these scenarios as it stands with every seed, and each of its accounts with the first one."""
    whole: list[Case] = [(slug, None, seed) for slug in HASHED for seed in SEEDS]
    accounts: list[Case] = [(slug, one.id, SEEDS[0]) for slug in HASHED for one in load(slug).scenario.accounts]
    return whole + accounts


def case_name(slug: str, account: str | None, seed: int) -> str:
    """The name under which the hashes of a case stand in the file."""
    return f"{slug}{f', account {account}' if account else ''}, seed {seed}"


@functools.lru_cache(maxsize=1)
def _engine(slug: str, account: str | None, backend: str) -> Engine:
    with using(backend=backend):
        return scenario_engine(load(slug, account=account), runs=RUNS)


def hashes(slug: str, account: str | None, seed: int, backend: str) -> dict[str, str]:
    """SHA-256 of each table of an ensemble, by the table's name."""
    engine = _engine(slug, account, backend)
    results = run_ensemble(load(slug, account=account), RUNS, seed, workers=1, engine_maker=lambda *_: engine)
    return {name: _sha256(_table(results, name)) for name in TABLES}


def _table(results: Results, name: str) -> pl.DataFrame:
    frame: pl.DataFrame = getattr(results, name)()
    return frame


def _sha256(frame: pl.DataFrame) -> str:
    """Over the names and types of the columns, where values are missing, and the values themselves, row by row."""
    total = hashlib.sha256(str(frame.height).encode())
    for column in frame.iter_columns():
        if column.dtype in (pl.Categorical, pl.Enum) or column.dtype == pl.String:
            kind, content = "text", "\0".join(column.cast(pl.String).fill_null("")).encode()
        else:
            plain = column.to_physical()
            kind, content = str(plain.dtype), np.ascontiguousarray(plain.fill_null(0).to_numpy()).tobytes()
        missing = np.packbits(column.is_null().to_numpy()).tobytes()
        for part in (column.name.encode(), kind.encode(), missing, content):
            total.update(len(part).to_bytes(8, "little") + part)
    return total.hexdigest()[:32]


if __name__ == "__main__":
    found = {case_name(*case): hashes(*case, "numpy") for case in cases()}
    EXPECTED.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", encoding="utf-8")
