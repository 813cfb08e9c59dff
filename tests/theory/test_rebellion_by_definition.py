"""What a whip count rests on, a second time: covariates vote by vote, the waves, where rebels go, who will come.

The covariates are told by their definitions, in loops over members and motions. A record that is discounted otherwise
would suspect others.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import integrate, optimize, stats
from scipy.special import expit, logit

from whipcount.theory import rollcall_attendance as coming_by
from whipcount.theory.rollcall_attendance import attendance
from whipcount.theory.rollcall_free import Divisions, divisions
from whipcount.theory.rollcall_rebellion import (
    COVARIATES,
    Chances,
    Coming,
    RebellionModel,
    _unlike,
    chances_under,
    covariates,
    fit_in_waves,
    learn,
    vote_chances,
    waves_likelihood,
)
from whipcount.theory.rollcall_similarity import line_likeness, title_likeness
from whipcount.theory.rollcall_table import ABSENT, ABSTAIN, NO, YES, Motion, RollCalls
from whipcount.theory.rollcall_whip import blocks_of, coming_motion, interval_of, sums_of, tally_of, whip_count

TITLES = ("deployment abroad", "budget of the house", "deployment extended", "motion on procedure")


def record(motions: int = 14, seed: int = 2, members: int = 12) -> RollCalls:
    """Three parties of different sizes and discipline, one of them often without a line, and one loner."""
    random = np.random.default_rng(seed)
    parties = np.array((["A"] * 5 + ["B"] * 4 + ["C"] * 2 + [""])[:members])
    lines = random.choice([NO, YES, YES, ABSTAIN], size=(3, motions))
    votes = np.empty((members, motions), dtype=np.int8)
    for row, party in enumerate(parties):
        follows = lines["ABC".index(party)] if party else random.choice([NO, YES], size=motions)
        votes[row] = np.where(random.random(motions) < 0.2, random.choice([NO, YES, ABSTAIN], size=motions), follows)
    votes[random.random(votes.shape) < 0.15] = ABSENT
    days = tuple(Motion(f"m{place}", TITLES[place % 4], dt.date(2001, 1, 1 + place // 2)) for place in range(motions))
    return RollCalls(tuple(f"n{row:02}" for row in range(members)), tuple(parties.tolist()), days, votes)


def log_odds(chance: float) -> float:
    clipped = min(max(chance, 1e-5), 1 - 1e-5)
    return math.log(clipped / (1 - clipped))


def told_of(past: RollCalls, coming: Coming, member: int) -> dict[str, float]:
    """The twelve covariates of a member who has a party."""
    places = range(len(past.motions))
    party = past.party_of[member]
    own = [row for row in range(len(past.members)) if past.party_of[row] == party]
    newest = len(past.motions) - 1

    def under(row: int, place: int) -> bool:
        return (
            past.votes[row, place] != ABSENT and past.party_of[row] >= 0 and past.lines[past.party_of[row], place] >= 0
        )

    def broke(row: int, place: int) -> bool:
        return under(row, place) and past.votes[row, place] != past.lines[past.party_of[row], place]

    def share(row: int, weight: list[float], toward: float, votes: float) -> float:
        broken = sum(weight[place] for place in places if broke(row, place))
        return (broken + votes * toward) / (sum(weight[place] for place in places if under(row, place)) + votes)

    def rate(place: int, rows: list[int]) -> float | None:
        seen = [broke(row, place) for row in rows if under(row, place)]
        return sum(seen) / len(seen) if seen else None

    def of_party(weight: list[float]) -> float:
        """The party's mean rate on motions, so weighted, with one motion of its usual one."""
        rates = [(weight[place], rate(place, own)) for place in places]
        known = [(w, r) for w, r in rates if r is not None]
        return (sum(w * r for w, r in known) + usual) / (sum(w for w, _ in known) + 1)

    usual = (sum(broke(row, place) for row in own for place in places) + 0.5) / (
        sum(under(row, place) for row in own for place in places) + 50
    )
    age = [0.5 ** ((newest - place) / 80) for place in places]
    fresh = [0.5 ** ((newest - place) / 8) for place in places]
    past_record = share(member, age, usual, 8)
    titles = title_likeness(coming.title, [motion.title for motion in past.motions]).tolist()
    pattern = line_likeness(coming.lines, past.lines).tolist()
    both = [one * other for one, other in zip(titles, pattern, strict=True)]
    line = coming.lines[party]
    same = [float(past.lines[party, place] == line) for place in places]
    kind_broken = sum(same[place] * broke(row, place) for row in own for place in places)
    kind_under = sum(same[place] * under(row, place) for row in own for place in places)
    everybody = list(range(len(past.members)))
    seen = sum(under(row, place) for row in everybody for place in places)
    ever = sum(broke(row, place) for row in everybody for place in places) / seen
    house = (sum(fresh[place] * (rate(place, everybody) or 0.0) for place in places) + ever) / (sum(fresh) + 1)
    sizes = [sum(past.party_of[row] == one for row in everybody) for one in range(len(coming.lines))]
    opposed = sum(
        size for size, other in zip(sizes, coming.lines, strict=True) if other in (NO, YES) and other != line
    ) / sum(sizes)
    beyond = log_odds(past_record)
    return {
        "record": beyond,
        "kind_of_line": log_odds((kind_broken + 30 * usual) / (kind_under + 30)),
        "own_on_like_titles": log_odds(share(member, titles, past_record, 0.7)) - beyond,
        "party_on_like_titles": log_odds(of_party(titles)) - log_odds(usual),
        "own_on_like_lines": log_odds(share(member, pattern, past_record, 0.7)) - beyond,
        "party_on_like_lines": log_odds(of_party(pattern)) - log_odds(usual),
        "own_on_both": log_odds(share(member, both, past_record, 0.7)) - beyond,
        "own_on_this_line": log_odds(share(member, same, past_record, 8)) - beyond,
        "line_is_abstention": float(line == ABSTAIN),
        "opposed": opposed,
        "party_lately": log_odds(of_party(fresh)) - log_odds(usual),
        "house_lately": log_odds(house) - log_odds(ever),
    }  # fmt: skip


