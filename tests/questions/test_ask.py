"""`ask`: pairs that share every draw, effects with intervals, conditions, what the pairing saves."""

from __future__ import annotations

import errno
import json
import os
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from whipcount import LoadedScenario, load
from whipcount.cli import main
from whipcount.counterfactual.conditions import met, parse_given
from whipcount.counterfactual.effects import greatest_saving, paired_interval, variance_saved
from whipcount.counterfactual.interventions import parse_interventions
from whipcount.counterfactual.pairs import PairJob, compute_pairs
from whipcount.errors import QuestionError, RunError, WhipcountError
from whipcount.questions.ask import Answer, ask
from whipcount.session import using

RUNS = 150
LEAVING = "faction.openers.leave.membership = yes @ 2030-03-12"


@pytest.fixture(scope="module")
def crisis() -> LoadedScenario:
    return load("two-bodies")


@pytest.fixture(scope="module")
def leaving(crisis: LoadedScenario) -> Answer:
    return ask(crisis, [LEAVING], runs=RUNS)


NULLS = [
    "event.power_restored @ 2030-03-07",  # where it is
    "param.talks.policy = 1",  # as it is
    "post.premier.holder = anna",
    "attendance.executive.clara = usual",
    "trait.dmitri.identity = 1.3",
    "account = A",  # the default choice of its one variant
    "party.green.ultimatum.issue = issue",  # never asked
]


@pytest.mark.parametrize("null", NULLS)
def test_an_intervention_that_changes_nothing_has_exactly_no_effect(crisis: LoadedScenario, null: str) -> None:
    answer = ask(crisis, [null], runs=60)
    assert answer.parted == 0
    assert {(effect.effect, effect.flips_up, effect.flips_down) for effect in answer.effects} == {(0.0, 0, 0)}
    assert "Nothing changes" in answer.words()
    assert "Ни в одном" in answer.words("ru")


def test_forcing_what_was_chosen_anyway_changes_no_run(crisis: LoadedScenario) -> None:
    """Those who never left are forbidden to leave: in their runs nothing differs, to the last event."""
    stay = parse_interventions(["openers.leave.membership = no"], crisis)
    pairs = compute_pairs(PairJob(crisis, (), stay, (), 1, RUNS))
    quiet = pairs.without["none_leaves_party"] == 1.0
    assert quiet.sum() > RUNS / 2
    assert (pairs.parted[quiet] == -1).all()


def test_by_order_some_leave_in_every_world_in_which_they_are_members_still(crisis: LoadedScenario) -> None:
    order = parse_interventions([LEAVING], crisis)
    within = compute_pairs(PairJob(crisis, (), order, (), 1, RUNS)).within
    stay = within["none_leaves_party"] == 1.0
    assert stay.sum() < 0.02 * RUNS
    assert (within["q11_expelled"][stay] == 1.0).all()


def test_what_changes_is_told(leaving: Answer) -> None:
    party = leaving["none_leaves_party"]
    assert party.after < 0.02 < 0.5 < party.before
    assert party.effect == pytest.approx(party.after - party.before)
    assert party.clear
    assert party.flips_up == 0
    assert str(party.first_day) == "2030-03-12"
    assert party.low <= party.effect <= party.high
    assert leaving.parted > 0.9 * RUNS
    assert party.name.en in leaving.words()
    assert party.name.ru in leaving.words("ru")


def test_blocks_workers_and_order_make_no_difference(crisis: LoadedScenario) -> None:
    change = parse_interventions(["event.leader_back = removed"], crisis)
    job = PairJob(crisis, (), change, (), 5, 60)
    whole, parts = compute_pairs(job), compute_pairs(job, block=25)
    assert (whole.parted == parts.parted).all()
    for name, values in whole.within.items():
        assert np.array_equal(values, parts.within[name], equal_nan=True)


