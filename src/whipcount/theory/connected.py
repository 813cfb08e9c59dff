"""Minimal connected winning coalitions on a line of parties (Axelrod 1970), ties in place included."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence

from .tables import Floats


def minimal_connected(
    place: Floats, rows: Sequence[int], wins: Callable[[int], bool], excluded: Sequence[tuple[int, int]] = ()
) -> list[int]:
    """Every minimal connected winning coalition of the parties in `rows`, as a bit mask.

    wins: whether a mask wins. Connected: no other of `rows` stands strictly between two members. Parties in one place
    may join one by one. A connected coalition is minimal if dropping any party at either end makes it lose. Those with
    an excluded pair are dropped, not shrunk: what they leave behind would no longer be connected.
    """
    spots = sorted({float(place[row]) for row in rows})
    groups = [[row for row in rows if float(place[row]) == spot] for spot in spots]
    found = set()
    for left in range(len(groups)):
        inner = 0
        for right in range(left, len(groups)):
            found |= set(_closed(groups, left, right, inner, wins))
            if right > left:
                inner |= sum(1 << row for row in groups[right])
            if inner and wins(inner):
                break
    banned = [(1 << a) | (1 << b) for a, b in excluded]
    return sorted(mask for mask in found if not any(mask & pair == pair for pair in banned))


def _closed(groups: list[list[int]], left: int, right: int, inner: int, wins: Callable[[int], bool]) -> Iterator[int]:
    """The minimal winning coalitions from one group to another, everything between them included."""
    ends = [groups[left]] if left == right else [groups[left], groups[right]]
    for chosen in itertools.product(*(_subsets(group) for group in ends)):
        rows = [row for part in chosen for row in part]
        mask = inner | sum(1 << row for row in rows)
        if wins(mask) and not any(wins(mask & ~(1 << row)) for row in rows):
            yield mask


def _subsets(rows: list[int]) -> list[tuple[int, ...]]:
    return [chosen for size in range(1, len(rows) + 1) for chosen in itertools.combinations(rows, size)]
