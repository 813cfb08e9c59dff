"""What settlements, a fall and a way out are worth: each formula by its closed form, each term by its sign."""

from __future__ import annotations

import numpy as np
import pytest
from probe import probe
from small import Tree, actor, body, settlement, two_party_tree

from whipcount.mechanisms import foresight, formulas, majority, succession
from whipcount.mechanisms.formation import Formation

LAM = 20.0


def _logistic(x: float) -> float:
    return float(1.0 / (1.0 + np.exp(-x)))


@pytest.mark.parametrize("optimism", [0.0, 0.7])
def test_a_settlement_lasts_longer_the_broader_it_is_and_the_more_danger_it_defuses(optimism: float) -> None:
    """Log-odds: today's, plus what breadth it adds, plus the danger that it takes away; those in power hope for more,
    the others for as much less."""
    tree = two_party_tree()
    tree["settlements"][1]["defuse"] = 0.6
    told = {"survival.breadth": 2.0, "survival.threat": 3.0, "survival.optimism": optimism}
    (found,) = probe(
        tree, lambda _, day: formulas.settled_outlook(day, "half"), told, {"odds": 0.4, "broad": 0.5, "danger": 0.25}
    )
    common = 0.4 + 2.0 * (1.0 - 0.5) + 3.0 * 0.25 * 0.6  # both parties are inside, with all the support there is
    np.testing.assert_allclose(found, [_logistic(common + optimism), _logistic(common - optimism)], rtol=1e-5)


def test_no_deal_is_worth_what_comes_of_it_and_a_deal_that_may_not_last_leads_there_too() -> None:
    """d = S u(now) + (1 - S) u(fall); a deal is worth u(y) less association, and the fall by its own risk. An overthrow
    costs those who sit in the government, and brings them no office."""
    told = {"talks.office": 0.3, "talks.fall_cost": 0.15, "talks.association": 0.1, "talks.association_power": 0.02}
    told = {**told, "survival.settled_risk": 0.5}
    states = {"outlook": [0.8, 0.6], "odds": np.log(3.0), "governs": [True, False], "share": [1.0, 0.0]}
    tree = two_party_tree()
    for one in tree["actors"]:
        one["ambition"] = 1.0
    fall, no_deal, deal, gain = probe(
        tree,
        lambda _, day: (
            formulas.fall_value(day),
            formulas.no_deal_value(day),
            formulas.settlement_value(day, "half"),
            formulas.deal_gain(day, "half"),
        ),
        told,
        {**states, "member": True, "ideal.x": [0.0, 1.0], "point.x": 0.0},
    )
    expected_fall = np.array([-1.0 - 0.15, 0.3])
    expected_now = np.array([0.3, -1.0])
    outlook = np.array([0.8, 0.6])
    expected_none = outlook * expected_now + (1 - outlook) * expected_fall
    plain = np.array([-0.25 + 0.15 - 0.02, -0.25 + 0.15 - 0.1])
    risk = 0.5 * 0.25  # the odds of lasting are three to one, and half of the risk counts
    np.testing.assert_allclose(fall, expected_fall, atol=1e-6)
    np.testing.assert_allclose(no_deal, expected_none, atol=1e-6)
    np.testing.assert_allclose(deal, (1 - risk) * plain + risk * expected_fall, atol=1e-6)
    np.testing.assert_allclose(gain, deal - no_deal, atol=1e-6)


def test_opposing_is_worth_to_those_outside_what_it_costs_those_inside_and_nothing_to_who_has_left() -> None:
    tree = two_party_tree()
    tree["actors"].append(actor("o2", "opp", 1.0))
    (found,) = probe(
        tree,
        lambda _, day: formulas.opposing(day, day.governs),
        {"ballot.opposition": 0.07},
        {"governs": [True, False], "member": [True, True, False]},
    )
    np.testing.assert_allclose(found, [-0.07, 0.07, 0.0], atol=1e-7)


