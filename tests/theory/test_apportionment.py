"""From votes to seats: published examples, paradoxes, invariants, ties."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whipcount.errors import TableError
from whipcount.theory.apportionment import DIVISORS, METHODS, apportion, method_named

SIX = (47_000, 16_000, 15_900, 12_000, 6_000, 3_100)  # the worked example of most textbooks, ten seats


@pytest.mark.parametrize(
    ("method", "seats"),
    [
        ("dhondt", (5, 2, 2, 1, 0, 0)),
        ("sainte_lague", (4, 2, 2, 1, 1, 0)),
        ("modified_sainte_lague", (5, 2, 2, 1, 0, 0)),
        ("imperiali", (7, 1, 1, 1, 0, 0)),
        ("hare", (5, 2, 1, 1, 1, 0)),
        ("droop", (5, 2, 2, 1, 0, 0)),
    ],
)
def test_the_textbook_example(method: str, seats: tuple[int, ...]) -> None:
    found = apportion(SIX, 10, method)
    assert found.seats == seats
    assert found.tie is None


def test_dhondt_and_sainte_lague_on_eight_seats() -> None:
    votes = (100_000, 80_000, 30_000, 20_000)
    assert apportion(votes, 8, "dhondt").seats == (4, 3, 1, 0)
    assert apportion(votes, 8, "sainte_lague").seats == (3, 3, 1, 1)


def test_austrians_in_the_european_parliament_2019() -> None:
    """D'Hondt with 4%: 18 seats as they were elected, and the 19th, of Britain's, that went to the Greens in 2020.

    Votes of those above 4%, Federal Ministry of the Interior.
    """
    votes = (1_305_954, 903_151, 650_114, 532_194, 319_024)
    assert apportion(votes, 18, "dhondt").seats == (7, 5, 3, 2, 1)
    assert apportion(votes, 19, "dhondt").seats == (7, 5, 3, 3, 1)


def test_new_zealand_2020() -> None:
    """Sainte-Lague with 5%, or an electorate: the Maori Party's two of 120 seats (Electoral Commission)."""
    votes = (1_443_545, 738_275, 226_757, 219_031, 75_020, 33_630)
    parties = ("Labour", "National", "Green", "ACT", "NZ First", "Maori")
    others = 2_886_420 - sum(votes)  # of eleven lists, none of them near the threshold: here in two halves
    halves = (others // 2, others - others // 2)
    names = (*parties, "others", "more others")
    found = apportion((*votes, *halves), 120, "sainte_lague", parties=names, threshold=0.05, exempt=["Maori"])
    assert found.seats == (65, 33, 10, 10, 0, 2, 0, 0)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.integers(0, 400), min_size=1, max_size=6).filter(sum),
    st.integers(1, 90),
    st.sampled_from(sorted(DIVISORS)),
)
def test_seats_are_the_highest_of_all_quotients(votes: list[int], seats: int, method: str) -> None:
    """The definition, with every quotient written out and sorted."""
    first, second, step = DIVISORS[method]
    divisors = [first, *(second + step * place for place in range(seats))]
    quotients = sorted(
        ((Fraction(vote) / divisor, row) for row, vote in enumerate(votes) if vote for divisor in divisors),
        reverse=True,
    )
    last = quotients[seats - 1][0]
    sure = [sum(1 for value, row in quotients if row == one and value > last) for one in range(len(votes))]
    tied = [row for value, row in quotients if value == last]
    found = apportion(votes, seats, method)
    if sum(sure) + len(tied) == seats:
        assert found.tie is None
        assert found.seats == tuple(many + tied.count(row) for row, many in enumerate(sure))
    else:
        assert found.tie is not None
        assert found.seats == tuple(sure)
        assert sorted(found.tie.parties) == sorted(str(row + 1) for row in tied)


def test_many_seats_are_given_at_once() -> None:
    """A million seats for votes of three to two to one: their shares, to less than a seat."""
    found = apportion((300, 200, 100), 1_000_000, "sainte_lague")
    assert [abs(float(got) - share) < 1 for got, share in zip(found.shared, (5e5, 1e6 / 3, 1e6 / 6), strict=True)] == [
        True
    ] * 3


@pytest.mark.parametrize(
    ("text", "method"),
    [
        ("D'Hondt", "dhondt"),
        ("D’Hondt", "dhondt"),
        ("Sainte-Laguë", "sainte_lague"),
        ("Modified Sainte Laguë", "modified_sainte_lague"),
        ("Hare-Niemeyer", "hare"),
        ("Jefferson", "dhondt"),
        ("WEBSTER", "sainte_lague"),
        ("Hamilton", "hare"),
        ("Droop", "droop"),
    ],
)
def test_methods_have_several_names(text: str, method: str) -> None:
    assert method_named(text) == method


