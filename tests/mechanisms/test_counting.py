"""Votes, whips, seats: what is counted, for whom, and with which sign, each by its closed form."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from probe import act, probe
from small import Tree, actor, body, settlement, text, two_party_tree

from whipcount.mechanisms import apportion, motions, tallies
from whipcount.mechanisms.appraisal import Appraisal
from whipcount.theory.apportionment import apportion as exact

METHODS = {
    "dhondt": [1, 2, 3, 4],
    "sainte_lague": [0.5, 1.5, 2.5, 3.5],
    "modified_sainte_lague": [0.7, 1.5, 2.5, 3.5],
    "imperiali": [2, 3, 4, 5],
}


def _logistic(x: Any) -> Any:
    return 1.0 / (1.0 + np.exp(-np.asarray(x, float)))


# -- votes ---------------------------------------------------------------------------------------------------------


def _council(size: int = 1, weight: float = 1.0, rule: str | None = None, attendance: float = 1.0) -> Tree:
    tree = two_party_tree()
    tree["actors"].append(actor("bloc", "opp", 0.5, size=size))
    seats = [{"actor": "g1"}, {"actor": "bloc", "weight": weight, "attendance": attendance}]
    tree["bodies"].append(body("council", None, *seats, **({} if rule is None else {"rule": rule})))
    return tree


SEATS = {"sits": True, "weight": [1.0, 1.0, 1.0, 1.0], "turnout": 1.0, "member": True}


def test_who_is_ordered_to_come_comes_and_who_is_ordered_away_does_not() -> None:
    tree = _council(attendance=0.8)
    for ordered, comes in ((0.0, 0.8), (1.0, 0.0), (2.0, 1.0)):
        (found,) = probe(
            tree, lambda _, day: tallies.expected_turnout(day), {}, {**SEATS, "ordered": [0.0, 0.0, 0.0, ordered]}
        )
        np.testing.assert_allclose(found, [1.0, 1.0, 1.0, comes], atol=1e-6)
    (gone,) = probe(tree, lambda _, day: tallies.expected_turnout(day), {}, {"sits": False, "ordered": 2.0})
    np.testing.assert_allclose(gone, 0.0)


@pytest.mark.parametrize(("centralisation", "factor"), [(0.6, 1.0), (0.8, 1.4), (0.4, 0.6), (0.0, 0.0)])
def test_discipline_tightens_with_centralisation_and_is_never_a_reward(centralisation: float, factor: float) -> None:
    tree = two_party_tree()
    tree["actors"][0]["loyalty"], tree["actors"][1]["loyalty"] = 0.5, 1.0
    told = {"ballot.discipline": 0.1, "drift.feed": 2.0, "drift.centralisation_then": 0.6}
    (found,) = probe(tree, lambda _, day: tallies.discipline(day), told, {"centralisation": centralisation})
    np.testing.assert_allclose(found, [0.1 * 0.5 * factor, 0.1 * max(factor, 0.0)], atol=1e-6)


@pytest.mark.parametrize(("gain", "whip", "torn"), [(0.3, 1.0, 0), (0.3, -1.0, 1), (-0.3, 1.0, 1), (-0.3, -1.0, 0)])
def test_no_is_worth_what_yes_costs_and_abstaining_saves_a_split_where_one_is_torn(
    gain: float, whip: float, torn: int
) -> None:
    tree = _council()
    for one in tree["actors"]:
        one["loyalty"] = one["conformity"] = 1.0
    told = {"ballot.discipline": 0.04, "drift.feed": 0.0, "ballot.abstention": 0.06, "ballot.split_saving": 0.02}

    def ask(_: Any, day: Any) -> tuple[Any, ...]:
        nothing = 0.0 * day.weight
        made = tallies.votes_on(day, gain + 0.0 * day.gap, whip + nothing, lead=0.05 + nothing, moved=-1.0 + nothing)
        return tuple(sum(terms.values(), nothing) for terms in (made.yes, made.no, made.abstain))

    yes, no, abstain = probe(tree, ask, told)
    np.testing.assert_allclose(yes, gain / 2 + 0.04 * whip + 0.05 - tallies.OWN_MOTION, atol=1e-6)
    np.testing.assert_allclose(no, -yes, atol=1e-6)
    np.testing.assert_allclose(abstain, -0.06 + 0.02 * torn, atol=1e-6)


@pytest.mark.parametrize("size", [1, 7])
@pytest.mark.parametrize(("comes", "together"), [(0.8, 0.0), (1.0, 0.3), (0.7, 0.3)])
@pytest.mark.parametrize("alike", [0.0, 0.2])
def test_a_blocs_margin_varies_by_its_members_and_by_what_any_two_have_in_common(
    size: int, comes: float, together: float, alike: float
) -> None:
    """The variance of a mean of n: (v + (n - 1) c) / n; one member has nobody to vary with."""
    yes, no, weight = 0.5, 0.3, 4.0
    told = {"attendance.common": together, "ballot.common": alike}

    def ask(_: Any, day: Any) -> tuple[Any, ...]:
        nothing = 0.0 * day.weight
        return tallies._variance(day, yes + nothing, no + nothing, comes + nothing, weight + nothing, None)

    mean, variance = probe(_council(size), ask, told)
    m = yes - no
    square = yes + no - m * m
    alone = comes * (yes + no) - (comes * m) ** 2
    pair = comes**2 * alike * square + together * comes * (1 - comes) * (m * m + alike * square)
    np.testing.assert_allclose(mean[3], weight * comes * m, rtol=1e-5)
    np.testing.assert_allclose(variance[3], weight**2 * (alone + (size - 1) * pair) / size, rtol=1e-5)


def test_what_a_vote_adds_by_another_rule_has_its_mean_and_variance() -> None:
    """A yes adds c + e, a no d + e, staying in one's seat e."""
    c, d, e, yes, no, comes = 0.4, -0.6, -0.1, 0.5, 0.3, 0.8

    def ask(_: Any, day: Any) -> tuple[Any, ...]:
        nothing = 0.0 * day.weight
        adds = (c + nothing, d + nothing, e + nothing)
        return tallies._variance(day, yes + nothing, no + nothing, comes + nothing, 1.0 + nothing, adds)

    mean, variance = probe(_council(), ask, {})
    values = np.array([c + e, d + e, e, 0.0])
    chances = np.array([comes * yes, comes * no, comes * (1 - yes - no), 1 - comes])
    expected = chances @ values
    np.testing.assert_allclose(mean[3], expected, atol=1e-6)
    np.testing.assert_allclose(variance[3], chances @ values**2 - expected**2, rtol=1e-5)


