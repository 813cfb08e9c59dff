"""Covariates of every cabinet that could form: sets of parties as the literature on coalitions describes them.

Rows are cabinets (row r holds the parties whose bits are set in r + 1), columns are covariates, grouped in blocks: one
function a block, so that a model is a list of blocks. Sources: Martin & Stevenson 2001 for size, rank and policy;
Franklin & Mackie 1983, Tavits 2008 for familiarity; Warwick 1996 for the premiership; Mattila & Raunio 2004 for swing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np

from .formation_compromise import compromise_distance
from .formation_table import HALF, Bools, Floats, Opportunity

Columns = dict[str, Floats]

TINY = 0.04  # share of seats below which a party is tiny
EXPERIENCE = 1.0  # years in parliament that a party's record is shrunk with
ACQUAINTANCE = 2.0  # years in government that a pair's record is shrunk with
HABIT = 2.0  # years of habit that a country's record is shrunk with
USUAL = {"minority": 0.35, "oversized": 0.25, "single": 0.3, "parties": 2.2}  # what it is shrunk towards
NEAR = 0.12  # distance at which two parties are neighbours, on a scale of 0..1
LIKENESS = 3.0  # how fast a past cabinet stops being like this one, per root of seats exchanged
LIKE_FAMILIES = ("communist", "green", "right", "special")


class Cabinets:
    """All cabinets of one opportunity, with what several blocks need of them."""

    def __init__(self, opportunity: Opportunity) -> None:
        self.opportunity = opportunity
        self.record = opportunity.record
        self.seats = opportunity.seats
        self.place = opportunity.place
        self.parties = opportunity.size
        rows = np.arange(1, 2**self.parties)
        self.inside: Floats = ((rows[:, None] >> np.arange(self.parties)) & 1).astype(float)
        self.outside: Floats = 1.0 - self.inside
        self.count: Floats = self.inside.sum(axis=1)
        self.share: Floats = self.inside @ self.seats
        self.minority: Floats = (self.share <= HALF).astype(float)
        self.low: Floats = np.where(self.inside > 0, self.place, np.inf).min(axis=1)
        self.high: Floats = np.where(self.inside > 0, self.place, -np.inf).max(axis=1)
        self.smallest: Floats = np.where(self.inside > 0, self.seats, np.inf).min(axis=1)
        self.by_size = np.argsort(-self.seats, kind="stable")  # for the sizes alone: ties are shared

    @cached_property
    def median(self) -> int:
        """The party of the median legislator on the left-right dimension."""
        order = np.argsort(self.place, kind="stable")
        reached = np.cumsum(self.seats[order])
        return int(order[np.argmax(reached >= reached[-1] / 2 - 1e-12)])

    @cached_property
    def largest(self) -> Floats:
        """Each party's share in being the largest: ties are shared by the tied, whatever the order of the table."""
        return _shared(self.seats >= self.seats.max() - 1e-12)

    @cached_property
    def medians(self) -> Floats:
        """Each party's share in being the median: those who stand in its place share it."""
        return _shared(np.abs(self.place - self.place[self.median]) < 1e-12)

    @cached_property
    def centre(self) -> Floats:
        """Each cabinet's policy: the mean position of its members, weighted by seats."""
        mean: Floats = (self.inside @ (self.seats * self.place)) / self.share
        return mean

    @cached_property
    def others(self) -> Floats:
        """1 for each pair of different parties."""
        return 1.0 - np.eye(self.parties)

    @cached_property
    def acquaintance(self) -> Floats:
        """Pairs: years governed together, over the years that at least one of them governed (shrunk)."""
        record = self.record
        either = record.governed[:, None] + record.governed[None] - record.together
        return np.asarray(self.others * record.together / (either + ACQUAINTANCE))

    def pairs_inside(self, value: Floats) -> Floats:
        """Sum of a symmetric pair measure over the pairs that sit together in each cabinet."""
        return np.asarray(((self.inside @ value) * self.inside).sum(axis=1) / 2)

    def pairs_split(self, value: Floats) -> Floats:
        """Sum of a pair measure over the pairs of which one is inside and the other out."""
        return np.asarray(((self.inside @ value) * self.outside).sum(axis=1))

    def share_of(self, parts: Floats) -> Floats:
        """How much of a role that parties share each cabinet holds."""
        return np.asarray(self.inside @ parts)

    def is_exactly(self, members: Bools) -> Floats:
        """Whether a cabinet holds these parties and no others (never, where there are none)."""
        return np.asarray((self.inside == members).all(axis=1) & members.any()).astype(float)


