"""Voteview's .ord files: a member a line in fixed columns, a digit a roll call (Poole & Rosenthal's format)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl

from ..errors import Place, TableError
from ..text import say
from ..theory.rollcall_table import Motion, RollCalls
from .columns import LINE
from .reading import Table
from .reading.content import decode
from .reading.names import tidy
from .roll_calls import Told, assemble
from .voteview import CASTS, NOT_CAST, PARTIES

# columns of a line: Congress, number of the member, state and its name, party, name, votes
CONGRESS, NUMBER, STATE, LAND, PARTY, NAME, VOTES = (
    slice(0, 3),
    slice(3, 8),
    slice(8, 10),
    slice(12, 20),
    slice(20, 23),
    slice(25, 36),
    slice(36, None),
)
PRESIDENT = "99"  # the state of a President, who has no seat in the chamber


def is_ord(path: Path) -> bool:
    """Whether a file's lines look like those of an .ord file."""
    if not path.is_file() or path.suffix.lower() not in (".ord", ".kh"):
        return False
    first = path.read_bytes()[:300].decode("latin-1").split("\n")[0].rstrip("\r")
    return len(first) > 36 and first[NUMBER].strip().isdigit() and first[VOTES].strip().isdigit()


def read_ord(path: Path) -> RollCalls:
    """The roll calls of an .ord file, in order; it knows no titles and no days (WC510, WC563)."""
    text, told = decode(path.read_bytes(), path)
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    width = max(len(line.rstrip()) for _, line in lines)
    table = Table(str(path), pl.DataFrame(), pl.Series([number for number, _ in lines]).to_numpy())
    if told is not None:
        table.remark(say("not UTF-8: read as {told}", told=told))
    found: dict[str, list[object]] = {"member": [], "motion": [], "code": [], "party": [], "announced": [], LINE: []}
    names: set[str] = set()
    presidents = 0
    for number, line in lines:
        votes = line[VOTES].rstrip()
        if not line[NUMBER].strip().isdigit() or not votes.isdigit() or len(line.rstrip()) != width:
            hint = "every line has 36 columns about the member and a digit for each roll call"
            raise TableError.one("WC510", "not a line of an .ord file", hint, Place(str(path), number, 1))
        if line[STATE].strip() == PRESIDENT:
            presidents += 1
            continue
        name = f"{tidy(line[NAME])} ({tidy(line[LAND])})"
        name = name if name not in names else f"{name} [{line[NUMBER].strip()}]"
        names.add(name)
        code = line[PARTY].strip()
        party = PARTIES.get(int(code), f"party {code}") if code.isdigit() else ""
        for roll, digit in enumerate(votes, 1):
            cast = int(digit)
            values = (name, str(roll), CASTS[cast], party, cast in NOT_CAST, number)
            for column, value in zip(found, values, strict=True):
                found[column].append(value)
    if presidents:
        table.remark(say("a President in the file is left out: a President has no seat in the chamber"))
    motions = {str(roll): Motion(str(roll), f"roll call {roll}", dt.date.min) for roll in range(1, width - 35)}
    return assemble(pl.DataFrame(found), table, motions, Told(path.stem, ordered=True))
