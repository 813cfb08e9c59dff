"""Voting power a priori: how often each member of a weighted body turns a decision, under any rule it decides by.

Shapley & Shubik (1954), Banzhaf (1965), Coleman (1971: power of a body to act, of members to prevent and to
initiate), Deegan & Packel (1978) and Holler (1982). Exact wherever counting is affordable, with exact fractions;
beyond that Shapley-Shubik, Banzhaf and Coleman are sampled, with standard errors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import factorial
from typing import Any, ClassVar

from whipcount.table import Column, Result, Table, figure
from whipcount.text import listing, mark, percent, say

from ..errors import TableError
from .counting import SizeCounts, count_winning
from .map_power import MapPower
from .minimal import count_minimal
from .power_sampling import sample_power
from .rules import DecisionRule

TITLES = {
    "shapley_shubik": mark("Shapley-Shubik"),
    "banzhaf": mark("Banzhaf (normalised)"),
    "banzhaf_absolute": mark("Banzhaf (absolute)"),
    "deegan_packel": mark("Deegan-Packel"),
    "holler": mark("Holler (public good)"),
    "coleman_prevent": mark("Coleman: prevent"),
    "coleman_initiate": mark("Coleman: initiate"),
}
DEFAULT_SAMPLES = 100_000


@dataclass(frozen=True)
class Index:
    """One index: a value per member; `exact` the same as fractions, or `error` their standard errors."""

    key: str
    values: tuple[float, ...]
    exact: tuple[Fraction, ...] | None = None
    error: tuple[float, ...] | None = None

    @property
    def title(self) -> str:
        """The name of the index in English."""
        return TITLES[self.key]


@dataclass(frozen=True)
class PowerResult(Result):
    """The power of every member by every index.

    act: Coleman's power of the collectivity to act, the share of coalitions that win. winning, minimal, swings: how
    many winning and minimal winning coalitions there are and how many each member turns; None where sampled.
    """

    rule: DecisionRule
    indices: tuple[Index, ...]
    act: float
    method: str
    act_error: float | None = None
    winning: int | None = None
    minimal: int | None = None
    swings: tuple[int, ...] | None = None
    samples: int = 0
    seed: int = 0
    on_map: MapPower | None = None

    references: ClassVar[tuple[str, ...]] = (
        "Shapley, L. S. & Shubik, M. (1954), American Political Science Review 48, 787-792",
        "Banzhaf, J. F. (1965), Rutgers Law Review 19, 317-343",
        "Coleman, J. S. (1971), in Lieberman (ed.), Social Choice, 269-300",
        "Deegan, J. & Packel, E. W. (1978), International Journal of Game Theory 7, 113-123",
        "Holler, M. J. (1982), Political Studies 30, 262-271",
        "Bergantinos, G., Carreras, F. & Garcia-Jurado, I. (1993), Theory and Decision 35, 143-156",
    )

    @property
    def names(self) -> tuple[str, ...]:
        """The members."""
        return self.rule.names

    @property
    def exact(self) -> bool:
        """Whether everything was counted, nothing sampled."""
        return all(index.error is None for index in self.indices)

    def index(self, key: str) -> Index:
        """One index by its key."""
        for index in self.indices:
            if index.key == key:
                return index
        raise TableError.one("WC513", f"no index {key!r} here", f"there are {', '.join(i.key for i in self.indices)}")

    def shares(self) -> tuple[float, ...]:
        """Each member's share of the weights of the first majority."""
        weights = self.rule.first.weights
        return tuple(weight / sum(weights) for weight in weights)

    def tables(self) -> tuple[Table, ...]:
        columns = [
            Column("name", "member"),
            figure("weight", "weight", "d"),
            figure("share", "share", ".4f"),
        ]
        rows: list[list[Any]] = [
            [name, weight, share]
            for name, weight, share in zip(self.names, self.rule.first.weights, self.shares(), strict=True)
        ]
        for index in self.indices:
            columns.append(figure(index.key, index.title))
            for row, value in zip(rows, index.values, strict=True):
                row.append(value)
            if index.error is not None:
                columns.append(figure(f"{index.key}_error", "±", ".1g"))
                for row, value in zip(rows, index.error, strict=True):
                    row.append(value)
        if self.on_map is not None:
            columns.append(figure("on_map", "pivotal on the map"))
            for row, value in zip(rows, self.on_map.pivotal, strict=True):
                row.append(value)
        main = Table("members", "Voting power", tuple(columns), tuple(map(tuple, rows)))
        return (main,)

    def sentences(self) -> str:
        main = self.indices[0]
        order = sorted(range(len(self.names)), key=lambda row: -main.values[row])
        top = [row for row in order if main.values[row] == main.values[order[0]]]
        dummies = [self.names[row] for row in range(len(self.names)) if self._dummy(row)]
        gap = max(range(len(self.names)), key=lambda row: abs(main.values[row] - self.shares()[row]))
        who = listing([self.names[row] for row in top[:4]]) if len(top) < 5 else None
        share, power = percent(self.shares()[gap], 1), percent(main.values[gap], 1)
        most = percent(main.values[order[0]], 1)
        lines = [say("Rule: {rule}.", rule=self.rule.describe())]
        if who is None:
            lines.append(say("{many_top} members lead with {most} each.", many_top=len(top), most=most))
        else:
            lines.append(
                say("{who} turns most decisions: {most}.", who=who, most=most)
                if len(top) == 1
                else say("{who} turn most decisions: {most} each.", who=who, most=most)
            )
        if power != share:  # as they are printed: where they look alike there is nothing to tell
            lines.append(
                say(
                    "Power differs most from weight for {names}: {power} of power with {share} of weight.",
                    names=self.names[gap],
                    power=power,
                    share=share,
                )
            )
        if dummies:
            lines.append(say("Never decisive: {dummies}.", dummies=listing(dummies)))
        act = percent(self.act, 1)
        lines.append(say("{act} of all coalitions win.", act=act))
        if not self.exact:
            lines.append(say("Sampled: {samples:,} draws.", samples=self.samples))
        return " ".join(lines)

    def _dummy(self, row: int) -> bool:
        return self.swings is not None and self.swings[row] == 0

    def record(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "rule": self.rule.describe(),
            "method": self.method,
            "names": self.names,
            "weights": self.rule.first.weights,
            "quota": self.rule.first.quota,
        }
        found |= {index.key: index.values for index in self.indices}
        found["coleman_act"] = self.act
        found["swings"] = self.swings
        found["winning_coalitions"] = self.winning
        found["minimal_winning_coalitions"] = self.minimal
        exact = {index.key: [str(value) for value in index.exact] for index in self.indices if index.exact is not None}
        found["exact"] = exact
        errors: dict[str, Any] = {index.key: index.error for index in self.indices if index.error is not None}
        if errors:
            found |= {"errors": errors | {"coleman_act": self.act_error}, "samples": self.samples, "seed": self.seed}
        if self.on_map is not None:
            found["on_map"] = self.on_map.record()
        return found


