"""From C text to a loaded library: compiler, cache, checks.

A library is kept under a key of the program, the code generator, the compiler, its flags and the processor. Files are
written under a name of their own and then renamed, and no file that may be loaded is ever written to, so any number of
processes can build and load at once. What is loaded has first been compared with its checksum, and is asked to compute
a sample as NumPy does.
"""

from __future__ import annotations

import ctypes
import functools
import hashlib
import os
import shutil
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import numpy as np

from whipcount.compiler import CompilationError, Compiler, cache_folder, call_compiler, find_compiler, processor
from whipcount.errors import RunError
from whipcount.session import phase
from whipcount.store import DamagedError, why_untrusted
from whipcount.text import say

from ..plan import Plan
from .cache import BUILDING, cached, keep, prune
from .check import arithmetic_agrees
from .code import HERE, CProgram, Shape, generate

FLAGS = (
    "-std=gnu11", "-O2", "-fPIC", "-fvisibility=hidden", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math",
    "-fno-strict-aliasing", "-Wno-psabi",
)  # fmt: skip
NATIVE = ("-march=native",)
PORTABLE: tuple[str, ...] = ()


@dataclass(frozen=True)
class Library:
    """A loaded library: its functions, where they expect what, and how it came to be."""

    run: Callable[..., int]
    columns: Callable[..., None]
    free: Callable[..., None]
    shape: Shape
    notes: tuple[str, ...] = ()
    seconds: float = 0.0  # spent compiling; 0 if it came from the cache


@functools.cache
def _generator() -> str:
    """A fingerprint of the code that writes the C text, and of its fixed parts."""
    digest = hashlib.sha256()
    for path in (*sorted(HERE.glob("*.*")), HERE.parent / "analysis.py"):
        if path.suffix in (".py", ".c", ".h"):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def key_of(plan: Plan, compiler: Compiler, flags: tuple[str, ...]) -> str:
    """The key of a plan's library. The C text follows from what goes into it, and need not be written to know it."""
    digest = hashlib.sha256()
    sizes = {axis: len(ids) for axis, ids in plan.world.structure.axes.items()}
    for part in (
        plan.digest,
        sizes,
        sorted(_alike(plan).items()),
        _generator(),
        compiler.command,
        compiler.version,
        flags,
        processor(),
    ):
        digest.update(repr(part).encode())
    for pair, table in sorted(plan.world.maps.items()):
        digest.update(repr(pair).encode() + table.astype("<i8").tobytes())
    return digest.hexdigest()[:32]


def program_of(plan: Plan) -> CProgram:
    """The C text of a plan."""
    world = plan.world
    return generate(
        plan.program, {axis: len(ids) for axis, ids in world.structure.axes.items()}, world.maps, _alike(plan)
    )


def _alike(plan: Plan) -> dict[str, bool]:
    """The given masks that hold for everybody or for nobody, in every run."""
    found = {name: values for name, values in plan.world.static.items() if values.dtype == np.bool_ and values.size}
    return {name: bool(values.flat[0]) for name, values in found.items() if (values == values.flat[0]).all()}


# -- building --------------------------------------------------------------------------------------------------------

_loaded: dict[str, Library] = {}
_lock = threading.Lock()


def is_cached(plan: Plan, flags: tuple[str, ...] = NATIVE) -> bool:
    """Whether a plan's library need not be compiled."""
    try:
        key = key_of(plan, find_compiler(), flags)
    except CompilationError:
        return False
    folder = cache_folder()
    return key in _loaded or ((folder / f"{key}.json").is_file() and not why_untrusted(folder))


def build(plan: Plan, flags: tuple[str, ...] = NATIVE) -> Library:
    """The library of a plan: loaded before, from the cache, or compiled now. Raises CompilationError."""
    compiler = find_compiler()
    key = key_of(plan, compiler, flags)
    with _lock:
        if key not in _loaded:
            _loaded[key] = _from_cache_or_compiled(plan, compiler, flags, key)
        return _loaded[key]


def _from_cache_or_compiled(plan: Plan, compiler: Compiler, flags: tuple[str, ...], key: str) -> Library:
    folder, notes, started = cache_folder(), list[str](), perf_counter()
    try:
        found = _cached(folder, key)
        if found is not None:
            return found
        folder.mkdir(0o700, parents=True, exist_ok=True)
        doubt = why_untrusted(folder)
    except DamagedError as damage:
        notes.append(f"the cached library in {folder} {damage}; it is compiled anew")
        doubt = ""
    except OSError as error:
        doubt = _cannot(error)
    program = program_of(plan)
    if not doubt:
        try:
            return _told(_kept(program, compiler, flags, key), tuple(notes), perf_counter() - started)
        except OSError as error:
            doubt = _cannot(error)
        except RunError as error:
            doubt = error.problems[0].message
        except DamagedError as damage:
            doubt = f"what is kept there {damage}"
    notes.append(f"the cache folder {folder} is not used: {doubt}; compiled for this time only")
    return _for_once(program, compiler, flags, tuple(notes), started)


