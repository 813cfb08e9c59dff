"""Checks of roles and answers: each part is played by somebody, and what is answered is asked."""

from __future__ import annotations

from collections.abc import Iterator

from whipcount.errors import Place, Problem
from whipcount.theory.questionnaire import KEYS

from .checked import Checked
from .hints import did_you_mean
from .yaml_nodes import Node


def roles(checked: Checked) -> Iterator[Problem]:
    """The parts name those who are there, and nobody plays two that exclude each other."""
    found = checked.root.get("roles")
    if found is None:
        return
    leader, focal, party_of = found.text("leader"), _names(found.get("focal")), _parties(checked)
    if leader in party_of and focal and party_of[leader] not in focal:
        yield Problem(
            "WC146",
            f"roles.leader: '{leader}' is of party '{party_of[leader]}', which is not focal",
            "name the leader of the focal party, or add the party to `focal:`",
            _place(found, "leader"),
        )
    members = {one.text("id"): _names(one.get("members")) for one in checked.entries("factions")}
    kinds = {kind: set(checked.known(kind)) for kind in ("actor", "faction", "party")}
    for node in _each(found.get("dissenters")):
        name = str(node.value)
        if not any(name in names for names in kinds.values()):
            near = did_you_mean(name, set().union(*kinds.values()), "name actors, factions or parties")
            yield Problem("WC146", f"roles.dissenters: nobody is called '{name}'", near, node.place)
        elif name in kinds["party"] and name not in party_of.values() and name not in kinds["faction"]:
            hint = "give it actors, or name those who dissent"
            yield Problem("WC146", f"roles.dissenters: party '{name}' has no members here", hint, node.place)
        elif leader is not None and (name == leader or leader in members.get(name, [])):
            message = f"roles.dissenters: the leader '{leader}' cannot be among those who dissent from the line"
            yield Problem("WC146", message, "name a leader of those who follow the line", node.place)
    measure = found.text("measure")
    known = {*checked.known("settlement"), *checked.known("motion")}
    if measure is not None and measure not in known:
        hint = did_you_mean(measure, known, "name a settlement or a motion")
        yield Problem("WC146", f"roles.measure: nothing is called '{measure}'", hint, _place(found, "measure"))
    if (declared := _taken(checked)) is not None:
        yield declared


def answers(checked: Checked) -> Iterator[Problem]:
    """Answers are to questions of the questionnaire, which roles alone can put."""
    found = checked.root.get("answers")
    if found is None or not found.items():
        return
    if checked.root.get("roles") is None:
        hint = "add `roles:`, which say of whom the questions are asked"
        yield Problem("WC147", "there are answers, but no roles", hint, found.place)
    for name, _ in found.items():
        if name not in KEYS:
            hint = did_you_mean(name, KEYS, f"the questions are {KEYS[0]} to {KEYS[-1]}")
            yield Problem("WC147", f"answers: there is no question '{name}'", hint, found.key_place(name))


def _taken(checked: Checked) -> Problem | None:
    """An outcome of the scenario must not bear the name of a question."""
    for outcome in checked.entries("outcomes"):
        if outcome.text("id") in KEYS:
            message = f"outcome '{outcome.text('id')}' bears the name of a question"
            return Problem("WC121", message, "rename it: with `roles:` the question is there by itself", outcome.place)
    return None


def _each(node: Node | None) -> list[Node]:
    return [] if node is None else node.entries() or [node]


def _names(node: Node | None) -> list[str]:
    return [str(each.value) for each in _each(node)]


def _parties(checked: Checked) -> dict[str | None, str | None]:
    return {actor.text("id"): actor.text("party") for actor in checked.entries("actors")}


def _place(found: Node, key: str) -> Place:
    node = found.get(key)
    return node.place if node is not None else found.place
