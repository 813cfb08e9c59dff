"""Decisions are computed in the queue: once for each run, again if a worker dies, and not for too many at a time."""

from __future__ import annotations

import os
import signal
from typing import Any

import pytest
from site_reader import Site, site_of

from whipcount.errors import WebError
from whipcount.results import Results
from whipcount.web.explaining import ExplainWork
from whipcount.web.jobs import JobLimits, Jobs, JobView
from whipcount.web.settings import Settings
from whipcount.web.work import Work


def test_a_run_is_taken_apart_once(ensemble: Results) -> None:
    jobs = Jobs(JobLimits(workers=1, of_visitor=1))
    try:
        work = ExplainWork(ensemble.folder, 3)
        first = jobs.submit(work, "anna")
        assert jobs.submit(work, "boris").id == first.id
        with pytest.raises(WebError, match="WC711"):
            jobs.submit(ExplainWork(ensemble.folder, 4), "anna")
        done = jobs.wait(work.key, 120)
        assert done is not None
        assert done.result
        assert [decision.step for decision in done.result] == sorted(decision.step for decision in done.result)
        assert jobs.submit(work, "clara").state == "done"
    finally:
        jobs.close()


def killing(site: Site, times: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kill the workers as soon as they are given something, so many times."""
    left = [times]
    given = site.jobs._give

    def giving(worker: Any, job: Any) -> None:
        given(worker, job)
        if left[0]:
            left[0] -= 1
            os.kill(worker.process.pid, signal.SIGKILL)

    monkeypatch.setattr(site.jobs, "_give", giving)


@pytest.mark.parametrize(("times", "status"), [(1, 200), (2, 400)])
def test_a_killed_worker_is_replaced_once(
    ensemble: Results, times: int, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = site_of(Settings(run_folder=ensemble.folder))
    try:
        killing(site, times, monkeypatch)
        page = site.page("/replay/decisions?run=2&day=3", status)
        assert ("WC712" in page.text) is (status == 400)
    finally:
        site.close()


def test_a_page_that_has_to_wait_asks_again(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(work: Work, visitor: str, _address: str) -> JobView:
        raise WebError.one("WC711", f"{visitor} asks for {work.key}", "wait")

    monkeypatch.setattr(site.jobs, "submit", full)
    part = site.page("/replay/decisions?run=5&day=7")
    assert "day=7" in part.one("p", role="status").attributes["hx-get"]
