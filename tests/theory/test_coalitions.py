"""Coalitions of a parliament against trying all of them, and on a parliament whose coalitions are known."""

from __future__ import annotations

import io
import itertools
import re

import numpy as np
import polars as pl
import pytest
from count_bodies import every_subset, naive_minimal, slow_minimal
from hypothesis import given, settings
from hypothesis import strategies as st

from whipcount.charts import theme
from whipcount.data.seats import load_seats, unplaced
from whipcount.errors import TableError
from whipcount.theory.coalitions import Coalition, coalitions
from whipcount.theory.connected import minimal_connected
from whipcount.theory.minimal import minimal_masks
from whipcount.theory.rule_grammar import parse_rule
from whipcount.theory.rules import DecisionRule, weighted_majority
from whipcount.theory.rules_written import written_rule
from whipcount.theory.tables import SeatsTable
from whipcount.theory.winning import Winning

PARLIAMENT = SeatsTable(("A", "B", "C", "D", "E"), (40, 20, 15, 15, 10), (("left_right", (1, 3, 5, 7, 9)),))


@st.composite
def parliaments(draw: st.DrawFn, most: int = 7) -> SeatsTable:
    number = draw(st.integers(1, most))
    seats = draw(st.lists(st.integers(0, 12), min_size=number, max_size=number).filter(any))
    places = draw(st.lists(st.integers(0, 4), min_size=number, max_size=number))
    return SeatsTable(
        tuple("ABCDEFG"[:number]), tuple(seats), (("left_right", tuple(float(place) for place in places)),)
    )


def named(found: tuple[Coalition, ...], table: SeatsTable) -> list[str]:
    return ["".join(table.names[party] for party in one.parties) for one in found]


def connected_by_trying(table: SeatsTable, quota: int) -> set[int]:
    """Minimal connected winning coalitions from the definition: no connected winning coalition inside another."""
    rows = [row for row in range(len(table.names)) if table.seats[row]]
    place = dict(zip(range(len(table.names)), table.measure("left_right"), strict=True))
    found = []
    for size in range(1, len(rows) + 1):
        for chosen in itertools.combinations(rows, size):
            low, high = min(place[row] for row in chosen), max(place[row] for row in chosen)  # type: ignore[type-var]
            skipped = [row for row in rows if row not in chosen and low < place[row] < high]  # type: ignore[operator]
            if not skipped and sum(table.seats[row] for row in chosen) >= quota:
                found.append(frozenset(chosen))
    return {sum(1 << row for row in one) for one in found if not any(other < one for other in found)}


class TestKnownParliament:
    def test_kinds(self) -> None:
        result = coalitions(PARLIAMENT, dimensions=["left_right"])
        assert sorted(named(result.minimal_winning, PARLIAMENT)) == ["AB", "AC", "AD", "BCDE"]
        assert named(result.connected, PARLIAMENT) == ["AB", "BCDE"]
        assert result.count("winning") == 15
        assert result.count("surplus") == 15 - 4
        assert result.medians == ((1,),)
        assert result.core == (1,)
        assert result.minimal_winning[0].ranges == (2.0,)
        assert result.minimal_winning[0].has_median == (True,)
        assert not any(coalition.connected for coalition in result.minimal_winning[1:3])

    def test_minority_has_its_closest_support(self) -> None:
        result = coalitions(PARLIAMENT, dimensions=["left_right"])
        alone = next(one for one in result.minorities if named((one,), PARLIAMENT) == ["B"])
        assert [PARLIAMENT.names[party] for party in alone.support] == ["A"]
        assert alone.supports == 2  # with A, or with C, D and E
        for minority in result.minorities:
            together = minority.mask | sum(1 << party for party in minority.support)
            assert together in set(minimal_masks(PARLIAMENT.seats, PARLIAMENT.majority).tolist())
            assert minority.seats < result.quota

    def test_excluded_pairs(self) -> None:
        result = coalitions(PARLIAMENT, dimensions=["left_right"], excluded=[("A", "B"), ("D", "E")])
        assert sorted(named(result.minimal_winning, PARLIAMENT)) == ["AC", "AD"]
        assert named(result.connected, PARLIAMENT) == []
        for one in (*result.surplus, *result.minorities):
            assert {0, 1} - set(one.parties)
            assert {3, 4} - set(one.parties)
        # support is not government: B may carry a cabinet of A
        assert any(one.parties == (0,) and one.support == (1,) for one in result.minorities)

    def test_nobody_may_govern(self) -> None:
        pairs = list(itertools.combinations("ABCDE", 2))
        result = coalitions(PARLIAMENT, dimensions=["left_right"], excluded=pairs)
        assert result.minimal_winning == ()
        assert "No majority may govern together" in result.words()
        assert "Ни одно большинство" in result.words("ru")

    def test_several_dimensions(self) -> None:
        table = SeatsTable(
            ("A", "B", "C"), (30, 30, 39), (("left_right", (0.0, 5.0, 10.0)), ("europe", (5.0, 0.0, 10.0)))
        )
        result = coalitions(table, dimensions=["left_right", "europe"])
        assert [result.names_of(rows) for rows in result.medians] == [["B"], ["A"]]
        assert result.core == ()
        assert len(result.minimal_winning[0].ranges) == 2


