"""What every page shares: languages, a strict content-security policy to live under, nothing from other hosts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from site_reader import Element, Site

import whipcount.web
from whipcount.web.i18n import preferred
from whipcount.web.pages import listed

WEB = Path(whipcount.web.__file__).parent
PAGES = (
    "/",
    "/replay",
    "/replay?run=3&day=2",
    "/crisis/positions",
    "/crisis/chosen",
    "/replay/decisions?run=1&day=3",
    "/no",
)


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("address", PAGES)
def test_pages_live_under_the_policy(site: Site, address: str, language: str) -> None:
    """No inline script, style or handler, and no address of another host."""
    answer = site.client.get(address + ("&" if "?" in address else "?") + f"lang={language}")
    page: Element
    from site_reader import read

    page = read(answer.text)
    for element in page.all():
        assert "style" not in element.attributes
        assert not [name for name in element.attributes if name.startswith("on")]
        if element.tag == "script":
            assert element.attributes.get("src", "").startswith("/static/") or (
                element.attributes.get("type") == "application/json"
            )
        assert element.tag != "style"
        for name in ("src", "href", "action", "hx-get", "hx-post"):
            assert re.match(r"(/(?!/)|#|$)", element.attributes.get(name, "")), element.attributes
    policy = answer.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "script-src 'self'" in policy


@pytest.mark.parametrize("address", [page.path for page in listed()])
def test_every_page_has_its_landmarks(site: Site, address: str) -> None:
    page = site.page(address)
    assert page.one("html").attributes["lang"] == "en"
    assert len(page.all("main")) == len(page.all("h1")) == 1
    assert page.one("nav", "pages").all("a", aria_current="page")[0].attributes["href"] == address
    identifiers = [element.attributes["id"] for element in page.all() if "id" in element.attributes]
    assert len(identifiers) == len(set(identifiers))
    assert page.one("a", "skip").attributes["href"] == "#main"
    for field in page.all("input") + page.all("select"):
        labelled = field.attributes.get("aria-label") or field.attributes.get("type") == "hidden"
        inside = any(field in label.all() for label in page.all("label"))
        assert labelled or inside or page.all("label", **{"for": field.attributes.get("id", "")})


def test_the_address_decides_the_language_and_links_keep_it(site: Site) -> None:
    russian = site.page("/?lang=ru", accept_language="en")
    assert russian.one("html").attributes["lang"] == "ru"
    assert all("lang=ru" in link.attributes["href"] for link in russian.one("nav", "pages").all("a"))
    assert all("lang=ru" in link.attributes["href"] for link in russian.all("a", "place"))
    assert site.page("/", accept_language="ru-RU,ru;q=0.9,en;q=0.5").one("html").attributes["lang"] == "ru"
    assert site.page("/?lang=fr", accept_language="de").one("html").attributes["lang"] == "en"


@pytest.mark.parametrize(
    ("header", "language"),
    [("", "en"), ("ru", "ru"), ("en;q=0.4, ru;q=0.6", "ru"), ("de, en;q=0.1", "en"), ("ru;q=x, en", "en"), ("*", "en")],
)
def test_browsers_say_which_language_they_prefer(header: str, language: str) -> None:
    assert preferred(header) == language


def test_names_are_escaped(site: Site) -> None:
    page = site.page("/%3Cscript%3Ealert(1)%3C/script%3E", 404)
    assert not [one for one in page.all("script") if "src" not in one.attributes]
    assert "<script>alert(1)</script>" in page.text


def test_style_sheets_ask_for_nothing_elsewhere(site: Site) -> None:
    for address in [link.attributes["href"] for link in site.page("/").all("link", rel="stylesheet")]:
        answer = site.client.get(address)
        assert answer.status_code == 200
        assert "url(" not in answer.text
        assert "@import" not in answer.text
        assert "max-age" in answer.headers["cache-control"]


def test_what_is_vendored_has_its_licence() -> None:
    vendored = [path for path in (WEB / "static" / "vendor").iterdir() if path.suffix == ".js"]
    assert vendored
    for path in vendored:
        assert (path.parent / f"{path.name.split('.')[0]}.LICENSE").read_text(encoding="utf-8").strip()
