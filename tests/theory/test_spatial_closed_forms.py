"""Spatial voting in closed form: win sets as discs, lenses, balls; yolks as inradii; cores by limits; invariances."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest

from whipcount.theory.directions import critical_angles, merge, pivot_sectors, pivots_along, unit
from whipcount.theory.medians import core, core_members, pairwise_symmetric, undominated, weighted_median
from whipcount.theory.spatial import spatial
from whipcount.theory.uncovered import majority_relation, uncovered_set
from whipcount.theory.winset import accepted_reach, win_set
from whipcount.theory.yolk import yolk

ANGLE = 0.7
TURN = np.array([[math.cos(ANGLE), -math.sin(ANGLE)], [math.sin(ANGLE), math.cos(ANGLE)]])


def five(seed: int, dimensions: int = 2) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    return random.random((5, dimensions)), random.integers(1, 6, 5)


class TestWinSets:
    @pytest.mark.parametrize("dimensions", [3, 4, 5])
    def test_one_voter_wins_a_ball(self, dimensions: int) -> None:
        ideal = np.linspace(0.5, 1.0, dimensions)
        found = win_set(np.zeros(dimensions), ideal[None], [1], 1)
        radius = float(np.linalg.norm(ideal))
        volume = math.pi ** (dimensions / 2) / math.gamma(dimensions / 2 + 1) * radius**dimensions
        assert found.size == pytest.approx(volume, abs=4 * found.error)
        # the volume of one ray is ball * (2 r cos)^d ahead and 0 behind: its variance over all directions
        half = [0.5 * math.gamma(dimensions / 2) * math.gamma((power + 1) / 2) / math.sqrt(math.pi)
                / math.gamma((power + dimensions) / 2) for power in (dimensions, 2 * dimensions)]  # fmt: skip
        ball = math.pi ** (dimensions / 2) / math.gamma(dimensions / 2 + 1)
        mean, square = (ball**n * (2 * radius) ** (n * dimensions) * one for n, one in zip((1, 2), half, strict=True))
        assert mean == pytest.approx(volume)
        assert found.error == pytest.approx(math.sqrt((square - mean**2) / 50_000), rel=0.05)
        assert not found.exact
        assert found.edge == ()

    def test_saliences_make_ellipsoids(self) -> None:
        """One voter: an ellipsoid about the ideal point through the status quo."""
        ideal, care = np.array([0.4, -0.3, 0.5]), np.array([1.0, 2.0, 0.5])
        loss = float(care @ ideal**2)
        volume = 4 / 3 * math.pi * loss**1.5 / math.sqrt(float(care.prod()))
        for given in (care, np.array([care])):
            found = win_set(np.zeros(3), ideal[None], [1], 1, given)
            assert found.size == pytest.approx(volume, abs=4 * found.error)
        flat, care = np.array([0.4, -0.3]), np.array([1.0, 3.0])
        area = math.pi * float(care @ flat**2) / math.sqrt(3.0)
        exact, numeric = (win_set(np.zeros(2), flat[None], [1], 1, given) for given in (care, care[None]))
        assert exact.size == pytest.approx(area, rel=1e-12)
        assert numeric.size == pytest.approx(area, rel=1e-5)
        assert (exact.exact, numeric.exact) == (True, False)
        for told in (exact, numeric):
            edge = np.array(told.edge)
            assert ((edge - flat) ** 2 @ care).max() == pytest.approx(float(care @ flat**2), rel=1e-6)
            x, y = edge.T
            assert abs(float(x @ np.roll(y, 1) - y @ np.roll(x, 1))) / 2 == pytest.approx(area, rel=0.002)
        assert len(exact.edge) >= 90

    def test_a_minority_of_circles_is_no_win_set(self) -> None:
        """Of three discs through the status quo two must agree: sums of pairwise lenses less twice the common part."""
        points, start = np.array([[1.0, 0.0], [0.3, 0.9], [-0.2, 0.5]]), np.zeros(2)

        def lens(rows: tuple[int, ...]) -> float:
            return win_set(start, points[list(rows)], [1] * len(rows), len(rows)).size

        pairs = sum(lens(pair) for pair in combinations(range(3), 2))
        assert win_set(start, points, [1, 1, 1], 2).size == pytest.approx(pairs - 2 * lens((0, 1, 2)))
        either = sum(lens((row,)) for row in range(3)) - pairs + lens((0, 1, 2))
        assert win_set(start, points, [1, 1, 1], 1).size == pytest.approx(either)

    @pytest.mark.parametrize("dimensions", [1, 2, 3])
    def test_moved_turned_and_stretched(self, dimensions: int) -> None:
        for seed in range(4):
            points, weights = five(seed, dimensions)
            start, quota = np.full(dimensions, 0.2), int(weights.sum()) // 2 + 1
            plain = win_set(start, points, weights, quota)
            moved = win_set(start * 3 + 5, points * 3 + 5, weights, quota)
            assert moved.size == pytest.approx(plain.size * 3**dimensions, rel=1e-6)
            assert win_set(start, points, weights * 2, 2 * quota).size == pytest.approx(plain.size)
            if dimensions == 2:
                turned = win_set(TURN @ start, points @ TURN.T, weights, quota)
                assert turned.size == pytest.approx(plain.size)
            more = win_set(start, points, weights, quota + 1)
            assert more.size <= plain.size + 1e-12

    def test_on_a_line_both_ways(self) -> None:
        line = np.array([[0.0], [2.0], [5.0]])
        for start, edge in ((1.0, ((1.0,), (3.0,))), (4.0, ((0.0,), (4.0,)))):
            found = win_set(np.array([start]), line, [1, 1, 1], 2)
            assert found.edge == edge
            assert found.size == edge[1][0] - edge[0][0]
            assert found.exact
        # one of three suffices: both sides are won
        assert win_set(np.array([2.0]), line, [1, 1, 1], 1).edge == ((-2.0,), (8.0,))
        assert win_set(np.array([2.0]), line, [1, 1, 1], 2).edge == ()

    def test_the_reach_of_a_quota(self) -> None:
        vectors = np.array([[1.0], [-1.0]])
        gaps, care = np.array([[3.0], [1.0], [-2.0]]), np.ones((3, 1))
        for needed, reach in ((1, [6.0, 4.0]), (2, [2.0, -2.0]), (3, [-4.0, -6.0]), (4, [-1.0, -1.0])):
            assert accepted_reach(vectors, gaps, care, np.ones(3, dtype=np.int64), needed) == pytest.approx(reach)


class TestYolks:
    def test_three_votes_meet_the_incircle(self) -> None:
        """With three members of one vote the median lines are the sides: the yolk is the inscribed circle."""
        for seed in range(6):
            corners = np.random.default_rng(seed).random((3, 2)) * 10
            sides = [float(np.linalg.norm(corners[(row + 1) % 3] - corners[(row + 2) % 3])) for row in range(3)]
            area = abs(float(np.linalg.det(np.column_stack([corners, np.ones(3)])))) / 2
            found = yolk(corners, [1, 1, 1])
            assert found.radius == pytest.approx(2 * area / sum(sides), abs=1e-6)
            assert found.centre == pytest.approx(np.array(sides) @ corners / sum(sides), abs=1e-6)
            assert found.exact

    def test_a_square_and_two_points(self) -> None:
        """Of four corners half lies on each side of every line through two opposite ones."""
        square = np.array([[0.0, 0.0], [2.0, 0.0], [2.0, 2.0], [0.0, 2.0]])
        found = yolk(square, [1, 1, 1, 1])
        # a band of median lines: its outer ones are the sides
        assert found.centre == pytest.approx((1.0, 1.0), abs=1e-6)
        assert found.radius == pytest.approx(1.0, abs=1e-6)
        assert yolk(np.array([[0.0, 0.0], [4.0, 0.0]]), [1, 1]).radius == pytest.approx(2.0, abs=1e-6)
        assert yolk(np.array([[1.0], [5.0]]), [1, 1]).centre == (3.0,)
        assert yolk(np.array([[1.0], [5.0]]), [1, 1]).radius == 2.0
        assert yolk(np.array([[1.0], [5.0], [9.0]]), [1, 0, 1]).centre == (5.0,)
        assert yolk(np.array([[1.0, 2.0, 3.0]]), [1]) == yolk(np.array([[1.0, 2.0, 3.0]] * 2), [1, 1])

    @pytest.mark.parametrize("size", [1e-6, 1.0, 1e6])
    def test_moved_turned_and_stretched(self, size: float) -> None:
        for seed in range(4):
            points, weights = np.random.default_rng(seed).random((7, 2)), np.random.default_rng(seed).integers(1, 9, 7)
            plain, moved = yolk(points, weights), yolk((points @ TURN.T + [3.0, -2.0]) * size, weights)
            assert moved.radius / size == pytest.approx(plain.radius, abs=2e-6)
            centre = (TURN @ np.array(plain.centre) + [3.0, -2.0]) * size
            assert np.array(moved.centre) / size == pytest.approx(centre / size, abs=1e-4)

    def test_in_space(self) -> None:
        """Four members of one vote: median planes go through three or lie between pairs, the insphere's at least."""
        points = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]], dtype=float)
        found = yolk(points, [1, 1, 1, 1])
        # the outermost planes with half on a side pass through two points: a plane with an edge, facing away, at 1
        assert found.radius == pytest.approx(1.0, abs=0.002)
        assert not found.exact
        for seed in range(2):
            cloud = np.random.default_rng(seed).normal(size=(5, 3))
            told = yolk(cloud, [1] * 5)
            vectors = np.random.default_rng(9).normal(size=(20_000, 3))
            vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
            ahead = np.sort(vectors @ cloud.T, axis=1)[:, 2] - vectors @ np.array(told.centre)
            assert ahead.max() <= told.radius + 0.003
        assert yolk(cloud * 100 + 7, [1] * 5).radius == pytest.approx(100 * told.radius, rel=1e-3)


