"""The 24 questions that are asked of every crisis, as outcomes of a scenario that declares who plays which part.

Each is yes or no over the days of the calendar. F: the focal party or body; L: its leader at the start; G: the
government; D: the dissenters at the start; K: the disputed line or measure. A question that cannot be put in a
scenario, because there is nobody to do it or no mechanism records it, says so.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from whipcount.text import mark
from whipcount.theory.questionnaire import HAPPENED

from .measures import Measure, Query, Tally
from .registry import Declared
from .roles import AnswerRecord, Roles, put
from .schema import Motion, Outcome, Scenario

EXITS = ("leave_seat", "leave_post", "leave_party", "depart", "statement")
HALF = 0.5  # of the way towards the dissenters: a concession in substance
A_TENTH = 0.9  # of the members are left where a tenth has gone


@dataclass(frozen=True)
class Question:
    """A question as put in a scenario: its outcome, or why it cannot be put."""

    id: str
    asks: str
    outcome: Outcome | None
    reason: str
    answer: AnswerRecord | None


@dataclass(frozen=True)
class Cast:
    """A scenario with its parts, and what its mechanisms can record: what the questions are put from."""

    scenario: Scenario
    roles: Roles
    declared: Declared
    dissenters: frozenset[str] = field(init=False)  # actors
    parties_of_dissent: tuple[str, ...] = field(init=False)
    governing: tuple[str, ...] = field(init=False)
    partners: tuple[str, ...] = field(init=False)  # at the start, and those who could become so
    posts: tuple[str, ...] = field(init=False)  # of the government

    def __post_init__(self) -> None:
        scenario, roles = self.scenario, self.roles
        factions = {one.id: one.members for one in scenario.factions}
        parties = {one.id for one in scenario.parties}
        found: set[str] = set()
        for name in roles.dissenters:
            if name in factions:
                found.update(factions[name])
            elif name in parties:
                found.update(actor.id for actor in scenario.actors if actor.party == name)
            else:
                found.add(name)
        at_start = next(one for one in scenario.settlements if one.id == scenario.government.settlement)
        head = next((actor.party for actor in scenario.actors if actor.id == scenario.government.head), None)
        leading = head or next(actor.party for actor in scenario.actors if actor.id == roles.leader)
        governing = roles.government or at_start.parties
        cabinet = scenario.government.cabinet
        given = {
            "dissenters": frozenset(found),
            "parties_of_dissent": tuple(name for name in roles.dissenters if name in parties and name not in factions),
            "governing": governing,
            "partners": tuple(name for name in dict.fromkeys((*governing, *self._asked())) if name != leading),
            "posts": tuple(post.id for post in scenario.posts if cabinet is None or post.body == cabinet),
        }
        for name, value in given.items():
            object.__setattr__(self, name, value)

    def _asked(self) -> Iterator[str]:
        """Parties that could come into the government: by a settlement, or invited."""
        for one in self.scenario.settlements:
            if one.id != self.scenario.government.fall:
                yield from one.parties
        for offer in self.scenario.offers:
            yield offer.party

    # -- building blocks: none where no mechanism records such a thing -----------------------------------------------

    def ever(self, verb: str, **of: object) -> Measure | None:
        """Whether such an event is recorded."""
        if verb not in self.declared.verbs or any(value == () for value in of.values()):
            return None
        return Measure(ever=Query.model_validate({"verb": verb, **of}))

    def counted(self, verbs: tuple[str, ...], at_least: float, **of: object) -> Measure | None:
        """Whether so many different persons do one of these things."""
        known = tuple(verb for verb in verbs if verb in self.declared.verbs)
        if not known or any(value == () for value in of.values()):
            return None
        return Measure(count=Query.model_validate({"verb": known, **of}), at_least=at_least)

    def by_dissenters(self, verb: str, **of: object) -> Measure | None:
        """Whether one of the dissenters does it."""
        return self.ever(verb, actor=tuple(sorted(self.dissenters)), **of)

    def in_focal(self, verb: str, **of: object) -> Iterator[Measure | None]:
        """Whether it happens in a focal party."""
        for name in self.roles.focal:
            yield self.ever(verb, party=name, **of)

    def motions(self, *kinds: str) -> Iterator[Motion]:
        """The standing motions of these kinds."""
        return (motion for motion in self.scenario.motions if motion.kind in kinds)


Parts = Iterator[Measure | None]
Builder = Callable[[Cast], Parts]


def _concession(cast: Cast) -> Parts:
    """It is the leading side that gives way: the leader's own party, not one that dissents or is a partner."""
    party = next(actor.party for actor in cast.scenario.actors if actor.id == cast.roles.leader)
    for verb, more in (("concession", {}), ("forced_concession", {}), ("answer_below", {"value": "concede"})):
        yield cast.ever(verb, party=party, **more)
    for name in _nearer(cast):
        yield cast.ever("settled", object=name)
        yield cast.ever("line", party=party, value=name)


