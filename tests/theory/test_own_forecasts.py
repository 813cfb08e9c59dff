"""Forecasts of one's own: closed forms, stamps that hold, files that are refused, rivals on the same outcomes."""

from __future__ import annotations

import datetime as dt
import json
import math
from pathlib import Path

import numpy as np
import pytest

import whipcount
from whipcount.cli import main
from whipcount.data.own_forecasts import read_own, read_stamp, stamp_path, write_stamp
from whipcount.errors import TableError, UsageError
from whipcount.theory.outlook_model import shipped_outlook
from whipcount.theory.own_scores import Told, score_forecasts

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
FORECASTS = "outcome,probability,model,q5,q50,q95\nq15_falls,0.3,0.5,,,\nq20_election,0.1,0.5,,,\nvotes,,,10,20,40\n"
CAME = "outcome,happened,value,date\nq15_falls,no,,\nq20_election,yes,,2026-04-01\nvotes,,20,\n"


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "mine.csv"
    path.write_text(FORECASTS)
    (tmp_path / "came.csv").write_text(CAME)
    return path


def told(groups: tuple[str, ...], own: list[float], rival: list[float], happened: list[float]) -> Told:
    n = len(own)
    names = tuple(f"o{row}" for row in range(n))
    none = np.full((n, 3), np.nan)
    levels = np.array([0.05, 0.5, 0.95])
    return Told(names, groups, np.array(own), {"model": np.array(rival)}, levels, none, np.array(happened))


class TestAgainstRivals:
    def test_only_what_both_have_told_and_what_is_known_is_compared(self) -> None:
        nan = math.nan
        found = score_forecasts(told(("a", "b", "c"), [0.9, 0.8, 0.2], [0.6, nan, 0.4], [1, 1, nan]))
        own, model, coin = found.sources
        assert (own.scores.answers, model.scores.answers, coin.scores.answers) == (2, 1, 2)
        assert found.open_ones == 1
        assert model.own_better.mean == pytest.approx(math.log(0.9 / 0.6))
        assert coin.own_better.mean == pytest.approx((math.log(1.8) + math.log(1.6)) / 2)

    def test_outcomes_of_one_crisis_hang_together(self) -> None:
        """Doubling the answers of one crisis tells nothing new: its interval is not that of independent outcomes."""
        own, rival, happened = [0.9, 0.9, 0.4, 0.4] * 5, [0.5] * 20, [1.0] * 20
        together = score_forecasts(told(tuple("aabbccddeeffgghhiijj"), own, rival, happened)).sources[1].own_better
        apart = score_forecasts(told(tuple("abcdefghijklmnopqrst"), own, rival, happened)).sources[1].own_better
        assert together.crises == 10
        assert together.mean == pytest.approx(apart.mean)
        assert together.high - together.low > apart.high - apart.low


class TestScores:
    def test_closed_forms(self, mine: Path) -> None:
        found = whipcount.score(mine, answers=mine.with_name("came.csv"))
        own = found.sources[0].scores
        assert (own.answers, found.open_ones) == (2, 0)
        assert own.log == pytest.approx((math.log(0.7) + math.log(0.1)) / 2)
        assert own.brier == pytest.approx((0.3**2 + 0.9**2) / 2)
        # uniform pieces between quantiles, 5% on each end, the value on the median
        exact = 10 * (0.05**2 + 0.05 * 0.5 + 0.5**2) / 3 + 20 * (0.05**2 + 0.05 * 0.5 + 0.5**2) / 3
        assert found.crps == (pytest.approx(exact), 1)
        assert "Not stamped" in found.words("en")

    def test_rivals_are_scored_on_what_both_have_told(self, mine: Path) -> None:
        found = whipcount.score(mine, answers=mine.with_name("came.csv"), population="crisis")
        by_name = {one.name: one for one in found.sources}
        assert set(by_name) == {"own", "model", "base_rate", "coin"}
        assert by_name["model"].scores.log == pytest.approx(math.log(0.5))
        assert by_name["model"].own_better.mean == pytest.approx(by_name["own"].scores.log - math.log(0.5))
        base = shipped_outlook().base[shipped_outlook().row("crisis")]
        falls, election = base[14], base[19]
        assert by_name["base_rate"].scores.log == pytest.approx((math.log(1 - falls) + math.log(election)) / 2)

    def test_outcomes_of_one_crisis_hang_together(self, tmp_path: Path) -> None:
        """The same answers in few groups give a wider interval than each by itself."""
        random = np.random.default_rng(1)
        lean = np.repeat(random.random(10) < 0.5, 8)
        rows = [f"{place // 8},o{place},0.7,{int(yes)}" for place, yes in enumerate(lean)]
        path = tmp_path / "a.csv"
        path.write_text("crisis,outcome,probability,happened\n" + "\n".join(rows) + "\n")
        grouped = whipcount.score(path).sources[1].own_better
        path.write_text("outcome,probability,happened\n" + "\n".join(row.partition(",")[2] for row in rows) + "\n")
        alone = whipcount.score(path).sources[1].own_better
        assert grouped.mean == pytest.approx(alone.mean)
        assert grouped.high - grouped.low > 2 * (alone.high - alone.low)


