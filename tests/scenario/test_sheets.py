"""Spreadsheets: what goes out comes back, cell by cell and file by file."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from known_names import declared
from pydantic import TypeAdapter

from whipcount.errors import Place, UsageError
from whipcount.scenario import LoadedScenario, load, names
from whipcount.scenario.schema import Scenario
from whipcount.scenario.sheets import export_sheets, import_sheets
from whipcount.scenario.sheets.cells import read_evidence, read_uncertain, write_evidence, write_uncertain
from whipcount.scenario.sheets.columns import Sheet, sheets
from whipcount.scenario.sheets.files import csv_bytes, read_sheets, xlsx_bytes
from whipcount.scenario.values import Evidence, Uncertain

HERE = Place("x.csv", 2, 3)
UNCERTAIN: TypeAdapter[Any] = TypeAdapter(Uncertain)
EVIDENCE: TypeAdapter[Any] = TypeAdapter(tuple[Evidence, ...])


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (0.3, 0.3),
        ([0.2, 0.3], "0.2; 0.3"),
        ([0.2], "0.2;"),
        ({"value": 0.3}, 0.3),
        ({"prior": {"beta": [6, 4]}}, "beta(6, 4)"),
        ({"prior": {"fixed": 2}}, "fixed(2)"),
        ({"value": 0.3, "assumed": "so {he} said"}, '0.3 {"assumed": "so {he} said"}'),
        ({"coders": [0.1], "evidence": ["A:2"]}, '0.1; {"evidence": ["A:2"]}'),
    ],
)
def test_uncertain_cells(value: Any, cell: Any) -> None:
    assert write_uncertain(value) == cell
    assert UNCERTAIN.validate_python(read_uncertain(cell, HERE)) == UNCERTAIN.validate_python(value)


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("0,3", 0.3),
        ("0,2; 0,3", [0.2, 0.3]),
        ("beta(2,5; 3)", {"prior": {"beta": [2.5, 3]}}),
        (" uniform( .1 , .4 ) ", {"prior": {"uniform": [0.1, 0.4]}}),
        ("0.3 {assumed: so}", {"value": 0.3, "assumed": "so"}),
        ("high", "high"),
        ("gamma(1, 2)", "gamma(1, 2)"),
    ],
)
def test_what_people_type(cell: str, value: Any) -> None:
    assert read_uncertain(cell, HERE) == value


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        (["A:2"], "A:2"),
        (["A:2", "B"], "A:2\nB"),
        ([{"source": "A", "where": 2, "kind": "judgement"}], "A:2 [judgement]"),
        ([{"source": "pipes", "where": "ch. 12", "note": "a; b"}], "pipes:ch. 12 — a; b"),
        ([{"source": "B", "kind": "judgement", "note": "x"}], "B [judgement] — x"),
    ],
)
def test_evidence_cells(value: Any, cell: str) -> None:
    assert write_evidence(value) == cell
    assert EVIDENCE.validate_python(read_evidence(cell, HERE)) == EVIDENCE.validate_python(value)


def test_several_citations_on_a_line() -> None:
    assert read_evidence("A:2; B:3", HERE) == ["A:2", "B:3"]


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co", "Zl", "Zp")), max_size=14)


NOTES = st.one_of(WORDS, st.sampled_from(["a\nb", " x ", "x — y", "[fact]", "a [judgement]", "{", "[{", "x; y", "a:b"]))
CITED = st.fixed_dictionaries(
    {
        "source": st.sampled_from(["A", "press", "lenin26"]),
        "where": NOTES,
        "note": NOTES,
        "kind": st.sampled_from(["fact", "judgement"]),
    }
)


@settings(max_examples=120, deadline=None)
@given(st.lists(CITED, max_size=3))
def test_any_evidence_survives(entries: list[dict[str, str]]) -> None:
    records = EVIDENCE.validate_python(entries)
    again = EVIDENCE.validate_python(read_evidence(write_evidence(entries), HERE))
    assert again == records


@settings(max_examples=25, deadline=None)
@given(rows=st.lists(st.lists(st.one_of(WORDS, st.floats(-1e6, 1e6), st.none()), min_size=2, max_size=2), max_size=4))
def test_cells_survive_csv_and_xlsx(rows: list[list[Any]], tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("sheets")
    cells = [[cell if cell != "" else None for cell in row] for row in rows]
    kept = [tuple(row) for row in cells if any(cell is not None for cell in row)]
    (folder / "a.csv").write_bytes(csv_bytes(["x", "y"], cells))
    (folder / "a.xlsx").write_bytes(xlsx_bytes([("a", ["x", "y"], cells)]))
    from_csv = [row for _, row in read_sheets(folder / "a.csv")[0].rows]
    assert from_csv == [tuple(repr(c) if isinstance(c, float) else c for c in row) for row in kept]
    from_xlsx = [row for _, row in read_sheets(folder / "a.xlsx")[0].rows]
    assert [tuple(map(number_or_text, row)) for row in from_xlsx] == [tuple(map(number_or_text, row)) for row in kept]


def number_or_text(cell: Any) -> Any:
    """A number kept as text is the same number."""
    try:
        return float(cell)
    except (TypeError, ValueError):
        return cell


@pytest.mark.parametrize("text", ["=1+1", "+x", "-x", "@x", "'=1", "''-", "\tx", "'plain", "plain"])
def test_nothing_in_a_csv_cell_is_a_formula(text: str, tmp_path: Path) -> None:
    content = csv_bytes(["x"], [[text]])
    written = next(csv.reader(io.StringIO(content.decode("utf-8-sig").split("\r\n", 1)[1], newline="")))[0]
    assert not written.startswith(("=", "+", "-", "@", "\t", "\r"))
    (tmp_path / "a.csv").write_bytes(content)
    assert read_sheets(tmp_path)[0].rows[0][1] == (text,)


def test_every_field_of_every_record_has_its_column() -> None:
    """A new field of the language would be lost on the way if no sheet had it."""
    for sheet in sheets(["d"]):
        covered = {column.path[0] for column in sheet.columns if column.path}
        elsewhere = {other.part for other in sheets(["d"]) if other.section == sheet.section and other.part}
        assert set(sheet.record.model_fields) == covered | (elsewhere if not sheet.owner else set()), sheet.name


@pytest.mark.parametrize(("name", "form"), [*((name, "csv") for name in names()), (names()[-1], "xlsx")])
def test_round_trip_changes_nothing(name: str, form: str, tmp_path: Path) -> None:
    loaded = load(name)
    target = tmp_path / ("book.xlsx" if form == "xlsx" else "sheets")
    export_sheets(loaded, target, form)
    imported = import_sheets(target, name)
    assert imported.changed == ()
    assert imported.text == loaded.text
    assert imported.ignored == ()


@pytest.mark.parametrize("name", names())
def test_rewritten_sections_say_the_same(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even when every section is written anew, the scenario is the same one."""
    loaded = load(name)
    export_sheets(loaded, tmp_path / "book.xlsx", "xlsx")

    def every_section(before: Scenario, after: Scenario, read: Sequence[Sheet]) -> tuple[str, ...]:
        assert before == after
        return tuple(dict.fromkeys(sheet.section for sheet in read))

    monkeypatch.setattr("whipcount.scenario.sheets.exchange._changed_sections", every_section)
    imported = import_sheets(tmp_path / "book.xlsx", name)
    path = tmp_path / "again.yaml"
    path.write_text(imported.text, encoding="utf-8")
    assert load(path).scenario == loaded.scenario


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_bytes().decode("utf-8-sig")
    assert old in text
    path.write_bytes(text.replace(old, new).encode())


