"""Asking an explorer for pages, and reading them: elements with their attributes and texts."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from starlette.testclient import TestClient

from whipcount.web.app import create_app
from whipcount.web.jobs import Jobs
from whipcount.web.settings import Settings
from whipcount.web.subject import Subject

VOID = frozenset({"meta", "link", "input", "br", "img", "hr"})


@dataclass
class Element:
    """An element of a page."""

    tag: str
    attributes: dict[str, str]
    children: list[Element] = field(default_factory=list)
    content: list[str | Element] = field(default_factory=list)  # texts and children as they follow each other

    @property
    def texts(self) -> list[str]:
        """Its own texts, without those of its children."""
        return [one for one in self.content if isinstance(one, str)]

    @property
    def text(self) -> str:
        """All text in it, spaces joined; what is only marked as of another language is a part of its word."""
        return " ".join(self._flowing().split())

    def _flowing(self) -> str:
        parts = []
        for one in self.content:
            if isinstance(one, str):
                parts.append(one)
            else:
                within = one.tag == "span" and set(one.attributes) == {"lang"}
                parts.append(one._flowing() if within else f" {one._flowing()} ")
        return "".join(parts)

    @property
    def classes(self) -> list[str]:
        return self.attributes.get("class", "").split()

    def all(self, tag: str = "", *classes: str, **attributes: str) -> list[Element]:
        """Every element below of this tag, these classes and these attributes."""
        found = []
        for child in self.children:
            wanted = not tag or child.tag == tag
            wanted = wanted and set(classes) <= set(child.classes)
            if wanted and all(child.attributes.get(key.replace("_", "-")) == text for key, text in attributes.items()):
                found.append(child)
            found += child.all(tag, *classes, **attributes)
        return found

    def one(self, tag: str = "", *classes: str, **attributes: str) -> Element:
        """The only such element."""
        found = self.all(tag, *classes, **attributes)
        assert len(found) == 1, f"{len(found)} of {tag} {classes} {attributes}"
        return found[0]


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = Element("", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {key: value or "" for key, value in attrs})
        self.open[-1].children.append(element)
        self.open[-1].content.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].children.append(Element(tag, {key: value or "" for key, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if any(element.tag == tag for element in self.open[1:]):
            while self.open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        self.open[-1].content.append(data)


def read(text: str) -> Element:
    """A page as a tree."""
    builder = _Builder()
    builder.feed(text)
    builder.close()
    return builder.root


@dataclass(frozen=True)
class Site:
    """An explorer and somebody who asks it."""

    client: TestClient
    subject: Subject

    def page(self, address: str, status: int = 200, **headers: str) -> Element:
        """A page that answers as expected."""
        answer = self.client.get(address, headers={key.replace("_", "-"): value for key, value in headers.items()})
        assert answer.status_code == status, answer.text[:500]
        return read(answer.text)

    def record(self, address: str) -> Any:
        """What a replay repaints from."""
        return json.loads(self.page(address).one("script", id="replay-data").texts[0])

    def close(self) -> None:
        """End what computes for it."""
        self.subject.close()
        self.jobs.close()

    @property
    def jobs(self) -> Jobs:
        """Its queue."""
        jobs: Jobs = self.client.app.state.jobs  # type: ignore[attr-defined]
        return jobs


def site_of(settings: Settings) -> Site:
    """An explorer that is asked directly; its background work is not begun."""
    app = create_app(settings)
    return Site(TestClient(app, base_url=f"http://{settings.host}:{settings.port}"), app.state.subject)