def test_where_nobody_may_be_against_all_must_not_be() -> None:
    """The product over members of the chance that each does not come and say no."""
    tree = _council(rule="unanimity", attendance=0.8)
    told = {"choice.lam": 4.0, "ballot.abstention": 1e3, "ballot.discipline": 0.0}

    def ask(_: Any, day: Any) -> Any:
        gain = day.where(day.only("actor", "bloc"), -0.2, 0.3)
        return tallies.chance_carried(day, tallies.votes_on(day, gain, 0.0 * day.weight))

    (found,) = probe(tree, ask, told, SEATS)
    no_first, no_bloc = _logistic(-4.0 * 0.3), _logistic(4.0 * 0.2)
    assert found[2] == pytest.approx((1 - no_first) * (1 - 0.8 * no_bloc), rel=1e-4)


def test_errors_about_a_body_shrink_with_what_is_known_of_its_divisions() -> None:
    """On the scale of log-odds, by one over the square root of one and the lessons learnt."""
    tree = two_party_tree()
    told = {"belief.tally": 0.6, "belief.lesson": 2.0}

    def ask(_: Any, day: Any) -> Any:
        return tallies.perceived(day, 0.7 + 0.0 * day.number, day.only("body", "gov_board"))

    (found,) = probe(tree, ask, told, {"seen": [6.0, 0.0], "guess": [1.5, -1.0]})
    odds = np.log(0.7 / 0.3) + 0.6 / np.sqrt(1.0 + 6.0 / 2.0) * np.array([1.5, -1.0])
    np.testing.assert_allclose(found, _logistic(odds), rtol=1e-5)


# -- motions -------------------------------------------------------------------------------------------------------


