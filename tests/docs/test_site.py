"""The documentation as a site: every page in its navigation, no dead link, nothing fetched, a search in files."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pages import PROJECT

# what a page fetches by itself; an address in a link is only followed when somebody clicks it
FETCHED = re.compile(
    r"<(?:script|img|iframe|source)\b[^>]*\bsrc=[\"']?(https?:|//)|<link\b[^>]*\brel=[\"']?(?:stylesheet|preconnect)[^>]*(https?:)"
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as `make site` does: a dead link or anchor, or a page out of the navigation, stops it."""
    folder = tmp_path_factory.mktemp("site")
    made = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)],
        cwd=PROJECT, capture_output=True, text=True, check=False,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1", "NOTEBOOKS": "unrun"},  # another test runs them
    )  # fmt: skip
    assert made.returncode == 0, made.stderr[-3000:]
    return folder


def test_every_page_is_in_the_site_and_in_its_navigation(site: Path) -> None:
    navigation = (site / "index.html").read_text(encoding="utf-8")
    for page in (one for kind in ("*.md", "*.ipynb") for one in sorted((PROJECT / "docs").rglob(kind))):
        place = page.relative_to(PROJECT / "docs").with_suffix(".html").as_posix().replace("README", "index")
        assert (site / place).is_file(), place
        assert f'href="{place}"' in navigation, place


def test_notebooks_are_pages_and_files(site: Path) -> None:
    for path in (PROJECT / "docs" / "notebooks").glob("*.ipynb"):
        assert (site / "notebooks" / path.name).read_bytes() == path.read_bytes()
        assert f'href="{path.name}"' in (site / "notebooks" / f"{path.stem}.html").read_text(encoding="utf-8")


def test_nothing_is_fetched_from_elsewhere(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > 30
    assert {page.name: found[0] for page in pages if (found := FETCHED.search(page.read_text(encoding="utf-8")))} == {}
    assert not any(re.search(r"url\(['\"]?https?:", style.read_text(encoding="utf-8")) for style in site.rglob("*.css"))


def test_no_fence_is_left_as_text(site: Path) -> None:
    """A fence whose words the site does not understand would stand in the page as it is written."""
    assert [page.name for page in site.rglob("*.html") if "```" in page.read_text(encoding="utf-8")] == []


@pytest.mark.browser
def test_the_search_answers_in_a_page_opened_as_a_file(site: Path, chromium: Any) -> None:
    page = chromium.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((site / "how-to" / "coalitions.html").as_uri())
    page.click("[data-md-component=search-query]")
    page.keyboard.type("pivotal", delay=20)
    page.wait_for_selector(".md-search-result__item", timeout=60_000)
    assert "pivotal" in page.inner_text(".md-search-result__list").lower()
    assert [url for url in asked if not url.startswith(("file:", "data:", "about:"))] == []
    page.close()
