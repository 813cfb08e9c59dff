"""How near a run came to an outcome that it may not have: what leads up to a rare outcome in steps.

A count or a day is as near as it is close to its bound, several conditions as near as the mean of them, one of several
as near as the nearest, a sequence as near as it got. What only happens or does not has no steps of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from whipcount.scenario.measures import Measure
from whipcount.scenario.schema import Outcome

Floats = NDArray[np.float64]
Values = Mapping[str, Floats]
Grade = Callable[[Values], Floats]
NUMERIC = ("count", "first", "final", "tally")


@dataclass
class Ladder:
    """Measures that are to be evaluated for how near runs are, as outcomes by name."""

    outcome: Outcome
    steps: dict[str, Outcome] = field(default_factory=dict)

    def grade(self) -> Grade:
        """How near runs are to the outcome: 0 to 1, from the values of `steps`."""
        return self._grade(self.outcome.measure, True)

    def _step(self, **form: object) -> str:
        name = f"step{len(self.steps)}"
        measure = Measure.model_validate(form, by_name=True, by_alias=True)
        self.steps[name] = self.outcome.model_copy(update={"id": name, "measure": measure})
        return name

    def _grade(self, measure: Measure, wanted: bool) -> Grade:
        """How near runs are to the measure's holding, or (not wanted) to its not holding."""
        if measure.not_ is not None:
            return self._grade(measure.not_, not wanted)
        if measure.all is not None or measure.any is not None:
            parts = [self._grade(one, wanted) for one in measure.all or measure.any or ()]
            if (measure.all is not None) == wanted:
                return lambda values: np.mean([part(values) for part in parts], axis=0)
            return lambda values: np.max([part(values) for part in parts], axis=0)
        if measure.sequence is not None:
            return self._sequence(measure, wanted)
        if measure.form in NUMERIC:
            return self._number(measure, wanted)
        query = measure.ever or measure.never
        name = self._step(count=query, distinct=False)
        if (measure.ever is not None) == wanted:
            return lambda values: np.minimum(values[name], 1.0)
        return lambda values: 1.0 / (1.0 + values[name])

    def _sequence(self, measure: Measure, wanted: bool) -> Grade:
        queries = measure.sequence or ()
        names = [self._step(ever=queries[0])]
        names += [self._step(sequence=queries[:length]) for length in range(2, len(queries) + 1)]
        if wanted:
            return lambda values: np.mean([values[name] for name in names], axis=0)
        return lambda values: 1.0 - values[names[-1]]

    def _number(self, measure: Measure, wanted: bool) -> Grade:
        form = {measure.form: getattr(measure, measure.form), "distinct": measure.distinct}
        name = self._step(**form)
        low, high = measure.between or (-np.inf, np.inf)
        low = max(low, -np.inf if measure.at_least is None else measure.at_least)
        high = min(high, np.inf if measure.at_most is None else measure.at_most)

        def near(values: Values) -> Floats:
            value = values[name]
            outside = np.maximum(np.maximum(low - value, value - high), 0.0)
            inside = np.minimum(value - low, high - value)
            gap = outside if wanted else np.where(outside > 0.0, 0.0, inside + 1.0)
            return np.where(np.isnan(value), 0.0 if wanted else 1.0, 1.0 / (1.0 + gap))

        return near