@pytest.mark.parametrize("lines", [(YES, NO, ABSTAIN), (ABSTAIN, YES, YES), (NO, ABSENT, NO)])
def test_every_covariate_is_its_definition(lines: tuple[int, ...]) -> None:
    past, coming = record(), Coming("deployment again", lines)
    values = covariates(past, coming)
    assert values.shape == (12, len(COVARIATES))
    for member in np.flatnonzero(past.party_of >= 0):
        told = told_of(past, coming, int(member))
        assert list(told) == list(COVARIATES)
        assert values[member] == pytest.approx(list(told.values()), abs=1e-9)


def test_a_shared_shift_is_integrated_out() -> None:
    """The likelihood of a block is the mean over a normal shift, by another quadrature; and the ridge."""
    random = np.random.default_rng(1)
    rows, told = random.normal(size=(9, 2)), (random.random(9) < 0.4).astype(float)
    starts, place = np.array([0, 4, 5]), np.array([-0.6, 0.4, -0.3, 0.9])
    total = -0.5 * 3.0 * (0.4**2 + 0.3**2)
    for first, after in zip(starts, [*starts[1:], 9], strict=True):
        odds = place[0] + rows[first:after] @ place[1:3]

        def chance(shift: float, odds: np.ndarray = odds, here: np.ndarray = told[first:after]) -> float:
            each = expit(odds + 0.9 * shift)
            return float(np.where(here == 1, each, 1 - each).prod() * stats.norm.pdf(shift))

        total += math.log(integrate.quad(chance, -9, 9)[0])
    assert waves_likelihood(place, rows, told, starts, 3.0)[0] == pytest.approx(total, abs=2e-4)


def test_a_fit_in_waves_is_the_best_there_is() -> None:
    random = np.random.default_rng(3)
    table, block = random.normal(size=(120, 2)), np.repeat(np.arange(12), 10)[random.permutation(120)]
    shift = random.normal(size=12) * 1.2
    happened = random.random(120) < expit(-0.5 + table @ [0.8, -0.4] + shift[block])
    found, spread = fit_in_waves(table, happened, block, 1.0)
    order = np.argsort(block)

    def loss(place: np.ndarray) -> float:
        return -waves_likelihood(place, table[order], happened[order].astype(float), np.arange(0, 120, 10), 1.0)[0]

    best = optimize.minimize(loss, np.array([-0.5, 0.8, -0.4, 1.2]), method="Nelder-Mead",
                             options={"xatol": 1e-6, "fatol": 1e-10, "maxiter": 4000})  # fmt: skip
    assert [*found, spread] == pytest.approx([*best.x[:3], abs(best.x[3])], abs=2e-3)


