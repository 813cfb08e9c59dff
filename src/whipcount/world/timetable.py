"""Tables by day and effects of events: the calendar of a scenario as arrays."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from ..scenario.schema import Event, Scenario
from .axes import Axes
from .world import Calendar

Matrix = NDArray[np.float32]


def _window(calendar: Calendar, after: dt.date | None, before: dt.date | None) -> NDArray[np.float32]:
    steps = np.arange(calendar.steps)
    first = calendar.nearest_step(after) if after else 0
    last = calendar.nearest_step(before) if before else calendar.steps
    return ((steps >= first) & (steps <= last)).astype(np.float32)


def _on_day(calendar: Calendar, date: dt.date | None) -> Matrix:
    """1 on the step of a date, 0 on the others."""
    table = np.zeros((calendar.steps, 1), np.float32)
    step = calendar.nearest_step(date) if date is not None else -1
    if 0 <= step < calendar.steps:
        table[step] = 1.0
    return table


def _columns(calendar: Calendar, columns: list[NDArray[np.float32]]) -> Matrix:
    return np.stack(columns, 1) if columns else np.zeros((calendar.steps, 0), np.float32)


def tables_of(scenario: Scenario, calendar: Calendar) -> tuple[dict[str, Matrix], dict[str, str | None]]:
    """Tables (steps, entities) by name, and the axis of each."""
    events = scenario.events
    due = np.zeros((calendar.steps, len(events)), np.float32)
    rate = np.zeros((calendar.steps, len(events)), np.float32)
    for column, event in enumerate(events):
        if event.date is not None:
            step = calendar.nearest_step(event.date)
            if 0 <= step < calendar.steps:
                due[step, column] = 1.0
        else:
            rate[:, column] = (event.rate_per_day or 0.0) * _window(calendar, event.after, event.before)
    motions = _columns(calendar, [_window(calendar, motion.after, motion.before) for motion in scenario.motions])
    offers = _columns(calendar, [_window(calendar, offer.after, None) for offer in scenario.offers])
    table = scenario.table
    talks = _window(calendar, table.opens, table.closes) if table else np.zeros(calendar.steps, np.float32)
    tables: dict[str, Matrix] = {
        "event.due": due,
        "event.rate": rate,
        "motion.open": motions,
        "offer.open": offers,
        "table.open": talks.reshape(-1, 1),
        "election.due": _on_day(calendar, scenario.election.due if scenario.election else None),
    }
    axis: dict[str, str | None] = {
        "event.due": "event",
        "event.rate": "event",
        "motion.open": "motion",
        "offer.open": "offer",
        "table.open": None,
        "election.due": None,
    }
    return tables, axis


def matrices_of(scenario: Scenario, axes: Axes) -> tuple[dict[str, Matrix], dict[str, tuple[str, str]]]:
    """Effects of events on seats, tenures, pressures and ideal points: (entities, events)."""
    builder = _EffectMatrices(scenario, axes)
    for column, event in enumerate(scenario.events):
        builder.add(column, event)
    return builder.matrices, builder.shapes


class _EffectMatrices:
    def __init__(self, scenario: Scenario, axes: Axes) -> None:
        self.scenario, self.axes = scenario, axes
        self.matrices: dict[str, Matrix] = {}
        self.shapes: dict[str, tuple[str, str]] = {}
        rows = {
            "event.seat_on": "seat",
            "event.seat_off": "seat",
            "event.absent": "seat",
            "event.present": "seat",
            "event.usual": "seat",
            "event.tenure_on": "tenure",
            "event.tenure_off": "tenure",
            "event.level_set": "pressure",
            "event.level": "pressure",
            "event.target_set": "pressure",
            "event.target": "pressure",
        }
        rows.update({f"event.ideal.{dimension}": "actor" for dimension in axes.ids["dimension"]})
        for name, axis in rows.items():
            self.shapes[name] = (axis, "event")
            self.matrices[name] = np.zeros((len(axes.ids[axis]), len(scenario.events)), np.float32)

    def _set(self, name: str, column: int, rows: Iterable[int], value: float = 1.0) -> None:
        for row in rows:
            self.matrices[name][row, column] += value

    def add(self, column: int, event: Event) -> None:
        """Enter one event's effects."""
        effects, seats, tenures = event.effects, self.axes.seats, self.axes.tenures
        for change in effects.seats:
            pair = (change.actor, change.body)
            self._set("event.seat_on" if change.occupied else "event.seat_off", column, _rows(seats, pair))
        for presence in effects.attendance:
            self._set(f"event.{presence.attends}", column, _rows(seats, (presence.actor, presence.body)))
        for post in effects.posts:
            of_post = [row for row, tenure in enumerate(tenures) if tenure[1] == post.post]
            self._set("event.tenure_off", column, of_post)
            if post.holder is not None:
                self._set("event.tenure_on", column, _rows(tenures, (post.holder, post.post)))
        for pressure in effects.pressures:
            row = self.axes.index("pressure", pressure.pressure)
            for name, value in (("level", pressure.level), ("target", pressure.target)):
                if value is not None:
                    self.matrices[f"event.{name}_set"][row, column] = 1.0
                    self.matrices[f"event.{name}"][row, column] = value
        for ideal in effects.ideals:
            moved = [
                row
                for row, actor in enumerate(self.scenario.actors)
                if actor.id == ideal.actor or (ideal.actor is None and actor.party == ideal.party)
            ]
            self._set(f"event.ideal.{ideal.dimension}", column, moved, ideal.by)


def _rows(pairs: tuple[tuple[str, str], ...], wanted: tuple[str, str]) -> list[int]:
    return [row for row, pair in enumerate(pairs) if pair == wanted]