def _nearer(cast: Cast) -> Iterator[str]:
    """Settlements at least half of the way from the disputed one to the dissenters."""
    scenario = cast.scenario
    points = {one.id: {axis: value.centre for axis, value in one.point.items()} for one in scenario.settlements}
    if cast.roles.measure not in points:
        return
    actors = [actor for actor in scenario.actors if actor.id in cast.dissenters]
    size = sum(actor.size for actor in actors)
    middle = {
        axis.id: sum(actor.ideal[axis.id].centre * actor.size for actor in actors) / size
        for axis in scenario.dimensions
    }
    away = {name: math.dist(list(middle.values()), [point[axis] for axis in middle]) for name, point in points.items()}
    for name, distance in away.items():
        if name != scenario.government.fall and distance <= HALF * away[cast.roles.measure]:
            yield name


def _compliance(cast: Cast) -> Parts:
    most = math.floor(len(cast.dissenters) / 2)
    people = tuple(sorted(cast.dissenters))
    gone = cast.counted((*EXITS, "expelled", "put_out", "join_party"), most + 1.0, actor=people)
    left = cast.counted(("withdraw",), 1.0, actor=cast.parties_of_dissent)
    if gone is not None:
        yield Measure(not_=Measure(any=(gone, left)) if left is not None else gone)
        yield cast.counted(("return",), most + 1.0, actor=people)


def _defiance(cast: Cast) -> Parts:
    yield cast.by_dissenters("breach")
    people = tuple(sorted(cast.dissenters))
    if "carried" in cast.declared.verbs:
        for motion in cast.motions("confidence", "no_confidence", "measure", "settlement"):
            against = "yes" if str(motion.kind) == "no_confidence" else "no"
            yield Measure(tally=Tally(of=against, motion=motion.id, actor=people), at_least=1.0)


def _threat_down(cast: Cast) -> Parts:
    yield from cast.in_focal("ultimatum")
    yield cast.by_dissenters("addressed")
    yield cast.ever("attached")


def _threat_up(cast: Cast) -> Parts:
    yield cast.by_dissenters("threaten")
    for party in cast.partners:
        yield cast.ever("threaten", party=party)


def _post_resigned(cast: Cast) -> Parts:
    yield cast.ever("leave_post", object=cast.posts)


def _three_posts(cast: Cast) -> Parts:
    holders = {post.holder for post in cast.scenario.posts if post.id in cast.posts and post.holder}
    if len(holders) >= 3:
        yield cast.counted(("leave_post",), 3.0, object=cast.posts)


def _dismissed(cast: Cast) -> Parts:
    for verb in ("dismissed", "dismiss", "stripped", "removed"):
        yield cast.ever(verb, object=cast.posts)


def _party_left(cast: Cast) -> Parts:
    for verb in ("leave_party", "depart", "expelled", "put_out"):
        yield from cast.in_focal(verb)


def _tenth_left(cast: Cast) -> Parts:
    if "kept" in cast.declared.measures:
        for party in cast.roles.focal:
            yield Measure(final=f"kept:{party}", at_most=A_TENTH)


