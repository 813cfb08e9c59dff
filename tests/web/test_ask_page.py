"""Ask, claims and forecast on the page: the numbers of the library, in both languages; faults told where they are."""

from __future__ import annotations

import io
import json
import math
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
import polars as pl
import pytest
from asking_site import PART, SECONDS, Asking, settings_for
from invented_work import Counting, begun, until
from site_reader import read

from whipcount.counterfactual.fixed_outcomes import fixed_by
from whipcount.questions.ask import Answer, ask
from whipcount.results import Results
from whipcount.scenario import load
from whipcount.scenario.measures import Measure, Query
from whipcount.text import percent, speaking
from whipcount.web.changes import Teller

CHANGE = "faction.openers.leave.membership = yes @ 2030-03-12"
QUERY = urlencode({"do": CHANGE, "runs": "1000"})


@pytest.fixture(scope="module")
def asking(ensemble: Results, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asking]:
    made = Asking.of(settings_for(tmp_path_factory.mktemp("explorer"), ensemble.folder))
    yield made
    made.close()


@pytest.fixture(scope="module")
def expected(ensemble: Results) -> Answer:
    return ask(load("two-bodies"), [CHANGE], runs=1_000, seed=ensemble.seed)


# -- ask ------------------------------------------------------------------------------------------------------------


def test_the_page_offers_what_the_scenario_argues_about(asking: Asking) -> None:
    offered = {box.attributes["value"] for box in asking.page("/ask").all("input", name="do")}
    scenario = load("two-bodies").scenario
    claimed = {text for claim in scenario.claims for texts in (claim.do, *claim.rivals) for text in texts}
    assert claimed <= offered
    assert {f"event.{event.id} = removed" for event in scenario.events} <= offered


def test_changes_are_told_in_words() -> None:
    loaded = load("two-bodies")
    event = loaded.scenario.events[0]
    for language in ("en", "ru"):
        with speaking(language):
            teller = Teller(loaded)
            assert event.name.in_language() in teller.told(f"event.{event.id} = removed")
            for group in teller.groups():
                assert all(change.told for change in group.changes)
            assert teller.told("of no kind") == "of no kind"
            assert teller.told("a..b = 1") == "a..b = 1"


def test_an_answer_has_the_numbers_of_the_library(asking: Asking, expected: Answer) -> None:
    found = asking.answer("/ask", QUERY)
    rows = {row.attributes["data-outcome"]: row for row in found.all("tr") if "data-outcome" in row.attributes}
    assert set(rows) == {effect.outcome for effect in expected.effects}
    for effect in expected.effects:
        cells = rows[effect.outcome].all("td")
        if effect.binary:
            assert cells[1].text == percent(effect.before)
            assert cells[2].text == percent(effect.after)
            assert len(cells[0].all("circle")) == 2  # a dumbbell: before, after
        if effect.flips_up or effect.flips_down:
            assert f"↑ {effect.flips_up:,}" in cells[5].text
            assert f"↓ {effect.flips_down:,}" in cells[5].text


def test_an_answer_opens_with_one_sentence_that_states_the_finding(asking: Asking, expected: Answer) -> None:
    found = asking.answer("/ask", QUERY)
    told = found.one("p", "finding").text
    largest = max((one for one in expected.effects if one.clear and one.binary), key=lambda one: abs(one.effect))
    assert largest.name.en in told
    assert f"{percent(largest.before)} to {percent(largest.after)}" in told
    for fixed in expected.fixed:
        assert fixed.name.en not in told


def test_what_a_change_decides_by_itself_is_no_effect_of_it(asking: Asking) -> None:
    change = "faction.openers.leave.seat = no"
    query = urlencode({"do": change, "runs": "1000"})
    answer = ask(load("two-bodies"), [change], runs=1_000, seed=asking.app.state.subject.seed)
    found = asking.answer("/ask", query)
    listed = {row.attributes["data-outcome"] for row in found.all("tr") if "data-outcome" in row.attributes}
    assert not listed & {one.outcome for one in answer.fixed}
    assert listed | {one.outcome for one in answer.fixed} == {one.outcome for one in answer.effects}


@pytest.mark.parametrize(
    ("do", "verb", "after", "fixed"),
    [
        ("faction.openers.leave.seat = no", "leave_seat", 0.0, True),
        ("role.dissenters.leave.seat = no", "leave_seat", 0.0, True),
        ("faction.openers.leave.seat = no", "leave_seat", math.nan, False),  # it never varied, or nobody was asked
        ("faction.openers.leave.seat = no", "ultimatum", 0.0, False),  # a consequence, were it always so
        ("param.leave.voice = 0", "leave_seat", 0.0, False),
        ("nonsense", "leave_seat", 0.0, False),
    ],
)
def test_what_a_change_decides(do: str, verb: str, after: float, fixed: bool) -> None:
    measure = Measure(ever=Query(verb=verb))
    assert fixed_by([do], measure, np.full(4, after)) is fixed
    assert not fixed_by([do], measure, np.array([0.0, 1.0]))


