"""Numbers and lists as people write them, in both languages."""

from __future__ import annotations

import math

import pytest

from whipcount.text import count, listing, number, percent, probability, say_many, signed, speaking


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
    assert percent(share) == text


def test_percent_with_digits_drops_needless_zeros() -> None:
    assert [percent(share, 1) for share in (0.3333, 0.5, 0.0004)] == ["33.3%", "50%", "0%"]


def test_missing_values_are_dashes() -> None:
    assert percent(None) == percent(math.nan) == number(None) == signed(math.nan) == probability(math.nan) == "–"


def test_russian_numbers_have_a_comma_and_a_space() -> None:
    with speaking("ru"):
        assert percent(0.042) == "4,2\u202f%"
        assert count(10_000) == "10\u00a0000"
        assert number(-0.25) == "−0,25"
        assert signed(0.25) == "+0,25"


def test_signs() -> None:
    assert [signed(value, 1) for value in (0.2, -0.2, 0.0, 0.01)] == ["+0.2", "−0.2", "0", "0"]


def test_probabilities() -> None:
    assert [probability(value) for value in (0, 0.0001, 0.034, 0.34, 1)] == ["0", "<0.001", "0.034", "0.34", "1"]


def test_russian_plurals() -> None:
    with speaking("ru"):
        told = [say_many("{n} run", "{n} runs", n).split()[-1] for n in (1, 2, 5, 11, 12, 21, 22, 111)]
    assert told == ["прогон", "прогона", "прогонов", "прогонов", "прогонов", "прогон", "прогона", "прогонов"]
    assert say_many("{n} run", "{n} runs", 10_000) == "10,000 runs"


def test_lists() -> None:
    assert listing(["a", "b", "c"]) == "a, b and c"
    assert listing([]) == ""
    with speaking("ru"):
        assert listing(["a"]) == "a"
        assert listing(["a", "b", "c"]) == "a, b и c"
