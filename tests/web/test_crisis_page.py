"""The crisis page tells what the scenario holds: seats are counted and numbers read, not merely texts."""

from __future__ import annotations

import pytest
from site_reader import Element, Site

from whipcount.charts.benches import colours_of, per_dot
from whipcount.charts.seating import places_of
from whipcount.report.portraits import material_of_scenario
from whipcount.scenario.compare_accounts import compare_accounts
from whipcount.scenario.schema import Body, Scenario


@pytest.fixture(scope="module")
def page(bare_site: Site) -> Element:
    return bare_site.page("/")


@pytest.fixture(scope="module")
def scenario(bare_site: Site) -> Scenario:
    return bare_site.subject.loaded.scenario


def drawn_bodies(page: Element) -> dict[str, Element]:
    return {card.attributes["id"].removeprefix("body-"): card for card in page.all("article", "body-card")}


def seats_of(body: Body, scenario: Scenario) -> tuple[int, int]:
    """Seats and taken seats by the scenario alone; of a cabinet its posts."""
    posts = [post for post in scenario.posts if post.body == body.id]
    if posts and (body.kind == "cabinet" or not body.seats):
        return len(posts), sum(post.holder is not None for post in posts)
    sizes = {actor.id: actor.size for actor in scenario.actors}
    weights = [(round(seat.weight) if sizes[seat.actor] > 1 else 1, seat.occupied) for seat in body.seats]
    return sum(size for size, _ in weights), sum(size for size, occupied in weights if occupied)


def test_every_body_has_as_many_seats_as_the_scenario(page: Element, scenario: Scenario) -> None:
    cards = drawn_bodies(page)
    expected = {body.id: seats_of(body, scenario) for body in scenario.bodies}
    assert set(cards) == {ident for ident, (seats, _) in expected.items() if seats > 1}
    for ident, card in cards.items():
        seats, taken = expected[ident]
        assert card.one("text", "taken-count").text == str(taken)
        assert f"of {seats}" in card.one("svg", "benches").text


def test_a_dot_is_a_seat_and_has_the_colour_of_its_party(page: Element, bare_site: Site, scenario: Scenario) -> None:
    colours = colours_of(scenario)
    material = material_of_scenario(bare_site.subject.loaded)
    for body in scenario.bodies:
        places = places_of(material, body)
        if sum(place.size for place in places) < 2:
            continue
        assert per_dot(places) == 1
        links = drawn_bodies(page)[body.id].all("a", "place")
        assert [len(link.all("circle")) for link in links] == [place.size for place in places]
        for link, place in zip(links, places, strict=True):
            fills = {circle.attributes["fill"] for circle in link.all("circle")}
            if place.taken_before and place.party:
                assert fills == {colours[place.party]}
            else:
                assert fills.isdisjoint(set(colours.values()))


def test_a_chosen_seat_shows_the_person(bare_site: Site, scenario: Scenario) -> None:
    holder = next(post.holder for post in scenario.posts if post.holder)
    actor = next(one for one in scenario.actors if one.id == holder)
    page = bare_site.page(f"/?who={actor.id}")
    panel = page.one("div", "panel", id="chosen")
    assert panel.one("h3").text == actor.name.en
    values = [span.text.split()[0] for span in panel.all("span", "value")]
    assert values == [f"{actor.ideal[axis.id].centre:.2f}".rstrip("0").rstrip(".") for axis in scenario.dimensions]
    seats = {link.attributes["href"].removeprefix("#body-") for link in panel.all("a")}
    assert seats == {body.id for body in scenario.bodies if any(seat.actor == actor.id for seat in body.seats)}
    assert {place.attributes["aria-current"] for place in page.all("a", "chosen")} == {"true"}
    alone = bare_site.page(f"/crisis/chosen?who={actor.id}")
    assert alone.text == panel.text


def test_a_vacant_post_shows_who_could_have_it(bare_site: Site, scenario: Scenario) -> None:
    post = next(one for one in scenario.posts if one.holder is None and one.eligible)
    panel = bare_site.page(f"/crisis/chosen?post={post.id}")
    assert post.name.en in panel.text
    assert len(panel.all("a")) == len(post.eligible)


def test_the_calendar_holds_the_whole_record(page: Element, scenario: Scenario) -> None:
    record = page.one("ol", "record")
    assert len(record.all("p")) == len(scenario.record)
    days = {fact.date for fact in scenario.record}
    assert len(record.all("li")) == len(days)
    linked = [link.attributes["href"] for month in page.all("table", "month") for link in month.all("a")]
    assert sorted(linked) == sorted(f"#{item.attributes['id']}" for item in record.all("li"))
    judgements = sum(fact.kind == "judgement" for fact in scenario.record)
    assert len(record.all("em")) == judgements


def test_the_accounts_stand_side_by_side(page: Element, bare_site: Site) -> None:
    compared = compare_accounts(bare_site.subject.loaded)
    rows = page.one("table", "accounts").all("tr", "differs")
    assert len(rows) == sum(dispute.differs for dispute in compared.disputes) > 0
    for row, dispute in zip(rows, (one for one in compared.disputes if one.differs), strict=True):
        assert [cell.attributes["data-account"] for cell in row.all("td")] == [one.account for one in dispute.versions]
        assert all(version.text.en in cell.text for cell, version in zip(row.all("td"), dispute.versions, strict=True))


def test_the_map_is_drawn_before_there_are_runs(bare_site: Site, scenario: Scenario) -> None:
    part = bare_site.page("/crisis/positions")
    assert len(part.all("circle", "person")) == sum(actor.size == 1 for actor in scenario.actors)
    assert part.all("p", role="status")  # it says that perceptions follow
    assert not part.all("line", "perceived")


def test_the_map_with_runs_asks_no_more(site: Site) -> None:
    part = site.page("/crisis/positions")
    assert not part.all("p", role="status")
    assert "hx-get" not in part.one("div", "awaited").attributes


def test_nobody_of_that_name_is_nobody(bare_site: Site, scenario: Scenario) -> None:
    head = next(actor for actor in scenario.actors if actor.id == scenario.government.head)
    assert bare_site.page("/crisis/chosen?who=%3Cscript%3E").one("h3").text == head.name.en
