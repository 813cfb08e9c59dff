"""The sections of `whipcount show`, by name."""

from __future__ import annotations

from collections.abc import Callable

from whipcount.scenario.schema import Scenario
from whipcount.table import Table

from .matters import (
    claims,
    constituencies,
    distances,
    events,
    outcomes,
    parameters,
    pressures,
    record,
    settlements,
    table,
)
from .people import actors, bodies, factions, members, overlap, parties, posts, seats

SECTIONS: dict[str, Callable[[Scenario], Table]] = {
    "bodies": bodies,
    "members": members,
    "seats": seats,
    "overlap": overlap,
    "parties": parties,
    "factions": factions,
    "actors": actors,
    "settlements": settlements,
    "distances": distances,
    "posts": posts,
    "pressures": pressures,
    "constituencies": constituencies,
    "table": table,
    "events": events,
    "record": record,
    "outcomes": outcomes,
    "claims": claims,
    "parameters": parameters,
}
