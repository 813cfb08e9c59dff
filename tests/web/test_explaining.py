"""Decisions are computed in another process: once for each run, again if that process dies, and not for too many."""

from __future__ import annotations

import os
import signal
from concurrent.futures import Future
from typing import Any

import pytest
from site_reader import Site, site_of

from whipcount.results import Results
from whipcount.web.explaining import WAITING, Explainer
from whipcount.web.settings import Settings


def test_a_run_is_taken_apart_once(ensemble: Results) -> None:
    explainer = Explainer()
    try:
        first = explainer.ask(ensemble.folder, 3)
        assert first is explainer.ask(ensemble.folder, 3)
        assert first is not None
        assert first.result(120)
        assert explainer.ask(ensemble.folder, 3) is first
    finally:
        explainer.close()


def test_too_many_are_not_taken(ensemble: Results, monkeypatch: pytest.MonkeyPatch) -> None:
    explainer = Explainer()
    monkeypatch.setattr(explainer, "_submit", lambda *_: Future())  # nothing is ever done
    asked = [explainer.ask(ensemble.folder, run) for run in range(WAITING + 3)]
    assert [one is None for one in asked] == [False] * WAITING + [True] * 3


def killing(site: Site, times: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kill the worker as soon as it is asked, so many times."""
    left = [times]
    submit = site.subject.explainer._submit

    def submitted(folder: str, run: int) -> Future[Any]:
        future = submit(folder, run)
        if left[0]:
            left[0] -= 1
            pool = site.subject.explainer._pool
            assert pool is not None
            for process in list(pool._processes.values()):
                os.kill(process.pid, signal.SIGKILL)
        return future

    monkeypatch.setattr(site.subject.explainer, "_submit", submitted)


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
    monkeypatch.setattr(site.subject.explainer, "ask", lambda *_: None)
    part = site.page("/replay/decisions?run=5&day=7")
    assert "day=7" in part.one("p", role="status").attributes["hx-get"]
