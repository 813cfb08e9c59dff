"""Every loop over lanes is vector code: the compiler's own report, and the instructions that it wrote."""

from __future__ import annotations

import platform
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from whipcount.engine import Plan, build_plan
from whipcount.engine.c.build import FLAGS, CompilationError, Compiler, find_compiler, program_of
from whipcount.engine.c.code import HERE
from whipcount.scenario import load
from whipcount.world import build_world

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
# What the compiler calls wide registers. Operands of a lane loop are in these and nowhere else.
WIDE = {"x86-64-v4": "zmm", "x86-64-v3": "ymm"}
# Arithmetic on one float at a time; loads, stores and broadcasts of one float are no loops.
SCALAR = re.compile(r"\bv?(?:add|sub|mul|div|sqrt|min|max|comi|ucomi|cmp\w*|round\w*|cvt\w*|fn?m\w+)s[sd]\b")
SCALARISED = re.compile(r"expanded piecewise|expanded in parallel")
# Functions that compute with single numbers: none of them goes over lanes.
ALONE = {
    "where_asked": "weighs, once for a part of a step, whether lanes are brought together",
    "record": "notes one event of one run",
    "whipcount_check": "turns a sample round, lane by lane, once when a library has been compiled",
}


def _compiler() -> Compiler | None:
    try:
        compiler = find_compiler()
    except CompilationError:
        return None
    free = "Free Software Foundation" in compiler.version
    return compiler if free and platform.machine() in ("x86_64", "AMD64") else None


pytestmark = pytest.mark.skipif(_compiler() is None, reason="the report is gcc's, the registers are those of x86-64")


def assembled(name: str, text: str, folder: Path, march: str) -> tuple[str, str]:
    """What the compiler reports of a C file, and the assembly that it writes."""
    compiler = _compiler()
    assert compiler is not None
    (folder / name).write_text(text, encoding="utf-8")
    target = folder / f"{name}.s"
    report = ["-Wvector-operation-performance", f"-march={march}", "-I", str(HERE)]
    command = [*compiler.command, *FLAGS, *report, "-S", str(folder / name), "-o", str(target)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stderr, target.read_text(encoding="utf-8")


def functions(assembly: str) -> dict[str, str]:
    """The body of each function."""
    parts = re.split(r"^(\w[\w.]*):\n", assembly, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def unvectorised(plan: Plan, folder: Path, march: str) -> tuple[list[str], int]:
    """What is not vector code, and the number of functions whose lanes are in wide registers."""
    found: list[str] = []
    wide = 0
    files = program_of(plan).files
    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(lambda name: assembled(name, files[name], folder, march), files))
    for name, (report, assembly) in zip(files, made, strict=True):
        found += [f"{name}: {line}" for line in report.splitlines() if SCALARISED.search(line)]
        for function, body in functions(assembly).items():
            wide += WIDE[march] in body
            if function.partition(".")[0] not in ALONE:
                found += [f"{name}: {function}: {line}" for line in one_by_one(body)]
    return found, wide


def one_by_one(body: str) -> list[str]:
    """Instructions that compute single numbers, but for those whose result goes to all lanes at once."""
    lines = [line.strip() for line in body.splitlines()]
    found = []
    for at, line in enumerate(lines):
        if SCALAR.match(line):
            result = line.rpartition("%")[2]
            if not any(re.match(rf"v?broadcastss\s+%{result},", later) for later in lines[at + 1 :]):
                found.append(line)
    return found


def peer_plan(monkeypatch: pytest.MonkeyPatch) -> Plan:
    """The benchmark model."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    from peer_whipcount import plan

    made: Plan = plan()
    return made


@pytest.mark.parametrize("march", WIDE)
def test_benchmark_model(march: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found, wide = unvectorised(peer_plan(monkeypatch), tmp_path, march)
    assert not found
    assert wide >= 10


@pytest.mark.slow
@pytest.mark.parametrize("march", WIDE)
def test_november_1917(march: str, tmp_path: Path) -> None:
    found, wide = unvectorised(build_plan(build_world(load("november-1917"))), tmp_path, march)
    assert not found
    assert wide >= 100


BRANCHING = """
#include "runtime.h"
void kernel(float *f) {
    for (int e = 0; e < 40; e++)
        for (int lane = 0; lane < LANES; lane++) {
            float x = f[e * LANES + lane];
            if (x > 1.0f) f[(e * 7 + (int)x) % 40 * LANES + lane] += x / 3.0f;
        }
}
"""
TOO_WIDE = """
typedef double D __attribute__((vector_size(256)));
void kernel(D *a, D *b) { *a = *a / *b; }
"""


@pytest.mark.parametrize("march", WIDE)
def test_a_loop_with_branches_is_found(march: str, tmp_path: Path) -> None:
    """The check can fail: a loop over lanes that the compiler turns into branches shows."""
    _, assembly = assembled("branching.c", BRANCHING, tmp_path, march)
    assert one_by_one(functions(assembly)["kernel"])


@pytest.mark.parametrize("march", WIDE)
def test_what_the_compiler_takes_apart_is_found(march: str, tmp_path: Path) -> None:
    report, _ = assembled("wide.c", TOO_WIDE, tmp_path, march)
    assert SCALARISED.search(report)
