"""Fetching a data set from the archive that publishes it: every file is checked before it is kept.

The archive (a Dataverse installation) lists its files with their checksums; a file whose bytes do not match is never
put in place. What was fetched is written down in SHA256SUMS beside the files, so that it can be checked again later.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ..errors import Place, Problem, TableError
from .reading.content import BROKEN_ARCHIVE

SUMS = "SHA256SUMS"
TIMEOUT = 60.0
PIECE = 1 << 16
MOST_BYTES = 500_000_000
ALGORITHMS = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-512": "sha512"}


@dataclass(frozen=True)
class DataSet:
    """A data set that can be fetched: its archive, its identifier there, and what it may be used for."""

    name: str
    title: str
    archive: str
    identifier: str
    licence: str
    endings: tuple[str, ...] = (".csv", ".zip")


SETS = {
    "parlgov": DataSet(
        name="parlgov",
        title="ParlGov: parties, elections and cabinets (Doering & Manow)",
        archive="https://dataverse.harvard.edu",
        identifier="doi:10.7910/DVN/2VZ5ZC",
        licence="CC0 1.0",
    ),
}


@dataclass(frozen=True)
class RemoteFile:
    """A file of the archive: number, name as uploaded, and the checksum the archive keeps of the upload."""

    number: int
    name: str
    algorithm: str
    checksum: str


@dataclass(frozen=True)
class Fetched:
    """A file put in place, with the checksum of what lies there."""

    name: str
    sha256: str
    size: int


def listing(data: DataSet, archive: str | None = None) -> tuple[RemoteFile, ...]:
    """The files of the newest version that the archive holds (WC544 where it does not answer as an archive does)."""
    base = (archive or data.archive).rstrip("/")
    query = urllib.parse.urlencode({"persistentId": data.identifier})
    address = f"{base}/api/datasets/:persistentId/versions/:latest/files?{query}"
    try:
        rows = json.loads(b"".join(_pieces(address)))["data"]
        files = [
            RemoteFile(
                number=int(row["dataFile"]["id"]),
                # tables that the archive converted keep their upload under its own name
                name=str(row["dataFile"].get("originalFileName") or row["dataFile"]["filename"]),
                algorithm=str(row["dataFile"]["checksum"]["type"]),
                checksum=str(row["dataFile"]["checksum"]["value"]).lower(),
            )
            for row in rows
        ]
    except (ValueError, KeyError, TypeError) as error:
        hint = "is this the address of a Dataverse archive?"
        raise TableError.one("WC544", f"{base}: no list of files ({error!r})", hint) from None
    wanted = tuple(file for file in files if file.name.lower().endswith(data.endings))
    if not wanted:
        raise TableError.one(
            "WC544", f"{base}: {data.identifier} has no {' or '.join(data.endings)} file", "see its page"
        )
    return wanted


def fetch(
    data: DataSet, folder: Path, archive: str | None = None, told: Callable[[str], None] | None = None
) -> tuple[Fetched, ...]:
    """Download every file of a data set into a folder, checked; nothing stays that does not match (WC544, WC545)."""
    base = (archive or data.archive).rstrip("/")
    folder.mkdir(parents=True, exist_ok=True)
    kept: list[Fetched] = []
    for file in listing(data, archive):
        if told is not None:
            told(file.name)
        part = folder / f".{_plain(file.name)}.part"
        try:
            _download(f"{base}/api/access/datafile/{file.number}?format=original", file, part)
            kept += (
                _unpacked(part, folder) if file.name.lower().endswith(".zip") else [_placed(part, folder, file.name)]
            )
        finally:
            part.unlink(missing_ok=True)
    lines = "".join(f"{one.sha256}  {one.name}\n" for one in sorted(kept, key=lambda one: one.name))
    (folder / SUMS).write_text(lines, encoding="utf-8")
    return tuple(kept)


def check(folder: Path) -> tuple[Fetched, ...]:
    """Check the files of a folder against its SHA256SUMS (WC540 without one, WC545 where a file differs)."""
    path = folder / SUMS
    if not path.is_file():
        hint = "it is written by `whipcount data fetch`"
        raise TableError.one("WC540", f"no {SUMS} here", hint, Place(str(path)))
    problems, fine = [], []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        checksum, _, name = line.partition("  ")
        file = folder / _plain(name)
        if not file.is_file():
            problems.append(
                Problem("WC545", f"{name} is missing", "fetch the data set again", Place(str(path), number, 1))
            )
            continue
        content = file.read_bytes()
        if hashlib.sha256(content).hexdigest() != checksum:
            hint = "the file has changed since it was fetched: fetch it again"
            problems.append(Problem("WC545", f"{name}: the checksum differs", hint, Place(str(path), number, 1)))
        else:
            fine.append(Fetched(name, checksum, len(content)))
    if problems:
        raise TableError(*problems)
    return tuple(fine)


def _pieces(address: str) -> Iterator[bytes]:
    """The bytes behind an address, piece by piece; only http and https (WC544)."""
    if urllib.parse.urlsplit(address).scheme not in ("http", "https"):
        raise TableError.one("WC544", f"{address}: not a web address", "give http:// or https://")
    request = urllib.request.Request(address, headers={"User-Agent": "whipcount"})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
            while piece := answer.read(PIECE):
                yield piece
    except urllib.error.HTTPError as error:
        hint = "has the archive moved? Download the files by hand and give their folder"
        raise TableError.one("WC544", f"{address}: {error.code} {error.reason}", hint) from None
    except (urllib.error.URLError, TimeoutError, ConnectionError, OSError) as error:
        reason = getattr(error, "reason", error)
        hint = "is there a network? The files can also be downloaded by hand: give their folder"
        raise TableError.one("WC544", f"{address}: {reason}", hint) from None


def _download(address: str, file: RemoteFile, part: Path) -> None:
    """Write the bytes beside their place, and compare them with what the archive says they are."""
    name = ALGORITHMS.get(file.algorithm.upper())
    if name is None:
        raise TableError.one("WC545", f"{file.name}: unknown checksum {file.algorithm}", "download it by hand")
    digest = hashlib.new(name, usedforsecurity=False)
    size = 0
    with part.open("wb") as out:
        for piece in _pieces(address):
            size += len(piece)
            if size > MOST_BYTES:
                raise TableError.one("WC545", f"{file.name} is larger than {MOST_BYTES:,} bytes", "download it by hand")
            digest.update(piece)
            out.write(piece)
    if digest.hexdigest() != file.checksum:
        hint = "the download was damaged, or the file was exchanged: try again"
        raise TableError.one(
            "WC545", f"{file.name}: {file.algorithm} is {digest.hexdigest()}, the archive says {file.checksum}", hint
        )


def _placed(part: Path, folder: Path, name: str) -> Fetched:
    """Move a checked file to its place."""
    content = part.read_bytes()
    os.replace(part, folder / _plain(name))  # noqa: PTH105 - the atomic one
    return Fetched(_plain(name), hashlib.sha256(content).hexdigest(), len(content))


def _unpacked(part: Path, folder: Path) -> list[Fetched]:
    """The tables of a checked archive, each by its plain name, whatever folders it names (WC545)."""
    found = []
    try:
        with zipfile.ZipFile(io.BytesIO(part.read_bytes())) as packed:
            for entry in packed.infolist():
                if entry.is_dir() or not entry.filename.lower().endswith(".csv"):
                    continue
                if entry.file_size > MOST_BYTES:
                    raise TableError.one("WC545", f"{entry.filename} is too large", "download it by hand")
                name = _plain(entry.filename)
                content = packed.read(entry)
                target = folder / f".{name}.part"
                target.write_bytes(content)
                os.replace(target, folder / name)  # noqa: PTH105 - the atomic one
                found.append(Fetched(name, hashlib.sha256(content).hexdigest(), len(content)))
    except BROKEN_ARCHIVE:
        raise TableError.one("WC545", "the downloaded archive cannot be unpacked", "try again") from None
    return found


def _plain(name: str) -> str:
    """A file name without folders, so that nothing is written elsewhere (WC545 where nothing is left)."""
    plain = PurePosixPath(name.replace("\\", "/")).name
    if not plain or plain in (".", ".."):
        raise TableError.one("WC545", f"{name!r} is no file name", "download the files by hand")
    return plain
