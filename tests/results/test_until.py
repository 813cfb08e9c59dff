"""Runs until it is enough: where they stop, that they are a plain run of that number, interrupted, damaged, refused."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from invented_engine import loaded_scenario, make_engine

from whipcount.errors import RunError, WhipcountError
from whipcount.results import EnsembleInterrupted, Results, chunks, ensemble, open_run, run_ensemble, run_until
from whipcount.results.manifest import read_journal
from whipcount.results.precision import parse_wanted
from whipcount.results.sequence import is_within

FEW = 10
WANTED = "party_left ± 0.18"


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("FEW", FEW), ("MANY", 20), ("LARGE_ENSEMBLE", 40), ("FIRST_RUNS", FEW)):
        monkeypatch.setattr(chunks, name, value)
    monkeypatch.setattr(ensemble, "SMALL", 0)


def plain(folder: Path, runs: int, **settings: Any) -> Results:
    return run_ensemble(loaded_scenario(), runs, 3, out=folder, workers=1, engine_maker=make_engine, **settings)


def enough(folder: Path | None, wanted: Any = WANTED, **settings: Any) -> Results:
    settings = {"workers": 1, "engine_maker": make_engine, "most": 1_000, **settings}
    return run_until(loaded_scenario(), wanted, seed=3, out=folder, **settings)


def contents(folder: Path) -> dict[str, bytes]:
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in found.items() if name not in ("journal.jsonl", ".lock")}


def test_it_stops_at_the_first_chunk_that_is_enough(tmp_path: Path) -> None:
    results = enough(tmp_path / "run")
    happened = results.table(["party_left"])["party_left"].to_list()
    ends = [chunk.first + chunk.runs for chunk in chunks.chunks_of(1_000, "auto")]
    assert results.runs == next(end for end in ends if end > len(happened) or is_within(sum(happened[:end]), end, 0.18))
    (known,) = results.precision(WANTED)
    assert known.reached
    assert known.low <= known.probability <= known.high
    assert known.high - known.probability <= 0.18
    assert known.runs_fixed < known.runs == known.used == results.runs


@pytest.mark.parametrize("events", ["auto", "all", "none"])
@pytest.mark.parametrize("whole", [10_000, 40])  # up to how many runs all events are kept
def test_it_is_a_plain_run_of_that_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, events: str, whole: int
) -> None:
    monkeypatch.setattr(chunks, "WHOLE_EVENTS", whole)
    monkeypatch.setattr("whipcount.results.until.WHOLE_EVENTS", whole)
    found = enough(tmp_path / "until", events=events)
    assert found.runs > 40  # chunks of both sizes
    assert contents(found.folder) == contents(plain(tmp_path / "plain", found.runs, events=events).folder)
    enough(tmp_path / "until", events=events)  # and again is nothing new
    assert contents(found.folder) == contents(tmp_path / "plain")


def test_several_outcomes_and_several_workers(tmp_path: Path) -> None:
    both = ["party_left ± 0.18", "certain +- 10%"]
    found = enough(tmp_path / "one", both)
    assert found.runs == max(enough(None, one).runs for one in both)
    assert contents(enough(tmp_path / "two", both, workers=2).folder) == contents(found.folder)


@pytest.mark.parametrize("stop", [15, 45, 65])
def test_interrupted_it_goes_on(tmp_path: Path, stop: int) -> None:
    whole = contents(enough(tmp_path / "whole").folder)

    def interrupt(done: int, _: int) -> None:
        if done >= stop:
            raise KeyboardInterrupt

    with pytest.raises(EnsembleInterrupted) as stopped:
        enough(tmp_path / "run", progress=interrupt)
    assert stopped.value.done >= stop
    seen: list[int] = []
    enough(tmp_path / "run", progress=lambda done, _: seen.append(done))
    assert contents(tmp_path / "run") == whole
    assert read_journal(tmp_path / "run")[-1]["what"] == "enough"


def test_killed_while_the_chunks_are_put_in_their_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = contents(enough(tmp_path / "whole").folder)
    for step in ("_settle", "run_ensemble"):

        def die(*_: Any, **__: Any) -> None:
            raise SystemExit

        folder = tmp_path / step
        with monkeypatch.context() as patch:
            patch.setattr(f"whipcount.results.until.{step}", die)
            with pytest.raises(SystemExit):
                enough(folder)
        assert (folder / "until").is_dir()
        enough(folder)
        assert contents(folder) == whole


def test_a_damaged_chunk_that_waits_is_told_and_computed_again(tmp_path: Path) -> None:
    whole = contents(enough(tmp_path / "whole").folder)

    def interrupt(done: int, _: int) -> None:
        if done >= 35:
            raise KeyboardInterrupt

    with pytest.raises(EnsembleInterrupted):
        enough(tmp_path / "run", progress=interrupt)
    (tmp_path / "run" / "until" / "000001.chunk").write_bytes(b"half")
    told: list[str] = []
    enough(tmp_path / "run", on_notice=told.append)
    assert any("chunk 1" in one and "computed again" in one for one in told)
    assert contents(tmp_path / "run") == whole


def test_a_damaged_manifest_is_made_again(tmp_path: Path) -> None:
    whole = contents(enough(tmp_path / "run").folder)
    path = tmp_path / "run" / "manifest.json"
    path.write_bytes(path.read_bytes().replace(b'"seed": 3', b'"seed": 2'))
    told: list[str] = []
    enough(tmp_path / "run", on_notice=told.append)
    assert any("damaged" in one for one in told)
    assert contents(tmp_path / "run") == whole


def test_it_tells_beforehand_how_many_and_stops_at_the_most(tmp_path: Path) -> None:
    told: list[str] = []
    results = enough(tmp_path / "run", most=45, on_notice=told.append)
    assert results.runs == 45
    assert not results.precision(WANTED)[0].reached
    assert "at most 45" in told[0]
    assert contents(results.folder) == contents(plain(tmp_path / "plain", 45).folder)
    more = enough(tmp_path / "more", on_notice=told.append)
    expected = int(told[-1].split()[1].replace(",", ""))
    assert expected == pytest.approx(more.runs, rel=0.6)  # as the first ten runs have it


def test_another_number_of_runs_is_refused(tmp_path: Path) -> None:
    runs = enough(tmp_path / "run").runs
    before = contents(tmp_path / "run")
    with pytest.raises(RunError) as failure:
        enough(tmp_path / "run", "party_left ± 0.4")
    assert failure.value.problems[0].code == "WC322"
    plain(tmp_path / "plain", runs + FEW)
    with pytest.raises(RunError) as failure:
        enough(tmp_path / "plain")
    assert failure.value.problems[0].code == "WC322"
    assert contents(tmp_path / "run") == before


def test_without_a_folder_nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    results = enough(None)
    assert open_run(results.folder).runs == results.runs
    shutil.rmtree(results.folder, ignore_errors=True)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ("party_left", "WC300"), ("party_left ± 0", "WC300"), ("party_left ± .5", "WC300"), ("± 0.1", "WC300"),
        ("party_left ± 1e", "WC300"), ("party_left ± 1e-9", "WC300"), ("party_lift ± .1", "WC314"),
        ("seats_left ± .1", "WC300"), ("party_left ± nan", "WC300"), ("party_left ± .1.1", "WC300"),
    ],
)  # fmt: skip
def test_what_cannot_be_wanted_is_told(tmp_path: Path, wanted: str, code: str) -> None:
    with pytest.raises(WhipcountError) as failure:
        enough(tmp_path / "run", wanted)
    assert failure.value.problems[0].code == code
    assert not (tmp_path / "run").exists()


def test_ways_to_write_it(tmp_path: Path) -> None:
    records = plain(tmp_path / "run", 20).manifest.outcomes
    for text in ("party_left ± 0.005", "party_left±.005", " party_left +- 0.5% ", "party_left +/- 5e-3"):
        (one,) = parse_wanted(text, records)
        assert (one.outcome, one.half_width) == ("party_left", pytest.approx(0.005))


@pytest.mark.parametrize(("runs", "seed"), [(10**9 + 1, 1), (99999999999999999999999, 1), (20, 2**63), (20, 2**64 + 1)])
def test_numbers_beyond_what_is_counted_are_refused(tmp_path: Path, runs: int, seed: int) -> None:
    """A seed beyond 64 bits would be cut, and come out as another's; chunks without end would fill the memory."""
    with pytest.raises(RunError) as failure:
        run_ensemble(loaded_scenario(), runs, seed, out=tmp_path / "run", engine_maker=make_engine)
    assert failure.value.problems[0].code == "WC300"