def test_flipped_runs_lead_to_the_replay_of_a_run_that_can_be_replayed(asking: Asking, ensemble: Results) -> None:
    found = asking.answer("/ask", QUERY)
    every = [link.attributes["href"] for flips in found.all("ul", "flips") for link in flips.all("a")]
    links, both = every[::2], every[1::2]
    assert links
    assert len(both) == len(links)
    for link in links:
        assert link.startswith("/replay?run=")
        assert int(link.partition("run=")[2].partition("&")[0]) < ensemble.logged
    assert all("do=" in link for link in both)
    plain = links[0]
    assert asking.client.get(plain).status_code == 200


def test_an_answer_is_found_again_at_its_address(asking: Asking) -> None:
    asking.answer("/ask", QUERY)
    page = asking.another().page(f"/ask?{QUERY}&lang=ru")
    assert page.all("table", "effects")
    checked = [box.attributes["value"] for box in page.all("input", name="do") if "checked" in box.attributes]
    written = page.one("textarea", id="more").text
    assert CHANGE in checked or CHANGE in written
    assert page.one("html").attributes["lang"] == "ru"
    assert "1 000" in page.one("section", id="answer").text


def test_an_answer_can_be_taken_away(asking: Asking, expected: Answer) -> None:
    asking.answer("/ask", QUERY)
    table = pl.read_csv(io.BytesIO(asking.client.get(f"/ask/take.csv?{QUERY}").content))
    assert table["effect"].to_list() == pytest.approx([effect.effect for effect in expected.effects])
    parquet = pl.read_parquet(io.BytesIO(asking.client.get(f"/ask/take.parquet?{QUERY}").content))
    assert parquet["flips_up"].to_list() == [effect.flips_up for effect in expected.effects]
    record = asking.client.get(f"/ask/take.json?{QUERY}").json()
    assert record["worlds"] == 1_000
    assert asking.client.get(f"/ask/take.png?{QUERY}").content.startswith(b"\x89PNG")
    for kind in ("svg", "html"):
        answer = asking.client.get(f"/ask/take.{kind}?{QUERY}")
        assert answer.headers["content-disposition"].startswith("attachment")
    assert asking.client.get(f"/ask/take.exe?{QUERY}").status_code == 400
    assert asking.client.get("/ask/take.csv?do=event.power_restored+%3D+removed").status_code == 400


