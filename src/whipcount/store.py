"""What is kept on disk: files written whole or not at all, pieces of long computations, and what is thrown away."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import json
import os
import re
import secrets
import shutil
import stat
import sys
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from whipcount import objects
from whipcount.errors import RunError

if TYPE_CHECKING:
    from numpy.typing import NDArray

TEMPORARY = ".part"
LOCK = ".lock"
CHECKSUM = "checksum"  # the last entry of a sealed record
STALE = 3_600.0  # seconds after which nobody is still writing a half-written file
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_BUSY = {errno.EAGAIN, errno.EACCES, errno.EDEADLK}
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,120}")


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
        return RunError.one("WC321", message, hint)
    message = f"cannot write {path} ({reason})"
    return RunError.one("WC320", message, "give a folder that you may write to with --out; what is there is unchanged")


@contextlib.contextmanager
def whole_file(path: Path, durable: bool = True, private: bool = False) -> Iterator[IO[bytes]]:
    """Open a file that appears at `path` complete, or not at all: written beside it, synced, then renamed.

    durable: whether it must outlast a loss of power. private: whether its owner alone may read and write it. Where the
    folder stands for one of an object store, the file is sent there too.
    """
    # threads, processes and machines that share a disk may all write at once: each under a name of its own
    temporary = path.with_name(f"{path.name}.{os.getpid()}-{secrets.token_hex(6)}{TEMPORARY}")
    with coded(path):
        try:
            handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if private else 0o666)
            with os.fdopen(handle, "wb") as stream:
                yield stream
                if durable:
                    stream.flush()
                    os.fsync(stream.fileno())
            temporary.replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                temporary.unlink()
            raise
        if durable:
            sync_folder(path.parent)
    objects.send(path)


def write_whole(path: Path, content: bytes, private: bool = False) -> str:
    """Write a whole file; gives its SHA-256. private: whether its owner alone may read and write it."""
    with whole_file(path, private=private) as stream:
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


def make_folder(folder: Path, private: bool = False) -> None:
    """Make a folder and its parents. private: one that is made now is its owner's alone."""
    if objects.is_address(folder):
        raise RunError.one("WC355", f"this cannot be written to {folder}", "give a folder, and copy it there")
    with coded(folder):
        folder.mkdir(0o700 if private else 0o777, parents=True, exist_ok=True)


def why_untrusted(path: Path) -> str:
    """Why a file or folder may hold what somebody else wrote, nothing if it cannot.

    It and the folders above must belong to the user or to root, and nobody else may write to them; above, a folder for
    everybody in which each may change only his own (as /tmp) will do. Code is loaded only from such a place.
    """
    if sys.platform == "win32":  # pragma: no cover - no such owners and modes there
        return ""
    whole = path.resolve()
    for place in (whole, *whole.parents):
        state = place.stat()
        if state.st_uid not in (0, os.geteuid()):
            return f"{place} belongs to another user"
        if state.st_mode & (stat.S_IWGRP | stat.S_IWOTH) and (place == whole or not state.st_mode & stat.S_ISVTX):
            return f"others may write to {place}"
    return ""


def clear_temporaries(*folders: Path, older: float = 0.0) -> None:
    """Remove what an interrupted writer left half-written: with the lock held, or only what is `older` (seconds)."""
    for folder in folders:
        for leftover in folder.glob(f"*{TEMPORARY}"):
            with contextlib.suppress(OSError):
                if is_temporary(leftover.name) and time.time() - leftover.stat().st_mtime >= older:
                    leftover.unlink()


def is_temporary(name: str) -> bool:
    """Whether a file of this name is half-written by `whole_file`, which puts its process's number in the name."""
    return re.search(rf"\.\d+(-[0-9a-f]+)?\{TEMPORARY}$", name) is not None


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


# -- pieces that are kept --------------------------------------------------------------------------------------------


class DamagedError(Exception):
    """A piece cannot be used: it is cut short, altered, or belongs to something else; its text says which."""


