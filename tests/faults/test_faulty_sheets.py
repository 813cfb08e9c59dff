"""Spreadsheets with mistakes: each named by file or sheet, row and column, and the scenario left as it was."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest
from fault_runner import say

from whipcount.scenario import load, scaffold
from whipcount.scenario.sheets import export_sheets

# sheet, what is replaced, by what, the code, row and column, and what the complaint says
FAULTS: dict[str, tuple[str, str, str, str, str, str]] = {
    "unknown column": ("persons", "party,size", "partie,size", "WC151", "1:4", "did you mean 'party'"),
    "column twice": ("persons", "party,size", "party,party", "WC151", "1:5", "twice"),
    "no header": ("seats", "body,actor", "corpus,actor", "WC151", "1:1", "lacks the column 'body'"),
    "unknown body": ("seats", "committee,boris", "comittee,boris", "WC120", "3:1", "did you mean 'committee'"),
    "unknown person": ("seats", "committee,boris", "committee,bors", "WC120", "3:2", "did you mean 'boris'"),
    "ideal outside": ("persons", "blue,,0.1", "blue,,1.1", "WC124", "2:6", "outside 0..1"),
    "no number": ("persons", "blue,,0.1", "blue,,left", "WC112", "2:6", '"left"'),
    "no name": ("persons", "anna,Anna,Анна", "anna,,", "WC111", "2:1", "has no 'name'"),
    "broken braces": ("persons", "blue,,0.1", 'blue,,"0.1 {a: [}"', "WC105", "2:6", "not valid YAML"),
    "id twice": ("persons", "boris,Boris", "anna,Boris", "WC121", "3:1", "declared twice"),
    "no date": ("facts", "2024-03-10", "10.03.2024", "WC115", "2:2", "year-month-day"),
    "date outside": ("facts", "2024-03-10", "2023-03-10", "WC129", "2:2", "outside the calendar"),
    "unknown source": ("facts", "press:10 March", "pres:10 March", "WC120", "2:10", "did you mean 'press'"),
    "no source": ("facts", "press:10 March", "", "WC135", "2:1", "has no source"),
    "no flag": ("seats", "committee,boris,,,", "committee,boris,,,maybe", "WC112", "3:5", '"maybe"'),
    "a cell too many": (
        "seats",
        "committee,boris,,,,,",
        "committee,boris,,,,,,x",
        "WC151",
        "3:8",
        "beyond the last column",
    ),
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "demo.yaml").write_text(scaffold("demo"), encoding="utf-8")
    export_sheets(load("demo.yaml"), Path("sheets"), "csv")
    return tmp_path


def unchanged(folder: Path) -> bool:
    """Nothing was written: neither to the scenario nor beside it."""
    names = {path.name for path in folder.iterdir()}
    return (folder / "demo.yaml").read_text(encoding="utf-8") == scaffold("demo") and names <= {
        "demo.yaml",
        "sheets",
        "book.xlsx",
    }


@pytest.mark.parametrize("name", FAULTS)
def test_fault_of_a_cell(name: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sheet, old, new, code, where, words = FAULTS[name]
    path = folder / "sheets" / f"{sheet}.csv"
    text = path.read_bytes().decode("utf-8-sig")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8", newline="")
    said = say(capsys, "import", "sheets", "--into", "demo.yaml")
    assert said.code == 2
    assert f"{code} sheets/{sheet}.csv:{where} " in said.err
    assert words in said.err
    assert unchanged(folder)


def test_all_faults_of_all_sheets_come_at_once(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("ideal outside", "unknown person", "no date"):
        sheet, old, new, *_ = FAULTS[name]
        path = folder / "sheets" / f"{sheet}.csv"
        path.write_text(path.read_bytes().decode("utf-8-sig").replace(old, new, 1), encoding="utf-8", newline="")
    assert {"WC124", "WC120", "WC115"} <= set(say(capsys, "import", "sheets", "--into", "demo.yaml").codes)


def csv_of(content: bytes) -> dict[str, bytes]:
    return {"sheets/persons.csv": content}


FILES = {
    "binary": (csv_of(bytes(range(256))), "WC102"),
    "latin-1": (csv_of("id,name_en\nx,Äö".encode("latin-1")), "WC103"),
    "quotes": (csv_of(b'id,name_en\nx,"open'), "WC152"),
    "too large": (csv_of(b"id\n" + b"x\n" * 11_000_000), "WC101"),
    "too many rows": (csv_of(b"id\n" + b"x\n" * 60_000), "WC101"),
    "empty": (csv_of(b""), "WC151"),
    "no zip": ({"book.xlsx": b"hello"}, "WC152"),
    "a cut zip": ({"book.xlsx": b"PK\x03\x04" + bytes(50)}, "WC152"),
}


@pytest.mark.parametrize("name", FILES)
def test_fault_of_a_file(name: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files, code = FILES[name]
    for file, content in files.items():
        (folder / file).write_bytes(content)
    source = "book.xlsx" if "book.xlsx" in files else "sheets"
    said = say(capsys, "import", source, "--into", "demo.yaml")
    assert (said.code, code in said.codes) == (2, True)
    assert unchanged(folder)


def test_formulas_are_refused_and_never_computed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    export_sheets(load("demo.yaml"), Path("book.xlsx"), "xlsx")
    book = openpyxl.load_workbook("book.xlsx")
    book["persons"]["F2"] = "=1/10"
    book.save("book.xlsx")
    said = say(capsys, "import", "book.xlsx", "--into", "demo.yaml")
    assert "WC153 book.xlsx[persons]:2:6 the cell holds a formula" in said.err
    assert unchanged(folder)


def test_a_workbook_that_unpacks_to_far_more_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with zipfile.ZipFile("book.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", bytes(150_000_000))
    assert say(capsys, "import", "book.xlsx", "--into", "demo.yaml").codes == ["WC101"]
    assert unchanged(folder)


@pytest.mark.parametrize("source", ["nowhere", "nowhere.xlsx", "demo.yaml", "."])
def test_no_sheets_there(source: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = say(capsys, "import", source, "--into", "demo.yaml")
    assert said.code == 2
    assert said.codes[0] in ("WC100", "WC150")
    assert unchanged(folder)


def test_shipped_scenarios_and_existing_files_are_not_overwritten(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "WC608" in say(capsys, "import", "sheets", "--into", "november-1917").codes
    assert "WC605" in say(capsys, "import", "sheets", "--into", "demo.yaml", "--out", "demo.yaml").codes
    assert "WC605" in say(capsys, "export", "demo.yaml", "--to", "sheets").codes
    assert "WC607" in say(capsys, "export", "demo.yaml", "--to", "sheets", "--format", "ods").codes
    assert unchanged(folder)


def test_a_folder_that_cannot_be_written(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "wall").write_text("a file, not a folder", encoding="utf-8")
    said = say(capsys, "export", "demo.yaml", "--to", "wall/inside")
    assert (said.code, said.codes) == (2, ["WC603"])
