"""Checks across the records of a scenario: does what is named exist, do the numbers fit, is all of it documented?

Each check reads the tree of nodes and not the validated records, so that a file with mistakes of spelling and of
sense shows all of them at once, each at its own line.
"""

from __future__ import annotations

from collections.abc import Iterator

from whipcount.errors import Place, Problem

from .check_procedures import PROCEDURE_CHECKS
from .check_queries import QUERY_CHECKS
from .checked import Check, Checked, collect_ids, day, number
from .references import DATES_INSIDE, REFERENCES, SECTIONS, entry_name, paths, select
from .registry import Declared
from .yaml_nodes import Node

TOLERANCE = 1e-3

_UNIT_VALUES = (
    "settlements.*.point.*",
    "settlements.*.defuse",
    "actors.*.ideal.*",
    "actors.*.press",
    "actors.*.organisation",
    "actors.*.cadre",
    "defaults.traits.press",
    "defaults.traits.organisation",
    "defaults.traits.cadre",
    "pressures.*.level",
    "pressures.*.target",
    "constituencies.*.support",
    "election.polls.*",
)


def duplicate_ids(checked: Checked) -> Iterator[Problem]:
    """One id, one record."""
    for kind, section in SECTIONS.items():
        first: dict[str, Place] = {}
        for entry in checked.entries(section):
            name = entry.text("id")
            if name is None:
                continue
            if name in first:
                place = entry.value["id"].place if isinstance(entry.value, dict) else entry.place
                hint = f"first in line {first[name].line}: rename one of them" if first[name].line else "rename one"
                yield Problem("WC121", f"{kind} '{name}' is declared twice", hint, place)
            else:
                first[name] = entry.place


def references(checked: Checked) -> Iterator[Problem]:
    """Everything named is declared."""
    for pattern, kind in REFERENCES:
        for found in select(checked.root, pattern):
            if found.text is not None and found.text not in checked.ids[kind]:
                code = "WC131" if pattern == "claims.*.outcome" else "WC120"
                yield checked.unknown(kind, found.text, found.path, found.place, code)


def sources(checked: Checked) -> Iterator[Problem]:
    """Evidence points at declared sources."""
    for path, node in paths(checked.root):
        if not path.endswith(".evidence"):
            continue
        for entry in node.entries():
            name = entry.text("source")
            if isinstance(entry.value, str):
                name = entry.value.partition(":")[0].strip()
            if name is not None and name not in checked.ids["source"]:
                yield checked.unknown("source", name, path, entry.place)


def election(checked: Checked) -> Iterator[Problem]:
    """An election fills seats, by shares: polls, or what parties have in the body already."""
    found = checked.root.get("election")
    body = found.text("body") if found is not None else None
    if found is None or body is None:
        return
    for sitting in (entry for entry in checked.entries("bodies") if entry.text("id") == body):
        seats_there = sitting.get("seats")
        if seats_there is None or not seats_there.entries():
            hint = "give the body seats, by blocs with their weight: as many are filled"
            yield Problem("WC145", f"an election of '{body}' without shares: nobody sits there", hint, found.place)
    polls = found.get("polls")
    shares = [number(node) for _, node in polls.items()] if polls is not None else []
    if polls is not None and not any(share is None or share > 0.0 for share in shares):
        hint = "give each party its share, or leave `polls:` out: the seats that parties have then stand for it"
        yield Problem("WC145", f"an election of '{body}' without shares: `polls:` give nobody any", hint, polls.place)


def seats(checked: Checked) -> Iterator[Problem]:
    """Nobody sits twice in a body, and its quorum can be met."""
    for body in checked.entries("bodies"):
        name = body.text("id") or "?"
        listed = body.get("seats")
        taken: dict[str, Place] = {}
        weights = 0.0
        for seat in listed.entries() if listed is not None else []:
            actor = seat.text("actor")
            weights += number(seat.get("weight")) or 1.0
            if actor is None:
                continue
            if actor in taken:
                hint = f"the first seat is in line {taken[actor].line}: keep one" if taken[actor].line else "keep one"
                yield Problem("WC122", f"body '{name}': '{actor}' has two seats", hint, seat.place)
            taken.setdefault(actor, seat.place)
        quorum = number(body.get("quorum"))
        if quorum is not None and quorum > weights + TOLERANCE:
            node = body.get("quorum")
            assert node is not None
            yield Problem(
                "WC123",
                f"body '{name}': quorum {quorum:g} exceeds its {weights:g} seats",
                "lower the quorum, or add the missing seats",
                node.place,
            )
        chair = body.text("chair")
        if chair is not None and chair in checked.ids["actor"] and chair not in taken and body.get("casting_vote"):
            node = body.get("chair")
            assert node is not None
            yield Problem(
                "WC137",
                f"body '{name}': its chair '{chair}' has the casting vote but no seat",
                f"add a seat for '{chair}', or drop casting_vote",
                node.place,
            )


