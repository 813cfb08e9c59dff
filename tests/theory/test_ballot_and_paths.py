"""From votes to the ballot mechanism, and points that move: by other routes, and by turning what may be turned."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
import yaml
from formation_bodies import rebellious
from scipy import optimize
from scipy.special import expit

from whipcount.errors import TableError
from whipcount.theory import rollcall_dynamic
from whipcount.theory.intervals import Z95
from whipcount.theory.rollcall_ballot import Calibration, _fit, _value, calibrate_ballot, design
from whipcount.theory.rollcall_dynamic import dynamic_points, paths_of, periods_of
from whipcount.theory.rollcall_mode import scale_votes
from whipcount.theory.rollcall_posterior import Posterior
from whipcount.theory.rollcall_table import ABSENT, ABSTAIN, NO, YES, Motion, RollCalls


class TestBallot:
    @pytest.fixture(scope="class")
    @staticmethod
    def calls() -> RollCalls:
        return rebellious(members=24, motions=40, seed=5)

    def test_what_a_motion_is_worth_is_the_distance_from_its_cut(self, calls: RollCalls) -> None:
        table, yes, motions = design(calls, 0.3, 1)
        lines = calls.member_lines
        kept = [
            place
            for place in range(40)
            if len({calls.votes[row, place] for row in range(24) if calls.votes[row, place] in (YES, NO)
                    and lines[row, place] in (YES, NO)}) == 2
        ]  # fmt: skip
        seen = np.isin(calls.votes, (YES, NO)) & np.isin(lines, (YES, NO))
        line = np.where(lines == YES, 1.0, -1.0)
        found = scale_votes(calls.votes[:, kept] == YES, seen[:, kept], 1, lines=line[:, kept])
        low, high = np.percentile(found.points[:, 0], [1, 99])
        rows = []
        for row in range(24):
            for at, place in enumerate(kept):
                if seen[row, place]:
                    slope = found.discrimination[at, 0]
                    cut = -found.difficulty[at] / slope
                    away = np.sign(slope) * (found.points[row, 0] - cut) / (high - low)
                    worth = 2 * 0.3 * min(max(away, -1.0), 1.0)
                    rows.append((worth, 2 * line[row, place], calls.votes[row, place] == YES, place))
        told = np.array(rows, dtype=float)
        assert table == pytest.approx(told[:, :2], abs=1e-9)
        assert yes.tolist() == told[:, 2].astype(bool).tolist()
        assert motions.tolist() == told[:, 3].astype(int).tolist()

    def test_a_logit_without_a_constant_and_errors_by_motion(self, calls: RollCalls) -> None:
        """The maximum by another route; the spread as a sandwich of each motion's slope, motion by motion."""
        table, yes, motions = design(calls, 0.3, 1)
        place, covariance = _fit(table, yes, motions)

        def loss(at: np.ndarray) -> float:
            odds = table @ at
            return float(np.logaddexp(0, odds).sum() - yes @ odds + 0.5e-3 * at @ at)

        assert place == pytest.approx(optimize.minimize(loss, np.ones(2), tol=1e-12).x, rel=1e-4)
        chance = expit(table @ place)
        bread = np.linalg.inv((table.T * (chance * (1 - chance))) @ table + 1e-3 * np.eye(2))
        meat = np.zeros((2, 2))
        for one in set(motions.tolist()):
            here = motions == one
            slope = sum(row * (vote - c) for row, vote, c in zip(table[here], yes[here], chance[here], strict=True))
            meat += np.outer(slope, slope)
        assert covariance == pytest.approx(bread @ meat @ bread, rel=1e-5)
        slopes, value = _value(place, table, yes)
        assert slopes == pytest.approx(yes - chance)
        assert value == pytest.approx(float(np.log(np.where(yes, chance, 1 - chance)).sum()))

        told = calibrate_ballot(calls, 0.3, 1)
        assert told.lam == pytest.approx(place[0])
        assert told.discipline == pytest.approx(place[1] / place[0])
        assert told.lam_error == pytest.approx(np.sqrt(covariance[0, 0]))
        # how far the ratio moves with either, by differences
        step = 1e-6
        slope = [((place[1] + b) / (place[0] + a) - place[1] / place[0]) / step for a, b in ((step, 0), (0, step))]
        assert told.discipline_error == pytest.approx(np.sqrt(np.array(slope) @ covariance @ slope), rel=1e-4)
        assert told.explained == pytest.approx(np.mean((chance > 0.5) == yes))
        assert told.loglik == pytest.approx(value)
        for columns, found in ((slice(1), told.loglik_policy), (slice(1, 2), told.loglik_line)):
            alone = optimize.minimize_scalar(
                lambda at, part=table[:, columns][:, 0]: np.logaddexp(0, part * at).sum() - yes @ part * at, (0.0, 1.0)
            )
            assert found == pytest.approx(-alone.fun, rel=1e-6)

    def test_what_is_counted(self, calls: RollCalls) -> None:
        told = calibrate_ballot(calls, 0.3, 1)
        both = np.isin(calls.votes, (YES, NO)) & np.isin(calls.member_lines, (YES, NO))
        divided = [place for place in range(40) if len(set(calls.votes[both[:, place], place])) == 2]
        assert told.motions == len(divided)
        assert told.votes == both[:, divided].sum()
        assert told.rebellions == (both & (calls.votes != calls.member_lines))[:, divided].sum()
        assert told.abstentions == pytest.approx((calls.votes == ABSTAIN).sum() / (calls.votes != ABSENT).sum())
        assert [row["value"] for row in told.record()["parameters"]] == [told.discipline, told.lam]

    def test_the_block_holds_the_numbers(self) -> None:
        told = Calibration(10.0, 2.0, 0.05, 0.01, 0.3, 900, 30, 40, 0.1, 0.9, -1.0, -2.0, -3.0, 'a "title"\\')
        for one, spread, deviation in (
            (told, 0.2, 0.01),
            # a lambda known to less than a twentieth, and a discipline known quite surely, are not taken as that sure
            (replace(told, lam_error=0.1, discipline_error=0.0), 0.05, 0.001),
        ):
            block = yaml.safe_load(one.yaml())
            assert block["parameters"]["choice.lam"]["prior"] == {"lognormal": [10.0, pytest.approx(spread)]}
            assert block["parameters"]["ballot.discipline"]["prior"] == {"normal": [0.05, pytest.approx(deviation)]}
            assert "900 votes on 30 motions, 40 against" in block["parameters"]["choice.lam"]["evidence"][0]["where"]
            assert block["sources"][0]["title"]["en"] == "a 'title' "

    def test_a_small_lambda_is_one_too(self, calls: RollCalls, monkeypatch: pytest.MonkeyPatch) -> None:
        """In units in which policy differs a hundred times as much, members choose a hundred times less sharply."""
        table, yes, motions = design(calls, 0.3, 1)
        whole = calibrate_ballot(calls, 0.3, 1)
        monkeypatch.setattr("whipcount.theory.rollcall_ballot.design", lambda *_: (100 * table, yes, motions))
        small = calibrate_ballot(calls, 0.3, 1)
        assert small.lam == pytest.approx(whole.lam / 100, rel=1e-2)
        assert small.lam < 1
        assert small.discipline == pytest.approx(whole.discipline, rel=1e-2)
        monkeypatch.setattr("whipcount.theory.rollcall_ballot.design", lambda *_: (table * [-1, 1], yes, motions))
        with pytest.raises(TableError, match="WC566"):
            calibrate_ballot(calls, 0.3, 1)

    def test_what_tells_nothing(self, calls: RollCalls) -> None:
        with pytest.raises(TableError, match="WC512"):
            calibrate_ballot(calls, 1.5, 1)
        assert calibrate_ballot(calls, 1.0, 1).stake == 1.0
        nobody = replace(calls, votes=np.where(calls.votes == ABSENT, ABSENT, YES).astype(np.int8))
        with pytest.raises(TableError, match="WC561"):
            calibrate_ballot(nobody, 0.3, 1)