def test_a_form_leads_to_one_address(asking: Asking) -> None:
    sent = [("do", "a = 1"), ("more", "b = 2\r\n\r\n c  = 3 \r\na = 1"), ("given", ""), ("runs", "7"), ("lang", "ru")]
    answer = asking.client.get("/ask", params=sent, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/ask?do=a+%3D+1&do=b+%3D+2&do=c+%3D+3&runs=10000&lang=ru"


@pytest.mark.parametrize(
    ("do", "code"),
    [
        ("event.nothing = removed", "WC403"),
        ("param.leave.voice = much", "WC407"),
        ("nonsense", "WC402"),
        ("a..b", "WC401"),
    ],
)
def test_a_wrong_change_is_told_with_its_place_and_a_hint(asking: Asking, do: str, code: str) -> None:
    found = asking.answer("/ask", urlencode({"do": do}))
    notice = found.one("div", "notice", "wrong")
    assert code in notice.text
    assert "--do" in notice.text
    assert found.one("button").text == "Ask again"


def test_html_in_a_change_stays_text(asking: Asking) -> None:
    evil = "<script>alert(1)</script>"
    answer = asking.client.get("/ask", params={"do": evil})
    assert evil not in answer.text
    assert "&lt;script&gt;" in answer.text


def test_too_much_at_once_is_refused(asking: Asking) -> None:
    assert asking.client.get("/ask?" + "&".join(f"do=a{n}" for n in range(20))).status_code == 400
    assert asking.client.get("/ask", params={"do": "x" * 3_000}).status_code == 400
    assert "WC721" in asking.send("/ask/begin").text


def test_nothing_begins_without_the_forms_sign(asking: Asking) -> None:
    for address in (
        "/ask/begin",
        "/ask/cancel",
        "/claims/begin",
        "/forecast/begin",
        "/count/begin",
        "/count",
        "/forecast",
    ):
        assert asking.client.post(f"{address}?{QUERY}").status_code == 403


def test_a_browser_without_scripts_is_led_on(asking: Asking) -> None:
    answer = asking.client.post(f"/ask/begin?{QUERY}", data={"csrf_token": asking.sign()}, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/ask?{QUERY}"
    query = urlencode({"do": CHANGE, "runs": "50000"})
    asking.client.post(f"/ask/begin?{query}", data={"csrf_token": asking.sign()})
    assert asking.client.get(f"/ask?{query}").text.count('http-equiv="refresh"') == 1
    asking.send(f"/ask/cancel?{query}")


# -- the queue, seen from the page ----------------------------------------------------------------------------------


@pytest.fixture
def narrow(ensemble: Results, tmp_path: Path) -> Iterator[Asking]:
    """An explorer with one worker, where two questions may wait."""
    made = Asking.of(settings_for(tmp_path / "explorer", ensemble.folder, workers=1, queue=2, jobs_of_visitor=1))
    yield made
    made.close()


def test_a_full_queue_says_so_and_a_cancelled_question_makes_room(narrow: Asking, tmp_path: Path) -> None:
    narrow.app.state.jobs.submit(Counting("held", 1, "hold", tmp_path), "somebody")
    until(lambda: begun(tmp_path) == ["held 0"])
    waiting = narrow.send(f"/ask/begin?{QUERY}")
    assert "Waiting" in waiting.one("p", "job-line").text
    other = urlencode({"do": "param.leave.voice = 0", "runs": "1000"})
    assert "WC711" in narrow.send(f"/ask/begin?{other}").one("div", "notice").text
    # another visitor of the same address
    alike = narrow.another().send(f"/ask/begin?{other}").one("div", "notice").text
    assert "WC711" in alike
    assert "from where you are" in alike
    plain = narrow.client.post(f"/ask/begin?{other}", data={"csrf_token": narrow.sign()})
    assert plain.status_code == 429
    cancelled = narrow.send(f"/ask/cancel?{QUERY}")
    assert "Cancelled" in cancelled.one("p", role="status").text
    narrow.send(f"/ask/begin?{other}")
    (tmp_path / "go").touch()
    assert narrow.answer("/ask", other).all("table", "effects")


def test_a_killed_worker_costs_time_but_no_answer(narrow: Asking, expected: Answer) -> None:
    query = urlencode({"do": CHANGE, "runs": "1000"})
    narrow.send(f"/ask/begin?{query}")
    for process in narrow.app.state.jobs.processes():
        os.kill(process, signal.SIGKILL)
    found = narrow.answer("/ask", query)
    assert found.one("table", data_pairs=str(expected.worlds))


def test_a_worker_that_always_dies_is_reported(narrow: Asking, tmp_path: Path) -> None:
    narrow.app.state.jobs.submit(Counting("deadly", 1, "die", tmp_path), "somebody")
    view = narrow.app.state.jobs.wait("deadly", SECONDS)
    assert [problem.code for problem in view.problems] == ["WC712"]
    assert narrow.client.get("/health").json()["status"] == "ok"


def test_health_tells_little_and_to_anyone(asking: Asking) -> None:
    told = asking.client.get("/health").json()
    assert told["status"] == "ok"
    assert set(told) == {"status", "runs", "jobs"}
    assert "two-bodies" not in json.dumps(told)


# -- claims ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_ledger_lists_every_claim(asking: Asking, language: str) -> None:
    page = asking.page(f"/claims?lang={language}")
    scenario = load("two-bodies").scenario
    for claim in scenario.claims:
        line = page.one("li", id=f"claim-{claim.id}")
        assert claim.text.in_language(language) in line.text
        assert bool(line.all("a")) is (claim.outcome is not None)


def test_a_claim_opens_its_test(asking: Asking) -> None:
    claim = next(one for one in load("two-bodies").scenario.claims if one.outcome is not None and one.do)
    found = asking.answer("/claims", f"claim={claim.id}")
    assert found.all("span", "verdict-tag")
    assert "4,000 pairs" in found.text or "pairs of worlds" in found.text
    assert len(found.one("table", "effects").all("tr")) > 2  # the model as it is, and rival structures
    listed = asking.page("/claims").one("li", id=f"claim-{claim.id}")
    assert listed.one("span", "verdict-tag").text == found.all("span", "verdict-tag")[0].text


def test_no_such_claim(asking: Asking) -> None:
    assert asking.client.get("/claims?claim=nothing").status_code == 400
    assert asking.client.get("/claims?claim=<script>").text.count("<script>") == 0


# -- forecast -------------------------------------------------------------------------------------------------------


def test_a_fact_moves_the_odds(asking: Asking) -> None:
    scenario = load("two-bodies").scenario
    outcome = next(one for one in scenario.outcomes if one.id == "ultimatum_comes")
    query = urlencode({"until": "2030-03-08", "fact": f"{outcome.id},yes,2030-03-08"})
    page = asking.page(f"/forecast?{query}")
    assert outcome.name.en in page.one("ul", "facts").text
    found = asking.answer("/forecast", query)
    assert len(found.all("table", "odds")) >= 1
    assert found.all("svg", "spark")
    heads = [head.text for head in found.all("table", "odds")[0].all("th", scope="col")]
    assert "with your facts 95%" in heads
    # what is given is shown as given, and gone from what is open
    assert [one.attributes["data-given"] for one in found.one("div", "given").all("li")].count(outcome.id) == 1
    assert outcome.id not in {row.attributes.get("data-outcome") for row in found.all("tr")}
    assert found.one("p", "finding").text
    assert asking.client.get(f"/forecast/take/outcomes.csv?{query}").status_code == 200
    assert asking.client.get(f"/forecast/take/chart.png?{query}").content.startswith(b"\x89PNG")
    assert asking.client.get(f"/forecast/take/../secret?{query}").status_code == 404


def test_written_facts_are_kept_at_an_address(asking: Asking) -> None:
    text = "facts:\n  - {id: hardened, date: 2030-03-10, measure: {ever: {verb: mandate}}}\n"
    answer = asking.client.post(
        "/forecast?until=2030-03-11", data={"csrf_token": asking.sign(), "text": text}, follow_redirects=False
    )
    assert answer.status_code == 303
    page = asking.page(answer.headers["location"])
    assert "hardened" in page.one("textarea", id="text").text


BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 10)}]\n" for n in range(8)
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (BOMB, "WC"),
        ("[" * 5_000, "WC"),
        ("facts: nonsense", "WC451"),
        ("!!python/object/apply:os.system ['true']", "WC"),
        ("facts:\n  - {id: x, date: 1900-01-01, measure: {ever: {verb: mandate}}}", "WC451"),
    ],
    ids=["bomb", "deep", "other", "code", "early"],
)
def test_wrong_and_evil_facts_are_refused_in_codes(asking: Asking, text: str, code: str) -> None:
    answer = asking.client.post(
        "/forecast?until=2030-03-11", data={"csrf_token": asking.sign(), "text": text}, follow_redirects=False
    )
    query = answer.headers["location"].partition("?")[2]
    found = asking.answer("/forecast", query)
    assert code in found.one("div", "notice", "wrong").text


