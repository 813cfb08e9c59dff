"""Changes of a world: pure functions from one frozen world to another, and of a scenario's file before it is built.

A change never alters which numbers are drawn: draws are keyed by names, so whatever is not touched stays as it was.
"""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from whipcount.vocabulary.priors import Fixed
from whipcount.vocabulary.recording import switch_of
from whipcount.world.axes import axes_of
from whipcount.world.inputs import all_inputs

if TYPE_CHECKING:
    from whipcount.world import World

Table = NDArray[np.float32]


@dataclass(frozen=True)
class Edition:
    """Which edition of the file is built: the account, versions of variants, overrides by path."""

    account: str | None
    choices: Mapping[str, str]
    settings: Mapping[str, object]


@dataclass(frozen=True)
class Intervention(ABC):
    """One change, as written; `slots` are the places that it decides, with what it puts there."""

    text: str

    def __str__(self) -> str:
        return self.text

    @property
    def start(self) -> dt.date:
        """The day from which it holds; the earliest date where it holds throughout."""
        return dt.date.min

    @abstractmethod
    def slots(self) -> dict[tuple[object, ...], object]:
        """What it decides: two interventions that put different things in one place contradict each other."""

    def reread(self, edition: Edition) -> Edition:
        """The edition of the file that it asks for."""
        return edition

    def apply(self, world: World) -> World:
        """The world so changed."""
        return world


def with_entities(world: World, name: str, rows: Sequence[int], value: float | bool) -> World:
    """A world in which an input has a known value for some entities."""
    if name in world.per_run:
        drawn = world.per_run[name]
        priors = tuple(Fixed(float(value)) if row in rows else prior for row, prior in enumerate(drawn.priors))
        return replace(world, per_run={**world.per_run, name: replace(drawn, priors=priors)})
    return replace(world, static={**world.static, name: _filled(world.static[name], rows, value)})


def _filled(array: NDArray[Any], rows: Sequence[int], value: float | bool) -> NDArray[Any]:
    changed = array.copy()
    changed[list(rows)] = value
    return changed


def _silenced(world: World, names: Sequence[str], rows: Sequence[int]) -> dict[str, Table]:
    """The matrices with the effects of all events on some entities taken out."""
    return {**world.matrices, **{name: _filled(world.matrices[name], rows, 0.0) for name in names}}


@dataclass(frozen=True)
class FixParameter(Intervention):
    """A parameter at one value in every run."""

    name: str
    value: float

    def slots(self) -> dict[tuple[object, ...], object]:
        """The parameter."""
        return {("param", self.name): self.value}

    def apply(self, world: World) -> World:
        """The parameter is known. What is drawn elsewhere becomes a draw without spread: the program of the world stays
        as it is, so that a compiled one serves both."""
        if self.name in world.drawn_parameters:
            return replace(world, drawn_parameters={**world.drawn_parameters, self.name: Fixed(self.value)})
        return replace(world, fixed_parameters={**world.fixed_parameters, self.name: self.value})


@dataclass(frozen=True)
class WeighTerm(Intervention):
    """A named term of a choice's utilities, times a weight: 0 switches it off."""

    name: str
    weight: float

    def slots(self) -> dict[tuple[object, ...], object]:
        """The term."""
        return {("term", self.name): self.weight}

    def apply(self, world: World) -> World:
        """The formula changes, so that the weight can differ from run to run where a design wants it to."""
        return _with_factor(world, self.name, self.weight)


@dataclass(frozen=True)
class SwitchMechanism(Intervention):
    """A mechanism that can be made idle: in a run that is given 0 for its switch, nothing ever comes of it.

    What it declares is there for others all the same, as on the first day.
    """

    mechanism: str

    def slots(self) -> dict[tuple[object, ...], object]:
        """The mechanism."""
        return {("mechanism", self.mechanism): True}

    def apply(self, world: World) -> World:
        """It acts, unless a run is given something else."""
        return _with_factor(world, switch_of(self.mechanism), 1.0)


def _with_factor(world: World, name: str, value: float) -> World:
    """A world whose formulas have a parameter more, which can differ from run to run."""
    structure = replace(world.structure, parameters={**world.structure.parameters, name: True})
    return replace(world, structure=structure, drawn_parameters={**world.drawn_parameters, name: Fixed(value)})


@dataclass(frozen=True)
class SetTrait(Intervention):
    """A trait, or a coordinate of the ideal point, of some actors."""

    actors: tuple[str, ...]
    trait: str
    value: float

    def slots(self) -> dict[tuple[object, ...], object]:
        """Each actor's trait."""
        return {("trait", actor, self.trait): self.value for actor in self.actors}

    def apply(self, world: World) -> World:
        """The trait is known for these actors."""
        rows = [row for row, actor in enumerate(world.structure.axes["actor"]) if actor in self.actors]
        return with_entities(world, f"actor.{self.trait}", rows, self.value)


@dataclass(frozen=True)
class TimeEvent(Intervention):
    """An event that does not take place (no date), or takes place on another day."""

    event: str
    date: dt.date | None

    def slots(self) -> dict[tuple[object, ...], object]:
        """The event."""
        return {("event", self.event): self.date}

    def apply(self, world: World) -> World:
        """The event is due on that day alone, and has no hazard."""
        column = world.structure.axes["event"].index(self.event)
        tables = dict(world.tables)
        for name in ("event.due", "event.rate"):
            tables[name] = tables[name].copy()
            tables[name][:, column] = 0.0
        if self.date is not None:
            tables["event.due"][world.calendar.step_of(self.date), column] = 1.0
        return replace(world, tables=tables)