def _blocs() -> Tree:
    """A party of a leader and two blocs of ten, of which the second brings .4 of the cadre."""
    tree = two_party_tree()
    tree["actors"] = [
        actor("g1", "gov", 0.0, cadre=0.0),
        actor("b1", "gov", 0.2, cadre=0.6, size=10),
        actor("b2", "gov", 0.8, cadre=0.4, size=10),
        actor("o1", "opp", 1.0, cadre=0.0),
    ]
    tree["bodies"][0] = body("gov_board", "gov", "g1", "b1", "b2")
    return tree


def test_a_bloc_brings_the_cadre_of_those_who_are_still_in_the_party() -> None:
    """Half of the second bloc has gone: .2 of .8 that are left; and a share is of the whole party's."""
    states = {"member": True, "departed": [0.0, 0.0, 5.0, 0.0]}
    second, all_of_it, weighed = probe(
        _blocs(),
        lambda _, day: (
            foresight.cadre_share(day, day.only("actor", "b2")),
            foresight.cadre_share(day),
            foresight.cadre_share(day, day.only("actor", "b2"), 0.5 + 0.0 * day.gap),
        ),
        {},
        states,
    )
    np.testing.assert_allclose(second, [0.25, 0.0], atol=1e-6)
    np.testing.assert_allclose(all_of_it, [1.0, 0.0], atol=1e-6)
    np.testing.assert_allclose(weighed, [0.125, 0.0], atol=1e-6)


def test_a_stake_is_the_distance_to_the_alternative_less_that_to_the_line() -> None:
    tree = two_party_tree()
    tree["actors"].insert(1, actor("g2", "gov", 0.9))
    (found,) = probe(
        tree,
        lambda _, day: foresight.stake(day),
        {},
        {"ideal.x": [0.0, 0.9, 1.0], "line.x": [0.2, 0.0], "alternative.x": [0.7, 0.0]},
    )
    np.testing.assert_allclose(found, [0.49 - 0.04, 0.04 - 0.49, 0.0], atol=1e-6)


def test_a_refusal_is_met_by_a_concession_by_what_either_answer_costs() -> None:
    """Conceding costs the content members their distance and face; ignoring, the exits foreseen and sabotage."""
    told = {"choice.lam": LAM, "leave.voice": 1.0, "leave.identity": 0.1, "leave.prospect": 0.05}
    told |= {"sanction.split_cost": 0.5, "sanction.foresight": 0.8}
    told |= {"sanction.sabotage": 0.05, "sanction.concession_cost": 0.02}
    tree = two_party_tree()
    tree["actors"].insert(1, actor("g2", "gov", 1.0, cadre=1.0, identity=1.0))
    tree["actors"][0]["cadre"] = 0.0
    states = {"ideal.x": [0.0, 1.0, 1.0], "line.x": 0.0, "alternative.x": 0.4, "member": True, "gap": [0.0, 1.0, 0.0]}
    leaving, exits, loss, chance = probe(
        tree,
        lambda _, day: (
            foresight.leaving_value(day),
            foresight.exits_foreseen(day, day.only("actor", "g2")),
            foresight.majority_loss(day),
            foresight.concession_chance(day, day.only("actor", "g2")),
        ),
        told,
        {**states, "beaten": [False, True, False]},
    )
    value = foresight.VOICE_SCALE - 0.1 - 0.05
    foreseen = 0.5 * _logistic(LAM * value)
    assert leaving[1] == pytest.approx(value, abs=1e-6)
    assert exits[0] == pytest.approx(foreseen, rel=1e-4)
    assert loss[0] == pytest.approx(0.16, abs=1e-6)
    assert chance[0] == pytest.approx(_logistic(LAM * (-0.16 - 0.02 + 0.8 * foreseen + 0.05)), rel=1e-4)


