"""Rules in words and back, warnings near a fraction, and whether a vote carries: counted over all that may happen."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from whipcount.errors import TableError, UsageError
from whipcount.theory.rollcall_attendance import Attendance
from whipcount.theory.rollcall_rebellion import Chances
from whipcount.theory.rollcall_verdict import averaged, cast_votes, judge
from whipcount.theory.rule_grammar import Need, WrittenRule, near_fraction, parse_rule

BASES = {"cast": "votes cast", "present": "members present", "all": "all members"}


@pytest.mark.parametrize("of", list(BASES))
@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("share", [Fraction(1, 2), Fraction(2, 3), Fraction(1)])
def test_a_share_is_read_back_as_it_is_told(share: Fraction, strict: bool, of: str) -> None:
    if share == 1 and strict:
        return
    need = Need(share, strict, of)  # type: ignore[arg-type]
    assert need.describe() == f"{'more than' if strict else 'at least'} {share} of {BASES[of]}"
    again = parse_rule(need.describe()).single
    assert again is not None
    assert (again.strict, again.of, again.column) == (strict, of, "")
    assert again.amount == share


def test_needs_of_a_column_and_numbers_are_told_with_it() -> None:
    assert Need(3, True).describe() == "more than 3 yes"
    assert Need(3, False, "all", "states").describe() == "at least 3 yes (states)"
    assert Need(Fraction(65, 100), False, "all", "people").describe() == "at least 13/20 of people"


def test_a_whole_rule_is_told_in_the_order_in_which_it_binds() -> None:
    text = (
        "2/3 and 5 or majority of all; quorum: 1/2; casting: Chair; also: Senate, Court; tolerated; veto: King, Queen"
    )
    assert parse_rule(text).describe() == (
        "at least 2/3 of votes cast and at least 5 yes or more than 1/2 of all members; quorum: at least 1/2 of all "
        "members; casting vote: Chair; also: Senate, Court; tolerated; veto: King, Queen"
    )
    assert parse_rule("3/5").describe() == "at least 3/5 of votes cast"


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("veto: King,, Queen ,", "vetoes", ("King", "Queen")),
        ("vetoes: King", "vetoes", ("King",)),
        ("Casting Vote: Chair", "casting", "Chair"),
        ("tie: Chair", "casting", "Chair"),
        ("chair: A B", "casting", "A B"),
        ("also: Senate", "also", ("Senate",)),
        ("quorum: 10", "quorum", Need(10, False, "all")),
        ("quorum: 1/3 of present", "quorum", Need(Fraction(1, 3), False, "present")),
        ("tolerated", "tolerated", True),
    ],
)
def test_what_bends_a_rule(text: str, field: str, value: object) -> None:
    """Each kind bends the rule, so that it is no single need; and nothing else is changed by it."""
    rule = parse_rule(f"majority; {text}")
    assert getattr(rule, field) == value
    assert rule.bent
    assert rule.single is None
    assert rule.need == Need(Fraction(1, 2), True)
    plain = WrittenRule(rule.alternatives)
    assert not plain.bent
    for other in ("vetoes", "casting", "quorum", "also", "tolerated"):
        assert getattr(rule, other) == (value if other == field else getattr(plain, other))


@pytest.mark.parametrize("bend", ["tolerated: King", "veto", "veto:", "crown: King", "King"])
def test_what_bends_no_rule(bend: str) -> None:
    with pytest.raises(UsageError, match="WC625"):
        parse_rule(f"majority; {bend}")


def test_alternatives_and_needs_are_joined_by_words_and_signs() -> None:
    assert parse_rule("2/3 & 5 | majority").alternatives == parse_rule("2/3 and 5 or majority").alternatives
    assert parse_rule("2/3 or majority").single is None
    assert parse_rule("2/3 and majority").single is None


@pytest.mark.parametrize(
    ("text", "need"),
    [
        ("members", Need(Fraction(1, 2), True, "all", "members")),  # a column of this name comes first
        ("55% of members", Need(Fraction(11, 20), False, "all", "members")),
        ("more than half of people", Need(Fraction(1, 2), True, "all", "people")),
        ("people: 65%", Need(Fraction(13, 20), False, "cast", "people")),
        ("people: > 10", Need(10, True, "cast", "people")),
        ("absolute majority of people", Need(Fraction(1, 2), True, "all", "people")),
        ("absolute majority of present", Need(Fraction(1, 2), True, "present")),
        (">= 2/3", Need(Fraction(2, 3), False)),
        ("over 60 %", Need(Fraction(3, 5), True)),
        ("all of present", Need(Fraction(1), False, "present")),
        ("  simple   majority ", Need(Fraction(1, 2), True)),
    ],
)
def test_needs_where_columns_are_known(text: str, need: Need) -> None:
    if text == "members":
        with pytest.raises(UsageError, match="WC625"):
            parse_rule(text, columns=("members", "people"))  # a column's name alone says no share
        return
    assert parse_rule(text, columns=("members", "people")).need == need
    with pytest.raises(UsageError, match="no base 'nobody'"):
        parse_rule("2/3 of nobody", columns=("people",))
    assert parse_rule("2/3 of nobody").need == Need(Fraction(2, 3), False, "all", "nobody")


@pytest.mark.parametrize("text", ["0%", "100%", "more than 100%", "0/3", "3/3", "4/3", "> 3/3", "at least half", "0"])
def test_only_shares_that_can_be_reached_are_asked(text: str) -> None:
    """Up to all of it, but not more than all of it, and not none; a number is bounded where members are counted."""
    possible = text in ("100%", "3/3", "at least half", "0")
    if possible:
        parse_rule(text)
    else:
        with pytest.raises(UsageError, match="WC625"):
            parse_rule(text)


def test_the_base_that_is_not_told_is_that_of_the_caller() -> None:
    for base in BASES:
        assert parse_rule("2/3", base).need.of == base  # type: ignore[arg-type]
        assert parse_rule("majority", base).need.of == base  # type: ignore[arg-type]
        assert parse_rule("2/3 of present", base).need.of == "present"  # type: ignore[arg-type]
        assert parse_rule("absolute majority", base).need.of == "all"  # type: ignore[arg-type]


@pytest.mark.parametrize("known", [Fraction(2, 3), Fraction(1, 3), Fraction(1, 6), Fraction(5, 6)])
def test_a_percentage_near_a_fraction_is_told_where_it_asks_for_another_number(known: Fraction) -> None:
    for digits, total in product((1, 2, 3), (60, 99, 300, 10_000)):
        for step in (-2, -1, 0, 1, 2):
            share = Fraction(round(known * 10 ** (digits + 2)) + step, 10 ** (digits + 2))
            text = f"{float(share * 100):.{digits}f}%"
            told = near_fraction(f" {text} ", total)
            ours, theirs = (-((-one * total) // 1) for one in (share, known))
            if 0 < abs(share - known) < Fraction(1, 1000) and ours != theirs:
                side = "above" if share > known else "below"
                assert told == f"{text} lies {side} {known}: {ours} are needed of {total}, with {known} it is {theirs}"
            else:
                assert told is None, (text, total)


# -- whether a vote carries --------------------------------------------------------------------------------------------


def body(seed: int, members: int = 6) -> tuple[tuple[str, ...], Chances, np.ndarray, list[np.ndarray]]:
    """Members in two blocks with waves of their own, who may stay away."""
    random = np.random.default_rng(seed)
    waves = random.dirichlet([2, 3, 1], size=(2, members))
    chances = Chances(waves, np.array([0.35, 0.65]), np.zeros(members, dtype=np.int64))
    blocks = [np.arange(2), np.arange(2, members)]
    return tuple(f"M{row}" for row in range(members)), chances, random.uniform(0.5, 1, members), blocks


def every_vote(chances: Chances, present: np.ndarray, blocks: list[np.ndarray]) -> list[tuple[tuple[int, ...], float]]:
    """Everything that may happen: votes (0 no, 1 yes, 2 abstain, 3 away) and its chance."""
    found = [((), 1.0)]
    for block in blocks:
        grown = []
        for told, chance in found:
            for votes in product(range(4), repeat=len(block)):
                here = 0.0
                for wave, weight in enumerate(chances.weights):
                    each = weight
                    for member, vote in zip(block, votes, strict=True):
                        there = present[member]
                        each *= 1 - there if vote == 3 else there * chances.waves[wave, member, vote]
                    here += each
                grown.append(((*told, *votes), chance * here))
        found = grown
    return found


def passed(rule: str, votes: tuple[int, ...]) -> bool:
    """The rule as a clerk would read it out, for the votes of six members."""
    no, yes, abstain = (votes.count(kind) for kind in range(3))
    cast, there = yes + no, yes + no + abstain
    return {
        "majority": yes > no,
        "2/3": yes > 0 and 3 * yes >= 2 * cast,
        "more than 2/3 of present": 3 * yes > 2 * there,
        "at least half of present": yes > 0 and 2 * yes >= there,
        "at least half": yes > 0 and 2 * yes >= cast,
        "majority of all": yes > 3,
        "3/5 of all": yes >= 4,
        "2": yes >= 2,
        "more than 2": yes > 2,
        "51/101": yes > 0 and 101 * yes >= 51 * cast,
        "2/3 and 3": yes >= 3 and 3 * yes >= 2 * cast,
        "3/4 or 3": yes >= 3 or (yes > 0 and 4 * yes >= 3 * cast),
        "majority; casting: M1": yes > no or (yes == no and votes[1] == 1),
        "majority; veto: M0": yes > no and votes[0] != 0,
        "majority; quorum: 2/3": yes > no and there >= 4,
    }[rule]


EXACT = ("majority", "2/3", "more than 2/3 of present", "at least half of present", "at least half",
         "majority of all", "3/5 of all", "2", "more than 2")  # fmt: skip
DRAWN = ("51/101", "2/3 and 3", "3/4 or 3", "majority; casting: M1", "majority; veto: M0", "majority; quorum: 2/3")


@pytest.mark.parametrize("rule", [*EXACT, *DRAWN])
def test_a_verdict_is_the_sum_over_everything_that_may_happen(rule: str) -> None:
    names, chances, present, blocks = body(2)
    every = every_vote(chances, present, blocks)
    assert sum(chance for _, chance in every) == pytest.approx(1)
    passes = sum(chance for votes, chance in every if passed(rule, votes))
    pivotal = np.zeros(6)
    margin = np.zeros(13)
    for votes, chance in every:
        margin[votes.count(1) - votes.count(0) + 6] += chance
        for one in range(6):
            with_yes, with_no = ((*votes[:one], vote, *votes[one + 1 :]) for vote in (1, 0))
            pivotal[one] += chance * (passed(rule, with_yes) and not passed(rule, with_no))
    told = judge(parse_rule(rule), names, chances, present, blocks)
    assert told.margin == pytest.approx(margin, abs=1e-12)
    if rule in EXACT:
        assert told.error == 0
        assert told.passes == pytest.approx(passes, abs=1e-12)
        assert told.pivotal == pytest.approx(pivotal, abs=1e-12)
    else:
        assert told.error == pytest.approx(np.sqrt(passes * (1 - passes) / 20_000), rel=0.05)
        assert told.passes == pytest.approx(passes, abs=4 * told.error)
        assert told.pivotal == pytest.approx(pivotal, abs=4 * 0.5 / np.sqrt(20_000))
    needed = {"majority of all": 4, "3/5 of all": 4, "2": 2, "more than 2": 3}
    assert told.needed == needed.get(rule, 0)


def test_in_a_large_body_all_others_vote_as_all_do() -> None:
    """Where all members are alike, a large body's pivots are nearly those that leave the member out."""
    for rule in ("majority", "2/3", "2/3 of present", "majority of all", "at least half"):
        told = []
        for members in (60, 61, 62):
            waves = np.tile([[0.35, 0.6, 0.05]], (members, 1))[None]
            chances = Chances(waves, np.ones(1), np.zeros(members, dtype=np.int64))
            names = tuple(map(str, range(members)))
            told.append(judge(parse_rule(rule), names, chances, np.full(members, 0.9), [np.arange(members)]))
        exact, *large = (one.pivotal[0] for one in told)
        assert np.mean(large) == pytest.approx(exact, rel=0.12), rule
        assert len(set(np.round(told[1].pivotal, 12))) == 1


