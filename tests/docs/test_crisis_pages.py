"""Each crisis of the library has its page, of the file that ships: its facts, outcomes, claims and questions."""

from __future__ import annotations

import re

import pytest
from pages import PROJECT

from whipcount.questions.library import documented
from whipcount.scenario import LoadedScenario
from whipcount.theory.questionnaire import HAPPENED, KEYS

FOLDER = PROJECT / "docs" / "crises"
CRISES = {one.slug: one for one in documented()}
WITH_OWN_PAGES = ("november-1917",)  # its claims are tested on a page of their own


def test_every_crisis_has_a_page_and_no_page_is_of_another() -> None:
    assert {page.stem for page in FOLDER.glob("*.md")} == set(CRISES)


@pytest.mark.parametrize("slug", sorted(CRISES))
def test_the_page_is_of_the_file(slug: str) -> None:
    crisis: LoadedScenario = CRISES[slug]
    text = (FOLDER / f"{slug}.md").read_text(encoding="utf-8")
    scenario = crisis.scenario
    assert text.startswith(f"# {scenario.title.en}\n")
    missing = [one.id for one in scenario.record if one.text.en.rstrip(".!?") not in text]
    missing += [one.id for one in scenario.outcomes if one.use != "questionnaire" and f"| {one.name.en} |" not in text]
    if slug not in WITH_OWN_PAGES:
        missing += [one.id for one in scenario.claims if one.text.en not in text]
    missing += [key for key in KEYS if f"| {HAPPENED[key]} |" not in text]
    assert missing == []


@pytest.mark.parametrize("slug", sorted(CRISES))
def test_its_first_words_state_the_finding(slug: str) -> None:
    text = (FOLDER / f"{slug}.md").read_text(encoding="utf-8")
    told = re.search(
        r"\*\*At its own word the simulation foretells this crisis (better|worse) than base rates\*\*: "
        r"log score (-?[\d.]+) against (-?[\d.]+)", text
    )  # fmt: skip
    assert told is not None
    assert (told[1] == "better") == (float(told[2]) > float(told[3]))


@pytest.mark.parametrize("slug", sorted(CRISES))
def test_a_run_that_is_told_happens(slug: str) -> None:
    """A transcript in which nothing is simulated would tell of events that were not kept."""
    text = (FOLDER / f"{slug}.md").read_text(encoding="utf-8")
    runs = text.split("## The run closest")[1]
    assert runs.count("```text") == 2
    simulated = [line for line in runs.splitlines() if line.startswith("  ") and not line.strip().startswith("│")]
    assert len(simulated) >= 2
