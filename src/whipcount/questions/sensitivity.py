"""Sensitivity: which parameters and which disputed structures move an outcome, and how much is chance.

The indices are those of the outcome's expectation at given parameters (for yes or no: of its probability). Every point
of the design is simulated several times with draws of its own; the variance inside points is chance (and whatever is
not varied), and is taken off the variances that the indices divide (Saltelli et al. 2010; design and estimators of
SALib). Morris screening pairs its points run by run, so a parameter without any effect has exactly none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from whipcount.counterfactual.editions import edition
from whipcount.counterfactual.interventions import parse_interventions
from whipcount.counterfactual.world_changes import WeighTerm
from whipcount.errors import QuestionError
from whipcount.inference.parameter_space import Space, all_drawn, calibrated_space
from whipcount.inference.simulator import Counter, EngineSimulator, Floats, Order, Progress
from whipcount.pool import spread
from whipcount.table import Column, Result, Table, figure
from whipcount.text import Label, listing, mark, say
from whipcount.theory.intervals import Z95

if TYPE_CHECKING:
    from whipcount.scenario import LoadedScenario

Method = Literal["sobol", "morris"]
POINTS = 256
TRAJECTORIES = 10
REPLICATES = 32
LEVELS = 4
CLEAR = 0.05
TOLD = 5
SURE = 0.4  # a sum of indices is told if it is known at least so well


@dataclass(frozen=True)
class Index:
    """What one factor does to an outcome, with the half-width of a 95% interval.

    Sobol: first = share of the expectation's variance that it explains alone, total = with all its interactions.
    Morris: first = mean of its elementary effects (signed), total = mean of their sizes, spread = standard deviation.
    """

    factor: str
    first: float
    first_half: float
    total: float
    total_half: float
    spread: float = float("nan")


@dataclass(frozen=True)
class Sensitivity(Result):
    """What moves an outcome. `chance` is the share of a single run's variance that no factor accounts for."""

    references: ClassVar[tuple[str, ...]] = ("saltelli_2010", "morris_1991", "herman_usher_2017")

    slug: str
    account: str | None
    outcome: str
    label: Label
    method: Method
    points: int
    replicates: int
    simulations: int
    seed: int
    mean: float
    chance: float
    indices: tuple[Index, ...]

    def __getitem__(self, factor: str) -> Index:
        """The index of a factor by name."""
        return next(index for index in self.indices if index.factor == factor)

    def ranked(self) -> tuple[Index, ...]:
        """Factors, the most influential first."""
        return tuple(sorted(self.indices, key=lambda index: -index.total))

    def tables(self) -> tuple[Table, ...]:
        """One table: a row for each factor."""
        sobol = self.method == "sobol"
        columns = (
            Column("factor", "factor"),
            figure("first", mark("alone") if sobol else mark("mean effect"), "+.3f"),
            figure("first_half", "±", ".3f"),
            figure("total", mark("in all") if sobol else mark("mean size"), ".3f"),
            figure("total_half", "±", ".3f"),
            figure("spread", "spread", ".3f"),
        )
        rows = tuple((i.factor, i.first, i.first_half, i.total, i.total_half, i.spread) for i in self.ranked())
        kept = columns if not sobol else columns[:-1]
        return (
            Table(
                "indices", say("What moves {outcome}", outcome=self.outcome), kept,
                tuple(row[: len(kept)] for row in rows)),
        )  # fmt: skip

    def sentences(self) -> str:
        """The finding in a few sentences."""
        clear = [index.factor for index in self.ranked() if index.total > max(index.total_half, CLEAR)][:TOLD]
        if self.method == "morris":
            clear = [index.factor for index in self.ranked() if index.total > 0][:TOLD]
        sum_first = sum(index.first for index in self.indices)
        unsure = float(np.hypot.reduce([index.first_half for index in self.indices]))
        alone = say(
            " Alone, the factors explain {sum_first:.2f} of the variance of its expectation; the rest is interaction.",
            sum_first=sum_first,
        )
        most = listing(clear)
        return say(
            "{outcome} ({mean:.3f} on average, {simulations} runs): {chance:.2f} of a run's variance is "
            "chance and what was not varied. Moved most by: {value}.",
            outcome=self.outcome,
            mean=self.mean,
            simulations=self.simulations,
            chance=self.chance,
            value=most or say("nothing clearly"),
        ) + (alone if self.method == "sobol" and unsure < SURE else "")

    def record(self) -> dict[str, Any]:
        """Everything as JSON can carry it."""
        return asdict(self)


