"""The explorer under load, on loopback: `python benchmarks/explorer_load.py`.

- alone: one visitor asks 10,000 pairs on november-1917; when the first estimate and the whole answer are on the page.
- together: twenty visitors ask at once, each something else, and look at other pages while they wait. Nothing may fail;
  the 95th percentile of the time that a page takes is told.

The server is a process of its own, with a folder of its own that is thrown away. Writes RESULTS.md (its part about it).
"""

from __future__ import annotations

import argparse
import http.client
import itertools
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import machine
import measured

HERE = Path(__file__).resolve().parent
PACKAGES = ("whipcount", "numpy", "starlette", "uvicorn")
SCENARIO = "november-1917"
PAGES = ("/", "/replay", "/ask", "/claims", "/forecast", "/count")
ELSEWHERE = 3  # after so many looks at the answer a visitor looks at another page
PATIENCE = 900.0
SERVER = """
import sys, threading
from pathlib import Path
import uvicorn
from whipcount.web.app import create_app
from whipcount.web.patience import PatientProtocol
from whipcount.web.settings import Settings
settings = Settings(sys.argv[1], data_dir=Path(sys.argv[2]), runs=int(sys.argv[3]))
server = uvicorn.Server(uvicorn.Config(create_app(settings), port=0, http=PatientProtocol, log_level="error"))
def tell():
    while not server.started:
        threading.Event().wait(0.05)
    print(server.servers[0].sockets[0].getsockname()[1], flush=True)
threading.Thread(target=tell, daemon=True).start()
server.run()
"""


