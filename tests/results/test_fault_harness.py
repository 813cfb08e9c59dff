"""`make faults`: in a small number here; and it notices where something is believed that it should not."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "tools"))
import faults
from whipcount import store
from whipcount.results import chunks, ensemble, reading


@pytest.fixture(autouse=True)
def _chunks_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """The harness makes chunks small: for these tests only."""
    monkeypatch.setattr(chunks, "FEW", 10)
    monkeypatch.setattr(ensemble, "SMALL", 0)


@pytest.fixture
def template(tmp_path: Path) -> Path:
    faults.RunFolder().make(tmp_path / "run")
    (tmp_path / "trials").mkdir()
    return tmp_path / "run"


def of_runs(template: Path, trials: int) -> dict[str, faults.Tally]:
    return faults.try_damage(faults.RunFolder(), template, template, template.parent / "trials", trials, 5)


def test_nothing_is_lost_silently_wrong_or_a_traceback(template: Path) -> None:
    found = of_runs(template, 2)
    found["refused writes"] = faults.try_writes(template.parent / "trials", template, 4, 5)
    assert [failure for tally in found.values() for failure in tally.failures] == []
    for tally in found.values():
        assert tally.counts["tried"] == tally.counts["same end"] > 0
        assert tally.counts["told"] + tally.counts["harmless"] == tally.counts["tried"]
    assert found["table"].counts["told"] == 2


def test_a_scenario_that_was_damaged_is_another_or_refused(tmp_path: Path) -> None:
    tally = faults.try_scenarios(tmp_path, 8, 5)
    assert tally.failures == []
    assert tally.counts["told"] > 0


def test_it_notices_a_reader_that_believes_everything(template: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_verify", lambda *_: None)
    found = of_runs(template, 4)["table"]
    assert found.counts["tracebacks"] + found.counts["silently wrong"] > 0
    assert found.failures


def test_it_notices_a_command_that_mends_nothing(template: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ensemble, "_damaged_tables", lambda *_: [])
    assert of_runs(template, 3)["table"].counts["lost"] == 3


def test_it_notices_half_written_files(template: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store.Path, "unlink", lambda *_, **__: None)
    tally = faults.try_writes(template.parent / "trials", template, 8, 5)
    assert any("half-written" in failure for failure in tally.failures)


@pytest.mark.slow
def test_killed_at_random_times_every_command_ends_the_same(template: Path) -> None:
    for command in ("run", "run with two workers"):
        tally = faults.try_kills(command, template.parent / "trials", template, 2, 5)
        assert tally.failures == []
        assert tally.counts["same end"] == 2
