"""The short form: an empty one can be written, a filled-in one makes a scenario that runs, faults are found by cell."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from whipcount.cli import main
from whipcount.engine import NumpyBackend, build_plan
from whipcount.errors import ScenarioError
from whipcount.questions.possible import cannot_happen
from whipcount.scenario import empty_form, load, scenario_from_sheet
from whipcount.scenario.sheets.form import CRISIS, SHEETS
from whipcount.theory.questionnaire import KEYS
from whipcount.world import build_world

FILLED: dict[str, Any] = {
    "crisis": {
        "title": "A cabinet split over rents", "first_day": "2024-03-01", "last_day": "2024-05-31",
        "source": "Newspapers of March", "year": 2024, "focal": "blue", "leader": "anna", "head": "anna",
        "confidence_body": "parliament", "dissolution": "yes",
    },
    "dimensions": [("main", "Rents", "frozen", "free")],
    "parties": [
        ("blue", "Blue party", "anna", 0.35, 3, "yes"),
        ("green", "Green party", "gleb", 0.15, None, "yes"),
        ("red", "Red party", "rosa", 0.3, None, "no"),
    ],
    "bodies": [
        ("parliament", "Parliament", "executive", None, None, "cast", 20, None),
        ("committee", "Committee of the Blues", "committee", "blue", "yes", "cast", None, None),
        ("green_board", "Board of the Greens", "committee", "green", "yes", None, None, None),
        ("red_board", "Board of the Reds", "committee", "red", "yes", None, None, None),
        ("cabinet", "Cabinet", "cabinet", None, None, None, None, None),
        ("congress", "Congress of the Blues", "congress", "blue", None, None, None, "yes"),
    ],
    "people": [
        ("anna", "Anna", "blue", 1, 0.8, "parliament, committee, cabinet", "Prime minister", None, None),
        ("boris", "Boris", "blue", 1, "0.7; 0.9", "parliament, committee, cabinet", "Finance", None, None),
        ("vera", "Vera", "blue", 1, "0.2; 0.3", "parliament, committee, cabinet", "Housing", "yes", "voted so"),
        ("blues", "Blue members", "blue", 12, "0.5; 0.8", "parliament, congress", None, None, None),
        ("rebels", "Blue rebels", "blue", 4, 0.2, "parliament, congress", None, "yes", None),
        ("gleb", "Gleb", "green", 1, 0.3, "parliament, green_board, cabinet", "Environment", None, None),
        ("greens", "Green members", "green", 5, 0.25, "parliament, green_board", None, None, None),
        ("rosa", "Rosa", "red", 1, 0.1, "parliament, red_board", None, None, None),
        ("reds", "Red members", "red", 14, 0.1, "parliament, red_board", None, None, None),
    ],
    "options": [
        ("as_it_is", "Rents stay frozen", 0.3, "blue, green", "now"),
        ("free", "Free rents in new houses", 0.9, "blue, green", "disputed"),
        (None, "Reds and Greens", 0.1, "red, green", None),
        ("fallen", "After a fall", 0.5, None, "fall"),
    ],
    "happened": {"q15_falls": ("no", None), "q06_post_resigned": ("doubtful yes", "2024-04-02")},
}  # fmt: skip
Change = Callable[[openpyxl.Workbook], None]


def workbook(path: Path, change: Change | None = None) -> Path:
    """The empty form, filled in as a user would, and then changed."""
    book = openpyxl.load_workbook(io.BytesIO(empty_form()))
    for row in book["crisis"].iter_rows(min_row=2):
        row[1].value = FILLED["crisis"].get(row[0].value)
    for name in ("dimensions", "parties", "bodies", "people", "options"):
        for number, row in enumerate(FILLED[name], start=2):
            for column, value in enumerate(row, start=1):
                book[name].cell(number, column).value = value
    for row in book["happened"].iter_rows(min_row=2):
        row[2].value, row[3].value = FILLED["happened"].get(row[0].value, (None, None))
    if change is not None:
        change(book)
    book.save(path)
    return path


def test_the_empty_form_explains_every_column() -> None:
    book = openpyxl.load_workbook(io.BytesIO(empty_form()))
    assert [sheet.title for sheet in book] == ["crisis", *SHEETS, "_guide"]
    assert [row[0].value for row in book["crisis"].iter_rows(min_row=2)] == [one.name for one in CRISIS]
    assert tuple(row[0].value for row in book["happened"].iter_rows(min_row=2)) == KEYS
    told = {(row[0].value, row[1].value): row[2].value for row in book["_guide"].iter_rows(min_row=2)}
    assert {(name, one.name) for name, columns in SHEETS.items() for one in columns} == set(told)
    assert all(told.values())


def test_a_filled_in_form_makes_a_scenario_that_is_checked_and_runs(tmp_path: Path) -> None:
    text = scenario_from_sheet(workbook(tmp_path / "rents.xlsx"))
    assert 50 <= text.count("\n") <= 160, text.count("\n")
    file = tmp_path / "rents.yaml"
    file.write_text(text, encoding="utf-8")
    loaded = load(file)
    scenario = loaded.scenario
    assert scenario.government.settlement == "as_it_is"
    assert {one.id for one in scenario.settlements} == {"as_it_is", "free", "reds_and_greens", "fallen"}
    assert next(one for one in scenario.bodies if one.id == "parliament").seats[3].weight == 12
    assert scenario.roles is not None
    assert scenario.roles.measure == "free"
    assert scenario.answers["q06_post_resigned"].doubtful
    assert not next(one for one in scenario.bodies if one.id == "congress").convened
    assert cannot_happen(loaded) == []
    plan = build_plan(build_world(loaded))
    block = NumpyBackend(plan).run(1, 0, 50)
    assert len(set(block.events.run.tolist())) == 50
    put = [one for one in scenario.outcomes if one.use == "questionnaire"]
    assert len(put) >= 17, [one.id for one in put]


def test_the_command_writes_form_and_scenario(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "--sheet", "empty.xlsx"]) == 0
    assert (tmp_path / "empty.xlsx").stat().st_size > 0
    workbook(tmp_path / "Rents of March.xlsx")
    assert main(["new", "--from", "Rents of March.xlsx"]) == 0
    assert main(["check", "rents-of-march.yaml"]) == 0
    assert main(["new", "--from", "Rents of March.xlsx"]) == 2  # it is there already
    assert main(["new"]) == 2
    assert main(["new", "x", "--sheet", "y.xlsx"]) == 2


def test_csv_folders_are_read_too(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(workbook(tmp_path / "rents.xlsx"))
    folder = tmp_path / "rents"
    folder.mkdir()
    for page in book:
        lines = [";".join("" if cell is None else f'"{cell}"' for cell in row) for row in page.values]
        (folder / f"{page.title}.csv").write_text("\n".join(lines), encoding="utf-8")
    assert scenario_from_sheet(folder) == scenario_from_sheet(tmp_path / "rents.xlsx")


def put(sheet: str, row: int, column: int, value: Any) -> Change:
    def change(book: openpyxl.Workbook) -> None:
        book[sheet].cell(row, column).value = value

    return change


def drop(sheet: str) -> Change:
    return lambda book: book.remove(book[sheet])


def rename(sheet: str, to: str) -> Change:
    def change(book: openpyxl.Workbook) -> None:
        book[sheet].title = to

    return change


# what is changed, the code, what is said, and where: sheet, row, column
FAULTS: dict[str, tuple[Change, str, str, tuple[str, int, int]]] = {
    "no sheet": (drop("people"), "WC157", "no sheet 'people'", ("", 0, 0)),
    "another sheet": (rename("people", "peple"), "WC157", "'peple'", ("peple", 1, 1)),
    "another column": (put("people", 1, 4, "member"), "WC157", "no column 'member'", ("people", 1, 4)),
    "another key": (put("crisis", 3, 1, "sumary"), "WC157", "'sumary'", ("crisis", 3, 1)),
    "no title": (put("crisis", 2, 2, None), "WC158", "'title' is empty", ("crisis", 2, 2)),
    "no name": (put("people", 3, 2, None), "WC158", "'name' is empty", ("people", 3, 2)),
    "no position": (put("people", 4, 5, None), "WC158", "'position.main' is empty", ("people", 4, 5)),
    "position outside": (put("people", 4, 5, 1.7), "WC124", "outside 0..1", ("people", 4, 5)),
    "no number": (put("people", 5, 4, "many"), "WC112", "many", ("people", 5, 4)),
    "no such party": (put("people", 2, 3, "blu"), "WC120", "no party 'blu'", ("people", 2, 3)),
    "no such leader": (put("parties", 3, 3, "glebb"), "WC120", "no actor 'glebb'", ("parties", 3, 3)),
    "no such body": (put("crisis", 15, 2, "senate"), "WC120", "no body 'senate'", ("crisis", 15, 2)),
    "not a date": (put("crisis", 4, 2, "spring"), "WC115", "spring", ("crisis", 4, 2)),
    "nothing in force": (put("options", 2, 5, None), "WC158", "no option is in force", ("options", 2, 1)),
    "two in force": (put("options", 3, 5, "now"), "WC158", "two options", ("options", 3, 5)),
    "no such role": (put("options", 4, 5, "perhaps"), "WC158", "'perhaps'", ("options", 4, 5)),
    "no such kind": (put("bodies", 2, 3, "club"), "WC114", "club", ("bodies", 2, 3)),
    "declared twice": (put("people", 3, 1, "anna"), "WC121", "'anna'", ("people", 3, 1)),
    "neither yes nor no": (put("happened", 2, 3, "perhaps"), "WC114", "perhaps", ("happened", 2, 3)),
    "no such question": (put("happened", 2, 1, "q99"), "WC147", "q99", ("happened", 2, 1)),
    "a formula": (put("people", 4, 5, "=1+1"), "WC153", "formula", ("people", 4, 5)),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_are_found_by_sheet_row_and_column(fault: str, tmp_path: Path) -> None:
    change, code, said, (sheet, row, column) = FAULTS[fault]

    def both(book: openpyxl.Workbook) -> None:
        if fault == "no such question":
            book["happened"].cell(2, 3).value = "yes"
        change(book)

    with pytest.raises(ScenarioError) as caught:
        scenario_from_sheet(workbook(tmp_path / "rents.xlsx", both))
    problem = next((one for one in caught.value.problems if one.code == code), None)
    assert problem is not None, caught.value
    assert said in problem.message
    if sheet:
        assert problem.place.file.endswith(f"rents.xlsx[{sheet}]")
        assert (problem.place.line, problem.place.column) == (row, column)


def test_nobody_dissents(tmp_path: Path) -> None:
    def change(book: openpyxl.Workbook) -> None:
        for row in book["people"].iter_rows(min_row=2):
            row[7].value = None

    with pytest.raises(ScenarioError, match=r"WC158.*nobody dissents"):
        scenario_from_sheet(workbook(tmp_path / "rents.xlsx", change))
