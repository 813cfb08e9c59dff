"""What a scenario says, section by section."""

from __future__ import annotations

from typing import Annotated, Any

from whipcount.task import TEXTS, Option, task
from whipcount.text import mark, say

from ._listed import Introduced
from ._scenario import Account, Scenario, Settings, Variant, scenario_of

LONG = ("seats", "actors", "record", "parameters")  # shown when asked for


@task(
    "show",
    mark(
        "Show who decides by which rules, and what is asked. Sections: bodies, members, seats, overlap, parties, "
        "factions, actors, settlements, distances, posts, pressures, constituencies, table, events, record, outcomes, "
        "claims, parameters."
    ),
    "whipcount show november-1917",
    "whipcount show november-1917 bodies posts",
    'whipcount show november-1917 --faction "right Bolsheviks"',
    "whipcount show november-1917 --body central_committee --json",
    order=15,
)
def show(
    scenario: Scenario,
    sections: Annotated[
        Any,
        Option("sections to show (default: all but the longest)", TEXTS, "[SECTION]...", argument=True),
    ] = None,
    faction: Annotated[str | None, Option("a faction by any of its names", metavar="NAME")] = None,
    body: Annotated[str | None, Option("seats of one body", metavar="ID")] = None,
    actor: Annotated[str | None, Option("one person or bloc", metavar="ID")] = None,
    account: Account = None,
    variant: Variant = None,
    set: Settings = None,
) -> Introduced:
    """The sections asked for, or one faction, body or actor (WC141, WC144, WC606)."""
    from whipcount.report.views import people, words
    from whipcount.report.views.sections import SECTIONS

    loaded = scenario_of(scenario, account, variant, set)
    whole = loaded.scenario
    if faction is not None:
        shown = [people.faction_members(whole, faction)]
    elif body is not None:
        words.known(body, whole.bodies, say("body"))
        shown = [people.seats(whole, body)]
    elif actor is not None:
        shown = people.one_actor(whole, words.known(actor, whole.actors, say("actor")))
    else:
        shown = [SECTIONS[name](whole) for name in _sections(sections, tuple(SECTIONS))]
    title, summary, calendar = whole.title.in_language(), whole.summary.in_language(), whole.calendar
    head = {
        "scenario": loaded.slug, "account": account, "title": title, "summary": summary,
        "calendar": {"start": calendar.start, "end": calendar.end, "step_days": calendar.step_days},
    }  # fmt: skip
    days = words.span_in_words(whole, calendar.start, calendar.end)
    return Introduced(head, tuple(shown), f"{title}\n{days}\n\n{summary}\n")


def _sections(asked: tuple[str, ...], known: tuple[str, ...]) -> list[str]:
    """The sections asked for, or the usual ones; a wrong name is a coded error."""
    from whipcount.errors import UsageError
    from whipcount.scenario.hints import did_you_mean

    for name in asked:
        if name not in known:
            hint = did_you_mean(name, known, f"sections: {', '.join(known)}")
            raise UsageError.one("WC606", f"there is no section '{name}'", hint)
    return list(asked) or [name for name in known if name not in LONG]
