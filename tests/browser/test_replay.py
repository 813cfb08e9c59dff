"""The replay in a browser: every step is repainted from what came with the page, and agrees with the run folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
from visits import Served, Visit, visiting

SEATS = """() => [...document.querySelectorAll('[data-body]')].map(card => ({
  name: card.querySelector('h3').textContent.trim(),
  count: Number(card.querySelector('.taken-count').textContent),
  fills: [...card.querySelectorAll('.place circle')].map(dot => dot.getAttribute('fill')),
  strokes: [...card.querySelectorAll('.place circle')].map(dot => dot.getAttribute('stroke')),
  words: [...card.querySelectorAll('.place title')].map(title => title.textContent),
  marks: [...card.querySelectorAll('.place .faction')].map(mark => [mark.getAttribute('d'), mark.getAttribute('fill')]),
}))"""
TABLE = """() => ['[data-stage]', '[data-offer]', '[data-answers]'].map(
  part => (document.querySelector(part)?.textContent ?? '').replace(/\\s+/g, ' ').trim())"""


def busiest(site: Served) -> int:
    """The run with most departures."""
    events = site.results.events()
    leaving = events.filter(pl.col("verb").cast(pl.String).str.starts_with("leave_"))
    return int(leaving["run"].value_counts(sort=True)["run"][0])


def test_keys_step_through_the_days(visit: Visit) -> None:
    """Arrow keys change the day, the seats and the numbers to what the run folder says."""
    run = busiest(visit.site)
    page = visit.go(f"/replay?run={run}")
    paths = visit.site.results.paths(run).sort("step")
    names = {body.name.en: body for body in visit.site.results.scenario.bodies}
    posts = {post.body for post in visit.site.results.scenario.posts}
    shown_days, counts = [], []
    for step in range(30):
        seats = page.evaluate(SEATS)
        for card in seats:
            body = names[card["name"]]
            if body.id not in posts:
                share = paths[f"seated:{body.id}"][step + 1]  # the engine counts in the morning of the next step
                assert card["count"] == round(share * len(card["fills"]))
            assert card["count"] == sum(fill != "#ffffff" for fill in card["fills"])
        counts.append(sum(card["count"] for card in seats))
        shown = page.locator("output[data-measure=danger]").inner_text()
        assert abs(float(shown) - paths["danger"][step]) < 0.006
        shown_days.append(page.locator("#date").inner_text())
        assert page.locator("#day").input_value() == str(step)
        page.keyboard.press("ArrowRight")
    assert len(set(shown_days)) == 30
    assert len(set(counts)) > 1
    page.keyboard.press("ArrowLeft")
    assert page.locator("#day").input_value() == "29"
    assert "day=29" in page.url
    assert f"run={run}" in page.url


def test_a_repainted_day_is_the_page_of_that_day(chromium: Any, small: Served) -> None:
    """What the script paints and what the server draws without any script are the same."""
    run = busiest(small)
    painted = {}
    for visit in visiting(chromium, small):
        page = visit.go(f"/replay?run={run}")
        for day in (5, 13, 20, 40, 0):
            page.locator("#day").evaluate(
                "(slider, day) => { slider.value = day; slider.dispatchEvent(new Event('input')) }", day
            )
            painted[day] = (page.evaluate(SEATS), page.evaluate(TABLE), page.locator("#date").inner_text())
    for visit in visiting(chromium, small, java_script_enabled=False):
        for day, (seats, table, date) in painted.items():
            page = visit.page
            page.goto(f"{small.address}/replay?run={run}&day={day}")
            assert page.locator("#date").inner_text() == date
            assert page.locator("[data-stage]").inner_text() == table[0]
            assert page.locator("[data-offer]").inner_text() == table[1]
            for number, card in enumerate(seats):
                drawn = page.locator("[data-body]").nth(number)
                assert drawn.locator(".taken-count").text_content() == str(card["count"])
                circles = drawn.locator(".place circle")
                assert [circles.nth(at).get_attribute("fill") for at in range(circles.count())] == card["fills"]
                marks = drawn.locator(".place .faction").evaluate_all(
                    "all => all.map(mark => [mark.getAttribute('d'), mark.getAttribute('fill')])"
                )
                assert marks == card["marks"]


def test_a_decision_is_opened_and_shared(visit: Visit) -> None:
    run = busiest(visit.site)
    page = visit.go(f"/replay?run={run}&day=12")
    page.wait_for_selector(".decision", timeout=60_000)
    decision = page.locator(".decision").first
    if decision.get_attribute("open") is None:
        decision.locator("summary").click()
    page.wait_for_url("**decision=**")
    shares = [
        float(text) for text in decision.locator("tbody td.number:nth-child(3)").all_inner_texts() if "<" not in text
    ]
    assert abs(sum(shares) - 1) < 0.02
    assert decision.locator(".taken-option").count() == 1
    key = decision.get_attribute("data-decision")
    page.reload()
    page.wait_for_selector(".decision", timeout=60_000)
    again = page.locator(f".decision[data-decision='{key}']")
    assert again.get_attribute("open") is not None


def test_the_curves_and_the_story_lead_to_days(visit: Visit) -> None:
    page = visit.go("/replay?run=3")
    surface = page.locator("svg.curves.wide .surface").first
    box = surface.bounding_box()
    surface.click(position={"x": box["width"] / 2, "y": 30})
    low, high = (int(surface.get_attribute(f"data-{end}")) for end in ("low", "high"))
    assert abs(int(page.locator("#day").input_value()) - (low + high) / 2) <= 1
    item = page.locator(".transcript li").nth(1)
    first = int(item.get_attribute("data-first"))
    item.locator("h4").click()
    assert page.locator("#day").input_value() == str(first)
    assert "now" in item.get_attribute("class").split()


def test_runs_worth_telling_are_a_click_away(visit: Visit) -> None:
    from whipcount.charts.material import material_of
    from whipcount.report.transcript import told_runs

    told = told_runs(material_of(visit.site.results))
    page = visit.go("/replay")
    assert page.locator("h1").inner_text() == f"Run {told['closest']}"
    page.keyboard.press("ArrowRight")
    page.get_by_role("link", name="The strangest run").click()
    page.wait_for_url(f"**run={told['strangest']}**")
    assert page.locator("h1").inner_text() == f"Run {told['strangest']}"
    assert page.locator("#day").input_value() == "1"  # another run on the same day


def test_it_plays_to_the_end_and_rests_there(visit: Visit) -> None:
    page = visit.go("/replay?run=3")
    last = int(page.locator("#day").get_attribute("max"))
    page.keyboard.press("End")
    assert page.locator("#day").input_value() == str(last)
    page.keyboard.press("Home")
    assert page.locator("#day").input_value() == "0"
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.locator("#speed").select_option("20")
    page.locator("body").focus()
    page.keyboard.press("Space")
    page.wait_for_function("() => Number(document.getElementById('day').value) > 3")
    assert page.locator("#play").inner_text() == "Pause"
    page.keyboard.press("Space")
    stopped = page.locator("#day").input_value()
    assert f"day={stopped}" in page.url  # the address follows where it stops
    page.wait_for_timeout(120)
    assert page.locator("#day").input_value() == stopped
    page.keyboard.press("End")
    page.locator("#play").click()  # from the end it begins anew
    assert int(page.locator("#day").input_value()) < last
    page.keyboard.press("ArrowRight")  # a step stops it
    assert page.locator("#play").inner_text() == "Play"
    assert [url for url in asked if "/replay/decisions" not in url and "/static/icon" not in url] == []


def test_a_replay_taken_away_opens_from_the_disk(chromium: Any, small: Served, tmp_path: Path) -> None:
    """One file, no server, no network: it steps, plays, and shows the seats that the page shows."""
    run = busiest(small)
    shown = {}
    for visit in visiting(chromium, small):
        page = visit.go(f"/replay?run={run}&day=5")
        with page.expect_download() as download:
            page.get_by_role("link", name="Take it away as a page").click()
        file = tmp_path / "replay.html"
        download.value.save_as(file)
        for day in (5, 13, 20):
            page.locator("#day").evaluate(
                "(slider, day) => { slider.value = day; slider.dispatchEvent(new Event('input')) }", day
            )
            shown[day] = (page.evaluate(SEATS), page.evaluate(TABLE), page.locator("#date").inner_text())
    context = chromium.new_context(offline=True, viewport={"width": 390, "height": 844})
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda told: wrong.append(told.text) if told.type in ("error", "warning") else None)
    page.on("request", lambda request: wrong.append(request.url) if request.url != file.as_uri() else None)
    page.goto(file.as_uri())
    assert page.locator("#day").input_value() == "5"
    for day, (seats, table, date) in shown.items():
        while int(page.locator("#day").input_value()) < day:
            page.keyboard.press("ArrowRight")
        assert page.evaluate(SEATS) == seats
        assert page.evaluate(TABLE) == table
        assert page.locator("#date").inner_text() == date
    page.locator("#play").click()
    page.wait_for_function("() => Number(document.getElementById('day').value) > 22")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    context.close()
    assert wrong == []


def test_two_runs_stand_side_by_side_seat_by_seat(chromium: Any, small: Served) -> None:
    """Rings are where who sits there differs; a seat is chosen by keys, and arrows there choose no day."""
    run = busiest(small)
    for visit in visiting(chromium, small, viewport={"width": 390, "height": 844}, color_scheme="dark"):
        page = visit.go(f"/replay/beside?run={run}&other={(run + 1) % 80}")
        pairs = page.evaluate(
            """() => [...document.querySelectorAll('.two-halves')].flatMap(pair => {
              const [left, right] = [...pair.querySelectorAll('svg')].map(
                svg => [...svg.querySelectorAll('.place')].map(
                  one => [one.querySelector('title').textContent, one.classList.contains('differs')]));
              return left.map((one, at) => [one, right[at]]) })"""
        )
        assert any(left[0] != right[0] for left, right in pairs)
        assert all((left[0] != right[0]) == left[1] == right[1] for left, right in pairs)
        day = page.locator("#day").input_value()
        page.locator("svg.benches").first.focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")
        name = page.locator(".place.chosen title").text_content()
        assert page.locator("[data-chosen-seat]").inner_text().startswith(name)
        assert page.locator("#day").input_value() == day
        assert "; ".join(visit.axe()) == ""
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
