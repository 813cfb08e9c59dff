"""Rows 31 to 40: constituencies, the congress, the cabinet, reconciliation, withdrawal, drift, sources."""

from __future__ import annotations

from functools import cache

import polars as pl
from crises import SEED, Crisis, crisis

from whipcount.results import Results, run_ensemble
from whipcount.scenario import load


def test_row_31_a_centre_forms_or_does_not(shown: Crisis) -> None:
    assert 0 < shown.share("centre") < 1
    organised = shown.first("organised", as_="organised")
    centres = shown.first("centre", as_="centre").join(organised, on="run", how="left")
    assert centres["organised"].null_count() == 0, "no centre without an organised constituency"


def test_row_32_a_congress_called_may_never_meet(shown: Crisis) -> None:
    called = shown.runs_with("call") | shown.runs_with("sanction", "refer")
    assert called - shown.runs_with("convene")
    assert shown.runs_with("convene") <= called


def test_row_33_provinces_waver_or_call_for_severity(shown: Crisis) -> None:
    places = {constituency.id for constituency in shown.scenario.constituencies}
    for verb in ("waver", "severity"):
        events = shown.events(verb)
        assert events.height > 0
        assert set(events["object"]) <= places


def test_row_34_another_partner_enters_in_order(shown: Crisis) -> None:
    entered = shown.first("enter", "actor", as_="entered")
    assert entered.height > 0
    order = entered.join(shown.first("invite", "actor", as_="invited"), on=["run", "actor"])
    assert order.height == entered.height
    assert (order["invited"] <= order["entered"]).all()
    appointed = shown.events("appoint").join(entered.select("run", "entered"), on="run")
    assert (appointed["step"] >= appointed["entered"]).any(), "portfolios follow"


def test_row_35_leavers_come_back(shown: Crisis) -> None:
    back = shown.first("return", "actor", as_="back")
    assert back.height > 0
    assert shown.runs_with("readmit")
    statements = shown.events("statement", "leave_seat", "leave_post", "leave_party", "expelled", "stripped")
    left = statements.group_by("run", "actor").agg(pl.col("step").min().alias("left"))
    joined = back.join(left, on=["run", "actor"])
    assert joined.height == back.height
    assert (joined["back"] >= joined["left"]).all()


def test_row_36_a_partner_leaves_over_another_policy(shown: Crisis) -> None:
    assert 0 < shown.share("withdraw") < 1
    if shown.loaded.slug == "november-1917":
        treaty = next(event for event in shown.scenario.events if event.effects.government and event.date)
        after = shown.events("withdraw").filter(pl.col("day") >= treaty.date)
        assert after.height > 0


def test_row_37_the_counterfactual_claims_are_declared() -> None:
    claims = crisis("november-1917").scenario.claims
    assert sum(claim.kind == "counterfactual" for claim in claims) >= 3
    assert all(claim.do or claim.untestable for claim in claims if claim.kind == "counterfactual")


def test_row_38_partial_causes_name_their_rivals() -> None:
    claims = crisis("november-1917").scenario.claims
    assert any(claim.kind == "partial" and claim.rivals for claim in claims)


@cache
def _years() -> Results:
    """Runs of the crisis that lasts for years."""
    return run_ensemble(load("after-1918"), 60, SEED)


def test_row_39_institutions_drift_over_years(shown: Crisis) -> None:
    long = _years()
    assert long.scenario.calendar.step_days == 7.0
    for results in (long, shown.results):
        first_and_last = {}
        for measure in ("democracy", "independence", "centralisation"):
            mean = results.series(measure).sort("step")["mean"]
            first_and_last[measure] = (mean[0], mean[-1])
        assert all(0 <= value <= 1 for pair in first_and_last.values() for value in pair)
    first, last = long.series("democracy").sort("step")["mean"][0], long.series("democracy").sort("step")["mean"][-1]
    assert abs(last - first) > 0.02


def test_row_40_every_value_has_a_source_and_disagreements_are_kept(shown: Crisis) -> None:
    scenario = shown.scenario
    assert scenario.sources
    assert scenario.variants
    kinds = {evidence.kind for fact in scenario.record for evidence in fact.evidence} | {
        fact.kind for fact in scenario.record
    }
    assert "fact" in kinds
    accounts = {account.id for account in scenario.accounts}
    assert len(accounts) >= 2
    versions = {name: load(shown.loaded.slug, account=name).scenario.parties for name in accounts}
    assert len({repr(parties) for parties in versions.values()}) > 1
