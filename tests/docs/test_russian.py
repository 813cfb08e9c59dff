"""Pages in Russian say what the English ones say: the same blocks, sections, tables, links and figures."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest
from pages import PROJECT, RUSSIAN, blocks, links

PAIRS = [(page, page.with_name(page.name.replace(".ru.md", ".md"))) for page in RUSSIAN]
TUTORIALS = {"first-run", "ask-a-question", "own-crisis", "real-parliament", "whip-count"}


def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def name(value: object) -> str:
    return value.name if isinstance(value, Path) else ""


def readme_table() -> ModuleType:
    spec = importlib.util.spec_from_file_location("readme_table", PROJECT / "docs" / "readme_table.py")
    assert spec is not None
    assert spec.loader is not None
    page = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(page)
    return page


def test_the_readme_and_every_tutorial_are_there() -> None:
    assert {page.name for page in RUSSIAN} >= {"README.ru.md", *(f"{name}.ru.md" for name in TUTORIALS)}
    assert {page.stem for page in (PROJECT / "docs" / "tutorials").glob("*.md") if page not in RUSSIAN} == TUTORIALS


@pytest.mark.parametrize(("russian", "english"), PAIRS, ids=name)
def test_commands_are_those_of_the_english_page(russian: Path, english: Path) -> None:
    def shown(page: Path) -> list[tuple[str, str, dict[str, str]]]:
        return [(one.language, one.text, one.options) for one in blocks(text(page))]

    assert shown(russian) == shown(english)


@pytest.mark.parametrize(("russian", "english"), PAIRS, ids=name)
def test_sections_tables_and_links_are_those_of_the_english_page(russian: Path, english: Path) -> None:
    def levels(page: Path) -> list[int]:
        outside = re.sub(r"^```.*?^```$", "", text(page), flags=re.MULTILINE | re.DOTALL)
        return [len(one) for one in re.findall(r"^(#+) ", outside, flags=re.MULTILINE)]

    def rows(page: Path) -> list[int]:
        return [line.count("|") for line in text(page).splitlines() if line.startswith("|")]

    def targets(page: Path) -> set[str]:
        """What is linked to, in whichever language, but for the page itself in the other one."""
        found = {one.replace(".ru.md", ".md") for one in links(text(page))}
        return {one for one in found if one.rpartition("/")[2] != english.name}

    assert levels(russian) == levels(english)
    assert rows(russian) == rows(english)
    assert targets(russian) == targets(english)


@pytest.mark.parametrize(("russian", "english"), PAIRS, ids=name)
def test_each_leads_to_the_other(russian: Path, english: Path) -> None:
    assert f"({english.name})" in text(russian)
    assert f"({russian.name})" in text(english)


def test_the_readmes_figures_are_the_same() -> None:
    page = readme_table()
    assert page.shown(text(page.RUSSIAN)) == page.in_russian(page.shown(text(page.README))), (
        "run `python docs/readme_table.py`"
    )

    def figures(readme: Path) -> list[str]:
        """Numbers outside of blocks and the table of outcomes, written one way."""
        rest = re.sub(r"^```.*?^```$", "", page.replace(text(readme), ""), flags=re.MULTILINE | re.DOTALL)
        joined = re.sub(r"(?<=\d)[ ,](?=\d{3}\b)", "", rest)
        return sorted(re.sub(r"^0", "", one.replace(",", ".")) for one in re.findall(r"\d*[.,]\d+|\d{3,}", joined))

    assert figures(page.RUSSIAN) == figures(page.README)


def test_every_word_of_the_table_is_in_russian() -> None:
    table = readme_table().shown(text(PROJECT / "README.ru.md"))
    for line in table.splitlines()[3:-1]:
        first, *_, use, _ = line.strip("| ").split(" | ")
        assert re.search("[а-я]", first), line
        assert re.search("[а-я]", use), line
