"""The ODD text tells every mechanism, parameter and source of a scenario."""

from __future__ import annotations

import itertools

import pytest

from whipcount.mechanisms import all_mechanisms
from whipcount.report.odd import odd_text
from whipcount.scenario import load


@pytest.fixture(scope="module", params=["two-bodies", "november-1917"])
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_all_seven_elements_and_all_mechanisms(name: str) -> None:
    loaded = load(name)
    text = odd_text(loaded)
    for number in range(1, 8):
        assert f"\n## {number}. " in text
    for mechanism in all_mechanisms().values():
        assert f"### `{mechanism.id}`" in text
        for parameter in mechanism.parameters():
            assert f"| `{parameter}` |" in text
    for source in loaded.scenario.sources:
        assert f"**{source.id}**" in text
    assert loaded.hash[:12] in text


def test_the_scenarios_own_priors_are_told(name: str) -> None:
    loaded = load(name)
    given = [key for key, value in loaded.scenario.parameters.items() if value.prior is not None]
    assert not given or "(scenario)" in odd_text(loaded)


def test_tables_are_whole(name: str) -> None:
    lines = odd_text(load(name)).splitlines()
    for before, line in itertools.pairwise(lines):
        if before.startswith("| ") and line.startswith("| "):
            assert before.replace("\\|", "").count("|") == line.replace("\\|", "").count("|")
