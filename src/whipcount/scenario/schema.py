"""What a crisis is: the records of a scenario file, as validated and frozen models.

The file is YAML; each class below is one kind of record in it. Cross references (does this actor exist?) are
checked by `check.py`, which knows lines and columns; this file holds only what a record is in itself.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field, PositiveFloat, model_validator

from .effects import Effects
from .measures import Measure
from .roles import Answer, FirstDay, Roles
from .values import Evidence, Model, Prior, RuleText, Share, Slug, Text, Uncertain


class Documented(Model):
    """A record that names its sources, or says why it is assumed."""

    evidence: tuple[Evidence, ...] = ()
    assumed: str | None = Field(default=None, description="reason, where no source gives it")


class Calendar(Model):
    """Days or weeks from `start` to `end`, both included; dates in the file are new style (Gregorian)."""

    start: dt.date = Field(description="first day")
    end: dt.date = Field(description="last day")
    step_days: float = Field(default=1.0, gt=0, le=31, description="length of a step in days")
    beat_days: float | None = Field(
        default=None,
        gt=0,
        le=31,
        description="tempo: days in which a body of this crisis meets, answers and reconsiders (1 in a revolution, "
        "about 7 in a parliament), at least a step's (a day, or a step if longer); a judgement of the first day, never "
        "fitted",
    )
    assumed: str | None = Field(default=None, description="reason for the tempo")
    old_style_until: dt.date | None = Field(
        default=None, description="before this (new-style) date the old style is shown first"
    )

    @property
    def tempo(self) -> float:
        """Days of a beat: what is given, else a day, or a step where that is longer."""
        return self.beat_days if self.beat_days is not None else max(1.0, self.step_days)

    @model_validator(mode="after")
    def _ordered(self) -> Calendar:
        if self.end <= self.start:
            raise ValueError("the end must be after the start")
        if self.tempo < self.step_days:
            raise ValueError("a step must not be longer than a beat: give more beat_days, or fewer step_days")
        return self


class Source(Model):
    """A work that the scenario draws on. `account: true` marks one of the narrated versions."""

    id: Slug | Literal["A", "B", "C"]
    title: Text
    author: str = Field(default="", description="who wrote it")
    year: int | None = Field(default=None, description="when it appeared")
    account: bool = Field(default=False, description="one of the narrated versions")
    note: str = ""


class Dimension(Model):
    """One axis of the policy space, scaled 0..1, its two ends named."""

    id: Slug
    name: Text
    low: Text = Field(description="what 0 stands for")
    high: Text = Field(description="what 1 stands for")


class Settlement(Documented):
    """A named point of the policy space with the parties in it and their portfolio shares."""

    id: Slug
    name: Text
    point: dict[Slug, Uncertain] = Field(description="value in every dimension, 0..1")
    parties: tuple[Slug, ...] = Field(default=(), description="parties in the government")
    shares: dict[Slug, Share] = Field(default_factory=dict, description="portfolio share by party, sums to at most 1")
    defuse: Uncertain | None = Field(
        default=None, description="delta_y: share of the danger that the settlement defuses (default 0)"
    )
    standing: PositiveFloat = Field(
        default=1.0, description="how much it is talked of beforehand, beside the others: pacts, precedents"
    )


class Government(Documented):
    """Who governs at the start, where a fall leads, and the head who appoints and dismisses."""

    settlement: Slug
    fall: Slug = Field(description="settlement that follows if the government falls")
    head: Slug | None = Field(default=None, description="actor who appoints and dismisses")
    head_of_state: Slug | None = Field(
        default=None, description="actor who nominates after a fall, and may refuse a resignation, dismiss or dissolve"
    )
    cabinet: Slug | None = Field(default=None, description="body whose posts are the cabinet's")
    confidence: Slug | None = Field(default=None, description="body whose confidence the government needs")
    constructive: bool = Field(
        default=False, description="the body can bring a government down only by electing another at the same time"
    )


class Election(Documented):
    """How the body that makes and unmakes governments is elected, and what the polls say."""

    body: Slug = Field(description="body whose seats the votes fill")
    possible: bool = Field(default=True, description="an early election can be called")
    due: dt.date | None = Field(default=None, description="day of the regular election, if it lies within the calendar")
    campaign_days: PositiveFloat = Field(default=30.0, description="days from the call to the poll")
    method: Literal["dhondt", "sainte_lague", "modified_sainte_lague", "imperiali", "hare", "droop"] = Field(
        default="dhondt", description="how votes become seats"
    )
    threshold: Share = Field(default=0.0, description="share of the votes that a party needs")
    polls: dict[Slug, Uncertain] = Field(
        default_factory=dict, description="by party: share of the votes in the polls; default: the seats that it has"
    )


class Ultimatum(Documented):
    """How a party's leader may threaten: the form of the demand, of the answer, and of the sanction."""

    form: Literal["written", "spoken", "vote"] = Field(
        default="written", description="how the demand and its answer are given"
    )
    deadline_days: float = Field(default=2.0, gt=0, description="days given for the answer")
    evasion_counts: bool = Field(default=True, description="an indefinite answer counts as a refusal")
    branch: Literal["expulsion", "congress"] = Field(
        default="expulsion", description="what refusal is threatened with: expulsion, or referral to the congress"
    )
    quota: Share = Field(default=0.4, description="share of the principal body's seats that must sign")
    own_exit: bool = Field(default=False, description="the threat is the issuer's own exit")


