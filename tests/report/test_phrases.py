"""Every event can be told, and every decision explained, in both languages."""

from __future__ import annotations

import string

import pytest

from whipcount.mechanisms import all_mechanisms
from whipcount.report.glossary import QUESTIONS, question, word
from whipcount.report.phrases import NOTABLE, PHRASES, TOPICS, lacks, notable, sentence, topic
from whipcount.text import English, speaking

FIELDS = {"who", "what", "the", "pairs", "number", "settlement"}


def fields(text: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}


@pytest.mark.parametrize("mechanism", sorted(all_mechanisms()))
def test_every_verb_of_every_mechanism_has_a_phrase(mechanism: str) -> None:
    missing = [gap for verb in all_mechanisms()[mechanism].verbs for gap in lacks(verb.name, verb.codes)]
    assert missing == []


@pytest.mark.parametrize("key", sorted(PHRASES))
def test_a_phrase_and_its_translation_use_known_fields_only(key: str) -> None:
    verb, _, code = key.partition(":")
    for language in ("en", "ru"):
        with speaking(language):
            for number in (1, 2, 21):
                text = sentence(verb, code or None, number)
                assert fields(text) <= FIELDS
                assert text.endswith(".")
    if "{pairs}" in PHRASES[key].one:
        assert PHRASES[key].group == "pairs"


def test_several_take_the_plural_whatever_their_number_ends_on() -> None:
    assert sentence("sign", None, 1) == "{who} signs the ultimatum."
    assert sentence("sign", None, 21) == "{who} sign the ultimatum."
    with speaking("ru"):
        assert sentence("sign", None, 2) == sentence("sign", None, 21) != sentence("sign", None, 1)


def test_a_phrase_without_a_translation_stands_in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    from whipcount.report import phrases

    monkeypatch.setitem(phrases.PHRASES, "storm", phrases.Phrase("{who} storms out.", "{who} storm out."))
    with speaking("ru"):
        assert sentence("storm", None, 2) == "{who} storm out."
        assert isinstance(sentence("storm", None, 2), English)


def test_notable_names_are_of_recorded_verbs() -> None:
    recorded = {verb.name for mechanism in all_mechanisms().values() for verb in mechanism.verbs}
    assert {key.partition(":")[0] for key in NOTABLE} <= recorded
    assert set(NOTABLE) <= set(PHRASES)


def test_topics_and_notable_names_are_translated() -> None:
    with speaking("ru"):
        assert [key for key in TOPICS if isinstance(topic(key), English)] == []
        assert [key for key in NOTABLE if isinstance(notable(key), English)] == []


def test_every_decision_of_the_shipped_scenarios_is_in_the_glossary() -> None:
    from whipcount.engine import NumpyBackend, build_plan
    from whipcount.results import scenario_engine
    from whipcount.scenario import load

    for name in ("two-bodies", "november-1917"):
        world = scenario_engine(load(name)).world
        backend = NumpyBackend(build_plan(world), watch=True)  # type: ignore[arg-type]
        with speaking("ru"):
            for decision in backend.decisions:
                asked = question(decision.mechanism, decision.name)
                assert ":" not in asked, (decision.mechanism, decision.name)
                for option in decision.options:
                    names = [option.name, *(term for term, _ in option.terms)]
                    settlements = world.structure.axes["settlement"]  # type: ignore[attr-defined]
                    unknown = [one for one in names if isinstance(word(one), English) and one not in settlements]
                    assert unknown == [], decision.mechanism


def test_questions_are_in_both_languages() -> None:
    with speaking("ru"):
        told = [question(*key.partition(" ")[::2]) if " " in key else question(key, key) for key in QUESTIONS]
    assert all(text.endswith("?") and not isinstance(text, English) for text in told)
    assert question("weather", "storm") == "weather: storm"
