"""The rules by which bodies decide, as numbers and masks by body, and whether a tally carries a motion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .array import Array
from .operations import Operations

ROUNDING = 1e-3  # of a vote: shares of whole votes are computed in single precision


@dataclass(frozen=True)
class Rules:
    """Each body's rule, or one for all of them.

    share, count: how much of the base is needed, or how many votes where `count` is above 0. more: more than that, not
    as much. members, present: of all members, of those present; else of votes cast. against: carried unless so many
    are against. unanimity: nobody may be against.
    """

    share: Array
    count: Array
    more: Array
    members: Array
    present: Array
    against: Array
    unanimity: Array

    @property
    def simple(self) -> Array:
        """Where more votes for than against decide."""
        majority = self.more & (self.share == 0.5) & (self.count == 0.0)
        return majority & ~self.members & ~self.present & ~self.against & ~self.unanimity

    def needed(self, base: Array, day: Operations) -> Array:
        """Votes needed, of this base."""
        return day.where(self.count > 0.0, self.count, self.share * base)

    def reached(self, votes: Array, base: Array, day: Operations) -> Array:
        """Whether so many votes are enough."""
        needed = self.needed(base, day)
        return day.where(self.more, votes > needed + ROUNDING, votes >= needed - ROUNDING) & (votes > 0.0)


NAMES = ("share", "count", "more", "members", "present", "against", "unanimity")


def rules_of(day: Operations, own: Mapping[str, float | bool] | None = None) -> Rules:
    """The bodies' rules; with `own`, the rule of one matter in their place."""
    if own is None:
        return Rules(*(day.given(f"body.rule_{name}") for name in NAMES))
    zero = day.given("body.rule_share") * 0.0

    def constant(value: float | bool) -> Array:
        return zero < (1.0 if value else -1.0) if isinstance(value, bool) else zero + value

    return Rules(*(constant(own[name]) for name in NAMES))


def carried(day: Operations, rules: Rules, ayes: Array, noes: Array, attending: Array, chair: Array) -> Array:
    """By body: whether a motion with this tally is carried. chair: whether the casting vote is for it."""
    members = day.total(day.where(day.sits, day.weight, 0.0), "body")
    base = day.where(rules.members, members, day.where(rules.present, attending, ayes + noes))
    tied = (ayes == noes) & (ayes > 0.0) & rules.more & (rules.share == 0.5) & ~rules.members & ~rules.against
    enough = rules.reached(ayes, base, day) | (tied & chair)
    enough = day.where(rules.against, ~rules.reached(noes, base, day), enough)
    return day.where(rules.unanimity, (noes == 0.0) & (ayes > 0.0), enough)
