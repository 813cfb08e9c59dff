"""Claims: every causal statement of the sources, its test, and what came out of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from whipcount.errors import Problem, WebError
from whipcount.questions.claims_ledger import KINDS, VERDICTS, Entry, source_of
from whipcount.report.claims_page import apportioned_rows
from whipcount.report.groundwork import anchor_of, places_of
from whipcount.text import language, localised, mark, number, say
from whipcount.web.changes import Teller
from whipcount.web.engine_room import ARMS, begin_idle, begin_job, jobs_of
from whipcount.web.examining import ClaimsWork
from whipcount.web.jobs import JobView
from whipcount.web.rendering import address, render, settings_of, subject_of
from whipcount.web.security import visitor_of

if TYPE_CHECKING:
    from whipcount.counterfactual.verdicts import Estimate
    from whipcount.scenario.schema import Claim

PATH = "/claims"
TITLE = mark("Claims")
ORDER = 40
EVERY = "all"
UNTESTED = "untested"
WIDTH, MARGIN = 240.0, 8.0


def routes() -> list[Route]:
    """The ledger, a test as a part of it, beginning and cancelling."""
    return [
        Route(PATH, claims, name="claims"),
        Route("/claims/test", test, name="test"),
        Route("/claims/begin", begin, methods=["POST"], name="begin_test"),
        Route("/claims/cancel", cancel, methods=["POST"], name="cancel_test"),
    ]


@dataclass(frozen=True)
class Pointer:
    """A work that a claim stands in: who wrote it (else what it is called), the paragraph, and where it is shown."""

    source: str
    author: str
    where: str
    address: str


@dataclass(frozen=True)
class Line:
    """A claim of the ledger: what is claimed and by whom; its verdict, once it is known."""

    id: str
    text: str
    pointers: tuple[Pointer, ...]
    kind: str
    judgement: bool
    untestable: str
    verdict: str
    verdict_name: str


@dataclass(frozen=True)
class Dot:
    """An estimate on the scale of a test: what it is of, in numbers, and where its interval and itself stand."""

    name: str
    told: str
    fate: str
    places: tuple[float, float, float]


def work_of(request: Request, chosen: str) -> ClaimsWork:
    """One claim's test, or all. Raises WebError (WC741) where there is no such claim."""
    subject = subject_of(request)
    testable = [claim.id for claim in subject.loaded.scenario.claims if claim.outcome is not None]
    if chosen != EVERY and chosen not in testable:
        raise WebError.one("WC741", f"there is no claim {chosen[:80]!r} that can be tested", "choose one of the list")
    names = tuple(testable) if chosen == EVERY else (chosen,)
    return ClaimsWork(subject.loaded, names, subject.seed, settings_of(request).data_dir / ARMS)


def claims(request: Request) -> Response:
    """The whole ledger; the test of the claim that the address names is open."""
    chosen = request.query_params.get("claim", "")
    view = jobs_of(request).view(work_of(request, chosen).key) if chosen else None
    if any(claim.outcome is not None for claim in subject_of(request).loaded.scenario.claims):
        begin_idle(request, work_of(request, EVERY))
    every = _lines(request)
    asked = Asked.of(request)
    lines = [line for line in every if asked.takes(line)]
    sources = {one.source: one.author for line in every for one in line.pointers}
    return render(
        request,
        "claims.html",
        asked=asked,
        sources=sources,
        verdicts={key: say(name) for key, name in VERDICTS.items() if any(line.verdict == key for line in every)},
        all_of=len(every),
        ahead=_ahead(request),
        shown=len(lines),
        judgements=[line for line in lines if line.judgement and not line.untestable],
        facts=[line for line in lines if not line.judgement and not line.untestable],
        untestable=[line for line in lines if line.untestable],
        **_tested(request, chosen, view),
    )


def _ahead(request: Request) -> tuple[int, int] | None:
    """How many claims are tested already, of how many, while the rest is being tested; none where nothing is."""
    view = jobs_of(request).view(work_of(request, EVERY).key)
    return None if view is None or view.is_finished else (view.done, view.whole)


