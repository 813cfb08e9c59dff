"""A library built with fast-math, loaded elsewhere in the process, changes no result."""

from __future__ import annotations

import ctypes
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

from whipcount.engine.arithmetic import usual_arithmetic
from whipcount.engine.c.build import CompilationError, Compiler, find_compiler

SMALL = np.float32(1e-39)  # subnormal


def _compiler() -> Compiler | None:
    try:
        return find_compiler()
    except CompilationError:
        return None


pytestmark = [
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="how a library sets the control differs"),
    pytest.mark.skipif(_compiler() is None, reason="no C compiler"),
]

# A mechanism whose numbers are subnormal on the way; both backends before and after the library is loaded, in a process
# of their own.
PROGRAM = """
    import ctypes, sys
    import numpy as np
    from agreement import assert_same
    from random_programs import mechanism, world
    from whipcount.engine import NumpyBackend, build_plan
    from whipcount.engine.c.backend import CompiledBackend
    from whipcount.vocabulary import Measure, Mechanism

    class Tiny(Mechanism):
        id = "second"
        after = ("first",)
        measures = (Measure("tiny"), Measure("tiny_given"))

        def step(self, day):
            small = day.exp(-82.0 - day.uniform("small", "fine"))
            smaller = day.exp(-6.0 - day.uniform("smaller", "fine"))
            day.measure("tiny", day.total(small * smaller) * 1e38)
            day.measure("tiny_given", day.total(day.given("fine.weight") * small * 0.001) * 1e38)

    def flushes():
        return bool((np.full(8, 1e-39, np.float32) * np.float32(0.5) == 0).all())

    plan = build_plan(world(4, [mechanism("first", 9), Tiny]))
    backends = [NumpyBackend(plan), CompiledBackend(plan), CompiledBackend(plan, threads=2)]
    before = [backend.run(3, 0, 70) for backend in backends]
    assert not flushes()
    assert (before[0].series[:, [measure.name.startswith("tiny") for measure in plan.measures]].max(axis=2) > 0).all()
    ctypes.CDLL(sys.argv[1]).hasten()
    assert flushes(), "the library has not set the control"
    for backend, result in zip(backends, before):
        assert_same(result, backend.run(3, 0, 70))
        assert_same(before[0], result)
    fresh = CompiledBackend(plan, groups=3).run(3, 0, 70)
    assert_same(before[0], fresh)
    assert flushes(), "what the process had set is gone"
    print("same")
"""


def hasty_library(folder: Path) -> Path:
    """A library like those that a compiler makes with -ffast-math: it sets the process to flush small numbers."""
    compiler = _compiler()
    assert compiler is not None
    source, library = folder / "hasty.c", folder / "hasty.so"
    source.write_text(
        textwrap.dedent("""
        #if defined(__SSE__)
        #include <immintrin.h>
        void hasten(void) { _mm_setcsr(_mm_getcsr() | 0x8040); }
        #else
        void hasten(void) { __asm__ volatile("msr fpcr, %0" : : "r"(1ul << 24)); }
        #endif
        """)
    )
    subprocess.run([*compiler.command, "-O2", "-shared", "-fPIC", str(source), "-o", str(library)], check=True)
    return library


def test_results_are_the_same(tmp_path: Path) -> None:
    library = hasty_library(tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(PROGRAM), str(library)],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parent,
        check=False,
    )
    assert done.stdout == "same\n", done.stderr


def test_the_control_is_restored(tmp_path: Path) -> None:
    """Inside, subnormal numbers are numbers; outside, all is as the process had set it, also after an error."""
    code = f"""
        import ctypes, sys
        import numpy as np
        from whipcount.engine.arithmetic import usual_arithmetic

        def halved():
            return float(np.full(8, {float(SMALL)!r}, np.float32)[0] * np.float32(0.5))

        ctypes.CDLL(sys.argv[1]).hasten()
        outside = halved()
        try:
            with usual_arithmetic():
                inside = halved()
                raise ZeroDivisionError
        except ZeroDivisionError:
            print(outside, inside > 0, halved())
    """
    command = [sys.executable, "-c", textwrap.dedent(code), str(hasty_library(tmp_path))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout == "0.0 True 0.0\n", done.stderr


def test_without_the_functions_of_c_nothing_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    from whipcount.engine import arithmetic

    def refuse(*_: object) -> ctypes.CDLL:
        raise OSError

    monkeypatch.setattr(ctypes, "CDLL", refuse)
    arithmetic._control.cache_clear()
    with usual_arithmetic():
        assert np.full(2, SMALL)[0] * np.float32(0.5) > 0
    arithmetic._control.cache_clear()