@dataclass
class Visitor:
    """Somebody with a cookie of one's own, and how long each page took."""

    port: int
    cookie: str = ""
    taken: list[tuple[str, float]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    first: float = 0.0
    whole: float = 0.0

    def fetch(self, address: str, form: dict[str, str] | None = None) -> str:
        """A page (or a part of one) and the time it took, from the connection to the last byte."""
        began = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        headers = {"Cookie": self.cookie} if self.cookie else {}
        if form is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded"}
        headers |= {"HX-Request": "true"} if "/answer" in address or form is not None else {}
        try:
            body = urlencode(form) if form is not None else None
            connection.request("POST" if form is not None else "GET", address, body, headers)
            answer = connection.getresponse()
            text = answer.read().decode()
            cookie = answer.getheader("Set-Cookie")
        except OSError as error:
            self.failures.append(f"{address}: {error}")
            return ""
        finally:
            connection.close()
        if cookie:
            self.cookie = cookie.partition(";")[0]
        if answer.status >= 400:
            self.failures.append(f"{address}: {answer.status}")
        self.taken.append((address.partition("?")[0], time.perf_counter() - began))
        return text

    def ask(self, change: str, pages: Iterator[str] | None = None) -> None:
        """Ask on the page, and look at the answer until it is whole; at other pages too, where some are given."""
        query = urlencode({"do": change, "runs": "10000"})
        page = self.fetch(f"/ask?{query}")
        sign = re.search(r'name="csrf_token" value="([0-9a-f]+)"', page)
        if sign is None:
            self.failures.append("the form carries no sign")
            return
        began = time.perf_counter()
        part, looks = self.fetch(f"/ask/begin?{query}", {"csrf_token": sign.group(1)}), 0
        while 'class="take"' not in part:
            if "notice wrong" in part or self.failures or time.perf_counter() - began > PATIENCE:
                self.failures.append(re.sub(r"<[^>]+>|\s+", " ", part)[:300])
                return
            if not self.first and "data-pairs" in part:
                self.first = time.perf_counter() - began
            pause = re.search(r"load delay:(\d+)ms", part)  # as the page itself does
            time.sleep(int(pause.group(1)) / 1000 if pause is not None else 1.0)
            looks += 1
            if pages is not None and looks % ELSEWHERE == 0:
                self.fetch(next(pages))
            part = self.fetch(f"/ask/answer?{query}")
        self.whole = time.perf_counter() - began
        self.first = self.first or self.whole


@contextmanager
def server(runs: int) -> Iterator[int]:
    """An explorer of its own; gives its port once its runs are there and its workers are warm."""
    with tempfile.TemporaryDirectory(prefix="whipcount-load-") as folder:
        command = [sys.executable, "-c", SERVER, SCENARIO, folder, str(runs)]
        with Path(folder, "log").open("w") as log:
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
            try:
                assert process.stdout is not None
                port = int(process.stdout.readline())
                visitor = Visitor(port)
                while '"runs":true' not in (told := visitor.fetch("/health")) or '"running":0' not in told:
                    time.sleep(0.5)
                yield port
            finally:
                process.terminate()
                process.wait(60)


def changes(count: int) -> list[str]:
    """So many changes of the scenario, no two alike."""
    from whipcount.scenario import load

    scenario = load(SCENARIO).scenario
    claimed = dict.fromkeys(text for claim in scenario.claims for text in claim.do)
    values = (f"param.leave.voice = {0.01 * number:.2f}" for number in itertools.count())
    return list(itertools.islice(itertools.chain(claimed, values), count))


def percentile(values: list[float], share: float) -> float:
    """The value below which a share of all lies."""
    return statistics.quantiles(values, n=1000, method="inclusive")[round(1000 * share) - 1]


def alone(port: int, rounds: int) -> list[str]:
    """One visitor; each round asks something new."""
    asked = changes(40)
    visitors = []
    for number in range(rounds):
        visitor = Visitor(port)
        visitor.ask(asked[-1 - number])
        if visitor.failures:
            raise SystemExit(f"failed: {visitor.failures}")
        visitors.append(visitor)
    first, whole = ([getattr(one, name) for one in visitors] for name in ("first", "whole"))
    return [
        f"One visitor, 10,000 pairs, {rounds} questions one after the other (the first finds no worlds kept):",
        "",
        "| | first question | median | slowest |",
        "|---|---|---|---|",
        f"| first estimate, s | {first[0]:.2f} | {statistics.median(first):.2f} | {max(first):.2f} |",
        f"| whole answer, s | {whole[0]:.2f} | {statistics.median(whole):.2f} | {max(whole):.2f} |",
        "",
    ]


def together(port: int, count: int) -> list[str]:
    """Visitors who ask at once."""
    pages = itertools.cycle(PAGES)
    visitors = [Visitor(port) for _ in range(count)]
    threads = [
        threading.Thread(target=visitor.ask, args=(change, pages))
        for visitor, change in zip(visitors, changes(count), strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    failures = [failure for visitor in visitors for failure in visitor.failures]
    taken = [seconds for visitor in visitors for _, seconds in visitor.taken]
    first, whole = ([getattr(one, name) for one in visitors] for name in ("first", "whole"))
    lines = [
        f"{count} visitors at once, each another question of 10,000 pairs: {len(failures)} failed; "
        f"{len(taken)} pages and parts of pages meanwhile.",
        "",
        "| | median | 95th percentile | slowest |",
        "|---|---|---|---|",
        f"| a page, s | {statistics.median(taken):.3f} | {percentile(taken, 0.95):.3f} | {max(taken):.3f} |",
        f"| first estimate, s | {statistics.median(first):.1f} | {percentile(first, 0.95):.1f} | {max(first):.1f} |",
        f"| whole answer, s | {statistics.median(whole):.1f} | {percentile(whole, 0.95):.1f} | {max(whole):.1f} |",
        "",
    ]
    if failures:
        print("\n".join(failures[:20]), file=sys.stderr)
    return lines


def main() -> int:
    """Serve, ask, and write it down."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--visitors", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3, help="questions of the lone visitor")
    parser.add_argument("--runs", type=int, default=100, help="of the ensemble that the replay shows")
    parser.add_argument("--out", type=Path, default=HERE / "RESULTS.md")
    arguments = parser.parse_args()
    others = machine.Others()
    with server(arguments.runs) as port:
        lines = alone(port, arguments.rounds) + together(port, arguments.visitors)
    lines.append(f"Server and visitors share the machine; {others.used()}.")
    print("\n".join(lines), flush=True)
    measured.write(arguments.out, "The explorer under load", lines, machine.description(*PACKAGES))
    return 1 if " 0 failed" not in " ".join(lines) else 0


if __name__ == "__main__":
    raise SystemExit(main())
