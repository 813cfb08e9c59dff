"""What a file is by its first bytes, and text from bytes: gzip, Unicode with and without marks, Windows code pages."""

from __future__ import annotations

import gzip
import io
import itertools
import lzma
import struct
import zipfile
import zlib
from pathlib import Path

from ...errors import Place, TableError

MOST_BYTES = 4_000_000_000  # of a file unpacked

# What Python's own reader of zip archives raises where one is damaged, beside errors of the system
BROKEN_ARCHIVE = (
    zipfile.BadZipFile, RuntimeError, ValueError, LookupError, EOFError, struct.error, zlib.error, lzma.LZMAError,
)  # fmt: skip

# Kinds of files that are tables and that `binary` reads
KINDS = ("xlsx", "xls", "ods", "stata", "spss", "sas", "parquet", "feather", "json", "text")


def load(path: Path, expected: str = "") -> tuple[bytes, str]:
    """The content of a file, unpacked where it is gzipped or a zip of one file, and its kind, one of KINDS.

    WC540 where there is no such file, WC521 where it is no table.
    """
    if not path.is_file():
        what = "a folder, no file" if path.is_dir() else "no such file"
        hint = (
            f"expected a table (CSV, XLSX, ...) with the header {expected}" if expected else "give the path of a table"
        )
        raise TableError.one("WC540", what, hint, Place(str(path)))
    return unpacked(path.read_bytes(), path)


