"""What can be judged of a quarrel on its first day: the columns, their definitions, a sheet of judgements.

Letters as in `questionnaire`: F the party or body, L its leader, G the government, D the dissenters, K the measure.
Shares and judgements run from 0 to 1; a judgement has two ends, which say how sure the coder is.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whipcount.text import mark

from ..errors import Problem, TableError

Floats = NDArray[np.float64]
REGIMES = ("committee", "single", "coalition", "minority", "opposition")
THREATS = ("none", "up", "down", "both")


@dataclass(frozen=True)
class Judgement:
    """A column: its key, its kind (share, flag, count, number or word), its definition in English, its words."""

    key: str
    kind: str
    definition: str
    words: tuple[str, ...] = ()

    @property
    def shape(self) -> str:
        """How a value is written."""
        if self.words:
            return "|".join(self.words)
        return {"share": "0..1", "flag": "0|1", "count": "0, 1, 2, ..."}.get(self.kind, "a number")

    def number(self, value: Any) -> float:
        """A value as a number: of a word its place among the words. ValueError where it is none, or off the scale."""
        if isinstance(value, str):
            value = value.strip()
            if self.words:
                if value.casefold() not in self.words:
                    raise ValueError(f"{value!r} is none of its words")
                return float(self.words.index(value.casefold()))
            value = {"yes": "1", "no": "0", "true": "1", "false": "0"}.get(value.casefold(), value)
            # a comma can only be a decimal mark here: no judgement runs into thousands
            value = value.replace(",", ".") if value.count(",") == 1 and "." not in value else value
        number = float(value)
        top = {"share": 1.0, "flag": 1.0}.get(self.kind, float(len(self.words) - 1) if self.words else math.inf)
        whole = self.kind in ("flag", "count", "word")
        if not 0 <= number <= top or math.isinf(number) or (whole and number != int(number)):
            raise ValueError(f"{value} is not {self.shape}")
        return number

    def text(self, number: float) -> str:
        """A number as people write it."""
        return self.words[int(number)] if self.words else f"{number:g}"


JUDGEMENTS = (
    Judgement(
        "regime",
        "word",
        mark(
            "committee: the focal body is small, votes, and can outvote L; single: one party governs with a majority; "
            "coalition: parties share a cabinet with a majority; minority: a cabinet short of a majority; "
            "opposition: F does not govern"
        ),
        REGIMES,
    ),
    Judgement("window_days", "number", mark("last day minus first day of the window asked about")),
    Judgement(
        "gov_seat_share",
        "share",
        mark(
            "seats of the parties in G over all seats of the body that can bring G down, outside supporters "
            "not counted; 1 if G is F's own body"
        ),
    ),
    Judgement("focal_share", "share", mark("F's share of those seats of G; 1 if F is the whole coalition")),
    Judgement(
        "d_share",
        "share",
        mark("the dissenters' share of F's group, or of the focal body, as an observer of the day saw it"),
    ),
    Judgement("d_pivotal", "flag", mark("1 if D going over would leave G, or L in the focal body, without a majority")),
    Judgement("d_posts", "count", mark("posts in G held by D at the start of the day, junior ones too")),
    Judgement(
        "d_top", "flag", mark("1 if D includes a possible successor of L, F's second person, or a party's head in G")
    ),
    Judgement(
        "partner_n",
        "count",
        mark("parties in G besides L's own, plus parties that support it from outside; D counts if it is such a party"),
    ),
    Judgement(
        "partner_unhappy", "share", mark("distance from K of the least happy of these, D included; 0 if there is none")
    ),
    Judgement("partner_pivotal", "flag", mark("1 if that partner's leaving would cost G its majority")),
    Judgement("dist_D", "share", mark("distance of D's ideal from K")),
    Judgement("dist_L", "share", mark("distance of L's ideal from K")),
    Judgement("dist_sq_D", "share", mark("distance of D's ideal from what would hold if K were not carried out")),
    Judgement(
        "k_importance", "share", mark("weight of K for L: 1 = L's place or life work rests on it, 0 = indifferent")
    ),
    Judgement("k_urgent", "flag", mark("1 if a date already fixed that day forces a decision on K inside the window")),
    Judgement("ext_threat", "share", mark("war, market panic or unrest that presses on G that day")),
    Judgement(
        "leader_removable", "share", mark("how easily F's own body could remove L: rule, custom and dates together")
    ),
    Judgement("leader_weak", "share", mark("polls, recent defeats, scandals of L")),
    Judgement(
        "election_possible",
        "share",
        mark("can those who govern call an election, or get one by falling, inside the window; in opposition: can F"),
    ),
    Judgement("election_attractive_G", "share", mark("how well G would do by the polls of the day")),
    Judgement("election_attractive_D", "share", mark("the same for D as it stands")),
    Judgement("constructive", "flag", mark("1 if removing G's head needs a named successor")),
    Judgement(
        "alt_government",
        "share",
        mark("is another majority in sight: other parties, or another leader or majority where G is F's own body"),
    ),
    Judgement(
        "d_party_resources",
        "share",
        mark("press, organisation, money of D for a party of its own; near 1 if D is a party already"),
    ),
    Judgement(
        "wider_body",
        "share",
        mark("is a congress, conference or members' ballot of F due or easily called, with power over K"),
    ),
    Judgement(
        "prior_breach", "flag", mark("1 if D had broken the line by a vote or public act in the years just before")
    ),
    Judgement(
        "threat_already",
        "word",
        mark("a named consequence announced before the first day: up = by D to L, down = by L to D, both, none"),
        THREATS,
    ),
    Judgement("sanctions_habit", "share", mark("does F usually punish such breaches")),
    Judgement(
        "abstention_useful",
        "share",
        mark("do rules or habits make staying away count: 1 = it can settle K, 0 = no effect"),
    ),
    Judgement("d_cabinet", "count", mark("those of d_posts of full rank: cabinet, party executive, shadow cabinet")),
    Judgement("partner_is_d", "flag", mark("1 if D is itself a partner")),
    Judgement(
        "partner_other", "share", mark("distance from K of the least happy partner that is not D; 0 if there is none")
    ),
)
BY_KEY = {one.key: one for one in JUDGEMENTS}
_FOLDED = {one.key.casefold(): one for one in JUDGEMENTS}


def judgement(name: str) -> Judgement | None:
    """The judgement of a name in any case, or None."""
    return _FOLDED.get(name.strip().casefold())


@dataclass(frozen=True)
class FirstDay:
    """The judgements of one quarrel: the two ends of each by key; what is not there has not been judged."""

    name: str
    ends: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    @classmethod
    def of(cls, name: str, given: Mapping[str, Any]) -> FirstDay:
        """From values by key: one value, or a pair of ends; None and empty text are not judged (WC581)."""
        ends: dict[str, tuple[float, float]] = {}
        problems: list[Problem] = []
        for key, value in given.items():
            known = judgement(key)
            if known is None:
                near = (
                    ", ".join(one.key for one in JUDGEMENTS if key.casefold()[:4] in one.key.casefold()) or "none near"
                )
                hint = f"the nearest: {near}; whipcount outlook --write-sheet FILE lists all"
                problems.append(Problem("WC581", f"no judgement is called {key!r}", hint))
                continue
            pair = value if isinstance(value, Sequence) and not isinstance(value, str) else (value, value)
            try:
                found = _ends(known, pair)
            except (ValueError, TypeError) as wrong:
                hint = f"write {known.shape}, or two ends of which the first is the lower"
                problems.append(Problem("WC581", f"{known.key} of {name}: {wrong}", hint))
                continue
            if found is not None:
                ends[known.key] = found
        if problems:
            raise TableError(*problems)
        return cls(name, ends)

    def middle(self, key: str) -> float:
        """The middle of a judgement's two ends, nan where it has not been judged."""
        low, high = self.ends.get(key, (math.nan, math.nan))
        return (low + high) / 2

    def without(self, key: str) -> FirstDay:
        """The same with one judgement taken back."""
        return FirstDay(self.name, {name: pair for name, pair in self.ends.items() if name != key})

    def missing(self, keys: Sequence[str]) -> tuple[str, ...]:
        """Those of some judgements that have not been made."""
        return tuple(key for key in keys if key not in self.ends)