def test_a_stake_is_what_carrying_brings_over_failing_and_what_a_vote_shows() -> None:
    what = motions.Consequences(carried=0.5, failed=0.2, shown=0.1)  # type: ignore[arg-type]
    assert what.stake == pytest.approx(0.5 - 0.2 + 0.1)
    assert what.expected(0.25) == pytest.approx(0.25 * 0.5 + 0.75 * 0.2)  # type: ignore[arg-type]


def _moved(kind: str, **more: Any) -> Tree:
    tree = two_party_tree()
    tree["settlements"].append(settlement("bill", 0.6))
    tree["actors"].append(actor("o2", "opp", 0.6))
    tree["bodies"].append(body("council", None, "g1", "o1", "o2", forum=True))
    told = {"id": "m", "name": text("m"), "body": "council", "kind": kind, "proposers": ["g1"], "assumed": "test"}
    if kind in ("measure", "settlement"):
        told["options"] = ["bill"]
    tree["motions"] = [{**told, **more}]
    return tree


STATES: dict[str, Any] = {"ideal.x": [0.0, 1.0, 0.6], "point.x": 0.2, "governs": [True, False], "member": True}
CHANGES = np.array([0.04 - 0.36, 0.64 - 0.16, 0.16])  # of the distance squared, from .2 to .6
FALLS = np.array([-0.5 + 0.04, 0.3 + 0.64, 0.1 + 0.16])  # what is to be expected over what is
OPPOSE = np.array([-0.07, 0.07, 0.07])


def _consequences(tree: Tree, attached: bool = False, **states: Any) -> list[np.ndarray]:
    def ask(_: Any, day: Any) -> tuple[Any, ...]:
        form = motions.Form("table", "bill", attached)
        told = motions.consequences(day, "m", form)
        return told.carried, told.failed, told.shown

    told = {"ballot.opposition": 0.07, "forum.q": 0.3, "talks.office": 0.0}
    return probe(tree, ask, told, {**STATES, "sequel": [-0.5, 0.3, 0.1], **states})


@pytest.mark.parametrize(
    ("kind", "attached", "carried", "failed", "shown"),
    [
        ("measure", False, CHANGES, 0.0 * CHANGES, 0.0 * CHANGES),
        ("measure", True, CHANGES, FALLS, -OPPOSE),
        ("settlement", False, 0.3 * CHANGES, 0.0 * CHANGES, 0.0 * CHANGES),
        ("confidence", False, 0.0 * CHANGES, FALLS, -OPPOSE),
        ("no_confidence", False, FALLS, 0.0 * CHANGES, OPPOSE),
    ],
)
def test_what_follows_a_motion_and_what_a_yes_to_it_shows(
    kind: str, attached: bool, carried: Any, failed: Any, shown: Any
) -> None:
    """A yes to the government's own question shows that one is for it; a yes to one against it the contrary."""
    found = _consequences(_moved(kind, **({"attach": "may"} if attached else {})), attached)
    for told, expected in zip(found, (carried, failed, shown), strict=True):
        np.testing.assert_allclose(told, expected, atol=1e-6)


def test_who_tolerates_a_government_shows_by_a_yes_what_its_own_do() -> None:
    shown = _consequences(_moved("confidence"), tolerates=[False, True])[2]
    np.testing.assert_allclose(shown, 0.07, atol=1e-6)


@pytest.mark.parametrize(("gain", "asked"), [(0.2, 1.0), (0.0, 0.0), (-0.2, -1.0)])
def test_a_party_asks_for_what_its_members_gain_by_and_no_more_than_that(gain: float, asked: float) -> None:
    """One vote, for or against; nothing of a party that decides nothing."""
    tree = two_party_tree()
    tree["parties"][1]["principal"] = None
    (found,) = probe(tree, lambda _, day: motions.whip(day, gain + 0.0 * day.gap), {}, SEATS_OF_TWO)
    np.testing.assert_allclose(found, [asked, 0.0])


SEATS_OF_TWO = {"weight": 1.0, "turnout": 1.0, "member": True, "sits": True}


