"""`whipcount explain`: the decisions of one run, taken apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from whipcount.text import say

from .options import account_option, json_option, load_scenario, set_option, variant_option
from .output import console_for_output, help_text, note, show_json
from .transcript import is_run_folder, refuse_with_folder, run_option, seed_option, source_argument

if TYPE_CHECKING:
    from whipcount.engine import Decision
    from whipcount.scenario import Scenario
    from whipcount.text.dates import DayLabels

ORDER = 33


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "explain",
        help=help_text(
            "Explain the decisions of one run: options, named terms of utility, probabilities, the draw. By default "
            "the decisions that were open, without the votes of divisions.",
            "whipcount explain november-1917 --run 7 --mechanism ultimatum",
            "whipcount explain november-1917 --run 7 --actor kamenev",
            "whipcount explain runs/november-1917-0a1b2c3d --run 7 --day 1917-11-17",
        ),
    )(explain)


def _option(name: str, metavar: str, text: str) -> Any:
    return typer.Option(name, metavar=metavar, help=say(text), show_default=False)


def explain(
    source: Annotated[str, source_argument()],
    run: Annotated[int, run_option()] = 0,
    seed: Annotated[int | None, seed_option()] = None,
    day: Annotated[
        str | None,
        _option("--day", "D|DATE", "day from the start, or a new-style date"),
    ] = None,
    actor: Annotated[str | None, _option("--actor", "ID", "whose decisions")] = None,
    mechanism: Annotated[str | None, _option("--mechanism", "NAME", "of which mechanism")] = None,
    everything: Annotated[bool, typer.Option("--all", help=say("votes and settled matters too"))] = False,
    account: Annotated[str | None, account_option()] = None,
    variant: Annotated[list[str] | None, variant_option()] = None,
    set_: Annotated[list[str] | None, set_option()] = None,
    as_json: Annotated[bool, json_option()] = False,
) -> None:
    """Compute the run again, watching every decision, and print those asked for."""
    from whipcount.charts.names import Names
    from whipcount.counterfactual.engines import changed_world
    from whipcount.counterfactual.interventions import parse_interventions
    from whipcount.engine import explain_run
    from whipcount.report.explanation import Wanted, chosen_decisions, print_decisions, record_of
    from whipcount.text.dates import DayLabels

    parameters = None
    interventions: tuple[str, ...] = ()
    if is_run_folder(source):
        from whipcount.results import open_run

        refuse_with_folder(seed=seed, account=account, variant=variant, set=set_)
        results = open_run(source)
        loaded, seed, interventions = results.loaded(), results.seed, results.manifest.interventions
        parameters = _given_parameters(results, run)
    else:
        loaded = load_scenario(source, account, set_, variant)
    scenario, calendar = loaded.scenario, loaded.scenario.calendar
    labels = DayLabels(calendar.start, calendar.end, calendar.step_days, calendar.old_style_until)
    wanted = Wanted(_step(day, labels), _actor(actor, scenario), _mechanism(mechanism), everything)
    world = changed_world(loaded, parse_interventions(interventions, loaded))
    decisions = chosen_decisions(explain_run(world, 1 if seed is None else seed, run, parameters), wanted)
    if as_json:
        head = {"scenario": loaded.slug, "account": loaded.account, "seed": 1 if seed is None else seed, "run": run}
        show_json({**head, "decisions": [record_of(one, labels) for one in decisions]})
        return
    print_decisions(console_for_output(), decisions, Names(scenario), labels)
    _tell_none(decisions)


def _given_parameters(results: Any, run: int) -> dict[str, Any] | None:
    """The parameters that were given to this run, where they were not drawn from priors."""
    import numpy as np

    from whipcount.errors import UsageError

    if not 0 <= run < results.runs:
        raise UsageError.one("WC663", f"there is no run {run}: there are {results.runs}", "give a lower --run")
    names = results.manifest.parameters_given
    if not names:
        return None
    row = results.table(["run", *names]).row(run, named=True)
    return {name: np.array([row[name]], dtype=np.float32) for name in names}


def _step(day: str | None, labels: DayLabels) -> int | None:
    """The step that a day lies in. Raises UsageError (WC664)."""
    from whipcount.errors import UsageError

    if day is None:
        return None
    try:
        found = labels.parse(day)
    except ValueError:
        found = -1
    if not 0 <= found <= labels.day_of(labels.end):
        raise UsageError.one(
            "WC664",
            f"--day {day} is no day of this scenario",
            f"give 0 to {labels.day_of(labels.end)}, or a new-style date from {labels.start} to {labels.end}",
        )
    return int(found / labels.step_days)


def _actor(actor: str | None, scenario: Scenario) -> str | None:
    """The id of an actor or party, by id or name in either language. Raises UsageError (WC665)."""
    from whipcount.errors import UsageError

    if actor is None:
        return None
    given = actor.strip().casefold()
    everyone = [(one.id, one.name) for one in scenario.actors] + [(one.id, one.name) for one in scenario.parties]
    for ident, name in everyone:
        if given in (ident.casefold(), name.en.casefold(), name.ru.casefold()):
            return ident
    import difflib

    near = difflib.get_close_matches(given, [ident for ident, _ in everyone], 1)
    hint = f"did you mean {near[0]}?" if near else "`whipcount show SCENARIO actors` lists the ids"
    raise UsageError.one("WC665", f"nobody here is called {actor!r}", hint)


def _mechanism(mechanism: str | None) -> str | None:
    """The mechanism's id. Raises UsageError (WC666)."""
    from whipcount.errors import UsageError
    from whipcount.mechanisms import all_mechanisms

    if mechanism is None or mechanism in all_mechanisms():
        return mechanism
    raise UsageError.one(
        "WC666", f"there is no mechanism {mechanism!r}", "there are " + ", ".join(sorted(all_mechanisms()))
    )


def _tell_none(decisions: list[Decision]) -> None:
    if not decisions:
        note(say("no such decision in this run (--all shows settled ones too)"))
