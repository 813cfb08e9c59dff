"""The small grammar in which outcomes are declared: queries on a run's events and daily measures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Literal

from pydantic import Field, model_validator

from .values import Model


class Query(Model):
    """Which events count: a verb (or one of several), and optionally who, what, which value, and between which dates.

    Verbs are those that mechanisms record (`whipcount plan SCENARIO --verbs`). Actor, party, faction,
    body, post, settlement, motion, event, constituency and pressure are ids. `value` is the name or number
    of a recorded code (for instance `expose` for a mandate).
    """

    verb: str | tuple[str, ...] = Field(description="what mechanisms record, for instance `leave_seat`; or several")
    actor: str | tuple[str, ...] | None = Field(default=None, description="id of an actor, or several")
    party: str | None = Field(default=None, description="id of a party")
    faction: str | None = Field(default=None, description="the actor is a member of this faction")
    object: str | tuple[str, ...] | None = Field(
        default=None, description="body, post, settlement, motion, ... the event is about"
    )
    value: str | float | None = Field(default=None, description="code by name, or number")
    after: dt.date | None = Field(default=None, description="on this day or later")
    before: dt.date | None = Field(default=None, description="on this day or earlier")

    @property
    def verbs(self) -> tuple[str, ...]:
        """The verbs, one or several."""
        return (self.verb,) if isinstance(self.verb, str) else self.verb


class Tally(Model):
    """Votes of one sort in a division of a body, counted as the body counts them.

    Of several divisions that fit, the one with the most such votes counts, unless the first or the last is asked for;
    the number is missing in runs without one. Defectors are members of a party who vote otherwise than most of those
    of it who vote (Rice 1928, The Behavior of Legislative Groups); a member belongs to the party of the file here,
    whoever has left it since.
    """

    of: Literal["yes", "no", "abstaining", "defectors"] = Field(description="which votes")
    body: str | None = Field(default=None, description="body that divides; default: that of the motion, else any")
    motion: str | None = Field(default=None, description="standing motion that is voted on; default: any matter")
    party: str | None = Field(default=None, description="votes of its members alone; needed for defectors")
    actor: str | tuple[str, ...] | None = Field(default=None, description="votes of these alone")
    which: Literal["first", "last", "most"] = Field(default="most", description="of several divisions")
    after: dt.date | None = Field(default=None, description="on this day or later")
    before: dt.date | None = Field(default=None, description="on this day or earlier")

    @model_validator(mode="after")
    def _of_whom(self) -> Tally:
        if self.of == "defectors" and self.party is None:
            raise ValueError("defectors are those of a party: name it")
        return self


class Measure(Model):
    """A declared function of one run. Exactly one form is given; `holds` turns a number into yes or no.

    ever, never: whether a query has a match. count: number of matches (distinct actors if `distinct`).
    first: first day (days since the start) of a match, missing where there is none. final: last daily value
    of a measure. tally: votes in a division. sequence: the queries' first matches come in this order. all, any,
    not: of other measures.
    """

    ever: Query | None = Field(default=None, description="whether the query has a match")
    never: Query | None = Field(default=None, description="whether it has none")
    count: Query | None = Field(default=None, description="number of matches")
    distinct: bool = Field(default=True, description="count actors once each")
    first: Query | None = Field(default=None, description="first day of a match")
    final: str | None = Field(default=None, description="name of a daily measure, `measure` or `measure:entity`")
    tally: Tally | None = Field(default=None, description="number of votes of one sort in a division")
    sequence: tuple[Query, ...] | None = Field(
        default=None, min_length=2, description="whether the first matches come in this order"
    )
    all: tuple[Measure, ...] | None = Field(default=None, min_length=1, description="all of these hold")
    any: tuple[Measure, ...] | None = Field(default=None, min_length=1, description="one of these holds")
    not_: Measure | None = Field(default=None, alias="not", description="this does not hold")
    between: tuple[float, float] | None = Field(default=None, description="number within [low, high]")
    at_least: float | None = Field(default=None, description="number of at least")
    at_most: float | None = Field(default=None, description="number of at most")
    falls: Literal["count", "exclude"] = Field(
        default="count",
        description="for `never`: runs cut short by a fall of the government count as never, or are left out",
    )

    @property
    def form(self) -> str:
        """The name of the form given."""
        return next(name for name in _FORMS if getattr(self, name) is not None)

    @property
    def is_binary(self) -> bool:
        """Whether the measure is yes or no (a probability over runs) and not a number."""
        if self.form in ("ever", "never", "sequence", "all", "any", "not_"):
            return True
        return self.between is not None or self.at_least is not None or self.at_most is not None

    @model_validator(mode="after")
    def _one_form(self) -> Measure:
        given = [name for name in _FORMS if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(
                f"give exactly one of ever, never, count, first, final, tally, sequence, all, any, not; not {given}"
            )
        numeric = self.form in ("count", "first", "final", "tally")
        if not numeric and (self.between or self.at_least is not None or self.at_most is not None):
            raise ValueError("between, at_least and at_most go with count, first, final or tally")
        return self


_FORMS = ("ever", "never", "count", "first", "final", "tally", "sequence", "all", "any", "not_")


def queries_of(measure: Measure) -> Iterator[Query]:
    """Every query of a measure."""
    for query in (measure.ever, measure.never, measure.count, measure.first, *(measure.sequence or ())):
        if query is not None:
            yield query
    for inner in (*(measure.all or ()), *(measure.any or ()), *((measure.not_,) if measure.not_ else ())):
        yield from queries_of(inner)