def power(
    rule: DecisionRule, samples: int = DEFAULT_SAMPLES, seed: int = 1, on_map: MapPower | None = None
) -> PowerResult:
    """The power of every member under a rule: exact where it can be counted, else from `samples` random draws."""
    counts = count_winning(rule)
    minimal = count_minimal(rule)
    tail = _minimal_indices(minimal) if minimal is not None else ()
    number_minimal = sum(minimal.winning) if minimal is not None else None
    if counts is None:
        if samples < 2:
            raise TableError.one("WC516", f"{samples} samples are too few", "give --samples 1000 or more")
        sampled = sample_power(rule, samples, seed)
        head = [Index(key, values, error=error) for key, values, error in sampled.indices]
        return PowerResult(
            rule, _ordered([*head, *tail]), sampled.act, "sampled", sampled.act_error, None, number_minimal, None,
            samples, seed, on_map,
        )  # fmt: skip
    swings = tuple(sum(counts.swings(row)) for row in range(rule.members))
    won = sum(counts.winning)
    indices = _ordered([*_swing_indices(rule, counts, swings, won), *tail])
    act = Fraction(won, 2**rule.members)
    return PowerResult(rule, indices, float(act), counts.method, None, won, number_minimal, swings, 0, 0, on_map)


def shapley_shubik(weights: Sequence[int], quota: int) -> tuple[Fraction, ...]:
    """The Shapley-Shubik index of a weighted majority, as exact fractions; counted by `power` for other rules."""
    from .rules import weighted_majority

    rule = weighted_majority(weights, quota)
    counts = count_winning(rule)
    if counts is None:
        raise TableError.one("WC515", "weights too large to count exactly", "use power(), which samples")
    return _shapley(counts)


def _ordered(indices: Sequence[Index]) -> tuple[Index, ...]:
    return tuple(sorted(indices, key=lambda index: list(TITLES).index(index.key)))


def _exact(key: str, values: Sequence[Fraction]) -> Index:
    return Index(key, tuple(float(value) for value in values), tuple(values))


def _shapley(counts: SizeCounts) -> tuple[Fraction, ...]:
    """Orders in which a member arrives just in time, over all orders."""
    members = len(counts.containing)
    orders = [factorial(size) * factorial(members - 1 - size) for size in range(members)]
    whole = factorial(members)
    # members who stand in as many winning coalitions of every size have the same power
    found: dict[tuple[int, ...], Fraction] = {}
    for row, held in enumerate(counts.containing):
        if held not in found:
            total = sum(swing * order for swing, order in zip(counts.swings(row), orders, strict=True))
            found[held] = Fraction(total, whole)
    return tuple(found[held] for held in counts.containing)


def _swing_indices(rule: DecisionRule, counts: SizeCounts, swings: Sequence[int], won: int) -> list[Index]:
    everything = 2**rule.members
    lost = everything - won
    return [
        _exact("shapley_shubik", _shapley(counts)),
        _exact("banzhaf", [Fraction(swing, sum(swings)) for swing in swings]),
        _exact("banzhaf_absolute", [Fraction(swing, everything // 2) for swing in swings]),
        _exact("coleman_prevent", [Fraction(swing, won) for swing in swings]),
        _exact("coleman_initiate", [Fraction(swing, lost) for swing in swings]),
    ]


def _minimal_indices(minimal: SizeCounts) -> tuple[Index, Index]:
    """Shares of the minimal winning coalitions: split evenly inside each (Deegan-Packel), or not split (Holler)."""
    number = sum(minimal.winning)
    split = [
        sum((Fraction(held, size) for size, held in enumerate(row) if size), start=Fraction(0)) / number
        for row in minimal.containing
    ]
    memberships = [sum(row) for row in minimal.containing]
    return (
        _exact("deegan_packel", split),
        _exact("holler", [Fraction(held, sum(memberships)) for held in memberships]),
    )
