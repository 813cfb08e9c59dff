"""Checks of procedures: what is to be decided can be, and by somebody who is there."""

from __future__ import annotations

from collections.abc import Iterator

from whipcount.errors import Place, Problem, UsageError
from whipcount.theory.rule_grammar import WrittenRule, parse_rule

from .checked import Checked, number
from .yaml_nodes import Node

UNDER_CONSTRUCTIVE = "give settlements with `parties:` that could follow: each is a government that can be elected"


def matters(checked: Checked) -> Iterator[Problem]:
    """A matter has an option besides things as they are."""
    government = checked.root.get("government")
    now = government.text("settlement") if government is not None else None
    for matter in checked.entries("matters"):
        options = matter.get("options")
        named = [node.value for node in options.entries()] if options is not None else []
        if options is not None and named and set(named) == {now}:
            message = f"matter '{matter.text('id')}' has no option besides things as they are ('{now}')"
            yield Problem("WC138", message, "add a settlement that would be another answer", options.place)


def constructive(checked: Checked) -> Iterator[Problem]:
    """Where only another government can be elected, there is a body that elects and another government to elect."""
    government = checked.root.get("government")
    node = government.get("constructive") if government is not None else None
    if government is None or node is None or node.value is not True:
        return
    if government.get("confidence") is None:
        hint = "add `confidence:`, the body that elects another government, or take `constructive` away"
        yield Problem("WC159", "a constructive vote, and no body that holds it", hint, node.place)
    not_others = (government.text("settlement"), government.text("fall"))
    others = [one for one in checked.entries("settlements") if one.text("id") not in not_others]
    if not any(_listed(one.get("parties")) for one in others):
        message = "a constructive vote without a candidate: no other government could be elected"
        yield Problem("WC159", message, UNDER_CONSTRUCTIVE, node.place)
    for motion in checked.entries("motions"):
        if motion.text("kind") == "no_confidence":
            message = f"motion '{motion.text('id')}' names no candidate, and the government falls only by electing one"
            hint = "take it away: parties try to elect another by themselves; or drop `constructive`"
            yield Problem("WC159", message, hint, motion.place)


def posts(checked: Checked) -> Iterator[Problem]:
    """A post that nobody holds can be filled in some way."""
    government = checked.root.get("government")
    cabinet = government.text("cabinet") if government is not None else None
    filled = {motion.text("post") for motion in checked.entries("motions") if motion.text("kind") == "appointment"}
    for event in checked.entries("events"):
        changes = effects.get("posts") if (effects := event.get("effects")) is not None else None
        filled |= {one.text("post") for one in (changes.entries() if changes is not None else []) if one.text("holder")}
    for offer in checked.entries("offers"):
        filled |= set(_listed(offer.get("posts")))
    for post in checked.entries("posts"):
        name, body = post.text("id"), post.text("body")
        by_head = body == cabinet and bool(_listed(post.get("eligible")))
        meant = (node := post.get("vacant")) is not None and node.value is True
        if post.get("holder") is not None or by_head or meant or name in filled:
            continue
        ways = "`eligible:` people, or an event, motion or offer" if body == cabinet else "an event or a motion"
        hint = f"name a `holder:`, or {ways} that fills it; `vacant: true` says that it stays so"
        yield Problem("WC160", f"post '{name}' is vacant, and nothing here ever fills it", hint, post.place)


def people(checked: Checked) -> Iterator[Problem]:
    """A party that is to govern, to talk or to be invited has members."""
    of_party = {actor.text("party") for actor in checked.entries("actors")}
    asked: dict[str, tuple[str, Place]] = {}
    for settlement in checked.entries("settlements"):
        for node in _nodes(settlement.get("parties")):
            asked.setdefault(str(node.value), (f"settlement '{settlement.text('id')}'", node.place))
    table = checked.root.get("table")
    for side in _nodes(table.get("sides")) if table is not None else []:
        asked.setdefault(side.text("party") or "", (f"table '{table.text('id')}'" if table else "", side.place))
    for offer in checked.entries("offers"):
        asked.setdefault(offer.text("party") or "", (f"offer '{offer.text('id')}'", offer.place))
    for name, (where, place) in asked.items():
        if name in checked.ids["party"] and name not in of_party:
            hint = "give it actors (a splinter its founders, a party of which little is known a bloc), or leave it out"
            yield Problem("WC161", f"{where}: party '{name}' has nobody who could decide for it", hint, place)


