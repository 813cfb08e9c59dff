"""One run told day by day, beside what is documented of the same days."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from whipcount.errors import UsageError
from whipcount.session import notice
from whipcount.table import Column, Result, Table
from whipcount.task import Option, task
from whipcount.text import mark, say

from ._scenario import Account, SeedOfScenario, Settings, Source, Variant, refuse_with_folder, results_of, scenario_of

if TYPE_CHECKING:
    from whipcount.charts.material import Material
    from whipcount.report.story import Story

WIDTH = 160  # columns where no terminal says how wide it is
WIDEST = 110  # of a line that is read


@dataclass(frozen=True, eq=False)
class Transcript(Result):
    """A run told from its first day to its last; history stands beside it."""

    brief: ClassVar[tuple[str, ...]] = ("none",)  # the sentences say it all
    undrawn: ClassVar[str] = "it is a story; the charts of its run draw what moved: results.chart(run=...)"

    slug: str
    account: str | None
    seed: int
    run: int
    story: Story

    def tables(self) -> tuple[Table, ...]:
        """The days: from, to, what happened, what is documented."""
        columns = (
            Column("from", "from", right=True),
            Column("to", "to", right=True),
            Column("heading", "day"),
            Column("sentences", "what happens", wide=True),
            Column("history", "what is documented", wide=True),
        )
        rows = tuple((one.first, one.last, one.heading, one.sentences, one.history) for one in self.story.days)
        return (Table("days", "Day by day", columns, rows),)

    def sentences(self) -> str:
        """The whole story, as wide as the terminal, but no wider than reads well."""
        from whipcount.report.transcript import as_text

        return as_text(self.story, min(shutil.get_terminal_size((WIDTH, 24)).columns, WIDEST)).rstrip("\n")

    def record(self) -> dict[str, Any]:
        """The story as JSON can carry it."""
        return {
            "scenario": self.slug,
            "account": self.account,
            "seed": self.seed,
            "run": self.run,
            "introduction": self.story.introduction,
            "days": self.tables()[0].records(),
        }


@task(
    "transcript",
    mark("Tell one run day by day, with what is documented of the same days beside it."),
    "whipcount transcript november-1917 --run 7",
    "whipcount transcript runs/november-1917-0a1b2c3d --closest",
    "whipcount transcript november-1917 --strangest --lang ru",
    order=32,
)
def transcript(
    source: Source,
    run: Annotated[int | None, Option("number of the run", low=0)] = None,
    seed: SeedOfScenario = None,
    closest: Annotated[bool, Option("the run closest to history")] = False,
    typical: Annotated[bool, Option("a typical run")] = False,
    strangest: Annotated[bool, Option("the strangest run")] = False,
    account: Account = None,
    variant: Variant = None,
    set: Settings = None,
) -> Transcript:
    """One run as a text, day by day (WC312, WC661, WC662)."""
    from whipcount.report.story import story_of
    from whipcount.report.transcript import introduction

    kinds = [name for name, asked in (("closest", closest), ("typical", typical), ("strangest", strangest)) if asked]
    if len(kinds) + (run is not None) > 1:
        hint = "give --run R or one of --closest, --typical, --strangest"
        raise UsageError.one("WC661", "more than one run is asked for", hint)
    material, number = _found(source, run, seed, kinds[0] if kinds else None, account, variant, set)
    story = story_of(material, number, introduction(material, number))
    return Transcript(material.slug, material.account, int(material.facts["seed"]), number, story)


def _found(
    source: Any,
    run: int | None,
    seed: int | None,
    kind: str | None,
    account: str | None,
    variant: Sequence[str],
    settings: Any,
) -> tuple[Material, int]:
    """The material and the number of the run asked for."""
    from whipcount.charts.material import material_of
    from whipcount.report.single import ENSEMBLE, check_logged, material_of_run
    from whipcount.report.transcript import pick_run
    from whipcount.results import run_ensemble

    results = results_of(source)
    if results is not None:
        refuse_with_folder(seed=seed, account=account, variant=variant, set=settings)
        number = check_logged(results, run or 0)
        material = material_of(results)
        return material, number if kind is None else pick_run(material, kind)
    loaded = scenario_of(source, account, variant, settings)
    if kind is None:
        return material_of_run(loaded, 1 if seed is None else seed, run or 0), run or 0
    notice(say("picking among {ENSEMBLE} runs", ENSEMBLE=ENSEMBLE))
    material = material_of(run_ensemble(loaded, ENSEMBLE, 1 if seed is None else seed))
    return material, pick_run(material, kind)
