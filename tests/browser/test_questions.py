"""Questions in a real browser: from click to chart, cancelled ones, tables good and bad, keys alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from visits import Served, Visit, serving, visiting

from whipcount.questions.ask import ask
from whipcount.results import run_ensemble
from whipcount.scenario import load
from whipcount.text import percent
from whipcount.theory.power import power
from whipcount.theory.rules import DecisionRule, Majority

ANSWERED = 120_000  # milliseconds: the first answer may have to compile the model
MIDDLE = "dot => { const box = dot.ownerSVGElement.getBoundingClientRect(); return box.x + box.width / 2 }"
SEATS = "party,seats\nLeft,40\nRight,35\nCentre,25\n"


@pytest.fixture
def telephone(chromium: Any, small: Served) -> Iterator[Visit]:
    yield from visiting(chromium, small, viewport={"width": 390, "height": 844}, has_touch=True)


def choose(page: Any) -> str:
    """Tick the first change that the scenario suggests; gives it as it is written."""
    box = page.locator("input[name=do]").first
    box.check()
    return str(box.get_attribute("value"))


def read_rows(page: Any) -> dict[str, tuple[str, str]]:
    """Before and after of each outcome, as the tables show them."""
    rows = page.locator("tr[data-outcome]")
    return {
        rows.nth(place).get_attribute("data-outcome"): (
            rows.nth(place).locator("td.number").nth(0).text_content(),
            rows.nth(place).locator("td.number").nth(1).text_content(),
        )
        for place in range(rows.count())
    }


def test_a_counterfactual_from_click_to_chart(visit: Visit) -> None:
    page = visit.go("/")
    page.get_by_role("link", name="Ask", exact=True).click()
    change = choose(page)
    page.locator("#runs").select_option("1000")
    page.locator(".ask-form button").click()
    page.locator(".take").wait_for(timeout=ANSWERED)
    expected = ask(load("two-bodies"), [change], runs=1_000, seed=visit.site.results.seed)
    shown = read_rows(page)
    assert set(shown) == {effect.outcome for effect in expected.effects}
    for effect in expected.effects:
        if effect.binary:
            assert shown[effect.outcome] == (percent(effect.before), percent(effect.after))
    dots = page.locator("table.effects tr.clear .dots circle, table.effects tr.clear .dots .beyond")
    assert dots.count() == sum(effect.binary and effect.clear for effect in expected.effects)
    for place in range(dots.count()):  # a dot stands on the side of its sign
        effect = expected[dots.nth(place).evaluate("dot => dot.closest('tr').dataset.outcome")]
        box = dots.nth(place).bounding_box()
        drawing = dots.nth(place).evaluate(MIDDLE)
        if box is not None and abs(effect.effect) > 0.02:
            assert (box["x"] + box["width"] / 2 > drawing) == (effect.effect > 0)
    address = page.url
    visit.page.reload()
    page.locator(".take").wait_for(timeout=ANSWERED)
    assert page.url == address
    assert read_rows(page) == shown
    assert "; ".join(visit.axe()) == ""


def test_a_flipped_run_leads_to_the_day_on_which_the_worlds_part(visit: Visit) -> None:
    page = visit.go("/ask?do=param.leave.voice+%3D+0&runs=1000")
    page.locator(".take").wait_for(timeout=ANSWERED)
    summary = page.locator("table.effects details summary").first
    summary.click()
    link = page.locator(".flips a").first
    found = re.search(r"run=(\d+)&day=(\d+)", link.get_attribute("href"))
    assert found is not None
    link.click()
    page.wait_for_load_state("networkidle")
    assert page.locator("h1").text_content().strip().endswith(found.group(1))
    assert page.locator("#day").input_value() == found.group(2)


def test_a_question_is_cancelled(visit: Visit) -> None:
    page = visit.go("/ask?do=param.leave.voice+%3D+0.01&runs=50000")
    page.locator("#cancel").click(timeout=ANSWERED)
    page.get_by_text("Cancelled. Nothing more is computed.").wait_for()
    page.get_by_role("button", name="Ask again").wait_for()
    assert page.locator("progress").count() == 0


def test_a_wrong_change_says_where_and_what_instead(visit: Visit) -> None:
    page = visit.go("/ask")
    page.locator("#more").fill("param.leave.voise = 0")
    page.locator(".ask-form button").click()
    notice = page.locator(".notice.wrong")
    notice.wait_for(timeout=ANSWERED)
    assert "WC404" in notice.text_content()
    assert "leave.voice" in notice.text_content()


def test_a_question_is_asked_with_keys_alone(visit: Visit) -> None:
    page = visit.go("/ask?lang=ru")
    page.keyboard.press("Tab")
    assert "skip" in page.evaluate("document.activeElement.className")
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "do":
            break
    page.keyboard.press("Space")
    for _ in range(60):
        if page.evaluate("document.activeElement.id") == "runs":
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Home")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator(".take").wait_for(timeout=ANSWERED)
    assert "runs=1000" in page.url
    assert "lang=ru" in page.url
    assert "1 000" in page.locator(".answer-words").text_content()


def test_a_claim_opens_its_test_on_a_telephone(telephone: Visit) -> None:
    page = telephone.go("/claims")
    page.locator(".ledger a").first.click()
    page.locator("#answer .verdict-tag").first.wait_for(timeout=ANSWERED)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator("#answer table.effects tbody tr").count() > 1
    assert "; ".join(telephone.axe()) == ""


def test_a_fact_is_added_and_the_odds_move(visit: Visit) -> None:
    page = visit.go("/forecast?until=2030-03-08")
    page.locator("#answer .take").wait_for(timeout=ANSWERED)
    before = page.locator("table.odds").first.text_content()
    page.locator("#outcome").select_option("ultimatum_comes")
    page.locator(".forecast-form button").click()
    page.locator(".facts li").wait_for()
    page.locator("#answer .take").wait_for(timeout=ANSWERED)
    assert "with your facts" in page.locator("table.odds").first.text_content()
    assert page.locator("table.odds").first.text_content() != before
    assert page.locator("#answer figure svg").count() == 1
    assert "; ".join(visit.axe()) == ""


def test_a_pasted_table_is_counted(visit: Visit) -> None:
    page = visit.go("/count?kind=power")
    page.locator("#text").fill(SEATS)
    page.locator("#quota").fill("51")
    page.locator(".count-form button").click()
    page.locator("#answer table").wait_for(timeout=ANSWERED)
    expected = power(DecisionRule(("Left", "Right", "Centre"), ((Majority((40, 35, 25), 51),),)))
    rows = page.locator("table[data-grid=members] tbody tr")
    assert rows.count() == 3
    shares = [f"{value:.4f}" for value in expected.index("shapley_shubik").values]
    for place, share in enumerate(shares):
        assert share in rows.nth(place).text_content()
    assert page.locator("#answer figure svg").count() == 1
    with page.expect_download() as download:
        page.locator(".take a", has_text="CSV").first.click()
    assert len(Path(download.value.path()).read_text(encoding="utf-8").splitlines()) == 4


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("bad.exe", b"MZ", "WC731"),
        ("bad.csv", b"\x00\x01\x02", "WC732"),
        ("bad.zip", b"PK\x03\x04 nothing", "WC734"),
        ("../../<b>x.csv", b"party,seats\nLeft,many\n", "WC543"),
    ],
)
def test_a_bad_file_is_told(visit: Visit, name: str, content: bytes, code: str) -> None:
    page = visit.go("/count?kind=power")
    page.locator("#file").set_input_files([{"name": name, "mimeType": "text/csv", "buffer": content}])
    page.locator(".count-form button").click()
    notice = page.locator(".notice.wrong")
    notice.wait_for(timeout=ANSWERED)
    assert code in notice.text_content()
    visit.errors[:] = [told for told in visit.errors if "400" not in told]  # the refusal itself


def test_an_uploaded_file_is_counted(visit: Visit, tmp_path: Path) -> None:
    table = tmp_path / "parliament.csv"
    table.write_text("party,seats,left_right\nLeft,40,1\nCentre,25,5\nRight,35,9\n", encoding="utf-8")
    page = visit.go("/count?kind=coalitions")
    page.locator("#file").set_input_files(str(table))
    page.locator(".count-form button").click()
    page.locator("#answer table").first.wait_for(timeout=ANSWERED)
    assert page.locator("table[data-grid=minimal_winning] tbody tr").count() == 3
    assert page.locator("#answer figure svg circle").count() >= 100  # a seat is a dot


def test_a_name_is_text_and_not_a_picture(visit: Visit) -> None:
    page = visit.go("/count?kind=power")
    page.locator("#text").fill("party,seats\n<img src=/x onerror=alert(1)>,40\nRight,35\nCentre,25\n")
    page.locator(".count-form button").click()
    page.locator("#answer table").wait_for(timeout=ANSWERED)
    assert page.locator("#answer img").count() == 0
    assert "<img" in page.locator("#answer table").text_content()


def test_without_scripts_the_answer_comes_by_reloading(chromium: Any, small: Served) -> None:
    for visit in visiting(chromium, small, java_script_enabled=False):
        page = visit.page
        page.goto(small.address + "/ask?do=param.leave.voice+%3D+0&runs=1000")
        if page.locator("#answer form button").count():
            page.locator("#answer form button").first.click()
        for _ in range(60):
            if page.locator(".take").count():
                break
            page.wait_for_timeout(1_000)
            page.reload()
        assert page.locator("table.effects").count() >= 1


@pytest.fixture(scope="module")
def locked(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:  # noqa: ARG001 - skips first
    folder = tmp_path_factory.mktemp("locked") / "two-bodies"
    yield from serving(run_ensemble(load("two-bodies"), 8, 5, out=folder, workers=1), token="a-token-of-many-letters")


def test_a_token_opens_the_page(chromium: Any, locked: Served) -> None:
    for visit in visiting(chromium, locked):
        page = visit.page
        page.goto(locked.address + "/ask")
        assert page.locator("nav.pages").count() == 0
        page.locator("#token").fill("wrong")
        page.keyboard.press("Enter")
        page.get_by_text("Wrong token").wait_for()
        page.locator("#token").fill("a-token-of-many-letters")
        page.keyboard.press("Enter")
        page.locator("nav.pages").wait_for()
        assert "token" not in page.url
        visit.errors[:] = [told for told in visit.errors if "401" not in told]  # the refusals themselves
