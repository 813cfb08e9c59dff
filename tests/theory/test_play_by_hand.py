"""KTAB's spatial model a second time, actor by actor: votes, victories, elections, contests, bargains, turns."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest

from whipcount.errors import TableError
from whipcount.theory.ktab import (
    SmpOptions,
    SmpResult,
    _Turn,
    distances,
    election,
    play_turns,
    risk_from,
    scaled,
    spatial_model,
    utilities,
    victory,
    votes,
)
from whipcount.theory.tables import PositionsTable

RULES = ("binary", "prop_bin", "proportional", "prop_cubic", "cubic", "asym_prosp")


def table(seed: int = 1, actors: int = 5) -> PositionsTable:
    random = np.random.default_rng(seed)
    salience = random.dirichlet([2, 2, 1], actors)[:, :2]
    return PositionsTable(
        names=tuple("ABCDEFGH"[:actors]),
        power=tuple((random.random(actors) * 100 + 10).tolist()),
        ideal=tuple(map(tuple, (random.random((actors, 2)) * [100, 10]).tolist())),
        salience=tuple(map(tuple, salience.tolist())),
        dimensions=("x", "y"),
        scale=((0.0, 100.0), (0.0, 10.0)),
    )


def cast(power: float, gain: float, rule: str) -> float:
    """One actor's vote for the first of two options, which it likes better by `gain`."""
    whole = min(max(gain / 1e-8, -1.0), 1.0)
    return (
        power
        * {
            "binary": whole,
            "prop_bin": 0.8 * gain + 0.2 * whole,
            "proportional": gain,
            "prop_cubic": (gain + gain**3) / 2,
            "cubic": gain**3,
            "asym_prosp": gain * 2 / 3 if gain > 0 else gain,
        }[rule]
    )


def liking(distance: float, risk: float) -> float:
    return (1 - distance) * (1 + min(distance, 1.0) * risk)


def test_votes_by_every_rule() -> None:
    for rule in RULES:
        for gain in (-0.7, -1e-9, 0.0, 5e-9, 0.3):
            assert votes(np.array([40.0]), np.array([gain]), rule)[0] == pytest.approx(cast(40.0, gain, rule))
    assert utilities(np.array([0.0, 0.4, 1.2]), 0.5) == pytest.approx([liking(d, 0.5) for d in (0.0, 0.4, 1.2)])


def test_victories() -> None:
    one, other = np.array([3.0, 1.0, 5.0]), np.array([1.0, 3.0, 5.0])
    for model, power in (("linear", 1), ("square", 2), ("quartic", 4), ("octic", 8)):
        assert victory(one, other, model) == pytest.approx(one**power / (one**power + other**power))
    # binary: sure from a lead of a tenth on, a straight line in the share between
    leads = np.array([0.5, 1 / 1.1, 1.0, 1.05, 1.0999, 1.1, 2.0])
    told = victory(leads, np.ones(7), "binary")
    assert told[[0, 1, 5, 6]] == pytest.approx([0, 0, 1, 1], abs=2e-6)
    assert told[2] == pytest.approx(0.5)
    share = 1.05 / 2.05
    least = 1.1 / 2.1
    assert told[3] == pytest.approx((share - (1 - least)) / (2 * least - 1))
    assert told + victory(np.ones(7), leads, "binary") == pytest.approx(np.ones(7))


def test_risk_goes_with_the_chance_to_win() -> None:
    chance = np.array([0.1, 0.2, 0.5, 0.2])
    for reach, least in (("min", 0.0), ("mid", -0.5), ("max", -1.0)):
        told = [least + (1 - least) * (one - 0.1) / 0.4 for one in chance]
        assert risk_from(chance, reach) == pytest.approx(told)


def test_distances_are_weighed_by_the_actors_own_saliences() -> None:
    random = np.random.default_rng(2)
    points, care = random.random((4, 3)), random.random((4, 3))
    found = distances(points, points[:2], care)
    for a in range(4):
        for b in range(2):
            square = sum((care[a, d] * (points[a, d] - points[b, d])) ** 2 for d in range(3)) / sum(care[a] ** 2)
            assert found[a, b] == pytest.approx(math.sqrt(square))
    corners = np.array([[0.0, 0.0], [1.0, 1.0]])
    assert distances(corners, corners, np.array([[0.3, 0.9], [1.0, 0.2]]))[0, 1] == pytest.approx(1.0)