def test_a_person_in_a_post_is_worth_how_near_the_person_stands() -> None:
    """The new one at .6 in the place of one at 0, for a post of .4; where it is vacant a stranger at .5 is compared."""
    tree = _moved("appointment", post="chair", holder="o2")
    tree["posts"] = [
        {"id": "chair", "name": text("c"), "body": "council", "holder": "g1", "portfolio": 0.4, "assumed": "test"}
    ]
    tree["posts"][0]["eligible"] = ["g1", "o2"]
    held = {**STATES, "holds": [True, False]}

    def ask(_: Any, day: Any) -> Any:
        return motions._personal(day, "m", appointing=True)

    (found,) = probe(tree, ask, {}, held)
    np.testing.assert_allclose(found, 0.4 * np.array([0.0 - 0.6, 1.0 - 0.4, 0.6 - 0.0]), atol=1e-5)
    (vacant,) = probe(tree, ask, {}, {**STATES, "holds": False})
    np.testing.assert_allclose(vacant, 0.4 * (0.5 - np.array([0.6, 0.4, 0.0])), atol=1e-5)


# -- seats ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", METHODS)
def test_seats_claimed_are_the_divisors_below_the_quotient(method: str) -> None:
    for quotient in (0.3, 0.6, 0.69, 0.71, 0.95, 1.04, 1.2, 1.45, 1.6, 2.1, 2.55, 3.2):
        (found,) = probe(
            two_party_tree(), lambda _, day, q=quotient: apportion._claimed(day, q + 0.0 * day.share, method)
        )
        np.testing.assert_allclose(found, sum(divisor < quotient for divisor in METHODS[method]), err_msg=str(quotient))


@pytest.mark.parametrize("method", METHODS)
def test_the_divisor_of_the_next_seat_follows_those_of_the_seats_given(method: str) -> None:
    for given, divisor in enumerate(METHODS[method]):
        (found,) = probe(
            two_party_tree(), lambda _, day, g=given: apportion._divisor(day, float(g) + 0.0 * day.share, method)
        )
        np.testing.assert_allclose(found, divisor, rtol=1e-6)


@pytest.mark.parametrize("method", [*METHODS, "hare", "droop"])
@pytest.mark.parametrize("seed", [1, 2])
def test_seats_inside_a_run_are_the_exact_ones(method: str, seed: int) -> None:
    votes = np.random.default_rng(seed).dirichlet(np.full(6, 0.8), 3)
    tree = two_party_tree()
    tree["parties"] += [{**tree["parties"][1], "id": f"p{k}", "principal": None, "leader": None} for k in range(4)]
    tree["actors"] += [actor(f"a{k}", f"p{k}", 0.5) for k in range(4)]
    for shares in votes:
        (found,) = probe(
            tree, lambda _, day: apportion.seats_for(day, day.share + 0.0, 13, method), {}, {"share": shares}
        )
        np.testing.assert_array_equal(found, exact([round(1e7 * share) for share in shares], 13, method).seats)


# -- readiness -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fallen", [False, True])
def test_nobody_is_ready_for_what_is_not_on_the_menu_nor_when_nobody_talks(fallen: bool) -> None:
    tree = two_party_tree()
    states = {"ideal.x": [0.0, 1.0], "weight": 1.0, "turnout": 1.0, "member": True, "fallen": fallen, "outlook": 0.5}
    states |= {"governs": [True, False], "share": [1.0, 0.0]}

    def ask(self: Appraisal, day: Any) -> None:
        Appraisal.step(self, day)

    done = act(tree, ask, {"choice.lam": 2.0}, states, kind=Appraisal)
    now, no_deal = np.array([0.0, -1.0]), -0.5  # each side as likely has its own as the other's, but for a deal
    ready = _logistic(2.0 * (-0.25 - no_deal)) if not fallen else 0.0
    assert now.mean() == no_deal
    for side in ("power", "opponents"):
        for name, expected in (("alone", 0.0), ("half", ready), ("fall", 0.0)):
            assert done.ran.measure(f"readiness_{side}:{name}")[0, 0] == pytest.approx(expected, abs=1e-5)
    for name, expected in (("alone", 0.0), ("half", float(not fallen)), ("fall", 0.0)):
        assert done.ran.measure(f"window:{name}")[0, 0] == expected
    for name in ("gov", "opp"):
        assert done.ran.measure(f"readiness:{name}")[0, 0] == pytest.approx(ready, abs=1e-5)
