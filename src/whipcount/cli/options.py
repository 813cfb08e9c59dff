"""Arguments and options that many commands share, described in the reader's language.

They are functions and not constants: annotations are read when the commands are built, after the language is known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from whipcount.text import say

if TYPE_CHECKING:
    from whipcount.scenario import LoadedScenario


def scenario_argument() -> Any:
    """`SCENARIO`: a name or a file."""
    text = say("name of a scenario (`whipcount list`) or a YAML file")
    return typer.Argument(help=text, metavar="SCENARIO", show_default=False, autocompletion=scenarios_beginning)


def json_option() -> Any:
    """`--json`: one object on standard output, and nothing else."""
    return typer.Option("--json", help=say("print one JSON object"))


def account_option() -> Any:
    """`--account`: one source's version."""
    text = say("take this source's version (`whipcount accounts`)")
    return typer.Option("--account", help=text, metavar="ID", show_default=False)


def variant_option() -> Any:
    """`--variant`: the version of one disputed matter."""
    text = say("version of one disputed matter; may be repeated")
    return typer.Option("--variant", help=text, metavar="VARIANT=CHOICE", show_default=False)


def set_option() -> Any:
    """`--set`: override a value."""
    text = say("override a value; may be repeated")
    return typer.Option("--set", help=text, metavar="PATH=VALUE", show_default=False)


def load_scenario(
    name: str, account: str | None = None, settings: list[str] | None = None, variants: list[str] | None = None
) -> LoadedScenario:
    """Load a scenario as the shared options ask for it."""
    from whipcount.errors import UsageError
    from whipcount.scenario import load, parse_settings

    choices: dict[str, str] = {}
    for given in variants or []:
        variant, equals, choice = given.partition("=")
        if not equals:
            raise UsageError.one(
                "WC604", f"--variant {given}: not of the form variant=choice", "see `whipcount accounts`"
            )
        choices[variant.strip()] = choice.strip()
    return load(name, account=account, choices=choices, set=parse_settings(settings or []))


def scenarios_beginning(incomplete: str) -> list[str]:
    """What a shell offers where a scenario is meant: shipped ones, and YAML files and folders that begin so."""
    from pathlib import Path

    from whipcount.scenario import names

    given = Path(incomplete)
    folder = given if incomplete.endswith("/") else given.parent
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    files = [f"{path}/" if path.is_dir() else str(path) for path in found if path.is_dir() or path.suffix == ".yaml"]
    return [one for one in (*names(), *files) if one.startswith(incomplete)]