class TestCores:
    def test_four_of_five_keep_the_inner_pentagon(self) -> None:
        """Its corners are where diagonals cross: smaller by the golden ratio squared, and turned by half a step."""
        outer = np.array([[math.cos(2 * math.pi * k / 5), math.sin(2 * math.pi * k / 5)] for k in range(5)])
        found = np.array(core(outer, [1] * 5, 4).corners)
        golden = (1 + math.sqrt(5)) / 2
        assert len(found) == 5
        assert np.linalg.norm(found, axis=1) == pytest.approx(np.full(5, golden**-2), abs=1e-6)
        turned = np.sort(np.mod(np.degrees(np.arctan2(found[:, 1], found[:, 0])), 72))
        assert turned == pytest.approx(np.full(5, 36.0), abs=1e-3)

    def test_unanimity_keeps_the_hull_and_one_vote_nothing(self) -> None:
        points = np.array([[0.0, 0.0], [3.0, 0.0], [3.0, 4.0], [1.0, 1.0]])
        found = core(points, [1] * 4, 4)
        assert {tuple(np.round(corner, 6)) for corner in found.corners} == {(0.0, 0.0), (3.0, 0.0), (3.0, 4.0)}
        assert found.depth == pytest.approx(1.0)  # the incircle of a triangle of sides 3, 4, 5
        assert not found.empty
        alone = core(points, [1] * 4, 1)
        assert alone.empty
        assert alone.depth < 0

    def test_on_a_line(self) -> None:
        line = np.array([[0.0], [1.0], [4.0], [6.0]])
        for quota, corners, depth in (
            (4, ((0.0,), (6.0,)), 3.0),
            (3, ((1.0,), (4.0,)), 1.5),
            (2, (), -1.5),
            (1, (), -3.0),
        ):
            found = core(line, [1] * 4, quota)
            assert found.corners == corners
            assert found.depth == depth

    def test_flat_cores_in_a_plane(self) -> None:
        """On one row of points the core is that of the line, wherever the row lies and however long it is."""
        for size in (1e-3, 1.0, 1e4):
            row = (np.array([0.0, 1.0, 4.0, 6.0])[:, None] * [0.6, 0.8] + [2.0, -1.0]) * size
            ends = np.array(core(row, [1] * 4, 3).corners) / size
            assert ends == pytest.approx(np.array([[2.6, -0.2], [4.4, 2.2]]), abs=1e-3)
            middle = np.array(core(row[[0, 1, 2]], [1] * 3, 2).corners) / size
            assert middle == pytest.approx(np.array([[2.6, -0.2]]), abs=1e-5)
            assert core(row, [1] * 4, 2).empty

    @pytest.mark.parametrize("dimensions", [1, 2, 3])
    def test_undominated_is_what_nobody_can_move(self, dimensions: int) -> None:
        """Against many random directions; the centre of a symmetric cloud cannot be moved, any other member can."""
        random = np.random.default_rng(1)
        arms = random.normal(size=(3, dimensions))
        points = np.vstack([np.zeros((1, dimensions)), arms, -arms * [[0.5], [2.0], [1.0]]]) * 30 + 4

        def wins(present: np.ndarray) -> np.ndarray:
            return np.asarray(present.sum(axis=-1) >= 4)

        assert undominated(points[0], points, wins)
        assert core_members(points, range(7), wins) == (0,)
        assert not undominated(points[0] + 1e-3, points, wins)
        assert pairwise_symmetric(points[0], points, [1] * 7)
        if dimensions > 1:
            assert not pairwise_symmetric(points[0] + 1e-3, points, [1] * 7)

    def test_symmetry_weighs_both_sides_of_every_line(self) -> None:
        """The weight on one ray may be of several members, near and far; whoever has none counts for nothing."""
        here = np.zeros(2)
        points = np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0], [-5.0, -5.0], [0.0, 3.0], [0.0, -0.1], [7.0, 1.0]])
        assert pairwise_symmetric(here, points, [9, 2, 3, 5, 4, 4, 0])
        for weights in ([9, 2, 3, 6, 4, 4, 0], [9, 2, 3, 5, 4, 3, 0], [9, 2, 3, 5, 4, 4, 1], [9, 5, 0, 4, 4, 4, 0],
                        [9, 1, 6, 5, 4, 4, 0]):  # fmt: skip
            assert not pairwise_symmetric(here, points, weights)
        assert pairwise_symmetric(here, points * 1e-6, [9, 2, 3, 5, 4, 4, 0])
        assert pairwise_symmetric(here, points[:1], [1])

    def test_weighted_medians_by_counting(self) -> None:
        """An end of the median has at most half the weight strictly on either side."""
        random = np.random.default_rng(2)
        for _ in range(60):
            place, weights = random.integers(0, 6, 6).astype(float), random.integers(0, 4, 6)
            weights[0] += 1
            low, high = weighted_median(place, weights)
            total = int(weights.sum())
            held = [x for x in np.unique(place[weights > 0])
                    if 2 * weights[place < x].sum() <= total and 2 * weights[place > x].sum() <= total]  # fmt: skip
            assert (low, high) == (held[0], held[-1])