def sealed(fields: Mapping[str, Any], indent: int | None = None) -> bytes:
    """Fields as JSON with a checksum over all of it as their last entry, so that the file answers for itself."""
    digest = hashlib.sha256(_json(fields, indent)).hexdigest()
    return _json({**fields, CHECKSUM: digest}, indent) + b"\n"


def unsealed(content: bytes, indent: int | None = None) -> dict[str, Any]:
    """The fields that were sealed. Raises DamagedError if a single byte is another, the order of entries included."""
    try:
        fields = json.loads(content)
        digest = fields.pop(CHECKSUM)
        sound = digest == hashlib.sha256(_json(fields, indent)).hexdigest() and sealed(fields, indent) == content
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise DamagedError("it is not readable") from None
    if not sound:
        raise DamagedError("its checksum is wrong")
    return dict(fields)


def _json(fields: Mapping[str, Any], indent: int | None) -> bytes:
    return json.dumps(fields, ensure_ascii=False, indent=indent).encode()


@dataclass(frozen=True)
class Store:
    """Pieces of a long computation in a folder, by name: a file each, whole or absent, and checked when it is read.

    A file is a line of JSON (the key, the SHA-256 of the rest) and then the content. key: what the pieces belong to;
    one that bears another key is not taken. Any number of processes may read and write at once, since a name always
    stands for the same content. durable: whether a piece must outlast a loss of power, and a disk that refuses is an
    error (WC320, WC321); else the piece is computed again. address: the folder's in an object store, where it stands
    for one: then pieces are written there and nowhere else.
    """

    folder: Path
    key: str = ""
    durable: bool = True
    suffix: str = ".piece"
    address: str = ""

    @property
    def place(self) -> str:
        """Its address in an object store; nothing where it is a folder."""
        return self.address or objects.address_of(self.folder)

    def __reduce__(self) -> tuple[type[Store], tuple[Any, ...]]:
        """Another process knows nothing of which folders stand for addresses."""
        return Store, (self.folder, self.key, self.durable, self.suffix, self.place)

    def put(self, name: str, content: bytes, key: str = "") -> str:
        """Keep a piece; gives the SHA-256 of its content. key: takes the place of the store's."""
        digest = hashlib.sha256(content).hexdigest()
        if _sending:
            shares, pieces = _sending[-1]
            here = shares(self)
            if here and self.place:
                here = self._sent(name, content, key or self.key, digest)
            pieces.append(Piece(self, name, None if here else content, key))
            if not here or self.place:
                return digest
        with contextlib.nullcontext() if self.durable else contextlib.suppress(RunError):
            self._write(name, content, key or self.key, digest)
        return digest

    def _write(self, name: str, content: bytes, key: str, digest: str) -> None:
        whole = json.dumps({"key": key, "sha256": digest}).encode() + b"\n" + content
        if self.place:
            objects.put(self.place, self.path(name).name, whole)
            return
        make_folder(self.folder)
        with whole_file(self.path(name), durable=self.durable) as stream:
            stream.write(whole)

    def _sent(self, name: str, content: bytes, key: str, digest: str) -> bool:
        """Whether this process could write to the object store; who asked may be able to where it is not."""
        try:
            self._write(name, content, key, digest)
        except RunError:
            return False
        return True

    def get(self, name: str, key: str = "") -> tuple[bytes, str] | None:
        """A piece and its SHA-256; none if there is none. Raises DamagedError if it is not what was kept."""
        whole = self._whole(self.path(name))
        if whole is None:
            return None
        head, _, content = whole.partition(b"\n")
        try:
            fields = json.loads(head)
            owner, digest = str(fields["key"]), str(fields["sha256"])
        except (ValueError, KeyError, TypeError):
            raise DamagedError("its first line is not readable") from None
        if hashlib.sha256(content).hexdigest() != digest:
            raise DamagedError("its checksum is wrong")
        if owner != (key or self.key):
            raise DamagedError("it belongs to something else")
        return content, digest

    def _whole(self, path: Path) -> bytes | None:
        if self.place:
            return objects.get(self.place, path.name)
        try:
            content = path.read_bytes()
            if not self.durable:
                os.utime(path)  # what is asked for stays longest
        except FileNotFoundError:
            return None
        except OSError as error:
            raise DamagedError(error.strerror or "it is unreadable") from error
        return content

    def put_columns(self, name: str, columns: Mapping[str, NDArray[Any]]) -> None:
        """Keep columns of numbers."""
        import numpy as np

        stream = io.BytesIO()
        given: dict[str, Any] = dict(columns)
        np.savez(stream, **given)
        self.put(name, stream.getvalue())

    def get_columns(self, name: str) -> dict[str, NDArray[Any]] | None:
        """Columns that were kept; none if they are not there or damaged, so that they are computed again."""
        import numpy as np

        try:
            found = self.get(name)
        except DamagedError:
            return None
        if found is None:
            return None
        with np.load(io.BytesIO(found[0]), allow_pickle=False) as kept:
            return {column: kept[column] for column in kept.files}

    def owners(self) -> set[str]:
        """The keys that pieces in the folder say they belong to; of what is no readable piece, nothing."""
        found = set()
        for head in objects.first_lines(self.place, self.suffix) if self.place else self._heads():
            with contextlib.suppress(ValueError, KeyError, TypeError):
                found.add(str(json.loads(head)["key"]))
        return found

    def _heads(self) -> Iterator[bytes]:
        for path in self.folder.glob(f"*{self.suffix}"):
            with contextlib.suppress(OSError), path.open("rb") as stream:
                yield stream.readline()

    def path(self, name: str) -> Path:
        """The file of a piece."""
        if not _NAME.fullmatch(name) or name.startswith("."):
            raise ValueError(f"{name!r} cannot name a piece")
        return self.folder / f"{name}{self.suffix}"


