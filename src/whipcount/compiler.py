"""The C compiler of this machine: how it is found and called, where libraries are kept, and kernels built with it.

The engine compiles each plan to a library of its own; a solver of `theory/` whose loops are too slow in NumPy keeps
them in a C file beside it, a kernel, which is compiled once for this machine. Whoever asks for a kernel can do without
it, in NumPy, on machines without a compiler.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import hashlib
import os
import platform
import shlex
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from whipcount.errors import RunError
from whipcount.session import current, phase
from whipcount.store import why_untrusted, write_whole
from whipcount.text import say

CANDIDATES = ("cc", "gcc", "clang")
MOST_SECONDS = 300.0  # after which a compiler is taken to hang
KERNEL_FLAGS = ("-std=gnu11", "-O3", "-fPIC", "-shared", "-fno-math-errno", "-fno-trapping-math", "-march=native")


class CompilationError(Exception):
    """Why there is no compiled library, in words for the reader."""


@dataclass(frozen=True)
class Compiler:
    """A C compiler: how it is called and what it says of itself."""

    command: tuple[str, ...]
    version: str


def find_compiler() -> Compiler:
    """The compiler that `CC` names, else the first of cc, gcc and clang."""
    named = os.environ.get("CC", "").strip()
    tried = [named] if named else list(CANDIDATES)
    for text in tried:
        command = tuple(shlex.split(text))
        if not command or shutil.which(command[0]) is None:
            continue
        return Compiler(command, _version(command))
    raise CompilationError(f"no C compiler was found ({', '.join(tried)})")


@functools.lru_cache(maxsize=8)
def _version(command: tuple[str, ...]) -> str:
    try:
        done = subprocess.run([*command, "--version"], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.SubprocessError) as error:
        raise CompilationError(f"the C compiler {command[0]} cannot be run ({error})") from None
    if done.returncode:
        raise CompilationError(f"the C compiler {command[0]} fails to tell its version (exit code {done.returncode})")
    return done.stdout


@functools.cache
def processor() -> str:
    """The processor's name and abilities: code compiled for one may not run on another."""
    with contextlib.suppress(OSError):
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
        wanted = ("model name", "flags", "Features", "CPU part")
        return "\n".join(sorted({line for line in text.splitlines() if line.startswith(wanted)}))
    return f"{platform.machine()} {platform.processor()}"


def cache_folder() -> Path:
    """Where libraries are kept: `WHIPCOUNT_CACHE`, else the platform's folder for caches."""
    named = os.environ.get("WHIPCOUNT_CACHE")
    if named:
        return Path(named)
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "whipcount"
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", str(Path.home()))) / "whipcount" / "cache"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "whipcount"


def call_compiler(command: list[str]) -> None:
    """Run the compiler to its end. Raises CompilationError with the first error that it tells."""
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=MOST_SECONDS, check=False, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise CompilationError(f"the C compiler {command[0]} cannot be run ({error})") from None
    if done.returncode:
        said = next((line for line in done.stderr.splitlines() if "error" in line.lower()), done.stderr.strip()[:200])
        raise CompilationError(f"the C compiler {command[0]} failed (exit code {done.returncode}): {said}".rstrip(": "))


def kernel(source: Path) -> ctypes.CDLL | None:
    """The library of a C file, compiled now or kept from before; None where NumPy is to be used.

    That is where there is no compiler, none that works, or the session asks for NumPy.
    """
    return None if current().backend == "numpy" else _kernel(source)


@functools.cache
def _kernel(source: Path) -> ctypes.CDLL | None:
    try:
        compiler = find_compiler()
        content = source.read_bytes()
        parts = (content, compiler.command, compiler.version, KERNEL_FLAGS, processor())
        key = hashlib.sha256(repr(parts).encode()).hexdigest()[:24]
        return _kept(key) or _built(source, compiler, key)
    except (CompilationError, OSError, RunError):
        return None


def _kept(key: str) -> ctypes.CDLL | None:
    """A kernel of the cache, if nobody else may have written it and it is what its name says."""
    folder = cache_folder()
    for path in folder.glob(f"kernel-{key}-*.so"):
        if why_untrusted(folder) or why_untrusted(path):
            continue
        if hashlib.sha256(path.read_bytes()).hexdigest()[:24] == path.stem.rpartition("-")[2]:
            with contextlib.suppress(OSError):
                return ctypes.CDLL(str(path))
    return None


def _built(source: Path, compiler: Compiler, key: str) -> ctypes.CDLL:
    """Compile a kernel and load it: from the cache where it can be kept there, else for this time only."""
    with tempfile.TemporaryDirectory(prefix="whipcount-", ignore_cleanup_errors=True) as work:
        if doubt := why_untrusted(Path(work)):
            raise CompilationError(doubt)
        made = Path(work) / "kernel.so"
        with phase(say("compiling")):
            flags = [*KERNEL_FLAGS, *compiler.command[1:]]
            call_compiler([compiler.command[0], *flags, str(source), "-o", str(made), "-lm"])
        content = made.read_bytes()
        folder = cache_folder()
        with contextlib.suppress(OSError, RunError):
            folder.mkdir(0o700, parents=True, exist_ok=True)
            digest = hashlib.sha256(content).hexdigest()[:24]
            write_whole(folder / f"kernel-{key}-{digest}.so", content, private=True)
            if (library := _kept(key)) is not None:
                return library
        return ctypes.CDLL(str(made))


__all__ = [
    "CompilationError",
    "Compiler",
    "cache_folder",
    "call_compiler",
    "find_compiler",
    "kernel",
    "processor",
]
