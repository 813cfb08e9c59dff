"""Tables as files for other programs: CSV, Parquet, Feather, XLSX, LaTeX, Markdown, by the suffix of the name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .errors import UsageError

Table = Any  # of `table`, which imports this module to write itself
SUFFIXES = (".csv", ".parquet", ".feather", ".xlsx", ".tex", ".md")
_LATEX = str.maketrans(
    {"&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}"}
    | {"~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "\\": r"\textbackslash{}"}
    # signs that the older encodings of fonts show as others, or have no letter for
    | {"<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}"}
    | {"−": "$-$", "±": r"$\pm$", "×": r"$\times$", "≥": r"$\ge$", "≤": r"$\le$", "≠": r"$\ne$", "→": r"$\to$"}
    | {"–": "--", "—": "---", "…": r"\ldots{}", "\u00a0": "~", "\u202f": r"\,", "\n": " "}
)
# what some readers of Markdown take no backslash before is written as an entity, which all know
_MARKDOWN = str.maketrans(
    {sign: f"\\{sign}" for sign in "\\`*_[]|"} | {"<": "&lt;", ">": "&gt;", "~": "&#126;", "\n": " "}
)


def write_tables(tables: Sequence[Table], path: Path) -> tuple[Path, ...]:
    """Write tables into files of the kind that the suffix names, and give the files (WC620 for other suffixes).

    A workbook holds a sheet a table, a file of LaTeX or Markdown one after the other. In the other kinds the first
    table goes into the file and each further one into a file of its own beside it, `name-table.csv`.
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
    if suffix == ".md":
        path.write_text("\n".join(_titled(table) for table in tables), encoding="utf-8")
        return (path,)
    files = []
    for number, table in enumerate(tables):
        file = path if number == 0 else path.with_name(f"{path.stem}-{table.name}{path.suffix}")
        frame = _flat(table)
        if suffix == ".csv":
            file.write_text(csv(table), encoding="utf-8")
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


def csv(table: Table) -> str:
    """The table as CSV: keys of its columns, values as they are, lists joined by plus signs, nothing where none is."""
    return str(_flat(table).write_csv())


def latex(table: Table) -> str:
    """The table as LaTeX with booktabs' rules, cells as people read them."""
    sides = "".join("r" if column.right else "l" for column in table.columns)
    head = " & ".join(_tex(column.heading()) for column in table.columns)
    body = [_first(" & ".join(map(_tex, row))) + r" \\" for row in table.texts()]
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


def _first(row: str) -> str:
    """A row that may stand behind the end of another: there LaTeX reads a bracket or a star as a word to itself."""
    return "{}" + row if row[:1] in ("[", "*") else row


def markdown(table: Table) -> str:
    """The table as Markdown (pipes, as GitHub and pandoc read it), cells as people read them, set under each other."""
    rows = [list(map(_marked, row)) for row in table.texts()]
    head = [_marked(column.heading()) for column in table.columns]
    widths = [max(3, *(len(row[place]) for row in (head, *rows))) for place in range(len(head))]
    rule = [
        "-" * (width - 1) + ":" if one.right else "-" * width for one, width in zip(table.columns, widths, strict=True)
    ]

    def line(cells: Sequence[str]) -> str:
        placed = zip(table.columns, cells, widths, strict=True)
        return f"| {' | '.join(cell.rjust(width) if one.right else cell.ljust(width) for one, cell, width in placed)} |"

    return "\n".join(line(cells) for cells in (head, rule, *rows))


def _marked(text: str) -> str:
    return re.sub(r"&(?=#?\w+;)", "&amp;", text).translate(_MARKDOWN)


def _titled(table: Table) -> str:
    heading = f"## {table.heading()}\n\n" if table.title else ""
    return f"{heading}{markdown(table)}\n"
