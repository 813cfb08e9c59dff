"""Confidence sequences for a proportion: intervals that hold at every number of trials at once.

Who looks at an ordinary interval again and again, and stops when it pleases, is wrong more often than it says. A
confidence sequence holds the true proportion at all times together with the stated probability, so one may stop by
whatever rule. Here it is Robbins' mixture for Bernoulli trials (Darling & Robbins 1967; Robbins 1970; as a test
martingale in Howard, Ramdas, McAuliffe & Sekhon 2021): for each candidate p the likelihood ratio of a beta mixture
around p against p itself is a martingale of mean 1 if p is true, so by Ville's inequality it ever reaches 1/alpha with
probability alpha at most. The sequence is the set of p that it has not reached. It is exact, not asymptotic.

The mixture's weight may depend on p but not on the trials. It is chosen such that the sequence is narrowest where an
interval of the wanted half-width is about to be reached. Sequences by betting (Waudby-Smith & Ramdas 2024) hold for any
bounded number; for yes and no they come close to this one.
"""

from __future__ import annotations

import math

from whipcount.theory.intervals import Z95

ALPHA = 0.05
# (1 + 1/x) log((1 + x) / alpha^2) is least at x = 8.2 for alpha = .05: there the squared score reaches 9.2, where an
# interval at a number of trials fixed beforehand has 3.84 (the normal limit of the mixture)
_TIGHTEST = 8.2
_LEAST = (1 + 1 / _TIGHTEST) * math.log((1 + _TIGHTEST) / ALPHA**2)
_HALVINGS = 60


def log_evidence(p: float, successes: int, trials: int, half_width: float) -> float:
    """The logarithm of the likelihood ratio against p; infinite where p cannot be, as 0 after a success."""
    failures = trials - successes
    if p <= 0.0:
        return math.inf if successes else 0.0
    if p >= 1.0:
        return math.inf if failures else 0.0
    weight = _LEAST / _TIGHTEST * max(p * (1 - p), half_width) / half_width**2
    a, b = weight * p, weight * (1 - p)
    mixed = _log_beta(a + successes, b + failures) - _log_beta(a, b)
    return mixed - successes * math.log(p) - failures * math.log1p(-p)


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


def sequence_interval(successes: int, trials: int, half_width: float) -> tuple[float, float]:
    """The confidence sequence (95%) after so many trials, made for an interval of `half_width`; 0..1 for none."""
    if trials == 0:
        return 0.0, 1.0
    share = successes / trials
    return _end(share, 0.0, successes, trials, half_width), _end(share, 1.0, successes, trials, half_width)


def _end(inside: float, outside: float, successes: int, trials: int, half_width: float) -> float:
    """Where the evidence against p reaches 1/alpha on the way from the share to an end."""
    if log_evidence(outside, successes, trials, half_width) < -math.log(ALPHA):
        return outside
    for _ in range(_HALVINGS):
        middle = (inside + outside) / 2
        if log_evidence(middle, successes, trials, half_width) < -math.log(ALPHA):
            inside = middle
        else:
            outside = middle
    return outside


def is_within(successes: int, trials: int, half_width: float) -> bool:
    """Whether the sequence has come within `half_width` of the share, on both sides."""
    if trials == 0:
        return False
    share, enough = successes / trials, -math.log(ALPHA)
    low, high = share - half_width, share + half_width
    return (low <= 0 or log_evidence(low, successes, trials, half_width) >= enough) and (
        high >= 1 or log_evidence(high, successes, trials, half_width) >= enough
    )


def trials_needed(share: float, half_width: float) -> int:
    """About how many trials bring the sequence within `half_width` of a share."""
    few, many = 1, 2
    while not is_within(round(share * many), many, half_width):
        few, many = many, many * 2
    while many - few > max(1, many // 1_000):
        middle = (few + many) // 2
        if is_within(round(share * middle), middle, half_width):
            many = middle
        else:
            few = middle
    return many


def trials_fixed(share: float, half_width: float) -> int:
    """How many trials an interval needs that is looked at once, at a number fixed beforehand (normal)."""
    return math.ceil(Z95**2 * share * (1 - share) / half_width**2)


__all__ = ["is_within", "log_evidence", "sequence_interval", "trials_fixed", "trials_needed"]
