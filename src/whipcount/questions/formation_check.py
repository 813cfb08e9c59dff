"""How good a forecast the simulated talks are: the government that formed, against the formation model.

Both are asked of elections of countries that the formation model was not trained on (ten folds, each country left out
once); the menu, too, is that model's. So the simulator stands on its shoulders: what is tested is whether bargaining,
as simulated with priors that nothing was fitted to, adds to it or takes from it.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from whipcount.generation.candidates import Prospects, prospects
from whipcount.generation.parliament_crisis import Crisis, Settings
from whipcount.generation.parliament_text import scenario_text
from whipcount.table import Column, Result, Table, figure
from whipcount.text import mark, percent, say

from ..data.parlgov import ParlGov
from ..data.parliaments import Parliament, parliament_of_election
from ..theory.formation_table import Opportunity

SMOOTHING = 0.5  # runs added to each government of the menu, so that none is impossible


NAMES = {
    "even": mark("even chances"),
    "model": mark("formation model"),
    "simulated": mark("simulated talks"),
    "mean of both": mark("mean of both"),
}


@dataclass(frozen=True)
class Checked:
    """One election: chances of the government that formed, among those on the menu, by the model and by simulation.

    first: whether it was the likeliest of the menu. formed: share of runs in which some government formed.
    """

    country: str
    election: dt.date
    cabinet: str
    listed: int
    model: float
    simulated: float
    model_first: bool
    simulated_first: bool
    formed: float
    minority: bool
    model_minority: float
    simulated_minority: float


@dataclass(frozen=True)
class FormationCheck(Result):
    """The elections that were asked, those whose government was on the menu, and the scores of both forecasts."""

    references: ClassVar[tuple[str, ...]] = (
        "Martin & Stevenson 2001, Government formation in parliamentary democracies",
        "Baron & Ferejohn 1989, Bargaining in legislatures",
    )
    undrawn: ClassVar[str] = "its tables compare simulated and recorded cabinets"

    rows: tuple[Checked, ...]
    asked: int
    runs: int

    def means(self) -> tuple[tuple[str, float, float, float, float], ...]:
        """By forecast: mean chance of what formed, mean log chance, first choice right, minority governments."""
        rows = self.rows
        if not rows:
            return ()
        even = [1.0 / row.listed for row in rows]

        def line(name: str, chances: Sequence[float], first: Sequence[float], minority: Sequence[float]) -> Any:
            values = (np.mean(chances), np.mean(np.log(chances)), np.mean(first), np.mean(minority))
            return (name, *(float(value) for value in values))

        return (
            line("even", even, even, [row.minority for row in rows]),
            line(
                "model",
                [row.model for row in rows],
                [row.model_first for row in rows],
                [row.model_minority for row in rows],
            ),
            line(
                "simulated",
                [row.simulated for row in rows],
                [row.simulated_first for row in rows],
                [row.simulated_minority for row in rows],
            ),
            line(
                "mean of both",
                [(row.model + row.simulated) / 2 for row in rows],
                [(row.model_first + row.simulated_first) / 2 for row in rows],
                [(row.model_minority + row.simulated_minority) / 2 for row in rows],
            ),
        )

    def tables(self) -> tuple[Table, ...]:
        """Scores, and every election."""
        scores = Table(
            "scores",
            "Among the governments on the menu",
            (
                Column("forecast", "Forecast", names=NAMES),
                figure("chance", "Mean chance of what formed", ".3f"),
                figure("log", "Mean log chance", ".3f"),
                figure("first", "First choice right", ".3f"),
                figure("minority", "Minority governments", ".3f"),
            ),
            self.means(),
        )
        elections = Table(
            "elections",
            "Elections",
            (
                Column("country", "Country"),
                Column("election", "Election"),
                Column("cabinet", "Formed"),
                figure("model", "Model", ".3f"),
                figure("simulated", "Simulated", ".3f"),
                figure("formed", "Runs with a government", ".2f"),
            ),
            tuple((r.country, r.election.isoformat(), r.cabinet, r.model, r.simulated, r.formed) for r in self.rows),
        )
        return (scores, elections)

    def sentences(self) -> str:
        """The check in plain words."""
        if not self.rows:
            return say("No government that formed was on a menu.")
        lines = {name: values for name, *values in self.means()}
        better = sum(row.simulated > row.model for row in self.rows)
        share = percent(len(self.rows) / self.asked, 1)
        formed = percent(float(np.mean([row.formed for row in self.rows])), 1)
        return say(
            "{asked} elections, {runs} runs each; the government that formed was on the menu in {share}. "
            "There the formation model gives it {lines:.3f} on average, the simulated talks {lines_2:.3f}, "
            "even chances {lines_3:.3f}; the simulation is nearer in {better} of {many_rows}. Some "
            "government forms in {formed} of the runs.",
            asked=self.asked,
            runs=self.runs,
            share=share,
            lines=lines["model"][0],
            lines_2=lines["simulated"][0],
            lines_3=lines["even"][0],
            better=better,
            many_rows=len(self.rows),
            formed=formed,
        )

    def record(self) -> dict[str, Any]:
        """The check as JSON can carry it."""
        return {
            "elections_asked": self.asked,
            "on_the_menu": len(self.rows),
            "runs": self.runs,
            **{grid.name: grid.records() for grid in self.tables()},
        }


def sample(cases: Sequence[Opportunity], number: int) -> list[int]:
    """Rows of `number` elections, spread evenly over the cases in order of country and day."""
    order = sorted(range(len(cases)), key=lambda row: (cases[row].country, cases[row].date))
    if number >= len(order):
        return order
    return [order[int((place + 0.5) * len(order) / number)] for place in range(number)]


def check_formations(
    tables: ParlGov,
    cases: Sequence[Opportunity],
    forecasts: Sequence[NDArray[np.float64]],
    *,
    runs: int,
    limit: int,
    told: Callable[[int, int], None] | None = None,
) -> FormationCheck:
    """Simulate the talks after each election and compare; `forecasts` are the formation model's, out of sample."""
    rows = []
    for number, (case, chance) in enumerate(zip(cases, forecasts, strict=True)):
        parliament = parliament_of_election(tables, case.country, case.date)
        ahead = prospects(parliament, limit, chance=chance)
        if any(one.formed for one in ahead.candidates):
            rows.append(_checked(parliament, ahead, runs))
        if told is not None:
            told(number + 1, len(cases))
    return FormationCheck(tuple(rows), len(cases), runs)