class TestDefinitions:
    @settings(max_examples=80, deadline=None)
    @given(parliaments(), st.data())
    def test_minimal_winning(self, table: SeatsTable, data: st.DataObject) -> None:
        quota = data.draw(st.integers(1, table.total))
        assert set(minimal_masks(table.seats, quota).tolist()) == naive_minimal(table.seats, quota)

    @settings(max_examples=80, deadline=None)
    @given(parliaments(6), st.data())
    def test_minimal_connected(self, table: SeatsTable, data: st.DataObject) -> None:
        quota = data.draw(st.integers(1, table.total))
        winning = Winning(weighted_majority(table.seats, quota))
        found = minimal_connected(table.places(["left_right"])[:, 0], winning.rows, winning.wins)
        assert set(found) == connected_by_trying(table, quota)

    @settings(max_examples=40, deadline=None)
    @given(parliaments())
    def test_counts_add_up(self, table: SeatsTable) -> None:
        result = coalitions(table, dimensions=["left_right"], limit=1000)
        rows = [row for row in range(len(table.names)) if table.seats[row]]
        won = [
            chosen
            for size in range(1, len(rows) + 1)
            for chosen in itertools.combinations(rows, size)
            if sum(table.seats[row] for row in chosen) >= result.quota
        ]
        assert result.count("winning") == len(won)
        assert result.count("minimal_winning") == len(result.minimal_winning)
        assert result.count("surplus") == len(won) - len(result.minimal_winning)
        # a median party sits in every minimal connected winning coalition
        for one in result.connected:
            assert one.connected
            if len(result.medians[0]) == 1:
                assert one.has_median == (True,)

    def test_core_party_is_the_median_party_on_a_line(self) -> None:
        result = coalitions(PARLIAMENT, dimensions=["left_right"])
        assert result.core == result.medians[0]


def written(text: str, table: SeatsTable) -> DecisionRule:
    columns = ("members", "seats")
    return written_rule(parse_rule(text, "all", columns), table.names, lambda name: table.weights(name or "seats"))


