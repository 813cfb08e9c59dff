"""The file of a parliament's crisis: sections with the comments that a person needs to edit them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from whipcount.data.parliaments import Parliament
from whipcount.scenario.emit import section_text

from .candidates import Prospects
from .parliament_crisis import Crisis, Settings
from .parliament_outcomes import outcomes_of

COMMENTS = {
    "sources": "Facts point at a row of the source; what has no source says why it is assumed.",
    "settlements": "Who could govern: change it. `shares`: of offices; `point`: programme; `standing`: talked of.",
    "government": "Until a settlement takes effect the outgoing government stays, as a caretaker.",
    "parties": "A party accepts through its members of parliament (`principal`).",
    "actors": "Persons, and blocs with a size. Give a person more by splitting a bloc.",
    "bodies": "A seat weighs as many votes as the bloc has members.",
    "posts": "One bundle of offices for each party that could govern; split it where ministries are known.",
    "table": "`consent: members`: a government needs those who are in it. `weight`: odds of being asked first.",
    "pressures": "What pushes everybody to agree.",
    "events": "Assumed, so that a government has something to quarrel about.",
    "record": "What happened, where the source tells it.",
    "outcomes": "What a run is asked for.",
    "parameters": "Priors set before any run; leave them alone afterwards.",
}


def scenario_text(parliament: Parliament, prospects: Prospects, settings: Settings, command: str) -> str:
    """The whole file."""
    crisis = Crisis(parliament, prospects, settings)
    sections = crisis.sections(outcomes_of(crisis))
    placed = sum(party.position is not None for party in parliament.parties)
    held = sum(party.seats for party in parliament.parties)
    head = [
        f"# Made by: {command}",
        f"# {len(parliament.parties)} parties hold {held} of {parliament.total} seats; {placed} have a position.",
        f"# The {len(prospects.candidates)} governments on the menu have {prospects.covered:.0%} of the formation "
        "model's probability; all others are left out.",
        "# Next: whipcount check FILE; whipcount run FILE. Edit freely: no program needs this file as it is.",
    ]
    if not parliament.knows_government:
        head.append("# Who governed before is not known; a column `incumbent` (and `premier`) would tell.")
    parts = ["\n".join(head), "whipcount: 2"]
    for key, value in sections.items():
        comment = f"\n# {COMMENTS[key]}\n" if key in COMMENTS else ""
        parts.append(comment + section_text(key, _plain(value)).rstrip())
    return "\n".join(parts) + "\n"


def _plain(value: Any) -> Any:
    """Dates as the texts that scenario files write them as."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, dt.date) else value
