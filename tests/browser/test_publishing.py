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


TELEPHONE = {"width": 390, "height": 844}


def test_a_journalist_has_a_picture_and_who_is_pivotal_in_six_steps(
    chromium: Any, small: Served, tmp_path: Path
) -> None:
    """Six parties, no positions, one paste; the picture in the table's colours, and who turns decisions."""
    for visit in visiting(chromium, small):
        page = visit.go("/count?kind=coalitions")
        page.locator("#text").fill(TABLE)  # one
        page.get_by_role("button", name="Count", exact=True).click()  # two
        page.get_by_role("navigation", name="What to count").get_by_role("link", name="Voting power").click()  # three
        page.locator("table[data-grid=members] tbody tr").nth(5).wait_for()
        assert "Reds turns most decisions" in page.locator("#answer .lead").inner_text()
        page.get_by_role("navigation", name="What to count").get_by_role("link", name="Coalitions").click()  # four
        page.get_by_role("link", name="Publish this chart").click()  # five
        page.wait_for_load_state("networkidle")
        assert page.locator(".preview [fill='#aa0000']").count()
        with page.expect_download() as download:
            page.locator("a[href*='/charts/take/png']").click()  # six
        file = tmp_path / "chart.png"
        download.value.save_as(file)
        assert Image.open(file).size[0] == 1200
        page.get_by_label("Title: what is to be seen").fill("Reds are needed everywhere")
        page.get_by_role("button", name="Draw it so").click()
        page.wait_for_url("**own_title=Reds**")
        assert "Reds are needed everywhere" in page.locator(".preview").inner_text()
        assert visit.axe() == []
        page.set_viewport_size(TELEPHONE)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_parliament_is_changed_in_its_grid_and_a_majority_clicked_together(chromium: Any, small: Served) -> None:
    for visit in visiting(chromium, small, viewport=TELEPHONE):
        page = visit.go("/count?kind=power&grid=1")
        for row, (name, seats) in enumerate((("Reds", "40"), ("Blues", "35"), ("Greens", "25"))):
            page.locator(f"[name='cell.{row}.0']").fill(name)
            page.locator(f"[name='cell.{row}.1']").fill(seats)
        page.locator("[name='cell.1.4']").fill("Reds")
        page.locator("[data-colour-of='cell.0.3']").evaluate(
            "box => { box.value = '#aa0000'; box.dispatchEvent(new Event('input', {bubbles: true})) }"
        )
        assert page.locator("[name='cell.0.3']").input_value() == "#aa0000"
        page.locator("[data-more-rows]").click()
        assert page.evaluate("document.activeElement.name") == "cell.6.0"
        page.get_by_role("button", name="Count", exact=True).first.click()
        builder = page.locator(".builder")
        builder.wait_for()
        told = builder.locator("output")
        builder.locator("g[data-party='0'] circle").first.click()
        assert "40" in told.inner_text()
        builder.locator("g[data-party='2'] circle").first.click()
        assert "a majority, 14 to spare" in told.inner_text()
        builder.get_by_label("Blues").check()
        assert "Blues and Reds never join" in told.inner_text()
        assert builder.locator("g[data-party='0']").get_attribute("fill") == "#aa0000"
        assert "; ".join(visit.axe()) == ""
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