def _ends(known: Judgement, pair: Sequence[Any]) -> tuple[float, float] | None:
    first, last = [None if _empty(value) else value for value in pair] if len(pair) == 2 else (pair, None)
    if first is None and last is None:
        return None
    if first is None:
        raise ValueError("only the upper end is given")
    low = known.number(first)
    high = low if last is None else known.number(last)
    if high < low:
        raise ValueError(f"{last} is below {first}")
    if known.kind in ("word", "flag") and low != high:
        raise ValueError(f"{first} and {last} cannot both hold; leave it out if it is not known")
    return low, high


def _empty(value: Any) -> bool:
    return (
        value is None or (isinstance(value, float) and value != value) or (isinstance(value, str) and not value.strip())
    )


@dataclass(frozen=True, eq=False)
class Quarrels:
    """Quarrels with their answers: names, populations, first days, and answers (quarrels, questions).

    answers: 1 yes, 0 no, nan where a question does not apply. doubtful: of the same shape.
    """

    names: tuple[str, ...]
    population: tuple[str, ...]
    first_days: tuple[FirstDay, ...]
    questions: tuple[str, ...]
    answers: Floats
    doubtful: NDArray[np.bool_]
    source: str = ""

    def __len__(self) -> int:
        return len(self.names)

    def of(self, population: str) -> Quarrels:
        """Those of one population."""
        return self.only([row for row, one in enumerate(self.population) if one == population])

    def only(self, rows: Sequence[int]) -> Quarrels:
        """Some of the quarrels, by row."""
        kept = list(rows)
        return Quarrels(
            tuple(self.names[row] for row in kept),
            tuple(self.population[row] for row in kept),
            tuple(self.first_days[row] for row in kept),
            self.questions,
            self.answers[kept],
            self.doubtful[kept],
            self.source,
        )

    def joined(self, others: Quarrels) -> Quarrels:
        """These and then others."""
        return Quarrels(
            (*self.names, *others.names),
            (*self.population, *others.population),
            (*self.first_days, *others.first_days),
            self.questions,
            np.concatenate([self.answers, others.answers]),
            np.concatenate([self.doubtful, others.doubtful]),
            self.source,
        )

    def certain(self) -> Quarrels:
        """The same with doubtful answers taken as unknown."""
        known = np.where(self.doubtful, np.nan, self.answers)
        return Quarrels(self.names, self.population, self.first_days, self.questions, known, self.doubtful, self.source)

    def populations(self) -> Iterator[tuple[str, Quarrels]]:
        """Each population with its quarrels."""
        for one in dict.fromkeys(self.population):
            yield one, self.of(one)
