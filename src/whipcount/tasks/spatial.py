"""Spatial voting on a map of ideal points: medians, core, yolk, win set, uncovered set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from whipcount.task import NUMBERS, Form, Option, task
from whipcount.text import mark

from ._inputs import Country, Decimal, Election, Positions, Quota, Seats, Sheet, quota_of, seats_of, table
from ._lasting import beforehand, of_map
from .power import PARLIAMENT

if TYPE_CHECKING:
    from whipcount.theory.spatial import SpatialResult


@task(
    "spatial",
    mark("Spatial voting: medians, core, yolk, win set of a status quo, uncovered set."),
    "whipcount spatial parliament.csv --positions economic,social",
    "whipcount spatial parliament.csv --positions economic,social --status-quo 3,7 --chart map.png",
    order=72,
    drawn=True,
    form=Form(
        mark("Map"), mark("Where can a body that votes settle, and what beats what stands?"),
        "party,seats,left_right,europe", PARLIAMENT, {"positions": "left_right,europe"}, order=18, parliament=True,
    ),
)  # fmt: skip
def spatial(
    table: Annotated[Any, table("members: party,seats and positions (CSV)")],
    positions: Positions = None,
    seats: Seats = None,
    quota: Quota = None,
    status_quo: Annotated[
        Any,
        Option(
            "the point whose win set is asked for", NUMBERS, "N,N,...", title=mark("What stands now"), example="4,6"
        ),
    ] = None,
    salience: Annotated[Any, Option("how much each dimension weighs for all", NUMBERS, "N,N,...")] = None,
    grid: Annotated[int | None, Option("points along each dimension for the uncovered set", metavar="N")] = None,
    country: Country = None,
    election: Election = None,
    decimal: Decimal = None,
    sheet: Sheet = None,
) -> SpatialResult:
    """Where a body that votes on a map can settle, and what beats a status quo."""
    import numpy as np

    from whipcount.data.seats import position_columns
    from whipcount.theory.spatial import spatial as solve

    given = seats_of(table, None, (), seats, False, country, election, decimal=decimal, sheet=sheet)
    columns = position_columns(given, positions)
    needed = quota_of(quota, given.total)
    weighed = None if salience is None else np.array(salience)
    beforehand(of_map(len(given.names), len(columns)))
    found = solve(given.places(columns), given.seats, given.names, columns, needed, status_quo, weighed, grid)
    return found.told(given.remarks)
