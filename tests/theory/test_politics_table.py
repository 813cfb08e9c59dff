"""The table of shared parameters: kept and read as it was, never learnt from a crisis that it is applied to."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from whipcount.data.documented_quarrels import shipped_quarrels
from whipcount.errors import QuestionError, TableError
from whipcount.questions.politics import learnt_priors, shared_parameters
from whipcount.theory.politics import Learnt, Simulated, fit, surrogate
from whipcount.theory.politics_table import PoliticsTable, learn_table, read_politics, shipped_politics

PARAMETERS = [("a.x", ("uniform", (0.0, 1.0))), ("a.y", ("loguniform", (1.0, 10.0)))]


def crises(count: int) -> tuple[list[Simulated], np.ndarray]:
    """Crises whose first question follows the first parameter, and their answers, all yes."""
    random = np.random.default_rng(1)
    found = []
    for number in range(count):
        z = random.normal(size=(400, 2))
        line = np.column_stack([2.0 * z[:, 0], -1.0 * z[:, 1], z[:, 0] - 1.0])
        answers = (random.random(line.shape) < 1 / (1 + np.exp(-line))).astype(float)
        found.append(Simulated(f"c{number}", z, answers))
    return found, np.ones((count, 3))


@pytest.fixture(scope="module")
def table() -> PoliticsTable:
    return learn_table(*crises(4), PARAMETERS, {"leave": "abc"}, {"runs": 400})


def test_a_crisis_gets_what_the_others_teach(table: PoliticsTable) -> None:
    simulated, answers = crises(4)
    others = fit([surrogate(one) for one in simulated[1:]], answers[1:])
    np.testing.assert_allclose(table.of("c0").mean, others.mean)
    np.testing.assert_allclose(table.of("c0").covariance, others.covariance)
    every = fit([surrogate(one) for one in simulated], answers)
    np.testing.assert_allclose(table.of("another").mean, every.mean)
    assert table.learnt.mean[0] > 0.1  # the answers were all yes


def test_a_table_is_read_as_it_was_written(table: PoliticsTable, tmp_path: Path) -> None:
    table.save(tmp_path / "table.json")
    again = read_politics((tmp_path / "table.json").read_text(encoding="utf-8"), "table.json")
    assert (again.names, again.priors, again.crises) == (table.names, table.priors, table.crises)
    assert (again.rules, again.provenance) == (table.rules, table.provenance)
    for crisis in (None, *table.crises):
        np.testing.assert_allclose(again.of(crisis).mean, table.of(crisis).mean, atol=1e-4)
        np.testing.assert_allclose(again.of(crisis).covariance, table.of(crisis).covariance, atol=1e-5)
        assert again.of(crisis).spread == table.of(crisis).spread


@pytest.mark.parametrize("text", ["", "[]", '{"parameters": []}'])
def test_another_file_is_refused(text: str) -> None:
    with pytest.raises(TableError, match="WC534"):
        read_politics(text, "other.json")


def test_too_few_crises_teach_nothing() -> None:
    simulated, answers = crises(2)
    with pytest.raises(TableError, match="WC533"):
        learn_table(simulated, answers, PARAMETERS, {}, {})


def test_the_shipped_table_is_of_this_library_and_these_priors() -> None:
    """It has to be learnt anew where a prior changes, or a crisis comes in."""
    table, now = shipped_politics(), shared_parameters()
    assert set(table.crises) == set(shipped_quarrels().of("crisis").names)
    for name, prior in zip(table.names, table.priors, strict=True):
        assert (now[name].form, now[name].numbers) == prior, name
    assert {"command", "date", "crises", "runs", "seed"} <= set(table.provenance)
    for crisis in (None, *table.crises):
        learnt = table.of(crisis)
        np.linalg.cholesky(learnt.of_a_crisis())
        assert np.linalg.norm(learnt.mean - table.learnt.mean) > 0 or crisis is None


def test_what_is_shown_of_a_parameter_is_exact_where_it_can_be_told_by_hand() -> None:
    """On the normal scale of U(0, 1), N(m, s) is the quantile Phi(m + s z): its median is Phi(m)."""
    learnt = Learnt(np.array([0.5, 0.0]), np.diag([0.11, 0.0]), 0.5)
    table = PoliticsTable(("a.x", "a.y"), tuple(prior for _, prior in PARAMETERS), learnt, {"c": learnt})
    shown = learnt_priors(table)
    first, second = shown["a.x"], shown["a.y"]
    assert first.shift == 0.5
    assert first.deviation == pytest.approx(0.6)
    assert first.after[3] == pytest.approx(0.6915, abs=1e-3)
    # E Phi(m + s z) = Phi(m / sqrt(1 + s^2))
    assert first.after[0] == pytest.approx(0.6660, abs=1e-3)
    assert first.before[:2] == pytest.approx((0.5, 12**-0.5), abs=1e-3)
    assert second.after[1] < second.before[1]  # half of the spread is left
    assert [one["parameter"] for one in shown.record()["parameters"]] == ["a.x", "a.y"]
    with pytest.raises(QuestionError, match="WC442"):
        learnt_priors(table, "nowhere")