def leaderships(checked: Checked) -> Iterator[Problem]:
    """The body that chooses a party's leader has members of the party."""
    of_party = {actor.text("id"): actor.text("party") for actor in checked.entries("actors")}
    seated = {
        body.text("id"): {of_party.get(seat.text("actor")) for seat in _nodes(body.get("seats"))}
        for body in checked.entries("bodies")
    }
    for party in checked.entries("parties"):
        leadership = party.get("leadership")
        node = leadership.get("body") if leadership is not None else None
        if node is not None and str(node.value) in seated and party.text("id") not in seated[str(node.value)]:
            message = f"party '{party.text('id')}': nobody of it sits in '{node.value}', which is to choose its leader"
            yield Problem("WC137", message, "name an organ of the party", node.place)


def demands(checked: Checked) -> Iterator[Problem]:
    """An ultimatum has an issuer, and somebody else whom it can be made of."""
    for party in checked.entries("parties"):
        node = party.get("ultimatum")
        if node is None or not isinstance(node.value, dict):
            continue
        name, leader = party.text("id"), party.text("leader")
        if leader is None:
            message = f"party '{name}': an ultimatum that nobody can issue"
            yield Problem("WC162", message, "name the party's `leader:`, or leave `ultimatum:` out", node.place)
            continue
        others = [one for one in checked.entries("actors") if one.text("party") == name and one.text("id") != leader]
        if not any((number(one.get("size")) or 1.0) == 1.0 for one in others):
            message = f"party '{name}': an ultimatum of '{leader}' to nobody else: a demand on oneself"
            hint = "demands are made of persons: name others of the party, or leave `ultimatum:` out"
            yield Problem("WC162", message, hint, node.place)


def rules(checked: Checked) -> Iterator[Problem]:
    """Whoever a rule names is there: vetoes and casting votes sit in the body, another chamber is another body."""
    seated = {
        body.text("id"): {seat.text("actor") for seat in _nodes(body.get("seats"))}
        for body in checked.entries("bodies")
    }
    for section in ("bodies", "motions"):
        for entry in checked.entries(section):
            node = entry.get("rule")
            rule = _read(node)
            if node is None or rule is None:
                continue
            body = entry.text("id") if section == "bodies" else entry.text("body")
            if body not in seated:
                continue
            where = f"{section}.{entry.text('id')}.rule"
            for other in rule.also:
                if other not in checked.ids["body"]:
                    yield checked.unknown("body", other, where, node.place)
                elif other == body:
                    hint = "`also:` names another body that must agree"
                    yield Problem("WC163", f"{where}: '{other}' decides already", hint, node.place)
            for who in filter(None, (*rule.vetoes, rule.casting)):
                if who not in checked.ids["actor"]:
                    yield checked.unknown("actor", who, where, node.place)
                elif who not in seated[body]:
                    hint = f"give '{who}' a seat there: who has no vote cannot use it"
                    yield Problem("WC163", f"{where}: '{who}' does not sit in '{body}'", hint, node.place)
            if section == "motions" and (rule.vetoes or rule.casting or rule.quorum is not None):
                hint = f"write it in the rule of '{body}': a motion's own rule says how much is needed, and `also:`"
                message = f"{where}: a veto, a casting vote and a quorum belong to the body, not to a motion"
                yield Problem("WC163", message, hint, node.place)


def movers(checked: Checked) -> Iterator[Problem]:
    """Somebody who may propose a motion sits where it is moved, unless it follows another."""
    follow = {motion.text(key) for motion in checked.entries("motions") for key in ("if_carried", "if_failed")}
    seated = {
        body.text("id"): {seat.text("actor") for seat in _nodes(body.get("seats"))}
        for body in checked.entries("bodies")
    }
    for motion in checked.entries("motions"):
        node, body, name = motion.get("proposers"), motion.text("body"), motion.text("id")
        if node is None or isinstance(node.value, str) or body not in seated or name in follow:
            continue
        if not set(_listed(node)) & seated[body]:
            hint = f"name somebody who sits in '{body}', or write `proposers: members`"
            yield Problem("WC164", f"motion '{name}': nobody of its proposers sits in '{body}'", hint, node.place)


def _read(node: Node | None) -> WrittenRule | None:
    if node is None or not isinstance(node.value, str):
        return None
    try:
        return parse_rule(node.value)
    except UsageError:  # told by the schema
        return None


def _nodes(node: Node | None) -> list[Node]:
    return list(node.entries()) if node is not None else []


def _listed(node: Node | None) -> list[str]:
    return [str(one.value) for one in _nodes(node)]


PROCEDURE_CHECKS = (matters, constructive, posts, people, leaderships, demands, rules, movers)
