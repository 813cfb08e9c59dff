"""Numbers that come out the same on every machine and in both backends.

float32 throughout. exp, log and cos are polynomials with fixed coefficients in a fixed order of operations (the
coefficients are those of the Cephes library, Moshier 1992); only + - * / and sqrt are the processor's own. Sums over
entities are taken in entity order. The counter hash is SplitMix64's finaliser (Steele, Lea & Flood 2014) over a
key and an odd increment of each run's own.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Masks = NDArray[np.bool_]
Words = NDArray[np.uint64]

F = np.float32
EXP_LOW, EXP_HIGH = F(-87.0), F(88.0)
LOG2E = F(1.44269504088896341)
LN2_HIGH, LN2_LOW = F(0.693359375), F(-2.12194440e-4)
MAGIC = F(12582912.0)  # 1.5 * 2^23: adding and taking it away rounds to the nearest whole number
EXP_POLYNOMIAL = tuple(
    map(F, (1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1))
)
LOG_POLYNOMIAL = tuple(
    map(
        F,
        (
            7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1,
            -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
        ),
    )
)  # fmt: skip
SMALLEST = F(1.17549435e-38)
ZERO = F(0.0)  # x + 0 is x, but for -0, which becomes +0
SQRT_HALF = F(0.707106781186547524)
# sin(2 pi t) for |t| <= 1/4 as an odd polynomial in t (Taylor terms, degree 13)
SIN_POLYNOMIAL = tuple(
    map(F, (3.8199525848, -15.0946425768, 42.0586939449, -76.7058597531, 81.6052492761, -41.3417022404, 6.2831853072))
)


def exp(x: Floats) -> Floats:
    """exp(x), x kept within [-87, 88]; relative error below 2e-7."""
    x = np.minimum(np.maximum(x, EXP_LOW), EXP_HIGH)
    n = x * LOG2E
    n += MAGIC
    n -= MAGIC
    r = x - n * LN2_HIGH
    r -= n * LN2_LOW
    p = r * EXP_POLYNOMIAL[0]
    for coefficient in EXP_POLYNOMIAL[1:-1]:
        p += coefficient
        p *= r
    p += EXP_POLYNOMIAL[-1]
    p *= r
    p *= r
    p += r
    p += F(1.0)
    bits = n.astype(np.int32)
    bits += np.int32(127)
    bits <<= np.int32(23)
    p *= bits.view(np.float32)
    return p


def log(x: Floats) -> Floats:
    """log(x), x at least the smallest normal number (NaN too); absolute error below 2e-7 near 1, else relative."""
    x = np.fmax(x, SMALLEST)
    bits = x.view(np.int32)
    e = ((bits >> np.int32(23)) - np.int32(126)).astype(np.float32)
    m = ((bits & np.int32(0x007FFFFF)) | np.int32(0x3F000000)).view(np.float32)
    small = m < SQRT_HALF
    e = np.where(small, e - F(1.0), e)
    m = np.where(small, m + m, m) - F(1.0)
    z = m * m
    p = m * LOG_POLYNOMIAL[0]
    for coefficient in LOG_POLYNOMIAL[1:-1]:
        p += coefficient
        p *= m
    p += LOG_POLYNOMIAL[-1]
    p *= m
    p *= z
    p += e * LN2_LOW
    p -= z * F(0.5)
    p += m
    p += e * LN2_HIGH
    return p


def cos2pi(u: Floats) -> Floats:
    """cos(2 pi u) for u in [0, 1)."""
    n = u + MAGIC
    n -= MAGIC
    t = F(0.25) - np.abs(u - n)
    z = t * t
    p = z * SIN_POLYNOMIAL[0]
    for coefficient in SIN_POLYNOMIAL[1:-1]:
        p += coefficient
        p *= z
    p += SIN_POLYNOMIAL[-1]
    p *= t
    return p


def rint(x: Floats) -> Floats:
    """To the nearest whole number (ties to even), for |x| below 2^22."""
    n = x + MAGIC
    n -= MAGIC
    return n


def sqrt(x: Floats) -> Floats:
    """Square root; of negative numbers, zero."""
    return np.sqrt(maximum(x, ZERO))


def maximum(x: Floats, y: Floats | np.float32, out: Floats | None = None) -> Floats:
    """The larger of two, NaN if either is; of two zeros +0, while NumPy's choice depends on the machine."""
    found: Floats = np.maximum(x, y, out=out)
    found += ZERO
    return found


