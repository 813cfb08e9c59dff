"""Count on the page: pasted and uploaded tables, good and bad; what it shows is what the library counts."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import polars as pl
import pytest
from asking_site import Asking, settings_for
from site_reader import Element, read

from whipcount.results import Results
from whipcount.theory.power import power
from whipcount.theory.rules import DecisionRule, Majority
from whipcount.web.counting import example_votes, kinds

SEATS = "party,seats\nLeft,40\nRight,35\nCentre,25\n"


@pytest.fixture(scope="module")
def asking(ensemble: Results, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asking]:
    made = Asking.of(settings_for(tmp_path_factory.mktemp("explorer"), ensemble.folder, upload_bytes=200_000))
    yield made
    made.close()


def brought(asking: Asking, file: tuple[str, bytes] | None = None, **fields: str) -> Any:
    """What the page answers to a table."""
    data = {"csrf_token": asking.sign(), "kind": "power", **fields}
    files = {"file": file} if file is not None else {"file": ("", b"")}
    return asking.client.post("/count", data=data, files=files, follow_redirects=False)


def counted(asking: Asking, answer: Any) -> tuple[Element, str]:
    """The counted part of the page, and its query."""
    assert answer.status_code == 303, answer.text
    query = answer.headers["location"].partition("?")[2]
    return asking.answer("/count", query), query


def refusals(page: Element) -> str:
    return " ".join(notice.text for notice in page.all("div", "notice", "wrong"))


def test_a_pasted_table_is_counted_and_taken_away(asking: Asking) -> None:
    found, query = counted(asking, brought(asking, text=SEATS, quota="51"))
    expected = power(DecisionRule(("Left", "Right", "Centre"), ((Majority((40, 35, 25), 51),),))).tables()[0].records()
    rows = found.one("table", data_grid="members").one("tbody").all("tr")
    assert [row.one("th").text for row in rows] == ["Left", "Right", "Centre"]
    frame = pl.read_parquet(io.BytesIO(asking.client.get(f"/count/take/members.parquet?{query}").content))
    assert frame["shapley_shubik"].to_list() == pytest.approx([record["shapley_shubik"] for record in expected])
    assert asking.client.get(f"/count/take/chart.png?{query}").content.startswith(b"\x89PNG")
    page = asking.client.get(f"/count/take/chart.html?{query}")
    assert page.headers["content-disposition"] == 'attachment; filename="power-chart.html"'
    assert asking.client.get(f"/count/take/..%2Fsecret?{query}").status_code in (400, 404)
    assert asking.client.get(f"/count/take/other.csv?{query}").status_code == 400


def test_the_address_holds_the_table_and_its_options(asking: Asking) -> None:
    _, query = counted(asking, brought(asking, text=SEATS, quota="65%", blocked="Left+Right"))
    page = asking.another().page(f"/count?{query}")
    assert page.one("textarea", id="text").text == " ".join(SEATS.split())
    assert page.one("input", id="quota").attributes["value"] == "65%"
    assert page.one("textarea", id="blocked").text == "Left+Right"
    assert page.all("table", "counts")


def test_an_uploaded_table_goes_before_a_pasted_one(asking: Asking) -> None:
    found, _ = counted(asking, brought(asking, ("mine.csv", b"party;seats\nA;3\nB;2\n"), text=SEATS))
    assert [row.one("th").text for row in found.one("tbody").all("tr")] == ["A", "B"]


@pytest.mark.parametrize("kind", list(kinds()))
@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_kind_shows_an_example(asking: Asking, kind: str, language: str) -> None:
    page = asking.page(f"/count?kind={kind}&lang={language}")
    (link,) = [a.attributes["href"] for a in page.all("a", "button") if "table=example" in a.attributes["href"]]
    found = asking.answer("/count", link.partition("?")[2])
    assert refusals(found) == ""
    assert found.all("table", "counts")
    assert found.all("svg")


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (("../../etc/passwd", b"root:x"), "WC731"),
        (("a.csv", b"x" * 200_001), "WC730"),
        (("a.csv", b"\x00\x01"), "WC732"),
        (("a.xlsx", b"party,seats"), "WC732"),
        (("a.html", b"<script>alert(1)</script>"), "WC731"),
    ],
)
def test_a_bad_file_is_refused_at_once(asking: Asking, file: tuple[str, bytes], code: str) -> None:
    answer = brought(asking, file)
    assert answer.status_code == 400
    assert code in refusals(read(answer.text))


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "WC730"), ("   ", "WC730")],
)
def test_nothing_is_refused_at_once(asking: Asking, text: str, code: str) -> None:
    answer = brought(asking, text=text)
    assert answer.status_code == 400
    assert code in refusals(read(answer.text))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("party,seats\nLeft,many\n", "WC543"),
        ("party,seats\nLeft,-1\n", "WC505"),
        ("party,seats\nLeft,1\nLeft,2\n", "WC503"),
        ("no table at all", "WC541"),
        ('party,seats\n"Left,1\n', "WC543"),
    ],
)
def test_a_wrong_table_is_told_in_codes_without_a_path(asking: Asking, text: str, code: str) -> None:
    found, _ = counted(asking, brought(asking, text=text))
    assert code in refusals(found)
    assert "/tmp" not in found.text


def test_what_was_written_stays_in_the_form_when_it_is_refused(asking: Asking) -> None:
    answer = brought(asking, ("a.exe", b"x"), text=SEATS)
    assert read(answer.text).one("textarea", id="text").text == " ".join(SEATS.split())


def test_a_majority_can_be_built_of_the_parties(asking: Asking) -> None:
    found, _ = counted(asking, brought(asking, kind="coalitions", text=SEATS, excluded="Left+Right"))
    builder = found.one("fieldset", "builder")
    assert builder.attributes["data-needed"] == "51"
    boxes = {box.attributes["data-name"]: box.attributes for box in builder.all("input", type="checkbox")}
    assert {name: box["data-seats"] for name, box in boxes.items()} == {"Left": "40", "Right": "35", "Centre": "25"}
    never = {frozenset(pair.split("+")) for pair in builder.attributes["data-never"].split()}
    assert never == {frozenset((boxes["Left"]["value"], boxes["Right"]["value"]))}
    drawn = {one.attributes["data-party"] for one in found.one("figure").all("g") if "data-party" in one.attributes}
    assert drawn == {box["value"] for box in boxes.values()}
    for kind in ("power", "bargain", "formation"):  # on each tab, with those who never join
        text = "party,seats,position,never\nLeft,40,1,Right\nRight,35,9,\nCentre,25,5,\n"
        other = counted(asking, brought(asking, kind=kind, text=text))[0]
        builder = other.one("fieldset", "builder")
        assert {one.attributes["data-party"] for one in builder.all("g")} == {"0", "1", "2"}
        assert builder.attributes["data-never"].split() == ["0+1"]
    assert not counted(asking, brought(asking, kind="unity", text=example_votes()))[0].all("fieldset", "builder")


def test_a_grid_is_kept_across_all_counts_of_a_parliament(asking: Asking) -> None:
    text = "Partei;Sitze\nLeft;40\nRight;35\nCentre;25\n"
    _, query = counted(asking, brought(asking, kind="coalitions", text=text))
    page = asking.page(f"/count?{query}")
    cells = [one.attributes["value"] for one in page.one("table", "grid-of-parties").all("input", maxlength="200")]
    assert cells[:5] == ["Left", "40", "", "", ""]
    chosen = [
        one.all("option", selected="")[0].text
        for one in page.all("select")
        if one.attributes["name"].startswith("role")
    ]
    assert chosen == ["party", "seats", "position", "colour", "never with"]
    tabs = {
        link.attributes["href"] for link in page.one("nav", "kinds").all("a") if "table=" in link.attributes["href"]
    }
    assert {kind for kind in kinds() if any(f"kind={kind}&" in tab for tab in tabs)} == {
        "coalitions", "power", "formation", "bargain", "spatial", "seats"}  # fmt: skip
    refused = asking.answer("/count", query.replace("coalitions", "formation"))
    assert "needs a position" in refusals(refused)
    grid = {f"role.{at}": role for at, role in enumerate(("party", "seats", "position", "colour", "never"))}
    for row, filled in enumerate((("Left", "40", "1", "#aa0000", ""), ("Right", "35", "9", "", "Left, Centre"),
                                  ("Centre", "25", "5", "", ""))):  # fmt: skip
        grid |= {f"cell.{row}.{at}": cell for at, cell in enumerate(filled)}
    found, query = counted(asking, brought(asking, kind="formation", text=text, table=query.rpartition("=")[2], **grid))
    chances = {row.one("th").text: row.all("td")[2].text for row in found.all("tbody")[0].all("tr")}
    assert chances["Left, Right"] == chances["Right, Centre"] == "0.000" != chances["Left, Centre"]
    whole = asking.page(f"/count?{query}")
    assert whole.all("input", type="color")[0].attributes["value"] == "#aa0000"


def test_a_strangers_columns_are_picked_in_the_grid(asking: Asking) -> None:
    found, query = counted(asking, brought(asking, kind="coalitions", text="klub,posłowie\nA,40\nB,35\nC,25\n"))
    assert "heads of the grid" in refusals(found)
    grid = {"role.0": "party", "role.1": "seats", "head.0": "klub", "head.1": "posłowie"}
    grid |= {f"cell.{row}.{at}": cell for row, one in enumerate(("A40", "B35", "C25"))
             for at, cell in enumerate((one[0], one[1:]))}  # fmt: skip
    mended, _ = counted(asking, brought(asking, kind="coalitions", table=query.rpartition("=")[2], **grid))
    assert len(mended.one("table", data_grid="minimal_winning").one("tbody").all("tr")) == 3


def test_html_in_names_is_shown_as_text(asking: Asking) -> None:
    evil = "<img src=x onerror=alert(1)>"
    answer = brought(asking, text=f"party,seats\n{evil},40\nRight,35\n")
    found, query = counted(asking, answer)
    assert next(row.one("th").text for row in found.one("tbody").all("tr")) == evil
    page = asking.client.get(f"/count?{query}").text
    assert evil not in page
    assert "<img" not in page


def test_a_body_that_is_too_large_is_not_read(asking: Asking) -> None:
    answer = asking.client.post("/count", content=b"x" * 2_000_000, headers={"Content-Type": "text/plain"})
    assert answer.status_code == 413


@pytest.mark.parametrize("table", ["../../x", "0" * 32, "%2e%2e%2fsecret", "example/../x"])
def test_a_table_that_is_not_kept_is_told(asking: Asking, table: str) -> None:
    page = asking.page(f"/count?kind=power&table={table}")
    assert "WC733" in refusals(page)


def test_options_are_bounded(asking: Asking) -> None:
    assert asking.client.get("/count?" + urlencode({"kind": "power", "quota": "9" * 3_000})).status_code == 400


def test_old_tables_are_thrown_away_and_the_runs_in_use_are_not(tmp_path: Path) -> None:
    import os

    from whipcount.web.engine_room import tidy_up
    from whipcount.web.logs import Log
    from whipcount.web.settings import Limits, Settings

    settings = Settings(data_dir=tmp_path, limits=Limits(keep_days=1.0, keep_bytes=10_000))
    made = {}
    for name, size, age in (("tables/old.table", 10, 3), ("tables/new.table", 10, 0), ("worlds/big.npz", 9_990, 0.5)):
        made[name] = tmp_path / name
        made[name].parent.mkdir(exist_ok=True)
        made[name].write_bytes(b"x" * size)
        os.utime(made[name], (0, made[name].stat().st_mtime - age * 86_400))
    for name, age in (("november-1", 9), ("november-2", 9)):
        made[name] = tmp_path / name
        made[name].mkdir()
        (made[name] / "runs.parquet").write_bytes(b"x" * 100)
        for path in (made[name] / "runs.parquet", made[name]):
            os.utime(path, (0, path.stat().st_mtime - age * 86_400))
    tidy_up(settings, [made["november-2"]], Log(quiet=True))
    assert {name for name, path in made.items() if path.exists()} == {"tables/new.table", "november-2"}