def _cannot(error: OSError) -> str:
    return f"it cannot be written ({error.strerror or error})"


def _kept(program: CProgram, compiler: Compiler, flags: tuple[str, ...], key: str) -> Library:
    """Compile into the cache and load from there."""
    folder = cache_folder()
    work = Path(tempfile.mkdtemp(prefix=BUILDING, dir=folder))
    try:
        made = _compiled(program, compiler, flags, work)
        keep(folder, key, made, program.shape)
        found = _cached(folder, key)
        if found is None:
            raise DamagedError("is gone")
    finally:
        shutil.rmtree(work, ignore_errors=True)
    prune(folder)
    return found


def _cached(folder: Path, key: str) -> Library | None:
    """A library of the cache that nobody else may have written, compared with its checksum and asked for a sample."""
    found = None if folder.is_dir() and why_untrusted(folder) else cached(folder, key)
    if found is None:
        return None
    try:
        return _load(*found)
    except (OSError, AttributeError, ValueError, CompilationError) as error:
        raise DamagedError(f"cannot be loaded ({error})") from None


def _told(library: Library, notes: tuple[str, ...], seconds: float) -> Library:
    return Library(library.run, library.columns, library.free, library.shape, notes, seconds)


def _for_once(
    program: CProgram, compiler: Compiler, flags: tuple[str, ...], notes: tuple[str, ...], started: float
) -> Library:
    """Compile into a temporary folder that is gone once the library is loaded."""
    try:
        with tempfile.TemporaryDirectory(prefix="whipcount-", ignore_cleanup_errors=True) as folder:
            doubt = why_untrusted(Path(folder))
            if doubt:
                raise CompilationError("; ".join((*notes, f"nor is there another safe place: {doubt}")))
            made = _compiled(program, compiler, flags, Path(folder))
            return _told(_load(made, program.shape), notes, perf_counter() - started)
    except OSError as error:
        raise CompilationError("; ".join((*notes, f"nor can a temporary folder ({error.strerror or error})"))) from None


def _compiled(program: CProgram, compiler: Compiler, flags: tuple[str, ...], work: Path) -> Path:
    """Compile the files side by side and link them; the library has computed a sample rightly."""
    for name, text in program.files.items():
        (work / name).write_text(text, encoding="utf-8")
    commands = [
        [
            compiler.command[0],
            *FLAGS,
            *flags,
            *compiler.command[1:],
            "-I",
            str(HERE),
            "-c",
            str(work / name),
            "-o",
            str(work / f"{name}.o"),
        ]
        for name in program.files
    ]  # what `CC` says beside the compiler's name comes last, and so has the last word: CC="gcc -O1"
    with phase(say("compiling")):
        with ThreadPoolExecutor(max_workers=max(1, min(len(commands), os.cpu_count() or 1))) as pool:
            list(pool.map(call_compiler, commands))
        made = work / "library.so"
        call_compiler([*compiler.command, *flags, "-shared", "-o", str(made), *(command[-1] for command in commands)])
    if not arithmetic_agrees(_open(made)):
        raise CompilationError(f"the C compiler {compiler.command[0]} computes other numbers than IEEE arithmetic")
    return made


# -- loading --------------------------------------------------------------------------------------------------------


def _open(path: Path) -> ctypes.CDLL:
    try:
        return ctypes.CDLL(str(path))
    except OSError as error:
        raise CompilationError(f"what the C compiler made cannot be loaded ({error})") from None


def _load(path: Path, shape: Shape) -> Library:
    """Load a library that says it was made for these places, and computes a sample as NumPy does."""
    library = ctypes.CDLL(str(path))
    attested = (ctypes.c_char * len(shape.digest)).in_dll(library, "whipcount_shape").value.decode("ascii", "replace")
    if attested != shape.digest:
        raise CompilationError("it was made for other places in memory")
    if not arithmetic_agrees(library):
        raise CompilationError("it computes other numbers than IEEE arithmetic")
    run, columns, free = library.whipcount_run, library.whipcount_columns, library.whipcount_free
    run.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
    columns.argtypes = [ctypes.c_void_p, ctypes.c_int64, *[ctypes.c_void_p] * 6]
    columns.restype = None
    free.argtypes = [ctypes.c_void_p]
    free.restype = None
    return Library(run, columns, free, shape)


__all__ = [
    "NATIVE",
    "PORTABLE",
    "CompilationError",
    "Compiler",
    "Library",
    "build",
    "cache_folder",
    "find_compiler",
    "is_cached",
]
