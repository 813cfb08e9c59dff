"""Residual risk: what dissenters keep elsewhere adds up as independent risks do."""

from __future__ import annotations

import pytest
from small import Tree, body, run, text
from test_leave import QUIET_EXIT, _tree

STAY = {"leave.seat": 1e3, "leave.identity": 1e3, "leave.duty": 1e3, "leave.office": 1e3, "survival.horizon": 1e12}


def _keeping(*portfolios: float, forum: float = 0.0) -> Tree:
    """A member at odds with the line, with a post in the cabinet and others in a union, and perhaps votes in a forum,
    in which the party's leader has three."""
    tree = _tree()
    tree["bodies"].append(body("union", None, "member", kind="union"))
    tree["posts"] += [
        {"id": f"u{k}", "name": text("u"), "body": "union", "holder": "member", "portfolio": worth, "assumed": "test"}
        for k, worth in enumerate(portfolios)
    ]
    if forum:
        seats = ({"actor": "member", "weight": forum}, {"actor": "g1", "weight": 3.0}, {"actor": "o1", "weight": 9.0})
        tree["bodies"].append(body("forum", None, *seats, forum=True))
    return tree


def _risk(tree: Tree, signs: bool = True) -> float:
    """At the end of three weeks, of which the member has protested against the line through all, or through none."""
    told = {**QUIET_EXIT, **STAY, "leave.statement": -1e3 if signs else 1e3}
    return float(run(tree, told, runs=3).measure("residual:gov")[-1].mean())


def test_without_open_dissent_there_is_none() -> None:
    assert _risk(_keeping(0.1, 0.2, forum=1.0), signs=False) == 0.0


def test_a_post_in_the_cabinet_is_no_risk_elsewhere() -> None:
    assert _risk(_keeping()) == 0.0


@pytest.mark.parametrize("portfolios", [(0.1,), (0.1, 0.2), (0.3, 0.2, 0.4)])
def test_posts_add_risk_as_independent_chances_do(portfolios: tuple[float, ...]) -> None:
    """One minus the product of what each post leaves."""
    left = 1.0
    for worth in portfolios:
        left *= 1.0 - worth
    assert _risk(_keeping(*portfolios)) == pytest.approx(1.0 - left, abs=1e-5)


@pytest.mark.parametrize("weight", [1.0, 3.0])
def test_votes_in_a_forum_count_as_a_share_of_the_partys_votes_there(weight: float) -> None:
    share = weight / (weight + 3.0)
    assert _risk(_keeping(forum=weight)) == pytest.approx(share, abs=1e-5)
    assert _risk(_keeping(0.2, forum=weight)) == pytest.approx(1.0 - 0.8 * (1.0 - share), abs=1e-5)
