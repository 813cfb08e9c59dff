"""The ledger of claims: what was claimed, by whom, how it was tested, what came out; frozen, and in words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from whipcount.counterfactual.turning_points import Turn
from whipcount.counterfactual.verdicts import Estimate, Sign, Signs, Verdict
from whipcount.scenario.schema import Claim, Scenario
from whipcount.scenario.values import Text
from whipcount.table import Column, Result, Table, figure
from whipcount.text import listing, mark, number, percent, say

Fate = Literal["kept", "open", "lost", "reversed"]
VERDICTS: dict[str, str] = {
    "supported": mark("supported"),
    "contradicted": mark("contradicted"),
    "undetermined": mark("undetermined"),
    "built in": mark("built in"),
    "untestable": mark("not testable here"),
}
KINDS: dict[str, str] = {
    "causal": mark("causal"),
    "counterfactual": mark("counterfactual"),
    "partial": mark("partial cause"),
    "descriptive": mark("descriptive"),
}


@dataclass(frozen=True)
class Cause:
    """One of rival causes: its share of their joint effect, and what it does alone."""

    do: tuple[str, ...]
    share: Estimate
    alone: Estimate


@dataclass(frozen=True)
class Apportioned:
    """A joint effect divided among rival causes (the shares sum to it), and what they do beyond the sum of each."""

    causes: tuple[Cause, ...]
    joint: Estimate
    interaction: Estimate


@dataclass(frozen=True)
class UnderRival:
    """The effect under a rival structure of the model, and what becomes there of its direction.

    kept: as clear, and of one sign; open: not clear there, but an effect as large is not ruled out; lost: it is;
    reversed: clearly the other sign.
    """

    structure: str
    name: str
    estimate: Estimate
    fate: Fate


@dataclass(frozen=True)
class Entry:
    """A claim and what became of it. `worlds`: pairs that meet its conditions; `base`: mean of the outcome in them."""

    id: str
    text: Text
    kind: str
    source: str
    judgement: bool
    do: tuple[str, ...]
    given: tuple[str, ...]
    outcome: str | None
    outcome_name: Text | None
    binary: bool
    sign: Sign | None
    verdict: Verdict
    reason: str = ""
    estimate: Estimate | None = None
    base: float = math.nan
    shares: Signs | None = None
    prior_shares: Signs | None = None
    assumed: Literal["claimed", "against", ""] = ""
    looked: int = 0
    turn: Turn | None = None
    rivals: tuple[UnderRival, ...] = ()
    apportioned: Apportioned | None = None

    @property
    def survived(self) -> tuple[int, int]:
        """Rival structures in which the effect keeps its direction, of those in which it was tried."""
        return sum(rival.fate == "kept" for rival in self.rivals), len(self.rivals)

    @property
    def share(self) -> float:
        """Share of the draws in which the effect has the claimed sign."""
        return self.shares.claimed if self.shares is not None else math.nan

    def test_in_words(self) -> str:
        """What was done to test it."""
        if self.outcome_name is None:
            return self.reason
        outcome = self.outcome_name.in_language()
        given = say(" Given: {given}.", given=listing(self.given))
        if not self.do:
            told = say("Is it so in the model: {outcome}?", outcome=outcome)
        else:
            way = {"+": mark("more"), "-": mark("less"), "0": mark("neither more nor less")}
            told = say(
                "With {do}, is there {more} of this: {outcome}?",
                do=listing(self.do),
                more=say(way[self.sign or "0"]),
                outcome=outcome,
            )
        return told + (given if self.given else "")

    def finding_in_words(self) -> str:
        """What came out, in a sentence or two."""
        if self.estimate is None:
            return self.reason
        found = self.estimate
        if found.pairs < 2:
            return say("No world met the conditions, so nothing can be said.")
        values = (found.effect, found.low, found.high)
        if not self.do:
            shown = [percent(v, 0) if self.binary else number(v) for v in values]
            return say(
                "In {shown} of worlds (95%: {shown_2} to {shown_3}).",
                shown=shown[0],
                shown_2=shown[1],
                shown_3=shown[2],
            )
        scale = 100.0 if self.binary else 1.0
        shown = [number(scale * v, 1 if self.binary else 3) for v in values]
        unit = say(" points") if self.binary else ""
        text = say(
            "The change: {shown}{unit} (95%: {shown_2} to {shown_3}), over {pairs:,} pairs of worlds",
            shown=shown[0],
            unit=unit,
            shown_2=shown[1],
            shown_3=shown[2],
            pairs=found.pairs,
        )
        if self.shares is not None:
            text += say(
                "; the claimed sign in {claimed} of parameter draws, the other in {against}",
                claimed=percent(self.shares.claimed, 0),
                against=percent(self.shares.against, 0),
            )
        return text + "."

    def caveats(self) -> tuple[str, ...]:
        """What a careful reader should know beside the verdict."""
        return tuple(text for text in (self._assumed(), self._turns(), *self._rivals()) if text)

    def _assumed(self) -> str:
        if self.assumed == "claimed":
            return say(
                "The sign is the same in every draw of the prior (no counterexample among {looked} draws "
                "looked at again): the model assumes it and cannot support it.",
                looked=self.looked,
            )
        if self.assumed == "against":
            return say("The opposite sign holds in every draw of the prior: the model assumes it and cannot refute.")
        return ""

    def _turns(self) -> str:
        turn = self.turn
        if turn is None:
            return ""
        scale = 100.0 if self.binary else 1.0
        below, above = (number(scale * value, 1) for value in (turn.below, turn.above))
        cut = number(turn.cut, 3)
        verb = (
            say("turns") if turn.reverses else say("all but vanishes on one side") if turn.vanishes else say("differs")
        )
        return say(
            "It {verb} with {parameter}: below {cut} {below}, above {above}.",
            verb=verb,
            parameter=turn.parameter,
            cut=cut,
            below=below,
            above=above,
        )

    def _rivals(self) -> tuple[str, ...]:
        if not self.rivals:
            return ()
        kept, tried = self.survived
        told = say("It survives {kept} of {tried} rival structures of the model", kept=kept, tried=tried)
        ways = (
            ("reversed", say("it turns where ")),
            ("lost", say("it is lost where ")),
            ("open", say("too few worlds to say where ")),
        )
        for fate, words in ways:
            names = [say(rival.name) for rival in self.rivals if rival.fate == fate]
            if names:
                told += "; " + words + listing(names)
        return (told + ".",)

    def record(self) -> dict[str, Any]:
        """The entry as JSON can carry it."""
        found = self.estimate
        return {
            "id": self.id,
            "source": self.source,
            "kind": self.kind,
            "verdict": self.verdict,
            "effect": found.effect if found else None,
            "low": found.low if found else None,
            "high": found.high if found else None,
            "share": self.share,
            "text": {"en": self.text.en, "ru": self.text.ru},
            "judgement": self.judgement,
            "do": list(self.do),
            "given": list(self.given),
            "outcome": self.outcome,
            "sign": self.sign,
            "reason": self.reason,
            "pairs": found.pairs if found else 0,
            "base": self.base,
            "share_none": self.shares.none if self.shares else None,
            "share_against": self.shares.against if self.shares else None,
            "prior_share": self.prior_shares.claimed if self.prior_shares else None,
            "assumed": self.assumed,
            "turn": {**vars(self.turn), "reverses": self.turn.reverses} if self.turn else None,
            "survived": list(self.survived),
            "rivals": [
                {"structure": rival.structure, "fate": rival.fate, **vars(rival.estimate)} for rival in self.rivals
            ],
            "causes": self._causes(),
            "interaction": vars(self.apportioned.interaction) if self.apportioned else None,
            "joint": vars(self.apportioned.joint) if self.apportioned else None,
        }

    def _causes(self) -> list[dict[str, Any]]:
        if self.apportioned is None:
            return []
        return [
            {"do": list(cause.do), "share": vars(cause.share), "alone": vars(cause.alone)}
            for cause in self.apportioned.causes
        ]


@dataclass(frozen=True)
class Ledger(Result):
    """Every claim of a scenario with its verdict."""

    references: ClassVar[tuple[str, ...]] = ("shapley_1953", "kiefer_wolfowitz_1956", "pearl_2009")
    undrawn: ClassVar[str] = "its tables list the claims with their verdicts"

    slug: str
    title: Text
    account: str | None
    seed: int
    draws: int
    replicates: int
    posterior: str | None
    structures: tuple[str, ...]
    entries: tuple[Entry, ...]

    def __getitem__(self, claim: str) -> Entry:
        """The entry of a claim by id."""
        return next(entry for entry in self.entries if entry.id == claim)

    def counts(self) -> dict[str, int]:
        """How many claims have which verdict."""
        return {verdict: sum(entry.verdict == verdict for entry in self.entries) for verdict in VERDICTS}

    def tables(self) -> tuple[Table, ...]:
        """The tested claims, narrator's judgements apart from reported facts, and those that cannot be tested."""
        return (
            self._grid("judgements", "Narrators' judgements", judgement=True),
            self._grid("facts", "Reported facts", judgement=False),
            Table(
                "untestable",
                "Not testable in this model",
                (Column("id", "claim"), Column("source", "source"),
                 Column("reason", "reason", wide=True)),
                tuple((e.id, e.source, e.reason) for e in self.entries if e.verdict == "untestable")),
        )  # fmt: skip

    def _grid(self, name: str, title: str, *, judgement: bool) -> Table:
        columns = (
            Column("id", "claim"),
            Column("source", "source", priority=2),
            Column("kind", "kind", priority=2),
            Column("verdict", "verdict"),
            figure("effect", "effect", "+.3f"),
            figure("low", "low", "+.3f"),
            figure("high", "high", "+.3f"),
            figure("share", "share of draws", ".2f"),
            figure("survived", "rivals survived", ""),
        )
        rows = tuple(
            (e.id, e.source, e.kind, e.verdict, e.estimate.effect, e.estimate.low, e.estimate.high, e.share,
             f"{e.survived[0]}/{e.survived[1]}" if e.rivals else None)
            for e in self.entries
            if e.estimate is not None and e.judgement == judgement
        )  # fmt: skip
        return Table(name, title, columns, rows)

    def sentences(self) -> str:
        """How many of which verdict, and on what they rest."""
        counts = self.counts()
        told = [f"{say(VERDICTS[verdict])}: {many}" for verdict, many in counts.items() if many]
        rests = say(
            "{draws} parameter draws, {replicates} pairs of worlds each, from {source}",
            draws=self.draws,
            replicates=self.replicates,
            source=say("the posterior {posterior}", posterior=self.posterior) if self.posterior else say("the priors"),
        )
        return "; ".join(told) + ".\n" + rests + "."

    def record(self) -> dict[str, Any]:
        """Everything, as JSON can carry it."""
        return {
            "scenario": self.slug,
            "account": self.account,
            "seed": self.seed,
            "draws": self.draws,
            "replicates": self.replicates,
            "posterior": self.posterior,
            "counts": self.counts(),
            "claims": [entry.record() for entry in self.entries],
        }


def source_of(claim: Claim, scenario: Scenario) -> tuple[str, bool]:
    """The account that makes a claim, with its paragraph; and whether it is the narrator's own judgement."""
    accounts = {source.id for source in scenario.sources if source.account}
    cited = [entry for entry in claim.evidence if entry.source in accounts] or list(claim.evidence)
    places = [f"{entry.source}:{entry.where}" if entry.where else entry.source for entry in cited]
    return ", ".join(places), any(entry.kind == "judgement" for entry in cited)