def _shared(which: Bools) -> Floats:
    """A role that some parties share evenly."""
    return np.asarray(which / which.sum())


def kind(c: Cabinets) -> Columns:
    """Minority, minimal winning, number of parties, largest and median party, policy range, the same again."""
    return {
        "minority": c.minority,
        "minimal_winning": ((c.share > HALF) & (c.share - c.smallest <= HALF)).astype(float),
        "parties": c.count,
        "largest_party": c.share_of(c.largest),
        "median_party": c.share_of(c.medians),
        "range": c.high - c.low,
        "incumbent_cabinet": c.is_exactly(c.record.incumbent),
    }


def incumbency(c: Cabinets) -> Columns:
    """Overlap with the outgoing cabinet, its prime minister's party, connectedness, seat share and interactions."""
    before = c.record.incumbent.astype(float)
    kept = c.inside @ (before * c.seats)
    union = np.maximum(c.share + before @ c.seats - kept, 1e-9)
    return {
        "overlap": kept / union,
        "premier_party": c.inside @ c.record.premier.astype(float),
        "connected": connected(c),
        "share": c.share,
        "share_squared": c.share**2,
        "share_minority": c.share * c.minority,
        "share_parties": c.share * c.count,
    }


def connected(c: Cabinets) -> Floats:
    """1 where no party left outside stands strictly between two members (Axelrod 1970)."""
    between = (c.place > c.low[:, None] + 1e-12) & (c.place < c.high[:, None] - 1e-12) & (c.outside > 0)
    return np.asarray(~between.any(axis=1)).astype(float)


def size(c: Cabinets) -> Columns:
    """Single-party cabinets, superfluous and tiny parties, how unequal the members are."""
    spare = ((c.share[:, None] - c.seats > HALF) & (c.inside > 0)).sum(axis=1)
    return {
        "single_party": (c.count == 1).astype(float),
        "parties_squared": c.count**2,
        "superfluous": spare.astype(float),
        "tiny_parties": c.inside @ (c.seats < TINY).astype(float),
        "smallest_share": c.smallest,
        "largest_share": (c.inside * c.seats).max(axis=1),
        "off_majority": np.abs(c.share - 0.55),
    }


def fragmentation(c: Cabinets) -> Columns:
    """The same traits in more and less fragmented parliaments (effective parties: Laakso & Taagepera 1979)."""
    first, second = c.seats[c.by_size[0]], c.seats[c.by_size[1]]
    largest = c.share_of(c.largest)
    return {
        "parties_effective": c.count * -np.log((c.seats / c.seats.sum()) @ (c.seats / c.seats.sum())),
        "minority_first": c.minority * first,
        "single_first": (c.count == 1) * first,
        "largest_first": largest * first,
        "largest_lead": largest * (first - second),
        "median_minority": c.share_of(c.medians) * c.minority,
        "median_largest": c.share_of(c.medians) * largest,
    }


def policy(c: Cabinets) -> Columns:
    """Distance from the median and the mean of parliament, spread inside, what members give up in a compromise."""
    from_median = np.abs(c.centre - c.place[c.median])
    mean = float(c.seats @ c.place / c.seats.sum())
    second_moment = (c.inside @ (c.seats * c.place**2)) / c.share
    return {
        "from_median": from_median,
        "from_median_minority": from_median * c.minority,
        "from_mean": np.abs(c.centre - mean),
        "spread": np.sqrt(np.maximum(second_moment - c.centre**2, 0.0)),
        "compromise": compromise_distance(c.inside, c.seats, c.place),
        "extreme": c.inside @ (c.place - 0.5) ** 2,
        "off_median": c.inside @ (c.place - c.place[c.median]) ** 2,
        "far_right": c.inside @ (c.place > 0.8).astype(float),
    }


