"""A page for each crisis of the library: `python docs/crisis_pages.py FOLDER`.

The folder is that of the runs of all crises; claims are tested once and kept beside them:

    whipcount validate -n 1000 --out FOLDER

Each page of `docs/crises/` is written whole: what is documented and what assumed, every question and outcome with what
is simulated of it, the claims with their verdicts, the closest and a typical run. Nothing on them is written by hand.
"""

from __future__ import annotations

import hashlib
import json
import math
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from library_page import Told, _date, _documented, _probability, _score, _sentence, _table, forecasts, surprises

import whipcount
from whipcount.data.documented_quarrels import shipped_quarrels
from whipcount.questions.library import POPULATION, documented
from whipcount.questions.politics import histories
from whipcount.results import OutcomeSummary, Results, open_run
from whipcount.results.structure import rules
from whipcount.scenario import LoadedScenario, provenance
from whipcount.theory.politics_table import shipped_politics
from whipcount.theory.probability_scores import log_score
from whipcount.theory.questionnaire import HAPPENED, KEYS

FOLDER = Path(__file__).parent / "crises"
SHOWN = 40  # lines of a transcript: the rest is one command away
OWN_PAGES = {
    "november-1917": (
        "its [outcomes](../explanation/november-1917.md), [priors](../explanation/november-1917-prior.md), "
        "[posterior with all claims](../explanation/november-1917-posterior.md) and "
        "[forecasts as it went](../explanation/november-1917-forecast.md)"
    ),
}
VERDICTS = {
    "supported": "supported",
    "contradicted": "contradicted",
    "undetermined": "not to be told",
    "built_in": "built in",
    "untestable": "not testable",
}


def page(told: Told, place: int, results: Results, claims: Sequence[dict[str, Any]]) -> str:
    """A crisis's page, from its runs and the verdicts on its claims."""
    loaded = told.crises[place]
    parts = (
        _head(told, place, results),
        _questions(told, place),
        _outcomes(results),
        _claims(loaded, claims),
        _record(loaded),
        _assumptions(loaded),
        _transcripts(results),
    )
    return "\n".join(line for part in parts for line in part).rstrip("\n") + "\n"


def _head(told: Told, place: int, results: Results) -> Iterator[str]:
    loaded = told.crises[place]
    scenario = loaded.scenario
    roles = scenario.roles
    assert roles is not None
    names = {one.id: one.name.en for one in (*scenario.parties, *scenario.factions, *scenario.actors)}
    simulated, learnt, base = (told.score(one, place) for one in (told.simulated, told.learnt, told.base))
    better = "better" if simulated > base else "worse"
    yield f"# {scenario.title.en}"
    yield ""
    yield (
        f"**At its own word the simulation foretells this crisis {better} than base rates**: log score "
        f"{_score(simulated)} against {_score(base)} on the 24 questions; {_score(learnt)} with what the other crises "
        f"teach. Most wrong about: {'; '.join(surprises(told, place))}."
    )
    yield ""
    yield _sentence(scenario.summary.en)
    yield ""
    yield (
        f"Leader: {names[roles.leader]}. Dissenters: {', '.join(names.get(one, one) for one in roles.dissenters)}. "
        f"{_date(scenario.calendar.start)} to {_date(scenario.calendar.end)}. "
        f"The head of the file, `src/whipcount/scenarios/{loaded.path.name}`, says what its writer had seen."
    )
    if loaded.slug in OWN_PAGES:
        yield ""
        yield f"This crisis has more pages: {OWN_PAGES[loaded.slug]}."
    yield ""
    yield f"Written by `python docs/crisis_pages.py` from {results.runs:,} runs on the priors. Play it:"
    yield ""
    yield from (f'```console skip="a page of its own"\n$ whipcount run {loaded.slug}\n```', "")


def _questions(told: Told, place: int) -> Iterator[str]:
    yield from ("## The 24 questions", "")
    yield (
        "What is documented (`?`: doubtful, –: not known), and how likely a yes was held: by the simulation on its "
        "priors, with what the other eleven crises teach of the parameters that politics shares, and by base rates. "
        "Where the simulation gave what happened less than one in four, it stands in bold."
    )
    yield ""
    rows = []
    for number, key in enumerate(KEYS):
        simulated = told.simulated[place, number]
        answer = told.answers[place, number]
        said = "–" if math.isnan(simulated) else _probability(simulated)
        if not math.isnan(answer) and not math.isnan(simulated) and log_score(simulated, answer) < math.log(0.25):
            said = f"**{said}**"
        learnt = told.learnt[place, number]
        rows.append(
            (HAPPENED[key], _documented(answer, bool(told.doubtful[place, number])), said,
             "–" if math.isnan(learnt) else _probability(learnt), _probability(told.base[place, number]))
        )  # fmt: skip
    yield from _table(("question", "documented", "simulated", "others teach", "base rate"), rows)


def _outcomes(results: Results) -> Iterator[str]:
    own = [one for one in results.outcomes if one.use != "questionnaire"]
    yield from ("## Outcomes of its own", "")
    known = [one for one in own if one.binary and one.happened is not None and one.used]
    if known:
        likely = [one.probability if one.happened else 1 - one.probability for one in known]
        score = float(np.mean([math.log(max(one, 0.5 / (known[0].used + 1))) for one in likely]))
        right = sum(one > 0.5 for one in likely)
        yield (
            f"What happened was held more likely than not in {right} of {len(known)} of them; mean log score "
            f"{_score(score)} (a coin has -.693)."
        )
        yield ""
    yield from _table(("outcome", "happened", "simulated", "95%"), (_outcome(one) for one in own))


