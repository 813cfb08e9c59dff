"""The space that inference searches: a few parameters, each on the normal scale of its own prior.

A coordinate z is the standard normal deviate at the prior's quantile: the prior is N(0, I) whatever the distributions,
has no walls at which a proposal would be lost, and a posterior that runs up to a prior's end stays nearly Gaussian.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from whipcount.errors import Place, Problem, QuestionError
from whipcount.vocabulary.priors import Prior
from whipcount.world.draws import quantile

if TYPE_CHECKING:
    from whipcount.scenario import LoadedScenario
    from whipcount.world import World

Floats = NDArray[np.float64]
MOST_PARAMETERS = 12
_EDGE = 1e-9  # quantiles stay this far from 0 and 1, where some priors have no finite value
_LOGARITHMIC = ("loguniform", "lognormal")


@dataclass(frozen=True)
class Space:
    """Parameters by name with their priors."""

    names: tuple[str, ...]
    priors: tuple[Prior, ...]

    @property
    def dimensions(self) -> int:
        """How many parameters there are."""
        return len(self.names)

    def values(self, z: Floats) -> dict[str, NDArray[np.float32]]:
        """The parameters at points shaped (points, parameters), as a backend takes them."""
        columns = self.natural(z)
        return {name: columns[:, place].astype(np.float32) for place, name in enumerate(self.names)}

    def natural(self, z: Floats) -> Floats:
        """The parameters at points, in their own units, shaped alike."""
        from scipy import special

        u = np.clip(special.ndtr(z), _EDGE, 1.0 - _EDGE)
        natural = np.empty_like(u)
        for place, prior in enumerate(self.priors):
            natural[:, place] = quantile(prior, u[:, place])
        return natural

    def scaled(self, natural: Floats) -> Floats:
        """Values on the scale on which their spread is measured: logarithms where the prior is logarithmic."""
        columns = natural.copy()
        for place, prior in enumerate(self.priors):
            if prior.form in _LOGARITHMIC:
                columns[:, place] = np.log(natural[:, place])
        return columns


def deviates(prior: Prior, values: Floats) -> Floats:
    """Values of a parameter as standard normal deviates of a prior: where the prior has them as quantiles."""
    from scipy import special

    u = np.linspace(_EDGE, 1.0 - _EDGE, 4001)
    return np.asarray(special.ndtri(np.clip(np.interp(values, quantile(prior, u), u), 1e-4, 1.0 - 1e-4)))


def is_logarithmic(prior: Prior) -> bool:
    """Whether a prior spreads over orders of magnitude, so that its spread is that of the logarithm."""
    return prior.form in _LOGARITHMIC


def has_width(prior: Prior) -> bool:
    """Whether a prior leaves anything open, in the precision in which parameters are computed."""
    if prior.form == "fixed":
        return False
    low, high = quantile(prior, np.array([0.025, 0.975])).astype(np.float32)
    return bool(low < high)


def calibrated_space(loaded: LoadedScenario, world: World, names: tuple[str, ...] | None = None) -> Space:
    """The parameters that a scenario marks `calibrate: true` (or those named), with their priors.

    Raises QuestionError: WC440 there are none or more than twelve, WC441 a prior of zero width, WC442 no such name.
    """
    marked = names
    if marked is None:
        marked = tuple(name for name, entry in loaded.scenario.parameters.items() if entry.calibrate)
    if not 1 <= len(marked) <= MOST_PARAMETERS:
        count = f"{len(marked)} parameters are" if marked else "no parameter is"
        raise QuestionError.one(
            "WC440", f"{count} marked `calibrate: true`", f"mark 1 to {MOST_PARAMETERS} under `parameters:`",
            Place(str(loaded.path)),
        )  # fmt: skip
    problems = []
    for name in marked:
        place = loaded.place(f"parameters.{name}")
        prior = world.drawn_parameters.get(name)
        if prior is None and name not in world.fixed_parameters:
            problems.append(Problem("WC442", f"the model has no parameter {name!r}", _nearest(name, world), place))
        elif prior is None or not has_width(prior):
            message = f"the prior of {name!r} has no width: there is nothing to learn about it"
            problems.append(Problem("WC441", message, "give it a distribution, or take `calibrate` away", place))
    if problems:
        raise QuestionError(*problems)
    return Space(marked, tuple(world.drawn_parameters[name] for name in marked))


def all_drawn(world: World) -> Space:
    """Every parameter that differs between runs."""
    open_ones: Mapping[str, Prior] = {
        name: prior for name, prior in sorted(world.drawn_parameters.items()) if has_width(prior)
    }
    return Space(tuple(open_ones), tuple(open_ones.values()))


def _nearest(name: str, world: World) -> str:
    from whipcount.results.queries import nearest

    return nearest(name, world.drawn_parameters)