class Leadership(Documented):
    """How a party's leader is chosen and removed, and how firmly the leader stands at the start."""

    body: Slug | None = Field(default=None, description="organ that chooses and removes; default: the principal body")
    letters: Share = Field(default=0.15, description="share of its votes that must ask for a vote on the leader")
    removable: bool = Field(default=True, description="false: the rules know no way to remove the leader")
    weak: Share = Field(default=0.0, description="how weak the leader stands: 0 firm, 1 as good as gone")


class Party(Documented):
    """A party at the table or in a body; its principal body sets the binding line."""

    id: Slug
    name: Text
    principal: Slug | None = Field(default=None, description="body that sets the line; none: the party does not decide")
    leader: Slug | None = Field(default=None, description="actor who can issue an ultimatum")
    line: Slug | None = Field(
        default=None,
        description="settlement that it stands for at the start, where it does not negotiate; default: what is in "
        "dispute, for the party of who leads the quarrel, else what its body likes best",
    )
    support: Share = Field(default=0.0, description="share of organised support (breadth counts it)")
    ultimatum: Ultimatum | None = Field(
        default=None, description="how its leader may threaten; default: alone, with an answer due in two beats"
    )
    leadership: Leadership | None = Field(default=None, description="how its leader is chosen and removed")
    congress: Slug | None = Field(default=None, description="body that stands above the principal body")
    bloc: bool = Field(default=False, description="not a party proper: an umbrella for those without one")
    colour: str | None = Field(default=None, pattern=r"^#[0-9a-fA-F]{6}$", description="in charts: #rrggbb")


class Traits(Model):
    """Dimensionless multipliers (1 = the mechanism's parameter as it stands) and resources (0..1)."""

    loyalty: Uncertain | None = Field(default=None, description="cost of acting against the line")
    identity: Uncertain | None = Field(default=None, description="cost of leaving the party")
    ambition: Uncertain | None = Field(default=None, description="value of office")
    duty: Uncertain | None = Field(default=None, description="cost of abandoning a post")
    conformity: Uncertain | None = Field(default=None, description="weight of the party line in voting")
    press: Uncertain | None = Field(default=None, description="resource, 0..1")
    organisation: Uncertain | None = Field(default=None, description="resource, 0..1")
    cadre: Uncertain | None = Field(default=None, description="experience the government runs on, 0..1")


class Actor(Documented, Traits):
    """A person, or a bloc with a size."""

    id: Slug
    name: Text
    party: Slug
    size: int = Field(default=1, ge=1, description="1: a person; more: a bloc of that many")
    ideal: dict[Slug, Uncertain] = Field(description="ideal point by dimension, 0..1; a list = several coders")
    salience: dict[Slug, float] | None = Field(default=None, description="by dimension, sums to 1; default: equal")
    note: str = ""


