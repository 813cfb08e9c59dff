"""From C text to a loaded library: compiler, cache, checks.

A library is kept under a key of the program, the code generator, the compiler, its flags and the processor. Files are
written under a name of their own and then renamed, and no file that may be loaded is ever written to, so any number of
processes can build and load at once. What is loaded has first been compared with its checksum; what has just been
compiled is first asked to compute a sample as NumPy does.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import hashlib
import json
import os
import platform
import shlex
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from whipcount.session import phase
from whipcount.text import say

from ..plan import Plan
from .check import arithmetic_agrees
from .code import HERE, CProgram, Shape, generate

FLAGS = (
    "-std=gnu11", "-O2", "-fPIC", "-fvisibility=hidden", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math",
    "-fno-strict-aliasing", "-Wno-psabi",
)  # fmt: skip
NATIVE = ("-march=native",)
PORTABLE: tuple[str, ...] = ()
CANDIDATES = ("cc", "gcc", "clang")
MOST_SECONDS = 300.0  # after which a compiler is taken to hang
KEPT = 40  # libraries in the cache


class CompilationError(Exception):
    """Why there is no compiled library, in words for the reader."""


@dataclass(frozen=True)
class Compiler:
    """A C compiler: how it is called and what it says of itself."""

    command: tuple[str, ...]
    version: str


@dataclass(frozen=True)
class Library:
    """A loaded library: its functions, where they expect what, and how it came to be."""

    run: Callable[..., int]
    columns: Callable[..., None]
    free: Callable[..., None]
    shape: Shape
    notes: tuple[str, ...] = ()
    seconds: float = 0.0  # spent compiling; 0 if it came from the cache


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


@functools.cache
def processor() -> str:
    """The processor's name and abilities: code compiled for one may not run on another."""
    with contextlib.suppress(OSError):
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
        wanted = ("model name", "flags", "Features", "CPU part")
        return "\n".join(sorted({line for line in text.splitlines() if line.startswith(wanted)}))
    return f"{platform.machine()} {platform.processor()}"


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
    return key in _loaded or (cache_folder() / f"{key}.json").is_file()


def build(plan: Plan, flags: tuple[str, ...] = NATIVE) -> Library:
    """The library of a plan: loaded before, from the cache, or compiled now. Raises CompilationError."""
    compiler = find_compiler()
    key = key_of(plan, compiler, flags)
    with _lock:
        if key not in _loaded:
            _loaded[key] = _from_cache_or_compiled(plan, compiler, flags, key)
        return _loaded[key]


