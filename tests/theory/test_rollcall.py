"""Roll calls: unity, ideal points, classification, rebellion, whip counts, calibration; and the real Bundestag."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
import yaml
from formation_bodies import BUNDESTAG, needs_bundestag, numerical_gradient, one_dimension, rebellious
from hypothesis import given, settings
from hypothesis import strategies as st

from whipcount.errors import TableError
from whipcount.scenario.schema import ParameterPrior
from whipcount.theory.rollcall_attendance import attendance
from whipcount.theory.rollcall_ballot import calibrate_ballot
from whipcount.theory.rollcall_classification import optimal_classification
from whipcount.theory.rollcall_free import Divisions, divisions
from whipcount.theory.rollcall_ideal import ideal_points
from whipcount.theory.rollcall_mode import scale_votes
from whipcount.theory.rollcall_plane import best_cuts
from whipcount.theory.rollcall_rebellion import (
    Chances,
    Coming,
    _leaves,
    covariates,
    learn,
    vote_chances,
    waves_likelihood,
)
from whipcount.theory.rollcall_similarity import line_likeness, title_likeness
from whipcount.theory.rollcall_table import ABSENT, ABSTAIN, NO, YES, Motion, RollCalls
from whipcount.theory.rollcall_unity import agreement, loyalty, rice, unity
from whipcount.theory.rollcall_validation import drifting_rate, top_share, validate_whip_counts
from whipcount.theory.rollcall_whip import coming_motion, tally_of, whip_count


def table(rows: list[list[int]], parties: tuple[str, ...]) -> RollCalls:
    """A small table: one row a member."""
    votes = np.array(rows, dtype=np.int8)
    motions = tuple(Motion(f"m{column}", date=dt.date(2000, 1, 1 + column)) for column in range(votes.shape[1]))
    return RollCalls(tuple(f"member {row}" for row in range(len(rows))), parties, motions, votes)


def test_where_rebels_go_is_counted_by_line_with_one_more_on_each_other_way() -> None:
    # the line of A is yes on both motions; one member says no once and abstains once, one is no rebel but away
    calls = table([[YES, YES], [YES, YES], [YES, YES], [NO, ABSTAIN], [ABSENT, YES]], ("A",) * 5)
    shares = _leaves(calls, (0, 1))
    assert shares[YES].tolist() == pytest.approx([1 / 2, 0, 1 / 2])  # to no, to yes, to abstention: 1 + 1 of 4 each
    assert shares[NO].tolist() == pytest.approx([0, 1 / 2, 1 / 2])  # nobody had this line
    assert _leaves(calls, (0,))[YES].tolist() == pytest.approx([2 / 3, 0, 1 / 3])


class TestUnity:
    def test_rice_and_agreement_by_hand(self) -> None:
        votes = np.array([[YES, YES, ABSENT], [YES, NO, ABSENT], [YES, ABSTAIN, ABSENT], [NO, ABSENT, ABSENT]])
        assert rice(votes)[:2] == pytest.approx([0.5, 0.0])
        assert agreement(votes)[:2] == pytest.approx([(3 - 0.5) / 4, 0.0])
        assert np.isnan(rice(votes)[2])

    def test_lines_and_rebels(self) -> None:
        calls = table([[YES, NO], [YES, NO], [NO, NO], [NO, YES]], ("A", "A", "A", "B"))
        assert calls.lines.tolist() == [[YES, NO], [NO, YES]]
        assert calls.rebelled.sum() == 1
        assert loyalty(calls)[0].member == "member 2"
        told = unity(calls)
        assert {one.party: one.rebellions for one in told.parties} == {"A": 1, "B": 0}
        assert told.same_line == (("A", "B", 0.0),)

    def test_a_party_without_a_majority_has_no_line(self) -> None:
        assert table([[YES], [ABSTAIN]], ("A", "A")).lines[0, 0] == ABSENT
        split = table([[YES], [YES], [NO], [ABSTAIN]], ("A",) * 4)
        assert split.lines[0, 0] == ABSENT
        assert not split.rebelled.any()
        assert table([[YES], [YES], [NO]], ("A",) * 3).lines[0, 0] == YES

    def test_members_without_a_party_have_no_line(self) -> None:
        calls = table([[YES] * 6, [YES] * 6, [YES] * 6], ("A", "A", ""))
        assert not calls.rebelled.any()
        assert calls.member_lines[2].tolist() == [ABSENT] * 6
        assert calls.with_inferred_parties().parties[2] == "A"
        assert calls.with_inferred_parties(until=3).parties[2] == ""  # too few votes to tell

    def test_one_party_and_nobody(self) -> None:
        assert unity(table([[YES], [YES]], ("A", "A"))).parties[0].agreement == 1.0
        assert "No party" in unity(table([[YES], [YES]], ("", ""))).words()

    @pytest.mark.parametrize(("votes", "code"), [([[5]], "WC560"), ([[ABSENT]], "WC501")])
    def test_bad_votes(self, votes: list[list[int]], code: str) -> None:
        with pytest.raises(TableError, match=code):
            table(votes, ("A",))

    def test_shapes_must_fit(self) -> None:
        with pytest.raises(TableError, match="WC514"):
            RollCalls(("a", "b"), ("A", "A"), (Motion("m"),), np.ones((1, 1), dtype=np.int8))
        with pytest.raises(TableError, match="WC501"):
            RollCalls((), (), (), np.ones((0, 0), dtype=np.int8))


class TestIdealPoints:
    def test_recovers_a_line(self) -> None:
        calls, truth = one_dimension()
        found = ideal_points(calls, right="Right")
        points = np.array([one.point[0] for one in found.members])
        assert np.corrcoef(points, truth)[0, 1] > 0.98
        assert points.mean() == pytest.approx(0, abs=1e-6)
        assert points.std() == pytest.approx(1, abs=1e-6)

    def test_standard_errors_cover(self) -> None:
        inside = []
        for seed in range(4):
            calls, truth = one_dimension(seed=seed)
            found = ideal_points(calls, right="Right")
            points = np.array([one.point[0] for one in found.members])
            errors = np.array([one.error[0] for one in found.members])
            slope, level = np.polyfit(points, truth, 1)
            inside.append(np.mean(np.abs(slope * points + level - truth) < 1.96 * slope * errors))
        assert 0.88 < np.mean(inside) <= 1.0

    def test_bootstrap_agrees_with_the_information(self) -> None:
        calls, _ = one_dimension(members=40, motions=120)
        plain = np.array([one.error[0] for one in ideal_points(calls).members])
        drawn = np.array([one.error[0] for one in ideal_points(calls, bootstrap=12).members])
        assert 0.6 < np.median(drawn / plain) < 1.6

    def test_two_dimensions_classify_better_than_one(self) -> None:
        random = np.random.default_rng(5)
        points = random.normal(size=(60, 2))
        slopes = random.normal(size=(2, 150)) * 2
        votes = (random.random((60, 150)) < 1 / (1 + np.exp(-3 * points @ slopes))).astype(np.int8)
        calls = RollCalls(
            tuple(f"m{row}" for row in range(60)), ("",) * 60, tuple(Motion(str(j)) for j in range(150)), votes
        )
        assert ideal_points(calls, 2).correct > ideal_points(calls, 1).correct + 0.03

    def test_the_likelihood_rises(self) -> None:
        calls, _ = one_dimension(members=30, motions=60)
        yes, seen = calls.votes == YES, calls.votes != ABSENT
        values = [scale_votes(yes, seen, steps=steps).loglik for steps in (3, 10, 60)]
        assert values[0] < values[1] <= values[2] + 1.0

    def test_unanimous_motions_tell_nothing(self) -> None:
        with pytest.raises(TableError, match="WC561"):
            ideal_points(table([[YES, NO], [YES, NO]], ("A", "A")))

    def test_extreme_members_stay_finite(self) -> None:
        calls = table([[YES] * 20, [NO] * 20, [YES, NO] * 10], ("A", "B", "C"))
        found = ideal_points(calls)
        assert np.isfinite([one.point[0] for one in found.members]).all()


class TestClassification:
    def test_perfect_order_is_found(self) -> None:
        votes = np.array([[int(member >= motion) for motion in range(1, 9)] for member in range(9)], dtype=np.int8)
        calls = RollCalls(
            tuple(str(row) for row in range(9)), ("",) * 9, tuple(Motion(str(j)) for j in range(8)), votes
        )
        found = optimal_classification(calls)
        assert found.correct == 1.0
        assert found.apre == 1.0
        order = np.argsort(found.ranks)
        assert order.tolist() in (list(range(9)), list(range(8, -1, -1)))

    def test_at_least_as_good_as_item_response(self) -> None:
        calls, truth = one_dimension(seed=2)
        found = optimal_classification(calls)
        assert found.correct >= ideal_points(calls).correct
        assert abs(np.corrcoef(found.ranks, truth)[0, 1]) > 0.93

    @settings(max_examples=20, deadline=None)
    @given(seed=st.integers(0, 500))
    def test_cuts_are_the_best_there_are(self, seed: int) -> None:
        random = np.random.default_rng(seed)
        yes, seen = random.random((7, 3)) < 0.5, random.random((7, 3)) < 0.8
        order = random.permutation(7)
        _, _, wrong = best_cuts(order, yes, seen)
        for motion in range(3):
            slow = min(
                sum(
                    bool(seen[member, motion]) and bool(yes[member, motion]) != ((place >= cut) == up)
                    for place, member in enumerate(order)
                )
                for cut in range(8)
                for up in (True, False)
            )
            assert wrong[motion] == slow

    def test_no_division(self) -> None:
        with pytest.raises(TableError, match="WC561"):
            optimal_classification(table([[YES], [YES]], ("A", "A")))


class TestLikeness:
    def test_titles(self) -> None:
        others = ["Extension of the deployment in Mali", "Budget of the Chancellery", ""]
        told = title_likeness("Extension of the deployment in Mali (2019)", others)
        assert told[0] == pytest.approx(1.0)
        assert told[1] == told[2] == 0.0

    def test_lines(self) -> None:
        past = np.array([[YES, NO], [YES, NO], [NO, YES]])
        assert line_likeness((YES, YES, NO), past).tolist() == [1.0, 0.0]
        assert line_likeness((ABSENT, YES, NO), past).tolist() == [1.0, 0.0]
        assert line_likeness((ABSENT,) * 3, past).tolist() == [0.0, 0.0]


class TestDivisions:
    def calls(self, votes: list[list[int]]) -> RollCalls:
        table = np.array(votes, dtype=np.int8)
        names = tuple(f"m{row}" for row in range(len(table)))
        return RollCalls(names, ("A",) * len(table), tuple(Motion(str(j)) for j in range(table.shape[1])), table)

    def test_nobody_has_a_majority_and_all_are_alike_where_nothing_is_known(self) -> None:
        told = divisions(self.calls([[YES, ABSTAIN]] * 3))
        assert told.shares.max() <= 0.5
        assert told.weights.sum() == pytest.approx(1)
        assert told.mean == pytest.approx(np.full(3, 1 / 3))

    def test_nobody_abstains_where_nobody_ever_led_by_abstaining(self) -> None:
        assert divisions(self.calls([[YES, NO]] * 3)).mean == pytest.approx([0.5, 0.5, 0])

    def test_what_happened_weighs_more_the_oftener_it_happened(self) -> None:
        column = [NO, NO, YES, ABSTAIN]
        means = [divisions(self.calls([[one] * often for one in column])).mean for often in (1, 4, 40)]
        assert [one[NO] for one in means] == sorted(one[NO] for one in means)
        assert means[-1] == pytest.approx([0.5, 0.25, 0.25], abs=0.01)


class TestRebellion:
    def test_gradient_against_finite_differences(self) -> None:
        random = np.random.default_rng(1)
        rows, told = random.normal(size=(40, 3)), (random.random(40) < 0.3).astype(float)
        starts = np.array([0, 10, 22, 30])
        place = np.array([-1.0, 0.3, -0.2, 0.1, 0.7])
        _, slope = waves_likelihood(place, rows, told, starts, 2.0)
        check = numerical_gradient(lambda at: waves_likelihood(at, rows, told, starts, 2.0)[0], place)
        assert slope == pytest.approx(check, rel=1e-4, abs=1e-6)

    def test_known_rebels_are_suspected(self) -> None:
        calls = rebellious()
        model = learn(calls.only_motions(range(45)))
        lines = tuple(int(line) for line in calls.lines[:, 45])
        chances = vote_chances(model, calls.only_motions(range(45)), Coming("deployment abroad", lines))
        assert chances.breaks[:6].min() > np.delete(chances.breaks, range(6)).max()
        assert chances.mean.sum(axis=1) == pytest.approx(np.ones(60))

    def test_only_earlier_motions_count(self) -> None:
        calls = rebellious()
        coming = Coming("deployment abroad", (YES, NO))
        before = covariates(calls.only_motions(range(30)), coming)
        changed = replace(calls, votes=np.where(np.arange(60) >= 30, NO, calls.votes).astype(np.int8))
        assert covariates(changed.only_motions(range(30)), coming) == pytest.approx(before)

    def test_too_short_a_record(self) -> None:
        with pytest.raises(TableError, match="WC562"):
            learn(rebellious().only_motions(range(5)))

    def test_nobody_ever_rebels(self) -> None:
        votes = np.ones((6, 30), dtype=np.int8)
        calls = RollCalls(tuple("abcdef"), ("A",) * 6, tuple(Motion(str(j)) for j in range(30)), votes)
        with pytest.raises(TableError, match=r"WC562.*nobody broke"):
            learn(calls)


class TestWhipCount:
    def count(self, rule: str = "cast", members: int = 20) -> object:
        calls = rebellious(members=members)
        return whip_count(calls, coming_motion(calls, "deployment abroad", {"Left": "yes", "Right": "no"}), rule=rule)

    def test_distributions_sum_to_one(self) -> None:
        told = self.count()
        assert sum(told.tally) == pytest.approx(1)
        assert sum(told.margin) == pytest.approx(1)
        assert 0 <= told.passes <= 1

    def test_against_simulation(self) -> None:
        calls = rebellious(members=20)
        coming = coming_motion(calls, "deployment abroad", {"Left": "yes", "Right": "no"})
        told = whip_count(calls, coming, model := learn(calls))
        chances, coming_by = vote_chances(model, calls, coming), attendance(calls)
        random = np.random.default_rng(0)
        tallies, passed = [], 0
        for _ in range(4_000):
            vote = np.full(20, ABSENT)
            present = coming_by.chances[random.choice(len(coming_by.weights), p=coming_by.weights)]
            for party in range(2):
                here = np.flatnonzero(calls.party_of == party)
                wave = random.choice(len(chances.weights), p=chances.weights / chances.weights.sum())
                for member in here:
                    if random.random() < present[member]:
                        chance = chances.waves[wave, member]
                        vote[member] = random.choice(3, p=chance / chance.sum())
            tallies.append((vote == YES).sum())
            passed += (vote == YES).sum() > (vote == NO).sum()
        assert np.mean(tallies) == pytest.approx(told.expected, abs=0.15)
        assert passed / 4_000 == pytest.approx(told.passes, abs=0.03)
        spread = np.sqrt(np.arange(21) ** 2 @ np.array(told.tally) - told.expected**2)
        assert np.std(tallies) == pytest.approx(spread, rel=0.1)

    def test_pivotal_members_by_their_definition(self) -> None:
        told = self.count("members", members=10)
        calls = rebellious(members=10)
        coming = coming_motion(calls, "deployment abroad", {"Left": "yes", "Right": "no"})
        model = learn(calls)
        passes = []
        for certain in (0.0, 1.0):
            attend = attendance(calls).mean
            attend[3] = certain
            votes = replace(calls, votes=calls.votes)
            passes.append(whip_count(votes, coming, model, attend, rule="members").passes)
        yes = next(one for one in told.members if one.member == "member 3").yes
        # coming and voting yes decides with the chance of being pivotal; absence never does
        member = next(one for one in told.members if one.member == "member 3")
        assert passes[1] - passes[0] == pytest.approx(yes * member.pivotal, abs=0.02)

    def test_members_of_a_party_without_a_line_divide_as_such_parties_did(self) -> None:
        calls = rebellious(members=20)
        for lines in ({"Left": "yes"}, {"Left": "yes", "Right": "free"}):
            told = whip_count(calls, coming_motion(calls, "x", lines))
            right = [one for one in told.members if one.party == "Right"]
            assert {one.line for one in right} == {"free"}
            assert all(one.breaks == 0 for one in right)
            expected = divisions(calls).mean
            assert [(one.no, one.yes, one.abstain) for one in right] == [pytest.approx(tuple(expected))] * len(right)

    def test_the_tally_of_a_party_without_a_line_by_hand(self) -> None:
        # two sure divisions, weighted alike: all members share one of them, so that the tally is their mixture
        shares, weights = np.array([[1.0, 0, 0], [0, 1.0, 0]]), np.array([0.5, 0.5])
        split = np.ones(5, dtype=bool)
        chances = Chances(np.zeros((1, 5, 3)), np.ones(1), np.full(5, ABSENT), split, Divisions(shares, weights))
        assert tally_of(chances, np.ones(5), [np.arange(5)]).tolist() == [0.5, 0, 0, 0, 0, 0.5]

    @pytest.mark.parametrize(
        ("lines", "rule", "code"),
        [
            ({"Nobody": "yes"}, "cast", "WC513"),
            ({"Left": "perhaps"}, "cast", "WC563"),
            ({"Left": "yes"}, "most", "WC564"),
            ({"Left": "yes"}, "400", "WC508"),
        ],
    )
    def test_wrong_questions(self, lines: dict[str, str], rule: str, code: str) -> None:
        calls = rebellious(members=20)
        with pytest.raises(TableError, match=code):
            whip_count(calls, coming_motion(calls, "x", lines), rule=rule)

    def test_words_in_both_languages(self) -> None:
        told = self.count()
        assert "yes votes" in told.words()
        assert "голосов" in told.words("ru")
        assert told.record()["passes"] == told.passes


def test_top_share() -> None:
    happened = np.array([True] * 10 + [False] * 90)
    assert top_share(np.arange(100)[::-1].astype(float), happened) == 1.0
    assert top_share(np.zeros(100), happened) == pytest.approx(0.1)
    assert np.isnan(top_share(np.zeros(10), np.zeros(10, dtype=bool)))


def test_whip_counts_beat_both_baselines_where_rebels_are_known() -> None:
    told = validate_whip_counts(rebellious(motions=90))
    own, line, uniform, _ = told.scores
    assert own.tally < min(line.tally, uniform.tally)
    assert own.brier < min(line.brier, uniform.brier)
    assert own.rebels > 0.6
    with pytest.raises(TableError, match="WC562"):
        validate_whip_counts(rebellious(motions=14))


def test_an_expanding_window_never_sees_what_it_scores() -> None:
    # whatever is done after a motion, its count stays the same
    calls = rebellious(motions=34)
    votes = calls.votes.copy()
    votes[:, 31:] = np.where(votes[:, 31:] == ABSENT, ABSENT, 1 - np.minimum(votes[:, 31:], 1))
    told, other = (validate_whip_counts(one, start=30) for one in (calls, replace(calls, votes=votes)))
    assert [one.motion for one in told.motions] == [f"m{place}" for place in range(29, 34)]
    assert told.motions[:2] == other.motions[:2]
    assert told.motions[2:] != other.motions[2:]
    scores = {one.name: one for one in told.scores}
    for one in told.differences:
        own, baseline = (getattr(scores[name], one.score) for name in ("whip_count", one.baseline))
        assert one.difference == pytest.approx(own - baseline)
        assert one.low <= one.difference + 1e-9
        assert one.difference <= one.high + 1e-9


def test_a_drifting_rate_follows_and_falls_back() -> None:
    def record(broken: list[int]) -> RollCalls:
        """Twenty members of one party, of whom so many break its line on each motion."""
        return table([[NO if member < here else YES for here in broken] for member in range(20)], ("A",) * 20)

    assert drifting_rate(record([2] * 30)) == pytest.approx(0.1)
    rising, falling = drifting_rate(record([0] * 20 + [4] * 10)), drifting_rate(record([4] * 10 + [0] * 20))
    assert falling < 4 / 60 < rising < 0.2
    assert drifting_rate(record([0] * 30)) == 0.0


class TestCalibration:
    def votes(self, discipline: float, lam: float, stake: float = 0.3) -> RollCalls:
        """Votes drawn from the ballot mechanism itself: two parties on a line, each with a line of its own."""
        random = np.random.default_rng(4)
        party = np.arange(120) % 2
        points = np.clip(np.where(party == 0, 0.35, 0.65) + 0.2 * random.normal(size=120), 0, 1)
        cuts, sides = random.uniform(0.05, 0.95, 260), random.choice([-1.0, 1.0], 260)
        worth = 2 * stake * sides * (points[:, None] - cuts)
        means = np.stack([worth[party == side].mean(axis=0) for side in (0, 1)])
        line = np.sign(means)[party]
        yes = random.random(worth.shape) < 1 / (1 + np.exp(-lam * (worth + 2 * discipline * line)))
        days = tuple(Motion(str(motion), date=dt.date(2000, 1, 1)) for motion in range(260))
        return RollCalls(
            tuple(f"m{row}" for row in range(120)),
            tuple(np.array(["Left", "Right"])[party]),
            days,
            np.where(yes, YES, NO).astype(np.int8),
        )

    def test_recovers_what_the_mechanism_was_given(self) -> None:
        told = calibrate_ballot(self.votes(0.06, 20.0), dimensions=1)
        assert told.lam == pytest.approx(20, rel=0.25)
        assert told.discipline == pytest.approx(0.06, rel=0.25)
        assert told.loglik > max(told.loglik_line, told.loglik_policy)

    def test_more_discipline_is_seen(self) -> None:
        soft, hard = (calibrate_ballot(self.votes(discipline, 20.0), dimensions=1) for discipline in (0.02, 0.12))
        assert hard.discipline > 2 * soft.discipline

    def test_stake_only_rescales(self) -> None:
        calls = self.votes(0.06, 20.0)
        first, second = calibrate_ballot(calls, 0.3, 1), calibrate_ballot(calls, 0.6, 1)
        assert second.lam * 2 == pytest.approx(first.lam, rel=1e-3)
        assert second.discipline == pytest.approx(2 * first.discipline, rel=1e-3)
        assert second.loglik == pytest.approx(first.loglik, abs=0.1)

    def test_the_block_is_a_scenarios(self) -> None:
        block = yaml.safe_load(calibrate_ballot(self.votes(0.06, 20.0), dimensions=1).yaml())
        assert set(block["parameters"]) == {"ballot.discipline", "choice.lam"}
        for given_prior in block["parameters"].values():
            prior = ParameterPrior.model_validate(given_prior)
            assert prior.evidence[0].source == "roll_calls"
        assert block["sources"][0]["id"] == "roll_calls"

    def test_needs_parties_and_a_stake(self) -> None:
        calls = self.votes(0.06, 20.0)
        with pytest.raises(TableError, match="WC562"):
            calibrate_ballot(replace(calls, parties=("",) * 120))
        with pytest.raises(TableError, match="WC512"):
            calibrate_ballot(calls, 0.0)


@needs_bundestag
class TestBundestag:
    @pytest.fixture(scope="class")
    @staticmethod
    def calls() -> RollCalls:
        from whipcount.data.abgeordnetenwatch import read_abgeordnetenwatch

        return read_abgeordnetenwatch(BUNDESTAG)

    def test_what_is_there(self, calls: RollCalls) -> None:
        assert calls.shape == (725, 111)
        assert int((calls.party_of < 0).sum()) == 48
        assert len(calls.party_names) == 6
        assert calls.motions[0].date < calls.motions[-1].date

    def test_unity(self, calls: RollCalls) -> None:
        told = {one.party: one for one in unity(calls).parties}
        assert all(one.agreement > 0.94 for one in told.values())
        assert told["DIE GRÜNEN"].agreement < told["CDU/CSU"].agreement

    @pytest.mark.slow
    def test_two_dimensions_tell_the_parties_apart(self, calls: RollCalls) -> None:
        assert ideal_points(calls, 2).correct > 0.97

    @pytest.mark.slow
    def test_last_fifth_in_time(self, calls: RollCalls) -> None:
        told = validate_whip_counts(calls)
        assert (told.learnt, told.tested) == (89, 22)
        own, line, uniform, _ = told.scores
        # the level of the tally is no better than a uniform rate's here; over a longer window it is (see the how-to)
        assert own.tally < line.tally
        assert own.crps < line.crps
        assert own.brier < min(line.brier, uniform.brier)
        assert abs(own.coverage - 0.9) < abs(uniform.coverage - 0.9)
        assert own.rebels > 2.5 * max(line.rebels, uniform.rebels)
        assert own.loglik > max(line.loglik, uniform.loglik)
        came, record, house = told.attendance
        assert came.brier < min(record.brier, house.brier)
        assert abs(came.coverage - 0.9) < abs(record.coverage - 0.9)

    @pytest.mark.slow
    def test_calibration(self, calls: RollCalls) -> None:
        told = calibrate_ballot(calls.with_inferred_parties())
        assert 0.5 < told.discipline < 0.9
        assert 3 < told.lam < 5
        assert told.loglik > max(told.loglik_line, told.loglik_policy)
