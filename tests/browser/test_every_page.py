"""Every page in both languages, wide and at the width of a telephone: sound, accessible, and at home."""

from __future__ import annotations

from typing import Any

import pytest
from visits import Served, visiting

from whipcount.web.pages import listed

PAGES = [page.path for page in listed()]
ANSWERS = [  # pages that are reached from those, and that answer at once
    "/replay/beside?run=1&other=2",
    "/charts/publish?kind=survival&chart=survival",
    "/sources?source=A",
    "/count?kind=coalitions&grid=1",
    "/studio?start=example",
]
SEEN = [
    ("en", "desk"),
    ("ru", "telephone"),
]  # each language and each width at every run; the other pairs with the slow ones
CROSSED = [("en", "telephone"), ("ru", "desk")]
WIDTHS = {"desk": {"width": 1440, "height": 900}, "telephone": {"width": 390, "height": 844}}


@pytest.mark.parametrize(
    ("language", "size"), [*SEEN, *(pytest.param(*pair, marks=pytest.mark.slow) for pair in CROSSED)]
)
@pytest.mark.parametrize("path", [*PAGES, *(pytest.param(path, marks=pytest.mark.slow) for path in ANSWERS)])
def test_page_is_sound(chromium: Any, large: Served, path: str, language: str, size: str) -> None:
    """No console error, no other host, nothing serious for axe-core in either scheme, nothing wider than the window."""
    for visit in visiting(chromium, large, viewport=WIDTHS[size]):
        page = visit.go(f"{path}{'&' if '?' in path else '?'}lang={language}")
        if path in PAGES:
            assert page.locator("html").get_attribute("lang") == language
            assert page.locator("nav.pages a[aria-current=page]").get_attribute("href").startswith(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= WIDTHS[size]["width"]
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert f"{scheme}: " + "; ".join(visit.axe()) == f"{scheme}: "


@pytest.mark.parametrize("path", PAGES)
def test_page_prints_its_contents_only(chromium: Any, small: Served, path: str) -> None:
    for visit in visiting(chromium, small):
        page = visit.go(path)
        page.emulate_media(media="print")
        assert page.locator("h1").is_visible()
        assert not page.locator("nav.pages").is_visible()


def test_another_language_is_a_click_away(chromium: Any, small: Served) -> None:
    for visit in visiting(chromium, small, locale="ru-RU"):
        page = visit.go("/?who=")
        assert page.locator("html").get_attribute("lang") == "ru"  # as the browser asks
        page.get_by_role("link", name="English").click()
        page.wait_for_url("**lang=en**")
        assert page.locator("html").get_attribute("lang") == "en"
