"""The cache of compiled libraries: what is taken from it is what was put in, by nobody else.

A library is code, so it is loaded only from a folder and files that nobody else may write. Beside it lies a record of
where it expects what, sealed with a checksum; the library holds that record's digest, so that the two belong together.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from whipcount.store import STALE, DamagedError, clear_temporaries, sealed, unsealed, why_untrusted, write_whole

from .code import Shape

KEPT = 100  # libraries in the cache: at most .8 MB each
BUILDING = ".building-"  # how a folder begins in which a library is compiled


def keep(folder: Path, key: str, made: Path, shape: Shape) -> None:
    """Put a library into the cache: first the library under a name of its content, then the record that names it."""
    content = made.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    library = folder / _library(key, digest)
    if not library.exists() or why_untrusted(library) or hashlib.sha256(library.read_bytes()).hexdigest() != digest:
        write_whole(library, content, private=True)
    record = {"key": key, "library": library.name, "sha256": digest, "shape": asdict(shape)}
    write_whole(folder / f"{key}.json", sealed(record), private=True)


def cached(folder: Path, key: str) -> tuple[Path, Shape] | None:
    """The file of a library and where it expects what; none if there is none.

    Raises DamagedError where it is not what was kept, and says why.
    """
    record = folder / f"{key}.json"
    try:
        content = record.read_bytes()
    except OSError:
        return None
    try:
        fields = unsealed(content)
        digest = str(fields["sha256"])
        path = folder / _library(key, digest)
        if (fields["key"], fields["library"]) != (key, path.name):
            raise DamagedError("is another's")
        shape = _shape(fields["shape"])
    except (DamagedError, ValueError, KeyError, TypeError):
        raise DamagedError("has a damaged record") from None
    try:
        doubt = why_untrusted(record) or why_untrusted(path)
        library = path.read_bytes()
    except OSError:
        raise DamagedError("is missing") from None
    if doubt:
        raise DamagedError(f"is not to be trusted ({doubt})")
    if hashlib.sha256(library).hexdigest() != digest:
        raise DamagedError("is damaged")
    with contextlib.suppress(OSError):
        os.utime(path)  # what is used is kept longer
    return path, shape


def _library(key: str, digest: str) -> str:
    return f"{key}-{digest[:12]}.so"


def _shape(record: dict[str, Any]) -> Shape:
    pairs = {name: {key: (area, row) for key, (area, row) in record[name].items()} for name in ("states", "given")}
    statics = {int(number): (area, row) for number, (area, row) in record["statics"].items()}
    streams = {int(slot): row for slot, row in record["streams"].items()}
    epochs = tuple((row, rows) for row, rows in record["epochs"])
    return Shape(**{**record, **pairs, "statics": statics, "streams": streams, "epochs": epochs})


def prune(folder: Path) -> None:
    """Forget the libraries that were used longest ago, and what an interrupted process left behind."""
    with contextlib.suppress(OSError):
        made = sorted(folder.glob("*.so"), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in made[KEPT:]:
            path.unlink(missing_ok=True)
            (folder / f"{path.name.partition('-')[0]}.json").unlink(missing_ok=True)
        for left in folder.glob(f"{BUILDING}*"):
            if time.time() - left.stat().st_mtime > STALE:
                shutil.rmtree(left, ignore_errors=True)
    clear_temporaries(folder, older=STALE)


__all__ = ["KEPT", "cached", "keep", "prune"]
