"""Random small programs: a mechanism that does at random whatever the vocabulary allows, on a small made-up world."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from typing import Any

import numpy as np

from whipcount.vocabulary import Array, Day, Measure, Mechanism, Param, Prior, State, Structure, Verb
from whipcount.vocabulary.structure import Given
from whipcount.world import Calendar, World
from whipcount.world.uncertain import Drawn

STEPS = 6
AXES = ("fine", "coarse", "none")
MAPS = (("fine", "coarse"), ("coarse", "fine"), ("fine", "none"))
Pool = dict[tuple[str | None, bool], list[Array]]


def world(seed: int, mechanisms: Sequence[type[Mechanism]]) -> World:
    """A world of three axes, one of them perhaps empty, with maps that leave some entities out."""
    rng = np.random.default_rng(seed)
    sizes = {"fine": int(rng.integers(1, 9)), "coarse": int(rng.integers(1, 5)), "none": int(rng.integers(0, 2))}
    axes = {axis: tuple(f"{axis}{index}" for index in range(size)) for axis, size in sizes.items()}
    maps = {(fine, coarse): rng.integers(-1, sizes[coarse], sizes[fine]) for fine, coarse in MAPS}
    if rng.random() < 0.5:
        maps["fine", "coarse"] = np.sort(rng.integers(0, sizes["coarse"], sizes["fine"]))
    static: dict[str, Any] = {}
    per_run: dict[str, Drawn] = {}
    given: dict[str, Given] = {}
    for axis, size in sizes.items():
        static[f"{axis}.number"] = rng.choice([0.0, -0.0, 0.5, 1.0, -2.0, 1e-9, 3e7], (size, 1)).astype(np.float32)
        static[f"{axis}.weight"] = rng.integers(0, 3, (size, 1)).astype(np.float32)
        static[f"{axis}.mask"] = rng.random((size, 1)) < 0.5
        priors = tuple(Prior("uniform", (-1.0, 2.0)) for _ in range(size))
        per_run[f"{axis}.drawn"] = Drawn(f"{axis}.drawn", axes[axis], priors)
        given[f"{axis}.number"] = given[f"{axis}.weight"] = Given(axis)
        given[f"{axis}.mask"] = Given(axis, "mask")
        given[f"{axis}.drawn"] = Given(axis, per_run=True)
    tables = {"fine.today": rng.random((STEPS, sizes["fine"])).astype(np.float32)}
    tables["today"] = rng.integers(0, 2, (STEPS, 1)).astype(np.float32)
    ties = np.where(rng.random((sizes["coarse"], sizes["fine"])) < 0.4, 0, rng.random((sizes["coarse"], sizes["fine"])))
    structure = Structure(
        axes=axes,
        maps=frozenset(maps),
        given=given,
        tables={"fine.today": "fine", "today": None},
        matrices={"ties": ("coarse", "fine")},
        parameters={f"{kind.id}.{name}": name == "free" for kind in mechanisms for name in kind.parameters()},
    )
    start = dt.date(2000, 1, 1)
    nothing: Any = None
    return World(
        scenario=nothing,
        slug="random",
        account=None,
        calendar=Calendar(start, start + dt.timedelta(days=STEPS - 1), 1.0),
        mechanisms=tuple(mechanisms),
        structure=structure,
        maps={pair: table.astype(np.int64) for pair, table in maps.items()},
        static=static,
        per_run=per_run,
        tables=tables,
        matrices={"ties": ties.astype(np.float32)},
        fixed_parameters={f"{kind.id}.fixed": 0.7 for kind in mechanisms},
        drawn_parameters={f"{kind.id}.free": Prior("uniform", (0.0, 1.0)) for kind in mechanisms},
    )


def mechanism(name: str, seed: int, length: int = 30) -> type[Mechanism]:
    """A mechanism that does `length` random things a step; two of them may write each other's state."""
    others = ("first", "second")

    class Anything(Mechanism):
        """Whatever the vocabulary allows."""

        id = name
        after = ("first",) if name == "second" else ()
        verbs = (*(Verb(f"told_{axis}", per=axis) for axis in ("fine", "coarse")), Verb("told"))
        measures = (Measure(f"{name}_fine", per="fine"), Measure(f"{name}_one"))
        fixed = Param(0.7)
        free = Param(0.5)

        def step(self, day: Day) -> None:
            """Do it."""
            _Recipe(random.Random(seed), day, name).write(length)

    for axis in (*AXES, None):
        for kind in ("number", "mask"):
            state = State(per=axis, kind=kind, initial=_initial(axis, kind), writers=others)
            label = f"{name}_{axis}_{kind}"
            state.__set_name__(Anything, label)
            setattr(Anything, label, state)
    return Anything


