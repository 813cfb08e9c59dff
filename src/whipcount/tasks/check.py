"""Whether a scenario is written without mistakes, and how much of everything it holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from whipcount.table import Column, Result, Table
from whipcount.task import task
from whipcount.text import mark, say

from ._scenario import Scenario

if TYPE_CHECKING:
    from whipcount.scenario import LoadedScenario


@dataclass(frozen=True)
class Checked(Result):
    """A scenario without mistakes: how many of everything it holds, each with a label."""

    undrawn: ClassVar[str] = "it counts what a scenario holds"

    scenario: str
    path: str
    hash: str
    counts: tuple[tuple[str, int, str], ...]

    def tables(self) -> tuple[Table, ...]:
        """How much of everything."""
        columns = (Column("what", "what"), Column("number", "number", right=True))
        rows = tuple((say(label), number) for _, number, label in self.counts)
        return (Table("summary", say("{path}: no mistakes", path=self.path), columns, rows),)

    def sentences(self) -> str:
        """That nothing is wrong."""
        return say("{path}: no mistakes", path=self.path)

    def record(self) -> dict[str, Any]:
        """The numbers as JSON can carry them."""
        numbers = {key: number for key, number, _ in self.counts}
        return {"scenario": self.scenario, "ok": True, "hash": self.hash, **numbers, "problems": []}


@task(
    "check",
    mark("Check a scenario file, under every account: all mistakes with line and column, or a summary."),
    "whipcount check my-crisis.yaml",
    "whipcount check november-1917 --json",
    order=20,
    command=False,
)
def check(scenario: Scenario) -> Checked:
    """What a scenario holds; raises ScenarioError with every mistake, under each account and variant.

    What is written without mistakes is then followed through the program: an outcome, claim or intervention that names
    what can never happen in this scenario is a mistake too (WC139).
    """
    from whipcount.errors import ScenarioError
    from whipcount.questions.possible import never_in_any_version
    from whipcount.scenario import LoadedScenario, load
    from whipcount.scenario.loader import check_file, check_tree
    from whipcount.scenario.yaml_nodes import parse

    if isinstance(scenario, (LoadedScenario, dict)):
        loaded = scenario if isinstance(scenario, LoadedScenario) else load(scenario)
        problems = check_tree(parse(loaded.text, str(loaded.path)))
    else:
        problems, loaded = check_file(scenario), None
    if problems:
        raise ScenarioError(*problems)
    given = str(scenario) if loaded is None else loaded.slug
    loaded = loaded or load(scenario)
    if impossible := never_in_any_version(loaded):
        raise ScenarioError(*impossible)
    return _summary(loaded, given)


def _summary(loaded: LoadedScenario, given: str) -> Checked:
    from whipcount.scenario import provenance

    scenario = loaded.scenario
    layer = provenance(loaded)
    counts = {
        "actors": (len(scenario.actors), mark("persons and blocs")),
        "persons": (sum(actor.size == 1 for actor in scenario.actors), mark("persons among them")),
        "bodies": (len(scenario.bodies), mark("bodies")),
        "seats": (sum(len(body.seats) for body in scenario.bodies), mark("seats")),
        "posts": (len(scenario.posts), mark("posts")),
        "settlements": (len(scenario.settlements), mark("settlements")),
        "pressures": (len(scenario.pressures), mark("pressures")),
        "constituencies": (len(scenario.constituencies), mark("constituencies")),
        "events": (len(scenario.events), mark("events")),
        "record": (len(scenario.record), mark("facts of the record")),
        "outcomes": (len(scenario.outcomes), mark("outcomes")),
        "claims": (len(scenario.claims), mark("claims")),
        "variants": (len(scenario.variants), mark("variants")),
        "accounts": (len(scenario.accounts), mark("accounts")),
        "sources": (len(scenario.sources), mark("sources")),
        "citations": (len(layer.statements), mark("citations")),
        "assumed": (len(layer.assumed), mark("assumed values, each with its reason")),
        "calibrated": (
            sum(parameter.calibrate for parameter in scenario.parameters.values()),
            mark("parameters to calibrate"),
        ),
    }
    told = tuple((key, number, label) for key, (number, label) in counts.items())
    return Checked(given, str(loaded.path), loaded.hash, told)
