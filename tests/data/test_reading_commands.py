"""The commands that count say what they left out of a table, take what is declared, and write their tables."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from whipcount.cli import main


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    monkeypatch.chdir(tmp_path)

    def command(*arguments: str, **files: str) -> tuple[int, str, str]:
        for name, text in files.items():
            Path(f"{name}.csv").write_text(text, encoding="utf-8")
        code = main(list(arguments))
        told = capsys.readouterr()
        return code, told.out, told.err

    return command


def found(told: tuple[int, str, str]) -> dict[str, Any]:
    assert told[0] == 0, told[2]
    record: dict[str, Any] = json.loads(told[1])
    return record


SEATS = "party;seats\nTotal;630\nA;208\nB;152\nC;120\nD;150\n"


def test_what_is_left_out_is_told(run) -> None:  # type: ignore[no-untyped-def]
    code, out, err = run("power", "t.csv", t=SEATS)
    assert code == 0
    assert "Total" not in out
    assert "'Total'" in err
    assert "'Total'" in found(run("power", "t.csv", "--json"))["remarks"][0]


def test_rules_in_words(run) -> None:  # type: ignore[no-untyped-def]
    record = found(run("power", "t.csv", "--rule", "2/3 of seats and majority of members; veto: D", "--json", t=SEATS))
    assert record["coleman_prevent"][3] == 1.0
    assert record["quota"] == 420
    record = found(run("power", "--weights", "1,1,1", "--quota", "2/3", "--json"))
    assert record["quota"] == 2
    assert run("power", "t.csv", "--rule", "most")[0] == 2


def test_one_index_alone(run) -> None:  # type: ignore[no-untyped-def]
    record = found(run("power", "t.csv", "--index", "banzhaf", "--json", t=SEATS))
    assert "shapley_shubik" not in record
    assert record["banzhaf"][0] == pytest.approx(0.5)
    code, _, err = run("power", "t.csv", "--index", "luck")
    assert code == 2
    assert err.startswith("WC513")


def test_fractions_are_scaled_with_their_quota(run) -> None:  # type: ignore[no-untyped-def]
    record = found(run("power", "--weights", "0.5,0.25,0.25", "--quota", "0.5", "--json"))
    assert (record["weights"], record["quota"]) == ([2, 1, 1], 2)
    assert "multiplied by 4" in record["remarks"][0]


def test_declared_marks(run) -> None:  # type: ignore[no-untyped-def]
    text = "holder;shares\nA;1.000\nB;900\nC;200\n"
    assert run("power", "t.csv", "--seats", "shares", t=text)[2].startswith("WC519")
    record = found(run("power", "t.csv", "--seats", "shares", "--decimal", "comma", "--json"))
    assert record["weights"] == [1000, 900, 200]


@pytest.mark.parametrize("suffix", ["csv", "parquet", "feather", "xlsx", "tex"])
def test_tables_are_written(run, suffix: str) -> None:  # type: ignore[no-untyped-def]
    code, _, err = run("power", "t.csv", "--write", f"out/power.{suffix}", t=SEATS)
    assert code == 0, err
    path = Path(f"out/power.{suffix}")
    if suffix == "tex":
        text = path.read_text(encoding="utf-8")
        assert r"\toprule" in text
        assert "A & 208" in text
        return
    reader = {"csv": pl.read_csv, "parquet": pl.read_parquet, "feather": pl.read_ipc}.get(suffix)
    frame = pl.DataFrame() if reader is None else reader(path)
    if reader is None:
        from whipcount.data.reading import read_table

        frame = read_table(path).frame
        assert frame.height == 4
        return
    assert frame["name"].to_list() == ["A", "B", "C", "D"]
    assert frame["shapley_shubik"][0] == pytest.approx(0.5)


def test_votes_and_members_are_declared(run) -> None:  # type: ignore[no-untyped-def]
    votes = "member,party,motion,vote,date\nA,X,m1,1,2020-01-01\nB,X,m1,0,2020-01-01\nC,X,m1,-1,2020-01-01\n"
    assert run("rollcall", "unity", "v.csv", v=votes)[2].startswith("WC563")
    record = found(run("rollcall", "unity", "v.csv", "--votes", "1=yes 0=abstain -1=no", "--json"))
    assert record["parties"][0]["rice"] == 0
    members = "member,party,from,to\nA,X,,\nB,X,,2019-12-31\nC,Y,,\nD,X,2019-01-01,\n"
    record = found(
        run("rollcall", "unity", "v.csv", "--votes", "1=yes 0=abstain -1=no", "--members", "m.csv", "--json", m=members)
    )
    assert {one["party"]: one["ever"] for one in record["parties"]} == {"X": 3, "Y": 1}


def test_chapel_hill_in_a_bargain(run) -> None:  # type: ignore[no-untyped-def]
    text = "country,party,party_id,lrgen,lrecon,galtan\n3,CDU,301,5.86,5.90,5.86\n3,SPD,302,3.62,3.71,3.38\n"
    record = found(run("bargain", "c.csv", "--country", "GE", "--model", "mean", "--json", c=text))
    assert record["forecasts"]["mean"] == pytest.approx([4.805, 4.62])
