"""Tables of visitors: what is taken, under what name, and archives that are more than they seem."""

from __future__ import annotations

import gzip
import io
import os
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from whipcount.errors import TableError, WebError, WhipcountError
from whipcount.web import uploads
from whipcount.web.counting import Counted, CountWork, example_votes, kinds
from whipcount.web.uploads import TableShelf, Upload, accepted, laid_out, pasted, plain_name

MOST = 100_000
SEATS = b"party,seats\nLeft,40\nRight,35\nCentre,25\n"


def archive(*files: tuple[str, bytes], link: str | None = None) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files:
            packed.writestr(name, content)
        if link is not None:
            entry = zipfile.ZipInfo(link)
            entry.external_attr = 0o120777 << 16
            packed.writestr(entry, "/etc/passwd")
    return stream.getvalue()


def counted(upload: Upload, kind: str = "power", **options: str) -> Counted:
    work = CountWork(kind, upload, tuple(options.items()), "en")
    return work.begin()("count")


# -- what is taken --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("seats.csv", "seats.csv"),
        ("../../etc/passwd.csv", "passwd.csv"),
        ("C:\\Users\\me\\seats.csv", "seats.csv"),
        ("a\x00b\u202evsc.csv", "abvsc.csv"),
        ("<script>alert(1)<.csv", "<script>alert(1)<.csv"),  # shown escaped, see the page
        ("..", "table"),
        ("", "table"),
        ("x" * 300 + ".csv", "x" * 76 + ".csv"),
    ],
)
def test_a_name_is_only_shown(name: str, shown: str) -> None:
    assert plain_name(name) == shown


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.csv", b"", "WC730"),
        ("a.csv", b" \n ", "WC730"),
        ("a.csv", b"x" * (MOST + 1), "WC730"),
        ("a.exe", SEATS, "WC731"),
        ("a", SEATS, "WC731"),
        ("a.html", b"<script>", "WC731"),
        ("a.yaml", b"a: 1", "WC731"),
        ("a.csv", b"PK\x03\x04 and more", "WC732"),
        ("a.xlsx", SEATS, "WC732"),
        ("a.zip", SEATS, "WC732"),
        ("a.csv", b"party\xff,seats", "WC732"),
        ("a.csv", b"party\0,seats", "WC732"),
    ],
)
def test_what_cannot_be_a_table_is_refused_at_the_door(name: str, content: bytes, code: str) -> None:
    with pytest.raises(WebError, match=code):
        accepted(name, content, MOST)


def test_a_table_is_kept_under_what_is_in_it(tmp_path: Path) -> None:
    shelf = TableShelf(tmp_path / "tables")
    first, second = accepted("../a.csv", SEATS, MOST), accepted("b.csv", SEATS, MOST)
    ids = [shelf.put(first), shelf.put(second)]
    assert len(set(ids)) == 2
    assert shelf.get(ids[0]) == first
    assert {path.parent for path in tmp_path.rglob("*.table")} == {tmp_path / "tables"}


@pytest.mark.parametrize("name", ["", "..", "../x", "/etc/passwd", "a" * 31, "A" * 32, "0" * 32, "0" * 32 + "/../x"])
def test_a_wrong_id_leads_nowhere(tmp_path: Path, name: str) -> None:
    shelf = TableShelf(tmp_path / "tables")
    shelf.put(accepted("a.csv", SEATS, MOST))
    (tmp_path / "x.table").write_bytes(b'{"name": "x", "kind": "csv"}\nsecret')
    with pytest.raises(WebError, match="WC733"):
        shelf.get(name)


def test_a_damaged_table_is_not_read(tmp_path: Path) -> None:
    shelf = TableShelf(tmp_path)
    kept = shelf.put(accepted("a.csv", SEATS, MOST))
    (tmp_path / f"{kept}.table").write_bytes(b"nonsense")
    with pytest.raises(WebError, match="WC733"):
        shelf.get(kept)


# -- archives -------------------------------------------------------------------------------------------------------


def test_an_archive_of_tables_is_laid_out(tmp_path: Path) -> None:
    packed = archive(("votes/a.csv", SEATS), ("votes/b.csv", SEATS), ("__MACOSX/a.csv", b""), (".DS_Store", b"x"))
    folder = laid_out(accepted("v.zip", packed, MOST), tmp_path)
    assert sorted(path.name for path in folder.iterdir()) == ["a.csv", "b.csv"]


