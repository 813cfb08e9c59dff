"""Choosing seats by mouse and keyboard, and reading off who has them."""

from __future__ import annotations

from typing import Any

from visits import Served, Visit, visiting


def test_a_click_on_a_seat_shows_who_has_it(visit: Visit) -> None:
    page = visit.go("/")
    scenario = visit.site.results.scenario
    body = next(one for one in scenario.bodies if one.party and len(one.seats) > 3)
    seat = body.seats[2]
    actor = next(one for one in scenario.actors if one.id == seat.actor)
    page.locator(f"#body-{body.id} a.place[href*='who={actor.id}']").locator("circle").first.click()
    page.wait_for_function(
        "name => document.querySelector('#chosen h3').textContent.trim() === name", arg=actor.name.en
    )
    assert f"who={actor.id}" in page.url
    shown = [float(text.split()[0]) for text in page.locator("#chosen .position-head .value").all_inner_texts()]
    assert shown == [round(actor.ideal[axis.id].centre, 2) for axis in scenario.dimensions]
    marked = page.locator("a.place.chosen").evaluate_all("all => all.map(one => one.getAttribute('href'))")
    assert marked
    assert all(f"who={actor.id}" in href for href in marked)
    page.go_back()
    head = next(one for one in scenario.actors if one.id == scenario.government.head)
    page.wait_for_function("name => document.querySelector('#chosen h3').textContent.trim() === name", arg=head.name.en)


def test_seats_can_be_walked_by_keys_alone(visit: Visit) -> None:
    page = visit.go("/")
    scenario = visit.site.results.scenario
    places = page.locator("svg.benches").first.locator("a.place")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('svg.benches a.place')"):
            break
    assert page.evaluate("document.activeElement.matches('svg.benches a.place')")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    address = page.evaluate("document.activeElement.getAttribute('href')")
    assert address == places.nth(2).get_attribute("href")
    page.keyboard.press("Enter")
    page.wait_for_url("**who=**")
    chosen = page.url.partition("who=")[2].partition("&")[0]
    name = next(one.name.en for one in scenario.actors if one.id == chosen)
    page.wait_for_function("name => document.querySelector('#chosen h3').textContent.trim() === name", arg=name)
    page.keyboard.press("Tab")  # the whole half circle is one stop
    assert not page.evaluate("document.activeElement.closest('svg.benches') === document.querySelector('svg.benches')")


def test_the_map_arrives_by_itself(visit: Visit) -> None:
    page = visit.go("/")
    persons = sum(actor.size == 1 for actor in visit.site.results.scenario.actors)
    page.wait_for_selector("#chart-positions")
    assert page.locator("#chart-positions circle.person").count() == persons


def test_a_day_of_the_calendar_leads_to_its_facts(visit: Visit) -> None:
    page = visit.go("/")
    link = page.locator(".month a").first
    day = link.get_attribute("href")
    link.click()
    assert page.url.endswith(day)
    assert page.locator(day).is_visible()


def test_on_a_telephone_the_panel_comes_up_and_goes_away(chromium: Any, small: Served) -> None:
    for visit in visiting(chromium, small, viewport={"width": 390, "height": 844}, has_touch=True):
        page = visit.go("/")
        place = page.locator("svg.benches").first.locator("a.place").nth(1)
        place.scroll_into_view_if_needed()
        before = page.evaluate("scrollY")
        place.locator("circle").first.tap()
        panel = page.locator("#chosen.sheet")
        panel.wait_for()
        assert panel.locator("h3").is_visible()
        assert panel.bounding_box()["height"] < 0.7 * 844
        assert page.evaluate("scrollY") == before  # the seat that was chosen is still where it was
        assert visit.axe() == []
        panel.get_by_role("button", name="Close").click()
        assert not page.locator("#chosen.sheet").count()
