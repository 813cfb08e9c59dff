"""`whipcount show`: what a scenario says, section by section."""

from __future__ import annotations

from typing import Annotated

import typer

from whipcount.text import say

from .options import account_option, json_option, load_scenario, scenario_argument, set_option, variant_option
from .output import help_text, print_words, show

ORDER = 15
SECTIONS = (
    "bodies",
    "members",
    "seats",
    "overlap",
    "parties",
    "factions",
    "actors",
    "settlements",
    "distances",
    "posts",
    "pressures",
    "constituencies",
    "table",
    "events",
    "record",
    "outcomes",
    "claims",
    "parameters",
)
LONG = ("seats", "actors", "record", "parameters")  # shown when asked for


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "show",
        help=help_text(
            say(
                "Show who decides by which rules, and what is asked. Sections: {sections}.",
                sections=", ".join(SECTIONS),
            ),
            "whipcount show november-1917",
            "whipcount show november-1917 bodies posts",
            'whipcount show november-1917 --faction "right Bolsheviks"',
            "whipcount show november-1917 --body central_committee --json",
        ),
    )(show_scenario)


def show_scenario(
    scenario: Annotated[str, scenario_argument()],
    sections: Annotated[
        list[str] | None,
        typer.Argument(
            help=say("sections to show (default: all but the longest)"),
            metavar="[SECTION]...",
            show_default=False,
        ),
    ] = None,
    faction: Annotated[
        str | None,
        typer.Option(
            help=say("a faction by any of its names"),
            metavar="NAME",
            show_default=False,
        ),
    ] = None,
    body: Annotated[
        str | None,
        typer.Option(help=say("seats of one body"), metavar="ID", show_default=False),
    ] = None,
    actor: Annotated[
        str | None,
        typer.Option(help=say("one person or bloc"), metavar="ID", show_default=False),
    ] = None,
    account: Annotated[str | None, account_option()] = None,
    variant: Annotated[list[str] | None, variant_option()] = None,
    settings: Annotated[list[str] | None, set_option()] = None,
    as_json: Annotated[bool, json_option()] = False,
) -> None:
    """Print the sections asked for, or one faction, body or actor."""
    from .views import people, words
    from .views.sections import SECTIONS as VIEWS

    loaded = load_scenario(scenario, account, settings, variant)
    whole = loaded.scenario
    if faction is not None:
        shown = [people.faction_members(whole, faction)]
    elif body is not None:
        words.known(body, whole.bodies, say("body"))
        shown = [people.seats(whole, body)]
    elif actor is not None:
        shown = people.one_actor(whole, words.known(actor, whole.actors, say("actor")))
    else:
        names = _sections(sections or [])
        shown = [VIEWS[name](whole) for name in names]
    title = whole.title.in_language()
    summary = whole.summary.in_language()
    if as_json:
        calendar = {"start": whole.calendar.start, "end": whole.calendar.end, "step_days": whole.calendar.step_days}
        show(
            shown, as_json=True, scenario=loaded.slug, account=account, title=title, summary=summary, calendar=calendar
        )
        return
    days = words.span_in_words(whole, whole.calendar.start, whole.calendar.end)
    print_words(f"{title}\n{days}\n\n{summary}\n")
    show(shown)


def _sections(asked: list[str]) -> list[str]:
    """The sections asked for, or the usual ones; a wrong name is a coded error."""
    from whipcount.errors import UsageError
    from whipcount.scenario.hints import did_you_mean

    for name in asked:
        if name not in SECTIONS:
            hint = did_you_mean(name, SECTIONS, f"sections: {', '.join(SECTIONS)}")
            raise UsageError.one("WC606", f"there is no section '{name}'", hint)
    return asked or [name for name in SECTIONS if name not in LONG]