def model_of(calls: RollCalls, unlike: float = 0.0) -> RebellionModel:
    width = len(COVARIATES)
    return RebellionModel(
        np.full(width, 0.5), np.full(width, 2.0), np.r_[-1.0, np.linspace(-0.5, 0.5, width)],
        np.array([[0.0, 0.75, 0.25], [0.6, 0.0, 0.4], [0.5, 0.5, 0.0]]), 0.8, 0.3, 100, len(calls.motions), unlike,
    )  # fmt: skip


def test_chances_are_averaged_over_waves_and_over_what_is_like_nothing_before() -> None:
    calls = record()
    table = covariates(calls, Coming("x", (YES, NO, ABSTAIN)))
    model = model_of(calls)
    odds = -1.0 + (table - 0.5) / 2.0 @ np.linspace(-0.5, 0.5, 12)
    assert model.log_odds(table) == pytest.approx(odds)
    nodes, mass = np.polynomial.hermite_e.hermegauss(40)
    mean = expit(odds[:, None] + 0.8 * nodes) @ mass / mass.sum()
    assert model.chances(table) == pytest.approx(mean, abs=1e-3)
    waves, weights = model.waves(table)
    assert weights.sum() == pytest.approx(1)
    assert waves.shape == (len(weights), 12)
    for unlike in (0.2, 1.0):
        assert replace(model, unlike=unlike).chances(table) == pytest.approx(
            (1 - unlike) * mean + unlike * 0.3, abs=1e-3
        )


def test_how_often_nothing_before_tells_is_what_tells_the_rest_best() -> None:
    calls = record(30)
    model = model_of(calls)
    tables = [covariates(calls, Coming("x", (YES, NO, ABSTAIN)))] * 6
    random = np.random.default_rng(5)
    for truth in (0.0, 0.5, 0.9):
        own = (1 - truth) * model.chances(tables[0]) + truth * model.rebel_share
        later = [(one, random.random(12) < own, np.arange(12)) for one in tables]

        def worth(share: float, later: list = later) -> float:  # type: ignore[type-arg]
            total = 0.0
            for table, broken, _ in later:
                chance = (1 - share) * model.chances(table) + share * 0.3
                total += float(np.log(np.where(broken, chance, 1 - chance)).sum())
            return total

        grid = [place / 20 for place in range(19)]
        assert _unlike(model, later) == pytest.approx(max(grid, key=worth))


def test_rebels_leave_a_line_as_rebels_did_and_those_without_one_vote_as_the_house() -> None:
    calls = record()
    coming = Coming("x", (YES, ABSENT, ABSTAIN))
    leaves = model_of(calls).leaves
    rebel = np.array([np.linspace(0.1, 0.6, 12), np.linspace(0.5, 0.2, 12)])
    found = chances_under(rebel, np.array([0.3, 0.7]), leaves, calls, coming)
    for wave in range(2):
        lined = []
        for row, party in enumerate(calls.parties):
            if party in ("A", "C"):
                line = YES if party == "A" else ABSTAIN
                expected = rebel[wave, row] * leaves[line]
                expected[line] = 1 - rebel[wave, row]
                assert found.waves[wave, row] == pytest.approx(expected)
                lined.append(expected)
        for row in (5, 6, 7, 8, 11):
            assert found.waves[wave, row] == pytest.approx(np.mean(lined, axis=0))
    assert found.split is not None
    assert found.split.tolist() == [party == "B" for party in calls.parties]
    assert found.line.tolist() == [{"A": YES, "B": ABSENT, "C": ABSTAIN, "": ABSENT}[one] for one in calls.parties]
    # averaged: the members of B divide as parties without a line did; nobody without a line breaks one
    mean = 0.3 * found.waves[0] + 0.7 * found.waves[1]
    assert found.mean[[0, 9, 11]] == pytest.approx(mean[[0, 9, 11]])
    assert found.mean[5] == pytest.approx(divisions(calls).mean)
    expected = [0.0 if party in ("B", "") else 0.3 * a + 0.7 * b
                for party, a, b in zip(calls.parties, *rebel, strict=True)]  # fmt: skip
    assert found.breaks == pytest.approx(expected)
    shares, weights = found.of(np.arange(5, 9))
    assert (shares[:, 0] == shares[:, 3]).all()
    assert weights @ shares[:, 0] == pytest.approx(divisions(calls).mean)
    assert found.of(np.arange(4, 7))[1].tolist() == [0.3, 0.7]  # not all of them without a line
    nobody = chances_under(rebel, np.ones(2) / 2, leaves, calls, Coming("x", (ABSENT,) * 3))
    assert nobody.waves[0, 11] == pytest.approx([0.5, 0.5, 0.0])


