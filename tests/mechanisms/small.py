"""Small worlds for tests of theory: a scenario as a dictionary, with everything that is not under test switched off."""

from __future__ import annotations

import copy
from collections import deque
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whipcount.engine import BlockResult, NumpyBackend, Plan, build_plan
from whipcount.engine.plan import order_of
from whipcount.scenario.schema import ParameterPrior, Scenario
from whipcount.scenario.values import Prior
from whipcount.world import World, build

Tree = dict[str, Any]


def text(words: str) -> dict[str, str]:
    return {"en": words, "ru": words}


def settlement(name: str, point: float, parties: tuple[str, ...] = (), **shares: float) -> Tree:
    return {
        "id": name,
        "name": text(name),
        "point": {"x": point},
        "parties": list(parties),
        "shares": shares,
        "assumed": "test",
    }


def actor(name: str, party: str, ideal: float, **traits: Any) -> Tree:
    return {"id": name, "name": text(name), "party": party, "ideal": {"x": ideal}, "assumed": "test", **traits}


def body(name: str, party: str | None, *seats: str | Tree, **more: Any) -> Tree:
    listed = [{"actor": seat} if isinstance(seat, str) else seat for seat in seats]
    return {
        "id": name,
        "name": text(name),
        "party": party,
        "attendance": 1.0,
        "seats": listed,
        "assumed": "test",
        **more,
    }


def party(name: str, principal: str | None, **more: Any) -> Tree:
    return {"id": name, "name": text(name), "principal": principal, "assumed": "test", **more}


# Values at which nothing happens but what a test asks for.
QUIET: dict[str, float] = {
    "choice.lam": 20.0,
    "choice.rho": 0.0,
    "pressure.noise": 0.0,
    "belief.bias": 0.0,
    "belief.noise": 0.0,
    "belief.tally": 0.0,
    "survival.s_calm": 0.999999,
    "survival.undecided": 1.0,
    "survival.proven": 0.0,
    "survival.breadth": 0.0,
    "survival.capacity": 0.0,
    "survival.unity": 0.0,
    "survival.threat": 0.0,
    "survival.calm_threat": 0.0,
    "survival.optimism": 0.0,
    "survival.settled_risk": 0.0,
    "talks.office": 0.0,
    "talks.association": 0.0,
    "talks.association_power": 0.0,
    "talks.fall_cost": 0.0,
    "talks.recognition": 0.0,
    "talks.mediator": 0.0,
    "talks.forum_push": 0.0,
    "attendance.common": 0.0,
    "ballot.common": 0.0,
    "mandate.review": 0.0,
    "withdrawal.review": 1e9,
    "office.tenacity": 1e3,
    "mandate.deference": 0.0,
    "demand.cost": 1e3,
    "dismissal.collective": -1e3,
    "dismissal.exclusion": 1e3,
    "leadership.cost": 1e3,
    "ballot.opposition": 0.0,
    "ultimatum.cost": 1e3,
    "leadership.office": 1e3,
    "leadership.members": -1e3,
}


def two_party_tree() -> Tree:
    """A party in power at 0 and an opponent at 1; the government at 0, a fall leads to 1, a settlement at .5."""
    return {
        "whipcount": 2,
        "title": text("small"),
        "summary": text("small"),
        "calendar": {"start": "2000-01-01", "end": "2000-01-21", "step_days": 1},
        "dimensions": [{"id": "x", "name": text("x"), "low": text("0"), "high": text("1")}],
        "settlements": [
            settlement("alone", 0.0, ("gov",), gov=1.0),
            settlement("half", 0.5, ("gov", "opp"), gov=0.5, opp=0.5),
            settlement("fall", 1.0, ("opp",), opp=1.0),
        ],
        "government": {"settlement": "alone", "fall": "fall", "assumed": "test"},
        "parties": [
            party("gov", "gov_board", leader="g1", support=0.5),
            party("opp", "opp_board", leader="o1", support=0.5),
        ],
        "actors": [actor("g1", "gov", 0.0), actor("o1", "opp", 1.0)],
        "bodies": [body("gov_board", "gov", "g1"), body("opp_board", "opp", "o1")],
        "table": {
            "id": "table",
            "name": text("table"),
            "sides": [{"party": "gov"}, {"party": "opp"}],
            "menu": ["half"],
            "opens": "2000-01-01",
            "closes": "2000-01-21",
            "assumed": "test",
        },
    }


