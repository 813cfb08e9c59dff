"""Decision rules of weighted bodies from their text: shares as exact quotas, casting votes and vetoes as majorities."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from ..errors import TableError
from .rule_grammar import Need, WrittenRule
from .rules import DecisionRule, Majority
from .tables import check_quota, index_of

Weights = Callable[[str], tuple[int, ...]]


def written_rule(
    written: WrittenRule,
    names: Sequence[str],
    weights: Weights,
    blocked: Sequence[tuple[int, int]] = (),
    unit: int = 1,
) -> DecisionRule:
    """The rule of a body in which everybody says yes or no.

    weights: of a column by its name, "" for the seats. unit: by how much seats were multiplied to be whole. A veto is a
    majority of one member; a casting vote counts half a seat more, which decides even votes (WC508, WC513, WC564).
    """
    alternatives = [[_majority(need, weights, unit) for need in one] for one in written.alternatives]
    if written.quorum is not None:
        raise TableError.one("WC564", "a quorum: a priori everybody is there", "leave it out")
    if written.casting:
        chair = index_of(written.casting, names)
        for one, needs in zip(alternatives, written.alternatives, strict=True):
            for place, (needed, need) in enumerate(zip(one, needs, strict=True)):
                if need.strict and need.amount == Fraction(1, 2):
                    twice = tuple(2 * weight + (row == chair) for row, weight in enumerate(needed.weights))
                    one[place] = Majority(twice, needed.total + 1, needed.what, casting=written.casting)
                else:
                    hint = "a casting vote decides even votes: write majority; casting: NAME"
                    raise TableError.one("WC564", f"{need.describe()} knows no even vote", hint)
    for name in written.vetoes:
        row = index_of(name, names)
        alone = tuple(int(other == row) for other in range(len(names)))
        for one in alternatives:
            one.append(Majority(alone, 1, name, veto=True))
    return DecisionRule(tuple(names), tuple(map(tuple, alternatives)), tuple(blocked))


def _majority(need: Need, weights: Weights, unit: int) -> Majority:
    held = weights(need.column)
    total = sum(held)
    if isinstance(need.amount, int) and unit > 1 and not need.column:
        need = Need(need.amount * unit, need.strict, need.of)
    quota = need.quota(total)
    return Majority(held, check_quota(quota, total, need.column or "seats"), need.column or "seats")
