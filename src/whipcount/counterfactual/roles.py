"""Interventions on roles: `role.dissenters.leave.seat = no` is said of every crisis, and means others in each.

    role.leader, role.dissenters, role.focal, role.government    as the scenario has them under `roles:`
    role.leading_party                                           the party of the leader

A role that several play is spelled out, one intervention for each of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from whipcount.scenario.hints import did_you_mean

from .grammar import Phrase, Word

if TYPE_CHECKING:
    from whipcount.scenario.schema import Scenario

ROLE = "role"
_TAKEN = re.compile(r"role\s*\.\s*(?P<name>\w+)")


def has_role(phrase: Phrase) -> bool:
    """Whether an intervention names somebody by a role."""
    return any(word.text == ROLE for word in phrase.words[:-1])


def spelled_out(phrase: Phrase, scenario: Scenario) -> tuple[str, ...]:
    """The intervention with those who play the role, one text for each.

    Raises QuestionError (WC403) where there are no roles, no such role, or nobody who plays it.
    """
    place = next(number for number, word in enumerate(phrase.words[:-1]) if word.text == ROLE)
    word = phrase.words[place + 1]
    players = _players(phrase, word, scenario)
    with_kind = place == 0  # elsewhere, as after `trait.`, a name is enough
    found = []
    for name in players:
        spoken = f"{_kind(name, scenario)}.{name}" if with_kind else name
        found.append(_TAKEN.sub(spoken, phrase.text, count=1))
    return tuple(found)


def _players(phrase: Phrase, word: Word, scenario: Scenario) -> tuple[str, ...]:
    roles = scenario.roles
    if roles is None:
        phrase.refuse("WC403", word, "the scenario has no roles", "write them under `roles:`, or name who is meant")
    at_start = next((one for one in scenario.settlements if one.id == scenario.government.settlement), None)
    governing = roles.government or (at_start.parties if at_start is not None else ())
    known: Mapping[str, tuple[str, ...]] = {
        "leader": (roles.leader,),
        "dissenters": roles.dissenters,
        "focal": roles.focal,
        "government": governing,
        "leading_party": tuple(actor.party for actor in scenario.actors if actor.id == roles.leader),
    }
    if word.text not in known:
        phrase.refuse("WC403", word, f"there is no role '{word.text}'", did_you_mean(word.text, known))
    if not known[word.text]:
        phrase.refuse("WC403", word, f"nobody plays '{word.text}' here", "name who is meant")
    return known[word.text]


def _kind(name: str, scenario: Scenario) -> str:
    """What a name is: of a faction, an actor or a party, in the order in which roles are read."""
    if any(one.id == name for one in scenario.factions):
        return "faction"
    return "party" if any(one.id == name for one in scenario.parties) else "actor"
