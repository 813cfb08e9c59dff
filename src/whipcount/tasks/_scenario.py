"""Inputs that questions about a scenario share, and what they come to."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from whipcount.errors import UsageError
from whipcount.objects import is_address
from whipcount.task import PATH, SCENARIO, SETTINGS, TEXT, TEXTS, Option

if TYPE_CHECKING:
    from whipcount.counterfactual.engines import Parameters
    from whipcount.results import Results
    from whipcount.scenario import LoadedScenario

RUNS = 10_000

Scenario = Annotated[
    Any, Option("name of a scenario (`whipcount list`) or a YAML file", SCENARIO, "SCENARIO", argument=True)
]
Source = Annotated[
    Any,
    Option("run folder, or a scenario (name or file) whose run is computed", SCENARIO, "RUN|SCENARIO", argument=True),
]
Account = Annotated[str | None, Option("take this source's version (`whipcount accounts`)", metavar="ID")]
Variant = Annotated[Any, Option("version of one disputed matter; may be repeated", TEXTS, "VARIANT=CHOICE")]
Settings = Annotated[Any, Option("override a value; may be repeated", SETTINGS, "PATH=VALUE")]
Outcomes = Annotated[Any, Option("only this outcome; may be repeated (default: all)", TEXTS, "NAME")]
Runs = Annotated[int, Option("number of runs", flag="--runs", short=("-n",), low=1, shown=True)]
Seed = Annotated[int, Option("seed of all random draws", low=0, shown=True)]
SeedOfScenario = Annotated[int | None, Option("seed, for a scenario (default 1)", low=0)]
Workers = Annotated[int | None, Option("processes that compute (default: one a core)", low=1)]
AT_MOST = 1_000_000
UNTIL = "go on until this outcome is known so precisely, in place of -n; may be repeated"
BOUND = "with --until: stop after so many runs all the same"
Kept = Annotated[Any, Option("keep what is finished here; the same command goes on from there", PATH, "FOLDER")]
LEARNT = "parameters as learnt: a calibration's folder or file, or `shipped`, what the library of crises teaches"
LearntParameters = Annotated[Any, Option(LEARNT, TEXT, "FOLDER|shipped")]
KeptPosterior = Annotated[
    Any,
    Option("keep what is finished and posterior.parquet here; the same command goes on from there", PATH, "FOLDER"),
]


def scenario_of(
    given: Any, account: str | None = None, variant: Sequence[str] = (), settings: Any = None
) -> LoadedScenario:
    """A scenario from a name, a path, a mapping, or one that is loaded already, in the version asked for (WC604)."""
    from whipcount.scenario import LoadedScenario, load, parse_settings

    choices: dict[str, str] = {}
    for one in variant:
        name, equals, choice = one.partition("=")
        if not equals:
            hint = "see `whipcount accounts`"
            raise UsageError.one("WC604", f"--variant {one}: not of the form variant=choice", hint)
        choices[name.strip()] = choice.strip()
    values = dict(settings) if isinstance(settings, Mapping) else parse_settings(TEXTS.read(settings, "--set"))
    if isinstance(given, LoadedScenario):
        return given.with_(account=account, choices=choices, set=values) if account or choices or values else given
    return load(given, account=account, choices=choices, set=values)


def parameters_of(loaded: LoadedScenario, posterior: str | None, runs: int, seed: int) -> Parameters | None:
    """The parameters of a posterior, a draw for each run; None where none is asked for (WC416, WC420)."""
    if posterior is None:
        return None
    from whipcount.counterfactual.engines import changed_world
    from whipcount.counterfactual.posteriors import posterior_draws

    return posterior_draws(changed_world(loaded), posterior, runs, seed)


def refuse_beside_until(runs: int, **given: object) -> None:
    """Refuse a number of runs, and parameters run by run, where precision says how many there are (WC604)."""
    named = ["-n"] if runs != RUNS else []
    named += [f"--{name}" for name, value in given.items() if value is not None]
    if named:
        hint = "leave that out: --at-most bounds the runs"
        raise UsageError.one("WC604", f"{', '.join(named)} and --until do not go together", hint)


def workers_of(asked: int | None) -> int:
    """The processes asked for, else those of the session."""
    from whipcount import pool

    return pool.workers_of(asked)


def results_of(source: Any) -> Results | None:
    """The results that a source is, or whose folder it names; None where it is a scenario."""
    from whipcount.results import Results, open_run

    if isinstance(source, Results):
        return source
    return open_run(source) if is_run_folder(source) else None


def is_run_folder(source: Any) -> bool:
    """Whether a source is a folder (of runs) and not a scenario."""
    return isinstance(source, (str, os.PathLike)) and (is_address(source) or Path(source).is_dir())


def refuse_with_folder(**given: object) -> None:
    """Refuse options that a run folder has already (WC662)."""
    named = [f"--{name}" for name, value in given.items() if value]
    if named:
        hint = "leave it out, or give the scenario instead of the folder"
        raise UsageError.one("WC662", f"{', '.join(named)}: a run folder has its own", hint)


def run_of(
    source: Any, run: int, seed: int | None, account: str | None, variant: Sequence[str], settings: Any
) -> tuple[LoadedScenario, int, dict[str, Any] | None, tuple[str, ...]]:
    """One run of a folder or of a scenario: scenario, seed, parameters that were given to it, interventions.

    Raises RunError (WC343, WC344) where it would be computed by other rules than it was.
    """
    results = results_of(source)
    if results is None:
        return scenario_of(source, account, variant, settings), 1 if seed is None else seed, None, ()
    refuse_with_folder(seed=seed, account=account, variant=variant, set=settings)
    from whipcount.counterfactual.kept_runs import world_of_runs

    given = _given_parameters(results, run)
    world_of_runs(results)  # refuses what would come out as another run
    return results.loaded(), results.seed, given, results.manifest.interventions


def _given_parameters(results: Results, run: int) -> dict[str, Any] | None:
    """The parameters that were given to this run, where they were not drawn from priors (WC663)."""
    import numpy as np

    if not 0 <= run < results.runs:
        raise UsageError.one("WC663", f"there is no run {run}: there are {results.runs}", "give a lower --run")
    names = results.manifest.parameters_given
    if not names:
        return None
    row = results.table(["run", *names]).row(run, named=True)
    return {name: np.array([row[name]], dtype=np.float32) for name in names}
