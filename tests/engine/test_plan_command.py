"""`whipcount plan` tells the order of a day as it is run."""

from __future__ import annotations

import json
import math
import shutil

import pytest

from whipcount import session
from whipcount.cli import main
from whipcount.engine import NumpyBackend, build_plan, profile
from whipcount.engine.c import build as c_build
from whipcount.scenario import load
from whipcount.world import build_world

COMPILER = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")


def test_the_order_of_a_day_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "two-bodies", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    built = build_plan(build_world(load("two-bodies")))
    assert [row["mechanism"] for row in told["mechanisms"]] == list(built.step_names)
    assert told["program"] == built.digest
    order = {name: number for number, name in enumerate(built.step_names)}
    for mechanism in built.mechanisms:
        assert all(order[earlier] < order[mechanism.id] for earlier in mechanism.after)


@pytest.mark.parametrize("list_", ["parameters", "states", "verbs", "inputs", "maps"])
def test_each_list_can_be_asked_for(list_: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "two-bodies", f"--{list_}", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[list_]


def test_an_overridden_parameter_shows_its_value(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plan", "two-bodies", "--parameters", "--set", "parameters.choice.lam=20", "--json"]) == 0
    rows = {row["parameter"]: row["value"] for row in json.loads(capsys.readouterr().out)["parameters"]}
    assert rows["choice.lam"] == "20"


def test_the_profile_tells_of_every_mechanism_on_both_backends(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(profile, "RUNS_NUMPY", 8)
    assert main(["plan", "two-bodies", "--profile", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["profile"]
    names = {row["mechanism"] for row in rows}
    assert names >= set(build_plan(build_world(load("two-bodies"))).step_names)
    assert all(row["numpy"] >= 0 for row in rows)
    if COMPILER is not None:
        assert all(row["compiled"] >= 0 for row in rows)
        assert [row["compiled"] for row in rows[:-1]] == sorted((row["compiled"] for row in rows[:-1]), reverse=True)
    assert sum(row["numpy_share"] for row in rows[:-1]) == pytest.approx(1.0)


def test_the_profile_without_a_compiler_is_that_of_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> None:
        raise c_build.CompilationError("no C compiler was found")

    monkeypatch.setattr(c_build, "find_compiler", none)
    monkeypatch.setattr(session, "_failed", [])
    told: list[str] = []
    built = build_plan(build_world(load("two-bodies")))
    found = profile.profile(built, runs_numpy=4, on_notice=told.append)
    assert not found.compiled
    assert found.total_numpy > 0
    assert math.isnan(found.total_compiled)
    assert "no C compiler was found" in told[0]
    assert [cost.numpy for cost in found.costs] == sorted((cost.numpy for cost in found.costs), reverse=True)


def test_timing_does_not_change_what_is_computed() -> None:
    built = build_plan(build_world(load("two-bodies")))
    clock = profile._Clock(built, 6)
    NumpyBackend(built, profile=True).simulate(clock, 3, 0, 6)
    assert (clock.series == NumpyBackend(built).run(3, 0, 6).series).all()
    assert (clock.spent > 0).any()