def test_an_answer_to_a_threat_weighs_policy_face_and_weakness_against_exits_and_the_majority() -> None:
    told = {"choice.lam": 5.0, "sanction.split_cost": 0.5, "sanction.concession_cost": 0.07, "leadership.weak": 0.3}
    told |= {
        "leave.voice": 1.0,
        "leave.identity": 0.1,
        "leave.prospect": 0.02,
        "leave.inside": 0.4,
        "demand.face": 0.06,
    }
    tree = two_party_tree()
    tree["actors"].insert(1, actor("g2", "gov", 1.0, cadre=1.0, identity=1.0))
    tree["actors"][0]["cadre"] = 0.0
    states = {"ideal.x": [0.0, 1.0, 1.0], "line.x": 0.0, "alternative.x": 0.4, "member": True, "gap": [0.0, 1.0, 0.0]}
    going, chance, gives = probe(
        tree,
        lambda _, day: (
            foresight.going_value(day),
            foresight.going_chance(day),
            foresight.gives_way_below(day, day.only("actor", "g2")),
        ),
        told,
        {**states, "beaten": [False, True, False], "blame": 0.5},
    )
    value = (1.0 - 0.4) * 0.3 - 0.1 - 0.02  # speech that is not had inside, less the bond and the prospects
    goes = _logistic(5.0 * (value + 0.06))
    assert going[1] == pytest.approx(value, abs=1e-6)
    assert chance[1] == pytest.approx(goes, rel=1e-5)
    assert gives[0] == pytest.approx(_logistic(5.0 * (-0.16 - 0.07 + 0.3 * 0.5 + 0.5 * goes)), rel=1e-4)


@pytest.mark.parametrize(("demand", "free"), [(0.0, 0.4), (1.0, 0.4), (2.0, 1.0), (3.0, 1.0)])
def test_going_wins_all_of_the_voice_where_a_demand_has_forbidden_it(demand: float, free: float) -> None:
    """A demand that is drafted forbids nothing yet; one that has been presented does, and so one that is closed."""
    tree = two_party_tree()
    (found,) = probe(
        tree,
        lambda _, day: foresight.voice_value(day),
        {"leave.voice": 0.5, "leave.inside": 0.6},
        {"gap": [0.8, 0.8], "addressed": [True, False], "demand": demand},
    )
    np.testing.assert_allclose(found, [free * 0.3 * 0.5 * 0.8, 0.4 * 0.3 * 0.5 * 0.8], atol=1e-6)


def _council(tree: Tree, *names: str) -> Tree:
    tree["bodies"].append(body("council", None, *names))
    tree["government"]["confidence"] = "council"
    return tree


def test_seats_go_with_those_who_sit_in_them() -> None:
    """Three of four seats were the first party's; one of them has joined the other, whose number is 2."""
    tree = two_party_tree()
    tree["actors"] = [*(actor(f"g{k}", "gov", 0.0) for k in (1, 2, 3)), actor("o1", "opp", 1.0)]
    tree["bodies"][0] = body("gov_board", "gov", "g1", "g2", "g3")
    _council(tree, "g1", "g2", "g3", "o1")
    states = {"member": [True, True, False, True], "joined": [0.0, 0.0, 2.0, 0.0], "sits": True, "weight": 1.0}
    held, backing, without = probe(
        tree,
        lambda _, day: (majority.seats_held(day), majority.share_for(day), majority.share_without(day)),
        {},
        {**states, "governs": [True, False], "tolerates": [False, True]},
    )
    np.testing.assert_allclose(held, [0.5, 0.5], atol=1e-6)
    np.testing.assert_allclose(backing, 1.0, atol=1e-6)  # the other party tolerates
    np.testing.assert_allclose(without, [0.5, 0.5], atol=1e-6)
    (back,) = probe(tree, lambda _, day: majority.seats_held(day), {}, {**states, "joined": [0.0, 0.0, 1.0, 0.0]})
    np.testing.assert_allclose(back, [0.75, 0.25], atol=1e-6)