def principals(checked: Checked) -> Iterator[Problem]:
    """A principal body has members; leaders and factions belong to their party."""
    seated = {body.text("id"): body.get("seats") for body in checked.entries("bodies")}
    party_of = {actor.text("id"): actor.text("party") for actor in checked.entries("actors")}
    for party in checked.entries("parties"):
        name, principal, leader = party.text("id"), party.get("principal"), party.get("leader")
        if principal is not None and party.text("principal") in seated:
            listed = seated[party.text("principal")]
            if listed is None or not listed.entries():
                hint = "its members decide for the party: give them seats"
                yield Problem(
                    "WC137",
                    f"party '{name}': its principal body '{principal.value}' has no seats",
                    hint,
                    principal.place,
                )
        if leader is not None and party_of.get(str(leader.value), name) != name:
            yield Problem(
                "WC137",
                f"party '{name}': its leader '{leader.value}' is of party '{party_of[str(leader.value)]}'",
                "a leader is a member of the party",
                leader.place,
            )
    for faction in checked.entries("factions"):
        name, party_name, members = faction.text("id"), faction.text("party"), faction.get("members")
        for member in members.entries() if members is not None else []:
            if party_of.get(str(member.value), party_name) != party_name:
                yield Problem(
                    "WC137",
                    f"faction '{name}': its member '{member.value}' is not of party '{party_name}'",
                    "a faction is inside one party",
                    member.place,
                )


def superior_bodies(checked: Checked) -> Iterator[Problem]:
    """No body stands above itself, not by a detour either."""
    above = {name: body.text("superior") for body in checked.entries("bodies") if (name := body.text("id"))}
    reported: set[str] = set()
    for body in checked.entries("bodies"):
        start = body.text("id") or ""
        chain: list[str] = []
        step: str | None = start
        while step is not None and step not in chain:
            chain.append(step)
            step = above.get(step)
        if step is not None and step == start and start not in reported:
            reported.update(chain)
            node = body.get("superior")
            assert node is not None
            loop = " -> ".join([*chain, start])
            yield Problem("WC128", f"superior bodies form a circle: {loop}", "the highest has no superior", node.place)


def points(checked: Checked) -> Iterator[Problem]:
    """Points name every dimension; values lie in 0..1; salience and portfolio shares add up."""
    dimensions = set(checked.known("dimension"))
    for section, key in (("actors", "ideal"), ("settlements", "point")):
        for entry in checked.entries(section):
            point = entry.get(key)
            if point is None or not isinstance(point.value, dict):
                continue
            missing = sorted(dimensions - point.value.keys())
            if missing:
                yield Problem(
                    "WC125",
                    f"{section}.{entry.text('id')}.{key}: no value for {', '.join(missing)}",
                    "a point has a value in every dimension",
                    point.place,
                )
    for pattern in _UNIT_VALUES:
        for found in select(checked.root, pattern):
            yield from _outside_unit(found.path, found.node)
    yield from _sums(checked)


def _outside_unit(path: str, node: Node) -> Iterator[Problem]:
    """Numbers, coders' numbers and ends of priors that lie outside 0..1."""
    long = node if isinstance(node.value, dict) else None
    value = long.get("value") if long is not None else node
    listed = long.get("coders") if long is not None else node
    numbers = [value] if value is not None else []
    numbers += listed.entries() if listed is not None else []
    prior = long.get("prior") if long is not None else None
    if prior is not None:
        for form in ("uniform", "loguniform", "triangular"):
            ends = prior.get(form)
            numbers += ends.entries() if ends is not None else []
        for form in ("normal", "lognormal"):
            centre = prior.get(form)
            numbers += centre.entries()[:1] if centre is not None else []
        fixed = prior.get("fixed")
        numbers += [fixed] if fixed is not None else []
    for each in numbers:
        given = number(each)
        if given is not None and not 0 <= given <= 1:
            yield Problem("WC124", f"{path}: {given:g} is outside 0..1", "the scale runs from 0 to 1", each.place)