class TestDirections:
    def test_members_in_one_place_are_merged(self) -> None:
        points = np.array([[3.0, 1.0], [1.0, 2.0], [3.0, 1.0 + 1e-12], [1.0, 2.5]]) * 100
        found = merge(points, [5, 1, 2, 4])
        for row, place in enumerate(found.place):
            assert found.points[place] == pytest.approx(points[row])
        assert sorted(found.weights.tolist()) == [1, 4, 7]
        assert len(merge(np.zeros((3, 2)), [1, 1, 1]).points) == 1
        assert len(merge(np.array([[0.0, 0.0], [1e-7, 0.0], [1.0, 0.0]]), [1, 1, 1]).points) == 3

    def test_two_points_lie_level_across_the_line_through_them(self) -> None:
        points = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 2.0], [0.0, 0.0]])
        edges = critical_angles(points)
        assert edges[-1] == pytest.approx(edges[0] + 2 * math.pi)
        told = np.degrees(edges[:-1])
        across = math.degrees(math.atan2(1, 2))  # of the line from (1, 0) to (0, 2)
        assert told == pytest.approx(sorted([0, 90, 180, 270, across, across + 180]), abs=1e-9)
        assert critical_angles(points[[0, 3]]).tolist() == [0.0, 2 * math.pi]

    def test_sectors_have_the_pivot_of_every_direction_in_them(self) -> None:
        points, weights = five(3)
        quota = int(weights.sum()) // 2 + 1
        sectors = pivot_sectors(points, weights, quota)
        assert sectors.widths.sum() == pytest.approx(2 * math.pi)
        for start, end, pivot in zip(sectors.edges[:-1], sectors.edges[1:], sectors.pivot, strict=True):
            for part in (0.01, 0.5, 0.99):
                vector = unit(np.array(start + part * (end - start)))
                joined = 0
                for row in np.argsort(-(points @ vector)):
                    joined += weights[row]
                    if joined >= quota:
                        break
                assert row == pivot

    def test_many_directions_are_asked_in_parts(self) -> None:
        points, weights = np.random.default_rng(4).random((3000, 2)), np.ones(3000, dtype=np.int64)
        vectors = unit(np.linspace(0, 6, 2700))
        whole = pivots_along(points, weights, 1501, vectors)
        for row in (0, 1332, 1333, 1334, 2699):
            assert whole[row] == pivots_along(points, weights, 1501, vectors[row : row + 1])[0]