@pytest.mark.parametrize("name", ["../evil.csv", "/tmp/evil.csv", "a/../../evil.csv", "..\\evil.csv", "C:evil.csv"])
def test_an_archive_does_not_reach_out_of_its_folder(tmp_path: Path, name: str) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    with pytest.raises(WebError, match="WC734"):
        laid_out(accepted("v.zip", archive((name, SEATS)), MOST), inside)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    "packed",
    [
        archive(("a.exe", b"x")),
        archive(("inner.zip", archive(("a.csv", SEATS)))),
        archive(link="link.csv"),
        archive(*((f"{number}.csv", SEATS) for number in range(uploads.MOST_MEMBERS + 1))),
        archive(("empty/", b"")),
        b"PK\x03\x04 nothing of the kind",
        archive(("a.csv", SEATS))[:-40],
    ],
    ids=["program", "archive", "link", "many", "empty", "none", "cut"],
)
def test_other_archives_are_refused(tmp_path: Path, packed: bytes) -> None:
    with pytest.raises(WebError, match="WC734"):
        laid_out(accepted("v.zip", packed, MOST), tmp_path)


def test_a_bomb_is_stopped_while_it_unpacks(tmp_path: Path) -> None:
    bomb = archive(("big.csv", b"0" * 30_000_000))
    assert len(bomb) < MOST
    with pytest.raises(WebError, match="far more than it is"):
        laid_out(accepted("v.zip", bomb, MOST), tmp_path)
    assert sum(path.stat().st_size for path in tmp_path.rglob("*.csv")) <= uploads.MOST_RATIO * len(bomb)


def test_a_packed_table_inside_is_counted_too(tmp_path: Path) -> None:
    bomb = archive(("big.csv.gz", gzip.compress(b"0" * 70_000_000)))
    with pytest.raises(WebError, match="far more than it is"):
        laid_out(accepted("v.zip", bomb, MOST), tmp_path)


def test_an_archive_that_lies_about_its_size_is_stopped(tmp_path: Path) -> None:
    bomb = bytearray(archive(("big.csv", b"0" * 30_000_000)))
    size = (30_000_000).to_bytes(4, "little")
    while (place := bomb.find(size)) >= 0:
        bomb[place : place + 4] = (10).to_bytes(4, "little")
    with pytest.raises(WebError, match="WC734"):
        laid_out(accepted("v.zip", bytes(bomb), MOST), tmp_path)
    assert sum(path.stat().st_size for path in tmp_path.rglob("*.csv")) < 1_000_000


def workbook(rows: list[list[object]]) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_a_workbook_is_read_as_a_table() -> None:
    upload = accepted("seats.xlsx", workbook([["party", "seats"], ["Left", 40], ["Right", 35], ["Centre", 25]]), MOST)
    assert [row[0] for row in counted(upload).tables[0].rows] == ["Left", "Right", "Centre"]


def test_a_workbook_that_computes_or_explodes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"WC543.*formula"):
        counted(accepted("s.xlsx", workbook([["party", "seats"], ["Left", "=1+1"]]), MOST))
    bomb = archive(("xl/worksheets/sheet1.xml", b" " * 20_000_000), ("[Content_Types].xml", b"<x/>"))
    with pytest.raises(WebError, match="WC734"):
        laid_out(accepted("s.xlsx", bomb, MOST), tmp_path)
    with pytest.raises(WhipcountError):
        counted(accepted("s.xlsx", b"PK\x03\x04 nothing of the kind", MOST))


def test_what_was_left_out_of_a_table_is_told_with_its_answer() -> None:
    told = counted(pasted("party;seats\nLeft;240\nRight;30\nNew;30\nTotal;300\n", MOST), quota="66.67%").remarks
    assert any("Total" in remark and "left out" in remark for remark in told)
    assert any("above 2/3" in remark for remark in told)
    assert not any("whipcount-" in remark for remark in told), "no place of the server's own is shown"
    assert counted(pasted(SEATS.decode(), MOST)).remarks == ()


# -- counting -------------------------------------------------------------------------------------------------------


def test_a_pasted_table_is_counted_as_the_library_counts() -> None:
    from whipcount.theory.power import power
    from whipcount.theory.rules import DecisionRule, Majority

    found = counted(pasted(SEATS.decode().replace("\n", "\r\n"), MOST))
    rule = DecisionRule(("Left", "Right", "Centre"), ((Majority((40, 35, 25), 51),),))
    expected = power(rule).tables()[0].records()
    rows = found.files["members.csv"].decode().splitlines()
    assert len(rows) == len(expected) + 1
    heads = rows[0].split(",")
    for row, record in zip(rows[1:], expected, strict=True):
        assert float(row.split(",")[heads.index("shapley_shubik")]) == record["shapley_shubik"]


