"""Every page in both languages, wide and at the width of a telephone: sound, accessible, and at home."""

from __future__ import annotations

from typing import Any

import pytest
from visits import Served, visiting

from whipcount.web.pages import listed

PAGES = [page.path for page in listed()]
WIDTHS = {"desk": {"width": 1280, "height": 900}, "telephone": {"width": 390, "height": 844}}


@pytest.mark.parametrize("size", WIDTHS)
@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("path", PAGES)
def test_page_is_sound(chromium: Any, large: Served, path: str, language: str, size: str) -> None:
    """No console error, no other host, nothing serious for axe-core, nothing wider than the window."""
    for visit in visiting(chromium, large, viewport=WIDTHS[size]):
        page = visit.go(f"{path}?lang={language}")
        assert page.locator("html").get_attribute("lang") == language
        assert page.locator("nav.pages a[aria-current=page]").get_attribute("href").startswith(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= WIDTHS[size]["width"]
        assert "; ".join(visit.axe()) == ""


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