@dataclass(frozen=True)
class Design:
    """Factors: parameters on the scale of their priors' quantiles, named terms (in or out), switches with choices."""

    space: Space
    switches: tuple[tuple[str, tuple[str, ...]], ...] = ()
    terms: tuple[str, ...] = ()

    @property
    def factors(self) -> tuple[str, ...]:
        """Names in the order of the design's columns."""
        return (*self.space.names, *self.terms, *(name for name, _ in self.switches))

    @property
    def problem(self) -> dict[str, Any]:
        """The factors as SALib takes them."""
        names = list(self.factors)
        return {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}

    def choices(self, unit: Floats) -> NDArray[np.int64]:
        """Which choice of each switch every point takes, shaped (points, switches)."""
        columns = unit[:, self.space.dimensions + len(self.terms) :]
        sizes = np.array([len(options) for _, options in self.switches], np.float64)
        return np.asarray(np.minimum(columns * sizes, sizes - 1).astype(np.int64))

    def weights(self, unit: Floats) -> dict[str, NDArray[np.float32]]:
        """Weight of each term at every point: 0 without it, 1 with it."""
        first = self.space.dimensions
        return {name: (unit[:, first + k] >= 0.5).astype(np.float32) for k, name in enumerate(self.terms)}


@dataclass(frozen=True)
class EditionJob:
    """Outcomes under one combination of the switches; the named terms can be weighed run by run."""

    loaded: LoadedScenario
    outcome: str
    seed: int
    runs: int = 0
    terms: tuple[str, ...] = ()

    def begin(self) -> Callable[[Order], Floats]:
        """Build the engine, and answer orders with it."""
        from whipcount.counterfactual.engines import engine_of
        from whipcount.results.outcomes import OutcomeEvaluator

        asked = [one for one in self.loaded.scenario.outcomes if one.id == self.outcome]
        weighed = [WeighTerm(f"{name} = 1", name, 1.0) for name in self.terms]
        engine = engine_of(self.loaded, weighed, self.runs)
        evaluator = OutcomeEvaluator(engine.plan, engine.world, self.loaded.scenario, outcomes=asked)
        simulate = EngineSimulator(engine, evaluator, self.seed)
        return lambda order: simulate(*order)


def sensitivity(
    loaded: LoadedScenario,
    outcome: str,
    *,
    method: Method = "sobol",
    points: int | None = None,
    replicates: int = REPLICATES,
    parameters: Sequence[str] | None = None,
    switches: Sequence[str] | None = None,
    terms: Sequence[str] = (),
    seed: int = 1,
    progress: Progress | None = None,
    workers: int = 1,
) -> Sensitivity:
    """What moves an outcome.

    sobol: `points` base points (a power of two) of Saltelli's design over the calibrated parameters (or those named)
    and the scenario's variants, with `terms` of choices in or out. morris: `points` trajectories over every drawn
    parameter (or those named). Each point is simulated `replicates` times. A number that is missing in some runs is
    averaged over the others.

    Raises QuestionError: WC404 no such term, WC460 no such outcome or wrong numbers, WC461 no such variant, WC462 the
    outcome never varies.
    """
    from whipcount.counterfactual.engines import engine_of

    record = next((one for one in loaded.scenario.outcomes if one.id == outcome), None)
    if record is None:
        from whipcount.results.queries import nearest

        names = [one.id for one in loaded.scenario.outcomes]
        raise QuestionError.one("WC460", f"there is no outcome {outcome!r}", nearest(outcome, names))
    count = points or (POINTS if method == "sobol" else TRAJECTORIES)
    _check(chosen_method(method), count, replicates)
    world = engine_of(loaded).world
    named = tuple(parameters) if parameters is not None else None
    space = _space(loaded, world, method, named)
    design = Design(space, _switches(loaded, switches), _terms(loaded, terms))
    unit = _sampled(design, method, count, seed)
    values, inside = _simulated(loaded, outcome, design, unit, replicates, method, seed, workers, progress)
    label = Label(record.name.in_language("en"), record.name.in_language("ru"))
    if not np.ptp(values):
        raise QuestionError.one(
            "WC462", f"outcome {outcome!r} is {values.flat[0]:g} at every point: nothing moves it",
            "ask about another outcome, or take more points and replicates",
        )  # fmt: skip
    indices = (_sobol if method == "sobol" else _morris)(design, unit, values, inside / replicates, seed)
    noise = float(inside.mean())
    between = max(float(values.var()) - noise / replicates, 0.0)
    return Sensitivity(
        loaded.slug, loaded.account, outcome, label, method, count, replicates, unit.shape[0] * replicates, seed,
        float(values.mean()), noise / max(noise + between, 1e-300), indices,
    )  # fmt: skip


