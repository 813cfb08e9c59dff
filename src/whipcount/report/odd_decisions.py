"""How people decide in a scenario's model: the parts that ODD+D adds to ODD (Müller et al. 2013), in Markdown.

What theory says is written here; who decides what between which options by which terms is read from the program that
the mechanisms record, and how far actors differ from the scenario.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from whipcount.text import number

if TYPE_CHECKING:
    from whipcount.scenario import LoadedScenario
    from whipcount.scenario.schema import Scenario
    from whipcount.vocabulary.program import Block, Decision

PARTS = {
    "Theoretical and empirical background": (
        "Decisions follow random utility with errors that grow as payoffs come near to each other (McKelvey & "
        "Palfrey 1995, 1998), in the settings that the literature of each mechanism describes; it is listed with "
        "the submodel. Positions, posts, rules and dates rest on the sources of the scenario; what no source gives "
        "is a prior that was set before results."
    ),
    "Individual decision making": (
        "Deciders are persons, blocs whose members decide alike up to a common error, bodies (by the votes of who "
        "is present) and leaderships. Each weighs the options below by sums of named terms and takes one with "
        "logit odds; nobody optimises, and nobody is bound to be consistent over time except by persistence: a "
        "question's draw stands until the actor reconsiders. Norms enter as terms (discipline, duty, solidarity, "
        "identity), uncertainty as errors of perception and of forecasts. Space plays no part but as distance "
        "between points of policy."
    ),
    "Learning": "Rules of decision do not change within a run; beliefs about the line do, with news.",
    "Individual sensing": (
        "Everybody sees who sits where and what was voted. Where the line stands is seen with a bias of one's "
        "faction and an error of one's own; the danger is seen with one's side's optimism. Sensing costs nothing."
    ),
    "Individual prediction": (
        "Who faces an answer (a threat, an offer, a motion that may be carried) weighs each answer by its "
        "probability, which is computed with the same rule and error as the answer itself, one step ahead."
    ),
    "Interaction": (
        "Direct through votes, offers, signatures, threats and appeals; indirect through the danger, the line and "
        "who is left. Who sits in several bodies carries motions between them."
    ),
    "Collectives": (
        "Parties, factions, bodies and local organisations are given by the scenario; new parties and centres "
        "arise from exits."
    ),
    "Stochasticity": "Named above under design concepts; the seed and the run's number give every draw again.",
    "Observation": (
        "Every decision of a run can be taken apart afterwards: options, terms, probabilities and the draw "
        "(`whipcount explain`)."
    ),
}


def human_decisions(loaded: LoadedScenario) -> str:
    """Who decides how: the concepts of ODD+D, every decision with its options and terms, and how actors differ."""
    concepts = PARTS | {"Heterogeneity": heterogeneity(loaded.scenario)}
    return "\n\n".join(
        (
            "### Human decisions (ODD+D)",
            "\n".join(f"- **{name}.** {text}" for name, text in concepts.items()),
            "Every decision, who is asked, and its options with the terms of their utility; an option without "
            "terms has "
            "the utility 0, against which others are measured.",
            "\n".join(("| decision | who | options and terms |", "| --- | --- | --- |", *map(_row, decisions(loaded)))),
        )
    )


def implementation(loaded: LoadedScenario) -> str:
    """With what, and how the same runs are had again."""
    from importlib.metadata import version

    return (
        f"whipcount {version('whipcount')}, a Python package; mechanisms are recorded once as a program, which "
        "NumPy or C computes with the same results bit for bit. Randomness is counter-based, keyed by seed, run, "
        "step, mechanism, entity and purpose. "
        f"The scenario is the file `{loaded.slug}.yaml`; `whipcount replicate` packs a run with all that it needs, and "
        "`whipcount verify` computes it again."
    )


def decisions(loaded: LoadedScenario) -> list[Decision]:
    """The decisions that the scenario's mechanisms ask for, each once, in the order of a step."""
    from whipcount.results import scenario_engine

    found: dict[tuple[str, str], Decision] = {}
    for _, block in scenario_engine(loaded).plan.program.steps:
        for one in _recorded(block):
            found.setdefault((one.mechanism, one.name), one)
    return list(found.values())


def heterogeneity(scenario: Scenario) -> str:
    """How far actors differ: in positions and in traits."""
    from whipcount.scenario.schema import Traits

    actors = scenario.actors
    differ = []
    for axis in scenario.dimensions:
        places = [one.ideal[axis.id].centre for one in actors if axis.id in one.ideal]
        if places:
            span = f"{number(min(places), 2)} to {number(max(places), 2)}"
            differ.append(f"where they stand on {axis.name.en} (central values {span})")
    own = [name for name in Traits.model_fields if any(getattr(one, name) is not None for one in actors)]
    differ.append(f"traits of some of their own ({', '.join(own)})" if own else "no trait: all have the defaults")
    groups = f"{len(scenario.parties)} parties and {len(scenario.factions)} factions"
    return f"{len(actors)} actors of {groups} differ in {'; '.join(differ)}. All decide by the same rules."


def _recorded(block: Block) -> Iterator[Decision]:
    from whipcount.vocabulary.program import Decision, Repeat, When

    for statement in block.statements:
        if isinstance(statement, Decision):
            yield statement
        elif isinstance(statement, (When, Repeat)):
            yield from _recorded(statement.body)


def _row(one: Decision) -> str:
    options = "; ".join(
        f"`{option.name}`" + (f" ({', '.join(name for name, _ in option.terms)})" if option.terms else "")
        for option in one.options
    )
    return f"| `{one.mechanism}.{one.name}` | {one.axis or 'once a run'} | {options} |"