def _expelled(cast: Cast) -> Parts:
    for verb in ("expelled", "put_out"):
        yield from cast.in_focal(verb)


def _new_party(cast: Cast) -> Parts:
    yield from cast.in_focal("new_party")


def _leader_out(cast: Cast) -> Parts:
    for verb in ("leader_out", "leave_party"):
        yield cast.ever(verb, actor=cast.roles.leader)
    yield from cast.in_focal("leader_goes")


def _head_changes(cast: Cast) -> Parts:
    head = cast.scenario.government.head
    yield cast.ever("head", actor=tuple(actor.id for actor in cast.scenario.actors if actor.id != head))
    yield cast.ever("succeeds")
    yield cast.ever("resignation", value="accepted")
    yield cast.ever("government_dismissed")


def _falls(cast: Cast) -> Parts:
    yield cast.ever("fall")
    yield cast.ever("resignation", value="accepted")
    yield cast.ever("withdraw", actor=cast.partners)


def _confidence_vote(cast: Cast) -> Parts:
    for motion in cast.motions("confidence", "no_confidence"):
        yield cast.ever("carried", object=motion.id)
        yield cast.ever("defeated", object=motion.id)
    if cast.scenario.government.confidence is not None:
        yield cast.ever("confidence", object=cast.scenario.government.confidence)
    yield cast.ever("attached")


def _confidence_lost(cast: Cast) -> Parts:
    for motion in cast.motions("confidence", "no_confidence"):
        yield cast.ever("carried" if str(motion.kind) == "no_confidence" else "defeated", object=motion.id)
    if cast.scenario.government.confidence is not None:
        yield cast.ever("confidence", object=cast.scenario.government.confidence, value="failed")
    if "attached" in cast.declared.verbs:
        for motion in cast.motions("measure", "settlement"):
            order = (Query(verb="attached", object=motion.id), Query(verb="defeated", object=motion.id))
            yield Measure(sequence=order)


def _partner_leaves(cast: Cast) -> Parts:
    yield cast.ever("withdraw", actor=cast.partners)


def _partner_enters(cast: Cast) -> Parts:
    offices = {party for one in cast.scenario.settlements for party, share in one.shares.items() if share > 0}
    others = tuple(party.id for party in cast.scenario.parties if party.id in offices - set(cast.governing))
    yield cast.ever("enter", actor=others)
    yield cast.ever("in_government", actor=others)
    joined = tuple(
        one.id
        for one in cast.scenario.settlements
        if one.id != cast.scenario.government.fall and set(one.parties) - set(cast.governing)
    )
    yield cast.ever("settled", object=joined)


def _election(cast: Cast) -> Parts:
    yield cast.ever("dissolve")


def _measure_passes(cast: Cast) -> Parts:
    name = cast.roles.measure
    if name is None or name == cast.scenario.government.settlement:
        return
    motions = [motion for motion in cast.scenario.motions if name in (motion.id, motion.settlement)]
    for motion in motions:
        yield cast.ever("carried", object=motion.id)
    for settlement in cast.scenario.settlements:
        if settlement.id != name:
            continue
        yield cast.ever("settled", object=name)
        yield cast.ever("enacted", object=name)
        if motions or (cast.scenario.table is not None and name in cast.scenario.table.menu):
            continue
        # another coalition, on no table and in no motion, takes effect when those whom it brings in are in office
        joining = tuple(party for party in settlement.parties if party not in cast.governing)
        parts = tuple(part for party in joining if (part := cast.ever("in_government", actor=party)) is not None)
        if parts:
            yield Measure(all=parts)


def _returns(cast: Cast) -> Parts:
    for verb in ("readmit", "reseated", "reappoint"):
        yield from cast.in_focal(verb)
    if cast.scenario.government.head is not None:  # a head who has fallen, and is elected again
        yield cast.ever("head", actor=cast.scenario.government.head)