def seats(turned: bool = False) -> RollCalls:
    """Ten members over three years; one sits in the first and last only, one in one. Turned: every yes is a no."""
    random = np.random.default_rng(6)
    place = np.sort(random.normal(size=10))
    votes, days = [], []
    for year in range(3):
        for motion in range(25):
            utility = 1.5 * random.choice([-1, 1]) * (place + 0.3 * year * (np.arange(10) == 2))
            here = np.where(utility + random.normal(size=10) > 0, YES, NO)
            here = NO + YES - here if turned else here
            here[4] = ABSENT if year == 1 else here[4]
            here[7] = here[7] if year == 2 else ABSENT
            votes.append(here)
            days.append(Motion(f"m{year}-{motion}", date=dt.date(2000 + year, 1 + motion % 12, 1)))
    parties = ("Left",) * 4 + ("Right",) * 6
    return RollCalls(tuple(f"n{row}" for row in range(10)), parties, tuple(days), np.array(votes).T.astype(np.int8))


class TestPaths:
    def test_whose_point_is_when(self) -> None:
        paths = paths_of(seats(), 12, 0.2)
        assert paths.names == ("2000", "2001", "2002")
        own = {member: [0, 1, 2] for member in range(10)} | {4: [0, 2], 7: [2]}
        told = [(member, period) for member in range(10) for period in own[member]]
        assert list(zip(paths.member.tolist(), paths.period.tolist(), strict=True)) == told
        chains = paths.ballots.chains
        assert chains.start.tolist() == np.concatenate([[0], np.cumsum([len(own[row]) for row in range(10)])]).tolist()
        for point in chains.followers:
            gap = paths.period[point] - paths.period[point - 1]
            assert chains.drift[point] == pytest.approx(gap * 0.2**2)
        assert (chains.drift > 0).all()
        calls = seats()
        side = paths.ballots.by_point
        for point, (member, period) in enumerate(told):
            cast = [place for place in range(75) if place // 25 == period and calls.votes[member, place] != ABSENT]
            mine = slice(side.start[point], side.start[point + 1])
            assert sorted(side.other[mine].tolist()) == cast
            assert (side.sign[mine][np.argsort(side.other[mine])] > 0).tolist() == [
                calls.votes[member, place] == YES for place in cast
            ]

    def test_periods_begin_in_january_of_the_first_year(self) -> None:
        days = [dt.date(2001, 12, 31), dt.date(2000, 7, 1), dt.date(2000, 6, 30)]
        assert periods_of(days, 6)[0].tolist() == [2, 1, 0]
        assert periods_of(days, 6)[1] == ("2000-01", "2000-07", "2001-07")
        assert periods_of(days, 24) == (pytest.approx([0, 0, 0]), ("2000",))
        assert periods_of(days, 9)[1] == ("2000-01", "2001-07")
        with pytest.raises(TableError, match="WC567"):
            paths_of(replace(seats(), motions=(Motion("x"), *seats().motions[1:])), 12, 0.1)

    @pytest.mark.parametrize("draws", [0, 100])
    def test_the_side_that_is_asked_for_is_the_positive_one(self, draws: int) -> None:
        """Turning the house turns points, intervals, moves and chances, and lengthens nothing."""
        right, left = (dynamic_points(seats(), 12, 0.3, draws, side, fewest=5) for side in ("Right", "Left"))
        if not draws:
            by_name, largest = (dynamic_points(seats(), 12, 0.3, 0, side, fewest=5) for side in ("n9", None))
            assert by_name.points == right.points == largest.points
        for one, other in zip(right.points, left.points, strict=True):
            assert (one.point, one.error, one.low, one.high) == (-other.point, other.error, -other.high, -other.low)
            assert one.low < one.point < one.high
        mean = {side: np.mean([one.point for one in right.points if one.party == side]) for side in ("Left", "Right")}
        assert mean["Left"] < 0 < mean["Right"]
        moves = {one.member: one for one in left.moves}
        for one in right.moves:
            assert one.moved == -moves[one.member].moved
            if draws:
                assert one.rightward == pytest.approx(1 - moves[one.member].rightward)
            else:
                assert np.isnan(one.rightward)

    def test_turned_votes_are_the_same_house(self) -> None:
        plain, turned = (dynamic_points(seats(one), 12, 0.3, 0, "Right", fewest=5) for one in (False, True))
        for one, other in zip(plain.points, turned.points, strict=True):
            assert one.point == pytest.approx(other.point, abs=1e-3)
            assert one.error == pytest.approx(other.error, rel=1e-3)

    def test_what_is_told_adds_up(self) -> None:
        found = dynamic_points(seats(), 12, 0.3, 0, "Right", fewest=5)
        points = np.array([one.point for one in found.points])
        assert points.mean() == pytest.approx(0, abs=1e-9)
        assert points.std() == pytest.approx(1)
        for one in found.points:
            assert one.high - one.point == pytest.approx(Z95 * one.error)
            assert one.point - one.low == pytest.approx(Z95 * one.error)
            cast = [vote for vote, motion in zip(seats().votes[int(one.member[1:])], seats().motions, strict=True)
                    if vote != ABSENT and str(motion.date.year) == one.period]  # fmt: skip
            assert one.votes == len(cast)
        by = {(one.member, one.period): one.point for one in found.points}
        assert {one.member for one in found.moves} == {f"n{row}" for row in range(10)} - {"n7"}
        for one in found.moves:
            assert (one.first, one.last) == ("2000", "2002")
            assert one.moved == pytest.approx(by[one.member, "2002"] - by[one.member, "2000"])
        far = [abs(one.moved) for one in found.moves]
        assert far == sorted(far, reverse=True)
        for party, period, members, mean in found.parties:
            here = [one.point for one in found.points if (one.party, one.period) == (party, period)]
            assert (members, mean) == (len(here), pytest.approx(np.mean(here)))
        assert [one[:2] for one in found.parties] == [
            (party, str(year)) for party in ("Left", "Right") for year in range(2000, 2003)
        ]
        assert found.draws == 0
        assert np.isnan(found.rhat)
        assert np.isnan(found.ess)
        assert not found.remarks
        assert f"{found.moves[0].member} moved most" in found.words()

    def test_draws_are_told_as_they_are(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Means, deviations, quantiles and the share of draws in which a member went right."""
        kept: list[Posterior] = []

        def sampled(*given: object, **named: object) -> Posterior:
            kept.append(original(*given, **named))  # type: ignore[arg-type]
            return kept[0]

        original = rollcall_dynamic.sample_posterior
        monkeypatch.setattr(rollcall_dynamic, "sample_posterior", sampled)
        found = dynamic_points(seats(), 12, 0.3, 100, "n0", fewest=5)
        draws = kept[0].points[..., 0].reshape(-1, len(found.points))
        sign = -1.0 if draws[:, 0].mean() < 0 else 1.0
        assert found.draws == len(draws)
        for row, one in enumerate(found.points):
            assert one.point == pytest.approx(sign * draws[:, row].mean())
            assert one.error == pytest.approx(draws[:, row].std(ddof=1))
            low, high = np.quantile(sign * draws[:, row], [0.025, 0.975])
            assert (one.low, one.high) == (pytest.approx(low), pytest.approx(high))
        first = {one.member: row for row, one in reversed(list(enumerate(found.points)))}
        last = {one.member: row for row, one in enumerate(found.points)}
        for one in found.moves:
            gone = sign * (draws[:, last[one.member]] - draws[:, first[one.member]])
            assert one.rightward == pytest.approx((gone > 0).mean())
        assert (found.rhat, found.ess) == (kept[0].mixing or (pytest.approx(np.nan, nan_ok=True),) * 2)

    @pytest.mark.parametrize(("shared", "told"), [(5, 0), (4, 1)])
    def test_periods_of_few_shared_members_are_remarked(self, shared: int, told: int) -> None:
        calls = seats()
        votes = calls.votes.copy()
        later = np.array([motion.date.year == 2002 for motion in calls.motions])
        rows = [row for row in range(10) if row not in (4, 7)]
        for row in rows[shared:]:
            votes[row, later] = ABSENT
        loose = rollcall_dynamic._loose(paths_of(replace(calls, votes=votes), 12, 0.3))
        assert len(loose) == told
        assert not told or f"2001 – 2002 ({shared})" in loose[0]
