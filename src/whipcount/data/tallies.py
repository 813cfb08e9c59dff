"""The counts that a source gives of its own votes, held against the rows: what differs is told."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from ..text import say
from ..theory.rollcall_table import WORDS
from .reading import Table

Tally = Mapping[int, int | None]  # how many voted so, by code; None where the source does not say


def check_tallies(frame: pl.DataFrame, told: Mapping[str, Tally], table: Table) -> None:
    """Tell of motions whose rows (motion, code; where given announced) are other than the source's own counts.

    Positions that were announced and not cast may be among the counts or not.
    """
    cast = frame.filter(~pl.col("announced")) if "announced" in frame.columns else frame
    ways = [_counts(frame), _counts(cast)] if cast.height < frame.height else [_counts(frame)]
    wrong = []
    for motion, tally in told.items():
        known = {code: many for code, many in tally.items() if many is not None}
        if not any(all(way.get((motion, code), 0) == many for code, many in known.items()) for way in ways):
            wrong.append((motion, known))
    if wrong:
        motion, known = wrong[0]
        parts = [
            say("{many} {vote} and {rows} rows", many=many, vote=say(WORDS[code]), rows=ways[0].get((motion, code), 0))
            for code, many in known.items()
        ]
        table.remark(
            say(
                "{many} motions have other rows than the source's own counts say; the first is {motion}, with {parts}",
                many=len(wrong), motion=motion, parts=", ".join(parts),
            )
        )  # fmt: skip


def _counts(frame: pl.DataFrame) -> dict[tuple[str, int], int]:
    each = frame.group_by("motion", "code").len()
    return {(motion, code): many for motion, code, many in each.iter_rows()}