def _from_cache_or_compiled(plan: Plan, compiler: Compiler, flags: tuple[str, ...], key: str) -> Library:
    folder, notes = cache_folder(), []
    try:
        found = _cached(folder, key)
        if found is not None:
            return found
    except _DamagedError as damage:
        notes.append(f"the cached library in {folder} {damage}; it is compiled anew")
    started = perf_counter()
    program = program_of(plan)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=".building-", dir=folder))
    except OSError as error:
        notes.append(
            f"the cache folder {folder} cannot be written ({error.strerror or error}); compiled for this time only"
        )
        return _for_once(program, compiler, flags, tuple(notes), started)
    try:
        made = _compiled(program, compiler, flags, work)
        _keep(folder, key, made, program.shape)
        found = _cached(folder, key)
    except (_DamagedError, OSError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        notes.append(f"the cache folder {folder} does not keep what is written ({why}); compiled for this time only")
        shutil.rmtree(work, ignore_errors=True)
        return _for_once(program, compiler, flags, tuple(notes), started)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    assert found is not None
    _prune(folder)
    return _told(found, tuple(notes), perf_counter() - started)


def _told(library: Library, notes: tuple[str, ...], seconds: float) -> Library:
    return Library(library.run, library.columns, library.free, library.shape, notes, seconds)


def _for_once(
    program: CProgram, compiler: Compiler, flags: tuple[str, ...], notes: tuple[str, ...], started: float
) -> Library:
    """Compile into a temporary folder that is gone once the library is loaded."""
    try:
        with tempfile.TemporaryDirectory(prefix="whipcount-", ignore_cleanup_errors=True) as folder:
            made = _compiled(program, compiler, flags, Path(folder))
            return _told(_load(made, program.shape), notes, perf_counter() - started)
    except OSError as error:
        raise CompilationError("; ".join((*notes, f"nor can a temporary folder ({error.strerror or error})"))) from None


def _compiled(program: CProgram, compiler: Compiler, flags: tuple[str, ...], work: Path) -> Path:
    """Compile the files side by side and link them; the library has computed a sample rightly."""
    for name, text in program.files.items():
        (work / name).write_text(text, encoding="utf-8")
    commands = [
        [*compiler.command, *FLAGS, *flags, "-I", str(HERE), "-c", str(work / name), "-o", str(work / f"{name}.o")]
        for name in program.files
    ]
    with phase(say("compiling")):
        with ThreadPoolExecutor(max_workers=max(1, min(len(commands), os.cpu_count() or 1))) as pool:
            list(pool.map(_call, commands))
        made = work / "library.so"
        _call([*compiler.command, *flags, "-shared", "-o", str(made), *(command[-1] for command in commands)])
    if not arithmetic_agrees(_open(made)):
        raise CompilationError(f"the C compiler {compiler.command[0]} computes other numbers than IEEE arithmetic")
    return made


def _call(command: list[str]) -> None:
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=MOST_SECONDS, check=False, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise CompilationError(f"the C compiler {command[0]} cannot be run ({error})") from None
    if done.returncode:
        said = next((line for line in done.stderr.splitlines() if "error" in line.lower()), done.stderr.strip()[:200])
        raise CompilationError(f"the C compiler {command[0]} failed (exit code {done.returncode}): {said}".rstrip(": "))


# -- cache -----------------------------------------------------------------------------------------------------------


class _DamagedError(Exception):
    """What is wrong with a cached library."""


def _keep(folder: Path, key: str, made: Path, shape: Shape) -> None:
    """Put a library into the cache: first the library under a name of its content, then the record that names it."""
    content = made.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    name = f"{key}-{digest[:12]}.so"
    if not (folder / name).exists() or hashlib.sha256((folder / name).read_bytes()).hexdigest() != digest:
        _write(folder / name, content)
    record = {"library": name, "sha256": digest, "shape": asdict(shape)}
    _write(folder / f"{key}.json", json.dumps(record).encode())


def _write(path: Path, content: bytes) -> None:
    """Write a file whole: under another name, then renamed."""
    handle, name = tempfile.mkstemp(prefix=".writing-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def _cached(folder: Path, key: str) -> Library | None:
    """A library of the cache, its checksum compared; none if there is none."""
    try:
        text = (folder / f"{key}.json").read_text(encoding="utf-8")
    except OSError:
        return None
    except UnicodeDecodeError:
        raise _DamagedError("has a damaged record") from None
    try:
        record = json.loads(text)
        path, digest = folder / str(record["library"]), record["sha256"]
        shape = _shape(record["shape"])
    except (ValueError, KeyError, TypeError):
        raise _DamagedError("has a damaged record") from None
    try:
        content = path.read_bytes()
    except OSError:
        raise _DamagedError("is missing") from None
    if hashlib.sha256(content).hexdigest() != digest:
        raise _DamagedError("is damaged")
    try:
        return _load(path, shape)
    except (OSError, AttributeError) as error:
        raise _DamagedError(f"cannot be loaded ({error})") from None


def _shape(record: dict[str, Any]) -> Shape:
    pairs = {name: {key: (area, row) for key, (area, row) in record[name].items()} for name in ("states", "given")}
    statics = {int(number): (area, row) for number, (area, row) in record["statics"].items()}
    streams = {int(slot): row for slot, row in record["streams"].items()}
    epochs = tuple((row, rows) for row, rows in record["epochs"])
    return Shape(**{**record, **pairs, "statics": statics, "streams": streams, "epochs": epochs})


def _open(path: Path) -> ctypes.CDLL:
    try:
        return ctypes.CDLL(str(path))
    except OSError as error:
        raise CompilationError(f"what the C compiler made cannot be loaded ({error})") from None


def _load(path: Path, shape: Shape) -> Library:
    library = ctypes.CDLL(str(path))
    run, columns, free = library.whipcount_run, library.whipcount_columns, library.whipcount_free
    run.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
    columns.argtypes = [ctypes.c_void_p, ctypes.c_int64, *[ctypes.c_void_p] * 6]
    columns.restype = None
    free.argtypes = [ctypes.c_void_p]
    free.restype = None
    return Library(run, columns, free, shape)


def _prune(folder: Path) -> None:
    """Forget the libraries that were made longest ago, and what an interrupted process left behind."""
    with contextlib.suppress(OSError):
        made = sorted(folder.glob("*.so"), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in made[KEPT:]:
            path.unlink(missing_ok=True)
            (folder / f"{path.name.partition('-')[0]}.json").unlink(missing_ok=True)


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