def test_a_majority_is_at_risk_only_from_those_who_would_go_and_only_to_those_who_govern() -> None:
    tree = _council(two_party_tree(), "g1", "o1")
    tree["actors"].append(actor("g2", "gov", 1.0))
    tree["bodies"][2]["seats"].append({"actor": "g2"})
    tree["bodies"][0]["seats"].append({"actor": "g2"})
    states = {"member": True, "sits": True, "weight": 1.0, "turnout": 1.0, "governs": [True, False], "gap": [0, 0, 1.0]}
    states |= {"ideal.x": [0.0, 1.0, 0.0], "point.x": 0.0}
    told = {"demand.majority": 1.0, "leave.voice": 10.0, "talks.fall_cost": 0.3, "leave.seat": 0.0}
    told |= {"leave.identity": 0.0, "leave.prospect": 0.0, "leave.inside": 0.0}
    pivot, nobody = probe(
        tree,
        lambda _, day: (
            foresight.majority_at_risk(day, day.only("actor", "g2")),
            foresight.majority_at_risk(day, day.only("actor")),
        ),
        told,
        states,
    )
    np.testing.assert_allclose(nobody, 0.0, atol=1e-6)

    # With it .95 of each of two is a majority but for the rest; without it the chance that the opposition errs is left.
    def carried(ours: float) -> float:
        a, b, c = 0.95, ours, 0.05
        two = a * b * (1 - c) + a * (1 - b) * c + (1 - a) * b * c
        return two + a * b * c

    assert pivot[0] == pytest.approx((carried(0.95) - carried(0.0)) * (1.0 + 0.3), rel=0.15)
    assert pivot[1] == 0.0


def test_a_head_of_state_is_nearer_to_a_party_whose_members_are_nearer_on_average() -> None:
    """-s (mean - h)^2, the mean by size and of members alone."""
    tree = two_party_tree()
    tree["actors"] = [
        actor("g1", "gov", 0.2),
        actor("b1", "gov", 0.6, size=3),
        actor("o1", "opp", 1.0),
        actor("o2", "opp", 0.0),
        actor("king", "opp", 0.4),
    ]
    tree["government"]["head_of_state"] = "king"
    (found,) = probe(
        tree,
        lambda self, day: self._closeness(day),
        {},
        {"member": [True, True, True, False, False], "ideal.x": [0.2, 0.6, 1.0, 0.0, 0.4]},
        kind=Formation,
    )
    np.testing.assert_allclose(found, [-((0.5 - 0.4) ** 2), -((1.0 - 0.4) ** 2)], atol=1e-6)


def test_a_government_is_worth_its_policy_and_offices_less_the_other_side() -> None:
    """To who would be outside it brings neither offices nor a cost; a caretaker costs all, and opposing is worth to
    stay outside for."""
    tree = two_party_tree()
    tree["actors"][0]["ambition"] = tree["actors"][1]["ambition"] = 1.0
    told = {"talks.office": 0.4, "talks.association": 0.1, "talks.association_power": 0.03, "succession.vacuum": 0.05}
    tree["settlements"].append(settlement("turn", 0.8, ("opp",), opp=1.0))

    def ask(_: Formation, day: object) -> tuple[object, ...]:
        by_name = {one.name: one for one in succession.candidates(day)}
        return (
            succession.worth(day, by_name["half"]),
            succession.worth(day, by_name["turn"]),
            succession.standstill(day),
            succession.wanted(day, 0.2 + 0.0 * day.share, by_name["turn"].inside),
        )

    states = {"ideal.x": [0.0, 1.0], "point.x": 0.3, "governs": [True, False], "share": [1.0, 0.0]}
    both, turn, still, wanted = probe(tree, ask, {**told, "ballot.opposition": 0.07}, states)
    np.testing.assert_allclose(both, [-0.25 + 0.2 - 0.03, -0.25 + 0.2 - 0.1], atol=1e-6)
    np.testing.assert_allclose(turn, [-0.64, -0.04 + 0.4], atol=1e-6)
    np.testing.assert_allclose(still, [-0.09 - 0.05, -0.49 - 0.05], atol=1e-6)
    np.testing.assert_allclose(wanted, [0.2 - 0.07, 0.2], atol=1e-6)
