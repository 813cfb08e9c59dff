"""Published charts: sizes, headings and colours that were asked for, nothing lost, everything legible."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import Any

import pytest
from PIL import Image

from whipcount import coalitions, power
from whipcount.charts import svg, theme
from whipcount.charts.chart import Chart
from whipcount.charts.publishing import (
    SCHEMES,
    SIZES,
    Publication,
    darkened,
    fragment,
    heading_of,
    png,
    published,
    wrapped,
)

SEATS = [("Reds", 41, "#aa0000"), ("Blues", 33, "#000000"), ("Greens", 26, "#1aa037"), ("Whites", 21, "#fafafa")]
TABLE = "party,seats,colour\n" + "\n".join(",".join(map(str, row)) for row in SEATS)


@pytest.fixture(scope="module", params=["drawn by hand", "by specification"])
def chart(request: Any, tmp_path_factory: pytest.TempPathFactory) -> Chart:
    path = tmp_path_factory.mktemp("tables") / "seats.csv"
    path.write_text(TABLE)
    result = coalitions(path) if request.param == "drawn by hand" else power(path)
    drawn = result.chart()
    assert (drawn.spec is None) == (request.param == "drawn by hand")
    return drawn


def texts(document: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", "", one) for one in re.findall(r"<text\b.*?</text>", document, re.DOTALL))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_picture_has_the_size_that_was_asked_for(chart: Chart, size: str, scheme: Any) -> None:
    document = published(chart, Publication("A title", "below it", "Source: a table", "whipcount", size, scheme))
    width, height = SIZES[size]
    picture = Image.open(io.BytesIO(png(document)))
    assert picture.size[0] == width
    assert not height or picture.size[1] == height
    paper = theme.PAPER if scheme == "light" else theme.DARK["paper"]
    assert "#{:02x}{:02x}{:02x}".format(*picture.convert("RGB").getpixel((2, 2))) == paper
    if size == "600":
        assert Image.open(io.BytesIO(png(document, 2.0))).size[0] == 2 * width


def test_heading_and_footer_are_those_that_were_given(chart: Chart) -> None:
    wanted = Publication("Who <needs> whom", "of 121 seats", "Source: “own” & others", "whipcount 1; seed 7")
    document = published(chart, wanted)
    own, below = heading_of(chart)
    assert own
    assert own not in texts(document).replace("Who", "")
    for told in ("Who &lt;needs&gt; whom", "of 121 seats", "Source: “own” &amp; others", "whipcount 1; seed 7"):
        assert told in texts(document)
    assert below not in texts(document) or not below
    again = published(chart, replace(wanted, title=own, subtitle=below))
    assert own.split()[0] in texts(again)


def test_the_drawing_is_whole_in_every_width(chart: Chart) -> None:
    for size in SIZES:
        told = texts(published(chart, Publication("t", size=size)))
        assert all(party in told for party, _, _ in SEATS)


def test_in_the_dark_everything_stands_out(chart: Chart) -> None:
    document = published(chart, Publication("Title", "below", "source", "made", scheme="dark"))
    paper = theme.DARK["paper"]
    for piece in re.findall(r"<text\b[^>]*>", document):
        for colour in re.findall(r'fill="(#[0-9a-f]{6})"', piece):
            assert colour == theme.PAPER or svg.contrast(colour, paper) >= 4.5, piece
    party = re.findall(r'fill="(#[0-9a-f]{6})"', darkened('<rect fill="#000000"/><rect fill="#0072B2"/>'))
    assert all(svg.contrast(colour, paper) >= 3 for colour in party)
    assert darkened('<text fill="#fff">1</text>') == '<text fill="#ffffff">1</text>'  # words on a mark
    assert darkened(darkened(document)).count("<text") == document.count("<text")


def test_a_piece_of_a_page_needs_nothing_else(chart: Chart) -> None:
    wanted = Publication("Title")
    piece = fragment(published(chart, wanted), chart, wanted)
    assert piece.startswith("<figure")
    assert piece.rstrip().endswith("</figure>")
    assert "<script" not in piece
    assert not re.search(r'(?:src|href)="(?!#)', piece)
    assert "url(http" not in piece
    assert f'lang="{chart.language}"' in piece


def test_lines_fit_and_lose_no_word() -> None:
    text = "the quick brown fox jumps over the lazy dog " * 3
    lines = wrapped(text, 200, 14, most=99)
    assert " ".join(lines) == " ".join(text.split())
    assert all(svg.width_of(line, 14) <= 200 for line in lines)
    assert wrapped(text, 200, 14, most=2)[-1].endswith("…")
    assert wrapped("", 200, 14) == []