@pytest.mark.parametrize("rule", RULES)
def test_elections_by_their_definitions(rule: str) -> None:
    random = np.random.default_rng(3)
    power, liked = random.random(6) * 10, random.random((6, 4))
    options = SmpOptions(voting=rule, victory="square")  # type: ignore[arg-type]
    support = np.full((4, 4), 1e-8)
    for a in range(4):
        for b in range(4):
            support[a, b] += sum(max(cast(power[k], liked[k, a] - liked[k, b], rule), 0.0) for k in range(6))
    wins = support**2 / (support**2 + support.T**2)
    alone = np.array([np.prod([wins[a, b] for b in range(4)]) for a in range(4)])
    assert election(power, liked, options) == pytest.approx(alone / alone.sum())
    np.fill_diagonal(support, 1e-8)
    drive = support * wins + 1e-10 * np.eye(4)
    np.fill_diagonal(drive, 1e-8 * 0.5 + 1e-10)
    for kind, challenge in (("markov_uniform", np.full((4, 4), 0.25)), ("markov_incentive", drive / drive.sum(axis=0))):
        chance = election(power, liked, replace(options, election=kind))
        # the favourite stays that beats whoever challenges it, else the challenger takes its place
        after = np.zeros(4)
        for b in range(4):
            for a in range(4):
                after[a] += chance[b] * challenge[a, b] * wins[a, b]
                after[b] += chance[b] * challenge[a, b] * (1 - wins[a, b])
        assert chance == pytest.approx(after, abs=1e-9)
        assert chance.sum() == pytest.approx(1)


class Slow:
    """One turn in loops, by the names of KTAB's manual: what viewer h sees of i's contest against j."""

    def __init__(self, points: np.ndarray, salience: np.ndarray, power: np.ndarray, options: SmpOptions) -> None:
        self.points, self.salience, self.power, self.options = points, salience, power, options
        self.care = salience.sum(axis=1)
        self.stake = power * self.care
        self.size = len(power)
        self.far = distances(points, points, salience)
        neutral = np.array([[liking(self.far[a, b], 0.0) for b in range(self.size)] for a in range(self.size)])
        self.risk = risk_from(election(power, neutral, options), options.risk_range)

    def seen(self, viewer: int, actor: int, place: int) -> float:
        part = {"none": 0.0, "one_third": 1 / 3, "half": 0.5, "two_thirds": 2 / 3, "full": 1.0}
        own = part[self.options.risk_adjustment]
        risk = own * self.risk[actor] + (1 - own) * self.risk[viewer]
        return liking(self.far[actor, place], risk)

    def contest(self, h: int, i: int, j: int) -> tuple[float, float]:
        rule = self.options.voting

        def u(actor: int, place: int) -> float:
            return self.seen(h, actor, place)

        direct = [cast(self.stake[i], u(i, i) - u(i, j), rule), cast(self.stake[j], u(j, i) - u(j, j), rule)]
        for_i = 1e-10 + sum(max(one, 0.0) for one in direct)
        for_j = 1e-10 + sum(max(-one, 0.0) for one in direct)
        whole_i, whole_j = for_i, for_j
        for k in range(self.size):
            if k in (i, j):
                continue
            leaning = cast(self.stake[k], u(k, i) - u(k, j), rule)
            near, far = for_i + max(leaning, 0.0), for_j + max(-leaning, 0.0)
            p = near / (near + far)
            kind = self.options.third_parties
            # who joins the winner keeps its place unless all are dragged along; who joins the loser only where none is
            keep_won, keep_lost = kind != "full", kind == "none"
            i_wins_with = 2 * u(k, i) + (u(k, k) if keep_won else u(k, i))
            i_loses_with = 2 * u(k, j) + (u(k, k) if keep_lost else u(k, j))
            i_wins_against = 2 * u(k, i) + (u(k, k) if keep_lost else u(k, i))
            i_loses_against = 2 * u(k, j) + (u(k, k) if keep_won else u(k, j))
            with_i = p * i_wins_with + (1 - p) * i_loses_with
            with_j = p * i_wins_against + (1 - p) * i_loses_against
            vote = cast(self.stake[k], with_i - with_j, rule)
            whole_i, whole_j = whole_i + max(vote, 0.0), whole_j + max(-vote, 0.0)
        chance = whole_i / (whole_i + whole_j)
        # the other resists as far as it cares, else gives in; whoever wins, both then stand in the winner's place
        care = self.care[j]
        expected = (1 - care) * u(i, i) + care * (chance * u(i, i) + (1 - chance) * u(i, j))
        return chance, 2 * expected - (u(i, i) + u(i, j))


