"""Calibrate: which parameters could have produced what is documented, and what that says of what was held out.

Approximate Bayesian computation on several patterns jointly. Only parameters named in the scenario beforehand are
inferred, at most twelve; all others are drawn anew in every world, so that they are integrated over.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from whipcount.counterfactual import weighted_samples as weighted
from whipcount.counterfactual.posteriors import STRUCTURE
from whipcount.errors import Place, QuestionError
from whipcount.inference.generations import Posterior, Worlds, posterior_of, search
from whipcount.inference.parameter_space import Space, calibrated_space, is_logarithmic
from whipcount.inference.patterns import Pattern, patterns_of
from whipcount.inference.population import sizes
from whipcount.inference.simulator import (
    Computing,
    Counter,
    EngineSimulator,
    OutcomesJob,
    Progress,
    Ready,
    kept_batches,
)
from whipcount.results.structure import structure_of

from .calibration import Calibration, ParameterPosterior
from .calibration_fit import fits, joint, score

if TYPE_CHECKING:
    from whipcount.results.interfaces import Engine
    from whipcount.scenario import LoadedScenario

Floats = NDArray[np.float64]
SIMULATIONS = 100_000
GENERATIONS = 5
PREDICTIVE = 5_000
LEAST = 500  # effective draws that the posterior should have
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)


def calibrate(
    loaded: LoadedScenario,
    simulations: int = SIMULATIONS,
    seed: int = 1,
    *,
    generations: int = GENERATIONS,
    predictive: int = PREDICTIVE,
    least: float = LEAST,
    weights: Mapping[str, float] | None = None,
    out: str | Path | None = None,
    progress: Progress | None = None,
    engine: Engine | None = None,
    workers: int = 1,
) -> Calibration:
    """Calibrate a scenario's named parameters against its patterns, jointly.

    simulations are divided among `generations`; `predictive` runs check the posterior on both sets. weights: of
    patterns, by outcome (1 where not given). out: a folder in which finished batches are kept, from which an
    interrupted calibration goes on, and where `posterior.parquet` is written.

    Raises QuestionError: WC440 to WC442 about the parameters, WC443 the folder, WC444 no patterns, WC445 a pattern that
    no world reaches, WC446 wrong arguments.
    """
    from whipcount.counterfactual.engines import engine_of
    from whipcount.results.outcomes import OutcomeEvaluator

    _check_arguments(simulations, generations, predictive, least)
    outcomes = loaded.scenario.outcomes
    patterns = patterns_of(outcomes, "calibrate", weights)
    _check_patterns(loaded, patterns, weights or {})
    engine = engine or engine_of(loaded, runs=simulations)
    space = calibrated_space(loaded, engine.world)
    documented = [
        outcome for outcome in outcomes if outcome.happened is not None and outcome.use in ("calibrate", "holdout")
    ]
    evaluator = OutcomeEvaluator(engine.plan, engine.world, loaded.scenario, outcomes=documented, place=loaded.place)
    own = Ready(EngineSimulator(engine, evaluator, seed))
    job = own if workers < 2 else OutcomesJob(loaded, tuple(documented), seed, simulations)
    divided = sizes(simulations, generations)
    folder = None if out is None else Path(out)
    structure = structure_of(loaded, engine.plan.digest)
    settings = {"simulations": divided, "seed": seed, "least": least, "predictive": predictive}
    key = _key(loaded, divided, seed, (least, predictive), weights or {}, engine.name)
    batches = kept_batches(folder, key, structure, {"question": "calibrate", **settings, "weights": weights or {}})
    counter = Counter(simulations + 2 * predictive, progress)
    computing = Computing(job, batches, counter, workers)
    worlds, patterns = search(space, computing, evaluator.names, patterns, divided, seed, least)
    _check_reached(loaded, patterns, worlds)
    posterior = posterior_of(space, worlds, patterns, least)
    renewed, carried = _predict(engine, evaluator, posterior, seed, simulations, predictive, counter)
    prior = {name: column[worlds.from_prior] for name, column in worlds.columns().items()}
    held_out = patterns_of(outcomes, "holdout")
    used = fits(loaded.scenario, [one.name for one in patterns], prior, renewed, carried)
    checked = fits(loaded.scenario, [one.name for one in held_out], prior, renewed, carried)
    calibration = Calibration(
        slug=loaded.slug,
        account=loaded.account,
        seed=seed,
        sizes=divided,
        predictive_runs=predictive,
        effective_size=posterior.effective_size,
        tolerance=posterior.tolerance,
        parameters=learned(space, posterior),
        patterns=used,
        holdout=checked,
        score=score(checked),
        carried_score=score(checked, carried=True),
        held=joint(patterns, prior, renewed, carried),
        posterior=posterior,
        skipped=tuple(one.name for one in checked if not one.binary),
        folder=folder,
    )
    if folder is not None:
        stream = io.BytesIO()
        calibration.table().write_parquet(stream, metadata={STRUCTURE: json.dumps(structure.record())})
        from whipcount.store import write_whole

        write_whole(folder / "posterior.parquet", stream.getvalue())
    return calibration


def learned(space: Space, posterior: Posterior) -> tuple[ParameterPosterior, ...]:
    """What a posterior says about each parameter, beside its prior."""
    from scipy import special

    levels = np.array(LEVELS)
    even = special.ndtri((np.arange(4_001) + 0.5) / 4_001)
    prior = space.natural(np.column_stack([even] * space.dimensions))
    prior_scaled, natural = space.scaled(prior), space.natural(posterior.z)
    scaled = space.scaled(natural)
    spread = weighted.deviation(scaled, posterior.weights) / prior_scaled.std(axis=0)
    shift = (weighted.mean(scaled, posterior.weights) - prior_scaled.mean(axis=0)) / prior_scaled.std(axis=0)
    centre = weighted.mean(natural, posterior.weights)
    return tuple(
        ParameterPosterior(
            name,
            str(space.priors[place]) + (", logarithms compared" if is_logarithmic(space.priors[place]) else ""),
            tuple(np.quantile(prior[:, place], levels).tolist()),
            tuple(weighted.quantiles(natural[:, place], posterior.weights, levels).tolist()),
            float(centre[place]),
            float(spread[place]),
            float(shift[place]),
        )
        for place, name in enumerate(space.names)
    )


def _predict(
    engine: Engine,
    evaluator: object,
    posterior: Posterior,
    seed: int,
    first_run: int,
    runs: int,
    counter: Counter,
) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """Outcomes of new runs from the posterior: with all other parameters drawn anew, and with them carried over.

    A world that was kept also tells something about what is not inferred: other parameters, ideal points, tempers.
    Carried over, each draw keeps all that was drawn in its world (its exact posterior under the same weights) and meets
    it with new chance; drawn anew, it forgets it.
    """
    from whipcount.results.ensemble import outcome_values
    from whipcount.results.outcomes import OutcomeEvaluator

    assert isinstance(evaluator, OutcomeEvaluator)
    z, worlds = posterior.draws(runs, seed)
    named = posterior.space.values(z)
    found = []
    for kept in (None, worlds):
        found.append(outcome_values(engine, evaluator, seed, runs, first_run, parameters=named, worlds=kept))
        counter.add(runs)
    return found[0], found[1]


def _key(
    loaded: LoadedScenario,
    divided: tuple[int, ...],
    seed: int,
    settings: object,
    weights: Mapping[str, float],
    backend: str,
) -> str:
    """Everything that the numbers of a calibration depend on, as one SHA-256."""
    from whipcount.results.manifest import run_key

    base = run_key(loaded, runs=sum(divided), seed=seed, events="none", backend=backend)
    text = f"calibrate {base} {divided} {settings} {sorted(weights.items())}"
    return hashlib.sha256(text.encode()).hexdigest()


def _check_arguments(simulations: int, generations: int, predictive: int, least: float) -> None:
    for name, value, smallest in (
        ("simulations", simulations, 100),
        ("generations", generations, 1),
        ("predictive", predictive, 10),
        ("least", least, 10),
    ):
        if value < smallest:
            raise QuestionError.one("WC446", f"{name} is {value:g}", f"give {smallest} or more")


def _check_patterns(loaded: LoadedScenario, patterns: Sequence[Pattern], weights: Mapping[str, float]) -> None:
    if not patterns:
        raise QuestionError.one(
            "WC444", "no documented outcome of this scenario may be used to calibrate",
            "mark outcomes that have `happened` with `use: calibrate`", Place(str(loaded.path)),
        )  # fmt: skip
    known = {pattern.name for pattern in patterns}
    for name, weight in weights.items():
        if name not in known or not weight > 0:
            reason = "is no pattern of this scenario" if name not in known else f"has weight {weight:g}"
            raise QuestionError.one(
                "WC446", f"weight of a pattern: {name!r} {reason}",
                "weights are above 0; patterns are " + ", ".join(sorted(known)),
            )  # fmt: skip


def _check_reached(loaded: LoadedScenario, patterns: Sequence[Pattern], worlds: Worlds) -> None:
    """Refuse patterns that no world of any generation holds: no parameter could be learned from them."""
    from whipcount.errors import Problem

    problems = []
    for pattern in patterns:
        if pattern.missed(worlds.column(pattern.name)).min() >= 1.0:
            message = f"pattern {pattern.name!r} is held by none of {len(worlds.z)} worlds: no parameter reaches it"
            hint = "a mechanism or a prior lacks something; report it, or mark it `use: report`"
            problems.append(Problem("WC445", message, hint, loaded.place(f"outcomes.{pattern.name}")))
    if problems:
        raise QuestionError(*problems)


__all__ = ["Calibration", "ParameterPosterior", "calibrate", "learned"]
