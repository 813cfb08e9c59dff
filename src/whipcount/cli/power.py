"""`whipcount power`: how often each member of a weighted body turns a decision."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from .options import json_option
from .output import help_text
from .told import chart_option, tell
from .weighed import (
    names_option,
    option,
    positions_option,
    quota_option,
    rule_of,
    seats_of,
    seats_option,
    table_argument,
    weights_option,
    with_default,
    words_of,
)

ORDER = 70


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "power",
        help=help_text(
            "Voting power under any rule: Shapley-Shubik, Banzhaf, Coleman, Deegan-Packel, Holler.",
            "whipcount power --quota 62 --weights 10,10,10,10,8,5,5,5,5,4,4,3,3,3,2",
            "whipcount power parliament.csv --chart power.png",
            "whipcount power council.csv --rule eu2014",
            "whipcount power council.csv --majority members:55% --majority population:65% --or members:24",
            "whipcount power parliament.csv --blocked Left+Right --positions left_right,europe --json",
        ),
    )(power)


def power(
    table: Annotated[Path | None, table_argument("members and weights: party,seats (CSV)")] = None,
    weights: Annotated[str | None, weights_option()] = None,
    names: Annotated[str | None, names_option()] = None,
    quota: Annotated[str | None, quota_option()] = None,
    seats: Annotated[str | None, seats_option()] = None,
    majority: Annotated[
        list[str] | None,
        option("--majority", "a majority that is needed too; may be repeated", "COLUMN:QUOTA"),
    ] = None,
    alternative: Annotated[
        list[str] | None,
        option("--or", "a majority that is enough by itself", "COLUMN:QUOTA[+...]"),
    ] = None,
    rule: Annotated[
        str | None,
        option("--rule", "a known rule: eu2014", "NAME"),
    ] = None,
    blocked: Annotated[
        list[str] | None,
        option("--blocked", "two who never join; may be repeated", "A+B"),
    ] = None,
    positions: Annotated[str | None, positions_option()] = None,
    samples: Annotated[int, with_default("--samples", "draws where counting is out of reach", "N")] = 100_000,
    seed: Annotated[int, with_default("--seed", "of the draws", "N")] = 1,
    as_json: Annotated[bool, json_option()] = False,
    chart: Annotated[Path | None, chart_option()] = None,
) -> None:
    """Count the power of every member and print it."""
    from whipcount.errors import UsageError
    from whipcount.theory.map_power import map_power
    from whipcount.theory.power import power as count_power
    from whipcount.theory.rules import council_2014

    given = seats_of(table, weights, names, "population" if rule and not seats else seats)
    if rule is not None:
        if rule != "eu2014" or quota or majority or alternative or blocked:
            hint = "give --rule eu2014 alone, with a column of population"
            raise UsageError.one("WC625", f"--rule {rule} with other parts of a rule, or unknown", hint)
        decision = council_2014(given.names, given.seats)
    else:
        decision = rule_of(given, quota, majority, alternative, blocked)
    on_map = None
    if positions is not None:
        columns = tuple(name.lower() for name in words_of(positions))
        on_map = map_power(decision, given.places(columns), columns, seed=seed)
    tell(count_power(decision, samples, seed, on_map), as_json=as_json, chart=chart, draw=_draw)


def _draw(result: Any) -> Any:
    from whipcount.report.count_charts.power import draw

    return draw(result)
