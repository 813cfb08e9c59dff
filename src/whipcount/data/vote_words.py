"""What the cells of a roll call mean: words of many languages, declared codings, and codes that show what they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from ..errors import Place, TableError
from ..text import mark, say
from ..theory.rollcall_table import ABSENT, ABSTAIN, NO, YES
from .reading import Table
from .reading.numerals import is_missing
from .reading.words import words

OUTSIDE = -2  # no member then, which is not absent
KINDS = {"yes": YES, "no": NO, "abstain": ABSTAIN, "absent": ABSENT, "outside": OUTSIDE}
# Other names of the columns of a table of votes, as published tables have them
ALIASES = {
    **dict.fromkeys(
        ("member_id", "member_name", "legislator", "voter", "mep", "deputy", "name", "justice", "icpsr"), "member"
    ),
    **dict.fromkeys(
        ("vote_id", "rollcall", "rollcall_id", "roll_call", "rollnumber", "bill", "division", "case"), "motion"
    ),
    **dict.fromkeys(("position", "choice", "decision", "cast", "ballot", "vote_cast"), "vote"),
    **dict.fromkeys(("group_code", "group", "party_name", "faction", "party_group"), "party"),
    **dict.fromkeys(("timestamp", "vote_date", "day"), "date"),
    **dict.fromkeys(("display_title", "motion_title", "description"), "title"),
}
EXPECTED = 'yes, no, abstain, absent, or say what the codes mean: --votes "1=yes 2=no 3=abstain"'
DASHES = ("-", "−", "–")  # a vote against only where a plus is one for
_NUMBER = re.compile(r"[+\-−–]?\d+(\.0+)?")


@cache
def _known() -> dict[str, int]:
    return {word: code for kind, code in KINDS.items() for word in words("votes", kind)}


def plain(cell: str) -> str:
    """A cell as codings name it: small letters, one sign for minus, whole numbers without decimals."""
    text = cell.strip().casefold()
    if _NUMBER.fullmatch(text):
        return str(int(float(text.replace("−", "-").replace("–", "-"))))
    return text.strip(" .").replace("_", " ") if len(text) > 2 else text


def is_vote(cell: str, declared: bool) -> bool:
    """Whether a cell may be a vote: a known word, a small whole number, or any short one where a coding is declared."""
    text = plain(cell)
    if _NUMBER.fullmatch(text):
        return abs(int(text)) <= 9
    return text in _known() or (declared and len(text) <= 12)


def declared_coding(text: str, place: Place) -> dict[str, int]:
    """A coding written as "1=yes 2=no 3=abstain" (WC563)."""
    found: dict[str, int] = {}
    for part in re.findall(r'(?:"[^"]+"|[^\s,;=]+(?: [^\s,;=]+)*?)\s*=\s*\w+', text):
        cell, _, kind = part.rpartition("=")
        if kind.strip().lower() not in KINDS:
            raise TableError.one("WC563", f"--votes: {part!r}", f"a code is one of {', '.join(KINDS)}", place)
        found[plain(cell.strip().strip('"'))] = KINDS[kind.strip().lower()]
    if not found:
        raise TableError.one("WC563", f"--votes {text!r}", 'write it as "1=yes 2=no 3=abstain"', place)
    return found


def coding_of(
    cells: Sequence[str], lines: Sequence[int], table: Table, votes: str | None = None
) -> dict[str, int | None]:
    """The code of each distinct cell, None where it says that nothing is known (WC563 where it is no vote or unclear).

    Words mean what they say. Numbers: 1 and 0 alone are yes and no, and so are 1 and -1; with 2 an abstention. Codes
    that are read in several ways (1, 0 and -1; 9; 6) are asked for.
    """
    distinct = list(dict.fromkeys(cells))
    told = {cell: plain(cell) for cell in distinct}
    if votes is not None:
        coding = declared_coding(votes, table.top)
        words_too = {word: code for word, code in _known().items() if not _NUMBER.fullmatch(word)}
        known = {**words_too, **coding}
    else:
        known = {
            **_known(),
            **_numbers({text for text in told.values() if _NUMBER.fullmatch(text)}, cells, lines, table),
        }
    if "+" not in told.values() and votes is None:
        known = {word: code for word, code in known.items() if word not in DASHES}
    unknown = [cell for cell in distinct if told[cell] not in known]
    wrong = [cell for cell in unknown if not is_missing(cell)]
    if wrong:
        first = cells.index(wrong[0])
        many = sum(cell in wrong for cell in cells)
        place = Place(table.source, lines[first], 1 if lines[first] else 0)
        raise TableError.one("WC563", f"vote is {wrong[0]!r} ({many} such rows)", f"a vote is one of {EXPECTED}", place)
    return {cell: known.get(text) for cell, text in told.items()}


def _numbers(codes: set[str], cells: Sequence[str], lines: Sequence[int], table: Table) -> dict[str, int]:
    """What numbers mean where nothing was declared, with a remark; WC563 where it stays open."""
    if not codes:
        return {}
    for known, meaning, text in (
        ({"1", "0"}, {"1": YES, "0": NO}, mark("1 is read as yes, 0 as no")),
        ({"1", "-1"}, {"1": YES, "-1": NO}, mark("1 is read as yes, -1 as no")),
        ({"1", "0", "2"}, {"1": YES, "0": NO, "2": ABSTAIN}, mark("1 is read as yes, 0 as no, 2 as abstain")),
    ):
        if codes == known or (codes < known and known == {"1", "0"}):
            table.remark(say("votes: {text}", text=say(text)))
            return meaning
    first = next(place for place, cell in enumerate(cells) if plain(cell) in codes)
    listed = ", ".join(sorted(codes, key=lambda code: int(code)))
    hint = 'say it: --votes "1=yes 0=abstain -1=no", or "1=yes 0=no -1=absent", as the table means it'
    where = Place(table.source, lines[first], 1 if lines[first] else 0)
    raise TableError.one("WC563", f"votes are coded {listed}, which tables read in several ways", hint, where)
