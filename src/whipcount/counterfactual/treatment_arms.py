"""Many sets of interventions over the same worlds: each set is an arm, run on one design, and kept for resuming.

A design is a list of parameter draws, each with several replicate runs: runs of one draw share its parameters and
differ in everything that is drawn by run. Arms differ in nothing but their interventions, so any two can be paired.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from whipcount.objects import at_hand
from whipcount.pool import spread
from whipcount.results.ensemble import outcome_values
from whipcount.results.manifest import run_key
from whipcount.results.outcomes import OutcomeEvaluator
from whipcount.store import STALE, Store, clear_temporaries, make_folder

from .engines import Parameters, engine_of, own_parameters
from .pairs import EngineMaker, Progress
from .posteriors import posterior_draws
from .world_changes import Intervention

if TYPE_CHECKING:
    from whipcount.scenario import LoadedScenario
    from whipcount.world import World

Values = dict[str, NDArray[np.float32]]
CHUNK = 2_500  # runs of an arm computed, and kept, at once
MOST_REPLICATES = 25


@dataclass(frozen=True)
class Design:
    """Parameter draws with replicates: run i has draw i // replicates."""

    parameters: Parameters
    draws: int
    replicates: int

    @property
    def runs(self) -> int:
        """Runs of an arm."""
        return self.draws * self.replicates

    @property
    def draw_of(self) -> NDArray[np.int64]:
        """The draw of each run."""
        return np.repeat(np.arange(self.draws), self.replicates)

    def by_run(self) -> Parameters:
        """Parameters run by run."""
        return {name: np.repeat(values, self.replicates) for name, values in self.parameters.items()}

    def part(self, draws: NDArray[np.int64], replicates: int) -> Design:
        """Some of the draws, with another number of replicates."""
        return Design({name: values[draws] for name, values in self.parameters.items()}, len(draws), replicates)


