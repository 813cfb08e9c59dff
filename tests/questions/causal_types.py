"""Causal types: small models of yes-or-no variables, asked what caused what in a case (Balke & Pearl 1997).

A variable's type says how it would answer every combination of its parents' values. Types are equally likely unless
ruled out; a case's facts rule out combinations of types, and a counterfactual query is answered over those left.
With it the machinery of abduction, action and prediction can be checked against numbers that are known exactly.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from whipcount.errors import QuestionError

Type = tuple[int, ...]
Values = Mapping[str, int]


@dataclass(frozen=True)
class Variable:
    """A yes-or-no variable: its parents, and whether it may only rise with each of them."""

    name: str
    parents: tuple[str, ...] = ()
    monotone: bool = False

    def types(self) -> tuple[Type, ...]:
        """Every way of answering the parents' values, in the order of counting in binary."""
        rows = list(product((0, 1), repeat=len(self.parents)))
        found = product((0, 1), repeat=len(rows))
        return tuple(answer for answer in found if not self.monotone or _rises(rows, answer))

    def answer(self, kind: Type, values: Values) -> int:
        """The value under a type, given the parents' values."""
        place = 0
        for parent in self.parents:
            place = 2 * place + values[parent]
        return kind[place]


def _rises(rows: list[tuple[int, ...]], answer: Type) -> bool:
    pairs = zip(rows, answer, strict=True)
    below = [(a, x, b, y) for a, x in pairs for b, y in zip(rows, answer, strict=True)]
    return all(x <= y for a, x, b, y in below if all(i <= j for i, j in zip(a, b, strict=True)))


@dataclass(frozen=True)
class CausalModel:
    """Variables in causal order, each after its parents."""

    variables: tuple[Variable, ...]

    def __post_init__(self) -> None:
        known: set[str] = set()
        for variable in self.variables:
            missing = [parent for parent in variable.parents if parent not in known]
            if missing or variable.name in known:
                raise QuestionError.one(
                    "WC419",
                    f"variable '{variable.name}' " + (f"comes before '{missing[0]}'" if missing else "stands twice"),
                    "give each variable once, after its parents",
                )
            known.add(variable.name)

    def worlds(self) -> Iterator[tuple[Type, ...]]:
        """Every combination of types; all are equally likely."""
        return product(*(variable.types() for variable in self.variables))

    def values(self, types: tuple[Type, ...], do: Values | None = None) -> dict[str, int]:
        """What comes out in a world, with some variables set from outside."""
        found: dict[str, int] = {}
        for variable, kind in zip(self.variables, types, strict=True):
            fixed = (do or {}).get(variable.name)
            found[variable.name] = variable.answer(kind, found) if fixed is None else fixed
        return found

    def caused(self, cause: str, effect: str, given: Values) -> Fraction:
        """P(effect would be 1 with the cause and 0 without it | the case's facts).

        Raises QuestionError (WC411) if no world agrees with the facts.
        """
        total = causal = 0
        for types in self.worlds():
            case = self.values(types)
            if any(case[name] != value for name, value in given.items()):
                continue
            total += 1
            causal += self.values(types, {cause: 1})[effect] > self.values(types, {cause: 0})[effect]
        if not total:
            raise QuestionError.one("WC411", f"no world agrees with {dict(given)}", "the facts contradict the model")
        return Fraction(causal, total)