@pytest.mark.parametrize("third", ["none", "semi", "full"])
@pytest.mark.parametrize(("rule", "adjust"), [("proportional", "one_third"), ("asym_prosp", "half"), ("cubic", "full")])
def test_contests_by_their_definition(third: str, rule: str, adjust: str) -> None:
    options = SmpOptions(third_parties=third, voting=rule, risk_adjustment=adjust, risk_range="max")  # type: ignore[arg-type]
    turn, slow = _Turn(*scaled(table()), options), Slow(*scaled(table()), options)
    assert turn.risk == pytest.approx(slow.risk)
    for viewer in range(5):
        chance, gain = turn.contests(np.array([viewer, 2]), np.array([2, 0]))
        for row, (h, i) in enumerate(((viewer, 2), (2, 0))):
            for j in range(5):
                if i != j:
                    told = slow.contest(h, i, j)
                    assert (chance[row, j], gain[row, j]) == (pytest.approx(told[0]), pytest.approx(told[1], abs=1e-12))


class TestBargains:
    @pytest.mark.parametrize(("kind", "power"), [("s1p1", 1), ("s2p2", 2)])
    def test_positions_are_weighted_by_salience_and_chance(self, kind: str, power: int) -> None:
        points, salience, strength = scaled(table())
        found = _Turn(points, salience, strength, SmpOptions(interpolation=kind)).bargain(1, 3, 0.3)  # type: ignore[arg-type]
        for axis in (0, 1):
            a, b = (salience[1, axis] * 0.3) ** power, (salience[3, axis] * 0.7) ** power
            mine, theirs = points[1, axis], points[3, axis]
            # a sliver of weight keeps each where it is if neither has any
            own = ((a + 1e-6) * mine + b * theirs) / (a + b + 1e-6)
            other = (a * mine + (b + 1e-6) * theirs) / (a + b + 1e-6)
            assert found.own[axis] == pytest.approx(own, abs=5.1e-5)
            assert found.own[axis] * 1e4 == pytest.approx(round(found.own[axis] * 1e4), abs=1e-6)
            assert found.other[axis] == pytest.approx(other, abs=5.1e-5)
        assert (found.initiator, found.receiver) == (1, 3)

    def test_only_the_likely_loser_moves_by_the_lead(self) -> None:
        points, salience, strength = scaled(table())
        turn = _Turn(points, salience, strength, SmpOptions(interpolation="s2pmax"))
        for chance in (0.2, 0.5, 0.9):
            found = turn.bargain(1, 3, chance)
            lead = abs(2 * chance - 1)
            loser, winner = (1, 3) if chance < 0.5 else (3, 1)
            weight = {row: salience[row] ** 2 for row in (1, 3)}
            moves = lead * weight[winner] / (lead * weight[winner] + 1e-6 + (1 - lead) * weight[loser])
            went = points[loser] + moves * (points[winner] - points[loser])
            told = {1: found.own, 3: found.other}
            assert told[loser] == pytest.approx(went)
            assert told[winner] == pytest.approx(points[winner])

    @pytest.mark.parametrize("kind", ["init_only", "init_rcvr", "pw_comp"])
    def test_each_proposes_where_it_gains_most(self, kind: str) -> None:
        options = SmpOptions(bargains=kind)  # type: ignore[arg-type]
        for seed in range(3):
            turn, slow = _Turn(*scaled(table(seed)), options), Slow(*scaled(table(seed)), options)
            told = list(turn.proposals())
            expected = []
            for i in range(5):
                gains = {j: slow.contest(i, i, j) for j in range(5) if j != i}
                j = max(gains, key=lambda one: gains[one][1])
                if gains[j][1] <= 1e-5:
                    continue
                mine = turn.bargain(i, j, gains[j][0])
                theirs = turn.bargain(i, j, slow.contest(j, i, j)[0])
                both = [mine] if kind == "init_only" else [mine, theirs]
                if kind == "pw_comp":
                    a, b = slow.stake[i], slow.stake[j]
                    both = [replace(mine, own=(a * mine.own + b * theirs.own) / (a + b),
                                    other=(a * mine.other + b * theirs.other) / (a + b))]  # fmt: skip
                expected += both
            assert [(one.initiator, one.receiver) for one in told] == [
                (one.initiator, one.receiver) for one in expected
            ]
            for one, other in zip(told, expected, strict=True):
                assert one.own == pytest.approx(other.own, abs=1e-4)
                assert one.other == pytest.approx(other.other, abs=1e-4)

    def test_each_takes_the_bargain_most_backed(self) -> None:
        """Each votes over what stands and the bargains it is part of, by the utility of all positions together."""
        for seed in range(4):
            points, salience, power = scaled(table(seed))
            options = SmpOptions()
            turn = _Turn(points, salience, power, options)
            made = list(turn.proposals())
            moved = turn.play(np.random.default_rng(0))

            def worth(places: np.ndarray, turn: _Turn = turn, salience: np.ndarray = salience,
                      points: np.ndarray = points) -> np.ndarray:  # fmt: skip
                far = distances(points, places, salience)
                return np.array([sum(liking(far[k, at], turn.risk[k]) for at in range(5)) for k in range(5)])

            for actor in range(5):
                own = [one for one in made if actor in (one.initiator, one.receiver)]
                columns = [worth(points)]
                for one in own:
                    changed = points.copy()
                    changed[one.initiator], changed[one.receiver] = one.own, one.other
                    columns.append(worth(changed))
                place = points[actor]
                if own:
                    best = int(election(power, np.stack(columns, axis=1) / 5, options).argmax())
                    if best:
                        place = own[best - 1].own if own[best - 1].initiator == actor else own[best - 1].other
                assert moved[actor] == pytest.approx(place)