class Faction(Documented):
    """A named set of actors inside a party, with the names that the sources give it."""

    id: Slug
    name: Text
    party: Slug
    members: tuple[Slug, ...] = Field(min_length=1, description="actors who belong to it")
    aliases: tuple[Text, ...] = Field(default=(), description="names that the sources give it")


class Seat(Documented):
    """A seat of a body: who sits there and with what vote."""

    actor: Slug
    weight: PositiveFloat = Field(default=1.0, description="votes; a bloc's seat has as many as the bloc has members")
    attendance: Share | None = Field(default=None, description="chance of being present; default: the body's")
    occupied: bool = Field(default=True, description="false: may be seated later (a candidate member)")


class Body(Documented):
    """A committee, executive, cabinet, caucus, congress: seats, quorum, decision rule, chair, superior."""

    id: Slug
    name: Text
    kind: Literal["committee", "executive", "cabinet", "caucus", "congress", "union", "conference"] = Field(
        default="committee", description="what sort of body it is"
    )
    party: Slug | None = Field(default=None, description="the party whose organ it is, if any")
    rule: RuleText = Field(default="cast", description="how it decides, as it is written: `2/3 of cast; quorum: 1/2`")
    quorum: float = Field(default=0.0, ge=0, description="seats (weight) that must be present")
    chair: Slug | None = Field(default=None, description="actor who presides")
    casting_vote: bool = Field(default=False, description="the chair decides a tie")
    superior: Slug | None = Field(default=None, description="body that stands above it")
    proposers: tuple[Slug, ...] | Literal["members"] = Field(
        default="members", description="actors who may table motions; `members`: all who sit there"
    )
    forum: bool = Field(default=False, description="beaten motions can be carried here from elsewhere")
    convened: bool = Field(default=True, description="false: must be called first (a congress)")
    lead_days: float = Field(default=14.0, gt=0, description="days from call to session, for what must be called")
    attendance: Share = Field(default=0.9, description="chance that a member is present")
    seats: tuple[Seat, ...] = Field(default=(), description="who sits there, in the order of the roll")


class Tenure(Model):
    """A spell in a post."""

    holder: Slug
    since: dt.date | None = Field(default=None, description="first day")
    until: dt.date | None = Field(default=None, description="last day")
    evidence: tuple[Evidence, ...] = Field(default=(), description="where it comes from")
    assumed: str | None = Field(default=None, description="reason, where no source gives it")


class Post(Documented):
    """An office in a body, with its value, its holder or vacancy, and who could follow."""

    id: Slug
    name: Text
    body: Slug
    portfolio: float = Field(default=0.1, ge=0, le=1, description="value of the office as a share of all offices")
    holder: Slug | None = None
    eligible: tuple[Slug, ...] = Field(default=(), description="who may be appointed later, besides the holder")
    vacant: bool = Field(default=False, description="true: nobody holds it and nobody is to, as documented")
    history: tuple[Tenure, ...] = Field(default=(), description="earlier and later spells, as documented")

    @model_validator(mode="after")
    def _vacant_or_held(self) -> Post:
        if self.vacant and (self.holder is not None or self.eligible):
            raise ValueError("a post that stays vacant has neither a holder nor anybody eligible")
        return self


class TableSide(Model):
    """One party's place at the table."""

    party: Slug
    weight: PositiveFloat = Field(default=1.0, description="bargaining weight in the Nash product")
    must_accept: bool = Field(default=True, description="no deal without this party")
    mediator_cost: float = Field(
        default=1.0, ge=0, description="how hard the mediator's force would hit this party, relative to others"
    )