@pytest.mark.parametrize("query", ["until=never", "fact=a,b", "until=2030-03-08&fact=x,yes,2030-13-01"])
def test_a_wrong_address_is_told(asking: Asking, query: str) -> None:
    answer = asking.client.get(f"/forecast?{query}")
    assert answer.status_code == 400
    assert "WC740" in read(answer.text).one("div", "notice", "wrong").text


def test_a_day_outside_the_calendar_is_told(asking: Asking) -> None:
    found = asking.answer("/forecast", "until=1900-01-01")
    assert "WC450" in found.one("div", "notice", "wrong").text
    assert asking.client.get("/forecast/answer?until=1900-01-01", headers=PART).status_code == 200


# -- one run in both worlds -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_run_is_told_in_both_worlds_from_where_they_part(asking: Asking, ensemble: Results, language: str) -> None:
    from whipcount.counterfactual.pairs import NEVER, compute_pairs
    from whipcount.questions.ask_in_batches import prepare

    loaded = load("two-bodies")
    pairs = compute_pairs(prepare(loaded, [CHANGE], runs=40, seed=ensemble.seed).job)
    run = int(np.flatnonzero(pairs.parted != NEVER)[0])
    query = urlencode({"run": run, "do": CHANGE, "lang": language})
    page = asking.page(f"/ask/world?{query}")
    assert f"{run}" in page.one("h1").text
    found = asking.answer("/ask/world", query)
    days = found.one("ol", "sides").all("li")
    assert days
    assert any(day.all("p", "own") for day in days)
    labels = asking.app.state.subject.labels()
    with speaking(language):
        first = labels.full(labels.date_of(int(pairs.parted[run])))
    assert first in [day.one("h3").text for day in days]


def test_the_same_story_twice_parts_nowhere() -> None:
    from whipcount.report.single import material_of_run
    from whipcount.report.story import story_of
    from whipcount.web.parting import parting_of

    material = material_of_run(load("two-bodies"), 5, 3)
    told = story_of(material, 3)
    assert parting_of(told, told).days == ()


@pytest.mark.parametrize("query", ["run=x&do=a", "run=1", "run=&do=a", "run=99999999&do=a"])
def test_a_wrong_address_of_both_worlds_is_told(asking: Asking, query: str) -> None:
    assert asking.client.get(f"/ask/world?{query}").status_code == 400
