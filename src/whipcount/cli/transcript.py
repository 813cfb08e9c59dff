"""`whipcount transcript`: one run told day by day."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from whipcount.text import say

from .options import account_option, json_option, load_scenario, set_option, variant_option
from .output import WIDTH_OF_FILES, help_text, note, show_json

if TYPE_CHECKING:
    from whipcount.charts.material import Material

ORDER = 32
WIDEST = 110


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "transcript",
        help=help_text(
            "Tell one run day by day, with what is documented of the same days beside it.",
            "whipcount transcript november-1917 --run 7",
            "whipcount transcript runs/november-1917-0a1b2c3d --closest",
            "whipcount transcript november-1917 --strangest --lang ru",
        ),
    )(tell_run)


def source_argument() -> Any:
    """`RUN|SCENARIO`: where runs are taken from."""
    text = say("run folder, or a scenario (name or file) whose run is computed")
    return typer.Argument(help=text, metavar="RUN|SCENARIO", show_default=False)


def run_option() -> Any:
    """`--run`: which run."""
    return typer.Option("--run", help=say("number of the run"), min=0, show_default=False)


def seed_option() -> Any:
    """`--seed`: of a scenario's runs."""
    text = say("seed, for a scenario (default 1)")
    return typer.Option("--seed", help=text, min=0, show_default=False)


def _flag(name: str, text: str) -> Any:
    return typer.Option(name, help=say(text))


def tell_run(
    source: Annotated[str, source_argument()],
    run: Annotated[int | None, run_option()] = None,
    seed: Annotated[int | None, seed_option()] = None,
    closest: Annotated[bool, _flag("--closest", "the run closest to history")] = False,
    typical: Annotated[bool, _flag("--typical", "a typical run")] = False,
    strangest: Annotated[bool, _flag("--strangest", "the strangest run")] = False,
    account: Annotated[str | None, account_option()] = None,
    variant: Annotated[list[str] | None, variant_option()] = None,
    set_: Annotated[list[str] | None, set_option()] = None,
    as_json: Annotated[bool, json_option()] = False,
) -> None:
    """Find the run and tell it."""
    from whipcount.report.story import story_of
    from whipcount.report.transcript import as_text, introduction

    kinds = [
        name
        for name, given in zip(("closest", "typical", "strangest"), (closest, typical, strangest), strict=True)
        if given
    ]
    if len(kinds) + (run is not None) > 1:
        from whipcount.errors import UsageError

        raise UsageError.one(
            "WC661", "more than one run is asked for", "give --run R or one of --closest, --typical, --strangest"
        )
    material, number = _found(source, run, seed, kinds[0] if kinds else None, account, variant, set_)
    story = story_of(material, number, introduction(material, number))
    if as_json:
        show_json(
            {
                "scenario": material.slug,
                "account": material.account,
                "seed": int(material.facts["seed"]),
                "run": number,
                "introduction": story.introduction,
                "days": [
                    {
                        "from": day.first,
                        "to": day.last,
                        "heading": day.heading,
                        "sentences": day.sentences,
                        "history": day.history,
                    }
                    for day in story.days
                ],
            }
        )
        return
    sys.stdout.write(as_text(story, _width()))


def _found(
    source: str,
    run: int | None,
    seed: int | None,
    kind: str | None,
    account: str | None,
    variant: list[str] | None,
    settings: list[str] | None,
) -> tuple[Material, int]:
    """The material and the number of the run asked for."""
    from whipcount.charts.material import material_of
    from whipcount.report.single import ENSEMBLE, check_logged, material_of_run
    from whipcount.report.transcript import pick_run

    if is_run_folder(source):
        from whipcount.results import open_run

        refuse_with_folder(seed=seed, account=account, variant=variant, set=settings)
        results = open_run(source)
        if kind is None:
            run = check_logged(results, run or 0)
        material = material_of(results)
        return material, run if kind is None and run is not None else pick_run(material, kind or "typical")
    loaded = load_scenario(source, account, settings, variant)
    if kind is None:
        return material_of_run(loaded, 1 if seed is None else seed, run or 0), run or 0
    from whipcount.results import run_ensemble

    note(say("picking among {ENSEMBLE} runs", ENSEMBLE=ENSEMBLE))
    material = material_of(run_ensemble(loaded, ENSEMBLE, 1 if seed is None else seed))
    return material, pick_run(material, kind)


def is_run_folder(source: str) -> bool:
    """Whether the argument is a folder (of runs) and not a scenario."""
    return Path(source).is_dir()


def refuse_with_folder(**given: object) -> None:
    """Options that only make sense for a scenario. Raises UsageError (WC662)."""
    from whipcount.errors import UsageError

    named = [f"--{name}" for name, value in given.items() if value]
    if named:
        raise UsageError.one(
            "WC662",
            f"{', '.join(named)}: a run folder has its own",
            "leave it out, or give the scenario instead of the folder",
        )


def _width() -> int:
    """As wide as the terminal, but no wider than reads well."""
    import shutil

    return min(shutil.get_terminal_size((WIDTH_OF_FILES, 24)).columns, WIDEST)
