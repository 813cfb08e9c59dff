"""Questions in SQL about a run folder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from whipcount.table import Column, Result, Table
from whipcount.task import SCENARIO, TEXT, Option, task
from whipcount.text import mark, say, say_many

from ._scenario import results_of

if TYPE_CHECKING:
    import polars

SHOWN = 500  # rows that a table shows


@dataclass(frozen=True, eq=False)
class Rows(Result):
    """The rows that a query gives, as a polars frame."""

    undrawn: ClassVar[str] = "what its columns are, the reader decides"

    rows: polars.DataFrame
    as_csv: bool = False

    def tables(self) -> tuple[Table, ...]:
        """The first rows, and how many more there are."""
        columns = tuple(Column(name, name, right=kind.is_numeric()) for name, kind in self.rows.schema.items())
        rest = self.rows.height - SHOWN
        more = say("{rest} rows more: use --csv or --json", rest=rest) if rest > 0 else ""
        return (Table("rows", "", columns, tuple(self.rows.head(SHOWN).iter_rows()), more),)

    def frame(self, name: str | None = None) -> polars.DataFrame:
        """All rows."""
        self._table(name)
        return self.rows

    def sentences(self) -> str:
        """How many rows there are."""
        return say_many("{n} row", "{n} rows", self.rows.height)

    def raw(self) -> str | None:
        """The rows as CSV, where that was asked for."""
        return self.rows.write_csv() if self.as_csv else None

    def record(self) -> dict[str, Any]:
        """The names of the columns, and each row by name."""
        return {"columns": self.rows.columns, "rows": self.rows.to_dicts()}


@task(
    "sql",
    mark("Ask the tables of a run folder in SQL: runs, events, series, paths, counts."),
    'whipcount sql runs/two-bodies-1a2b3c4d "describe events"',
    "whipcount sql RUN \"select actor, count(*) from events where verb = 'leave_seat' group by actor\" --csv",
    order=39,
)
def sql(
    run: Annotated[Any, Option("run folder", SCENARIO, "RUN", argument=True)],
    query: Annotated[str, Option("one question in SQL", TEXT, "QUERY", argument=True)],
    csv: Annotated[bool, Option("print CSV")] = False,
    seconds: Annotated[float, Option("how long it may take", metavar="N", shown=True)] = 600.0,
    megabytes: Annotated[int, Option("memory that it may take", metavar="N", shown=True)] = 2_000,
) -> Rows:
    """The rows that a query gives (WC310, WC330, WC331, WC332)."""
    from whipcount.results import open_run

    return Rows((results_of(run) or open_run(run)).sql(query, seconds, megabytes), csv)
