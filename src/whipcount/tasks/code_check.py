"""Two coders' files of one crisis: how far they agree, and one file of both."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from whipcount.task import SCENARIO, Option, task
from whipcount.text import mark

if TYPE_CHECKING:
    from whipcount.questions.code_check import CodeCheck


@task(
    "code-check",
    mark("Compare two coders' files of one crisis: Krippendorff's alpha by kind of value; merge them into one."),
    "whipcount code-check first.yaml second.yaml",
    "whipcount code-check first.yaml second.yaml --merge both.yaml",
    order=21,
)
def code_check(
    first: Annotated[Any, Option("the first coder's scenario", SCENARIO, "A.yaml", argument=True)],
    second: Annotated[Any, Option("the second coder's scenario", SCENARIO, "B.yaml", argument=True)],
    merge: Annotated[Path | None, Option("write one file that keeps what is between them", metavar="FILE")] = None,
) -> CodeCheck:
    """Agreement by kind of value, the values that differ, what only one file has (WC425)."""
    from whipcount.questions.code_check import check_codes

    from ._scenario import scenario_of

    return check_codes(scenario_of(first), scenario_of(second), merge)
