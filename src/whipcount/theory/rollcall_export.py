"""Roll calls in the forms that other programs estimate from: pscl, emIRT and Stan.

- pscl: a matrix, a member a row, a motion a column: 1 yes, 0 no, 9 no member then, empty where nobody said yes or no
- emirt: the same matrix as binIRT takes it: 1 yes, -1 no, 0 neither, 9 no member then
- stan: long data as JSON, as models of item response take them: J members, K motions, N votes; jj, kk (from 1) and y;
  the names of members and motions stand in two tables beside it, since Stan's data hold numbers alone

Only yes and no are votes there: whoever abstains says neither. How many abstentions are so left out is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from whipcount.table import Column, Result, Table
from whipcount.text import say

from ..errors import UsageError
from .rollcall_table import ABSTAIN, NO, YES, RollCalls

FORMS = ("pscl", "emirt", "stan")
# what yes, no, neither and no member then are written as
CODES: dict[str, tuple[int, int, int | None, int]] = {"pscl": (1, 0, None, 9), "emirt": (1, -1, 0, 9)}


@dataclass(frozen=True)
class Exported(Result):
    """Files that were written, and what they hold."""

    undrawn: ClassVar[str] = "it says which files were written"
    references: ClassVar[tuple[str, ...]] = (
        "Clinton, J., Jackman, S. & Rivers, D. (2004), American Political Science Review 98, 355-370",
        "Imai, K., Lo, J. & Olmsted, J. (2016), American Political Science Review 110, 631-656",
    )

    form: str
    files: tuple[str, ...]
    members: int
    motions: int
    yes: int
    no: int
    abstentions: int

    def tables(self) -> tuple[Table, ...]:
        """The files."""
        return (Table("files", "Files", (Column("file", "file"),), tuple((file,) for file in self.files)),)

    def sentences(self) -> str:
        """What was written."""
        return say(
            "{members} members by {motions} motions for {form}: {yes} yes, {no} no; {abstentions} abstentions are "
            "neither there.",
            members=self.members,
            motions=self.motions,
            form=self.form,
            yes=self.yes,
            no=self.no,
            abstentions=self.abstentions,
        )

    def record(self) -> dict[str, Any]:
        """What was written, as JSON can carry it."""
        keys = ("form", "files", "members", "motions", "yes", "no", "abstentions")
        return {key: getattr(self, key) for key in keys}


def export_votes(calls: RollCalls, form: str, path: Path) -> Exported:
    """Write roll calls for another program (WC625 for an unknown form)."""
    if form not in FORMS:
        raise UsageError.one("WC625", f"--form {form}", f"one of {', '.join(FORMS)}")
    path.parent.mkdir(parents=True, exist_ok=True)
    files = _stan(calls, path) if form == "stan" else _matrix(calls, form, path)
    votes = [int((calls.votes == kind).sum()) for kind in (YES, NO, ABSTAIN)]
    return Exported(form, tuple(map(str, files)), *calls.shape, *votes)


def _matrix(calls: RollCalls, form: str, path: Path) -> list[Path]:
    import polars as pl

    yes, no, neither, outside = CODES[form]
    cells: list[dict[str, Any]] = []
    for row, name in enumerate(calls.members):
        votes = [
            yes if vote == YES else no if vote == NO else neither if sat else outside
            for vote, sat in zip(calls.votes[row], calls.sat[row], strict=True)
        ]
        cells.append({"member": name, "party": calls.parties[row] or None} | dict(zip(_ids(calls), votes, strict=True)))
    pl.DataFrame(cells, infer_schema_length=None).write_csv(path)
    return [path]


def _ids(calls: RollCalls) -> list[str]:
    """Names of columns: the motions' own, marked where they are those of members and parties."""
    return [f"{motion.id}_" if motion.id in ("member", "party") else motion.id for motion in calls.motions]


def _stan(calls: RollCalls, path: Path) -> list[Path]:
    import json

    import polars as pl

    members, motions = np.nonzero((calls.votes == YES) | (calls.votes == NO))
    data = {
        "J": len(calls.members),
        "K": len(calls.motions),
        "N": len(members),
        "jj": (members + 1).tolist(),
        "kk": (motions + 1).tolist(),
        "y": (calls.votes[members, motions] == YES).astype(int).tolist(),
    }
    path.write_text(json.dumps(data) + "\n", encoding="utf-8")
    who, what = (path.with_name(f"{path.stem}-{name}.csv") for name in ("members", "motions"))
    numbers = pl.Series("jj", range(1, len(calls.members) + 1))
    pl.DataFrame({"jj": numbers, "member": calls.members, "party": calls.parties}).write_csv(who)
    rows = [(place, one.id, one.title, one.date.isoformat()) for place, one in enumerate(calls.motions, 1)]
    pl.DataFrame(rows, schema=["kk", "motion", "title", "date"], orient="row").write_csv(what)
    return [path, who, what]
