"""A real parliament becomes a scenario, and many of them are held against what formed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from whipcount.errors import UsageError
from whipcount.session import notice, phase, progressing
from whipcount.table import Column, Result, Table, figure
from whipcount.task import DAY_OR_YEAR, GIVEN, TABLE, Family, Option, task
from whipcount.text import mark, say

from ._inputs import ends_of

if TYPE_CHECKING:
    import datetime as dt

    from whipcount.data.parliaments import Parliament
    from whipcount.generation.candidates import Prospects
    from whipcount.questions.formation_check import FormationCheck
    from whipcount.scenario import LoadedScenario

scenario = Family("scenario", mark("Make a scenario of a real parliament."), public=False)

ParlGovFolder = Annotated[Path | None, Option("folder of a ParlGov release", metavar="FOLDER")]
Menu = Annotated[int, Option("governments on the menu", metavar="N", shown=True, low=1, high=40)]


@dataclass(frozen=True, eq=False)
class ParliamentScenario(Result):
    """A scenario of talks on a government: its text, its file where it was written to one, its parliament."""

    undrawn: ClassVar[str] = "`formation` draws the chances of the same governments"

    text: str
    file: Path | None
    parliament: Parliament
    ahead: Prospects

    def scenario(self) -> LoadedScenario:
        """The scenario, loaded, as `run` and every question take it."""
        import yaml

        from whipcount.scenario import load

        return load(yaml.safe_load(self.text))

    def tables(self) -> tuple[Table, ...]:
        """The governments on the menu, the most probable first."""
        columns = (
            Column("parties", "Parties", wide=True), figure("probability", "Probability", ".3f"),
            Column("kind", "Kind", priority=2),
        )  # fmt: skip
        rows = tuple(
            (members, one.probability, one.kind)
            for members, one in zip(self._members(), self.ahead.candidates, strict=True)
        )
        return (Table("governments", "Governments on the menu", columns, rows),)

    def _members(self) -> list[list[str]]:
        return [[self.parliament.parties[row].name for row in one.members] for one in self.ahead.candidates]

    def sentences(self) -> str:
        """What was written where, and what to do with it."""
        if self.file is None:
            return say("{parties} parties, {governments} governments on the menu.", **self._numbers())
        return say(
            "{path} written: {parties} parties, {governments} governments on the menu. Next: whipcount run {path}",
            path=self.file,
            **self._numbers(),
        )

    def _numbers(self) -> dict[str, int]:
        return {"parties": len(self.parliament.parties), "governments": len(self.ahead.candidates)}

    def record(self) -> dict[str, Any]:
        """The file, the parliament's size, the governments."""
        return {
            "file": self.file and str(self.file),
            "parties": len(self.parliament.parties),
            "seats": self.parliament.total,
            "governments": self._members(),
            "covered": self.ahead.covered,
        }


@task(
    "scenario from-table",
    mark("Turn a table of parties and seats, or an election of ParlGov, into talks on a government to simulate."),
    "whipcount scenario from-table parliament.csv --to talks.yaml",
    "whipcount scenario from-table --parlgov FOLDER --country DNK --election 2007-11-13 --to denmark.yaml",
    order=28.6,
    family=scenario,
)
def from_table(
    table: Annotated[
        Any, Option("parties: party, seats; position and more if known (CSV)", TABLE, "TABLE", argument=True)
    ] = None,
    parlgov: ParlGovFolder = None,
    country: Annotated[str | None, Option("country of it, as ParlGov writes it", metavar="CODE")] = None,
    election: Annotated[Any, Option("day of the election", DAY_OR_YEAR, "DATE")] = None,
    history: Annotated[Any, Option("past cabinets (CSV)", TABLE, "FILE")] = None,
    scale: Annotated[Any, Option("ends of the positions [0,10]", GIVEN, "LOW,HIGH")] = None,
    total: Annotated[int | None, Option("all seats", metavar="SEATS")] = None,
    cabinets: Menu = 12,
    talks: Annotated[
        int, Option("days after which the talks have failed", metavar="DAYS", shown=True, low=14, high=1000)
    ] = 180,
    days: Annotated[int, Option("days simulated", metavar="DAYS", shown=True, low=30, high=3650)] = 540,
    to: Annotated[Path | None, Option("file to write [TABLE.yaml]", metavar="FILE")] = None,
    force: Annotated[bool, Option("overwrite a file of that name")] = False,
) -> ParliamentScenario:
    """Talks on a government after an election, written to a file; not of a table that Python holds, without `to`.

    WC505 to WC542 the table, WC605 a file of that name, WC624 and WC625 not one parliament.
    """
    from whipcount.generation.candidates import prospects
    from whipcount.generation.parliament_crisis import UNDATED, Settings
    from whipcount.generation.parliament_text import scenario_text
    from whipcount.store import write_whole

    ends = None if scale is None else ends_of(scale)
    parliament = _parliament(table, parlgov, country, election, history, ends, total)
    for remark in parliament.remarks:
        notice(remark)
    file = to or _file(table, parliament)
    if file is not None and file.exists() and not force:
        raise UsageError.one("WC605", f"{file} exists already", "choose another name, or overwrite it with --force")
    ahead = prospects(parliament, cabinets)
    text = scenario_text(
        parliament, ahead, Settings(parliament.day or UNDATED, talks, days), _command(table, parliament)
    )
    if file is not None:
        write_whole(file, text.encode())
    return ParliamentScenario(text, file, parliament, ahead)


