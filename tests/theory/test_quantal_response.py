"""Quantal response: published games, limits, derivatives of the branch, fits, games that are none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whipcount.errors import TableError
from whipcount.theory import quantal_response
from whipcount.theory.quantal_response import (
    Chance,
    Decision,
    NormalForm,
    Outcome,
    Tree,
    _told,
    agent_equilibrium,
    branch_point,
    branch_points,
    fit_normal_form,
    fit_tree,
    logit_equilibrium,
)

OCHS = NormalForm.two_players([[1.1141, 0], [0, 0.2785]], [[0, 1.1141], [1.1141, 0]])
CENTIPEDE = ((0.4, 0.1), (0.2, 0.8), (1.6, 0.4), (0.8, 3.2), (6.4, 1.6))


def centipede(move: int = 0) -> Tree:
    """Four moves, taken in turn: take, or pass a growing pile on."""
    if move == 4:
        return Outcome(CENTIPEDE[4])
    return Decision(move % 2, f"move {move + 1}", {"take": Outcome(CENTIPEDE[move]), "pass": centipede(move + 1)})


def exit_voice(exit_value: float, loyalty: float, cost: float = 0.2) -> Decision:
    """Clark, Golder & Golder: exit, loyalty or voice; the leader responds or ignores; ignored, exit or stay."""
    ignored = Decision(0, "ignored", {"exit": Outcome((exit_value - cost, 1)), "stay": Outcome((-cost, 1 + loyalty))})
    leader = Decision(1, "leader", {"respond": Outcome((1 - cost, loyalty)), "ignore": ignored})
    return Decision(
        0, "member", {"exit": Outcome((exit_value, 1)), "loyalty": Outcome((0, 1 + loyalty)), "voice": leader}
    )


@pytest.mark.parametrize(("lam", "first", "second"), [(1, 0.5868, 0.4518), (2, 0.6175, 0.3720), (3, 0.6169, 0.3140)])
def test_ochs_game(lam: float, first: float, second: float) -> None:
    mixes = branch_point(OCHS, lam)
    assert mixes[0][0] == pytest.approx(first, abs=5e-5)
    assert mixes[1][0] == pytest.approx(second, abs=5e-5)


def test_ochs_game_fitted() -> None:
    counts = [[0.527 * 128, 0.473 * 128], [0.366 * 128, 0.634 * 128]]
    found = fit_normal_form(OCHS, counts)
    assert found.lam == pytest.approx(1.846, abs=2e-3)
    assert found.chance("player 1", "0") == pytest.approx(0.6157, abs=1e-4)
    assert found.chance("player 2", "0") == pytest.approx(0.3833, abs=1e-4)
    assert found.loglik == pytest.approx(-174.76, abs=0.01)
    assert found.error is not None


@pytest.mark.parametrize(
    ("lam", "takes"), [(1, (0.2963, 0.2780, 0.4649, 0.8320)), (2, (0.2362, 0.3763, 0.7616, 0.9608))]
)
def test_centipede(lam: float, takes: tuple[float, ...]) -> None:
    found = agent_equilibrium(centipede(), lam)
    assert [found.chance(f"move {move}", "take") for move in (1, 2, 3, 4)] == pytest.approx(takes, abs=5e-5)


@pytest.mark.parametrize(
    ("exit_value", "loyalty", "member", "responds", "exits"),
    [
        (0.3, 1.5, (0.1645, 0.0367, 0.7987), 0.7562, 0.8176),
        (0.3, 0.5, (0.6409, 0.1430, 0.2161), 0.0495, 0.8176),
        (-0.3, 1.5, (0.1445, 0.6478, 0.2077), 0.0258, 0.1824),
    ],
)
def test_exit_voice_loyalty(
    exit_value: float, loyalty: float, member: tuple[float, ...], responds: float, exits: float
) -> None:
    found = agent_equilibrium(exit_voice(exit_value, loyalty), 5.0)
    told = [found.chance("member", option) for option in ("exit", "loyalty", "voice")]
    assert told == pytest.approx(member, abs=5e-5)
    assert found.chance("leader", "respond") == pytest.approx(responds, abs=5e-5)
    assert found.chance("ignored", "exit") == pytest.approx(exits, abs=5e-5)


@pytest.mark.parametrize(
    ("exit_value", "loyalty", "chosen"),
    [(-0.2, 1.5, "loyalty"), (-0.2, 0.5, "loyalty"), (0.5, 0.5, "exit"), (0.5, 1.5, "voice"), (0.9, 1.5, "exit")],
)
def test_large_lambda_is_subgame_perfect(exit_value: float, loyalty: float, chosen: str) -> None:
    assert agent_equilibrium(exit_voice(exit_value, loyalty), 400.0).chance("member", chosen) > 0.99


def test_lambda_zero_is_even() -> None:
    assert all(np.allclose(mix, 1 / len(mix)) for mix in branch_point(OCHS, 0.0))
    found = agent_equilibrium(exit_voice(0.3, 1.5), 0.0)
    assert found.chance("member", "voice") == pytest.approx(1 / 3)


def test_large_lambda_is_near_the_equilibrium_of_a_dilemma() -> None:
    dilemma = NormalForm.two_players([[3, 0], [5, 1]], [[3, 5], [0, 1]])
    assert [mix[1] for mix in branch_point(dilemma, 20.0)] == pytest.approx([1, 1], abs=1e-6)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), lam=st.floats(0.1, 6))
def test_every_point_of_the_branch_answers_itself(seed: int, lam: float) -> None:
    random = np.random.default_rng(seed)
    shape = tuple(random.integers(2, 4, size=random.integers(2, 4)))
    game = NormalForm(tuple(random.normal(size=shape) for _ in shape))
    mixes = branch_point(game, lam)
    for player, mix in enumerate(mixes):
        worth = lam * game.expected(player, mixes)
        answer = np.exp(worth - worth.max())
        assert mix == pytest.approx(answer / answer.sum(), abs=1e-8)


def test_long_steps_stay_on_the_branch(monkeypatch: pytest.MonkeyPatch) -> None:
    # a step that is too long lands on another branch, whose points answer themselves just as well
    random = np.random.default_rng(5)
    games = [NormalForm(tuple(random.normal(size=(3, 3)) for _ in range(2))) for _ in range(12)]
    found = [branch_point(game, 8.0) for game in games]
    monkeypatch.setattr(quantal_response, "LONGEST", 0.1)
    for game, mixes in zip(games, found, strict=True):
        assert all(np.allclose(*pair, atol=1e-7) for pair in zip(mixes, branch_point(game, 8.0), strict=True))


def test_several_lambdas_are_the_single_ones_in_the_order_asked_for() -> None:
    lams = [4.0, 0.0, 1.5]
    for lam, mixes in zip(lams, branch_points(OCHS, lams), strict=True):
        assert all(np.allclose(*pair, atol=1e-9) for pair in zip(mixes, branch_point(OCHS, lam), strict=True))


def test_slopes_against_finite_differences() -> None:
    random = np.random.default_rng(3)
    game = NormalForm(tuple(random.normal(size=(2, 3, 2)) for _ in range(3)))
    logs = np.log(np.concatenate([random.dirichlet(np.ones(options)) for options in game.options]))
    _, table = _told(game, logs, 1.3)
    for column in range(len(logs)):
        step = np.zeros(len(logs))
        step[column] = 1e-6
        told = (_told(game, logs + step, 1.3)[0] - _told(game, logs - step, 1.3)[0]) / 2e-6
        assert table[:, column] == pytest.approx(told, abs=1e-6)
    by_lambda = (_told(game, logs, 1.3 + 1e-6)[0] - _told(game, logs, 1.3 - 1e-6)[0]) / 2e-6
    assert table[:, -1] == pytest.approx(by_lambda, abs=1e-6)


def test_tree_fit_recovers_lambda() -> None:
    random = np.random.default_rng(8)
    truth = agent_equilibrium(centipede(), 1.5)
    counts = {}
    for move in (1, 2, 3, 4):
        taken = int(random.binomial(3_000, truth.chance(f"move {move}", "take")))
        counts[f"move {move}"] = {"take": taken, "pass": 3_000 - taken}
    found = fit_tree(centipede(), counts)
    assert found.error is not None
    assert found.lam == pytest.approx(1.5, abs=4 * found.error)
    assert found.observations == 12_000


def test_chance_moves_are_averaged() -> None:
    lottery = Chance(((0.25, Outcome((4.0,))), (0.75, Outcome((0.0,)))))
    tree = Decision(0, "choice", {"lottery": lottery, "sure": Outcome((1.0,))})
    assert agent_equilibrium(tree, 3.0).chance("choice", "sure") == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (lambda: NormalForm((np.zeros((2, 2)), np.zeros((2, 3)))), "WC570"),
        (lambda: NormalForm(()), "WC570"),
        (lambda: NormalForm.two_players([[1, float("nan")]], [[1, 1]]), "WC570"),
        (lambda: Chance(((0.5, Outcome((1.0,))),)), "WC570"),
        (lambda: agent_equilibrium(Decision(2, "x", {"a": Outcome((1.0, 1.0))}), 1.0), "WC570"),
        (lambda: agent_equilibrium(Decision(0, "x", {}), 1.0), "WC570"),
        (lambda: agent_equilibrium(centipede(), -1.0), "WC571"),
        (lambda: logit_equilibrium(OCHS, float("inf")), "WC571"),
        (lambda: fit_normal_form(OCHS, [[1, 2, 3], [1, 2]]), "WC573"),
        (lambda: fit_normal_form(OCHS, [[0, 0], [0, 0]]), "WC573"),
        (lambda: fit_tree(centipede(), {"no such move": {"take": 1}}), "WC573"),
    ],
)
def test_games_that_are_none(wrong: object, code: str) -> None:
    with pytest.raises(TableError, match=code):
        wrong()  # type: ignore[operator]


def test_words_in_both_languages() -> None:
    found = logit_equilibrium(OCHS, 1.0, ("row", "column"))
    assert "lambda 1" in found.words()
    assert "Лямбда 1" in found.words("ru")
    assert found.record()["choices"][0]["chooser"] == "row"
