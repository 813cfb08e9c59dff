"""How good forecasts of documented crises are, each left out: simulation, statistics of the first day, base rates."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from whipcount.task import PATH, TABLE, Option, task
from whipcount.text import mark, say

from ._scenario import Kept, Seed, Workers, workers_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from whipcount.scenario import LoadedScenario
    from whipcount.theory.first_day import Quarrels
    from whipcount.theory.validation import Validation

RUNS = 1_000


@task(
    "validate",
    mark("Forecast documented crises, each left out: simulation, outlook, control and base rates, scored."),
    "whipcount validate -n 0",
    "whipcount validate -n 1000 --out build/validation --json",
    "whipcount validate --also my-crises/ --table simulated.csv",
    "whipcount validate -n 0 --population ordinary",
    order=45.5,
    drawn=True,
)
def validate(
    population: Annotated[
        str, Option("the crises, or the windows drawn by lot", metavar="crisis|ordinary", shown=True)
    ] = "crisis",
    also: Annotated[Any, Option("folder of further crises, scored and never learnt from", PATH, "FOLDER")] = None,
    runs: Annotated[int, Option("runs of each scenario; 0: no simulation", short=("-n",), low=0, shown=True)] = RUNS,
    table: Annotated[Any, Option("simulated probabilities: crisis, question, probability (CSV)", TABLE, "FILE")] = None,
    certain: Annotated[bool, Option("leave out doubtful answers")] = False,
    quarrels: Annotated[
        Path | None, Option("folder of documented quarrels, instead of those shipped", metavar="FOLDER")
    ] = None,
    seed: Seed = 1,
    out: Kept = None,
    workers: Workers = None,
) -> Validation:
    """Scores with paired intervals over crises, calibration, and what the simulation adds (WC540 to WC543, WC580)."""
    from whipcount.data.documented_quarrels import read_probabilities, read_quarrels, shipped_quarrels
    from whipcount.questions.library import documented
    from whipcount.questions.library import simulated as histories_of
    from whipcount.theory.outlook_model import fit_outlook
    from whipcount.theory.validation import validate as judge

    known = shipped_quarrels() if quarrels is None else read_quarrels(quarrels)
    fit_outlook(known).row(population)
    others, written = _further(also, population)
    given: dict[str, NDArray[np.float64]] = {} if table is None else read_probabilities(table)
    asked = [*documented(known.of(population).names), *written]
    missing = [one for one in asked if one.slug not in given]
    simulated = histories_of(missing, runs, seed, out, workers_of(workers))
    chances = {one.name: one.chances for one in simulated}
    return judge(known, population, {**chances, **given}, others, certain, simulated)


def _further(folder: Path | None, population: str) -> tuple[Quarrels | None, list[LoadedScenario]]:
    """Further crises: tables as the shipped ones, scenarios with roles, a first day and answers."""
    from whipcount.data.documented_quarrels import ROWS, quarrels_of, read_quarrels
    from whipcount.errors import TableError
    from whipcount.scenario import load

    if folder is None:
        return None, []
    tabled = read_quarrels(folder).of(population) if (folder / ROWS).is_file() else None
    scenarios = [load(path) for path in sorted(folder.glob("*.y*ml"))]
    scenarios = [one for one in scenarios if one.scenario.roles is not None and one.scenario.answers]
    if tabled is None and not scenarios:
        hint = say("scenarios with roles and answers, or first_day.csv and answers.csv")
        raise TableError.one("WC540", say("{folder} holds no crisis", folder=folder), hint)
    in_files = quarrels_of([(one.slug, *_told(one)) for one in scenarios], population, str(folder))
    return (in_files if tabled is None else tabled.joined(in_files)), scenarios


def _told(loaded: LoadedScenario) -> tuple[Mapping[str, Any], Mapping[str, tuple[bool | None, bool]]]:
    """The first day of a scenario's file, and its answers with whether each is doubtful."""
    day = loaded.scenario.first_day
    row = {} if day is None else day.row()
    ends = {key: (value, row.get(f"{key}_hi")) for key, value in row.items() if not key.endswith("_hi")}
    return ends, {key: (one.happened, one.doubtful) for key, one in loaded.scenario.answers.items()}
