"""Voting power a priori: how often each member of a weighted body turns a decision, under any rule it decides by.

Shapley & Shubik (1954), Banzhaf (1965), Coleman (1971: power of a body to act, of members to prevent and to
initiate), Deegan & Packel (1978), Holler (1982) and Johnston (1978). Exact wherever counting is affordable, with exact
fractions: by types of members, by size and weight, by weight alone (Banzhaf and Coleman, for thousands of members), by
halves, or coalition by coalition; beyond that Shapley-Shubik, Banzhaf and Coleman are sampled, with standard errors.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import factorial
from typing import Any, ClassVar

from whipcount.table import Column, Result, Table, figure
from whipcount.text import listing, mark, percent, say

from ..errors import TableError
from .counting import SizeCounts, count_winning
from .map_power import MapPower
from .minimal import count_minimal
from .power_johnston import johnston
from .power_sampling import SampledPower, sample_power, sample_shapley
from .power_types import count_types
from .power_weights import can_count, count_weights
from .rules import DecisionRule

TITLES = {
    "shapley_shubik": mark("Shapley-Shubik"),
    "banzhaf": mark("Banzhaf (normalised)"),
    "banzhaf_absolute": mark("Banzhaf (absolute)"),
    "deegan_packel": mark("Deegan-Packel"),
    "holler": mark("Holler (public good)"),
    "johnston": mark("Johnston"),
    "coleman_prevent": mark("Coleman: prevent"),
    "coleman_initiate": mark("Coleman: initiate"),
}
SAMPLED = ("shapley_shubik", "banzhaf", "banzhaf_absolute", "coleman_prevent", "coleman_initiate")
DEFAULT_SAMPLES = 100_000
MOST_NAMED = 4


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
        "Johnston, R. J. (1978), Environment and Planning A 10, 907-914",
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
        weights = self.rule.first.held
        return tuple(weight / sum(weights) for weight in weights)

    def tables(self) -> tuple[Table, ...]:
        columns = [
            Column("name", "member"),
            figure("weight", "weight", "d"),
            figure("share", "share", ".4f"),
        ]
        rows: list[list[Any]] = [
            [name, weight, share]
            for name, weight, share in zip(self.names, self.rule.first.held, self.shares(), strict=True)
        ]
        for index in self.indices:
            priority = 1 if index.key in ("shapley_shubik", "banzhaf") else 2
            columns.append(figure(index.key, index.title, priority=priority))
            for row, value in zip(rows, index.values, strict=True):
                row.append(value)
            if index.error is not None:
                columns.append(figure(f"{index.key}_error", "±", ".1g", priority))
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
        who = listing([self.names[row] for row in top]) if len(top) <= MOST_NAMED else None
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
        lines += self._furthest(main)
        if dummies:
            lines.append(say("Never decisive: {dummies}.", dummies=listing(dummies)))
        act = percent(self.act, 1 if self.act > 0.001 or self.act == 0 else 5)
        lines.append(say("{act} of all coalitions win.", act=act))
        if not self.exact:
            lines.append(say("Sampled: {samples:,} draws.", samples=self.samples))
        return " ".join(lines)

    def _furthest(self, main: Index) -> list[str]:
        """For whom power and weight differ most; all of them where several differ as much."""
        apart = [abs(value - share) for value, share in zip(main.values, self.shares(), strict=True)]
        widest = [row for row, gap in enumerate(apart) if gap >= max(apart) * (1 - 1e-9)]
        told = [(percent(main.values[row], 1), percent(self.shares()[row], 1)) for row in widest]
        power, share = told[0]
        if power == share:  # as they are printed: where they look alike there is nothing to tell
            return []
        if len(widest) > MOST_NAMED:
            return [say("Power differs most from weight for {n} members alike.", n=len(widest))]
        if len(set(told)) == 1:
            return [
                say(
                    "Power differs most from weight for {names}: {power} of power with {share} of weight.",
                    names=listing([self.names[row] for row in widest]),
                    power=power,
                    share=share,
                )
            ]
        each = [
            say("{name} ({power} of power with {share} of weight)", name=self.names[row], power=power, share=share)
            for row, (power, share) in zip(widest, told, strict=True)
        ]
        return [say("Power differs most from weight for {names}.", names=listing(each))]

    def _dummy(self, row: int) -> bool:
        return self.swings is not None and self.swings[row] == 0

    def record(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "rule": self.rule.describe(),
            "method": self.method,
            "names": self.names,
            "weights": self.rule.first.held,
            "quota": self.rule.first.asked,
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
    rule: DecisionRule,
    samples: int = DEFAULT_SAMPLES,
    seed: int = 1,
    on_map: MapPower | None = None,
    indices: Sequence[str] = (),
) -> PowerResult:
    """The power of every member under a rule: exact where it can be counted, else from `samples` random draws.

    indices: which ones, by their keys in `TITLES`; all by default (WC513 for others). One alone may be much quicker.
    """
    wanted = tuple(indices) or tuple(TITLES)
    for key in wanted:
        if key not in TITLES:
            raise TableError.one("WC513", f"no index {key!r}", f"there are {', '.join(TITLES)}")
    found, totals = _counted(rule, wanted)
    missing = [key for key in wanted if key in SAMPLED and key not in {index.key for index in found}]
    if not missing:
        return replace(totals, indices=_ordered(found), on_map=on_map)
    if samples < 2:
        raise TableError.one("WC516", f"{samples} samples are too few", "give --samples 1000 or more")
    sampled = (
        SampledPower((("shapley_shubik", *sample_shapley(rule, samples, seed)),), None, None)
        if missing == ["shapley_shubik"]
        else sample_power(rule, samples, seed)
    )
    found += [Index(key, values, error=error) for key, values, error in sampled.indices if key in missing]
    act, error = (totals.act, None) if sampled.act is None else (sampled.act, sampled.act_error)
    if totals.winning is not None:
        act, error = totals.act, None
    method = "sampled" if totals.winning is None else f"{totals.method}; Shapley-Shubik sampled"
    return replace(
        totals,
        indices=_ordered(found),
        act=act,
        act_error=error,
        method=method,
        samples=samples,
        seed=seed,
        on_map=on_map,
    )


def _counted(rule: DecisionRule, wanted: Sequence[str]) -> tuple[list[Index], PowerResult]:
    """The wanted indices that can be counted exactly, and a result that holds the totals behind them."""
    typed = count_types(rule)
    counts = typed.winning if typed is not None else None
    by_weight = None
    if counts is None and not ("shapley_shubik" not in wanted and _by_weight(rule)):
        counts = count_winning(rule)
    if counts is None and _by_weight(rule):
        by_weight = count_weights(rule.first.weights, rule.first.quota)
    found: list[Index] = []
    won, swings, method = None, None, "sampled"
    if counts is not None:
        won, method = sum(counts.winning), counts.method
        swings = _each(counts.containing, lambda row: sum(counts.swings(counts.containing.index(row))))
        if "shapley_shubik" in wanted:
            found.append(_exact("shapley_shubik", _shapley(counts)))
    elif by_weight is not None:
        won, swings, method = by_weight.winning, by_weight.swings, "generating function of weights"
    if won is not None and swings is not None:
        found += [index for index in _swing_indices(rule, swings, won) if index.key in wanted]
    minimal = None
    if {"deegan_packel", "holler"} & set(wanted):
        minimal = typed.minimal if typed is not None else count_minimal(rule)
        found += [index for index in _minimal_indices(minimal) if index.key in wanted] if minimal is not None else []
    if "johnston" in wanted:
        shares = typed.johnston if typed is not None else johnston(rule)
        found += [_exact("johnston", shares)] if shares is not None else []
    totals = PowerResult(
        rule, (), 0.0 if won is None else float(Fraction(won, 2**rule.members)), method, None, won,
        None if minimal is None else sum(minimal.winning), swings,
    )  # fmt: skip
    return found, totals


def _by_weight(rule: DecisionRule) -> bool:
    return rule.simple and can_count(rule.first.weights, rule.first.quota)


def _each(rows: Sequence[tuple[int, ...]], value: Callable[[tuple[int, ...]], Any]) -> tuple[Any, ...]:
    """A value for each member, computed once for members who are counted alike."""
    known = {row: value(row) for row in set(rows)}
    return tuple(known[row] for row in rows)


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


def _swing_indices(rule: DecisionRule, swings: Sequence[int], won: int) -> list[Index]:
    everything, lost = 2**rule.members, 2**rule.members - won

    def index(key: str, whole: int) -> Index:
        shares = {swing: Fraction(swing, whole) if whole else Fraction(0) for swing in set(swings)}
        return _exact(key, [shares[swing] for swing in swings])

    return [
        index("banzhaf", sum(swings)),
        index("banzhaf_absolute", everything // 2),
        index("coleman_prevent", won),
        index("coleman_initiate", lost),
    ]


def _minimal_indices(minimal: SizeCounts) -> tuple[Index, Index]:
    """Shares of the minimal winning coalitions: split evenly inside each (Deegan-Packel), or not split (Holler)."""
    number = sum(minimal.winning)
    split = _each(
        minimal.containing,
        lambda row: sum((Fraction(held, size) for size, held in enumerate(row) if held), start=Fraction(0)) / number,
    )
    memberships = _each(minimal.containing, sum)
    total = sum(memberships)
    return (
        _exact("deegan_packel", split),
        _exact("holler", _each(minimal.containing, lambda row: Fraction(sum(row), total))),
    )
