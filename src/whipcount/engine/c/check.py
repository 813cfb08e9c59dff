"""Whether a compiled library computes as NumPy does: a sample of every function of the vocabulary's numerics."""

from __future__ import annotations

import ctypes

import numpy as np
from numpy.typing import NDArray

from whipcount.vocabulary import numerics

from ..arithmetic import usual_arithmetic

SAMPLE = 2048  # a multiple of 32
FUNCTIONS = 8


@usual_arithmetic()
def arithmetic_agrees(library: ctypes.CDLL) -> bool:
    """Compare bits; NaN is NaN whatever its sign."""
    x = _sample()
    found = np.zeros((FUNCTIONS, SAMPLE), np.float32)
    key, increment = numerics.run_keys(1, np.arange(32))
    counter = numerics.mix(np.arange(1, dtype=np.uint64))
    library.whipcount_check.argtypes = [ctypes.c_int64, *[ctypes.c_void_p] * 3, ctypes.c_uint64, ctypes.c_void_p]
    library.whipcount_check.restype = None
    addresses = (x.ctypes.data, key.ctypes.data, increment.ctypes.data)
    library.whipcount_check(SAMPLE, *addresses, int(counter[0]), found.ctypes.data)
    with np.errstate(all="ignore"):
        expected = _expected(x, counter, key, increment)
    right = (found.view(np.uint32) == expected.view(np.uint32)) | (np.isnan(found) & np.isnan(expected))
    return bool(right.all())


def _sample() -> NDArray[np.float32]:
    odd = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1.0, -1.0, 0.5, 1e-38, 1e38, 88.0, -87.0], np.float32)
    rng = np.random.default_rng(20)
    scale = np.exp2(rng.integers(-30, 30, SAMPLE - len(odd)))
    return np.concatenate((odd, (rng.standard_normal(SAMPLE - len(odd)) * scale).astype(np.float32)))


def _expected(
    x: NDArray[np.float32], counter: NDArray[np.uint64], key: NDArray[np.uint64], increment: NDArray[np.uint64]
) -> NDArray[np.float32]:
    row = x.reshape(1, -1)
    unit = np.abs(row) - np.floor(np.abs(row))
    turned = row[:, ::-1]
    drawn = np.resize(numerics.unit_interval(numerics.mix(counter * increment + key)), (1, len(x)))
    return np.concatenate(
        (
            numerics.exp(row),
            numerics.log(row),
            numerics.cos2pi(unit),
            numerics.sqrt(row),
            numerics.maximum(row, turned),
            row * turned + row / turned,
            drawn,
            numerics.beta_binomial(unit, np.floor(np.minimum(np.abs(row), 60)), np.abs(turned), np.abs(row)),
        )
    ).astype(np.float32)


__all__ = ["arithmetic_agrees"]
