"""What members expect of a division: each one's chances to come and to vote, and the chance that it is carried."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..vocabulary import Array, Day

Terms = Mapping[str, "Array | float"]


@dataclass(frozen=True)
class Votes:
    """A seat's utilities, as named terms, of voting yes, of voting no and of abstaining."""

    yes: Terms
    no: Terms
    abstain: Terms


def expected_turnout(day: Day) -> Array:
    """By seat: the chance that a member of it comes, where it is occupied; what events have ordered is known."""
    comes = day.where(day.ordered == "usual", day.given("seat.attendance"), day.number_of(day.ordered == "present"))
    return day.where(day.sits, comes, 0.0)


def weight_present(day: Day) -> Array:
    """By seat: the votes of its members who are present."""
    return day.weight * day.turnout


def chance_carried(day: Day, votes: Votes, among: Array | None = None) -> Array:
    """By body: the chance that more vote for a motion than against it, as one knows it before knowing who comes.

    Members of a bloc come and vote beta-binomially: with a the chance to come, m and s^2 mean and variance of the vote
    of one present (+1, 0, -1), and correlations r of coming and q of voting, any two members covary by
    a^2 q s^2 + r a (1 - a) (m^2 + q s^2).

    votes: what each way of voting is worth, by seat. among: mask of seats that count.
    """
    no, yes, _ = day.probabilities(day.parameter("choice.lam"), votes.no, votes.yes, votes.abstain)
    comes, weight = expected_turnout(day), day.weight
    if among is not None:
        weight = day.where(among, weight, 0.0)
    together, alike = day.parameter("attendance.common"), day.parameter("ballot.common")
    mean = yes - no
    square = yes + no - mean * mean
    own = comes * (yes + no) - comes * comes * mean * mean
    shared = comes * comes * alike * square + together * comes * (1.0 - comes) * (mean * mean + alike * square)
    size = day.given("seat.size")
    variance = weight * weight * (own + (size - 1.0) * shared) / size
    return day.chance_of_majority(comes * yes, comes * no, weight, "body", variance)
