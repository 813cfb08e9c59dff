"""The one reader of tables: kinds of files, marks in numbers, rows left out, names; and what it says of each."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import unicodedata
from pathlib import Path

import polars as pl
import pytest

import whipcount
from whipcount.data.reading import read_table
from whipcount.data.reading.names import find_name, split_cabinet, split_names
from whipcount.data.reading.numerals import written
from whipcount.data.seats import load_seats
from whipcount.errors import TableError
from whipcount.text import speaking

PLAIN = "party,seats,position\nLeft,69,1.2\nGrüne,67,2.9\nLabour,153,3.8\n"


def put(folder: Path, name: str, content: str | bytes, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def told(path: Path) -> str:
    return "\n".join(map(str, read_table(path).remarks))


class TestKindsOfFiles:
    @pytest.mark.parametrize(
        "content",
        [
            PLAIN.encode(),
            PLAIN.encode("utf-8-sig"),
            PLAIN.replace(",", ";").encode(),
            PLAIN.replace(".", "\0").replace(",", ";").replace("\0", ",").encode("utf-8-sig"),
            ("sep=;\r\n" + PLAIN.replace(",", ";").replace("\n", "\r\n")).encode("utf-8-sig"),
            PLAIN.replace(",", "\t").encode("utf-16"),
            PLAIN.replace(",", "\t").encode("utf-16-le"),
            PLAIN.replace(",", "|").encode(),
            PLAIN.encode("cp1252"),
            gzip.compress(PLAIN.encode(), mtime=0),
            PLAIN.replace("party,seats", '"Party","SEATS "').encode(),
            json.dumps(
                read_table({"party": ["Left", "Grüne", "Labour"], "seats": [69, 67, 153]}).frame.to_dicts()
            ).encode(),
            json.dumps({"party": ["Left", "Grüne", "Labour"], "seats": [69, 67, 153]}).encode(),
            b'{"party":"Left","seats":69}\n{"party":"Gr\\u00fcne","seats":67}\n{"party":"Labour","seats":153}\n',
            json.dumps({"Left": 69, "Grüne": 67, "Labour": 153}).encode(),
        ],
        ids=range(15),
    )
    def test_each_gives_the_same_table(self, tmp_path: Path, content: bytes) -> None:
        table = load_seats(put(tmp_path, "table.csv", content))
        assert (table.names, table.seats) == (("Left", "Grüne", "Labour"), (69, 67, 153))
        assert dict(table.measures).get("position", (1.2, 2.9, 3.8)) == (1.2, 2.9, 3.8)

    @pytest.mark.parametrize("kind", ["xlsx", "parquet", "feather", "dta", "sav"])
    def test_tables_of_other_programs(self, tmp_path: Path, kind: str) -> None:
        frame = pl.DataFrame({"party": ["Left", "Grüne"], "seats": [69, 67], "position": [1.25, None]})
        path = tmp_path / f"t.{kind}"
        if kind == "xlsx":
            frame.write_excel(path)
        elif kind == "parquet":
            frame.write_parquet(path)
        elif kind == "feather":
            frame.write_ipc(path)
        else:
            pyreadstat = pytest.importorskip("pyreadstat", reason="Stata and SPSS files need the extra `tables`")
            (pyreadstat.write_dta if kind == "dta" else pyreadstat.write_sav)(frame, str(path))
        table = load_seats(path)
        assert (table.names, table.seats) == (("Left", "Grüne"), (69, 67))
        assert dict(table.measures)["position"] == (1.25, None)

    @pytest.mark.parametrize(
        ("content", "name", "word"),
        [
            (b"%PDF-1.4 ...", "t.pdf", "PDF"),
            (b"RDX3\nX\n", "t.rda", "R workspace"),
            (b"<!DOCTYPE html><html><table></table></html>", "t.csv", "web page"),
            (b"<?xml version='1.0'?><rows/>", "t.xml", "XML"),
            (b"SQLite format 3\x00 and more", "t.db", "SQLite"),
            (b"\x00\x01\x02\x03binary\x00\x00\x07", "t.csv", "binary"),
            (b"1169991299 0USA     200  TRUMP      9999\n", "t.ord", "Voteview"),
        ],
    )
    def test_what_is_no_table_is_called_by_its_name(self, tmp_path: Path, content: bytes, name: str, word: str) -> None:
        with pytest.raises(TableError, match=f"WC521.*{word}"):
            read_table(put(tmp_path, name, content))

    @pytest.mark.parametrize("ends", ["\n", " "])
    def test_a_name_twice_in_a_record_of_json_is_refused(self, tmp_path: Path, ends: str) -> None:
        """Python takes the last of the two values; which one was meant nobody knows."""
        path = tmp_path / "t.json"
        path.write_text(f'[{ends}{{"party": "A", "seats": 3, "seats": 7}},{ends}{{"party": "B", "seats": 4}}{ends}]')
        with pytest.raises(TableError, match=r"WC543.*'seats' stands twice"):
            read_table(path)

    def test_other_sheets_are_told(self, tmp_path: Path) -> None:
        xlsxwriter = pytest.importorskip("xlsxwriter")
        with xlsxwriter.Workbook(tmp_path / "t.xlsx") as book:
            for name, seats in (("first", 1), ("second", 2)):
                page = book.add_worksheet(name)
                page.write_row(0, 0, ["party", "seats"])
                page.write_row(1, 0, ["A", seats])
        assert "'second'" in told(tmp_path / "t.xlsx")
        assert read_table(tmp_path / "t.xlsx", sheet="second").numbers("seats") == [2.0]
        with pytest.raises(TableError, match="WC546"):
            read_table(tmp_path / "t.xlsx", sheet="third")

    def test_a_formula_without_a_value_is_no_empty_cell(self, tmp_path: Path) -> None:
        import openpyxl

        book = openpyxl.Workbook()
        book.active.append(["party", "seats"])
        book.active.append(["A", "=1+1"])
        book.save(tmp_path / "t.xlsx")
        with pytest.raises(TableError, match=r"WC543 .*:2:2 .*formula"):
            read_table(tmp_path / "t.xlsx")

    def test_cyrillic_and_western_code_pages_are_told_apart(self, tmp_path: Path) -> None:
        path = put(tmp_path, "t.csv", "партия;места\nЯблоко;10\nЛДПР;20\n", "cp1251")
        assert read_table(path).text("партия") == ["Яблоко", "ЛДПР"]
        assert "Cyrillic" in told(path)
        assert "Western European" in told(put(tmp_path, "w.csv", "party;seats\nGrüne;1\nÖVP;2\n", "cp1252"))

    def test_python_gives_tables_too(self) -> None:
        for source in (
            [{"party": "A", "seats": 1}, {"party": "B", "seats": 2}],
            {"party": ["A", "B"], "seats": [1, 2]},
            {"A": 1, "B": 2},
            [("party", "seats"), ("A", 1), ("B", 2)],
            pl.DataFrame({"party": ["A", "B"], "seats": [1, 2]}),
            pl.DataFrame({"party": ["A", "B"], "seats": [1, 2]}).to_arrow(),
        ):
            table = load_seats(source)
            assert (table.names, table.seats) == (("A", "B"), (1, 2))
        assert load_seats([3, 2, 1]).seats == (3, 2, 1)

    def test_pandas_gives_tables_too(self) -> None:
        pandas = pytest.importorskip("pandas")
        frame = pandas.DataFrame({"party": ["A", "B"], "seats": [1.0, 2.0]})
        for source in (frame, frame.set_index("party"), frame.set_index("party")["seats"]):
            assert load_seats(source).seats == (1, 2)


class TestNumbers:
    @pytest.mark.parametrize(
        ("text", "form", "decimal", "value"),
        [
            ("12", "plain", None, 12),
            ("+3", "plain", None, 3),
            ("−7", "plain", None, -7),
            ("– 7", "plain", None, -7),
            (".5", "decimal", ".", 0.5),
            ("0,5", "decimal", ",", 0.5),
            ("0.125", "decimal", ".", 0.125),
            ("1234,567", "decimal", ",", 1234.567),
            ("1.234,5", "grouped", ",", 1234.5),
            ("1,234.5", "grouped", ".", 1234.5),
            ("1.234.567", "grouped", ",", 1234567),
            ("12,34,567", "grouped", ".", 1234567),
            ("1 234", "grouped", None, 1234),
            ("1\u202f234,5", "grouped", ",", 1234.5),
            ("1'234.5", "grouped", ".", 1234.5),
            ("1.5e-3", "decimal", ".", 0.0015),
            ("69[a]", "plain", None, 69),
            ("69*", "plain", None, 69),
            ("69²", "plain", None, 69),
            ("33,0%", "decimal", ",", 33),
        ],
    )
    def test_what_a_number_proves(self, text: str, form: str, decimal: str | None, value: float) -> None:
        found = written(text)
        assert (found.form, found.decimal) == (form, decimal)
        assert found.value(None) == pytest.approx(value)

    @pytest.mark.parametrize("text", ["new", "1-2", "1.2.3", "12 34", "1,2,3", "٣", "0x1F", "1_000", "12:30", "inf"])
    def test_what_is_none(self, text: str) -> None:
        assert written(text).form == "none"

    def test_evidence_settles_what_could_be_two_numbers(self, tmp_path: Path) -> None:
        german = put(tmp_path, "a.csv", "party;votes;share\nA;1.234;0,5\nB;900;0,25\n")
        assert read_table(german).numbers("votes") == [1234.0, 900.0]
        own = put(tmp_path, "b.csv", "party;votes\nA;1.234\nB;12.345.678\n")
        assert read_table(own).numbers("votes") == [1234.0, 12345678.0]
        english = put(tmp_path, "c.csv", 'party,votes,share\nA,"1,234",0.5\nB,900,0.25\n')
        assert read_table(english).numbers("votes") == [1234.0, 900.0]
        bounded = put(tmp_path, "d.csv", "party,place\nA,1.234\nB,5.678\n")
        assert read_table(bounded).numbers("place", low=0, high=10) == [1.234, 5.678]
        table = read_table(german)
        table.numbers("votes")
        assert "'1.234' is read as 1234" in str(table.remarks[0])

    @pytest.mark.parametrize(
        "text",
        [
            "holder;shares\nA;1.000\nB;900\nC;200\n",
            "party,votes\nA,1.234\nB,5.678\n",
            'party,votes\nA,"1,234"\nB,900\n',
            "party;votes;share\nA;1.234;0.5\nB;900;0.25\n",
            "party;votes\nA;1,5\nB;2.5\nC;1.234\n",
        ],
    )
    def test_what_stays_doubtful_is_asked_for(self, tmp_path: Path, text: str) -> None:
        table = read_table(put(tmp_path, "t.csv", text))
        with pytest.raises(TableError, match="WC519"):
            table.numbers(table.columns[1])

    def test_and_can_be_declared(self, tmp_path: Path) -> None:
        path = put(tmp_path, "t.csv", "holder;shares\nA;1.000\nB;900\n")
        assert read_table(path, decimal="comma").numbers("shares") == [1000.0, 900.0]
        assert read_table(path, decimal=".").numbers("shares") == [1.0, 900.0]
        with pytest.raises(TableError, match="WC519"):
            read_table(put(tmp_path, "u.csv", "a;x\nA;1,5\n"), decimal="point").numbers("x")

    def test_numbers_of_workbooks_are_not_doubtful(self) -> None:
        assert read_table({"a": ["x", "y", "z"], "n": [1.234, "1.5", 3]}).numbers("n") == [1.234, 1.5, 3.0]

    def test_dates(self, tmp_path: Path) -> None:
        text = "a,d\nx,2020-01-31\ny,31.1.2020\nz,31/01/2020\nw,01/02/2020\n"
        assert read_table(put(tmp_path, "t.csv", text)).dates("d") == [dt.date(2020, 1, 31)] * 3 + [dt.date(2020, 2, 1)]
        with pytest.raises(TableError, match="WC519"):
            read_table(put(tmp_path, "u.csv", "a,d\nx,01/02/2020\n")).dates("d")


class TestRows:
    def test_titles_and_footnotes_are_left_out_and_told(self, tmp_path: Path) -> None:
        text = (
            "Seats after the election;;\n\nparty;seats;x\nA;1;2\nB;2;3\n* provisional result;;\nSource: the office;;\n"
        )
        path = put(tmp_path, "t.csv", text)
        assert read_table(path).text("party") == ["A", "B"]
        assert list(read_table(path).lines) == [4, 5]
        assert told(path).count("the footnote") == 2
        assert "above the header" in told(path)

    def test_a_repeated_header_is_left_out(self, tmp_path: Path) -> None:
        assert read_table(put(tmp_path, "t.csv", "party,seats\nA,1\nparty,seats\nB,2\n")).height == 2

    @pytest.mark.parametrize(
        "word", ["Total", "TOTAL:", "Gesamt", "Итого", "Sum of seats", "Totale", "Grand total", "—Total—"]
    )
    @pytest.mark.parametrize("first", [True, False])
    def test_totals_are_left_out(self, tmp_path: Path, word: str, first: bool) -> None:
        rows = ["A;208", "B;152", "C;120", "D;150"]
        rows.insert(0 if first else 4, f"{word};630")
        table = load_seats(put(tmp_path, "t.csv", "Party;Seats\n" + "\n".join(rows) + "\n"))
        assert table.names == ("A", "B", "C", "D")
        assert "total" in table.remarks[0]

    def test_a_total_that_does_not_sum_is_asked_about(self, tmp_path: Path) -> None:
        with pytest.raises(TableError, match="WC520"):
            load_seats(put(tmp_path, "t.csv", "party,seats\nA,3\nB,4\nTotal,9\n"))

    def test_half_of_everything_is_told_and_stays(self, tmp_path: Path) -> None:
        table = load_seats(put(tmp_path, "t.csv", "party,seats\nA,3\nB,4\nC,2\nHouse,9\n"))
        assert table.names[-1] == "House"
        assert "take it out" in table.remarks[0]

    def test_decimal_commas_between_commas_are_no_row_names(self, tmp_path: Path) -> None:
        with pytest.raises(TableError, match="WC510"):
            read_table(put(tmp_path, "t.csv", "party,seats,position\nA,69,1,2\nB,67,2,9\n"))

    def test_columns_nobody_asked_for_do_not_stop(self, tmp_path: Path) -> None:
        table = load_seats(put(tmp_path, "t.csv", "party,seats,change,x,x\nA,10,+2,1,2\nB,8,-1,1,2\nC,5,new,1,2\n"))
        assert table.seats == (10, 8, 5)
        with pytest.raises(TableError, match=r"WC543 .*:4:1 change is 'new'"):
            table.measure("change")


class TestCodesOfMissingValues:
    """-99 among numbers of 0 and more is how surveys write that they know none: asked about, unless written -99.0."""

    @pytest.mark.parametrize("code", ["-9", "-99", "-999", "-9999", "-88", "-77"])
    def test_asked_about(self, tmp_path: Path, code: str) -> None:
        path = tmp_path / "t.csv"
        path.write_text(f"party,seats,x\nA,5,1.5\nB,6,{code}\nC,7,3\n")
        with pytest.raises(TableError, match=rf"WC519 .*t\.csv:3.*x is {code}"):
            read_table(path).numbers("x")
        path.write_text(f"party,seats,x\nA,5,1.5\nB,6,{code}.0\nC,7,3\n")
        assert read_table(path).numbers("x") == [1.5, float(code), 3]

    @pytest.mark.parametrize("values", [(-99, -5, 3), (-40, 1, 2), (-98.5, 1, 2)])
    def test_other_numbers_below_zero_are_numbers(self, tmp_path: Path, values: tuple[float, ...]) -> None:
        path = tmp_path / "t.csv"
        path.write_text("party,x\n" + "".join(f"P{row},{value}\n" for row, value in enumerate(values)))
        assert read_table(path).numbers("x") == list(values)

    def test_in_commands(self, tmp_path: Path) -> None:
        """The map of `spatial` and the covariates of `survival`, which once took it for a number."""
        path = tmp_path / "t.csv"
        path.write_text("party,seats,x,y\nA,5,1,4\nB,6,2,-99\nC,7,3,5\n")
        with pytest.raises(TableError, match="WC519"):
            whipcount.spatial(path, positions="x,y")
        path.write_text("duration,ended,majority\n5,1,1\n6,1,-99\n7,0,0\n3,1,0\n")
        with pytest.raises(TableError, match="WC519"):
            whipcount.survival(path, covariates="majority")


class TestPositionsUnasked:
    """Columns called as positions are taken unasked by `coalitions`: where they cannot be read, that is told."""

    @pytest.mark.parametrize("cells", [("1.2", "1,9", "5.5"), ("1٫2", "3٫4", "5٫5"), ("left", "centre", "right")])
    def test_told(self, tmp_path: Path, cells: tuple[str, ...]) -> None:
        path = tmp_path / "t.csv"
        rows = [f"{name};{seats};{cell}" for name, seats, cell in zip("ABC", (5, 6, 7), cells, strict=True)]
        path.write_text("\n".join(["party;seats;left_right", *rows]), encoding="utf-8")
        found = load_seats(path)
        assert not found.measures
        assert "positions in the column left_right are not read" in found.remarks[0]


class TestNames:
    @pytest.mark.parametrize("name", ["1-Mar", "Mar-14", "12. März", "2024-03-01", "1 марта"])
    def test_a_name_that_looks_like_a_date_is_told(self, name: str) -> None:
        remarks = load_seats({name: 40, "B": 35, "May's List": 12, "14": 3}).remarks
        assert [name in remark and "looks like a date" in remark for remark in remarks] == [True]

    def test_remarks_are_in_the_readers_language(self) -> None:
        with speaking("ru"):
            assert "похоже на дату" in load_seats({"1-Mar": 40, "B": 35}).remarks[0]

    def test_unicode_forms_are_one_name(self, tmp_path: Path) -> None:
        composed, taken_apart = (unicodedata.normalize(form, "Grüne") for form in ("NFC", "NFD"))
        with pytest.raises(TableError, match="WC503"):
            load_seats(put(tmp_path, "t.csv", f"party,seats\n{composed},1\n{taken_apart},2\n"))
        assert find_name(taken_apart, ["CDU", composed]) == composed

    def test_dashes_apostrophes_and_case(self) -> None:
        known = ["Bündnis 90–Grüne", "People's Party", "PP", "Pp"]
        assert find_name("bündnis 90-grüne", known) == known[0]
        assert find_name("People’s party", known) == known[1]
        assert find_name("PP", known) == "PP"
        with pytest.raises(TableError, match="WC513"):
            find_name("pp", known)

    def test_a_plus_may_be_part_of_a_name(self) -> None:
        known = ["+Europa", "Lega", "Más+", "PD"]
        assert split_names("+Europa+Lega", known) == ("+Europa", "Lega")
        assert split_names("Más+ + +Europa", known) == ("Más+", "+Europa")
        assert split_names("Más++PD", known) == ("Más+", "PD")
        with pytest.raises(TableError, match="WC513"):
            split_names("Europa+Lega", known)
        with pytest.raises(TableError, match="2 ways"):
            split_names("A+B+C", ["A", "B+C", "A+B", "C"], parts=2)

    def test_past_cabinets_may_hold_parties_that_are_gone(self) -> None:
        known = ["+Europa", "Lega", "M5S"]
        assert split_cabinet("+Europa + Lega", known) == ("+Europa", "Lega")
        assert split_cabinet("+Europa+Lega", known) == ("+Europa", "Lega")
        assert split_cabinet("DC + PSI", known) == ("DC", "PSI")
        assert split_cabinet("Lega+DC", known) == ("Lega", "DC")
        with pytest.raises(TableError, match="WC513"):
            split_cabinet("+Europa+DC", known)


class TestHeaders:
    @pytest.mark.parametrize("mark", ["*", " *", "[1]", "[a]", "[note 1]", "¹", "†", "*[b]"])
    def test_signs_of_footnotes_are_no_part_of_a_column(self, tmp_path: Path, mark: str) -> None:
        """An optional column with one was once no column: every member stood in no party."""
        path = tmp_path / "t.csv"
        path.write_text(f"member,party{mark},motion,vote\nA,X,m,yes\nB,X,m,no\nC,Y,m,yes\n")
        assert {one["party"] for one in whipcount.rollcall.unity(path).record()["parties"]} == {"X", "Y"}

    def test_no_party_at_all_is_told(self, tmp_path: Path) -> None:
        path = tmp_path / "t.csv"
        path.write_text("member,side (N),motion,vote\nA,X,m,yes\nB,X,m,no\nC,Y,m,yes\n")
        assert any("no member has a party" in remark for remark in whipcount.rollcall.unity(path).remarks)
