"""Distributions of what is not known: drawn once a run, by inverting the distribution function."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Prior:
    """A distribution by form and numbers (see `scenario.values.Prior` for the same in a scenario file)."""

    form: str
    numbers: tuple[float, ...]

    def __str__(self) -> str:
        return f"{self.form}({', '.join(f'{number:g}' for number in self.numbers)})"


def Uniform(low: float, high: float) -> Prior:  # noqa: N802  (a distribution's name)
    """Equal density between `low` and `high`."""
    return Prior("uniform", (low, high))


def LogUniform(low: float, high: float) -> Prior:  # noqa: N802
    """The logarithm has equal density between log `low` and log `high`."""
    return Prior("loguniform", (low, high))


def Normal(mean: float, sd: float) -> Prior:  # noqa: N802
    """Gaussian."""
    return Prior("normal", (mean, sd))


def LogNormal(median: float, sd: float) -> Prior:  # noqa: N802
    """The logarithm is Gaussian around log `median` with spread `sd`."""
    return Prior("lognormal", (median, sd))


def Beta(a: float, b: float) -> Prior:  # noqa: N802
    """Beta on 0..1."""
    return Prior("beta", (a, b))


def Triangular(low: float, mode: float, high: float) -> Prior:  # noqa: N802
    """Triangular density with its peak at `mode`."""
    return Prior("triangular", (low, mode, high))


def Fixed(value: float) -> Prior:  # noqa: N802
    """A known value."""
    return Prior("fixed", (value,))
