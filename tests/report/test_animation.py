"""A run that moves: a frame for each day of its story, with the seats of that day, and a file that opens."""

from __future__ import annotations

import io
import re

import pytest

from ensembles import ensemble
from whipcount.charts.material import Material, material_of
from whipcount.report.animation import LONG, animated, changes, frames
from whipcount.report.replay import replay_of
from whipcount.results import Results

PIL = pytest.importorskip("PIL.Image")


@pytest.fixture(scope="module")
def runs() -> Results:
    return ensemble("two-bodies", 12, 5)


@pytest.fixture(scope="module")
def material(runs: Results) -> Material:
    return material_of(runs)


def test_each_day_of_the_story_is_a_frame_with_its_seats(material: Material) -> None:
    replay = max((replay_of(material, run) for run in range(12)), key=lambda one: sum(map(changes, one.bodies)))
    drawn = list(frames(replay, material.scenario, "made here"))
    assert len(drawn) == len(replay.story.days)
    for place, (drawing, milliseconds) in enumerate(drawn):
        day = replay.story.days[place]
        words = re.sub(r"\s+", " ", " ".join(re.findall(r">([^<]+)</text>", drawing)))
        assert day.heading in words
        assert all(one.split()[0] in words for one in day.sentences[:1])
        assert "made here" in words
        step = max(at for at in range(replay.steps) if replay.told[at] <= place)
        empty = sum(
            len(bench.dots)
            for body in replay.bodies
            if changes(body)
            for bench, taken in zip(body.benches, body.states[step], strict=True)
            if taken.holder is None
        )
        assert drawing.count("stroke-dasharray") == empty
        assert milliseconds <= LONG
    assert drawn[0][1] > 0


def test_the_file_opens_and_holds_all_frames(material: Material) -> None:
    replay = replay_of(material, 3)
    with PIL.open(io.BytesIO(animated(replay, material.scenario, "made here"))) as moving:
        assert moving.n_frames == len(replay.story.days)
        assert moving.size == (1200, 675)
