"""Files of a run folder: written whole or not at all, checked by their sums, one writer at a time."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from whipcount.errors import RunError

TEMPORARY = ".part"
LOCK = ".lock"
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_BUSY = {errno.EAGAIN, errno.EACCES, errno.EDEADLK}


@contextlib.contextmanager
def coded(path: Path) -> Iterator[None]:
    """Turn what the system says about writing to `path` into a coded error (WC320, WC321)."""
    try:
        yield
    except OSError as error:
        raise write_error(error, path) from error


def write_error(error: OSError, path: Path) -> RunError:
    """The coded error for a write that the system refused."""
    reason = error.strerror or str(error)
    if error.errno in _FULL:
        message = f"no space left to write {path} ({reason})"
        hint = "what is finished is kept: make room, or give another folder, and run the same command again"
        return _run_error("WC321", message, hint)
    message = f"cannot write {path} ({reason})"
    return _run_error("WC320", message, "give a folder that you may write to with --out; what is there is unchanged")


def _run_error(code: str, message: str, hint: str) -> RunError:
    error = RunError.one(code, message, hint)
    assert isinstance(error, RunError)
    return error


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """Open a file that appears at `path` complete, or not at all: written beside it, synced, then renamed."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}{TEMPORARY}")
    with coded(path):
        try:
            with temporary.open("wb") as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            temporary.replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                temporary.unlink()
            raise
        sync_folder(path.parent)


def write_whole(path: Path, content: bytes) -> str:
    """Write a whole file; gives its SHA-256."""
    with whole_file(path) as stream:
        stream.write(content)
    return hashlib.sha256(content).hexdigest()


def sync_folder(folder: Path) -> None:
    """Make a rename in a folder last through a loss of power, where the system can."""
    if sys.platform == "win32":  # pragma: no cover - folders cannot be opened there
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, read in pieces."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def in_memory() -> io.BytesIO:
    """A buffer to build a small file in before it is written whole."""
    return io.BytesIO()


def make_folder(folder: Path) -> None:
    """Make a folder and its parents."""
    with coded(folder):
        folder.mkdir(parents=True, exist_ok=True)


def clear_temporaries(*folders: Path) -> None:
    """Remove what an interrupted writer left half-written. Call with the lock held."""
    for folder in folders:
        if folder.is_dir():
            for leftover in folder.iterdir():
                if is_temporary(leftover.name):
                    with contextlib.suppress(OSError):
                        leftover.unlink()


def is_temporary(name: str) -> bool:
    """Whether a file of this name is half-written by `whole_file`, which puts its process's number in the name."""
    return re.search(rf"\.\d+\{TEMPORARY}$", name) is not None


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a folder against other processes; the system releases the lock even if this one is killed."""
    path = folder / LOCK
    with coded(path):
        stream = path.open("a+b")
    with stream:
        if not _take(stream):
            raise RunError.one(
                "WC327", f"another process is writing to {folder}", "wait until it is done, or give another --out"
            )
        yield


def _take(stream: IO[bytes]) -> bool:
    try:
        if sys.platform == "win32":  # pragma: no cover - other systems take the branch below
            import msvcrt

            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _BUSY:
            return False
        raise write_error(error, Path(stream.name)) from error
    return True
