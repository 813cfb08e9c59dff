"""One flipped bit at a random place of every kind of file of a run folder: noticed, or harmless; mended by the command.

Never other numbers in silence: what is read from a folder that passes is what was written.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from invented_engine import loaded_scenario, make_engine

from whipcount.errors import RunError
from whipcount.results import Results, open_run, run_ensemble
from whipcount.store import DamagedError, Store

FLIPS = 40  # of each kind of file
KINDS = (
    "*.chunk",
    "runs.parquet",
    "events.parquet",
    "counts.parquet",
    "manifest.json",
    "journal.jsonl",
    "*.json",
    "*.yaml",
)
CODES = {"WC323", "WC325", "WC326"}


def make(out: Path) -> Results:
    return run_ensemble(loaded_scenario(), 30, 3, out=out, workers=1, engine_maker=make_engine)


def flipped(content: bytes, draws: random.Random) -> bytes:
    changed = bytearray(content)
    changed[draws.randrange(len(changed))] ^= 1 << draws.randrange(8)
    return bytes(changed)


def told(folder: Path) -> tuple[object, ...]:
    """All that a reader is told of a folder, its sums compared first."""
    results = open_run(folder)
    results.verify()
    tables = (results.table(), results.events(), results.series(), results.counts())
    return (str(results), results.scenario, results.manifest, *(table.rows() for table in tables))


@pytest.mark.parametrize("kind", KINDS)
def test_a_flipped_bit_is_noticed_or_harmless(tmp_path: Path, kind: str) -> None:
    out = make(tmp_path / "run").folder
    sound = told(out)
    kept = {path: path.read_bytes() for path in out.rglob("*") if path.is_file() and path.name != ".lock"}
    draws = random.Random(kind)
    noticed: list[str] = []
    for turn in range(FLIPS):
        path = draws.choice(sorted(path for path in kept if path.match(kind)))
        path.write_bytes(flipped(kept[path], draws))
        try:
            assert told(out) == sound
        except RunError as damage:
            noticed += [problem.code for problem in damage.problems]
        if turn % 20 == 0:
            make(out)  # the same command mends it
            assert told(out) == sound
        path.write_bytes(kept[path])
    assert set(noticed) <= CODES
    assert len(noticed) >= FLIPS - 2  # what is harmless: the end of the journal's last line


@pytest.mark.parametrize("seed", range(2))
def test_a_flipped_bit_of_a_kept_piece_is_never_taken(tmp_path: Path, seed: int) -> None:
    store = Store(tmp_path, "key")
    draws = random.Random(seed)
    content = draws.randbytes(300)
    store.put("piece", content)
    whole = store.path("piece").read_bytes()
    for _ in range(100):
        store.path("piece").write_bytes(flipped(whole, draws))
        with pytest.raises(DamagedError):
            store.get("piece")
