"""What the explorer keeps on disk between questions, and what it throws away: by age first, then the oldest."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

DAY = 86_400.0


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
        if entry.path in spared:
            continue
        if now - entry.used > keep_seconds or left > keep_bytes:
            _delete(entry.path)
            gone.append(entry.path)
            left -= entry.size
    return gone


def _delete(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            path.unlink()


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
