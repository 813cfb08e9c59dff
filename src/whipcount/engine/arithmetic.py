"""The processor's floating-point control while runs are simulated: IEEE 754's own, whatever the process has set.

Loading any library that was built with `-ffast-math` can make a process round numbers below 1e-38 to zero from then on.
Results would then depend on what else a program has imported.
"""

from __future__ import annotations

import ctypes
import functools
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

ROOM = 512  # bytes; more than any platform's fenv_t


@functools.cache
def _control() -> tuple[Callable[[object], int], Callable[[object], int], ctypes.c_void_p] | None:
    """C's functions that get and set the control, and the address that stands for the default one."""
    try:
        library = ctypes.CDLL(None)
        if sys.platform == "darwin":
            default = ctypes.c_void_p(ctypes.addressof(ctypes.c_char.in_dll(library, "_FE_DFL_ENV")))
        elif sys.platform.startswith("linux"):
            default = ctypes.c_void_p(-1)
        else:
            return None
        return library.fegetenv, library.fesetenv, default
    except (OSError, TypeError, AttributeError, ValueError):
        return None


@contextmanager
def usual_arithmetic() -> Iterator[None]:
    """Compute as IEEE 754 says in this thread and in those that it starts; afterwards all is as it was before."""
    control = _control()
    if control is None:
        yield
        return
    get, put, default = control
    before = ctypes.create_string_buffer(ROOM)
    get(before)
    put(default)
    try:
        yield
    finally:
        put(before)


__all__ = ["usual_arithmetic"]