class TestRules:
    """Coalitions under any rule, against its definition."""

    @settings(max_examples=40, deadline=None)
    @given(parliaments(6), st.sampled_from(["2/3", "majority and majority of members", "2/3 or 3 of members"]))
    def test_minimal_and_winning_by_trying_all(self, table: SeatsTable, text: str) -> None:
        try:
            rule = written(text, table)
        except TableError:
            return  # more members are asked for than there are
        result = coalitions(table, rule=rule, dimensions=["left_right"], limit=1000)
        held = {tuple(rule.names[row] for row in rows) for rows in slow_minimal(rule)}
        # parties are told by size: compare them as sets
        found = {frozenset(result.names_of(one.parties)) for one in result.minimal_winning}
        assert found == set(map(frozenset, held))
        inside = [row for row in range(rule.members) if row in rule.counting]
        tried = every_subset(len(inside))
        present = np.zeros((len(tried), rule.members), dtype=bool)
        present[:, inside] = tried
        assert result.count("winning") == int(rule.wins(present).sum())
        for one in result.minorities:
            together = [result.table.names[row] for row in (*one.parties, *one.support)]
            assert rule.wins(np.array([[name in together for name in rule.names]]))[0]

    @settings(max_examples=40, deadline=None)
    @given(parliaments(6))
    def test_a_rule_said_twice_changes_nothing(self, table: SeatsTable) -> None:
        once = coalitions(table, dimensions=["left_right"])
        twice = coalitions(table, dimensions=["left_right"], rule=written("majority and majority", table))
        for kind in ("minimal_winning", "connected", "surplus", "minorities", "medians", "core", "counts"):
            assert getattr(once, kind) == getattr(twice, kind), kind

    def test_a_veto_and_a_casting_vote(self) -> None:
        vetoed = coalitions(PARLIAMENT, rule=written("majority; veto: B", PARLIAMENT))
        assert sorted(named(vetoed.minimal_winning, PARLIAMENT)) == ["AB", "BCDE"]
        even = SeatsTable(("A", "B"), (50, 50))
        assert named(coalitions(even).minimal_winning, even) == ["AB"]
        chaired = coalitions(even, rule=written("majority; casting: B", even))
        assert named(chaired.minimal_winning, even) == ["B"]
        assert chaired.quota is None
        assert "decided by B" in chaired.words("en")

    def test_equals_are_said(self) -> None:
        told = coalitions(SeatsTable(("C", "A", "B"), (10, 10, 10)))
        assert told.as_close == 2
        assert "2 more are as small" in told.words("en")
        assert told.table.names == ("A", "B", "C")


class TestWithoutPositions:
    """Nothing is said of policy, and nothing drawn from left to right, where the table has no positions."""

    UNPLACED = SeatsTable(tuple("ABCDEFGHIJ"), (19, 17, 15, 14, 13, 12, 11, 10, 9, 8))
    PLACED = SeatsTable(UNPLACED.names, UNPLACED.seats, (("left_right", tuple(map(float, range(10)))),))

    def test_no_word_of_policy(self) -> None:
        told = coalitions(self.UNPLACED)
        chart = told.chart()
        for text in (told.words("en"), chart.caption, chart.drawing):
            assert not re.search("closest|policy|connected|median|core", text, re.IGNORECASE)
        assert "Smallest minimal winning coalition" in told.words("en")
        assert "not from left to right" in chart.caption
        assert "policy" in coalitions(self.PLACED, dimensions=("left_right",)).chart().caption

    def test_all_columns_are_of_one_grey(self) -> None:
        def inks(table: SeatsTable) -> set[str]:
            return set(
                re.findall(
                    r'stroke="(#\w+)" stroke-width="2"',
                    coalitions(table, dimensions=tuple(dict(table.measures))).chart().drawing,
                )
            )

        assert inks(self.UNPLACED) == {theme.MUTED}
        assert inks(self.PLACED) >= {theme.INK}

    def test_how_many_of_them_are_shown(self) -> None:
        told = coalitions(self.UNPLACED)
        assert told.count("minimal_winning") > 22
        assert f"18 of {told.count('minimal_winning')} shown" in told.chart().caption
        assert "shown" not in coalitions(PARLIAMENT).chart().caption


def read(text: str) -> SeatsTable:
    """A table as it is pasted."""
    return load_seats(pl.read_csv(io.StringIO(text), infer_schema_length=None))


