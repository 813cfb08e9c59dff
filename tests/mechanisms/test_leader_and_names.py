"""What a leader's presence does, who pays for consent from outside, when names are enough, when a vote stands."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from small import Tree, actor, body, run, settlement, text, two_party_tree
from test_comparative_statics import CERTAIN, _crisis_tree

from whipcount.engine import build_plan, make_backend
from whipcount.scenario import load
from whipcount.world import build

EXPOSE = 2


def _attends(date: str, attends: str, name: str) -> Tree:
    effects = {"attendance": [{"actor": name, "body": "gov_board", "attends": attends}]}
    return {"id": f"{attends}_{name}", "name": text("event"), "date": date, "effects": effects, "assumed": "test"}


def _exposing(deference: float, *, there: bool = True) -> float:
    """Share of mandates to expose in a board whose leader loses by a deal; to its eight others it is all one."""
    tree = two_party_tree()
    others = [f"m{k}" for k in range(8)]
    tree["actors"] = [actor("g1", "gov", 0.0), *(actor(name, "gov", 0.25) for name in others), actor("o1", "opp", 1.0)]
    tree["bodies"][0] = body("gov_board", "gov", "g1", *others)
    if not there:
        tree["events"] = [_attends("2000-01-01", "absent", "g1")]
    told = {"mandate.deference": deference, "mandate.gain_expose": 0.0, "mandate.epsilon": 0.0}
    ran = run(tree, {**told, "mandate.cost_withdraw": 1e3, "ballot.discipline": 0.0}, runs=400)
    mandates = ran.events("mandate")
    first = (mandates["entity"] == 0) & (mandates["step"] == 0)
    return float((mandates["value"][first] == EXPOSE).mean())


def test_a_leader_in_the_room_draws_the_others_and_one_who_is_away_does_not() -> None:
    assert _exposing(0.1) > _exposing(0.0) + 0.2
    assert _exposing(-0.1) < _exposing(0.0) - 0.2
    assert _exposing(0.1, there=False) == _exposing(0.0, there=False)


@pytest.mark.parametrize("inside", [True, False])
def test_consent_from_outside_costs_its_share_of_association(inside: bool) -> None:
    """r = logistic(lambda (u(.5) - u(0) - c)): c is the cost for a member, its share for who only consents."""
    tree = two_party_tree()
    tree["settlements"][1] = settlement("half", 0.5, ("gov", "opp") if inside else ("gov",), gov=1.0)
    lam, cost, share = 5.0, 0.4, 0.25
    told = {"choice.lam": lam, "talks.association": cost, "talks.recognition": share, "survival.horizon": 1e9}
    ready = run(tree, told, runs=1).measure("readiness_opponents:half")[0, 0]
    borne = cost if inside else share * cost
    assert ready == pytest.approx(1.0 / (1.0 + np.exp(-lam * (1.0 - 0.25 - borne))), abs=1e-4)


@pytest.mark.parametrize(("letter", "earliest"), [(0.0, 0), (1e4, 4)])
def test_a_leader_who_is_away_demands_by_letter_if_that_does_not_cost_too_much(letter: float, earliest: int) -> None:
    tree = _crisis_tree()
    tree["events"] = [_attends("2000-01-01", "absent", "h0"), _attends("2000-01-05", "present", "h0")]
    ran = run(tree, {**CERTAIN, "ultimatum.letter": letter}, runs=50)
    assert ran.share("draft") > 0.9
    assert ran.events("draft")["step"].min() == earliest


def _signers(quota: float) -> set[int]:
    """Who signs a demand of the first day, at a table where one who is away on that day comes back on the next."""
    tree = _crisis_tree()
    tree["parties"][0]["ultimatum"]["quota"] = quota
    tree["events"] = [_attends("2000-01-01", "absent", "h5"), _attends("2000-01-02", "present", "h5")]
    ran = run(tree, CERTAIN, runs=50)
    drafts, signs = ran.events("draft"), ran.events("sign")
    at_once = drafts["run"][drafts["step"] == 0]
    assert len(at_once) > 20
    return {int(entity) for entity in signs["entity"][np.isin(signs["run"], at_once) & (signs["step"] < 10)]}


def test_with_enough_names_no_more_are_sought() -> None:
    assert _signers(quota=0.3) == set(range(5))
    assert _signers(quota=0.6) == set(range(6))


def test_a_vote_on_the_beaten_motion_stands_unless_the_line_or_the_members_change() -> None:
    loaded = load("november-1917")
    plan = build_plan(build(loaded.scenario, slug=loaded.slug))
    block = make_backend(plan, runs=600).run(1, 0, 600, None)
    verbs = [spec.name for spec in plan.verbs]
    backed = block.events.verb == verbs.index("backed")
    council = block.events.entity == [body.id for body in loaded.scenario.bodies].index("vtsik")
    movers = ("mandate", "sanction", "congress", "split", "leave", "reconcile", "chronicle", "demand", "dismissal")
    changed = np.isin(block.events.verb, [k for k, spec in enumerate(plan.verbs) if spec.mechanism in movers])
    soon = 0
    for number in np.unique(block.events.run[backed & council]):
        mine = block.events.run == number
        votes = np.sort(block.events.step[mine & backed & council])
        turns = block.events.step[mine & changed]
        for earlier, later in itertools.pairwise(votes):
            if later - earlier < 90:
                soon += 1
                assert np.any((turns >= earlier) & (turns <= later))
    assert soon > 10
