"""ParlGov: the released views with their known faults, histories, the sample that is evaluated, durations."""

from __future__ import annotations

import datetime as dt
import gzip
from pathlib import Path

import pytest
from small_tables import CABINET_HEADER, parlgov

from whipcount.data.durations import lasting, parlgov_durations
from whipcount.data.parlgov import actors, election, opportunities, read_parlgov
from whipcount.errors import TableError


def test_cabinets_in_order_of_time(tmp_path: Path) -> None:
    tables = read_parlgov(parlgov(tmp_path))
    assert [cabinet.name for cabinet in tables.cabinets["RUR"]] == ["Rassendyll I", "Rassendyll II", "Black Michael"]
    first = tables.cabinets["RUR"][0]
    assert (first.total, first.caretaker, first.termination) == (100.0, False, None)
    assert [party.name for party in first.parties] == ["LAB", "CON", "LIB", "none"]
    assert [party.name for party in actors(first.parties)] == ["LAB", "CON", "LIB"]


def test_known_faults_are_mended(tmp_path: Path) -> None:
    plain = read_parlgov(parlgov(tmp_path / "plain"))
    faulty = read_parlgov(parlgov(tmp_path / "faulty", zero_row=True, twice=True))
    for one, other in zip(plain.cabinets["RUR"], faulty.cabinets["RUR"], strict=True):
        assert actors(one.parties) == actors(other.parties)
        assert sum(party.seats for party in other.parties) == 100  # a second row adds its seats once, here none


def test_rows_that_stand_twice_are_merged(tmp_path: Path) -> None:
    folder = parlgov(tmp_path)
    path = folder / "view_cabinet.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines, lines[4]]) + "\n", encoding="utf-8")  # "no party affiliation" again
    party = next(party for party in read_parlgov(folder).cabinets["RUR"][0].parties if party.name == "none")
    assert party.seats == 10


def test_the_first_cabinet_after_an_election(tmp_path: Path) -> None:
    folder = parlgov(tmp_path)
    path = folder / "view_cabinet.csv"
    # seats without affiliation leave 95% placed: give them to CON, so that the parliaments are evaluated
    path.write_text(
        path.read_text(encoding="utf-8").replace(",35,100,CON", ",39,100,CON").replace(",5,100,none", ",1,100,none"),
        encoding="utf-8",
    )
    cases = opportunities(read_parlgov(folder))
    assert [(case.country, case.date.year, case.cabinet) for case in cases] == [
        ("RUR", 1990, "Rassendyll I"),
        ("RUR", 1994, "Black Michael"),
    ]
    second = cases[1]
    assert second.parties == ("LAB", "CON", "LIB")
    assert second.chosen == (False, True, True)
    assert second.record.incumbent.tolist() == [True, False, True]
    assert second.record.premier.tolist() == [True, False, False]
    assert second.swing == pytest.approx([-0.05, 0.08, 0.02])
    assert second.family == ("soc", "con", "lib")
    assert second.place == pytest.approx([0.3, 0.75, 0.5])
    assert len(opportunities(read_parlgov(folder), since=dt.date(1992, 1, 1))) == 1
    assert len(opportunities(read_parlgov(folder), until=dt.date(1992, 1, 1))) == 1


def test_too_few_placed_seats_and_caretakers_are_left_out(tmp_path: Path) -> None:
    assert opportunities(read_parlgov(parlgov(tmp_path))) == ()


def test_one_election_whatever_it_is(tmp_path: Path) -> None:
    tables = read_parlgov(parlgov(tmp_path))
    assert election(tables, "gra").cabinet == "Yetive"
    assert election(tables, "RUR").date == dt.date(1994, 1, 1)
    assert election(tables, "RUR", dt.date(1990, 1, 1)).record.years == 0
    with pytest.raises(TableError, match=r"WC546.*GRA, RUR"):
        election(tables, "Atlantis")
    with pytest.raises(TableError, match=r"WC547.*1994-01-01"):
        election(tables, "RUR", dt.date(2000, 1, 1))


def test_successors_keep_their_past_and_splinters_do_not(tmp_path: Path) -> None:
    tables = read_parlgov(parlgov(tmp_path))
    assert tables.line("3", dt.date(1994, 1, 1)) == {"3", "8"}
    assert tables.line("3", dt.date(1992, 1, 1)) == {"3"}
    assert tables.line("1", dt.date(1994, 1, 1)) == {"1"}


def test_the_view_of_cabinets_is_enough(tmp_path: Path) -> None:
    folder = parlgov(tmp_path, raw=False)
    (folder / "view_election.csv").unlink()
    (folder / "view_party.csv").unlink()
    case = election(read_parlgov(folder), "RUR")
    assert case.swing == pytest.approx([0, 0, 0])
    assert set(case.family) == {"none"}


def test_gzipped_and_with_a_byte_order_mark(tmp_path: Path) -> None:
    folder = parlgov(tmp_path)
    path = folder / "view_cabinet.csv"
    (folder / "view_cabinet.csv.gz").write_bytes(gzip.compress(b"\xef\xbb\xbf" + path.read_bytes()))
    path.unlink()
    assert set(read_parlgov(folder).cabinets) == {"RUR", "GRA"}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "WC541"),
        (CABINET_HEADER + "\n", "WC541"),
        (CABINET_HEADER.replace("left_right", "leftright") + "\nRUR" + "," * 18 + "\n", "WC542"),
        (CABINET_HEADER + "\nRUR,R,1990-01-01,first of May" + "," * 15 + "\n", "WC543"),
    ],
)
def test_column_mistakes(tmp_path: Path, text: str, code: str) -> None:
    (tmp_path / "view_cabinet.csv").write_text(text, encoding="utf-8")
    with pytest.raises(TableError, match=code) as error:
        read_parlgov(tmp_path)
    assert "view_cabinet" in str(error.value)
    if code != "WC543":
        assert "country_name_short,country_name,election_date" in str(error.value)


def test_no_folder_and_no_file(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="WC540"):
        read_parlgov(tmp_path / "nowhere")
    with pytest.raises(TableError, match=r"WC540.*country_name_short"):
        read_parlgov(tmp_path)


def test_durations(tmp_path: Path) -> None:
    tables = read_parlgov(parlgov(tmp_path))
    told = {cabinet.name: (months, early) for cabinet, months, early in lasting(tables)}
    assert told["Rassendyll I"][1]  # replaced in the same parliament
    assert told["Rassendyll I"][0] == pytest.approx(22, abs=0.1)  # the raw table tells an earlier end
    assert not told["Rassendyll II"][1]  # ended by a regular election
    assert told["Rassendyll II"][0] == pytest.approx(24, abs=0.1)
    assert "Black Michael" not in told  # nothing followed
    assert len(parlgov_durations(tables).duration) == 2