def chosen_method(text: str) -> Method:
    """The method by name. Raises QuestionError WC460 for any other."""
    if text == "sobol" or text == "morris":
        return "sobol" if text == "sobol" else "morris"
    raise QuestionError.one("WC460", f"method is {text!r}", "give sobol or morris")


def design_size(
    loaded: LoadedScenario,
    method: Method,
    points: int | None,
    replicates: int,
    parameters: Sequence[str] | None,
    switches: Sequence[str] | None,
    terms: Sequence[str] = (),
) -> int:
    """How many runs a sensitivity analysis takes."""
    from whipcount.counterfactual.engines import changed_world

    space = _space(loaded, changed_world(loaded), method, None if parameters is None else tuple(parameters))
    factors = space.dimensions + len(terms) + len(_switches(loaded, switches))
    if method == "sobol":
        return (points or POINTS) * (factors + 2) * replicates
    return (points or TRAJECTORIES) * (factors + 1) * replicates


def _space(loaded: LoadedScenario, world: Any, method: Method, named: tuple[str, ...] | None) -> Space:
    if method == "morris":
        every = all_drawn(world)
        return every if named is None else calibrated_space(loaded, world, named)
    return calibrated_space(loaded, world, named)


def _check(method: Method, points: int, replicates: int) -> None:
    if method == "sobol" and (points < 4 or points & (points - 1)):
        raise QuestionError.one("WC460", f"points is {points}", "Sobol's design takes a power of two, 4 or more")
    if points < 2 or replicates < 2:
        raise QuestionError.one("WC460", f"points is {points}, replicates {replicates}", "give 2 or more of each")


def _switches(loaded: LoadedScenario, names: Sequence[str] | None) -> tuple[tuple[str, tuple[str, ...]], ...]:
    known = {variant.id: tuple(variant.choices) for variant in loaded.scenario.variants}
    wanted = tuple(known) if names is None else tuple(names)
    for name in wanted:
        if name not in known:
            raise QuestionError.one(
                "WC461", f"{loaded.slug} has no variant {name!r}", "it has " + (", ".join(known) or "none")
            )
    return tuple((name, known[name]) for name in wanted if len(known[name]) > 1)


def _terms(loaded: LoadedScenario, names: Sequence[str]) -> tuple[str, ...]:
    """Named terms as interventions write them, with or without `term.` before."""
    full = [name if name.startswith("term.") else f"term.{name}" for name in names]
    parse_interventions([f"{name} = 0" for name in full], loaded)  # refuses what there is not
    return tuple(dict.fromkeys(full))


def _salib(module: str) -> Any:
    """A module of SALib, which is not needed for anything else and need not be installed."""
    import importlib

    try:
        return importlib.import_module(f"SALib.{module}")
    except ImportError:
        raise QuestionError.one(
            "WC464", "sensitivity analysis needs the package SALib", "pip install 'whipcount[sensitivity]'"
        ) from None


def _sampled(design: Design, method: Method, points: int, seed: int) -> Floats:
    if method == "sobol":
        sobol = _salib("sample.sobol")
        return np.asarray(sobol.sample(design.problem, points, calc_second_order=False, seed=seed))
    morris = _salib("sample.morris")
    return np.asarray(morris.sample(design.problem, points, num_levels=LEVELS, seed=seed))


