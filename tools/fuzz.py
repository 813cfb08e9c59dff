"""Fuzzing with coverage: what readers, grammars and pages do with bytes that a fuzzer makes of a small corpus.

    python tools/fuzz.py --minutes 10 --out build/fuzz.md

Each entry runs in a process of its own under Atheris, which changes inputs and keeps those that reach new code. An
input may be answered or refused with a coded error; anything else is noted as a crash with its input, once for each
place, and so is one that takes more than five seconds of processor time or 500 MB of memory. An entry ends when its
minutes are over and three of them have brought no new coverage, or at the latest after twice the minutes (`--most`).
`replay` feeds one input to an entry, as the tests do with all of tests/fuzz.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
CORPUS = ROOT / "tests" / "fuzz"
SLOW = 5.0  # seconds of processor time
MEGABYTES = 2_000
GROWTH = 500  # megabytes that one input may add
QUIET = 3.0  # minutes without new coverage after which an entry may end
LONGEST = 8_192  # bytes of an input
BEGINS = re.compile(r"begin|run|cancel|check|open|studio")  # of pages that would start other processes
Entry = Callable[[bytes], None]


def scenario() -> Entry:
    """A scenario's file."""
    from whipcount.scenario import load

    path = Path(tempfile.mkdtemp()) / "fuzzed.yaml"

    def feed(content: bytes) -> None:
        path.write_bytes(content)
        load(path)

    return feed


def tables() -> Entry:
    """Tables of every kind: the first byte says of which, and by whom it is read."""
    from whipcount.data.durations import read_durations
    from whipcount.data.membership import read_spells
    from whipcount.data.parliaments import read_parliament
    from whipcount.data.parties import read_history, read_parties
    from whipcount.data.positions import load_positions
    from whipcount.data.roll_call_sources import read_roll_calls
    from whipcount.data.seats import load_seats

    readers: tuple[Callable[[Path], object], ...] = (
        load_seats, lambda path: read_history(path, ("A", "B")), read_parties, load_positions, read_roll_calls,
        read_parliament, lambda path: read_durations(path, "duration", "ended", ["x"]), read_spells,
    )  # fmt: skip
    kinds = (".csv", ".tsv", ".json", ".xlsx", ".parquet", ".ord", ".txt", "")
    folder = Path(tempfile.mkdtemp())

    def feed(content: bytes) -> None:
        if not content:
            return
        path = folder / f"table{kinds[content[0] // 8 % 8]}"
        path.write_bytes(content[1:])
        readers[content[0] % 8](path)

    return feed


def archives() -> Entry:
    """Packed tables, as a file and as a visitor's upload."""
    from whipcount.data.reading.content import load
    from whipcount.web.uploads import accepted

    folder = Path(tempfile.mkdtemp())

    def feed(content: bytes) -> None:
        path = folder / "packed.zip"
        path.write_bytes(content)
        with contextlib.suppress(*_refusals()):
            load(path)
        accepted("packed.zip", content, 100_000)

    return feed


def grammars() -> Entry:
    """Rules of votes, interventions, settings, precisions, dates: each is given the text."""
    from whipcount.counterfactual.grammar import read_phrase
    from whipcount.counterfactual.interventions import parse_interventions
    from whipcount.data.reading.cells import as_date
    from whipcount.data.reading.numerals import written
    from whipcount.questions.rare import outcome_asked
    from whipcount.results.manifest import outcome_records
    from whipcount.results.precision import parse_wanted
    from whipcount.scenario import load, parse_settings
    from whipcount.theory.rule_grammar import parse_rule

    loaded = load("two-bodies")
    outcomes = outcome_records(loaded.scenario.outcomes)
    readers: tuple[Callable[[str], object], ...] = (
        read_phrase, lambda text: parse_interventions([text], loaded), lambda text: parse_settings([text]),
        lambda text: parse_wanted(text, outcomes), lambda text: outcome_asked(loaded, text),
        lambda text: parse_rule(text, "all", ("members", "seats")), lambda text: as_date(text, None), written,
    )  # fmt: skip

    def feed(content: bytes) -> None:
        text = content.decode("utf-8", "replace")
        for reader in readers:
            with contextlib.suppress(*_refusals()):
                reader(text)

    return feed


