"""`whipcount check`, `schema` and `new`: writing scenarios."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from whipcount.table import Column, Table
from whipcount.text import say

from .options import json_option, scenario_argument
from .output import help_text, note, show, show_json

if TYPE_CHECKING:
    from whipcount.errors import Problem
    from whipcount.scenario import LoadedScenario

ORDER = 20


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(
        "new",
        help=help_text(
            "Write a new scenario to start from: NAME.yaml, commented and ready to run.",
            "whipcount new my-crisis",
            "whipcount check my-crisis.yaml",
        ),
    )(new)
    app.command(
        "check",
        help=help_text(
            "Check a scenario file, under every account: all mistakes with line and column, or a summary.",
            "whipcount check my-crisis.yaml",
            "whipcount check november-1917 --json",
        ),
    )(check)
    app.command(
        "schema",
        help=help_text(
            "Print the JSON Schema of scenario files, for editors.", "whipcount schema > scenario.schema.json"
        ),
    )(schema)


def new(
    name: Annotated[str, typer.Argument(help=say("name of the scenario"), metavar="NAME")],
    force: Annotated[bool, typer.Option("--force", help=say("overwrite a file of that name"))] = False,
    as_json: Annotated[bool, json_option()] = False,
) -> None:
    """Write NAME.yaml in the current folder; an existing file is kept unless `--force` is given."""
    from whipcount.errors import UsageError
    from whipcount.scenario import scaffold
    from whipcount.scenario.writing import write_whole

    slug = name.removesuffix(".yaml")
    text = scaffold(slug)
    path = Path(f"{slug}.yaml")
    if path.exists() and not force:
        raise UsageError.one("WC605", f"{path} exists already", "choose another name, or overwrite it with --force")
    write_whole(path, text.encode())
    if as_json:
        show_json({"file": str(path), "lines": text.count("\n")})
        return
    note(say("{path} written. Next: whipcount check {path}", path=path))


def check(scenario: Annotated[str, scenario_argument()], as_json: Annotated[bool, json_option()] = False) -> None:
    """Print every problem of the file, or what it holds; exit code 2 if there is any problem."""
    from whipcount.errors import ScenarioError
    from whipcount.scenario import check_file, load

    try:
        problems = check_file(scenario)
    except ScenarioError as error:
        problems = list(error.problems)
    if problems and as_json:
        show_json({"scenario": scenario, "ok": False, "problems": [_record(problem) for problem in problems]})
        raise typer.Exit(2)
    if problems:
        raise ScenarioError(*problems)
    _summary(load(scenario), scenario, as_json)


def schema(as_json: Annotated[bool, json_option()] = False) -> None:  # noqa: ARG001 (it is JSON either way)
    """Print the schema; point an editor at it to complete and check while writing."""
    from whipcount.scenario import json_schema

    show_json(json_schema())


def _record(problem: Problem) -> dict[str, object]:
    return {
        "code": problem.code,
        "file": problem.place.file,
        "line": problem.place.line,
        "column": problem.place.column,
        "message": problem.message,
        "hint": problem.hint,
    }


def _summary(loaded: LoadedScenario, given: str, as_json: bool) -> None:
    """How much of everything a valid file holds."""
    from whipcount.scenario import provenance

    scenario = loaded.scenario
    layer = provenance(loaded)
    counts = {
        "actors": (len(scenario.actors), say("persons and blocs")),
        "persons": (sum(actor.size == 1 for actor in scenario.actors), say("persons among them")),
        "bodies": (len(scenario.bodies), say("bodies")),
        "seats": (sum(len(body.seats) for body in scenario.bodies), say("seats")),
        "posts": (len(scenario.posts), say("posts")),
        "settlements": (len(scenario.settlements), say("settlements")),
        "pressures": (len(scenario.pressures), say("pressures")),
        "constituencies": (len(scenario.constituencies), say("constituencies")),
        "events": (len(scenario.events), say("events")),
        "record": (len(scenario.record), say("facts of the record")),
        "outcomes": (len(scenario.outcomes), say("outcomes")),
        "claims": (len(scenario.claims), say("claims")),
        "variants": (len(scenario.variants), say("variants")),
        "accounts": (len(scenario.accounts), say("accounts")),
        "sources": (len(scenario.sources), say("sources")),
        "citations": (len(layer.statements), say("citations")),
        "assumed": (len(layer.assumed), say("assumed values, each with its reason")),
        "calibrated": (
            sum(parameter.calibrate for parameter in scenario.parameters.values()),
            say("parameters to calibrate"),
        ),
    }
    if as_json:
        numbers = {key: number for key, (number, _) in counts.items()}
        show_json({"scenario": given, "ok": True, "hash": loaded.hash, **numbers, "problems": []})
        return
    columns = (Column("what", say("what")), Column("number", say("number"), right=True))
    rows = tuple((label, number) for number, label in counts.values())
    show(Table("summary", say("{path}: no mistakes", path=loaded.path), columns, rows))
