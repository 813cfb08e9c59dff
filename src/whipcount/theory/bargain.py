"""What a bargain among actors with positions, power and salience comes to, by rival models side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from whipcount.table import Column, Result, Table, figure
from whipcount.text import listing, number, percent, say

from ..errors import TableError
from .expected_utility import ExpectedUtilityResult, expected_utility
from .forecasts import MODEL_TITLES, ModelOptions, forecast, open_models, setters_of
from .ktab import SmpResult, spatial_model
from .tables import PositionsTable


@dataclass(frozen=True)
class BargainResult(Result):
    """Forecasts by model, (model, point or None where there is no agreement); and the play of models that have rounds.

    rounds: the expected-utility model, one result per dimension, if it was asked for. turns: KTAB's model likewise.
    """

    table: PositionsTable
    forecasts: tuple[tuple[str, tuple[float, ...] | None], ...]
    rounds: tuple[ExpectedUtilityResult, ...] = ()
    turns: SmpResult | None = None
    setters: tuple[str, ...] = ()

    references: ClassVar[tuple[str, ...]] = (
        "Achen, C. H. (2006), in Thomson et al. (eds.), The European Union Decides, 86-123 and 264-298",
        "Black, D. (1958), The Theory of Committees and Elections",
        "Nash, J. F. (1950), Econometrica 18, 155-162",
        "Romer, T. & Rosenthal, H. (1978), Public Choice 33, 27-43",
        *ExpectedUtilityResult.references,
        *SmpResult.references,
    )

    def distances(self, point: Sequence[float]) -> tuple[float, ...]:
        """How far each actor is from a point, as a share of the scale, dimensions weighed by its salience."""
        ends = self.table.ends
        width = np.where(ends[:, 1] > ends[:, 0], ends[:, 1] - ends[:, 0], 1.0)
        care = self.table.saliences
        care = care / np.where(care.sum(axis=1, keepdims=True) > 0, care.sum(axis=1, keepdims=True), 1.0)
        gaps = (self.table.points - np.array(point)) / width
        return tuple(map(float, np.sqrt((care * gaps**2).sum(axis=1))))

    def tables(self) -> tuple[Table, ...]:
        dimensions = self.table.dimensions
        columns = (
            Column("model", "model"),
            *(figure(name, name, ".4g") for name in dimensions),
            Column("winner", "closest to"),
            Column("loser", "farthest from"),
        )
        rows: list[tuple[Any, ...]] = []
        for model, point in self.forecasts:
            if point is None:
                rows.append((model, *(None for _ in dimensions), None, None))
                continue
            away = self.distances(point)
            near = [name for name, far in zip(self.table.names, away, strict=True) if far <= min(away) + 1e-9]
            far_off = [name for name, far in zip(self.table.names, away, strict=True) if far >= max(away) - 1e-9]
            rows.append((model, *point, near, far_off))
        grids = [Table("forecasts", "Forecasts", columns, tuple(rows))]
        grids += [result.tables()[0] for result in self.rounds if len(self.rounds) == 1]
        if self.turns is not None:
            grids.append(self.turns.tables()[0])
        return tuple(grids)

    def sentences(self) -> str:
        parts = []
        for model, point in self.forecasts:
            title = say(MODEL_TITLES[model])
            if point is None:
                parts.append(say("{title}: no agreement", title=title))
            else:
                place = ", ".join(number(value, 3) for value in point)
                parts.append(f"{title}: {place}")
        text = "; ".join(parts)
        lines = [f"{text[0].upper()}{text[1:]}."]
        points = np.array([point for _, point in self.forecasts if point is not None])
        if len(points) > 1:
            ends = self.table.ends
            width = np.where(ends[:, 1] > ends[:, 0], ends[:, 1] - ends[:, 0], 1.0)
            spread = percent(float((np.ptp(points, axis=0) / width).max()), 1)
            lines.append(say("The models differ by up to {spread} of the scale.", spread=spread))
            middle = np.median(points, axis=0)
            away = self.distances(middle.tolist())
            near = [name for name, far in zip(self.table.names, away, strict=True) if far <= min(away) + 1e-9]
            who = listing(near)
            lines.append(say("Nearest to their middle: {who}.", who=who))
        if len(self.setters) > 1:
            who = listing(self.setters)
            lines.append(say("{who} have most power: each sets the agenda as often, and the mean is told.", who=who))
        lines += [told for one in self.rounds if one.settled is None and (told := one.ending_told())]
        if self.turns is not None and self.turns.turned is not None:
            lines.append(self.turns.order_told())
        return " ".join(lines)

    def record(self) -> dict[str, Any]:
        return {
            "names": self.table.names,
            "dimensions": self.table.dimensions,
            "forecasts": dict(self.forecasts),
            "distances": {model: None if point is None else self.distances(point) for model, point in self.forecasts},
            "expected_utility": {result.dimension: result.record() for result in self.rounds},
            "setters": self.setters,
            "ktab": None if self.turns is None else self.turns.record(),
        }


def bargain(table: PositionsTable, models: Sequence[str] = (), options: ModelOptions | None = None) -> BargainResult:
    """Forecast a decision by each of `models`; by default by all that the table and the options allow."""
    chosen = options or ModelOptions()
    asked = tuple(models) or open_models(table, chosen)
    if len(set(asked)) < len(asked):
        raise TableError.one("WC516", "a model is named twice", "name each once")
    found: list[tuple[str, tuple[float, ...] | None]] = []
    rounds: tuple[ExpectedUtilityResult, ...] = ()
    turns = None
    for model in asked:
        if model == "expected_utility":
            rounds = tuple(
                expected_utility(table, name, chosen.rounds, chosen.denominator, chosen.compromise)
                for name in table.dimensions
            )
            found.append((model, tuple(result.forecast for result in rounds)))
        elif model == "ktab":
            turns = spatial_model(table, chosen.smp)
            found.append((model, turns.forecast))
        else:
            found.append((model, forecast(table, model, chosen)))
    setters = setters_of(table.powers, table.names, chosen) if "setter" in asked else []
    return BargainResult(table, tuple(found), rounds, turns, tuple(table.names[row] for row in setters))
