"""A whip count: who will vote how on a coming motion, what the tally will be, who is pivotal, whom to persuade."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import fsum
from typing import Any, ClassVar

import numpy as np

from whipcount.table import Column, Result, Table, figure
from whipcount.text import listing, mark, percent, say

from ..errors import TableError, UsageError
from .rollcall_attendance import Attendance, attendance
from .rollcall_rebellion import Chances, Coming, RebellionModel, learn, vote_chances
from .rollcall_table import ABSENT, CODES, WORDS, YES, Floats, RollCalls
from .rollcall_verdict import averaged, cast_votes, judge
from .rule_grammar import parse_rule

TOLD = {"cast": "more yes than no", "members": "more than half of all members"}
SHOWN = 15
FREE = "free"  # the word for a party without a line
LINES = {"yes": mark("yes"), "no": mark("no"), "abstain": mark("abstain"), FREE: mark("none")}


@dataclass(frozen=True)
class MemberCount:
    """A member's line and chances: to take part, to vote yes, no or abstain, to break the line, to be pivotal.

    gain: how much the chance that the motion passes would rise if the member's log odds of yes rose by 1.
    """

    member: str
    party: str
    line: str
    attends: float
    yes: float
    no: float
    abstain: float
    breaks: float
    pivotal: float
    gain: float


@dataclass(frozen=True)
class WhipCount(Result):
    """The count of a coming motion before it is put to the vote."""

    brief: ClassVar[tuple[str, ...]] = ("parties", "rebels", "persuade", "like")
    references: ClassVar[tuple[str, ...]] = (
        "Penrose 1946, The elementary statistics of majority voting (pivotality)",
        "Poole & Rosenthal 1997, Congress: a political-economic history of roll call voting",
    )

    title: str
    members: tuple[MemberCount, ...]
    tally: tuple[float, ...]
    margin: tuple[float, ...]
    lowest_margin: int
    passes: float
    rule: str
    needed: int
    like: tuple[tuple[str, str, float], ...]
    passes_error: float = 0.0
    remarks: tuple[str, ...] = ()

    @property
    def expected(self) -> float:
        """Expected number of yes votes."""
        return float(np.arange(len(self.tally)) @ np.array(self.tally))

    def interval(self, share: float = 0.9) -> tuple[int, int]:
        """The yes votes between which the tally lies with this probability."""
        return interval_of(np.array(self.tally), share)

    def tables(self) -> tuple[Table, ...]:
        """Parties, likely rebels, whom to persuade, like motions, all members."""
        columns = (
            Column("member", "Member"),
            Column("party", "Party"),
            Column("line", "Line", names=LINES, priority=2),
            figure("attends", "Attends", ".3f", 2),
            figure("yes", "Yes", ".3f"),
            figure("no", "No", ".3f"),
            figure("abstain", "Abstains", ".3f"),
            figure("breaks", "Breaks the line", ".3f"),
            figure("pivotal", "Pivotal", ".4f"),
            figure("gain", "Gain if persuaded", ".5f"),
        )

        def rows(members: list[MemberCount]) -> tuple[tuple[Any, ...], ...]:
            return tuple(tuple(getattr(one, column.key) for column in columns) for one in members)

        rebels = _first(self.members, "breaks")
        persuade = _first(self.members, "gain")
        return (
            self._parties(),
            Table("rebels", "Most likely to break the line", columns, rows(rebels)),
            Table("persuade", "Whom to persuade", columns, rows(persuade)),
            Table(
                "like",
                "Like motions of the record",
                (
                    Column("motion", "Motion"),
                    Column("title", "Title", wide=True),
                    figure("likeness", "Likeness", ".2f"),
                ),
                self.like,
            ),
            Table("members", "Members", columns, rows(list(self.members))),
        )

    def _parties(self) -> Table:
        rows = []
        for party in dict.fromkeys(one.party for one in self.members):
            here = [one for one in self.members if one.party == party]
            rows.append(
                (
                    party or "–",
                    here[0].line,
                    len(here),
                    fsum(one.yes * one.attends for one in here),
                    fsum(one.no * one.attends for one in here),
                    fsum(one.abstain * one.attends for one in here),
                    fsum(one.breaks * one.attends for one in here),
                )
            )
        columns = (
            Column("party", "Party"),
            Column("line", "Line", names=LINES),
            Column("members", "Members", right=True),
            figure("yes", "Yes", ".1f"),
            figure("no", "No", ".1f"),
            figure("abstain", "Abstain", ".1f"),
            figure("breaks", "Break the line", ".1f"),
        )
        return Table("parties", "Expected votes by party", columns, tuple(rows))

    def sentences(self) -> str:
        """The count in plain words."""
        low, high = self.interval()
        names = [one.member for one in _first(self.members, "gain")[:3]]
        return say(
            "About {expected:.0f} yes votes expected, in nine of ten cases {low} to {high}; the motion "
            "passes with {passes} ({rule}). Persuading {names} would move it most.",
            expected=self.expected,
            low=low,
            high=high,
            passes=percent(self.passes, 1),
            rule=self.rule,
            names=listing(names),
        )

    def record(self) -> dict[str, Any]:
        """The count as JSON can carry it."""
        low, high = self.interval()
        return {
            "title": self.title,
            "expected_yes": self.expected,
            "low": low,
            "high": high,
            "passes": self.passes,
            "passes_error": self.passes_error,
            "members_counted": len(self.members),
            "needed": self.needed,
            "rule": self.rule,
            "tally": list(self.tally),
            **{grid.name: grid.records() for grid in self.tables()},
        }


def _first(members: Sequence[MemberCount], what: str) -> list[MemberCount]:
    """Those with most of something; equals in the order of their names."""
    return sorted(members, key=lambda one: (-round(getattr(one, what), 12), one.member))[:SHOWN]


def coming_motion(calls: RollCalls, title: str, lines: dict[str, str]) -> Coming:
    """A coming motion from party lines in words (WC513 for unknown parties, WC563 for unknown votes).

    A party that is `free`, or not named, has no line: its members divide as those of such parties did.
    """
    unknown = [party for party in lines if party not in calls.party_names]
    if unknown:
        listed = ", ".join(calls.party_names)
        raise TableError.one("WC513", f"nobody here is of the party {unknown[0]!r}", f"known are {listed}")
    codes = []
    for party in calls.party_names:
        word = lines.get(party, FREE)
        if word not in CODES and word != FREE:
            raise TableError.one("WC563", f"{party}: no line {word!r}", "a line is yes, no, abstain, or free for none")
        codes.append(CODES.get(word, ABSENT))
    return Coming(title, tuple(codes))


def whip_count(
    calls: RollCalls,
    coming: Coming,
    model: RebellionModel | None = None,
    attend: Floats | None = None,
    rule: str = "cast",
    day: dt.date | None = None,
) -> WhipCount:
    """Count a coming motion from the record `calls` (in order of time).

    attend: chances of taking part; by default as `attendance` tells from the record, and then only those are counted
    who sit on `day` (after the last motion by default). rule: as `parse_rule` reads it: "cast" more yes than no,
    "members" more than half of all, "2/3", "3/5 of present", a number of yes votes (WC508, WC513, WC564).
    """
    try:
        written = parse_rule(rule)
    except UsageError as error:
        raise TableError(*(replace(one, code="WC564") for one in error.problems)) from None
    # members in the order of their names: nothing hangs on the order of the rows, not even what is drawn for whom
    order = sorted(range(len(calls.members)), key=calls.members.__getitem__)
    calls = calls.only_members(order)
    attend = None if attend is None else np.asarray(attend, dtype=float)[order]
    if attend is None:
        model = model or learn(calls)
        sitting = calls.sitting(day)
        present = attendance(calls, day).of([calls.members.index(name) for name in sitting.members])
        calls = sitting
    else:
        present = Attendance.sure(attend)
    chances = vote_chances(model or learn(calls), calls, coming)
    blocks = blocks_of(calls)
    tally = present.weights @ [tally_of(chances, here, blocks) for here in present.chances]
    verdict = averaged([judge(written, calls.members, chances, here, blocks) for here in present.chances], present)
    margin = verdict.margin
    return WhipCount(
        title=coming.title,
        members=_members(calls, chances, present.mean, verdict.pivotal),
        tally=tuple(float(value) for value in tally),
        margin=tuple(float(value) for value in margin),
        lowest_margin=-len(calls.members),
        passes=verdict.passes,
        rule=TOLD.get(rule, written.describe()),
        needed=verdict.needed,
        like=_like(calls, coming),
        passes_error=verdict.error,
        remarks=calls.remarks,
    )


def interval_of(tally: Floats, share: float) -> tuple[int, int]:
    """The yes votes between which a tally lies with this probability."""
    low, high = np.searchsorted(np.cumsum(tally), [(1 - share) / 2, (1 + share) / 2])
    return int(low), int(min(high, len(tally) - 1))


def tally_of(chances: Chances, present: Floats, blocks: Sequence[np.ndarray]) -> Floats:
    """The distribution of the number of yes votes, from 0 on, of members who share waves block by block; exactly."""
    tally = np.ones(1)
    for block in blocks:
        votes, weights = cast_votes(chances, present, block)
        tally = np.convolve(tally, weights @ sums_of(votes[..., YES]))
    return tally


def blocks_of(calls: RollCalls) -> list[np.ndarray]:
    """Members who share a wave, or a division: those of one party; whoever has no party stands alone."""
    parties = [np.flatnonzero(calls.party_of == party) for party in range(len(calls.party_names))]
    alone = np.flatnonzero(calls.party_of < 0)
    return [block for block in (*parties, *(np.array([one]) for one in alone)) if len(block)]


def sums_of(chances: Floats) -> Floats:
    """Distribution of the number of independent successes, for each row of chances; exactly."""
    rows, count = chances.shape
    spread = np.zeros((rows, count + 1))
    spread[:, 0] = 1.0
    for place in range(count):
        chance = chances[:, place, None]
        spread[:, 1:] = spread[:, 1:] * (1 - chance) + spread[:, :-1] * chance
        spread[:, 0] *= 1 - chance[:, 0]
    return spread


def _members(calls: RollCalls, chances: Chances, present: Floats, pivot: Floats) -> tuple[MemberCount, ...]:
    mean, breaks = chances.mean, chances.breaks
    counts = []
    for member, name in enumerate(calls.members):
        no, yes, abstain = (float(value) for value in mean[member])
        line = int(chances.line[member])
        counts.append(
            MemberCount(
                member=name,
                party=calls.parties[member],
                line=WORDS[line] if line != ABSENT else FREE,
                attends=float(present[member]),
                yes=yes,
                no=no,
                abstain=abstain,
                breaks=float(breaks[member]),
                pivotal=float(pivot[member]),
                gain=float(pivot[member] * present[member] * yes * (1 - yes)),
            )
        )
    return tuple(counts)


def _like(calls: RollCalls, coming: Coming) -> tuple[tuple[str, str, float], ...]:
    from .rollcall_similarity import title_likeness

    likeness = title_likeness(coming.title, [motion.title for motion in calls.motions])
    order = [place for place in np.argsort(-likeness, kind="stable")[:5] if likeness[place] > 0]
    return tuple((calls.motions[place].id, calls.motions[place].title, float(likeness[place])) for place in order)
