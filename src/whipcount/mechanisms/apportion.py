"""From shares of votes to seats, inside a run: the methods of `theory.apportionment`, with what the vocabulary offers.

Votes are drawn from a continuous distribution, so ties do not occur; the solver's exact arithmetic is the oracle of the
tests.
"""

from __future__ import annotations

from ..vocabulary import Array, Day

HALVINGS = 26  # a divisor to a relative 1e-5: closer than any two claims that single precision tells apart
CORRECTIONS = 3  # seats that may be left where claims all but tie
QUOTA_EXTRA = {"hare": 0, "droop": 1}


def seats_for(day: Day, votes: Array, seats: int, method: str) -> Array:
    """Whole seats by party, as numbers that sum to `seats`; votes: shares by party that sum to 1, 0 for who is out."""
    if method in QUOTA_EXTRA:
        return _by_quota(day, votes, seats, QUOTA_EXTRA[method])
    low = 1.0 / (seats + 2.0 * day.size("party")) + 0.0 * day.number
    high = 1.5 + 0.0 * day.number
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        many = day.total(_claimed(day, votes / middle, method)) > float(seats)
        low, high = day.where(many, middle, low), day.where(many, high, middle)
    given = _claimed(day, votes / high, method)
    for _ in range(CORRECTIONS):
        next_divisor = _divisor(day, given, method)
        more = day.best(votes / next_divisor, votes > 0.0) & (day.total(given) < float(seats))
        given = given + day.number_of(more)
    return given


def _claimed(day: Day, quotient: Array, method: str) -> Array:
    """How many divisors of the method fit under a quotient."""
    if method == "dhondt":
        return _whole(day, quotient)
    if method == "imperiali":
        return day.larger(_whole(day, quotient - 1.0), 0.0)
    claimed = _whole(day, quotient + 0.5)
    if method == "modified_sainte_lague":
        return day.where((claimed == 1.0) & (quotient < 0.7), 0.0, claimed)
    return claimed


def _divisor(day: Day, given: Array, method: str) -> Array:
    """The divisor for the next seat, in the scale of `_claimed`."""
    if method == "dhondt":
        return given + 1.0
    if method == "imperiali":
        return given + 2.0
    if method == "modified_sainte_lague":
        return day.where(given == 0.0, 0.7, given + 0.5)
    return given + 0.5


def _by_quota(day: Day, votes: Array, seats: int, extra: int) -> Array:
    """Full quotas, then largest remainders."""
    quotient = votes * float(seats + extra)
    given = _whole(day, quotient)
    rest = quotient - given
    for _ in range(day.size("party")):
        more = day.best(rest, votes > 0.0) & (day.total(given) < float(seats))
        given = given + day.number_of(more)
        rest = day.where(more, -1.0, rest)
    return given


def _whole(day: Day, x: Array) -> Array:
    """The largest whole number not above x."""
    near = day.rounded(x)
    return day.where(near > x, near - 1.0, near)
