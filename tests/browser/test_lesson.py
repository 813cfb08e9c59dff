"""A teacher: from the home page to an answer in one sentence, counted in steps, by mouse and by keys."""

from __future__ import annotations

import re
from typing import Any

import pytest
from visits import Served, visiting


@pytest.mark.parametrize("keys", [False, True], ids=["mouse", "keys"])
def test_a_teacher_has_an_answer_in_one_sentence_in_three_steps(chromium: Any, small: Served, keys: bool) -> None:
    for visit in visiting(chromium, small):
        page = visit.go("/library")
        steps = 0
        for where, name in (("nav.pages", "Lesson"), (".lesson", "Show the answer")):
            link = page.locator(where).get_by_role("link", name=name)
            if keys:
                link.focus()
                page.keyboard.press("Enter")
            else:
                link.click()
            page.wait_for_load_state("networkidle")
            steps += 1
        told = page.locator(".lesson .told").inner_text()
        assert re.match(r"In (every one|none|\d+) of a hundred histories\.", told)
        assert page.locator(".lesson svg").count() == 1
        assert float(page.locator(".lesson h1").evaluate("one => parseFloat(getComputedStyle(one).fontSize)")) >= 32
        assert steps <= 3
        assert "; ".join(visit.axe()) == ""
