"""No compiler, a broken one, a cache that cannot be written, a damaged library: said, and the results are the same."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from agreement import assert_same
from random_programs import mechanism, world

from whipcount.engine import Backend, NumpyBackend, Plan, build_plan, make_backend
from whipcount.engine.c import build as c_build
from whipcount.engine.c.cache import KEPT, cached
from whipcount.errors import RunError
from whipcount.store import DamagedError, sealed, unsealed


@pytest.fixture
def plan() -> Plan:
    """A small plan."""
    return build_plan(world(4, [mechanism("first", 9), mechanism("second", 10)]))


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, and nothing loaded yet."""
    monkeypatch.setenv("WHIPCOUNT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(c_build, "_loaded", {})
    return tmp_path / "cache"


def _script(path: Path, text: str) -> str:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def _runs(plan: Plan, name: str = "compiled") -> tuple[Backend, list[str]]:
    """A backend that gives NumPy's numbers, and what it said."""
    said: list[str] = []
    backend = make_backend(plan, name, on_notice=said.append)
    assert_same(NumpyBackend(plan).run(1, 0, 9), backend.run(1, 0, 9))
    return backend, said


needs_compiler = pytest.mark.skipif(
    not any(os.access(Path(folder) / "cc", os.X_OK) for folder in os.get_exec_path()), reason="no C compiler"
)


def test_no_compiler(plan: Plan, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", "no-such-compiler")
    backend, said = _runs(plan)
    assert backend.name == "numpy"
    assert "no C compiler was found (no-such-compiler)" in said[0]
    assert not cache.exists()


def test_no_compiler_on_the_path(plan: Plan, cache: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    backend, said = _runs(plan)
    assert backend.name == "numpy"
    assert not cache.exists()
    assert "cc, gcc, clang" in said[0]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("exit 3", "fails to tell its version"),
        ('[ "$1" = --version ] && echo broken 1.0 || { echo "error: out of order" >&2; exit 1; }', "out of order"),
        ('[ "$1" = --version ] && echo broken 1.0; exit 0', "cannot be loaded"),
        ('[ "$1" = --version ] && echo killed || kill -9 $$', "failed"),
    ],
    ids=["no version", "fails", "makes nothing", "killed"],
)
def test_broken_compiler(
    plan: Plan, cache: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str, words: str
) -> None:
    monkeypatch.setenv("CC", _script(tmp_path / "broken-cc", text))
    backend, said = _runs(plan)
    assert backend.name == "numpy"
    assert words in said[0]
    assert not list(cache.glob("*.so"))
    assert not list(cache.glob(".building-*"))


def test_a_file_that_is_no_program(plan: Plan, cache: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    garbage = tmp_path / "garbage-cc"
    garbage.write_bytes(b"\x7fELF garbage")
    garbage.chmod(0o755)
    monkeypatch.setenv("CC", str(garbage))
    backend, said = _runs(plan)
    assert backend.name == "numpy"
    assert "cannot be run" in said[0]
    assert not cache.exists()


@needs_compiler
def test_a_compiler_that_rearranges_arithmetic_is_refused(
    plan: Plan, cache: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # Not -ffast-math itself: that would also make this whole process flush subnormal numbers to zero.
    hasty = "-fassociative-math -fno-signed-zeros -fno-trapping-math -freciprocal-math -ffp-contract=fast -O3"
    monkeypatch.setenv("CC", _script(tmp_path / "fast-cc", f'exec cc "$@" {hasty}'))
    backend, said = _runs(plan)
    assert backend.name == "numpy"
    assert "other numbers than IEEE arithmetic" in said[0]
    assert not list(cache.glob("*.so"))


@needs_compiler
def test_built_once_then_taken_from_the_cache(plan: Plan, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not c_build.is_cached(plan)
    backend, said = _runs(plan)
    assert (backend.name, said) == ("compiled", [])
    assert c_build.is_cached(plan)
    monkeypatch.setattr(c_build, "_loaded", {})
    monkeypatch.setattr(c_build, "_compiled", None)  # compiling again would fail
    assert _runs(plan, "auto")[0].name == "compiled"
    assert sorted(path.suffix for path in cache.iterdir()) == [".json", ".so"]


@needs_compiler
@pytest.mark.parametrize("damage", ["truncated", "a bit", "no library", "no record", "other record", "empty"])
def test_a_damaged_library_is_compiled_anew(
    plan: Plan, cache: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    _runs(plan)
    library, record = next(cache.glob("*.so")), next(cache.glob("*.json"))
    content = library.read_bytes()
    library.unlink()  # the file is loaded by this process, and stays as it is; what follows is another file
    match damage:
        case "truncated":
            library.write_bytes(content[: len(content) // 2])
        case "a bit":
            library.write_bytes(content[:5000] + bytes([content[5000] ^ 1]) + content[5001:])
        case "no record":
            record.write_text("{")
        case "other record":
            record.write_text(json.dumps({"library": "/etc/passwd", "sha256": ""}))
        case "empty":
            library.write_bytes(b"")
    monkeypatch.setattr(c_build, "_loaded", {})
    backend, said = _runs(plan)
    assert backend.name == "compiled"
    assert len(said) == 1
    assert "compiled anew" in said[0]
    monkeypatch.setattr(c_build, "_loaded", {})
    assert _runs(plan)[1] == []


@needs_compiler
@pytest.mark.parametrize("seed", range(3))
def test_no_flipped_bit_of_a_record_goes_unseen(plan: Plan, cache: Path, seed: int) -> None:
    """Offsets say where each parameter lies: one that is read wrongly would give other numbers in silence."""
    _runs(plan)
    path = next(cache.glob("*.json"))
    whole = path.read_bytes()
    draws = random.Random(seed)
    for _ in range(100):
        place, bit = draws.randrange(len(whole)), draws.randrange(8)
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << bit]) + whole[place + 1 :])
        with pytest.raises(DamagedError):
            cached(cache, path.stem)


@needs_compiler
def test_an_offset_that_the_library_was_not_made_for_is_refused(
    plan: Plan, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also in a record whose checksum is right."""
    _runs(plan)
    path = next(cache.glob("*.json"))
    fields = unsealed(path.read_bytes())
    name, (area, row) = next(iter(fields["shape"]["states"].items()))
    fields["shape"]["states"][name] = [area, row + 1]
    path.write_bytes(sealed(fields))
    monkeypatch.setattr(c_build, "_loaded", {})
    _, said = _runs(plan)
    assert "made for other places in memory" in said[0]


@needs_compiler
@pytest.mark.parametrize("who", ["folder", "parent", "library", "record", "other owner"])
def test_what_somebody_else_may_write_is_not_loaded(
    plan: Plan, cache: Path, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    _runs(plan)
    library, record = next(cache.glob("*.so")), next(cache.glob("*.json"))
    assert [path.stat().st_mode & 0o777 for path in (cache, library, record)] == [0o700, 0o600, 0o600]
    match who:
        case "folder":
            cache.chmod(0o1777)
        case "parent":
            cache.parent.chmod(0o777)
        case "library":
            library.chmod(0o620)
        case "record":
            record.chmod(0o602)
        case _:
            monkeypatch.setattr("os.geteuid", lambda: 12_345)
            if library.stat().st_uid == 0:
                os.chown(cache, 54_321, 54_321)
    monkeypatch.setattr(c_build, "_loaded", {})
    if who in ("library", "record"):
        _, said = _runs(plan)
        assert "is not to be trusted (others may write to" in said[0]
        assert library.stat().st_mode & record.stat().st_mode & 0o777 == 0o600  # mended
        return
    loaded: list[Path] = []
    real = c_build._load
    monkeypatch.setattr(c_build, "_load", lambda path, shape: (loaded.append(path), real(path, shape))[1])
    backend, said = _runs(plan)
    if who == "other owner" and library.stat().st_uid:  # nobody but root can give files away: then nothing is safe
        assert backend.name == "numpy"
    else:
        assert "compiled for this time only" in said[0]
    assert all(cache not in path.parents for path in loaded)


@needs_compiler
def test_a_record_cannot_name_a_library_elsewhere(plan: Plan, cache: Path, tmp_path: Path) -> None:
    _runs(plan)
    path, library = next(cache.glob("*.json")), next(cache.glob("*.so"))
    elsewhere = tmp_path / "elsewhere.so"
    elsewhere.write_bytes(library.read_bytes())
    for name in (str(elsewhere), f"../{elsewhere.name}", "another.so"):
        fields = unsealed(path.read_bytes())
        path.write_bytes(sealed({**fields, "library": name}))
        with pytest.raises(DamagedError, match="damaged record"):
            cached(cache, path.stem)
        path.write_bytes(sealed(fields))


@needs_compiler
def test_a_cache_that_cannot_be_written(
    plan: Plan, tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("WHIPCOUNT_CACHE", str(tmp_path / "file" / "cache"))
    backend, said = _runs(plan)
    assert backend.name == "compiled"
    assert "cannot be written (Not a directory)" in said[0]
    assert not cache.exists()


@needs_compiler
def test_a_cache_that_can_only_be_read(plan: Plan, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is in it is used; what is not is compiled for this time only."""
    real = tempfile.mkdtemp

    def refuse(suffix: str | None = None, prefix: str | None = None, dir: object = None) -> str:
        if dir == cache:
            raise OSError(30, "Read-only file system", str(dir))
        return real(suffix, prefix, None if dir is None else str(dir))

    _runs(plan)
    kept = sorted(cache.iterdir())
    monkeypatch.setattr("tempfile.mkdtemp", refuse)
    monkeypatch.setattr(c_build, "_loaded", {})
    assert _runs(plan)[1] == []
    other = build_plan(world(5, [mechanism("first", 3), mechanism("second", 4)]))
    backend, said = _runs(other)
    assert backend.name == "compiled"
    assert "cannot be written (Read-only file system)" in said[0]
    assert sorted(cache.iterdir()) == kept


@needs_compiler
def test_a_full_cache(plan: Plan, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, *_: object, **__: object) -> None:
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr("whipcount.engine.c.cache.write_whole", full)
    backend, said = _runs(plan)
    assert backend.name == "compiled"
    assert "No space left on device" in said[0]
    assert not list(cache.iterdir())


@needs_compiler
def test_nowhere_to_write(plan: Plan, tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("WHIPCOUNT_CACHE", str(tmp_path / "file" / "cache"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "file" / "temporary"))
    backend, said = _runs(plan)
    assert backend.name == "numpy"
    assert "nor can a temporary folder" in said[0]
    assert not cache.exists()


@needs_compiler
def test_old_libraries_are_forgotten(plan: Plan, cache: Path) -> None:
    cache.mkdir(0o700)
    for index in range(KEPT + 3):
        for name in (f"old{index}-0.so", f"old{index}.json"):
            (cache / name).write_text("")
            os.utime(cache / name, (index, index))
    _runs(plan)
    left = sorted(path.name for path in cache.glob("*.so"))
    assert len(left) == KEPT
    assert "old3-0.so" not in left
    assert "old4-0.so" in left
    assert not (cache / "old3.json").exists()


PROCESS = """
import sys
sys.path.insert(0, {tests!r})
from random_programs import mechanism, world
from whipcount.engine import build_plan, make_backend
plan = build_plan(world(4, [mechanism("first", 9), mechanism("second", 10)]))
said = []
backend = make_backend(plan, "compiled", on_notice=said.append)
print(backend.name, said, backend.run(1, 0, 9).series.tobytes().hex()[:200])
"""


@needs_compiler
def test_several_processes_at_once(cache: Path) -> None:
    command = [sys.executable, "-c", PROCESS.format(tests=str(Path(__file__).parent))]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    told = {process.communicate(timeout=300)[0] for process in processes}
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert len(told) == 1
    assert told.pop().startswith("compiled []")
    assert len(list(cache.glob("*.json"))) == 1
    assert not list(cache.glob(".*"))


def test_auto_compiles_only_where_it_pays(plan: Plan, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted: list[Plan] = []

    def not_now(plan: Plan) -> None:
        wanted.append(plan)
        raise c_build.CompilationError("not now")

    monkeypatch.setattr("whipcount.engine.c.backend.build", not_now)
    said: list[str] = []
    assert make_backend(plan, "auto", runs=10, on_notice=said.append).name == "numpy"
    assert (wanted, said) == ([], [])
    assert make_backend(plan, "auto", runs=1_000_000, on_notice=said.append).name == "numpy"
    assert len(wanted) == 1
    assert "not now" in said[0]
    assert not cache.exists()


def test_a_backend_of_another_name(plan: Plan) -> None:
    with pytest.raises(RunError, match="WC342"):
        make_backend(plan, "fortran")