def scenario_of(tree: Tree, parameters: dict[str, float] | None = None) -> Scenario:
    whole = copy.deepcopy(tree)
    values = {**QUIET, **(parameters or {})}
    whole["parameters"] = {name: {"value": value, "assumed": "test"} for name, value in values.items()}
    return Scenario.model_validate(whole)


def world_of(tree: Tree, parameters: dict[str, float] | None = None) -> World:
    return build(scenario_of(tree, parameters), slug="small")


_recorded: deque[Plan] = deque(maxlen=8)


def plan_of(world: World) -> Plan:
    """As `build_plan` gives it; worlds of one structure and the same mechanisms share the program, which is all that a
    program depends on."""
    for known in _recorded:
        if known.mechanisms == order_of(world.mechanisms) and known.world.structure == world.structure:
            return Plan(world, known.mechanisms, known.program)
    made = build_plan(world)
    _recorded.append(made)
    return made


class Ran:
    """Results of a block of runs, with questions that tests ask."""

    def __init__(self, plan: Plan, block: BlockResult) -> None:
        self.plan, self.block = plan, block

    def measure(self, label: str) -> NDArray[np.float32]:
        """Series of a measure: (steps, runs)."""
        return self.block.series[:, [m.label for m in self.plan.measures].index(label), :]

    def _rows(self, verb: str, mechanism: str | None = None) -> NDArray[np.bool_]:
        numbers = [
            index
            for index, spec in enumerate(self.plan.verbs)
            if spec.name == verb and mechanism in (None, spec.mechanism)
        ]
        return np.isin(self.block.events.verb, numbers)

    def events(self, verb: str, mechanism: str | None = None) -> dict[str, NDArray[Any]]:
        """Columns of the events of a verb."""
        rows, events = self._rows(verb, mechanism), self.block.events
        columns = ("run", "step", "entity", "value", "probability")
        return {name: getattr(events, name)[rows] for name in columns}

    def share(self, verb: str, value: float | None = None) -> float:
        """Share of runs in which the event occurs."""
        events = self.events(verb)
        runs = events["run"] if value is None else events["run"][events["value"] == value]
        return len(np.unique(runs)) / self.block.runs

    def count(self, verb: str) -> float:
        """Mean number of events a run."""
        return len(self.events(verb)["run"]) / self.block.runs


def states_of(tree: Tree, parameters: dict[str, float] | None = None) -> dict[str, NDArray[Any]]:
    """Every state at the end of one run, by name: (entities, 1)."""
    backend = NumpyBackend(plan_of(world_of(tree, parameters)))
    kept: dict[str, NDArray[Any]] = {}
    simulate = backend._simulate

    def keeping(collector: Any, states: dict[str, NDArray[Any]], *rest: Any) -> None:
        kept.update(states)
        simulate(collector, states, *rest)

    backend._simulate = keeping
    backend.run(1, 0, 1)
    return kept


def run(
    tree: Tree,
    parameters: dict[str, float] | None = None,
    runs: int = 200,
    seed: int = 1,
    design: dict[str, NDArray[np.float64]] | None = None,
) -> Ran:
    """Run a small world; `design` gives some parameters a value of their own in each run."""
    scenario = scenario_of(tree, parameters)
    if design:
        runs = len(next(iter(design.values())))
        wide = {name: ParameterPrior(prior=Prior(uniform=(0.0, 1.0)), assumed="test") for name in design}
        scenario = scenario.model_copy(update={"parameters": {**scenario.parameters, **wide}})
    plan = plan_of(build(scenario, slug="small"))
    return Ran(plan, NumpyBackend(plan).run(seed, 0, runs, design))