def test_a_coming_motion_in_words() -> None:
    calls = record()
    assert calls.party_names == ("A", "B", "C")
    assert coming_motion(calls, "x", {"B": "no", "A": "abstain"}) == Coming("x", (ABSTAIN, NO, ABSENT))


def test_the_tally_and_gains_of_a_whip_count() -> None:
    calls = record(40, seed=4)
    coming, attend = Coming("budget of the house", (YES, NO, YES)), np.linspace(0.6, 1.0, 12)
    model = learn(calls)
    told = whip_count(calls, coming, model, attend, rule="2/3 of present")
    chances = vote_chances(model, calls, coming)
    random = np.random.default_rng(2)
    draws = []
    for block in blocks_of(calls):
        votes, weights = chances.of(block)
        wave = random.choice(len(weights), p=weights / weights.sum(), size=40_000)
        chance = votes[wave][..., YES] * attend[block]
        draws.append((random.random(chance.shape) < chance).sum(axis=1))
    tally = np.bincount(np.sum(draws, axis=0), minlength=13) / 40_000
    assert told.tally == pytest.approx(tally, abs=4 * 0.5 / 200)
    assert told.expected == pytest.approx(float(np.arange(13) @ tally), abs=0.05)
    low, high = told.interval(0.5)
    assert sum(told.tally[:low]) < 0.25 <= sum(told.tally[: low + 1])
    assert sum(told.tally[:high]) < 0.75 <= sum(told.tally[: high + 1])
    for one in told.members:
        row = calls.members.index(one.member)
        assert one.attends == pytest.approx(attend[row])
        # log odds of yes up by 1 raise its chance by yes (1 - yes), of which what is there and decides counts
        assert one.gain == pytest.approx(one.pivotal * one.attends * one.yes * (1 - one.yes))
    table = next(grid for grid in told.tables() if grid.name == "parties").records()
    assert sum(row["yes"] for row in table) == pytest.approx(told.expected, abs=1e-9)
    assert sum(row["members"] for row in table) == 12
    assert sum(sum(row[kind] for kind in ("yes", "no", "abstain")) for row in table) == pytest.approx(attend.sum())
    order = [row["gain"] for row in next(grid for grid in told.tables() if grid.name == "persuade").records()]
    assert order == sorted(order, reverse=True)
    assert list(told.like) == [
        (calls.motions[place].id, "budget of the house", pytest.approx(1.0)) for place in (1, 5, 9, 13, 17)
    ]


def test_sums_of_independent_votes() -> None:
    chances = np.array([[0.2, 0.7, 0.5], [1.0, 0.0, 0.3]])
    for row, told in zip(chances, sums_of(chances), strict=True):
        assert told == pytest.approx(_by_product(row))
    assert interval_of(np.array([0.1, 0.2, 0.4, 0.2, 0.1]), 0.5) == (1, 3)
    assert interval_of(np.array([0.0, 1.0]), 1.0) == (0, 1)
    none = Chances(np.zeros((1, 0, 3)), np.ones(1), np.zeros(0, dtype=np.int64))
    assert tally_of(none, np.ones(0), []).tolist() == [1.0]


def _by_product(row: np.ndarray) -> np.ndarray:
    """The coefficients of the product of (1 - p + p x)."""
    told = np.ones(1)
    for chance in row:
        told = np.convolve(told, [1 - chance, chance])
    return told


class TestDivisionsByHand:
    def test_a_record_and_as_much_of_all_that_may_be(self) -> None:
        votes = np.array([[NO, YES], [YES, YES], [NO, YES], [ABSTAIN, NO], [YES, NO]], dtype=np.int8)
        calls = RollCalls(tuple("abcde"), ("A",) * 5, (Motion("m"), Motion("n")), votes)
        told = divisions(calls)
        # on the first motion nobody has more than half; on the second yes has
        assert told.shares[0] == pytest.approx([0.4, 0.4, 0.2])
        assert told.weights[0] == pytest.approx(0.5)
        rest = told.shares[1:]
        every = {(a, b, 12 - a - b) for a in range(7) for b in range(7) if 0 <= 12 - a - b <= 6}
        assert {tuple(np.rint(one * 12).astype(int).tolist()) for one in rest} == every
        assert told.weights[1:] == pytest.approx(np.full(len(every), 0.5 / len(every)))
        assert Divisions(np.array([[1.0, 0, 0], [0, 0.5, 0.5]]), np.array([0.25, 0.75])).mean == pytest.approx(
            [0.25, 0.375, 0.375]
        )


