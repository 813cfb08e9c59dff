"""`whipcount power`, `coalitions`, `spatial` and `bargain` as their users meet them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from count_bodies import EMISSIONS, KTAB_3

from whipcount.cli import main

PARLIAMENT = (
    "party,seats,left_right,europe\nLeft,69,1.2,4.0\nGreens,67,2.9,8.9\nLabour,153,3.8,8.6\nCentre,246,6.3,7.9\n"
    "Liberals,80,6.7,7.0\nNation,92,9.2,1.5\n"
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "parliament.csv").write_text(PARLIAMENT)
    rows = "".join(f"{name},{c},{x},{s}\n" for name, (c, x, s) in EMISSIONS.items())
    (tmp_path / "actors.csv").write_text(f"actor,capability,position,salience\n{rows}")
    (tmp_path / "council.csv").write_text("state,population\n" + "".join(f"S{n},{97 - 3 * n}\n" for n in range(20)))
    return tmp_path


@pytest.fixture
def as_json(capsys: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    def run(*arguments: str) -> dict[str, Any]:
        assert main([*arguments, "--json"]) == 0
        found: dict[str, Any] = json.loads(capsys.readouterr().out)
        return found

    return run


@pytest.mark.usefixtures("folder")
class TestPower:
    def test_one_list_per_index(self, as_json) -> None:  # type: ignore[no-untyped-def]
        found = as_json("power", "--quota", "12", "--weights", "4,4,4,2,2,1")
        for key in ("shapley_shubik", "banzhaf", "banzhaf_absolute", "deegan_packel", "holler", "coleman_prevent",
                    "coleman_initiate", "swings"):  # fmt: skip
            assert len(found[key]) == 6, key
        assert found["exact"]["shapley_shubik"] == ["7/30"] * 3 + ["3/20"] * 2 + ["0"]
        assert found["banzhaf"] == pytest.approx([5 / 21] * 3 + [1 / 7] * 2 + [0])
        assert found["method"] == "types of members"

    def test_a_table_and_a_map(self, as_json) -> None:  # type: ignore[no-untyped-def]
        found = as_json("power", "parliament.csv", "--positions", "left_right,europe")
        assert found["names"][3] == "Centre"
        assert sum(found["on_map"]["pivotal"]) == pytest.approx(1)

    def test_council(self, as_json) -> None:  # type: ignore[no-untyped-def]
        known = as_json("power", "council.csv", "--rule", "eu2014")
        written = as_json("power", "council.csv", "--seats", "members", "--majority", "population:65%",
                          "--majority", "members:15", "--quota", "1", "--or", "members:17")  # fmt: skip
        assert known["shapley_shubik"] == pytest.approx(written["shapley_shubik"])
        assert known["exact"]["banzhaf"] == written["exact"]["banzhaf"]

    def test_blocked(self, as_json) -> None:  # type: ignore[no-untyped-def]
        free = as_json("power", "parliament.csv")
        apart = as_json("power", "parliament.csv", "--blocked", "Centre+Nation", "--blocked", "Centre+Left")
        assert apart["winning_coalitions"] < free["winning_coalitions"]

    def test_words_in_both_languages(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["power", "parliament.csv"]) == 0
        assert "Centre turns most decisions" in capsys.readouterr().out
        assert main(["power", "parliament.csv", "--lang", "ru"]) == 0
        assert "Чаще всех исход меняет Centre" in capsys.readouterr().out


@pytest.mark.usefixtures("folder")
class TestCoalitions:
    def test_json(self, as_json) -> None:  # type: ignore[no-untyped-def]
        found = as_json("coalitions", "parliament.csv", "--excluded", "Nation+Centre")
        assert found["dimensions"] == ["left_right"]
        assert found["counts"]["minimal_winning"] == len(found["minimal_winning"])
        assert not any({"Nation", "Centre"} <= set(one["parties"]) for one in found["minimal_winning"])
        assert found["minority"][0]["support"]

    def test_weights_on_the_command_line(self, as_json) -> None:  # type: ignore[no-untyped-def]
        found = as_json("coalitions", "--weights", "40,25,20,15", "--names", "A,B,C,D", "--quota", "60%")
        assert found["quota"] == 60
        assert [one["parties"] for one in found["minimal_winning"]] == [["A", "C"], ["A", "B"], ["B", "C", "D"]]
        assert "connected" not in found  # without positions nobody stands between others


@pytest.mark.usefixtures("folder")
class TestSpatial:
    def test_json(self, as_json) -> None:  # type: ignore[no-untyped-def]
        arguments = ("spatial", "parliament.csv", "--positions", "left_right,europe", "--status-quo", "5,5")
        found = as_json(*arguments, "--grid", "15")
        assert found["medians"]["europe"] == [7.9, 7.9]
        assert found["yolk"]["radius"] > 0
        assert found["win_set"]["exact"]
        weighed = as_json(*arguments, "--grid", "15", "--salience", "1,4")
        assert weighed["win_set"]["size"] != found["win_set"]["size"]


@pytest.mark.usefixtures("folder")
class TestBargain:
    def test_rounds_for_both_denominators(self, as_json) -> None:  # type: ignore[no-untyped-def]
        arguments = ("bargain", "actors.csv", "--model", "expected_utility")
        rounds = as_json(*arguments)["expected_utility"]["position"]
        assert rounds["median"][:3] == pytest.approx([7.0, 8.4159, 9.6109], abs=6e-5)
        other = as_json(*arguments, "--denominator", "pair", "--rounds", "4")["expected_utility"]["position"]
        assert other["median"] == [7.0] * 5

    def test_all_models(self, as_json) -> None:  # type: ignore[no-untyped-def]
        found = as_json("bargain", "actors.csv", "--status-quo", "12")
        assert found["forecasts"]["compromise"] == pytest.approx([7.389956])
        assert all(0 <= away <= 1 for away in found["distances"]["compromise"])

    @pytest.mark.skipif(not KTAB_3.exists(), reason="KTAB's samples are not on this machine")
    def test_ktab_file_as_it_is(self, as_json) -> None:  # type: ignore[no-untyped-def]
        found = as_json("bargain", str(KTAB_3), "--model", "ktab")["ktab"]
        assert found["turns"] == 10
        assert found["options"]["election"] == "conditional"
        other = as_json(
            "bargain", str(KTAB_3), "--model", "ktab", "--smp", "election=markov_uniform", "--smp", "turns=3"
        )
        assert other["ktab"]["turns"] == 3

    def test_inputs(self, as_json) -> None:  # type: ignore[no-untyped-def]
        assert as_json("bargain", "actors.csv", "--leverage")["levers"][0]["actor"] == "DE"
        assert as_json("bargain", "actors.csv", "--moves", "--model", "median")["gains"][0]["gain"] == 0
        assert as_json("bargain", "actors.csv", "--uncertain", "50")["draws"] == 50

    def test_pies(self, as_json) -> None:  # type: ignore[no-untyped-def]
        assert as_json("bargain", "--baron-ferejohn", "9,5,.9")["proposer"][0] == pytest.approx(0.6)
        assert as_json("bargain", "--rubinstein", ".9,.8")["proposer"] == pytest.approx([0.71429, 0.28571], abs=1e-5)


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [
        (["power", "parliament.csv", "--positions", "left_right,europe"], "png"),
        (["power", "--weights", "3,2,1"], "svg"),
        (["coalitions", "parliament.csv", "--positions", "left_right,europe"], "png"),
        (["coalitions", "--weights", "40,25,20,15"], "svg"),
        (["coalitions", "--weights", "4,1"], "html"),
        (["spatial", "parliament.csv", "--positions", "left_right,europe", "--grid", "15"], "png"),
        (["spatial", "parliament.csv", "--positions", "left_right", "--status-quo", "2"], "svg"),
        (["bargain", "actors.csv"], "svg"),
        (["bargain", "actors.csv", "--model", "expected_utility"], "png"),
        (["bargain", "actors.csv", "--model", "ktab", "--smp", "turns=3"], "svg"),
        (["bargain", "actors.csv", "--leverage"], "svg"),
        (["bargain", "actors.csv", "--moves"], "svg"),
        (["bargain", "actors.csv", "--uncertain", "50"], "svg"),
    ],
)
@pytest.mark.parametrize("language", ["en", "ru"])
def test_charts(folder: Path, arguments: list[str], kind: str, language: str) -> None:
    path = folder / f"chart.{kind}"
    assert main([*arguments, "--chart", str(path), "--lang", language]) == 0
    drawn = path.read_bytes()
    if kind == "png":
        assert drawn.startswith(b"\x89PNG")
        assert len(drawn) > 10_000
    else:
        assert b"<svg" in drawn
        assert b"<title" in drawn
        assert b"nan" not in drawn.replace(b"font", b"")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["power"], "WC624"),
        (["power", "parliament.csv", "--weights", "1,2"], "WC624"),
        (["power", "--weights", "1,two"], "WC625"),
        (["power", "--weights", "-1,2"], "WC505"),
        (["coalitions", "--weights", "1.5,2"], "WC506"),
        (["power", "--weights", "0,0"], "WC507"),
        (["power", "--weights", "1,2", "--quota", "9"], "WC508"),
        (["power", "--weights", "1,2", "--quota", "1.5"], "WC508"),
        (["power", "--weights", "1,2", "--quota", "120%"], "WC508"),
        (["power", "--weights", "1,2", "--quota", "many"], "WC625"),
        (["power", "--weights", "1,2", "--names", "A,A"], "WC503"),
        (["power", "--weights", "1,2", "--names", "A"], "WC514"),
        (["power", "parliament.csv", "--blocked", "Left"], "WC625"),
        (["power", "parliament.csv", "--blocked", "Left+Nobody"], "WC513"),
        (["power", "parliament.csv", "--positions", "north"], "WC502"),
        (["power", "council.csv"], "WC542"),
        (["power", "council.csv", "--rule", "eu2014", "--quota", "9"], "WC625"),
        (["power", "council.csv", "--rule", "rome"], "WC625"),
        (["power", "missing.csv"], "WC540"),
        (["power", "parliament.csv", "--chart", "power.gif"], "WC620"),
        (["coalitions", "parliament.csv", "--positions", "north"], "WC502"),
        (["coalitions", "parliament.csv", "--minority", "9"], "WC516"),
        (["spatial", "council.csv", "--seats", "population"], "WC509"),
        (["spatial", "parliament.csv", "--positions", "left_right,europe", "--status-quo", "1"], "WC514"),
        (["spatial", "parliament.csv", "--positions", "left_right,europe", "--salience", "1,-1"], "WC512"),
        (["bargain"], "WC624"),
        (["bargain", "actors.csv", "--model", "oracle"], "WC516"),
        (["bargain", "actors.csv", "--model", "setter"], "WC516"),
        (["bargain", "actors.csv", "--denominator", "none"], "WC516"),
        (["bargain", "actors.csv", "--smp", "victory"], "WC625"),
        (["bargain", "actors.csv", "--smp", "victory=cubic"], "WC516"),
        (["bargain", "actors.csv", "--leverage", "--model", "median", "--model", "mean"], "WC625"),
        (["bargain", "actors.csv", "--dimension", "weeks"], "WC513"),
        (["bargain", "--baron-ferejohn", "3,2"], "WC625"),
        (["bargain", "--rubinstein", ".9"], "WC625"),
        (["bargain", "--rubinstein", "1,.9"], "WC516"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_mistakes_are_told_with_their_code(capsys: pytest.CaptureFixture[str], arguments: list[str], code: str) -> None:
    assert main(arguments) == 2
    told = capsys.readouterr()
    assert told.err.startswith(code)
    assert "Hint:" in told.err
    assert told.out == ""
