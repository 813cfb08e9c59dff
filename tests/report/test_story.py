"""Stories: like events in one sentence, divisions with their tallies, quiet stretches summed up, history beside."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from whipcount.charts.material import Material, material_of
from whipcount.errors import UsageError
from whipcount.report.single import check_logged, material_of_run
from whipcount.report.story import Story, StoryDay, story_of
from whipcount.report.telling import Teller
from whipcount.report.transcript import introduction, kind_label, pick_run, told_runs, transcript
from whipcount.results import Results
from whipcount.scenario import load
from whipcount.text import speaking


def with_crisis(material: Material) -> int:
    """A run in which all three leave."""
    left = material.table.filter(pl.col("seat_exits") == 3)["run"]
    return int(left[0])


@pytest.fixture(scope="module")
def story(material: Material) -> Story:
    return story_of(material, with_crisis(material))


def sentences(story: Story) -> list[str]:
    return [sentence for day in story.days for sentence in day.sentences]


def test_signers_and_leavers_share_a_sentence(story: Story) -> None:
    told = sentences(story)
    assert "Alder, Birch, Cedar and Dogwood sign the ultimatum." in told
    assert "Elm, Fir <b>bold</b> & Co and Gorse leave the Central Committee." in told
    assert "Reds: the ultimatum is presented with 4 signatures." in told
    assert "Post resigned: Elm (Interior)." in told
    assert "Signs the statement but keeps the post: Hazel (Labour)." in told


def test_a_division_is_told_with_tally_and_names(story: Story) -> None:
    division = next(sentence for sentence in sentences(story) if sentence.startswith("Central Committee:"))
    assert "breaking off the talks carried by 4 to 2" in division
    assert "For: Alder, Birch, Cedar, Dogwood. Against: Elm, Fir <b>bold</b> & Co. Abstaining: Gorse." in division


def test_a_session_is_told_only_when_it_differs(story: Story) -> None:
    assert sum(sentence.startswith("The talks sit.") for sentence in sentences(story)) == 1
    assert any("more sessions with the same result" in sentence for sentence in sentences(story))


def test_quiet_stretches_are_summed_up(story: Story) -> None:
    quiet = [day for day in story.days if day.is_quiet]
    assert quiet
    assert all(len(day.sentences) == 1 for day in quiet)
    covered = sum(day.last - day.first + 1 for day in story.days)
    assert covered == 145  # every day is told once, alone or in a stretch


def test_history_stands_on_its_day(story: Story) -> None:
    exits = next(day for day in story.days if any("Three leave" in fact for fact in day.history))
    assert exits.heading == "4 (17) November 1917"
    assert exits.history == ("Three leave the committee & the cabinet. [A, 2]",)


def test_a_russian_story_has_no_gendered_past(material: Material) -> None:
    with speaking("ru"):
        text = transcript(material, with_crisis(material))
    assert "Ультиматум подписывают: Ольхов, Берёзов, Кедров и Кизилов." in text
    assert "Места в органе «Центральный комитет» оставляют: Вязов" in text
    assert "4 (17) ноября 1917" in text
    assert "{" not in text


@pytest.mark.parametrize("language", ["en", "ru"])
def test_lines_fit_the_width(material: Material, language: str) -> None:
    with speaking(language):
        text = transcript(material, with_crisis(material), width=72)
    assert max(len(line) for line in text.splitlines()) <= 72


def row(
    mechanism: str, verb: str, actor: str | None, thing: str | None, value: float = 1.0, code: str | None = None
) -> dict[str, object]:
    return {"mechanism": mechanism, "verb": verb, "actor": actor, "object": thing, "value": value, "code": code}


def teller(material: Material) -> Teller:
    return Teller(material, material.names())


def test_two_divisions_of_a_day_are_kept_apart(material: Material) -> None:
    rows = [
        row("mandate", "vote", "alder", "committee", 1, "no"), row("mandate", "vote", "alder", "committee", 2, "yes"),
        row("mandate", "vote", "elm", "committee", 2, "yes"), row("mandate", "vote", "elm", "committee", 1, "no"),
        row("mandate", "division", None, "committee", 0, "failed"),
        row("mandate", "division", None, "committee", 1, "passed"),
        row("mandate", "ayes", None, "committee", 3), row("mandate", "ayes", None, "committee", 7),
        row("mandate", "noes", None, "committee", 8), row("mandate", "noes", None, "committee", 4),
        row("mandate", "mandate", "reds", None, 2, "expose"),
    ]  # fmt: skip
    told = teller(material).day(rows)
    assert told[0] == (
        "Central Committee: breaking off the talks lost by 3 to 8; taking part only to expose them carried by 7 to 4. "
        "For: Alder. Against: Elm."
    )


def test_a_mandate_that_stays_is_no_news(material: Material) -> None:
    rows = [row("mandate", "division", None, "committee", 0, "failed"), row("mandate", "ayes", None, "committee", 3)]
    assert teller(material).day(rows) == []


def test_a_motion_is_told_by_its_division(material: Material) -> None:
    rows = [
        row("agenda", "tabled", None, "widen"),
        row("ballot", "vote", "elm", "executive", 2, "yes"), row("ballot", "vote", "reds_bloc", "executive", 1, "no"),
        row("ballot", "division", None, "executive", 0, "failed"),
        row("ballot", "ayes", None, "executive", 40), row("ballot", "noes", None, "executive", 54),
        row("ballot", "defeated", None, "widen"),
    ]  # fmt: skip
    assert teller(material).day(rows) == [
        "Council Executive: “Widen the government” lost by 40 to 54. For: Elm. Against: other Reds (53)."
    ]


def test_a_line_is_told_once(material: Material) -> None:
    told = teller(material)
    first = [row("mandate", "line", "reds", None, 1.0), row("mandate", "line", "left", None, 2.0)]
    assert told.day(first) == ["Binding line: Reds – “Reds alone”; Left – “All council parties”."]
    assert told.day(first) == []
    assert told.day([row("mandate", "line", "left", None, 1.0)]) == ["Binding line: Left – “Reds alone”."]


def test_an_unknown_verb_is_told_by_its_name(material: Material) -> None:
    assert teller(material).day([row("weather", "storm", "elm", None)]) == ["storm: Elm."]


def test_picked_runs_are_what_they_claim(material: Material) -> None:
    told = told_runs(material)
    closest = material.table.row(told["closest"], named=True)
    assert (closest["ultimatum"], closest["signers"], closest["seat_exits"]) == (1.0, 4.0, 3.0)
    typical = material.table.row(told["typical"], named=True)
    assert typical["ultimatum"] == 0.0  # most runs have no crisis
    assert told["strangest"] != told["typical"]
    assert told == told_runs(material)
    with speaking("ru"):
        assert all(kind_label(kind) for kind in told)


def test_a_run_left_out_of_an_outcome_is_no_obstacle(material: Material) -> None:
    table = material.table.with_columns(pl.lit(None, dtype=pl.Float64).alias("entry"))
    assert pick_run(replace(material, table=table), "closest") >= 0


def test_the_introduction_counts_agreement(material: Material) -> None:
    text = " ".join(introduction(material, with_crisis(material)))
    assert "Of 10 documented outcomes this run agrees with" in text


def test_a_run_alone_is_told_like_the_run_in_its_ensemble(results: Results) -> None:
    alone = material_of_run(load("two-bodies"), seed=3, run=17)
    assert transcript(alone, 17) == transcript(material_of(results), 17)


def test_runs_whose_events_are_not_kept_are_refused(results: Results) -> None:
    assert check_logged(results, 39) == 39
    with pytest.raises(UsageError, match="WC660"):
        check_logged(results, 40)


def test_a_quiet_day_alone_reads_like_a_stretch() -> None:
    from whipcount.report.transcript import as_text

    story = Story(0, "T", (), (StoryDay(3, 3, "3 Nov", ("Nothing new.",), (), is_quiet=True),))
    assert as_text(story).splitlines()[-1] == "3 Nov: Nothing new."
