"""Tables as text for a paper: what LaTeX, Markdown and CSV readers make of it is what people read in the table."""

from __future__ import annotations

import csv
import io
import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import whipcount
from whipcount.table import Column, Table, figure

# everything that one of the two languages reads as its own, and signs of the program's own texts
AWKWARD = "&%$#_{}~^\\<>|*`[]\"'!()+-=.: −–—±×≥≤≠→…\u00a0аÉ5"
TEXTS = st.text(alphabet=AWKWARD, min_size=1, max_size=12).map(str.strip).filter(bool)

# TeX's words and what they print, longest first; `\\` at the end of a row is taken off before
PRINTED = {
    r"\textasciitilde{}": "~", r"\textasciicircum{}": "^", r"\textbackslash{}": "\\", r"\textless{}": "<",
    r"\textgreater{}": ">", r"\textbar{}": "|", r"\ldots{}": "…", r"$\pm$": "±", r"$\times$": "×", r"$\ge$": "≥",
    r"$\le$": "≤", r"$\ne$": "≠", r"$\to$": "→", "$-$": "−", "{}": "",
    r"\&": "&", r"\%": "%", r"\$": "$", r"\#": "#", r"\_": "_", r"\{": "{", r"\}": "}", "~": "\u00a0",
}  # fmt: skip
WORD = re.compile("|".join(map(re.escape, PRINTED)))


def table(*rows: tuple[object, ...]) -> Table:
    columns = (Column("name", "name"), figure("share", "share (%)", ".2f"), figure("seats", "seats", "d"))
    return Table("parties", "Parties & seats", columns, rows)


def dashes(text: str) -> str:
    """A text with what LaTeX prints for two and three hyphens, wherever they come from."""
    return text.replace("—", "---").replace("–", "--")


def printed(text: str) -> str:
    """What TeX prints for a cell; fails where a sign is left that TeX would read as its own."""
    left = WORD.sub("", text)
    assert not re.search(r"[\\{}$&#%_^~<>|]", left), text
    return WORD.sub(lambda found: PRINTED[found[0]], text)


def body(text: str) -> list[list[str]]:
    """Cells of the rows between the rules."""
    lines = text.split("\\midrule\n")[1].split("\n\\bottomrule")[0].splitlines()
    return [re.split(r"(?<!\\) & ", line.removesuffix(r" \\")) for line in lines]


@given(TEXTS)
@example("[1]")
@example("*")
@example("a & b_c {100%} \\ ~")
@example("−0.5 ± 1")
def test_latex_prints_what_people_read(name: str) -> None:
    text = table((name, 0.5, 3), ("plain", 12.25, 10)).to_latex()
    first, second = body(text)
    assert [dashes(printed(cell)) for cell in first] == [dashes(name), "0.50", "3"]
    assert second == ["plain", "12.25", "10"]
    # behind the end of a row, TeX takes a bracket or a star for an argument of that end
    assert not re.search(r"\\\\\s*[\[*]", text)


def test_latex_sets_numbers_to_the_right_under_its_title() -> None:
    text = table(("A", 0.5, 3)).to_latex()
    assert r"\begin{tabular}{lrr}" in text
    assert r"\caption{Parties \& seats}" in text
    assert r"share (\%)" in text
    assert text.count(r"\begin") == text.count(r"\end")


def in_html(text: str) -> list[list[str]]:
    """Cells of a Markdown table as another program renders it."""
    markdown = pytest.importorskip("markdown", reason="python-markdown is not installed")
    page = ET.fromstring(f"<p>{markdown.markdown(text, extensions=['tables'])}</p>")
    return [["".join(cell.itertext()) for cell in row] for row in page.iter("tr")]


@given(TEXTS.map(lambda text: text.replace("\u00a0", "")).map(str.strip).filter(bool))
@example("&lt; is not < &")
@example("a|b")
@example("*bold* _it_ `code` [link](x)")
@example("<b>")
def test_markdown_renders_what_people_read(name: str) -> None:
    rows = in_html(table((name, 0.5, 3)).to_markdown())
    assert rows == [["name", "share (%)", "seats"], [name, "0.50", "3"]]


def test_markdown_sets_numbers_to_the_right_and_cells_under_each_other() -> None:
    head, rule, *rows = table(("Labour", 0.5, 3), ("Conservatives", 12.25, 10)).to_markdown().splitlines()
    assert {len(line) for line in (head, rule, *rows)} == {len(head)}
    assert [part.strip()[-1] for part in rule.strip("|").split("|")] == ["-", ":", ":"]
    assert rows[0].endswith("|     3 |")


def test_csv_keeps_values_as_they_are() -> None:
    rows = [('Red, "Green"', 1 / 3, 3), ("line\nbreak", None, 10)]
    read = list(csv.reader(io.StringIO(table(*rows).to_csv())))
    assert read[0] == ["name", "share", "seats"]
    assert [(one[0], float(one[1]) if one[1] else None, int(one[2])) for one in read[1:]] == rows


def test_a_result_gives_its_tables_by_name_and_language() -> None:
    seats = whipcount.coalitions({"A": 40, "B": 35, "C": 25}, quota=51)
    assert seats.to_csv() == seats.tables()[0].to_csv()
    assert seats.to_markdown("surplus") == next(one for one in seats.tables() if one.name == "surplus").to_markdown()
    assert "Партии" in seats.to_latex(language="ru") or "партии" in seats.to_latex(language="ru")
    with pytest.raises(whipcount.WhipcountError, match="WC627"):
        seats.to_latex("nonsense")


def test_markdown_files_have_a_heading_for_each_table(tmp_path: object) -> None:
    from pathlib import Path

    assert isinstance(tmp_path, Path)
    seats = whipcount.coalitions({"A": 40, "B": 35, "C": 25}, quota=51)
    (file,) = seats.write(tmp_path / "seats.md")
    text = file.read_text(encoding="utf-8")
    assert text.count("## ") == len(seats.tables())
    assert all(table.to_markdown() in text for table in seats.tables())
