"""`whipcount check`, `schema` and `new`: writing scenarios."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from whipcount.text import say

from .options import json_option, scenario_argument
from .output import help_text, note, show, show_json

if TYPE_CHECKING:
    from whipcount.errors import Problem

ORDER = 20


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(
        "new",
        help=help_text(
            "Write a new scenario, commented and ready to run, or one made from a filled-in form: NAME.yaml.",
            "whipcount new my-crisis",
            "whipcount new --sheet form.xlsx",
            "whipcount new my-crisis --from form.xlsx",
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
    name: Annotated[str | None, typer.Argument(help=say("name of the scenario"), metavar="NAME")] = None,
    source: Annotated[
        Path | None,
        typer.Option(
            "--from", help=say("make it from this form: a workbook, or a folder of CSV files"), metavar="FORM"
        ),
    ] = None,
    sheet: Annotated[
        Path | None, typer.Option("--sheet", help=say("write the empty form, with explanations"), metavar="FILE.xlsx")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help=say("overwrite a file of that name"))] = False,
    as_json: Annotated[bool, json_option()] = False,
) -> None:
    """Write NAME.yaml in the current folder; an existing file is kept unless `--force` is given."""
    from whipcount.errors import UsageError
    from whipcount.scenario import empty_form, scaffold, scenario_from_sheet
    from whipcount.scenario.writing import write_whole

    if (sheet is None) == (name is None and source is None):
        hint = "whipcount new NAME, whipcount new NAME --from FORM.xlsx, or whipcount new --sheet FORM.xlsx"
        raise UsageError.one("WC604", "name a scenario, or an empty form to write", hint)
    if sheet is not None:
        path, content = sheet, empty_form()
    else:
        slug = name.removesuffix(".yaml") if name is not None else slug_of(source)
        named = scaffold(slug)  # refuses what is no name
        path, content = Path(f"{slug}.yaml"), (scenario_from_sheet(source) if source is not None else named).encode()
    if path.exists() and not force:
        raise UsageError.one("WC605", f"{path} exists already", "choose another name, or overwrite it with --force")
    write_whole(path, content)
    if as_json:
        show_json({"file": str(path), "lines": content.count(b"\n")})
        return
    if sheet is not None:
        note(say("{path} written. Fill it in, then: whipcount new NAME --from {path}", path=path))
        return
    note(say("{path} written. Next: whipcount check {path}", path=path))


def slug_of(source: Path | None) -> str:
    """A name for a scenario from that of its form."""
    return source.stem.lower().replace(" ", "-") if source is not None else ""


def check(scenario: Annotated[str, scenario_argument()], as_json: Annotated[bool, json_option()] = False) -> None:
    """Print every problem of the file, or what it holds; exit code 2 if there is any problem."""
    from whipcount.errors import ScenarioError
    from whipcount.tasks.check import check as checked

    try:
        found = checked(scenario)
    except ScenarioError as error:
        if not as_json:
            raise
        show_json({"scenario": scenario, "ok": False, "problems": [_record(problem) for problem in error.problems]})
        raise typer.Exit(2) from None
    show_json(found.record()) if as_json else show(found.tables())


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