def _simulated(
    loaded: LoadedScenario,
    outcome: str,
    design: Design,
    unit: Floats,
    replicates: int,
    method: Method,
    seed: int,
    workers: int,
    progress: Progress | None,
) -> tuple[Floats, Floats]:
    """Mean of the outcome at each point, and its variance among the replicates."""
    from scipy import special

    points = len(unit)
    # Morris's levels include the ends of the priors, where an unbounded prior has no value: stay a little inside
    z = special.ndtri(np.clip(unit[:, : design.space.dimensions], 0.005, 0.995))
    values = design.space.values(z) | design.weights(unit)
    chosen = design.choices(unit)
    length = len(design.factors) + 1  # of a trajectory
    found = np.full((points, replicates), np.nan)
    counter = Counter(points * replicates, progress)
    first = 0
    for combination in np.unique(chosen, axis=0):
        rows = np.flatnonzero((chosen == combination).all(axis=1))
        names = {name: options[pick] for (name, options), pick in zip(design.switches, combination, strict=True)}
        changed = edition(loaded, names) if names else loaded
        job = EditionJob(changed, outcome, seed, len(rows) * replicates, design.terms)
        orders = _orders(values, rows, replicates, first, points, length if method == "morris" else 0)
        first += len(rows)  # other combinations have draws of their own
        for place, told in spread(job, [order for _, _, order in orders], workers):
            where, number, _ = orders[place]
            found[where, number] = told[:, 0]
            counter.add(len(told))
    known = ~np.isnan(found)
    runs = known.sum(axis=1)
    mean = np.where(runs > 0, np.nansum(found, axis=1) / np.maximum(runs, 1), np.nan)
    mean = np.where(np.isnan(mean), np.nanmean(mean), mean)
    inside = np.nansum(np.square(found - mean[:, None]), axis=1) / np.maximum(runs - 1, 1)
    return mean, inside


def _orders(
    values: Mapping[str, NDArray[np.float32]],
    rows: NDArray[np.int64],
    replicates: int,
    first: int,
    points: int,
    length: int,
) -> list[tuple[NDArray[np.int64], NDArray[np.int64] | int, Order]]:
    """What is to be simulated: (points, replicate, order).

    Sobol: draws of its own for every point and replicate. Morris (`length` points to a trajectory): the runs of an
    order are consecutive, so an order takes one point of every trajectory, replicates side by side, and each step
    along the trajectories repeats the same numbers of runs.
    """
    if not length:
        given = {name: column[rows] for name, column in values.items()}
        return [(rows, number, (given, first + number * points, len(rows))) for number in range(replicates)]
    orders: list[tuple[NDArray[np.int64], NDArray[np.int64] | int, Order]] = []
    for step in range(length):
        for stretch in _stretches(rows[rows % length == step] // length):
            where = np.repeat(stretch * length + step, replicates)
            given = {name: column[where] for name, column in values.items()}
            number = np.tile(np.arange(replicates), len(stretch))
            orders.append((where, number, (given, int(stretch[0]) * replicates, len(where))))
    return orders


def _stretches(trajectories: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Runs of consecutive numbers."""
    return [part for part in np.split(trajectories, np.flatnonzero(np.diff(trajectories) != 1) + 1) if len(part)]


def _sobol(design: Design, unit: Floats, values: Floats, noise: Floats, seed: int) -> tuple[Index, ...]:
    """SALib's indices of the noisy means, put right for the noise that the means still hold."""
    sobol = _salib("analyze.sobol")
    del unit
    found = sobol.analyze(design.problem, values, calc_second_order=False, seed=seed, print_to_console=False)
    step = len(design.factors) + 2
    base = np.concatenate([values[::step], values[step - 1 :: step]])
    variance, error = float(base.var()), float(noise.mean())
    true = max(variance - error, 0.05 * variance)  # where nearly all is noise the indices stay finite, and wide
    scale = variance / true
    return tuple(
        Index(
            name,
            float(found["S1"][place]) * scale,
            float(found["S1_conf"][place]) * scale,
            max(float(found["ST"][place]) * scale - error / true, 0.0),
            float(found["ST_conf"][place]) * scale,
        )
        for place, name in enumerate(design.factors)
    )


def _morris(design: Design, unit: Floats, values: Floats, noise: Floats, seed: int) -> tuple[Index, ...]:
    """Elementary effects of paired points: what a parameter that does nothing shows is exactly nothing."""
    morris = _salib("analyze.morris")
    del noise
    found = morris.analyze(design.problem, unit, values, num_levels=LEVELS, seed=seed, print_to_console=False)
    count = len(unit) // (len(design.factors) + 1)
    return tuple(
        Index(
            name,
            float(found["mu"][place]),
            Z95 * float(found["sigma"][place]) / max(count, 1) ** 0.5,
            float(found["mu_star"][place]),
            float(found["mu_star_conf"][place]),
            float(found["sigma"][place]),
        )
        for place, name in enumerate(design.factors)
    )
