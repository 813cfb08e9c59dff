"""Messy tables as journalists and analysts have them: each is read right, read and told, or refused with a code."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pytest


def sheet(*rows: tuple[object, ...], hidden: int = 0) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    if hidden:
        book.active.row_dimensions[hidden].hidden = True
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


# what people write: read right, with what is to be told of it ("" where nothing is)
READ: dict[str, tuple[str | bytes, dict[str, int], str]] = {
    "a byte order mark and needless separators": ("\ufeffparty;seats;\r\nA;12;\r\nB;4;\r\n", {"A": 12, "B": 4}, ""),
    "thin spaces": ("party;seats\nA;1\u2009234\nB;2\u202f345\n", {"A": 1234, "B": 2345}, ""),
    "groups by apostrophes": ("party;seats\nA;1’234\nB;2'345\n", {"A": 1234, "B": 2345}, ""),
    "Indian groups": ('party,seats\nA,"1,23,456"\nB,"45,678"\n', {"A": 123456, "B": 45678}, "45,678"),
    "whole numbers with decimals": ("party;seats\nA;1 234,0\nB;2 345,0\n", {"A": 1234, "B": 2345}, ""),
    "footnote marks": ("party,seats\nA,101[1]\nB,82*\nC,7²\n", {"A": 101, "B": 82, "C": 7}, ""),
    "percent signs everywhere": ("party,seats\nA,40 %\nB,60%\n", {"A": 40, "B": 60}, ""),
    "plus signs": ("party,seats\nA,+12\nB,+4\n", {"A": 12, "B": 4}, ""),
    "a title": ("Seats in the chamber\nparty,seats\nA,12\nB,4\n", {"A": 12, "B": 4}, "above the header"),
    "a footnote": ("party,seats\nA,12\nB,4\n* provisional result of the count\n", {"A": 12, "B": 4}, "footnote"),
    "a source": ("party,seats\nA,12\nB,4\nSource: the office\n", {"A": 12, "B": 4}, "footnote"),
    "the header again": ("party,seats\nA,12\nparty,seats\nB,4\n", {"A": 12, "B": 4}, "header stands again"),
    "numbers of rows": (",party,seats\n0,A,12\n1,B,4\n", {"A": 12, "B": 4}, ""),
    "quotation marks in names": ('party,seats\n"A ""x""",12\nB,4\n', {'A "x"': 12, "B": 4}, ""),
    "separators in names": ("party,seats\nA; B,12\nC; D,4\n", {"A; B": 12, "C; D": 4}, ""),
    "everything quoted": ('"party","seats"\n"A","12"\n"B","4"\n', {"A": 12, "B": 4}, ""),
    "strokes": ("party|seats\nA|12\nB|4\n", {"A": 12, "B": 4}, ""),
    "leading zeros": ("party,seats\nA,012\nB,04\n", {"A": 12, "B": 4}, ""),
    "two columns of seats": ("Partei;Sitze;Mandate\nA;12;99\nB;4;98\n", {"A": 12, "B": 4}, "Mandate"),
    "a column without a name": ("Party;Seats;;\nA;12;10;x\nB;4;3;y\n", {"A": 12, "B": 4}, "without a name"),
    "merged cells in a header": (
        sheet(("party", "seats", None), ("A", 12, 10), ("B", 4, 3)),
        {"A": 12, "B": 4},
        "name",
    ),
    "a hidden row": (sheet(("party", "seats"), ("A", 12), ("B", 4), hidden=3), {"A": 12, "B": 4}, "1 hidden row"),
    "a title in a workbook": (sheet(("Seats",), ("party", "seats"), ("A", 12), ("B", 4)), {"A": 12, "B": 4}, "'Seats'"),
    "a number rounded by a spreadsheet": ("party,votes\nA,1.23457E+7\nB,4\n", {"A": 12345700, "B": 4}, "rounded"),
    "many who are one row": ("party,seats\nA,12\nB,9\nOthers,4\n", {"A": 12, "B": 9, "Others": 4}, "counts as one"),
    "a last row that may sum": ("party,seats\nA,12\nB,4\nHouse,16\n", {"A": 12, "B": 4, "House": 16}, "is a total"),
    "two elections": ("year,party,seats\n2017,A,12\n2021,B,4\n", {"A": 12, "B": 4}, "2 values"),
    "records": ('{"seats": [{"party": "A", "seats": 12}, {"party": "B", "seats": "4"}]}', {"A": 12, "B": 4}, ""),
    "another code page": ("party;seats\nGrüne;12\nB;4\n".encode("cp1252"), {"Grüne": 12, "B": 4}, "Windows-1252"),
}
# what cannot be read in one way only, or not at all
REFUSED: dict[str, tuple[str | bytes, str]] = {
    "two header lines": ("Party;Seats;;Votes;\n;2017;2021;2017;2021\nA;10;12;5;6\nB;4;3;2;2\n", "WC503"),
    "more cells than names of columns": ("Party;Seats\nA;10;12\nB;4;3\n", "WC510"),
    "merged cells over two lines": (sheet(("party", "seats", None), (None, 2017, 2021), ("A", 10, 12)), "WC503"),
    "gains in parentheses": ("party,seats\nA,12 (+2)\nB,4\n", "WC543"),
    "losses in parentheses": ("party,seats\nA,12\nB,(4)\n", "WC543"),
    "ranges": ("party,seats\nA,10–12\nB,4\n", "WC543"),
    "ranges with a hyphen": ("party,seats\nA,10-12\nB,4\n", "WC543"),
    "not available": ("party,seats\nA,12\nB,n/a\n", "WC543"),
    "a dash": ("party,seats\nA,12\nB,–\nC,4\n", "WC543"),
    "Arabic digits": ("party,seats\nA,١٢\nB,٤\n", "WC543"),
    "digits of full width": ("party,seats\nA,１２\nB,４\n", "WC543"),
    "1.234": ("party;votes\nA;1.234\nB;2.345\n", "WC519"),
    "1,234 in quotation marks": ('party,votes\nA,"1,234"\nB,"2,345"\n', "WC519"),
    "groups in some rows only": ("party;votes\nA;1.234\nB;2345\n", "WC519"),
    "points and commas": ("party;votes\nA;1.5\nB;2,5\n", "WC519"),
    "percent signs in some rows": ("party,seats\nA,40%\nB,60\n", "WC519"),
    "decimal commas between commas": ("party,share,seats\nA,12,5,3\nB,4,5,2\n", "WC510"),
    "one name twice": ("party,seats\nA,12\nA,5\nB,4\n", "WC503"),
    "one name in two cases": ("party,seats\nLabour,12\nLABOUR,5\nB,4\n", "WC503"),
    "one name with two dashes": ("party,seats\nSweden-Left,12\nSweden–Left,5\nB,4\n", "WC503"),
    "a column twice": ("party,seats,seats\nA,10,12\nB,3,4\n", "WC542"),
    "years in the header": ("party,seats 2017,seats 2021\nA,10,12\nB,3,4\n", "WC542"),
    "parties in columns": ("party,A,B,C\nseats,40,35,25\n", "WC542"),
    "no header": ("A,10\nB,20\nC,5\n", "WC542"),
    "a comment with a comma": ("# Source: office, 2020\nparty,seats\nA,12\nB,4\n", "WC542"),
    "a table of a text": ("| party | seats |\n|---|---|\n| A | 12 |\n| B | 4 |\n", "WC543"),
    "spaces for columns": ("party      seats\nA             12\nB              4\n", "WC542"),
    "a row that lost a cell": ("party;seats;share;\nA;12;75;\nB;25;\n", "WC510"),
    "seats below zero": ("party,seats\nA,12\nB,-4\n", "WC505"),
    "units in cells": ("party,seats\nA,12 seats\nB,4 seats\n", "WC543"),
    "thousands as k": ("party,votes\nA,12k\nB,4k\n", "WC543"),
    "money": ("party,votes\nA,$12\nB,$4\n", "WC543"),
    "seats that are a date": (sheet(("party", "seats"), ("A", dt.date(2020, 3, 12)), ("B", 4)), "WC543"),
    "a formula without a value": (sheet(("party", "seats"), ("A", "=6*2"), ("B", 4)), "WC543"),
    "an error of a spreadsheet": (sheet(("party", "seats"), ("A", "#REF!"), ("B", 4)), "WC543"),
    "a cell too narrow": ("party,seats\nA,####\nB,4\n", "WC543"),
    "a quotation mark left open": ('party,seats\n"A,12\nB,4\n', "WC543"),
    "a sum without a name": ("party,seats\nA,12\nB,4\n,16\n", "WC503"),
    "more than floating point holds": ("party,votes\nA,9007199254740993\nB,4\n", "WC516"),
    "a part of the row above": ("party,seats\nUnion,12\nof which C,4\nB,4\n", "WC520"),
    "blocs with their parties": ("party,seats\nGovernment,16\nA,12\nB,4\nC,9\n", "WC520"),
}