class TestAttendanceByDefinition:
    """Who will come, as a recursion over the record: each motion known by those before it only."""

    def features(self, calls: RollCalls, day: dt.date | None) -> list[np.ndarray]:
        members, motions = calls.shape
        came, sat = calls.votes != ABSENT, np.ones(calls.votes.shape, dtype=bool)
        if calls.seated is not None:
            sat = calls.seated | came
        rows = []
        days = [*(motion.date for motion in calls.motions), day]
        for place in range(motions + 1):
            age = [0.5 ** ((place - 1 - one) / 40) for one in range(place)]
            there = [[age[one] * came[row, one] for one in range(place)] for row in range(members)]
            could = [[age[one] * sat[row, one] for one in range(place)] for row in range(members)]
            house = sum(map(sum, there)) / sum(map(sum, could)) if place else 0.9
            house = min(max(house, 1e-4), 1 - 1e-4)
            quick = [0.5 ** ((place - 1 - one) / 5) for one in range(place)]
            rates = [min(max(came[:, one].sum() / sat[:, one].sum(), 1e-4), 1 - 1e-4) for one in range(place)]
            lately = (sum(q * logit(r) for q, r in zip(quick, rates, strict=True)) + logit(house)) / (sum(quick) + 1)
            again = place > 0 and days[place] is not None and days[place] == days[place - 1]
            table = []
            for row in range(members):
                own = (sum(there[row]) + 10 * house) / (sum(could[row]) + 10)
                own = min(max(own, 1e-4), 1 - 1e-4)
                before = again and came[row, place - 1]
                away = again and sat[row, place - 1] and not came[row, place - 1]
                table.append([logit(own), lately - logit(house), float(before), float(away)])
            rows.append(np.array(table))
        return rows

    def calls(self, motions: int) -> RollCalls:
        plain = record(motions, seed=7)
        seated = np.ones(plain.votes.shape, dtype=bool)
        seated[3, : motions // 2] = False
        votes = np.where(seated, plain.votes, ABSENT).astype(np.int8)
        return replace(plain, votes=votes, seated=seated)

    def test_before_anything_is_learnt_the_record_speaks(self) -> None:
        calls = self.calls(11)
        found = attendance(calls)
        assert found.chances.shape == (1, 12)
        assert found.mean == pytest.approx(expit(self.features(calls, None)[-1][:, 0]))
        assert found.of([2, 0]).mean == pytest.approx(found.mean[[2, 0]])

    @pytest.mark.parametrize("same_day", [False, True])
    def test_what_is_learnt_is_a_shrunk_regression_with_waves(self, same_day: bool) -> None:
        calls = self.calls(56)
        day = calls.motions[-1].date if same_day else None
        features = self.features(calls, day)
        came = calls.votes != ABSENT
        sat = calls.seated | came  # type: ignore[operator]
        used = range(16, 56)  # the last forty
        table = np.concatenate([features[place][sat[:, place]] for place in used])
        told = np.concatenate([came[sat[:, place], place] for place in used]).astype(float)
        rows = np.column_stack([np.ones(len(table)), table])
        prior = np.array([0.0, 1.0, 0.0, 0.0, 0.0])

        def loss(place: np.ndarray) -> float:
            odds = rows @ place
            return float(np.logaddexp(0, odds).sum() - told @ odds + 2.5 * ((place - prior) ** 2).sum())

        weights = optimize.minimize(loss, prior, tol=1e-12).x
        assert coming_by._fitted(table, told) == pytest.approx(weights, abs=1e-4)
        shifts, own = [], []
        for place in used:
            here = sat[:, place]
            chance = expit(weights[0] + features[place][here] @ weights[1:])
            size = (chance * (1 - chance)).sum()
            shifts.append((came[here, place] - chance).sum() / size)
            own.append(1 / size)
        spread = math.sqrt(max(np.mean(np.square(shifts)) - np.mean(own), 0.0))
        found = attendance(calls, day)
        nodes, mass = np.polynomial.hermite_e.hermegauss(5)
        odds = weights[0] + features[-1] @ weights[1:]
        assert found.weights == pytest.approx(mass / mass.sum())
        assert found.chances == pytest.approx(expit(odds + spread * nodes[:, None]), abs=1e-4)
