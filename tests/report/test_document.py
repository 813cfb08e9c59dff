"""A model description as a Word document, read back: every heading, table cell and word is there."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import docx
import pytest

import whipcount
from whipcount.errors import UsageError
from whipcount.mechanisms import all_mechanisms
from whipcount.report.document import blocks, cells, document
from whipcount.report.odd_decisions import PARTS, decisions, heterogeneity
from whipcount.scenario import load

SMALL = """# Title of it

A paragraph over
two lines with `code` and **strong words**.
- first
- second
  goes on

1. one
2. two

## Part

| a | b |
| --- | --- |
| `x` | one \\| two |
"""


def read(content: bytes) -> docx.document.Document:
    return docx.Document(io.BytesIO(content))


def test_each_kind_of_block_comes_back() -> None:
    found = read(document(SMALL))
    told = [(one.style.name, one.text) for one in found.paragraphs]
    assert told == [
        ("Title", "Title of it"), ("Normal", "A paragraph over two lines with code and strong words."),
        ("List Bullet", "first"), ("List Bullet", "second goes on"), ("List Number", "one"), ("List Number", "two"),
        ("Heading 1", "Part"),
    ]  # fmt: skip
    assert [run.text for run in found.paragraphs[1].runs if run.bold] == ["strong words"]
    assert [run.text for run in found.paragraphs[1].runs if run.font.name] == ["code"]
    assert [[cell.text for cell in row.cells] for row in found.tables[0].rows] == [["a", "b"], ["x", "one | two"]]
    assert found.core_properties.title == "Title of it"


def test_the_same_text_gives_the_same_bytes() -> None:
    assert document(SMALL) == document(SMALL)


def test_nothing_of_the_description_is_lost(tmp_path: Path) -> None:
    text = whipcount.odd("two-bodies", out=tmp_path / "odd.docx").text
    found = read((tmp_path / "odd.docx").read_bytes())
    plain = "\n".join(
        [one.text for one in found.paragraphs]
        + [cell.text for table in found.tables for row in table.rows for cell in row.cells]
    )
    written = text.replace("`", "").replace("**", "")
    for block in blocks(written):
        for line in block:
            for piece in cells(line) if line.startswith("|") else [line.lstrip("#-0123456789. ")]:
                assert piece.strip("-: ") in plain, piece
    headings = [one.text for one in found.paragraphs if one.style.name.startswith("Heading")]
    assert set(all_mechanisms()) <= set(headings)


def test_a_text_is_written_where_the_file_is_no_document(tmp_path: Path) -> None:
    told = whipcount.odd("two-bodies", out=tmp_path / "odd.md")
    assert (tmp_path / "odd.md").read_text(encoding="utf-8") == told.text


def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "docx", None)
    with pytest.raises(UsageError, match=r"WC610.*whipcount\[documents\]"):
        document("# Title")


def test_every_part_of_human_decisions_is_told() -> None:
    loaded = load("two-bodies")
    text = whipcount.odd("two-bodies").text
    for name in (*PARTS, "Heterogeneity"):
        assert f"- **{name}.** " in text
    for one in decisions(loaded):
        row = next(line for line in text.splitlines() if line.startswith(f"| `{one.mechanism}.{one.name}` |"))
        for option in one.options:
            assert f"`{option.name}`" in row
            assert all(term in row for term, _ in option.terms)
    assert {one.mechanism for one in decisions(loaded)} <= set(all_mechanisms())
    assert "central values 0.05 to 0.8" in heterogeneity(loaded.scenario)
