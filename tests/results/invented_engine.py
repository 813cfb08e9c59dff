"""An engine made up for tests: a small crisis whose events and measures are cheap functions of seed, run and day."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

from whipcount.engine.api import BlockResult, EventColumns
from whipcount.results.interfaces import Engine
from whipcount.scenario.loader import LoadedScenario
from whipcount.scenario.schema import Scenario
from whipcount.vocabulary.program import MeasureSpec, VerbSpec
from whipcount.world import Calendar

AXES: dict[str, tuple[str, ...]] = {
    "actor": ("ann", "bob", "cid", "dot"),
    "party": ("reds", "blues"),
    "body": ("committee", "council"),
    "seat": ("ann@committee", "bob@committee", "cid@committee", "bob@council", "dot@council"),
    "tenure": ("ann@treasury", "cid@treasury"),
    "settlement": ("alone", "together"),
    "constituency": ("north", "south"),
}
PARTY_OF = {"ann": "reds", "bob": "reds", "cid": "reds", "dot": "blues"}
VERBS = (
    VerbSpec("ultimatum", "ultimatum", "party", {}),
    VerbSpec("fall", "survival", None, {}),
    VerbSpec("vote", "mandate", "seat", {1: "no", 2: "yes", 3: "abstain"}),
    VerbSpec("mandate", "mandate", "party", {1: "earnest", 2: "expose"}),
    VerbSpec("line", "mandate", "party", {}),
    VerbSpec("session", "talks", None, {}),
    VerbSpec("settled", "talks", "settlement", {}),
    VerbSpec("reply", "reply", "actor", {1: "submit", 2: "evade", 3: "refuse"}),
    VerbSpec("leave_seat", "leave", "seat", {}),
    VerbSpec("leave_post", "leave", "tenure", {}),
    VerbSpec("leave_party", "leave", "actor", {}),
    VerbSpec("waver", "constituency", "constituency", {}),
    VerbSpec("vote", "ballot", "seat", {1: "no", 2: "yes", 3: "abstain"}),
)
INDEX = {f"{verb.mechanism}.{verb.name}": index for index, verb in enumerate(VERBS)}
MEASURES = (
    MeasureSpec("danger", "danger", None, 0.0, 1.0),
    MeasureSpec("readiness:reds", "readiness", "reds", 0.0, 1.0),
    MeasureSpec("grievance:reds", "grievance", "reds", 0.0, 4.0),
)
STEP_NAMES = (
    "survival", "mandate", "talks", "ultimatum", "reply", "leave", "constituency", "ballot",
)  # fmt: skip


class World:
    """The made-up world: decodes entities as the real one does."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self.structure = SimpleNamespace(axes=AXES)

    def decode(self, axis: str | None, entity: int) -> tuple[str | None, str | None]:
        if axis is None:
            return None, None
        name = AXES[axis][entity]
        if axis in ("seat", "tenure"):
            actor, object_ = name.split("@")
            return actor, object_
        if axis == "actor":
            return name, PARTY_OF[name]
        return (name, None) if axis == "party" else (None, name)


@dataclass(frozen=True)
class Plan:
    """The made-up plan."""

    steps: int
    verbs: tuple[VerbSpec, ...] = VERBS
    measures: tuple[MeasureSpec, ...] = MEASURES
    step_names: tuple[str, ...] = STEP_NAMES
    digest: str = "invented"


class Backend:
    """Draws of a run depend on the seed and the run's number alone, as those of the real backend do."""

    def __init__(self, plan: Plan, pause: float = 0.0, fail_at: int | None = None) -> None:
        self.plan, self.pause, self.fail_at = plan, pause, fail_at

    def run(
        self, seed: int, first_run: int, runs: int, parameters: Mapping[str, Any] | None = None, worlds: Any = None
    ) -> BlockResult:
        assert worlds is None
        time.sleep(self.pause)
        if self.fail_at is not None and first_run <= self.fail_at < first_run + runs:
            raise ZeroDivisionError("made to fail")
        parts = [self._events(seed, run) for run in range(first_run, first_run + runs)]
        run, step, verb, entity, value, probability = (np.concatenate(column) for column in zip(*parts, strict=True))
        events = EventColumns(run, step, verb, entity, value, probability)
        series = np.stack([self._series(seed, run) for run in range(first_run, first_run + runs)], axis=-1)
        drawn = [np.random.default_rng((seed, number, 7)).normal() for number in range(first_run, first_run + runs)]
        lam = (parameters or {}).get("choice.lam", np.array(drawn))
        return BlockResult(first_run, runs, {"choice.lam": np.asarray(lam, np.float32)}, events, series)

    def _events(self, seed: int, run: int) -> tuple[Any, ...]:
        random = np.random.default_rng((seed, run, 0))
        count = int(random.integers(3, 12))
        step = random.integers(0, self.plan.steps, count)
        verb = random.integers(0, len(VERBS), count)
        sizes = np.array([len(AXES[spec.axis]) if spec.axis else 1 for spec in VERBS])
        entity = random.integers(0, sizes[verb])
        value = random.integers(1, 4, count).astype(np.float32)
        order = np.lexsort((entity, verb, step))
        chance = random.random(count).astype(np.float32)
        chance[::3] = np.nan
        return (
            np.full(count, run, np.int64), step[order].astype(np.int32), verb[order].astype(np.int16),
            entity[order].astype(np.int32), value[order], chance,
        )  # fmt: skip

    def _series(self, seed: int, run: int) -> Any:
        random = np.random.default_rng((seed, run, 1))
        shape = (self.plan.steps, len(MEASURES))
        return (random.random(shape) * np.array([1.0, 1.0, 3.0])).astype(np.float32)


