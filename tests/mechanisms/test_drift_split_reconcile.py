"""Signs and closed forms of what comes after: institutions that drift, concessions under threat, coming back."""

from __future__ import annotations

import numpy as np
import pytest
from small import Ran, run, two_party_tree
from test_leave import LAM, QUIET_EXIT, _tree

RATE, DAYS = 0.02, 21


def _drift(**weights: float) -> Ran:
    """A party governs alone; nothing else happens."""
    none = {"drift.danger": 0.0, "drift.one_party": 0.0, "drift.sanctions": 0.0, "drift.tolerance": 0.0}
    told = {"drift.rate": RATE, "survival.horizon": 1e12, "mandate.cost_withdraw": 1e3, "mandate.gain_expose": 10.0}
    return run(two_party_tree(), {**none, **told, **{f"drift.{k}": v for k, v in weights.items()}}, runs=20)


def test_one_party_rule_wears_down_democracy_and_councils_and_centralises() -> None:
    """x falls by the factor 1 - rate x weight a day, what centralisation lacks of 1 by the same."""
    ran, factor = _drift(one_party=0.8), (1.0 - RATE * 0.8) ** DAYS
    np.testing.assert_allclose(ran.measure("democracy")[-1], 0.6 * factor, rtol=1e-4)
    np.testing.assert_allclose(ran.measure("independence")[-1], 0.6 * factor, rtol=1e-4)
    np.testing.assert_allclose(ran.measure("centralisation")[-1], 1.0 - 0.6 * factor, rtol=1e-4)


def test_without_causes_nothing_drifts() -> None:
    for name in ("democracy", "independence", "centralisation"):
        series = _drift().measure(name)
        np.testing.assert_allclose(series[-1], series[0], atol=1e-6)


def test_dissent_that_is_tolerated_opens_institutions() -> None:
    """A protest that nobody punishes: democracy rises, centralisation falls."""
    still = {"leave.seat": 1e3, "leave.identity": 1e3, "leave.duty": 1e3, "survival.horizon": 1e12}
    told = {"drift.rate": RATE, "drift.danger": 0.0, "drift.one_party": 0.0, "drift.tolerance": 1.0}
    speaks, silent = (
        run(_tree(), {**QUIET_EXIT, **still, **told, "leave.statement": cost}, runs=40) for cost in (-1e3, 1e3)
    )
    assert speaks.measure("democracy")[-1].mean() > silent.measure("democracy")[-1].mean() + 0.05
    assert speaks.measure("centralisation")[-1].mean() < silent.measure("centralisation")[-1].mean() - 0.05


def _divided(face: float, runs: int) -> Ran:
    """A member who has left the party in power sits in the council, whose confidence may be asked for every day."""
    tree = _tree()
    tree["settlements"][1]["point"] = {"x": 0.5}
    tree["bodies"].append({**tree["bodies"][0], "id": "council", "party": None})
    tree["government"]["confidence"] = "council"
    told = {"leave.identity": -1e3, "split.confidence": 50.0, "sanction.concession_cost": face, "split.minimum": 2.0}
    return run(tree, {**QUIET_EXIT, **told, "affiliation.cost": 1e3, "survival.horizon": 1e12}, runs=runs)


def test_confidence_is_not_asked_for_again_without_news() -> None:
    """On the day of the exit, and on the next, when it is known; then things stand as they stood for three weeks."""
    ran = _divided(face=1e3, runs=60)
    stands = np.setdiff1d(np.arange(60), ran.events("fall")["run"])
    asked = ran.events("confidence")
    assert len(stands) > 10
    assert set(stands) <= set(asked["run"])
    assert asked["step"][np.isin(asked["run"], stands)].max() <= 1


def _conceding(face: float) -> float:
    """Odds of giving way before a vote of confidence."""
    given = _divided(face, runs=600).events("forced_concession")
    first = given["probability"][(given["step"] == 0) & (given["entity"] == 0)]
    assert first.size
    return float(np.median(first / (1.0 - first)))