class TestUncovered:
    def test_the_grid_spans_the_ideal_points(self) -> None:
        points, weights = np.array([[0.0, 5.0], [2.0, 5.0], [1.0, 9.0]]), [1, 1, 1]
        found = uncovered_set(points, weights, 2, per_axis=5)
        assert found.cell == pytest.approx((0.5, 1.0))
        kept = np.array(found.points)
        assert found.share == pytest.approx(len(kept) / 25)
        assert np.allclose(np.mod(kept / [0.5, 1.0], 1), 0)
        row = uncovered_set(points[:2], [1, 1], 2, per_axis=5)
        assert row.cell == (0.5, 0.0)
        assert len(row.points) == round(row.share * 5)
        # by default as many as can be compared: fewer along each dimension, the more there are
        for dimensions, number in ((1, 401), (2, 45), (3, 13), (5, 4)):
            wide = np.vstack([np.zeros(dimensions), np.ones(dimensions)])
            assert uncovered_set(wide, [1, 0], 1).cell == pytest.approx((1 / (number - 1),) * dimensions)

    def test_beating_is_strict_and_counts_saliences(self) -> None:
        options, points = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]), np.array([[0.5, 0.0], [2.0, 2.0], [0.0, 0.0]])
        weights = np.array([1, 2, 4])
        for care in (None, np.array([1.0, 3.0]), np.array([[1.0, 1.0], [1.0, 3.0], [2.0, 0.5]])):
            rows = np.ones((3, 2)) if care is None else np.broadcast_to(care, (3, 2))
            for quota in range(1, 8):
                found = majority_relation(options, points, weights, quota, care)
                for a in range(3):
                    for b in range(3):
                        votes = sum(
                            int(weights[row])
                            for row in range(3)
                            if rows[row] @ (options[a] - points[row]) ** 2
                            < rows[row] @ (options[b] - points[row]) ** 2 - 1e-9
                        )
                        assert found[a, b] == (votes >= quota)

    def test_everything_is_uncovered_where_nothing_wins(self) -> None:
        points = np.array([[0.0, 0.0], [2.0, 1.0]])
        assert uncovered_set(points, [1, 1], 3, per_axis=4).share == 1.0


