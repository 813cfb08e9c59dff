"""Mixed logit: conditional logit whose coefficients vary from choice to choice, fitted by simulated likelihood.

Revelt & Train 1998; for governments Glasgow, Golder & Golder 2012. Chosen coefficients are normal over choices, with a
mean and a standard deviation each; the likelihood is averaged over Halton draws, half of them mirrored, and has an
analytic gradient. As the standard deviations go to 0 it is the conditional logit.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from scipy.optimize import minimize
from scipy.special import ndtri
from scipy.stats import qmc

from whipcount.compiler import kernel
from whipcount.table import Column, Result, Table, figure
from whipcount.text import say

from ..errors import TableError
from .formation_logit import ChoiceSets, Floats, fit

SOURCE = Path(__file__).with_name("formation_kernel.c")
DRAWS = 50


@dataclass(frozen=True, eq=False)
class MixedFit:
    """A fitted mixed logit: means of all coefficients, standard deviations of the random ones, simulated likelihood."""

    coefficients: Floats
    deviations: Floats
    random: tuple[int, ...]
    loglik: float
    draws: int
    converged: bool


def normal_draws(choices: int, random: int, draws: int, seed: int = 1) -> Floats:
    """Standard normal draws, shape (draws, choices, random): scrambled Halton points and their mirror images."""
    half = (draws + 1) // 2
    points = qmc.Halton(d=random, seed=seed).random(choices * half).clip(1e-9, 1 - 1e-9)
    normal = ndtri(points).reshape(choices, half, random).transpose(1, 0, 2)
    return np.asarray(np.concatenate([normal, -normal])[:draws])


def simulated(
    parameters: Floats, sets: ChoiceSets, random: Sequence[int], normal: Floats
) -> tuple[Floats, Floats, Floats]:
    """Simulated log-probability of each choice, its gradient summed over choices, and all mean probabilities.

    parameters: the means of all coefficients, then the standard deviations of the random ones.
    """
    number = sets.covariates
    mean, spread = parameters[:number], parameters[number:]
    compiled = kernel(SOURCE)
    if compiled is None:
        chance_chosen, slope, total = _simulated(mean, spread, sets, random, normal)
    else:
        chance_chosen, slope, total = _compiled(compiled, mean, spread, sets, random, normal)
    mean_chosen = chance_chosen.mean(axis=0)
    gradient = (slope / np.maximum(chance_chosen.sum(axis=0), 1e-300)[:, None]).sum(axis=0)
    return np.log(np.maximum(mean_chosen, 1e-300)), gradient, total / len(normal)


def _compiled(
    library: ctypes.CDLL, mean: Floats, spread: Floats, sets: ChoiceSets, random: Sequence[int], normal: Floats
) -> tuple[Floats, Floats, Floats]:
    """Chances of the chosen by draw and choice, slopes weighted by them, chances of all rows summed over draws."""
    number, varying, choices = sets.covariates, len(random), len(sets.starts)
    start = np.concatenate([sets.starts, [len(sets.rows)]]).astype(np.int64)
    chosen, places = sets.chosen.astype(np.int64), np.array(random, dtype=np.int64)
    rows, points = (np.ascontiguousarray(one, dtype=float) for one in (sets.rows, normal))
    mean, spread = (np.ascontiguousarray(one, dtype=float) for one in (mean, spread))
    chance = np.empty((len(normal), choices))
    slope, total = np.empty((choices, number + varying)), np.zeros(len(rows))
    base, utility, whole = np.empty(sets.lengths.max()), np.empty(sets.lengths.max()), np.empty(number)

    def at(values: np.ndarray) -> ctypes.c_void_p:
        return ctypes.c_void_p(values.ctypes.data)

    library.simulate.restype = None
    library.simulate(
        ctypes.c_int64(choices), at(start), at(chosen), ctypes.c_int64(number), at(rows), ctypes.c_int64(varying),
        at(places), at(mean), at(spread), ctypes.c_int64(len(normal)), at(points), at(chance), at(slope), at(total),
        at(base), at(utility), at(whole),
    )  # fmt: skip
    return chance, slope, total


def _simulated(
    mean: Floats, spread: Floats, sets: ChoiceSets, random: Sequence[int], normal: Floats
) -> tuple[Floats, Floats, Floats]:
    """The same in NumPy."""
    varying = sets.rows[:, list(random)]
    lengths = sets.lengths
    base = sets.rows @ mean
    chance_chosen = np.zeros((len(normal), len(sets.starts)))
    slope = np.zeros((len(sets.starts), len(mean) + len(spread)))
    total = np.zeros(len(sets.rows))
    for draw, points in enumerate(normal):
        utility = base + (varying * np.repeat(points * spread, lengths, axis=0)).sum(axis=1)
        utility -= np.repeat(np.maximum.reduceat(utility, sets.starts), lengths)
        weight = np.exp(utility)
        chance = weight / np.repeat(np.add.reduceat(weight, sets.starts), lengths)
        total += chance
        chance_chosen[draw] = chance[sets.chosen]
        residual = sets.rows[sets.chosen] - np.add.reduceat(sets.rows * chance[:, None], sets.starts)
        both = np.concatenate([residual, residual[:, list(random)] * points], axis=1)
        slope += both * chance_chosen[draw][:, None]
    return chance_chosen, slope, total


def fit_mixed(
    sets: ChoiceSets, random: Sequence[int], ridge: float = 0.0, draws: int = DRAWS, seed: int = 1, steps: int = 100
) -> MixedFit:
    """Fit by simulated likelihood, from the conditional logit; `ridge` shrinks means and deviations towards 0."""
    scale = sets.scale()
    scaled = sets.scaled(scale)
    normal = normal_draws(len(sets.starts), len(random), draws, seed)
    start = np.concatenate([fit(scaled, ridge).coefficients, np.full(len(random), 0.3)])

    def cost(parameters: Floats) -> tuple[float, Floats]:
        logs, slope, _ = simulated(parameters, scaled, random, normal)
        return float(-logs.sum() + 0.5 * ridge * parameters @ parameters), ridge * parameters - slope

    found = minimize(cost, start, jac=True, method="L-BFGS-B", options={"maxiter": steps})
    logs, _, _ = simulated(found.x, scaled, random, normal)
    number = sets.covariates
    deviations = np.abs(found.x[number:]) / scale[list(random)]
    return MixedFit(found.x[:number] / scale, deviations, tuple(random), float(logs.sum()), draws, bool(found.success))


@dataclass(frozen=True)
class MixedComparison(Result):
    """A mixed logit beside the conditional logit of the same covariates."""

    references: ClassVar[tuple[str, ...]] = (
        "Revelt & Train 1998, Mixed logit with repeated choices",
        "Glasgow, Golder & Golder 2012, New empirical strategies for the study of parliamentary government formation",
    )
    undrawn: ClassVar[str] = "its table sets the coefficients side by side"

    names: tuple[str, ...]
    conditional: tuple[float, ...]
    mixed: tuple[float, ...]
    deviations: tuple[float, ...]
    loglik_conditional: float
    loglik_mixed: float
    choices: int
    draws: int

    def tables(self) -> tuple[Table, ...]:
        """Coefficients of both, and the standard deviations of the random ones (0 where a coefficient is fixed)."""
        columns = (
            Column("name", "Covariate"),
            figure("conditional", "Conditional logit"),
            figure("mixed", "Mixed logit: mean"),
            figure("deviation", "Standard deviation"),
        )
        rows = tuple(zip(self.names, self.conditional, self.mixed, self.deviations, strict=True))
        return (Table("coefficients", "Coefficients", columns, rows),)

    def sentences(self) -> str:
        """What mixing adds, in plain words."""
        gain = self.loglik_mixed - self.loglik_conditional
        return say(
            "{choices} formations, {draws} draws: mixing changes the log-likelihood from "
            "{loglik_conditional:.2f} to {loglik_mixed:.2f} ({gain:+.2f}).",
            choices=self.choices,
            draws=self.draws,
            loglik_conditional=self.loglik_conditional,
            loglik_mixed=self.loglik_mixed,
            gain=gain,
        )

    def record(self) -> dict[str, Any]:
        """The comparison as JSON can carry it."""
        return {
            "choices": self.choices,
            "draws": self.draws,
            "loglik_conditional": self.loglik_conditional,
            "loglik_mixed": self.loglik_mixed,
            "coefficients": self.tables()[0].records(),
        }


def compare_mixed(
    sets: ChoiceSets, names: Sequence[str], random: Sequence[str], ridge: float = 0.0, draws: int = DRAWS
) -> MixedComparison:
    """Fit both models; `random` names the coefficients that vary (WC502 for unknown names)."""
    unknown = [name for name in random if name not in names]
    if unknown or not random:
        raise TableError.one("WC502", f"no covariate {', '.join(unknown) or 'named'}", f"there are {', '.join(names)}")
    places = tuple(list(names).index(name) for name in random)
    plain, mixed = fit(sets, ridge), fit_mixed(sets, places, ridge, draws)
    deviations = np.zeros(len(names))
    deviations[list(places)] = mixed.deviations
    return MixedComparison(
        names=tuple(names),
        conditional=tuple(float(value) for value in plain.coefficients),
        mixed=tuple(float(value) for value in mixed.coefficients),
        deviations=tuple(float(value) for value in deviations),
        loglik_conditional=plain.loglik,
        loglik_mixed=mixed.loglik,
        choices=len(sets.starts),
        draws=draws,
    )
