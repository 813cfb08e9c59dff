"""What a long question keeps when it is interrupted: the option, and what Ctrl-C says."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from whipcount.text import say

from .output import note
from .run import INTERRUPTED


def folder_option(*, posterior: bool = False) -> Any:
    """`--out`: a folder for what is finished, and for the posterior where there is one."""
    kept = say("what is finished")
    if posterior:
        kept += say(" and posterior.parquet")
    text = say("keep {kept} here; the same command goes on from there", kept=kept)
    return typer.Option("--out", help=text, metavar="FOLDER", show_default=False)


@contextlib.contextmanager
def resumable(out: Path | None) -> Iterator[None]:
    """Say what Ctrl-C leaves."""
    try:
        yield
    except KeyboardInterrupt:
        note(
            say("\ninterrupted: what is finished is kept in {out}; the same command goes on", out=out)
            if out is not None
            else say("\ninterrupted: give --out to keep what is done")
        )
        raise typer.Exit(INTERRUPTED) from None
