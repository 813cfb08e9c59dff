"""The grammar of outcomes against tables of events made by hand."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from invented_engine import AXES, INDEX, MEASURES, VERBS, Plan, loaded_scenario, make_engine, outcome

from whipcount.engine.api import BlockResult, EventColumns
from whipcount.errors import RunError
from whipcount.results import OutcomeEvaluator
from whipcount.results.names import EventNames
from whipcount.scenario.schema import Scenario

NAN = math.nan
FIRST_RUN = 40  # blocks begin anywhere
Event = tuple[int, int, str, str | None, float]


def block(runs: int, events: Sequence[Event], final: Sequence[float] = ()) -> BlockResult:
    """A block of runs: events as (run of the block, step, mechanism.verb, entity, value)."""
    rows = []
    for run, step, verb, entity, value in events:
        axis = VERBS[INDEX[verb]].axis
        rows.append((run + FIRST_RUN, step, INDEX[verb], AXES[axis].index(entity or "") if axis else 0, value))
    rows.sort()
    columns = list(zip(*rows, strict=True)) if rows else [[]] * 5
    kinds = (np.int64, np.int32, np.int16, np.int32, np.float32)
    run, step, verb, entity, value = (np.array(column, kind) for column, kind in zip(columns, kinds, strict=True))
    series = np.zeros((20, len(MEASURES), runs), np.float32)
    if final:
        series[-1, 0] = final
    columns_of_events = EventColumns(run, step, verb, entity, value, np.full(len(rows), NAN, np.float32))
    return BlockResult(FIRST_RUN, runs, {}, columns_of_events, series)


def evaluator(*outcomes: Mapping[str, Any], **calendar: Any) -> OutcomeEvaluator:
    loaded = loaded_scenario(outcomes, **calendar)
    engine = make_engine(loaded)
    return OutcomeEvaluator.of(loaded, engine.plan, engine.world)


def values(measure: Mapping[str, Any], given: BlockResult, **calendar: Any) -> list[float | None]:
    """The values of one measure in each run; none where it is missing."""
    column = evaluator(outcome("asked", measure), **calendar).evaluate(given).values["asked"]
    assert column.dtype == np.float64
    return [None if math.isnan(value) else float(value) for value in column]


EXITS: list[Event] = [
    (0, 3, "leave.leave_seat", "ann@committee", 1),
    (0, 3, "leave.leave_seat", "bob@committee", 1),
    (0, 5, "leave.leave_seat", "bob@council", 1),
    (0, 5, "leave.leave_party", "bob", 1),
    (2, 1, "leave.leave_seat", "dot@council", 1),
    (2, 9, "leave.leave_post", "cid@treasury", 1),
    (2, 9, "reply.reply", "bob", 3),
    (3, 0, "reply.reply", "bob", 1),
]


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ({"ever": {"verb": "leave_seat"}}, [1, 0, 1, 0]),
        ({"never": {"verb": "leave_seat"}}, [0, 1, 0, 1]),
        ({"count": {"verb": "leave_seat"}}, [2, 0, 1, 0]),  # bob left two seats: one person
        ({"count": {"verb": "leave_seat"}, "distinct": False}, [3, 0, 1, 0]),
        ({"count": {"verb": "leave_seat"}, "at_least": 2}, [1, 0, 0, 0]),
        ({"count": {"verb": "leave_seat"}, "at_most": 1}, [0, 1, 1, 1]),
        ({"count": {"verb": "leave_seat"}, "between": [1, 2]}, [1, 0, 1, 0]),
        ({"first": {"verb": "leave_seat"}}, [3, None, 1, None]),
        ({"first": {"verb": "leave_seat"}, "at_most": 2}, [0, 0, 1, 0]),
        ({"first": {"verb": "leave_seat"}, "at_least": 0}, [1, 0, 1, 0]),
        ({"ever": {"verb": "leave_seat", "actor": "bob"}}, [1, 0, 0, 0]),
        ({"ever": {"verb": "leave_seat", "actor": ["dot", "ann"]}}, [1, 0, 1, 0]),
        ({"ever": {"verb": "leave_seat", "party": "blues"}}, [0, 0, 1, 0]),
        ({"count": {"verb": "leave_seat", "faction": "doubters"}}, [1, 0, 0, 0]),
        ({"ever": {"verb": "leave_seat", "object": "council"}}, [1, 0, 1, 0]),
        ({"ever": {"verb": "leave_seat", "actor": "ann", "object": "council"}}, [0, 0, 0, 0]),
        ({"ever": {"verb": "leave_post", "object": "treasury"}}, [0, 0, 1, 0]),
        ({"ever": {"verb": "reply", "value": "refuse"}}, [0, 0, 1, 0]),
        ({"ever": {"verb": "reply", "value": 1}}, [0, 0, 0, 1]),
        ({"ever": {"verb": "leave_seat", "after": "1917-11-04"}}, [1, 0, 0, 0]),
        ({"count": {"verb": "leave_seat", "before": "1917-11-04"}, "distinct": False}, [2, 0, 1, 0]),
        ({"ever": {"verb": "leave_seat", "after": "1917-11-07"}}, [0, 0, 0, 0]),
        ({"not": {"ever": {"verb": "leave_seat"}}}, [0, 1, 0, 1]),
        ({"all": [{"ever": {"verb": "leave_seat"}}, {"ever": {"verb": "reply"}}]}, [0, 0, 1, 0]),
        ({"any": [{"ever": {"verb": "leave_seat"}}, {"ever": {"verb": "reply"}}]}, [1, 0, 1, 1]),
        ({"ever": {"verb": "leave.leave_seat"}}, [1, 0, 1, 0]),
    ],
)
def test_measures_of_events(measure: Mapping[str, Any], expected: list[float | None]) -> None:
    assert values(measure, block(4, EXITS)) == expected


def test_a_verb_of_two_mechanisms_is_one_verb() -> None:
    events: list[Event] = [
        (0, 8, "mandate.vote", "ann@committee", 2),
        (0, 4, "ballot.vote", "ann@committee", 2),
        (1, 2, "ballot.vote", "bob@council", 1),
    ]
    given = block(2, events)
    assert values({"count": {"verb": "vote"}, "distinct": False}, given) == [2, 1]
    assert values({"count": {"verb": "vote"}}, given) == [1, 1]
    assert values({"first": {"verb": "vote"}}, given) == [4, 2]
    assert values({"ever": {"verb": "mandate.vote"}}, given) == [1, 0]
    assert values({"ever": {"verb": "vote", "value": "no"}}, given) == [0, 1]


def test_a_line_is_named_by_its_settlement() -> None:
    given = block(2, [(0, 1, "mandate.line", "reds", 2), (1, 1, "mandate.line", "reds", 1)])
    assert values({"ever": {"verb": "line", "value": "together"}}, given) == [1, 0]
    assert values({"ever": {"verb": "line", "value": "alone", "party": "reds"}}, given) == [0, 1]
    names = EventNames(Plan(20), make_engine(loaded_scenario()).world)
    codes = names.code(given.events.verb, given.events.value)
    assert [names.codes[code] for code in codes] == ["together", "alone"]


def test_what_nobody_does_is_counted_by_object_or_event() -> None:
    events: list[Event] = [
        (0, 1, "constituency.waver", "north", 1),
        (0, 2, "constituency.waver", "north", 1),
        (0, 2, "constituency.waver", "south", 1),
        (0, 1, "talks.session", None, 1),
        (0, 2, "talks.session", None, 1),
    ]
    assert values({"count": {"verb": "waver"}}, block(1, events)) == [2]
    assert values({"count": {"verb": "session"}}, block(1, events)) == [2]
    assert values({"ever": {"verb": "waver", "party": "blues"}}, block(1, events)) == [0]
    assert values({"count": {"verb": "waver", "party": "reds", "object": "south"}}, block(1, events)) == [1]


def test_a_sequence_follows_the_days_and_the_order_of_a_day() -> None:
    asked = {"sequence": [{"verb": "mandate", "party": "reds"}, {"verb": "ultimatum"}, {"verb": "leave_seat"}]}
    in_order: list[Event] = [
        (0, 1, "mandate.mandate", "reds", 1),
        (0, 4, "ultimatum.ultimatum", "reds", 3),
        (0, 6, "leave.leave_seat", "ann@committee", 1),
        (0, 9, "mandate.mandate", "reds", 2),
    ]
    same_day: list[Event] = [
        (1, 4, "leave.leave_seat", "ann@committee", 1),
        (1, 4, "ultimatum.ultimatum", "reds", 3),
        (1, 4, "mandate.mandate", "reds", 1),
    ]
    reversed_: list[Event] = [
        (2, 1, "leave.leave_seat", "ann@committee", 1),
        (2, 4, "ultimatum.ultimatum", "reds", 3),
        (2, 1, "mandate.mandate", "reds", 1),
    ]
    unfinished: list[Event] = [(3, 1, "mandate.mandate", "reds", 1), (3, 4, "ultimatum.ultimatum", "reds", 3)]
    assert values(asked, block(4, [*in_order, *same_day, *reversed_, *unfinished])) == [1, 1, 0, 0]
    # a day calls mandate before ultimatum, so on one day the reverse order did not come about
    backwards = {"sequence": [{"verb": "ultimatum"}, {"verb": "mandate"}]}
    assert values(backwards, block(4, [*in_order, *same_day, *reversed_, *unfinished])) == [0, 0, 0, 0]


def test_final_reads_the_last_day() -> None:
    given = block(3, [], final=[0.25, 0.5, 0.75])
    assert values({"final": "danger"}, given) == [0.25, 0.5, 0.75]
    assert values({"final": "danger", "at_least": 0.5}, given) == [0, 1, 1]


def test_runs_cut_short_by_a_fall_can_be_left_out() -> None:
    events: list[Event] = [
        (0, 6, "survival.fall", None, 1),
        (1, 3, "talks.settled", "together", 1),
        (1, 6, "survival.fall", None, 1),
    ]
    given = block(3, events)
    assert values({"never": {"verb": "settled"}}, given) == [1, 0, 1]
    assert values({"never": {"verb": "settled"}, "falls": "exclude"}, given) == [None, 0, 1]
    # the fall came after the window closed: the matter was decided
    early = {"never": {"verb": "settled", "before": "1917-11-05"}, "falls": "exclude"}
    assert values(early, given) == [1, 0, 1]
    assert values({"ever": {"verb": "settled"}, "falls": "exclude"}, given) == [None, 1, 0]
    quiet = {"never": {"verb": "settled"}, "falls": "exclude"}
    assert values({"not": quiet}, given) == [None, 1, 0]
    assert values({"all": [quiet, {"ever": {"verb": "waver"}}]}, given) == [0, 0, 0]
    assert values({"all": [quiet, {"never": {"verb": "waver"}}]}, given) == [None, 0, 1]
    assert values({"any": [quiet, {"never": {"verb": "waver"}}]}, given) == [1, 1, 1]


def test_days_are_days_whatever_the_step() -> None:
    given = block(1, [(0, 2, "talks.session", None, 1)])
    assert values({"first": {"verb": "session"}}, given, end="1918-11-20", step_days=7) == [14]
    week = {"ever": {"verb": "session", "after": "1917-11-15", "before": "1917-11-15"}}
    assert values(week, given, end="1918-11-20", step_days=7) == [1]


def test_persons_who_left_are_counted_once() -> None:
    counted = evaluator(outcome("asked", {"ever": {"verb": "fall"}})).evaluate(block(4, EXITS)).exits
    assert counted.tolist() == [2, 0, 2, 0]


def test_a_block_without_events() -> None:
    given = block(2, [])
    assert values({"count": {"verb": "vote"}}, given) == [0, 0]
    assert values({"first": {"verb": "vote"}}, given) == [None, None]


@pytest.mark.parametrize(
    ("measure", "code", "hint"),
    [
        ({"ever": {"verb": "leave_set"}}, "WC301", "leave_seat"),
        ({"ever": {"verb": "leave_seat", "actor": "bop"}}, "WC302", "bob"),
        ({"ever": {"verb": "leave_seat", "party": "red"}}, "WC303", "reds"),
        ({"ever": {"verb": "leave_seat", "faction": "doubter"}}, "WC304", "doubters"),
        ({"ever": {"verb": "leave_seat", "object": "counsil"}}, "WC305", "council"),
        ({"ever": {"verb": "reply", "value": "refused"}}, "WC306", "refuse"),
        ({"ever": {"verb": "session", "value": "long"}}, "WC306", "number"),
        ({"final": "dangers"}, "WC307", "danger"),
        ({"ever": {"verb": "session", "actor": "bob"}}, "WC308", "actor"),
        ({"ever": {"verb": "waver", "actor": "bob"}}, "WC308", "actor"),
        ({"ever": {"verb": "ultimatum", "actor": "bob"}}, "WC308", "party"),
        ({"ever": {"verb": "leave_seat", "actor": "reds"}}, "WC308", "party:"),
        ({"ever": {"verb": "ultimatum", "object": "council"}}, "WC308", "object"),
        ({"ever": {"verb": "settled", "faction": "doubters"}}, "WC308", "faction"),
        ({"all": [{"count": {"verb": "vote"}}]}, "WC309", "at_least"),
    ],
)
def test_wrong_names_are_told_with_the_nearest_right_one(measure: Mapping[str, Any], code: str, hint: str) -> None:
    with pytest.raises(RunError) as failure:
        evaluator(outcome("asked", measure))
    problem = failure.value.problems[0]
    assert problem.code == code
    assert hint in problem.hint
    assert "asked" in problem.message


def test_all_wrong_names_are_told_at_once() -> None:
    with pytest.raises(RunError) as failure:
        evaluator(
            outcome("one", {"ever": {"verb": "leave_set"}}),
            outcome("two", {"final": "dangers"}),
            outcome("run", {"ever": {"verb": "fall"}}),
        )
    assert [problem.code for problem in failure.value.problems] == ["WC301", "WC307", "WC313"]


def many_events(runs: int, each: int) -> BlockResult:
    """A block with about as many events a run as a full scenario records."""
    random = np.random.default_rng(5)
    count = runs * each
    run = np.repeat(np.arange(runs), each) + FIRST_RUN
    step = np.sort(random.integers(0, 20, (runs, each)), axis=1).ravel()
    verb = random.integers(0, len(VERBS), count)
    sizes = np.array([len(AXES[spec.axis]) if spec.axis else 1 for spec in VERBS])
    entity = random.integers(0, sizes[verb])
    events = EventColumns(
        run.astype(np.int64), step.astype(np.int32), verb.astype(np.int16), entity.astype(np.int32),
        random.integers(1, 4, count).astype(np.float32), np.full(count, NAN, np.float32),
    )  # fmt: skip
    return BlockResult(FIRST_RUN, runs, {}, events, np.zeros((20, len(MEASURES), runs), np.float32))


def test_outcomes_cost_about_a_microsecond_a_run() -> None:
    forms: list[Mapping[str, Any]] = [
        {"ever": {"verb": "leave_seat", "party": "reds"}},
        {"never": {"verb": "fall"}, "falls": "exclude"},
        {"count": {"verb": "vote", "value": "yes"}},
        {"first": {"verb": "reply", "value": "refuse", "after": "1917-11-04"}},
        {"sequence": [{"verb": "mandate"}, {"verb": "ultimatum"}, {"verb": "leave_seat"}]},
        {"final": "danger", "at_least": 0.5},
    ]
    asked = evaluator(*(outcome(f"asked_{number}", forms[number % len(forms)]) for number in range(30)))
    given = many_events(1000, 300)
    times = []
    for _ in range(5):
        start = time.perf_counter()
        asked.evaluate(given)
        times.append(time.perf_counter() - start)
    assert min(times) / 30 / 1000 < 5e-6  # a loop over runs or events would take a hundred times as long


def test_the_plan_may_lack_mechanisms() -> None:
    loaded = loaded_scenario([outcome("asked", {"never": {"verb": "session"}, "falls": "exclude"})])
    engine = make_engine(loaded)
    verbs = tuple(verb for verb in VERBS if verb.mechanism == "talks")
    reduced = OutcomeEvaluator(Plan(20, verbs=verbs), engine.world, Scenario.model_validate(loaded.scenario))
    empty = EventColumns(*(np.zeros(0, kind) for kind in (np.int64, np.int32, np.int16, np.int32, "f4", "f4")))
    given = BlockResult(0, 2, {}, empty, np.zeros((20, len(MEASURES), 2), np.float32))
    assert reduced.evaluate(given).values["asked"].tolist() == [1, 1]
