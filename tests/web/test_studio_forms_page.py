"""The studio's forms without a browser: what is sent, what is written, where mistakes are told; lessons."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from asking_site import PART, Asking, settings_for
from site_reader import Element, read
from starlette.datastructures import FormData

from whipcount.results import Results
from whipcount.scenario import load
from whipcount.scenario.draft import PartyRow, read_draft, write
from whipcount.scenario.scaffold import scaffold
from whipcount.scenario.yaml_nodes import parse
from whipcount.web.counting import parties_of
from whipcount.web.draft_forms import MOST_ROWS, acted, draft_of, draft_of_parties
from whipcount.web.studio import examined

TYPED = {
    "title": "Budget of Springfield",
    "matter": "The budget",
    "low": "cut",
    "high": "spend",
    "now_at": "4",
    "option.0.name": "More buses",
    "option.0.at": "7",
    "party.0.name": "Reds",
    "party.0.seats": "5",
    "party.0.colour": "#b2182b",
    "party.1.name": "Blues",
    "party.1.seats": "4",
    "party.1.at": "2–4",
    "body.0.name": "Council",
    "body.0.rule": "cast",
    "first": "2026-03-01",
    "days": "60",
    "beat": "7",
    "governs": "0",
    "against": "party.1",
}


@pytest.fixture
def asking(ensemble: Results, tmp_path: Path) -> Iterator[Asking]:
    settings = settings_for(tmp_path / "explorer", ensemble.folder, upload_seconds=40)
    made = Asking.of(replace(settings, studio=tmp_path / "studio"))
    yield made
    made.app.state.subjects.close()
    made.close()


def sent(asking: Asking, headers: dict[str, str] | None = None, **more: str) -> Element:
    """What the studio answers to its forms."""
    data: dict[str, Any] = {"csrf_token": asking.sign(), **TYPED, **more}
    answer = asking.client.post("/studio/forms", data=data, headers=headers or {})
    assert answer.status_code == 200, answer.text[:500]
    return read(answer.text)


@pytest.mark.parametrize("headers", [{}, PART], ids=["without a script", "with one"])
def test_forms_are_written_as_a_text_that_loads(asking: Asking, headers: dict[str, str]) -> None:
    page = sent(asking, headers)
    text = "".join(page.one("textarea", id="text").texts).removeprefix("\n")
    scenario = load(parse(text, "x").plain()).scenario
    assert [party.name.en for party in scenario.parties] == ["Reds", "Blues"]
    assert sum(seat.weight for seat in scenario.bodies[0].seats) == 9
    first = page.one("ul", "drawn-bodies").all("li")[0]
    assert len(first.all("circle")) == 9
    assert "can be run" in page.one("p", "finding").text


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_mistake_stands_at_its_field_in_the_readers_language(asking: Asking, language: str) -> None:
    data = {"csrf_token": asking.sign(), **TYPED, "party.1.at": "eleven", "low": ""}
    page = read(asking.client.post(f"/studio/forms?lang={language}", data=data).text)
    field = page.one("input", name="party.1.at")
    assert field.attributes["aria-invalid"] == "true"
    assert field.attributes["value"] == "eleven"
    why = page.one("span", id="why-party.1.at")
    assert why.attributes["id"] in field.attributes["aria-describedby"].split()
    assert ("from 0 to 10" if language == "en" else "от 0 до 10") in why.text
    assert [link.attributes["data-missing"] for link in page.one("p", "still").all("a")] == ["low"]
    told = page.one("ul", "wrongs").one("li").all("span", lang="en")
    assert bool(told) == (language == "ru")  # the loader's own words, marked as English


def test_rows_are_added_and_removed_with_everything_else_as_it_was(asking: Asking) -> None:
    page = sent(asking, PART, act="add party")
    assert page.one("input", name="party.2.name").attributes["value"] == ""
    assert "autofocus" in page.one("input", name="party.2.name").attributes
    assert page.one("input", name="party.0.name").attributes["value"] == "Reds"
    page = sent(asking, act="remove party 0")
    assert page.one("input", name="party.0.name").attributes["value"] == "Blues"
    assert not page.all("input", name="party.1.name")


def test_a_text_too_rich_for_the_forms_says_so(asking: Asking) -> None:
    page = asking.page("/studio?start=example")
    assert page.one("textarea", id="text").text.startswith("# My crisis")
    found = examined(scaffold("x"))
    assert found.draft is None
    assert "pressures" in found.beyond
    assert found.bodies  # it is drawn and run all the same


def test_nonsense_in_the_forms_is_only_nonsense() -> None:
    odd = {"party.7.name": "Late", "person.0.party": "99", "person.0.sits": "-1", "governs": "50", "against": "party.x",
           "head": "²", "body.999999.name": "x", "option.-1.name": "x", "party.x.name": "x", "title": "x" * 9_999,
           "focal": "٣", "act": "remove party 99"}  # fmt: skip
    draft = draft_of(FormData(list(odd.items())))
    assert len(draft.parties) == 8
    assert len(draft.bodies) == MOST_ROWS
    assert (draft.governs, draft.against, draft.head, draft.focal) == ((), (), "", "")
    assert len(draft.title) == 300
    for act in ("remove party 99", "add", "add nothing", "remove party x", "", "add body"):
        assert acted(draft, act)[0] == draft
    tree = parse(write(draft).text, "x")
    assert read_draft(tree.plain())[1] == ()
    assert examined(write(draft).text, draft).problems


def test_a_table_of_seats_begins_a_crisis(tmp_path: Path) -> None:
    file = tmp_path / "seats.csv"
    file.write_text(
        "party,seats,left_right,colour\nLeft,40,-50,#aa0000\nRight,35,50,\nCentre,25,0,\n", encoding="utf-8"
    )
    parties = parties_of(file)
    draft = draft_of_parties(draft_of(FormData(list(TYPED.items()))), parties)
    assert draft.parties[0] == PartyRow("Left", "#aa0000", "40", "0")
    assert [(one.name, one.at) for one in draft.parties] == [("Left", "0"), ("Right", "10"), ("Centre", "5")]
    assert examined(write(draft).text, draft).problems == ()
    file.write_text("motion,member,vote\na,b,yes\n", encoding="utf-8")
    assert parties_of(file) == ()


@pytest.mark.slow  # a worker has to start, and counts
def test_a_counted_table_leads_to_the_forms(asking: Asking) -> None:
    text = "party,seats\nLeft,40\nRight,35\nCentre,25\n"
    place = asking.client.post("/count", data={"csrf_token": asking.sign(), "kind": "power", "text": text},
                               files={"file": ("", b"")}, follow_redirects=False)  # fmt: skip
    query = place.headers["location"].partition("?")[2].partition("#")[0]
    answer = asking.answer("/count", query)
    link = next(one for one in answer.all("a") if one.attributes["href"].startswith("/studio?"))
    page = asking.page(link.attributes["href"])
    assert [page.one("input", name=f"party.{row}.seats").attributes["value"] for row in range(3)] == ["40", "35", "25"]


def test_a_lesson_asks_first_and_answers_in_a_sentence(asking: Asking) -> None:
    page = asking.page("/lesson")
    assert page.one("div", "lesson").all("p", "quiet")[0].text.endswith("how likely is this?")
    assert len(page.one("div", "lesson").all("svg")) == 1
    assert not page.all("p", "told")
    shown = next(a.attributes["href"] for a in page.all("a") if "shown=yes" in a.attributes.get("href", ""))
    answer = asking.page(shown.partition("#")[0])
    full = len(answer.one("svg", "hundred").all("circle", "full"))
    assert full + len(answer.all("circle", "hollow")) == 100
    assert str(full) in answer.one("p", "told").text or full in (0, 100)
    assert answer.one("h1").text == page.one("h1").text
    assert asking.page("/lesson?question=nothing").one("h1").text == page.one("h1").text


OUTSIDE = {
    "second": "yes",
    "matter2": "Transport",
    "low2": "roads",
    "high2": "rails",
    "party.0.at2": "8",
    "talks": "yes",
    "sides": "0",
    "menu": "0",
    "opens": "2026-03-02",
    "closes": "2026-04-01",
    "lag": "3",
    "consent": "sides",
    "election": "yes",
    "early": "yes",
    "campaign": "30",
    "method": "dhondt",
    "threshold": "5",
    "party.0.poll": "40",
    "pressure.0.name": "A strike",
    "pressure.0.level": "6",
    "pressure.0.threat": "0.5",
    "event.0.name": "The strike ends",
    "event.0.when": "2026-03-20",
    "event.0.pressure": "0",
    "event.0.level": "1",
}


def test_a_second_line_talks_an_election_and_the_outside_are_asked_for(asking: Asking) -> None:
    for act, field in (("second", "matter2"), ("talks", "talks_name"), ("election", "due"),
                       ("pressure", "pressure.0.name"), ("event", "event.0.name")):  # fmt: skip
        page = sent(asking, PART, act=f"add {act}")
        assert "autofocus" in page.one("input", name=field).attributes
    page = sent(asking, **(OUTSIDE | {"party.1.poll": "many", "event.0.when": "2027-01-01"}))
    assert "0 to 100" in page.one("span", id="why-party.1.poll").text
    assert "two parties" in page.one("span", id="why-sides").text  # one alone has nobody to talk to
    assert "looked ahead" in page.one("span", id="why-event.0.when").text
    data = [*{"csrf_token": asking.sign(), **TYPED, **OUTSIDE}.items(), ("sides", "1")]
    body = "&".join(f"{key}={quote(value)}" for key, value in data)
    kind = {"content-type": "application/x-www-form-urlencoded"}
    page = read(asking.client.post("/studio/forms", content=body, headers=PART | kind).text)
    assert "can be run" in page.one("p", "finding").text
    scenario = load(parse("".join(page.one("textarea", id="text").texts).removeprefix("\n"), "x").plain()).scenario
    assert [one.name.en for one in scenario.dimensions] == ["The budget", "Transport"]
    assert scenario.table is not None
    assert {side.party for side in scenario.table.sides} == {"reds", "blues"}
    assert scenario.election is not None
    assert scenario.election.polls["reds"].centre == 0.4
    assert scenario.events[0].effects.pressures[0].level == 0.1
    page = sent(asking, PART, act="remove talks", **OUTSIDE)
    assert not page.all("input", name="talks")