def unpacked(content: bytes, path: Path) -> tuple[bytes, str]:
    """Content and kind, archives opened."""
    if content[:2] == b"\x1f\x8b":
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(content)) as packed:
                inner = packed.read(MOST_BYTES + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise _unreadable(path, f"a damaged gzip file: {error}", "download it again") from None
        if len(inner) > MOST_BYTES:
            raise _unreadable(path, "a gzip file of more than 4 GB", "give a part of it")
        return unpacked(inner, path)
    if content[:4] == b"PK\x03\x04":
        return _archive(content, path)
    return content, kind_of(content, path)


def _archive(content: bytes, path: Path) -> tuple[bytes, str]:
    """A workbook is a zip archive; an archive of one file is that file."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = [entry.filename for entry in archive.infolist() if not entry.is_dir()]
            if "xl/workbook.xml" in names:
                return content, "xlsx"
            if "xl/workbook.bin" in names:
                return content, "xls"
            if "content.xml" in names and "mimetype" in names:
                return content, "ods"
            if len(names) == 1 and archive.infolist()[0].file_size <= MOST_BYTES:
                return unpacked(archive.read(names[0]), path)
    except (*BROKEN_ARCHIVE, OSError) as error:
        raise _unreadable(path, f"a damaged zip archive: {error}", "save or download it again") from None
    raise _unreadable(path, f"a zip archive of {len(names)} files", "unpack it and give one table")


def kind_of(content: bytes, path: Path) -> str:
    """The kind of an unpacked file by its first bytes; what is no table is called by its name (WC521)."""
    head = content[:600]
    for start, kind in (
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "xls"),
        (b"<stata_dta>", "stata"),
        (b"$FL", "spss"),
        (b"PAR1", "parquet"),
        (b"ARROW1", "feather"),
    ):
        if head.startswith(start):
            return kind
    if head[:1] in (b"\x69", b"\x6c", b"\x6e", b"\x6f", b"\x71", b"\x72", b"\x73") and head[1:4] in (
        b"\x01\x01\x00",
        b"\x02\x01\x00",
    ):
        return "stata"  # formats 105 to 115
    if head[:32].endswith(b"\x11\x01\x00\x00\x00\x00") or head[12:20] == b"\xc2\xea\x81\x60\xb3\x14\x11\xcf":
        return "sas"
    for start, what, hint in (
        (b"RDX", "an R workspace", "write it as CSV: write.csv(table, 'table.csv', row.names = FALSE)"),
        (b"RDA", "an R workspace", "write it as CSV: write.csv(table, 'table.csv', row.names = FALSE)"),
        (b"X\n\x00\x00", "an R object (RDS)", "write it as CSV: write.csv(table, 'table.csv', row.names = FALSE)"),
        (b"A\n3\n", "an R object (RDS)", "write it as CSV: write.csv(table, 'table.csv', row.names = FALSE)"),
        (b"FEA1", "an old Feather file", "write it as Feather of version 2, or as Parquet"),
        (b"\x89HDF", "an HDF5 file", "write the table as Parquet or CSV"),
        (b"SQLite format 3", "an SQLite database", "write the table as CSV"),
        (b"%PDF", "a PDF document", "copy the table into a spreadsheet and save it as CSV"),
        (b"{\\rtf", "a text document (RTF)", "copy the table into a spreadsheet and save it as CSV"),
    ):
        if head.startswith(start):
            raise _unreadable(path, what, hint)
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if text[:1] == b"<":
        raise _markup(text, path)
    if text[:1] in (b"[", b"{") and not _is_voteview_text(text):
        return "json"
    if path.suffix.lower() == ".ord":
        hint = "give a whole .ord file to whipcount rollcall, or Voteview's three CSV files of one chamber"
        raise _unreadable(path, "a Voteview .ord file: fixed columns, no table", hint)
    if b"\x00" in head and head[:2] not in (b"\xff\xfe", b"\xfe\xff") and _utf16_without_mark(head) is None:
        raise _unreadable(path, "not text: a binary file of an unknown kind", "save the table as CSV (UTF-8)")
    return "text"


def _is_voteview_text(text: bytes) -> bool:
    """A header such as `[1],x` is no JSON: JSON goes on with a quotation mark, a brace, a bracket, or a number."""
    rest = text[1:].lstrip()
    return not rest[:1] or rest[:1] not in b'"{[]}0123456789-tfn'


def _markup(text: bytes, path: Path) -> TableError:
    lower = text.lower()
    if b"<scenario" in lower:
        what, hint = "a KTAB scenario (XML)", "give it to whipcount bargain, or save it from KTAB as CSV"
    elif b"<html" in lower or b"<!doctype html" in lower or b"<table" in lower:
        what, hint = (
            "a web page",
            "copy the table into a spreadsheet and save it as CSV; a login page may be in its place",
        )
    elif b"urn:schemas-microsoft-com:office:spreadsheet" in lower:
        what, hint = "a spreadsheet of 2003 (XML)", "open it and save it as XLSX or CSV"
    else:
        what, hint = "an XML file", "save the table as CSV"
    return _unreadable(path, what, hint)


def _unreadable(path: Path, what: str, hint: str) -> TableError:
    error = TableError.one("WC521", f"this is {what}", hint, Place(str(path)))
    assert isinstance(error, TableError)
    return error


def _utf16_without_mark(head: bytes) -> str | None:
    """The byte order of UTF-16 text that has no mark: every other byte of Western text is zero."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = max(1, len(head) // 2)
    if odd > 0.4 * half and even == 0:
        return "utf-16-le"
    if even > 0.4 * half and odd == 0:
        return "utf-16-be"
    return None


def decode(content: bytes, path: Path, encoding: str | None = None) -> tuple[str, str | None]:
    """Text and, where the encoding had to be told from evidence, its name for a remark (WC543 where it is none)."""
    if encoding is not None:
        try:
            return content.decode(encoding).lstrip("\ufeff"), None
        except (UnicodeDecodeError, LookupError) as error:
            hint = "name another encoding, or none"
            raise TableError.one("WC543", f"not text in {encoding}: {error}", hint, Place(str(path))) from None
    marks = (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe\x00\x00", "utf-32"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    )
    named = next((name for mark, name in marks if content.startswith(mark)), None)
    named = named or _utf16_without_mark(content[:600])
    try:
        return content.decode(named or "utf-8"), None
    except UnicodeDecodeError as error:
        if named is not None:
            hint = "save the table as UTF-8"
            raise TableError.one("WC543", f"not {named} text: {error.reason}", hint, Place(str(path))) from None
    return _by_code_page(content)


def _by_code_page(content: bytes) -> tuple[str, str]:
    """Text of a Windows code page: Cyrillic where most letters are beyond ASCII, else Western European."""
    high = sum(byte >= 0xC0 for byte in content)
    latin = sum(65 <= byte <= 90 or 97 <= byte <= 122 for byte in content)
    pairs = sum(one >= 0xC0 and other >= 0xC0 for one, other in itertools.pairwise(content))
    if high and 2 * pairs > high and 4 * high > latin:
        return content.decode("cp1251", errors="replace"), "Windows-1251 (Cyrillic)"
    try:
        return content.decode("cp1252"), "Windows-1252 (Western European)"
    except UnicodeDecodeError:
        return content.decode("latin-1"), "Latin-1 (Western European)"
