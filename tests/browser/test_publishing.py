"""From a pasted table to a picture in a newspaper's own words and colours, counted in steps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PIL import Image
from visits import Served, visiting

ROWS = (
    "Reds,41,#aa0000",
    "Blues,33,#0044aa",
    "Greens,26,#1aa037",
    "Greys,21,#777777",
    "Gold,9,#b8860b",
    "Pink,5,#c2185b",
)
TABLE = "\n".join(("party,seats,colour", *ROWS))


def test_a_journalist_has_a_picture_in_five_steps(chromium: Any, small: Served, tmp_path: Path) -> None:
    for visit in visiting(chromium, small):
        page = visit.go("/count?kind=coalitions")
        page.locator("#text").fill(TABLE)  # one
        page.get_by_role("button", name="Count", exact=True).click()  # two
        page.get_by_role("link", name="Publish this chart").click()  # three
        page.get_by_label("Title: what is to be seen").fill("Reds are needed everywhere")
        page.get_by_role("button", name="Draw it so").click()  # four
        page.wait_for_url("**own_title=Reds**")
        assert "Reds are needed everywhere" in page.locator(".preview").inner_text()
        assert page.locator(".preview [fill='#aa0000']").count()
        with page.expect_download() as download:
            page.locator("a[href*='/charts/take/png']").click()  # five
        file = tmp_path / "chart.png"
        download.value.save_as(file)
        assert Image.open(file).size[0] == 1200
        assert visit.axe() == []
        page.set_viewport_size({"width": 390, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
