"""`whipcount seats`: the textbook's election through the command line, in messy tables, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from whipcount.data.reading import read_table
from whipcount.task import all_tasks

SIX = {"Yellows": 47_000, "Whites": 16_000, "Reds": 15_900, "Greens": 12_000, "Blues": 6_000, "Pinks": 3_100}
PLAIN = "party,votes\n" + "".join(f"{name},{votes}\n" for name, votes in SIX.items())


def given(found: dict[str, object]) -> list[int]:
    parties = found["parties"]
    assert isinstance(parties, list)
    return [one["seats"] for one in parties]


@pytest.mark.parametrize(
    ("method", "right"),
    [
        ("D'Hondt", [5, 2, 2, 1, 0, 0]),
        ("Webster", [4, 2, 2, 1, 1, 0]),
        ("imperiali", [7, 1, 1, 1, 0, 0]),
        ("Hamilton", [5, 2, 1, 1, 1, 0]),
        ("droop", [5, 2, 2, 1, 0, 0]),
    ],
)
def test_the_textbook_example(put, found, method, right) -> None:  # type: ignore[no-untyped-def]
    assert given(found("seats", put("t.csv", PLAIN), "--seats", "10", "--method", method)) == right


@pytest.mark.parametrize(
    "text",
    [
        PLAIN + "Total,100000\n",
        PLAIN.replace(",", ";").replace("\n", ";\n"),
        "Party,Votes,Seats before\n"
        + "".join(f"{name},{votes},{7 - row}\n" for row, (name, votes) in enumerate(SIX.items())),
        "Partei\tStimmen\n" + "".join(f"{name}\t{votes:,}\n".replace(",", " ") for name, votes in SIX.items()),
    ],
)
def test_in_other_tables(put, found, text) -> None:  # type: ignore[no-untyped-def]
    assert given(found("seats", put("t.csv", text), "--seats", "10")) == [5, 2, 2, 1, 0, 0]


def test_a_threshold_and_who_needs_none(put, found) -> None:  # type: ignore[no-untyped-def]
    table = put("t.csv", PLAIN)
    assert given(found("seats", table, "--seats", "10", "--method", "sainte_lague", "--threshold", "6.1%"))[4] == 0
    spared = found(
        "seats", table, "--seats", "10", "--method", "sainte_lague", "--threshold", "6.1%", "--exempt", "blues"
    )
    assert given(spared) == [4, 2, 2, 1, 1, 0]
    assert given(found("seats", table, "--seats", "10", "--threshold", "3/50"))[4] == 0  # admitted, but no seat of ten


def test_a_tie_is_told_and_no_order_of_rows_settles_it(put, found) -> None:  # type: ignore[no-untyped-def]
    for rows in ("A,10\nB,10\nC,5\n", "B,10\nC,5\nA,10\n"):
        told = found("seats", put("t.csv", "party,votes\n" + rows), "--seats", "4", "--method", "sainte_lague")
        assert sorted(told["tie"]["parties"]) == ["A", "B"]
        assert {one["party"]: one["expected"] for one in told["parties"]} == {"A": 1.5, "B": 1.5, "C": 1}


@pytest.mark.parametrize(
    ("text", "options", "code"),
    [
        (PLAIN, (), "WC624"),
        (PLAIN, ("--seats", "10", "--threshold", "5"), "WC625"),
        (PLAIN, ("--seats", "10", "--exempt", "Browns"), "WC513"),
        (PLAIN, ("--seats", "10", "--method", "lots"), "WC590"),
        (PLAIN, ("--seats", "10", "--threshold", "60%"), "WC592"),
        (PLAIN, ("--seats", "2000000"), "WC515"),
        ("party,seats\nA,3\nB,4\n", ("--seats", "10"), "WC542"),
        ("party,votes\nA,30.5\nB,60.25\n", ("--seats", "10", "--method", "droop"), "WC625"),
        (PLAIN + "Invalid votes,900\n", ("--seats", "10"), "WC520"),
        ("party,votes\nA,1.200\nB,900\n", ("--seats", "10"), "WC519"),
    ],
)
def test_refused(put, refused, text, options, code) -> None:  # type: ignore[no-untyped-def]
    assert code in refused("seats", put("t.csv", text), *options)


def test_shares_of_polls_are_exact(found) -> None:  # type: ignore[no-untyped-def]
    told = found("seats", "--weights", "33.4,33.3,33.3", "--names", "A,B,C", "--seats", "3", "--method", "hare")
    assert [one["expected"] for one in told["parties"]] == [1, 1, 1]
    assert told["tie"] is None


def test_every_counting_command_writes_its_tables() -> None:
    """`--write` or `--chart` of all that counts tables, but for what writes a file of its own."""
    without = {one.name for one in all_tasks() if one.counts and not one.drawn and not one.tables}
    assert without <= {"rollcall export"}


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".feather", ".xlsx"])
def test_what_is_written_is_what_is_found(put, found, suffix) -> None:  # type: ignore[no-untyped-def]
    file = "out" + suffix
    assert given(found("seats", put("t.csv", PLAIN), "--seats", "10", "--write", file)) == [5, 2, 2, 1, 0, 0]
    assert read_table(Path(file)).numbers("seats") == [5, 2, 2, 1, 0, 0]