def test_the_face_lost_holds_a_majority_back_from_conceding() -> None:
    """The odds of giving way before a vote of confidence fall by exp(-lambda) for each unit of face."""
    assert _conceding(0.1) == pytest.approx(_conceding(0.0) * np.exp(-LAM * 0.1), rel=0.02)


def _back(cost: float, days: int = 4) -> float:
    """Chance of coming back on the first day on which it can be weighed, three days after the exit."""
    told = {"leave.seat": -1e3, "leave.identity": 0.5, "leave.duty": 1e3, "reconcile.work": 0.2, "reconcile.cost": cost}
    looks = {"reconcile.review": 1e-3, "reconcile.lost_cause": 0.0}  # every day
    events = run(_tree(), {**QUIET_EXIT, **told, **looks}, runs=300).events("return")
    first = (events["step"] == days - 1) & (events["entity"] == 3)
    return float(np.median(events["probability"][first]))


def test_the_shame_of_coming_back_is_a_cost_that_fades() -> None:
    """It takes cost x exp(-3 / 30) from the value of coming back on the third day after the exit."""
    easy, hard = _back(0.0), _back(0.1)
    shame = 0.1 * np.exp(-3.0 / 30.0)
    assert hard / (1 - hard) == pytest.approx(easy / (1 - easy) * np.exp(-LAM * shame), rel=0.01)


def _endangered(level: float, **weights: float) -> Ran:
    """Two parties govern under a steady danger; nothing else happens."""
    tree = two_party_tree()
    tree["settlements"][0].update(parties=["gov", "opp"], shares={"gov": 0.5, "opp": 0.5})
    tree["pressures"] = [{"id": "war", "name": "w", "level": level, "target": level, "assumed": "test"}]
    none = {"drift.danger": 0.0, "drift.one_party": 0.0, "drift.sanctions": 0.0, "drift.tolerance": 0.0}
    told = {"drift.rate": RATE, "survival.horizon": 1e12, "mandate.cost_withdraw": 1e3, "mandate.gain_expose": 10.0}
    return run(tree, {**none, **told, **{f"drift.{k}": v for k, v in weights.items()}}, runs=3)


@pytest.mark.parametrize("level", [0.2, 0.7])
def test_danger_wears_down_institutions_in_proportion(level: float) -> None:
    """One minus rate x weight x danger a day."""
    ran, factor = _endangered(level, danger=0.9), (1.0 - RATE * 0.9 * level) ** DAYS
    np.testing.assert_allclose(ran.measure("democracy")[-1], 0.6 * factor, rtol=1e-4)
    np.testing.assert_allclose(ran.measure("independence")[-1], 0.6 * factor, rtol=1e-4)
    np.testing.assert_allclose(ran.measure("centralisation")[-1], 1.0 - 0.6 * factor, rtol=1e-4)


def test_several_in_the_government_are_no_one_party_rule_and_less_than_no_harshness_is_none() -> None:
    for ran in (_endangered(0.5, one_party=1.5), _endangered(0.5, danger=-0.5)):
        for name in ("democracy", "independence", "centralisation"):
            series = ran.measure(name)
            np.testing.assert_allclose(series[-1], series[0], atol=1e-6)


