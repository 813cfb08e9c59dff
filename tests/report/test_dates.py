"""Dates in the scenario's calendar: old style first, until it ends."""

from __future__ import annotations

import datetime as dt

import pytest

from whipcount.text import speaking
from whipcount.text.dates import DayLabels, julian

START, END = dt.date(1917, 11, 7), dt.date(1918, 3, 31)


def labels() -> DayLabels:
    return DayLabels(START, END, 1.0, dt.date(1918, 2, 14))


@pytest.mark.parametrize(
    ("new_style", "old_style"),
    [
        (dt.date(1917, 11, 7), (1917, 10, 25)),
        (dt.date(1918, 1, 14), (1918, 1, 1)),
        (dt.date(1900, 3, 13), (1900, 2, 29)),  # a leap day that only the old calendar has
        (dt.date(1825, 12, 26), (1825, 12, 14)),  # twelve days apart in that century
        (dt.date(1582, 10, 15), (1582, 10, 5)),
    ],
)
def test_julian_dates(new_style: dt.date, old_style: tuple[int, int, int]) -> None:
    found = julian(new_style)
    assert (found.year, found.month, found.day) == old_style


@pytest.mark.parametrize(
    ("date", "english", "russian"),
    [
        (dt.date(1917, 11, 16), "3 (16) Nov", "3 (16) нояб."),
        (dt.date(1917, 11, 7), "25 Oct (7 Nov)", "25 окт. (7 нояб.)"),
        (dt.date(1918, 2, 14), "14 Feb", "14 февр."),
    ],
)
def test_short_labels(date: dt.date, english: str, russian: str) -> None:
    assert labels().short(date) == english
    with speaking("ru"):
        assert labels().short(date) == russian


def test_full_labels_tell_both_years_at_new_year() -> None:
    assert labels().full(dt.date(1917, 11, 16)) == "3 (16) November 1917"
    assert labels().full(dt.date(1918, 1, 5)) == "23 December 1917 (5 January 1918)"
    with speaking("ru"):
        assert labels().full(dt.date(1918, 3, 3)) == "3 марта 1918"


def test_a_scenario_without_an_old_style_shows_one_date() -> None:
    plain = DayLabels(dt.date(2019, 1, 1), dt.date(2019, 3, 1))
    assert plain.short(dt.date(2019, 2, 3)) == "3 Feb"
    assert plain.span(dt.date(2019, 2, 3), dt.date(2019, 2, 3)) == "3 Feb"


def test_days_are_parsed_as_numbers_and_dates() -> None:
    assert labels().parse("9") == 9
    assert labels().parse("1917-11-17") == 10
    with pytest.raises(ValueError, match="tomorrow"):
        labels().parse("tomorrow")


@pytest.mark.parametrize("last", [1, 13, 40, 74, 144, 400, 1200, 9000])
def test_ticks_are_few_and_inside(last: int) -> None:
    wide = DayLabels(START, START + dt.timedelta(days=last), 1.0, dt.date(1918, 2, 14))
    ticks = wide.ticks(0, last, 9)
    assert 1 <= len(ticks) <= 9
    assert all(0 <= tick <= last for tick in ticks)
    assert ticks == sorted(set(ticks))
