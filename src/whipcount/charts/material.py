"""What a report is made from: a scenario and the tables of its runs.

The results room owns run folders; this is the view of one that charts, pages and stories read, and all they read. It
can as well be filled by hand, from any tables of these columns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from whipcount.errors import UsageError
from whipcount.text.dates import DayLabels

from .names import Names

if TYPE_CHECKING:
    from whipcount.results import Results
    from whipcount.scenario import LoadedScenario
    from whipcount.scenario.schema import Scenario


class NotKeptError(UsageError):
    """What is asked for hangs on events, and those of no run were kept."""


@dataclass(frozen=True)
class Material:
    """A scenario and the tables of an ensemble of its runs.

    runs: number of runs. outcomes: one row an outcome (name, probability, low, high; for a number its mean).
    series: one row a day and measure (day as days from the start, measure, mean, q05, q25, q50, q75, q95).
    events: one row an event (run, step, day as days from the start, mechanism, verb, actor, object, value, code), in
    order of run and time; lazy, since there are millions.
    table: one row a run (run, then parameters and outcomes). logged: runs whose events are in `events`.
    facts: how the runs were made (seed, hash, versions), for the page on method. loaded: the scenario with its file.
    paths: daily measures of single runs, a row a run and step, where they were kept. folder: what keeps the files that
    are read as they are asked for; a temporary folder goes when nobody holds it.
    """

    scenario: Scenario
    slug: str
    runs: int
    outcomes: pl.DataFrame
    series: pl.DataFrame
    events: pl.LazyFrame
    table: pl.DataFrame
    logged: int
    account: str | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    loaded: LoadedScenario | None = None
    paths: pl.LazyFrame | None = None
    folder: object = field(default=None, repr=False, compare=False)

    def labels(self) -> DayLabels:
        """The labels of the scenario's days."""
        calendar = self.scenario.calendar
        return DayLabels(calendar.start, calendar.end, calendar.step_days, calendar.old_style_until)

    def names(self) -> Names:
        """The names of the scenario's things."""
        return Names(self.scenario)

    def measure(self, name: str) -> pl.DataFrame:
        """The daily quantiles of one measure, by day; empty where the runs did not keep it."""
        return self.series.filter(pl.col("measure") == name).sort("day")

    def measures(self, prefix: str) -> list[str]:
        """The measures `prefix` and `prefix:entity`, in the order of the table."""
        kept = self.series["measure"].unique(maintain_order=True).to_list()
        return [name for name in kept if name == prefix or name.startswith(f"{prefix}:")]

    def happenings(self, *verbs: str) -> pl.DataFrame:
        """The events of these verbs, in order of run and time, names as plain texts; `place` is their order.

        Raises NotKeptError (WC660) where no run's events were kept: none at all would be told as none that happened.
        """
        self.need_events()
        kept = self.events.filter(pl.col("verb").cast(pl.String).is_in(list(verbs)))
        return kept.with_columns(pl.col(name).cast(pl.String) for name in NAMED).collect().with_row_index("place")

    def need_events(self) -> None:
        """Raise NotKeptError (WC660) where there are runs and the events of none were kept."""
        if self.runs and not self.logged:
            raise NotKeptError.one(
                "WC660",
                f"no events of the runs of {self.slug} were kept",
                "run it with --events auto, or name the scenario",
            )

    def path(self, run: int) -> pl.DataFrame:
        """The daily measures of one run, a column each; empty where they were not kept."""
        return pl.DataFrame() if self.paths is None else self.paths.filter(pl.col("run") == run).collect()

    def story(self, run: int) -> pl.DataFrame:
        """The events of one run, in order, names as plain texts. Raises NotKeptError (WC660) where none were kept."""
        self.need_events()
        kept = self.events.filter(pl.col("run") == run)
        return kept.with_columns(pl.col(name).cast(pl.String) for name in NAMED).collect()


NAMED = ("mechanism", "verb", "actor", "object", "code")


def material_of(results: Results) -> Material:
    """What a run folder gives to a report."""
    loaded = results.loaded()
    start = loaded.scenario.calendar.start
    days = (pl.col("day") - pl.lit(start)).dt.total_days().cast(pl.Int64).alias("day")
    manifest = results.manifest
    results.verify()  # the events are read from their file as they are asked for: most of them are votes
    outcomes = results.outcome_table().with_columns(
        pl.when("binary").then("probability").otherwise("mean").alias("estimate")
    )
    return Material(
        scenario=loaded.scenario,
        slug=results.slug,
        runs=results.runs,
        outcomes=outcomes,
        series=results.series().with_columns(pl.col("measure").cast(pl.String), days),
        events=pl.scan_parquet(results.folder / "events.parquet").with_columns(days),
        table=results.table(["run", *(record.name for record in manifest.outcomes)]),  # of a million runs, not all
        paths=pl.scan_parquet(results.folder / "paths.parquet"),
        logged=results.logged,
        account=results.account,
        loaded=loaded,
        folder=results,
        facts={
            "seed": str(results.seed),
            "hash": manifest.scenario_hash,
            "step_order": ", ".join(manifest.step_order),
            **{f"version of {name}": version for name, version in manifest.versions.items()},
        },
    )
