"""`whipcount scenario`: a parliament table or an election becomes a scenario; how good a forecast that is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from whipcount.task import DAY_OR_YEAR
from whipcount.tasks._inputs import ends_of
from whipcount.text import mark, say

from .options import json_option
from .output import help_text, note, show_json
from .told import tell

if TYPE_CHECKING:
    import datetime as dt

    from whipcount.data.parliaments import Parliament

ORDER = 28.5


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(
        help=say("Make a scenario of a real parliament."),
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    group.command(
        "from-table",
        help=help_text(
            "Turn a table of parties and seats, or an election of ParlGov, into talks on a government to simulate.",
            "whipcount scenario from-table parliament.csv --to talks.yaml",
            "whipcount scenario from-table --parlgov FOLDER --country DNK --election 2007-11-13 --to denmark.yaml",
        ),
    )(from_table)
    group.command(
        "against-record",
        help=help_text(
            "Simulate the talks after many elections of ParlGov; compare with what formed and with `formation`.",
            "whipcount scenario against-record --parlgov FOLDER --elections 40 --runs 200",
        ),
    )(against_record)
    app.add_typer(group, name="scenario")


OPTIONS = {
    "parlgov": (mark("folder of a ParlGov release"), "FOLDER"),
    "country": (mark("country of it, as ParlGov writes it"), "XXX"),
    "election": (mark("day of the election"), "DATE"),
    "history": (mark("past cabinets (CSV)"), "FILE"),
    "scale": (mark("ends of the positions [0,10]"), "LOW,HIGH"),
    "total": (mark("all seats"), "SEATS"),
    "cabinets": (mark("governments on the menu [12]"), "N"),
    "talks": (mark("days after which the talks have failed [180]"), "DAYS"),
    "days": (mark("days simulated [540]"), "DAYS"),
    "to": (mark("file to write [TABLE.yaml]"), "FILE"),
    "elections": (mark("how many elections, spread evenly [40]"), "N"),
    "runs": (mark("histories of each [200]"), "N"),
    "since": (mark("elections from this day"), "DATE"),
    "until": (mark("elections before this day"), "DATE"),
}


def _option(name: str) -> Any:
    """An option with its help in the reader's language."""
    text, metavar = OPTIONS[name]
    return typer.Option(f"--{name}", help=say(text), metavar=metavar or None, show_default=False)


def _table() -> Any:
    text = say("parties: party, seats; position and more if known (CSV)")
    return typer.Argument(metavar="TABLE", show_default=False, help=text)


def from_table(
    table: Annotated[Path | None, _table()] = None,
    parlgov: Annotated[Path | None, _option("parlgov")] = None,
    country: Annotated[str | None, _option("country")] = None,
    election: Annotated[str | None, _option("election")] = None,
    history: Annotated[Path | None, _option("history")] = None,
    scale: Annotated[str | None, _option("scale")] = None,
    total: Annotated[int | None, _option("total")] = None,
    cabinets: Annotated[int, _option("cabinets")] = 12,
    talks: Annotated[int, _option("talks")] = 180,
    days: Annotated[int, _option("days")] = 540,
    to: Annotated[Path | None, _option("to")] = None,
    force: Annotated[bool, typer.Option("--force", help=say("overwrite a file of that name"))] = False,
    as_json: Annotated[bool, json_option()] = False,
) -> None:
    """Write the scenario; an existing file is kept unless `--force` is given."""
    from whipcount.errors import UsageError
    from whipcount.generation.candidates import prospects
    from whipcount.generation.parliament_crisis import UNDATED, Settings
    from whipcount.generation.parliament_text import scenario_text
    from whipcount.scenario.writing import write_whole

    _within("--cabinets", cabinets, 1, 40)
    _within("--talks", talks, 14, 1000)
    _within("--days", days, 30, 3650)
    ends = None if scale is None else ends_of(scale)
    parliament = _parliament(table, parlgov, country, DAY_OR_YEAR.read(election, "--election"), history, ends, total)
    for remark in parliament.remarks:
        note(remark)
    path = to or Path(f"{table.stem}.yaml" if table is not None else f"{parliament.country.lower()}.yaml")
    if path.exists() and not force:
        raise UsageError.one("WC605", f"{path} exists already", "choose another name, or overwrite it with --force")
    ahead = prospects(parliament, cabinets)
    settings = Settings(parliament.day or UNDATED, talks, days)
    text = scenario_text(parliament, ahead, settings, _command(table, parliament))
    write_whole(path, text.encode())
    if as_json:
        show_json(
            {
                "file": str(path),
                "parties": len(parliament.parties),
                "seats": parliament.total,
                "governments": [[parliament.parties[row].name for row in one.members] for one in ahead.candidates],
                "covered": ahead.covered,
            }
        )
        return
    note(
        say(
            "{path} written: {many_parties} parties, {many_candidates} governments on the menu. Next: "
            "whipcount run {path}",
            path=path,
            many_parties=len(parliament.parties),
            many_candidates=len(ahead.candidates),
        )
    )