def folders() -> Entry:
    """A run folder's manifest with a sound checksum, its journal, a package's command and checksums."""
    import json

    from whipcount.report.package import COMMAND, SUMS, altered, arguments_of
    from whipcount.results.manifest import INDENT, JOURNAL, MANIFEST, read_journal, read_manifest
    from whipcount.store import sealed

    folder = Path(tempfile.mkdtemp())

    def feed(content: bytes) -> None:
        manifest = content
        with contextlib.suppress(ValueError, RecursionError):
            fields = json.loads(content)
            manifest = sealed(fields, INDENT) if isinstance(fields, dict) else content
        (folder / MANIFEST).write_bytes(manifest)
        for name in (JOURNAL, COMMAND, SUMS):
            (folder / name).write_bytes(content)
        for reader in (read_manifest, read_journal, arguments_of, lambda path: list(altered(path))):
            with contextlib.suppress(*_refusals()):
                reader(folder)

    return feed


def web() -> Entry:
    """The explorer: a method, an address and a body, by lines."""
    from starlette.testclient import TestClient

    from whipcount.web.app import create_app
    from whipcount.web.settings import Settings

    settings = Settings("two-bodies", data_dir=Path(tempfile.mkdtemp()))
    client = TestClient(create_app(settings), base_url=f"http://{settings.host}:{settings.port}")

    def feed(content: bytes) -> None:
        head, _, body = content.partition(b"\n")
        method, _, address = head.decode("utf-8", "replace").partition(" ")
        method = "POST" if method == "POST" and not BEGINS.search(address) else "GET"
        address = "/" + re.sub(r"[\x00-\x20\x7f#]", "", address).lstrip("/")
        with contextlib.suppress(ValueError):  # no address at all
            headers = {"content-type": "application/x-www-form-urlencoded", "origin": str(client.base_url)}
            found = client.request(method, address, content=body, headers=headers, follow_redirects=False)
            if found.status_code >= 500 and found.status_code != 503:
                raise AssertionError(f"{found.status_code} of {method} {address}")

    return feed


ENTRIES = {entry.__name__: entry for entry in (scenario, tables, archives, grammars, folders, web)}


def _refusals() -> tuple[type[Exception], ...]:
    from whipcount.errors import WhipcountError

    return (WhipcountError,)


def replay(entry: Entry, content: bytes) -> None:
    """Feed an input to an entry; whatever is no coded error is raised."""
    with warnings.catch_warnings(), contextlib.suppress(*_refusals()):
        warnings.simplefilter("ignore")
        entry(content)


def fuzz(name: str, seconds: int, found: Path) -> None:
    """Run one entry under Atheris in this process, which ends with it."""
    import atheris

    with atheris.instrument_imports(include=["whipcount"]):
        import whipcount.cli  # so that more is instrumented than the entry itself imports at once  # noqa: F401

        entry = ENTRIES[name]()
    crashes = found / name
    crashes.mkdir(parents=True, exist_ok=True)
    known: set[str] = set()

    def once(content: bytes) -> None:
        began, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        sign = ""
        try:
            replay(entry, content)
        except Exception as error:
            last = traceback.extract_tb(error.__traceback__)[-1]
            sign = f"{type(error).__name__} {Path(last.filename).name}:{last.lineno}"
        if not sign and time.process_time() - began > SLOW:
            sign = "slow"
        if not sign and resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before > GROWTH << 10:
            sign = "memory"
        if sign and sign not in known:
            known.add(sign)
            (crashes / f"{len(known)}.input").write_bytes(content)
            with (crashes / "crashes.txt").open("a", encoding="utf-8") as log:
                log.write(f"{len(known)}: {sign}\n")

    grown = found / f"{name}-corpus"
    grown.mkdir(exist_ok=True)
    options = [
        f"-max_total_time={seconds}", f"-rss_limit_mb={MEGABYTES}", f"-max_len={LONGEST}", "-timeout=300",
        "-print_final_stats=1", "-handle_usr1=1", f"-artifact_prefix={crashes}/",
    ]  # fmt: skip
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    atheris.Setup([sys.argv[0], *options, str(grown), str(CORPUS / name)], once)
    atheris.Fuzz()