def minimum(x: Floats, y: Floats | np.float32, out: Floats | None = None) -> Floats:
    """The smaller of two, as `maximum`."""
    found: Floats = np.minimum(x, y, out=out)
    found += ZERO
    return found


MOST_HEADS = 240  # members counted one by one; the weights of more would leave the range of numbers
FIRST_WEIGHT = F(1e-35)
LAST_UNIT = F(1.0) - F(2.0**-24)


def beta_binomial(u: Floats, members: Floats, a: Floats, b: Floats) -> Floats:
    """How many of `members` (whole, at most 240) do what each does with a probability drawn from a beta(a, b).

    The lower the uniform number `u` in [0, 1), the more members: the inverse of the distribution function, summed from
    the likelier end by the recursion of its terms (Skellam 1948).
    """
    u, members, a, b = np.broadcast_arrays(u, members, a, b)
    shape = members.shape
    members = rint(np.minimum(np.maximum(members, ZERO), F(MOST_HEADS))).ravel()
    few = members <= F(1.0)
    found = np.empty(members.shape, np.float32)
    for chosen in (few, ~few):  # most seats are one person's, and soon counted
        if chosen.any():
            parts = (x.ravel()[chosen] for x in (u, a, b))
            found[chosen] = _beta_binomial(next(parts), members[chosen], next(parts), next(parts))
    return found.reshape(shape)


def _beta_binomial(u: Floats, members: Floats, a: Floats, b: Floats) -> Floats:
    turned = a < b
    likely, unlikely = np.where(turned, b, a), np.where(turned, a, b)
    counted = members[~np.isnan(members)]
    rounds = int(counted.max()) if counted.size else 0

    def following(weight: Floats, away: np.float32) -> Floats:
        ratio = (members - away) * (unlikely + away)
        ratio = ratio / ((likely + (members - F(1.0) - away)) * (away + F(1.0)))
        return np.where(away < members, weight * ratio, ZERO)

    total = np.zeros(members.shape, np.float32)
    weight = np.full(members.shape, FIRST_WEIGHT, np.float32)
    for away in range(rounds + 1):
        total = total + weight
        weight = following(weight, F(away))
    target = np.where(turned, LAST_UNIT - u, u) * total
    away_in_all, below = np.zeros(members.shape, np.float32), np.zeros(members.shape, np.float32)
    weight = np.full(members.shape, FIRST_WEIGHT, np.float32)
    more = np.ones(members.shape, np.bool_)
    for away in range(rounds):
        below = below + weight
        more = more & ~(target < below) & (F(away) < members)
        away_in_all = away_in_all + more.astype(np.float32)
        weight = following(weight, F(away))
    return np.asarray(np.where(turned, away_in_all, members - away_in_all), np.float32)


# -- sums in entity order --------------------------------------------------------------------------------------------


def row_sum(x: Floats) -> Floats:
    """Sum over the rows, one row after the other from +0 (NumPy alone would sum a single column pairwise)."""
    if x.shape[1] == 1:
        total = np.cumsum(x[:, 0], dtype=np.float32)
        return total[-1:].reshape(1, 1) + ZERO if total.size else np.zeros((1, 1), np.float32)
    return np.asarray(np.add.reduce(x, axis=0, dtype=np.float32, keepdims=True) + ZERO, np.float32)