@pytest.mark.parametrize("what", list(READ))
def test_read(put, found, what) -> None:  # type: ignore[no-untyped-def]
    content, right, remark = READ[what]
    told = found("power", put("messy.csv", content))
    assert dict(zip(told["names"], told["weights"], strict=True)) == right
    assert any(remark in one for one in told["remarks"]) if remark else told["remarks"] == []


@pytest.mark.parametrize("what", list(REFUSED))
def test_refused(put, refused, what) -> None:  # type: ignore[no-untyped-def]
    content, code = REFUSED[what]
    said = refused("power", put("messy.csv", content))
    assert said.startswith(code)
    assert "Hint: " in said


class TestOtherTables:
    @pytest.mark.parametrize(
        ("command", "text", "code"),
        [
            (("rollcall", "unity"), "member,motion,date,vote\nA,1,43831,yes\nB,1,43831,no\n", "WC543"),
            (("rollcall", "unity"), "member,motion,date,vote\nA,1,1/2/2020,yes\nB,1,1/2/2020,no\n", "WC519"),
            (("rollcall", "unity"), "member,motion,date,vote\nA,1,01.02.20,yes\nB,1,01.02.20,no\n", "WC543"),
            (("rollcall", "unity"), "member,motion,vote\nA,1,yes*\nB,1,no\n", "WC563"),
            (("rollcall", "unity"), "member,motion,vote\nA,1,TRUE\nB,1,FALSE\n", "WC563"),
            (("rollcall", "unity"), "party,motion,yes,no\nX,1,40,2\nY,1,1,30\n", "WC542"),
            (("rollcall", "unity"), "member,V1,V2\nA,yes,no\nB,yes,yse\nC,no,no\n", "WC563"),
            (("survival",), "duration,ended\n12,1\n8,2\n9,1\n", "WC543"),
            (("survival",), "duration,ended\n12 months,1\n8 months,0\n", "WC543"),
            (("survival",), "cabinet,duration,ended\nA,12,1\nB,8,0\nMean,10,1\n", "WC520"),
            (("survival",), "duration,ended\n12,1\n8,\n9,1\n", "WC543"),
            (("formation",), "party,seats,position\nA,10,-1\nB,5,1\nC,4,0\n", "WC512"),
            (("formation",), "party,seats,position\nA,10,.2\nB,5,.9\nC,4,.4\n", "WC523"),
            (("formation",), "party,seats,position,incumbent\nA,10,1,2\nB,5,7,1\nC,4,4,1\n", "WC543"),
            (("bargain",), "actor,power,position,salience\nA,5,(2),1\nB,5,8,1\nC,4,4,1\n", "WC543"),
            (("bargain",), "actor,power,position,salience\nA,5,2,50%\nB,5,8,.3\nC,4,4,.1\n", "WC519"),
            (("bargain",), "actor,power,position,salience\nA,5,2,1\nB,5,8,1\nAverage,5,5,1\n", "WC520"),
        ],
    )
    def test_refused(self, put, refused, command, text, code) -> None:  # type: ignore[no-untyped-def]
        assert refused(*command, put("messy.csv", text)).startswith(code)

    def test_dates_are_read_as_others_show(self, put, found) -> None:  # type: ignore[no-untyped-def]
        rows = [f"{member},X,{day},{day},{vote}" for day in ("1/2/2020", "1/13/2020") for member, vote in ("Ay", "Bn")]
        text = "member,party,motion,date,vote\n" + "\n".join(rows) + "\n"
        told = found("rollcall", "unity", put("messy.csv", text))
        assert "'1/2/2020' is read as 2020-01-02 (other dates show the month first)" in told["remarks"][0]

    def test_past_cabinets_of_other_names_are_told(self, put, found) -> None:  # type: ignore[no-untyped-def]
        places = put("places.csv", "party,seats,position\nLega,20,8\nPD,30,3\nM5S,25,5\n")
        past = put("past.csv", "start,parties,premier\n2018-06-01,Lega Nord + M5S,M5S\n")
        told = found("formation", places, "--history", past)
        assert any("not in the table: Lega Nord" in remark for remark in told["remarks"])

    def test_a_cabinet_that_stands_twice_is_told(self, put, found) -> None:  # type: ignore[no-untyped-def]
        text = "cabinet,duration,ended\nA,12,1\nB,8,0\nB,8,0\nC,9,1\n"
        assert "1 rows stand twice" in found("survival", put("messy.csv", text))["remarks"][0]
