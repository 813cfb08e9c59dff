"""`forecast`: what is known by a date, how it weighs worlds, what it tells, and what it refuses."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import numpy as np
import pytest

from whipcount.charts.forecast import draw
from whipcount.cli import main
from whipcount.counterfactual.weighted_samples import effective_size
from whipcount.errors import QuestionError
from whipcount.questions.facts import Fact, documented, limit, settled
from whipcount.questions.forecast import forecast, slackened
from whipcount.questions.forecast_result import Forecast
from whipcount.scenario import load
from whipcount.scenario.loader import LoadedScenario
from whipcount.scenario.measures import Measure, Query
from whipcount.text import Label, speaking

DAY = dt.date(2030, 3, 11)
OWN = """
facts:
  - id: hardened
    date: 2030-03-10
    measure: {ever: {verb: mandate, party: union, value: expose}}
  - id: nobody_threatens
    date: 2030-03-11
    measure: {never: {verb: ultimatum}}
"""


@pytest.fixture(scope="module")
def loaded() -> LoadedScenario:
    return load("two-bodies")


def facts_file(folder: Path, text: str) -> Path:
    path = folder / "facts.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def told(loaded: LoadedScenario, tmp_path_factory: pytest.TempPathFactory) -> Forecast:
    path = facts_file(tmp_path_factory.mktemp("facts"), OWN)
    return forecast(loaded, DAY, 600, 3, facts=path, least=40)


def test_worlds_are_weighted_by_what_is_known(told: Forecast) -> None:
    assert told.runs == 600
    assert told.effective_size >= 39
    own = {fact.name: fact for fact in told.facts}
    assert own["hardened"].known == dt.date(2030, 3, 10)
    assert own["hardened"].prior < 0.7
    assert own["hardened"].weighted > 0.9
    assert own["nobody_threatens"].absent
    if told.slack == 0:
        assert all(fact.weighted == pytest.approx(1.0) for fact in told.facts)
        assert told.agreeing >= 40


def test_it_tells_what_follows_day_by_day(told: Forecast, loaded: LoadedScenario) -> None:
    assert told.days[0].date == loaded.scenario.calendar.start
    assert told.days[-1].date == DAY
    assert "hardened" in next(day for day in told.days if day.date == dt.date(2030, 3, 10)).facts
    last = told.days[-1].odds
    assert all(last[one.name] == pytest.approx(one.probability) for one in told.outcomes)
    assert all(one.low <= one.probability <= one.high for one in told.outcomes)
    assert told.score.outcomes == len([one for one in told.outcomes if one.happened is not None])
    assert "2030-03-11" in str(told)
    assert "Миров" in told.words("ru")
    assert {grid.name for grid in told.tables()} == {"outcomes", "watch", "facts"}


def test_what_to_watch_moves_something_else_than_itself(told: Forecast) -> None:
    for watch in told.watch:
        assert 0 < watch.probability < 1
        assert watch.moves > 0
        assert watch.decision.split()[-1] not in (watch.outcome,)
    assert list(told.watch) == sorted(told.watch, key=lambda one: -one.moves)


def test_what_never_happened_is_known_early_and_the_rest_when_it_is_over() -> None:
    scenario = load("november-1917").scenario
    early = {fact.name: fact for fact in documented(scenario, dt.date(1917, 11, 14))}
    later = {fact.name: fact for fact in documented(scenario, dt.date(1917, 11, 17))}
    assert early["talks_fail"].absent is not None
    assert "council_backs_coalition" not in early
    assert later["council_backs_coalition"].known == dt.date(1917, 11, 17)
    assert "four_to_six_leave_committee" not in later  # its measure is open until the 19th
    assert set(early) <= set(later)


def test_an_absence_asks_only_about_the_days_so_far() -> None:
    fact = next(f for f in documented(load("two-bodies").scenario, DAY) if f.name == "no_congress")
    first_days = np.array([3.0, 10.0, 11.0, np.nan])
    assert fact.missed(first_days, 10.0).tolist() == [1.0, 1.0, 0.0, 0.0]


def test_measures_are_cut_off_at_the_day_they_were_told() -> None:
    measure = Measure(all=(Measure(ever=Query(verb="sign")), Measure(never=Query(verb="fall", before=DAY))))
    cut = limit(measure, dt.date(2030, 3, 5))
    assert cut.all is not None
    assert [one.ever or one.never for one in cut.all] == [
        Query(verb="sign", before=dt.date(2030, 3, 5)),
        Query(verb="fall", before=dt.date(2030, 3, 5)),
    ]


def test_slack_is_the_least_that_leaves_enough_worlds() -> None:
    missed = np.repeat([0.0, 1.0, 2.0], [10, 100, 890])
    weights, slack = slackened(np.zeros(1_000), missed, 10)
    assert slack == 0
    assert weights[10:].sum() == 0
    weights, slack = slackened(np.zeros(1_000), missed, 60)
    assert 0 < slack < 1
    assert effective_size(weights) == pytest.approx(60, rel=0.01)
    assert weights[0] > weights[10] > weights[-1]


CONTRADICTIONS = {
    "never and ever": """