class TestStamps:
    def test_a_stamp_holds_the_file_as_it_was(self, mine: Path) -> None:
        made = write_stamp(mine, NOW)
        assert read_stamp(mine) == made
        found = whipcount.score(mine, answers=mine.with_name("came.csv"))
        assert (found.stamped, found.sha256) == ("2026-03-01", made.sha256)
        assert "2026-03-01" in found.words("en")

    @pytest.mark.parametrize("change", ["0.3,0.5,,,\n", "0.3,0.5,,, \n"])
    def test_an_altered_file_is_refused(self, change: str, mine: Path) -> None:
        write_stamp(mine, NOW)
        altered = FORECASTS.replace("0.3,0.5,,,\n", change).replace("q20_election,0.1", "q20_election,0.9")
        mine.write_text(altered)
        with pytest.raises(TableError, match=r"WC582 .*mine.csv was altered"):
            whipcount.score(mine)
        mine.write_text(FORECASTS)
        whipcount.score(mine)

    def test_it_is_made_once_and_before_anything_is_known(self, mine: Path, tmp_path: Path) -> None:
        write_stamp(mine, NOW)
        with pytest.raises(TableError, match=r"WC583 .*stamped already"):
            write_stamp(mine, NOW)
        known = tmp_path / "known.csv"
        known.write_text("outcome,probability,happened\na,0.2,no\n")
        with pytest.raises(TableError, match=r"WC583 .*tells what happened"):
            write_stamp(known, NOW)

    def test_what_came_about_before_it_is_refused(self, mine: Path) -> None:
        write_stamp(mine, NOW.replace(month=5))
        with pytest.raises(TableError, match=r"WC583 .*q20_election came about on 2026-04-01"):
            whipcount.score(mine, answers=mine.with_name("came.csv"))

    @pytest.mark.parametrize(
        "text", ["", "{}", '{"whipcount_stamp": 1, "file": "x", "sha256": "y", "date": "2026-01-01", "outcomes": 1}']
    )
    def test_what_is_no_stamp(self, text: str, mine: Path) -> None:
        stamp_path(mine).write_text(text)
        with pytest.raises(TableError, match="WC583"):
            whipcount.score(mine)

    def test_only_a_file_can_be_stamped(self) -> None:
        with pytest.raises(UsageError, match="WC624"):
            whipcount.score([{"outcome": "a", "probability": 0.5}], stamp=True)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("outcome,probability\na,1.2\n", "0 to 1"),
        ("outcome,probability\na,0.2\na,0.3\n", "twice"),
        ("outcome,probability\na,\n", "nothing is forecast"),
        ("outcome,q5,q50,q95\na,3,2,5\n", "fall"),
        ("outcome,q50\na,3\n", "nothing is forecast"),
    ],
)
def test_what_is_no_forecast_is_refused_with_its_line(text: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text)
    with pytest.raises(TableError, match=r"WC584 .*a\.csv:[23]") as caught:
        read_own(path)
    assert told in str(caught.value)


def test_an_answer_to_no_forecast(mine: Path) -> None:
    other = mine.with_name("other.csv")
    other.write_text("outcome,happened\nq99,yes\n")
    with pytest.raises(TableError, match=r"WC584 .*q99 is forecast 0 times"):
        whipcount.score(mine, answers=other)


def test_on_the_command_line(mine: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["score", str(mine), "--stamp"]) == 0
    hashed = json.loads(stamp_path(mine).read_text())["sha256"]
    assert hashed in capsys.readouterr().err
    assert main(["score", str(mine), "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert (record["sha256"], record["open"], record["score"]) == (hashed, 3, None)
    mine.write_text(FORECASTS + "\n")
    assert main(["score", str(mine)]) == 2
    assert "WC582" in capsys.readouterr().err
