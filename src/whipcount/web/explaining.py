"""Decisions of a run, taken apart, as work for the queue: it computes the run again, which takes seconds."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .work import WorkLimits

if TYPE_CHECKING:
    from whipcount.engine import Decision

SECONDS = 120.0


@dataclass(frozen=True)
class ExplainWork:
    """Every decision of a run of a run folder, in order of time."""

    folder: Path
    run: int

    @property
    def key(self) -> str:
        """The same for everyone who looks into the run."""
        return f"explain-{hashlib.sha256(f'{self.folder} {self.run}'.encode()).hexdigest()[:32]}"

    @property
    def limits(self) -> WorkLimits:
        """It takes some seconds."""
        return WorkLimits(seconds=SECONDS, brief=True)

    def orders(self) -> Sequence[int]:
        """The number of the run to compute again: one order."""
        return (self.run,)

    def size(self, order: int) -> int:  # noqa: ARG002 - there is only one
        """One unit of work an order."""
        return 1

    def begin(self) -> Callable[[int], list[Decision]]:
        """What computes the run again."""
        return partial(decisions_of, str(self.folder))

    def gather(self, answers: Sequence[tuple[int, list[Decision]]]) -> list[Decision] | None:
        """The decisions of the run, or None where no answer came."""
        return answers[0][1] if answers else None


def decisions_of(folder: str, run: int) -> list[Decision]:
    """The decisions of one run of a run folder."""
    from whipcount.counterfactual.kept_runs import world_of_runs
    from whipcount.engine import explain_run
    from whipcount.results import open_run

    results = open_run(folder)
    return explain_run(world_of_runs(results), results.seed, run, _given(results, run))


def _given(results: Any, run: int) -> dict[str, Any] | None:
    """The parameters that were given to this run, where they were not drawn from priors."""
    import numpy as np

    names = results.manifest.parameters_given
    if not names:
        return None
    row = results.table(["run", *names]).row(run, named=True)
    return {name: np.array([row[name]], dtype=np.float32) for name in names}
