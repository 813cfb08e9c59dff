"""The engine room: parts shared fairly, a bounded queue, cancelled, killed, late and greedy work."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from invented_work import Counting, begun, until

from whipcount.errors import WebError
from whipcount.web.jobs import JobLimits, Jobs
from whipcount.web.logs import Log
from whipcount.web.work import WorkLimits

SECONDS = 60.0


@pytest.fixture
def one() -> Iterator[Jobs]:
    """An engine room with one worker."""
    jobs = Jobs(JobLimits(workers=1, waiting=4, of_visitor=2))
    yield jobs
    jobs.close()


def finished(jobs: Jobs, name: str) -> object:
    view = jobs.wait(name, SECONDS)
    assert view is not None
    assert view.is_finished
    return view.result if view.state == "done" else [problem.code for problem in view.problems] or view.state


def test_parts_are_put_together_and_kept(one: Jobs) -> None:
    view = one.submit(Counting("sum", 5), "anna")
    assert view.state in ("waiting", "running")
    assert finished(one, "sum") == 10
    done = one.view("sum")
    assert done is not None
    assert (done.share, done.done, done.whole) == (1.0, 5, 5)
    assert done.first_seconds is not None
    assert done.first_seconds <= done.seconds
    assert one.submit(Counting("sum", 5), "boris").state == "done"  # not computed again
    assert one.view("nothing") is None


def test_an_estimate_comes_before_the_end(one: Jobs, tmp_path: Path) -> None:
    one.submit(Counting("first", 1, "", tmp_path), "anna")
    finished(one, "first")
    one.submit(Counting("held", 3, "hold", tmp_path), "anna")
    (tmp_path / "go").touch()
    finished(one, "held")
    (tmp_path / "go").unlink()
    one.submit(Counting("later", 2, "hold", tmp_path), "anna")
    until(lambda: "later 0" in begun(tmp_path))
    view = one.view("later")
    assert view is not None
    assert view.result is None
    (tmp_path / "go").touch()
    until(lambda: (one.view("later") or view).result is not None)


def test_the_job_that_had_least_goes_first(one: Jobs, tmp_path: Path) -> None:
    one.submit(Counting("long", 4, "hold", tmp_path), "anna")
    until(lambda: begun(tmp_path) == ["long 0"])
    one.submit(Counting("new", 2, "", tmp_path), "boris")
    one.submit(Counting("newer", 1, "", tmp_path), "clara")
    (tmp_path / "go").touch()
    for name in ("long", "new", "newer"):
        finished(one, name)
    assert begun(tmp_path)[:4] == ["long 0", "new 0", "newer 0", "long 1"]


def test_the_queue_is_bounded_and_so_is_each_visitor(one: Jobs, tmp_path: Path) -> None:
    one.submit(Counting("a", 1, "hold", tmp_path), "anna")
    one.submit(Counting("b", 1, "hold", tmp_path), "anna")
    with pytest.raises(WebError, match="WC711"):
        one.submit(Counting("c", 1, "hold", tmp_path), "anna")
    assert one.submit(Counting("a", 1, "hold", tmp_path), "anna").id == "a"  # one's own again: no further question
    one.submit(Counting("c", 1, "hold", tmp_path), "boris")
    one.submit(Counting("d", 1, "hold", tmp_path), "clara")
    with pytest.raises(WebError, match="WC710"):
        one.submit(Counting("e", 1, "hold", tmp_path), "dmitri")
    waiting = one.view("d")
    assert waiting is not None
    assert waiting.ahead == 3
    (tmp_path / "go").touch()
    assert [finished(one, name) for name in "abcd"] == [0, 0, 0, 0]
    one.submit(Counting("e", 1), "anna")
    assert finished(one, "e") == 0


def test_a_new_cookie_for_each_question_wins_no_more_places(tmp_path: Path) -> None:
    jobs = Jobs(JobLimits(workers=1, waiting=6, of_visitor=2, of_address=3))
    try:
        for number in range(3):
            jobs.submit(Counting(f"x{number}", 1, "hold", tmp_path), f"cookie {number}", "10.0.0.7")
        with pytest.raises(WebError, match="WC711"):
            jobs.submit(Counting("y", 1, "hold", tmp_path), "cookie 4", "10.0.0.7")
        assert jobs.submit(Counting("x1", 1, "hold", tmp_path), "cookie 5", "10.0.0.7").id == "x1"  # takes no place
        assert jobs.submit(Counting("z", 1, "hold", tmp_path), "somebody", "10.0.0.8").state == "waiting"
        (tmp_path / "go").touch()
        assert [finished(jobs, name) for name in ("x0", "x1", "x2", "z")] == [0, 0, 0, 0]
        jobs.submit(Counting("y", 1), "cookie 4", "10.0.0.7")
    finally:
        jobs.close()


def test_cancelling_stops_what_is_left(one: Jobs, tmp_path: Path) -> None:
    one.submit(Counting("x", 50, "hold", tmp_path), "anna")
    until(lambda: begun(tmp_path) == ["x 0"])
    view = one.cancel("x", "anna")
    assert view is not None
    assert view.state == "cancelled"
    (tmp_path / "go").touch()
    one.submit(Counting("y", 1, "", tmp_path), "anna")
    assert finished(one, "y") == 0
    assert begun(tmp_path) == ["x 0", "y 0"]
    assert one.submit(Counting("x", 2), "anna").state != "cancelled"  # asked again, it begins again
    assert finished(one, "x") == 1


def test_a_long_job_is_cancelled_with_its_worker(one: Jobs) -> None:
    one.submit(Counting("long", 1, "sleep", limits=WorkLimits()), "anna")
    until(lambda: (view := one.view("long")) is not None and view.share == 0.5)  # it tells how far it is
    before = one.processes()
    one.cancel("long", "anna")
    one.submit(Counting("next", 2), "anna")
    assert finished(one, "next") == 1
    assert one.processes() != before


def test_who_shares_a_question_cannot_take_it_from_others(one: Jobs, tmp_path: Path) -> None:
    work = Counting("shared", 2, "hold", tmp_path)
    one.submit(work, "anna")
    one.submit(work, "boris")
    assert getattr(one.cancel("shared", "anna"), "state", "") != "cancelled"
    assert getattr(one.cancel("shared", "nobody"), "state", "") != "cancelled"
    (tmp_path / "go").touch()
    assert finished(one, "shared") == 1


def test_the_part_of_a_killed_worker_is_tried_once_more(one: Jobs, tmp_path: Path) -> None:
    one.submit(Counting("again", 4, "die once", tmp_path), "anna")
    assert finished(one, "again") == 6
    assert begun(tmp_path).count("again 1") == 2


def test_a_worker_killed_from_outside_is_replaced(one: Jobs, tmp_path: Path) -> None:
    one.submit(Counting("hit", 2, "hold", tmp_path), "anna")
    until(lambda: begun(tmp_path) == ["hit 0"])
    (process,) = one.processes()
    os.kill(process, signal.SIGKILL)
    until(lambda: begun(tmp_path) == ["hit 0", "hit 0"])
    (tmp_path / "go").touch()
    assert finished(one, "hit") == 1


def test_a_part_that_kills_twice_is_reported(one: Jobs, tmp_path: Path) -> None:
    one.submit(Counting("deadly", 3, "die", tmp_path), "anna")
    assert finished(one, "deadly") == ["WC712"]
    assert begun(tmp_path) == ["deadly 0", "deadly 0"]
    one.submit(Counting("after", 2), "anna")
    assert finished(one, "after") == 1


def test_a_part_that_takes_too_long_ends(one: Jobs) -> None:
    one.submit(Counting("slow", 1, "sleep", limits=WorkLimits(seconds=0.2)), "anna")
    assert finished(one, "slow") == ["WC715"]
    one.submit(Counting("after", 2), "anna")
    assert finished(one, "after") == 1


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="the system cannot limit memory")
def test_a_part_that_takes_too_much_memory_ends_and_its_worker_goes_on(one: Jobs) -> None:
    one.submit(Counting("greedy", 1, "grow", limits=WorkLimits(memory=200_000_000)), "anna")
    assert finished(one, "greedy") == ["WC714"]
    before = one.processes()
    one.submit(Counting("after", 2), "anna")
    assert finished(one, "after") == 1
    assert one.processes() == before


@pytest.mark.parametrize(
    ("behaviour", "code"),
    [("fail", "WC713"), ("refuse", "WC720"), ("gather fails", "WC713"), ("gather breaks", "WC713")],
)
def test_what_goes_wrong_is_told_and_the_worker_goes_on(one: Jobs, behaviour: str, code: str) -> None:
    one.submit(Counting(behaviour, 2, behaviour), "anna")
    assert finished(one, behaviour) == [code]
    one.submit(Counting("after", 2), "anna")
    assert finished(one, "after") == 1


def test_a_log_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    closed = (tmp_path / "log").open("w", encoding="utf-8")
    closed.close()
    jobs = Jobs(JobLimits(workers=1), Log(closed))
    try:
        jobs.submit(Counting("x", 2, "die once", tmp_path), "anna")
        assert finished(jobs, "x") == 1
        jobs.submit(Counting("y", 1, "fail"), "anna")
        assert finished(jobs, "y") == ["WC713"]
    finally:
        jobs.close()


def test_a_worker_that_cannot_be_started_fails_what_waits(one: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    one.submit(Counting("before", 1), "anna")
    assert finished(one, "before") == 0

    def refused(*_: object, **__: object) -> None:
        raise OSError(11, "Resource temporarily unavailable")

    with monkeypatch.context() as patched:
        patched.setattr(subprocess, "Popen", refused)
        one.submit(Counting("deadly", 1, "die"), "anna")
        assert finished(one, "deadly") == ["WC712"]
        one.submit(Counting("refused", 1), "anna")
        assert finished(one, "refused") == ["WC712"]
    one.submit(Counting("after", 1), "anna")
    assert finished(one, "after") == 0


def test_long_jobs_leave_a_worker_to_others(tmp_path: Path) -> None:
    jobs = Jobs(JobLimits(workers=2, of_visitor=9))
    try:
        for name in ("long", "longer"):
            jobs.submit(Counting(name, 1, "hold", tmp_path, WorkLimits()), "anna")
        until(lambda: begun(tmp_path) == ["long 0"])
        jobs.submit(Counting("brief", 3), "boris")
        assert finished(jobs, "brief") == 3
        assert begun(tmp_path) == ["long 0"]
        (tmp_path / "go").touch()
        assert finished(jobs, "longer") == 0
    finally:
        jobs.close()


def test_finished_jobs_are_forgotten_by_age_and_size() -> None:
    jobs = Jobs(JobLimits(workers=1, keep_seconds=0.0))
    try:
        jobs.submit(Counting("old", 1), "anna")
        until(lambda: jobs.view("old") is None)
    finally:
        jobs.close()
    small = Jobs(JobLimits(workers=1, keep_bytes=8))
    try:
        for name in ("a", "b", "c"):
            small.submit(Counting(name, 1), "anna")
            finished(small, name)
        assert [small.view(name) is not None for name in ("a", "b", "c")] == [False, False, True]
    finally:
        small.close()


def test_closing_leaves_no_process_behind() -> None:
    jobs = Jobs(JobLimits(workers=2))
    jobs.submit(Counting("sum", 3), "anna")
    finished(jobs, "sum")
    processes = jobs.processes()
    jobs.close()
    for process in processes:
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)
    assert jobs.health()["workers"] == 0


def test_what_is_shared_travels_once_and_arrives_in_its_place() -> None:
    from whipcount.pool import packed, unpacked

    crisis = ["a crisis", "of many letters" * 10_000]
    work = Counting("shared", 2, behaviour=crisis)  # type: ignore[arg-type]
    content = packed(work, [crisis])
    assert len(content) < 1_000
    arrived = unpacked(content, [crisis])
    assert arrived == work
    assert arrived.behaviour is crisis  # type: ignore[attr-defined]
    assert len(packed(work, [])) > 100_000


def test_what_nobody_waits_for_makes_way_and_is_done_all_the_same(one: Jobs, tmp_path: Path) -> None:
    """It is interrupted as often as anybody asks, more often than a part may fail, and still ends well."""
    one.submit(Counting("ahead", 2, "hold", tmp_path), "explorer", idle=True)
    for turn in range(3):
        until(lambda turn=turn: begun(tmp_path).count("ahead 0") == turn + 1)
        one.submit(Counting(f"asked {turn}", 2), "anna")
        assert finished(one, f"asked {turn}") == 1
    (tmp_path / "go").touch()
    assert finished(one, "ahead") == 1
