"""The ensembles that the rows are shown on: each simulated once a process, and asked by many tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import polars as pl

from ensembles import compiled
from whipcount.engine import Decision, explain_run
from whipcount.results import Results, run_ensemble
from whipcount.scenario import LoadedScenario, load
from whipcount.scenario.schema import Party, Scenario
from whipcount.world import build

RUNS = {"november-1917": 300, "two-bodies": 600}
NAMES = tuple(RUNS)
SEED = 1


@dataclass(frozen=True)
class Crisis:
    """A scenario with an ensemble of it."""

    loaded: LoadedScenario
    results: Results

    @property
    def scenario(self) -> Scenario:
        return self.loaded.scenario

    @cached_property
    def all_events(self) -> pl.DataFrame:
        """Every event, names as text."""
        frame = self.results.events()
        return frame.with_columns(pl.col(pl.Categorical).cast(pl.String)).with_row_index("order")

    def events(self, *verbs: str, code: str | None = None) -> pl.DataFrame:
        """Events of these verbs, in order; only those with this code, if one is given."""
        found = self.all_events.filter(pl.col("verb").is_in(verbs))
        return found if code is None else found.filter(pl.col("code") == code)

    def runs_with(self, verb: str, code: str | None = None) -> set[int]:
        """Runs in which such an event happens."""
        return set(self.events(verb, code=code)["run"])

    def share(self, verb: str, code: str | None = None) -> float:
        """Share of runs in which such an event happens."""
        return len(self.runs_with(verb, code)) / self.results.runs

    def first(self, verb: str, *by: str, code: str | None = None, as_: str = "first") -> pl.DataFrame:
        """The first step of such an event in each run, and for each of these columns."""
        return self.events(verb, code=code).group_by("run", *by).agg(pl.col("step").min().alias(as_))

    @cached_property
    def paths(self) -> pl.DataFrame:
        """Daily measures of every run."""
        return self.results.paths()

    def measures(self, name: str) -> list[str]:
        """Daily measures of this name, of whatever entity."""
        return [column for column in self.paths.columns if column == name or column.startswith(f"{name}:")]

    @property
    def quarrelling(self) -> Party:
        """The party whose leader may issue an ultimatum."""
        return next(party for party in self.scenario.parties if party.ultimatum)

    def decided(self, mechanism: str, among: set[int]) -> list[Decision]:
        """Decisions of a mechanism in the first of these runs."""
        assert among, f"no run in which {mechanism} acts"
        return [decision for decision in _decisions(self.loaded.slug, min(among)) if decision.mechanism == mechanism]


@cache
def _decisions(name: str, run: int) -> tuple[Decision, ...]:
    """Every decision of a run, taken apart."""
    return tuple(explain_run(build(crisis(name).scenario, slug=name), SEED, run))


@cache
def crisis(name: str) -> Crisis:
    """The crisis as its file tells it."""
    loaded = compiled(name)
    return Crisis(loaded, run_ensemble(loaded, RUNS[name], SEED))


def changed(name: str, runs: int | None = None, choices: Mapping[str, str] | None = None, **values: Any) -> Crisis:
    """The crisis with other choices or values; a path's dots are written as double underscores."""
    loaded = load(name, choices=choices, set={path.replace("__", "."): value for path, value in values.items()})
    return Crisis(loaded, run_ensemble(loaded, runs or RUNS[name], SEED))
