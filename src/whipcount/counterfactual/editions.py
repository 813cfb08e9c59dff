"""Editions of a scenario: one for each combination of the versions of its disputed matters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from whipcount.errors import QuestionError, ScenarioError

from .engines import edition_of

if TYPE_CHECKING:
    from whipcount.scenario import LoadedScenario


def edition(loaded: LoadedScenario, choices: Mapping[str, str]) -> LoadedScenario:
    """The scenario with other versions of some variants. Raises QuestionError WC461 for a variant it does not have."""
    from whipcount.scenario.loader import assemble
    from whipcount.scenario.yaml_nodes import parse

    known = {variant.id: tuple(variant.choices) for variant in loaded.scenario.variants}
    for name, choice in choices.items():
        if choice not in known.get(name, ()):
            raise QuestionError.one(
                "WC461", f"{loaded.slug} has no variant {name}={choice}",
                "; ".join(f"{one}: {', '.join(options)}" for one, options in known.items()) or "it has no variants",
            )  # fmt: skip
    now = edition_of(loaded)
    wanted = {**now.choices, **choices}
    built, problems = assemble(parse(loaded.text, str(loaded.path)), now.account, wanted, now.settings)
    if built is None or problems:
        raise ScenarioError(*problems)
    scenario, overrides, tree = built
    return replace(loaded, scenario=scenario, overrides=overrides, tree=tree)
