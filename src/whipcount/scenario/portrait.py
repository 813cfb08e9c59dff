"""What a reader asks of a scenario before any run: who sits where, who is called what, how far apart positions lie."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from whipcount.errors import ScenarioError

from .hints import did_you_mean
from .schema import Actor, Body, Faction, Scenario
from .values import Text, UncertainRecord


@dataclass(frozen=True)
class Memberships:
    """An actor and the bodies in which it has seats, in the order of the file."""

    actor: Actor
    bodies: tuple[Body, ...]


def overlapping(scenario: Scenario) -> tuple[Memberships, ...]:
    """The actors with seats in more than one body: those by whom a conflict passes from body to body."""
    return tuple(
        Memberships(actor, bodies)
        for actor in scenario.actors
        if len(bodies := tuple(body for body in scenario.bodies if any(s.actor == actor.id for s in body.seats))) > 1
    )


def distance(
    one: Mapping[str, UncertainRecord], other: Mapping[str, UncertainRecord], salience: Mapping[str, float]
) -> float:
    """Root of the weighted squared distance of two points, at the centres of their values."""
    squares = [weight * (one[name].centre - other[name].centre) ** 2 for name, weight in salience.items()]
    return math.sqrt(sum(squares))


def even_salience(scenario: Scenario) -> dict[str, float]:
    """The same weight for every dimension."""
    return {dimension.id: 1 / len(scenario.dimensions) for dimension in scenario.dimensions}


def mean_salience(scenario: Scenario) -> dict[str, float]:
    """The mean over all actors, blocs counted once."""
    even = even_salience(scenario)
    given = [actor.salience or even for actor in scenario.actors]
    return {dimension: sum(weights.get(dimension, 0.0) for weights in given) / len(given) for dimension in even}


def settlement_distances(scenario: Scenario) -> tuple[tuple[float, ...], ...]:
    """Distances between all settlements, in the order of the file, with the actors' mean salience."""
    salience = mean_salience(scenario)
    points = [settlement.point for settlement in scenario.settlements]
    return tuple(tuple(distance(one, other, salience) for other in points) for one in points)


def find_faction(scenario: Scenario, name: str) -> tuple[Faction, ...]:
    """The factions that a source calls by this name: id, name or alias, in either language, whatever the case."""
    wanted = _folded(name)
    found = tuple(faction for faction in scenario.factions if wanted in {_folded(each) for each in called(faction)})
    if found:
        return found
    known = [each for faction in scenario.factions for each in called(faction)]
    near = {each.lower(): each for each in known}
    raise ScenarioError.one("WC143", f"no faction is called '{name}'", did_you_mean(name, near))


def called(faction: Faction) -> tuple[str, ...]:
    """Every name of a faction."""
    return (faction.id, *_both(faction.name), *(name for alias in faction.aliases for name in _both(alias)))


def _both(text: Text) -> Iterable[str]:
    return (text.en, text.ru)


def _folded(name: str) -> str:
    return " ".join(name.casefold().replace("ё", "е").replace("-", " ").split())