def test_given_keeps_only_such_worlds(crisis: LoadedScenario) -> None:
    answer = ask(crisis, ["param.leave.voice = 0"], ["assembly_backs", "government_falls = no"], runs=RUNS)
    assert 0 < answer.worlds < RUNS
    assert answer.drawn == RUNS
    assert answer["assembly_backs"].before == 1.0
    assert answer["government_falls"].before == 0.0


def test_an_impossible_condition_says_how_many_runs_were_drawn(crisis: LoadedScenario) -> None:
    with pytest.raises(QuestionError, match=r"WC411 given talks_fail, talks_fail = no: none of 50 runs"):
        ask(crisis, ["history = removed"], ["talks_fail", "talks_fail = no"], runs=50)


@pytest.mark.parametrize(
    ("text", "code"),
    [("talks_fial", "WC413"), ("talks_fail = perhaps", "WC410"), ("talks_fail >= 1", "WC410"), ("= 3", "WC410")],
)
def test_wrong_conditions_are_refused(crisis: LoadedScenario, text: str, code: str) -> None:
    with pytest.raises(QuestionError, match=code):
        parse_given([text], crisis.scenario)


def test_conditions_on_numbers() -> None:
    loaded = load("november-1917")
    (several,) = parse_given(["number_of_signers >= 8"], loaded.scenario)
    values = {"number_of_signers": np.array([7.0, 8.0, np.nan, 12.0])}
    assert met((several,), values, 4).tolist() == [False, True, False, True]
    with pytest.raises(QuestionError, match=r"WC410 .*is a number"):
        parse_given(["number_of_signers"], loaded.scenario)


def test_wrong_questions_are_refused(crisis: LoadedScenario) -> None:
    with pytest.raises(QuestionError, match=r"WC413.*talks_fail"):
        ask(crisis, ["history = removed"], outcomes=["talks_fails"])
    with pytest.raises(QuestionError, match="WC414"):
        ask(crisis, [])
    with pytest.raises(QuestionError, match="WC415"):
        ask(crisis, ["history = removed"], runs=0)


def test_savings_have_their_ceiling() -> None:
    before = np.array([0.0] * 50 + [1.0] * 50)
    after = np.array([0.0] * 40 + [1.0] * 60)
    assert greatest_saving(before, after, binary=True) == pytest.approx(variance_saved(before, after))
    shuffled = np.random.default_rng(1).permutation(after)
    assert variance_saved(before, shuffled) < greatest_saving(before, shuffled, binary=True)
    assert greatest_saving(before, shuffled, binary=True) == pytest.approx(
        greatest_saving(before, shuffled, binary=False)
    )


def test_intervals_of_pairs_hold_their_level() -> None:
    """Of 95% intervals about 95% hold the effect, also where few pairs flip."""
    rng = np.random.default_rng(3)
    for up, down in ((0.3, 0.1), (0.02, 0.01), (0.0, 0.03)):
        draws = rng.choice([1.0, -1.0, 0.0], p=[up, down, 1 - up - down], size=(800, 200))
        held = [low <= up - down <= high for low, high in (paired_interval(row, binary=True) for row in draws)]
        assert 0.92 <= np.mean(held) <= 1.0


def test_the_command_speaks_json_and_words(capsys: pytest.CaptureFixture[str]) -> None:
    change = ["ask", "two-bodies", "--do", "param.leave.voice = 0", "--outcome", "post_left", "-n", "40"]
    assert main([*change, "--json"]) == 0
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    (effect,) = told["effects"]
    assert set(effect) >= {"outcome", "effect", "low", "high", "flips_up", "flips_down", "first_day"}
    assert effect["outcome"] == "post_left"
    assert main(change) == 0
    assert "pairs of worlds" in capsys.readouterr().out
    assert main(["ask", "two-bodies", "--do", "param.leave.voise = 0"]) == 2
    assert "leave.voice" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize("name", ["two-bodies", "november-1917"])
