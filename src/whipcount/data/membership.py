"""Who sat when, and for whom: from a table of spells, from rows of votes, or from what a source says of its members.

A spell is a member's time in a party and a body, from one day to another (open where none is given). Where a table of
votes lists absences too, whoever has no row was no member then; "no member then" is not "absent". Where it does not,
somebody who took part in most votes and then in none of many was no member any more; who seldom did stays doubtful.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import Problem, TableError
from ..text import say
from ..theory.rollcall_table import ABSENT, Motion
from .columns import Header, typed
from .reading import Table
from .reading.names import key

SPELLS = Header(
    "table of members",
    {"member": "text"},
    {"party": "text", "from": "date", "to": "date", "body": "text"},
)
ALIASES = {
    **dict.fromkeys(("member_id", "name", "mandate_id", "icpsr", "mep"), "member"),
    **dict.fromkeys(("group_code", "group", "faction", "party_code"), "party"),
    **dict.fromkeys(("start", "start_date", "since", "begin", "entered"), "from"),
    **dict.fromkeys(("end", "end_date", "until", "left"), "to"),
    **dict.fromkeys(("chamber", "house"), "body"),
}
HOLE = 3  # motions without a row from which a member of a table that lists absences was none in between
LISTED = 0.05  # share of cells inside members' times that may lack a row in a table that lists absences
LONG = 10  # motions without a row after which somebody's membership is doubtful where absences are not listed
UNLIKELY = 1e-4  # chance of missing them all below which somebody was no member then

NO_PARTY = np.array(None, np.object_)  # what no row says, compared cell by cell


@dataclass(frozen=True)
class Spell:
    """A member's time in a party of a body: the first and the last day, None where it is open."""

    member: str
    party: str = ""
    start: dt.date | None = None
    end: dt.date | None = None
    body: str = ""

    def holds(self, day: dt.date) -> bool:
        """Whether the member sat then."""
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


def read_spells(source: Any, body: str | None = None) -> tuple[Spell, ...]:
    """A table of spells: member, and where known party, from, to, body (WC543 where one ends before it begins)."""
    frame, table = typed(source, SPELLS, ALIASES)
    spells, problems = [], []
    bodies = sorted({one for one in frame["body"].to_list() if one})
    if body is None and len(bodies) > 1:
        raise TableError.one(
            "WC547", f"members of {len(bodies)} bodies: {', '.join(bodies)}", "name one body: --chamber NAME", table.top
        )
    for row, one in enumerate(frame.iter_rows(named=True)):
        if one["member"] is None or (body is not None and (one["body"] or "").casefold() != body.casefold()):
            continue
        if one["from"] and one["to"] and one["to"] < one["from"]:
            message = f"{one['member']}: to {one['to']} lies before from {one['from']}"
            problems.append(Problem("WC543", message, "mend the days", table.place(row)))
        spells.append(Spell(one["member"], one["party"] or "", one["from"], one["to"], one["body"] or ""))
    problems += _overlaps(spells, table)
    if problems:
        raise TableError(*problems)
    return tuple(spells)


def _overlaps(spells: Sequence[Spell], table: Table) -> list[Problem]:
    """Spells of one member in two parties at once; on a day that ends one and begins the other, the later holds."""
    found = []
    by_member: dict[str, list[Spell]] = {}
    for spell in spells:
        by_member.setdefault(key(spell.member), []).append(spell)
    for own in by_member.values():
        own.sort(key=lambda spell: spell.start or dt.date.min)
        for one, other in itertools.pairwise(own):
            both = one.party != other.party and one.party and other.party
            if both and (one.end or dt.date.max) > (other.start or dt.date.min):
                message = f"{one.member} is in {one.party} and in {other.party} from {other.start or 'the start'}"
                found.append(Problem("WC543", message, "end one spell where the other begins", table.top))
    return found


@dataclass(frozen=True, eq=False)
class Seats:
    """Who sat at each motion and for whom: shapes (members, motions); None where nothing changes."""

    seated: NDArray[np.bool_] | None
    parties_at: NDArray[np.object_] | None
    parties: tuple[str, ...]


def seats_of_rows(
    members: Sequence[str],
    motions: Sequence[Motion],
    rows: NDArray[np.bool_],
    votes: NDArray[np.int8],
    parties: NDArray[np.object_],
    outside: NDArray[np.bool_],
    table: Table,
    ordered: bool = False,
) -> Seats:
    """From rows of votes: where members have one, and the party that each row gives.

    rows: which cells have a row. outside: which rows say that somebody was no member. ordered: whether the motions are
    in order of time though they have no dates.
    """
    at, last = _filled(parties)
    steady = (at == last[:, None]).all()
    dated = ordered or (len({motion.date for motion in motions}) > 1)
    seated = None
    if dated or outside.any():
        seated = _seated(members, rows & ~outside, votes, outside, table) if dated else ~outside
    if seated is not None and seated.all():
        seated = None
    if not dated and not outside.any() and len(motions) > 1 and not rows.all():
        table.remark(say("the motions have no days: who has no row is absent, and everybody a member throughout"))
    return Seats(seated, None if steady else at, tuple(last.tolist()))


def _filled(parties: NDArray[np.object_]) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """The party at each motion, where a row does not say it the one before (at first, the one after); the last ones."""
    at = parties.copy()
    for column in range(1, at.shape[1]):
        unknown = np.equal(at[:, column], NO_PARTY)
        at[unknown, column] = at[unknown, column - 1]
    for column in range(at.shape[1] - 2, -1, -1):
        unknown = np.equal(at[:, column], NO_PARTY)
        at[unknown, column] = at[unknown, column + 1]
    at[np.equal(at, NO_PARTY)] = ""
    return at, at[:, -1]


