"""What is expected after a fall: the mean over the governments that could follow, by their chances."""

from __future__ import annotations

import numpy as np
import pytest
from small import Tree, settlement, states_of, two_party_tree

RANDOM = 1e-6  # responsiveness at which everybody joins with an even chance


def _tree(*, standing: float = 1.0) -> Tree:
    """The party in power at 0, alone; both at a half; what an overthrow would bring is no candidate."""
    tree = two_party_tree()
    del tree["table"]
    tree["settlements"][1]["standing"] = standing
    return tree


def _sequel(tree: Tree, lam: float = RANDOM, **more: float) -> tuple[float, float]:
    told = {"choice.lam": lam, "succession.vacuum": 0.0, **{k.replace("__", "."): v for k, v in more.items()}}
    found = states_of(tree, told)["sequel"][:, 0]
    return float(found[0]), float(found[1])


@pytest.mark.parametrize("standing", [0.25, 1.0, 4.0])
def test_even_chances_weigh_governments_by_who_must_join_and_how_they_are_talked_of(standing: float) -> None:
    """Alone, and carrying on, one party must join: 1/2; together two: 1/4, times the standing."""
    weights = np.array([0.5, 0.25 * standing, 0.5])
    for who, values in zip(_sequel(_tree(standing=standing)), ([0.0, -0.25, 0.0], [-1.0, -0.25, -1.0]), strict=True):
        assert who == pytest.approx(float(weights @ np.array(values) / weights.sum()), abs=1e-4)


def test_going_without_a_government_costs_all_the_same() -> None:
    free, dear = _sequel(_tree()), _sequel(_tree(), succession__vacuum=0.1)
    np.testing.assert_allclose(np.array(free) - np.array(dear), 0.1, atol=1e-5)


def test_offices_in_the_next_government_count_for_those_in_it() -> None:
    """All of them alone or carrying on for the party in power, half together for each."""
    plain, rich = _sequel(_tree()), _sequel(_tree(), talks__office=0.2)
    assert rich[0] - plain[0] == pytest.approx(0.2 * (0.5 + 0.25 * 0.5 + 0.5) / 1.25, abs=1e-4)
    assert rich[1] - plain[1] == pytest.approx(0.2 * 0.25 * 0.5 / 1.25, abs=1e-4)


def test_sharing_power_with_the_other_side_costs_each_its_own() -> None:
    plain = _sequel(_tree())
    told = _sequel(_tree(), talks__association=0.4, talks__association_power=0.1)
    together = 0.25 / 1.25
    assert told[0] - plain[0] == pytest.approx(-0.1 * together, abs=1e-4)
    assert told[1] - plain[1] == pytest.approx(-0.4 * together, abs=1e-4)


def test_who_would_lose_by_a_government_does_not_join_it() -> None:
    """Sharp choices: the party in power carries on rather than share, and the opponent knows it."""
    who = _sequel(_tree(), lam=400.0)
    np.testing.assert_allclose(who, (0.0, -1.0), atol=0.01)


def test_where_sharing_suits_both_it_is_what_is_expected() -> None:
    """Both like a half best; nobody would rather carry on."""
    tree = _tree(standing=1.0)
    for one in tree["actors"]:
        one["ideal"] = {"x": 0.5}
    tree["settlements"].append({**settlement("far", 1.0, ("opp",), opp=1.0), "standing": 1.0})
    np.testing.assert_allclose(_sequel(tree, lam=400.0), (0.0, 0.0), atol=0.02)


def test_a_side_that_governs_alone_bears_no_cost_of_association() -> None:
    """A government of opponents alone shares power with nobody."""
    tree = _tree()
    tree["settlements"][1].update(parties=["opp"], shares={"opp": 1.0})
    dear = {"talks__association": 0.4, "talks__association_power": 0.1}
    np.testing.assert_allclose(_sequel(tree, **dear), _sequel(tree), atol=1e-6)


def test_who_is_left_out_of_a_joint_government_bears_no_cost_of_it() -> None:
    tree = _tree()
    tree["parties"].append({**tree["parties"][1], "id": "third", "principal": None, "leader": None})
    tree["actors"].append({**tree["actors"][1], "id": "t1", "party": "third"})
    plain, dear = (
        states_of(tree, {"choice.lam": RANDOM, "succession.vacuum": 0.0, "talks.association": cost})["sequel"][2, 0]
        for cost in (0.0, 0.4)
    )
    assert plain == pytest.approx(dear, abs=1e-6)


def test_who_carries_on_takes_the_offices_of_who_has_left() -> None:
    """A party that holds six tenths, the rest vacant, would have all of them in a government formed anew of itself."""
    tree = _tree()
    tree["settlements"][0]["shares"] = {"gov": 0.6}
    rich, plain = _sequel(tree, talks__office=0.2), _sequel(tree)
    assert rich[0] - plain[0] == pytest.approx(0.2 * (0.5 * 0.6 + 0.25 * 0.5 + 0.5 * 1.0) / 1.25, abs=1e-4)
