"""What a long question keeps when it is interrupted: the option, and what Ctrl-C says."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from .output import note, say
from .run import INTERRUPTED


def folder_option(*, posterior: bool = False) -> Any:
    """`--out`: a folder for what is finished, and for the posterior where there is one."""
    kept = say("what is finished", "готовое")
    if posterior:
        kept += say(" and posterior.parquet", " и posterior.parquet")
    text = say(
        f"keep {kept} here; the same command goes on from there",
        f"хранить здесь {kept}; та же команда продолжит с этого места",
    )
    return typer.Option("--out", help=text, metavar="FOLDER", show_default=False)


@contextlib.contextmanager
def resumable(out: Path | None) -> Iterator[None]:
    """Say what Ctrl-C leaves."""
    try:
        yield
    except KeyboardInterrupt:
        note(
            say(
                f"\ninterrupted: what is finished is kept in {out}; the same command goes on",
                f"\nпрервано: готовое сохранено в {out}; та же команда продолжит",
            )
            if out is not None
            else say("\ninterrupted: give --out to keep what is done", "\nпрервано: с --out сделанное сохраняется")
        )
        raise typer.Exit(INTERRUPTED) from None
