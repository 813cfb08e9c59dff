"""Claims and forecasts as work for the engine room."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from whipcount.errors import Problem, RunError, WebError
from whipcount.pool import tell
from whipcount.questions.claims_ledger import VERDICTS, Entry
from whipcount.questions.forecast_result import Forecast

from .asking import key_of
from .work import WorkLimits

if TYPE_CHECKING:
    from whipcount.scenario import LoadedScenario

CLAIM_RUNS = 4_000
CLAIM_SECONDS = 300.0
FORECAST_RUNS = 4_000
LEAST = 60  # effective worlds asked of a forecast on the page
BASE, OWN = "documented", "own"
MOST_FACTS = 12


@dataclass(frozen=True)
class ClaimsWork:
    """Claims to be tested, one after the other. folder: where worlds are kept that several claims need."""

    loaded: LoadedScenario
    claims: tuple[str, ...]
    seed: int
    folder: Path
    runs: int = CLAIM_RUNS

    @property
    def key(self) -> str:
        """The same for the same claims."""
        return key_of("claims", self.loaded, self.seed, self.runs, self.claims)

    @property
    def limits(self) -> WorkLimits:
        """A claim is tested in some ten seconds, rival structures of the model included."""
        return WorkLimits(CLAIM_SECONDS)

    def orders(self) -> Sequence[str]:
        """The claims."""
        return self.claims

    def size(self, order: str) -> int:  # noqa: ARG002 - all alike
        """Each is one."""
        return 1

    def begin(self) -> Callable[[str], Entry]:
        """The function that tests a claim."""
        return self._entry

    def gather(self, answers: Sequence[tuple[str, Entry]]) -> Mapping[str, Entry] | None:
        """The entries so far, by claim."""
        return dict(answers) or None

    def _entry(self, claim: str) -> Entry:
        from whipcount.questions.claims import claims

        entry = claims(self.loaded, self.runs, self.seed, only=[claim], out=self.folder, progress=tell)[claim]
        self.keep(claim, entry.verdict)
        return entry

    def _place(self, claim: str) -> Path:
        return self.folder / f"{key_of('verdict', self.loaded, self.seed, self.runs, claim)}.json"

    def keep(self, claim: str, verdict: str) -> None:
        """Keep a verdict on disk, so that a page knows it after the server was started anew."""
        from whipcount.store import make_folder, write_whole

        with contextlib.suppress(RunError):  # a full disk is no reason not to answer
            make_folder(self.folder, private=True)
            write_whole(self._place(claim), json.dumps({"verdict": verdict}).encode(), private=True)

    def kept(self, claim: str) -> str:
        """The verdict on a claim as it was kept; empty where there is none."""
        try:
            found = json.loads(self._place(claim).read_bytes())
        except (OSError, ValueError):
            return ""
        verdict = found.get("verdict") if isinstance(found, dict) else None
        return verdict if verdict in VERDICTS else ""


@dataclass(frozen=True)
class OwnFact:
    """A fact of the reader's: an outcome that came about or did not, and the day on which that became known."""

    outcome: str
    happened: bool
    known: dt.date

    def __str__(self) -> str:
        return f"{self.outcome},{'yes' if self.happened else 'no'},{self.known.isoformat()}"

    @classmethod
    def read(cls, text: str) -> OwnFact:
        """A fact as an address holds it. Raises WebError (WC740)."""
        parts = [part.strip() for part in text.split(",")]
        try:
            outcome, happened, known = parts
            return cls(outcome, {"yes": True, "no": False}[happened], dt.date.fromisoformat(known))
        except (ValueError, KeyError):
            raise WebError.one("WC740", f"{text[:80]!r} is no fact", "write it as outcome,yes,1917-11-13") from None


@dataclass(frozen=True)
class Foreseen:
    """A forecast from what is documented, and one from the reader's facts too."""

    documented: Forecast | None
    own: Forecast | None

    @property
    def shown(self) -> Forecast | None:
        """The one that knows most."""
        return self.own or self.documented


@dataclass(frozen=True)
class ForecastWork:
    """A forecast on a day. written: a YAML file of further facts, read within a limit of memory."""

    loaded: LoadedScenario
    until: dt.date
    facts: tuple[OwnFact, ...]
    written: str
    with_documented: bool
    seed: int
    memory: int = 1_000_000_000
    runs: int = FORECAST_RUNS

    @property
    def key(self) -> str:
        """The same for the same day and facts."""
        facts = (self.until, self.facts, self.written, self.with_documented)
        return key_of("forecast", self.loaded, self.seed, self.runs, facts)

    @property
    def limits(self) -> WorkLimits:
        """Some seconds; a stranger's file gets little memory."""
        return WorkLimits(CLAIM_SECONDS, self.memory if self.written else None)

    def orders(self) -> Sequence[str]:
        """What is documented, then the reader's facts, if there are any."""
        own = [OWN] if self.facts or self.written.strip() else []
        return [BASE, *own] if self.with_documented else own

    def size(self, order: str) -> int:  # noqa: ARG002 - all alike
        """Each is one."""
        return 1

    def begin(self) -> Callable[[str], Forecast]:
        """The function that forecasts."""
        return self._forecast

    def gather(self, answers: Sequence[tuple[str, Forecast]]) -> Foreseen | None:
        """What there is of the two."""
        found = dict(answers)
        return Foreseen(found.get(BASE), found.get(OWN)) if found else None

    def _forecast(self, order: str) -> Forecast:
        from whipcount.questions.forecast import forecast

        with tempfile.TemporaryDirectory(prefix="whipcount-") as folder:
            file = None
            if order == OWN:
                file = Path(folder) / "facts.yaml"
                file.write_text(self._file(), encoding="utf-8")
            return forecast(
                self.loaded, self.until, self.runs, self.seed,
                facts=file, documented_facts=self.with_documented, least=LEAST, progress=tell,
            )  # fmt: skip

    def _file(self) -> str:
        """The reader's facts as one file of facts."""
        if not self.facts:
            return self.written
        records = [self._record(number, fact) for number, fact in enumerate(self.facts, start=1)]
        if self.written.strip():
            from whipcount.scenario.yaml_nodes import parse

            plain = parse(self.written, "facts").plain()
            further = plain.get("facts") if isinstance(plain, dict) else None
            if not isinstance(further, list):
                raise WebError.one("WC740", "the file holds no list of facts", "begin it with `facts:`")
            records += further
        return json.dumps({"facts": records}, ensure_ascii=False, default=str)

    def _record(self, number: int, fact: OwnFact) -> dict[str, Any]:
        known = {outcome.id: outcome for outcome in self.loaded.scenario.outcomes}
        if fact.outcome not in known:
            raise WebError(Problem("WC740", f"there is no outcome {fact.outcome[:80]!r}", "choose one of the list"))
        outcome = known[fact.outcome]
        if not outcome.measure.is_binary:
            raise WebError.one("WC740", f"{fact.outcome} is a number, not a yes or no", "write it in YAML below")
        return {
            "id": f"own_{number}_{fact.outcome}",
            "date": fact.known.isoformat(),
            "measure": outcome.measure.model_dump(mode="json", by_alias=True, exclude_none=True, exclude_defaults=True),
            "happened": fact.happened,
            "name": {"en": outcome.name.en, "ru": outcome.name.ru},
        }