def _lines(request: Request) -> list[Line]:
    subject = subject_of(request)
    found = _known(request)
    kept = ClaimsWork(subject.loaded, (), subject.seed, settings_of(request).data_dir / ARMS)
    lines = []
    for claim in subject.loaded.scenario.claims:
        _, judgement = source_of(claim, subject.loaded.scenario)
        known = claim.id in found or claim.outcome is None
        verdict = found[claim.id].verdict if claim.id in found else "" if known else kept.kept(claim.id)
        lines.append(
            Line(
                claim.id, claim.text.in_language(), _pointers(request, claim), say(KINDS[claim.kind]), judgement,
                _untestable(claim), verdict, say(VERDICTS[verdict]) if verdict else "",
            )
        )  # fmt: skip
    return lines


def _pointers(request: Request, claim: Claim) -> tuple[Pointer, ...]:
    """Where a claim stands: in the accounts, if it stands in any, else wherever it is cited from."""
    scenario = subject_of(request).loaded.scenario
    works = {source.id: source for source in scenario.sources}
    cited = [one for one in claim.evidence if works[one.source].account] or list(claim.evidence)
    found: dict[tuple[str, str], Pointer] = {}
    for one in cited:
        work = works[one.source]
        author = work.author.partition(" (")[0] or work.title.in_language()
        passage = anchor_of(places_of(one.where)[0])
        to = f"{address(request, '/sources', source=one.source)}#{passage}"
        found[one.source, one.where] = Pointer(one.source, author, one.where, to)
    return tuple(found.values())


@dataclass(frozen=True)
class Asked:
    """Which claims are to be shown: of a source, with a verdict, with these words."""

    source: str = ""
    verdict: str = ""
    words: str = ""

    @classmethod
    def of(cls, request: Request) -> Asked:
        """As the address says."""
        query = request.query_params
        return cls(query.get("source", "")[:80], query.get("verdict", "")[:40], query.get("words", "")[:200].strip())

    @property
    def anything(self) -> bool:
        """Whether any are left out."""
        return bool(self.source or self.verdict or self.words)

    def takes(self, line: Line) -> bool:
        """Whether a claim is one of them."""
        verdict = {"": True, UNTESTED: not line.verdict and not line.untestable}.get(
            self.verdict, line.verdict == self.verdict
        )
        of_source = not self.source or any(one.source == self.source for one in line.pointers)
        text = f"{line.text} {line.kind}".casefold()
        return verdict and of_source and all(word in text for word in self.words.casefold().split())

    def query(self) -> dict[str, str | None]:
        """The same as an address says it."""
        return {"source": self.source or None, "verdict": self.verdict or None, "words": self.words or None}


def _untestable(claim: Claim) -> str:
    return "" if claim.outcome is not None else str(claim.untestable or "–")


def _known(request: Request) -> dict[str, Entry]:
    """Every entry that was computed, alone or with all others, and is still kept."""
    jobs, scenario = jobs_of(request), subject_of(request).loaded.scenario
    found: dict[str, Entry] = {}
    for chosen in (EVERY, *(claim.id for claim in scenario.claims if claim.outcome is not None)):
        view = jobs.view(work_of(request, chosen).key)
        found |= (view.result or {}) if view is not None else {}
    return found


def _tested(request: Request, chosen: str, view: JobView | None, problems: tuple[Problem, ...] = ()) -> dict[str, Any]:
    """What the part of the page that tells a test needs."""
    subject = subject_of(request)
    teller = subject.kept(("teller", language()), partial(Teller, subject.loaded))
    entries: dict[str, Entry] = (view.result or {}) if view is not None else {}
    entry = entries.get(chosen)
    text = next((one.text for one in subject.loaded.scenario.claims if one.id == chosen), None)
    lang = {"lang": request.query_params["lang"]} if "lang" in request.query_params else {}
    ask = [("do", one) for one in entry.do] + [("given", one) for one in entry.given] if entry is not None else []
    dots, marks = (
        _dots(
            entry,
        )
        if entry is not None
        else ((), ())
    )
    return {
        "chosen": chosen,
        "every": chosen == EVERY,
        "claim_text": text.in_language() if text is not None else "",
        "query": urlencode({"claim": chosen, **lang}),
        "view": view,
        "problems": problems or (view.problems if view is not None else ()),
        "entry": entry,
        "verdict": say(VERDICTS[entry.verdict]) if entry is not None else "",
        "test_words": entry.test_in_words() if entry is not None else "",
        "finding": entry.finding_in_words() if entry is not None else "",
        "caveats": entry.caveats() if entry is not None else (),
        "changes": [teller.told(one) for one in entry.do] if entry is not None else [],
        "causes": _causes(
            entry,
            teller,
        ),
        "dots": dots,
        "marks": marks,
        "ask_address": "/ask?" + urlencode([*ask, *lang.items()]) if ask else "",
        "counts": _counts(
            entries,
        ),
    }


