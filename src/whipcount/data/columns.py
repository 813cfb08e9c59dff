"""Reading the tables that users downloaded: every mistake of a file is told with the header that was expected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from ..errors import Place, Problem, TableError

# Kinds of columns: text, whole number, number, date (ISO), flag (0/1, true/false, t/f)
KINDS: dict[str, pl.DataType] = {
    "text": pl.String(),
    "whole": pl.Int64(),
    "number": pl.Float64(),
    "date": pl.Date(),
    "flag": pl.Boolean(),
}
MISSING = ("", "NA", "NaN", "nan", "null", "NULL")
SHOWN = 12  # columns of a wrong file that are told


@dataclass(frozen=True)
class Header:
    """The columns a file must have (name -> kind) and may have; `of` says what file this is."""

    of: str
    required: Mapping[str, str]
    optional: Mapping[str, str] = field(default_factory=dict)

    @property
    def line(self) -> str:
        """The header as it should stand in the file's first line."""
        return ",".join(self.required)


def find_table(folder: Path, *names: str) -> Path | None:
    """The first of these files that a folder holds, plain or gzipped; None where it holds none."""
    for name in names:
        for candidate in (folder / name, folder / f"{name}.gz"):
            if candidate.is_file():
                return candidate
    return None


def read_table(
    path: Path, header: Header, separator: str | None = None, aliases: Mapping[str, str] | None = None
) -> pl.DataFrame:
    """The table with the columns of `header` in their kinds; further columns are left out.

    aliases: other names under which a column may stand, used where its own name is not there. A missing file, an
    empty file, missing columns and values of the wrong kind are errors (WC540 to WC543).
    """
    text = _as_text(path, header, separator)
    for other, name in (aliases or {}).items():
        if other in text.columns and name not in text.columns:
            text = text.rename({other: name})
    missing = [name for name in header.required if name not in text.columns]
    if missing:
        found = ", ".join(text.columns[:SHOWN]) + (" ..." if len(text.columns) > SHOWN else "")
        raise TableError.one(
            "WC542",
            f"{header.of}: no column {', '.join(repr(name) for name in missing)}; the file has {found}",
            f"expected header: {header.line}",
            Place(str(path), 1, 1),
        )
    kinds = {**header.required, **{name: kind for name, kind in header.optional.items() if name in text.columns}}
    columns, problems = [], []
    for name, kind in kinds.items():
        column = _cast(text[name], kind)
        wrong = (column.is_null() & text[name].is_not_null()).arg_true()
        if len(wrong):
            row = int(wrong[0])
            value = text[name][row]
            hint = f"{kind} expected in column {name!r} of {header.of}"
            problems.append(
                Problem("WC543", f"{name} is {value!r} ({len(wrong)} such rows)", hint, Place(str(path), row + 2, 1))
            )
        columns.append(column)
    if problems:
        raise TableError(*problems)
    absent = [pl.lit(None, KINDS[kind]).alias(name) for name, kind in header.optional.items() if name not in kinds]
    return pl.DataFrame(columns).with_columns(absent)


def _as_text(path: Path, header: Header, separator: str | None) -> pl.DataFrame:
    """The file as a table of texts, missing values as nulls."""
    if not path.is_file():
        raise TableError.one(
            "WC540",
            f"{header.of}: no such file",
            f"expected a CSV file with the header {header.line}",
            Place(str(path)),
        )
    try:
        text = pl.read_csv(
            path,
            separator=separator or _separator(path),
            infer_schema=False,
            null_values=list(MISSING),
            encoding="utf8",
        )
    except pl.exceptions.NoDataError:
        text = pl.DataFrame()
    except (pl.exceptions.ComputeError, pl.exceptions.SchemaError, UnicodeDecodeError) as error:
        first = str(error).splitlines()[0]
        raise TableError.one(
            "WC543", f"{header.of}: not readable as CSV: {first}", f"expected header: {header.line}", Place(str(path))
        ) from None
    if text.is_empty():
        hint = f"expected header: {header.line}, and rows below it"
        raise TableError.one("WC541", f"{header.of}: the file holds no rows", hint, Place(str(path)))
    return text.rename({name: name.strip().lstrip("\ufeff") for name in text.columns}).with_columns(
        pl.all().str.strip_chars()
    )


def _separator(path: Path) -> str:
    """Comma, semicolon or tab, whichever the first line has most of."""
    import gzip

    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", errors="replace") as file:
        first = file.readline()
    return max(",;\t", key=first.count)


def _cast(column: pl.Series, kind: str) -> pl.Series:
    if kind == "text":
        return column
    if kind == "date":
        return column.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
    if kind == "flag":
        lower = column.str.to_lowercase()
        truth = {"1": True, "1.0": True, "true": True, "t": True, "yes": True}
        falsehood = {"0": False, "0.0": False, "false": False, "f": False, "no": False}
        return lower.replace_strict({**truth, **falsehood}, default=None, return_dtype=pl.Boolean)
    number = column.cast(pl.Float64, strict=False)
    if kind == "whole":
        # released tables write whole numbers with a decimal where a column has missing values: 104.0
        whole = pl.when(number == number.floor()).then(number).otherwise(None).cast(pl.Int64)
        return pl.select(whole.alias(column.name)).to_series()
    return number


def choose(value: str, known: Sequence[str], what: str) -> str:
    """`value`, if it is one of `known` (any case); else an error that lists them (WC546)."""
    for name in known:
        if name.lower() == value.lower():
            return name
    listed = ", ".join(known[:40]) + (" ..." if len(known) > 40 else "")
    raise TableError.one("WC546", f"no {what} {value!r} here", f"there are {listed}")
