"""What charts over time share: the axis of days, documented days with numbers, labels at the ends of lines."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from whipcount.text.dates import DayLabels
from whipcount.text.fitting import shortened, wrapped

from .material import Material


@dataclass(frozen=True)
class MarkedDay:
    """A documented day: its number in the chart, its date as shown, and what happened."""

    number: int
    day: int
    date: str
    text: str


YEAR = 366  # days; longer axes show years
KEY_LINE = 14  # pixels between the lines of an entry of the key
KEY_GAP = 8  # pixels between entries


def day_axis(labels: DayLabels, first: int, last: int, most: int = 9, /, **more: Any) -> dict[str, Any]:
    """Settings of an axis of days with labels of the scenario's calendar (two lines where both styles are shown)."""
    ticks = labels.ticks(first, last, most)
    texts = {str(day): _tick(labels, day, last - first > YEAR) for day in ticks}
    return {
        "values": ticks,
        "labelExpr": f"{json.dumps(texts, ensure_ascii=False)}['' + datum.value]",
        "title": None,
        "grid": False,
        "labelOverlap": False,
        "labelBound": False,
        "labelFlush": False,
        **more,
    }


def _tick(labels: DayLabels, day: int, long: bool) -> list[str]:
    """The label of a tick: over more than a year its date and year, else its date in two lines."""
    date = labels.date_of(day)
    return [labels.short(date), str(date.year)] if long else _two_lines(labels.short(date))


def _two_lines(text: str) -> list[str]:
    """ "25 Oct (7 Nov)" broken before the bracket, "3 (16) Nov" before the month."""
    if text.endswith(")"):
        old, new = text.split(" (", 1)
        return [old, f"({new}"]
    return text.rsplit(" ", 1)


def busy_window(days: Sequence[int], first: int, last: int) -> tuple[int, int]:
    """The stretch in which most of the record lies, where the whole span is much longer; else the whole span.

    It is the shortest one with at least two thirds of the documented days, with some days around it, and at least
    three weeks long.
    """
    span = last - first
    inside = sorted(day for day in days if first <= day <= last)
    if span <= 60 or len(inside) < 4:
        return first, last
    need = -(-2 * len(inside) // 3)
    starts = range(len(inside) - need + 1)
    best = min(starts, key=lambda start: inside[start + need - 1] - inside[start])
    low, high = inside[best] - 2, inside[best + need - 1] + 4
    if high - low < 21:
        high = low + 21
    low, high = max(low, first), min(high, last)
    if low - first < 7:
        low = first
    return (low, high) if high - low <= 0.6 * span else (first, last)


def documented_days(material: Material, labels: DayLabels, first: int, last: int, most: int = 14) -> list[MarkedDay]:
    """The documented days within the window, numbered; where there are too many, those with most about them."""
    scenario = material.scenario
    texts: dict[int, list[str]] = {}
    weight: dict[int, float] = {}
    for event in scenario.events:
        if event.date is not None and event.evidence:
            day = labels.day_of(event.date)
            texts.setdefault(day, []).append(event.name.in_language())
            weight[day] = weight.get(day, 0) + 2
    for fact in scenario.record:
        if fact.kind == "fact":
            day = labels.day_of(fact.date)
            texts.setdefault(day, []).append(fact.text.in_language())
            weight[day] = weight.get(day, 0) + 1 + 0.2 * len(fact.actors)
    inside = [day for day in texts if first <= day <= last]
    chosen = sorted(sorted(inside, key=lambda day: (-weight[day], day))[:most])
    return [
        MarkedDay(number, day, labels.short(labels.date_of(day)), _together(texts[day]))
        for number, day in enumerate(chosen, start=1)
    ]


def record_days(material: Material, labels: DayLabels) -> list[int]:
    """The day of every documented fact."""
    return [labels.day_of(fact.date) for fact in material.scenario.record]


def _together(texts: Sequence[str]) -> str:
    """What happened on a day in one line: an event's name and the facts, without repeating what begins alike."""
    told: list[str] = []
    for text in texts:
        sentence = text.rstrip(".")
        if not any(other.startswith(sentence[:18]) for other in told):
            told.append(sentence)
    return "; ".join(told) + "."


def key_rows(marked: Sequence[MarkedDay], width: int, columns: int = 2) -> tuple[list[dict[str, Any]], int]:
    """The key to numbered days in columns, each entry in at most two lines; and the height it takes.

    A row has x and y in pixels, the number (only on an entry's first line) and a line of its text.
    """
    column_width = width // columns
    letters = int((column_width - 44) / 5.9)
    entries = [wrapped(shortened(f"{one.date}: {one.text}", 2 * letters - 6), letters)[:2] for one in marked]
    heights = [KEY_LINE * len(lines) + KEY_GAP for lines in entries]
    rows: list[dict[str, Any]] = []
    column, y, tallest = 0, 9, 0
    for one, lines, height in zip(marked, entries, heights, strict=True):
        if column < columns - 1 and y - 9 + height / 2 > sum(heights) / columns:
            column, y = column + 1, 9
        for number, line in enumerate(lines):
            x = column * column_width + 9
            rows.append({"x": x, "y": y, "number": "" if number else str(one.number), "text": line})
            y += KEY_LINE
        y += KEY_GAP
        tallest = max(tallest, y)
    return rows, tallest


def apart(positions: Mapping[str, float], gap: float, low: float, high: float) -> dict[str, float]:
    """The same positions moved as little as needed to lie at least `gap` apart, within low and high."""
    order = sorted(positions, key=lambda name: positions[name])
    placed = [positions[name] for name in order]
    for _ in range(200):
        moved = False
        for left in range(len(placed) - 1):
            short = gap - (placed[left + 1] - placed[left])
            if short > 1e-6:
                placed[left] -= short / 2
                placed[left + 1] += short / 2
                moved = True
        if placed and placed[0] < low:
            placed[0], moved = low, True
        if placed and placed[-1] > high:
            placed[-1], moved = high, True
        if not moved:
            break
    return dict(zip(order, placed, strict=True))
