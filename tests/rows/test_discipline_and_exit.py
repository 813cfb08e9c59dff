"""Rows 13 to 30: memory, ultimatum, replies, sanctions, exits, appeals, beliefs, resources."""

from __future__ import annotations

import polars as pl
import pytest
from crises import Crisis, changed, crisis

from whipcount.world import build


def test_row_13_earlier_breaches_are_remembered(shown: Crisis) -> None:
    assert shown.scenario.history.breaches
    party = shown.quarrelling.id
    first = shown.paths.filter(pl.col("step") == 0)[f"grievance:{party}"]
    assert (first > 0).all()


def test_row_14_grievance_is_a_term_of_the_ultimatum(shown: Crisis) -> None:
    decisions = shown.decided("ultimatum", shown.runs_with("draft"))
    terms = {term for decision in decisions for option in decision.options.values() for term in option}
    assert "grievance" in terms


def test_row_15_an_ultimatum_has_all_its_parts(shown: Crisis) -> None:
    record = shown.quarrelling.ultimatum
    assert record is not None
    assert record.form
    assert record.deadline_days > 0
    assert record.branch in ("expulsion", "congress")
    assert shown.quarrelling.leader
    issued, addressed = shown.events("ultimatum"), shown.events("addressed")
    assert issued.height > 0
    assert shown.quarrelling.id in set(issued["actor"])
    assert set(issued["actor"]) <= {party.id for party in shown.scenario.parties if party.leader}, (
        "no party without a leader threatens"
    )
    together = addressed.join(issued.select("run", "step").unique(), on=["run", "step"])
    assert together.height == addressed.height
    assert addressed["actor"].null_count() == 0
    assert addressed["run"].n_unique() > 0.8 * issued["run"].n_unique(), "hardly any is addressed to nobody"


def test_row_16_signatures_are_collected_by_name(shown: Crisis) -> None:
    signed = shown.events("sign")
    assert signed["actor"].null_count() == 0
    threatening = set(shown.events("ultimatum")["actor"])
    principals = {party.principal for party in shown.scenario.parties if party.id in threatening}
    seats = {seat.actor for body in shown.scenario.bodies if body.id in principals for seat in body.seats}
    assert set(signed["actor"]) <= seats
    assert (shown.events("ultimatum")["value"] >= 1).all()


def test_row_17_replies_and_whether_evasion_counts(shown: Crisis) -> None:
    assert {"submit", "evade", "refuse"} <= set(shown.events("reply")["code"])
    party = shown.quarrelling
    assert party.ultimatum is not None
    other = not party.ultimatum.evasion_counts
    switched = changed(shown.loaded.slug, 100, **{f"parties__{party.id}__ultimatum__evasion_counts": other})
    assert switched.quarrelling.ultimatum is not None
    assert switched.quarrelling.ultimatum.evasion_counts is other
    same_runs = shown.all_events.filter(pl.col("run") < 100)
    assert not switched.all_events.equals(same_runs)


def test_row_18_referral_has_two_branches() -> None:
    november = crisis("november-1917")
    invented = changed("two-bodies", choices={"sanction": "congress"})
    for shown in (november, invented):
        assert shown.runs_with("sanction", "refer")
        assert {"majority", "opposition"} <= set(shown.events("verdict")["code"])


def test_row_19_a_threat_is_not_its_execution(shown: Crisis) -> None:
    assert shown.runs_with("ultimatum") - shown.runs_with("stripped") - shown.runs_with("expelled")
    tolerated = shown.first("sanction", code="tolerate", as_="tolerated")
    threatened = shown.first("ultimatum", as_="threatened")
    both = tolerated.join(threatened, on="run")
    assert (both["tolerated"] >= both["threatened"]).all()
    assert both.height > 0


def test_row_20_credibility_is_a_term_of_the_sanction(shown: Crisis) -> None:
    decisions = shown.decided("sanction", shown.runs_with("sanction"))
    terms = {term for decision in decisions for option in decision.options.values() for term in option}
    assert "credibility" in terms


def test_row_21_seat_post_and_party_are_left_one_by_one(shown: Crisis) -> None:
    left = {
        verb: set(shown.events(verb).select("run", "actor").iter_rows())
        for verb in ("leave_seat", "leave_post", "leave_party")
    }
    assert all(left.values())
    everybody = set().union(*left.values())
    combinations = {tuple(pair in pairs for pairs in left.values()) for pair in everybody}
    assert len(combinations) >= 4, "any combination of the three"


