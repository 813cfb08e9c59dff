"""How united parties vote: Rice's index, the agreement index, loyalty of members, agreement between parties, rebels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from whipcount.table import Column, Result, Table, figure
from whipcount.text import listing, percent, say

from .rollcall_table import ABSENT, KINDS, NO, YES, Floats, RollCalls

REBELS_SHOWN = 20


@dataclass(frozen=True)
class PartyUnity:
    """A party's unity over all motions: members, Rice, agreement, rebellions among votes cast, attendance.

    members: at the last motion at which anybody sat for it; ever: all who did at some motion.
    """

    party: str
    members: int
    ever: int
    rice: float
    agreement: float
    rebellions: int
    rebel_share: float
    attendance: float


@dataclass(frozen=True)
class MemberLoyalty:
    """A member's record under the line: votes cast, rebellions."""

    member: str
    party: str
    votes: int
    rebellions: int

    @property
    def share(self) -> float:
        """Share of votes cast against the line."""
        return self.rebellions / self.votes if self.votes else float("nan")


@dataclass(frozen=True)
class Unity(Result):
    """Unity of parties, their rebels, and how often parties took the same line."""

    references: ClassVar[tuple[str, ...]] = (
        "Rice 1925, The behavior of legislative groups",
        "Hix, Noury & Roland 2005, Power to the parties (agreement index)",
    )

    parties: tuple[PartyUnity, ...]
    rebels: tuple[MemberLoyalty, ...]
    same_line: tuple[tuple[str, str, float], ...]
    motions: int
    without_party: int

    def tables(self) -> tuple[Table, ...]:
        """Parties, rebels, pairs of parties."""
        return (
            Table(
                "parties",
                "Unity of parties",
                (
                    Column("party", "Party"),
                    Column("members", "Members", right=True),
                    Column("ever", "Ever", right=True, priority=2),
                    figure("rice", "Rice", ".3f"),
                    figure("agreement", "Agreement", ".3f"),
                    Column("rebellions", "Rebel votes", right=True),
                    figure("rebel_share", "Share", ".4f"),
                    figure("attendance", "Attendance", ".3f"),
                ),
                tuple(
                    (
                        one.party,
                        one.members,
                        one.ever,
                        one.rice,
                        one.agreement,
                        one.rebellions,
                        one.rebel_share,
                        one.attendance,
                    )
                    for one in self.parties
                ),
            ),
            Table(
                "rebels",
                "Who broke the line most often",
                (
                    Column("member", "Member"),
                    Column("party", "Party"),
                    Column("votes", "Votes", right=True),
                    Column("rebellions", "Against the line", right=True),
                    figure("share", "Share", ".3f"),
                ),
                tuple((one.member, one.party, one.votes, one.rebellions, one.share) for one in self.rebels),
            ),
            Table(
                "same_line",
                "Parties that took the same line",
                (
                    Column("first", "Party"),
                    Column("second", "Party"),
                    figure("share", "Share of motions", ".3f"),
                ),
                self.same_line,
            ),
        )

    def sentences(self) -> str:
        """Unity in plain words."""
        ordered = sorted(self.parties, key=lambda one: one.agreement)
        if not ordered:
            return say("No party is known.")
        loose, firm = ordered[0], ordered[-1]
        most = [f"{one.member} ({one.rebellions})" for one in self.rebels[:3]]
        return say(
            "Over {motions} motions the most united party is {party} (agreement {agreement:.3f}), the least "
            "{party_2} ({agreement_2:.3f}, {rebel_share} of its votes against its line). Most often against "
            "the line: {most}.",
            motions=self.motions,
            party=firm.party,
            agreement=firm.agreement,
            party_2=loose.party,
            agreement_2=loose.agreement,
            rebel_share=percent(loose.rebel_share, digits=2),
            most=listing(most),
        )

    def record(self) -> dict[str, Any]:
        """Unity as JSON can carry it."""
        return {
            "motions": self.motions,
            "without_party": self.without_party,
            **{grid.name: grid.records() for grid in self.tables()},
        }


def rice(votes: np.ndarray) -> Floats:
    """Rice's index of each motion: |yes - no| / (yes + no); nan where nobody voted yes or no. Columns are motions."""
    yes, no = (votes == YES).sum(axis=0), (votes == NO).sum(axis=0)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.abs(yes - no) / np.where(yes + no > 0, yes + no, np.nan))


def agreement(votes: np.ndarray) -> Floats:
    """The agreement index of each motion over yes, no and abstain: 1 united, 0 split in equal thirds."""
    counts = np.stack([(votes == kind).sum(axis=0) for kind in KINDS]).astype(float)
    total = counts.sum(axis=0)
    most = counts.max(axis=0)
    with np.errstate(invalid="ignore"):
        return np.asarray((most - 0.5 * (total - most)) / np.where(total > 0, total, np.nan))


def loyalty(calls: RollCalls) -> tuple[MemberLoyalty, ...]:
    """Every member's record under the line, the most frequent rebels first."""
    votes, broken = calls.under_line.sum(axis=1), calls.rebelled.sum(axis=1)
    order = sorted(range(len(calls.members)), key=lambda member: (-int(broken[member]), calls.members[member]))
    return tuple(
        MemberLoyalty(calls.members[member], calls.parties[member], int(votes[member]), int(broken[member]))
        for member in order
        if calls.parties[member]
    )


def unity(calls: RollCalls, shown: int = REBELS_SHOWN) -> Unity:
    """Unity, rebels and agreement between parties over all motions."""
    parties = []
    for place, party in enumerate(calls.party_names):
        inside = (calls.party_at == place) & calls.sat
        votes = np.where(inside, calls.votes, ABSENT)
        cast, broken = int(calls.under_line[inside].sum()), int(calls.rebelled[inside].sum())
        each = inside.sum(axis=0)
        parties.append(
            PartyUnity(
                party=party,
                members=int(each[each > 0][-1]) if each.any() else 0,
                ever=int(inside.any(axis=1).sum()),
                rice=_mean(rice(votes)),
                agreement=_mean(agreement(votes)),
                rebellions=broken,
                rebel_share=broken / cast if cast else float("nan"),
                attendance=float(calls.cast[inside].mean()) if inside.any() else float("nan"),
            )
        )
    pairs = []
    for first in range(len(calls.party_names)):
        for second in range(first + 1, len(calls.party_names)):
            both = (calls.lines[first] != ABSENT) & (calls.lines[second] != ABSENT)
            same = float((calls.lines[first] == calls.lines[second])[both].mean()) if both.any() else float("nan")
            pairs.append((calls.party_names[first], calls.party_names[second], same))
    pairs.sort(key=lambda pair: -pair[2])
    return Unity(
        parties=tuple(parties),
        rebels=loyalty(calls)[:shown],
        same_line=tuple(pairs),
        motions=len(calls.motions),
        without_party=int((calls.party_of < 0).sum()),
    )


def _mean(values: Floats) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else float("nan")