def _parliament(
    table: Path | None,
    folder: Path | None,
    country: str | None,
    day: dt.date | None,
    history: Path | None,
    scale: tuple[float, float] | None,
    total: int | None,
) -> Parliament:
    """The parliament that the options name (WC625 where they name none, or two)."""
    from whipcount.data.parlgov import read_parlgov
    from whipcount.data.parliaments import parliament_of_election, read_parliament
    from whipcount.errors import UsageError

    if (table is None) == (folder is None):
        hint = say("give TABLE, or --parlgov FOLDER --country XXX")
        what = say("one parliament is needed")
        raise UsageError.one("WC625", what, hint)
    if table is not None:
        return read_parliament(table, scale, total, history, day)
    if folder is None or country is None:
        hint = say("give --country, and --election for another than the last")
        raise UsageError.one("WC624", "--parlgov: a folder holds many countries", hint)
    return parliament_of_election(read_parlgov(folder), country, day)


def _command(table: Path | None, parliament: Parliament) -> str:
    if table is not None:
        return f"whipcount scenario from-table {table.name}"
    day = parliament.day.isoformat() if parliament.day else ""
    return f"whipcount scenario from-table --parlgov FOLDER --country {parliament.country} --election {day}"


def _within(option: str, value: int, low: int, high: int) -> None:
    from whipcount.errors import UsageError

    if not low <= value <= high:
        raise UsageError.one("WC601", f"{option} {value}: from {low} to {high}", f"write {option} {low} or more")


def against_record(
    parlgov: Annotated[Path | None, _option("parlgov")] = None,
    elections: Annotated[int, _option("elections")] = 40,
    runs: Annotated[int, _option("runs")] = 200,
    cabinets: Annotated[int, _option("cabinets")] = 12,
    since: Annotated[str | None, _option("since")] = None,
    until: Annotated[str | None, _option("until")] = None,
    as_json: Annotated[bool, json_option()] = False,
) -> None:
    """Refit the formation model without each tenth of the countries; simulate; compare."""
    from dataclasses import replace

    from whipcount.data.parlgov import opportunities, read_parlgov
    from whipcount.errors import UsageError
    from whipcount.questions.formation_check import check_formations, sample
    from whipcount.theory.formation_model import WHOLE, shipped
    from whipcount.theory.formation_validation import leave_countries_out

    if parlgov is None:
        raise UsageError.one("WC624", say("no folder"), "give --parlgov FOLDER")
    _within("--elections", elections, 1, 1000)
    _within("--runs", runs, 10, 100_000)
    _within("--cabinets", cabinets, 2, 40)
    tables = read_parlgov(parlgov)
    cases = opportunities(tables)
    note(say("refitting the formation model in ten folds"))
    tested = leave_countries_out(cases, [replace(WHOLE, ridge=shipped().ridge)])[0]
    days = (DAY_OR_YEAR.read(since, "--since"), DAY_OR_YEAR.read(until, "--until"))
    asked = [
        row
        for row, case in enumerate(tested.opportunities)
        if (days[0] is None or case.date >= days[0]) and (days[1] is None or case.date < days[1])
    ]
    if not asked:
        raise UsageError.one("WC621", say("no election is left"), "widen --since and --until")
    chosen = [asked[place] for place in sample([tested.opportunities[row] for row in asked], elections)]
    result = check_formations(
        tables,
        [tested.opportunities[row] for row in chosen],
        [tested.forecasts[row] for row in chosen],
        runs=runs,
        limit=cabinets,
        told=lambda done, of: note(f"{done}/{of}") if done % 5 == 0 else None,
    )
    tell(result, as_json=as_json)
