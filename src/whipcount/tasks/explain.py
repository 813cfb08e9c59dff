"""The decisions of one run, taken apart."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from whipcount.errors import UsageError
from whipcount.session import notice
from whipcount.table import Column, Result, Table, figure
from whipcount.task import TEXT, Option, task
from whipcount.text import mark, say

from ._scenario import Account, SeedOfScenario, Settings, Source, Variant, run_of

if TYPE_CHECKING:
    from rich.console import Console

    from whipcount.engine import Decision
    from whipcount.scenario import LoadedScenario, Scenario
    from whipcount.text.dates import DayLabels


@dataclass(frozen=True, eq=False)
class Explanation(Result):
    """Decisions of a run: options, named terms of utility, probabilities, the draw, the choice."""

    undrawn: ClassVar[str] = "its table gives every option with its terms"

    loaded: LoadedScenario = field(repr=False)
    seed: int
    run: int
    decisions: tuple[Decision, ...]

    @property
    def labels(self) -> DayLabels:
        """How the days of the scenario are called."""
        from whipcount.text.dates import DayLabels

        calendar = self.loaded.scenario.calendar
        return DayLabels(calendar.start, calendar.end, calendar.step_days, calendar.old_style_until)

    def tables(self) -> tuple[Table, ...]:
        """A row for each option of each decision."""
        columns = (
            Column("date", "day"), Column("mechanism", "mechanism"), Column("decision", "decision"),
            Column("actor", "who"), Column("object", "about"), Column("option", "option"),
            figure("utility", "utility", ".3f"), figure("probability", "probability", ".3f"),
            Column("chosen", "chosen"),
        )  # fmt: skip
        keys = ("date", "mechanism", "decision", "actor", "object")
        rows = tuple(
            (*(one[key] for key in keys), option["name"], option["utility"], option["probability"],
             option["name"] == one["choice"])
            for one in self.record()["decisions"]
            for option in one["options"]
        )  # fmt: skip
        return (Table("options", "Decisions and their options", columns, rows),)

    def sentences(self) -> str:
        """Each decision with what was chosen, a line each."""
        from whipcount.charts.names import Names
        from whipcount.report.explanation import heading

        if not self.decisions:
            return say("no such decision in this run (--all shows settled ones too)")
        names = Names(self.loaded.scenario)
        return "\n".join(f"{heading(one, names)}: {one.choice}" for one in self.decisions)

    def print_on(self, console: Console) -> None:
        """The decisions for a terminal, day by day, each with a table of its options."""
        from whipcount.charts.names import Names
        from whipcount.report.explanation import print_decisions

        print_decisions(console, self.decisions, Names(self.loaded.scenario), self.labels)
        if not self.decisions:
            notice(self.sentences())

    def record(self) -> dict[str, Any]:
        """The decisions as JSON can carry them."""
        from whipcount.report.explanation import record_of

        labels = self.labels
        return {
            "scenario": self.loaded.slug,
            "account": self.loaded.account,
            "seed": self.seed,
            "run": self.run,
            "decisions": [record_of(one, labels) for one in self.decisions],
        }


@task(
    "explain",
    mark(
        "Explain the decisions of one run: options, named terms of utility, probabilities, the draw. By default "
        "the decisions that were open, without the votes of divisions."
    ),
    "whipcount explain november-1917 --run 7 --mechanism ultimatum",
    "whipcount explain november-1917 --run 7 --actor kamenev",
    "whipcount explain runs/november-1917-0a1b2c3d --run 7 --day 1917-11-17",
    order=33,
)
def explain(
    source: Source,
    run: Annotated[int, Option("number of the run", low=0)] = 0,
    seed: SeedOfScenario = None,
    day: Annotated[Any, Option("day from the start, or a new-style date", TEXT, "D|DATE")] = None,
    actor: Annotated[str | None, Option("whose decisions", metavar="ID")] = None,
    mechanism: Annotated[str | None, Option("of which mechanism", metavar="NAME")] = None,
    everything: Annotated[bool, Option("votes and settled matters too", flag="--all")] = False,
    account: Account = None,
    variant: Variant = None,
    set: Settings = None,
) -> Explanation:
    """The decisions of one run, computed again and watched (WC662 to WC666)."""
    from whipcount.counterfactual.engines import changed_world
    from whipcount.counterfactual.interventions import parse_interventions
    from whipcount.engine import explain_run
    from whipcount.report.explanation import Wanted, chosen_decisions

    loaded, seed, parameters, interventions = run_of(source, run, seed, account, variant, set)
    found = Explanation(loaded, seed, run, ())
    wanted = Wanted(_step(day, found.labels), _actor(actor, loaded.scenario), _mechanism(mechanism), everything)
    world = changed_world(loaded, parse_interventions(interventions, loaded))
    decisions = chosen_decisions(explain_run(world, seed, run, parameters), wanted)
    return Explanation(loaded, seed, run, tuple(decisions))


def _step(day: str | None, labels: DayLabels) -> int | None:
    """The step that a day lies in. Raises UsageError (WC664)."""
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
