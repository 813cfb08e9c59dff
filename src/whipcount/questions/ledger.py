"""The ledger of claims: what was claimed, by whom, how it was tested, what came out; frozen, and in words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from whipcount.scenario.schema import Claim, Scenario
from whipcount.scenario.values import Text
from whipcount.theory.result import Grid, Measure, Result, figure, listing, number, percent, say

from .turning import Turn
from .verdicts import Estimate, Sign, Signs, Verdict

Fate = Literal["kept", "open", "lost", "reversed"]
VERDICTS: dict[str, tuple[str, str]] = {
    "supported": ("supported", "подтверждается"),
    "contradicted": ("contradicted", "опровергается"),
    "undetermined": ("undetermined", "не решено"),
    "built in": ("built in", "заложено в модель"),
    "untestable": ("not testable here", "здесь не проверить"),
}
KINDS: dict[str, tuple[str, str]] = {
    "causal": ("causal", "причинное"),
    "counterfactual": ("counterfactual", "контрфактическое"),
    "partial": ("partial cause", "частичная причина"),
    "descriptive": ("descriptive", "описательное"),
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
    name: Text
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

    def test_in_words(self, language: str = "en") -> str:
        """What was done to test it."""
        if self.outcome_name is None:
            return self.reason
        outcome = self.outcome_name.in_language(language)
        given = say(language, f" Given: {listing(self.given)}.", f" При условии: {listing(self.given, 'ru')}.")
        if not self.do:
            told = say(language, f"Is it so in the model: {outcome}?", f"Так ли это в модели: {outcome}?")
        else:
            way = {"+": ("more", "больше"), "-": ("less", "меньше"), "0": ("neither more nor less", "столько же")}
            en, ru = way[self.sign or "0"]
            told = say(
                language,
                f"With {listing(self.do)}, is there {en} of this: {outcome}?",
                f"Если {listing(self.do, 'ru')}, становится ли {ru} этого: {outcome}?",
            )
        return told + (given if self.given else "")

    def finding_in_words(self, language: str = "en") -> str:
        """What came out, in a sentence or two."""
        if self.estimate is None:
            return self.reason
        found = self.estimate
        if found.pairs < 2:
            return say(
                language,
                "No world met the conditions, so nothing can be said.",
                "Таких миров не нашлось: сказать нечего.",
            )
        values = (found.effect, found.low, found.high)
        if not self.do:
            shown = [percent(v, language, 0) if self.binary else number(v, language) for v in values]
            return say(
                language,
                f"In {shown[0]} of worlds (95%: {shown[1]} to {shown[2]}).",
                f"В {shown[0]} миров (95%: от {shown[1]} до {shown[2]}).",
            )
        scale = 100.0 if self.binary else 1.0
        shown = [number(scale * v, language, 1 if self.binary else 3) for v in values]
        unit = say(language, " points", " п. п.") if self.binary else ""
        text = say(
            language,
            f"The change: {shown[0]}{unit} (95%: {shown[1]} to {shown[2]}), over {found.pairs:,} pairs of worlds",
            f"Изменение: {shown[0]}{unit} (95%: от {shown[1]} до {shown[2]}), пар миров: {found.pairs}",
        )
        if self.shares is not None:
            text += say(
                language,
                f"; the claimed sign in {percent(self.shares.claimed, language, 0)} of parameter draws, the other in "
                f"{percent(self.shares.against, language, 0)}",
                f"; названный знак в {percent(self.shares.claimed, language, 0)} наборов параметров, обратный в "
                f"{percent(self.shares.against, language, 0)}",
            )
        return text + "."

    def caveats(self, language: str = "en") -> tuple[str, ...]:
        """What a careful reader should know beside the verdict."""
        return tuple(text for text in (self._assumed(language), self._turns(language), *self._rivals(language)) if text)

    def _assumed(self, language: str) -> str:
        if self.assumed == "claimed":
            return say(
                language,
                f"The sign is the same in every draw of the prior (no counterexample among {self.looked} draws looked "
                "at again): the model assumes it and cannot support it.",
                f"Знак один и тот же при любых априорных параметрах (контрпримера нет и среди {self.looked} наборов, "
                "проверенных заново): модель это предполагает и подтвердить не может.",
            )
        if self.assumed == "against":
            return say(
                language,
                "The opposite sign holds in every draw of the prior: the model assumes it and cannot refute.",
                "При любых априорных параметрах знак обратный: модель предполагает противное и опровергнуть не может.",
            )
        return ""

    def _turns(self, language: str) -> str:
        turn = self.turn
        if turn is None:
            return ""
        scale = 100.0 if self.binary else 1.0
        below, above = (number(scale * value, language, 1) for value in (turn.below, turn.above))
        cut = number(turn.cut, language, 3)
        verb = (
            say(language, "turns", "меняет знак")
            if turn.reverses
            else say(language, "all but vanishes on one side", "с одной стороны почти исчезает")
            if turn.vanishes
            else say(language, "differs", "различается")
        )
        return say(
            language,
            f"It {verb} with {turn.parameter}: below {cut} {below}, above {above}.",
            f"Эффект {verb} в зависимости от {turn.parameter}: ниже {cut} — {below}, выше — {above}.",
        )

    def _rivals(self, language: str) -> tuple[str, ...]:
        if not self.rivals:
            return ()
        kept, tried = self.survived
        told = say(
            language,
            f"It survives {kept} of {tried} rival structures of the model",
            f"Держится при {kept} из {tried} иных устройств модели",
        )
        ways = (
            ("reversed", say(language, "it turns where ", "меняет знак, если ")),
            ("lost", say(language, "it is lost where ", "исчезает, если ")),
            ("open", say(language, "too few worlds to say where ", "слишком мало миров, чтобы судить, если ")),
        )
        for fate, words in ways:
            names = [rival.name.in_language(language) for rival in self.rivals if rival.fate == fate]
            if names:
                told += "; " + words + listing(names, language)
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

    slug: str
    title: Text
    account: str | None
    seed: int
    draws: int
    replicates: int
    posterior: str | None
    structures: tuple[Text, ...]
    entries: tuple[Entry, ...]

    def __getitem__(self, claim: str) -> Entry:
        """The entry of a claim by id."""
        return next(entry for entry in self.entries if entry.id == claim)

    def counts(self) -> dict[str, int]:
        """How many claims have which verdict."""
        return {verdict: sum(entry.verdict == verdict for entry in self.entries) for verdict in VERDICTS}

    def grids(self) -> tuple[Grid, ...]:
        """The tested claims, narrator's judgements apart from reported facts, and those that cannot be tested."""
        return (
            self._grid("judgements", "Narrators' judgements", "Суждения рассказчиков", judgement=True),
            self._grid("facts", "Reported facts", "Сообщаемые факты", judgement=False),
            Grid(
                "untestable",
                "Not testable in this model",
                "В этой модели не проверить",
                (Measure("id", "claim", "утверждение"), Measure("source", "source", "источник"),
                 Measure("reason", "reason", "причина")),
                tuple((e.id, e.source, e.reason) for e in self.entries if e.verdict == "untestable"),
            ),
        )  # fmt: skip

    def _grid(self, name: str, en: str, ru: str, *, judgement: bool) -> Grid:
        columns = (
            Measure("id", "claim", "утверждение"),
            Measure("source", "source", "источник"),
            Measure("kind", "kind", "вид"),
            Measure("verdict", "verdict", "вердикт"),
            figure("effect", "effect", "эффект", "+.3f"),
            figure("low", "low", "от", "+.3f"),
            figure("high", "high", "до", "+.3f"),
            figure("share", "share of draws", "доля наборов", ".2f"),
            figure("survived", "rivals survived", "держится", ""),
        )
        rows = tuple(
            (e.id, e.source, e.kind, e.verdict, e.estimate.effect, e.estimate.low, e.estimate.high, e.share,
             f"{e.survived[0]}/{e.survived[1]}" if e.rivals else None)
            for e in self.entries
            if e.estimate is not None and e.judgement == judgement
        )  # fmt: skip
        return Grid(name, en, ru, columns, rows)

    def words(self, language: str = "en") -> str:
        """How many of which verdict, and on what they rest."""
        counts = self.counts()
        told = [
            f"{VERDICTS[verdict][1 if language == 'ru' else 0]}: {many}" for verdict, many in counts.items() if many
        ]
        rests = say(
            language,
            f"{self.draws} parameter draws, {self.replicates} pairs of worlds each, from "
            + (f"the posterior {self.posterior}" if self.posterior else "the priors"),
            f"Наборов параметров: {self.draws}, пар миров на каждый: {self.replicates}; из "
            + (f"апостериорного распределения {self.posterior}" if self.posterior else "априорных распределений"),
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
