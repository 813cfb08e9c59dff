"""Roll calls as a frozen table: members by motions, with parties and dates; and what a party's line was.

Votes are NO, YES, ABSTAIN or ABSENT. A party's line on a motion is what most of its voting members did.
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
    """Members by motions: votes has shape (members, motions); an empty party means none is known."""

    members: tuple[str, ...]
    parties: tuple[str, ...]
    motions: tuple[Motion, ...]
    votes: Votes
    title: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        problems = []
        if not self.members or not self.motions:
            hint = "give at least one member and one motion"
            problems.append(Problem("WC501", "the roll calls hold no votes", hint))
        elif self.votes.shape != (len(self.members), len(self.motions)) or len(self.parties) != len(self.members):
            hint = "one row a member, one column a motion"
            problems.append(Problem("WC514", f"votes of shape {self.votes.shape} do not fit", hint))
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
        """The parties, the largest first."""
        known = [party for party in self.parties if party]
        return tuple(sorted(set(known), key=lambda party: (-known.count(party), party)))

    @cached_property
    def party_of(self) -> Integers:
        """The party of each member as its place among `party_names`; -1 where none is known."""
        places = {party: place for place, party in enumerate(self.party_names)}
        return np.array([places.get(party, -1) for party in self.parties], dtype=np.int64)

    @cached_property
    def lines(self) -> Votes:
        """What most voting members of each party did, shape (parties, motions); ABSENT where none voted.

        A tie goes to the vote against, then to the vote for: an abstention is a line only where it leads.
        """
        found = np.full((len(self.party_names), len(self.motions)), ABSENT, dtype=np.int8)
        for party in range(len(self.party_names)):
            cast = self.votes[self.party_of == party]
            counts = np.stack([(cast == kind).sum(axis=0) for kind in KINDS])
            found[party] = np.where(counts.sum(axis=0) > 0, counts.argmax(axis=0), ABSENT)
        return found

    @cached_property
    def member_lines(self) -> Votes:
        """The line each member was under, shape (members, motions); ABSENT for those without a party."""
        if not self.party_names:
            return np.full(self.votes.shape, ABSENT, dtype=np.int8)
        return np.where((self.party_of >= 0)[:, None], self.lines[self.party_of], ABSENT).astype(np.int8)

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
        """Some of the motions, in this order."""
        kept = list(places)
        return replace(self, motions=tuple(self.motions[place] for place in kept), votes=self.votes[:, kept])

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
        for member in np.flatnonzero(self.party_of < 0):
            shared = []
            for place in range(len(self.party_names)):
                both = self.voted[member, :first] & (self.lines[place, :first] != ABSENT)
                same = (self.votes[member, :first] == self.lines[place, :first])[both]
                shared.append(float(same.mean()) if both.sum() >= FEWEST_SHARED else 0.0)
            if shared and max(shared) >= ALIKE:
                parties[member] = self.party_names[int(np.argmax(shared))]
        return replace(self, parties=tuple(parties))