def _sums(checked: Checked) -> Iterator[Problem]:
    for entry in checked.entries("actors"):
        salience = entry.get("salience")
        weights = [number(node) for _, node in salience.items()] if salience is not None else []
        if salience is None or not weights or None in weights:
            continue
        total = sum(weight or 0.0 for weight in weights)
        name = f"actors.{entry.text('id')}.salience"
        if min(weight or 0.0 for weight in weights) < 0:
            yield Problem("WC126", f"{name}: a weight is below 0", "weights are shares of 1", salience.place)
        elif abs(total - 1) > TOLERANCE:
            hint = "scale the weights so that they add up to 1; without `salience:` all count the same"
            yield Problem("WC126", f"{name} sums to {total:g}, not 1", hint, salience.place)
    for entry in checked.entries("settlements"):
        shares = entry.get("shares")
        total = sum(number(node) or 0.0 for _, node in shares.items()) if shares is not None else 0.0
        if shares is not None and total > 1 + TOLERANCE:
            hint = "shares of the portfolios add up to at most 1"
            yield Problem("WC127", f"settlements.{entry.text('id')}.shares sum to {total:g}", hint, shares.place)
        parties = entry.get("parties")
        members = [node.value for node in parties.entries()] if parties is not None else []
        for party, _ in shares.items() if shares is not None else []:
            if members and party not in members:
                assert shares is not None
                yield Problem(
                    "WC127",
                    f"settlements.{entry.text('id')}.shares: '{party}' has a share but is not in the settlement",
                    "add it to `parties:`, or take its share away",
                    shares.key_place(party),
                )


def dates(checked: Checked) -> Iterator[Problem]:
    """Events, motions, talks and facts lie in the calendar; only the history lies before it."""
    calendar = checked.root.get("calendar")
    start = day(calendar.get("start")) if calendar is not None else None
    end = day(calendar.get("end")) if calendar is not None else None
    if start is None or end is None or end <= start:
        return
    for pattern in DATES_INSIDE:
        for found in select(checked.root, pattern):
            given = day(found.node)
            if given is not None and not start <= given <= end:
                hint = "facts before the start belong under `history:` or in a post's history"
                yield Problem(
                    "WC129",
                    f"{found.path}: {given} is outside the calendar ({start} to {end})",
                    hint if given < start else "move the end of the calendar, or the date",
                    found.place,
                )
    for found in select(checked.root, "history.breaches.*.date"):
        given = day(found.node)
        if given is not None and given >= start:
            yield Problem(
                "WC129",
                f"{found.path}: {given} is not before the start ({start})",
                "later breaches follow from the model; a fact of the record belongs under `record:`",
                found.place,
            )
    yield from _spans(checked)


def _spans(checked: Checked) -> Iterator[Problem]:
    """What ends does not end before it begins."""
    spans = [(checked.root.get("table"), "opens", "closes", "table")]
    for section, first, last in (
        ("events", "after", "before"),
        ("motions", "after", "before"),
        ("record", "date", "until"),
    ):
        spans += [(entry, first, last, f"{section}.{entry.text('id')}") for entry in checked.entries(section)]
    for post in checked.entries("posts"):
        history = post.get("history")
        for index, spell in enumerate(history.entries() if history is not None else []):
            spans.append((spell, "since", "until", f"posts.{post.text('id')}.history.{entry_name(spell, index)}"))
    for entry, first, last, name in spans:
        begins, ends = (day(entry.get(first)), day(entry.get(last))) if entry is not None else (None, None)
        if entry is not None and begins is not None and ends is not None and ends < begins:
            yield Problem("WC129", f"{name}: {last} {ends} is before {first} {begins}", "swap them", entry.place)


def events(checked: Checked) -> Iterator[Problem]:
    """An event changes seats that exist, or is at least named in the record or in an outcome."""
    seated = {
        body.text("id"): {seat.text("actor") for seat in listed.entries()}
        for body in checked.entries("bodies")
        if (listed := body.get("seats")) is not None
    }
    named = _events_named(checked)
    for event in checked.entries("events"):
        name = event.text("id") or "?"
        effects = event.get("effects")
        if not any(inner.value for _, inner in effects.items()) if effects is not None else True:
            if name not in named:
                yield Problem(
                    "WC130",
                    f"event '{name}' is about nobody: it has no effects, and no fact or outcome names it",
                    "give it `effects:`, or name it in `record:` (`event: id`) or in an outcome",
                    event.place,
                )
            continue
        for kind in ("seats", "attendance"):
            changes = effects.get(kind) if effects is not None else None
            for change in changes.entries() if changes is not None else []:
                actor, body = change.text("actor"), change.text("body")
                if actor not in checked.ids["actor"] or body not in checked.ids["body"]:
                    continue
                if actor not in seated.get(body, set()):
                    yield Problem(
                        "WC130",
                        f"event '{name}': '{actor}' has no seat in '{body}'",
                        "add the seat to the body (with `occupied: false` if it is taken later)",
                        change.place,
                    )