def test_row_22_a_joint_statement_has_its_signers(shown: Crisis) -> None:
    joint = shown.events("joint_statement")
    assert (joint["value"] >= 2).any()
    signed = shown.events("statement").select("run", pl.col("step").alias("signed"))
    before = joint.join(signed, on="run").filter(pl.col("signed") <= pl.col("step"))
    counted = before.group_by("run", "order").agg(pl.len().alias("signers"), pl.col("value").first())
    assert counted.height == joint.height
    assert (counted["signers"] >= counted["value"]).all()


def test_row_23_appeals_follow_exits(shown: Crisis) -> None:
    exits = ("leave_seat", "leave_post", "leave_party", "stripped", "expelled")
    acts = shown.events(*exits, "statement", "breach", "threaten")
    first = acts.group_by("run", "actor").agg(pl.col("step").min().alias("act"))
    appeals = shown.events("appeal").join(first, on=["run", "actor"], how="left")
    assert appeals.height > 0
    after = appeals.filter(pl.col("act").is_not_null() & (pl.col("step") >= pl.col("act")))
    assert after.height >= 0.99 * appeals.height, "who has neither gone nor acted against the line has no occasion"
    resigned = shown.events("leave_seat", "leave_post").group_by("run", "actor").agg(pl.col("step").min().alias("exit"))
    spoke = appeals.join(resigned, on=["run", "actor"]).filter(pl.col("step") >= pl.col("exit"))
    assert spoke.select("run", "actor").unique().height > 0.2 * resigned.height


def test_row_24_exits_pass_from_body_to_body(shown: Crisis) -> None:
    seats = shown.runs_with("leave_seat")
    posts = shown.runs_with("leave_post")
    without = set(range(shown.results.runs)) - seats
    assert len(posts & seats) / len(seats) > len(posts & without) / len(without)
    decisions = shown.decided("leave", seats & posts)
    assert any("solidarity" in option for decision in decisions for option in decision.options.values())


def test_row_25_one_may_sign_and_stay(shown: Crisis) -> None:
    stayed = shown.events("stay_signed")
    assert 0 < shown.share("stay_signed") < 1
    signed = set(shown.events("statement").select("run", "actor").iter_rows())
    assert set(stayed.select("run", "actor").iter_rows()) <= signed


def test_row_26_posts_kept_elsewhere_leave_a_risk(shown: Crisis) -> None:
    column = f"residual:{shown.quarrelling.id}"
    assert shown.paths[column].is_between(0, 1).all()
    assert (shown.paths[column] > 0).any()


def test_row_27_beliefs_differ_from_the_truth(shown: Crisis) -> None:
    for faction in shown.scenario.factions:
        true, perceived = shown.paths[f"gap_true:{faction.id}"], shown.paths[f"gap_perceived:{faction.id}"]
        assert true.is_between(0, 1).all()
        assert perceived.is_between(0, 1).all()
        assert ((true - perceived).abs() > 1e-3).any()


def test_row_28_both_distances_are_reported(shown: Crisis) -> None:
    for faction in shown.scenario.factions:
        for name in ("gap_true", "gap_perceived"):
            assert shown.results.series(f"{name}:{faction.id}").height > 0


@pytest.mark.slow
def test_row_29_identity_holds_in_the_party_but_not_in_posts(shown: Crisis) -> None:
    name = shown.loaded.slug
    weak = changed(name, 150, **{"defaults__traits__identity": 0.3})
    strong = changed(name, 150, **{"defaults__traits__identity": 3.0})
    assert strong.events("leave_party").height < weak.events("leave_party").height


def test_row_30_resources_are_inputs_and_cadre_is_lost(shown: Crisis) -> None:
    world = build(shown.scenario, slug=shown.loaded.slug)
    assert {"actor.press", "actor.organisation", "actor.cadre"} <= {*world.static, *world.per_run}
    assert shown.runs_with("appeal")
    lost, fallen = shown.runs_with("leave_post"), shown.runs_with("fall")  # after a fall nobody's cadre governs
    standing = shown.paths.filter((pl.col("step") == pl.col("step").max()) & ~pl.col("run").is_in(list(fallen)))
    last = standing.with_columns(lost=pl.col("run").is_in(list(lost)))
    capacity = dict(last.group_by("lost").agg(pl.col("capacity").mean()).iter_rows())
    assert capacity[True] < capacity[False]
