"""Verdicts are found before anybody asks, and known after the server was started anew."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from asking_site import Asking, settings_for

from whipcount.results import Results
from whipcount.web.engine_room import ARMS
from whipcount.web.examining import ClaimsWork


def test_a_kept_verdict_stands_beside_its_claim(ensemble: Results, tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "explorer", ensemble.folder)
    made = Asking.of(settings)
    loaded, seed = made.app.state.subjects.first.loaded, made.app.state.subjects.first.seed
    work = ClaimsWork(loaded, (), seed, settings.data_dir / ARMS)
    claim = next(one.id for one in loaded.scenario.claims if one.outcome is not None)
    assert not made.page("/claims").one("li", id=f"claim-{claim}").all("span", "verdict-tag")
    work.keep(claim, "supported")
    made.close()
    again = Asking.of(settings)  # as after a kill
    assert again.page("/claims").one("li", id=f"claim-{claim}").one("span", "verdict-tag").text == "supported"
    for damaged in ("", "[]", '{"verdict": "<b>"}', '{"verdict": 3}'):
        work._place(claim).write_text(damaged, encoding="utf-8")
        assert work.kept(claim) == ""
    again.close()


def test_claims_are_tested_ahead_where_that_is_asked_for(ensemble: Results, tmp_path: Path) -> None:
    quiet = Asking.of(settings_for(tmp_path / "quiet", ensemble.folder))
    quiet.page("/claims")
    assert quiet.app.state.jobs.health()["running"] + quiet.app.state.jobs.health()["waiting"] == 0
    quiet.close()
    made = Asking.of(replace(settings_for(tmp_path / "ahead", ensemble.folder), ahead=True))
    made.page("/claims")
    assert "meanwhile" in made.page("/claims").one("p", "note", role="status").text
    made.close()