def turnover(c: Cabinets) -> Columns:
    """Who of the outgoing cabinet goes on, who leaves, who joins, and whether everything changes."""
    before = c.record.incumbent.astype(float)
    known = float(before.any())
    kept = c.inside @ before
    leader = c.inside @ c.record.premier.astype(float)
    majority = float(before @ c.seats > HALF)
    return {
        "regular_cabinet": c.is_exactly(c.record.regular),
        "newcomers": (c.inside @ (1.0 - before)) * known,
        "leavers": before.sum() - kept,
        "kept_seats": c.inside @ (before * c.seats),
        "alternation": (kept == 0) * known,
        "incumbent_majority": c.is_exactly(c.record.incumbent) * majority,
        "incumbents_fewer": (kept == c.count) * (c.count < before.sum()) * 1.0,
        "incumbents_more": (kept == before.sum()) * (c.count > before.sum()) * known,
        "premier_largest": leader * float(c.record.premier @ c.largest),
        "premier_out": (leader == 0) * (kept > 0) * 1.0,
    }


def swing(c: Cabinets) -> Columns:
    """What the voters said: gains of the members, the winner, the loser, and of the cabinet that stood for election."""
    gained = np.clip(c.opportunity.swing, -0.3, 0.3)
    before = c.record.incumbent.astype(float)
    told = float(np.any(gained != 0))
    return {
        "gain": c.inside @ gained,
        "opposition_gain": c.inside @ (gained * (1.0 - before)),
        "winner": c.share_of(_shared(gained >= gained.max())) * told,
        "loser": c.share_of(_shared(gained <= gained.min())) * told,
        "incumbent_swing": c.is_exactly(c.record.incumbent) * float(gained @ before),
    }


def experience(c: Cabinets) -> Columns:
    """The parties' own past in government, and the exclusion of those that never governed."""
    record = c.record
    share = (record.governed + 0.3 * EXPERIENCE) / (record.present + EXPERIENCE)
    odds = np.log(share / (1.0 - share + 0.05) + 0.02)
    led = (record.led + 0.1) / (record.present + EXPERIENCE)
    never = (record.governed <= 0).astype(float)
    old = float(record.years > 4)
    return {
        "governed": c.inside @ odds,
        "governed_weighted": (c.inside @ (c.seats * odds)) / c.share,
        "excluded": c.inside @ (never * (record.present > 2)),
        "excluded_long": c.inside @ (never * np.log1p(record.present)),
        "new_party": c.inside @ (record.present <= 0.01).astype(float) * old,
        "led": c.inside @ led,
        "led_most": (c.inside * led).max(axis=1),
        "formateur": np.log(c.inside @ formateur_order(c.opportunity) + 0.001),
    }


def formateur_order(opportunity: Opportunity) -> Floats:
    """Chance of each party to be asked first: its seats (squared), its record of leading, the outgoing premiership."""
    record = opportunity.record
    led = record.led / (record.present + EXPERIENCE) + 0.05
    weight = (opportunity.seats + 0.01) ** 2 * led * np.where(record.premier, 1.6, 1.0)
    return np.asarray(weight / weight.sum())


def familiarity(c: Cabinets) -> Columns:
    """Pairs that governed together before, now inside or torn apart; pairs that never did; the least familiar pair."""
    known = c.acquaintance
    pairs = np.maximum(c.count * (c.count - 1) / 2, 1.0)
    inside = c.pairs_inside(known)
    governed = c.record.governed
    less = np.sqrt(np.minimum(governed[:, None], governed[None]))
    strangers = np.where((c.record.together <= 0) & (c.others > 0), less, 0.0)
    rivals = np.where(c.others > 0, c.record.apart / (c.record.both + ACQUAINTANCE), 0.0)
    return {
        "familiar": inside,
        "familiar_mean": inside / pairs,
        "familiar_split": c.pairs_split(known),
        "familiar_split_seats": ((c.inside * c.seats) @ known * c.outside).sum(axis=1),
        "strangers": c.pairs_inside(strangers),
        "rivals": c.pairs_inside(rivals),
        "least_familiar": _least(c, known),
    }


