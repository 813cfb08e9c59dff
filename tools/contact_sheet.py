"""Every page of the explorer, wide and at the width of a telephone, on paper and in the dark, on one sheet.

    python tools/contact_sheet.py
    python tools/contact_sheet.py --scenario november-1917 -n 100 --lang ru --out build/pages.png --shots build/pages

The explorer serves runs that are made for the occasion; a browser on this machine opens its pages as a visitor does,
asks a question, counts the example tables, and waits for the answers. Needs playwright and a chromium.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from PIL import Image, ImageDraw, ImageFont

from whipcount.results import Results, run_ensemble
from whipcount.scenario import load
from whipcount.text import say, speaking
from whipcount.web.app import create_app
from whipcount.web.pages import listed
from whipcount.web.settings import Settings

WIDTHS = (1440, 390)
SCHEMES = ("light", "dark")
TALLEST = 1.25  # of a wide picture: what is below is cut off
ROW = 300  # pixels of a row of the sheet
GAP, HEAD = 14, 26
READY = "() => !document.querySelector('.job-line, #decisions-part .notice, .awaited[hx-get][hx-trigger=load]')"


@dataclass(frozen=True)
class Shown:
    """A page of the sheet: what it is called, and its address."""

    name: str
    address: str


def pages_of(results: Results, lang: str) -> list[Shown]:
    """Every page of the navigation, and the answers that some of them give."""
    scenario = results.scenario
    found = []
    with speaking(lang):
        titles = {page.path: say(page.title) for page in listed()}
    do = next((claim.do for claim in scenario.claims if claim.do and claim.outcome), ())
    source = next((one.id for one in scenario.sources if one.account), scenario.sources[0].id)
    more = {
        "/replay": [("run=3&day=8", ""), ("beside?run=3&other=7", "")],
        "/charts": [
            ("", ""),
            ("publish?" + urlencode({"kind": "survival", "chart": "survival", "scheme": "dark"}), ""),
        ],
        "/ask": [(urlencode([("do", one) for one in do]), "#answer")],
        "/sources": [("", ""), (urlencode({"source": source}), "")],
        "/count": [
            (urlencode({"kind": kind, "table": "example"}), "#answer")
            for kind in ("coalitions", "power", "formation", "bargain", "spatial")
        ],
    }
    for path, title in titles.items():
        for query, place in more.get(path, [("", "")]):
            whole = (
                f"{path}/{query}" if query.startswith(("publish", "beside")) else f"{path}?{query}" if query else path
            )
            found.append(Shown(title, f"{whole}{'&' if '?' in whole else '?'}lang={lang}{place}"))
    return found


@contextmanager
def serving(results: Results, folder: Path) -> Iterator[str]:
    """Serve the runs; gives the address."""
    import uvicorn

    settings = Settings(run_folder=results.folder, port=0, data_dir=folder / "explorer", studio=folder / "studio")
    server = uvicorn.Server(uvicorn.Config(create_app(settings), port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(30)


@contextmanager
def browsing() -> Iterator[Any]:
    """A browser of this machine."""
    from playwright.sync_api import sync_playwright

    names = ("chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if (path := shutil.which(name))), None)
    flags = ["--no-sandbox"] if os.geteuid() == 0 else []  # a browser refuses its sandbox to root
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=flags)
        yield browser
        browser.close()


def taken(browser: Any, site: str, shown: list[Shown], width: int, scheme: str) -> Iterator[Image.Image]:
    """The pages in one width and scheme, each once its answers are there."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    context.set_default_timeout(240_000)
    page = context.new_page()
    for one in shown:
        page.goto(site + one.address)
        page.wait_for_load_state("load")
        page.wait_for_timeout(300)
        page.wait_for_function(READY)
        page.wait_for_load_state("networkidle")
        yield Image.open(BytesIO(page.screenshot(full_page=not one.address.endswith("#answer")))).convert("RGB")
    context.close()


def sheet(shown: list[Shown], pictures: list[list[Image.Image]]) -> Image.Image:
    """One row a page: wide and narrow on paper, wide and narrow in the dark."""
    rows = []
    for one, several in zip(shown, pictures, strict=True):
        tiles = [_tile(picture) for picture in several]
        across = sum(tile.width + GAP for tile in tiles) + GAP
        row = Image.new("RGB", (across, ROW + HEAD + GAP), "#c9ccd1")
        ImageDraw.Draw(row).text((GAP, 5), one.name, fill="#1a1a1a", font=ImageFont.load_default(15))
        left = GAP
        for tile in tiles:
            row.paste(tile, (left, HEAD))
            left += tile.width + GAP
        rows.append(row)
    columns = 2
    height = sum(max(row.height for row in rows[at : at + columns]) for at in range(0, len(rows), columns))
    whole = Image.new("RGB", (columns * max(row.width for row in rows), height + GAP), "#c9ccd1")
    top = GAP
    for at in range(0, len(rows), columns):
        for place, row in enumerate(rows[at : at + columns]):
            whole.paste(row, (place * whole.width // columns, top))
        top += rows[at].height
    return whole


def _tile(picture: Image.Image) -> Image.Image:
    """The top of a page at the height of a row, on its own ground where it is shorter."""
    height = round(picture.width * (1 / TALLEST if picture.width > 800 else 2.1))
    tile = Image.new("RGB", (picture.width, height), picture.getpixel((2, picture.height - 2)))
    tile.paste(picture.crop((0, 0, picture.width, min(height, picture.height))))
    return tile.resize((round(ROW * tile.width / height), ROW), Image.Resampling.LANCZOS)


def main() -> None:
    """Make the sheet."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scenario", default="two-bodies")
    parser.add_argument("-n", "--runs", type=int, default=120)
    parser.add_argument("--lang", default="en")
    parser.add_argument("--out", type=Path, default=Path("docs/pictures/explorer-pages.png"))
    parser.add_argument("--shots", type=Path, help="keep every picture in this folder too")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="whipcount-") as made:
        folder = Path(made)
        results = run_ensemble(load(given.scenario), given.runs, 5, out=folder / "runs", workers=1)
        shown = pages_of(results, given.lang)
        pictures: list[list[Image.Image]] = [[] for _ in shown]
        with serving(results, folder) as site, browsing() as browser:
            for scheme in SCHEMES:
                for width in WIDTHS:
                    for place, picture in enumerate(taken(browser, site, shown, width, scheme)):
                        pictures[place].append(picture)
                        if given.shots:
                            given.shots.mkdir(parents=True, exist_ok=True)
                            picture.save(given.shots / f"{place:02d}-{width}-{scheme}.png")
                    print(f"{width} {scheme}: {len(shown)} pages", flush=True)
        given.out.parent.mkdir(parents=True, exist_ok=True)
        sheet(shown, pictures).quantize(256, Image.Quantize.MAXCOVERAGE).save(given.out, optimize=True)
    print(f"{given.out}: {given.out.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
