"""From a claim to its passage, counted in steps; a text brought and read beside the model."""

from __future__ import annotations

from typing import Any

from visits import Served, visiting


def test_a_historian_reaches_the_passage_of_a_claim_in_two_steps(chromium: Any, large: Served) -> None:
    claim = next(one for one in large.results.scenario.claims if one.evidence[0].source == "B")
    for visit in visiting(chromium, large):
        page = visit.go("/")
        page.get_by_role("navigation", name="Pages").get_by_role("link", name="Claims").click()  # one
        page.locator(f"#claim-{claim.id} .source a").first.click()  # two
        passage = page.locator(".passage:target")
        passage.wait_for()
        assert passage.get_attribute("id") == f"p-{claim.evidence[0].where}"
        assert claim.text.en in passage.inner_text()
        # A function: an expression is evaluated anew at each look, which the page's policy forbids after the first.
        page.wait_for_function("() => document.querySelector('.passage:target').getBoundingClientRect().top < 900")


def test_a_text_is_brought_by_keys_alone(chromium: Any, small: Served) -> None:
    for visit in visiting(chromium, small, viewport={"width": 390, "height": 844}):
        page = visit.go("/sources?source=B")
        page.locator("summary").first.focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        page.keyboard.type("First paragraph.")
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")
        page.keyboard.type("Second paragraph.")
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_url("**#passages")
        assert page.locator(".words").first.inner_text().strip() == "First paragraph."
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert visit.axe() == []
