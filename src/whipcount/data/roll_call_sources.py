"""Which kind of roll calls a file or folder holds, and its reader."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ..errors import Place, TableError
from ..theory.rollcall_table import RollCalls
from .abgeordnetenwatch import read_abgeordnetenwatch
from .columns import choose
from .roll_calls import read_votes
from .voteview import read_voteview

READERS: dict[str, Callable[[Path], RollCalls]] = {
    "plain": read_votes,
    "abgeordnetenwatch": read_abgeordnetenwatch,
    "voteview": read_voteview,
}


def kind_of(source: Path) -> str:
    """What a source seems to be, by the names of its files and the header of its votes."""
    if source.is_dir():
        if list(source.glob("*_votes.csv*")) and list(source.glob("*_members.csv*")):
            return "voteview"
        return "abgeordnetenwatch"
    if not source.is_file():
        raise TableError.one(
            "WC540", "roll calls: no such file or folder", "give votes as CSV: member,motion,vote", Place(str(source))
        )
    import gzip

    opener = gzip.open if source.suffix == ".gz" else open
    with opener(source, "rt", encoding="utf-8", errors="replace") as file:
        header = file.readline()
    return "abgeordnetenwatch" if "mandate_id" in header and "poll_id" in header else "plain"


def read_roll_calls(source: Path, kind: str | None = None) -> RollCalls:
    """Roll calls from a file or a folder; `kind` is one of READERS, or found out."""
    return READERS[kind_of(source) if kind is None else choose(kind, list(READERS), "kind of roll calls")](source)
