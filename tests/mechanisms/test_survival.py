"""The survival of governments against closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from small import Ran, Tree, actor, body, run, two_party_tree

from whipcount.mechanisms.survival import Survival
from whipcount.theory.survival_causes import shipped_endings


def _quiet_tree(end: str = "2000-01-31") -> Tree:
    tree = two_party_tree()
    tree["calendar"]["end"] = end
    tree["table"]["opens"] = tree["table"]["closes"] = "2000-01-01"
    return tree


@pytest.mark.parametrize("step_days", [1, 0.5, 5])
def test_s_of_one_half_leaves_half_of_the_governments_after_the_horizon(step_days: float) -> None:
    tree = _quiet_tree("2000-01-30")
    tree["calendar"]["step_days"] = step_days
    ran = run(tree, {"survival.s_calm": 0.5, "survival.horizon": 30.0}, runs=4000)
    days = 30.0 if step_days != 0.5 else 29.5
    steps = ran.plan.steps * step_days
    assert ran.share("fall") == pytest.approx(1 - 0.5 ** (steps / 30.0), abs=0.025)
    assert days <= 30


def test_a_fall_moves_the_government_and_vacates_its_posts() -> None:
    tree = _quiet_tree()
    tree["bodies"].append(body("cabinet", None, "g1", kind="cabinet"))
    tree["government"].update({"cabinet": "cabinet", "head": "g1"})
    tree["posts"] = [
        {"id": "premier", "name": {"en": "p", "ru": "p"}, "body": "cabinet", "holder": "g1", "assumed": "test"}
    ]
    ran = run(tree, {"survival.s_calm": 0.05, "leave.duty": 1e3}, runs=300)
    fallen = ran.events("fall")
    first = np.concatenate([[True], fallen["run"][1:] != fallen["run"][:-1]])
    breadth = ran.measure("breadth")
    for number, step in zip(fallen["run"][first], fallen["step"][first], strict=True):
        if step + 1 < ran.plan.steps:
            assert breadth[step + 1, number] == pytest.approx(0.5)
    vacated = ran.events("vacated")
    assert set(vacated["run"]) == set(fallen["run"])


YEAR = "2000-12-30"  # 365 days from the first of January


def test_falls_that_nobody_decides_come_as_often_as_among_real_cabinets() -> None:
    """An ordinary cabinet in calm times: the fitted hazard of deaths and the like, whatever the length of the step."""
    fitted = shipped_endings()
    for step_days in (1, 7):
        tree = _quiet_tree(YEAR)
        tree["calendar"]["step_days"] = step_days
        ordinary = {name: Survival.parameters()[name].default for name in ("s_calm", "undecided", "proven")}
        ran = run(tree, {f"survival.{name}": value for name, value in ordinary.items()}, runs=4000)
        expected = 1 - fitted.outlasts(365, fitted.undecided_share)
        assert ran.share("fall") == pytest.approx(expected, abs=0.006)


def test_priors_are_those_of_the_table_of_durations() -> None:
    fitted, declared = shipped_endings(), Survival.parameters()
    assert declared["s_calm"].default == pytest.approx(fitted.outlasts(30), abs=5e-4)
    low, high = declared["s_calm"].prior.numbers
    assert low < fitted.outlasts(30) < high
    count = fitted.undecided_ends
    assert declared["undecided"].prior.numbers == (count + 0.5, fitted.known - count + 0.5)
    assert declared["undecided"].default == pytest.approx(fitted.undecided_share, abs=5e-4)


def _endangered(**parameters: float) -> Ran:
    """A government under one danger that stays as it is."""
    tree = _quiet_tree("2000-06-30")
    tree["pressures"] = [
        {"id": "war", "name": {"en": "w", "ru": "w"}, "level": 0.6, "reversion": 0.0, "noise": 0.0, "assumed": "test"}
    ]
    told = {"survival.s_calm": 0.9, "survival.threat": 3.0, "survival.undecided": 0.0, **parameters}
    return run(tree, told, runs=2)


def test_the_hazard_declines_with_dangers_survived_as_frailty_says() -> None:
    """ln odds rise by ln(1 + proven L), L the hazard beyond that of calm times, added up over the days before."""
    ran = _endangered(**{"survival.proven": 2.0})
    s = ran.measure("survival")[:, 0].astype(float)
    first = 1 / (1 + np.exp(-(np.log(9) - 3.0 * 0.6)))
    assert s[0] == pytest.approx(first, rel=1e-5)
    lived = np.arange(len(s)) * (np.log(0.9) - np.log(first)) / 30
    odds = np.log(9) - 3.0 * 0.6 + np.log(1 + 2.0 * lived)
    np.testing.assert_allclose(s, 1 / (1 + np.exp(-odds)), rtol=1e-4)
    assert np.all(np.diff(s) > 0)


def test_calm_proves_nothing() -> None:
    ran = _endangered(**{"survival.proven": 4.0, "survival.threat": 0.0})
    np.testing.assert_allclose(ran.measure("survival"), 0.9, rtol=1e-5)


def test_breadth_danger_and_their_signs() -> None:
    tree = _quiet_tree()
    tree["pressures"] = [
        {"id": "war", "name": {"en": "w", "ru": "w"}, "level": 0.6, "reversion": 0.0, "noise": 0.0, "assumed": "test"}
    ]
    effect = np.array([-2.0, 0.0, 1.0, 4.0])
    ran = run(tree, {"survival.s_calm": 0.9, "survival.calm_threat": 0.1}, design={"survival.threat": effect})
    expected = 1 / (1 + np.exp(-(np.log(9) - effect * 0.5)))
    np.testing.assert_allclose(ran.measure("survival")[0], expected, rtol=1e-5)


def test_dangers_add_up_as_competing_risks_and_a_further_one_never_lessens_them() -> None:
    tree = _quiet_tree()
    levels = {"war": (0.6, 1.0), "strike": (0.5, 0.4), "calm": (0.0, 1.0)}
    danger = []
    for count in (1, 2, 3):
        tree["pressures"] = [
            {"id": name, "name": {"en": "p", "ru": "p"}, "level": level, "threat": weight, "reversion": 0.0,
             "noise": 0.0, "assumed": "test"}
            for name, (level, weight) in list(levels.items())[:count]
        ]  # fmt: skip
        danger.append(run(tree, runs=1).measure("danger")[0, 0])
    assert danger == pytest.approx([0.6, 1 - 0.4 * 0.8, 1 - 0.4 * 0.8], rel=1e-5)


def _committee(leavers: int) -> Tree:
    """A committee of 21, of whom `leavers` stand apart and have been challenged; leaving the party is cheap."""
    tree = _quiet_tree()
    names = [f"m{k}" for k in range(21)]
    near = [actor(name, "gov", 0.9 if k < leavers else 0.0, cadre=0.5) for k, name in enumerate(names)]
    tree["actors"] = [*near, actor("o1", "opp", 1.0)]
    tree["bodies"] = [body("gov_board", "gov", *names), body("opp_board", "opp", "o1")]
    tree["parties"][0].update({"leader": "m20", "ultimatum": {"deadline_days": 2, "quota": 0.3, "assumed": "test"}})
    tree["table"]["closes"] = "2000-01-06"
    tree["history"] = {
        "breaches": [
            {"actors": names[:leavers], "party": "gov", "date": "1999-12-31", "at_issue": True, "assumed": "test"}
        ]
    }
    return tree


EAGER = {
    "mandate.gain_expose": 0.2,
    "mandate.epsilon": 0.0,
    "mandate.cost_withdraw": 1e3,
    "forum.cost": 1e3,
    "ultimatum.cost": -1e3,
    "ultimatum.sign_cost": -1e3,
    "reply.pride": 1e3,
    "reply.evasion": 1e3,
    "leave.identity": -1e3,
    "leave.prospect": 0.0,
    "leave.seat": 1e3,
    "reconcile.cost": 1e3,
    "sanction.harshness": 1e3,
    "sanction.concession_cost": 1e3,
    "split.confidence": 0.0,
    "survival.s_calm": 0.95,
    "survival.horizon": 1e9,
}


@pytest.mark.parametrize(("capacity", "unity"), [(3.0, 0.0), (0.0, 3.0), (3.0, 1.0), (1.0, 3.0)])
def test_five_of_21_leave_the_party(capacity: float, unity: float) -> None:
    """Capacity falls, unity of the rest rises; S moves as the two effects say."""
    ran = run(_committee(5), {**EAGER, "survival.capacity": capacity, "survival.unity": unity}, runs=30)
    assert ran.count("leave_party") == pytest.approx(5.0, abs=0.2)
    last = ran.plan.steps - 1
    level, loyal = ran.measure("capacity"), ran.measure("unity")
    first = ran.events("leave_party")["step"].min()
    np.testing.assert_allclose(level[0], 1.0, rtol=1e-5)
    np.testing.assert_allclose(level[last], 16 / 21, rtol=1e-3)
    assert np.all(loyal[last] >= loyal[first - 1])
    odds = np.log(0.95 / 0.05) + capacity * (level[last] - 1) + unity * (loyal[last] - 1)
    np.testing.assert_allclose(ran.measure("survival")[last], 1 / (1 + np.exp(-odds)), rtol=1e-4)
