"""Scores in closed form; the reference numbers; left out means left out; what a simulation adds, recovered."""

from __future__ import annotations

import json
import math
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import whipcount
from whipcount.cli import main
from whipcount.data.documented_quarrels import shipped_quarrels
from whipcount.scenario.loader import FOLDER
from whipcount.theory.added_value import others_base_rates, stacked, weight, with_offsets
from whipcount.theory.outlook import told
from whipcount.theory.outlook_model import fit_outlook
from whipcount.theory.probability_scores import brier_score, calibration, crps, log_score, paired, scores
from whipcount.theory.quarrel_models import base_rates, control, left_out, ridge_logit, shrunk_base_rates
from whipcount.theory.questionnaire import KEYS
from whipcount.theory.validation import validate

QUARRELS = shipped_quarrels()
CRISES = QUARRELS.of("crisis")


class TestScores:
    @given(st.floats(0.001, 0.999))
    def test_proper(self, truth: float) -> None:
        """The expected score is best where the probability told is the true one (Gneiting & Raftery 2007)."""
        told = np.linspace(0.001, 0.999, 999)
        for score, sign in ((log_score, 1), (brier_score, -1)):
            mean = truth * score(told, np.ones(999)) + (1 - truth) * score(told, np.zeros(999))
            assert abs(told[np.argmax(sign * mean)] - truth) < 0.0011

    def test_closed_forms(self) -> None:
        found = scores(np.array([0.5, 0.8, 0.2]), np.array([1.0, 1.0, math.nan]))
        assert found.answers == 2
        assert found.log == pytest.approx((math.log(0.5) + math.log(0.8)) / 2)
        assert found.brier == pytest.approx((0.25 + 0.04) / 2)
        assert found.sharpness == pytest.approx(0.15)
        assert found.large == pytest.approx(0.65 - 1)
        assert math.isnan(scores(np.array([0.5]), np.array([math.nan])).log)

    def test_crps(self) -> None:
        levels = np.linspace(0, 1, 5)
        uniform = np.linspace(0.0, 1.0, 5)
        for value in (-0.5, 0.0, 0.3, 1.0, 2.0):
            inside = min(max(value, 0), 1)
            exact = abs(value - inside) + inside**3 / 3 + (1 - inside) ** 3 / 3
            assert crps(uniform, levels, value) == pytest.approx(exact)
        assert crps(np.array([2.0, 2.0]), np.array([0.1, 0.9]), 5.0) == pytest.approx(3.0)  # a point: absolute error

    def test_calibration_counts_everything_once(self) -> None:
        random = np.random.default_rng(1)
        told = random.random((10, 50))
        true = (random.random((10, 50)) < told).astype(float)
        bins = calibration(told, true)
        assert sum(one.number for one in bins) == 500
        assert sum(one.forecast * one.number for one in bins) == pytest.approx(told.sum())
        assert all(abs(one.share - one.forecast) < 4 * math.sqrt(0.25 / one.number) for one in bins)

    def test_an_interval_over_crises_holds_the_truth_as_often_as_it_says(self) -> None:
        random = np.random.default_rng(3)
        inside = 0
        for trial in range(60):
            gain = random.normal(0.1, 0.2, (24, 1)) + random.normal(0, 0.3, (24, 24))
            found = paired(gain, np.zeros_like(gain), seed=trial)
            inside += found.low <= 0.1 <= found.high
        assert inside >= 50
        one = paired(np.ones((1, 5)), np.zeros((1, 5)))
        assert math.isnan(one.low)
        assert one.mean == 1


class TestReference:
    """Numbers of an earlier, independent computation on the same tables."""

    @pytest.mark.parametrize(
        ("forecaster", "score", "near"),
        [(base_rates, -0.646, 5e-4), (shrunk_base_rates, -0.639, 5e-4), (control, -0.543, 3e-3)],
    )
    def test_on_the_crises(self, forecaster: object, score: float, near: float) -> None:
        found = scores(left_out(forecaster, CRISES), CRISES.answers)  # type: ignore[arg-type]
        assert found.log == pytest.approx(score, abs=near)

    def test_on_ordinary_windows(self) -> None:
        own = QUARRELS.of("ordinary")
        assert scores(left_out(base_rates, own), own.answers).log == pytest.approx(-0.423, abs=5e-4)
        assert np.nanmean(own.answers) == pytest.approx(0.174, abs=5e-4)
        # the level of crises on ordinary windows: a model of the famous says yes far too often
        both = CRISES.joined(own)
        told = control(both, np.arange(24) < 12)[12:]
        assert np.nanmean(told) > np.nanmean(own.answers) + 0.2
        assert scores(told, own.answers).log < -0.65

    def test_no_forecaster_learns_from_the_crisis_left_out(self) -> None:
        turned = replace(CRISES, answers=np.where(np.arange(12)[:, None] == 5, 1 - CRISES.answers, CRISES.answers))
        for one in (base_rates, shrunk_base_rates, control, ridge_logit):
            learn = np.arange(12) != 5
            assert np.allclose(one(CRISES, learn)[5], one(turned, learn)[5])
            assert not np.allclose(one(CRISES, np.arange(12) != 4)[4], one(turned, np.arange(12) != 4)[4])