class TestPlay:
    def test_turns_until_it_is_quiet(self) -> None:
        lengths = []
        for seed in range(8):
            history, chances = play_turns(*scaled(table(seed, 3)), SmpOptions())
            steps = [float(np.linalg.norm(b - a, axis=1).sum()) for a, b in itertools.pairwise(history)]
            assert len(steps) == 100 or steps[-1] < 0.02 * (steps[0] + 1e-4)
            assert all(step >= 0.02 * (steps[0] + 1e-4) for step in steps[1:-1])
            assert 2 <= len(steps) <= 100
            lengths.append(len(steps))
        assert min(lengths) < 100
        for turns in (1, 3):
            assert len(play_turns(*scaled(table()), SmpOptions(turns=turns))[0]) == turns + 1
        assert chances.sum() == pytest.approx(1)

    def test_those_in_one_place_share_its_chance(self) -> None:
        points, salience, power = scaled(table())
        points = points.copy()
        points[3] = points[0] + 5e-4
        # nobody moves in a play of one turn where all have one place; here only the final chances are asked
        from whipcount.theory.ktab import _final_chances

        chances = _final_chances(points, salience, power, SmpOptions())
        assert chances[0] == chances[3]
        turn = _Turn(points, salience, power, SmpOptions())
        alone = election(power, turn.utility[:, [0, 1, 2, 4]], SmpOptions())
        assert chances[[0, 1, 2, 4]] * [2, 1, 1, 1] == pytest.approx(alone)

    def test_what_is_told(self) -> None:
        given = table()
        found = spatial_model(given)
        history, chances = play_turns(*scaled(given), SmpOptions())
        assert found.chances == pytest.approx(chances)
        for mine, theirs in zip(found.positions, history, strict=True):
            assert np.array(mine) == pytest.approx(theirs * [100, 10])
        assert found.forecast == pytest.approx(chances @ (history[-1] * [100, 10]))
        assert found.turns == len(history) - 1
        best = found.names[int(np.argmax(found.chances))]
        assert f"the position of {best} (" in found.words()
        rows = found.tables()[1].records()
        assert len(rows) == 5 * len(history)
        assert [row["x"] for row in rows[:5]] == [place[0] for place in found.positions[0]]

    def test_the_order_of_rows_is_told_where_it_decides(self) -> None:
        """Three alike at the corners: whom one challenges hangs on who stands first."""
        turned = None
        for seed in range(30):
            given = table(seed, 3)
            even = replace(given, power=(1.0,) * 3, salience=((0.4, 0.4),) * 3)
            found = spatial_model(even)
            back = spatial_model(replace(even, names=even.names[::-1], ideal=even.ideal[::-1]))
            gap = np.abs(np.array(found.forecast) - np.array(back.forecast)) / [100, 10]
            assert (found.turned is not None) == bool((gap > 1e-3).any())
            if found.turned is not None:
                turned = found
                assert found.turned == pytest.approx(back.forecast)
        plain = SmpResult(("A",), ("x",), (((1.0,),),), (1.0,), SmpOptions())
        assert plain.order_told() == ""
        assert "rows turned round" in replace(plain, turned=(2.0,)).words()
        assert turned is None or "rows turned round" in turned.words()

    @pytest.mark.parametrize("turns", [1, 100])
    def test_as_many_turns_as_may_be_asked(self, turns: int) -> None:
        assert SmpOptions(turns=turns).turns == turns
        for wrong in (0, 101):
            with pytest.raises(TableError, match="WC516"):
                SmpOptions(turns=wrong)

    def test_saliences_sum_to_one_at_most(self) -> None:
        given = table()
        whole = replace(given, salience=((0.5, 0.5),) * 5)
        assert scaled(whole)[1].sum() == 5.0
        for row in ((0.5, 0.501), (0.0, 0.0)):
            with pytest.raises(TableError, match="WC512"):
                scaled(replace(given, salience=(row, *whole.salience[1:])))
