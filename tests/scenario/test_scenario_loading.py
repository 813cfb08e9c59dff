"""Loading: names and paths, what a loaded scenario knows, strictness of types, short forms."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest
from known_names import declared

from whipcount.errors import ScenarioError
from whipcount.scenario import LoadedScenario, check_file, load, names, scaffold

Write = Callable[[str], Path]


def test_a_loaded_scenario_knows_its_file(demo: LoadedScenario, text: str) -> None:
    assert demo.slug == "demo"
    assert demo.text == text
    assert demo.hash == hashlib.sha256(demo.path.read_bytes()).hexdigest()
    assert demo.scenario.calendar.start == dt.date(2024, 3, 1)
    assert demo.account is None
    assert demo.overrides == ()


def test_it_is_frozen_and_can_be_sent_to_workers(demo: LoadedScenario) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        demo.slug = "other"  # type: ignore[misc]
    assert pickle.loads(pickle.dumps(demo)) == demo


def test_places_of_paths(demo: LoadedScenario, text: str) -> None:
    place = demo.place("actors.dina.ideal.breadth")
    line = text.splitlines()[place.line - 1]
    assert line[place.column - 1 :].startswith("{prior")
    assert demo.place("bodies.committee.seats.vera").line > 0
    assert str(demo.place("actors.nobody")) == str(demo.path)


@pytest.mark.parametrize("name", names())
def test_shipped_scenarios_load_under_every_account(name: str) -> None:
    assert check_file(name) == []
    for account in load(name).scenario.accounts:
        assert load(name, account=account.id).account == account.id


def test_unknown_names_get_a_hint() -> None:
    with pytest.raises(ScenarioError, match=r"WC100.*no scenario 'nothing-of-that-name'"):
        load("nothing-of-that-name")


def test_short_forms(demo: LoadedScenario) -> None:
    by_id = {actor.id: actor for actor in demo.scenario.actors}
    assert by_id["anna"].ideal["breadth"].value == 0.1
    assert by_id["boris"].ideal["breadth"].coders == (0.2, 0.3)
    assert by_id["boris"].ideal["breadth"].centre == pytest.approx(0.25)
    assert by_id["anna"].evidence[0].source == "press"
    assert by_id["anna"].evidence[0].where == "1 March"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("size: 12", 'size: "12"', "WC112"),
        ("size: 12", "size: true", "WC112"),
        ("size: 12", "size: 1.5", "WC112"),
        ("quorum: 3", "quorum: true", "WC112"),
        ("convened", "convened", ""),
        ("forum: true", "forum: 1", "WC112"),
        ("forum: true", "forum: yes", "WC112"),
        ("breadth: .6", 'breadth: ".6"', "WC112"),
        ("[.2, .3]", "[.2, no]", "WC112"),
        ("beta: [6, 4]", "beta: [6]", "WC117"),
        ("beta: [6, 4]", "beta: [6, 4, 2]", "WC117"),
        ("en: Dina", "en: 12", "WC112"),
        ("start: 2024-03-01", "start: 20240301", "WC115"),
        ("year: 2024", 'year: "2024"', "WC112"),
    ],
)
def test_types_are_strict(text: str, write: Write, old: str, new: str, code: str) -> None:
    changed = text.replace(old, new, 1)
    if not code:
        load(write(changed), registry=declared)
        return
    with pytest.raises(ScenarioError) as caught:
        load(write(changed), registry=declared)
    assert code in {problem.code for problem in caught.value.problems}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("size: 12", "size: +12"),
        ('evidence: ["press:3 March"]', "evidence: [{source: press, where: 3}]"),
        ("factions:\n", "claims:\nfactions:\n"),
        ("deadline_days: 2", "deadline_days: 2.5"),
    ],
)
def test_what_is_allowed(text: str, write: Write, old: str, new: str) -> None:
    load(write(text.replace(old, new, 1)), registry=declared)


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(text: str, tmp_path: Path) -> None:
    path = tmp_path / "demo.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    loaded = load(path, registry=declared)
    where = next(n for n, line in enumerate(text.splitlines(), 1) if "settlement:" in line)
    assert loaded.place("government.settlement").line == where


def test_scaffold_is_short_commented_and_named() -> None:
    text = scaffold("my-crisis")
    assert 45 <= text.count("\n") <= 70
    assert text.count("#") >= 14
    assert "My crisis" in text
    assert "{name}" not in text
    with pytest.raises(ScenarioError, match="WC116"):
        scaffold("../escape")
