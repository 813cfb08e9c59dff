"""A folder of worlds that have been computed, by name: what is there is not computed again."""

from __future__ import annotations

import contextlib
import os
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_NAME = re.compile(r"[A-Za-z0-9_.-]{1,120}")


@dataclass(frozen=True)
class FolderShelf:
    """Columns of numbers by name, a file each; shared between processes, and safe to lose."""

    folder: Path

    def get(self, name: str) -> dict[str, NDArray[Any]] | None:
        """The columns of a name; none if they are not there or damaged."""
        path = self._path(name)
        try:
            with np.load(path, allow_pickle=False) as kept:
                columns = {column: kept[column] for column in kept.files}
            os.utime(path)  # what is asked for stays longest
        except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile):
            return None
        return columns

    def put(self, name: str, columns: Mapping[str, NDArray[Any]]) -> None:
        """Keep columns; where the disk refuses, they are computed again next time."""
        path = self._path(name)
        temporary = path.with_name(f"{path.name}.{os.getpid()}.part")
        with contextlib.suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            with temporary.open("wb") as stream:
                # no sync: a file lost with the power is only computed again
                np.savez(stream, allow_pickle=False, **columns)
            temporary.replace(path)
        temporary.unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name) or name.startswith("."):
            raise ValueError(f"{name!r} names no file of a shelf")
        return self.folder / f"{name}.npz"
