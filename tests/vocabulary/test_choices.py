"""Choices: limits of the logit, probabilities that sum to one, draws that persist, interventions that fix or forbid."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from whipcount.engine import NumpyBackend
from whipcount.engine.plan import Plan, order_of
from whipcount.vocabulary import Day, Mechanism, Param, State, Structure, Verb, record_program
from whipcount.vocabulary.structure import Given

ACTORS = tuple(f"a{k}" for k in range(50))
OPTIONS = ("low", "middle", "high")


class Three(Mechanism):
    """A three-way and a two-way choice of every actor, every day."""

    id = "three"
    verbs = (Verb("took", per="actor"), Verb("yes", per="actor"))
    lam = Param(1.0)
    rate = Param(0.0)
    epoch = State(per="actor")

    def step(self, day: Day) -> None:
        """Choose."""
        everybody = day.given("actor.size") > 0.0
        self.epoch.set(self.epoch + 1.0, where=day.happens("again", self.rate, "actor"))
        choice = day.choose(
            "three",
            who=everybody,
            lam=self.lam,
            epoch=self.epoch,
            low={"u": 0.0},
            middle={"u": 0.1, "v": 0.2},
            high={"u": 1.0},
        )
        day.record("took", everybody, choice.code, choice.probability)
        two = day.choose("two", who=everybody, lam=self.lam, no={"u": 0.0}, yes={"u": 0.3})
        day.record("yes", two.is_("yes"), probability=two.chance("yes"))


def _ran(
    lam: float, *, rate: float = 0.0, forced: dict[str, np.ndarray] | None = None, steps: int = 4
) -> dict[str, Any]:
    tables = {f"forced.{name}": table for name, table in (forced or {}).items()}
    structure = Structure(
        axes={"actor": ACTORS, "dimension": ("x",)},
        maps=frozenset(),
        given={"actor.size": Given("actor")},
        tables=dict.fromkeys(tables, "actor"),
        matrices={},
        parameters={"three.lam": False, "three.rate": False},
        forced=frozenset(forced or {}),
    )
    world: Any = SimpleNamespace(
        structure=structure,
        static={"actor.size": np.ones((len(ACTORS), 1), np.float32)},
        per_run={},
        maps={},
        tables=tables,
        matrices={},
        fixed_parameters={"three.lam": lam, "three.rate": rate},
        drawn_parameters={},
        steps=steps,
        step_days=1.0,
    )
    plan = Plan(world, order_of([Three]), record_program(structure, [Three]))
    events = NumpyBackend(plan).run(1, 0, 40).events
    took = events.verb == 0
    codes = events.value[took].reshape(40, steps, len(ACTORS))
    chances = events.probability[took].reshape(40, steps, len(ACTORS))
    return {"codes": codes, "chances": chances, "yes": float((events.verb == 1).sum()) / codes.size}


def test_with_lambda_to_infinity_every_choice_is_the_best_reply() -> None:
    ran = _ran(1e6)
    assert np.all(ran["codes"] == 3)
    assert ran["yes"] == 1.0


def test_with_lambda_to_zero_choices_are_even() -> None:
    ran = _ran(1e-9, rate=50.0)
    assert ran["yes"] == pytest.approx(0.5, abs=0.02)
    shares = np.bincount(ran["codes"].astype(int).ravel(), minlength=4)[1:] / ran["codes"].size
    np.testing.assert_allclose(shares, 1 / 3, atol=0.02)
    np.testing.assert_allclose(ran["chances"], 1 / 3, rtol=1e-5)


def test_frequencies_follow_the_logit() -> None:
    ran = _ran(2.0, rate=50.0)
    weights = np.exp(2.0 * np.array([0.0, 0.3, 1.0]))
    expected = weights / weights.sum()
    shares = np.bincount(ran["codes"].astype(int).ravel(), minlength=4)[1:] / ran["codes"].size
    np.testing.assert_allclose(shares, expected, atol=0.02)
    for option in (1, 2, 3):
        chances = ran["chances"][ran["codes"] == option]
        np.testing.assert_allclose(chances, expected[option - 1], rtol=1e-5)
    assert ran["yes"] == pytest.approx(1 / (1 + np.exp(-0.6)), abs=0.02)


def test_a_standing_question_is_not_asked_afresh() -> None:
    standing = _ran(2.0, rate=0.0)["codes"]
    assert np.all(standing == standing[:, :1])
    again = _ran(2.0, rate=0.5, steps=40)["codes"]
    changes = (again[:, 1:] != again[:, :-1]).mean()
    weights = np.exp(2.0 * np.array([0.0, 0.3, 1.0]))
    p = weights / weights.sum()
    assert changes == pytest.approx((1 - np.exp(-0.5)) * (1 - (p**2).sum()), abs=0.02)


@pytest.mark.parametrize("option", [1, 2, 3])
def test_an_intervention_fixes_an_option_from_a_day_on_and_leaves_the_rest_alone(option: int) -> None:
    table = np.zeros((4, len(ACTORS)), np.float32)
    table[2:, :10] = option
    free, fixed = _ran(2.0)["codes"], _ran(2.0, forced={"three.three": table})["codes"]
    assert np.all(fixed[:, 2:, :10] == option)
    np.testing.assert_array_equal(fixed[:, :2], free[:, :2])
    np.testing.assert_array_equal(fixed[:, :, 10:], free[:, :, 10:])


@pytest.mark.parametrize("option", [1, 2, 3])
def test_an_intervention_forbids_an_option_and_everybody_still_chooses_once(option: int) -> None:
    table = np.full((4, len(ACTORS)), -float(option), np.float32)
    free, barred = _ran(2.0)["codes"], _ran(2.0, forced={"three.three": table})["codes"]
    assert not np.any(barred == option)
    assert np.all(np.isin(barred, [1, 2, 3]))
    elsewhere = free != option
    np.testing.assert_array_equal(barred[elsewhere], free[elsewhere])


def test_an_intervention_of_nothing_changes_nothing() -> None:
    table = np.zeros((4, len(ACTORS)), np.float32)
    np.testing.assert_array_equal(_ran(2.0)["codes"], _ran(2.0, forced={"three.three": table})["codes"])
