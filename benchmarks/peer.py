"""The benchmark model's structure and parameters, as `peer_model.md` gives them; every implementation starts here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import floor
from typing import Any

import numpy as np
from numpy.typing import NDArray

ACTORS, DIMENSIONS, DAYS = 40, 3, 40
ELIGIBLE = (28, 20, 16, 12)
SEATS = (21, 15, 11, 7)
START, STRIDE = (0, 5, 2, 11), (1, 3, 7, 9)
BODIES = len(SEATS)
COUNCIL = 0
CONFIDANTS = (1, 3, 9, 27)  # whom an actor listens to: so many places further on

PARAMETERS: dict[str, float] = {
    "spread": 0.4,
    "mu": 0.15,
    "nu": 0.05,
    "lam": 8.0,
    "voice_gap": 1.5,
    "voice_echo": 0.3,
    "voice_loyalty": 0.8,
    "exit_gap": 1.3,
    "exit_echo": 0.3,
    "exit_cost": 0.58,
    "office": 0.12,
    "lam_vote": 10.0,
    "discipline": 0.15,
    "eta": 0.1,
    "dissent": 0.3,
    "hazard": 0.25,
    "pause": 5.0,
    "blame": 0.26,
    "solidarity": 0.1,
    "chi": 0.15,
    "cooling": 10.0,
    "noise": 0.1,
}

VERBS = ("carried", "resign", "coopt", "tabled", "fall")
MEASURES = ("voice", "seated", "mean_gap", "point_0", "point_1", "point_2")
EVENT = np.dtype([("run", "<i4"), ("day", "<i2"), ("verb", "<i2"), ("entity", "<i4")])


def fraction(value: float) -> float:
    """The part after the point."""
    return value - floor(value)


@dataclass(frozen=True)
class Peer:
    """Everything that is the same in every run."""

    ideal: tuple[tuple[float, ...], ...]
    loyalty: tuple[float, ...]
    confidants: tuple[tuple[int, ...], ...]
    salience: tuple[float, ...] = (0.5, 0.3, 0.2)
    point: tuple[float, ...] = (0.55, 0.45, 0.6)
    eligible: tuple[tuple[int, ...], ...] = ()
    seats: tuple[int, ...] = SEATS
    days: int = DAYS
    parameters: dict[str, float] = field(default_factory=lambda: dict(PARAMETERS))

    @property
    def seat_actors(self) -> tuple[int, ...]:
        """The actor of each place, body by body."""
        return tuple(actor for places in self.eligible for actor in places)

    @property
    def seat_bodies(self) -> tuple[int, ...]:
        """The body of each place."""
        return tuple(body for body, places in enumerate(self.eligible) for _ in places)

    @property
    def seat_taken(self) -> tuple[bool, ...]:
        """Whether the place is taken at the start: the first so many of each body as it has seats."""
        return tuple(
            rank < seats for seats, places in zip(self.seats, self.eligible, strict=True) for rank in range(len(places))
        )


def peer(**changed: float) -> Peer:
    """The model of `peer_model.md`, with some parameters changed."""
    golden = (0.6180339887, 0.4142135624, 0.7320508076)
    return Peer(
        ideal=tuple(tuple(fraction((i + 1) * c) for c in golden) for i in range(ACTORS)),
        loyalty=tuple(0.2 + 0.6 * fraction((i + 1) * 0.3247179572) for i in range(ACTORS)),
        confidants=tuple(tuple((i + step) % ACTORS for step in CONFIDANTS) for i in range(ACTORS)),
        eligible=tuple(tuple((START[b] + STRIDE[b] * k) % ACTORS for k in range(ELIGIBLE[b])) for b in range(BODIES)),
        parameters={**PARAMETERS, **changed},
    )


@dataclass(frozen=True)
class Simulated:
    """What `runs` histories gave: the event log, and the daily measures shaped (days, measures, runs)."""

    events: NDArray[Any]
    series: NDArray[np.float32]

    @property
    def runs(self) -> int:
        """Number of histories."""
        return int(self.series.shape[2])


def gather(histories: Iterable[tuple[list[tuple[int, int, int]], list[tuple[float, ...]]]]) -> Simulated:
    """Histories simulated one by one, each as (day, verb, entity) events and rows of daily measures, put together."""
    events: list[tuple[int, int, int, int]] = []
    rows: list[list[tuple[float, ...]]] = []
    for run, (log, daily) in enumerate(histories):
        events += [(run, *event) for event in log]
        rows.append(daily)
    return Simulated(np.array(events, EVENT), np.ascontiguousarray(np.moveaxis(np.array(rows, np.float32), 0, 2)))


def outcomes(simulated: Simulated) -> dict[str, NDArray[np.float64]]:
    """The outcomes that implementations are compared by: one number a run each."""
    log, series = simulated.events, simulated.series
    result = {
        verb: np.bincount(log["run"][log["verb"] == code], minlength=simulated.runs).astype(float)
        for code, verb in enumerate(VERBS)
    }
    falls = log[log["verb"] == VERBS.index("fall")]
    first = np.full(simulated.runs, float(DAYS))
    np.minimum.at(first, falls["run"], falls["day"])
    result |= {"ever_fall": (result["fall"] > 0).astype(float), "first_fall": first}
    result["events"] = np.bincount(log["run"], minlength=simulated.runs).astype(float)
    result["voice_days"] = series[:, MEASURES.index("voice")].sum(axis=0, dtype=float)
    return result | {name: series[-1, row].astype(float) for row, name in enumerate(MEASURES) if name != "voice"}
