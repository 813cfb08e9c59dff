"""Tables that visitors bring: what is taken, under what name it is kept, and how an archive is unpacked without trust.

Nothing here reads a table: that is done in a worker, within its limits of memory and time. The name that a browser
gives is only shown, never used as a path.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import unicodedata
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from whipcount.data.reading.content import BROKEN_ARCHIVE
from whipcount.errors import RunError, WebError

TEXTS = ("csv", "tsv", "txt")
BOOKS = ("xlsx",)
ARCHIVES = ("zip",)
KINDS = (*TEXTS, *BOOKS, *ARCHIVES)
MEMBERS = (".csv", ".tsv", ".txt", ".csv.gz")  # of an archive: tables only
MOST_MEMBERS = 60
MOST_UNPACKED = 60_000_000
MOST_RATIO = 200  # unpacked to packed; tables of text shrink to a tenth or so
_ID = re.compile(r"[0-9a-f]{32}")
_ZIP = b"PK\x03\x04"
_PIECE = 1 << 16


@dataclass(frozen=True)
class Upload:
    """A table as it came. name: for people; kind: the ending that says how to read it."""

    name: str
    kind: str
    content: bytes

    @property
    def id(self) -> str:
        """Names the table by what is in it."""
        total = hashlib.sha256(json.dumps([self.name, self.kind]).encode() + b"\0" + self.content)
        return total.hexdigest()[:32]

    @property
    def text(self) -> str | None:
        """The table as text, where it is text."""
        return self.content.decode("utf-8-sig") if self.kind in TEXTS else None


def pasted(text: str, most: int) -> Upload:
    """A table that was pasted. Raises WebError as `accepted` does."""
    return accepted("table.txt", text.replace("\r\n", "\n").encode(), most)


def accepted(name: str, content: bytes, most: int) -> Upload:
    """A table that was uploaded, if it can be one.

    Raises WebError: WC730 nothing or too much, WC731 of a kind that is not read, WC732 not what its name says.
    """
    shown = plain_name(name)
    if not content.strip():
        raise WebError.one("WC730", "the table is empty", "paste a table, or choose a file")
    if len(content) > most:
        raise WebError.one("WC730", f"the table has {len(content):,} bytes", f"at most {most:,} are read")
    kind = shown.rpartition(".")[2].lower()
    if kind not in KINDS:
        raise WebError.one("WC731", f"{shown}: not a kind of file that is read here", f"give one of {', '.join(KINDS)}")
    if (content[:4] == _ZIP) != (kind in (*BOOKS, *ARCHIVES)):
        raise WebError.one("WC732", f"{shown} is not what its ending says", "save the table again as CSV")
    if kind in TEXTS:
        try:
            content.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise WebError.one(
                "WC732", f"{shown} is not text in UTF-8", "save the table again as CSV in UTF-8"
            ) from None
        if b"\0" in content:
            raise WebError.one("WC732", f"{shown} is not text", "save the table again as CSV")
    return Upload(shown, kind, content)


def plain_name(name: str) -> str:
    """A file's name as it is shown: without folders and without what cannot be seen."""
    last = re.split(r"[/\\]", name)[-1]
    seen = "".join(letter for letter in last if not unicodedata.category(letter).startswith("C"))
    return seen.strip().strip(".")[-80:] or "table"


# -- kept between the form and the answer -----------------------------------------------------------------------------


@dataclass(frozen=True)
class TableShelf:
    """Tables by their ids, so that an address can name one; they are thrown away like all that is kept.

    Several visitors may bring the same table at once: its name is made of its content, so either may win.
    """

    folder: Path

    def put(self, upload: Upload) -> str:
        """Keep a table; gives its id."""
        from whipcount.store import make_folder, write_whole

        head = json.dumps({"name": upload.name, "kind": upload.kind}).encode()
        try:
            make_folder(self.folder, private=True)
            write_whole(self.folder / f"{upload.id}.table", head + b"\n" + upload.content, private=True)
        except RunError as error:  # visitors are not told where the server keeps its files
            why = error.__cause__.strerror if isinstance(error.__cause__, OSError) else ""
            raise WebError.one("WC737", f"the table cannot be kept here ({why})", "tell who runs this page") from error
        return upload.id

    def get(self, table_id: str) -> Upload:
        """A table by its id. Raises WebError (WC733) where there is none (any more)."""
        path = self.folder / f"{table_id}.table"
        try:
            if not _ID.fullmatch(table_id):
                raise FileNotFoundError
            head, _, content = path.read_bytes().partition(b"\n")
            told = json.loads(head)
            return Upload(str(told["name"]), str(told["kind"]), content)
        except (OSError, ValueError, KeyError, TypeError):
            raise WebError.one(
                "WC733", "this table is not kept here (any more)", "paste it, or upload it again"
            ) from None


