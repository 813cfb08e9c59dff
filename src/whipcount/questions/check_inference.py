"""Honesty checks of inference: ranks, recovery, coverage, and whether the posterior is narrower than the prior.

A data set is a number of crises that ran under the same named parameters, everything else drawn anew in each. A single
crisis says too little about a parameter to tell a sound inference from an idle one; `each=1` checks it all the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from whipcount.errors import QuestionError
from whipcount.inference.parameter_space import Space, calibrated_space
from whipcount.inference.population import Proposal
from whipcount.inference.simulation_based_calibration import Draws, Ranked, ranked, uniformity
from whipcount.inference.simulator import Computing, Counter, Floats, Order, Progress, kept_batches
from whipcount.results.structure import structure_of
from whipcount.table import Column, Result, Table, figure
from whipcount.text import say
from whipcount.theory.intervals import wilson

from .calibration import NARROW

if TYPE_CHECKING:
    from whipcount.engine import BlockResult
    from whipcount.scenario import LoadedScenario

DATASETS = 500
TABLE = 4_000
EACH = 50
KEPT = 0.15  # of the reference worlds
LEAST_KEPT = 150  # fewer leave the local regression too sure of itself
LEVEL = 0.01
BLOCK = 1_000


@dataclass(frozen=True)
class Check:
    """One parameter: rank histogram with chi-square, recovery, coverage of central intervals, posterior spread.

    `adjusted` is p times the number of parameters that are tested together (Bonferroni), 1 at most.
    """

    name: str
    histogram: tuple[int, ...]
    chi_square: float
    p: float
    adjusted: float
    correlation: float
    coverage_50: float
    coverage_50_interval: tuple[float, float]
    coverage_90: float
    coverage_90_interval: tuple[float, float]
    contraction: float

    @property
    def passed(self) -> bool:
        """Whether ranks may be uniform, all parameters being tested at once."""
        return self.adjusted > LEVEL


@dataclass(frozen=True)
class InferenceCheck(Result):
    """Simulation-based calibration of a scenario's inference."""

    references: ClassVar[tuple[str, ...]] = ("talts_2018", "fearnhead_prangle_2012", "beaumont_2002")

    slug: str
    seed: int
    datasets: int
    table: int
    each: int
    parameters: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        """Whether no parameter's ranks are clearly uneven."""
        return all(one.passed for one in self.parameters)

    def __getitem__(self, parameter: str) -> Check:
        """A parameter's check by name."""
        return next(one for one in self.parameters if one.name == parameter)

    def tables(self) -> tuple[Table, ...]:
        """One table: a row for each parameter."""
        columns = (
            Column("name", "parameter"),
            figure("chi_square", "chi-square", ".1f"),
            figure("p", "p", ".3f"),
            figure("correlation", "recovery r", ".2f"),
            figure("coverage_50", "50% covers", ".2f"),
            figure("coverage_90", "90% covers", ".2f"),
            figure("contraction", "sd / prior sd", ".2f"),
            Column("passed", "even ranks"),
        )
        rows = tuple(tuple(getattr(one, column.key) for column in columns) for one in self.parameters)
        return (Table("parameters", "Simulation-based calibration", columns, rows),)

    def sentences(self) -> str:
        """The finding in a few sentences."""
        uneven = [one.name for one in self.parameters if not one.passed]
        narrow = sum(one.contraction < NARROW for one in self.parameters)
        verdict = (
            say("Ranks are even for every parameter")
            if not uneven
            else say("Ranks are uneven for {uneven}", uneven=", ".join(uneven))
        )
        return verdict + say(
            " (chi-square, p > {LEVEL} after Bonferroni; {datasets} data sets of {each} crises each, {table} worlds "
            "to infer from). The posterior is narrower than {NARROW} of the prior for {narrow} of {many_parameters} "
            "parameters.",
            LEVEL=LEVEL,
            datasets=self.datasets,
            each=self.each,
            table=self.table,
            NARROW=NARROW,
            narrow=narrow,
            many_parameters=len(self.parameters),
        )

    def record(self) -> dict[str, Any]:
        """Everything as JSON can carry it."""
        return asdict(self) | {"passed": self.passed}


@dataclass(frozen=True)
class SummaryJob:
    """Summaries of data sets: mean number of events of each kind, and mean of each outcome, over `each` crises."""

    loaded: LoadedScenario
    each: int
    seed: int
    runs: int = 0

    def begin(self) -> Callable[[Order], Floats]:
        """Build the engine, and answer orders with it."""
        return _Summaries(self).answer


