"""How a mechanism declares itself: parameters, state, events and measures, and its one daily step."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Literal, TypeVar, overload

from .array import Array, StateArray
from .priors import Fixed, Prior
from .step import Day
from .tracer import Tracer

T = TypeVar("T")


class Param:
    """A parameter of a mechanism: default, prior, unit and meaning. On an instance: the value, by run.

    Rates and spans of meeting, answering and reconsidering have the unit "1 / beat" or "beats": the scenario says how
    many days a beat of its tempo has (`calendar.beat_days`), and mechanisms read the value in days. level: "politics",
    what crises have in common, or "case", what is another thing in each (Gelman & Hill 2007).
    """

    def __init__(
        self,
        default: float,
        *,
        prior: Prior | None = None,
        unit: str = "",
        doc: str = "",
        level: Literal["politics", "case"] = "politics",
    ) -> None:
        self.level = level
        self.default = default
        self.prior = prior or Fixed(default)
        self.unit = unit
        self.doc = doc
        self.name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def in_days(self, beat_days: float) -> float:
        """What the value is multiplied by where a beat has so many days."""
        return {"1 / beat": 1.0 / beat_days, "beats": beat_days}.get(self.unit, 1.0)

    @overload
    def __get__(self, instance: None, owner: type) -> Param: ...
    @overload
    def __get__(self, instance: Mechanism, owner: type) -> Array: ...
    def __get__(self, instance: Mechanism | None, owner: type) -> Param | Array:
        if instance is None:
            return self
        return instance.tracer.parameter(f"{instance.id}.{self.name}")


class State:
    """A state variable that a mechanism owns; `writers` names the other mechanisms that may assign it.

    per: the axis, or none for one value a run. kind: number, mask or code (a number with names). initial: a number, or
    the name of an input of the world.
    """

    def __init__(
        self,
        *,
        per: str | None = None,
        kind: Literal["number", "mask", "code"] = "number",
        codes: tuple[str, ...] = (),
        initial: float | str = 0.0,
        writers: tuple[str, ...] = (),
        over: str | None = None,
        doc: str = "",
    ) -> None:
        self.per = per
        self.kind = kind
        self.codes = codes
        self.initial = initial
        self.writers = frozenset(writers)
        self.over = over
        self.doc = doc
        self.name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, instance: None, owner: type) -> State: ...
    @overload
    def __get__(self, instance: Mechanism, owner: type) -> StateArray: ...
    def __get__(self, instance: Mechanism | None, owner: type) -> State | StateArray:
        if instance is None:
            return self
        return instance.tracer.read_state(self.name)


@dataclass(frozen=True, slots=True)
class Verb:
    """A kind of event that a mechanism records: whom it is about and the names of its values."""

    name: str
    per: str | None = None
    codes: tuple[str, ...] = ()  # codes[0] is the value 0; an empty name is no code
    doc: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """A daily measure: its axis (none for one value), its range, and what it is."""

    name: str
    per: str | None = None
    low: float = 0.0
    high: float = 1.0
    doc: str = ""


DIVISION_VERBS = (
    Verb("vote", per="seat", codes=("", "no", "yes", "abstain"), doc="a member's vote"),
    Verb("division", per="body", codes=("failed", "passed"), doc="the result of a division"),
    Verb("ayes", per="body", doc="votes for"),
    Verb("noes", per="body", doc="votes against"),
)
"""What every mechanism that holds a division records."""


class Mechanism(ABC):
    """One rule of political behaviour. A concrete mechanism is one file; it is never subclassed further.

    id: its name in parameters and events. after: mechanisms whose step comes earlier in a day.
    references: literature, as keys of the bibliography. assigns: states of others that it changes though their
    owners do not know of it; for mechanisms that come from elsewhere.
    """

    id: ClassVar[str] = ""
    after: ClassVar[tuple[str, ...]] = ()
    references: ClassVar[tuple[str, ...]] = ()
    assigns: ClassVar[tuple[str, ...]] = ()
    verbs: ClassVar[tuple[Verb, ...]] = ()
    measures: ClassVar[tuple[Measure, ...]] = ()

    def __init__(self) -> None:
        self._tracer: Tracer | None = None

    @property
    def tracer(self) -> Tracer:
        """The recording in progress."""
        if self._tracer is None:
            raise RuntimeError(f"mechanism '{self.id}' is used outside a recording")
        return self._tracer

    @classmethod
    def parameters(cls) -> dict[str, Param]:
        """Declared parameters by name, in order."""
        return _declared(cls, Param)

    @classmethod
    def states(cls) -> dict[str, State]:
        """Declared state variables by name, in order."""
        return _declared(cls, State)

    @abstractmethod
    def step(self, day: Day) -> None:
        """What happens in one day, in every run at once."""


def _declared(cls: type, kind: type[T]) -> dict[str, T]:
    found: dict[str, T] = {}
    for base in reversed(cls.__mro__):
        for name, value in vars(base).items():
            if isinstance(value, kind):
                found[name] = value
    return found
