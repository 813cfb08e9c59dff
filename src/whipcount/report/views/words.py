"""Scenario records in words, and the columns that many tables share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from whipcount.errors import ScenarioError
from whipcount.scenario.hints import did_you_mean
from whipcount.scenario.schema import ParameterPrior, Scenario, Seat
from whipcount.scenario.values import Prior, Text, UncertainRecord
from whipcount.table import Column, Shown, Table
from whipcount.text import say
from whipcount.text.dates import DayLabels


def in_words(text: Text | None) -> str | None:
    """A text in the reader's language."""
    return None if text is None else text.in_language()


def known(name: str, records: Sequence[Any], what: str) -> str:
    """The id, if one of the records has it."""
    ids = [record.id for record in records]
    if name not in ids:
        message = say("the scenario has no {what} '{name}'", what=what, name=name)
        raise ScenarioError.one("WC144", message, did_you_mean(name, ids))
    return name


def value_in_words(value: UncertainRecord | ParameterPrior | None) -> str | None:
    """A value as people write it: the number, the coders' numbers, or the prior."""
    if value is None:
        return None
    coders = getattr(value, "coders", None)
    if coders is not None:
        return " / ".join(f"{number:g}" for number in coders)
    return f"{value.value:g}" if value.value is not None else prior_in_words(value.prior)


def prior_in_words(prior: Prior | None) -> str | None:
    """A prior as `form(first, second)`."""
    if prior is None:
        return None
    given = getattr(prior, prior.form)
    numbers = given if isinstance(given, tuple) else (given,)
    return f"{prior.form}({', '.join(f'{number:g}' for number in numbers)})"


def shown_value(value: UncertainRecord | ParameterPrior | None) -> Shown | None:
    """A value for both readers: as people write it, and as the file holds it."""
    if value is None:
        return None
    raw = value.model_dump(exclude_none=True, exclude={"evidence", "assumed", "calibrate"})
    return Shown(raw.get("value", raw), value_in_words(value) or "")


def shown_point(point: Mapping[str, UncertainRecord]) -> Shown:
    """A point of the policy space, dimension by dimension; programs get the centres."""
    text = ", ".join(f"{name} {value_in_words(value)}" for name, value in point.items())
    return Shown({name: value.centre for name, value in point.items()}, text)


def shown_day(scenario: Scenario, date: dt.date | None) -> Shown | None:
    """A date as the scenario's calendar shows it: old style first where it says so."""
    return None if date is None else Shown(date, labels(scenario).full(date))


def span_in_words(scenario: Scenario, first: dt.date | None, last: dt.date | None) -> str:
    """A stretch of time, open where an end is not known."""
    named = labels(scenario)
    return f"{named.full(first) if first else '…'} – {named.full(last) if last else '…'}"


def labels(scenario: Scenario) -> DayLabels:
    """The names of the days of a scenario."""
    calendar = scenario.calendar
    return DayLabels(calendar.start, calendar.end, calendar.step_days, calendar.old_style_until)


def sources_in_words(record: Any) -> str:
    """The short form of a record's evidence, or that it is assumed."""
    cited = "; ".join(f"{e.source}:{e.where}" if e.where else e.source for e in record.evidence)
    return cited or (say("assumed") if record.assumed else "")


def seat_in_words(seat: Seat) -> str:
    """A seat in a list of members: candidates in brackets, blocs with their votes."""
    votes = f" ×{seat.weight:g}" if seat.weight != 1 else ""
    return f"{seat.actor}{votes}" if seat.occupied else f"({seat.actor}{votes})"


def table_of(
    name: str, title: str, columns: Sequence[Column], rows: Sequence[tuple[Any, ...]], note: str = ""
) -> Table:
    """A table of rows in their order."""
    return Table(name, title, tuple(columns), tuple(rows), note)


def id_column() -> Column:
    """What a record is called in the scenario file."""
    return Column("id", say("id"))


def name_column() -> Column:
    """What a record is called by readers."""
    return Column("name", say("name"))


def source_column() -> Column:
    """What a record rests on; the first column to be left out where there is little room."""
    return Column("source", say("source"), priority=2)