def _events_named(checked: Checked) -> set[str]:
    """Ids of events that the record or an outcome names."""
    named = {fact.text("event") or "" for fact in checked.entries("record")}
    named |= {fact.text("id") or "" for fact in checked.entries("record")}
    outcomes = checked.root.get("outcomes")
    for path, node in paths(outcomes) if outcomes is not None else ():
        if isinstance(node.value, str) and ".object" in f".{path}":
            named.add(node.value)
    return named


def motions(checked: Checked) -> Iterator[Problem]:
    """A motion names what its kind is about."""
    needed = {
        "settlement": ("settlement",),
        "measure": ("options",),
        "appointment": ("post", "holder"),
        "dismissal": ("post",),
    }
    for motion in checked.entries("motions"):
        kind = motion.text("kind") or ""
        for key in needed.get(kind, ()):
            node = motion.get(key)
            missing = node is None or (key == "options" and not node.entries())
            if missing and not (key == "options" and motion.get("matter") is not None):
                yield Problem(
                    "WC138",
                    f"motion '{motion.text('id')}' of kind '{kind}' names no {key}",
                    f"add `{key}:`",
                    motion.place,
                )


def stages(checked: Checked) -> Iterator[Problem]:
    """Motions that follow one another come to an end."""
    following: dict[str, set[str]] = {}
    places: dict[str, Place | None] = {}
    for motion in checked.entries("motions"):
        name = motion.text("id") or ""
        places[name] = motion.place
        following[name] = {after for key in ("if_carried", "if_failed") if (after := motion.text(key))}
    for name in following:
        reached, waiting = set[str](), set(following[name])
        while waiting:
            one = waiting.pop()
            if one not in reached:
                reached.add(one)
                waiting |= following.get(one, set())
        if name in reached:
            yield Problem(
                "WC156",
                f"motion '{name}' leads back to itself",
                "let the last stage lead to nothing: take out its `if_carried` or `if_failed`",
                places[name] or Place(),
            )


def documented(checked: Checked) -> Iterator[Problem]:
    """Actors, posts, events and facts name a source or say why they are assumed; priors give their reason."""
    for section in ("actors", "posts", "events", "record"):
        for index, entry in enumerate(checked.entries(section)):
            evidence = entry.get("evidence")
            if (evidence is None or not evidence.entries()) and not (entry.text("assumed") or "").strip():
                yield Problem(
                    "WC135",
                    f"{section}.{entry_name(entry, index)} has no source",
                    "add `evidence: [...]`, or `assumed:` with the reason",
                    entry.place,
                )
    yield from _reasons(checked.root, "", False)


def _reasons(node: Node, path: str, excused: bool) -> Iterator[Problem]:
    """Priors without a reason, on themselves or on a record around them."""
    reason = bool((node.text("assumed") or "").strip())
    prior = node.get("prior")
    evidence = node.get("evidence")
    if prior is not None and not (excused or reason or (evidence is not None and evidence.entries())):
        yield Problem(
            "WC136", f"{path}: a prior without a reason", "add `assumed:` with the reason for it", prior.place
        )
    for key, inner in node.items():
        yield from _reasons(inner, f"{path}.{key}" if path else key, excused or reason)
    for index, inner in enumerate(node.entries()):
        yield from _reasons(inner, f"{path}.{entry_name(inner, index)}", excused or reason)


def check(root: Node, base: Node, declared: Declared) -> list[Problem]:
    """Every problem that the checks find, in the order of the file."""
    checked = Checked(root, base, declared, collect_ids(root))
    found = [problem for each in (*CHECKS, *PROCEDURE_CHECKS, *QUERY_CHECKS) for problem in each(checked)]
    return sorted(found, key=lambda problem: (problem.place.file, problem.place.line, problem.place.column))


CHECKS: tuple[Check, ...] = (
    duplicate_ids,
    references,
    sources,
    election,
    seats,
    principals,
    superior_bodies,
    points,
    dates,
    events,
    motions,
    stages,
    documented,
)
