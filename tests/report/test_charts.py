"""The charts show the right numbers: read from their data, counted in their drawings."""

from __future__ import annotations

import itertools
import json
import math
import re
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import polars as pl
import pytest

from whipcount.charts import (
    all_charts,
    counts,
    grievance,
    hemicycle,
    ladder,
    levels,
    outcomes,
    positions,
    readiness,
    survival,
    timing,
)
from whipcount.charts.chart import Chart, table_of
from whipcount.charts.days import apart, busy_window
from whipcount.charts.halfcircle import seat_places
from whipcount.charts.labels import Point, place
from whipcount.charts.material import Material
from whipcount.charts.seating import posts_of, seats_of
from whipcount.text import speaking

EXPECTED = (
    "readiness", "outcomes", "counts", "timing", "hemicycle", "ladder", "positions", "survival", "levels", "grievance",
)  # fmt: skip


def drawn(chart: Chart | None) -> Chart:
    assert chart is not None
    return chart


def rows_with(chart: Chart, *fields: str) -> list[dict[str, Any]]:
    """Rows of the specification's data that have all these fields."""
    assert chart.spec is not None
    return [row for rows in chart.spec["datasets"].values() for row in rows if all(field in row for field in fields)]


@pytest.fixture(scope="module", params=["en", "ru"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_every_chart_is_drawn_in_both_languages(material: Material, language: str) -> None:
    with speaking(language):
        charts = list(all_charts(material))
    assert tuple(chart.name for chart in charts) == EXPECTED
    for chart in charts:
        assert chart.title
        assert chart.caption
        assert chart.alt
        assert chart.table.rows
        assert all(len(row) == len(chart.table.columns) for row in chart.table.rows)
        assert chart.language == language


def test_drawings_are_sound_svg_with_a_name(material: Material) -> None:
    seen: set[str] = set()
    for chart in all_charts(material):
        root = ElementTree.fromstring(chart.svg())
        assert root.get("role") == "img"
        texts = [element.text for element in root if element.tag.endswith(("title", "desc"))]
        assert texts[:2] == [chart.title, chart.alt]
        ids = {element.get("id") for element in root.iter() if element.get("id")}
        assert not ids & seen  # drawings can stand on one page
        seen |= {ident for ident in ids if ident}


def test_png_and_html_of_a_chart(material: Material) -> None:
    chart = drawn(outcomes.draw(material))
    assert chart.png(1.0).startswith(b"\x89PNG")
    page = chart.html()
    assert "<svg" in page
    assert not re.search(r"(?:src|href)=\"(?!#)", page)


def test_a_chart_is_a_specification_or_a_drawing() -> None:
    with pytest.raises(ValueError, match="either"):
        Chart("x", "t", "c", "a", table_of((), ()))


def test_readiness_shows_the_medians_of_the_favoured_settlement(material: Material) -> None:
    chart = drawn(readiness.draw(material))
    assert "All socialists" in chart.title  # every made-up session comes closest to it
    lines = rows_with(chart, "line", "q50", "day")
    day = 10
    kept = material.measure("readiness_power:all_parties").filter(pl.col("day") == day)["q50"][0]
    told = {row["line"]: row["q50"] for row in lines if row["day"] == day and row["measure"].endswith("all_parties")}
    assert told["those in power"] == pytest.approx(kept)
    opens, closes = 4, 23
    days = {row["day"] for row in lines if row["measure"].startswith("readiness")}
    assert min(days) == opens  # no readiness while the table is not set
    assert max(days) <= closes


def test_readiness_numbers_documented_days(material: Material) -> None:
    chart = drawn(readiness.draw(material))
    key = [row["text"] for row in rows_with(chart, "text", "number")]
    assert any("The committee turns to exposing the talks" in text for text in key)
    assert any(text.startswith("1 (14) Nov") for text in key)


def test_outcome_bars(material: Material) -> None:
    chart = drawn(outcomes.draw(material))
    rows = {row["name"]: row for row in rows_with(chart, "probability", "low", "high")}
    assert rows["The talks fail"]["probability"] == pytest.approx(0.81)
    assert rows["The talks fail"]["happened"] == "yes"
    assert rows["Any leaves the party"]["happened"] == "no"
    assert rows["The government falls"]["happened"] == ""
    assert "Signers of the ultimatum" not in rows  # a number has no bar
    headings = [row["heading"] for row in rows_with(chart, "heading")]
    assert headings == ["May be used to calibrate", "Held out: the model is checked on these", "Reported only"]
    heights = [rows[name]["y"] for name in ("The talks fail", "Any leaves the party", "The government falls")]
    assert heights == sorted(heights)


def test_counts(material: Material) -> None:
    found = {one.name: one for one in counts.distributions(material)}
    signers = found["Signers of the ultimatum"]
    column = material.table["signers"]
    assert signers.shares[4] == pytest.approx((column == 4).mean())
    assert sum(signers.shares) == pytest.approx(1.0)
    assert signers.happened == 4.0
    cells = rows_with(drawn(counts.draw(material)), "share", "history")
    assert [row["share"] for row in cells if row["history"]] == [
        signers.shares[4],
        found["Seats left in the committee"].shares[3],
    ]


def test_timing_leaves_out_runs_without_the_event(material: Material) -> None:
    chart = drawn(timing.draw(material))
    rows = {row["name"]: row for row in rows_with(chart, "share", "q50")}
    days = material.table["ultimatum_day"].fill_nan(None).drop_nulls()
    assert rows["Day of the ultimatum"]["q50"] == days.quantile(0.5, "nearest")
    assert rows["Day of a centre"]["q50"] is None


def test_ladder_shares_and_history(material: Material) -> None:
    rungs = {rung.verb: rung for rung in ladder.rungs(material)}
    left = material.table["seat_exits"]
    assert rungs["leave_seat"].shares[0] == pytest.approx((left == 0).mean())
    assert rungs["leave_seat"].happened == 3.0
    assert rungs["leave_seat"].name.endswith("Central Committee")
    events = material.happenings("leave_post")
    assert rungs["leave_post"].shares[1] == pytest.approx(events["run"].n_unique() / material.logged)
    bars = rows_with(drawn(ladder.draw(material)), "rung", "number", "share")
    shown = {(row["rung"], row["number"]): row["share"] for row in bars}
    assert shown[(rungs["leave_post"].name, 1)] == pytest.approx(rungs["leave_post"].shares[1])


def test_survival_counts_each_fall_once(material: Material) -> None:
    falls = pl.DataFrame(
        {"run": [0, 0, 3], "step": [5, 9, 7], "day": [5, 9, 7], "mechanism": ["survival"] * 3, "verb": ["fall"] * 3,
         "actor": [None] * 3, "object": [None] * 3, "value": [1.0] * 3, "code": [None] * 3, "probability": [0.1] * 3},
        schema_overrides={"actor": pl.String, "object": pl.String, "code": pl.String},
    )  # fmt: skip
    fallen = dict(survival.fallen_by_day(replace(material, events=falls.lazy()), 0, 10).iter_rows())
    assert fallen[4] == 0
    assert fallen[6] == pytest.approx(1 / material.logged)
    assert fallen[10] == pytest.approx(2 / material.logged)


def test_grievance_has_a_panel_for_each_party_with_one(material: Material) -> None:
    chart = drawn(grievance.draw(material))
    assert [row[0] for row in chart.table.rows] == ["Reds", "Left"]


def test_levels(material: Material) -> None:
    chart = drawn(levels.draw(material))
    row = rows_with(chart, "q05", "q95")[0]
    assert row["q50"] == pytest.approx(float(material.table["survival_at_end"].median()))  # type: ignore[arg-type]


@pytest.mark.parametrize("seats", [1, 2, 3, 7, 21, 24, 101, 359])
def test_seats_of_a_half_circle_do_not_touch(seats: int) -> None:
    places, radius = seat_places(seats)
    assert len(places) == seats
    assert all(y >= -1e-9 and x * x + y * y <= 1 + 1e-9 for x, y in places)
    closest = min(
        ((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2) ** 0.5 for i, a in enumerate(places) for b in places[:i]
    ) if seats > 1 else 1.0  # fmt: skip
    assert closest > 2 * radius
    angles = [math.atan2(y, x) for x, y in places]
    assert all(a >= b - 1e-4 for a, b in itertools.pairwise(angles))  # from left to right


def test_hemicycle_counts_seats_and_blocs(material: Material) -> None:
    executive = next(body for body in material.scenario.bodies if body.id == "executive")
    seats = seats_of(material, executive)
    assert sum(seat.size for seat in seats) == 94  # four persons and blocs of 53, 28 and 9
    drawing = drawn(hemicycle.draw(material)).drawing or ""
    total = 2 * 9 + 94 + 2 * 3 + 53  # the committee and the cabinet's posts twice, bodies without change once
    assert drawing.count('class="seat') == total + 3 + 3  # and the legend's parties and its three fillings


def test_hemicycle_share_of_runs_in_which_a_seat_is_taken(material: Material) -> None:
    committee = next(body for body in material.scenario.bodies if body.id == "committee")
    shares = {seat.actor: seat for seat in seats_of(material, committee)}
    left = material.happenings("leave_seat").filter(pl.col("actor") == "elm", pl.col("object") == "committee")
    assert shares["elm"].after == pytest.approx(1 - left["run"].n_unique() / material.logged)
    assert shares["alder"].after == 1.0
    assert not shares["larch"].before
    assert shares["larch"].after == 0.0
    run = int(left["run"][0])
    assert {seat.actor: seat.after for seat in seats_of(material, committee, run)}["elm"] == 0.0


def test_a_seat_that_was_left_and_taken_again_is_taken(material: Material) -> None:
    committee = next(body for body in material.scenario.bodies if body.id == "committee")
    rows = [(0, 3, "leave_seat"), (0, 8, "reseated"), (1, 3, "leave_seat"), (2, 8, "reseated")]
    events = pl.DataFrame(
        [(run, step, step, "leave", verb, "elm", "committee", 1.0, None, 0.5) for run, step, verb in rows],
        schema={"run": pl.Int64, "step": pl.Int32, "day": pl.Int64, "mechanism": pl.String, "verb": pl.String,
                "actor": pl.String, "object": pl.String, "value": pl.Float64, "code": pl.String,
                "probability": pl.Float64},
        orient="row",
    )  # fmt: skip
    shares = {seat.actor: seat.after for seat in seats_of(replace(material, events=events.lazy(), logged=4), committee)}
    assert shares["elm"] == pytest.approx(0.75)


def changed(material: Material, rows: list[tuple[int, int, str, str | None, str | None]], runs: int) -> Material:
    """The made-up crisis with these events alone: run, step, verb, actor, object."""
    events = pl.DataFrame(
        [(run, step, step, "m", verb, actor, thing, 1.0, None, 0.5) for run, step, verb, actor, thing in rows],
        schema={"run": pl.Int64, "step": pl.Int32, "day": pl.Int64, "mechanism": pl.String, "verb": pl.String,
                "actor": pl.String, "object": pl.String, "value": pl.Float64, "code": pl.String,
                "probability": pl.Float64},
        orient="row",
    )  # fmt: skip
    return replace(material, events=events.lazy(), logged=runs)


def test_posts_follow_their_holders(material: Material) -> None:
    cabinet = next(body for body in material.scenario.bodies if body.id == "cabinet")
    one = changed(
        material,
        [
            (0, 3, "leave_post", "hazel", "labour"), (0, 9, "appoint", "larch", "labour"),
            (1, 3, "leave_post", "hazel", "labour"), (1, 5, "reappoint", "hazel", "labour"),
            (2, 3, "dismiss", "hazel", "labour"), (2, 4, "appoint", "larch", "labour"),
            (2, 8, "withdraw", "left", None),
            (3, 7, "vacated", "hazel", "labour"), (3, 7, "vacated", "gorse", "trade"),
        ],
        runs=5,
    )  # fmt: skip
    posts = {post.post: post for post in posts_of(one, cabinet)}
    assert dict(posts["labour"].after) == {"reds": pytest.approx(0.4), "left": pytest.approx(0.2)}
    assert posts["labour"].kept == pytest.approx(0.4)
    assert posts["trade"].held == pytest.approx(0.8)
    alone = {post.post: post for post in posts_of(one, cabinet, run=0)}
    assert alone["labour"].after == (("left", 1.0),)
    assert alone["labour"].kept == 0.0


def test_the_expelled_lose_the_seats_of_their_own_partys_organs(material: Material) -> None:
    one = changed(material, [(0, 3, "expelled", "elm", "reds")], runs=2)
    bodies = {body.id: body for body in material.scenario.bodies}
    assert {seat.actor: seat.after for seat in seats_of(one, bodies["committee"])}["elm"] == pytest.approx(0.5)
    assert {seat.actor: seat.after for seat in seats_of(one, bodies["executive"])}["elm"] == 1.0


def test_map_draws_everybody_and_every_settlement(material: Material) -> None:
    drawing = drawn(positions.draw(material)).drawing or ""
    assert drawing.count('class="person"') == 11
    assert drawing.count('class="bloc"') == 3
    assert drawing.count('class="settlement"') == 4
    assert "&lt;b&gt;bold&lt;/b&gt;" in drawing
    assert "<b>" not in drawing


def test_map_moves_the_line_as_far_as_the_distances_say(material: Material) -> None:
    names = material.names()
    seen = {one.name: one for one in positions.perceptions(material, names, material.scenario.dimensions[:2])}
    soft = seen["conciliators"]
    assert soft.line == (0.05, 0.95)
    for own, line, believed in zip(soft.stands, soft.line, soft.seen, strict=True):
        expected = own + (line - own) * soft.gap_seen / soft.gap_true
        assert believed == pytest.approx(min(max(expected, 0), 1))


def test_one_dimension_has_no_map(material: Material) -> None:
    document = json.loads(material.scenario.model_dump_json(by_alias=True, exclude_none=True))
    document["dimensions"] = document["dimensions"][:1]
    flat = type(material.scenario).model_validate(document)
    assert positions.draw(replace(material, scenario=flat)) is None


def test_labels_do_not_overlap_where_there_is_room() -> None:
    points = [Point(60 + 90 * (k % 8), 60 + 60 * (k // 8), 4, 70, 13) for k in range(40)]
    boxes = [
        (spot.left, spot.top, spot.left + point.width, spot.top + point.height)
        for point, spot in zip(points, place(points, 900, 500), strict=True)
    ]
    for i, a in enumerate(boxes):
        assert a[0] >= 0
        assert a[3] <= 500
        for b in boxes[:i]:
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


def test_line_ends_are_pushed_apart() -> None:
    moved = apart({"a": 50.0, "b": 52.0, "c": 120.0}, 15, 0, 200)
    assert moved["b"] - moved["a"] >= 15 - 1e-6
    assert moved["c"] == 120.0


def test_busy_window_finds_the_crisis() -> None:
    assert busy_window([4, 5, 7, 9, 10, 48, 128], 0, 144) == (0, 23)
    assert busy_window([4, 5], 0, 144) == (0, 144)
    assert busy_window([1, 2, 3, 4, 5], 0, 40) == (0, 40)


def test_runs_without_anything_to_show_give_no_chart(material: Material) -> None:
    nothing = replace(
        material,
        series=material.series.clear(),
        events=material.events.filter(pl.lit(False)),
        table=pl.DataFrame({"run": [0]}),
        outcomes=material.outcomes.clear(),
        logged=1,
    )
    names = [chart.name for chart in all_charts(nothing)]
    assert names == ["hemicycle", "positions"]