def _wider_body(cast: Cast) -> Parts:
    organs = {body.id for body in cast.scenario.bodies if body.party in cast.roles.focal and not body.convened}
    organs |= {party.congress for party in cast.scenario.parties if party.id in cast.roles.focal and party.congress}
    yield cast.ever("convene", object=tuple(sorted(organs)))


def _abstention(cast: Cast) -> Parts:
    yield cast.ever("tolerate")
    people = sorted(cast.dissenters | {a.id for a in cast.scenario.actors if a.party in cast.partners})
    if people and "carried" in cast.declared.verbs:
        for motion in cast.motions("confidence", "no_confidence", "measure", "settlement"):
            yield Measure(tally=Tally(of="abstaining", motion=motion.id, actor=tuple(people)), at_least=1.0)


BUILDERS: dict[str, Builder] = {
    "q01_concession": _concession,
    "q02_compliance": _compliance,
    "q03_defiance": _defiance,
    "q04_threat_down": _threat_down,
    "q05_threat_up": _threat_up,
    "q06_post_resigned": _post_resigned,
    "q07_posts_resigned_3": _three_posts,
    "q08_dismissed": _dismissed,
    "q09_party_left": _party_left,
    "q10_party_left_10pc": _tenth_left,
    "q11_expelled": _expelled,
    "q12_new_party": _new_party,
    "q13_leader_out": _leader_out,
    "q14_head_changes": _head_changes,
    "q15_falls": _falls,
    "q16_confidence_vote": _confidence_vote,
    "q17_confidence_lost": _confidence_lost,
    "q18_partner_leaves": _partner_leaves,
    "q19_partner_enters": _partner_enters,
    "q20_election": _election,
    "q21_measure_passes": _measure_passes,
    "q22_returns": _returns,
    "q23_wider_body": _wider_body,
    "q24_abstention": _abstention,
}
_REASONS = {
    "q05_threat_up": mark("no mechanism records threats from below"),
    "q06_post_resigned": mark("the government has no posts here"),
    "q07_posts_resigned_3": mark("fewer than three posts of the government have holders here"),
    "q08_dismissed": mark("the government has no posts here"),
    "q10_party_left_10pc": mark("no mechanism counts the members who have left"),
    "q14_head_changes": mark("no mechanism changes the head of government"),
    "q16_confidence_vote": mark("no body votes on confidence here"),
    "q17_confidence_lost": mark("no body votes on confidence here"),
    "q18_partner_leaves": mark("the government has no partner here, and nobody could become one"),
    "q19_partner_enters": mark("no other party could enter the government here"),
    "q20_election": mark("no mechanism calls elections"),
    "q21_measure_passes": mark("no measure is named, or it is in force from the start"),
    "q23_wider_body": mark("the focal party has no congress here, nor a body that would have to be called"),
    "q24_abstention": mark("no motion is voted on here, and nobody tolerates a government"),
}


def questions(scenario: Scenario, declared: Declared) -> tuple[Question, ...]:
    """The 24 questions as put in this scenario; none where it declares no roles."""
    if scenario.roles is None:
        return ()
    cast = Cast(scenario, scenario.roles, declared)
    found = []
    for name, asks in HAPPENED.items():
        parts = tuple(part for part in BUILDERS[name](cast) if part is not None)
        answer = scenario.answers.get(name)
        if not parts:
            reason = _REASONS.get(name, mark("no mechanism records this"))
            found.append(Question(name, asks, None, reason, answer))
            continue
        outcome = Outcome(
            id=name,
            name=put(asks),
            measure=parts[0] if len(parts) == 1 else Measure(any=parts),
            happened=answer.happened if answer is not None else None,
            use="questionnaire",
            evidence=answer.evidence if answer is not None else (),
        )
        found.append(Question(name, asks, outcome, "", answer))
    return tuple(found)


def with_questions(scenario: Scenario, declared: Declared) -> Scenario:
    """The scenario with the questions that can be put among its outcomes."""
    asked = tuple(one.outcome for one in questions(scenario, declared) if one.outcome is not None)
    return scenario.model_copy(update={"outcomes": (*scenario.outcomes, *asked)}) if asked else scenario