def shape_of(runs: int) -> tuple[int, int]:
    """How many draws and replicates make up about so many runs: replicates enough to tell a draw's sign."""
    replicates = int(np.clip(round(runs**0.5 / 4), 2, MOST_REPLICATES))
    return max(runs // replicates, 1), replicates


def prior_design(world: World, runs: int, seed: int) -> Design:
    """Draws from the priors."""
    from whipcount.world.draws import draw

    draws, replicates = shape_of(runs)
    numbers = np.arange(draws, dtype=np.int64)
    priors = world.drawn_parameters.items()
    return Design(
        {name: draw(prior, seed, numbers, f"design of {name}", -np.inf, np.inf) for name, prior in priors},
        draws,
        replicates,
    )


def posterior_design(world: World, source: str | Path, runs: int, seed: int) -> Design:
    """Draws from a posterior (as `posterior_draws` reads one); what it does not hold is drawn from the priors."""
    design = prior_design(world, runs, seed)
    return replace(design, parameters={**design.parameters, **posterior_draws(world, source, design.draws, seed)})


@dataclass(frozen=True)
class ArmOrder:
    """A stretch of one arm's runs, with their parameters."""

    interventions: tuple[Intervention, ...]
    first_run: int
    runs: int
    arm_runs: int
    parameters: Parameters
    name: str


@dataclass(frozen=True)
class ArmJob:
    """What workers compute: outcomes of stretches of arms."""

    loaded: LoadedScenario
    seed: int
    engine_maker: EngineMaker = engine_of

    def begin(self) -> Callable[[ArmOrder], Values]:
        """Keeps the engine of the arm at hand, since stretches of one arm follow each other."""
        kept: dict[tuple[Intervention, ...], Any] = {}

        def compute(order: ArmOrder) -> Values:
            if order.interventions not in kept:
                engine = self.engine_maker(self.loaded, order.interventions, order.arm_runs)
                evaluator = OutcomeEvaluator.of(self.loaded, engine.plan, engine.world)
                kept.clear()
                kept[order.interventions] = engine, evaluator
            engine, evaluator = kept[order.interventions]
            given = own_parameters(engine.world, order.parameters)
            found = outcome_values(engine, evaluator, self.seed, order.runs, order.first_run, parameters=given)
            return {name: values.astype(np.float32) for name, values in found.items()}

        return compute


class Arms:
    """Arms computed once each: by the texts of their interventions and the name of a design."""

    def __init__(
        self,
        loaded: LoadedScenario,
        seed: int,
        workers: int = 1,
        folder: Path | None = None,
        engine_maker: EngineMaker = engine_of,
    ) -> None:
        self.job = ArmJob(loaded, seed, engine_maker)
        self.workers = workers
        self.designs: dict[str, tuple[Design, int]] = {}
        self._wanted: dict[tuple[str, frozenset[str]], tuple[Intervention, ...]] = {}
        self._found: dict[tuple[str, frozenset[str]], Values] = {}
        self._key = run_key(loaded, runs=0, seed=seed, backend="arms")
        folder = None if folder is None else at_hand(folder)
        self.store = None if folder is None else Store(folder)
        if folder is not None:
            make_folder(folder)
            clear_temporaries(folder, older=STALE)

    def add_design(self, name: str, design: Design, first_run: int = 0) -> None:
        """Name a design; its runs are numbered from `first_run` on."""
        self.designs[name] = (design, first_run)

    def want(self, design: str, interventions: Sequence[Intervention]) -> None:
        """Ask for an arm."""
        key = self._name(design, interventions)
        if key not in self._found:
            self._wanted.setdefault(key, tuple(interventions))

    def get(self, design: str, interventions: Sequence[Intervention]) -> Values:
        """An arm's outcomes, run by run."""
        return self._found[self._name(design, interventions)]

    def compute(self, progress: Progress | None = None, before: int = 0, total: int | None = None) -> int:
        """Compute what was asked for; gives the number of runs. Stretches kept from before are read instead."""
        plan = [(key, order) for key, arm in self._wanted.items() for order in self._orders(key, arm)]
        size = sum(order.runs for _, order in plan)
        total = before + size if total is None else total
        parts: dict[int, Values] = {}
        done = before
        for place, (_, order) in enumerate(plan):
            kept = self._load(order)
            if kept is not None:
                parts[place] = kept
                done += order.runs
        missing = [place for place in range(len(plan)) if place not in parts]
        if progress is not None and done:
            progress(done, total)
        if missing and self.workers > 1:
            self.job.engine_maker(self.job.loaded, (), plan[missing[0]][1].arm_runs)  # compiled once for all workers
        for number, values in spread(self.job, [plan[place][1] for place in missing], self.workers):
            place = missing[number]
            parts[place] = values
            self._save(plan[place][1], values)
            done += plan[place][1].runs
            if progress is not None:
                progress(done, total)
        for key in self._wanted:
            pieces = [parts[place] for place, (other, _) in enumerate(plan) if other == key]
            self._found[key] = {name: np.concatenate([piece[name] for piece in pieces]) for name in pieces[0]}
        self._wanted.clear()
        return size

    def _name(self, design: str, interventions: Sequence[Intervention]) -> tuple[str, frozenset[str]]:
        return design, frozenset(one.text for one in interventions)

    def _orders(self, key: tuple[str, frozenset[str]], arm: tuple[Intervention, ...]) -> list[ArmOrder]:
        design, first = self.designs[key[0]]
        by_run = design.by_run()
        orders = []
        for start in range(0, design.runs, CHUNK):
            cut = {name: values[start : start + CHUNK] for name, values in by_run.items()}
            runs = min(CHUNK, design.runs - start)
            orders.append(ArmOrder(arm, first + start, runs, design.runs, cut, self._piece(key[1], first + start, cut)))
        return orders

    def _piece(self, texts: frozenset[str], first_run: int, parameters: Mapping[str, NDArray[Any]]) -> str:
        total = hashlib.sha256(f"{self._key} {sorted(texts)} {first_run}".encode())
        for name in sorted(parameters):
            total.update(name.encode() + np.ascontiguousarray(parameters[name], np.float32).tobytes())
        return f"arm-{total.hexdigest()[:24]}"

    def _load(self, order: ArmOrder) -> Values | None:
        return None if self.store is None else self.store.get_columns(order.name)

    def _save(self, order: ArmOrder, values: Values) -> None:
        if self.store is not None:
            self.store.put_columns(order.name, values)
