"""Which places of a scenario file name something declared elsewhere in it, as a table of path patterns.

In a pattern `*` is each entry of a list or mapping, and `@` each key of a mapping.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from whipcount.errors import Place

from .yaml_nodes import Node

SECTIONS = {
    "source": "sources",
    "dimension": "dimensions",
    "settlement": "settlements",
    "party": "parties",
    "actor": "actors",
    "faction": "factions",
    "body": "bodies",
    "post": "posts",
    "pressure": "pressures",
    "constituency": "constituencies",
    "event": "events",
    "matter": "matters",
    "motion": "motions",
    "offer": "offers",
    "fact": "record",
    "outcome": "outcomes",
    "claim": "claims",
    "variant": "variants",
    "account": "accounts",
}

REFERENCES: tuple[tuple[str, str], ...] = (
    ("settlements.*.point.@", "dimension"),
    ("settlements.*.parties.*", "party"),
    ("settlements.*.shares.@", "party"),
    ("government.settlement", "settlement"),
    ("government.fall", "settlement"),
    ("government.head", "actor"),
    ("government.head_of_state", "actor"),
    ("government.cabinet", "body"),
    ("government.confidence", "body"),
    ("roles.focal", "party"),
    ("roles.focal.*", "party"),
    ("roles.leader", "actor"),
    ("roles.government.*", "party"),
    ("election.body", "body"),
    ("election.polls.@", "party"),
    ("parties.*.principal", "body"),
    ("parties.*.line", "settlement"),
    ("parties.*.congress", "body"),
    ("parties.*.leadership.body", "body"),
    ("parties.*.leader", "actor"),
    ("actors.*.party", "party"),
    ("actors.*.ideal.@", "dimension"),
    ("actors.*.salience.@", "dimension"),
    ("factions.*.party", "party"),
    ("factions.*.members.*", "actor"),
    ("bodies.*.party", "party"),
    ("bodies.*.chair", "actor"),
    ("bodies.*.superior", "body"),
    ("bodies.*.proposers.*", "actor"),
    ("bodies.*.seats.*.actor", "actor"),
    ("posts.*.body", "body"),
    ("posts.*.holder", "actor"),
    ("posts.*.eligible.*", "actor"),
    ("posts.*.history.*.holder", "actor"),
    ("table.mediator", "actor"),
    ("table.mediator_pressure", "pressure"),
    ("table.sides.*.party", "party"),
    ("table.menu.*", "settlement"),
    ("pressures.*.costs.@", "party"),
    ("constituencies.*.party", "party"),
    ("events.*.effects.seats.*.actor", "actor"),
    ("events.*.effects.seats.*.body", "body"),
    ("events.*.effects.attendance.*.actor", "actor"),
    ("events.*.effects.attendance.*.body", "body"),
    ("events.*.effects.posts.*.post", "post"),
    ("events.*.effects.posts.*.holder", "actor"),
    ("events.*.effects.pressures.*.pressure", "pressure"),
    ("events.*.effects.ideals.*.actor", "actor"),
    ("events.*.effects.ideals.*.party", "party"),
    ("events.*.effects.ideals.*.dimension", "dimension"),
    ("events.*.effects.government.@", "dimension"),
    ("matters.*.options.*", "settlement"),
    ("matters.*.dimensions.*", "dimension"),
    ("motions.*.body", "body"),
    ("motions.*.settlement", "settlement"),
    ("motions.*.options.*", "settlement"),
    ("motions.*.matter", "matter"),
    ("motions.*.if_carried", "motion"),
    ("motions.*.if_failed", "motion"),
    ("motions.*.post", "post"),
    ("motions.*.holder", "actor"),
    ("motions.*.proposers.*", "actor"),
    ("offers.*.party", "party"),
    ("offers.*.settlement", "settlement"),
    ("offers.*.posts.*", "post"),
    ("history.breaches.*.actors.*", "actor"),
    ("history.breaches.*.party", "party"),
    ("record.*.actors.*", "actor"),
    ("record.*.event", "event"),
    ("claims.*.outcome", "outcome"),
    ("accounts.*.source", "source"),
    ("accounts.*.choices.@", "variant"),
)

DATES_INSIDE: tuple[str, ...] = (
    "table.opens",
    "table.closes",
    "election.due",
    "events.*.date",
    "events.*.after",
    "events.*.before",
    "motions.*.after",
    "motions.*.before",
    "offers.*.after",
    "record.*.date",
    "record.*.until",
    "answers.*.date",
)


@dataclass(frozen=True)
class Found:
    """A value, or a key, that a pattern selects: its path in words, its node and where it stands."""

    path: str
    node: Node
    place: Place
    text: str | None


def select(root: Node, pattern: str) -> Iterator[Found]:
    """What a pattern selects in the tree, in the order of the file."""
    yield from _select(root, pattern.split("."), [])


def _select(node: Node, parts: list[str], path: list[str]) -> Iterator[Found]:
    if not parts:
        if node.value is not None:
            yield Found(".".join(path), node, node.place, node.value if isinstance(node.value, str) else None)
        return
    part, rest = parts[0], parts[1:]
    if part == "@":
        for key, inner in node.items():
            yield Found(".".join(path), inner, node.key_place(key), key)
    elif part == "*":
        for index, entry in enumerate(node.entries()):
            yield from _select(entry, rest, [*path, entry_name(entry, index)])
        for key, inner in node.items():
            yield from _select(inner, rest, [*path, key])
    else:
        found = node.get(part)
        if found is not None:
            yield from _select(found, rest, [*path, part])


def entry_name(entry: Node, index: int) -> str:
    """What an entry of a list is called in messages and paths: its id, else its place in the list."""
    for key in ("id", "actor", "post", "pressure", "holder", "party"):
        name = entry.text(key)
        if name is not None:
            return name
    return str(index + 1)


def paths(node: Node, path: str = "") -> Iterator[tuple[str, Node]]:
    """Every path below a node, with the node there, as overrides write it."""
    for key, inner in node.items():
        here = f"{path}.{key}" if path else key
        yield here, inner
        yield from paths(inner, here)
    for index, entry in enumerate(node.entries()):
        here = f"{path}.{entry_name(entry, index)}"
        yield here, entry
        yield from paths(entry, here)
