"""Folders in an object store that speaks S3 (`s3://bucket/name`): written where the work is, read anywhere.

Such a folder has a place at hand, a folder of this machine that lasts as long as the process: what is read as a file
(manifest, tables, journal) lies there too and is sent when it is written; pieces (chunks, worlds) are in the store.
An object appears whole or not at all, as files do here. Nothing holds it against a second writer.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from whipcount.errors import RunError

if TYPE_CHECKING:
    from pyarrow.fs import FileSystem

ENDPOINTS = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
PIECES = (".chunk", ".piece")  # never fetched with the other files
PART = 8 << 20  # bytes that are sent at once
SECONDS = 10.0  # to connect, and for the store to answer six times
_ADDRESS = re.compile(r"s3:/{1,2}([^/?][^?]*)(\?.*)?")  # a Path has made one stroke of two
_CREDENTIALS = re.compile(r"ACCESS|SIGNATURE|TOKEN|CREDENTIAL|HTTP STATUS 40[13]")
_NETWORK = re.compile(r"NETWORK|TIMEOUT|SERVICE_UNAVAILABLE|SLOW_DOWN")

_at_hand: dict[Path, str] = {}  # the address by the folder at hand
_seen: dict[Path, dict[str, tuple[Any, ...]]] = {}  # what lay there, by name: size and time


def is_address(place: object) -> bool:
    """Whether it names a folder of an object store."""
    return _ADDRESS.fullmatch(str(place)) is not None


def address_of(folder: Path) -> str:
    """The address of a folder at hand or of one in it; nothing for any other folder."""
    for one, address in _at_hand.items():
        if folder == one:
            return address
        if one in folder.parents:
            return _joined(address, folder.relative_to(one).as_posix())
    return ""


def shown(folder: Path) -> str:
    """What a folder is called in front of a reader: its address, or its path."""
    return _address(folder) or address_of(folder) or str(folder)


def at_hand(place: str | Path) -> Path:
    """The folder to work in: `place` itself, or for an address a folder here that holds its files but not its pieces.

    Raises RunError (WC355) where the object store refuses or does not answer.
    """
    address = _address(place)
    if not address:
        return Path(place)
    folder = next((one for one, known in _at_hand.items() if known == address), None)
    if folder is None:
        root = Path(tempfile.mkdtemp(prefix="whipcount-"))
        atexit.register(shutil.rmtree, root, ignore_errors=True)
        folder = root / address.partition("?")[0].rpartition("/")[2]
    _fetch(address, folder)
    _at_hand[folder] = address
    return folder


def send(path: Path) -> None:
    """Send a file that was written into a folder at hand; nothing for any other file."""
    address = address_of(path)
    if not address:
        return
    filesystem, name = _reached(address)
    with _coded(address), path.open("rb") as file, filesystem.open_output_stream(name) as stream:
        while part := file.read(PART):
            stream.write(part)


def drop(folder: Path) -> None:
    """Remove all that the store has of a folder that was removed here."""
    address = address_of(folder)
    if address:
        filesystem, name = _reached(address)
        with _coded(address), contextlib.suppress(FileNotFoundError):
            filesystem.delete_dir(name)


def put(address: str, name: str, content: bytes) -> None:
    """Write an object of a folder. Raises RunError (WC355)."""
    filesystem, path = _reached(_joined(address, name))
    with _coded(address), filesystem.open_output_stream(path) as stream:
        stream.write(content)


def get(address: str, name: str) -> bytes | None:
    """The content of an object of a folder; none if there is none. Raises RunError (WC355)."""
    filesystem, path = _reached(_joined(address, name))
    with _coded(address):
        try:
            with filesystem.open_input_file(path) as stream:
                return bytes(stream.read())
        except FileNotFoundError:
            return None


def first_lines(address: str, suffix: str) -> Iterator[bytes]:
    """The first line of each object of a folder whose name ends so, up to a thousand bytes."""
    filesystem, _ = _reached(address)
    for path, size in _objects(address):
        if path.endswith(suffix) and size:
            with _coded(address), filesystem.open_input_file(path) as stream:
                yield bytes(stream.read(1_000)).partition(b"\n")[0]


# -- within ------------------------------------------------------------------------------------------------------------


def _fetch(address: str, folder: Path) -> None:
    """Bring the files of an address, but for its pieces, into a folder; what is there as it was stays."""
    filesystem, root = _reached(address)
    bucket = root.partition("/")[0]
    seen = _seen.setdefault(folder, {})
    with _coded(address):
        from pyarrow.fs import FileType

        if filesystem.get_file_info(bucket).type == FileType.NotFound:
            raise FileNotFoundError(f"there is no bucket {bucket}")
    for path, size in _objects(address):
        file = folder / Path(path).relative_to(root)
        file.parent.mkdir(parents=True, exist_ok=True)
        if path.endswith(PIECES):
            continue
        with _coded(address):
            sign = (size, filesystem.get_file_info(path).mtime_ns)
            if seen.get(path) != sign or not file.exists():
                with filesystem.open_input_stream(path) as stream, file.open("wb") as copy:
                    shutil.copyfileobj(stream, copy, PART)
                seen[path] = sign


def _objects(address: str) -> list[tuple[str, int]]:
    """Path and size of each object of a folder."""
    from pyarrow.fs import FileSelector, FileType

    filesystem, root = _reached(address)
    with _coded(address):
        found = filesystem.get_file_info(FileSelector(root, allow_not_found=True, recursive=True))
    return sorted((one.path, one.size) for one in found if one.type == FileType.File)


def _address(place: str | Path) -> str:
    match = _ADDRESS.fullmatch(str(place))
    return "" if match is None else f"s3://{match[1].rstrip('/')}{match[2] or ''}"


def _joined(address: str, name: str) -> str:
    path, mark, query = address.partition("?")
    return f"{path}/{name}{mark}{query}"


def _reached(address: str) -> tuple[FileSystem, str]:
    """The store, and the path in it."""
    path, _, query = address.removeprefix("s3://").partition("?")
    endpoint = next(filter(None, map(os.environ.get, ENDPOINTS)), "")
    with _coded(address):
        return _store(path.partition("/")[0], query, endpoint), path.rstrip("/")


@cache
def _store(bucket: str, query: str, endpoint: str) -> FileSystem:
    from pyarrow import fs

    asked = {key: values[-1] for key, values in parse_qs(query).items()}
    unknown = sorted(asked.keys() - {"endpoint_override", "scheme", "region"})
    if unknown:
        raise ValueError(f"{unknown[0]} is no setting of such an address")
    place = urlsplit(endpoint)
    if place.netloc:
        asked = {"endpoint_override": place.netloc, "scheme": place.scheme, **asked}
    if not asked.keys() & {"region", "endpoint_override"}:
        asked["region"] = os.environ.get("AWS_REGION") or fs.resolve_s3_region(bucket)
    return fs.S3FileSystem(
        connect_timeout=SECONDS, request_timeout=6 * SECONDS,
        retry_strategy=fs.AwsStandardS3RetryStrategy(max_attempts=4), **asked,
    )  # fmt: skip


@contextlib.contextmanager
def _coded(address: str) -> Iterator[None]:
    """Turn what an object store refuses into a coded error (WC355)."""
    try:
        yield
    except (OSError, ValueError, ImportError) as error:
        said = re.sub(r" \(Request ID: .*", "", str(error)).strip() or type(error).__name__
        named = re.search(r"AWS Error (\w+)(?: \(HTTP status \d+\))?", said, re.IGNORECASE)
        kind = named[0].upper() if named else said.upper()
        if _CREDENTIALS.search(kind):
            hint = (
                "see that AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (or ~/.aws) name somebody who may do this there"
            )
        elif _NETWORK.search(kind):
            hint = "see that the store is up, and that AWS_ENDPOINT_URL is its address where it is not Amazon's"
        elif "BUCKET" in kind:
            hint = "correct the name of the bucket, or make it; whipcount makes none"
        else:
            hint = "see docs/how-to/cluster.md, about object stores"
        plain = address.partition("?")[0]
        raise RunError.one("WC355", f"{plain} cannot be had of its object store: {said}", hint) from error
