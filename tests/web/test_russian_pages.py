"""Pages in Russian: no identifier, no ISO date, and nothing in English that is not marked as such."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from site_reader import Element, Site

from whipcount.web.pages import listed
from whipcount.web.tongues import LOWER, marked

PAGES = [
    *(page.path for page in listed()),
    "/replay?run=3&day=8",
    "/replay/beside?run=1&other=2",
    "/ask?more=leave.voice+%3D+0",
    "/sources?source=A",
    "/count?kind=power&grid=1",
    "/charts/drawn?kind=outcomes",
    "/charts/publish?kind=survival&chart=survival",
]
LEFT = ("script", "style", "textarea", "title", "svg", "code", "pre", "noscript")
ALLOWED = {"whipcount", "Home", "End"}
IDENTIFIER = re.compile(r"[a-z]+[a-z0-9]*(?:[_.][a-z0-9]+)+")
WORD = re.compile("[A-Za-z]+")
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def told(element: Element) -> Iterator[str]:
    """Every text that a reader sees or hears in Russian."""
    if element.tag in LEFT or element.attributes.get("lang") == "en" or "brand" in element.attributes.get("class", ""):
        return
    yield from (text.strip() for text in element.texts if text.strip())
    yield from (element.attributes[key] for key in ("aria-label", "title", "alt") if key in element.attributes)
    for child in element.children:
        yield from told(child)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_in_russian_is_in_russian(site: Site, path: str) -> None:
    page = site.page(f"{path}{'&' if '?' in path else '?'}lang=ru")
    bad = [text for text in told(page) if ISO_DATE.search(text) or IDENTIFIER.search(text)]
    foreign = [
        text
        for text in told(page)
        if any(LOWER.search(word) and word not in ALLOWED for word in re.findall("[A-Za-z]+", text))
    ]
    assert bad == []
    assert foreign == []


def test_only_foreign_phrases_are_marked() -> None:
    assert marked("<p>Это John Medhurst, том 2</p>") == '<p>Это <span lang="en">John Medhurst</span>, том 2</p>'
    assert marked("<option value='1'>Anna</option>") == "<option lang=\"en\" value='1'>Anna</option>"
    for same in ("<p>PNG и CSV</p>", "<code>leave.voice</code>", "<textarea>a,b</textarea>", '<b lang="en">Text</b>',
                 "<p>тире &mdash; &lt;</p>", "<svg><text>Reds</text></svg>", '<a title="Anna">да</a>'):  # fmt: skip
        assert marked(same) == same
    nested = '<div lang="en"><div>inner</div> outer</div><p>after</p>'
    assert marked(nested) == '<div lang="en"><div>inner</div> outer</div><p><span lang="en">after</span></p>'
