"""Columns of numbers as Arrow tables, taken as they lie in memory.

Arrow's own conversion asks pandas first, wherever that is installed: half a second and 40 MB in each worker.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa


def column(values: npt.NDArray[Any], missing: npt.NDArray[np.bool_] | None = None) -> pa.Array:
    """A column of numbers; what is missing is null."""
    flat = np.ascontiguousarray(values)
    if flat.base is not None:
        flat = flat.copy()  # a part of an array would keep the whole of it in memory
    kind = pa.from_numpy_dtype(flat.dtype)
    if missing is None or not missing.any():
        return pa.Array.from_buffers(kind, len(flat), [None, pa.py_buffer(flat)])
    present = np.packbits(~missing, bitorder="little")
    return pa.Array.from_buffers(kind, len(flat), [pa.py_buffer(present), pa.py_buffer(flat)], int(missing.sum()))


def table(columns: Mapping[str, npt.NDArray[Any] | pa.Array | pa.ChunkedArray]) -> pa.Table:
    """A table of columns by name."""
    arrays = [column(values) if isinstance(values, np.ndarray) else values for values in columns.values()]
    return pa.Table.from_arrays(arrays, names=list(columns))


def numbers(values: pa.ChunkedArray) -> npt.NDArray[Any]:
    """A column of numbers without nulls as an array."""
    parts = [
        np.frombuffer(part.buffers()[1], part.type.to_pandas_dtype(), len(part), part.offset * part.type.bit_width // 8)
        for part in values.chunks
        if len(part)
    ]
    if len(parts) == 1:
        return parts[0]
    return np.concatenate(parts) if parts else np.zeros(0, values.type.to_pandas_dtype())


def texts(values: Sequence[str]) -> pa.Array:
    """A column of texts."""
    encoded = [value.encode() for value in values]
    ends = np.cumsum([0, *(len(one) for one in encoded)], dtype=np.int32)
    return pa.Array.from_buffers(pa.string(), len(encoded), [None, pa.py_buffer(ends), pa.py_buffer(b"".join(encoded))])


def named(indices: npt.NDArray[Any], labels: Sequence[str], nobody: int) -> pa.Array:
    """Indices as names; `nobody` is missing."""
    positions = column(np.asarray(indices, dtype=np.int32), np.asarray(indices) == nobody)
    return pa.DictionaryArray.from_arrays(positions, texts(labels))