@pytest.fixture
def folder(demo: LoadedScenario, tmp_path: Path) -> Path:
    export_sheets(demo, tmp_path / "sheets", "csv")
    return tmp_path / "sheets"


def changed(folder: Path, demo: LoadedScenario) -> tuple[Scenario, str]:
    imported = import_sheets(folder, demo.path, declared)
    demo.path.write_text(imported.text, encoding="utf-8")
    return load(demo.path, registry=declared).scenario, imported.text


def test_an_edited_person_and_a_new_seat(folder: Path, demo: LoadedScenario) -> None:
    edit(folder / "persons.csv", "gleb,Gleb,Глеб,green,,0.7", "gleb,Gleb,Глеб,green,,0.65")
    edit(folder / "seats.csv", "cabinet,vera", "cabinet,vera,,,,,\r\ncabinet,boris")
    scenario, text = changed(folder, demo)
    assert scenario.actors[4].ideal["breadth"].value == 0.65
    assert [seat.actor for seat in scenario.bodies[2].seats] == ["anna", "vera", "boris"]
    assert "# what you read; `account: true` marks" in text
    assert "# what happened, fact by fact" in text
    assert text.startswith("# Demo")


def test_one_sheet_alone(folder: Path, demo: LoadedScenario) -> None:
    edit(folder / "facts.csv", "2024-03-10", "2024-03-11")
    for other in ("persons", "seats", "posts", "tenures", "sources"):
        (folder / f"{other}.csv").unlink()
    imported = import_sheets(folder, demo.path, declared)
    assert imported.changed == ("record",)
    assert imported.read == ("facts",)