class _Summaries:
    """The engine of a job, ready to summarise."""

    def __init__(self, job: SummaryJob) -> None:
        from whipcount.counterfactual.engines import engine_of
        from whipcount.results.outcomes import OutcomeEvaluator

        self.job = job
        self.engine = engine_of(job.loaded, runs=job.runs)
        self.evaluator = OutcomeEvaluator.of(job.loaded, self.engine.plan, self.engine.world)
        verbs = self.engine.plan.verbs
        self.widths = np.array([max(verb.codes, default=0) + 1 for verb in verbs], np.int64)
        self.offsets = np.concatenate([[0], np.cumsum(self.widths)])

    def answer(self, order: Order) -> Floats:
        """Summaries of the data sets of an order, a row each; their crises have consecutive numbers."""
        values, first, sets = order
        found = []
        step = max(BLOCK // self.job.each, 1)
        for start in range(0, sets, step):
            size = min(step, sets - start)
            given = {name: np.repeat(column[start : start + size], self.job.each) for name, column in values.items()}
            runs = size * self.job.each
            block = self.engine.backend.run(self.job.seed, (first + start) * self.job.each, runs, given)
            outcomes = self.evaluator.evaluate(block).values.values()
            shares = [np.nan_to_num(column).reshape(size, -1).mean(axis=1) for column in outcomes]
            found.append(np.column_stack([self._counts(block, size), *shares]))
        return np.concatenate(found)

    def _counts(self, block: BlockResult, sets: int) -> Floats:
        """Square roots of the mean numbers of events of each verb and code, which steadies their spread."""
        events = block.events
        verb = events.verb.astype(np.int64)
        code = np.clip(np.nan_to_num(events.value).astype(np.int64), 0, self.widths[verb] - 1)
        kind = self.offsets[verb] + code
        data_set = (events.run - block.first_run) // self.job.each
        kinds = int(self.offsets[-1])
        counts = np.bincount(data_set * kinds + kind, minlength=sets * kinds).reshape(sets, kinds)
        return np.sqrt(counts / self.job.each)


def check_inference(
    loaded: LoadedScenario,
    datasets: int = DATASETS,
    *,
    table: int = TABLE,
    each: int = EACH,
    seed: int = 1,
    out: str | Path | None = None,
    progress: Progress | None = None,
    workers: int = 1,
) -> InferenceCheck:
    """Check the inference of a scenario's named parameters on data whose parameters are known.

    `table` worlds of `each` crises are simulated to infer from (half of them teach the summaries), and `datasets` more
    to be inferred. out: a folder in which finished batches are kept. Raises QuestionError: WC440 to WC442 about the
    parameters, WC443 the folder, WC463 numbers that are too small.
    """
    from whipcount.counterfactual.engines import engine_of
    from whipcount.results.manifest import run_key

    for name, value, smallest in (("datasets", datasets, 20), ("table", table, 100), ("each", each, 1)):
        if value < smallest:
            raise QuestionError.one("WC463", f"{name} is {value}", f"give {smallest} or more")
    space = calibrated_space(loaded, engine_of(loaded).world)
    worlds = table + datasets
    base = run_key(loaded, runs=worlds * each, seed=seed, events="none")
    batches = kept_batches(
        None if out is None else Path(out),
        f"checks {base} {table} {each}",
        structure_of(loaded),
        {"question": "check-inference", "datasets": datasets, "table": table, "each": each, "seed": seed},
    )
    job = SummaryJob(loaded, each, seed, worlds * each)
    computing = Computing(job, batches, Counter(worlds, progress), workers)
    prior = Proposal.prior(space.dimensions)
    # reference worlds fill the priors evenly; the truths are plain draws, since their ranks are tested for evenness
    design = prior.draw(table, seed, 0)
    truths = np.random.default_rng(np.random.SeedSequence([seed, 1])).normal(size=(datasets, space.dimensions))
    summaries = computing.generation(0, space.values(design), 0, table)
    observed = computing.generation(1, space.values(truths), table, datasets)
    half = table // 2
    kept = max(round(KEPT * (table - half)), LEAST_KEPT)
    found = ranked(
        space,
        Draws(design[:half], summaries[:half]),
        Draws(design[half:], summaries[half:]),
        Draws(truths, observed),
        min(kept, table - half),
        seed,
    )
    return InferenceCheck(loaded.slug, seed, datasets, table, each, checks_of(space, found, truths))


def checks_of(space: Space, found: Ranked, truths: Floats) -> tuple[Check, ...]:
    """Every parameter's check from the ranks of all data sets."""
    checks = []
    for place, name in enumerate(space.names):
        counts, chi_square, p = uniformity(found.ranks[:, place])
        inside = {level: _covered(found.below[:, place], level) for level in (0.5, 0.9)}
        correlation = float(np.corrcoef(found.means[:, place], truths[:, place])[0, 1])
        checks.append(
            Check(
                name, tuple(int(count) for count in counts), chi_square, p, min(p * len(space.names), 1.0), correlation,
                inside[0.5][0], inside[0.5][1], inside[0.9][0], inside[0.9][1],
                float(found.spread[:, place].mean()),
            )
        )  # fmt: skip
    return tuple(checks)


def _covered(below: NDArray[np.float64], level: float) -> tuple[float, tuple[float, float]]:
    """Share of data sets whose central interval holds the truth, with Wilson's interval."""
    inside = np.abs(below - 0.5) <= level / 2
    return float(inside.mean()), wilson(float(inside.sum()), len(inside))
