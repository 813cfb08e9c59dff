"""Tables of actors and seats by their own rules, and the edges at which a model begins to be told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from whipcount.errors import TableError
from whipcount.theory.survival import FEWEST_GROUPS, Durations
from whipcount.theory.survival_cox import fit_cox
from whipcount.theory.tables import (
    PositionsTable,
    SeatsTable,
    check_length,
    check_names,
    check_quota,
    check_whole,
    index_of,
    majority,
    whole_weights,
)

THREE = PositionsTable(
    names=("A", "B", "C"),
    power=(1.0, 2.0, 3.0),
    ideal=((1.0, 10.0, -1.0), (2.0, 20.0, -2.0), (4.0, 40.0, -4.0)),
    salience=((0.1, 0.2, 0.3), (0.3, 0.3, 0.3), (0.5, 0.1, 0.2)),
    dimensions=("x", "y", "z"),
    scale=((0.0, 5.0), (0.0, 50.0), (-5.0, 0.0)),
    ideal_sd=((0.1, 1.0, 0.2), (0.1, 1.0, 0.2), (0.1, 1.0, 0.2)),
    salience_sd=((0.01, 0.02, 0.03),) * 3,
)


class TestPositions:
    @pytest.mark.parametrize(("axis", "name"), list(enumerate("xyz")))
    def test_one_dimension_is_a_column_of_everything(self, axis: int, name: str) -> None:
        one = THREE.only(name)
        assert one.dimensions == (name,)
        assert one.scale == (THREE.scale[axis],)
        for part in ("ideal", "salience", "ideal_sd", "salience_sd"):
            assert getattr(one, part) == tuple((row[axis],) for row in getattr(THREE, part))
        assert one.powers.tolist() == [1.0, 2.0, 3.0]
        assert one.ends.tolist() == [list(THREE.scale[axis])]

    def test_one_who_stands_elsewhere_leaves_the_scale(self) -> None:
        moved = THREE.moved(1, (5.0, 9.0, 0.0))
        assert moved.ideal == (THREE.ideal[0], (5.0, 9.0, 0.0), THREE.ideal[2])
        assert moved.scale == THREE.scale
        free = replace(THREE, scale=())
        assert free.ends.tolist() == [[1.0, 4.0], [10.0, 40.0], [-4.0, -1.0]]
        assert free.moved(2, (1.0, 10.0, -1.0)).ends.tolist() == free.ends.tolist()

    def test_names_and_places(self) -> None:
        assert [THREE.dimension(name) for name in "xyz"] == [0, 1, 2]
        assert index_of("C", THREE.names) == 2
        with pytest.raises(TableError, match="WC513"):
            index_of("D", THREE.names)


class TestChecks:
    def test_a_quota_is_between_one_and_all(self) -> None:
        for quota in (1, 50, 100):
            assert check_quota(quota, 100) == quota
        for quota in (0, -1, 101):
            with pytest.raises(TableError, match="WC508"):
                check_quota(quota, 100)
        assert [majority(total) for total in (1, 2, 3, 100, 101)] == [1, 2, 2, 51, 51]

    def test_weights_are_whole(self) -> None:
        assert check_whole([0, 3.0, 2**53 - 1], "ABC", "seats") == (0, 3, 2**53 - 1)
        for value, code in (
            (None, "WC504"), (True, "WC504"), (float("inf"), "WC504"), (-1, "WC505"), (0.5, "WC506"),
            (2.0**53, "WC516"), (0, "WC507"),
        ):  # fmt: skip
            with pytest.raises(TableError, match=code):
                check_whole([value], "A", "seats")
        assert check_whole([2**60], "A", "seats") == (2**60,)  # a whole number as it is written

    def test_fractions_are_made_whole_by_the_smallest_number(self) -> None:
        for values, unit in (([1.0, 2.0], 1), ([0.5, 0.2], 10), ([0.25, 1.5], 4), ([0.125, None], 8)):
            told, by = whole_weights(values, "AB", "votes")
            assert by == unit
            assert told == [None if one is None else one * unit for one in values]
        with pytest.raises(TableError, match="WC506"):
            whole_weights([1e-10, 1.0], "AB", "votes")
        assert whole_weights([1e-9], "A", "votes")[1] == 10**9

    def test_names_are_told_apart(self) -> None:
        assert check_names(["A", "B"], "parties") == ("A", "B")
        for names, code in (([], "WC501"), (["A", " "], "WC503"), (["A", "B", "A"], "WC503")):
            with pytest.raises(TableError, match=code):
                check_names(names, "parties")
        with pytest.raises(TableError, match="stands in rows 1 and 3"):
            check_names(["A", "B", "A"], "parties")
        assert len(check_names([str(row) for row in range(5000)], "parties")) == 5000
        with pytest.raises(TableError, match="WC515"):
            check_names([str(row) for row in range(5001)], "parties")
        check_length([1, 2], "AB", "weights")
        with pytest.raises(TableError, match="WC514"):
            check_length([1], "AB", "weights")

    def test_seats_have_places(self) -> None:
        table = SeatsTable(("A", "B"), (3, 4), (("x", (1.0, 2.0)), ("y", (5.0, 6.0))))
        assert table.places(("y", "x")).tolist() == [[5.0, 1.0], [6.0, 2.0]]


class TestFewestGroups:
    def durations(self, groups: int) -> Durations:
        random = np.random.default_rng(1)
        return Durations(
            duration=random.exponential(10.0, 40) + 0.1,
            ended=random.random(40) < 0.8,
            covariates=random.normal(size=(40, 1)),
            names=("x",),
            groups=tuple(f"g{row % groups}" for row in range(40)),
        )

    def test_so_many_groups_can_share_something_and_fewer_cannot(self) -> None:
        fit_cox(self.durations(FEWEST_GROUPS), frailty=True)
        with pytest.raises(TableError, match="WC555"):
            fit_cox(self.durations(FEWEST_GROUPS - 1), frailty=True)
