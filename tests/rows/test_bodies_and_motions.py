"""Rows 1 to 12: bodies, posts, factions, settlements, motions, readiness, mandates, breaches, the forum."""

from __future__ import annotations

import polars as pl
import pytest
from crises import Crisis

from whipcount.scenario.portrait import called, find_faction, overlapping, settlement_distances
from whipcount.theory.rule_grammar import parse_rule


def test_row_01_ballots_follow_each_bodys_rule(shown: Crisis) -> None:
    bodies = {body.id: body for body in shown.scenario.bodies}
    assert len({body.rule for body in bodies.values()}) > 1
    assert any(body.superior for body in bodies.values())
    assert any(body.quorum > 0 for body in bodies.values())
    key = ["run", "step", "mechanism", "object"]
    counted = {}
    for verb in ("division", "ayes", "noes"):
        frame = shown.events(verb).with_columns(pl.int_range(pl.len()).over(key).alias("turn"))
        counted[verb] = frame.select(*key, "turn", pl.col("value").alias(verb))
    tallies = counted["division"].join(counted["ayes"], on=[*key, "turn"]).join(counted["noes"], on=[*key, "turn"])
    assert tallies.height == counted["division"].height
    for name, rows in tallies.group_by("object"):
        body = bodies[str(name[0])]
        passed, ayes, noes = rows["division"] == 1.0, rows["ayes"], rows["noes"]
        assert (ayes.filter(passed) > 0).all()
        need = parse_rule(body.rule).need
        if need.amount == 1:
            assert (noes.filter(passed) == 0).all()
        elif need.strict:
            assert (ayes >= noes).filter(passed).all(), "no rule lets a minority of the votes cast carry"
            if need.of == "cast" and body.quorum == 0:
                assert (ayes <= noes).filter(~passed).all()


def test_row_02_one_person_acts_in_several_bodies(shown: Crisis) -> None:
    assert overlapping(shown.scenario)
    votes = shown.events("vote").group_by("run", "actor").agg(pl.col("object").n_unique().alias("bodies"))
    assert (votes["bodies"] > 1).any()


def test_row_03_posts_fall_vacant_are_filled_and_have_a_history(shown: Crisis) -> None:
    assert any(post.history for post in shown.scenario.posts)
    vacated = shown.events("leave_post", "stripped", "dismiss").select("run", "object", pl.col("step").alias("vacated"))
    filled = shown.events("appoint").select("run", "object", "step")
    again = filled.join(vacated, on=["run", "object"]).filter(pl.col("step") >= pl.col("vacated"))
    assert again.height > 0


def test_row_04_a_faction_is_found_under_every_name(shown: Crisis) -> None:
    assert any(faction.aliases for faction in shown.scenario.factions)
    for faction in shown.scenario.factions:
        for name in called(faction):
            assert faction in find_faction(shown.scenario, name.upper())


def test_row_05_settlements_lie_at_distances(shown: Crisis) -> None:
    distances = settlement_distances(shown.scenario)
    assert len(distances) >= 4
    for i, row in enumerate(distances):
        assert row[i] == 0.0
        assert all(0 < row[j] <= 1 and row[j] == pytest.approx(distances[j][i]) for j in range(len(row)) if j != i)


def test_row_06_a_majority_makes_the_binding_line_and_changes_it(shown: Crisis) -> None:
    settlements = {settlement.id for settlement in shown.scenario.settlements}
    lines = shown.events("line")
    assert set(lines["code"]) <= settlements
    changes = lines.group_by("run", "actor").agg(pl.col("code").n_unique().alias("lines"))
    assert (changes["lines"] > 1).any()
    assert shown.runs_with("carried")
    assert shown.runs_with("defeated")


def test_row_07_attendance_rises_and_falls(shown: Crisis) -> None:
    body = shown.quarrelling.principal
    mean = shown.results.series(f"attendance:{body}")["mean"]
    assert mean.max() - mean.min() > 0.05
    assert any(event.effects.attendance for event in shown.scenario.events), "somebody is away, or returns"


def test_row_08_danger_and_both_readinesses_are_measured(shown: Crisis) -> None:
    assert shown.results.series("danger")["mean"].n_unique() > 1
    assert shown.measures("readiness_power")
    assert shown.measures("readiness_opponents")


def test_row_09_readiness_by_day_and_the_common_window(shown: Crisis) -> None:
    for measure in ("readiness_power", "readiness_opponents", "window"):
        for column in shown.measures(measure):
            values = shown.paths[column].drop_nans()
            assert values.is_between(0, 1).all()
    for power in shown.measures("readiness_power"):
        settlement = power.partition(":")[2]
        both = shown.paths.select(
            a=pl.col(power) > 0.5, b=pl.col(f"readiness_opponents:{settlement}") > 0.5, w=pl.col(f"window:{settlement}")
        )
        assert ((both["a"] & both["b"]) == (both["w"] > 0.5)).all()


def test_row_10_a_mandate_may_be_to_expose(shown: Crisis) -> None:
    assert {"earnest", "expose"} <= set(shown.events("mandate")["code"])
    assert 0 < shown.share("mandate", "expose") < 1


def test_row_11_breaches_follow_acts_against_the_line(shown: Crisis) -> None:
    breaches = shown.events("breach").select("run", "step", "actor").unique()
    assert breaches.height > 0
    acts = shown.events("vote", "carry").select("run", "actor", pl.col("step").alias("acted"))
    caused = breaches.join(acts, on=["run", "actor"]).filter(pl.col("step") - pl.col("acted") <= 1)
    caused = caused.filter(pl.col("step") >= pl.col("acted")).select("run", "step", "actor").unique()
    assert caused.height == breaches.height


def test_row_12_beaten_in_one_body_carried_in_another(shown: Crisis) -> None:
    principal = {party.principal for party in shown.scenario.parties}
    carried = shown.events("backed", code="passed")
    assert carried.height > 0
    assert set(carried["object"]).isdisjoint(principal)
    assert all(body.forum for body in shown.scenario.bodies if body.id in set(carried["object"]))
