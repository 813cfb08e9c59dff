"""The survival of governments against closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from small import Tree, actor, body, run, two_party_tree


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
    ran = run(tree, {"survival.s_calm": 0.05}, runs=300)
    fallen = ran.events("fall")
    assert len(fallen["run"]) == len(set(fallen["run"].tolist()))  # it falls once
    breadth = ran.measure("breadth")
    for number, step in zip(fallen["run"], fallen["step"], strict=True):
        if step + 1 < ran.plan.steps:
            assert breadth[step + 1, number] == pytest.approx(0.5)
    appointed = ran.events("appoint")
    assert len(appointed["run"]) == 0 or not set(appointed["run"]) & set(fallen["run"])


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
