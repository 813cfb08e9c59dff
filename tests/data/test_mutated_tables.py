"""A thousand random changes of valid tables of every kind: the answer of the clean table, or a coded refusal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from mutations import Clean, mutated

from whipcount.data.durations import read_durations
from whipcount.data.membership import read_spells
from whipcount.data.parliaments import read_parliament
from whipcount.data.parties import read_history, read_parties
from whipcount.data.positions import load_positions
from whipcount.data.roll_call_sources import read_roll_calls
from whipcount.errors import TableError

NAMES = ("Bündnis–Grüne", "Labour", "Centre", "People's Party", "Niños+", "New Left")


def near(number: float) -> float:
    return round(number, 9)


def of_bargain(path: Path) -> Any:
    table = load_positions(path)
    return {
        name: (near(power), tuple(map(near, ideal)), tuple(map(near, care)))
        for name, power, ideal, care in zip(table.names, table.power, table.ideal, table.salience, strict=True)
    }


def of_parties(path: Path) -> Any:
    found = read_parties(path)
    return {
        name: (near(seats), near(place), bool(incumbent), bool(premier))
        for name, seats, place, incumbent, premier in zip(
            found.parties, found.seats, found.place, found.record.incumbent, found.record.premier, strict=True
        )
    }


def of_parliament(path: Path) -> Any:
    return {(party.name, party.seats, near(party.position)) for party in read_parliament(path).parties}


def of_votes(path: Path) -> Any:
    calls = read_roll_calls(path)
    parties = calls.parties_at
    return {
        (member, motion.id, motion.date): (
            int(calls.votes[row, column]),
            calls.parties[row] if parties is None else parties[row, column],
            bool(calls.sat[row, column]),
        )
        for row, member in enumerate(calls.members)
        for column, motion in enumerate(calls.motions)
    }


def of_spells(path: Path) -> Any:
    return set(read_spells(path))


def of_durations(path: Path) -> Any:
    found = read_durations(path, "duration", "ended", ["majority", "seats"])
    return sorted(
        (near(length), bool(end), *map(near, row))
        for length, end, row in zip(found.duration, found.ended, found.covariates.tolist(), strict=True)
    )


def of_history(path: Path) -> Any:
    record = read_history(path, NAMES[:4])
    return (record.incumbent.tolist(), record.premier.tolist())


BARGAIN = Clean(
    ("actor", "power", "tax_position", "tax_salience", "aid_position", "aid_salience"),
    tuple(
        (name, power, place, care, other, also)
        for name, power, place, care, other, also in zip(
            NAMES,
            (1118, 153, 2046, 990, 12, 75),
            (2.5, -3.25, 6.5, 7.125, 0.5, -12.75),
            (80.5, 35.25, 99.5, 50.75, 12.5, 41.25),
            (1234.5, 20.5, 3300.25, 15.75, 11.5, 0.25),
            (10.5, 90.25, 40.5, 60.75, 22.5, 31.25),
            strict=True,
        )
    ),
    summed=("power",),
)
PARTIES = Clean(
    ("party", "seats", "position", "incumbent", "premier"),
    tuple(
        zip(
            NAMES,
            (1118, 153, 2046, 990, 12, 75),
            (2.9, 3.85, 6.3, 7.125, 0.5, 1.75),
            (1, 1, 0, 0, 0, 0),
            (1, 0, 0, 0, 0, 0),
            strict=True,
        )
    ),
    summed=("seats",),
)
PLACES = Clean(("party", "seats", "position"), tuple(row[:3] for row in PARTIES.rows), summed=("seats",))
DAYS = (dt.date(2019, 11, 25), dt.date(2020, 1, 5), dt.date(2020, 3, 28), dt.date(2020, 4, 2))
VOTES = Clean(
    ("member", "party", "motion", "date", "vote"),
    tuple(
        (
            name,
            "Red" if place < 3 else "Blue",
            ("Budget", "Defence", "Tax", "Aid")[column],
            day,
            ("yes", "no", "abstain", "absent")[(place * 3 + column * place) % 4],
        )
        for place, name in enumerate(("Åsa Öberg", "J.-P. Dupont", "O'Neill", "Müller", "Ana Niño", "Bo"))
        for column, day in enumerate(DAYS)
    ),
    words=("vote",),
)
MATRIX = Clean(
    ("member", "party", "V1", "V2", "V3"),
    tuple(
        (
            name,
            "Red" if place < 3 else "Blue",
            *(("yes", "no", "abstain", "absent")[(place * 3 + column * place) % 4] for column in range(3)),
        )
        for place, name in enumerate(("Åsa Öberg", "J.-P. Dupont", "O'Neill", "Müller", "Ana Niño", "Bo"))
    ),
)
SPELLS = Clean(
    ("member", "party", "from", "to"),
    (
        ("Åsa Öberg", "Red", dt.date(2017, 10, 24), dt.date(2019, 3, 13)),
        ("Åsa Öberg", "Blue", dt.date(2019, 3, 14), None),
        ("O'Neill", "Blue", None, dt.date(2018, 2, 28)),
        ("Müller", "Red", dt.date(2018, 3, 1), None),
        ("Ana Niño", "Red", None, None),
        ("Bo", "Blue", dt.date(2020, 12, 31), dt.date(2021, 1, 5)),
    ),
)
DURATIONS = Clean(
    ("cabinet", "duration", "ended", "majority", "seats"),
    tuple(
        (f"Cabinet {row}", length, int(row % 4 > 0), row % 2, share)
        for row, (length, share) in enumerate(
            zip(
                (12.5, 8.25, 1020.5, 3.75, 15.5, 6.25, 44.5),
                (51.5, 48.25, 60.5, 33.25, 55.5, 72.25, 1050.5),
                strict=True,
            )
        )
    ),
)
HISTORY = Clean(
    ("start", "parties", "premier", "caretaker"),
    (
        (dt.date(2001, 2, 13), "Labour + Centre", "Labour", "0"),
        (dt.date(2005, 5, 5), "Bündnis–Grüne + People's Party", "People's Party", "0"),
        (dt.date(2009, 10, 28), "Centre + Labour", "Centre", "1"),
    ),
)
KINDS: dict[str, tuple[Clean, Callable[[Path], Any], int]] = {
    "bargain": (BARGAIN, of_bargain, 250),
    "formation": (PARTIES, of_parties, 200),
    "parliament": (PLACES, of_parliament, 100),
    "votes": (VOTES, of_votes, 250),
    "matrix": (MATRIX, of_votes, 150),
    "spells": (SPELLS, of_spells, 150),
    "durations": (DURATIONS, of_durations, 200),
    "history": (HISTORY, of_history, 100),
}


@pytest.mark.parametrize("kind", list(KINDS))
def test_the_same_answer_or_a_refusal(tmp_path: Path, kind: str) -> None:
    clean, read, many = KINDS[kind]
    path = tmp_path / "table.csv"

    def told(content: bytes) -> Any:
        path.write_bytes(content)
        return read(path)

    plain = [",".join(clean.header)]
    plain += [",".join("" if value is None else f'"{value}"' for value in row) for row in clean.rows]
    right = told("\n".join(plain).encode())
    answered = 0
    for seed in range(many):
        content, done = mutated(clean, seed)
        try:
            found = told(content)
        except TableError:
            continue
        if kind == "durations" and "a row doubled" in done:
            assert "stand twice" in read_durations(path, "duration", "ended", []).remarks[-1]
            continue
        assert found == right, (seed, done, content.decode("utf-16" if "utf-16" in done else "utf-8", "replace"))
        answered += 1
    assert answered > 0.75 * many, f"of {many} only {answered} were read"
