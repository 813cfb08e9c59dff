"""What runs look like on paper: charts, a page, stories, explanations, the text of the model.

    from whipcount.report import write_report
    write_report(results, "folder", language="en")

Everything heavy is imported when it is asked for.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from whipcount.results import Results

__all__ = ["write_report"]


def write_report(results: Results, folder: Path | str) -> list[Path]:
    """Write report.html, and PNG and SVG of every chart, into a folder; gives the paths, the page first."""
    from .html import write_report as write

    return write(results, folder)
