"""Who will come: each member's chance of taking part in a coming vote, from the record of earlier ones.

A logistic regression on the member's own record, on how many came lately, and, where the house has voted earlier the
same day, on whether the member was there. Absences come in waves too: all members share a shift of their log odds on
each motion. Everything about a motion is computed from motions before it, in training as in use.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit

from .rollcall_table import Bools, Floats, RollCalls

HALF_LIFE = 40.0  # motions after which an attendance of a member counts half
OWN = 10.0  # motions of the house's record that a member's own is shrunk with
LATELY = 5.0  # motions after which the attendance of the house counts half
LEARNT = 40  # the last motions, from which it is learnt what record, house and day tell
FEWEST = 12  # motions of record from which anything is learnt; before, a member comes as often as the record says
RIDGE = 5.0  # towards the own record, as it is
WAVES = 5
LEAST = 1e-4  # chance that nothing tells more surely than


@dataclass(frozen=True, eq=False)
class Attendance:
    """Chances of taking part under each wave, shape (waves, members), and the weights of the waves."""

    chances: Floats
    weights: Floats

    @property
    def mean(self) -> Floats:
        """Each member's chance, averaged over the waves."""
        return np.asarray(self.weights @ self.chances)

    def of(self, rows: list[int]) -> Attendance:
        """The same of some members."""
        return Attendance(self.chances[:, rows], self.weights)

    @staticmethod
    def sure(chances: Floats) -> Attendance:
        """Chances without a wave."""
        return Attendance(np.asarray(chances, dtype=float)[None], np.ones(1))


def attendance(calls: RollCalls, day: dt.date | None = None) -> Attendance:
    """Each member's chance of taking part in a motion after the record, on this day if it is known."""
    features, told = _features(calls, day)
    coming = features[-1]
    if len(told) < FEWEST:
        return Attendance.sure(expit(coming[:, 0]))
    first = max(len(told) - LEARNT, FEWEST)
    rows = [(features[place], *told[place]) for place in range(first, len(told))]
    if not rows:
        return Attendance.sure(expit(coming[:, 0]))
    table = np.concatenate([one[sat] for one, sat, _ in rows])
    came = np.concatenate([here[sat] for _, sat, here in rows]).astype(float)
    weights = _fitted(table, came)
    spread = _spread([(one[sat], here[sat]) for one, sat, here in rows], weights)
    nodes, mass = np.polynomial.hermite_e.hermegauss(WAVES)
    odds = weights[0] + coming @ weights[1:]
    return Attendance(expit(odds + spread * nodes[:, None]), mass / mass.sum())


def _features(calls: RollCalls, day: dt.date | None) -> tuple[list[Floats], list[tuple[Bools, Bools]]]:
    """For each motion and the coming one, what was known before it; who sat and who came.

    Columns: log odds of the own record; how much more than usual came lately; was there, was away earlier the same day.
    """
    sat, here = calls.sat, calls.cast
    fade, quick = 0.5 ** (1 / HALF_LIFE), 0.5 ** (1 / LATELY)
    came, could = np.zeros(len(calls.members)), np.zeros(len(calls.members))
    lately = weight = 0.0
    days = [*(motion.date for motion in calls.motions), day]
    features, told = [], []
    for place in range(len(calls.motions) + 1):
        house = _clipped(came.sum() / could.sum()) if place else 0.9
        own = np.clip((came + OWN * house) / (could + OWN), LEAST, 1 - LEAST)
        again = place > 0 and days[place] not in (None, dt.date.min) and days[place] == days[place - 1]
        before = here[:, place - 1] if again else np.zeros(len(own), dtype=bool)
        away = sat[:, place - 1] & ~before if again else before
        drift = (lately + float(logit(house))) / (weight + 1) - float(logit(house))
        features.append(np.column_stack([logit(own), np.full(len(own), drift), before, away]))
        if place == len(calls.motions):
            break
        told.append((sat[:, place], here[:, place]))
        came, could = fade * came + here[:, place], fade * could + sat[:, place]
        rate = _clipped(here[:, place].sum() / max(int(sat[:, place].sum()), 1))
        lately, weight = quick * lately + float(logit(rate)), quick * weight + 1
    return features, told


def _clipped(rate: float) -> float:
    return min(max(float(rate), LEAST), 1 - LEAST)


def _fitted(table: Floats, came: Floats) -> Floats:
    """A logistic regression, the constant first, shrunk towards the own record as it is."""
    rows = np.column_stack([np.ones(len(table)), table])
    prior = np.zeros(rows.shape[1])
    prior[1] = 1.0
    place = prior.copy()
    for _ in range(50):
        chance = expit(rows @ place)
        slope = rows.T @ (came - chance) - RIDGE * (place - prior)
        curvature = (rows * (chance * (1 - chance))[:, None]).T @ rows + RIDGE * np.eye(len(place))
        step = np.linalg.solve(curvature, slope)
        place = place + step / max(1.0, float(np.abs(step).max()))
        if np.abs(step).max() < 1e-8:
            break
    return place


def _spread(motions: list[tuple[Floats, Bools]], weights: Floats) -> float:
    """The standard deviation of the shift of a motion: of what residuals tell of it, beyond their own chance."""
    shifts, own = [], []
    for table, here in motions:
        chance = expit(weights[0] + table @ weights[1:])
        size = float((chance * (1 - chance)).sum())
        if size > 0:
            shifts.append(float((here - chance).sum()) / size)
            own.append(1 / size)
    return float(np.sqrt(max(float(np.mean(np.square(shifts)) - np.mean(own)), 0.0))) if shifts else 0.0
