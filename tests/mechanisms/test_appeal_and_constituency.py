"""Appeals to the rank and file: who is heard, how it fades, and what it does to support."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from small import Tree, run, states_of
from test_leave import LAM, QUIET_EXIT, _tree

PRESS, ORGANISATION = 0.3, 0.5
MEANS = PRESS + ORGANISATION
APPEAL: dict[str, float] = {
    **QUIET_EXIT,
    "leave.identity": 1e3,
    "leave.duty": 1e3,
    "leave.statement": -1e3,  # the member is openly against the line on the first day
    "leave.seat": 1e3,
    "appeal.cost": 0.1,
    "appeal.reach": 0.7,
    "appeal.bond": 0.6,
    "appeal.exit_bonus": 0.15,
    "appeal.fading": 8.0,
    "constituency.persuasion": 0.0,
    "constituency.backlash": 0.0,
    "constituency.decay": 0.0,
    "constituency.severity": 0.0,
    "constituency.organise": 0.0,
    "constituency.resources": 0.3,
    "survival.horizon": 1e12,
}
GONE = {"leave.seat": -1e3}
HEARD = 0.7 * MEANS + 0.15  # of who has left a seat


def _party(support: float = 0.6, **more: Any) -> Tree:
    tree = _tree()
    tree["actors"][3].update(press=PRESS, organisation=ORGANISATION)
    tree["constituencies"] = [{"id": "c", "name": "c", "party": "gov", "support": support, "assumed": "test", **more}]
    return tree


@pytest.mark.parametrize("cost", [0.1, 0.3, 0.45])
def test_who_speaks_is_a_logit_of_voice_over_cost(cost: float) -> None:
    """Voice .3 at a distance of 1."""
    told = run(_party(), {**APPEAL, "appeal.cost": cost, **GONE}, runs=150).events("appeal")
    chances = told["probability"][told["entity"] == 3]
    assert chances.size
    np.testing.assert_allclose(chances, 1 / (1 + np.exp(-LAM * (0.3 - cost))), atol=1e-4)


@pytest.mark.parametrize(("gone", "restraint"), [({}, 0.4), (GONE, 0.0)])
def test_who_is_bound_weighs_discipline_before_speaking(gone: dict[str, float], restraint: float) -> None:
    """Acting against the line costs discipline x loyalty, 1 here; who has left a seat owes it no more."""
    told = {**APPEAL, "ballot.discipline": 0.4, "drift.feed": 0.0, **gone}
    spoke = run(_party(), told, runs=150).events("appeal")
    chances = spoke["probability"][spoke["entity"] == 3]
    assert chances.size
    np.testing.assert_allclose(chances, 1 / (1 + np.exp(-LAM * (0.3 - 0.1 - restraint))), atol=1e-4)


def test_who_has_left_a_seat_reaches_by_means_and_by_the_exit_itself() -> None:
    told = run(_party(), {**APPEAL, "appeal.cost": -1e3, **GONE}, runs=3).events("appeal")
    np.testing.assert_allclose(told["value"][told["entity"] == 3], HEARD, rtol=1e-5)
    assert set(told["entity"].tolist()) & set(range(4)) == {3}


def test_who_protests_and_stays_speaks_under_discipline() -> None:
    told = run(_party(), {**APPEAL, "appeal.cost": -1e3}, runs=3).events("appeal")
    said = told["value"][told["entity"] == 3]
    assert said.size == 3, "once, as there is one occasion"
    np.testing.assert_allclose(said, 0.7 * MEANS * (1 - 0.6), rtol=1e-5)


def test_what_was_said_fades_exponentially() -> None:
    """Said once, on the first day, it has faded for twenty days at the end of the third week."""
    told = states_of(_party(), {**APPEAL, "appeal.cost": -1e3, "appeal.fading": 15.0, **GONE})
    assert told["heard"][0, 0] == pytest.approx(HEARD * np.exp(-20 / 15.0), rel=1e-4)


def test_who_is_content_or_silent_is_not_heard() -> None:
    silent = run(_party(), {**APPEAL, "leave.statement": 1e3, "appeal.cost": -1e3}, runs=3)
    assert silent.share("appeal") == 0.0


@pytest.mark.parametrize("support", [0.3, 0.9])
def test_appeals_take_support_and_bring_it_where_the_line_is_strong(support: float) -> None:
    """After a step: s - persuasion h s + backlash h 2 max(s - 1/2, 0)."""
    told = {**APPEAL, "appeal.cost": -1e3, "constituency.persuasion": 0.1, "constituency.backlash": 0.2}
    first = run(_party(support), {**told, **GONE}, runs=2).measure("support:c")[0, 0]
    expected = support - HEARD * (0.1 * support - 0.2 * 2 * max(support - 0.5, 0.0))
    assert first == pytest.approx(expected, abs=1e-5)


def test_support_returns_to_what_it_was() -> None:
    """What was said is soon forgotten; then a share of what is missing comes back each day."""
    told = {**APPEAL, "appeal.cost": -1e3, "appeal.fading": 0.1, "constituency.persuasion": 0.4}
    levels = run(_party(), {**told, "constituency.decay": 0.2, **GONE}, runs=2).measure("support:c")[:, 0]
    missing = 0.6 - levels
    assert missing[0] > 0.1
    np.testing.assert_allclose(missing[3:12] / missing[2:11], 0.8, rtol=1e-3)


def test_stricter_measures_are_called_for_at_a_rate_where_the_line_is_strong() -> None:
    """1 - exp(-rate x reach x support) on the first day; never where support is low."""
    told = {**APPEAL, "appeal.cost": -1e3, "constituency.severity": 2.0}
    calls = run(_party(0.9), {**told, **GONE}, runs=400).events("severity")
    assert (calls["step"] == 0).sum() / 400 == pytest.approx(1 - np.exp(-2.0 * HEARD * 0.9), abs=0.07)
    assert run(_party(0.5), {**told, **GONE}, runs=20).share("severity") == 0.0


def test_a_local_organisation_wavers_once_when_its_support_has_fallen() -> None:
    told = {**APPEAL, "appeal.cost": -1e3, "constituency.persuasion": 0.4, **GONE}
    ran = run(_party(0.5), told, runs=3)
    assert ran.count("waver") == 1.0  # though it falls on and on
    assert run(_party(0.5), {**told, "constituency.persuasion": 0.0}, runs=3).count("waver") == 0.0


@pytest.mark.parametrize(
    ("support", "resources", "gone", "forms"),
    [(0.3, 0.3, True, 1.0), (0.5, 0.3, True, 0.0), (0.3, 0.9, True, 0.0), (0.3, 0.3, False, 0.0)],
)
def test_an_organised_form_needs_low_support_means_and_leaders_who_have_left(
    support: float, resources: float, gone: bool, forms: float
) -> None:
    told = {**APPEAL, "appeal.cost": -1e3, "constituency.organise": 50.0, "constituency.resources": resources}
    ran = run(_party(support), {**told, **(GONE if gone else {})}, runs=5)
    assert ran.share("organised") == forms
    assert ran.share("centre") == forms  # one of one is more than a third of the party's weight


@pytest.mark.parametrize(("gone", "centres"), [(True, 1.0), (False, 0.0)])
def test_organised_branches_make_a_centre_once_and_only_with_leaders_and_means(gone: bool, centres: float) -> None:
    """A branch that is organised from the start is no centre by itself: somebody of means must have left to lead it."""
    told = {**APPEAL, "appeal.cost": -1e3, **GONE}
    if not gone:  # they speak, but have nothing to found a centre with
        told["constituency.resources"] = 0.9
    assert run(_party(0.5, organised=True), told, runs=3).count("centre") == centres


def test_a_centre_needs_a_third_of_the_partys_weight() -> None:
    told = {**APPEAL, "appeal.cost": -1e3, **GONE}
    for weight, centres in ((1.9, 1.0), (2.1, 0.0)):
        tree = _party(0.5, organised=True)
        other = {"id": "d", "name": "d", "party": "gov", "support": 0.9, "weight": weight, "assumed": "test"}
        tree["constituencies"].append(other)
        assert run(tree, told, runs=3).share("centre") == centres
