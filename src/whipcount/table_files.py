"""Tables as files for other programs: CSV, Parquet, Feather, XLSX, LaTeX and JSON, by the suffix of the name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .errors import UsageError

Table = Any  # of `table`, which imports this module to write itself
SUFFIXES = (".csv", ".parquet", ".feather", ".xlsx", ".tex")
_LATEX = str.maketrans(
    {"&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}"}
    | {"~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "\\": r"\textbackslash{}"}
)


def write_tables(tables: Sequence[Table], path: Path) -> tuple[Path, ...]:
    """Write tables into files of the kind that the suffix names, and give the files (WC620 for other suffixes).

    A workbook holds a sheet a table, a LaTeX file one after the other. In the other kinds the first table goes into the
    file and each further one into a file of its own beside it, `name-table.csv`.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise UsageError.one("WC620", f"{path.name}: tables are written as {', '.join(SUFFIXES)}", "name such a file")
    path.parent.mkdir(parents=True, exist_ok=True)
    if suffix == ".xlsx":
        _workbook(tables, path)
        return (path,)
    if suffix == ".tex":
        path.write_text("\n\n".join(latex(table) for table in tables) + "\n", encoding="utf-8")
        return (path,)
    files = []
    for number, table in enumerate(tables):
        file = path if number == 0 else path.with_name(f"{path.stem}-{table.name}{path.suffix}")
        frame = _flat(table)
        if suffix == ".csv":
            file.write_text(frame.write_csv(), encoding="utf-8")
        elif suffix == ".parquet":
            frame.write_parquet(file)
        else:
            frame.write_ipc(file)
        files.append(file)
    return tuple(files)


def _flat(table: Table) -> Any:
    """The table as a frame in which lists are joined by plus signs, as the commands take them."""
    import polars

    frame = table.frame()
    lists = [name for name, kind in frame.schema.items() if isinstance(kind, polars.List)]
    joined = [
        polars.Series(name, [None if cell is None else " + ".join(map(str, cell)) for cell in frame[name]])
        for name in lists
    ]
    return frame.with_columns(joined) if joined else frame


def _workbook(tables: Sequence[Table], path: Path) -> None:
    import xlsxwriter

    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), plain) as book:
        bold = book.add_format({"bold": True})
        for table in tables:
            page = book.add_worksheet(table.name[:31])
            page.freeze_panes(1, 1)
            for column, one in enumerate(table.columns):
                page.write_string(0, column, one.heading(), bold)
            for row, values in enumerate(_flat(table).rows(), 1):
                for column, value in enumerate(values):
                    if value is not None:
                        page.write(row, column, value)


def latex(table: Table) -> str:
    """The table as LaTeX with booktabs' rules, cells as people read them."""
    sides = "".join("r" if column.right else "l" for column in table.columns)
    head = " & ".join(_tex(column.heading()) for column in table.columns)
    body = [" & ".join(map(_tex, row)) + r" \\" for row in table.texts()]
    caption = [rf"\caption{{{_tex(table.heading())}}}"] if table.title else []
    lines = [
        r"\begin{table}",
        *caption,
        rf"\begin{{tabular}}{{{sides}}}",
        r"\toprule",
        head + r" \\",
        r"\midrule",
        *body,
        r"\bottomrule",
        r"\end{tabular}",
        r"\end{table}",
    ]
    return "\n".join(lines)


def _tex(text: str) -> str:
    return text.translate(_LATEX)
