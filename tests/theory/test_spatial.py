"""Spatial voting: known yolks, and the geometry against brute force."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whipcount.errors import TableError
from whipcount.theory.directions import pivots_along
from whipcount.theory.medians import core, core_members, pairwise_symmetric, undominated, weighted_median
from whipcount.theory.spatial import spatial
from whipcount.theory.uncovered import majority_relation, uncovered_set
from whipcount.theory.winset import win_set
from whipcount.theory.yolk import yolk

TRIANGLE = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, math.sqrt(3) / 2]])
PENTAGON = np.array([[math.cos(2 * math.pi * k / 5), math.sin(2 * math.pi * k / 5)] for k in range(5)])
SQUARE = np.array([[0.0, 0.0], [1.0, 1.0], [0.0, 1.0], [1.0, 0.0], [0.5, 0.5]])
seeds = st.integers(0, 10_000)


def random_map(seed: int, members: int = 7, dimensions: int = 2) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    return random.random((members, dimensions)), random.integers(1, 9, members)


class TestYolk:
    def test_equilateral_triangle(self) -> None:
        found = yolk(TRIANGLE, [1, 1, 1])
        assert found.radius == pytest.approx(math.sqrt(3) / 6, abs=1e-9)
        assert found.centre == pytest.approx(TRIANGLE.mean(axis=0), abs=1e-9)

    def test_regular_pentagon(self) -> None:
        found = yolk(PENTAGON, [1] * 5)
        assert found.radius == pytest.approx(math.cos(math.radians(72)), abs=1e-9)
        assert found.centre == pytest.approx((0, 0), abs=1e-9)

    @settings(max_examples=15, deadline=None)
    @given(seeds)
    def test_meets_every_median_line_and_is_least(self, seed: int) -> None:
        points, weights = random_map(seed)
        found = yolk(points, weights)
        angles = np.linspace(0, 2 * np.pi, 20_001)
        vectors = np.stack([np.cos(angles), np.sin(angles)], axis=1)
        half = -(-int(weights.sum()) // 2)
        reach = (vectors * points[pivots_along(points, weights, half, vectors)]).sum(axis=1)

        def needed(centre: np.ndarray) -> float:
            return float((reach - vectors @ centre).max())

        centre = np.array(found.centre)
        assert needed(centre) <= found.radius + 1e-7  # the linear program's own feasibility tolerance
        for angle in np.linspace(0, 2 * np.pi, 8, endpoint=False):
            for step in (1e-3, 1e-2):
                moved = centre + step * np.array([np.cos(angle), np.sin(angle)])
                assert needed(moved) >= found.radius - 5e-4

    def test_limiting_lines_do_not_suffice(self) -> None:
        """A yolk from lines through two ideal points alone can be too small (Stone & Tovey 1992): never here."""
        for seed in range(20):
            points, weights = random_map(seed, members=9)
            found = yolk(points, weights)
            radius = 0.0
            for i in range(9):
                for j in range(i):
                    normal = np.array([points[j, 1] - points[i, 1], points[i, 0] - points[j, 0]])
                    normal = normal / np.linalg.norm(normal)
                    side = points @ normal - points[i] @ normal
                    above, below = weights[side > -1e-12].sum(), weights[side < 1e-12].sum()
                    if 2 * min(above, below) >= weights.sum():
                        radius = max(radius, abs((np.array(found.centre) - points[i]) @ normal))
            assert radius <= found.radius + 1e-9

    def test_on_a_line_and_in_one_place(self) -> None:
        assert yolk(np.array([[0.0], [1.0], [4.0]]), [1, 1, 1]).radius == 0
        assert yolk(np.array([[0.0], [4.0]]), [1, 1]) == yolk(np.array([[0.0], [4.0]]), [2, 2])
        assert yolk(np.zeros((3, 2)), [1, 1, 1]).radius == 0
        assert yolk(np.array([[0.0, 0.0], [1.0, 1.0], [3.0, 3.0]]), [1, 1, 1]).radius == pytest.approx(0, abs=1e-9)

    def test_in_space(self) -> None:
        """A regular tetrahedron of unit edge under three votes of four: half the height in every direction suffices."""
        points = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]]) / math.sqrt(8)
        found = yolk(points, [1, 1, 1, 1])
        assert not found.exact
        assert found.centre == pytest.approx((0, 0, 0), abs=0.03)


class TestWinSet:
    @settings(max_examples=20, deadline=None)
    @given(seeds)
    def test_area_and_edge_agree_with_trying_points(self, seed: int) -> None:
        points, weights = random_map(seed)
        random = np.random.default_rng(seed + 1)
        start, quota = random.random(2), int(weights.sum()) // 2 + 1
        found = win_set(start, points, weights, quota)
        tried = random.random((40_000, 2)) * 5 - 2
        nearer = ((tried[:, None] - points) ** 2).sum(axis=2) < ((start - points) ** 2).sum(axis=1)
        share = float((nearer @ weights >= quota).mean())
        assert found.exact
        assert found.size == pytest.approx(25 * share, abs=25 * 5 * math.sqrt(max(share, 1e-4) / 40_000))
        if found.edge:
            x, y = np.array(found.edge).T
            area = abs(float(x @ np.roll(y, 1) - y @ np.roll(x, 1))) / 2
            assert area == pytest.approx(found.size, rel=0.01)

    def test_two_voters_lens(self) -> None:
        """Two unit circles whose centres are one apart meet in a lens of known area."""
        points, start = np.array([[0.0, 0.0], [1.0, 0.0]]), np.array([0.5, math.sqrt(3) / 2])
        lens = 2 * math.pi / 3 - math.sqrt(3) / 2
        assert win_set(start, points, [1, 1], 2).size == pytest.approx(lens, rel=1e-12)

    def test_one_voter_disc(self) -> None:
        assert win_set(np.array([0.0, 2.0]), np.array([[0.0, 0.0]]), [1], 1).size == pytest.approx(4 * math.pi)

    def test_nothing_beats_the_core(self) -> None:
        assert win_set(np.array([0.5, 0.5]), SQUARE, [1] * 5, 3).empty
        assert win_set(np.array([1.0]), np.array([[0.0], [1.0], [5.0]]), [1, 1, 1], 2).empty

    def test_on_a_line(self) -> None:
        found = win_set(np.array([3.0]), np.array([[0.0], [1.0], [5.0]]), [1, 1, 1], 2)
        assert found.edge == ((-1.0,), (3.0,))
        assert found.size == 4

    @settings(max_examples=10, deadline=None)
    @given(seeds)
    def test_saliences(self, seed: int) -> None:
        points, weights = random_map(seed)
        random = np.random.default_rng(seed)
        start, quota = random.random(2), int(weights.sum()) // 2 + 1
        alike, own = np.array([0.4, 1.7]), random.random((7, 2)) + 0.2
        tried = random.random((40_000, 2)) * 9 - 4
        for care in (alike, own):
            rows = np.broadcast_to(care, points.shape)
            nearer = (rows * (tried[:, None] - points) ** 2).sum(axis=2) < (rows * (start - points) ** 2).sum(axis=1)
            share = float((nearer @ weights >= quota).mean())
            tolerance = 81 * 5 * math.sqrt(max(share, 1e-4) / 40_000)
            assert win_set(start, points, weights, quota, care).size == pytest.approx(81 * share, abs=tolerance)

    def test_in_space(self) -> None:
        found = win_set(np.array([1.0, 0.0, 0.0]), np.zeros((1, 3)), [1], 1)
        assert not found.exact
        assert abs(found.size - 4 / 3 * math.pi) < 5 * found.error


class TestCore:
    @settings(max_examples=30, deadline=None)
    @given(seeds, st.booleans())
    def test_core_is_pairwise_symmetry(self, seed: int, symmetric: bool) -> None:
        """With one vote each, an odd number and one member at the point: core if and only if symmetric (Plott 1967)."""
        random = np.random.default_rng(seed)
        arms = random.random((3, 2)) * 2 - 1
        stretch = random.random((3, 1)) + 0.5
        points = np.vstack([[[0.0, 0.0]], arms, -stretch * arms])
        if not symmetric:
            points[1] += np.array([0.11, -0.07])
        centre, ones = np.zeros(2), np.ones(7, dtype=np.int64)
        assert pairwise_symmetric(centre, points, ones) is symmetric
        wins = lambda present: present.sum(axis=-1) >= 4  # noqa: E731
        assert undominated(centre, points, wins) is symmetric
        assert (0 in core_members(points, range(7), wins)) is symmetric
        assert core(points, ones, 4).empty is not symmetric

    @settings(max_examples=30, deadline=None)
    @given(seeds)
    def test_core_and_yolk_agree(self, seed: int) -> None:
        points, weights = random_map(seed, members=5)
        weights[0] += 2 * int(weights.sum() % 2 == 0)
        weights = weights * 2 + np.array([1, 0, 0, 0, 0])  # odd: every direction has one median line
        quota = int(weights.sum()) // 2 + 1
        assert core(points, weights, quota).empty == (yolk(points, weights).radius > 1e-7)

    def test_a_majority_of_one_is_the_core(self) -> None:
        assert core(TRIANGLE, [5, 1, 1], 4).corners == ((0.0, 0.0),)
        assert core_members(TRIANGLE, range(3), lambda present: present @ np.array([5, 1, 1]) >= 4) == (0,)

    def test_unanimity_makes_the_whole_hull_core(self) -> None:
        corners = np.array(core(TRIANGLE, [1, 1, 1], 3).corners)
        assert sorted(map(tuple, np.round(corners, 6))) == sorted(map(tuple, np.round(TRIANGLE, 6)))
        assert core_members(TRIANGLE, range(3), lambda present: present.all(axis=-1)) == (0, 1, 2)

    def test_four_fifths_of_a_pentagon(self) -> None:
        """Under four votes of five the core is the small pentagon between the diagonals."""
        found = core(PENTAGON, [1] * 5, 4)
        assert found.depth == pytest.approx(math.cos(math.radians(72)), abs=1e-9)

    def test_flat_cores(self) -> None:
        row = np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 2.0], [3.0, 3.0]])
        ends = core(row, [1] * 4, 3).corners
        assert np.array(ends) == pytest.approx(np.array([[1.0, 1.0], [2.0, 2.0]]), abs=1e-3)
        assert core(np.zeros((3, 2)), [1, 1, 1], 2).corners == ((0.0, 0.0),)
        assert core(np.array([[0.0], [1.0], [4.0]]), [1, 1, 1], 2).corners == ((1.0,),)


class TestUncovered:
    @settings(max_examples=10, deadline=None)
    @given(seeds)
    def test_against_the_definition(self, seed: int) -> None:
        points, weights = random_map(seed, members=5)
        quota = int(weights.sum()) // 2 + 1
        found = {tuple(np.round(point, 9)) for point in uncovered_set(points, weights, quota, per_axis=7).points}
        low, high = points.min(axis=0), points.max(axis=0)
        axes = [np.linspace(a, b, 7) for a, b in zip(low, high, strict=True)]
        grid = np.array([[x, y] for x in axes[0] for y in axes[1]])
        beats = majority_relation(grid, points, weights, quota)
        for place, point in enumerate(grid):
            covered = any(
                beats[other, place] and not (beats[:, other] & ~beats[:, place]).any() for other in range(len(grid))
            )
            assert (tuple(np.round(point, 9)) in found) is not covered

    def test_lies_near_the_yolk(self) -> None:
        """Nothing further than four yolk radii from its centre is uncovered (McKelvey 1986)."""
        for seed in range(5):
            points, weights = random_map(seed, members=11)
            ball = yolk(points, weights)
            found = uncovered_set(points, weights, int(weights.sum()) // 2 + 1)
            away = np.linalg.norm(np.array(found.points) - np.array(ball.centre), axis=1)
            assert away.max() <= 4 * ball.radius + max(found.cell)

    def test_a_median_covers_all_others(self) -> None:
        found = uncovered_set(np.array([[0.0], [1.0], [4.0]]), [1, 1, 1], 2)
        assert found.points == ((1.0,),)


class TestMedians:
    @pytest.mark.parametrize(
        ("place", "weights", "median"),
        [
            ([0, 1, 2], [1, 1, 1], (1, 1)),
            ([0, 1, 2, 3], [1, 1, 1, 1], (1, 2)),
            ([0, 1, 1, 3], [1, 1, 1, 1], (1, 1)),
            ([0, 1, 2], [5, 0, 5], (0, 2)),
            ([2, 0, 1], [5, 1, 1], (2, 2)),
            ([7], [3], (7, 7)),
        ],
    )
    def test_weighted_median(self, place: list[float], weights: list[int], median: tuple[float, float]) -> None:
        assert weighted_median(np.array(place, dtype=float), weights) == median


class TestSolver:
    def test_everything_at_once(self) -> None:
        result = spatial(TRIANGLE, [1, 1, 1], ["A", "B", "C"], ["x", "y"], status_quo=[0.5, 0.1], per_axis=9)
        assert result.core is not None
        assert result.core.empty
        assert result.yolk is not None
        assert result.median_members == ((2,), (0, 1))
        assert "The core is empty" in result.words()
        assert "Ядро пусто" in result.words("ru")
        assert result.record()["yolk"]["radius"] == pytest.approx(math.sqrt(3) / 6)

    def test_saliences_alike_stretch_the_map(self) -> None:
        """Weighing a dimension four times is the same as writing it twice as long."""
        one = spatial(TRIANGLE, [1, 1, 1], "ABC", "xy", salience=np.array([4.0, 1.0]), per_axis=9)
        other = spatial(TRIANGLE * np.array([2.0, 1.0]), [1, 1, 1], "ABC", "xy", per_axis=9)
        assert one.yolk is not None
        assert other.yolk is not None
        assert one.yolk.radius == pytest.approx(other.yolk.radius)
        assert one.yolk.centre[0] * 2 == pytest.approx(other.yolk.centre[0])
        assert one.win_set.size * 2 == pytest.approx(other.win_set.size)
        assert len(one.uncovered.points) == len(other.uncovered.points)

    def test_saliences_of_each_leave_out_what_they_have_no_meaning_for(self) -> None:
        result = spatial(TRIANGLE, [1, 1, 1], "ABC", "xy", salience=np.ones((3, 2)) * [[1, 2]], per_axis=9)
        assert result.core is None
        assert result.yolk is None

    def test_all_in_one_place(self) -> None:
        result = spatial(np.ones((4, 2)), [3, 2, 1, 1], "ABCD", "xy", per_axis=5)
        assert result.core is not None
        assert result.core.corners == ((1.0, 1.0),)
        assert result.win_set.empty
        assert result.yolk is not None
        assert result.yolk.radius == 0

    def test_three_dimensions(self) -> None:
        points, weights = random_map(3, members=9, dimensions=3)
        result = spatial(points, weights.tolist(), [str(row) for row in range(9)], "xyz", per_axis=5)
        assert result.core is None
        assert result.yolk is not None
        assert not result.yolk.exact
        assert result.win_set.size > 0

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"points": TRIANGLE[:2]}, "WC509"),
            ({"points": np.full((3, 2), np.nan)}, "WC509"),
            ({"weights": [1, 1]}, "WC514"),
            ({"weights": [1, -1, 1]}, "WC505"),
            ({"quota": 9}, "WC508"),
            ({"names": ["A", "A", "C"]}, "WC503"),
            ({"status_quo": [1.0]}, "WC514"),
            ({"salience": np.array([1.0, 0.0])}, "WC512"),
            ({"salience": np.array([1.0, 1.0, 1.0])}, "WC514"),
        ],
    )
    def test_bad_maps(self, change: dict[str, object], code: str) -> None:
        given: dict[str, object] = {"points": TRIANGLE, "weights": [1, 1, 1], "names": "ABC", "dimensions": "xy"}
        with pytest.raises(TableError, match=code):
            spatial(**(given | change))  # type: ignore[arg-type]
