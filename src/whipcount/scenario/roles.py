"""Who plays which part in a crisis, what happened, and how it looked on the first day: what crises are compared by."""

from __future__ import annotations

import contextlib
import datetime as dt
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, PositiveFloat, WithJsonSchema

from .values import Evidence, Model, Share, Slug, Text, as_tuples

Several = Annotated[
    tuple[Slug, ...],
    BeforeValidator(lambda given: (given,) if isinstance(given, str) else as_tuples(given)),
    Field(min_length=1),
    WithJsonSchema(
        {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]},
        mode="validation",
    ),
]


class Roles(Model):
    """The parts of a crisis; with them the 24 questions of the questionnaire are outcomes of the scenario."""

    focal: Several = Field(description="party in which the quarrel is; or several, whose common base is the focal body")
    leader: Slug = Field(description="actor who leads it at the start")
    dissenters: Several = Field(description="actors, factions or parties that are at odds with the line")
    government: tuple[Slug, ...] = Field(
        default=(), description="parties that govern; default: those of the settlement that governs at the start"
    )
    measure: Slug | None = Field(default=None, description="disputed line or measure: a settlement or a motion")
    evidence: tuple[Evidence, ...] = ()
    assumed: str | None = Field(default=None, description="reason, where no source gives it")


def _answer_from_short(value: object) -> object:
    """Read `yes`, `no`, `doubtful`, `doubtful yes`, `doubtful no`."""
    if isinstance(value, bool):
        return {"answer": "yes" if value else "no"}
    if isinstance(value, str):
        doubtful = value.startswith("doubtful")
        rest = value.removeprefix("doubtful").strip()
        return {"answer": rest or None, "doubtful": doubtful}
    if isinstance(value, dict):
        value = dict(value)
        if isinstance(value.get("answer"), bool):
            value["answer"] = "yes" if value["answer"] else "no"
        if isinstance(date := value.get("date"), str):
            with contextlib.suppress(ValueError):
                value["date"] = dt.date.fromisoformat(date)
    return as_tuples(value)


class AnswerRecord(Model):
    """What happened, as far as it is known; short: `yes`, `no`, `doubtful yes`, `doubtful no`, `doubtful`."""

    answer: Literal["yes", "no"] | None = Field(default=None, description="yes or no; none: not known")
    doubtful: bool = Field(default=False, description="the sources leave it open, or the question fits badly")
    date: dt.date | None = Field(default=None, description="day on which it came about")
    note: str = Field(default="", description="in what way")
    evidence: tuple[Evidence, ...] = ()

    @property
    def happened(self) -> bool | None:
        """Whether it happened; none if not known."""
        return None if self.answer is None else self.answer == "yes"


Answer = Annotated[AnswerRecord, BeforeValidator(_answer_from_short)]

Pair = Annotated[
    tuple[Share, Share],
    BeforeValidator(lambda given: (given, given) if isinstance(given, (int, float)) else as_tuples(given)),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "minimum": 0, "maximum": 1},
                {
                    "type": "array",
                    "items": {"type": "number", "minimum": 0, "maximum": 1},
                    "minItems": 2,
                    "maxItems": 2,
                },
            ]
        },
        mode="validation",
    ),
]
Flag = Annotated[int, Field(ge=0, le=1)]


class FirstDay(Model):
    """How the crisis looked on its first day, coded without what came after.

    Shares and judgements run from 0 to 1; a judgement is a number, or [low, high]. F, L, D, G and K: the focal
    party, its leader, the dissenters, the government and the disputed measure.
    """

    regime: Literal["committee", "single", "coalition", "minority", "opposition"] | None = Field(
        default=None, description="what sort of government the focal party carries or faces"
    )
    window_days: PositiveFloat | None = Field(default=None, description="last day less first day")
    gov_seat_share: Share | None = Field(default=None, description="seats of G's parties in the body that can end it")
    focal_share: Share | None = Field(default=None, description="F's share of those seats")
    d_share: Pair | None = Field(default=None, description="D's share of F's group")
    d_pivotal: Flag | None = Field(default=None, description="1: without D the majority is gone")
    d_posts: int | None = Field(default=None, ge=0, description="posts of D in G, junior ones too")
    d_cabinet: int | None = Field(default=None, ge=0, description="those of them of full rank")
    d_top: Flag | None = Field(default=None, description="1: among D is a possible successor, or the head of a party")
    partner_n: int | None = Field(default=None, ge=0, description="parties in G besides L's, supporters included")
    partner_unhappy: Pair | None = Field(default=None, description="distance from K of the least happy of them")
    partner_pivotal: Flag | None = Field(default=None, description="1: without that partner the majority is gone")
    partner_is_d: Flag | None = Field(default=None, description="1: D is itself a partner")
    partner_other: Pair | None = Field(default=None, description="distance from K of the least happy partner but D")
    dist_d: Pair | None = Field(default=None, alias="dist_D", description="distance of D's ideal point from K")
    dist_l: Pair | None = Field(default=None, alias="dist_L", description="distance of L's ideal point from K")
    dist_sq_d: Pair | None = Field(
        default=None, alias="dist_sq_D", description="distance of D's ideal point from things without K"
    )
    k_importance: Pair | None = Field(default=None, description="what K is worth to L")
    k_urgent: Flag | None = Field(default=None, description="1: a date fixed already forces a decision on K")
    ext_threat: Pair | None = Field(default=None, description="war, panic or unrest that press on G")
    leader_removable: Pair | None = Field(default=None, description="how easily F's own body could remove L")
    leader_weak: Pair | None = Field(default=None, description="how weak L stands: polls, defeats, scandals")
    election_possible: Pair | None = Field(default=None, description="whether an election can be had")
    election_attractive_g: Pair | None = Field(
        default=None, alias="election_attractive_G", description="how well G would do in it"
    )
    election_attractive_d: Pair | None = Field(
        default=None, alias="election_attractive_D", description="how well D would do in it"
    )
    constructive: Flag | None = Field(default=None, description="1: G's head is removed only by naming another")
    alt_government: Pair | None = Field(default=None, description="how visible another majority is")
    d_party_resources: Pair | None = Field(default=None, description="what D has for a party of its own")
    wider_body: Pair | None = Field(default=None, description="whether a larger body of F is due or easily called")
    prior_breach: Flag | None = Field(default=None, description="1: D has broken the line before")
    threat_already: Literal["none", "up", "down", "both"] | None = Field(
        default=None, description="threats made before the first day: by D to L (up), by L to D (down)"
    )
    sanctions_habit: Pair | None = Field(default=None, description="how usually F punishes such breaches")
    abstention_useful: Pair | None = Field(default=None, description="how far abstaining counts under the rules")

    def row(self) -> dict[str, object]:
        """One number or word for each column; a judgement has two, NAME (low) and NAME_hi (high)."""
        found: dict[str, object] = {}
        for field, info in type(self).model_fields.items():
            name, value = info.alias or field, getattr(self, field)
            if isinstance(value, tuple):
                found[name], found[f"{name}_hi"] = value
            elif value is not None:
                found[name] = value
        return found


def put(text: str, /) -> Text:
    """A question's words in every language."""
    from whipcount.text import say, speaking

    with speaking("en"):
        english = str(say(text))
    with speaking("ru"):
        return Text(en=english, ru=str(say(text)))
