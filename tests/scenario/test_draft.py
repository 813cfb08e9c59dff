"""Forms to YAML and back: what they write is accepted, says the same again, and nothing richer is put into them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from whipcount.scenario import load, names
from whipcount.scenario.draft import (
    BodyRow,
    Draft,
    EventRow,
    OptionRow,
    PartyRow,
    PersonRow,
    PressureRow,
    fields_of,
    new_draft,
    read_draft,
    with_part,
    without_row,
    write,
)
from whipcount.scenario.loader import check_tree
from whipcount.scenario.scaffold import scaffold
from whipcount.scenario.yaml_nodes import parse

FIRST = dt.date(2026, 1, 10)
TOWN = replace(
    new_draft(FIRST),
    title="Town budget",
    matter="The budget",
    low="cut",
    high="spend",
    options=(OptionRow("More buses", "8"),),
    parties=(PartyRow("Reds", "#b2182b", "5", "6–8"), PartyRow("Blues", "#2166ac", "4", "2–4")),
    bodies=(BodyRow("Council"),),
)


def problems_at(draft: Draft) -> dict[str, set[str]]:
    """Codes of the mistakes of what the forms write, by field."""
    written = write(draft)
    tree = parse(written.text, "x")
    found = check_tree(tree)
    by_field: dict[str, set[str]] = {}
    for field, problem in zip(fields_of(found, tree, written.fields), found, strict=True):
        by_field.setdefault(field, set()).add(problem.code)
    return by_field


NAMES = st.text("abAB яЁ'\":#-{}1.", min_size=1, max_size=12).filter(lambda one: one.strip() != "")
TITLES = NAMES.map(lambda one: " ".join(one.split()))
PLACES = st.one_of(
    st.just(""),
    st.integers(0, 100).map(lambda tenth: f"{tenth / 10:g}"),
    st.tuples(st.integers(0, 10), st.integers(0, 10)).map(lambda pair: f"{pair[0]}–{pair[1]}"),
)
RULES = st.sampled_from(["cast", "present", "members", "2/3 of cast", "unanimity"])


@st.composite
def drafts(draw: st.DrawFn) -> Draft:
    """Forms that somebody has filled in with care: any number of rows, any names, people no more than seats."""
    colours = st.sampled_from(["", "#b2182b", "#123abc"])
    seats = st.integers(3, 90).map(str)
    number = draw(st.integers(2, 4))
    parties = tuple(PartyRow(draw(TITLES), draw(colours), draw(seats), draw(PLACES)) for _ in range(number))
    several = st.sampled_from(range(len(parties)))
    organ = draw(several)
    bodies: tuple[BodyRow, ...] = (BodyRow(draw(TITLES), "committee", draw(RULES)),)
    if draw(st.booleans()):
        board = BodyRow(
            draw(TITLES), "executive", draw(RULES), str(organ), ((str(organ), str(draw(st.integers(2, 9)))),)
        )
        bodies = (*bodies, board)
    people: list[PersonRow] = []
    for party in draw(st.lists(several, max_size=3, unique=True)):
        post = draw(st.one_of(st.just(""), TITLES))
        people.append(PersonRow(draw(TITLES), str(party), draw(PLACES), draw(st.booleans()), post, ("0",)))
    governs = draw(several)
    return draw(further(_draft(draw, parties, bodies, people, governs)))


def _draft(
    draw: st.DrawFn,
    parties: tuple[PartyRow, ...],
    bodies: tuple[BodyRow, ...],
    people: list[PersonRow],
    governs: int,
) -> Draft:
    against = next(number for number in range(len(parties)) if number != governs)
    return Draft(
        title=draw(TITLES),
        summary=draw(st.one_of(st.just(""), TITLES)),
        source=draw(st.one_of(st.just(""), TITLES)),
        first=FIRST.isoformat(),
        days=str(draw(st.integers(30, 800))),
        beat=str(draw(st.sampled_from([1, 7, 14]))),
        matter=draw(TITLES),
        low=draw(TITLES),
        high=draw(TITLES),
        now=draw(st.one_of(st.just(""), TITLES)),
        now_at=draw(PLACES),
        fails=draw(st.sampled_from(["never", "may", "always"])),
        governs=(str(governs),),
        against=(f"party.{against}",),
        parties=parties,
        people=tuple(people),
        bodies=bodies,
        options=tuple(OptionRow(draw(TITLES), draw(PLACES)) for _ in range(draw(st.integers(1, 2)))),
    )


@st.composite
def further(draw: st.DrawFn, draft: Draft) -> Draft:
    """The same, with any of a second line, talks, an election, pressures and events."""
    if draw(st.booleans()):
        draft = replace(with_part(draft, "second"), matter2=draw(TITLES), low2="a", high2="b", now_at2=draw(PLACES))
        draft = replace(draft, parties=tuple(replace(row, at2=draw(PLACES)) for row in draft.parties))
        draft = replace(draft, people=tuple(replace(row, at2=draw(PLACES)) for row in draft.people))
        draft = replace(draft, options=tuple(replace(row, at2=draw(PLACES)) for row in draft.options))
    if draw(st.booleans()):
        with_talks = replace(with_part(draft, "talks"), consent=draw(st.sampled_from(["sides", "members"])))
        draft = replace(with_talks, mediator="0" if draft.people else "", talks_name=draw(st.just("") | TITLES))
        draft = replace(draft, options=(replace(draft.options[0], governs=("0", "1")), *draft.options[1:]))
    if draw(st.booleans()):
        draft = with_part(draft, "election")
        polls = st.sampled_from(["", "12.5", "20–25"])
        draft = replace(draft, parties=tuple(replace(row, poll=draw(polls)) for row in draft.parties))
        draft = replace(draft, parties=(replace(draft.parties[0], poll="33"), *draft.parties[1:]))
        draft = replace(draft, early=draw(st.sampled_from(["", "yes"])), threshold=draw(st.sampled_from(["", "5"])))
        draft = draft if draft.early else replace(draft, due="2026-01-30")
    pressures = tuple(
        PressureRow(draw(TITLES), draw(PLACES), draw(st.sampled_from(["", "3"])), draw(st.sampled_from(["0", "0.5"])))
        for _ in range(draw(st.integers(0, 2)))
    )
    events = []
    for _ in range(draw(st.integers(0, 2))):
        row = EventRow(draw(TITLES), "2026-01-20", draw(st.sampled_from(["", "9", "30"])))
        row = replace(row, pressure="0", level="7") if pressures else row
        row = (
            replace(row, party="1", by=draw(st.sampled_from(["-2.5", "3"])))
            if draw(st.booleans()) or not pressures
            else row
        )
        events.append(replace(row, person="0") if draft.people and draw(st.booleans()) else row)
    return replace(draft, pressures=pressures, events=tuple(events))


@given(drafts())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow], phases=[Phase.generate])
def test_what_the_forms_write_is_accepted_and_says_the_same_again(draft: Draft) -> None:
    written = write(draft)
    tree = parse(written.text, "x")
    assert tree.plain() == written.plain  # YAML says what was meant
    assert check_tree(tree) == []
    again, beyond = read_draft(tree.plain(), written.text)
    assert beyond == ()
    assert again is not None
    assert write(again).text == written.text


def test_two_parties_a_body_of_nine_and_a_budget_load() -> None:
    loaded = load(write(TOWN).plain)
    council = loaded.scenario.bodies[0]
    assert sum(seat.weight for seat in council.seats) == 9
    assert {party.principal for party in loaded.scenario.parties} == {"group_of_reds", "group_of_blues"}
    assert {outcome.id for outcome in loaded.scenario.outcomes} >= {"passes", "fails", "falls", "q21_measure_passes"}
    point = loaded.scenario.actors[0].ideal["the_budget"]
    assert point.coders == (0.6, 0.8)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"title": ""}, "title"),
        ({"matter": ""}, "matter"),
        ({"low": ""}, "low"),
        ({"first": "yesterday"}, "first"),
        ({"days": "0"}, "days"),
        ({"days": "soon"}, "days"),
        ({"beat": "99"}, "beat"),
        ({"options": (OptionRow("x", "eleven"),)}, "option.0.at"),
        ({"parties": (TOWN.parties[0], PartyRow("Blues", "#2166ac", "four", "2"))}, "party.1.seats"),
        ({"parties": (TOWN.parties[0], PartyRow("Blues", "#2166ac", "", "2"))}, "party.1.seats"),
        ({"parties": (TOWN.parties[0], PartyRow("Blues", "#2166ac", "-2", "2"))}, "party.1.seats"),
        ({"parties": (TOWN.parties[0], PartyRow("Blues", "blue", "4", "2"))}, "party.1.colour"),
        ({"parties": (TOWN.parties[0], PartyRow("Blues", "", "4", "12"))}, "party.1.at"),
        ({"parties": (TOWN.parties[0], PartyRow("", "", "4", "2"))}, "party.1.name"),
        ({"bodies": (BodyRow("Council", rule="by shouting"),)}, "body.0.rule"),
        ({"bodies": (BodyRow(""),)}, "body.0.name"),
        ({"people": (PersonRow("", "0"),)}, "person.0.name"),
        ({"people": (PersonRow("Anna", "0", "?"),)}, "person.0.at"),
        ({"people": (PersonRow("Anna", "0", leads=True),), "against": ("person.0",)}, "against"),
    ],
)  # fmt: skip
def test_a_mistake_is_led_to_the_field_where_it_was_typed(changed: dict[str, object], field: str) -> None:
    assert problems_at(TOWN) == {}
    assert field in problems_at(replace(TOWN, **changed))  # type: ignore[arg-type]


def test_every_gap_of_empty_forms_has_a_field() -> None:
    found = problems_at(new_draft(FIRST))
    assert "" not in found
    assert {"title", "matter", "option.0.name", "party.0.name", "party.0.seats", "body.0.name"} <= set(found)


@pytest.mark.parametrize("name", names())
def test_richer_scenarios_are_left_alone(name: str) -> None:
    loaded = load(name)
    draft, beyond = read_draft(parse(loaded.text, name).plain(), loaded.text)
    assert draft is None
    assert beyond


def test_what_a_hand_adds_is_named_and_comments_count() -> None:
    text = write(TOWN).text
    assert read_draft(parse(text, "x").plain(), text)[0] == TOWN
    more = text + "pressures:\n  - {id: strike, name: Strike, level: 0.5, assumed: announced}\n"
    assert read_draft(parse(more, "x").plain(), more) == (None, ("pressures",))
    commented = text.replace("parties:\n", "parties:  # as the press has it\n")
    assert read_draft(parse(commented, "x").plain(), commented) == (None, ("#",))
    assert read_draft(parse(scaffold("x"), "x").plain(), scaffold("x"))[0] is None
    odd_ones: list[object] = [None, [], "x", {"parties": "x"}, {"parties": [None], "bodies": [{"seats": 3}]}]
    for odd in odd_ones:
        assert read_draft(odd)[0] is None


def test_an_identifier_of_ones_own_is_kept() -> None:
    text = write(TOWN).text.replace("reds", "left")
    draft, _ = read_draft(parse(text, "x").plain(), text)
    assert draft is not None
    assert draft.parties[0] == PartyRow("Reds", "#b2182b", "5", "6–8", id="left")
    assert write(draft).text == text


def test_a_row_that_goes_takes_what_pointed_at_it_with_it() -> None:
    three = replace(
        TOWN,
        parties=(*TOWN.parties, PartyRow("Greens", "", "2", "5")),
        people=(PersonRow("Anna", "0"), PersonRow("Gleb", "2", leads=True)),
        against=("party.1", "party.2", "person.1"),
        governs=("0", "2"),
        head="1",
    )
    left = without_row(three, "party", 1)
    assert [party.name for party in left.parties] == ["Reds", "Greens"]
    assert (left.governs, left.against) == (("0", "1"), ("party.1", "person.1"))
    assert left.people[1].party == "1"
    without = without_row(left, "person", 0)
    assert (without.head, without.against) == ("0", ("party.1", "person.0"))
    assert problems_at(without) == {}
    assert without_row(three, "party", 9) == three
