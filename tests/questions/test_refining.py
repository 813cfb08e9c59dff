"""Answers in growing batches: the last is that of `ask`, worlds of a shelf are the same worlds, flips are flips."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from numpy.typing import NDArray

from whipcount import LoadedScenario, load
from whipcount.counterfactual.pairs import NEVER, compute_pairs
from whipcount.errors import QuestionError
from whipcount.questions.ask import ask
from whipcount.questions.ask_in_batches import ask_refining, batches, flips, prepare
from whipcount.store import Store

CHANGE = ["faction.openers.leave.membership = yes @ 2030-03-12"]
RUNS = 260


@pytest.fixture(scope="module")
def crisis() -> LoadedScenario:
    return load("two-bodies")


class Counting(Store):
    """A store that counts the pieces found in it."""

    found: ClassVar[list[str]] = []

    def get_columns(self, name: str) -> dict[str, NDArray[Any]] | None:
        columns = super().get_columns(name)
        if columns is not None:
            self.found.append(name)
        return columns


@pytest.mark.parametrize("runs", [1, 199, 200, 201, 1_000, 10_000, 12_345])
def test_batches_cover_every_run_once_and_grow(runs: int) -> None:
    found = batches(runs)
    assert [first for first, _ in found] == [sum(size for _, size in found[:place]) for place in range(len(found))]
    assert sum(size for _, size in found) == runs
    sizes = [size for _, size in found[:-1]]
    assert sizes == sorted(sizes)
    assert max(size for _, size in found) <= 1_000


def test_the_last_answer_is_that_of_ask(crisis: LoadedScenario) -> None:
    answers = list(ask_refining(crisis, CHANGE, runs=RUNS))
    assert [answer.drawn for answer in answers] == [200, RUNS]
    assert str(answers[-1].record()) == str(ask(crisis, CHANGE, runs=RUNS).record())


def test_intervals_shrink(crisis: LoadedScenario) -> None:
    first, last = ask_refining(crisis, CHANGE, runs=RUNS)
    assert last["none_leaves_party"].high - last["none_leaves_party"].low < (
        first["none_leaves_party"].high - first["none_leaves_party"].low
    )


def test_worlds_that_are_kept_are_the_same_and_shared_between_questions(crisis: LoadedScenario, tmp_path: Path) -> None:
    store = Counting(tmp_path)
    Counting.found.clear()
    plain = [answer.record() for answer in ask_refining(crisis, CHANGE, runs=RUNS)]
    kept = [answer.record() for answer in ask_refining(crisis, CHANGE, runs=RUNS, store=store)]
    assert len(store.found) == 0
    again = [answer.record() for answer in ask_refining(crisis, CHANGE, runs=RUNS, store=store)]
    assert len(store.found) == len(plain)
    assert str(plain) == str(kept) == str(again)
    other = list(ask_refining(crisis, ["param.leave.voice = 0"], runs=RUNS, store=store))
    assert len(store.found) == 2 * len(plain)
    assert str(other[-1].record()) == str(ask(crisis, ["param.leave.voice = 0"], runs=RUNS).record())
    list(ask_refining(crisis, CHANGE, runs=RUNS, seed=2, store=store))
    assert len(store.found) == 2 * len(plain)  # other worlds


def test_flips_name_runs_that_differ_on_that_day(crisis: LoadedScenario) -> None:
    question = prepare(crisis, CHANGE, ["assembly_backs"], runs=RUNS)
    pairs = compute_pairs(question.job)
    found = flips(crisis, pairs, "none_leaves_party", most=5)
    assert len(found) == 5
    assert not any(flip.rises for flip in found)
    whole = compute_pairs(prepare(crisis, CHANGE, runs=RUNS).job)
    for flip in found:
        assert whole.numbers[flip.run] == flip.run
        assert whole.parted[flip.run] == flip.step != NEVER
        assert whole.without["none_leaves_party"][flip.run] > whole.within["none_leaves_party"][flip.run]
        assert whole.without["assembly_backs"][flip.run] == 1.0
    assert [flip.step for flip in found] == sorted(flip.step for flip in found)
    assert np.array_equal(whole.numbers, np.arange(RUNS))
    early = flips(crisis, pairs, "none_leaves_party", most=500, below=20)
    assert {flip.run for flip in early} == {
        run for run in pairs.numbers[pairs.within["none_leaves_party"] < pairs.without["none_leaves_party"]] if run < 20
    }


def test_wrong_questions_are_refused_before_anything_runs(crisis: LoadedScenario) -> None:
    with pytest.raises(QuestionError, match="WC414"):
        prepare(crisis, [])
    with pytest.raises(QuestionError, match=r"WC40[23]"):
        prepare(crisis, ["nonsense = 1"])
    with pytest.raises(QuestionError, match="WC411"):
        list(ask_refining(crisis, CHANGE, ["talks_fail", "talks_fail = no"], runs=20))
