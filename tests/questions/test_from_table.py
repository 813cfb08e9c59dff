"""A parliament table or an election becomes talks on a government: what the file says, and that it runs."""

from __future__ import annotations

import datetime as dt
import json
import os
from pathlib import Path

import numpy as np
import pytest

from whipcount.cli import main
from whipcount.data.parlgov import read_parlgov
from whipcount.data.parliaments import Parliament, parliament_of_election, read_parliament
from whipcount.engine import NumpyBackend, build_plan
from whipcount.errors import TableError
from whipcount.generation.candidates import prospects
from whipcount.generation.parliament_crisis import UNDATED, Settings
from whipcount.generation.parliament_text import scenario_text
from whipcount.questions.formation_check import check_formations, sample, simulated
from whipcount.scenario import load
from whipcount.scenario.drafting import slug
from whipcount.scenario.schema import ParameterPrior
from whipcount.world import build

PROJECT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("WHIPCOUNT_SHARED", PROJECT.parent / "shared"))
PARLGOV = SHARED / "data" / "parlgov"
needs_parlgov = pytest.mark.skipif(not PARLGOV.is_dir(), reason=f"no ParlGov tables in {PARLGOV}")

HEADER = "party,seats,position,incumbent,premier,leader,factions"
COAST = (
    "Labour,42,3.4,1,1,Ida Holm,Left:14:2.2; Centre:27:4.1",
    "Conservatives,38,7.2,0,0,,",
    "Liberals,16,6.1,1,0,,",
    "Greens,11,2.6,0,0,,",
    "Nation,14,8.9,0,0,,",
    "Independents,2,,0,0,,",
)


def table(folder: Path, *rows: str, header: str = HEADER) -> Path:
    path = folder / "coast.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def written(parliament: Parliament, folder: Path, limit: int = 8) -> Path:
    path = folder / "talks.yaml"
    settings = Settings(parliament.day or UNDATED)
    path.write_text(scenario_text(parliament, prospects(parliament, limit), settings, "test"), encoding="utf-8")
    return path


def events(path: Path, runs: int = 60, **values: float) -> dict[str, list[tuple[int, str]]]:
    """By verb: the run and the entity of every event."""
    scenario = load(path).scenario
    fixed = {name: ParameterPrior(value=value) for name, value in values.items()}
    world = build(scenario.model_copy(update={"parameters": {**scenario.parameters, **fixed}}), slug="t")
    plan = build_plan(world)
    block = NumpyBackend(plan).run(seed=5, first_run=0, runs=runs)
    found: dict[str, list[tuple[int, str]]] = {}
    for run, verb, entity in zip(block.events.run, block.events.verb, block.events.entity, strict=True):
        spec = plan.verbs[verb]
        name = world.structure.axes[spec.axis][entity] if spec.axis else ""
        found.setdefault(spec.name, []).append((int(run), name))
    return found


def test_the_file_says_what_the_table_says(tmp_path: Path) -> None:
    scenario = load(written(read_parliament(table(tmp_path, *COAST)), tmp_path)).scenario
    assert {party.id: round(party.support * 123) for party in scenario.parties} == {
        "labour": 42,
        "conservatives": 38,
        "liberals": 16,
        "nation": 14,
        "greens": 11,
        "independents": 2,
    }
    parliament = next(body for body in scenario.bodies if body.id == "parliament")
    assert sum(seat.weight for seat in parliament.seats) == 123
    assert scenario.government.head == "leader_labour"
    caretaker = next(one for one in scenario.settlements if one.id == "caretaker")
    assert (caretaker.parties, caretaker.shares) == (("labour", "liberals"), {})
    assert next(actor for actor in scenario.actors if actor.id == "leader_labour").name.en == "Ida Holm"
    assert {faction.name.en for faction in scenario.factions} == {"Left", "Centre"}


