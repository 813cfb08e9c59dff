"""What a run of the talks is asked for: who governs, how the talks go, what becomes of the government."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .parliament_words import Record, text

if TYPE_CHECKING:
    from .parliament_crisis import Crisis

COURSES = (
    (
        "breaks_off",
        ("A party breaks off the talks", "Одна из партий прерывает переговоры"),
        {"ever": {"verb": "mandate", "value": "withdraw"}},
    ),
    (
        "rejected",
        ("Parliament rejects a government", "Парламент отвергает правительство"),
        {"ever": {"verb": "investiture", "value": "failed"}},
    ),
    (
        "talks_fail",
        ("The talks end without a government", "Переговоры кончаются ничем"),
        {"ever": {"verb": "breakdown"}},
    ),
    (
        "partner_leaves",
        ("A partner leaves the new government", "Партнёр выходит из нового правительства"),
        {"sequence": [{"verb": "settled"}, {"verb": "withdraw"}]},
    ),
    (
        "collapse",
        ("The new government falls", "Новое правительство падает"),
        {"sequence": [{"verb": "settled"}, {"verb": "fall"}]},
    ),
)


def outcomes_of(crisis: Crisis) -> list[Record]:
    """All outcomes, with what happened where the source tells which government formed."""
    courses = [{"id": name, "name": text(*words), "measure": measure} for name, words, measure in COURSES]
    return [*_formation(crisis), *_governments(crisis), *_parties(crisis), *courses, *_quarrels(crisis)]


def _settled(*names: str) -> Record:
    return {"verb": "settled", "object": list(names)} if names else {"verb": "settled"}


def _outcome(
    crisis: Crisis, name: str, words: tuple[str, str], measure: Record, happened: bool | float | None
) -> Record:
    told: Record = {"id": name, "name": text(*words), "measure": measure}
    if crisis.parliament.formed is not None and happened is not None:
        told |= {"happened": happened, "evidence": [f"{crisis.source}:cabinet {crisis.parliament.formed_name}"]}
    return told


def _formation(crisis: Crisis) -> list[Record]:
    parliament, candidates = crisis.parliament, crisis.prospects.candidates
    waited = (parliament.formed_on - crisis.settings.start).days if parliament.formed_on else None
    words = ("A government forms", "Правительство образовано")
    found = [
        _outcome(crisis, "government_forms", words, {"ever": _settled()}, True),
        _outcome(crisis, "days", ("Days until it does", "Дней до этого"), {"first": _settled()}, waited),
    ]
    minority = [name for name, one in zip(crisis.cabinet_ids, candidates, strict=True) if one.kind == "minority"]
    if minority:
        formed = [one.kind == "minority" for one in candidates if one.formed]
        words = ("A minority government forms", "Образовано правительство меньшинства")
        found.append(_outcome(crisis, "minority", words, {"ever": _settled(*minority)}, formed[0] if formed else None))
    return found


def _governments(crisis: Crisis) -> list[Record]:
    found = []
    for name, one in zip(crisis.cabinet_ids, crisis.prospects.candidates, strict=True):
        parties = crisis.short(one)
        words = (f"{parties} govern", f"Правят {parties}")
        found.append(_outcome(crisis, f"forms_{name}", words, {"ever": _settled(name)}, one.formed))
    return found


def _parties(crisis: Crisis) -> list[Record]:
    found = []
    for row in crisis.governing:
        en, ru = crisis.names(row)
        names = [
            name
            for name, one in zip(crisis.cabinet_ids, crisis.prospects.candidates, strict=True)
            if row in one.members
        ]
        inside = crisis.parliament.parties[row].name in (crisis.parliament.formed or ())
        words = (f"{en} in the new government", f"{ru} в новом правительстве")
        found.append(_outcome(crisis, f"{crisis.ids[row]}_governs", words, {"ever": _settled(*names)}, inside))
    return found


def _quarrels(crisis: Crisis) -> list[Record]:
    """Inside parties whose factions are known."""
    found: list[Record] = []
    for row, party in enumerate(crisis.parliament.parties):
        if not party.wings:
            continue
        en, ru = crisis.names(row)
        name = crisis.ids[row]
        for key, words, query in (
            (
                f"ultimatum_in_{name}",
                (f"An ultimatum inside {en}", f"Ультиматум внутри партии: {ru}"),
                {"verb": "ultimatum", "party": name},
            ),
            (
                f"{name}_splits",
                (f"Somebody leaves {en}", f"Из партии выходят: {ru}"),
                {"verb": "leave_party", "party": name},
            ),
        ):
            found.append({"id": key, "name": text(*words), "measure": {"ever": query}})
    return found
