"""Which kind of roll calls a file or folder holds, and its reader."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..errors import TableError
from ..theory.rollcall_table import RollCalls
from .abgeordnetenwatch import read_abgeordnetenwatch
from .columns import choose
from .howtheyvote import read_howtheyvote
from .ord_file import is_ord, read_ord
from .reading import read_table
from .roll_calls import PLAIN, read_votes
from .voteview import congress_and_chamber, read_voteview

NO_CHAMBERS = "only folders of Voteview, and tables of members, hold several chambers: leave it out"
READERS: dict[str, Callable[..., RollCalls]] = {
    "plain": read_votes,
    "abgeordnetenwatch": read_abgeordnetenwatch,
    "voteview": read_voteview,
    "howtheyvote": read_howtheyvote,
    "ord": read_ord,
}


def kind_of(source: Any) -> str:
    """What a source seems to be, by the names of its files or the header of its votes."""
    if _is_folder(source):
        folder = Path(source)
        if list(folder.glob("member_votes.*")):
            return "howtheyvote"
        return (
            "voteview" if list(folder.glob("*_votes.*")) and list(folder.glob("*_members.*")) else "abgeordnetenwatch"
        )
    columns = set(read_table(source, expected=PLAIN.line).columns)
    return "abgeordnetenwatch" if {"mandate_id", "poll_id"} <= columns else "plain"


def _is_folder(source: Any) -> bool:
    return isinstance(source, (str, os.PathLike)) and Path(source).is_dir()


def read_roll_calls(
    source: Any,
    kind: str | None = None,
    votes: str | None = None,
    members: Any = None,
    chamber: str | None = None,
    **declared: str | None,
) -> RollCalls:
    """Roll calls from a file, a folder or a table of Python's; `kind` is one of READERS, or found out.

    votes: what the codes of a plain table mean, as "1=yes 2=no 3=abstain". members: who sat when in a plain table, a
    table of member, party, from, to. chamber: which one, where a folder of Voteview or the table of members holds
    several: "Senate", "109" or "109:Senate" (WC547). declared: as `read_table` takes it.
    """
    if isinstance(source, RollCalls):
        return source
    known = None if kind is None else choose(kind, list(READERS), "kind of roll calls")
    if isinstance(source, (str, os.PathLike)) and known in (None, "ord") and is_ord(Path(source)):
        return read_ord(Path(source))
    if not _is_folder(source) and known not in ("voteview", "howtheyvote"):
        source = read_table(source, expected=PLAIN.line, **declared)
    found = known or kind_of(source)
    if found == "plain":
        if chamber and members is None:
            raise TableError.one("WC547", f"chamber {chamber!r} of one table of votes", NO_CHAMBERS)
        return read_votes(source, votes, members, chamber)
    if found == "voteview":
        return read_voteview(source, *congress_and_chamber(chamber))
    if chamber:
        raise TableError.one("WC547", f"chamber {chamber!r} of {found}", NO_CHAMBERS)
    return READERS[found](source)
