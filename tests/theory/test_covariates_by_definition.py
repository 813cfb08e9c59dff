"""The covariates of cabinets a second time, cabinet by cabinet over sets of parties, as their definitions say.

The shipped coefficients were fitted to exactly these definitions: a covariate that is computed otherwise gets another's
coefficient, and every probability of the forecast changes without a word.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import combinations

import numpy as np
import pytest

from whipcount.theory.formation_covariates import BLOCKS, Cabinets, covariates, formateur_order
from whipcount.theory.formation_table import Habits, Opportunity, Record

Told = Callable[[Opportunity, set[int]], float]
FAMILIES = ("communist", "green", "right", "special", "none")


def random_opportunity(seed: int) -> Opportunity:
    """Five or six parties with a past that is consistent: who governs is present; some stand in one place or tie."""
    random = np.random.default_rng(seed)
    number = int(random.integers(4, 7))
    seats = np.array([0.03, *random.dirichlet(np.full(number - 1, 3.0)) * 0.95])
    place = random.random(number)
    if seed % 3 == 0:
        seats[1] = seats[2] = (seats[1] + seats[2]) / 2
        place[2] = place[3]
    if seed % 4 == 0:  # a half exactly is no majority
        seats = np.array([0.5, *random.dirichlet(np.ones(number - 1)) * 0.5])
    flags = [random.random(number) < 0.5 for _ in range(2)]
    flags[0][int(random.integers(number))] = True
    if seed % 5 == 0:  # no outgoing cabinet is known
        flags[0][:] = False
    premier = np.zeros(number, dtype=bool)
    if flags[0].any():
        premier[int(np.flatnonzero(flags[0])[0])] = True
    present = random.random(number) * 8 + (random.random(number) < 0.7) * 2
    present[-1] = 0.0  # a newcomer
    governed = present * random.random(number) * (random.random(number) < 0.7)
    together = np.minimum.outer(governed, governed) * random.random((number, number)) * (random.random() < 0.9)
    together = np.triu(together * (random.random((number, number)) < 0.6), 1)
    both = np.triu(np.minimum.outer(present, present) * random.random((number, number)), 1)
    apart = np.triu(both * random.random((number, number)), 1)
    members = [tuple(bool(flag) for flag in random.random(number) < 0.5) for _ in range(3)]
    return Opportunity(
        parties=tuple("ABCDEF"[:number]),
        seats=seats,
        place=place,
        swing=random.normal(size=number) * 0.15 * (seed % 7 != 1),
        family=tuple(random.choice(FAMILIES) for _ in range(number)),
        record=Record(
            incumbent=flags[0], premier=premier, regular=flags[1],
            present=present, governed=governed, led=governed * random.random(number),
            together=together + together.T, both=both + both.T, apart=apart + apart.T,
            precedents=tuple((one, float(random.random() * 5)) for one in members if any(one)),
            habits=Habits(*(random.random(4) * [6, 2, 2, 2]).tolist(), float(random.random() * 12)),
            years=float(seed % 2 * 30),
        ),
    )  # fmt: skip


def seats_of(o: Opportunity, cabinet: set[int]) -> float:
    return sum(float(o.seats[party]) for party in cabinet)


def has_majority(o: Opportunity, cabinet: set[int]) -> bool:
    return seats_of(o, cabinet) > 0.5 + 1e-7


def minority(o: Opportunity, cabinet: set[int]) -> float:
    return float(not has_majority(o, cabinet))


def median(o: Opportunity) -> int:
    """Where, from left to right, half of the seats are reached."""
    sum_of = 0.0
    for party in sorted(range(o.size), key=lambda party: o.place[party]):
        sum_of += float(o.seats[party])
        if sum_of >= float(o.seats.sum()) / 2 - 1e-9:
            return party
    raise AssertionError


def part_in(_: Opportunity, cabinet: set[int], role: set[int]) -> float:
    """Of a role that several share evenly, what a cabinet holds."""
    return len(cabinet & role) / len(role)


def largest(o: Opportunity) -> set[int]:
    return {party for party in range(o.size) if o.seats[party] >= max(o.seats) - 1e-9}


def medians(o: Opportunity) -> set[int]:
    return {party for party in range(o.size) if abs(o.place[party] - o.place[median(o)]) < 1e-9}


def policy(o: Opportunity, cabinet: set[int]) -> float:
    return sum(float(o.seats[party] * o.place[party]) for party in cabinet) / seats_of(o, cabinet)


def of(flags: np.ndarray) -> set[int]:
    return set(np.flatnonzero(flags).tolist())


def spare(o: Opportunity, cabinet: set[int]) -> int:
    """Members without whom there still is a majority."""
    return sum(has_majority(o, cabinet - {party}) for party in cabinet)


def pairs(_: Opportunity, cabinet: set[int], value: Callable[[int, int], float]) -> float:
    return sum(value(a, b) for a, b in combinations(sorted(cabinet), 2))


def torn(o: Opportunity, cabinet: set[int], value: Callable[[int, int], float]) -> float:
    return sum(value(a, b) for a in cabinet for b in set(range(o.size)) - cabinet)


def known(o: Opportunity) -> Callable[[int, int], float]:
    """Years together over the years in which either governed, shrunk by two years of not."""
    r = o.record
    return lambda a, b: r.together[a, b] / (r.governed[a] + r.governed[b] - r.together[a, b] + 2.0)


def distance(o: Opportunity, a: int, b: int) -> float:
    return abs(float(o.place[a] - o.place[b]))


def logit(share: float) -> float:
    return math.log(share / (1 - share))


def governing_odds(o: Opportunity, party: int) -> float:
    share = (o.record.governed[party] + 0.3) / (o.record.present[party] + 1)
    return math.log(share / (1 - share + 0.05) + 0.02)


def asked_first(o: Opportunity, party: int) -> float:
    r = o.record

    def weight(one: int) -> float:
        record = r.led[one] / (r.present[one] + 1) + 0.05
        return float((o.seats[one] + 0.01) ** 2 * record * (1.6 if r.premier[one] else 1.0))

    return weight(party) / sum(weight(one) for one in range(o.size))


def habit(o: Opportunity, kind: str, usual: float) -> float:
    past = o.record.habits
    return logit(min(max((getattr(past, kind) + usual * 2) / (past.years + 2), 0.02), 0.98))


def usual_parties(o: Opportunity) -> float:
    return (o.record.habits.parties + 2.2 * 2) / (o.record.habits.years + 2)


def precedent(o: Opportunity, cabinet: set[int]) -> float:
    total = sum(years for _, years in o.record.precedents) + 2
    return sum(years for members, years in o.record.precedents if of(np.array(members)) == cabinet) / total


def likeness(o: Opportunity, cabinet: set[int]) -> float:
    total = sum(years for _, years in o.record.precedents) + 2
    found = 0.0
    for members, years in o.record.precedents:
        exchanged = sum(math.sqrt(o.seats[party]) for party in cabinet ^ of(np.array(members)))
        found += years / total * math.exp(-3 * exchanged)
    return math.log(found + 0.01)


def nearest(o: Opportunity, party: int) -> set[int]:
    others = set(range(o.size)) - {party}
    least = min(distance(o, party, other) for other in others)
    return {other for other in others if distance(o, party, other) <= least + 1e-9}


def akin(o: Opportunity) -> Callable[[int, int], float]:
    return lambda a, b: float(o.family[a] == o.family[b] != "none")


def near(o: Opportunity) -> Callable[[int, int], float]:
    return lambda a, b: math.exp(-((distance(o, a, b) / 0.12) ** 2))


def strangers(o: Opportunity) -> Callable[[int, int], float]:
    r = o.record
    return lambda a, b: 0.0 if r.together[a, b] > 0 else math.sqrt(min(r.governed[a], r.governed[b]))


def gained(o: Opportunity, party: int) -> float:
    return float(min(max(o.swing[party], -0.3), 0.3))


def effective(o: Opportunity) -> float:
    shares = [float(one / o.seats.sum()) for one in o.seats]
    return 1 / sum(one**2 for one in shares)


def by_size(o: Opportunity) -> list[float]:
    return sorted(map(float, o.seats), reverse=True)


def before(o: Opportunity) -> set[int]:
    return of(o.record.incumbent)


def joint(o: Opportunity, cabinet: set[int]) -> float:
    both = seats_of(o, cabinet | before(o))
    return seats_of(o, cabinet & before(o)) / both


DEFINITIONS: dict[str, Told] = {
    "minority": minority,
    "minimal_winning": lambda o, s: has_majority(o, s) and spare(o, s) == 0,
    "parties": lambda _, s: len(s),
    "largest_party": lambda o, s: part_in(o, s, largest(o)),
    "median_party": lambda o, s: part_in(o, s, medians(o)),
    "range": lambda o, s: max(o.place[list(s)]) - min(o.place[list(s)]),
    "incumbent_cabinet": lambda o, s: s == before(o),
    "overlap": joint,
    "premier_party": lambda o, s: len(s & of(o.record.premier)),
    "connected": lambda o, s: (
        not any(
            min(o.place[list(s)]) + 1e-9 < o.place[party] < max(o.place[list(s)]) - 1e-9
            for party in set(range(o.size)) - s
        )
    ),
    "share": seats_of,
    "share_squared": lambda o, s: seats_of(o, s) ** 2,
    "share_minority": lambda o, s: seats_of(o, s) * minority(o, s),
    "share_parties": lambda o, s: seats_of(o, s) * len(s),
    "single_party": lambda _, s: len(s) == 1,
    "parties_squared": lambda _, s: len(s) ** 2,
    "superfluous": spare,
    "tiny_parties": lambda o, s: sum(o.seats[party] < 0.04 for party in s),
    "smallest_share": lambda o, s: min(o.seats[list(s)]),
    "largest_share": lambda o, s: max(o.seats[list(s)]),
    "off_majority": lambda o, s: abs(seats_of(o, s) - 0.55),
    "parties_effective": lambda o, s: len(s) * math.log(effective(o)),
    "minority_first": lambda o, s: minority(o, s) * by_size(o)[0],
    "single_first": lambda o, s: (len(s) == 1) * by_size(o)[0],
    "largest_first": lambda o, s: part_in(o, s, largest(o)) * by_size(o)[0],
    "largest_lead": lambda o, s: part_in(o, s, largest(o)) * (by_size(o)[0] - by_size(o)[1]),
    "median_minority": lambda o, s: part_in(o, s, medians(o)) * minority(o, s),
    "median_largest": lambda o, s: part_in(o, s, medians(o)) * part_in(o, s, largest(o)),
    "from_median": lambda o, s: abs(policy(o, s) - o.place[median(o)]),
    "from_median_minority": lambda o, s: abs(policy(o, s) - o.place[median(o)]) * minority(o, s),
    "from_mean": lambda o, s: abs(policy(o, s) - policy(o, set(range(o.size)))),
    "spread": lambda o, s: math.sqrt(
        sum(o.seats[party] * (o.place[party] - policy(o, s)) ** 2 for party in s) / seats_of(o, s)
    ),
    "compromise": lambda o, s: max(abs(o.place[party] - policy(o, s)) for party in s),
    "extreme": lambda o, s: sum((o.place[party] - 0.5) ** 2 for party in s),
    "off_median": lambda o, s: sum((o.place[party] - o.place[median(o)]) ** 2 for party in s),
    "far_right": lambda o, s: sum(o.place[party] > 0.8 for party in s),
    "regular_cabinet": lambda o, s: s == of(o.record.regular),
    "newcomers": lambda o, s: len(s - before(o)) if before(o) else 0,
    "leavers": lambda o, s: len(before(o) - s),
    "kept_seats": lambda o, s: seats_of(o, s & before(o)),
    "alternation": lambda o, s: bool(before(o)) and not s & before(o),
    "incumbent_majority": lambda o, s: s == before(o) and has_majority(o, s),
    "incumbents_fewer": lambda o, s: s < before(o),
    "incumbents_more": lambda o, s: bool(before(o)) and s > before(o),
    "premier_largest": lambda o, s: len(s & of(o.record.premier)) * part_in(o, of(o.record.premier), largest(o)),
    "premier_out": lambda o, s: not s & of(o.record.premier) and bool(s & before(o)),
    "gain": lambda o, s: sum(gained(o, party) for party in s),
    "opposition_gain": lambda o, s: sum(gained(o, party) for party in s - before(o)),
    "winner": lambda o, s: len(s & {int(np.argmax(o.swing))}) if o.swing.any() else 0,
    "loser": lambda o, s: len(s & {int(np.argmin(o.swing))}) if o.swing.any() else 0,
    "incumbent_swing": lambda o, s: sum(gained(o, party) for party in s) if s == before(o) else 0,
    "governed": lambda o, s: sum(governing_odds(o, party) for party in s),
    "governed_weighted": lambda o, s: sum(o.seats[p] * governing_odds(o, p) for p in s) / seats_of(o, s),
    "excluded": lambda o, s: sum(o.record.governed[p] == 0 and o.record.present[p] > 2 for p in s),
    "excluded_long": lambda o, s: sum(math.log(1 + o.record.present[p]) for p in s if o.record.governed[p] == 0),
    "new_party": lambda o, s: sum(o.record.present[p] == 0 for p in s) if o.record.years > 4 else 0,
    "led": lambda o, s: sum((o.record.led[p] + 0.1) / (o.record.present[p] + 1) for p in s),
    "led_most": lambda o, s: max((o.record.led[p] + 0.1) / (o.record.present[p] + 1) for p in s),
    "formateur": lambda o, s: math.log(sum(asked_first(o, party) for party in s) + 0.001),
    "familiar": lambda o, s: pairs(o, s, known(o)),
    "familiar_mean": lambda o, s: pairs(o, s, known(o)) / math.comb(len(s), 2) if len(s) > 1 else 0,
    "familiar_split": lambda o, s: torn(o, s, known(o)),
    "familiar_split_seats": lambda o, s: torn(o, s, lambda a, b: o.seats[a] * known(o)(a, b)),
    "strangers": lambda o, s: pairs(o, s, strangers(o)),
    "rivals": lambda o, s: pairs(o, s, lambda a, b: o.record.apart[a, b] / (o.record.both[a, b] + 2)),
    "least_familiar": lambda o, s: min((known(o)(a, b) for a, b in combinations(sorted(s), 2)), default=0),
    "precedent": precedent,
    "precedent_any": lambda o, s: any(of(np.array(members)) == s for members, _ in o.record.precedents),
    "precedent_log": lambda o, s: math.log(precedent(o, s) + 0.02),
    "likeness": likeness,
    "habit_minority": lambda o, s: minority(o, s) * habit(o, "minority", 0.35),
    "habit_oversized": lambda o, s: (spare(o, s) > 0) * habit(o, "oversized", 0.25),
    "habit_single": lambda o, s: (len(s) == 1) * habit(o, "single", 0.3),
    "habit_parties": lambda o, s: len(s) * (usual_parties(o) - 2.2),
    "habit_distance": lambda o, s: abs(len(s) - usual_parties(o)),
    "family_pairs": lambda o, s: pairs(o, s, akin(o)),
    "family_split": lambda o, s: torn(o, s, akin(o)),
    "near_pairs": lambda o, s: pairs(o, s, near(o)),
    "near_split": lambda o, s: torn(o, s, lambda a, b: near(o)(a, b) * o.seats[b]),
    "without_nearest": lambda o, s: sum(not nearest(o, party) & s for party in s),
    **{f"family_{name}": lambda o, s, name=name: sum(o.family[p] == name for p in s) for name in FAMILIES[:4]},
}


@pytest.mark.parametrize("seed", range(12))
def test_every_covariate_is_its_definition(seed: int) -> None:
    case = random_opportunity(seed)
    values, names, places = covariates(case, tuple(BLOCKS))
    assert set(names) == set(DEFINITIONS)
    assert values.shape == (case.cabinets, len(names))
    cabinets = [{party for party in range(case.size) if (row + 1) >> party & 1} for row in range(case.cabinets)]
    for column, name in enumerate(names):
        told = [float(DEFINITIONS[name](case, one)) for one in cabinets]
        assert values[:, column] == pytest.approx(told, abs=1e-7), name
    # the place of each column's block, in the order asked for
    blocks = list(BLOCKS)
    assert [blocks[place] for place in places] == [
        block for block in blocks for _ in covariates(case, (block,))[1]
    ]  # fmt: skip


def test_who_is_asked_first() -> None:
    for seed in range(4):
        case = random_opportunity(seed)
        assert formateur_order(case) == pytest.approx([asked_first(case, party) for party in range(case.size)])


def test_half_of_the_seats_is_no_majority_and_the_median_is_where_half_is_reached() -> None:
    case = random_opportunity(4)
    told = Cabinets(case)
    assert case.seats[0] == 0.5
    assert told.minority[0] == 1
    assert told.median == median(case)
    assert (np.diag(told.acquaintance) == 0).all()