def _file(table: Any, parliament: Parliament) -> Path | None:
    if table is None:
        return Path(f"{parliament.country.lower()}.yaml")
    return Path(f"{table.stem}.yaml") if isinstance(table, Path) else None


def _parliament(
    table: Any,
    folder: Path | None,
    country: str | None,
    day: dt.date | None,
    history: Any,
    scale: tuple[float, float] | None,
    total: int | None,
) -> Parliament:
    """The parliament that the options name (WC625 where they name none, or two)."""
    from whipcount.data.parlgov import read_parlgov
    from whipcount.data.parliaments import parliament_of_election, read_parliament

    if (table is None) == (folder is None):
        hint = say("give TABLE, or --parlgov FOLDER --country XXX")
        raise UsageError.one("WC625", say("one parliament is needed"), hint)
    if table is not None:
        return read_parliament(table, scale, total, history, day)
    if folder is None or country is None:
        hint = say("give --country, and --election for another than the last")
        raise UsageError.one("WC624", "--parlgov: a folder holds many countries", hint)
    return parliament_of_election(read_parlgov(folder), country, day)


def _command(table: Any, parliament: Parliament) -> str:
    if table is not None:
        return f"whipcount scenario from-table {table.name if isinstance(table, Path) else 'TABLE'}"
    day = parliament.day.isoformat() if parliament.day else ""
    return f"whipcount scenario from-table --parlgov FOLDER --country {parliament.country} --election {day}"


@task(
    "scenario against-record",
    mark("Simulate the talks after many elections of ParlGov; compare with what formed and with `formation`."),
    "whipcount scenario against-record --parlgov FOLDER --elections 40 --runs 200",
    order=28.7,
    family=scenario,
)
def against_record(
    parlgov: ParlGovFolder = None,
    elections: Annotated[
        int, Option("how many elections, spread evenly", metavar="N", shown=True, low=1, high=1000)
    ] = 40,
    runs: Annotated[int, Option("histories of each", metavar="N", shown=True, low=10, high=100_000)] = 200,
    cabinets: Annotated[int, Option("governments on the menu", metavar="N", shown=True, low=2, high=40)] = 12,
    since: Annotated[Any, Option("elections from this day", DAY_OR_YEAR, "DATE")] = None,
    until: Annotated[Any, Option("elections before this day", DAY_OR_YEAR, "DATE")] = None,
) -> FormationCheck:
    """The formation model refitted without each tenth of the countries, the talks simulated, both compared (WC621)."""
    from whipcount.data.parlgov import opportunities, read_parlgov
    from whipcount.questions.formation_check import check_formations, sample
    from whipcount.theory.formation_model import WHOLE, shipped
    from whipcount.theory.formation_validation import leave_countries_out

    if parlgov is None:
        raise UsageError.one("WC624", say("no folder"), "give --parlgov FOLDER")
    tables = read_parlgov(parlgov)
    with phase(say("refitting the formation model in ten folds")):
        tested = leave_countries_out(opportunities(tables), [replace(WHOLE, ridge=shipped().ridge)])[0]
    asked = [
        row
        for row, case in enumerate(tested.opportunities)
        if (since is None or case.date >= since) and (until is None or case.date < until)
    ]
    if not asked:
        raise UsageError.one("WC621", say("no election is left"), "widen --since and --until")
    chosen = [asked[place] for place in sample([tested.opportunities[row] for row in asked], elections)]
    with progressing(len(chosen)) as progress:
        return check_formations(
            tables,
            [tested.opportunities[row] for row in chosen],
            [tested.forecasts[row] for row in chosen],
            runs=runs,
            limit=cabinets,
            told=progress,
        )
