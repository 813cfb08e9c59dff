"""The benchmark model by hand in C++: builds `peer_kernel.cpp` with this machine's compiler and calls it."""

from __future__ import annotations

import ctypes
import hashlib
import os
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from peer import ACTORS, BODIES, DAYS, DIMENSIONS, EVENT, MEASURES, PARAMETERS, SEATS, Peer, Simulated, peer

SOURCE = Path(__file__).with_name("peer_kernel.cpp")
# No reassociation: the exponential rounds by adding and subtracting a large number, which algebra would cancel.
FLAGS = ("-O3", "-march=native", "-fno-math-errno", "-fno-trapping-math", "-std=c++17", "-shared", "-fPIC")
MOST_SEATS, CONFIDANTS, MOST_HELD = 80, 4, 4


class _Peer(ctypes.Structure):
    _fields_ = (
        ("ideal", ctypes.c_float * DIMENSIONS * ACTORS),
        ("loyalty", ctypes.c_float * ACTORS),
        ("confidants", ctypes.c_int32 * CONFIDANTS * ACTORS),
        ("salience", ctypes.c_float * DIMENSIONS),
        ("point", ctypes.c_float * DIMENSIONS),
        ("seats", ctypes.c_int32),
        ("first", ctypes.c_int32 * (BODIES + 1)),
        ("actor", ctypes.c_int32 * MOST_SEATS),
        ("taken", ctypes.c_int32 * MOST_SEATS),
        ("capacity", ctypes.c_int32 * BODIES),
        ("places", ctypes.c_int32 * MOST_HELD * ACTORS),
        *((name, ctypes.c_float) for name in PARAMETERS),
    )


@dataclass(frozen=True)
class Built:
    """The loaded kernel, how long building it took, and the compiler's name."""

    library: Any
    seconds: float
    compiler: str


@cache
def build() -> Built | None:
    """Compile and load the kernel; none where there is no C++ compiler."""
    compiler = os.environ.get("CXX") or shutil.which("g++") or shutil.which("c++")
    if compiler is None:
        return None
    version = subprocess.run([compiler, "--version"], capture_output=True, text=True, check=True).stdout.splitlines()[0]
    key = hashlib.sha256("\n".join([SOURCE.read_text("utf-8"), version, *FLAGS]).encode()).hexdigest()[:16]
    folder = Path(tempfile.mkdtemp(prefix="peer-kernel-"))
    target = folder / f"peer-{key}.so"
    started = time.perf_counter()
    subprocess.run([compiler, *FLAGS, "-o", str(target), str(SOURCE)], check=True)
    seconds = time.perf_counter() - started
    library = ctypes.CDLL(str(target))
    shutil.rmtree(folder)  # the mapping outlives the file
    library.peer_run.restype = ctypes.c_int64
    library.peer_run.argtypes = (
        ctypes.c_void_p,
        ctypes.c_uint64,
        *(ctypes.c_int64,) * 2,
        *(ctypes.c_void_p,) * 2,
        ctypes.c_int64,
    )
    for name in ("peer_size", "peer_event_size"):
        getattr(library, name).restype = ctypes.c_int64
    for name in ("peer_rate_exponential", "peer_rate_stream"):
        getattr(library, name).restype = ctypes.c_float
        getattr(library, name).argtypes = (ctypes.c_int64,)
    if library.peer_size() != ctypes.sizeof(_Peer) or library.peer_event_size() != EVENT.itemsize:
        raise RuntimeError("peer_kernel.cpp and peer_kernel.py disagree on what is passed between them")
    return Built(library, seconds, version)


def _passed(model: Peer) -> _Peer:
    """The model in the form that the kernel reads."""
    given = _Peer()
    actors, bodies, taken = model.seat_actors, model.seat_bodies, model.seat_taken
    held: list[list[int]] = [[] for _ in range(ACTORS)]
    for seat, actor in enumerate(actors):
        held[actor].append(seat)
        given.actor[seat] = actor
        given.taken[seat] = int(taken[seat])
    for i in range(ACTORS):
        given.loyalty[i] = model.loyalty[i]
        for d in range(DIMENSIONS):
            given.ideal[i][d] = model.ideal[i][d]
        for c, confidant in enumerate(model.confidants[i]):
            given.confidants[i][c] = confidant
        for place in range(MOST_HELD):
            given.places[i][place] = held[i][place] if place < len(held[i]) else -1
    for d in range(DIMENSIONS):
        given.salience[d], given.point[d] = model.salience[d], model.point[d]
    given.seats = len(actors)
    for b in range(BODIES + 1):
        given.first[b] = sum(1 for body in bodies if body < b)
    for b in range(BODIES):
        given.capacity[b] = SEATS[b]
    for name, value in model.parameters.items():
        setattr(given, name, value)
    return given


def simulate(runs: int, seed: int = 1, first: int = 0, model: Peer | None = None) -> Simulated:
    """`runs` histories from number `first` on."""
    built = build()
    if built is None:
        raise RuntimeError("no C++ compiler")
    given = _passed(model or peer())
    series = np.empty((DAYS, len(MEASURES), runs), np.float32)
    events = np.empty(runs * 96 + 4096, EVENT)
    written = built.library.peer_run(
        ctypes.byref(given), seed, first, runs, series.ctypes.data, events.ctypes.data, len(events)
    )
    if written == len(events):
        raise RuntimeError("more events than room for them")
    return Simulated(events[:written], series)
