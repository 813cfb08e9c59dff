"""A crisis that nobody here had written takes the steps of the encoding guide, in order, and nothing else.

The commands are those of the page; between them the newcomer does by hand what the page asks for.
"""

from __future__ import annotations

import csv
import json
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import whipcount
from whipcount.cli import main
from whipcount.data.documented_quarrels import shipped_quarrels
from whipcount.scenario import LoadedScenario, load
from whipcount.theory.questionnaire import KEYS

GUIDE = (Path(__file__).parents[2] / "docs" / "how-to" / "encode-a-crisis.md").read_text(encoding="utf-8")
FILE = Path(__file__).parent / "quarry.yaml"
CRISES = shipped_quarrels().of("crisis")


def steps() -> dict[int, list[list[str]]]:
    """The numbered steps of the guide, with the commands of each."""
    found = {}
    for number, text in re.findall(r"^## (\d+)\. .*?\n(.*?)(?=^## |\Z)", GUIDE, flags=re.MULTILINE | re.DOTALL):
        blocks = re.findall(r"^```console\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)
        lines = [line for block in blocks for line in block.splitlines()]
        found[int(number)] = [shlex.split(line.removeprefix("$ ")) for line in lines if line.startswith("$ ")]
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    place = tmp_path_factory.mktemp("newcomer")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        yield place


@pytest.fixture
def crisis() -> LoadedScenario:
    return load(FILE)


def test_the_page_has_eight_steps() -> None:
    assert sorted(steps()) == list(range(1, 9))


def test_1_window_parts_and_tempo(crisis: LoadedScenario) -> None:
    scenario = crisis.scenario
    assert 80 <= (scenario.calendar.end - scenario.calendar.start).days <= 90
    assert scenario.calendar.beat_days == 7
    assert scenario.roles is not None
    assert scenario.roles.assumed  # who is D, and why


def test_2_what_was_seen_stands_in_the_head_and_the_end_only_in_record_and_answers(crisis: LoadedScenario) -> None:
    assert re.match(r"(#.*\n)*# seen:", FILE.read_text(encoding="utf-8"))
    assert not crisis.scenario.events  # none lies outside the deciders' power
    assert crisis.scenario.record
    assert set(crisis.scenario.answers) == set(KEYS)


def test_3_bodies_have_their_true_size(crisis: LoadedScenario) -> None:
    council = next(one for one in crisis.scenario.bodies if one.id == "council")
    assert sum(seat.weight for seat in council.seats) == 26
    assert {one.kind for one in crisis.scenario.motions} == {"measure", "no_confidence"}


def test_4_and_5_positions_have_two_ends_and_parameters_keep_their_priors(crisis: LoadedScenario) -> None:
    assert all(len(one.ideal["quarry"].coders) == 2 for one in crisis.scenario.actors)
    assert not crisis.scenario.parameters


def test_6_the_sheet_of_the_first_day_gives_what_the_file_gives(
    folder: Path, crisis: LoadedScenario, capsys: pytest.CaptureFixture[str]
) -> None:
    write, ask = steps()[6]
    assert main(write[1:]) == 0
    sheet = folder / "first-day.csv"
    assert crisis.scenario.first_day is not None
    coded = crisis.scenario.first_day.row()
    with sheet.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {key.removesuffix("_hi") for key in coded} <= {row["judgement"] for row in rows}
    for row in rows:
        low = coded.get(row["judgement"], "")
        row["low"], row["high"] = str(low), str(coded.get(f"{row['judgement']}_hi", low))
    with sheet.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    capsys.readouterr()
    assert main([*ask[1:], "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert len(told["questions"]) == 24


def test_7_a_second_coder(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    new, copy, compare, check = steps()[7]
    assert main(new[1:]) == 0
    shutil.copy(FILE, folder / "first.yaml")  # the newcomer writes over what is commented there
    shutil.copy(*copy[1:])
    second = folder / "second.yaml"
    changed = second.read_text(encoding="utf-8").replace("ideal: {quarry: [0.1, 0.3]}", "ideal: {quarry: [0.2, 0.5]}")
    changed = changed.replace("weak: .3", "weak: .5")
    second.write_text(changed, encoding="utf-8")
    capsys.readouterr()
    assert main([*compare[1:], "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {row["path"] for row in told["differences"]} == {
        "actors.moss.ideal.quarry",
        "parties.forum.leadership.weak",
    }
    assert main(check[1:]) == 0
    merged = load(folder / "both.yaml").scenario
    moss = next(one for one in merged.actors if one.id == "moss")
    assert moss.ideal["quarry"].coders == (0.1, 0.3, 0.2, 0.5)


def test_8_run_and_be_scored_beside_all_others(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ask, mine, form = steps()[8]
    capsys.readouterr()
    assert main([*[str(folder / "both.yaml") if word == "two-bodies" else word for word in ask[1:]], "--json"]) == 0
    shares = {row["id"]: row["probability"] for row in json.loads(capsys.readouterr().out)["questions"]}
    (folder / mine[1]).mkdir()
    assert main(form[1:]) == 0
    shutil.copy(folder / "both.yaml", folder / mine[1] / "quarry.yaml")
    given = [f"{name},{key},0.5" for name in CRISES.names for key in KEYS]
    given += [f"both,{key},{share}" for key, share in shares.items() if share is not None]
    (folder / "given.csv").write_text("\n".join(["crisis,question,probability", *given]), encoding="utf-8")
    found = whipcount.validate(also=folder / mine[1], table=folder / "given.csv", runs=0)
    told = next(one for one in found.also_sources if one.name == "base_rate").scores.log
    answers = np.array([load(FILE).scenario.answers[key].happened for key in KEYS], dtype=float)
    known = ~np.isnan(CRISES.answers)
    rates = (np.nansum(CRISES.answers, axis=0) + 0.5) / (known.sum(axis=0) + 1)
    assert told == pytest.approx(float(np.mean(np.log(np.where(answers == 1.0, rates, 1.0 - rates)))))
