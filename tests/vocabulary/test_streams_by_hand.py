"""Random streams in plain whole numbers, against published ones; sums, choices and counts of groups in loops."""

from __future__ import annotations

import hashlib
from fractions import Fraction

import numpy as np
import pytest
from scipy import stats

from whipcount.vocabulary import numerics

WORD = 2**64
GOLDEN = 0x9E3779B97F4A7C15


def finaliser(z: int) -> int:
    """SplitMix64's, as it was published (Steele, Lea & Flood 2014, variant 13 of Stafford)."""
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 % WORD
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB % WORD
    return z ^ (z >> 31)


def test_words_are_splitmix64s() -> None:
    """The published sequence of the seed 1234567: the finaliser of the seed and so many golden increments."""
    known = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821]
    seeds = np.array([(1234567 + (step + 1) * GOLDEN) % WORD for step in range(5)], dtype=np.uint64)
    assert numerics.mix(seeds).tolist() == known
    assert [finaliser(int(seed)) for seed in seeds] == known


@pytest.mark.parametrize("seed", [0, 7, -3, 2**70 + 5])
def test_keys_of_runs(seed: int) -> None:
    key, increment = numerics.run_keys(seed, np.array([0, 1, 1000]))
    start = finaliser((seed % WORD + GOLDEN) % WORD)
    for run, one, step in zip((0, 1, 1000), key.tolist(), increment.tolist(), strict=True):
        assert one == finaliser((start + (run + 1) * GOLDEN) % WORD)
        assert step == finaliser(one ^ 0xD1B54A32D192ED03) | 1


def test_a_draw_is_of_stream_moment_and_run() -> None:
    key, increment = numerics.run_keys(5, np.arange(4))
    streams = numerics.stream_keys("a/b", ("x", "y"))
    for row, name in enumerate(("x", "y")):
        word = hashlib.blake2b(f"a/b\0{name}".encode(), digest_size=8).digest()
        assert int(streams[row, 0]) == int.from_bytes(word, "little")
    for moment in (0, 3, -1000, 10**6):
        found = numerics.uniform_at(streams, moment, key, increment)
        other = numerics.uniform_at(streams, np.full((2, 4), moment, np.float32), key, increment)
        for row in range(2):
            step = (int(streams[row, 0]) + moment * GOLDEN) % WORD
            epoch = (step + 0x94D049BB133111EB) % WORD
            for run in range(4):
                for counter, told in ((step, found), (epoch, other)):
                    word = finaliser((finaliser(counter) * int(increment[run]) + int(key[run])) % WORD)
                    assert Fraction(float(told[row, run])) == Fraction(word >> 40, 2**24)


def test_draws_of_a_run_may_be_of_several_keys() -> None:
    """By the highest four bits of what tells stream and moment; one key for all is no other than one alone."""
    key, increment = numerics.run_keys(5, np.arange(16 * 3))
    streams = numerics.stream_keys("s", tuple(map(str, range(40))))
    many = numerics.uniform_at(streams, 2, key.reshape(16, 3), increment.reshape(16, 3))
    classes = set()
    for row in range(40):
        of = finaliser((int(streams[row, 0]) + 2 * GOLDEN) % WORD) >> 60
        classes.add(of)
        alone = numerics.uniform_at(streams[row : row + 1], 2, key.reshape(16, 3)[of], increment.reshape(16, 3)[of])
        assert many[row].tolist() == alone[0].tolist()
    assert len(classes) > 10
    assert numerics.check_chances(np.zeros((16, 3), dtype=np.int64), 3).shape == (16, 3)
    for shape in ((15, 3), (16, 2)):
        with pytest.raises(ValueError, match="chances are shaped"):
            numerics.check_chances(np.zeros(shape, dtype=np.int64), 3)