def test_every_record_is_sourced_or_assumed(tmp_path: Path) -> None:
    scenario = load(written(read_parliament(table(tmp_path, *COAST)), tmp_path)).scenario
    groups = (scenario.settlements, scenario.parties, scenario.actors, scenario.bodies, scenario.posts, scenario.events)
    for record in (one for group in groups for one in group):
        assert record.evidence or record.assumed, record.id
    for name, prior in scenario.parameters.items():
        assert prior.evidence or prior.assumed, name
    # nobody's position is made up: where the table has none, the prior is everything
    lost = next(actor for actor in scenario.actors if actor.id == "leader_independents").ideal["left_right"]
    assert lost.prior is not None
    assert lost.prior.uniform == (0.0, 1.0)


def test_offices_are_shared_by_seats(tmp_path: Path) -> None:
    scenario = load(written(read_parliament(table(tmp_path, *COAST)), tmp_path)).scenario
    seats = {"labour": 42, "conservatives": 38, "liberals": 16, "greens": 11, "nation": 14, "independents": 2}
    listed = {one.id: one for one in scenario.settlements}
    assert scenario.table is not None
    for name in scenario.table.menu:
        one = listed[name]
        assert sum(one.shares.values()) == pytest.approx(1.0, abs=1e-9)
        held = sum(seats[party] for party in one.parties)
        for party, share in one.shares.items():
            assert share == pytest.approx(seats[party] / held, abs=0.003)


def test_only_members_of_a_government_are_asked(tmp_path: Path) -> None:
    path = written(read_parliament(table(tmp_path, *COAST)), tmp_path)
    inside = {one.id: set(one.parties) for one in load(path).scenario.settlements}
    told = events(path)
    settled = dict(told["settled"])
    assert len(settled) > 30
    assert len(told["settled"]) == len(settled), "one government a run"
    ratified = {run: {party for other, party in told["ratify"] if other == run} for run in settled}
    for run, name in settled.items():
        assert inside[name] <= ratified[run]
    everyone = {party for parties in inside.values() for party in parties}
    assert any(not everyone <= ratified[run] for run in settled), "nobody outside need ratify"


def test_a_parliament_that_hopes_for_better_rejects_minorities(tmp_path: Path) -> None:
    """Offices that the others hope for in the next round make them vote governments down that lack a majority."""
    path = written(read_parliament(table(tmp_path, *COAST)), tmp_path, limit=16)
    scenario = load(path).scenario
    small = {
        one.id
        for one in scenario.settlements
        if sum(party.support for party in scenario.parties if party.id in one.parties) <= 0.5
    }
    patient, hopeful = (
        events(path, 150, **{"formateur.hope": hope, "talks.office": 0.3}).get("settled", []) for hope in (0.0, 2.0)
    )
    shares = [np.mean([name in small for _, name in found]) for found in (patient, hopeful)]
    assert shares[1] < shares[0]


def test_a_majority_party_governs(tmp_path: Path) -> None:
    path = written(read_parliament(table(tmp_path, "A,60,3,1,1,,", "B,40,7,0,0,,")), tmp_path)
    settled = [name for _, name in events(path)["settled"]]
    assert settled.count("a_alone") > len(settled) / 2


def test_without_positions_parties_seek_office_alone(tmp_path: Path) -> None:
    path = written(read_parliament(table(tmp_path, "A,40", "B,35", "C,25", header="party,seats")), tmp_path)
    scenario = load(path).scenario
    assert scenario.parameters["talks.policy"].value == 0.0
    assert not scenario.events
    assert events(path)["settled"]


def test_names_become_identifiers() -> None:
    taken: set[str] = set()
    assert [slug(name, taken, "party_") for name in ("Les Verts", "Łódź 50+", "Яблоко", "Яблоко", "50Plus")] == [
        "les_verts",
        "odz_50",
        "party",
        "party_2",
        "party_50plus",
    ]


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        (("A,-5,3", "B,40,7"), "WC505"),
        (("A,5.5,3", "B,40,7"), "WC506"),
        (("A,50,3",), "WC530"),
        (("A,50,3", "B,0,4"), "WC530"),
        (("A,50,3", "A,40,7"), "WC503"),
        (("A,,3", "B,40,7"), "WC504"),
        (("A,50,30", "B,40,7"), "WC512"),
        (("A,fifty,3", "B,40,7"), "WC543"),
        (tuple(f"P{number},1,5" for number in range(200)), "WC515"),
        ((), "WC541"),
    ],
)
def test_bad_tables_are_told(rows: tuple[str, ...], code: str, tmp_path: Path) -> None:
    path = table(tmp_path, *rows, header="party,seats,position")
    with pytest.raises(TableError) as error:
        read_parliament(path)
    assert error.value.problems[0].code == code


