"""What can never happen is found without a run, and nothing that happens is ever called impossible."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

import whipcount
from whipcount.engine import NumpyBackend, build_plan
from whipcount.errors import ScenarioError
from whipcount.questions.possible import cannot_happen, never_in_any_version
from whipcount.results.possible import possible
from whipcount.scenario import LoadedScenario, load
from whipcount.world import build_world

ASKED = ("outcomes", "claims", "variants", "accounts", "roles", "answers", "record")  # what may name what is left out


def without(name: str, *sections: str) -> LoadedScenario:
    """A scenario that comes with the program, without some of its sections."""
    tree = yaml.safe_load(load(name).text)
    return load({key: value for key, value in tree.items() if key not in {*sections, *(ASKED if sections else ())}})


@pytest.mark.parametrize("name", ["two-bodies", "after-1918"])
@pytest.mark.parametrize("left_out", [(), ("motions",), ("events", "table")])
def test_nothing_that_happens_is_called_impossible(name: str, left_out: tuple[str, ...]) -> None:
    plan = build_plan(build_world(without(name, *left_out)))
    bound = possible(plan)
    events = NumpyBackend(plan).run(11, 0, 120).events
    wrong = {
        (plan.verbs[verb].name, int(entity))
        for verb, entity in zip(events.verb, events.entity, strict=True)
        if not bound.verbs[verb][entity]
    }
    assert wrong == set()
    assert len(events.verb) > 0


def test_without_a_table_nobody_agrees() -> None:
    plan = build_plan(build_world(without("two-bodies", "table", "offers")))
    bound = dict(zip([(verb.mechanism, verb.name) for verb in plan.verbs], possible(plan).verbs, strict=True))
    assert not bound["talks", "agreement"].any()
    assert not bound["talks", "session"].any()


def test_only_those_who_can_threaten_somebody_can_present_an_ultimatum() -> None:
    """A leader who is the only person of the party has nobody to threaten, and is known never to."""
    plan = build_plan(build_world(load("two-bodies")))
    bound = dict(zip([verb.name for verb in plan.verbs], possible(plan).verbs, strict=True))
    parties = plan.world.structure.axes["party"]
    assert [name for name, may in zip(parties, bound["ultimatum"], strict=True) if may] == ["union"]


IMPOSSIBLE: dict[str, tuple[Any, str, str]] = {
    "a party that cannot threaten": ({"ever": {"verb": "ultimatum", "party": "green"}}, "'ultimatum'", "union"),
    "an object it is never about": ({"ever": {"verb": "convene", "object": "assembly"}}, "assembly", "congress"),
    "a post nobody can be voted out of": ({"count": {"verb": "removed", "object": "finance"}}, "'removed'", "speaker"),
    "inside a combination": (
        {"any": [{"ever": {"verb": "fall"}}, {"ever": {"verb": "invite", "party": "union"}}]},
        "'invite' with party union",
        "green",
    ),
    "in a sequence": (
        {"sequence": [{"verb": "fall"}, {"verb": "settled", "object": "alone"}]},
        "'settled' with object alone",
        "proportional",
    ),
    "a division that is never held": (
        {"tally": {"of": "yes", "motion": "no_confidence", "actor": "clara"}, "at_least": 1},
        "no division that fits",
        "motion",
    ),
}


@pytest.mark.parametrize("case", IMPOSSIBLE)
def test_it_is_reported_with_place_and_hint(case: str) -> None:
    measure, said, hint = IMPOSSIBLE[case]
    found = cannot_happen(load("two-bodies", set={"outcomes.government_falls.measure": measure}), claims=False)
    assert [problem.code for problem in found] == ["WC139"], found
    assert said in found[0].message
    assert hint in found[0].hint
    assert "government_falls" in found[0].message


def test_the_line_is_that_of_the_file(tmp_path: Path) -> None:
    text = load("two-bodies").text.replace("{ever: {verb: fall}}", "{ever: {verb: ultimatum, party: green}}")
    file = tmp_path / "mine.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        whipcount.check(file)
    line = next(number for number, words in enumerate(text.splitlines(), 1) if "ultimatum, party: green" in words)
    assert [(one.code, one.place.line) for one in caught.value.problems] == [("WC139", line)]


def test_a_claim_on_a_choice_nobody_is_asked_for() -> None:
    settings = {"claims.leaving_party.do": ["party.green.sanction.sanction = carry out"]}
    found = cannot_happen(load("two-bodies", set=settings))
    assert found
    assert all("leaving_party" in one.message or "claims" in str(one.place) or one.place.line for one in found)


def test_claims_with_wrong_interventions_are_reported() -> None:
    found = cannot_happen(load("two-bodies", set={"claims.leader_hardens.do": ["event.leader_bak = removed"]}))
    assert [one.code[:3] for one in found] == ["WC4"]


def test_a_variant_is_named(tmp_path: Path) -> None:
    """Under one version of the sources the party has no leader who could threaten; that version is named."""
    text = load("two-bodies").text.replace(
        "set: {parties.union.ultimatum.branch: congress}",
        "set: {parties.union.ultimatum: null, parties.union.leader: null}",
    )
    file = tmp_path / "mine.yaml"
    file.write_text(text, encoding="utf-8")
    loaded = load(file)
    found = never_in_any_version(loaded)
    assert found
    assert all("variant 'sanction: congress'" in one.message or "account 'B'" in one.message for one in found)


def test_an_error_in_a_variant_names_it(tmp_path: Path) -> None:
    text = load("two-bodies").text.replace(
        "set: {parties.union.ultimatum.branch: congress}", "set: {parties.union.ultimatum.deadline_days: -2}"
    )
    file = tmp_path / "mine.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        whipcount.check(file)
    assert {one.code for one in caught.value.problems} == {"WC113"}
    assert all("account 'B'" in one.message or "sanction: congress" in one.message for one in caught.value.problems)


def test_what_comes_with_the_program_asks_for_nothing_impossible() -> None:
    assert cannot_happen(load("two-bodies")) == []


def test_an_impossible_question_is_said_to_be_so() -> None:
    found = {one.id: one for one in whipcount.questionnaire("after-1918", runs=5, workers=1).questions}
    assert found["q12_new_party"].probability is None or 0.0 <= found["q12_new_party"].probability <= 1.0
    assert all((one.probability is None) == bool(one.reason) for one in found.values())
    assert np.all([one.low <= one.probability <= one.high for one in found.values() if one.probability is not None])