def _least(c: Cabinets, known: Floats) -> Floats:
    """The smallest familiarity of any pair inside, 0 for a single party."""
    least = np.full(len(c.count), np.inf)
    for first in range(c.parties):
        for second in range(first + 1, c.parties):
            here = (c.inside[:, first] > 0) & (c.inside[:, second] > 0)
            least[here] = np.minimum(least[here], known[first, second])
    return np.where(np.isfinite(least), least, 0.0)


def precedent(c: Cabinets) -> Columns:
    """How long this very cabinet has governed before, and how like the past ones it is."""
    total = sum(weight for _, weight in c.record.precedents) + ACQUAINTANCE
    same, like = np.zeros(len(c.count)), np.zeros(len(c.count))
    root = np.sqrt(c.seats)
    for members, weight in c.record.precedents:
        row = sum(1 << party for party, inside in enumerate(members) if inside) - 1
        same[row] += weight / total
        exchanged = np.abs(c.inside - np.array(members, dtype=float)) @ root
        like += weight / total * np.exp(-LIKENESS * exchanged)
    return {
        "precedent": same,
        "precedent_any": (same > 0).astype(float),
        "precedent_log": np.log(same + 0.02),
        "likeness": np.log(like + 0.01),
    }


def habit(c: Cabinets) -> Columns:
    """The country's own way: its past shares of minority, oversized and single-party cabinets, and their size."""
    past = c.record.habits

    def odds(value: float, usual: float) -> float:
        share = np.clip((value + usual * HABIT) / (past.years + HABIT), 0.02, 0.98)
        return float(np.log(share / (1 - share)))

    usual = (past.parties + USUAL["parties"] * HABIT) / (past.years + HABIT)
    oversized = ((c.share[:, None] - c.seats > HALF) & (c.inside > 0)).any(axis=1)
    return {
        "habit_minority": c.minority * odds(past.minority, USUAL["minority"]),
        "habit_oversized": oversized * odds(past.oversized, USUAL["oversized"]),
        "habit_single": (c.count == 1) * odds(past.single, USUAL["single"]),
        "habit_parties": c.count * (usual - USUAL["parties"]),
        "habit_distance": np.abs(c.count - usual),
    }


def neighbours(c: Cabinets) -> Columns:
    """Parties of one family or near on the left-right scale: together, or one governing without the other."""
    families = c.opportunity.family
    akin = c.others * np.array([[a == b and a != "none" for b in families] for a in families], dtype=float)
    distance = np.abs(c.place[:, None] - c.place)
    near = c.others * np.exp(-((distance / NEAR) ** 2))
    apart = np.where(c.others > 0, distance, np.inf)
    nearest = (apart <= apart.min(axis=1, keepdims=True) + 1e-12).astype(float)  # several, where they tie
    return {
        "family_pairs": c.pairs_inside(akin),
        "family_split": c.pairs_split(akin),
        "near_pairs": c.pairs_inside(near),
        "near_split": c.pairs_split(near * c.seats),
        "without_nearest": ((c.inside > 0) & (c.inside @ nearest.T == 0)).sum(axis=1).astype(float),
    }


def families(c: Cabinets) -> Columns:
    """Members of party families whose place in government has been contested."""
    return {
        f"family_{name}": c.inside @ np.array([family == name for family in c.opportunity.family], dtype=float)
        for name in LIKE_FAMILIES
    }


BLOCKS: dict[str, Callable[[Cabinets], Columns]] = {
    block.__name__: block
    for block in (
        kind,
        incumbency,
        size,
        fragmentation,
        policy,
        turnover,
        swing,
        experience,
        familiarity,
        precedent,
        habit,
        neighbours,
        families,
    )
}


def covariates(opportunity: Opportunity, blocks: tuple[str, ...]) -> tuple[Floats, tuple[str, ...], tuple[int, ...]]:
    """The covariates of all cabinets, shape (2^n - 1, k); their names; the place of each one's block in `blocks`."""
    cabinets = Cabinets(opportunity)
    columns: list[Floats] = []
    names: list[str] = []
    places: list[int] = []
    for place, block in enumerate(blocks):
        for name, values in BLOCKS[block](cabinets).items():
            columns.append(np.asarray(values, dtype=float))
            names.append(name)
            places.append(place)
    return np.stack(columns, axis=1), tuple(names), tuple(places)
