"""The benchmark model: its page and its structure say the same, and the implementations agree."""

from __future__ import annotations

import importlib
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks"
ALONE, TOGETHER = 150, 2_000
MOST_SIGMA = 4.5


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(FOLDER))
    return importlib.import_module


def test_the_page_gives_the_parameters(load: Any) -> None:
    text = (FOLDER / "peer_model.md").read_text(encoding="utf-8").split("## Parameters")[1].split("## A day")[0]
    told = {name: float(value) for name, value in re.findall(r"\|\s*([a-z_]+)\s*\|\s*(-?[\d.]+)", text)}
    assert told == load("peer").PARAMETERS


def test_the_structure_is_that_of_the_page(load: Any) -> None:
    model = load("peer").peer()
    assert len(model.ideal) == len(model.loyalty) == len(model.confidants) == 40
    assert len(model.seat_actors) == 76
    assert sum(model.seat_taken) == 54
    assert all(len(set(places)) == len(places) for places in model.eligible)
    assert all(0.0 <= x <= 1.0 for ideal in model.ideal for x in ideal)
    assert max(np.bincount(model.seat_actors)) >= 3, "some sit in several bodies"


def agrees(load: Any, module: str, runs: int, base: Any) -> None:
    peer = load("peer")
    sample = peer.outcomes(load(module).simulate(runs, seed=5))
    reference = peer.outcomes(base)
    for name, values in sample.items():
        error = np.sqrt(values.var() / len(values) + reference[name].var() / len(reference[name]))
        assert abs(values.mean() - reference[name].mean()) <= MOST_SIGMA * error + 1e-6, (module, name)


@pytest.mark.parametrize(("module", "runs"), [("peer_python", ALONE), ("peer_mesa", ALONE), ("peer_kernel", 20_000)])
def test_implementations_agree(load: Any, module: str, runs: int) -> None:
    if module == "peer_mesa":
        pytest.importorskip("mesa", reason="an extra: pip install -e .[bench]")
    if module == "peer_kernel" and load("peer_kernel").build() is None:
        pytest.skip("no C++ compiler")
    agrees(load, module, runs, load("peer_whipcount").simulate(TOGETHER, seed=4))


def test_a_run_is_the_same_alone_and_in_a_block(load: Any) -> None:
    module = load("peer_whipcount")
    block, alone = module.simulate(40, seed=9), module.simulate(1, seed=9, first=17)
    assert np.array_equal(block.series[:, :, 17:18], alone.series)
    theirs = block.events[block.events["run"] == 17]
    assert all(np.array_equal(theirs[name], alone.events[name]) for name in ("day", "verb", "entity"))


def test_the_two_backends_agree_bit_by_bit(load: Any) -> None:
    pytest.importorskip("whipcount.engine.c.backend")
    if shutil.which("cc") is None and shutil.which("gcc") is None:
        pytest.skip("no C compiler")
    assert load("peer_compiled").differences(300) == []


def test_a_wrong_implementation_is_seen(load: Any) -> None:
    peer, module = load("peer"), load("peer_python")
    wrong = module.simulate(ALONE, seed=5, model=peer.peer(exit_cost=0.5))
    with pytest.raises(AssertionError):
        agrees(load, "peer_whipcount", TOGETHER, wrong)


def test_results_are_renewed_section_by_section(load: Any, tmp_path: Path) -> None:
    measured, target = load("measured"), tmp_path / "RESULTS.md"
    measured.write(target, "One", ["first"], ["- machine"])
    measured.write(target, "Two", ["second"], ["- machine"])
    measured.write(target, "One", ["third"], ["- machine"])
    text = target.read_text(encoding="utf-8")
    assert "first" not in text
    assert text.index("third") < text.index("second")
