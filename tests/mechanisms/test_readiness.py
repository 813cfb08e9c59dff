"""Readiness at the table against closed forms: thresholds of survival, the common window, danger, Nash shares."""

from __future__ import annotations

import copy
import itertools

import numpy as np
import pytest
from small import Tree, actor, body, run, settlement, two_party_tree

LASTING = {"survival.horizon": 1e9}  # nobody falls while we measure
SHARP = {"choice.lam": 1e4, **LASTING}


def _readiness(tree: Tree, survival: np.ndarray, **more: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    parameters = {**SHARP, **{name.replace("__", "."): value for name, value in more.items()}}
    ran = run(tree, parameters, design={"survival.s_calm": survival})
    labels = ("readiness_power:half", "readiness_opponents:half", "window:half")
    power, opponents, window = (ran.measure(label)[0] for label in labels)
    return power, opponents, window


def test_those_in_power_accept_below_three_quarters_and_opponents_above_one_quarter() -> None:
    survival = np.array([0.05, 0.2, 0.24, 0.26, 0.5, 0.74, 0.76, 0.9])
    power, opponents, window = _readiness(two_party_tree(), survival)
    np.testing.assert_allclose(power, survival < 0.75, atol=1e-3)
    np.testing.assert_allclose(opponents, survival > 0.25, atol=1e-3)
    np.testing.assert_array_equal(window, (survival > 0.25) & (survival < 0.75))


@pytest.mark.parametrize(("optimism", "exists"), [(0.0, True), (1.0, True), (1.09, True), (1.11, False), (2.0, False)])
def test_a_common_window_exists_below_ln_3_of_optimism(optimism: float, exists: bool) -> None:
    assert (optimism < np.log(3)) == exists
    _, _, window = _readiness(two_party_tree(), np.linspace(0.02, 0.98, 193), survival__optimism=optimism)
    assert bool(window.any()) == exists


def test_danger_moves_the_two_sides_in_opposite_directions() -> None:
    tree = two_party_tree()
    tree["pressures"] = [
        {
            "id": "war",
            "name": {"en": "war", "ru": "war"},
            "level": 0.5,
            "reversion": 0.0,
            "noise": 0.0,
            "assumed": "test",
        }
    ]
    effect = np.array([0.0, 1.0, 2.0, 3.0])  # the same level of danger, believed in more and more
    ran = run(tree, {"choice.lam": 5.0, "survival.s_calm": 0.8, **LASTING}, design={"survival.threat": effect})
    power, opponents = (ran.measure(f"readiness_{side}:half")[0] for side in ("power", "opponents"))
    assert np.all(np.diff(power) > 0)
    assert np.all(np.diff(opponents) < 0)


def test_an_opponent_who_prefers_the_government_to_its_fall_moves_with_those_in_power() -> None:
    tree = two_party_tree()
    tree["actors"][1] = actor("o1", "opp", 0.4)
    survival = np.array([0.2, 0.4, 0.6, 0.8])
    parameters = {"choice.lam": 5.0, **LASTING}
    ran = run(tree, parameters, design={"survival.s_calm": survival})
    power, opponents = (ran.measure(f"readiness_{side}:half")[0] for side in ("power", "opponents"))
    assert np.all(np.diff(power) < 0)
    assert np.all(np.diff(opponents) < 0)


def _divide_the_pie(weight: float, disagreement: tuple[float, float]) -> tuple[float, float]:
    """Share of the first party in the settlement that the table favours, and the share of runs with an agreement."""
    tree = copy.deepcopy(two_party_tree())
    steps = 40
    tree["settlements"] = [
        settlement("alone", 0.0, ("gov", "opp"), gov=disagreement[0], opp=disagreement[1]),
        *(settlement(f"split_{k}", 0.0, ("gov", "opp"), gov=k / steps, opp=1 - k / steps) for k in range(steps + 1)),
        settlement("fall", 0.0, ("gov", "opp"), gov=disagreement[0], opp=disagreement[1]),
    ]
    tree["table"]["menu"] = [f"split_{k}" for k in range(steps + 1)]
    tree["table"]["sides"] = [{"party": "gov", "weight": weight}, {"party": "opp", "weight": 1 - weight}]
    told = {"mandate.epsilon": 0.0}  # delegates do as they are told
    ran = run(tree, {"choice.lam": 1e4, "talks.policy": 0.0, "talks.office": 1.0, **told}, runs=8)
    favoured = ran.events("favoured")["entity"]
    return float((favoured[0] - 1) / steps), ran.share("agreement")


@pytest.mark.parametrize(("weight", "d"), [(0.5, (0.0, 0.0)), (0.5, (0.2, 0.1)), (0.7, (0.1, 0.3)), (0.3, (0.3, 0.0))])
def test_the_table_finds_the_weighted_nash_solution(weight: float, d: tuple[float, float]) -> None:
    share, agreed = _divide_the_pie(weight, d)
    assert share == pytest.approx(d[0] + weight * (1 - sum(d)), abs=1 / 40)
    assert agreed == 1.0


def test_no_deal_where_the_claims_exceed_the_pie() -> None:
    _, agreed = _divide_the_pie(0.5, (0.7, 0.5))
    assert agreed == 0.0


def test_a_standing_answer_changes_only_with_the_line_where_nobody_reconsiders() -> None:
    tree = two_party_tree()
    tree["settlements"][1]["point"] = {"x": 0.5}
    parameters = {"choice.lam": 1e-6, "mandate.epsilon": 0.5, "mandate.cost_withdraw": 1e9, "demand.cost": 1e12}
    ran = run(tree, {**parameters, "mandate.review": 0.2}, runs=300)
    answers: dict[tuple[int, int], list[tuple[int, bool]]] = {}
    for verb in ("accept", "decline"):
        found = ran.events(verb)
        for number, step, side in zip(found["run"], found["step"], found["entity"], strict=True):
            answers.setdefault((int(number), int(side)), []).append((int(step), verb == "accept"))
    lines = ran.events("line")
    moved = set(zip(lines["run"].tolist(), lines["entity"].tolist(), lines["step"].tolist(), strict=True))
    same = {False: [], True: []}  # type: dict[bool, list[bool]]
    for (number, side), given in answers.items():
        given.sort()
        for (day, before), (later, after) in itertools.pairwise(given):
            # a line set today is news tomorrow: who is asked on the day itself has not yet reconsidered
            news = any((number, side, step) in moved for step in range(day, later))
            same[news].append(before == after)
    assert all(same[False])
    assert 0.4 < np.mean(same[True]) < 0.6


def test_a_party_value_is_the_mean_over_those_present() -> None:
    tree = two_party_tree()
    tree["actors"] += [actor("g2", "gov", 0.6)]
    tree["bodies"][0] = body("gov_board", "gov", "g1", {"actor": "g2", "attendance": 0.0})
    alone = run(tree, {"survival.s_calm": 0.9}, runs=2).measure("readiness_power:half")[0, 0]
    tree["bodies"][0] = body("gov_board", "gov", "g1", "g2")
    both = run(tree, {"survival.s_calm": 0.9}, runs=2).measure("readiness_power:half")[0, 0]
    # g1 alone: -.25 + .1; both: the mean with g2, who gains -.01 + .9 x .36 + .1 x .16
    expect = [1 / (1 + np.exp(-20 * gain)) for gain in (-0.15, (-0.15 + 0.33) / 2)]
    np.testing.assert_allclose([alone, both], expect, rtol=1e-4)