def test_numbers_that_no_body_reaches_are_refused() -> None:
    names, chances, present, blocks = body(1)
    for rule in ("7", "more than 6", "0"):
        with pytest.raises(TableError, match="WC508"):
            judge(parse_rule(rule), names, chances, present, blocks)
    for rule in ("6", "more than 5", "1"):
        assert 0 < judge(parse_rule(rule), names, chances, present, blocks).passes < 1


def test_waves_of_attendance_are_averaged() -> None:
    names, chances, present, blocks = body(3)
    waves = Attendance(np.array([present, present / 2]), np.array([0.25, 0.75]))
    rule = parse_rule("majority and 1")
    one, other = (judge(rule, names, chances, here, blocks) for here in waves.chances)
    told = averaged([one, other], waves)
    assert told.passes == pytest.approx(0.25 * one.passes + 0.75 * other.passes)
    assert told.pivotal == pytest.approx(0.25 * one.pivotal + 0.75 * other.pivotal)
    assert told.margin == pytest.approx(0.25 * one.margin + 0.75 * other.margin)
    assert told.error == pytest.approx(np.hypot(0.25 * one.error, 0.75 * other.error))
    votes, weights = cast_votes(chances, present, blocks[0])
    assert votes.sum(axis=2) == pytest.approx(np.tile(present[:2], (2, 1)))
    assert weights.tolist() == [0.35, 0.65]