class Table(Documented):
    """A negotiation: parties, mediator, menu, sessions, lag."""

    id: Slug
    name: Text
    mediator: Slug | None = Field(default=None, description="actor who mediates")
    mediator_pressure: Slug | None = Field(default=None, description="pressure that is the mediator's force")
    sides: tuple[TableSide, ...] = Field(min_length=2, description="parties at the table")
    menu: tuple[Slug, ...] = Field(min_length=1, description="settlements that can be agreed; no deal is always there")
    consent: Literal["sides", "members"] = Field(
        default="sides",
        description="whose consent a settlement needs: every side's, or only that of the parties in it, "
        "which a formateur asks to join",
    )
    investiture: Literal["vote", "none"] = Field(
        default="vote",
        description="for `consent: members`: whether the body whose confidence is needed divides on a new government",
    )
    opens: dt.date = Field(description="first day of the talks")
    closes: dt.date = Field(description="last day of the talks")
    sessions_per_day: PositiveFloat = Field(default=0.5, description="how often the sides meet")
    lag_days: PositiveFloat = Field(default=3.0, description="days from agreement to effect")


class Pressure(Documented):
    """An outside danger or force, level 0..1."""

    id: Slug
    name: Text
    level: Uncertain = Field(description="level at the start, 0..1")
    target: Uncertain | None = Field(default=None, description="level it returns to; default: the start level")
    reversion: float = Field(default=0.1, ge=0, description="per day")
    noise: float = Field(default=0.02, ge=0, description="sd per square root of a day")
    threat: float = Field(default=1.0, ge=0, le=1, description="weight in the danger to the government")
    costs: dict[Slug, float] = Field(default_factory=dict, description="by party: utility at level 1")


class Constituency(Documented):
    """A local organisation or region of a party."""

    id: Slug
    name: Text
    party: Slug
    weight: PositiveFloat = Field(default=1.0, description="size, relative to the others")
    support: Uncertain = Field(description="support for the binding line against the opposition, 0..1")
    organised: bool = Field(default=False, description="already organised in favour of the opposition")


class Event(Documented):
    """Something that happens from outside: dated, or with a hazard between two dates."""

    id: Slug
    name: Text
    date: dt.date | None = None
    after: dt.date | None = None
    before: dt.date | None = None
    rate_per_day: PositiveFloat | None = Field(default=None, description="hazard, for an event without a fixed date")
    effects: Effects = Field(default=Effects(), description="what it changes")

    @model_validator(mode="after")
    def _dated_or_hazard(self) -> Event:
        if (self.date is None) == (self.rate_per_day is None):
            raise ValueError("give either a date, or rate_per_day (with after and before)")
        return self


class Matter(Documented):
    """A question that the crisis is about: options among which bodies decide; "as it is" is always one."""

    id: Slug
    name: Text
    options: tuple[Slug, ...] = Field(
        min_length=1, description="settlements that answer it, besides things as they are"
    )
    dimensions: tuple[Slug, ...] = Field(
        default=(), description="dimensions that it is about, on which alone its options count; default: all"
    )


class Motion(Documented):
    """A standing proposal that members of a body may table: its declared effect is one of these kinds."""

    id: Slug
    name: Text
    body: Slug
    rule: RuleText | None = Field(default=None, description="how this is decided; without it by the body's own rule")
    kind: Literal["settlement", "measure", "confidence", "no_confidence", "appointment", "dismissal", "congress"] = (
        Field(description="what it does if carried; confidence: what is lost if it fails")
    )
    settlement: Slug | None = Field(default=None, description="for kind settlement: what it commits to")
    matter: Slug | None = Field(default=None, description="for kind measure: the question that it decides")
    options: tuple[Slug, ...] = Field(
        default=(),
        description="for kind measure: settlements of which one is proposed and takes effect if carried; default: all "
        "options of its matter",
    )
    attach: Literal["never", "may", "always"] = Field(
        default="never", description="whether those who govern make it a question of confidence, lost if it fails"
    )
    if_carried: Slug | None = Field(default=None, description="motion that is put next if this one is carried")
    if_failed: Slug | None = Field(default=None, description="motion that is put next if this one fails")
    post: Slug | None = Field(default=None, description="for appointment and dismissal")
    holder: Slug | None = Field(default=None, description="for appointment: who would hold the post")
    after: dt.date | None = None
    before: dt.date | None = None
    proposers: tuple[Slug, ...] | Literal["members"] = Field(
        default="members", description="actors who may table it; `members`: all who sit in the body"
    )