class TestAdded:
    def drawn(self, slope: float, crises: int = 60) -> tuple[np.ndarray, np.ndarray]:
        random = np.random.default_rng(7)
        told = 1 / (1 + np.exp(-random.normal(0, 1.2, (crises, 24))))
        line = slope * np.log(told / (1 - told))
        return told, (random.random((crises, 24)) < 1 / (1 + np.exp(-line))).astype(float)

    @pytest.mark.parametrize("slope", [0.0, 0.5, 1.0])
    def test_the_weight_is_found(self, slope: float) -> None:
        told, answers = self.drawn(slope)
        found = weight(told, answers)
        assert found is not None
        assert abs(found.weight - slope) < found.high - found.low < 0.4  # the interval is four standard errors wide

    def test_few_crises_give_no_weight(self) -> None:
        told, answers = self.drawn(1.0, 2)
        assert weight(told, answers) is None
        assert np.isnan(stacked(told, answers, np.ones(2, bool))).all()

    def test_a_stack_of_noise_falls_back_on_base_rates_and_of_truth_beats_them(self) -> None:
        for slope, better in ((0.0, False), (1.0, True)):
            told, answers = self.drawn(slope)
            learn = np.ones(len(told), bool)
            base = log_score(others_base_rates(answers), answers)
            for one in (stacked, with_offsets):
                gain = paired(log_score(one(told, answers, learn), answers), base)
                assert (gain.low > 0) is better

    def test_what_is_not_learnt_from_changes_nothing(self) -> None:
        told, answers = self.drawn(1.0, 12)
        learn = np.arange(12) < 9
        turned = np.where(learn[:, None], answers, 1 - answers)
        for one in (stacked, with_offsets):
            assert np.allclose(one(told, answers, learn), one(told, turned, learn))

    @settings(max_examples=20, deadline=None)
    @given(st.integers(0, 11), st.integers(0, 23))
    def test_base_rates_of_the_others(self, row: int, question: int) -> None:
        own = np.delete(CRISES.answers[:, question], row)
        known = own[~np.isnan(own)]
        assert others_base_rates(CRISES.answers)[row, question] == pytest.approx((known.sum() + 0.5) / (len(known) + 1))


class TestCommand:
    def test_the_keys_and_the_numbers(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["validate", "-n", "0", "--json"]) == 0
        record = json.loads(capsys.readouterr().out)
        keys = {"crises", "questions", "score", "base_rate", "coin", "difference", "low", "high"}
        assert keys | {"weight", "weight_low", "weight_high"} <= set(record)
        assert (len(record["crises"]), record["questions"], record["source"]) == (12, 24, "outlook")
        assert record["base_rate"] == pytest.approx(-0.6456, abs=1e-4)
        assert record["score"] - record["base_rate"] == pytest.approx(record["difference"])
        assert sum(one["answers"] for one in record["by_crisis"]) == 281

    def test_a_simulation_that_knows_and_one_that_says_base_rates(self) -> None:
        sure = {
            name: np.where(np.isnan(row), np.nan, 0.1 + 0.8 * row)
            for name, row in zip(CRISES.names, CRISES.answers, strict=True)
        }
        found = validate(QUARRELS, "crisis", sure)
        assert found.judged == "simulation"
        assert found.added is not None
        assert found.added.low > 0.5
        assert found.source("simulation").scores.log == pytest.approx(math.log(0.9))
        dull = {name: np.full(24, 0.5) for name in CRISES.names}
        told = validate(QUARRELS, "crisis", dull)
        assert told.added is not None
        assert told.added.low <= 0 or told.added.weight == pytest.approx(0.5, abs=0.01)  # no evidence: the prior
        assert told.source("simulation").gain.mean == pytest.approx(told.source("coin").gain.mean)

    def test_a_table_of_probabilities_and_a_folder_of_further_crises(self, tmp_path: Path) -> None:
        rows = [f"{name},{key},0.6" for name in CRISES.names for key in KEYS]
        (tmp_path / "sim.csv").write_text("crisis,question,probability\n" + "\n".join(rows) + "\n")
        folder = tmp_path / "mine"
        folder.mkdir()
        shutil.copy(FOLDER / "two-bodies.yaml", folder / "invented.yaml")
        found = whipcount.validate(table=tmp_path / "sim.csv", also=folder, runs=0)
        assert found.also == ("invented",)
        assert found.judged == "simulation"
        alone = whipcount.validate(table=tmp_path / "sim.csv", runs=0)
        for one, two in zip(found.sources, alone.sources, strict=True):
            assert one == two  # what is scored beside is never learnt from
        assert {one.name for one in found.also_sources} >= {"outlook", "control", "base_rate"}

    def test_scenarios_say_what_the_table_says(self) -> None:
        """A crisis that is a scenario and a row of the table has one first day and one set of answers."""
        from whipcount.questions.library import documented
        from whipcount.tasks.validate import _told

        scenarios = documented(CRISES.names)
        assert scenarios
        for loaded in scenarios:
            row = CRISES.names.index(loaded.slug)
            _, answers = _told(loaded)
            told = [answers.get(key, (None, False))[0] for key in KEYS]
            own = np.array([np.nan if one is None else float(one) for one in told])
            asked = ~np.isnan(CRISES.answers[row])  # where a question does not apply, a file may say no
            assert np.array_equal(own[asked], CRISES.answers[row][asked]), loaded.slug

    def test_doubtful_answers_left_out(self) -> None:
        found = CRISES.certain()
        assert (~np.isnan(found.answers)).sum() == 281 - int(CRISES.doubtful[~np.isnan(CRISES.answers)].sum())

    def test_no_such_population(self) -> None:
        with pytest.raises(whipcount.WhipcountError, match="WC580"):
            whipcount.validate("famous", runs=0)

    def test_the_outlook_of_others_is_not_fitted_to_them(self) -> None:
        own = QUARRELS.of("ordinary")
        also = own.only([0, 1])
        found = validate(QUARRELS, "crisis", also=also)
        exact = told(fit_outlook(QUARRELS), also.first_days, "crisis")
        outlook = next(one for one in found.also_sources if one.name == "outlook")
        assert outlook.scores.log == pytest.approx(scores(exact, also.answers).log)
