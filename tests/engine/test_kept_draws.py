"""What depends on an epoch alone is kept until the epoch passes, and is then what NumPy computes every day."""

from __future__ import annotations

import pytest
from agreement import assert_same
from random_programs import mechanism, world

from whipcount.engine import NumpyBackend, Plan, build_plan
from whipcount.engine.c.backend import CompiledBackend
from whipcount.engine.c.build import NATIVE, PORTABLE, CompilationError, build, find_compiler
from whipcount.vocabulary import Day, Measure, Mechanism, State, Verb

try:
    find_compiler()
except CompilationError:
    pytest.skip("no C compiler", allow_module_level=True)


class Moods(Mechanism):
    """Moods that last until they pass, for each at another time; a count goes back as well as forth."""

    id = "second"
    after = ("first",)
    measures = (Measure("mood", per="fine"), Measure("sum"))
    verbs = (Verb("told", per="fine"),)
    rate = 0.2

    passed = State(per="fine")

    def step(self, day: Day) -> None:
        """Pass, and draw anew where it has passed."""
        again = day.happens("passes", self.rate, "fine")
        back = day.happens("returns", 0.3, "fine")
        mood = day.normal("mood", "fine", epoch=self.passed)
        other = day.exp(0.5 * day.normal("other", "fine", epoch=self.passed))
        day.measure("mood", mood * day.given("fine.weight"))
        day.measure("sum", day.total(mood * other) + day.total(other))
        day.record("told", mood > 1.0, other, day.uniform("chance", "fine", epoch=self.passed))
        self.passed.set(day.where(back, self.passed - 1.0, self.passed + 1.0), where=again)


class Steady(Moods):
    """The epoch is written in another mechanism's step, so that its draws can be kept."""

    id = "third"
    after = ("second",)
    measures = (Measure("steady", per="fine"), Measure("steady_sum"))
    verbs = (Verb("steady_told", per="fine"),)
    passed = State(per="fine", writers=("fourth",))

    def step(self, day: Day) -> None:
        """As above, without passing on."""
        mood = day.normal("mood", "fine", epoch=self.passed)
        other = day.exp(0.5 * day.normal("other", "fine", epoch=self.passed))
        day.measure("steady", mood * day.given("fine.weight"))
        day.measure("steady_sum", day.total(mood * other) + day.total(other))
        day.record("steady_told", mood > 1.0, other)


class Passing(Mechanism):
    """Passes the epoch on, back or forth."""

    id = "fourth"
    after = ("third",)

    def step(self, day: Day) -> None:
        """Some change each day."""
        back = day.happens("returns", 0.4, "fine")
        passed = day.passed
        passed.set(day.where(back, passed - 1.0, passed + 1.0), where=day.happens("passes", 0.2, "fine"))


def plan(seed: int, *kinds: type[Mechanism]) -> Plan:
    """A random world with these after a random mechanism."""
    return build_plan(world(seed, [mechanism("first", seed), *kinds]))


@pytest.mark.parametrize("flags", [NATIVE, PORTABLE])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_kept_draws_agree(seed: int, flags: tuple[str, ...]) -> None:
    recorded = plan(seed, Steady, Passing)
    library = build(recorded, (*flags, "-O1"))
    assert library.shape.epochs
    for groups in (1, 3):
        compiled = CompiledBackend(recorded, library=library, groups=groups)
        for runs in (1, 45, 130):  # a later group of runs begins where an earlier one has left its draws
            assert_same(NumpyBackend(recorded).run(seed, 5, runs), compiled.run(seed, 5, runs))


def test_a_step_that_passes_its_epoch_keeps_nothing() -> None:
    recorded = plan(4, Moods)
    library = build(recorded, (*NATIVE, "-O1"))
    assert not library.shape.epochs
    assert_same(NumpyBackend(recorded).run(1, 0, 70), CompiledBackend(recorded, library=library).run(1, 0, 70))