def _initial(axis: str | None, kind: str) -> float | str:
    if axis is None:
        return 1.0
    return f"{axis}.mask" if kind == "mask" else f"{axis}.drawn"


class _Recipe:
    """Writes a step at random from the values that are at hand."""

    def __init__(self, rng: random.Random, day: Day, name: str) -> None:
        self.rng = rng
        self.day = day
        self.name = name
        self.draws = 0
        self.pool: Pool = {(axis, mask): [] for axis in (*AXES, None) for mask in (False, True)}
        for axis in AXES:
            for kind in ("number", "weight", "drawn"):
                self._add(day.given(f"{axis}.{kind}"))
            self._add(day.given(f"{axis}.mask"))
        self._add(day.number, day.today("fine.today"), day.today("today"))
        self._add(day.parameter(f"{name}.fixed"), day.parameter(f"{name}.free"))
        self._read()

    def _add(self, *values: Array) -> None:
        for value in values:
            self.pool[value.axis, value.is_mask].append(value)

    def _read(self) -> None:
        for owner in ("first", self.name):
            for axis in (*AXES, None):
                self._add(getattr(self.day, f"{owner}_{axis}_number"), getattr(self.day, f"{owner}_{axis}_mask"))

    def pick(self, axis: str | None, mask: bool) -> Array:
        """A value on the axis, more often a recent one; or one without an axis."""
        choices = self.pool[axis, mask] + (self.pool[None, mask] if self.rng.random() < 0.2 else [])
        return choices[-1 - int(len(choices) * self.rng.random() ** 2)]

    def on(self, axis: str, mask: bool) -> Array:
        """A value that is on the axis."""
        return self.rng.choice(self.pool[axis, mask])

    def number(self, axis: str | None) -> Array | float:
        """A number on the axis, or a constant."""
        if self.rng.random() < 0.25:
            return self.rng.choice([0.0, -0.0, 1.0, 0.5, -1.0, 2.0, 1e-6, 1e30])
        return self.pick(axis, False)

    def write(self, length: int, depth: int = 0) -> None:
        """Do `length` things."""
        actions = (self.calculate, self.compare, self.combine, self.gather, self.chance, self.effect)
        for _ in range(length):
            if depth < 2 and self.rng.random() < 0.08:
                self.block(length // 3, depth)
            else:
                self.rng.choices(actions, (8, 3, 3, 5, 2, 4))[0]()
        if depth == 0:
            self.day.measure(f"{self.name}_fine", self.on("fine", False))
            self.day.measure(f"{self.name}_one", self.pick(None, False))

    def block(self, length: int, depth: int) -> None:
        """Some things only in some runs, or several times."""
        outer = {key: list(values) for key, values in self.pool.items()}
        again = self.rng.random() < 0.4
        with self.day.repeat(2) if again else self.day.when(self.pick(None, True)):
            self._read()
            self.write(length, depth + 1)
        self.pool = outer
        self._read()

    def calculate(self) -> None:
        """Numbers from numbers."""
        day, axis = self.day, self.rng.choice(("fine", "fine", "coarse", "none", None))
        x = self.pick(axis, False)
        y = self.number(axis)
        self._add(
            self.rng.choice(
                (
                    lambda: x + y, lambda: x - y, lambda: y - x, lambda: x * y, lambda: x / y, lambda: -x,
                    lambda: abs(x),
                    lambda: day.smaller(x, y), lambda: day.larger(y, x), lambda: day.exp(x), lambda: day.log(x),
                    lambda: day.sqrt(x), lambda: day.rounded(day.clip(x, -1e6, 1e6)), lambda: day.logistic(x),
                    lambda: day.where(self.pick(axis, True), x, y), lambda: day.number_of(self.pick(axis, True)),
                )
            )()
        )  # fmt: skip

    def compare(self) -> None:
        """Masks from numbers."""
        axis = self.rng.choice(("fine", "coarse", None))
        x, y = self.pick(axis, False), self.number(axis)
        self._add(
            self.rng.choice(
                (lambda: x < y, lambda: x <= y, lambda: x > y, lambda: x >= y, lambda: x == y, lambda: x != y)
            )()
        )

    def combine(self) -> None:
        """Masks from masks."""
        axis = self.rng.choice(("fine", "coarse", None))
        a, b, c = (self.pick(axis, True) for _ in range(3))
        self._add(
            self.rng.choice(
                (
                    lambda: a & b, lambda: a | b, lambda: ~a, lambda: a == b, lambda: a != b,
                    lambda: self.day.where(a, b, c), lambda: a & True, lambda: b | False,
                )
            )()
        )  # fmt: skip

    def gather(self) -> None:
        """Across entities."""
        day = self.day
        fine, coarse = self.rng.choice(MAPS)
        x, m = self.on(fine, False), self.on(fine, True)
        options = [
            lambda: day.total(x), lambda: day.any(m), lambda: day.highest(x), lambda: day.total(x, coarse),
            lambda: day.total(m),
            lambda: day.any(m, coarse), lambda: day.spread(self.on(coarse, False), fine),
            lambda: day.spread(self.on(coarse, True), fine), lambda: day.best(x, m), lambda: day.best_in(x, m, coarse),
            lambda: day.first(m), lambda: day.weigh("ties", self.on("fine", self.rng.random() < 0.2)),
            lambda: day.mean(x, day.given(f"{fine}.weight"), coarse),
            lambda: self._forecast(fine, coarse),
        ]  # fmt: skip
        if day.size(fine):
            row = self.rng.randrange(day.size(fine))
            options += [lambda: day.row(x, row), lambda: day.row(m, row)] * 2
            options.append(lambda: day.stack([self.pick(None, False) for _ in day.ids(fine)], fine))
        self._add(self.rng.choice(options)())

    def _forecast(self, axis: str, coarse: str) -> Array:
        yes, no = (self.day.clip(self.on(axis, False), 0.0, 0.5) for _ in range(2))
        weight = self.day.given(f"{axis}.weight")
        single = weight if self.rng.random() < 0.5 else self.day.smaller(weight, 1.0)
        return self.day.chance_of_majority(yes, no, self.day.where(self.on(axis, True), single, 0.0), coarse)

    def chance(self) -> None:
        """Draws and choices."""
        day, axis = self.day, self.rng.choice(("fine", "coarse", None))
        self.draws += 1
        purpose = f"draw {self.draws}"
        epoch = self.pick(axis, False) if self.rng.random() < 0.5 else None
        if epoch is not None:
            epoch = day.where((epoch >= 0.0) & (epoch < 1e6), day.rounded(epoch), 0.0)
        kind = self.rng.randrange(5)
        if kind == 0:
            self._add(day.uniform(purpose, axis, epoch))
        elif kind == 1:
            self._add(day.normal(purpose, axis, epoch))
        elif kind == 2 and axis is not None:
            members = day.rounded(day.clip(self.pick(axis, False), -2.0, 300.0))
            self._add(day.heads(purpose, members, self.pick(axis, False), self.pick(axis, False), axis))
        elif kind == 3 or axis is None:
            self._add(day.happens(purpose, 0.3, axis))
        else:
            terms = [{"term": self.pick(axis, False)} for _ in range(self.rng.randint(2, 3))]
            options = {f"option{index}": term for index, term in enumerate(terms)}
            choice = day.choose(
                purpose, who=self.on(axis, True), lam=day.parameter(f"{self.name}.free"), epoch=epoch, **options
            )
            self._add(choice.is_("option0"), choice.chance("option1"), choice.code, choice.probability)

    def effect(self) -> None:
        """Writes and events."""
        axis = self.rng.choice(("fine", "coarse", "none", None))
        owner = self.rng.choice(("first", self.name))
        if self.rng.random() < 0.4:
            verb = self.rng.choice(("fine", "coarse", None))
            where = self.on(verb, True) if verb else self.rng.choice(self.pool[None, True])
            value = self.number(verb) if self.rng.random() < 0.7 else None
            chance = self.pick(verb, False) if self.rng.random() < 0.5 else None
            self.day.record(f"told_{verb}" if verb else "told", where, value, chance)
            return
        mask = self.rng.random() < 0.5
        state = getattr(self.day, f"{owner}_{axis}_{'mask' if mask else 'number'}")
        value = self.pick(axis, True) if mask else self.number(axis)
        if mask and self.rng.random() < 0.3:
            value = self.rng.random() < 0.5
        state.set(value, where=self.pick(axis, True) if self.rng.random() < 0.7 else None)
        self._read()