class TestResult:
    def test_what_is_told_is_what_was_asked(self) -> None:
        points, weights = five(5)
        named = {"points": points, "weights": weights.tolist(), "names": "ABCDE", "dimensions": "xy", "per_axis": 5}
        plain = spatial(**named)  # type: ignore[arg-type]
        assert plain.salience is None
        assert plain.quota == int(weights.sum()) // 2 + 1
        assert plain.status_quo == plain.centre
        for axis in range(2):
            low, high = weighted_median(points[:, axis], weights)
            assert plain.medians[axis] == (low, high)
            assert plain.centre[axis] == pytest.approx((low + high) / 2)
            rows = [row for row in range(5) if points[row, axis] in (low, high)]
            assert plain.median_members[axis] == tuple(rows)
        alike = spatial(**named, salience=np.array([2.0, 0.5]))  # type: ignore[arg-type]
        assert alike.salience == ((2.0, 0.5),)
        own = spatial(**named, salience=np.full((5, 2), 1.5))  # type: ignore[arg-type]
        assert own.salience == ((1.5, 1.5),) * 5
        # caring alike about everything, in whatever unit, changes nothing
        assert own.win_set.size == pytest.approx(plain.win_set.size, rel=1e-3)
        assert own.uncovered.points == plain.uncovered.points
        rows = {row["what"]: row for row in plain.tables()[0].records()}
        assert rows["yolk"]["size"] == plain.yolk.radius  # type: ignore[union-attr]
        assert rows["win set"]["size"] == plain.win_set.size
        assert (rows["median"]["x"], rows["median"]["y"]) == plain.centre
        assert rows["uncovered"]["x"] == pytest.approx(np.mean([x for x, _ in plain.uncovered.points]))
        members = plain.tables()[1].records()
        assert [row["name"] for row in members if row["median_x"]] == ["ABCDE"[row] for row in plain.median_members[0]]
        assert plain.uncovered.share == 0.12
        assert "12% of the map is uncovered" in plain.words()

    def test_a_stretched_map_has_a_stretched_core(self) -> None:
        corners = np.array([[0.0, 0.0], [3.0, 0.0], [3.0, 4.0]])
        found = spatial(corners, [1, 1, 1], "ABC", "xy", quota=3, salience=np.array([4.0, 9.0]), per_axis=3)
        assert found.core is not None
        assert {tuple(np.round(one, 6)) for one in found.core.corners} == {(0.0, 0.0), (3.0, 0.0), (3.0, 4.0)}
        sides = (6.0, 12.0, math.hypot(6, 12))
        assert found.core.depth == pytest.approx(6 * 12 / sum(sides))
        assert found.core_members == (0, 1, 2)
        assert "in it: A, B and C" in found.words()
