"""What Ctrl-C says of a long question."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import typer

from whipcount.objects import shown
from whipcount.text import say

from .output import note
from .run import INTERRUPTED


@contextlib.contextmanager
def resumable(out: Path | None) -> Iterator[None]:
    """Say what Ctrl-C leaves."""
    try:
        yield
    except KeyboardInterrupt:
        note(
            say("\ninterrupted: what is finished is kept in {out}; the same command goes on", out=shown(out))
            if out is not None
            else say("\ninterrupted: give --out to keep what is done")
        )
        raise typer.Exit(INTERRUPTED) from None