@pytest.mark.parametrize("factions", ["Left", "Left:x", "Left:0", "Left:50:3", "Left:5:three", "Left:5; Left:5"])
def test_bad_factions_are_told(factions: str, tmp_path: Path) -> None:
    path = table(tmp_path, f"A,20,3,{factions}", "B,40,7,", header="party,seats,position,factions")
    with pytest.raises(TableError) as error:
        read_parliament(path)
    assert error.value.problems[0].code in ("WC518", "WC503")


def test_all_equal_positions_work(tmp_path: Path) -> None:
    rows = ("A,40,5,0,0,,", "B,35,5,0,0,,", "C,25,5,0,0,,")
    assert events(written(read_parliament(table(tmp_path, *rows)), tmp_path))["settled"]


def test_the_command_writes_a_file_that_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    table(tmp_path, *COAST)
    assert main(["scenario", "from-table", "coast.csv", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["file"], told["parties"], told["seats"]) == ("coast.yaml", 6, 123)
    assert main(["check", "coast.yaml"]) == 0
    assert main(["scenario", "from-table", "coast.csv"]) == 2  # not over an existing file
    assert main(["scenario", "from-table"]) == 2
    assert main(["scenario", "from-table", "coast.csv", "--cabinets", "0", "--force"]) == 2


@needs_parlgov
@pytest.mark.parametrize(("country", "day"), [("DEU", "2005-09-18"), ("NLD", "2006-11-22"), ("DNK", "2007-11-13")])
def test_elections_of_parlgov_run(country: str, day: str, tmp_path: Path) -> None:
    parliament = parliament_of_election(read_parlgov(PARLGOV), country, dt.date.fromisoformat(day))
    assert parliament.knows_government
    path = written(parliament, tmp_path)
    scenario = load(path).scenario
    assert sum(outcome.happened is True for outcome in scenario.outcomes) >= 2
    assert len(events(path)["settled"]) > 30


@needs_parlgov
def test_the_record_is_asked_of_what_was_on_the_menu() -> None:
    from whipcount.data.parlgov import opportunities

    tables = read_parlgov(PARLGOV)
    cases = [case for case in opportunities(tables) if case.country in ("DEU", "SWE")]
    chosen = [cases[row] for row in sample(cases, 2)]
    even = [np.full(case.cabinets, 1.0 / case.cabinets) for case in chosen]
    found = check_formations(tables, chosen, even, runs=20, limit=30)
    assert found.asked == 2
    for row in found.rows:
        assert 0 < row.simulated < 1
        assert row.model == pytest.approx(1.0 / row.listed)


def test_both_backends_give_the_same_talks(tmp_path: Path) -> None:
    from whipcount.engine.c.backend import CompiledBackend
    from whipcount.engine.c.build import CompilationError, find_compiler

    try:
        find_compiler()
    except CompilationError:
        pytest.skip("no C compiler")
    path = written(read_parliament(table(tmp_path, *COAST)), tmp_path)
    plan = build_plan(build(load(path).scenario, slug="t"))
    one, other = NumpyBackend(plan).run(3, 0, 40), CompiledBackend(plan).run(3, 0, 40)
    assert one.series.tobytes() == other.series.tobytes()
    assert one.events.entity.tolist() == other.events.entity.tolist()


def test_simulated_talks_count_one_government_a_run(tmp_path: Path) -> None:
    parliament = read_parliament(table(tmp_path, *COAST))
    counts = simulated(parliament, prospects(parliament, 6), runs=40)
    assert 0 < counts.sum() <= 40