@pytest.mark.parametrize("kind", list(kinds()))
@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_example_is_counted_drawn_and_given_away(kind: str, language: str) -> None:
    import polars as pl

    chosen = kinds()[kind]
    work = CountWork(
        kind, pasted(chosen.form.example or example_votes(), 10**6), tuple(chosen.form.settings.items()), language
    )
    found = work.begin()("count")
    assert found.words
    assert found.files["chart.png"].startswith(b"\x89PNG")
    assert found.files["chart.svg"].startswith(b"<svg")
    assert b"<html" in found.files["chart.html"]
    assert "style=" not in found.svg  # the page allows no styles inside
    for table in found.tables:
        frame = pl.read_parquet(io.BytesIO(found.files[f"{table.name}.parquet"]))
        assert len(frame) == len(table.rows) + table.left_out
        assert len(found.files[f"{table.name}.csv"].splitlines()) == len(frame) + 1


def test_html_in_names_stays_text_in_every_form() -> None:
    evil = "<script>alert(1)</script>"
    found = counted(pasted(f'party,seats,left_right\n"{evil}",40,1\nB,35,2\nC,25,3\n', MOST), "coalitions")
    assert any(evil in cell for table in found.tables for row in table.rows for cell in row)
    for name in ("chart.svg", "chart.html"):
        assert b"<script" not in found.files[name]
    assert "<script" not in found.svg


def test_a_name_that_a_spreadsheet_would_run_is_marked_as_text() -> None:
    found = counted(pasted('party,seats\n"=HYPERLINK(""http://evil"")",40\nB,35\nC,25\n', MOST))
    assert b"'=HYPERLINK" in found.files["members.csv"]


@pytest.mark.parametrize(
    ("kind", "options", "code"),
    [
        ("power", {"quota": "many"}, "WC736"),
        ("power", {"quota": "1000"}, "WC508"),
        ("power", {"quota": "nan"}, "WC736"),
        ("power", {"quota": "120%"}, "WC508"),
        ("power", {"blocked": "Left"}, "WC736"),
        ("power", {"blocked": "Left+Nobody"}, "WC513"),
        ("coalitions", {"positions": "nowhere"}, "WC502"),
        ("formation", {"scale": "10,0"}, "WC736"),
        ("whip", {}, "WC542"),
        ("unity", {}, "WC542"),
        ("ideal", {"dimensions": "9"}, "WC736"),
    ],
)
def test_wrong_options_and_tables_are_told_in_codes(kind: str, options: dict[str, str], code: str) -> None:
    table = pasted("party,seats,position\nLeft,40,1\nRight,35,2\nCentre,25,3\n", MOST)
    if kind == "ideal":
        table = pasted(example_votes(), MOST)
    with pytest.raises((TableError, WebError), match=code):
        counted(table, kind, **options)


def test_a_quota_may_be_a_share() -> None:
    table = pasted(SEATS.decode(), MOST)
    assert counted(table, quota="65%").words[0] == counted(table, quota="65").words[0]


# -- kept ------------------------------------------------------------------------------------------------------------


def test_what_is_uploaded_is_its_owners_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        shelf = TableShelf(tmp_path / "explorer" / "tables")
        table_id = shelf.put(accepted("seats.csv", b"party,seats\nA,2\n", 1_000))
    finally:
        os.umask(before)
    assert shelf.folder.stat().st_mode & 0o777 == 0o700
    assert (shelf.folder / f"{table_id}.table").stat().st_mode & 0o777 == 0o600


def test_a_class_may_upload_one_table_at_once(tmp_path: Path) -> None:
    shelf = TableShelf(tmp_path / "tables")
    upload = accepted("seats.csv", b"party,seats\n" + b"A,2\n" * 5_000, 100_000)
    with ThreadPoolExecutor(20) as visitors:
        ids = set(visitors.map(lambda _: shelf.put(upload), range(200)))
    assert ids == {upload.id}
    assert [path.name for path in shelf.folder.iterdir()] == [f"{upload.id}.table"]
    assert shelf.get(upload.id).content == upload.content


def test_visitors_are_not_told_where_the_server_keeps_its_files(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"in the way")
    with pytest.raises(WebError) as failure:
        TableShelf(tmp_path / "file" / "tables").put(accepted("seats.csv", b"party,seats\nA,2\n", 1_000))
    assert failure.value.problems[0].code == "WC737"
    assert str(tmp_path) not in str(failure.value)
