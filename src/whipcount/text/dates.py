"""Dates as the scenario's calendar shows them: old style first, with the new style in brackets, until it ends.

Scenario files hold Gregorian dates. Where a country still counted by the Julian calendar, readers expect the date
that participants wrote; so a label reads "3 (16) Nov" or, across a month, "25 Oct (7 Nov)".
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from whipcount.text import mark_as, say_as

MONTHS = (
    mark_as("short date", "Jan"),
    mark_as("short date", "Feb"),
    mark_as("short date", "Mar"),
    mark_as("short date", "Apr"),
    mark_as("short date", "May"),
    mark_as("short date", "June"),
    mark_as("short date", "July"),
    mark_as("short date", "Aug"),
    mark_as("short date", "Sept"),
    mark_as("short date", "Oct"),
    mark_as("short date", "Nov"),
    mark_as("short date", "Dec"),
)
MONTHS_IN_FULL = (
    mark_as("date", "January"),
    mark_as("date", "February"),
    mark_as("date", "March"),
    mark_as("date", "April"),
    mark_as("date", "May"),
    mark_as("date", "June"),
    mark_as("date", "July"),
    mark_as("date", "August"),
    mark_as("date", "September"),
    mark_as("date", "October"),
    mark_as("date", "November"),
    mark_as("date", "December"),
)


@dataclass(frozen=True)
class CivilDay:
    """A day as year, month and day of one calendar (29 February 1900 exists in the Julian one only)."""

    year: int
    month: int
    day: int


def julian(date: dt.date) -> CivilDay:
    """The same day by the Julian calendar (old style)."""
    # Richards' algorithm from the Julian day number; the day number of a Gregorian ordinal is ordinal + 1721425
    shifted = date.toordinal() + 1721425 + 1401
    e = 4 * shifted + 3
    g = (e % 1461) // 4
    h = 5 * g + 2
    day = (h % 153) // 5 + 1
    month = (h // 153 + 2) % 12 + 1
    year = e // 1461 - 4716 + (14 - month) // 12
    return CivilDay(year, month, day)


def _shown(date: dt.date, old_style: bool) -> CivilDay:
    return julian(date) if old_style else CivilDay(date.year, date.month, date.day)


@dataclass(frozen=True)
class DayLabels:
    """The labels of a scenario's days.

    start: the Gregorian date of day 0. step_days: length of a step. old_style_until: first day on which only the
    new style is shown, or None where there is no old style.
    """

    start: dt.date
    end: dt.date
    step_days: float = 1.0
    old_style_until: dt.date | None = None

    def is_old_style(self, date: dt.date) -> bool:
        """Whether the old style is shown first on this day."""
        return self.old_style_until is not None and date < self.old_style_until

    def date_of(self, day: float) -> dt.date:
        """The date `day` days after the start."""
        return self.start + dt.timedelta(days=int(day))

    def day_of(self, date: dt.date) -> int:
        """Days from the start to `date` (negative before it)."""
        return (date - self.start).days

    def short(self, date: dt.date) -> str:
        """ "3 (16) Nov", "25 Oct (7 Nov)", "3 Mar": for charts and margins."""
        return self._label(date, tuple(say_as("short date", month) for month in MONTHS))

    def full(self, date: dt.date) -> str:
        """ "3 (16) November 1917", "23 December 1917 (5 January 1918)": for headings and transcripts."""
        months = tuple(say_as("date", month) for month in MONTHS_IN_FULL)
        old = julian(date)
        if self.is_old_style(date) and old.year != date.year:
            return f"{old.day} {months[old.month - 1]} {old.year} ({date.day} {months[date.month - 1]} {date.year})"
        return f"{self._label(date, months)} {date.year}"

    def span(self, first: dt.date, last: dt.date) -> str:
        """Both ends of a stretch of days."""
        return self.short(first) if first == last else f"{self.short(first)} – {self.short(last)}"

    def _label(self, date: dt.date, months: Sequence[str]) -> str:
        new = f"{date.day} {months[date.month - 1]}"
        if not self.is_old_style(date):
            return new
        old = julian(date)
        if old.month == date.month:
            return f"{old.day} ({date.day}) {months[old.month - 1]}"
        return f"{old.day} {months[old.month - 1]} ({new})"

    def parse(self, text: str) -> int:
        """The day that a reader names: a number of days from the start, or a new-style date (ISO).

        Raises ValueError where it is neither.
        """
        stripped = text.strip()
        if stripped.lstrip("-").isdigit():
            return int(stripped)
        return self.day_of(dt.date.fromisoformat(stripped))

    def ticks(self, first: int, last: int, most: int = 9) -> list[int]:
        """At most `most` days between `first` and `last` that read well on an axis: firsts of months, or even spacing.

        A long span ticks on the firsts and middles of months, or on firsts of every month, second, third ... month, in
        the calendar shown; a short one on every day, second, third, fifth, seventh, tenth or fourteenth day.
        """
        span = max(last - first, 1)
        if span > 75:
            halves = self._days_of_months(first, last, (1, 15))
            if len(halves) <= most:
                return halves
            months = self._days_of_months(first, last, (1,))
            stride = next(step for step in (1, 2, 3, 6, 12, 24, 60, 120) if len(months) / step <= most)
            return months[::stride]
        step = next(step for step in (1, 2, 3, 5, 7, 10, 14, 21) if span / step <= most - 1)
        return list(range(first, last + 1, step))

    def _days_of_months(self, first: int, last: int, wanted: Sequence[int]) -> list[int]:
        found: list[int] = []
        for day in range(first, last + 1):
            date = self.date_of(day)
            if _shown(date, self.is_old_style(date)).day in wanted:
                found.append(day)
        return found