def _causes(entry: Entry | None, teller: Teller) -> list[tuple[str, str, str]]:
    """Rival causes in words, with their shares and what they do alone."""
    if entry is None or entry.apportioned is None:
        return []
    rows = apportioned_rows(entry.apportioned, entry.binary)
    told = ["; ".join(teller.told(text) for text in cause.do) for cause in entry.apportioned.causes]

    def numbers(text: str) -> str:
        return localised(text.replace("-", "−"))

    return [
        (told[place] if place < len(told) else name, numbers(share), numbers(alone))
        for place, (name, share, alone) in enumerate(rows)
    ]


def _counts(entries: dict[str, Entry]) -> list[tuple[str, str, int]]:
    """How many claims came out how."""
    found = [entry.verdict for entry in entries.values()]
    return [(key, say(name), found.count(key)) for key, name in VERDICTS.items() if key in found]


def _dots(entry: Entry) -> tuple[tuple[Dot, ...], tuple[tuple[float, str], ...]]:
    """The effect as the model is, and under each rival structure, on one scale."""
    if entry.estimate is None or not entry.do:
        return (), ()
    all_of = [
        (say("As the model is"), entry.estimate, "kept"),
        *((say(one.name), one.estimate, one.fate) for one in entry.rivals),
    ]
    known = [(name, one, fate) for name, one, fate in all_of if one.low == one.low]
    if not known:
        return (), ()
    factor = 100.0 if entry.binary else 1.0
    end = max(max(abs(one.low), abs(one.high)) for _, one, _ in known) * factor or 1.0

    def place(value: float) -> float:
        return round(WIDTH / 2 + factor * value / end * (WIDTH / 2 - MARGIN), 1)

    dots = tuple(
        Dot(
            name,
            _told(
                one,
                factor,
            ),
            fate,
            (place(one.low), place(one.effect), place(one.high)),
        )
        for name, one, fate in known
    )
    digits = 1 if end >= 1 else 3
    marks = tuple((place(value / factor), number(value, digits)) for value in (-end, 0.0, end))
    return dots, marks


def _told(one: Estimate, factor: float) -> str:
    digits = 1 if factor > 1 else 3
    effect, low, high = (number(factor * value, digits) for value in (one.effect, one.low, one.high))
    return f"{effect} ({low} … {high})"


def test(request: Request) -> Response:
    """How a test stands, as a part of the page."""
    chosen = request.query_params.get("claim", "")
    return _part(request, chosen, jobs_of(request).view(work_of(request, chosen).key))


def begin(request: Request) -> Response:
    """Begin a test."""
    chosen = request.query_params.get("claim", "")
    view, problems = None, tuple[Problem, ...]()
    try:
        view = begin_job(request, work_of(request, chosen))
    except WebError as error:
        if "hx-request" not in request.headers:
            raise
        problems = error.problems
    return _part(request, chosen, view, problems)


def cancel(request: Request) -> Response:
    """Stop a test."""
    chosen = request.query_params.get("claim", "")
    return _part(request, chosen, jobs_of(request).cancel(work_of(request, chosen).key, visitor_of(request)))


def _part(request: Request, chosen: str, view: JobView | None, problems: tuple[Problem, ...] = ()) -> Response:
    context = _tested(request, chosen, view, problems)
    if "hx-request" not in request.headers and request.method == "POST":
        return RedirectResponse(f"{PATH}?{context['query']}", 303)
    return render(request, "parts/test.html", **context)