def test_the_alabama_paradox_of_largest_remainders() -> None:
    """With one seat more the smallest loses one (Balinski & Young 1982)."""
    assert apportion((6, 6, 2), 10, "hare").seats == (4, 4, 2)
    assert apportion((6, 6, 2), 11, "hare").seats == (5, 5, 1)


def _gives_too_many(votes: list[int], seats: int) -> bool:
    return sum(vote * (seats + 2) // sum(votes) for vote in votes) > seats


bodies = st.tuples(st.lists(st.integers(0, 10_000), min_size=2, max_size=7).filter(sum), st.integers(1, 60))


@settings(max_examples=60, deadline=None)
@given(bodies, st.sampled_from(METHODS))
def test_every_seat_is_given_or_said_to_be_tied_for_and_the_order_of_rows_is_nothing(
    body: tuple[list[int], int], method: str
) -> None:
    votes, seats = body
    if method == "imperiali_quota" and _gives_too_many(votes, seats):
        with pytest.raises(TableError, match="WC593"):
            apportion(votes, seats, method)
        return
    found = apportion(votes, seats, method)
    assert sum(found.shared) == seats
    turned = apportion(votes[::-1], seats, method)
    assert turned.seats[::-1] == found.seats
    for vote, other, mine, theirs in zip(votes, votes[1:], found.shared, found.shared[1:], strict=False):
        assert (mine - theirs) * (vote - other) >= 0  # more votes never give fewer seats
        assert vote != other or mine == theirs


@settings(max_examples=40, deadline=None)
@given(bodies, st.sampled_from(sorted(DIVISORS)))
def test_divisor_methods_know_no_alabama_paradox(body: tuple[list[int], int], method: str) -> None:
    votes, seats = body
    fewer, more = apportion(votes, seats, method), apportion(votes, seats + 1, method)
    assert all(a <= b for a, b in zip(fewer.shared, more.shared, strict=True))


@settings(max_examples=40, deadline=None)
@given(bodies)
def test_hare_keeps_the_quota_and_dhondt_its_lower_end(body: tuple[list[int], int]) -> None:
    votes, seats = body
    exact = [Fraction(vote * seats, sum(votes)) for vote in votes]
    for fair, seat in zip(exact, apportion(votes, seats, "hare").shared, strict=True):
        assert abs(fair - seat) < 1
    for fair, seat in zip(exact, apportion(votes, seats, "dhondt").shared, strict=True):
        assert seat > fair - 1


@pytest.mark.parametrize("method", [name for name in METHODS if name != "imperiali_quota"])
def test_a_tie_is_said_and_shared(method: str) -> None:
    found = apportion((500, 500, 1), 3, method, parties=("a", "b", "c"))
    assert found.tie is not None
    assert found.tie.parties == ("a", "b")
    assert found.tie.seats == 1
    assert found.seats == (1, 1, 0)
    assert found.shared == (Fraction(3, 2), Fraction(3, 2), 0)
    assert "a and b" in found.words()


def test_exactly_the_threshold_is_enough_and_minorities_may_be_exempt() -> None:
    votes = (905, 50, 45)
    found = apportion(votes, 100, "sainte_lague", parties=("large", "edge", "small"), threshold=0.05)
    assert found.admitted == (True, True, False)
    assert found.seats[2] == 0
    assert "small" in found.words()
    spared = apportion(
        votes, 100, "sainte_lague", parties=("large", "edge", "small"), threshold=0.05, exempt=("small",)
    )
    assert spared.seats[2] > 0


@pytest.mark.parametrize(
    ("votes", "seats", "method", "code"),
    [
        ((1, 2), 3, "adams", "WC590"),
        ((1, -2), 3, "dhondt", "WC591"),
        ((1, 0.5), 3, "dhondt", "WC591"),
        ((), 3, "dhondt", "WC591"),
        ((1, 2), 0, "dhondt", "WC592"),
        ((0, 0), 2, "dhondt", "WC592"),
        ((60, 40), 2, "imperiali_quota", "WC593"),
    ],
)
def test_bad_input(votes: tuple[int, ...], seats: int, method: str, code: str) -> None:
    with pytest.raises(TableError, match=code):
        apportion(votes, seats, method)