class Offer(Documented):
    """Another partner whom the head of government can invite: the settlement offered and the posts in it."""

    id: Slug
    party: Slug
    settlement: Slug
    posts: tuple[Slug, ...] = Field(default=(), description="posts that go with it")
    after: dt.date | None = None
    lag_days: PositiveFloat = Field(default=7.0, description="days from agreement to entry")


class PastBreach(Documented):
    """An act against the line before the start."""

    id: Slug | None = Field(default=None, description="name by which overrides and interventions find it")
    actors: tuple[Slug, ...] = Field(min_length=1, description="who acted")
    party: Slug
    date: dt.date
    weight: PositiveFloat = Field(default=1.0, description="how heavy it weighs in the grievance")
    at_issue: bool = Field(default=False, description="not yet dealt with: an ultimatum may be about it")
    name: Text | None = None


class History(Model):
    """Facts before the start."""

    breaches: tuple[PastBreach, ...] = Field(default=(), description="acts against the line before the start")


class RecordedFact(Documented):
    """A dated fact of the record, as the sources report it."""

    id: Slug
    date: dt.date
    until: dt.date | None = Field(default=None, description="last day, for a span or an uncertain date")
    text: Text
    actors: tuple[Slug, ...] = Field(default=(), description="who took part")
    kind: Literal["fact", "judgement"] = Field(
        default="fact", description="a reported fact, or the narrator's own judgement"
    )
    event: Slug | None = Field(default=None, description="event of the scenario that this fact reports")
    conflict: str = Field(default="", description="what another source gives instead")


class Outcome(Documented):
    """A named, declared function of a run, with what happened."""

    id: Slug
    name: Text
    measure: Measure = Field(description="what is asked of a run")
    happened: bool | float | None = Field(default=None, description="documented value; none: not known")
    use: Literal["calibrate", "holdout", "report", "questionnaire"] = Field(
        default="report",
        description="calibrate: may fit parameters; holdout: only checks; report: neither; questionnaire: a question "
        "that is asked of every crisis",
    )
    given_crisis: bool = Field(default=False, description="quiet outcome: also reported given that a crisis happened")


class Claim(Documented):
    """A causal or counterfactual statement of a source: interventions, an outcome, an expected sign."""

    id: Slug
    text: Text
    kind: Literal["causal", "counterfactual", "partial", "descriptive"] = Field(
        description="what sort of statement it is"
    )
    do: tuple[str, ...] = Field(default=(), description="interventions, in the grammar of `whipcount ask`")
    rivals: tuple[tuple[str, ...], ...] = Field(default=(), description="rival causes among which it is apportioned")
    given: tuple[str, ...] = Field(default=(), description="outcomes on which worlds are conditioned")
    outcome: Slug | None = Field(default=None, description="id of the outcome it is about")
    sign: Literal["+", "-", "0"] | None = Field(
        default=None, description="direction in which the interventions are said to move the outcome"
    )
    untestable: str | None = Field(default=None, description="reason why the model cannot test it")

    @model_validator(mode="after")
    def _testable_or_reason(self) -> Claim:
        if (self.outcome is None) == (self.untestable is None):
            raise ValueError("a claim names an outcome, or says why it is untestable")
        return self


class VariantChoice(Model):
    """One source's version of a disputed matter: overrides of the base, by path."""

    text: Text
    set: dict[str, object] = Field(
        default_factory=dict, description="path: value, for instance `parties.x.ultimatum.branch: congress`"
    )
    evidence: tuple[Evidence, ...] = ()


class Variant(Model):
    """A matter on which the sources disagree, with each one's version."""

    id: Slug
    name: Text
    choices: dict[str, VariantChoice] = Field(min_length=2, description="the versions, by name")
    default: str