@pytest.mark.parametrize("weight", [0.0, 1.0])
def test_a_sanction_wears_down_democracy_and_centralises_but_leaves_the_councils(weight: float) -> None:
    """From the day on which the majority expels, day after day."""
    tree = _tree()
    tree["parties"][0]["ultimatum"] = {"deadline_days": 2, "quota": 0.3, "assumed": "test"}
    tree["history"] = {
        "breaches": [{"actors": ["member"], "party": "gov", "date": "1999-12-31", "at_issue": True, "assumed": "test"}]
    }
    told = {"ultimatum.cost": -1e3, "ultimatum.sign_cost": -1e3, "reply.pride": 1e3, "reply.evasion": 1e3}
    told |= {"sanction.harshness": -1e3, "leave.seat": 1e3, "leave.identity": 1e3, "leave.duty": 1e3}
    none = {"drift.danger": 0.0, "drift.one_party": 0.0, "drift.tolerance": 0.0, "drift.rate": RATE}
    ran = run(tree, {**QUIET_EXIT, **told, **none, "drift.sanctions": weight, "survival.horizon": 1e12}, runs=5)
    first = ran.events("sanction")
    assert set(first["value"].tolist()) == {5.0}
    for number in range(5):
        days = DAYS - int(first["step"][first["run"] == number][0])
        factor = (1.0 - RATE * weight) ** days
        assert ran.measure("democracy")[-1, number] == pytest.approx(0.6 * factor, rel=1e-4)
        assert ran.measure("centralisation")[-1, number] == pytest.approx(1.0 - 0.6 * factor, rel=1e-4)
        assert ran.measure("independence")[-1, number] == pytest.approx(0.6, abs=1e-6)


@pytest.mark.parametrize("point", [0.5, 0.6])
@pytest.mark.parametrize(("leavers", "lost"), [(0.1, 0.0), (50.0, 1.0)])
def test_a_majority_concedes_by_what_it_stands_to_lose(point: float, leavers: float, lost: float) -> None:
    """Giving way costs the distance to the beaten alternative and face; standing firm what a vote lost would cost: for
    want of another government, that there is none. The vote is lost where those who have left outvote the rest."""
    tree = _tree()
    del tree["table"]
    tree["settlements"][1] = {**tree["settlements"][1], "point": {"x": point}, "parties": [], "shares": {}}
    council = {**tree["bodies"][0], "id": "council", "party": None}
    council["seats"] = [{"actor": name} for name in ("g1", "g2", "g3")] + [{"actor": "member", "weight": leavers}]
    tree["bodies"].append(council)
    tree["government"]["confidence"] = "council"
    told = {"leave.identity": -1e3, "split.confidence": 50.0, "sanction.concession_cost": 0.05, "split.minimum": 2.0}
    told |= {"affiliation.cost": 1e3, "survival.horizon": 1e12, "forum.q": 1.0, "succession.vacuum": 0.3}
    events = run(tree, {**QUIET_EXIT, **told}, runs=600).events("forced_concession")
    chance = events["probability"][(events["step"] == 0) & (events["entity"] == 0)]
    assert chance.size
    expected = np.exp(LAM * (0.3 * lost - point**2 - 0.05))
    np.testing.assert_allclose(np.median(chance / (1 - chance)), expected, rtol=0.05)


def _returning(review: float, days: int = 31) -> Ran:
    """Members who have left, and would be back for the asking; nothing else happens."""
    tree = _tree()
    tree["calendar"]["end"] = str(np.datetime64("2000-01-01") + days - 1)
    told = {"leave.seat": -1e3, "leave.identity": 0.5, "leave.duty": 1e3, "reconcile.work": 1e3}
    return run(tree, {**QUIET_EXIT, **told, "reconcile.review": review}, runs=400)


def test_a_break_is_not_taken_back_without_news_or_a_look_at_it() -> None:
    """A look comes at the rate 1 / review from the third day after the exit on: geometric waits."""
    never, often = _returning(1e9), _returning(10.0)
    assert never.share("return") < 0.01
    back = often.events("return")
    days = back["step"][back["entity"] == 3] - 3
    daily = 1.0 - np.exp(-1.0 / 10.0)
    seen = 31 - 3
    expected = 1.0 - (1.0 - daily) ** seen
    assert len(days) / 400 == pytest.approx(expected, abs=0.06)
    assert np.mean(days[days < seen] == 0) == pytest.approx(daily / expected, abs=0.05)