def test_pairing_saves_most_of_what_it_could(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over five interventions: at least .6 of the greatest possible saving, mean over the outcomes that vary."""
    monkeypatch.setenv("CC", f"{os.environ['CC']} -O0")  # five programs that are compiled for 600 runs each
    changes = {
        "two-bodies": [
            "event.leader_back = removed", "event.power_restored = removed", "param.leave.voice = 0",
            "history = removed", "faction.openers.leave.membership = yes @ 2030-03-12",
        ],
        "november-1917": [
            "event.leaders_return = removed", "event.krasnov_beaten = removed", "param.ultimatum.grievance = 0",
            "history.october = removed", "faction.opposition.leave.membership = yes @ 1917-11-17",
        ],
    }  # fmt: skip
    loaded = load(name)
    for change in changes[name]:
        with using(backend="compiled"):
            answer = ask(loaded, [change], runs=600, workers=2)
        shares = [effect.share_of_ceiling for effect in answer.effects if effect.binary and effect.ceiling > 0.3]
        assert np.nanmean(shares) >= 0.6, change


def test_an_interrupted_question_goes_on_to_the_same_end(
    crisis: LoadedScenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Worlds that were kept are not computed again, changed or not; the end is that of a question never interrupted."""
    monkeypatch.setattr("whipcount.questions.ask.compute_pairs", partial(compute_pairs, block=50))

    def interrupt(done: int, total: int) -> None:
        if done < total and done >= 100:
            raise KeyboardInterrupt

    change = ["event.leader_back = removed"]
    whole = ask(crisis, change, runs=RUNS)
    with pytest.raises(KeyboardInterrupt):
        ask(crisis, change, runs=RUNS, out=tmp_path, progress=interrupt)
    kept = sorted(tmp_path.glob("*.piece"))
    assert len(kept) == 4  # two blocks of both sides
    inside = [path.read_bytes() for path in kept]
    assert ask(crisis, change, runs=RUNS, out=tmp_path) == whole
    assert [path.read_bytes() for path in kept] == inside

    def never(*_: Any) -> Any:
        raise AssertionError("computed again")

    assert ask(crisis, change, runs=RUNS, out=tmp_path, engine_maker=never) == whole


def test_a_damaged_world_is_computed_again(crisis: LoadedScenario, tmp_path: Path) -> None:
    change = ["event.leader_back = removed"]
    whole = ask(crisis, change, runs=20, out=tmp_path)
    for path in tmp_path.glob("*.piece"):
        path.write_bytes(path.read_bytes()[:100])
    assert ask(crisis, change, runs=20, out=tmp_path) == whole


def test_a_folder_that_cannot_be_written_is_said_at_once(crisis: LoadedScenario, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(WhipcountError, match="WC320"):
        ask(crisis, ["event.leader_back = removed"], runs=20, out=tmp_path / "file")


@pytest.mark.parametrize(("number", "code", "after"), [(errno.ENOSPC, "WC321", 0), (errno.EROFS, "WC320", 1)])
def test_what_cannot_be_kept_though_it_was_asked_for_is_said(
    crisis: LoadedScenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, code: str, after: int
) -> None:
    """A folder that somebody names is not left empty in silence: who interrupts later believes his worlds kept."""
    calls = 0

    def refuse(_: int) -> None:
        nonlocal calls
        calls += 1
        if calls > after:
            raise OSError(number, os.strerror(number))

    change = ["event.leader_back = removed"]
    with monkeypatch.context() as patch:
        patch.setattr("whipcount.store.os.fsync", refuse)
        with pytest.raises(RunError) as failure:
            ask(crisis, change, runs=20, out=tmp_path / "kept")
    assert failure.value.problems[0].code == code
    assert not list(tmp_path.rglob("*.part"))
    assert ask(crisis, change, runs=20, out=tmp_path / "kept") == ask(crisis, change, runs=20)