def test_posts_without_their_spells_keep_the_history(tmp_path: Path, text: str, write: Callable[[str], Path]) -> None:
    path = write(text.replace("eligible: [boris],", "eligible: [boris], history: [{holder: anna, until: 2024-02-01}],"))
    demo = load(path, registry=declared)
    export_sheets(demo, tmp_path / "sheets", "csv")
    (tmp_path / "sheets" / "tenures.csv").unlink()
    edit(tmp_path / "sheets" / "posts.csv", "0.2,vera", "0.3,vera")
    scenario, _ = changed(tmp_path / "sheets", demo)
    assert scenario.posts[0].portfolio == 0.3
    assert scenario.posts[0].history[0].holder == "anna"


def test_a_workbook_as_a_spreadsheet_program_saves_it(demo: LoadedScenario, tmp_path: Path) -> None:
    """Numbers become fractions and dates become dates there; neither changes what is meant."""
    export_sheets(demo, tmp_path / "book.xlsx", "xlsx")
    book = openpyxl.load_workbook(tmp_path / "book.xlsx")
    facts = book["facts"]
    facts["B2"] = dt.datetime(2024, 3, 11)
    book["persons"]["E7"] = 13.0
    book["seats"]["E2"] = True
    book.create_sheet("scratch")["A1"] = "mine"
    book.save(tmp_path / "book.xlsx")
    imported = import_sheets(tmp_path / "book.xlsx", demo.path, declared)
    assert imported.changed == ("actors", "record")
    assert imported.ignored == ("scratch",)
    demo.path.write_text(imported.text, encoding="utf-8")
    scenario = load(demo.path, registry=declared).scenario
    assert scenario.record[0].date == dt.date(2024, 3, 11)
    assert scenario.actors[5].size == 13


def test_semicolons_and_decimal_commas(folder: Path, demo: LoadedScenario) -> None:
    path = folder / "persons.csv"
    rows = list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"), newline="")))
    rows[5][5] = "0,65"
    stream = io.StringIO()
    csv.writer(stream, delimiter=";").writerows(rows)
    path.write_text(stream.getvalue(), encoding="utf-8")
    scenario, _ = changed(folder, demo)
    assert scenario.actors[4].ideal["breadth"].value == 0.65


def test_existing_files_are_kept(demo: LoadedScenario, folder: Path) -> None:
    before = (folder / "persons.csv").read_bytes()
    with pytest.raises(UsageError, match="WC605"):
        export_sheets(demo, folder, "csv")
    assert (folder / "persons.csv").read_bytes() == before
    export_sheets(demo, folder, "csv", force=True)