class Grouping:
    """Sums over groups of rows, in row order: which rows belong to which group."""

    def __init__(self, group_of: NDArray[np.int64], groups: int) -> None:
        members = [np.flatnonzero(group_of == group) for group in range(groups)]
        self.groups = groups
        self.longest = max((len(rows) for rows in members), default=0)
        self.slices: list[Any] = [_as_slice(rows) for rows in members]
        self.padded = np.full((max(self.longest, 1), groups), len(group_of), dtype=np.intp)
        for group, rows in enumerate(members):
            self.padded[: len(rows), group] = rows

    def sum(self, x: Floats) -> Floats:
        """Sum of each group's rows; 0 for an empty group."""
        if self.longest <= 3 or self.longest < self.groups:
            return self._by_position(x)
        out = np.zeros((self.groups, x.shape[1]), np.float32)
        for group, rows in enumerate(self.slices):
            if rows is not None:
                out[group] = row_sum(x[rows])[0]
        return out

    def _by_position(self, x: Floats) -> Floats:
        extended = np.concatenate((x, np.zeros((1, x.shape[1]), np.float32)))
        out: Floats = extended[self.padded[0]]
        for rows in self.padded[1:]:
            out += extended[rows]
        out += ZERO
        return out

    def any(self, x: Masks) -> Masks:
        """Whether any row of each group is true."""
        out = np.zeros((self.groups, x.shape[1]), np.bool_)
        for group, rows in enumerate(self.slices):
            if rows is not None:
                np.logical_or.reduce(x[rows], axis=0, out=out[group])
        return out

    def best(self, x: Floats, among: Masks) -> Masks:
        """One-hot within each group: the largest value among the rows of the mask, the first of equals."""
        x, among = np.broadcast_arrays(x, among)
        out = np.zeros(among.shape, np.bool_)
        columns = np.arange(among.shape[1])
        for rows in self.slices:
            if rows is None:
                continue
            allowed = among[rows]
            winner = np.where(allowed, x[rows], F(-np.inf)).argmax(axis=0)
            part = np.zeros(allowed.shape, np.bool_)
            part[winner, columns] = allowed[winner, columns]
            out[rows] = part
        return out


def _as_slice(rows: NDArray[np.intp]) -> Any:
    if len(rows) == 0:
        return None
    if rows[-1] - rows[0] + 1 == len(rows):
        return slice(int(rows[0]), int(rows[-1]) + 1)
    return rows


# -- random streams --------------------------------------------------------------------------------------------------

_C1, _C2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_S30, _S27, _S31, _S40 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(40)
_TO_UNIT = F(2.0**-24)
CLASSES = 16  # into which draws fall by their stream and moment, as good as at random
_CLASS = np.uint64(60)


def mix(z: Words) -> Words:
    """SplitMix64's finaliser: every bit of the input moves every bit of the output."""
    z = z ^ (z >> _S30)
    z *= _C1
    z ^= z >> _S27
    z *= _C2
    z ^= z >> _S31
    return z


def run_keys(seed: int, runs: NDArray[np.int64]) -> tuple[Words, Words]:
    """Each run's key and odd increment, from the seed and the run's number in two levels."""
    start = mix(np.array([seed & 0xFFFFFFFFFFFFFFFF], np.uint64) + _GOLDEN)
    key = mix(start + (runs.astype(np.uint64) + np.uint64(1)) * _GOLDEN)
    increment = mix(key ^ np.uint64(0xD1B54A32D192ED03)) | np.uint64(1)
    return key, increment


def check_chances(chances: NDArray[np.int64], runs: int) -> NDArray[np.int64]:
    """Numbers of runs by class of draws and run; a ValueError if they are shaped otherwise."""
    if chances.shape != (CLASSES, runs):
        raise ValueError(f"chances are shaped {chances.shape}, not {(CLASSES, runs)}")
    return np.ascontiguousarray(chances, np.int64)


def stream_keys(stream: str, entities: tuple[str, ...]) -> Words:
    """One word for each entity of a stream, from names: adding an actor leaves the others' draws alone."""
    words = [hashlib.blake2b(f"{stream}\0{entity}".encode(), digest_size=8).digest() for entity in entities]
    return np.frombuffer(b"".join(words), dtype="<u8").astype(np.uint64).reshape(-1, 1)


def uniform_at(streams: Words, moment: int | Floats, key: Words, increment: Words) -> Floats:
    """Numbers in [0, 1) on 24 bits, shaped (entities, runs); `moment` is the step, or an epoch by entity and run.

    key, increment: by run, or (CLASSES, runs) where draws of a run are of several keys.
    """
    if isinstance(moment, int):
        counter = mix(streams + np.uint64(moment * int(_GOLDEN) & 0xFFFFFFFFFFFFFFFF))
    else:
        counter = mix(streams + moment.astype(np.int64).view(np.uint64) * _GOLDEN + _C2)
    if key.ndim > 1:
        of, column = (counter >> _CLASS).astype(np.intp), np.arange(key.shape[1])
        key, increment = key[of, column], increment[of, column]
    return unit_interval(mix(counter * increment + key))


def unit_interval(z: Words) -> Floats:
    """Words as numbers in [0, 1) on 24 bits."""
    u = (z >> _S40).astype(np.float32)
    u *= _TO_UNIT
    return u
