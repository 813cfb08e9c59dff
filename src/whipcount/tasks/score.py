"""Forecasts of one's own, stamped before the end is known, and scored beside a model's and base rates."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from whipcount.session import notice
from whipcount.task import PATH, TABLE, Option, task
from whipcount.text import mark, say

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from whipcount.theory.own_scores import ScoredForecasts


@task(
    "score",
    mark("Score forecasts of your own, stamped before the end is known, beside a model's and base rates."),
    "whipcount score mine.csv --stamp",
    "whipcount score mine.csv --answers came.csv",
    "whipcount score mine.csv --answers came.csv --run runs/my-crisis --population ordinary",
    order=45.7,
)
def score(
    forecasts: Annotated[
        Any,
        Option("outcome, probability; or outcome and quantiles q5, q50, q95 (CSV, XLSX)", TABLE, "FILE", argument=True),
    ],
    stamp: Annotated[bool, Option("write the hash of the file and the moment beside it")] = False,
    answers: Annotated[Any, Option("what came about: outcome, happened or value, date", TABLE, "FILE")] = None,
    run: Annotated[Any, Option("run folder whose outcomes of the same names are the model's", PATH, "FOLDER")] = None,
    population: Annotated[
        str | None, Option("base rates of the 24 questions in this population", metavar="ordinary|crisis")
    ] = None,
) -> ScoredForecasts | None:
    """Log score, Brier, calibration, CRPS, paired with each rival (WC580, WC582 to WC584)."""
    import datetime as dt

    from whipcount.data import own_forecasts as files
    from whipcount.theory.own_scores import Told, score_forecasts

    path = forecasts if isinstance(forecasts, Path) else None
    if stamp:
        if path is None:
            from whipcount.errors import UsageError

            raise UsageError.one("WC624", say("only a file can be stamped"), say("give its path"))
        made = files.write_stamp(path, dt.datetime.now(dt.UTC))
        notice(
            say(
                "stamped {date}: {outcomes} outcomes, sha256 {hash}; publish the hash where others date it",
                date=made.date.isoformat(), outcomes=made.outcomes, hash=made.sha256,
            )
        )  # fmt: skip
        return None
    own = files.read_own(forecasts)
    sealed = files.read_stamp(path) if path is not None else None
    if answers is not None:
        own = files.with_answers(own, answers)
    if sealed is not None:
        files.check_days(own, sealed)
    rivals = dict(own.rivals)
    if run is not None:
        rivals["model"] = _simulated(run, own.outcomes)
    if population is not None:
        rivals["base_rate"] = _base_rates(population, own.outcomes)
    told = Told(own.outcomes, own.groups, own.probability, rivals, own.levels, own.quantiles, own.happened)
    when, digest = ("", "") if sealed is None else (sealed.date.date().isoformat(), sealed.sha256)
    return score_forecasts(told, own.source, when, digest)


def _simulated(folder: Path, outcomes: Sequence[str]) -> NDArray[np.float64]:
    """A run folder's probabilities of outcomes, half a run added to either side; nan where it asks no such outcome."""
    import numpy as np

    from whipcount.results import open_run

    said = {one.name: one for one in open_run(folder).outcomes}
    chances = [
        (said[name].probability * said[name].used + 0.5) / (said[name].used + 1.0) if name in said else np.nan
        for name in outcomes
    ]
    return np.array(chances, dtype=float)


def _base_rates(population: str, outcomes: Sequence[str]) -> NDArray[np.float64]:
    """Base rates of the questions in a population; nan for other outcomes."""
    import numpy as np

    from whipcount.theory.outlook_model import shipped_outlook
    from whipcount.theory.questionnaire import KEYS

    model = shipped_outlook()
    row = model.row(population)
    return np.array([model.base[row, KEYS.index(name)] if name in KEYS else np.nan for name in outcomes])
