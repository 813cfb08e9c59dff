"""`whipcount formation`, `survival` and `rollcall` as their users meet them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from small_tables import parlgov, votes

from whipcount.cli import main

PARTIES = (
    "party,seats,position,incumbent,premier,economy,culture\nLeft,30,2,0,0,2,3\nLabour,90,3.5,1,1,3,5\nLiberals,40,6,1,0,7,3\n"
    "Conservatives,100,7.5,0,0,8,7\nNation,40,9,0,0,5,9\n"
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "parties.csv").write_text(PARTIES)
    (tmp_path / "past.csv").write_text("start,parties,premier\n1996-01-01,Labour + Liberals,Labour\n")
    (tmp_path / "durations.csv").write_text(
        "duration,ended,majority\n" + "".join(f"{5 + 3 * n % 41},{int(n % 4 > 0)},{n % 2}\n" for n in range(60))
    )
    votes(tmp_path / "votes.csv", 60)
    parlgov(tmp_path / "parlgov")
    view = tmp_path / "parlgov" / "view_cabinet.csv"
    view.write_text(view.read_text().replace(",35,100,CON", ",39,100,CON").replace(",5,100,none", ",1,100,none"))
    return tmp_path


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Any:
    def command(*arguments: str) -> dict[str, Any]:
        assert main([*arguments, "--json"]) == 0
        found: dict[str, Any] = json.loads(capsys.readouterr().out)
        return found

    return command


@pytest.mark.usefixtures("folder")
class TestFormation:
    def test_a_table(self, run: Any) -> None:
        told = run("formation", "parties.csv", "--history", "past.csv")
        assert told["candidates"] == 31
        assert sum(told["kinds"].values()) == pytest.approx(1)
        assert told["cabinets"][0]["probability"] >= told["cabinets"][-1]["probability"]
        assert {party["party"] for party in told["parties"]} == {
            "Left",
            "Labour",
            "Liberals",
            "Conservatives",
            "Nation",
        }

    def test_people_read_it(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["formation", "parties.csv"]) == 0
        assert "most probable" in capsys.readouterr().out
        assert main(["--lang", "ru", "formation", "parties.csv"]) == 0
        assert "вероятнее всего" in capsys.readouterr().out

    def test_one_election_of_a_folder(self, run: Any) -> None:
        told = run("formation", "--parlgov", "parlgov", "--election", "RUR:1994-01-01")
        assert told["formed"] == ["CON", "LIB"]
        assert told["formed_rank"] >= 1

    @pytest.mark.parametrize("more", [[], ["--zero-intelligence"], ["--since", "1992-01-01"]])
    def test_evaluation(self, run: Any, more: list[str]) -> None:
        told = run("formation", "--parlgov", "parlgov", "--evaluate", *more)
        assert told["opportunities"] == (1 if "--since" in more else 2)
        for name in ("first_choice", "top_five", "party_accuracy"):
            assert 0 <= told[name] <= 1
        assert told["mean_loglik"] < 0
        assert told["note"] == ""

    def test_training(self, run: Any) -> None:
        assert main(["formation", "--parlgov", "parlgov", "--train", "own.json"]) == 0
        told = run("formation", "--parlgov", "parlgov", "--evaluate", "--model", "own.json")
        assert "trained on 2" in told["note"]

    def test_only_some_countries(self, run: Any) -> None:
        assert run("formation", "--parlgov", "parlgov", "--evaluate", "--only", "rur")["opportunities"] == 2
        assert main(["formation", "--parlgov", "parlgov", "--evaluate", "--only", "ATL"]) == 2

    def test_mixed_logit(self, run: Any, capsys: pytest.CaptureFixture[str]) -> None:
        told = run("formation", "--parlgov", "parlgov", "--mixed", "range")
        assert told["choices"] == 2
        assert main(["formation", "--parlgov", "parlgov", "--mixed", "charm"]) == 2
        assert "WC502" in capsys.readouterr().err

    def test_lattice(self, run: Any) -> None:
        told = run("formation", "parties.csv", "--lattice", "economy,culture")
        assert len(told["allocations"]) == 25
        assert told["median"]

    @pytest.mark.parametrize("kind", ["svg", "png", "html"])
    def test_chart(self, run: Any, kind: str) -> None:
        run("formation", "parties.csv", "--chart", f"f.{kind}")
        assert Path(f"f.{kind}").stat().st_size > 2_000

    @pytest.mark.parametrize(
        ("arguments", "code"),
        [
            ([], "WC621"),
            (["--parlgov", "parlgov"], "WC621"),
            (["parties.csv", "--scale", "5"], "WC623"),
            (["parties.csv", "--scale", "9,1"], "WC623"),
            (["parties.csv", "--chart", "f.bmp"], "WC620"),
            (["--lattice", "economy"], "WC621"),
            (["nowhere.csv"], "WC540"),
            (["--parlgov", "parlgov", "--evaluate", "--since", "yesterday"], "WC622"),
            (["--parlgov", "parlgov", "--election", "ATL"], "WC546"),
            (["parties.csv", "--total", "10"], "WC531"),
        ],
    )
    def test_mistakes(self, arguments: list[str], code: str, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["formation", *arguments]) == 2
        assert code in capsys.readouterr().err


@pytest.mark.usefixtures("folder")
class TestSurvival:
    def test_a_table(self, run: Any) -> None:
        told = run("survival", "durations.csv", "--covariates", "majority", "--weibull", "--at", "majority=1")
        assert told["model"] == "weibull"
        assert told["events"] == 45
        assert told["expected"]["mean"] > told["expected"]["median"] > 0

    def test_parlgov_and_chart(self, run: Any) -> None:
        told = run("survival", "--parlgov", "parlgov", "--chart", "s.svg", "--train", "s.json")
        assert told["cabinets"] == 2
        assert Path("s.svg").exists()
        assert json.loads(Path("s.json").read_text())["provenance"]["unit"] == "months"

    @pytest.mark.parametrize(
        ("arguments", "code"),
        [
            ([], "WC621"),
            (["durations.csv", "--event", "over"], "WC542"),
            (["durations.csv", "--covariates", "majority", "--at", "majority"], "WC640"),
            (["durations.csv", "--covariates", "majority", "--at", "minority=1"], "WC640"),
        ],
    )
    def test_mistakes(self, arguments: list[str], code: str, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["survival", *arguments]) == 2
        assert code in capsys.readouterr().err


@pytest.mark.usefixtures("folder")
class TestRollcall:
    def test_unity(self, run: Any) -> None:
        told = run("rollcall", "unity", "votes.csv", "--chart", "u.svg")
        assert {party["party"] for party in told["parties"]} == {"Left", "Right"}
        assert told["rebels"][0]["member"] in ("Member 0", "Member 1")
        assert Path("u.svg").exists()

    @pytest.mark.parametrize("dimensions", ["1", "2"])
    def test_ideal_points(self, run: Any, dimensions: str) -> None:
        told = run("rollcall", "ideal", "votes.csv", "--dimensions", dimensions, "--chart", "i.svg", "--right", "Right")
        assert told["correct"] > 0.85
        assert Path("i.svg").exists()

    def test_classification(self, run: Any) -> None:
        assert run("rollcall", "classify", "votes.csv")["correct"] > 0.85

    def test_whip(self, run: Any) -> None:
        arguments = ["--title", "Deployment abroad", "--line", "Left=yes", "--line", "Right=no", "--chart", "w.svg"]
        told = run("rollcall", "whip", "votes.csv", *arguments)
        assert sum(told["tally"]) == pytest.approx(1)
        assert told["rebels"][0]["member"] in ("Member 0", "Member 1")
        assert told["persuade"][0]["gain"] >= told["persuade"][-1]["gain"]
        assert told["low"] <= told["expected_yes"] <= told["high"]

    def test_whip_like_an_earlier_motion(self, run: Any) -> None:
        told = run("rollcall", "whip", "votes.csv", "--like", "m3", "--rule", "members")
        assert told["title"] == "Deployment abroad"
        assert told["rule"] == "more than half of all members"

    def test_test(self, run: Any) -> None:
        told = run("rollcall", "test", "votes.csv", "--chart", "t.svg")
        assert told["tested"] == 12
        assert [row["name"] for row in told["scores"]] == ["whip_count", "party_line", "uniform", "drifting"]

    def test_calibrate(self, run: Any) -> None:
        run("rollcall", "calibrate", "votes.csv", "--out", "ballot.yaml")
        assert set(yaml.safe_load(Path("ballot.yaml").read_text())["parameters"]) == {"ballot.discipline", "choice.lam"}

    @pytest.mark.parametrize(
        ("arguments", "code"),
        [
            (["unity", "nowhere.csv"], "WC540"),
            (["whip", "votes.csv"], "WC641"),
            (["whip", "votes.csv", "--line", "Left"], "WC641"),
            (["whip", "votes.csv", "--like", "m99"], "WC513"),
            (["whip", "votes.csv", "--line", "Left=perhaps"], "WC563"),
            (["unity", "votes.csv", "--format", "gallup"], "WC546"),
        ],
    )
    def test_mistakes(self, arguments: list[str], code: str, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["rollcall", *arguments]) == 2
        assert code in capsys.readouterr().err