def tried(name: str, seconds: float, most: float, found: Path) -> str:
    """A row of the report: executions, minutes, coverage, since when nothing new was found, memory, crashes."""
    line = [sys.executable, __file__, "--only", name, "--seconds", str(round(most)), "--found", str(found)]
    began = time.monotonic()
    covered, last, rss, text = 0, began, [], ""
    with subprocess.Popen(line, stderr=subprocess.PIPE, text=True, errors="replace") as process:

        def end_in_time() -> None:
            while process.poll() is None:
                time.sleep(1.0)
                now = time.monotonic()
                if now - began > seconds and now - last > QUIET * 60:
                    process.send_signal(signal.SIGUSR1)
                    return

        threading.Thread(target=end_in_time, daemon=True).start()
        assert process.stderr is not None
        for one in process.stderr:
            text = (text + one)[-100_000:]
            if (seen := re.search(r"cov: (\d+)", one)) and int(seen[1]) > covered:
                covered, last = int(seen[1]), time.monotonic()
            rss += [int(size) for size in re.findall(r"rss: (\d+)Mb", one)]
    whole = time.monotonic() - began
    numbers = {key: int(value) for key, value in re.findall(r"stat::(\w+):\s+(\d+)", text)}
    log = found / name / "crashes.txt"
    crashes = log.read_text(encoding="utf-8").splitlines() if log.is_file() else []
    if process.returncode:
        crashes.append(f"ended with {process.returncode}: {text.splitlines()[-1] if text else ''}")
    grown = max(numbers.get("peak_rss_mb", 0), *rss, 0) - rss[0] if rss else 0
    row = (
        name, f"{numbers.get('number_of_executed_units', 0):,}", f"{whole / 60:.1f}", f"{covered:,}",
        f"{(whole + began - last) / 60:.1f}", str(grown), "; ".join(crashes) or "none",
    )  # fmt: skip
    return "| " + " | ".join(row) + " |"


def main() -> None:
    """Fuzz all entries, one after the other, and write what was found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=1.0, help="for each entry, at least")
    parser.add_argument("--most", type=float, help="minutes for an entry that still finds new code; twice the minutes")
    parser.add_argument("--entries", default=",".join(ENTRIES))
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "fuzz.md")
    parser.add_argument("--only", help=argparse.SUPPRESS)
    parser.add_argument("--seconds", type=int, default=60, help=argparse.SUPPRESS)
    parser.add_argument("--found", type=Path, default=ROOT / "build" / "fuzz")
    asked = parser.parse_args()
    if asked.only:
        fuzz(asked.only, asked.seconds, asked.found)
        return
    columns = ("entry", "executions", "minutes", "coverage", "minutes without new", "memory grown, MB", "crashes")
    head = "| " + " | ".join(columns) + " |\n|" + "---|" * len(columns)
    rows = [head]
    print(head)
    for name in asked.entries.split(","):
        rows.append(tried(name, asked.minutes * 60, (asked.most or 2 * asked.minutes) * 60, asked.found))
        print(rows[-1], flush=True)
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    asked.out.write_text("\n".join(rows) + "\n", encoding="utf-8")
    sys.exit(any(not row.endswith("| none |") for row in rows[1:]))


if __name__ == "__main__":
    main()
