"""Numbers and colours of the house style."""

from __future__ import annotations

import math

import pytest

from whipcount.report import theme
from whipcount.report.words import halved, listing, plural, shortened


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.0, "0%"),
        (0.0004, "<0.1%"),
        (0.042, "4.2%"),
        (0.34, "34%"),
        (0.995, "99.5%"),
        (0.9996, ">99.9%"),
        (1.0, "100%"),
    ],
)
def test_percent_gives_the_figures_a_share_deserves(share: float, text: str) -> None:
    assert theme.percent(share) == text


def test_missing_values_are_dashes() -> None:
    assert theme.percent(None) == theme.percent(math.nan) == theme.number(None) == theme.probability(math.nan) == "–"


def test_russian_numbers_have_a_comma_and_a_space() -> None:
    assert theme.percent(0.042, "ru") == "4,2\u202f%"
    assert theme.count(10_000, "ru") == "10\u00a0000"
    assert theme.number(-0.25, "ru", 2) == "−0,25"


def test_probabilities() -> None:
    assert [theme.probability(value) for value in (0, 0.0001, 0.034, 0.34, 1)] == ["0", "<0.001", "0.034", "0.34", "1"]


def test_party_colours_are_distinct_and_respect_the_scenario() -> None:
    colours = theme.party_colours(["a", "b", "c"], {"a": "#b2182b", "b": None, "c": None})
    assert colours["a"] == "#b2182b"
    assert len(set(colours.values())) == 3


def test_russian_plurals() -> None:
    forms = ("прогон", "прогона", "прогонов")
    told = [plural(number, "ru", ("", ""), forms) for number in (1, 2, 5, 11, 12, 21, 22, 111)]
    assert told == ["прогон", "прогона", "прогонов", "прогонов", "прогонов", "прогон", "прогона", "прогонов"]


def test_words() -> None:
    assert listing(["a", "b", "c"], "en") == "a, b and c"
    assert listing(["a"], "ru") == "a"
    assert shortened("one two three", 9) == "one two…"
    assert halved("Council government in proportion") == ["Council government", "in proportion"]
