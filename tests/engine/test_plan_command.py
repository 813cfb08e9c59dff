"""`whipcount plan` tells the order of a day as it is run."""

from __future__ import annotations

import json

import pytest

from whipcount.cli import main
from whipcount.engine import build_plan
from whipcount.scenario import load
from whipcount.world import build_world


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
