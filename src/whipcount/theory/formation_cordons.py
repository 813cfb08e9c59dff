"""Cordons learnt from the record: parties that never govern together although they often could.

For each pair of parties, and of party families, the formations in which both sat are gone through: how often a model
that knows nothing of pairs (size, median, range, incumbency) expects them in one cabinet, and how often they were. The
ratio is shrunken by empirical Bayes as a gamma-Poisson rate (Clayton & Kaldor 1987): families towards 1, the pairs of a
country towards their families' ratio, each as far as the spread of the record says. Strom, Budge & Laver 1994 on
constraints that parties put on cabinets before any bargaining.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from scipy.special import gammaincinv

from whipcount.table import Column, Result, Table, figure
from whipcount.text import mark, number, say

from ..errors import TableError
from .formation_covariates import Cabinets
from .formation_logit import ChoiceSets, Floats, fit, probabilities
from .formation_model import INCUMBENCY, WHOLE, Specification, tables_of
from .formation_table import Opportunity
from .formation_validation import Gain, Tested, gains, rolling_splits, tested_on
from .survival_frailty import best_variance

Pair = tuple[str, str]
UNTOLD = "none"  # no family
SHOWN = 15
LEAST_EXPECTED = 0.5  # cabinets expected together before a pair is shown
COLUMN = "cordon"
SURE = mark("The surest cordon is between ")
UNSURE = mark("No cordon is told from chance; nearest to one come ")
HELPS = mark("Cordons learnt so make forecasts better")
HURTS = mark("Cordons learnt so make forecasts worse")
NOTHING = mark("Whether cordons learnt so make forecasts better is not told from chance")


@dataclass(frozen=True)
class Cordon:
    """A pair: where, formations with both, cabinets together expected and seen, and by how much their chance to govern
    together is multiplied, with a 95% interval."""

    country: str
    pair: Pair
    formations: int
    expected: float
    together: int
    ratio: float
    low: float
    high: float

    @property
    def name(self) -> str:
        """Both names."""
        return " + ".join(self.pair)


@dataclass
class Ledger:
    """What pairs did: formations with both, cabinets expected and seen, by (country, pair) and by families.

    akin: the families of each pair.
    """

    pairs: dict[tuple[str, Pair], list[float]] = field(default_factory=dict)
    families: dict[Pair, list[float]] = field(default_factory=dict)
    akin: dict[tuple[str, Pair], Pair | None] = field(default_factory=dict)

    def add(self, opportunity: Opportunity, chance: Floats) -> None:
        """Enter one formation, with the chance of every cabinet by a model that knows nothing of pairs."""
        inside = Cabinets(opportunity).inside
        expected = (inside * chance[:, None]).T @ inside
        formed = np.array(opportunity.chosen, dtype=float)
        for one in range(opportunity.size):
            for other in range(one):
                told = (1.0, float(expected[one, other]), float(formed[one] * formed[other]))
                key, families = (
                    (opportunity.country, names_of(opportunity, one, other)),
                    families_of(opportunity, one, other),
                )
                _enter(self.pairs, key, told)
                self.akin[key] = families
                if families is not None:
                    _enter(self.families, families, told)

    def spreads(self) -> tuple[float, float]:
        """The variance of families' ratios, and of the pairs' about those, at which the record is likeliest."""
        among = np.array([told[1:] for told in self.families.values()]).reshape(-1, 2)
        of_families = _variance(among[:, 1], among[:, 0])
        rows = [
            (told[1] * self.family_ratio(self.akin.get(key), of_families), told[2]) for key, told in self.pairs.items()
        ]
        pairs = np.array(rows).reshape(-1, 2)
        return of_families, _variance(pairs[:, 1], pairs[:, 0])

    def family_ratio(self, families: Pair | None, spread: float) -> float:
        """The shrunken ratio of a pair of families (1 where nothing is known)."""
        told = self.families.get(families, [0.0, 0.0, 0.0]) if families is not None else [0.0, 0.0, 0.0]
        return (told[2] + 1 / spread) / (told[1] + 1 / spread)

    def ratio(self, country: str, pair: Pair, families: Pair | None, spreads: tuple[float, float]) -> float:
        """The shrunken ratio of a pair of parties."""
        prior = self.family_ratio(families, spreads[0])
        told = self.pairs.get((country, pair), [0.0, 0.0, 0.0])
        return prior * (told[2] + 1 / spreads[1]) / (prior * told[1] + 1 / spreads[1])

    def penalty(self, opportunity: Opportunity, spreads: tuple[float, float]) -> Floats:
        """The log of the ratios below 1 of all pairs inside each cabinet, summed: how much cordons speak against it."""
        number = opportunity.size
        told = np.zeros((number, number))
        for one in range(number):
            for other in range(one):
                pair, families = names_of(opportunity, one, other), families_of(opportunity, one, other)
                ratio = self.ratio(opportunity.country, pair, families, spreads)
                told[one, other] = told[other, one] = min(math.log(ratio), 0.0)
        return Cabinets(opportunity).pairs_inside(told)


def _enter(book: dict[Any, list[float]], key: Any, told: tuple[float, ...]) -> None:
    entry = book.setdefault(key, [0.0, 0.0, 0.0])
    for place, value in enumerate(told):
        entry[place] += value


def names_of(opportunity: Opportunity, one: int, other: int) -> Pair:
    """The names of two parties, in their order."""
    first, second = sorted((opportunity.parties[one], opportunity.parties[other]))
    return first, second


def families_of(opportunity: Opportunity, one: int, other: int) -> Pair | None:
    """The families of two parties, in their order; nothing where one has none."""
    first, second = sorted((opportunity.family[one], opportunity.family[other]))
    return None if UNTOLD in (first, second) else (first, second)


def _variance(together: Floats, expected: Floats) -> float:
    """The variance of gamma ratios of mean 1 at which counts about their expectations are likeliest."""

    def profile(variance: float) -> float:
        value = float((together * np.log(np.maximum(expected, 1e-300))).sum())
        value -= float(((together + 1 / variance) * np.log1p(variance * expected)).sum())
        return value + float(sum(np.log1p(variance * np.arange(int(one))).sum() for one in together))

    return best_variance(profile) if len(together) else 1.0


def without_pairs(opportunities: Sequence[Opportunity], known: Sequence[int]) -> list[Floats]:
    """The chance of every cabinet at all opportunities, by size, median, range and incumbency as learnt from some."""
    tables, _ = tables_of(opportunities, INCUMBENCY.blocks)
    learnt = ChoiceSets.stack([tables[row] for row in known], [opportunities[row].choice for row in known])
    found = fit(learnt)
    sets = ChoiceSets.stack(tables, [0] * len(tables))
    chance, _ = probabilities(found.coefficients, sets)
    return np.split(chance, sets.starts[1:])


def penalties(opportunities: Sequence[Opportunity], known: Sequence[int]) -> list[Floats]:
    """What cordons speak against each cabinet of each opportunity, learnt from those formations alone that lie before
    it; the model without pairs, and how far ratios spread, are learnt from the known ones."""
    chances = without_pairs(opportunities, known)
    whole = Ledger()
    for row in known:
        whole.add(opportunities[row], chances[row])
    spreads = whole.spreads()
    ledger, found = Ledger(), [np.zeros(0)] * len(opportunities)
    order = sorted(range(len(opportunities)), key=lambda row: opportunities[row].date)
    for row in order:
        found[row] = ledger.penalty(opportunities[row], spreads)
        ledger.add(opportunities[row], chances[row])
    return found


@dataclass(frozen=True)
class Cordons(Result):
    """Cordons of the record, the surest first: of parties, and of families; and whether they help to forecast.

    gains: mean scores of the whole model with cordons less those without, where later formations were tested.
    """

    references: ClassVar[tuple[str, ...]] = (
        "Strom, Budge & Laver 1994, Constraints on cabinet formation in parliamentary democracies",
        "Clayton & Kaldor 1987, Empirical Bayes estimates of age-standardized relative risks",
    )
    undrawn: ClassVar[str] = "its tables give pairs and their evidence"

    pairs: tuple[Cordon, ...]
    families: tuple[Cordon, ...]
    formations: int
    tested: int
    gains: tuple[Gain, ...]
    design: str

    def tables(self) -> tuple[Table, ...]:
        """Pairs of parties, pairs of families, and what they add to forecasts."""
        figures = (
            Column("formations", "Formations with both", right=True),
            figure("expected", "Together expected", ".2f"),
            Column("together", "Together", right=True),
            figure("ratio", "Chance, times", ".3f"),
            figure("low", "95% from", ".3f"),
            figure("high", "to", ".3f"),
        )
        names = ("name", "formations", "expected", "together", "ratio", "low", "high")
        gained = (
            Column("score", "Score"),
            figure("gain", "Gain", "+.4f"),
            figure("low", "95% from", "+.4f"),
            figure("high", "to", "+.4f"),
        )
        pairs = tuple((one.country, *(getattr(one, name) for name in names)) for one in self.pairs)
        families = tuple(tuple(getattr(one, name) for name in names) for one in self.families)
        return (
            Table("pairs", "Parties that do not govern together", (Column("country", "Country"),
                  Column("pair", "Parties", wide=True), *figures), pairs),
            Table("families", "Families that do not govern together", (Column("pair", "Families"), *figures), families),
            Table("gains", "What cordons add to the whole model, later formations tested", gained,
                  tuple((one.score, one.gain, one.low, one.high) for one in self.gains)),
        )  # fmt: skip

    def sentences(self) -> str:
        """The surest cordon, and whether cordons help."""
        told = say("No pair of parties governs together less often than to be expected.")
        if self.pairs:
            first = self.pairs[0]
            told = say(SURE if first.high < 1 else UNSURE) + say(
                "{one} and {other} ({country}): in {formations} formations {expected} cabinets with both were to be "
                "expected, and there were {together}; their chance is {ratio} times the usual (95% {low} to {high}).",
                one=first.pair[0], other=first.pair[1], country=first.country, formations=first.formations,
                expected=number(first.expected, 1), together=first.together, ratio=number(first.ratio, 2),
                low=number(first.low, 2), high=number(first.high, 2),
            )  # fmt: skip
        gain = next((one for one in self.gains if one.score == "loglik"), None)
        if gain is None:
            return told
        verdict = say(HELPS if gain.low > 0 else HURTS if gain.high < 0 else NOTHING)
        return say(
            "{told} {verdict} (log score {gain:+.3f} a formation, 95% {low:+.3f} to {high:+.3f}, {tested} later "
            "formations).",
            told=told, verdict=verdict, gain=gain.gain, low=gain.low, high=gain.high, tested=self.tested,
        )  # fmt: skip

    def record(self) -> dict[str, Any]:
        """The cordons as JSON can carry them."""
        plain = {name: getattr(self, name) for name in ("formations", "tested", "design")}
        return {**plain, **{grid.name: grid.records() for grid in self.tables()}}


def cordons(
    opportunities: Sequence[Opportunity],
    years: int = 10,
    first: int | None = None,
    shown: int = SHOWN,
    base: Specification = WHOLE,
) -> Cordons:
    """Learn cordons from all formations, and test by expanding window whether they help the whole model (WC533, WC535).

    years, first: spans that are tested, each with all before it to learn from.
    """
    if not opportunities:
        raise TableError.one("WC533", "there is no formation to learn from", "give a folder with cabinets")
    known = list(range(len(opportunities)))
    ledger = Ledger()
    for opportunity, chance in zip(opportunities, without_pairs(opportunities, known), strict=True):
        ledger.add(opportunity, chance)
    spreads = ledger.spreads()
    pairs = [
        _cordon(country, pair, told, ledger.family_ratio(ledger.akin[country, pair], spreads[0]), spreads[1])
        for (country, pair), told in ledger.pairs.items()
    ]
    families = [_cordon("", pair, told, 1.0, spreads[0]) for pair, told in ledger.families.items()]
    tested = with_and_without(opportunities, years, first, base)
    return Cordons(
        pairs=_surest(pairs, shown), families=_surest(families, shown), formations=len(opportunities),
        tested=len(tested[0].opportunities), gains=gains(tested),
        design=f"trained before each {years} years, tested in them",
    )  # fmt: skip


def _cordon(country: str, pair: Pair, told: Sequence[float], prior: float, spread: float) -> Cordon:
    shape, rate = told[2] + 1 / spread, told[1] + 1 / spread / prior
    low, high = (float(gammaincinv(shape, level) / rate) for level in (0.025, 0.975))
    return Cordon(country, pair, int(told[0]), told[1], int(told[2]), shape / rate, low, high)


def _surest(found: Sequence[Cordon], shown: int) -> tuple[Cordon, ...]:
    """Those that might have governed together and did less than to be expected, the surest first."""
    kept = [one for one in found if one.ratio < 1 and one.expected >= LEAST_EXPECTED]
    return tuple(sorted(kept, key=lambda one: (one.high, one.country, one.pair))[:shown])


def with_and_without(
    opportunities: Sequence[Opportunity], years: int, first: int | None, base: Specification
) -> tuple[Tested, Tested]:
    """A model without and with cordons, trained on what was known before each span of years and tested in it."""
    tables, names = tables_of(opportunities, base.blocks)
    plain: list[Tested] = []
    wide: list[Tested] = []
    for inside, outside in rolling_splits(opportunities, years, first):
        known = inside.tolist()
        seen = [opportunities[row] for row in (*known, *outside.tolist())]
        against = dict(zip((*known, *outside.tolist()), penalties(seen, list(range(len(known)))), strict=True))
        widened = [
            np.column_stack([table, against[row]]) if row in against else table for row, table in enumerate(tables)
        ]
        plain.append(tested_on(opportunities, base, [(inside, outside)], tables, names))
        wide.append(tested_on(opportunities, base, [(inside, outside)], widened, (*names, COLUMN)))
    return Tested.joined(plain), Tested.joined(wide)