def make_engine(loaded: Any, interventions: Sequence[object] = (), runs: int = 0) -> Engine:  # noqa: ARG001
    """The made-up engine; a worker process makes it too, so a test may slow it through the environment."""
    calendar = Calendar.of(loaded.scenario.calendar)
    plan = Plan(calendar.steps)
    pause = float(os.environ.get("INVENTED_PAUSE", "0"))
    fail_at = os.environ.get("INVENTED_FAILURE")
    backend = Backend(plan, pause, int(fail_at) if fail_at else None)
    return Engine(World(calendar), plan, backend, "invented")


def text(word: str) -> dict[str, str]:
    """A text in both languages."""
    return {"en": word, "ru": f"по-русски {word}"}


def document(outcomes: Sequence[Mapping[str, Any]] = (), **calendar: Any) -> dict[str, Any]:
    """The made-up crisis as a document of the scenario language."""
    point = {"line": 0.2}
    return {
        "whipcount": 2,
        "title": text("An invented crisis"),
        "summary": text("Nobody knows it"),
        "calendar": {"start": "1917-11-01", "end": "1917-11-20", **calendar},
        "dimensions": [{"id": "line", "name": text("line"), "low": text("low"), "high": text("high")}],
        "settlements": [{"id": name, "name": text(name), "point": point} for name in AXES["settlement"]],
        "government": {"settlement": "alone", "fall": "together"},
        "parties": [{"id": name, "name": text(name)} for name in AXES["party"]],
        "actors": [
            {"id": name, "name": text(name), "party": party, "ideal": point} for name, party in PARTY_OF.items()
        ],
        "factions": [{"id": "doubters", "name": text("doubters"), "party": "reds", "members": ["bob", "cid"]}],
        "bodies": [
            {"id": "committee", "name": text("committee"), "party": "reds"},
            {"id": "council", "name": text("council")},
        ],
        "posts": [{"id": "treasury", "name": text("treasury"), "body": "council"}],
        "constituencies": [
            {"id": name, "name": text(name), "party": "reds", "support": 0.5} for name in AXES["constituency"]
        ],
        "outcomes": list(outcomes),
    }


def outcome(ident: str, measure: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """An outcome of the document."""
    return {"id": ident, "name": text(ident), "measure": measure, **more}


OUTCOMES = (
    outcome("seats_left", {"count": {"verb": "leave_seat"}}, happened=2, evidence=["A:2"], use="calibrate"),
    outcome("party_left", {"ever": {"verb": "leave_party"}}, happened=True, evidence=["A:2", "B:1"], use="holdout"),
    outcome("no_deal", {"never": {"verb": "settled"}, "falls": "exclude"}, happened=True, given_crisis=True),
    outcome("first_session", {"first": {"verb": "session"}}, assumed="nobody wrote it down"),
    outcome("danger_end", {"final": "danger"}),
    outcome("certain", {"any": [{"ever": {"verb": "fall"}}, {"never": {"verb": "fall"}}]}, happened=False),
)


def loaded_scenario(outcomes: Sequence[Mapping[str, Any]] = OUTCOMES, **calendar: Any) -> LoadedScenario:
    """The made-up crisis as if loaded from a file."""
    scenario = Scenario.model_validate(document(outcomes, **calendar))
    return LoadedScenario(scenario, "invented", Path("invented.yaml"), "0" * 64, "title: invented\n")