class TestColours:
    def test_parties_have_their_own_where_the_table_gives_them(self) -> None:
        table = read("party,seats,colour\nRed,40,#E3000F\nPale,35,fe0\nOther,25,\n")
        assert table.colours == ("#e3000f", "#ffee00", None)
        drawn = coalitions(table).chart().drawing
        fills = re.findall(r'<g fill="(#\w+)"( stroke="#\w+")? data-party="(\d)"', drawn)
        assert {party: fill for fill, _, party in fills} == {"0": "#e3000f", "1": "#ffee00", "2": theme.CATEGORIES[0]}
        assert {party for _, edge, party in fills if edge} == {"1"}  # what is pale has an edge

    def test_what_is_no_colour_is_told(self) -> None:
        table = read("party,seats,colour\nA,40,crimson\nB,35,#12\n")
        assert table.colours == (None, None)
        assert sum("is no colour" in remark for remark in table.remarks) == 2

    def test_columns_that_are_not_read_are_named(self) -> None:
        table = read("party,seats,leader,slogan\nA,40,Ann,Peace\nB,35,Bob,Bread\n")
        assert any("leader, slogan" in remark for remark in table.remarks)
        told = unplaced(read("party,seats,ideology\nA,40,3\nB,35,5\n"), ())
        assert "ideology" in told[0]


class TestBounds:
    def test_ties_at_the_median(self) -> None:
        table = SeatsTable(("A", "B"), (50, 50), (("left_right", (1.0, 9.0)),))
        result = coalitions(table, dimensions=["left_right"])
        assert result.medians == ((0, 1),)
        assert named(result.minimal_winning, table) == ["AB"]

    def test_all_in_one_place(self) -> None:
        table = SeatsTable(("A", "B", "C"), (4, 3, 2), (("left_right", (5.0, 5.0, 5.0)),))
        result = coalitions(table, dimensions=["left_right"])
        assert set(result.core) == {0, 1, 2}
        assert len(result.connected) == len(result.minimal_winning) == 3
        assert all(one.ranges == (0.0,) for one in result.minimal_winning)

    def test_one_party(self) -> None:
        result = coalitions(SeatsTable(("A",), (5,)))
        assert result.count("winning") == 1
        assert result.minorities == ()

    def test_parties_without_seats_are_in_no_coalition(self) -> None:
        result = coalitions(SeatsTable(("A", "B", "C"), (5, 4, 0)))
        assert all(2 not in one.parties for one in (*result.minimal_winning, *result.surplus))

    def test_twenty_five_parties(self) -> None:
        random = np.random.default_rng(5)
        table = SeatsTable(
            tuple(f"P{row}" for row in range(25)),
            tuple(int(seats) for seats in random.integers(1, 60, 25)),
            (("left_right", tuple(float(place) for place in random.random(25))),),
        )
        result = coalitions(table, dimensions=["left_right"], limit=10)
        assert result.count("minimal_winning") > 100_000
        assert len(result.minimal_winning) == 10

    @pytest.mark.parametrize(
        ("names", "seats", "code"),
        [
            ((), (), "WC501"),
            (("A", "A"), (1, 2), "WC503"),
            (("A", " "), (1, 2), "WC503"),
            (("A", "B"), (-1, 2), "WC505"),
            (("A", "B"), (0.5, 2), "WC506"),
            (("A", "B"), (0, 0), "WC507"),
            (("A", "B"), (1,), "WC514"),
        ],
    )
    def test_bad_tables(self, names: tuple[str, ...], seats: tuple[int, ...], code: str) -> None:
        with pytest.raises(TableError, match=code):
            coalitions(SeatsTable(names, seats))

    def test_bad_questions(self) -> None:
        with pytest.raises(TableError, match="WC508"):
            coalitions(PARLIAMENT, quota=101)
        with pytest.raises(TableError, match="WC502"):
            coalitions(PARLIAMENT, dimensions=["europe"])
        with pytest.raises(TableError, match="WC513"):
            coalitions(PARLIAMENT, excluded=[("A", "Z")])
        with pytest.raises(TableError, match="WC513"):
            coalitions(PARLIAMENT, excluded=[("A", "A")])
        with pytest.raises(TableError, match="WC509"):
            coalitions(SeatsTable(("A", "B"), (1, 2), (("x", (1.0, None)),)), dimensions=["x"])
        with pytest.raises(TableError, match="WC515"):
            coalitions(SeatsTable(tuple(f"P{row}" for row in range(200)), (1,) * 200))
        with pytest.raises(TableError, match="WC516"):
            coalitions(PARLIAMENT, limit=0)
        with pytest.raises(TableError, match="WC516"):
            coalitions(PARLIAMENT, most_in_minority=9)
