"""The studio by its forms: a newcomer's own crisis, by keys and without YAML; forms and text in step."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from visits import Served, Visit, serving, visiting

from ensembles import compiled
from whipcount.results import run_ensemble

CHECKED = 60_000  # milliseconds: the first check waits for a worker that is still being started
WIDTHS = {"desk": {"width": 1440, "height": 900}, "telephone": {"width": 390, "height": 844}}


@pytest.fixture(scope="module")
def writing(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:  # noqa: ARG001 - skips first
    """An explorer with a studio of the test's own, which makes small ensembles."""
    folder: Path = tmp_path_factory.mktemp("studio")
    results = run_ensemble(compiled("two-bodies"), 40, 5, out=folder / "two-bodies", workers=1)
    yield from serving(results, studio=folder / "own", runs=40)


@pytest.fixture
def visit(chromium: Any, writing: Served) -> Iterator[Visit]:
    yield from visiting(chromium, writing, viewport=WIDTHS["desk"])


NEWCOMER = (  # the labels that a newcomer sees, in the order of the page, and what they type
    ("title", "The budget of Springfield"),
    ("matter", "The budget"),
    ("low", "cut"),
    ("high", "spend"),
    ("option.0.name", "More buses"),
    ("option.0.at", "7"),
    ("now_at", "4"),
    ("party.0.name", "Reds"),
    ("party.0.seats", "5"),
    ("party.0.at", "6–8"),
    ("party.1.name", "Blues"),
    ("party.1.seats", "4"),
    ("party.1.at", "2–4"),
    ("body.0.name", "Town council"),
)


def tab_to(page: Any, field: str, most: int = 40) -> None:
    """Go on with the key Tab until a field has the focus."""
    for _ in range(most):
        if page.evaluate("document.activeElement.name || document.activeElement.textContent.trim()") == field:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no key leads to {field}")


def told(page: Any) -> str:
    return str(page.locator("#answer .finding").text_content())


def test_a_newcomer_comes_from_home_to_a_crisis_of_their_own_that_runs(visit: Visit) -> None:
    """Two parties, a body of nine, a budget: by keys alone, no YAML, and every step counted."""
    steps = 0
    page = visit.go("/library")
    page.get_by_role("link", name="Write a crisis of your own").press("Enter")
    page.locator("#forms").wait_for()
    steps += 1
    for field, typed in NEWCOMER:
        tab_to(page, field)
        page.keyboard.type(typed)
        steps += 1
    page.get_by_text("Nothing is wrong").wait_for(timeout=CHECKED)
    first = page.locator(".drawn-bodies li").first
    assert first.locator("circle").count() == 9
    assert first.locator('circle[fill="#b2182b"]').count() == 5
    assert "Town council" in first.text_content()
    assert page.locator("#forms [aria-invalid]").count() == 0
    tab_to(page, "then", 60)
    page.keyboard.press("Enter")
    steps += 1
    page.wait_for_url(lambda url: "/studio" not in url, timeout=CHECKED)
    assert "The budget of Springfield" in page.locator("h1").text_content()
    page.goto(visit.site.address + "/charts")
    page.locator("main svg").first.wait_for(timeout=CHECKED)  # it has been simulated
    assert steps <= 17  # at half a minute each, under ten minutes
    assert "; ".join(visit.axe()) == ""


def test_forms_and_text_keep_in_step_and_nothing_is_lost(visit: Visit) -> None:
    page = visit.go("/studio")
    for field, typed in NEWCOMER:
        page.locator(f'[name="{field}"]').fill(typed)
    page.get_by_text("Nothing is wrong").wait_for(timeout=CHECKED)
    text = page.locator("#text")
    assert "name: Town council" in text.input_value()
    text.fill(text.input_value().replace("Town council", "Senate"))  # text to forms
    page.wait_for_function(
        "() => document.querySelector('[name=\"body.0.name\"]')?.value === 'Senate'", timeout=CHECKED
    )
    assert page.locator(".drawn-bodies li").first.text_content().startswith("Senate")
    page.locator('[name="party.1.at"]').fill("forty")  # a mistake, at its field and with its line
    why = page.locator('[id="why-party.1.at"]')
    why.get_by_text("Write a number from 0 to 10").wait_for(timeout=CHECKED)
    assert page.locator('[name="party.1.at"]').get_attribute("aria-invalid") == "true"
    page.locator("#answer [data-line]").first.click()
    assert page.evaluate("() => document.activeElement.id") == "text"
    page.locator('[name="party.1.at"]').fill("4")
    page.get_by_text("Nothing is wrong").wait_for()
    rich = text.input_value() + "pressures:\n  - {id: strike, name: Strike, level: 0.5, assumed: announced}\n"
    text.fill(rich)  # more than the forms hold: they say so, and leave it
    page.locator("#forms .notice code").get_by_text("pressures").wait_for(timeout=CHECKED)
    assert text.input_value() == rich
    assert "Nothing is wrong" in told(page)


@pytest.mark.parametrize(("size", "scheme"), [("desk", "light"), ("telephone", "dark")])
def test_rows_come_and_go_and_the_forms_are_accessible(chromium: Any, writing: Served, size: str, scheme: str) -> None:
    for visit in visiting(chromium, writing, viewport=WIDTHS[size], color_scheme=scheme):
        page = visit.go("/studio?lang=ru")
        page.locator('[name="party.0.name"]').fill("Красные")
        page.locator('[name="party.0.seats"]').fill("5")
        page.locator("#add-party").click()
        page.locator('[name="party.2.name"]').wait_for()
        page.wait_for_function("() => document.activeElement.name === 'party.2.name'")
        assert page.locator('[name="party.0.name"]').input_value() == "Красные"
        page.locator("#add-person").click()
        page.locator('[name="person.0.name"]').wait_for()
        page.locator('[name="person.0.name"]').fill("Анна")
        assert page.locator('select[name="person.0.party"] option').first.text_content() == "Красные"
        page.locator("#answer circle").first.wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= WIDTHS[size]["width"]
        assert "; ".join(visit.axe()) == ""
        page.locator("#forms .remove").nth(2).click()
        page.locator('[name="party.2.name"]').wait_for(state="detached")
        page.wait_for_function("() => document.activeElement.id === 'add-party'")
