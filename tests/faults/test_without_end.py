"""What would go on without end: problems by the thousand, rows as wide as a spreadsheet, numbers beyond counting."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest
from fault_runner import say

import whipcount
from whipcount.data.reading import binary
from whipcount.errors import MOST_TOLD, Problem, RunError, ScenarioError, TableError, UsageError
from whipcount.scenario import scaffold
from whipcount.scenario.sheets import files
from whipcount.scenario.sheets.files import read_sheets

MANY = 3_000


@pytest.mark.parametrize(
    "lines",
    [
        "".join(f"key{number}: 1\n" for number in range(MANY)),  # unknown
        "".join("title: {en: a, ru: b}\n" for _ in range(MANY)),  # given twice
        "".join(f"key{number}: 0x1F\nkey{number}: .inf\n" for number in range(MANY)),  # no numbers of a scenario, twice
    ],
)
def test_problems_of_a_scenario_have_an_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], lines: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("demo.yaml").write_text(scaffold("demo") + lines, encoding="utf-8")
    said = say(capsys, "check", "demo.yaml")
    assert said.code == 2
    assert len(said.codes) == MOST_TOLD + 1
    assert "more problems" in said.err.splitlines()[-1]
    asked = say(capsys, "check", "demo.yaml", "--json")
    assert asked.out.count('"code"') == MOST_TOLD + 1


def test_it_is_told_how_many_more_there_are() -> None:
    problems = [Problem("WC110", f"unknown key {number}") for number in range(MANY)]
    error = ScenarioError(*problems)
    assert list(error.problems[:MOST_TOLD]) == problems[:MOST_TOLD]
    assert f"{MANY - MOST_TOLD:,} more" in error.problems[-1].message
    assert ScenarioError(*error.problems).problems == error.problems  # also on its way out of a worker
    few = problems[: MOST_TOLD + 1]
    assert list(ScenarioError(*few).problems) == few


def wide(path: Path, rows: int, column: int) -> Path:
    """A workbook with one cell a row, far to the right."""
    book = openpyxl.Workbook(write_only=False)
    page = book.active
    page.title = "facts"
    for row in range(1, rows + 1):
        page.cell(row, column, 1)
    book.save(path)
    return path


def test_a_row_as_wide_as_a_spreadsheet_is_no_sheet_of_a_scenario(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = wide(tmp_path / "wide.xlsx", 40, 16_384)
    said = say(capsys, "import", book, "--into", "two-bodies", "--out", tmp_path / "mine.yaml")
    assert "a row of 16384 columns" in said.line("WC101")
    assert not (tmp_path / "mine.yaml").exists()
    assert "facts" in str(read_sheets(wide(tmp_path / "narrow.xlsx", 3, files.MOST_COLUMNS))[0].file)


def test_cells_texts_and_styles_of_a_workbook_are_counted_before_they_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = wide(tmp_path / "book.xlsx", 200, 1)
    assert len(read_sheets(book)[0].rows) == 199
    monkeypatch.setattr(openpyxl, "load_workbook", lambda *_, **__: pytest.fail("it is read"))
    with monkeypatch.context() as patch:
        patch.setattr(files, "MOST_TAGS", 400)
        with pytest.raises(ScenarioError, match="WC101"):
            read_sheets(book)
    with zipfile.ZipFile(book, "a") as archive:
        archive.writestr("xl/more.xml", "<styles>" + "<xf/>" * (files.MOST_STYLE_TAGS + 1) + "</styles>")
    with pytest.raises(ScenarioError, match="WC101"):
        read_sheets(book)


def test_rows_beyond_the_last_that_is_read_are_not_left_out_in_silence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MOST_ROWS", 20)
    assert len(read_sheets(wide(tmp_path / "some.xlsx", 20, 1))[0].rows) == 19
    with pytest.raises(ScenarioError, match="more than 20 rows"):
        read_sheets(wide(tmp_path / "more.xlsx", 23, 1))


def test_a_table_of_wide_rows_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binary, "MOST_CELLS", 100_000)
    with pytest.raises(TableError) as failure:
        whipcount.coalitions(wide(tmp_path / "wide.xlsx", 40, 16_384))
    assert failure.value.problems[0].code == "WC543"
    assert failure.value.problems[0].place.line == 7  # and none of the rest is held


def test_memory_that_is_short_is_not_taken_for_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def short(*_: object, **__: object) -> None:
        raise MemoryError

    book = wide(tmp_path / "book.xlsx", 3, 1)
    monkeypatch.setattr(openpyxl, "load_workbook", short)
    for read in (read_sheets, whipcount.coalitions):
        with pytest.raises(MemoryError):
            read(book)


@pytest.mark.parametrize(
    "given", [{"seed": 2**63}, {"seed": 2**64 + 1}, {"runs": 10**9 + 1}, {"runs": 10**23}, {"workers": 2**70}]
)
def test_whole_numbers_beyond_counting_are_refused(given: dict[str, int]) -> None:
    with pytest.raises((UsageError, RunError)) as failure:
        whipcount.run("two-bodies", **{"runs": 20, **given})
    assert failure.value.problems[0].code in ("WC300", "WC625")


def test_a_seed_is_never_cut(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Seed 2**64 + 1 would come out as seed 1."""
    said = say(capsys, "run", "two-bodies", "-n", "20", "--seed", str(2**64 + 1), "--out", tmp_path / "run")
    assert said.codes == ["WC300"]
    assert not (tmp_path / "run").exists()