# -- in the worker ---------------------------------------------------------------------------------------------------


def laid_out(upload: Upload, folder: Path) -> Path:
    """The table as a file (or a folder of files) for the readers, in an empty folder of the worker's own.

    Raises WebError (WC734) where an archive unpacks to too much, or to anything but tables.
    """
    if upload.kind in ARCHIVES:
        unpack(upload.content, folder)
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        if not files:
            raise _refused("it holds no tables")
        return files[0] if len(files) == 1 else files[0].parent
    if upload.kind in BOOKS:
        return _from_workbook(upload.content, folder)
    folder.mkdir(exist_ok=True)
    path = folder / f"{_stem(upload.name)}.csv"
    path.write_bytes(upload.content)
    return path


def _stem(name: str) -> str:
    """A file's name of plain letters."""
    return re.sub(r"[^\w-]+", "-", name.rpartition(".")[0], flags=re.UNICODE).strip("-")[:60] or "table"


def unpack(content: bytes, folder: Path) -> None:
    """Unpack an archive of tables, counting what comes out and not believing what it says of itself."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if len(entries) > MOST_MEMBERS:
                raise _refused(f"it holds {len(entries)} files, and at most {MOST_MEMBERS} are read")
            left = min(MOST_UNPACKED, MOST_RATIO * len(content))
            for entry in entries:
                target = _place_of(entry, folder)
                if target is not None:
                    left = _unpack_one(archive, entry, target, left)
    except (*BROKEN_ARCHIVE, OSError) as error:
        raise _refused(f"it cannot be read ({type(error).__name__})") from None


def _place_of(entry: zipfile.ZipInfo, folder: Path) -> Path | None:
    """Where a file of an archive goes: below the folder; none for what is passed over."""
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in entry.filename or "\0" in entry.filename:
        raise _refused(f"{plain_name(entry.filename)} would lie outside its folder")
    if entry.external_attr >> 16 & 0o170000 == 0o120000:
        raise _refused(f"{plain_name(entry.filename)} is a link")
    if entry.flag_bits & 1:
        raise _refused("it is locked with a password")
    if any(part.startswith((".", "__MACOSX")) for part in path.parts):
        return None  # what file managers leave behind
    if not path.name.lower().endswith(MEMBERS):
        raise _refused(f"{plain_name(entry.filename)} is not a table")
    return folder.joinpath(*path.parts)


def _unpack_one(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path, left: int) -> int:
    """Unpack a file as long as there is room for it; gives the room that is left."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(entry) as source, target.open("xb") as file:
        while piece := source.read(_PIECE):
            left -= len(piece)
            if left < 0:
                raise _refused("it unpacks to far more than it is")
            file.write(piece)
    if target.name.lower().endswith(".gz"):
        left = _counted(target, left)
    return left


def _counted(path: Path, left: int) -> int:
    """The room that is left once a packed table is read."""
    import gzip

    with gzip.open(path, "rb") as file:
        while piece := file.read(_PIECE):
            left -= len(piece)
            if left < 0:
                raise _refused("it unpacks to far more than it is")
    return left


def _from_workbook(content: bytes, folder: Path) -> Path:
    """A workbook as a file. What unpacks to too much is refused."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except BROKEN_ARCHIVE:
        raise _refused("it is no workbook") from None
    for entry in entries:
        if entry.file_size > MOST_UNPACKED or entry.file_size > MOST_RATIO * max(entry.compress_size, 1) + _PIECE:
            raise _refused("it unpacks to far more than it is")
    book = folder / "table.xlsx"
    book.write_bytes(content)
    return book


def _refused(why: str) -> WebError:
    error = WebError.one("WC734", f"the archive is not read: {why}", "put only tables (CSV) into it")
    assert isinstance(error, WebError)
    return error
