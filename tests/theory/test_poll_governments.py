"""From polls to odds of governments: what is sure, what the seats settle, closed forms, tables that lack a party."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import whipcount
from whipcount.data.parties import read_profiles
from whipcount.errors import TableError, UsageError
from whipcount.theory.formation_model import Model
from whipcount.theory.formation_table import Opportunity, Record
from whipcount.theory.polls import Draws, odds_of
from whipcount.theory.polls_governments import GovernmentForecast, Profiles, among, government_odds

NAMES = ("Labour", "Conservatives", "Liberals")
PARTIES = {
    "party": [*NAMES, "Monster Raving"],
    "position": [3.0, 8.0, 6.0, 5.0],
    "incumbent": [1, 0, 1, 0],
    "premier": [1, 0, 0, 0],
}
POLLS = [
    {"date": f"2025-10-{day:02d}", "party": party, "share": share, "size": 2000}
    for day in (1, 8, 15)
    for party, share in zip(NAMES, (40, 38, 22), strict=True)
]


class ByHand(Model):
    """A model in which each party adds as much to a cabinet's utility as its place says."""

    def probabilities(self, opportunity: Opportunity) -> np.ndarray:
        rows = np.arange(1, 2**opportunity.size)
        inside = (rows[:, None] >> np.arange(opportunity.size)) & 1
        weight = np.exp(inside @ opportunity.place)
        return np.asarray(weight / weight.sum())


MODEL = ByHand((), (), (), (), 0.0, 0.0)


def told(won: list[list[int]], **asked: Any) -> GovernmentForecast:
    """Governments of so many draws of seats, by the model above, in a house of 100."""
    from test_polls import polls

    seats = np.array(won)
    names = tuple("ABCD"[: seats.shape[1]])
    place = np.linspace(0.2, 0.8, len(names))
    profiles = Profiles(names, place, ("none",) * len(names), Record.none(len(names)), np.full(len(names), np.nan))
    draws = Draws(names, seats / 100, seats, 0.0, 0.0)
    given = polls([[0.2] * len(names)], [0])
    return government_odds(draws, odds_of(draws, given, 100), profiles, model=MODEL, **asked)


def test_one_parliament_gives_the_chances_of_the_model() -> None:
    found = told([[40, 35, 25]] * 3)
    weight = {"A": np.exp(0.2), "B": np.exp(0.5), "C": np.exp(0.8)}
    total = np.prod([1 + one for one in weight.values()]) - 1
    by_members = {one.members: one for one in found.governments}
    assert len(by_members) == found.candidates == 7
    for members, one in by_members.items():
        assert one.chance == pytest.approx(np.prod([weight[name] for name in members]) / total)
        assert one.low == pytest.approx(one.high)
    assert by_members["A", "B"].kind == "minimal"
    assert by_members["A",].kind == "minority"
    assert by_members["A", "B"].seats == pytest.approx(75)
    governs = {one.party: one.governs for one in found.parties}
    assert governs["C"] == pytest.approx(sum(one.chance for one in found.governments if "C" in one.members))
    assert found.settled == pytest.approx(0)  # the seats are known already


def test_chances_are_means_over_parliaments() -> None:
    one, other = told([[40, 35, 25]]), told([[60, 0, 40]])
    both = told([[40, 35, 25], [60, 0, 40]])
    # a party with a majority governs alone
    assert other.governments[0].members == ("A",)
    assert other.governments[0].chance == 1
    alone = {one.members: one.chance for one in one.governments}["A",]
    assert {one.members: one.chance for one in both.governments}["A",] == pytest.approx((alone + 1) / 2)
    enters = {one.party: one.enters for one in both.parties}
    assert enters == {"A": 1.0, "B": 0.5, "C": 1.0}
    assert 0 < both.settled < 1


def test_where_a_majority_is_sure_either_way_the_seats_settle_all() -> None:
    found = told([[60, 40], [40, 60]])
    assert found.settled == pytest.approx(1)
    assert {one.members: one.chance for one in found.governments} == {("A",): 0.5, ("B",): 0.5}


def test_what_is_ruled_out_and_pacts_hold_in_every_parliament() -> None:
    won = [[40, 35, 25], [30, 30, 40], [50, 50, 0]]
    apart = told(won, excluded=[("A", "B")])
    assert not any({"A", "B"} <= set(one.members) for one in apart.governments)
    pact = told(won, pacts=[("A", "C")])  # in the last parliament C has no seats: nothing to keep
    with_c = told(won[:2], pacts=[("A", "C")])
    assert all(("A" in one.members) == ("C" in one.members) for one in with_c.governments if one.chance > 0)
    assert pact.candidates == 5
    behind = {one.party: one.governs for one in told(won, cordon=["C"]).parties}
    assert behind["C"] == 0


def test_the_record_of_some_parties_is_their_part_of_it() -> None:
    from formation_bodies import history

    whole = history()
    left = among(whole, [0, 1])
    assert left.governed == pytest.approx(whole.governed[:2])
    assert left.together == pytest.approx(whole.together[:2, :2])
    assert dict(left.precedents).keys() == {(True, False), (False, True)}
    assert sum(dict(left.precedents).values()) == pytest.approx(sum(dict(whole.precedents).values()))
    same = among(whole, [0, 1, 2, 3])
    assert same.precedents == whole.precedents


def test_the_command_as_a_call() -> None:
    found = whipcount.polls(POLLS, seats=100, parties=PARTIES, draws=100)
    assert isinstance(found, GovernmentForecast)
    assert sum(one.chance for one in found.governments) == pytest.approx(1, abs=1e-9)
    assert found.governments[0].members == ("Labour", "Liberals")  # near each other, a majority, in office
    assert found.words().startswith("The likeliest government is Labour and Liberals")
    assert "Monster Raving" in " ".join(found.remarks)
    assert found.chart().table.rows
    assert found.polls.chart().table.rows
    pact = whipcount.polls(POLLS, seats=100, parties=PARTIES, draws=100, pact="Conservatives+Liberals")
    by_name = {one.party: one.governs for one in pact.parties}
    assert by_name["Conservatives"] == pytest.approx(by_name["Liberals"])


def test_a_swing_towards_a_party_is_told_by_its_last_share() -> None:
    known = read_profiles({**PARTIES, "last": [30.0, 45.0, None, None]}, NAMES)
    parliament = known.parliament([0, 2], np.array([0.5, 0.5]), np.array([0.4, 0.22]))
    assert parliament.swing == pytest.approx([0.1, 0.0])
    assert parliament.place == pytest.approx([0.3, 0.6])


def test_a_party_of_the_polls_needs_a_row() -> None:
    lacking = {name: column[:2] for name, column in PARTIES.items()}
    with pytest.raises(TableError, match="WC596"):
        whipcount.polls(POLLS, seats=100, parties=lacking)
    with pytest.raises(UsageError, match="WC625"):
        whipcount.polls(POLLS, seats=100, pact="Labour+Liberals")
