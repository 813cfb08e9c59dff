"""Roll calls as a frozen table: members by motions, with parties and dates; and what a party's line was.

Votes are NO, YES, ABSTAIN or ABSENT. A party's line on a motion is what more than half of its voting members did; a
party that is split has none. Members sit for a time, and may change party: both are known motion by motion.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..errors import Problem, TableError
from .tables import index_of

Votes = NDArray[np.int8]
Bools = NDArray[np.bool_]
Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

ABSENT, NO, YES, ABSTAIN = -1, 0, 1, 2
KINDS = (NO, YES, ABSTAIN)
WORDS = {NO: "no", YES: "yes", ABSTAIN: "abstain", ABSENT: "absent"}
CODES = {word: code for code, word in WORDS.items()}

ALIKE = 0.85  # share of a party's lines that a member without a party must have shared to be counted with it
FEWEST_SHARED = 5  # votes from which that is judged


@dataclass(frozen=True)
class Motion:
    """A motion that was voted on."""

    id: str
    title: str = ""
    date: dt.date = dt.date.min


@dataclass(frozen=True, eq=False)
class RollCalls:
    """Members by motions: votes has shape (members, motions); an empty party means none is known.

    parties: of each member, the last one. parties_at: shape (members, motions), where members changed party. seated:
    shape (members, motions), who was a member on the day; everybody always, where it is not known. announced: positions
    that were told or paired and not cast. order: parties in the order of `lines`, where it is not to be found anew.
    remarks: what was left out on reading, or read how.
    """

    members: tuple[str, ...]
    parties: tuple[str, ...]
    motions: tuple[Motion, ...]
    votes: Votes
    title: str = field(default="", compare=False)
    parties_at: NDArray[np.object_] | None = None
    seated: Bools | None = None
    announced: Bools | None = None
    order: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        problems = []
        if not self.members or not self.motions:
            hint = "give at least one member and one motion"
            problems.append(Problem("WC501", "the roll calls hold no votes", hint))
        elif self.votes.shape != (len(self.members), len(self.motions)) or len(self.parties) != len(self.members):
            hint = "one row a member, one column a motion"
            problems.append(Problem("WC514", f"votes of shape {self.votes.shape} do not fit", hint))
        elif any(
            table is not None and table.shape != self.votes.shape
            for table in (self.parties_at, self.seated, self.announced)
        ):
            hint = "parties, seats and announced votes have the shape of the votes"
            problems.append(Problem("WC514", "tables of different shapes", hint))
        elif not np.isin(self.votes, (ABSENT, NO, YES, ABSTAIN)).all():
            problems.append(Problem("WC560", "a vote is neither no, yes, abstain nor absent", "use these four"))
        elif not (self.votes != ABSENT).any():
            problems.append(Problem("WC501", "everybody was absent from every motion", "give at least one vote"))
        if problems:
            raise TableError(*problems)

    @property
    def shape(self) -> tuple[int, int]:
        """Members, motions."""
        return len(self.members), len(self.motions)

    @cached_property
    def party_names(self) -> tuple[str, ...]:
        """The parties, the largest first; those that nobody sits for any more last."""
        if self.order:
            return self.order
        known = [party for party in self.parties if party]
        ever = set(known) if self.parties_at is None else set(known) | set(self.parties_at.ravel().tolist()) - {""}
        return tuple(sorted(ever, key=lambda party: (-known.count(party), party)))

    @cached_property
    def party_of(self) -> Integers:
        """The last party of each member as its place among `party_names`; -1 where none is known."""
        places = {party: place for place, party in enumerate(self.party_names)}
        return np.array([places.get(party, -1) for party in self.parties], dtype=np.int64)

    @cached_property
    def party_at(self) -> Integers:
        """The party of each member at each motion, shape (members, motions), as `party_of` has it."""
        if self.parties_at is None:
            return np.repeat(self.party_of[:, None], len(self.motions), axis=1)
        found = np.full(self.votes.shape, -1, dtype=np.int64)
        for place, party in enumerate(self.party_names):
            found[self.parties_at == party] = place
        return found

    @cached_property
    def sat(self) -> Bools:
        """Who was a member at each motion, shape (members, motions); whoever voted was one."""
        if self.seated is None:
            return np.ones(self.votes.shape, dtype=bool)
        return np.asarray(self.seated | self.voted)

    @cached_property
    def cast(self) -> Bools:
        """Votes that were cast, not told or paired."""
        return self.voted if self.announced is None else np.asarray(self.voted & ~self.announced)

    @cached_property
    def lines(self) -> Votes:
        """What most voting members of each party did, shape (parties, motions); ABSENT where half or fewer agreed."""
        found = np.full((len(self.party_names), len(self.motions)), ABSENT, dtype=np.int8)
        for party in range(len(self.party_names)):
            cast = np.where(self.party_at == party, self.votes, ABSENT)
            counts = np.stack([(cast == kind).sum(axis=0) for kind in KINDS])
            found[party] = np.where(2 * counts.max(axis=0) > counts.sum(axis=0), counts.argmax(axis=0), ABSENT)
        return found

    @cached_property
    def member_lines(self) -> Votes:
        """The line each member was under, shape (members, motions); ABSENT for those without a party or a line."""
        if not self.party_names:
            return np.full(self.votes.shape, ABSENT, dtype=np.int8)
        under = np.take_along_axis(self.lines, np.maximum(self.party_at, 0), axis=0)
        return np.where(self.party_at >= 0, under, ABSENT).astype(np.int8)

    @cached_property
    def voted(self) -> Bools:
        """Who took part in what."""
        return np.asarray(self.votes != ABSENT)

    @cached_property
    def rebelled(self) -> Bools:
        """Who took part and did not do what the line was."""
        return np.asarray(self.under_line & (self.votes != self.member_lines))

    @property
    def under_line(self) -> Bools:
        """Who took part and had a line to follow or break."""
        return np.asarray(self.voted & (self.member_lines != ABSENT))

    def in_time(self) -> RollCalls:
        """The same with the motions in order of date (and as given within a day)."""
        order = sorted(range(len(self.motions)), key=lambda place: (self.motions[place].date, place))
        return self.only_motions(order)

    def only_motions(self, places: Sequence[int]) -> RollCalls:
        """Some of the motions, in this order; parties keep their order."""
        kept = list(places)
        return replace(
            self,
            motions=tuple(self.motions[place] for place in kept),
            votes=self.votes[:, kept],
            parties_at=None if self.parties_at is None else self.parties_at[:, kept],
            seated=None if self.seated is None else self.seated[:, kept],
            announced=None if self.announced is None else self.announced[:, kept],
            order=self.party_names,
        )

    def before(self, place: int) -> RollCalls:
        """The record before a motion, with every member in the party it was in when the motion came."""
        parties = tuple(self.party_names[one] if one >= 0 else "" for one in self.party_at[:, place])
        return replace(self.only_motions(range(place)), parties=parties)

    def only_members(self, rows: Sequence[int]) -> RollCalls:
        """Some of the members; parties keep their order."""
        kept = list(rows)
        return replace(
            self,
            members=tuple(self.members[row] for row in kept),
            parties=tuple(self.parties[row] for row in kept),
            votes=self.votes[kept],
            parties_at=None if self.parties_at is None else self.parties_at[kept],
            seated=None if self.seated is None else self.seated[kept],
            announced=None if self.announced is None else self.announced[kept],
            order=self.party_names,
        )

    def sitting(self, day: dt.date | None = None) -> RollCalls:
        """Those who were members at the last motion, or at the last one by a day (WC501 where nobody was)."""
        places = [place for place, motion in enumerate(self.motions) if day is None or motion.date <= day]
        if not places or not self.sat[:, places[-1]].any():
            raise TableError.one("WC501", f"nobody sits on {day}", "give a day within the record")
        last = places[-1]
        rows = np.flatnonzero(self.sat[:, last]).tolist()
        parties = tuple(self.party_names[one] if one >= 0 else "" for one in self.party_at[:, last])
        return replace(self, parties=parties).only_members(rows)

    def motion(self, id: str) -> int:
        """The place of a motion (WC513)."""
        return index_of(id, [motion.id for motion in self.motions])

    def member(self, name: str) -> int:
        """The place of a member (WC513)."""
        return index_of(name, self.members)

    def with_inferred_parties(self, until: int | None = None) -> RollCalls:
        """Members without a party counted with the one whose line they shared, as far as their votes show it.

        until: only the first so many motions are looked at, so that nothing later is used.
        """
        first = len(self.motions) if until is None else until
        parties = list(self.parties)
        at = None if self.parties_at is None else self.parties_at.copy()
        for member in np.flatnonzero((self.party_at < 0).all(axis=1)):
            shared = []
            for place in range(len(self.party_names)):
                both = self.voted[member, :first] & (self.lines[place, :first] != ABSENT)
                same = (self.votes[member, :first] == self.lines[place, :first])[both]
                shared.append(float(same.mean()) if both.sum() >= FEWEST_SHARED else 0.0)
            if shared and max(shared) >= ALIKE:
                parties[member] = self.party_names[int(np.argmax(shared))]
                if at is not None:
                    at[member] = parties[member]
        return replace(self, parties=tuple(parties), parties_at=at)