@dataclass(frozen=True)
class Forget(Intervention):
    """Breaches before the start that did not happen: one, or all."""

    breach: str | None

    def slots(self) -> dict[tuple[object, ...], object]:
        """The breach."""
        return {("history", self.breach): "removed"}

    def apply(self, world: World) -> World:
        """The past weighs what is left of it."""
        kept = tuple(
            breach for breach in world.scenario.history.breaches if self.breach is not None and breach.id != self.breach
        )
        history = world.scenario.history.model_copy(update={"breaches": kept})
        scenario = world.scenario.model_copy(update={"history": history})
        again = all_inputs(scenario, axes_of(scenario), world.calendar).static
        names = ("party.past_breaches", "party.past_age", "actor.past_breaches", "actor.settled_breaches")
        static = {**world.static, **{name: again[name] for name in names}}
        return replace(world, scenario=scenario, static=static)


@dataclass(frozen=True)
class HoldPressure(Intervention):
    """A pressure held at one level: neither noise nor events move it."""

    pressure: str
    level: float

    def slots(self) -> dict[tuple[object, ...], object]:
        """The pressure."""
        return {("pressure", self.pressure): self.level}

    def apply(self, world: World) -> World:
        """Level, target and noise are set, and the effects of events on them taken out."""
        row = [world.structure.axes["pressure"].index(self.pressure)]
        for name, value in (("level", self.level), ("target", self.level), ("noise", 0.0)):
            world = with_entities(world, f"pressure.{name}", row, value)
        effects = ("event.level_set", "event.level", "event.target_set", "event.target")
        return replace(world, matrices=_silenced(world, effects, row))


@dataclass(frozen=True)
class FillPost(Intervention):
    """Who holds a post at the start; none: it is vacant."""

    post: str
    holder: str | None

    def slots(self) -> dict[tuple[object, ...], object]:
        """The post."""
        return {("post", self.post, dt.date.min): self.holder}

    def apply(self, world: World) -> World:
        """The tenures of the post as given."""
        for row, (actor, post) in enumerate(world.tenure_pairs):
            if post == self.post:
                world = with_entities(world, "tenure.held", [row], actor == self.holder)
        return world


@dataclass(frozen=True)
class HoldAttendance(Intervention):
    """A member kept away or present throughout, or as usual whatever events order."""

    body: str
    actor: str
    attends: str

    def slots(self) -> dict[tuple[object, ...], object]:
        """The seat."""
        return {("attendance", self.body, self.actor, dt.date.min): self.attends}

    def apply(self, world: World) -> World:
        """The chance of being present is 0, 1 or as it was; events no longer touch it."""
        row = [world.seat_pairs.index((self.actor, self.body))]
        if self.attends != "usual":
            world = with_entities(world, "seat.attendance", row, float(self.attends == "present"))
        return replace(world, matrices=_silenced(world, ("event.absent", "event.present", "event.usual"), row))


@dataclass(frozen=True)
class AddEvent(Intervention):
    """An event that the file does not have; also a post filled or a member kept away from a date on."""

    event: str
    date: dt.date
    record: Mapping[str, object]
    place: tuple[object, ...]
    puts: object

    @property
    def start(self) -> dt.date:
        """Its date."""
        return self.date

    def slots(self) -> dict[tuple[object, ...], object]:
        """What it is about, on its day."""
        return {(*self.place, self.date): self.puts}

    def reread(self, edition: Edition) -> Edition:
        """The file with the event in it, so that what it names is checked as in any scenario."""
        return replace(edition, settings={**edition.settings, f"events.+{self.event}": dict(self.record)})


@dataclass(frozen=True)
class TakeEdition(Intervention):
    """Another source's account, or another version of one disputed matter (with `variant`)."""

    variant: str | None
    choice: str

    def slots(self) -> dict[tuple[object, ...], object]:
        """The account or the variant."""
        return {("variant", self.variant): self.choice}

    def reread(self, edition: Edition) -> Edition:
        """The edition with that account or version."""
        if self.variant is None:
            return replace(edition, account=self.choice)
        return replace(edition, choices={**edition.choices, self.variant: self.choice})


@dataclass(frozen=True)
class Force(Intervention):
    """A choice fixed (code k: the k-th option) or forbidden (-k) for some entities, from a day on or throughout."""

    decision: str
    axis: str | None
    entities: tuple[str, ...]
    code: int
    date: dt.date | None

    @property
    def start(self) -> dt.date:
        """The day from which it holds."""
        return self.date or dt.date.min

    def slots(self) -> dict[tuple[object, ...], object]:
        """Each entity's choice from that day on."""
        return {("choice", self.decision, entity, self.start): self.code for entity in self.entities}

    def apply(self, world: World) -> World:
        """Orders from the day on in the table `forced`; a dated act is ordered for its day in the table `ordered`."""
        ids = world.structure.axes[self.axis] if self.axis else ("",)
        rows = [ids.index(entity) for entity in self.entities]
        first = world.calendar.step_of(self.date) if self.date else 0
        tables, axes = dict(world.tables), dict(world.structure.tables)
        forced = self._table(tables, axes, "forced", (world.steps, len(ids)))
        forced[first:, rows] = self.code
        if self.date is not None and self.code > 0:
            self._table(tables, axes, "ordered", (world.steps, len(ids)))[first, rows] = 1.0
        structure = replace(world.structure, tables=axes, forced=world.structure.forced | {self.decision})
        return replace(world, tables=tables, structure=structure)

    def _table(self, tables: dict[str, Table], axes: dict[str, str | None], what: str, shape: tuple[int, int]) -> Table:
        """A copy of the decision's table to write in."""
        name = f"{what}.{self.decision}"
        table: Table = tables[name].copy() if name in tables else np.zeros(shape, np.float32)
        tables[name] = table
        axes[name] = self.axis
        return table
