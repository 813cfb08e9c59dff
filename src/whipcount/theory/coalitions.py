"""Which coalitions can govern: winning, minimal winning, connected, oversized, and minorities with support.

Riker (1962: minimal winning), Axelrod (1970: minimal connected winning), De Swaan (1973: range), Laver & Schofield
(1990: core party, minorities), Laver & Shepsle (1996: dimension-by-dimension medians). All subsets of up to 25
parties with seats are seen; a pair may be excluded from governing together, which does not keep it from support.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from whipcount.table import Column, Result, Table, figure
from whipcount.text import listing, mark, number, percent, say, say_many

from ..errors import TableError
from .connected import minimal_connected
from .medians import core_members, weighted_median
from .rules import DecisionRule, Majority
from .tables import Floats, SeatsTable, check_quota, pairs_of
from .winning import Masks, Winning, free_of

MOST_IN_MINORITY = 5
MOST_AS_CLOSE = 10_000  # coalitions that are looked through for others as close
KINDS = {
    "minimal_winning": mark("minimal winning"),
    "connected": mark("minimal connected winning"),
    "surplus": mark("surplus"),
    "minority": mark("minority with support"),
}


@dataclass(frozen=True)
class Coalition:
    """A coalition: parties (rows of the table), seats, policy range and centre on each dimension.

    support: parties outside that would carry a minority cabinet, the closest such set; supports: how many such sets.
    """

    parties: tuple[int, ...]
    seats: int
    kind: str
    ranges: tuple[float, ...] = ()
    centre: tuple[float, ...] = ()
    has_median: tuple[bool, ...] = ()
    connected: bool = False
    support: tuple[int, ...] = ()
    supports: int = 0

    @property
    def mask(self) -> int:
        """The parties as a bit mask."""
        return sum(1 << party for party in self.parties)


@dataclass(frozen=True)
class CoalitionsResult(Result):
    """The coalitions of a parliament.

    counts: how many coalitions are winning, minimal winning, connected, surplus. medians: the median parties of each
    dimension (two where a tie leaves a gap); core: parties whose ideal point no winning coalition can improve on.
    as_close: how many more are ranked as high as the closest coalition.
    """

    table: SeatsTable
    rule: DecisionRule
    dimensions: tuple[str, ...]
    excluded: tuple[tuple[int, int], ...]
    counts: tuple[tuple[str, int], ...]
    minimal_winning: tuple[Coalition, ...]
    connected: tuple[Coalition, ...]
    surplus: tuple[Coalition, ...]
    minorities: tuple[Coalition, ...]
    medians: tuple[tuple[int, ...], ...]
    core: tuple[int, ...]
    limit: int
    as_close: int = 0

    references: ClassVar[tuple[str, ...]] = (
        "Riker, W. H. (1962), The Theory of Political Coalitions",
        "Axelrod, R. (1970), Conflict of Interest",
        "De Swaan, A. (1973), Coalition Theories and Cabinet Formations",
        "Laver, M. & Schofield, N. (1990), Multiparty Government",
        "Laver, M. & Shepsle, K. A. (1996), Making and Breaking Governments",
    )

    @property
    def quota(self) -> int | None:
        """The seats needed; None where the rule is more than that."""
        majority = self.rule.first
        plain = self.rule.simple and not majority.casting and majority.weights == self.table.seats
        return majority.quota if plain else None

    def names_of(self, parties: Sequence[int]) -> list[str]:
        """The names of parties."""
        return [self.table.names[party] for party in parties]

    def count(self, kind: str) -> int:
        """How many coalitions of a kind there are, listed or not."""
        return dict(self.counts)[kind]

    def tables(self) -> tuple[Table, ...]:
        columns = (
            Column("parties", "parties", wide=True),
            figure("size", "size", "d"),
            figure("seats", "seats", "d"),
            *((figure("surplus_seats", "over the quota", "+d"),) if self.quota is not None else ()),
            *(figure(f"range_{name}", say("range: {name}", name=name), ".3g") for name in self.dimensions),
            *(figure(f"centre_{name}", say("centre: {name}", name=name), ".3g", 2) for name in self.dimensions),
            *(Column(f"median_{name}", say("median: {name}", name=name)) for name in self.dimensions),
        )
        support = (
            Column("support", "closest support"),
            figure("supports", "supports", "d"),
        )
        grids = []
        for kind, found in self._kinds():
            wide = columns + support if kind == "minority" else columns
            rows = tuple(self._row(coalition, kind == "minority") for coalition in found[: self.limit])
            grids.append(Table(kind, KINDS[kind], wide, rows))
        return tuple(grids)

    def _kinds(self) -> list[tuple[str, tuple[Coalition, ...]]]:
        kinds = [("minimal_winning", self.minimal_winning)]
        if self.dimensions:
            kinds.append(("connected", self.connected))
        return [*kinds, ("surplus", self.surplus), ("minority", self.minorities)]

    def _row(self, coalition: Coalition, with_support: bool) -> tuple[Any, ...]:
        row: tuple[Any, ...] = (
            self.names_of(coalition.parties),
            len(coalition.parties),
            coalition.seats,
            *((coalition.seats - self.quota,) if self.quota is not None else ()),
            *coalition.ranges,
            *coalition.centre,
            *coalition.has_median,
        )
        return (*row, self.names_of(coalition.support), coalition.supports) if with_support else row

    def sentences(self) -> str:
        lines = [self._counted()]
        for dimension, rows in zip(self.dimensions, self.medians, strict=True):
            who = listing(self.names_of(rows))
            lines.append(say("Median party on {dimension}: {who}.", dimension=dimension, who=who))
        if self.dimensions:
            core = listing(self.names_of(self.core))
            lines.append(say("Core party: {party}.", party=core or say("none")))
        best = self.connected[:1] or self.minimal_winning[:1]
        if best:
            parties, seats = listing(self.names_of(best[0].parties)), best[0].seats
            how = say(KINDS[best[0].kind])
            span = number(best[0].ranges[0]) if best[0].ranges else None
            share = percent(seats / self.table.total, 1)
            if span is None:
                # without positions nothing is known of policy: coalitions are told by their size
                lines.append(
                    say(
                        "Smallest {how} coalition: {parties} with {seats} seats ({share}).",
                        how=how, parties=parties, seats=seats, share=share,
                    )
                )  # fmt: skip
            else:
                lines.append(
                    say(
                        "Closest {how} coalition: {parties} with {seats} seats ({share}, range {span}).",
                        how=how, parties=parties, seats=seats, share=share, span=span,
                    )
                )  # fmt: skip
            if self.as_close and span is None:
                lines.append(say_many("{n} more is as small.", "{n} more are as small.", self.as_close))
            elif self.as_close:
                lines.append(say_many("{n} more is as close.", "{n} more are as close.", self.as_close))
        else:
            lines.append(say("No majority may govern together."))
        return " ".join(lines)

    def _counted(self) -> str:
        """How many coalitions win."""
        winning, count = self.count("winning"), self.count("minimal_winning")
        if self.quota is None:
            return say_many(
                "Rule: {rule}; {n} coalition wins, {count} of them without a party to spare.",
                "Rule: {rule}; {n} coalitions win, {count} of them without a party to spare.",
                winning,
                rule=self.rule.describe(),
                count=count,
            )
        return say_many(
            "{quota} of {total} seats are needed; {n} coalition has them, {count} of them without a party to spare.",
            "{quota} of {total} seats are needed; {n} coalitions have them, {count} of them without a party to spare.",
            winning,
            quota=self.quota,
            total=self.table.total,
            count=count,
        )

    def record(self) -> dict[str, Any]:
        def listed(coalitions: Sequence[Coalition]) -> list[dict[str, Any]]:
            keys = ("seats", "ranges", "centre", "has_median", "connected")
            return [
                {"parties": self.names_of(one.parties)} | {key: getattr(one, key) for key in keys}
                | ({"support": self.names_of(one.support), "supports": one.supports} if one.kind == "minority" else {})
                for one in coalitions[: self.limit]
            ]  # fmt: skip

        return {
            "quota": self.quota,
            "rule": self.rule.describe(),
            "seats": dict(zip(self.table.names, self.table.seats, strict=True)),
            "dimensions": self.dimensions,
            "excluded": [self.names_of(pair) for pair in self.excluded],
            "counts": dict(self.counts),
            "as_close": self.as_close,
            "medians": {
                name: self.names_of(parties) for name, parties in zip(self.dimensions, self.medians, strict=True)
            },
            "core": self.names_of(self.core),
            **{kind: listed(found) for kind, found in self._kinds()},
        }


def coalitions(
    table: SeatsTable,
    quota: int | None = None,
    dimensions: Sequence[str] = (),
    excluded: Sequence[tuple[str, str]] = (),
    limit: int = 50,
    most_in_minority: int = 3,
    rule: DecisionRule | None = None,
) -> CoalitionsResult:
    """All coalitions of a parliament.

    quota: seats needed, more than half by default; or any decision rule over the table's parties. dimensions: position
    columns of the table, the first one orders the parties. excluded: pairs that will not govern together. limit: how
    many of each kind are listed; all are counted. Parties are told by size, equals by name, as coalitions as close are.
    """
    if limit < 1:
        raise TableError.one("WC516", f"a limit of {limit} lists nothing", "give --limit 1 or more")
    if not 1 <= most_in_minority <= MOST_IN_MINORITY:
        hint = f"give 1 to {MOST_IN_MINORITY}"
        raise TableError.one("WC516", f"minority cabinets of {most_in_minority} parties", hint)
    if rule is None:
        needed = check_quota(table.majority if quota is None else quota, table.total)
        rule = DecisionRule(table.names, ((Majority(table.seats, needed),),))
    table, rule = table.sorted(), rule.ordered(table.sorted().names)
    winning = Winning(rule)
    banned = pairs_of(excluded, table.names)
    points = table.places(dimensions) if dimensions else np.zeros((len(table.names), 0))
    describe = _Describer(np.array(table.seats), points, winning.rows)
    minimal = describe.sorted(winning.minimal())
    governing = minimal[free_of(minimal, banned)]
    connected = np.zeros(0, dtype=np.int64)
    if dimensions:
        found = minimal_connected(points[:, 0], winning.rows, winning.wins, banned)
        connected = describe.sorted(np.array(found, dtype=np.int64))
    won, allowed = winning.count(banned)
    counts = (
        ("winning", won),
        ("minimal_winning", len(governing)),
        ("connected", len(connected)),
        ("surplus", allowed - len(governing)),
    )
    return CoalitionsResult(
        table=table,
        rule=rule,
        dimensions=tuple(dimensions),
        excluded=banned,
        counts=counts,
        minimal_winning=describe.best(governing, "minimal_winning", limit),
        connected=describe.best(connected, "connected", limit),
        surplus=_surplus(governing, banned, limit, describe),
        minorities=_minorities(minimal, winning, banned, limit, most_in_minority, describe),
        medians=describe.medians,
        core=core_members(points, winning.rows, rule.wins) if dimensions else (),
        limit=limit,
        as_close=describe.as_close(connected if len(connected) else governing),
    )


def _surplus(
    minimal: Masks, banned: Sequence[tuple[int, int]], limit: int, describe: _Describer
) -> tuple[Coalition, ...]:
    """The oversized coalitions closest in policy: a minimal winning one with one party more, best first."""
    best = minimal[: 40 * limit]
    grown = [(best | (1 << row))[(best >> row & 1) == 0] for row in describe.rows]
    masks = np.unique(np.concatenate(grown)) if grown else np.zeros(0, dtype=np.int64)
    masks = masks[free_of(masks, banned)]
    return describe.best(describe.sorted(masks), "surplus", limit)


def _minorities(
    minimal: Masks,
    winning: Winning,
    banned: Sequence[tuple[int, int]],
    limit: int,
    most: int,
    describe: _Describer,
) -> tuple[Coalition, ...]:
    """Minority cabinets of a few parties with the parties that could carry them: with these, a minimal majority.

    Ranked by how far apart cabinet and support stand; without positions by the seats they have.
    """
    cabinets = [
        sum(1 << row for row in chosen)
        for size in range(1, most + 1)
        for chosen in itertools.combinations(winning.rows, size)
    ]
    masks = np.array(cabinets, dtype=np.int64)
    masks = masks[free_of(masks, banned) & ~winning.wins_each(masks)]
    carrier = _first_holding(minimal, masks)
    masks, carrier = masks[carrier >= 0], carrier[carrier >= 0]
    spans = describe.spans(minimal[carrier])
    held = describe.held(masks)
    best = np.lexsort((masks, -held, np.round(spans, 12)))[:limit]
    return tuple(
        describe.one(mask, "minority", int(minimal[first]), int(((minimal & mask) == mask).sum()))
        for mask, first in zip(masks[best].tolist(), carrier[best].tolist(), strict=True)
    )


def _first_holding(minimal: Masks, cabinets: Masks) -> Masks:
    """For each cabinet the place of the first majority that holds it, -1 where none does."""
    found = np.full(len(cabinets), -1, dtype=np.int64)
    start, step = 0, 512
    while start < len(minimal) and (found < 0).any():
        waiting = np.flatnonzero(found < 0)
        part = minimal[start : start + step]
        holds = (part[None, :] & cabinets[waiting, None]) == cabinets[waiting, None]
        some = holds.any(axis=1)
        found[waiting[some]] = start + holds[some].argmax(axis=1)
        start += step
        # few cabinets are left after the first majorities: then look further at once
        step = max(512, min(1 << 20, 4_000_000 // max(1, int((found < 0).sum()))))
    return found


class _Describer:
    """Describes coalitions given as masks, and puts the closest first."""

    def __init__(self, seats: NDArray[Any], points: Floats, rows: Sequence[int]) -> None:
        self.seats = seats.astype(np.int64)
        self.points = points
        self.rows = rows
        self.medians = tuple(self._median(axis) for axis in range(points.shape[1]))
        self.ends = np.ptp(points, axis=0) if points.size else np.zeros(points.shape[1])

    def _median(self, axis: int) -> tuple[int, ...]:
        """The parties at the weighted median of a dimension, those at either end of a gap where it is tied."""
        low, high = weighted_median(self.points[:, axis], self.seats)
        place = self.points[:, axis]
        return tuple(row for row in range(len(place)) if self.seats[row] and place[row] in (low, high))

    def spans(self, masks: Masks) -> Floats:
        """How far apart a coalition's parties stand: the mean over dimensions of the range over the whole range."""
        if not self.points.shape[1]:
            return np.zeros(len(masks))
        total = np.zeros(len(masks))
        held = {row: (masks >> row & 1) == 1 for row in self.rows}
        for axis, end in enumerate(self.ends):
            place = self.points[:, axis]
            low, high = np.zeros(len(masks)), np.zeros(len(masks))
            # the last party to be written is the outermost one
            for row in sorted(held, key=lambda row: -place[row]):
                low = np.where(held[row], place[row], low)
            for row in sorted(held, key=lambda row: place[row]):
                high = np.where(held[row], place[row], high)
            total += (high - low) / (end or 1.0)
        return total / len(self.ends)

    def sorted(self, masks: Masks) -> Masks:
        """The closest first, then the fewest parties, then the fewest seats."""
        return masks[np.lexsort((masks, *self._keys(masks)))]

    def _keys(self, masks: Masks) -> tuple[Any, ...]:
        """What coalitions are ranked by, the last key first."""
        sizes = sum((masks >> row & 1 for row in range(len(self.seats))), start=np.zeros(len(masks), dtype=np.int64))
        return self.held(masks), sizes, np.round(self.spans(masks), 12)

    def held(self, masks: Masks) -> Masks:
        """The seats of coalitions."""
        held = (has * (masks >> row & 1) for row, has in enumerate(self.seats))
        return np.asarray(sum(held, start=np.zeros(len(masks), dtype=np.int64)))

    def as_close(self, masks: Masks) -> int:
        """How many further ones of a sorted array are ranked as high as its first one."""
        masks = masks[:MOST_AS_CLOSE]
        if not len(masks):
            return 0
        return int(np.all([key == key[0] for key in self._keys(masks)], axis=0).sum()) - 1

    def best(self, masks: Masks, kind: str, limit: int) -> tuple[Coalition, ...]:
        """The first `limit` coalitions of a sorted array, described."""
        return tuple(self.one(int(mask), kind) for mask in masks[:limit])

    def one(self, mask: int, kind: str, whole: int = 0, supports: int = 0) -> Coalition:
        """One coalition, described; `whole` is the majority that carries it, if it is a minority."""
        parties = tuple(row for row in range(len(self.seats)) if mask >> row & 1)
        points, seats = self.points[list(parties)], self.seats[list(parties)]
        has = self.points.shape[1] > 0
        return Coalition(
            parties=parties,
            seats=int(seats.sum()),
            kind=kind,
            ranges=tuple(float(value) for value in np.ptp(points, axis=0)) if has else (),
            centre=tuple(float(value) for value in seats @ points / max(int(seats.sum()), 1)) if has else (),
            has_median=tuple(bool(set(parties) & set(median)) for median in self.medians),
            connected=has and self._connected(mask),
            support=tuple(row for row in range(len(self.seats)) if whole & ~mask & 1 << row),
            supports=supports,
        )

    def _connected(self, mask: int) -> bool:
        """Whether no party with seats stands strictly between two members on the first dimension."""
        place = self.points[:, 0]
        inside = [place[row] for row in range(len(place)) if mask >> row & 1]
        low, high = min(inside), max(inside)
        return not any(low < place[row] < high and not mask >> row & 1 for row in self.rows)
