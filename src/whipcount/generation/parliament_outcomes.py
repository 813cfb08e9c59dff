"""What a run of the talks is asked for: who governs, how the talks go, what becomes of the government."""

from __future__ import annotations

from whipcount.text import mark

from .parliament_crisis import Crisis
from .parliament_words import Record, text

COURSES = (
    (
        "breaks_off",
        mark("A party breaks off the talks"),
        {"ever": {"verb": "mandate", "value": "withdraw"}},
    ),
    (
        "rejected",
        mark("Parliament rejects a government"),
        {"ever": {"verb": "investiture", "value": "failed"}},
    ),
    (
        "talks_fail",
        mark("The talks end without a government"),
        {"ever": {"verb": "breakdown"}},
    ),
    (
        "partner_leaves",
        mark("A partner leaves the new government"),
        {"sequence": [{"verb": "settled"}, {"verb": "withdraw"}]},
    ),
    (
        "collapse",
        mark("The new government falls"),
        {"sequence": [{"verb": "settled"}, {"verb": "fall"}]},
    ),
)


def outcomes_of(crisis: Crisis) -> list[Record]:
    """All outcomes, with what happened where the source tells which government formed."""
    courses = [{"id": name, "name": text(words), "measure": measure} for name, words, measure in COURSES]
    return [*_formation(crisis), *_governments(crisis), *_parties(crisis), *courses, *_quarrels(crisis)]


def _settled(*names: str) -> Record:
    return {"verb": "settled", "object": list(names)} if names else {"verb": "settled"}


def _outcome(crisis: Crisis, name: str, words: Record, measure: Record, happened: bool | float | None) -> Record:
    told: Record = {"id": name, "name": words, "measure": measure}
    if crisis.parliament.formed is not None and happened is not None:
        told |= {"happened": happened, "evidence": [f"{crisis.source}:cabinet {crisis.parliament.formed_name}"]}
    return told


def _formation(crisis: Crisis) -> list[Record]:
    parliament, candidates = crisis.parliament, crisis.prospects.candidates
    waited = (parliament.formed_on - crisis.settings.start).days if parliament.formed_on else None
    words = text(mark("A government forms"))
    found = [
        _outcome(crisis, "government_forms", words, {"ever": _settled()}, True),
        _outcome(crisis, "days", text(mark("Days until it does")), {"first": _settled()}, waited),
    ]
    minority = [name for name, one in zip(crisis.cabinet_ids, candidates, strict=True) if one.kind == "minority"]
    if minority:
        formed = [one.kind == "minority" for one in candidates if one.formed]
        words = text(mark("A minority government forms"))
        found.append(_outcome(crisis, "minority", words, {"ever": _settled(*minority)}, formed[0] if formed else None))
    return found


def _governments(crisis: Crisis) -> list[Record]:
    found = []
    for name, one in zip(crisis.cabinet_ids, crisis.prospects.candidates, strict=True):
        parties = crisis.short(one)
        words = text(mark("{parties} govern"), parties=parties)
        found.append(_outcome(crisis, f"forms_{name}", words, {"ever": _settled(name)}, one.formed))
    return found


def _parties(crisis: Crisis) -> list[Record]:
    found = []
    for row in crisis.governing:
        names = [
            name
            for name, one in zip(crisis.cabinet_ids, crisis.prospects.candidates, strict=True)
            if row in one.members
        ]
        inside = crisis.parliament.parties[row].name in (crisis.parliament.formed or ())
        words = text(mark("{party} in the new government"), party=crisis.name(row))
        found.append(_outcome(crisis, f"{crisis.ids[row]}_governs", words, {"ever": _settled(*names)}, inside))
    return found


def _quarrels(crisis: Crisis) -> list[Record]:
    """Inside parties whose factions are known."""
    found: list[Record] = []
    for row, party in enumerate(crisis.parliament.parties):
        if not party.wings:
            continue
        party_name, name = crisis.name(row), crisis.ids[row]
        for key, words, query in (
            (
                f"ultimatum_in_{name}",
                mark("An ultimatum inside {party}"),
                {"verb": "ultimatum", "party": name},
            ),
            (
                f"{name}_splits",
                mark("Somebody leaves {party}"),
                {"verb": "leave_party", "party": name},
            ),
        ):
            found.append({"id": key, "name": text(words, party=party_name), "measure": {"ever": query}})
    return found
