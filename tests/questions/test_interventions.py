"""Interventions: what the grammar takes, what it refuses and how, and what each changes in a world."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest

from whipcount import LoadedScenario, load, scenarios
from whipcount.counterfactual.engines import changed_world, engine_of
from whipcount.counterfactual.interventions import parse_interventions
from whipcount.engine import NumpyBackend, build_plan, make_backend
from whipcount.errors import QuestionError, ScenarioError
from whipcount.questions.ask import ask


@pytest.fixture(scope="module")
def crisis() -> LoadedScenario:
    return load("two-bodies")


LAST = 1_000_000  # later than any step


def events_of(loaded: LoadedScenario, *do: str, runs: int = 60) -> list[dict[str, Any]]:
    """Every event of a small ensemble as readable records."""
    engine = engine_of(loaded, parse_interventions(do, loaded))
    block = engine.backend.run(3, 0, runs)
    found = []
    for index in range(len(block.events.run)):
        verb = engine.plan.verbs[block.events.verb[index]]
        actor, thing = engine.world.decode(verb.axis, int(block.events.entity[index]))
        found.append(
            {"run": int(block.events.run[index]), "step": int(block.events.step[index]), "verb": verb.name,
             "actor": actor, "object": thing, "value": float(block.events.value[index])}
        )  # fmt: skip
    return found


@pytest.mark.parametrize("name", scenarios())
def test_every_shipped_claim_is_in_the_grammar(name: str) -> None:
    loaded = load(name)
    for claim in loaded.scenario.claims:
        for do in (claim.do, *claim.rivals):
            assert len(parse_interventions(do, loaded, loaded.place(f"claims.{claim.id}"))) == len(do)


REFUSED = [
    ("faction.openrs.leave.seat = no", "WC403", 9, "openers"),
    ("openers.leave.seats = no", "WC405", 15, "seat"),
    ("openers.leave.seat = maybe", "WC406", 22, "no, yes"),
    ("dmitri.ultimatum.issue = wait", "WC412", 1, "party.union.ultimatum.issue"),
    ("reply.reply = submit", "WC412", 1, "WHO.reply.reply"),
    ("backbench.ballot.no_confidence = yes", "WC412", 1, "trait"),
    ("event.power_restord = removed", "WC403", 7, "power_restored"),
    ("event.power_restored = gone", "WC407", 24, "removed"),
    ("event.power_restored @ 2031-01-01", "WC408", 24, "2030-03-01 to 2030-05-29"),
    ("event.power_restored @ May", "WC408", 24, "year-month-day"),
    ("event.+tariff_decree @ 2030-04-01 = {}", "WC403", 8, "moves it"),
    ("event.+fire = {}", "WC408", 8, "@"),
    ("history.october = removed", "WC403", 9, "history = removed"),
    ("trait.dmitri.identiti = 0", "WC404", 14, "identity"),
    ("trait.dmitri.press = 2", "WC407", 22, "between 0 and 1"),
    ("param.leave.voise = 0", "WC404", 7, "leave.voice"),
    ("param.leave.voice = high", "WC407", 21, "0.5"),
    ("param.leave.voice = 0 @ 2030-04-01", "WC408", 25, "throughout"),
    ("pressure.blackout = 1.5", "WC407", 21, "between 0 and 1"),
    ("post.speaker.holder = anna", "WC412", 23, "boris, dmitri, vacant"),
    ("attendance.executive.hugo = absent", "WC412", 22, "anna"),
    ("attendance.executive.anna = away", "WC407", 29, ""),
    ("account = C", "WC403", 11, "A, B"),
    ("variant.sanction = exile", "WC403", 20, "congress, expulsion"),
    ("sky = blue", "WC402", 1, ""),
    ("openers", "WC401", 1, ""),
    ("param.leave.voice", "WC401", 13, "param.leave.voice = ..."),
    ("event.power_restored =", "WC401", 22, ""),
]


@pytest.mark.parametrize(("text", "code", "column", "hint"), REFUSED, ids=[row[0] for row in REFUSED])
def test_errors_point_at_the_wrong_word(crisis: LoadedScenario, text: str, code: str, column: int, hint: str) -> None:
    with pytest.raises(QuestionError) as refused:
        parse_interventions([text], crisis)
    (problem,) = refused.value.problems
    assert (problem.code, problem.place.column) == (code, column)
    assert hint in problem.hint


def test_every_wrong_intervention_is_named_at_once(crisis: LoadedScenario) -> None:
    with pytest.raises(QuestionError) as refused:
        parse_interventions(["sky = blue", "param.leave.voise = 0", "history = removed"], crisis)
    assert [problem.code for problem in refused.value.problems] == ["WC402", "WC404"]


@pytest.mark.parametrize(
    "pair",
    [
        ("param.leave.voice = 0", "param.leave.voice = 1"),
        ("event.power_restored = removed", "event.power_restored @ 2030-03-20"),
        ("openers.leave.seat = no", "dmitri.leave.seat = yes"),
        ("trait.union.identity = 0", "trait.anna.identity = 1"),
        ("account = A", "account = B"),
        ("post.speaker.holder = boris", "post.speaker.holder = vacant"),
        ("openers.reply.reply != submit", "openers.reply.reply != resign"),
    ],
)
def test_contradictions_are_refused(crisis: LoadedScenario, pair: tuple[str, str]) -> None:
    with pytest.raises(QuestionError, match=r"WC409.*contradicts"):
        parse_interventions(pair, crisis)


def test_a_sequence_of_dates_is_no_contradiction(crisis: LoadedScenario) -> None:
    pair = ("dmitri.leave.membership = no", "dmitri.leave.membership = yes @ 2030-03-20")
    assert len(parse_interventions([*pair, pair[0]], crisis)) == 2


def test_the_effects_of_an_added_event_are_checked(crisis: LoadedScenario) -> None:
    with pytest.raises(ScenarioError, match=r"WC120.*blakout"):
        parse_interventions(["event.+fire @ 2030-04-01 = {pressures: [{pressure: blakout, level: 1}]}"], crisis)


def test_an_exit_ordered_for_a_date_happens_on_it_whoever_asked(crisis: LoadedScenario) -> None:
    found = events_of(crisis, "faction.openers.leave.membership = yes @ 2030-03-12")
    left = [event for event in found if event["verb"] == "leave_party" and event["step"] == 11]
    assert {event["actor"] for event in left} == {"dmitri", "elena", "felix"}
    expelled = {(event["run"], event["actor"]) for event in found if event["verb"] == "expelled"}
    before = {
        (event["run"], event["actor"]) for event in found if event["verb"] == "leave_party" and event["step"] < 11
    }
    assert len(left) + len(before | expelled) >= 3 * 60
    assert len({(event["run"], event["actor"]) for event in left}) == len(left)


def test_an_ordered_exit_leaves_only_what_is_ones_own(crisis: LoadedScenario) -> None:
    found = events_of(crisis, "elena.leave.seat = yes @ 2030-03-12")
    seats = {
        event["object"]
        for event in found
        if event["verb"] == "leave_seat" and event["step"] == 11 and event["actor"] == "elena"
    }
    assert seats == {"executive"}


def test_a_forbidden_choice_is_never_made(crisis: LoadedScenario) -> None:
    openers = next(faction.members for faction in crisis.scenario.factions if faction.id == "openers")
    usual, changed = (
        {e["value"] for e in events_of(crisis, *do, runs=300) if e["verb"] == "reply" and e["actor"] in openers}
        for do in ((), ("openers.reply.reply != submit",))
    )
    assert usual == {1.0, 2.0, 3.0, 4.0}
    assert changed == {2.0, 3.0, 4.0}


def test_an_undated_choice_waits_until_it_is_asked(crisis: LoadedScenario) -> None:
    """Who is told how to answer does nothing else than usual until a demand is made, in each history."""

    def before(events: list[dict[str, Any]], until: dict[int, int]) -> list[dict[str, Any]]:
        return [event for event in events if event["step"] < until.get(event["run"], LAST)]

    usual = events_of(crisis, runs=300)
    changed = events_of(crisis, "openers.reply.reply = submit", runs=300)
    asked: dict[int, int] = {}
    for event in usual:
        if event["verb"] in ("ultimatum", "reply"):
            asked[event["run"]] = min(event["step"], asked.get(event["run"], LAST))
    assert min(asked.values()) > 0
    assert before(usual, asked) == before(changed, asked)
    assert usual != changed


def test_events_are_removed_moved_and_added(crisis: LoadedScenario) -> None:
    def days(*do: str) -> dict[str, set[int]]:
        found: dict[str, set[int]] = {}
        for event in events_of(crisis, *do, runs=5):
            if event["verb"] == "event":
                found.setdefault(event["object"], set()).add(event["step"])
        return found

    assert days()["power_restored"] == {6}
    assert "power_restored" not in days("event.power_restored = removed")
    assert days("event.power_restored @ 2030-03-20")["power_restored"] == {19}
    assert days("event.strike_over @ 2030-03-20")["strike_over"] == {19}
    fire = days("event.+fire @ 2030-04-01 = {pressures: [{pressure: blackout, level: 1}]}")
    assert fire == {**days(), "fire": {31}}


def test_what_is_set_is_so_in_every_run(crisis: LoadedScenario) -> None:
    engine = engine_of(crisis, parse_interventions(["pressure.blackout = 0.25"], crisis))
    rows = [row for row, measure in enumerate(engine.plan.measures) if measure.label == "pressure:blackout"]
    assert np.allclose(engine.backend.run(1, 0, 20).series[:, rows], 0.25)
    world = changed_world(crisis, parse_interventions(["trait.openers.cadre = 0.5", "param.leave.voice = 0"], crisis))
    drawn = world.per_run["actor.cadre"].draw(1, np.arange(50))
    moved = [world.structure.axes["actor"].index(name) for name in ("dmitri", "elena", "felix")]
    assert (drawn[moved] == 0.5).all()
    assert (np.delete(drawn, moved, 0) != 0.5).all()
    assert str(world.drawn_parameters["leave.voice"]) == "fixed(0)"
    assert (
        changed_world(crisis, parse_interventions(["param.talks.policy = 0"], crisis)).fixed_parameters["talks.policy"]
        == 0
    )


def test_posts_attendance_and_history(crisis: LoadedScenario) -> None:
    def changed(*do: str) -> Any:
        return changed_world(crisis, parse_interventions(do, crisis))

    holders = dict(
        zip(changed().tenure_pairs, changed("post.speaker.holder = boris").static["tenure.held"], strict=True)
    )
    assert holders["boris", "speaker"]
    assert not holders["dmitri", "speaker"]
    row = changed().seat_pairs.index(("anna", "executive"))
    held = changed("attendance.executive.anna = present")
    assert held.static["seat.attendance"][row] == 1.0
    assert not held.matrices["event.absent"][row].any()
    dated = changed("attendance.executive.anna = absent @ 2030-04-01")
    assert dated.matrices["event.absent"][row, -1] == 1.0
    assert dated.tables["event.due"][31, -1] == 1.0
    assert not changed("history = removed").static["party.past_breaches"].any()
    assert changed().static["party.past_breaches"].any()


def test_another_edition_keeps_what_the_reader_set() -> None:
    loaded = load("two-bodies", account="A", set={"bodies.assembly.quorum": 14})
    world = changed_world(loaded, parse_interventions(["variant.sanction = congress"], loaded))
    assert world.scenario.parties[0].ultimatum is not None
    assert world.scenario.parties[0].ultimatum.branch == "congress"
    assert next(body for body in world.scenario.bodies if body.id == "assembly").quorum == 14
    other = changed_world(loaded, parse_interventions(["account = B"], loaded))
    assert other.account == "B"
    assert other.scenario.parties[0].ultimatum is not None
    assert other.scenario.parties[0].ultimatum.branch == "congress"


def test_an_intervention_leaves_the_world_it_came_from(crisis: LoadedScenario) -> None:
    world = changed_world(crisis)
    tables = {name: table.copy() for name, table in world.tables.items()}
    (order,) = parse_interventions(["openers.leave.seat = no @ 2030-03-20"], crisis)
    changed = order.apply(world)
    assert order.start == dt.date(2030, 3, 20)
    assert set(world.tables) == set(tables)
    assert all((world.tables[name] == tables[name]).all() for name in tables)
    assert (changed.tables["forced.leave.seat"][:19] == 0).all()


def test_without_intervention_the_program_is_what_it_was(crisis: LoadedScenario) -> None:
    """The acts that can be ordered add nothing to a program in which nothing is ordered."""
    plan = build_plan(changed_world(crisis))
    source = NumpyBackend(plan).source
    assert "ordered." not in source
    assert "forced." not in source


@pytest.mark.slow
def test_both_backends_carry_out_an_order_alike(crisis: LoadedScenario) -> None:
    orders = ["openers.leave.membership = yes @ 2030-03-12", "openers.reply.reply != submit"]
    plan = build_plan(changed_world(crisis, parse_interventions(orders, crisis)))
    blocks = [make_backend(plan, name).run(3, 0, 200) for name in ("numpy", "compiled")]
    for column in ("run", "step", "verb", "entity", "value", "probability"):
        first, second = (getattr(block.events, column) for block in blocks)
        assert np.array_equal(first, second, equal_nan=column == "probability")


def test_a_term_without_weight_is_as_if_its_only_parameter_were_zero(crisis: LoadedScenario) -> None:
    """The cost of signing is one parameter and nothing else, so both ways of switching it off are the same worlds."""
    without_term = ask(crisis, ["term.ultimatum.sign.cost = 0"], runs=400)
    without_parameter = ask(crisis, ["param.ultimatum.sign_cost = 0"], runs=400)
    assert [effect.effect for effect in without_term.effects] == [effect.effect for effect in without_parameter.effects]
    assert without_term.parted > 0


def test_a_term_of_weight_one_changes_nothing(crisis: LoadedScenario) -> None:
    assert ask(crisis, ["term.leave.seat.voice = 1"], runs=300).parted == 0


def test_an_unknown_term_is_named_and_the_nearest_offered(crisis: LoadedScenario) -> None:
    with pytest.raises(QuestionError) as caught:
        parse_interventions(["term.leave.seat.voise = 0"], crisis)
    (problem,) = caught.value.problems
    assert problem.code == "WC404"
    assert "term.leave.seat.voice" in problem.hint