@dataclass(frozen=True)
class Piece:
    """A piece that was to be kept while another's work was done; content: none where it was written at once."""

    store: Store
    name: str
    content: bytes | None
    key: str = ""


_sending: list[tuple[Callable[[Store], bool], list[Piece]]] = []


@contextlib.contextmanager
def sending(shares: Callable[[Store], bool]) -> Iterator[list[Piece]]:
    """Within the block, pieces are kept only in stores that are shared with whom the work is for, by `shares`.

    The list names every piece, with its content where it has to be kept by him.
    """
    pieces: list[Piece] = []
    _sending.append((shares, pieces))
    try:
        yield pieces
    finally:
        _sending.pop()


# -- what is thrown away ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    """Something kept: a file, or a folder that belongs together; its size, and when it was last used."""

    path: Path
    size: int
    used: float


def tidy(
    entries: Iterable[Entry],
    keep_seconds: float,
    keep_bytes: int,
    spared: Collection[Path] = (),
    now: float | None = None,
) -> list[Path]:
    """Delete what is older than `keep_seconds`, then the longest unused until no more than `keep_bytes` are left."""
    now = time.time() if now is None else now
    found = sorted(entries, key=lambda entry: entry.used)
    left = sum(entry.size for entry in found)
    gone = []
    for entry in found:
        if entry.path not in spared and (now - entry.used > keep_seconds or left > keep_bytes):
            if entry.path.is_dir() and not entry.path.is_symlink():
                shutil.rmtree(entry.path, ignore_errors=True)
            else:
                with contextlib.suppress(OSError):
                    entry.path.unlink()
            gone.append(entry.path)
            left -= entry.size
    return gone


def entries_of(folder: Path, apart: Collection[str] = ()) -> list[Entry]:
    """What lies in a folder: folders as wholes, but those in `apart` file by file."""
    found: list[Entry] = []
    with contextlib.suppress(OSError):
        for path in folder.iterdir():
            if path.is_dir() and not path.is_symlink() and path.name in apart:
                found += entries_of(path)
            else:
                with contextlib.suppress(OSError):  # another process may be deleting too
                    found.append(_entry(path))
    return found


def _entry(path: Path) -> Entry:
    files = [path] if not path.is_dir() or path.is_symlink() else [path, *path.rglob("*")]
    states = [file.lstat() for file in files]
    return Entry(path, sum(state.st_size for state in states), max(state.st_mtime for state in states))
