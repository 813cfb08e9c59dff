"""Outlooks: the model's limits and directions, what is learnt from a judgement, sheets, refusals, the shipped table."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import whipcount
from whipcount.cli import main
from whipcount.data.documented_quarrels import read_sheet, shipped_quarrels, write_sheet
from whipcount.errors import TableError, UsageError
from whipcount.theory.first_day import BY_KEY, JUDGEMENTS, FirstDay
from whipcount.theory.outlook import outlook
from whipcount.theory.outlook_check import check_outlook
from whipcount.theory.outlook_model import OutlookModel, fit_outlook, read_outlook, shipped_outlook
from whipcount.theory.quarrel_models import MADE_OF, TERMS, USED, logit_map
from whipcount.theory.questionnaire import KEYS

QUARRELS = shipped_quarrels()
MODEL = shipped_outlook()
AMPEL = QUARRELS.first_days[QUARRELS.names.index("ampel-2024")]


def chance(model: OutlookModel, first_day: FirstDay, question: str, population: str = "ordinary") -> float:
    return float(model.probabilities((first_day,), population)[0, KEYS.index(question)])


class TestModel:
    def test_the_shipped_table_is_the_fit_of_the_shipped_quarrels(self) -> None:
        fresh = fit_outlook(QUARRELS)
        assert np.abs(fresh.offset - MODEL.offset).max() < 1e-4
        assert (fresh.slope, fresh.slope_error) == pytest.approx((MODEL.slope, MODEL.slope_error), abs=1e-4)
        assert MODEL.provenance["command"] == "whipcount outlook --train FILE"

    def test_calibrated_in_the_large_on_each_population_and_better_than_base_rates_or_said_not_to_be(self) -> None:
        found = check_outlook(QUARRELS)
        assert {one.population for one in found.tested} == {"ordinary", "crisis"}
        for one in found.tested:
            assert abs(one.large) < 0.03
            earned = MODEL.scores[one.population]
            assert (one.score, one.low, one.high) == pytest.approx(
                (earned["score"], earned["low"], earned["high"]), abs=1e-4
            )
            cannot = "cannot be told from chance" in found.words("en").splitlines()[found.tested.index(one)]
            assert cannot == (one.low <= 0)

    def test_a_quarrel_left_out_is_not_learnt_from(self) -> None:
        """Its own answers turned round change nothing in what is said of it."""
        from whipcount.theory.outlook import left_out

        turned = replace(
            QUARRELS, answers=np.where(np.arange(24)[:, None] == 3, 1 - QUARRELS.answers, QUARRELS.answers)
        )
        before, after = left_out(QUARRELS), left_out(turned)
        assert np.abs(before[3] - after[3]).max() < 1e-9
        assert np.abs(before[4] - after[4]).max() > 1e-3

    @pytest.mark.parametrize("place", range(len(KEYS)), ids=KEYS)
    def test_each_judgement_moves_its_question_as_its_sign_says(self, place: int) -> None:
        for sign, column in TERMS[place]:
            key = {"governs": "", "cabinet_partner": "", "threat_up": ""}.get(column, MADE_OF.get(column, (column,))[0])
            if not key:
                continue
            low, high = (
                chance(MODEL, FirstDay("x", {**AMPEL.ends, key: (value, value)}), KEYS[place]) for value in (0.0, 1.0)
            )
            assert sign * (high - low) > 0, key

    def test_newton_finds_the_maximum_and_laplace_its_bend(self) -> None:
        random = np.random.default_rng(5)
        design, answers = random.normal(size=(60, 3)), random.integers(0, 2, 60).astype(float)
        mean, precision = np.array([0.3, 0.0, -0.2]), np.array([1.0, 2.0, 0.5])
        place, covariance = logit_map(design, answers, mean, precision)
        slope = design.T @ (answers - 1 / (1 + np.exp(-design @ place))) - precision * (place - mean)
        assert np.abs(slope).max() < 1e-8
        step = 1e-5
        for one in range(3):
            nudge = np.eye(3)[one] * step

            def gradient(at: np.ndarray) -> np.ndarray:
                return design.T @ (answers - 1 / (1 + np.exp(-design @ at))) - precision * (at - mean)

            bend = -(gradient(place + nudge) - gradient(place - nudge)) / (2 * step)
            assert np.linalg.inv(covariance)[one] == pytest.approx(bend, rel=1e-5)

    def test_without_answers_only_the_prior_is_left(self) -> None:
        design = np.zeros((0, 2))
        place, covariance = logit_map(design, np.zeros(0), np.array([0.7, -1.0]), np.array([4.0, 1.0]))
        assert place == pytest.approx([0.7, -1.0])
        assert np.diag(covariance) == pytest.approx([0.25, 1.0])

    def test_saved_and_read(self, tmp_path: Path) -> None:
        MODEL.save(tmp_path / "m.json")
        again = read_outlook((tmp_path / "m.json").read_text(), "m.json")
        assert json.dumps(again.record()) == json.dumps(MODEL.record())
        with pytest.raises(TableError, match=r"WC534 .*m.json"):
            read_outlook('{"offsets": []}', "m.json")


class TestOutlook:
    def test_no_forecast_without_a_population(self) -> None:
        for named in (None, "", "any"):
            with pytest.raises(TableError, match="WC580"):
                whipcount.outlook({"d_pivotal": 1}, population=named)

    def test_the_level_belongs_to_the_population(self) -> None:
        ordinary, crisis = (outlook(MODEL, AMPEL, one) for one in ("ordinary", "crisis"))
        mean = [np.mean([one.probability for one in found.odds]) for found in (ordinary, crisis)]
        assert mean[1] > mean[0] + 0.15
        assert "17%" in ordinary.words("en")
        assert "48%" in crisis.words("en")

    def test_what_is_not_known_widens_the_interval(self) -> None:
        known = {one.question: one.high - one.low for one in outlook(MODEL, AMPEL, "ordinary").odds}
        part = FirstDay("x", {key: AMPEL.ends[key] for key in list(USED)[:6]})
        wide = {one.question: one.high - one.low for one in outlook(MODEL, part, "ordinary").odds}
        assert np.mean(list(wide.values())) > np.mean(list(known.values()))

    def test_with_nothing_judged_it_says_what_the_population_does(self) -> None:
        found = outlook(MODEL, FirstDay("x"), "ordinary")
        assert found.judged == 0
        assert abs(np.mean([one.probability for one in found.odds]) - 0.174) < 0.05
        assert all(not one.reasons for one in found.odds)

    def test_what_would_tell_most_is_never_negative_and_nought_for_what_is_exactly_known(self) -> None:
        found = outlook(MODEL, AMPEL, "ordinary")
        wide = {key for key in USED if AMPEL.ends[key][0] < AMPEL.ends[key][1]}
        assert {one.judgement for one in found.next} == wide
        whole = outlook(MODEL, FirstDay("x"), "ordinary").next
        assert {one.judgement for one in whole} == set(USED)
        # information is a mutual information: at least 0, and nothing to speak of where nothing would change
        assert all(one.information > -1e-9 for one in (*whole, *found.next))
        assert [one.change for one in whole] == sorted((one.change for one in whole), reverse=True)

    def test_a_judgement_found_out_is_worth_what_was_expected_of_it(self) -> None:
        """The mean over what it may turn out to be, asked one by one, is the expected change."""
        bare = AMPEL.without("prior_breach")
        expected = next(one for one in outlook(MODEL, bare, "ordinary").next if one.judgement == "prior_breach")
        seen = MODEL.donors["ordinary"][:, USED.index("prior_breach")]
        values, times = np.unique(seen, return_counts=True)
        told = np.array(
            [
                [
                    one.probability
                    for one in outlook(MODEL, FirstDay("x", {**bare.ends, "prior_breach": (v, v)}), "ordinary").odds
                ]
                for v in values
            ]
        )
        share = times / times.sum()
        assert expected.change == pytest.approx((share @ np.abs(told - share @ told)).mean(), rel=1e-6)

    @settings(max_examples=3, deadline=None)
    @given(st.dictionaries(st.sampled_from([key for key in USED if BY_KEY[key].kind == "share"]), st.floats(0, 1)))
    def test_any_judgements_give_probabilities_inside_their_intervals(self, made: dict[str, float]) -> None:
        for one in outlook(MODEL, FirstDay.of("x", made), "crisis").odds:
            assert 0 < one.low <= one.probability <= one.high < 1


class TestSheets:
    @pytest.mark.parametrize("name", ["sheet.csv", "sheet.xlsx"])
    def test_a_sheet_is_written_and_read(self, name: str, tmp_path: Path) -> None:
        write_sheet(tmp_path / name, AMPEL)
        assert read_sheet(tmp_path / name).ends == AMPEL.ends
        write_sheet(tmp_path / name)
        assert read_sheet(tmp_path / name).ends == {}

    def test_a_mapping_a_sheet_and_a_row_are_the_same(self, tmp_path: Path) -> None:
        (tmp_path / "a.csv").write_text("judgement;low;high\nd_pivotal;yes;\ndist_D;0,6;0,8\nREGIME;Coalition;\n")
        (tmp_path / "b.csv").write_text("regime,d_pivotal,dist_D,dist_D_hi\ncoalition,1,0.6,0.8\n")
        given = {"regime": "coalition", "d_pivotal": True, "dist_d": (0.6, 0.8)}
        assert read_sheet(tmp_path / "a.csv").ends == read_sheet(tmp_path / "b.csv").ends == read_sheet(given).ends
        found = whipcount.outlook(given, population="ordinary")
        assert found.odds == whipcount.outlook(tmp_path / "a.csv", population="ordinary").odds

    @pytest.mark.parametrize(
        ("line", "told"),
        [
            ("d_pivotl,1,", "d_pivotal"),
            ("dist_D,1.4,", "0..1"),
            ("dist_D,0.8,0.2", "below"),
            ("dist_D,,0.2", "upper end"),
            ("regime,empire,", "none of its words"),
            ("d_pivotal,0.5,", "0|1"),
            ("d_pivotal,0,1", "cannot both"),
            ("k_urgent,0,\nk_urgent,1,", "twice"),
        ],
    )
    def test_what_is_no_judgement_is_refused_with_its_line(self, line: str, told: str, tmp_path: Path) -> None:
        (tmp_path / "a.csv").write_text(f"judgement,low,high\nd_posts,3,\n{line}\n")
        with pytest.raises(TableError, match=r"WC581 .*a\.csv:[34]") as caught:
            read_sheet(tmp_path / "a.csv")
        assert told in str(caught.value)

    def test_every_judgement_is_defined_and_in_the_shipped_table(self) -> None:
        assert all(one.definition for one in JUDGEMENTS)
        assert all(not day.missing([one.key for one in JUDGEMENTS]) for day in QUARRELS.first_days)


class TestCommand:
    def test_asked_one_by_one(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        import io

        monkeypatch.setattr("sys.stdin", io.StringIO("empire\ncoalition\n\n1\n.\n"))
        assert main(["outlook", "--ask", "--population", "ordinary", "--json"]) == 0
        printed = capsys.readouterr()
        assert json.loads(printed.out)["judgements"] == {"regime": [2.0, 2.0], "d_pivotal": [1.0, 1.0]}
        assert "WC581" in printed.err

    def test_nothing_to_work_on(self) -> None:
        with pytest.raises(UsageError, match="WC621"):
            whipcount.outlook(population="ordinary")

    def test_the_chart_and_json(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        write_sheet(tmp_path / "a.csv", AMPEL)
        chart = tmp_path / "a.svg"
        assert (
            main(["outlook", str(tmp_path / "a.csv"), "--population", "ordinary", "--json", "--chart", str(chart)]) == 0
        )
        record = json.loads(capsys.readouterr().out)
        assert len(record["questions"]) == 24
        assert record["population"] == "ordinary"
        assert chart.read_text().startswith("<svg")