def _seated(
    members: Sequence[str],
    rows: NDArray[np.bool_],
    votes: NDArray[np.int8],
    outside: NDArray[np.bool_],
    table: Table,
) -> NDArray[np.bool_]:
    """Who was a member: whom a table with absences lists; else whoever does not fail too long to have been there."""
    motions = rows.shape[1]
    order = np.arange(motions)
    some = rows.any(axis=1)
    first = np.where(some, rows.argmax(axis=1), 0)
    last = np.where(some, motions - 1 - rows[:, ::-1].argmax(axis=1), motions - 1)
    within = (order >= first[:, None]) & (order <= last[:, None])
    gaps = int((within & ~rows).sum())
    absences = bool((rows & (votes == ABSENT)).any()) or bool(outside.any())
    if gaps == 0 or (absences and gaps <= LISTED * int(within.sum())):
        seated = rows | (within & ~_holes(rows, within)) & ~outside
        parts = int((~seated).any(axis=1).sum())
        if parts:
            table.remark(
                say("{parts} members sat for a part of the record only: who has no row was no member then", parts=parts)
            )
        return np.asarray(seated)
    seated = np.ones_like(rows)
    there = (rows.sum(axis=1) + 1) / (last - first + 3)  # how surely each took part while between its first and last
    for beyond in (order < first[:, None], order > last[:, None]):
        missed = beyond.sum(axis=1)
        surely = (missed >= LONG) & ((1 - there) ** missed < UNLIKELY) & (rows.sum(axis=1) >= LONG)
        seated &= ~(beyond & surely[:, None])
    parts = int((~seated).any(axis=1).sum())
    if parts:
        table.remark(
            say(
                "absences are not listed: {parts} members who took part so regularly that no row for {many_motions} "
                "motions or more at the start or the end is no chance were no members then; --members says it for sure",
                parts=parts,
                many_motions=LONG,
            )
        )
    doubtful = ((first >= LONG) | (last < motions - LONG)) & seated.all(axis=1)
    if doubtful.any():
        gone = [members[row] for row in np.flatnonzero(doubtful).tolist()]
        shown = ", ".join(gone[:5]) + (" ..." if len(gone) > 5 else "")
        table.remark(
            say(
                "absences are not listed: {many} members who seldom took part are counted as absent, not as no "
                "members, where they have no row: {shown}; say who sat when with --members",
                many=len(gone),
                shown=shown,
            )
        )
    return seated


def _holes(rows: NDArray[np.bool_], within: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Runs of at least `HOLE` motions without a row between two rows."""
    found = np.zeros_like(rows)
    for member in np.flatnonzero((within & ~rows).any(axis=1)):
        edges = np.flatnonzero(np.diff(np.concatenate([[0], (within[member] & ~rows[member]).astype(int), [0]])))
        for start, end in zip(edges[::2], edges[1::2], strict=True):
            if end - start >= HOLE:
                found[member, start:end] = True
    return found


def seats_of_spells(
    members: Sequence[str],
    motions: Sequence[Motion],
    spells: Sequence[Spell],
    rows: NDArray[np.bool_],
    parties: NDArray[np.object_],
    table: Table,
) -> tuple[tuple[str, ...], Seats]:
    """From a table of spells: the members, those who never voted too, who sat on the day of each motion, and for whom.

    rows: which cells have a row. Whoever has no spell is told, and sits where a row says so; who votes outside a spell
    is told, and is a member there.
    """
    if any(motion.date == dt.date.min for motion in motions):
        hint = "give every motion a date"
        raise TableError.one("WC543", "memberships need the days of the motions", hint, table.top)
    known = {key(name) for name in members}
    silent = list({key(one.member): one.member for one in spells if key(one.member) not in known}.values())
    everybody = (*members, *silent)
    row_of = {key(name): row for row, name in enumerate(everybody)}
    seated = np.zeros((len(everybody), len(motions)), dtype=bool)
    at = np.full(seated.shape, None, dtype=object)
    at[: len(members)] = parties
    for spell in sorted(spells, key=lambda spell: spell.start or dt.date.min):
        row = row_of[key(spell.member)]
        here = np.array([spell.holds(motion.date) for motion in motions])
        seated[row] |= here
        if spell.party:
            at[row, here] = spell.party
    told = {key(spell.member) for spell in spells}
    strange = np.array([key(name) not in told for name in members], dtype=bool)
    seated[: len(members)] |= strange[:, None] & rows
    beyond = rows & ~seated[: len(members)]
    outside = say(
        "have {rows} rows outside their spells, and are members there only where they voted", rows=int(beyond.sum())
    )
    unknown = list(itertools.compress(members, strange.tolist()))
    for whom, what in (
        (unknown, say("voted without a spell: they are members where they voted")),
        (silent, say("have no row: they are absent throughout")),
        ([name for name, out in zip(members, beyond, strict=True) if out.any()], outside),
    ):
        if whom:
            shown = ", ".join(whom[:5]) + (" ..." if len(whom) > 5 else "")
            table.remark(say("{many} {what}: {shown}", many=len(whom), what=what, shown=shown))
    filled, last = _filled(at)
    steady = (filled == last[:, None]).all()
    return everybody, Seats(None if seated.all() else seated, None if steady else filled, tuple(last.tolist()))