def test_zeros_have_no_sign_and_what_is_no_number_stays_so() -> None:
    minus, plus = np.array([-0.0], np.float32), np.array([0.0], np.float32)
    for a, b in ((minus, plus), (plus, minus), (minus, minus)):
        for found in (numerics.maximum(a, b), numerics.minimum(a, b)):
            assert not np.signbit(found[0])
    x, y = np.array([1, 5, np.nan, -2], np.float32), np.array([3, 2, 1, np.nan], np.float32)
    np.testing.assert_array_equal(numerics.maximum(x, y), np.maximum(x, y))
    np.testing.assert_array_equal(numerics.minimum(x, y), np.minimum(x, y))
    halves = np.array([0.5, 1.5, 2.5, -0.5, -1.5, 3.2, -3.7], np.float32)
    np.testing.assert_array_equal(numerics.rint(halves), np.rint(halves))
    assert not np.signbit(numerics.row_sum(np.array([[-0.0], [-0.0]], np.float32)))[0, 0]
    assert numerics.row_sum(np.zeros((0, 1), np.float32)).tolist() == [[0.0]]


def test_exp_keeps_to_what_can_be_written() -> None:
    ends = np.array([-87.0, -200.0, 88.0, 200.0, 0.0], np.float32)
    found = numerics.exp(ends)
    assert found[0] == found[1] == pytest.approx(np.exp(-87.0), rel=1e-6)
    assert found[2] == found[3] == pytest.approx(np.exp(88.0), rel=1e-6)
    assert found[4] == 1.0
    assert numerics.log(np.array([1.0], np.float32))[0] == 0.0
    tiny = np.float32(1.17549435e-38)
    assert numerics.log(np.array([0.0, np.nan, 1e-45], np.float32)) == pytest.approx([np.log(tiny)] * 3, rel=1e-6)


class TestGroups:
    @pytest.mark.parametrize(("rows", "groups"), [(12, 2), (12, 5), (3, 7), (40, 3)])
    def test_sums_any_and_best_in_loops(self, rows: int, groups: int) -> None:
        random = np.random.default_rng(rows * groups)
        of = random.integers(-1, groups, rows)
        values = random.integers(-5, 5, (rows, 6)).astype(np.float32)
        among = random.random((rows, 6)) < 0.6
        grouping = numerics.Grouping(of, groups)
        assert grouping.longest == max(np.bincount(of[of >= 0], minlength=groups))
        sums, some, best = grouping.sum(values), grouping.any(among), grouping.best(values, among)
        for column in range(6):
            for group in range(groups):
                here = [row for row in range(rows) if of[row] == group]
                assert sums[group, column] == sum(values[row, column] for row in here)
                assert some[group, column] == any(among[row, column] for row in here)
                allowed = [row for row in here if among[row, column]]
                top = max(allowed, key=lambda row: (values[row, column], -row)) if allowed else None
                assert [row for row in here if best[row, column]] == ([] if top is None else [top])
        assert not best[of < 0].any()

    def test_rows_that_lie_together_are_a_slice(self) -> None:
        grouping = numerics.Grouping(np.array([1, 1, 0, 2, 0]), 4)
        assert grouping.slices[1] == slice(0, 2)
        assert grouping.slices[2] == slice(3, 4)
        assert grouping.slices[0].tolist() == [2, 4]
        assert grouping.slices[3] is None


def test_heads_at_the_ends() -> None:
    """Nobody of none; of one, as often as the mean; at most two hundred and forty are counted."""
    u = np.linspace(0, 1, 1001, endpoint=False).astype(np.float32)
    two = np.float32(2.0)
    assert (numerics.beta_binomial(u, np.float32(0), two, two) == 0).all()
    assert (numerics.beta_binomial(u, np.float32(-3), two, two) == 0).all()
    one = numerics.beta_binomial(u, np.float32(1), np.float32(3.0), np.float32(1.0))
    assert one.mean() == pytest.approx(0.75, abs=2e-3)
    assert (np.diff(one) <= 0).all()  # the lower the number, the more
    most = numerics.beta_binomial(u, np.float32(500), two, two)
    assert most.max() == 240
    assert most.tolist() == numerics.beta_binomial(u, np.float32(240), two, two).tolist()
    mixed = numerics.beta_binomial(np.float32(0.3), np.array([0.0, 1.0, 9.0, 1.0], np.float32), two, np.float32(5.0))
    alone = [numerics.beta_binomial(np.array([0.3], np.float32), np.float32(n), two, np.float32(5.0))[0]
             for n in (0, 1, 9, 1)]  # fmt: skip
    assert mixed.tolist() == alone
    assert alone[2] == 9 - stats.betabinom(9, 5.0, 2.0).ppf(0.3)
