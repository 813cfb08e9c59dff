"""The scenario november-1917: what it holds, on what it rests, and what may be used to fit it."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from whipcount.scenario import load
from whipcount.scenario.measures import Measure, Query
from whipcount.scenario.schema import Outcome, Scenario
from whipcount.scenario.values import EvidenceRecord, Text

LAST_DAY_TO_FIT = dt.date(1917, 11, 19)  # the exits of 17 November, with two days' grace for the sources' own dates
PATTERNS = (
    "talks_fail",
    "mandate_flips",
    "council_backs_coalition",
    "ultimatum_in_time",
    "signers_8_to_12",
    "four_to_six_leave_committee",
    "none_leaves_party",
    "three_to_five_leave_posts",
)
OUTCOMES = (
    *PATTERNS,
    "one_signs_and_stays",
    "no_expulsion",
    "no_congress",
    "no_centre",
    "partner_enters",
    "leavers_reconcile",
    "partner_leaves_in_march",
    "government_survives",
)
QUIET = ("none_leaves_party", "no_expulsion", "no_congress", "no_centre", "nothing_organised", "no_new_party")
CLAIMS = (*range(169, 172), 176, *range(188, 213))
SHARED = Path(os.environ.get("WHIPCOUNT_SHARED", Path(__file__).resolve().parents[3] / "shared"))
INVENTORY = SHARED / "evidence" / "seed_inventory.json"
NINE_MORE = ("trotsky", "stalin", "sverdlov", "uritsky", "dzerzhinsky", "ioffe", "bubnov", "sokolnikov", "muranov")


@cache
def scenario() -> Scenario:
    """The scenario as it stands in the package."""
    return load("november-1917").scenario


def _queries(measure: Measure) -> Iterator[Query]:
    for query in (measure.ever, measure.never, measure.count, measure.first, *(measure.sequence or ())):
        if query is not None:
            yield query
    for inner in (*(measure.all or ()), *(measure.any or ()), *([measure.not_] if measure.not_ else [])):
        yield from _queries(inner)


def _ends(outcome: Outcome) -> dt.date | None:
    """Last day that an outcome looks at; none if one of its parts is open."""
    days = [query.before for query in _queries(outcome.measure)]
    return max(day for day in days if day is not None) if days and None not in days else None


def _texts(record: object) -> Iterator[tuple[str, Text]]:
    if isinstance(record, Text):
        yield "", record
    elif isinstance(record, (tuple, list)):
        for item in record:
            yield from _texts(item)
    elif isinstance(record, dict):
        for item in record.values():
            yield from _texts(item)
    elif hasattr(type(record), "model_fields"):
        for name in type(record).model_fields:
            for path, text in _texts(getattr(record, name)):
                yield f"{name}.{path}", text


def test_persons_and_blocs() -> None:
    actors = scenario().actors
    assert len(actors) >= 45
    assert sum(actor.size > 1 for actor in actors) >= 6
    assert {actor.party for actor in actors} == {party.id for party in scenario().parties}


def test_every_actor_names_a_source_or_says_what_is_assumed() -> None:
    assert [actor.id for actor in scenario().actors if not (actor.evidence or actor.assumed)] == []


def test_bodies() -> None:
    bodies = {body.id: body for body in scenario().bodies}
    assert len(bodies) >= 8
    assert len({body.kind for body in bodies.values()}) >= 6
    assert len({body.rule for body in bodies.values()}) >= 2
    assert bodies["cc"].superior == "party_congress"
    assert not bodies["party_congress"].convened
    assert bodies["vtsik"].forum
    for body in bodies.values():
        assert body.quorum > 0, body.id
        assert body.evidence or body.assumed, body.id


def test_council_executive_has_its_101_seats() -> None:
    parties = {actor.id: actor.party for actor in scenario().actors}
    vtsik = next(body for body in scenario().bodies if body.id == "vtsik")
    votes: dict[str, float] = {}
    for seat in vtsik.seats:
        if seat.occupied:
            votes[parties[seat.actor]] = votes.get(parties[seat.actor], 0) + seat.weight
    assert votes == {"bolsheviks": 62, "left_srs": 29, "sd_internationalists": 6, "others": 4}


def test_blocs_vote_with_their_size_where_they_fill_a_body() -> None:
    sizes = {actor.id: actor.size for actor in scenario().actors}
    for body in scenario().bodies:
        for seat in body.seats:
            assert seat.weight <= sizes[seat.actor], (body.id, seat.actor)


def test_central_committee_has_21_members_and_the_candidates_who_acted() -> None:
    cc = next(body for body in scenario().bodies if body.id == "cc")
    assert len(cc.seats) == 24
    assert {"ioffe", "stasova", "lomov"} < {seat.actor for seat in cc.seats}
    assert all(seat.evidence or seat.assumed for seat in cc.seats)


def test_one_person_sits_in_several_bodies() -> None:
    seats = [seat.actor for body in scenario().bodies for seat in body.seats]
    assert seats.count("kamenev") >= 3
    assert seats.count("lenin") >= 3


def test_posts_of_both_texts() -> None:
    posts = {post.id: post for post in scenario().posts}
    held = {post.holder for post in posts.values()}
    assert {"rykov", "nogin", "milyutin", "teodorovich", "derbyshev", "larin", "fedorov", "shlyapnikov"} < held
    assert posts["vtsik_chair"].holder == "kamenev"
    assert posts["union_chair"].holder == "ryazanov"
    assert posts["cc_secretary"].holder == "stasova"
    assert posts["railways"].holder is None
    partner = {actor.id for actor in scenario().actors if actor.party == "left_srs"}
    for post in scenario().offers[0].posts:
        assert partner & set(posts[post].eligible), post
    assert sum(len(post.history) for post in posts.values()) >= 10


@pytest.mark.parametrize(
    ("faction", "names"),
    [
        ("opposition", {"умеренные большевики", "правые большевики", "меньшинство", "дезертиры"}),
        ("majority", {"ленинцы", "ленинское большинство", "руководящая группа ЦК"}),
    ],
)
def test_factions_have_the_names_of_both_texts(faction: str, names: set[str]) -> None:
    found = next(each for each in scenario().factions if each.id == faction)
    assert names <= {alias.ru for alias in found.aliases}
    assert {"A", "B"} <= {evidence.source for evidence in found.evidence}


def test_record_has_sources_and_keeps_to_the_calendar() -> None:
    record, calendar = scenario().record, scenario().calendar
    assert len(record) >= 40
    for fact in record:
        assert fact.evidence, fact.id
        assert calendar.start <= fact.date <= (fact.until or fact.date) <= calendar.end, fact.id
    assert sum(bool(fact.conflict) for fact in record) >= 8
    assert sum(fact.kind == "judgement" for fact in record) >= 5


def test_what_is_known_from_memory_is_not_in_the_record() -> None:
    for fact in scenario().record:
        assert "memory" not in (fact.assumed or ""), fact.id
    days = {fact.date for fact in scenario().record}
    assert dt.date(1917, 12, 12) not in days  # refusal of the four, 29 November old style
    assert dt.date(1917, 12, 22) not in days  # agreement of the two parties, 9 December old style
    texts = {fact.id: fact.text.en for fact in scenario().record}
    assert "19" not in texts["sverdlov_chair_fact"]  # the count of that vote was found in no page
    assert not [name for name, text in texts.items() if "Zinoviev" in text and "withdraw" in text]


def test_seats_known_from_memory_alone_cite_nothing() -> None:
    for body in scenario().bodies:
        for seat in body.seats:
            if seat.assumed == "from memory":
                assert not seat.evidence, (body.id, seat.actor)


def test_sources_are_works_and_not_addresses() -> None:
    for source in scenario().sources:
        assert not re.search(r"https?:|www\.", source.model_dump_json()), source.id
    accounts = {source.id for source in scenario().sources if source.account}
    assert accounts == {"A", "B"}


def test_notes_paraphrase() -> None:
    def evidence(record: object) -> Iterator[EvidenceRecord]:
        if isinstance(record, EvidenceRecord):
            yield record
        elif isinstance(record, (tuple, list)):
            for item in record:
                yield from evidence(item)
        elif hasattr(type(record), "model_fields"):
            for name in type(record).model_fields:
                yield from evidence(getattr(record, name))

    found = list(evidence(scenario()))
    assert len(found) > 200
    assert [note.note for note in found if re.search(r"[«»“”]", note.note)] == []


def test_outcomes() -> None:
    outcomes = {outcome.id: outcome for outcome in scenario().outcomes}
    assert len(outcomes) >= 30
    assert set(OUTCOMES) <= set(outcomes)
    assert all(outcomes[name].use == "calibrate" for name in PATTERNS)
    assert all(outcomes[name].given_crisis for name in QUIET)
    assert [name for name, outcome in outcomes.items() if outcome.happened is not None and not outcome.evidence] == []


def test_only_what_happened_by_4_november_old_style_may_fit() -> None:
    for outcome in scenario().outcomes:
        end = _ends(outcome)
        if outcome.use == "calibrate":
            assert end is not None, outcome.id
            assert end <= LAST_DAY_TO_FIT, outcome.id
        begins = [query.after for query in _queries(outcome.measure) if query.after is not None]
        if begins and min(begins) > dt.date(1917, 11, 17):
            assert outcome.use == "holdout", outcome.id


def test_three_variants() -> None:
    variants = {variant.id: variant for variant in scenario().variants}
    assert set(variants) == {"sanction", "majority_aim", "opposition_scope"}
    for variant in variants.values():
        assert {"A", "B"} <= set(variant.choices)
    assert {account.id for account in scenario().accounts} == {"A", "B", "both"}


@pytest.mark.parametrize(("account", "branch"), [("A", "expulsion"), ("B", "congress"), ("both", "congress")])
def test_accounts_apply(account: str, branch: str) -> None:
    told = load("november-1917", account=account).scenario
    party = next(each for each in told.parties if each.id == "bolsheviks")
    assert party.ultimatum is not None
    assert party.ultimatum.branch == branch


def test_accounts_differ_in_what_the_sides_wanted() -> None:
    points = {
        account: {
            actor.id: actor.ideal["breadth"].centre for actor in load("november-1917", account=account).scenario.actors
        }
        for account in ("A", "B", "both")
    }
    for signer in ("lenin", *NINE_MORE):
        if signer != "sokolnikov":
            assert points["A"][signer] < points["both"][signer] < points["B"][signer], signer
    for leaver in ("kamenev", "zinoviev", "rykov", "nogin", "milyutin"):
        assert points["B"][leaver] < points["both"][leaver] < points["A"][leaver], leaver
    assert points["A"]["sokolnikov"] == points["B"]["sokolnikov"]


def test_every_claim_of_the_inventory_is_declared() -> None:
    ids = [claim.id for claim in scenario().claims]
    assert [number for number in CLAIMS if not any(name.startswith(f"s{number}_") for name in ids)] == []
    for claim in scenario().claims:
        assert claim.evidence, claim.id
        assert claim.untestable or claim.kind == "descriptive" or (claim.do and claim.sign), claim.id
    assert next(claim for claim in scenario().claims if claim.id.startswith("s188_")).rivals


@pytest.mark.skipif(not INVENTORY.exists(), reason="the inventory of the two texts is not beside the repository")
def test_claims_are_those_of_the_inventory() -> None:
    rows = json.loads(INVENTORY.read_text(encoding="utf-8"))
    rows = rows if isinstance(rows, list) else next(value for value in rows.values() if isinstance(value, list))
    wanted = {row["id"] for row in rows if re.search(r"causal|counterfactual", str(row["category"]), re.IGNORECASE)}
    declared = {claim.id.split("_")[0].upper() for claim in scenario().claims}
    assert wanted
    assert wanted <= declared


def test_twelve_parameters_are_named_for_calibration() -> None:
    parameters = scenario().parameters
    assert sum(prior.calibrate for prior in parameters.values()) == 12
    assert [name for name, prior in parameters.items() if not prior.assumed] == []


def test_coefficients_that_claims_turn_on_span_zero() -> None:
    for name in (
        "survival.breadth",
        "survival.capacity",
        "survival.unity",
        "survival.threat",
        "survival.optimism",
        "ultimatum.grievance",
        "leave.voice",
        "leave.solidarity",
        "talks.association",
        "belief.bias",
        "sanction.credibility",
    ):
        prior = scenario().parameters[name].prior
        assert prior is not None
        assert prior.uniform is not None, name
        assert prior.uniform[0] < 0 < prior.uniform[1], name


def test_texts_are_in_both_languages() -> None:
    cyrillic = re.compile(r"[а-яА-ЯёЁ]")
    own = tuple(one for one in scenario().outcomes if one.use != "questionnaire")  # whose words are the program's
    for path, text in _texts(scenario().model_copy(update={"outcomes": own})):
        assert cyrillic.search(text.ru) or re.search(r"sources.*title|Marxists", f"{path}{text.ru}"), (path, text.ru)
        assert not cyrillic.search(text.en), (path, text.en)


def test_the_events_of_the_two_leaders_and_of_the_march() -> None:
    events = {event.id: event for event in scenario().events}
    assert events["krasnov_beaten"].date == dt.date(1917, 11, 13)
    assert events["leaders_return"].date == dt.date(1917, 11, 14)
    assert {change.actor for change in events["leaders_absent"].effects.attendance} == {"lenin", "trotsky"}
    assert events["treaty_signed"].effects.government["war"] < 0.2
    assert scenario().history.breaches[0].id == "october"


def test_after_1918_steps_by_the_week_to_the_end_of_1920() -> None:
    after = load("after-1918").scenario
    assert after.calendar.step_days == 7
    assert after.calendar.end == dt.date(1920, 12, 31)
    assert 8 <= len(after.actors) <= 10
    assert len(after.bodies) == 3
    finals = {outcome.measure.final for outcome in after.outcomes}
    assert {"democracy", "independence", "centralisation"} <= finals
    assert any(claim.id.startswith("s204_") for claim in after.claims)
