"""Compare: the run under one source's account and under another's, in the same worlds, outcome by outcome.

Which differences of the sources matter: besides the whole accounts, each disputed matter is switched alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from whipcount.counterfactual.engines import Parameters, engine_of
from whipcount.counterfactual.pairs import EngineMaker, Progress
from whipcount.errors import QuestionError
from whipcount.table import Column, Result, Table, figure
from whipcount.text import listing, say

from .ask import Answer, compare_sides, effect_in_words

if TYPE_CHECKING:
    from whipcount.scenario import LoadedScenario

MATTERS = 0.02  # a change of a probability that is worth telling


@dataclass(frozen=True)
class Matter:
    """One disputed matter, switched alone from the first account's version to the second's."""

    variant: str
    first: str
    second: str
    answer: Answer

    @property
    def moved(self) -> tuple[str, ...]:
        """Outcomes that it clearly moves by more than a trifle."""
        return tuple(e.outcome for e in self.answer.effects if e.clear and (not e.binary or abs(e.effect) >= MATTERS))


@dataclass(frozen=True)
class Comparison(Result):
    """Two accounts side by side: the whole difference, and that of each disputed matter alone."""

    references: ClassVar[tuple[str, ...]] = ("pearl_2009",)
    undrawn: ClassVar[str] = "its table sets the outcomes side by side; draw the runs of each with Results.chart()"

    first: str
    second: str
    whole: Answer
    matters: tuple[Matter, ...]

    def moving(self, outcome: str) -> tuple[str, ...]:
        """The disputed matters that move an outcome."""
        return tuple(matter.variant for matter in self.matters if outcome in matter.moved)

    def tables(self) -> tuple[Table, ...]:
        """Outcomes under both accounts, and what each disputed matter moves."""
        columns = (
            Column("outcome", "outcome"),
            figure("first", self.first, ".3f"),
            figure("second", self.second, ".3f"),
            figure("effect", "difference", "+.3f"),
            figure("low", "low", "+.3f"),
            figure("high", "high", "+.3f"),
            Column("by", "moved by"),
        )
        rows = tuple(
            (e.outcome, e.before, e.after, e.effect, e.low, e.high, self.moving(e.outcome)) for e in self.whole.effects
        )
        disputed = Table(
            "matters",
            "Disputed matters, each switched alone",
            (
                Column("variant", "matter"),
                Column("first", self.first, self.first),
                Column("second", self.second, self.second),
                figure("parted", "pairs that part", ""),
                Column("moved", "moves"),
            ),
            tuple((m.variant, m.first, m.second, m.answer.parted, m.moved) for m in self.matters),
        )
        return Table("outcomes", "Under both accounts", columns, rows), disputed

    def sentences(self) -> str:
        """Which differences of the sources matter, and which do not."""
        lines = []
        for matter in self.matters:
            if matter.moved:
                told = listing(matter.moved)
                lines.append(say("{variant} matters: {told}.", variant=matter.variant, told=told))
            else:
                lines.append(say("{variant} hardly matters for any outcome.", variant=matter.variant))
        clear = sorted((e for e in self.whole.effects if e.clear and e.binary), key=lambda e: -abs(e.effect))
        lines += [effect_in_words(effect) for effect in clear[:5]]
        if not clear:
            lines.append(say("No outcome clearly differs."))
        return "\n".join(lines)

    def record(self) -> dict[str, Any]:
        """Everything, as JSON can carry it."""
        outcomes, _ = self.tables()
        return {
            "scenario": self.whole.slug,
            "accounts": [self.first, self.second],
            "seed": self.whole.seed,
            "runs": self.whole.drawn,
            "parted": self.whole.parted,
            "outcomes": outcomes.records(),
            "matters": [
                {
                    "variant": m.variant, "first": m.first, "second": m.second, "parted": m.answer.parted,
                    "moved": list(m.moved), "effects": m.answer.record()["effects"],
                }
                for m in self.matters
            ],
        }  # fmt: skip


def compare(
    loaded: LoadedScenario,
    accounts: Sequence[str] = (),
    outcomes: Sequence[str] = (),
    runs: int = 10_000,
    seed: int = 1,
    workers: int = 1,
    *,
    parameters: Parameters | None = None,
    progress: Progress | None = None,
    engine_maker: EngineMaker = engine_of,
) -> Comparison:
    """Run two accounts (the first two of the scenario, if none are named) in the same worlds.

    Raises QuestionError: WC418 where there are not two accounts, WC403 an unknown one.
    """
    known = [account.id for account in loaded.scenario.accounts]
    chosen = list(accounts) or known[:2]
    if len(chosen) != 2 or chosen[0] == chosen[1]:
        raise QuestionError.one(
            "WC418",
            f"{len(set(chosen))} accounts to compare, not two",
            f"the scenario has {', '.join(known) or 'none'}",
        )
    pairs = [([f"account = {chosen[0]}"], [f"account = {chosen[1]}"])]
    first, second = (_choices(loaded, account) for account in chosen)
    differ = [variant for variant in first if first[variant] != second.get(variant)]
    for variant in differ:
        pairs.append((pairs[0][0], [f"account = {chosen[0]}", f"variant.{variant} = {second[variant]}"]))
    if len(differ) < 2 and not _own(loaded, chosen):
        pairs = pairs[:1]  # the one disputed matter is the whole difference
    answers = []
    for number, (before, after) in enumerate(pairs):

        def advance(done: int, total: int, number: int = number) -> None:
            if progress is not None:
                progress((number * total + done) // len(pairs), total)

        answers.append(
            compare_sides(
                loaded, before, after, (), outcomes, runs, seed, workers,
                parameters=parameters, progress=advance, engine_maker=engine_maker,
            )
        )  # fmt: skip
    alone = answers[1:] or answers * len(differ)
    matters = (
        Matter(variant, first[variant], second[variant], answer) for variant, answer in zip(differ, alone, strict=True)
    )
    return Comparison(chosen[0], chosen[1], answers[0], tuple(matters))


def _choices(loaded: LoadedScenario, account: str) -> dict[str, str]:
    """An account's version of each variant."""
    taken = next((one.choices for one in loaded.scenario.accounts if one.id == account), {})
    return {variant.id: taken.get(variant.id, variant.default) for variant in loaded.scenario.variants}


def _own(loaded: LoadedScenario, accounts: Sequence[str]) -> bool:
    """Whether one of the accounts overrides something beside the variants."""
    return any(one.set for one in loaded.scenario.accounts if one.id in accounts)
