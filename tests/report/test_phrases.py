"""Every event can be told, and every decision explained, in both languages."""

from __future__ import annotations

import string

import pytest

from whipcount.mechanisms import all_mechanisms
from whipcount.report.glossary import QUESTIONS, WORDS_RU, question
from whipcount.report.phrases import lacks, notable, phrases, topics

LANGUAGES = ("en", "ru")
FIELDS = {"who", "what", "the", "pairs", "number", "settlement"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("mechanism", sorted(all_mechanisms()))
def test_every_verb_of_every_mechanism_has_a_phrase(mechanism: str, language: str) -> None:
    missing = [gap for verb in all_mechanisms()[mechanism].verbs for gap in lacks(verb.name, verb.codes, language)]
    assert missing == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_phrases_use_known_fields_only(language: str) -> None:
    for key, phrase in phrases(language).items():
        for text in (phrase.one, phrase.many):
            used = {field for _, field, _, _ in string.Formatter().parse(text) if field is not None}
            assert used <= FIELDS, key
            assert not text or text.endswith(".")
        if "{pairs}" in phrase.one:
            assert phrase.group == "pairs", key


def test_the_catalogues_have_the_same_keys() -> None:
    english, russian = phrases("en"), phrases("ru")
    assert set(english) == set(russian)
    assert {key: phrase.group for key, phrase in english.items()} == {
        key: phrase.group for key, phrase in russian.items()
    }
    assert set(notable("en")) == set(notable("ru")) <= set(english)
    assert set(topics("en")) == set(topics("ru"))


def test_notable_names_are_of_recorded_verbs() -> None:
    recorded = {verb.name for mechanism in all_mechanisms().values() for verb in mechanism.verbs}
    assert {key.partition(":")[0] for key in notable("en")} <= recorded


def test_every_decision_of_the_shipped_scenarios_is_in_the_glossary() -> None:
    from whipcount.engine import NumpyBackend, build_plan
    from whipcount.results import scenario_engine
    from whipcount.scenario import load

    for name in ("two-bodies", "november-1917"):
        world = scenario_engine(load(name)).world
        backend = NumpyBackend(build_plan(world), watch=True)  # type: ignore[arg-type]
        for decision in backend.decisions:
            assert ":" not in question(decision.mechanism, decision.name, "ru"), (decision.mechanism, decision.name)
            for option in decision.options:
                assert option.name in WORDS_RU
                assert {term for term, _ in option.terms} <= set(WORDS_RU), (decision.mechanism, option.name)


def test_questions_are_in_both_languages() -> None:
    assert all(en.endswith("?") and ru.endswith("?") for en, ru in QUESTIONS.values())
    assert question("weather", "storm", "en") == "weather: storm"
