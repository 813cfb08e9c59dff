"""The replay shows what the run folder holds: who has which seat on each day, the curves, the story, the decisions."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from site_reader import Site, read

from whipcount.charts.benches import MARKS, tone_on
from whipcount.engine import Decision, explain_run
from whipcount.report.explanation import Wanted, chosen_decisions, is_vote
from whipcount.report.glossary import question
from whipcount.report.story import story_of
from whipcount.report.transcript import told_runs
from whipcount.results import Results
from whipcount.text import probability
from whipcount.web.pages import replay
from whipcount.world import build_world

Record = dict[str, Any]


def taken_by_step(body: Record, steps: int) -> list[int]:
    """Occupied seats at the end of every step, from the changes that a page is told."""
    now = [0] * len(body["sizes"])
    found = []
    for step in range(steps):
        for at, place, taken, *_ in body["changes"]:
            if at == step:
                now[place] = taken
        found.append(sum(size for size, taken in zip(body["sizes"], now, strict=True) if taken))
    return found


@pytest.fixture(scope="module")
def busiest(ensemble: Results) -> int:
    """The run in which most people leave something."""
    leaving = ensemble.events().filter(ensemble.events()["verb"].cast(str).str.starts_with("leave"))
    counts = leaving["run"].value_counts(sort=True)
    return int(counts["run"][0])


def test_seats_are_those_that_the_engine_counts(site: Site, ensemble: Results, busiest: int) -> None:
    """The engine counts in the morning of a step, before anybody leaves: what the page shows of the step before."""
    paths = ensemble.paths(busiest).sort("step")
    record = site.record(f"/replay?run={busiest}")
    posts = {post.body for post in ensemble.scenario.posts}
    changed = 0
    for body in record["bodies"]:
        if body["id"] in posts:
            continue
        shares = paths[f"seated:{body['id']}"].to_list()
        taken = taken_by_step(body, len(shares))
        total = sum(body["sizes"])
        assert taken[:-1] == [round(share * total) for share in shares[1:]]
        changed += len(set(taken)) > 1
    assert changed


def test_posts_pass_as_the_events_say(site: Site, ensemble: Results) -> None:
    names = {actor.name.en.partition(" (")[0] for actor in ensemble.scenario.actors}
    for run in range(20):
        record = site.record(f"/replay?run={run}")
        events = ensemble.events(run)
        passing = ["appoint", "elected", "reappoint", "readmit", "leave_party", "expelled"]  # or its holder's party
        given = events.filter(events["verb"].cast(str).is_in(passing))
        bodies = {body["id"]: body for body in record["bodies"]}
        cabinet = bodies[ensemble.scenario.government.cabinet]
        new = [change for change in cabinet["changes"] if change[0] > 0 and change[2]]
        assert {change[0] for change in new} <= set(given["step"].to_list())
        assert all(any(name in change[4] for name in names) for change in new)


def test_curves_are_the_run_s_measures(site: Site, ensemble: Results, busiest: int) -> None:
    paths = ensemble.paths(busiest).sort("step")
    record = site.record(f"/replay?run={busiest}")
    curves = {curve["measure"]: curve["values"] for curve in record["curves"]}
    assert "danger" in curves
    assert len(curves) == 3
    for measure, values in curves.items():
        for shown, kept in zip(values, paths[measure].to_list(), strict=True):
            assert shown is None or shown == pytest.approx(kept, abs=1e-4)
    assert [value is None for value in curves["danger"]] == [math.isnan(value) for value in paths["danger"].to_list()]
    page = site.page(f"/replay?run={busiest}&day=3")
    shown_danger = page.one("output", data_measure="danger").text
    assert float(shown_danger) == pytest.approx(paths["danger"][3], abs=0.006)


def test_the_story_is_told_whole(site: Site, busiest: int) -> None:
    story = story_of(site.subject.material, busiest)
    page = site.page(f"/replay?run={busiest}&day=4")
    items = page.one("ol", "transcript").all("li")
    assert len(items) == len(story.days)
    for item, day in zip(items, story.days, strict=True):
        assert item.one("h4").text == day.heading
        assert [p.text for p in item.one("div", "told").all("p")] == [" ".join(one.split()) for one in day.sentences]
        assert len(item.all("aside")) == bool(day.history)
    now = page.one("li", "now")
    assert int(now.attributes["data-first"]) <= 4


def test_runs_worth_telling_are_linked(site: Site) -> None:
    links = site.page("/replay?lang=en&day=2").one("ul", "pills").all("a")
    told = told_runs(site.subject.material)
    assert [f"run={run}" in link.attributes["href"].split("?")[1].split("&") for link, run in
            zip(links, told.values(), strict=True)] == [True] * 3  # fmt: skip
    assert all("day=2" in link.attributes["href"] for link in links)
    assert links[0].attributes.get("aria-current") == "true"  # the closest is shown unasked


def by_question(decisions: list[Decision]) -> list[Decision]:
    """As the page groups them: by what is asked, in the order in which the questions first come up."""
    questions = list(dict.fromkeys(question(one.mechanism, one.decision) for one in decisions))
    return sorted(decisions, key=lambda one: questions.index(question(one.mechanism, one.decision)))


def test_decisions_are_those_of_explain(site: Site, ensemble: Results, busiest: int) -> None:
    found = explain_run(build_world(ensemble.loaded()), ensemble.seed, busiest)
    day = max(
        {one.step for one in chosen_decisions(found, Wanted())}, key=lambda step: sum(o.step == step for o in found)
    )
    wanted = by_question(chosen_decisions(found, Wanted(step=day)))
    part = site.page(f"/replay/decisions?run={busiest}&day={day}")
    shown = part.all("details", "decision")
    assert len(shown) == len(wanted) > 0
    for details, one in zip(shown, wanted, strict=True):
        rows = details.one("tbody").all("tr")
        assert [row.all("td", "number")[0].text for row in rows] == [
            probability(share) for share in one.probabilities.values()
        ]
        marked = [index for index, row in enumerate(rows) if "taken-option" in row.classes]
        assert marked == [list(one.options).index(one.choice)]
        assert [len(row.all("span", "term")) for row in rows] == [len(terms) for terms in one.options.values()]
    everything = site.page(f"/replay/decisions?run={busiest}&day={day}&all=1")
    of_day = [one for one in found if one.step == day]
    assert len(everything.all("details", "decision")) == len(of_day)
    keys = [one.attributes["id"] for one in everything.all("details", "decision")]
    assert len(keys) == len(set(keys))
    assert any(is_vote(one) for one in found)


@pytest.mark.parametrize("query", ["run=80", "run=-1", "run=x", "day=100000", "day=1.5", "run=%3Cb%3E", "run=٣"])
def test_a_wrong_number_is_told(site: Site, query: str) -> None:
    page = site.page(f"/replay?{query}", 400)
    assert page.one("main").one("b").text == "WC702"


def test_without_runs_the_page_waits(bare_site: Site) -> None:
    page = bare_site.page("/replay")
    assert page.one("progress").attributes["max"] == str(bare_site.subject.settings.runs)
    assert bare_site.client.get("/replay/progress").headers.get("hx-refresh") is None
    assert "WC700" in bare_site.page("/replay/decisions?run=0&day=0", 503).text


def test_with_runs_the_waiting_page_is_loaded_anew(site: Site) -> None:
    assert site.client.get("/replay/progress").headers["hx-refresh"] == "true"


def test_every_seat_shows_the_faction_of_who_has_it(site: Site, ensemble: Results, busiest: int) -> None:
    scenario = ensemble.scenario
    marks = {}
    for party in scenario.parties:
        own = [faction for faction in scenario.factions if faction.party == party.id]
        marks |= {member: MARKS[number] for number, faction in enumerate(own) for member in faction.members}
    assert marks
    page = site.page(f"/replay?run={busiest}&day=0")
    record = site.record(f"/replay?run={busiest}&day=0")
    seen = 0
    for body in scenario.bodies:
        number = next((at for at, one in enumerate(record["bodies"]) if one["id"] == body.id), None)
        if number is None or any(post.body == body.id for post in scenario.posts):
            continue
        card = page.one("article", data_body=str(number))
        drawn = [path.attributes["d"] for path in card.all("path", "faction")]
        wanted = [marks[seat.actor] for seat in body.seats if seat.actor in marks]
        assert sorted(filter(None, drawn)) == (sorted(wanted) if drawn else [])
        seen += sum(map(bool, drawn))
    assert seen
    chips = [item.text for item in page.all("ul", "key")[0].all("li") if item.all("path")]
    assert chips == [faction.name.en for faction in scenario.factions]


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_replay_taken_away_holds_everything(site: Site, ensemble: Results, language: str) -> None:
    answer = site.client.get(f"/replay/take?run=2&day=4&lang={language}")
    assert answer.headers["content-disposition"] == f'attachment; filename="{ensemble.slug}-run-2.html"'
    page = read(answer.text)
    assert page.one("html").attributes["lang"] == language
    assert not [one for one in page.all() if {"src", "href", "hx-get"} & set(one.attributes)]
    assert "url(" not in answer.text
    assert "@import" not in answer.text
    assert "default-src 'none'" in answer.text
    served = site.page(f"/replay?run=2&day=4&lang={language}")
    assert page.one("ol", "transcript").text == served.one("ol", "transcript").text
    assert str(ensemble.seed) in page.one("footer").text
    record = json.loads(page.one("script", id="replay-data").texts[0])
    assert record == site.record(f"/replay?run=2&day=4&lang={language}")
    assert "WC702" in site.page("/replay/take?run=80", 400).text


@pytest.mark.parametrize(
    ("colour", "tone"), [("#ffffff", "#1a1a1a"), ("#000000", "#ffffff"), ("#f0e442", "#1a1a1a"), ("#0072b2", "#ffffff")]
)
def test_marks_stand_out_on_their_colour(colour: str, tone: str) -> None:
    assert tone_on(colour) == tone


def test_a_run_is_taken_away_as_a_picture_that_moves(site: Site) -> None:
    pytest.importorskip("PIL")
    links = [one.attributes.get("href", "") for one in site.page("/replay").all("a")]
    assert any(link.startswith("/replay/moving?run=") for link in links)
    answer = site.client.get("/replay/moving?run=2")
    assert answer.headers["content-type"] == "image/gif"
    assert "attachment" in answer.headers["content-disposition"]
    assert answer.content[:6] == b"GIF89a"
    assert "WC702" in site.page("/replay/moving?run=80", 400).text


def test_one_picture_is_drawn_at_a_time(site: Site) -> None:
    assert replay._DRAWING.acquire(blocking=False)
    try:
        assert "WC710" in site.page("/replay/moving?run=2", 503).text
    finally:
        replay._DRAWING.release()