def _outcome(one: OutcomeSummary) -> tuple[str, str, str, str]:
    happened = "–" if one.happened is None else f"{float(one.happened):g}"
    if one.binary:
        happened = "–" if one.happened is None else ("yes" if one.happened else "no")
        if not one.used:
            return one.label.en, happened, "–", ""
        return one.label.en, happened, _probability(one.probability), f"{one.low:.2f} to {one.high:.2f}"
    if not one.used:
        return one.label.en, happened, "–", ""
    return one.label.en, happened, f"median {one.q50:g}", f"nine runs in ten: {one.q05:g} to {one.q95:g}"


def _claims(loaded: LoadedScenario, claims: Sequence[dict[str, Any]]) -> Iterator[str]:
    if not claims:
        return
    sources = {one.id: one.title.en for one in loaded.scenario.sources}
    yield from ("## Claims of commentators", "")
    yield (
        "Each is run as a change in pairs of worlds with the same draws (`whipcount claims`); the effect is the change "
        "of the outcome's probability, with its 95% interval."
    )
    yield ""
    rows = []
    for one in claims:
        tested = one.get("effect") is not None and one["verdict"] != "untestable"
        effect = f"{one['effect']:+.3f} ({one['low']:+.3f} to {one['high']:+.3f})" if tested else one.get("reason", "")
        rows.append(
            (
                one["text"]["en"],
                sources.get(one.get("source") or "", "assumed"),
                VERDICTS.get(one["verdict"], one["verdict"]),
                effect,
            )
        )
    yield from _left(_table(("claim", "from", "verdict", "effect, or why not"), rows))


def _record(loaded: LoadedScenario) -> Iterator[str]:
    facts = loaded.scenario.record
    if not facts:
        return
    yield from ("## What is documented", "")
    for fact in facts:
        day = _date(fact.date) if fact.date is not None else "Undated"
        yield f"- {day}: {_sentence(fact.text.en)}"
    yield ""


def _assumptions(loaded: LoadedScenario) -> Iterator[str]:
    layer = provenance(loaded)
    cited, assumed = Counter(one.section for one in layer.statements), Counter(
        one.path.split(".")[0].split("[")[0] for one in layer.assumed
    )  # fmt: skip
    yield from ("## What is assumed", "")
    yield (
        f"{len(layer.statements)} citations of {len(layer.sources)} sources; {len(layer.assumed)} values that no "
        "source gives, each with its reason in the file. By section:"
    )
    yield ""
    sections = sorted({*cited, *assumed}, key=lambda name: (-cited[name] - assumed[name], name))
    yield from _table(
        ("section", "citations", "assumed"), ((one, str(cited[one]), str(assumed[one])) for one in sections)
    )
    longest = sorted({one.reason for one in layer.assumed if one.reason}, key=lambda text: (-_used(layer, text), text))
    yield "The reasons given most often: " + "; ".join(longest[:6]) + "."
    yield ""


def _used(layer: Any, reason: str) -> int:
    return sum(one.reason == reason for one in layer.assumed)


def _transcripts(results: Results) -> Iterator[str]:
    kinds = {"closest": "The run closest to what happened, of three hundred", "typical": "A typical run"}
    for kind, title in kinds.items():
        told = whipcount.transcript(results.slug, closest=kind == "closest", typical=kind == "typical")
        lines = str(told.words("en")).rstrip("\n").split("\n")
        yield from (f"## {title}", "", "```text", *(line.rstrip() for line in lines[:SHOWN]))
        if len(lines) > SHOWN:
            yield f"... {len(lines) - SHOWN} more lines: whipcount transcript {results.slug} --run {told.run}"
        yield from ("```", "")


def _left(lines: Sequence[str]) -> list[str]:
    """A table of words, all to the left."""
    return [lines[0], lines[1].replace("---:", "---"), *lines[2:]]


def kept_claims(loaded: LoadedScenario, folder: Path) -> list[dict[str, Any]]:
    """The verdicts on a crisis's claims, from the folder or tested now."""
    if not loaded.scenario.claims or loaded.slug in OWN_PAGES:  # those have a page that tests all claims
        return []
    told_by = hashlib.sha256(json.dumps(rules(), sort_keys=True, default=str).encode()).hexdigest()
    kept = folder / "claims" / f"{loaded.slug}-{loaded.hash[:8]}-{told_by[:8]}.json"
    if not kept.is_file():
        kept.parent.mkdir(exist_ok=True)
        found = whipcount.claims(loaded.slug, structures=False).record()
        kept.write_text(json.dumps(found), encoding="utf-8")
    told: Any = json.loads(kept.read_text(encoding="utf-8"))
    return list(told["claims"] if isinstance(told, dict) else told)


def main(folder: Path) -> None:
    """Write all pages from kept runs, one folder for each crisis, of which the names begin with it."""
    scenarios, runs = documented(), []
    for loaded in scenarios:
        (kept,) = folder.glob(f"{loaded.slug}-{loaded.hash[:8]}")
        runs.append(open_run(kept))
    simulated = [histories(one.slug, found) for one, found in zip(scenarios, runs, strict=True)]
    told = forecasts(scenarios, simulated, shipped_quarrels().of(POPULATION), shipped_politics())
    FOLDER.mkdir(exist_ok=True)
    for place, (loaded, results) in enumerate(zip(scenarios, runs, strict=True)):
        text = page(told, place, results, kept_claims(loaded, folder))
        (FOLDER / f"{loaded.slug}.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
