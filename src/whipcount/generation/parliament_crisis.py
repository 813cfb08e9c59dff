"""A parliament after an election as a crisis: talks on who governs, investiture, and how long the government lasts.

What the source tells is copied with its row; what it does not tell is a wide prior or a value with the reason why it is
assumed. The result is the sections of a scenario as plain records, which `parliament_text` writes as a file to edit.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import Any

from whipcount.data.parliaments import Parliament
from whipcount.scenario.drafting import slug
from whipcount.text import Label, mark

from .candidates import Candidate, Prospects
from .parliament_words import Record, text
from .parliament_words import name as name_of

STEP_DAYS = 7.0
TALKS_DAYS = 180  # after which the talks count as failed, if nobody says otherwise
SPREAD, PERSONAL_SPREAD = 0.04, 0.06  # of positions on 0..1: of a parliamentary group, of one person
WIDE = {"uniform": [0.0, 1.0]}
UNDATED = dt.date(2000, 1, 1)
DISPUTES = 1 / 700  # a day, each way: a government meets about one in a year

SENSE = {
    "left": mark("events force a decision in the sense of the left"),
    "right": mark("events force a decision in the sense of the right"),
}


@dataclass(frozen=True)
class Settings:
    """What a file is made for: its first day, how long the talks may take, how long is looked ahead after them."""

    start: dt.date
    talks_days: int = TALKS_DAYS
    horizon_days: int = 540

    @property
    def opens(self) -> dt.date:
        """First day of the talks: the day after the election."""
        return self.start + dt.timedelta(days=1)

    @property
    def closes(self) -> dt.date:
        """Last day of the talks."""
        return self.start + dt.timedelta(days=self.talks_days)

    @property
    def end(self) -> dt.date:
        """Last day of the scenario."""
        return self.start + dt.timedelta(days=max(self.horizon_days, self.talks_days + 30))


class Crisis:
    """The sections of the scenario of one parliament."""

    def __init__(self, parliament: Parliament, prospects: Prospects, settings: Settings) -> None:
        self.parliament = parliament
        self.prospects = prospects
        self.settings = settings
        self.source = "parlgov" if parliament.source == "ParlGov" else "parliament_table"
        taken = {"parliament", "cabinet", "caretaker", "new_election"}
        self.ids = [slug(party.name, taken, "party_", 24) for party in parliament.parties]
        self.cabinet_ids = [slug(self._called(one), taken, "cabinet_", 80) for one in prospects.candidates]
        self.governing = sorted({row for one in prospects.candidates for row in one.members})

    def _called(self, one: Candidate) -> str:
        return "_".join(self.ids[row] for row in one.members) + ("_alone" if len(one.members) == 1 else "")

    # -- names -----------------------------------------------------------------------------------------------------

    def name(self, row: int) -> Label:
        """A party's name."""
        party = self.parliament.parties[row]
        return Label(party.names[0] or party.name, party.names[1] or party.name)

    def short(self, one: Candidate) -> str:
        """A cabinet as the parties in it."""
        return " + ".join(self.parliament.parties[row].name for row in one.members)

    def cited(self, row: int) -> list[str]:
        """The pointer at a party's row."""
        return [f"{self.source}:{self.parliament.parties[row].where}"]

    # -- sections --------------------------------------------------------------------------------------------------

    def sections(self, outcomes: list[Record]) -> dict[str, Any]:
        """Every section, in the order of the file; with what a run is asked for."""
        parliament, settings = self.parliament, self.settings
        return {
            "title": text(mark("Talks on a government: {parliament}"), parliament=parliament.title),
            "summary": text(
                mark(
                    "After an election {parties} parties with {seats} of {total} seats negotiate a government; none is "
                    "excluded beforehand."
                ),
                parties=len(parliament.parties),
                seats=sum(p.seats for p in parliament.parties),
                total=parliament.total,
            ),
            "calendar": {"start": settings.start, "end": settings.end, "step_days": STEP_DAYS},
            "sources": self._sources(),
            "dimensions": [
                {
                    "id": "left_right",
                    "name": text(mark("left and right")),
                    "low": text(mark("left")),
                    "high": text(mark("right")),
                }
            ],
            "settlements": self._settlements(),
            "government": self._government(),
            "parties": [self._party(row) for row in range(len(self.ids))],
            "defaults": {
                "traits": {"cadre": 0.5, "press": 0.2, "organisation": 0.2},
                "assumed": "the source tells nothing of persons; all are alike",
            },
            "actors": [actor for row in range(len(self.ids)) for actor in self._actors(row)],
            **self._optional("factions", [f for row in range(len(self.ids)) for f in self._factions(row)]),
            "bodies": self._bodies(),
            "posts": self._posts(),
            "table": self._table(),
            "pressures": self._pressures(),
            **self._optional("events", self._events()),
            **self._optional("record", self._record()),
            "outcomes": outcomes,
            "parameters": self._parameters(),
        }

    @staticmethod
    def _optional(key: str, records: list[Record]) -> Record:
        return {key: records} if records else {}

    def _sources(self) -> list[Record]:
        parliament = self.parliament
        if parliament.source == "ParlGov":
            title = text(mark("ParlGov: parties, elections, cabinets"))
            first = {"id": self.source, "title": title, "author": "Döring, Holger & Manow, Philip"}
        else:
            first = {"id": self.source, "title": name_of(parliament.source)}
        return [
            first,
            {
                "id": "gamson",
                "title": text(mark("A theory of coalition formation")),
                "author": "Gamson, William A.",
                "year": 1961,
                "note": "offices are shared in proportion to the seats that each partner brings",
            },
            {
                "id": "formation_model",
                "title": text(mark("whipcount formation: the shipped model")),
                "note": "who is on the menu, who is asked to form a government, how long a cabinet should last",
            },
        ]

    def _settlements(self) -> list[Record]:
        found = []
        for name, one in zip(self.cabinet_ids, self.prospects.candidates, strict=True):
            kind = {"minority": "minority", "minimal": "minimal winning", "oversized": "oversized"}[one.kind]
            found.append(
                {
                    "id": name,
                    "name": name_of(self.short(one)),
                    "point": {"left_right": self._point(one.place)},
                    "parties": [self.ids[row] for row in one.members],
                    "shares": dict(zip((self.ids[row] for row in one.members), _shares(one.shares), strict=True)),
                    "defuse": 1.0,
                    "standing": round(max(100 * one.probability, 0.01), 3),
                    "evidence": [
                        {"source": "gamson", "note": "shares"},
                        {
                            "source": "formation_model",
                            "note": f"{kind}, {one.seats:.1%} of the seats; probability {one.probability:.3f}",
                        },
                    ],
                    "assumed": "the programme is the members' mean position, weighted by seats",
                }
            )
        centre = _mean([(party.seats, party.position) for party in self.parliament.parties])
        outgoing = [row for row, party in enumerate(self.parliament.parties) if party.incumbent]
        before = _mean([(self.parliament.parties[r].seats, self.parliament.parties[r].position) for r in outgoing])
        caretaker: Record = {
            "id": "caretaker",
            "name": text(mark("the outgoing government as a caretaker")),
            "point": {"left_right": self._point(centre if before is None else before)},
            "parties": [self.ids[row] for row in outgoing],
        }
        if outgoing:
            caretaker["evidence"] = [f"{self.source}:{self.parliament.parties[row].where}" for row in outgoing]
            caretaker["assumed"] = "a caretaker's offices are no prize: no shares"
        else:
            caretaker["assumed"] = "the source does not say who governed; nobody in this parliament is taken to"
        end = {
            "id": "new_election",
            "name": text(mark("the government falls, a new election")),
            "point": {"left_right": self._point(centre)},
            "assumed": "nobody knows what it would bring: the mean of parliament, and no offices",
        }
        return [*found, caretaker, end]

    def _point(self, place: float | None) -> Any:
        if place is None:
            return {"value": 0.5, "assumed": "nobody's position is known, and policy weighs nothing (talks.policy)"}
        return round(place, 4)

    def _government(self) -> Record:
        premier = next((row for row, party in enumerate(self.parliament.parties) if party.premier), None)
        head = {} if premier is None else {"head": f"leader_{self.ids[premier]}"}
        return {
            "settlement": "caretaker",
            "fall": "new_election",
            **head,
            "cabinet": "cabinet",
            "confidence": "parliament",
            **(
                {"evidence": self.cited(premier)}
                if premier is not None
                else {"assumed": "the source names no prime minister's party"}
            ),
        }

    def _party(self, row: int) -> Record:
        party = self.parliament.parties[row]
        record: Record = {
            "id": self.ids[row],
            "name": name_of(self.name(row)),
            "principal": f"group_of_{self.ids[row]}",
            "leader": f"leader_{self.ids[row]}",
            "support": round(party.seats / self.parliament.total, 5),
        }
        if party.wings:
            record["ultimatum"] = {
                "form": "spoken",
                "deadline_days": 7.0,
                "quota": 0.5,
                "branch": "expulsion",
                "assumed": "a leader who wants the coalition may demand obedience of those who do not",
            }
        return {**record, "evidence": self.cited(row)}

    def _ideal(self, position: float | None, spread: float, what: str) -> Record:
        if position is None:
            return {"prior": WIDE, "assumed": f"the source gives {what} no position"}
        return {
            "prior": {"normal": [round(position, 4), spread]},
            "assumed": "the source's position; its error is assumed",
        }

    def _actors(self, row: int) -> list[Record]:
        party, name = self.parliament.parties[row], self.ids[row]
        leader: Record = {
            "id": f"leader_{name}",
            "name": name_of(Label(party.leader, party.leader_ru or party.leader))
            if party.leader
            else text(mark("leader of {party}"), party=self.name(row)),
            "party": name,
            "ideal": {"left_right": self._ideal(party.position, PERSONAL_SPREAD, "this party")},
            "evidence": self.cited(row),
        }
        if not party.leader:
            leader["assumed"] = "the source does not name the leader"
        found = [leader]
        rest = party.seats - 1
        for number, wing in enumerate(party.wings):
            place = party.position if wing.position is None else wing.position
            found.append(
                {
                    "id": f"head_{name}_{number + 1}",
                    "name": name_of(wing.head)
                    if wing.head
                    else text(mark("head of {wing}, {party}"), wing=wing.name, party=self.name(row)),
                    "party": name,
                    "ideal": {"left_right": self._ideal(place, PERSONAL_SPREAD, "this faction")},
                    "evidence": self.cited(row),
                }
            )
            if wing.seats > 1:
                found.append(
                    self._bloc(
                        f"wing_{name}_{number + 1}",
                        text("{wing}, {party}", wing=wing.name, party=self.name(row)),
                        row,
                        wing.seats - 1,
                    )
                )
                found[-1]["ideal"] = {"left_right": self._ideal(place, SPREAD, "this faction")}
            rest -= wing.seats
        if rest > 0:
            found.append(
                self._bloc(f"deputies_{name}", text(mark("deputies of {party}"), party=self.name(row)), row, rest)
            )
        return found

    def _bloc(self, ident: str, name: Record, row: int, size: int) -> Record:
        party = self.parliament.parties[row]
        return {
            "id": ident,
            "name": name,
            "party": self.ids[row],
            "size": size,
            "ideal": {"left_right": self._ideal(party.position, SPREAD, "this party")},
            "evidence": self.cited(row),
        }

    def _factions(self, row: int) -> list[Record]:
        party, name = self.parliament.parties[row], self.ids[row]
        return [
            {
                "id": f"faction_{name}_{number + 1}",
                "name": name_of(wing.name),
                "party": name,
                "members": [
                    f"head_{name}_{number + 1}",
                    *([f"wing_{name}_{number + 1}"] if wing.seats > 1 else []),
                ],
                "evidence": self.cited(row),
            }
            for number, wing in enumerate(party.wings)
        ]

    def _seats(self, row: int) -> list[Record]:
        return [{"actor": actor["id"], "weight": float(actor.get("size", 1))} for actor in self._actors(row)]

    def _bodies(self) -> list[Record]:
        found: list[Record] = [
            {
                "id": "parliament",
                "name": text("Parliament"),
                "kind": "conference",
                "rule": "cast",
                "attendance": 1.0,
                "forum": any(party.wings for party in self.parliament.parties),
                "evidence": [f"{self.source}:seats"],
                "assumed": "where it divides on a government, more ayes than noes let it pass",
                "seats": [seat for row in range(len(self.ids)) for seat in self._seats(row)],
            },
            {
                "id": "cabinet",
                "name": text("Cabinet"),
                "kind": "cabinet",
                "assumed": "the source does not name ministers",
                "seats": [{"actor": f"leader_{self.ids[row]}", "occupied": False} for row in self.governing],
            },
        ]
        for row, name in enumerate(self.ids):
            found.append(
                {
                    "id": f"group_of_{name}",
                    "name": text(mark("{party} in parliament"), party=self.name(row)),
                    "kind": "caucus",
                    "party": name,
                    "attendance": 1.0,
                    "chair": f"leader_{name}",
                    "evidence": self.cited(row),
                    "assumed": "the party's members of parliament decide for it",
                    "seats": self._seats(row),
                }
            )
        return found

    def _posts(self) -> list[Record]:
        found = []
        for row in self.governing:
            shares = [one.shares[one.members.index(row)] for one in self.prospects.candidates if row in one.members]
            heads = [actor["id"] for actor in self._actors(row) if "size" not in actor]
            found.append(
                {
                    "id": f"offices_of_{self.ids[row]}",
                    "name": text(mark("offices of {party}"), party=self.name(row)),
                    "body": "cabinet",
                    "portfolio": round(sum(shares) / len(shares), 4),
                    "eligible": heads,
                    "evidence": [{"source": "gamson", "note": "mean share over the governments on the menu"}],
                }
            )
        return found

    def _table(self) -> Record:
        return {
            "id": "talks",
            "name": text("Talks on a government"),
            "consent": "members",
            "investiture": "none" if self._minorities() > 0.5 else "vote",
            "sides": [
                {"party": self.ids[row], "weight": round(max(self.prospects.leads[row], 0.002), 4)}
                for row in self.governing
            ],
            "menu": list(self.cabinet_ids),
            "opens": self.settings.opens,
            "closes": self.settings.closes,
            "sessions_per_day": 0.25,
            "lag_days": 7.0,
            "evidence": [{"source": "formation_model", "note": "weight: the chance to be the largest in the cabinet"}],
            "assumed": f"two sessions a week, a week from agreement to oath; {self._rule()}",
        }

    def _minorities(self) -> float:
        """Share of the known past under minority governments; 0 where nothing is known of it."""
        habits = self.parliament.record.habits if self.parliament.record is not None else None
        return habits.minority / habits.years if habits is not None and habits.years > 0 else 0.0

    def _rule(self) -> str:
        share = self._minorities()
        if share > 0.5:
            return f"no vote on a new government, since minorities governed {share:.0%} of the years without a majority"
        return "parliament votes on a new government, as the source tells of no other custom"

    def _pressures(self) -> list[Record]:
        return [
            {
                "id": "impasse",
                "name": text("no government with a majority's trust"),
                "level": {"prior": {"uniform": [0.0, 0.3]}, "assumed": "voters are patient at first"},
                "target": {"prior": {"uniform": [0.6, 1.0]}, "assumed": "and tire of waiting"},
                "reversion": 0.03,
                "noise": 0.01,
                "threat": 0.0,
                "costs": dict.fromkeys(self.ids, 0.15),
                "assumed": "what every party pays for leaving the country without a government; any deal ends it",
            }
        ]

    def _events(self) -> list[Record]:
        if not self.parliament.placed:
            return []
        placed = sorted((p.position, p.seats) for p in self.parliament.parties if p.position is not None)
        low, high = _quantile(placed, 0.2), _quantile(placed, 0.8)
        sides = (("left", low), ("right", high))
        return [
            {
                "id": f"decision_to_the_{side}",
                "name": text(SENSE[side]),
                "after": self.settings.opens + dt.timedelta(days=60),
                "rate_per_day": round(DISPUTES, 5),
                "effects": {"government": {"left_right": round(point, 4)}},
                "assumed": "about one such decision a year and a half; a partner may leave over it",
            }
            for side, point in sides
            if low < high
        ]

    def _record(self) -> list[Record]:
        parliament = self.parliament
        if parliament.formed is None or parliament.formed_on is None:
            return []
        if not self.settings.start <= parliament.formed_on <= self.settings.end:
            return []
        formed = " + ".join(parliament.formed)
        return [
            {
                "id": "government_formed",
                "date": parliament.formed_on,
                "text": text(mark("The government takes office: {parties}."), parties=formed)
                if not parliament.formed_name
                else text(mark("{name} takes office: {parties}."), name=parliament.formed_name, parties=formed),
                "evidence": [f"{self.source}:cabinet {parliament.formed_name}"],
            }
        ]

    def _parameters(self) -> Record:
        short, long = self.prospects.months * 0.6, self.prospects.months * 1.6
        found: Record = {
            "survival.s_calm": {
                "prior": {"uniform": [round(_outlasts(short), 4), round(_outlasts(long), 4)]},
                "evidence": [
                    {
                        "source": "formation_model",
                        "note": f"a cabinet is expected to last {self.prospects.months:.0f} months, give or take",
                    }
                ],
            },
            "survival.breadth": _prior(0.0, 4.0, "broad governments last, or it makes no difference"),
            "survival.optimism": _prior(-0.3, 0.3, "no side is known to be surer than the other"),
            "talks.office": _prior(0.05, 0.3, "from little to as much as any difference of policy"),
            "talks.association": _prior(-0.02, 0.06, "newcomers and those who governed: habit, or none"),
            "talks.association_power": _prior(-0.02, 0.06, "the same for those who governed"),
            "talks.fall_cost": _prior(0.0, 0.1, "what a new election costs those in office beyond policy"),
            "mandate.gain_expose": _prior(-0.04, 0.01, "after an election hardly anybody gains by a show of failure"),
            "mandate.review": _prior(0.05, 0.3, "groups meet every week or so"),
        }
        if not self.parliament.placed:
            found["talks.policy"] = {
                "value": 0.0,
                "assumed": "the source gives no positions: parties seek office alone",
            }
        return found


def _prior(low: float, high: float, reason: str) -> Record:
    return {"prior": {"uniform": [low, high]}, "assumed": reason}


def _outlasts(months: float) -> float:
    """The chance to outlast the next 30 days of a government that is expected to last so many months."""
    return math.exp(-30.0 / (months * 30.44))


def _shares(shares: tuple[float, ...]) -> list[float]:
    """Rounded shares that sum to 1: what rounding adds or takes is the largest party's."""
    rounded = [round(share, 3) for share in shares]
    rounded[0] = round(1.0 - sum(rounded[1:]), 3)
    return rounded


def _mean(pairs: list[tuple[int, float | None]]) -> float | None:
    known = [(seats, position) for seats, position in pairs if position is not None]
    held = sum(seats for seats, _ in known)
    return sum(seats * position for seats, position in known) / held if held else None


def _quantile(placed: list[tuple[float, int]], share: float) -> float:
    """The position below which this share of the seats lies."""
    total, reached = sum(seats for _, seats in placed), 0
    for position, seats in placed:
        reached += seats
        if reached >= share * total:
            return position
    return placed[-1][0]
