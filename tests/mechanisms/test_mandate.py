"""Lines on matters: who is beaten, with or without talks, and what the beaten stand for."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from small import Tree, actor, body, party, run, settlement, states_of, text, two_party_tree


def _board(*ideals: float, points: tuple[float, ...] = (0.0, 0.5, 1.0), now: float = 0.0) -> Tree:
    """A party whose board has members at these points, without any talks; options at some points."""
    tree = two_party_tree()
    del tree["table"]
    tree["settlements"] = [
        settlement("alone", now, ("gov",), gov=1.0),
        settlement("fall", 1.0, ("opp",), opp=1.0),
        *(settlement(f"p{place}", point) for place, point in enumerate(points)),
    ]
    tree["actors"] = [*(actor(f"g{k}", "gov", ideal) for k, ideal in enumerate(ideals)), actor("o1", "opp", 1.0)]
    names = [f"g{k}" for k in range(len(ideals))]
    tree["parties"][0] = party("gov", "gov_board", support=0.5)
    tree["bodies"][0] = body("gov_board", "gov", *names)
    return tree


def _states(tree: Tree, **parameters: float) -> dict[str, Any]:
    return states_of(tree, {name.replace("__", "."): value for name, value in parameters.items()})


def _beaten(tree: Tree, **parameters: float) -> list[bool]:
    return [bool(x) for x in _states(tree, **parameters)["beaten"][:, 0]]


def test_somebody_is_beaten_without_any_talks() -> None:
    assert _beaten(_board(0.0, 0.0, 0.0, 0.9))[:4] == [False, False, False, True]


def test_who_likes_the_line_best_is_not_beaten() -> None:
    assert _beaten(_board(0.5, 0.5, 0.5))[:3] == [False] * 3


def test_small_differences_leave_a_member_content() -> None:
    """At .27 a half is worth .27^2 - .23^2 = .02 more than nothing."""
    tree = _board(0.0, 0.0, 0.27)
    assert _beaten(tree, mandate__indifference=0.01)[2]
    assert not _beaten(tree, mandate__indifference=0.03)[2]


def test_things_as_they_are_can_be_what_the_beaten_want() -> None:
    """The present point, .3, is no settlement of the list but that of the government; the line is a change of it."""
    tree = _board(0.5, 0.5, 0.3, points=(0.5,), now=0.3)
    told = _states(tree)
    assert [bool(x) for x in told["beaten"][:3, 0]] == [False, False, True]
    assert told["line.x"][0, 0] == pytest.approx(0.5)
    assert told["alternative.x"][0, 0] == pytest.approx(0.3)


def test_the_beaten_stand_for_what_they_gain_most_by_together() -> None:
    tree = _board(*[0.0] * 6, 0.9, 0.6, 0.55)
    assert _states(tree)["alternative.x"][0, 0] == pytest.approx(0.5)
    assert _states(_board(*[0.0] * 8, 0.9, 1.0))["alternative.x"][0, 0] == pytest.approx(1.0)


def test_what_is_refused_at_the_table_is_not_the_line() -> None:
    """All like best what is negotiated, and are made to break off: the line is another option, and theirs has lost."""
    tree = two_party_tree()
    tree["actors"][0]["ideal"] = {"x": 0.5}
    tree["settlements"].append(settlement("quarter", 0.25))
    told = _states(tree, mandate__cost_withdraw=-1e3)
    assert told["line.x"][0, 0] == pytest.approx(0.25)
    assert told["alternative.x"][0, 0] == pytest.approx(0.5)
    assert told["beaten"][0, 0]


def test_a_member_may_be_beaten_on_one_matter_of_two() -> None:
    tree = _board(0.0, 0.0, 0.0)
    tree["dimensions"].append({"id": "y", "name": text("y"), "low": text("0"), "high": text("1")})
    for one in tree["settlements"]:
        one["point"]["y"] = 0.0
    tree["settlements"].append({**settlement("high", 0.0), "point": {"x": 0.0, "y": 1.0}})
    for one in tree["actors"]:
        one["ideal"]["y"] = 0.0
    tree["actors"][2]["ideal"] = {"x": 0.0, "y": 0.9}
    tree["matters"] = [
        {"id": "first", "name": text("x"), "options": ["p1", "p2"], "dimensions": ["x"], "assumed": "test"},
        {"id": "second", "name": text("y"), "options": ["high"], "dimensions": ["y"], "assumed": "test"},
    ]
    told = _states(tree)
    assert [bool(x) for x in told["beaten"][:3, 0]] == [False, False, True]
    assert (told["line.x"][0, 0], told["line.y"][0, 0]) == (0.0, 0.0)
    assert (told["alternative.x"][0, 0], told["alternative.y"][0, 0]) == (0.0, 1.0)


def test_after_a_change_of_ideal_points_others_are_beaten() -> None:
    tree = _board(*[0.0] * 9)
    shift = {"actor": "g2", "dimension": "x", "by": 0.9}
    tree["events"] = [
        {"id": "e", "name": text("e"), "date": "2000-01-05", "effects": {"ideals": [shift]}, "assumed": "test"}
    ]
    assert _beaten(tree)[:3] == [False, False, True]


def _perceived(runs: int, **parameters: float) -> np.ndarray:
    """Logit of the chance that the mover of a bill takes it to have, by division: from P(tabled)."""
    tree = _board(0.0, 0.0)
    tree["actors"] = [actor("g0", "gov", 0.0), actor("m1", "opp", 0.5), actor("o1", "opp", 0.5)]
    tree["bodies"] = [body("gov_board", "gov", "g0"), body("opp_board", "opp", "o1"), body("council", None, "m1", "o1")]
    tree["bodies"][2]["seats"].append({"actor": "g0"})
    tree["settlements"][0]["point"] = {"x": 1.0}
    tree["motions"] = [
        {
            "id": f"bill{k}", "name": text("bill"), "body": "council", "kind": "measure", "options": ["p0"],
            "proposers": ["g0"], "after": f"2000-01-{k + 1:02d}", "before": f"2000-01-{k + 1:02d}", "assumed": "test",
        }
        for k in range(1, 6)
    ]  # fmt: skip
    given = {name.replace("__", "."): value for name, value in parameters.items()}
    plain = {"choice.lam": 2.0, "ballot.abstention": 1e3, "ballot.discipline": 0.0, "agenda.cost": 0.0}
    ran = run(tree, {**plain, "agenda.meetings": 1e3, **given}, runs=runs)
    tabled, enacted = ran.events("tabled"), ran.events("enacted")
    # After the first bill only runs count in which none was carried: there all are worth the same.
    open_still = (tabled["entity"] == 0) | ~np.isin(tabled["run"], enacted["run"])
    tabled = {name: column[open_still] for name, column in tabled.items()}
    chance = np.log(tabled["probability"] / (1 - tabled["probability"])) / 2.0
    return np.stack([tabled["entity"], np.log(chance / (1 - chance))])


def test_without_error_a_mover_knows_the_chance() -> None:
    found = _perceived(60, belief__tally=0.0)
    assert np.ptp(found[1][found[0] == 0]) < 1e-4


def test_the_error_has_its_spread_and_falls_with_divisions_held() -> None:
    found = _perceived(2500, belief__tally=0.6, belief__lesson=2.0)
    first, last = found[1][found[0] == 0], found[1][found[0] == 4]
    assert first.std() == pytest.approx(0.6, rel=0.1)
    assert last.std() < 0.8 * first.std()
    assert first.mean() == pytest.approx(np.median(_perceived(40, belief__tally=0.0)[1]), abs=0.1)
