"""Matters: questions with options, of which "as it is" is always one, and what each option is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..vocabulary import Array, Day
from . import formulas


@dataclass(frozen=True)
class Option:
    """One answer to a question: the settlement's number (of the government's at the start, for things as they are) and
    its place on the dimensions that the question is about."""

    name: str | None
    number: float
    point: tuple[Array, ...]

    def instead(
        self, day: Day, where: Array, number: Array, place: tuple[Array, ...]
    ) -> tuple[Array, tuple[Array, ...]]:
        """This option's number and place where the mask says so, and those given elsewhere."""
        places = tuple(day.where(where, x, old) for x, old in zip(self.point, place, strict=True))
        return day.where(where, self.number, number), places


@dataclass(frozen=True)
class Matter:
    """A question: the dimensions that it is about, and its options."""

    name: str
    dimensions: tuple[str, ...]
    options: tuple[Option, ...]

    def of(self, day: Day, vector: Sequence[Array]) -> tuple[Array, ...]:
        """The entries of a vector over the policy dimensions that the matter is about."""
        return tuple(x for name, x in zip(day.ids("dimension"), vector, strict=True) if name in self.dimensions)

    def worth(self, day: Day, point: tuple[Array, ...]) -> Array:
        """Each actor's policy utility of a place on these dimensions; `point` may be by actor."""
        return day.policy(self.of(day, day.vector("ideal")), point, self.of(day, formulas.salience(day)))


def matters(day: Day) -> tuple[Matter, ...]:
    """All questions of the scenario, each with its options and things as they are."""
    names = day.fact("matters")
    assert isinstance(names, tuple)
    return tuple(_matter(day, name) for name in names)


def _matter(day: Day, name: str) -> Matter:
    options, dimensions = day.fact(f"matter.{name}.options"), day.fact(f"matter.{name}.dimensions")
    assert isinstance(options, tuple)
    assert isinstance(dimensions, tuple)
    settlements = day.ids("settlement")
    empty = Matter(name, dimensions, ())
    found = [
        Option(one, settlements.index(one) + 1.0, empty.of(day, formulas.settlement_point(day, one))) for one in options
    ]
    now = settlements.index(str(day.fact("government.settlement"))) + 1.0
    return Matter(name, dimensions, (*found, Option(None, now, empty.of(day, day.vector("point")))))


def liked_best(day: Day, matter: Matter, refused: Array | None, apply: Array) -> tuple[Array, tuple[Array, ...]]:
    """By party: number and place of the option that the members present like best on the average.

    refused: mask of settlements that are out of the question for the parties of the mask `apply`.
    """
    number: Array | None = None
    place: tuple[Array, ...] = ()
    best: Array | None = None
    for option in matter.options:
        mean = formulas.of_party(day, matter.worth(day, option.point))
        if refused is not None and option.name is not None:
            mean = mean - day.where(apply & day.row(refused, option.name), 10.0, 0.0)
        if best is None or number is None:
            number = mean * 0.0 + option.number
            place = tuple(mean * 0.0 + x for x in option.point)
            best = mean
            continue
        number, place = option.instead(day, mean > best + 1e-6, number, place)
        best = day.larger(best, mean)
    assert number is not None
    return number, place


def losses(day: Day, matter: Matter) -> list[Array]:
    """By actor: for each option, what it is worth over the party's line."""
    line = tuple(day.spread(x, "actor") for x in matter.of(day, day.vector("line")))
    there = matter.worth(day, line)
    return [matter.worth(day, option.point) - there for option in matter.options]


def best_of_the_beaten(
    day: Day, heads: Array, asked: Sequence[Matter], gains: Sequence[Sequence[Array]]
) -> tuple[Array, ...]:
    """By party: the place that would give the beaten most together, one option on one matter; else the line.

    heads: by actor, its members if it is beaten, else 0. gains: of each matter, each option's worth over the line.
    """
    best = day.given("party.support") * 0.0
    other: tuple[Array, ...] = day.vector("line")
    for matter, of_matter in zip(asked, gains, strict=True):
        for option, gain in zip(matter.options, of_matter, strict=True):
            total = day.total(heads * day.larger(gain, 0.0), "party")
            better = total > best + 1e-6
            best = day.larger(best, total)
            places = dict(zip(matter.dimensions, option.point, strict=True))
            other = tuple(
                day.where(better, places.get(name, line), old)
                for name, line, old in zip(day.ids("dimension"), day.vector("line"), other, strict=True)
            )
    return other
