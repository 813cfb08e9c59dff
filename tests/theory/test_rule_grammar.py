"""Rules as they are written, and whether a coming vote carries under them: by hand, by limits, against simulation."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from whipcount.errors import TableError, UsageError
from whipcount.theory.rollcall_rebellion import Chances
from whipcount.theory.rollcall_verdict import judge
from whipcount.theory.rule_grammar import near_fraction, parse_rule


@pytest.mark.parametrize(
    ("text", "amount", "strict", "of"),
    [
        ("majority", Fraction(1, 2), True, "cast"),
        ("cast", Fraction(1, 2), True, "cast"),
        ("members", Fraction(1, 2), True, "all"),
        ("absolute majority", Fraction(1, 2), True, "all"),
        ("majority of all", Fraction(1, 2), True, "all"),
        ("2/3", Fraction(2, 3), False, "cast"),
        ("> 2/3", Fraction(2, 3), True, "cast"),
        ("at least half of present", Fraction(1, 2), False, "present"),
        ("3/5 of those present", Fraction(3, 5), False, "present"),
        ("66,5%", Fraction(133, 200), False, "cast"),
        ("218", 218, False, "cast"),
        ("more than 60% of all members", Fraction(3, 5), True, "all"),
        ("unanimity", Fraction(1), False, "cast"),
    ],
)
def test_one_need(text: str, amount: Fraction | int, strict: bool, of: str) -> None:
    need = parse_rule(text).single
    assert need is not None
    assert (need.amount, need.strict, need.of) == (amount, strict, of)


def test_whole_rules() -> None:
    rule = parse_rule("2/3 of cast and majority of all or 300; veto: King, Queen; casting: Chair; quorum: 1/2")
    assert [len(one) for one in rule.alternatives] == [2, 1]
    assert (rule.vetoes, rule.casting) == (("King", "Queen"), "Chair")
    assert rule.quorum is not None
    double = parse_rule("55% of members and 65% of population", "all", ("members", "population"))
    assert [need.column for need in double.alternatives[0]] == ["members", "population"]


@pytest.mark.parametrize("text", ["most", "2/0", "3/2", "half", "0.5", "", "majority of nobody;x", "1/2; veto", "150%"])
def test_what_is_no_rule(text: str) -> None:
    with pytest.raises(UsageError, match="WC625"):
        parse_rule(text)


def test_quotas_are_exact() -> None:
    for total in range(1, 400):
        for share in (Fraction(2, 3), Fraction(3, 5), Fraction(1, 2)):
            need = parse_rule(f"{share}").single
            assert need is not None
            quota = need.quota(total)
            assert Fraction(quota, total) >= share > Fraction(quota - 1, total)
            strict = parse_rule(f"more than {share}").single
            assert strict is not None
            assert Fraction(strict.quota(total), total) > share >= Fraction(strict.quota(total) - 1, total)
    assert near_fraction("66.67%", 300) is not None
    assert near_fraction("66%", 300) is None
    assert near_fraction("2/3", 300) is None


def certain(votes: str) -> tuple[tuple[str, ...], Chances, np.ndarray, list[np.ndarray]]:
    """A body whose members surely vote y, n or a, or stay away (-)."""
    waves = np.zeros((1, len(votes), 3))
    for row, vote in enumerate(votes):
        waves[0, row, "nya".find(vote) if vote != "-" else 0] = 1.0
    present = np.array([float(vote != "-") for vote in votes])
    line = np.zeros(len(votes), dtype=np.int64)
    names = tuple(f"M{row}" for row in range(len(votes)))
    return names, Chances(waves, np.ones(1), line), present, [np.arange(len(votes))]


@pytest.mark.parametrize(
    ("votes", "rule", "carries"),
    [
        ("yyyyyynnn", "2/3", True),
        ("yyyyynnnn", "2/3", False),
        ("yyyyyynnn", "more than 2/3", False),
        ("yynaaaaaa", "2/3", True),
        ("yynaaaaaa", "2/3 of present", False),
        ("yyyyyyaaa", "2/3 of present", True),
        ("yyyyyy---", "2/3 of all", True),
        ("yyyyy----", "2/3 of all", False),
        ("yyyyy----", "2/3 of present", True),
        ("ynynyn", "majority", False),
        ("ynynyn", "at least half", True),
        ("ynynyn", "majority; casting: M0", True),
        ("ynynyn", "majority; casting: M1", False),
        ("yyyyn", "majority; veto: M4", False),
        ("yyyyn", "majority; veto: M3", True),
        ("yy-------", "majority; quorum: 1/2", False),
        ("yyyyyynnn", "2/3 of cast and 6", True),
        ("yyyyyynnn", "2/3 of cast and 7", False),
        ("yyyyyynnn", "7 or 2/3", True),
        ("---------", "at least half", False),
        ("---------", "majority", False),
        ("yyyyyynnn", "667/1000", False),
    ],
)
def test_votes_that_are_sure(votes: str, rule: str, carries: bool) -> None:
    verdict = judge(parse_rule(rule), *certain(votes))
    assert verdict.passes == pytest.approx(float(carries), abs=1e-9)


def test_the_sum_agrees_with_simulation() -> None:
    random = np.random.default_rng(3)
    members = 24
    waves = random.dirichlet([2, 4, 1], size=(3, members))
    chances = Chances(waves, np.array([0.2, 0.5, 0.3]), np.zeros(members, dtype=np.int64))
    present = random.uniform(0.6, 1, members)
    blocks = [np.arange(10), np.arange(10, 24)]
    names = tuple(map(str, range(members)))
    for rule in ("majority", "3/5", "2/3 of present", "majority of all", "at least half", "12"):
        exact = judge(parse_rule(rule), names, chances, present, blocks)
        # the same rule twice is no single need, and is simulated
        drawn = judge(parse_rule(f"{rule} and {rule}"), names, chances, present, blocks)
        assert exact.error == 0
        assert drawn.passes == pytest.approx(exact.passes, abs=4 * drawn.error + 1e-3)
        assert np.abs(drawn.pivotal - exact.pivotal).max() < 0.02


def test_what_a_whip_count_cannot_be_asked() -> None:
    with pytest.raises(TableError, match="WC508"):
        judge(parse_rule("30"), *certain("yyn"))
    with pytest.raises(TableError, match="WC564"):
        judge(parse_rule("2/3 of population"), *certain("yyn"))
    with pytest.raises(TableError, match="WC513"):
        judge(parse_rule("majority; veto: Nobody"), *certain("yyn"))
