"""The pages hang together: blocks are marked, links lead somewhere, every page can be reached."""

from __future__ import annotations

from pathlib import Path

import pytest
from pages import PAGES, PROJECT, blocks, links

DOCS = PROJECT / "docs"
KINDS = ("tutorials", "how-to", "reference", "explanation")


def _name(page: Path) -> str:
    return str(page.relative_to(PROJECT))


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_blocks_are_marked(page: Path) -> None:
    assert [fault for block in blocks(page.read_text(encoding="utf-8")) for fault in block.faults()] == []


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert [target for target in links(text) if not (page.parent / target).exists()] == []


def test_every_page_is_reached_from_the_index() -> None:
    index = DOCS / "README.md"
    reached, waiting = set(), [index]
    while waiting:
        page = waiting.pop()
        if page in reached or page.suffix != ".md" or DOCS not in page.parents:
            continue
        reached.add(page)
        waiting += [(page.parent / target).resolve() for target in links(page.read_text(encoding="utf-8"))]
    assert sorted(_name(page) for page in set(DOCS.rglob("*.md")) - reached) == []


def test_the_four_kinds_are_there() -> None:
    for kind in KINDS:
        assert list((DOCS / kind).glob("*.md")), f"docs/{kind} holds no page"


def test_the_readme_opens_with_the_two_commands() -> None:
    blocks_of_readme = list(blocks((PROJECT / "README.md").read_text(encoding="utf-8")))
    assert [command for command, _ in blocks_of_readme[0].commands()][:2] == ["make run", "make test"]