def _checked(parliament: Parliament, ahead: Prospects, runs: int) -> Checked:
    counts = simulated(parliament, ahead, runs)
    model = np.array([one.probability for one in ahead.candidates])
    model = model / model.sum()
    chance = (counts + SMOOTHING) / (counts.sum() + SMOOTHING * len(counts))
    row = next(index for index, one in enumerate(ahead.candidates) if one.formed)
    minority = np.array([one.kind == "minority" for one in ahead.candidates])
    return Checked(
        country=parliament.country,
        election=parliament.day or dt.date.min,
        cabinet=" + ".join(parliament.formed or ()),
        listed=len(model),
        model=float(model[row]),
        simulated=float(chance[row]),
        model_first=bool(model.argmax() == row),
        simulated_first=bool(chance.argmax() == row),
        formed=float(counts.sum() / runs),
        minority=bool(minority[row]),
        model_minority=float(model[minority].sum()),
        simulated_minority=float(chance[minority].sum()),
    )


def simulated(parliament: Parliament, ahead: Prospects, runs: int, seed: int = 1) -> NDArray[np.float64]:
    """How many of the runs end with each government of the menu in office (the first that takes effect)."""
    from whipcount.counterfactual.engines import engine_of

    from ..scenario import load

    settings = Settings(parliament.day or dt.date(2000, 1, 1), horizon_days=1)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "parliament.yaml"
        path.write_text(scenario_text(parliament, ahead, settings, "whipcount"), encoding="utf-8")
        engine = engine_of(load(path), runs=runs)
    events = engine.backend.run(seed, 0, runs).events
    verb = next(number for number, spec in enumerate(engine.plan.verbs) if spec.name == "settled")
    settled = events.entity[events.verb == verb]
    menu = Crisis(parliament, ahead, settings).cabinet_ids
    ids = engine.world.structure.axes["settlement"]
    return np.bincount(settled, minlength=len(ids)).astype(float)[[ids.index(name) for name in menu]]
