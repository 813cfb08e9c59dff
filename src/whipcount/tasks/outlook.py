"""The outlook of a quarrel: 24 probabilities from what can be judged on its first day."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from whipcount.errors import UsageError
from whipcount.session import notice
from whipcount.task import Form, Option, task
from whipcount.text import mark, say

from ._inputs import Decimal, Sheet, table, written

if TYPE_CHECKING:
    from whipcount.theory.first_day import FirstDay, Quarrels
    from whipcount.theory.outlook import Outlook
    from whipcount.theory.outlook_check import OutlookCheck
    from whipcount.theory.outlook_model import OutlookModel

EXAMPLE = """judgement,low,high
regime,coalition,
d_pivotal,1,
d_posts,6,
partner_n,2,
partner_unhappy,0.6,0.8
partner_pivotal,1,
partner_is_d,1,
dist_D,0.6,0.8
k_importance,0.7,0.9
k_urgent,1,
leader_weak,0.4,0.6
leader_removable,0.2,0.4
election_possible,0.5,0.7
alt_government,0.2,0.4
threat_already,up,
sanctions_habit,0.1,0.3
"""


@task(
    "outlook",
    mark("The outlook of a quarrel: 24 probabilities from what can be judged on its first day."),
    "whipcount outlook --write-sheet sheet.csv",
    "whipcount outlook sheet.csv --population ordinary",
    "whipcount outlook --ask --population crisis",
    "whipcount outlook --evaluate",
    order=73,
    drawn=True,
    form=Form(
        mark("Outlook"),
        mark("How may a quarrel in a party or a coalition go?"),
        "judgement,low,high",
        EXAMPLE,
        {"population": "ordinary"},
        order=55,
    ),
)
def outlook(
    judgements: Annotated[Any, table("judgements of the first day: judgement, low, high (CSV, XLSX)")] = None,
    population: Annotated[
        str | None,
        Option(
            "what kind of quarrel it is: ordinary, or known to have become a crisis",
            metavar="ordinary|crisis",
            title=mark("Population"),
            example="ordinary · crisis",
        ),
    ] = None,
    ask: Annotated[bool, Option("ask the judgements one by one")] = False,
    write_sheet: Annotated[
        Path | None, Option("write a sheet of judgements to fill in (.csv, .xlsx)", metavar="FILE")
    ] = None,
    evaluate: Annotated[bool, Option("score outlooks of documented quarrels, each left out")] = False,
    train: Annotated[Path | None, Option("fit the model again, into this file", metavar="FILE")] = None,
    model: Annotated[Path | None, Option("use this model", metavar="FILE")] = None,
    quarrels: Annotated[
        Path | None, Option("folder of documented quarrels, instead of those shipped", metavar="FOLDER")
    ] = None,
    decimal: Decimal = None,
    sheet: Sheet = None,
) -> Outlook | OutlookCheck | None:
    """Probabilities with intervals, base rates, reasons, what to find out next; or a test (WC580, WC581, WC621)."""
    if evaluate or train is not None:
        return _learnt(quarrels, train)
    from whipcount.data import documented_quarrels as documented

    known = None if judgements is None else documented.read_sheet(judgements, decimal=decimal, sheet=sheet)
    if ask:
        chosen = _model(model)
        chosen.row(population)  # what lacks a population is told before thirty questions are asked
        known = _asked(known)
    if write_sheet is not None:
        documented.write_sheet(write_sheet, known)
        written(write_sheet, mark("sheet: {path}"))
    if known is None:
        if write_sheet is not None:
            return None
        hint = say("give a sheet, or --ask; --write-sheet FILE writes an empty one")
        raise UsageError.one("WC621", say("nothing is judged"), hint)
    from whipcount.theory.outlook import outlook as solve

    return solve(_model(model), known, population)


def _model(path: Path | None) -> OutlookModel:
    from whipcount.theory.outlook_model import read_outlook, shipped_outlook

    return shipped_outlook() if path is None else read_outlook(path.read_text(encoding="utf-8"), str(path))


def _documented(folder: Path | None) -> Quarrels:
    from whipcount.data.documented_quarrels import read_quarrels, shipped_quarrels

    return shipped_quarrels() if folder is None else read_quarrels(folder)


def _learnt(folder: Path | None, path: Path | None) -> OutlookCheck | None:
    """The test of the model, or the model in a file."""
    import importlib.metadata

    from whipcount.theory.outlook_check import check_outlook, train_outlook

    quarrels = _documented(folder)
    if path is None:
        return check_outlook(quarrels)
    provenance = {
        "data": "documented quarrels of whipcount: first_day.csv, answers.csv" if folder is None else str(folder),
        "licence": "MIT" if folder is None else "",
        "quarrels": {name: list(own.names) for name, own in quarrels.populations()},
        "command": "whipcount outlook --train FILE",
        "whipcount": importlib.metadata.version("whipcount"),
    }
    train_outlook(quarrels, provenance).save(path)
    notice(say("{many_quarrels} quarrels, model: {path}", many_quarrels=len(quarrels), path=path))
    return None


def _asked(known: FirstDay | None) -> FirstDay:
    """Judgements asked one by one on the terminal; what a sheet has is not asked again."""
    import sys

    from whipcount.errors import TableError
    from whipcount.theory.first_day import BY_KEY, FirstDay
    from whipcount.theory.quarrel_models import USED

    found = FirstDay(say("the quarrel")) if known is None else known
    sys.stderr.write(say("A value, or two ends as 0.4 0.6; empty where nothing is known; . to end.") + "\n\n")
    for place, key in enumerate(USED, 1):
        one = BY_KEY[key]
        while key not in found.ends:
            sys.stderr.write(f"{place}/{len(USED)} {key} [{one.shape}]\n  {say(one.definition)}\n> ")
            sys.stderr.flush()
            line = sys.stdin.readline()
            if not line or line.strip() == ".":
                return found
            cells = line.replace("…", " ").split()
            if not cells:
                break
            try:
                made = FirstDay.of(found.name, {key: tuple(cells) if len(cells) > 1 else cells[0]})
            except TableError as wrong:
                sys.stderr.write(f"{wrong}\n")
                continue
            found = FirstDay(found.name, {**found.ends, **made.ends})
    return found