facts:
  - {id: one, date: 2030-03-05, measure: {ever: {verb: mandate, party: union, value: expose}}}
  - {id: two, date: 2030-03-11, measure: {never: {verb: mandate, party: union}}}
""",
    "yes and no": """
facts:
  - {id: one, date: 2030-03-11, measure: {count: {verb: sign}, at_least: 3}}
  - {id: two, date: 2030-03-11, measure: {count: {verb: sign}, at_least: 3}, happened: false}
""",
    "numbers": """
facts:
  - {id: one, date: 2030-03-11, measure: {count: {verb: sign}}, happened: 3}
  - {id: two, date: 2030-03-11, measure: {count: {verb: sign}, between: [5, 7]}}
""",
    "with what is documented": """
facts:
  - {id: one, date: 2030-03-11, measure: {ever: {verb: convene}}}
""",
}


@pytest.mark.parametrize("text", CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_facts_that_contradict_each_other_are_refused(loaded: LoadedScenario, tmp_path: Path, text: str) -> None:
    with pytest.raises(QuestionError) as caught:
        forecast(loaded, DAY, 100, facts=facts_file(tmp_path, text))
    problem = caught.value.problems[0]
    assert problem.code == "WC452"
    assert problem.place.line


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("WC451", "facts: [{id: one, date: 2030-03-05, measure: {sometimes: {verb: sign}}}]"),
        ("WC451", "facts: [{id: one, date: 2031-03-05, measure: {ever: {verb: sign}}}]"),
        ("WC451", "facts: [{id: one,"),
        ("WC451", "nothing: []"),
        ("WC453", "facts: []"),
    ],
)
def test_faulty_files_are_refused(loaded: LoadedScenario, tmp_path: Path, code: str, text: str) -> None:
    with pytest.raises(QuestionError) as caught:
        forecast(loaded, DAY, 100, facts=facts_file(tmp_path, text), documented_facts=False)
    assert caught.value.problems[0].code == code


def test_dates_and_numbers_out_of_bounds_are_refused(loaded: LoadedScenario, tmp_path: Path) -> None:
    for wrong in ({"until": dt.date(2029, 1, 1)}, {"until": DAY, "runs": 5}, {"until": DAY, "horizon": 0}):
        with pytest.raises(QuestionError) as caught:
            forecast(loaded, **wrong)  # type: ignore[arg-type]
        assert caught.value.problems[0].code == "WC450"
    with pytest.raises(QuestionError, match="WC451"):
        forecast(loaded, DAY, 100, facts=tmp_path / "missing.yaml")


@pytest.mark.parametrize("language", ["en", "ru"])
def test_it_is_drawn(told: Forecast, language: str) -> None:
    with speaking(language):
        chart = draw(told)
    assert "2030-03-11" in chart.svg()
    assert len(chart.table.rows) == len(told.outcomes)


def test_the_command_prints_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = "two-bodies --until 2030-03-05 -n 200 --least 20 --workers 1 --json"
    assert main(["forecast", *arguments.split()]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["until"] == "2030-03-05"
    assert told["outcomes"]
    assert main(["forecast", "two-bodies", "--until", "soon"]) == 2
    assert "WC622" in capsys.readouterr().err


def test_an_interrupted_forecast_goes_on_to_the_same_end(tmp_path: Path) -> None:
    """Whoever watches the progress interrupts it; the same order then ends as one that was never interrupted."""
    loaded, day = load("two-bodies"), dt.date(2030, 3, 11)
    order = {"runs": 1_200, "least": 20}

    def interrupt(done: int, total: int) -> None:
        if done >= total // 2:
            raise KeyboardInterrupt

    whole = forecast(loaded, day, **order)
    with pytest.raises(KeyboardInterrupt):
        forecast(loaded, day, out=tmp_path, progress=interrupt, **order)
    kept = sorted(tmp_path.glob("*.piece"))
    assert kept
    before = [path.stat().st_mtime_ns for path in kept]
    again = forecast(loaded, day, out=tmp_path, **order)
    assert [path.stat().st_mtime_ns for path in kept] == before
    assert again == whole


def test_a_folder_of_another_forecast_is_refused(tmp_path: Path) -> None:
    loaded = load("two-bodies")
    forecast(loaded, dt.date(2030, 3, 11), runs=200, least=10, out=tmp_path)
    with pytest.raises(QuestionError, match="WC443"):
        forecast(loaded, dt.date(2030, 3, 12), runs=200, least=10, out=tmp_path)


START = dt.date(2030, 3, 1)
SIGNED = Query(verb="sign")
BY_DAY = Query(verb="sign", before=DAY)


def fact(measure: Measure, target: float = 1.0, absent: Query | None = None) -> Fact:
    return Fact("known", Label("known", "известно"), DAY, measure, target, absent)


@pytest.mark.parametrize(
    ("known", "asked", "answer"),
    [
        (fact(Measure(ever=BY_DAY)), Measure(ever=SIGNED), True),
        (fact(Measure(ever=BY_DAY)), Measure(never=SIGNED), False),
        (fact(Measure(ever=BY_DAY)), Measure(count=SIGNED, at_least=1), True),
        (fact(Measure(ever=BY_DAY)), Measure(count=SIGNED, at_least=2), None),
        (fact(Measure(count=BY_DAY, at_least=2)), Measure(count=SIGNED, at_least=2), True),
        (fact(Measure(count=BY_DAY, at_most=2), 0.0), Measure(count=SIGNED, at_most=2), False),
        (fact(Measure(count=BY_DAY, at_most=2)), Measure(count=SIGNED, at_most=2), None),
        (fact(Measure(never=BY_DAY), 1.0, BY_DAY), Measure(ever=SIGNED), None),  # it may still come
        (fact(Measure(ever=BY_DAY)), Measure(not_=Measure(ever=SIGNED)), False),
        (fact(Measure(ever=BY_DAY)), Measure(any=(Measure(ever=SIGNED), Measure(ever=Query(verb="fall")))), True),
        (fact(Measure(ever=BY_DAY)), Measure(all=(Measure(ever=SIGNED), Measure(ever=Query(verb="fall")))), None),
        (fact(Measure(ever=BY_DAY)), Measure(ever=Query(verb="sign", party="union")), None),
    ],
)
def test_a_fact_settles_what_cannot_be_otherwise_any_more(known: Fact, asked: Measure, answer: bool | None) -> None:
    assert settled(asked, [known], START) is answer


def test_what_is_given_is_known_and_not_forecast(loaded: LoadedScenario, tmp_path: Path) -> None:
    outcome = next(one for one in loaded.scenario.outcomes if one.id == "ultimatum_comes")
    measure = outcome.measure.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True)
    text = json.dumps({"facts": [{"id": "own", "date": "2030-03-08", "measure": measure}]})
    told = forecast(
        loaded, dt.date(2030, 3, 8), 300, 3, facts=facts_file(tmp_path, text), documented_facts=False, least=10
    )
    assert [(one.name, one.happened) for one in told.given if one.name == outcome.id] == [(outcome.id, True)]
    assert outcome.id not in {one.name for one in told.outcomes}
    assert all(outcome.id not in day.odds for day in told.days)
    assert f"no forecast: {outcome.name.en}" in told.words("en")
    assert told.is_rough == (told.agreeing < 100)
    assert ("Run more" in told.words("en")) is told.is_rough
