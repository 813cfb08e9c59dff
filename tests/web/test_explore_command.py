"""`whipcount explore` as a user starts it: it serves at once, simulates meanwhile, keeps its runs, ends at Ctrl-C."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from whipcount.errors import WebError
from whipcount.results import Results
from whipcount.web.serving import address_of, serve
from whipcount.web.settings import Settings
from whipcount.web.subject import Subject

PATIENCE = 90  # seconds until a test gives up waiting


@contextmanager
def started(home: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The command in a process of its own, with the address that it prints."""
    command = [sys.executable, "-m", "whipcount", "explore", *arguments, "--no-browser", "--port", "0"]
    environment = {**os.environ, "XDG_CACHE_HOME": str(home)}
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment)
    try:
        assert process.stderr is not None
        told = process.stderr.readline()
        found = re.search(r"http://[^\s\"]+", told)
        assert found, told
        yield process, found[0]
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(30)
        process.stderr.close()


def fetched(address: str) -> str:
    with urllib.request.urlopen(address, timeout=60) as answer:
        return str(answer.read().decode())


def wait_for_runs(address: str) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if json.loads(fetched(f"{address}health"))["runs"]:
            return
        time.sleep(0.3)
    raise AssertionError("the runs did not come")


def test_it_serves_simulates_and_ends(tmp_path: Path) -> None:
    with started(tmp_path, "two-bodies", "-n", "25") as (process, address):
        assert "<h1>" in fetched(address)  # there before the runs are
        wait_for_runs(address)
        assert 'id="replay-data"' in fetched(f"{address}replay?run=24")
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    kept = [path for path in (tmp_path / "whipcount" / "explorer").iterdir() if path.name.startswith("two-bodies")]
    assert len(kept) == 1
    assert json.loads((kept[0] / "manifest.json").read_text(encoding="utf-8"))["runs"] == 25


def test_the_reader_s_language_is_the_page_s(tmp_path: Path, ensemble: Results) -> None:
    with started(tmp_path, str(ensemble.folder), "--lang", "ru") as (_, address):
        assert '<html lang="ru">' in fetched(address)
        assert '<html lang="en">' in fetched(f"{address}?lang=en")


def test_a_taken_port_is_told() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(WebError, match="WC701"):
            serve(Settings("two-bodies", port=taken.getsockname()[1]), open_browser=False, tell=lambda _: None)


def test_an_address_that_is_not_ours_is_told() -> None:
    with pytest.raises(WebError, match="WC701"):
        serve(Settings("two-bodies", host="192.0.2.1", port=0), open_browser=False, tell=lambda _: None)


@pytest.mark.parametrize(
    ("host", "token", "address"),
    [
        ("127.0.0.1", None, "http://127.0.0.1:80/"),
        ("::1", None, "http://[::1]:80/"),
        ("h", "t", "http://h:80/?token=t"),
    ],
)
def test_the_address_to_open(host: str, token: str | None, address: str) -> None:
    assert address_of(Settings(host=host, port=80, token=token)) == address


def test_the_ensemble_is_made_once(tmp_path: Path) -> None:
    settings = Settings("two-bodies", runs=20, data_dir=tmp_path)
    first = Subject(settings)
    first.start()
    first.start()  # asked twice, made once
    assert first.wait(PATIENCE)
    stamp = (first.opened.folder / "manifest.json").stat().st_mtime_ns
    second = Subject(settings)
    second.start()
    assert second.wait(PATIENCE)
    assert second.opened.folder == first.opened.folder
    assert (second.opened.folder / "manifest.json").stat().st_mtime_ns == stamp


@pytest.mark.parametrize("times", [1, 2])
def test_a_killed_simulation_is_tried_once_more(tmp_path: Path, times: int) -> None:
    """Killed once, the ensemble is there all the same; killed twice, the page is told why it is not."""
    subject = Subject(Settings("two-bodies", runs=20, data_dir=tmp_path))
    subject.start()
    killed: set[int] = set()
    end = time.monotonic() + PATIENCE
    while len(killed) < times and time.monotonic() < end:
        process = subject._process
        if process is not None and process.pid and process.pid not in killed:
            os.kill(process.pid, signal.SIGKILL)
            killed.add(process.pid)
        time.sleep(0.005)
    while not (subject.is_ready or subject.progress.failed) and time.monotonic() < end:
        time.sleep(0.05)
    assert len(killed) == times
    assert subject.is_ready is (times == 1)
    assert bool(subject.progress.failed) is (times == 2)


def test_what_cannot_be_made_says_why(tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file, not a folder", encoding="utf-8")
    subject = Subject(Settings("two-bodies", runs=20, data_dir=blocked))
    subject.start()
    end = time.monotonic() + PATIENCE
    while not subject.progress.failed and time.monotonic() < end:
        time.sleep(0.1)
    assert (
        "WC32" in subject.progress.failed or "WC603" in subject.progress.failed or "blocked" in subject.progress.failed
    )
    assert not subject.is_ready
    with pytest.raises(WebError, match="WC700"):
        _ = subject.opened


def test_a_token_and_a_certificate_on_this_machine_too(ensemble: Results, tmp_path: Path) -> None:
    """Where others have accounts on it; the page is then served by HTTPS, and only to who has the token."""
    made = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        "key.pem",
        "-out",
        "page.pem",
        "-days",
        "1",
    ]
    if shutil.which("openssl") is None:
        pytest.skip("no openssl to make a certificate with")
    subprocess.run([*made, "-subj", "/CN=localhost"], cwd=tmp_path, check=True, capture_output=True)
    files = ("--certificate", str(tmp_path / "page.pem"), "--certificate-key", str(tmp_path / "key.pem"))
    command = [sys.executable, "-m", "whipcount", "explore", str(ensemble.folder), "--token", *files]
    process = subprocess.Popen([*command, "--no-browser", "--port", "0"], stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        address = json.loads(process.stderr.readline())["address"]
        assert address.startswith("https://127.0.0.1:")
        trusting = ssl.create_default_context(cafile=str(tmp_path / "page.pem"))
        trusting.check_hostname = False
        bare, _, token = address.partition("?token=")
        assert len(token) > 20
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(bare, timeout=60, context=trusting)
        assert refused.value.code == 401
        opener = urllib.request.build_opener(
            urllib.request.HTTPSHandler(context=trusting), urllib.request.HTTPCookieProcessor()
        )
        assert "Two bodies" in opener.open(address, timeout=60).read().decode()
    finally:
        process.kill()
        process.wait(30)
        process.stderr.close()  # type: ignore[union-attr]