class Account(Model):
    """One source's version of the whole: its choice in each variant."""

    id: str
    name: Text
    source: str | None = Field(default=None, description="id of the source that tells it")
    choices: dict[Slug, str] = Field(default_factory=dict, description="by variant: the version this account takes")
    set: dict[str, object] = Field(default_factory=dict, description="further overrides, path: value")


class ParameterPrior(Documented):
    """A mechanism's parameter in this scenario: a value or a prior, with its reason."""

    value: float | None = Field(default=None, description="a fixed value")
    prior: Prior | None = Field(default=None, description="a distribution, drawn once a run")
    calibrate: bool = Field(default=False, description="one of the at most 12 parameters to calibrate")

    @model_validator(mode="after")
    def _one(self) -> ParameterPrior:
        if (self.value is None) == (self.prior is None):
            raise ValueError("give either a value or a prior")
        return self


class Defaults(Model):
    """Traits of actors that do not give their own, with the reason."""

    traits: Traits = Field(default=Traits(), description="traits and resources")
    assumed: str = Field(default="", description="reason for them")


class Scenario(Model):
    """A crisis: everything a run needs, and what happened beside it."""

    whipcount: Literal[2] = Field(description="version of the scenario language")
    title: Text = Field(description="name of the crisis")
    summary: Text = Field(description="what it is about, in a sentence or two")
    calendar: Calendar = Field(description="first and last day, length of a step")
    sources: tuple[Source, ...] = Field(default=(), description="works that the scenario draws on")
    dimensions: tuple[Dimension, ...] = Field(min_length=1, max_length=6, description="axes of the policy space")
    settlements: tuple[Settlement, ...] = Field(min_length=2, description="points of it on which the sides could agree")
    government: Government = Field(description="who governs, and what follows a fall")
    parties: tuple[Party, ...] = Field(min_length=1, description="parties and the bodies that set their lines")
    defaults: Defaults = Field(default=Defaults(), description="traits of those who give none of their own")
    actors: tuple[Actor, ...] = Field(min_length=1, description="persons and blocs")
    factions: tuple[Faction, ...] = Field(default=(), description="named groups inside parties")
    bodies: tuple[Body, ...] = Field(
        min_length=1, description="committees, executives, cabinets, congresses with their seats"
    )
    posts: tuple[Post, ...] = Field(default=(), description="offices with holders")
    table: Table | None = Field(default=None, description="the negotiation")
    election: Election | None = Field(default=None, description="how seats are won, and what the polls say")
    pressures: tuple[Pressure, ...] = Field(default=(), description="outside dangers and forces")
    constituencies: tuple[Constituency, ...] = Field(default=(), description="local organisations and regions")
    events: tuple[Event, ...] = Field(default=(), description="what happens from outside")
    matters: tuple[Matter, ...] = Field(
        default=(), description="questions of the crisis; default: one, about all settlements but that after a fall"
    )
    motions: tuple[Motion, ...] = Field(default=(), description="standing proposals")
    offers: tuple[Offer, ...] = Field(default=(), description="other partners who could be invited")
    history: History = Field(default=History(), description="facts before the start")
    record: tuple[RecordedFact, ...] = Field(default=(), description="what happened, fact by fact")
    roles: Roles | None = Field(
        default=None, description="who plays which part; gives the 24 questions that all crises are asked as outcomes"
    )
    first_day: FirstDay | None = Field(default=None, description="how it looked on the first day, coded")
    answers: dict[Slug, Answer] = Field(
        default_factory=dict, description="what happened, by question: yes, no, or doubtful"
    )
    outcomes: tuple[Outcome, ...] = Field(default=(), description="what a run is asked for")
    claims: tuple[Claim, ...] = Field(default=(), description="statements of the sources, as tests")
    variants: tuple[Variant, ...] = Field(default=(), description="matters on which the sources disagree")
    accounts: tuple[Account, ...] = Field(default=(), description="each source's version of the whole")
    parameters: dict[str, ParameterPrior] = Field(
        default_factory=dict, description="mechanism.parameter: value or prior, with its reason"
    )
