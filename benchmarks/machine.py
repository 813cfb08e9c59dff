"""What a benchmark was measured on: the processor, its cores, the versions; nothing else about the place."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

VECTORS = ("avx512f", "avx2", "avx", "sse4_2", "asimd")


def processor() -> str:
    """The processor's name, and the widest vector instructions it has."""
    name, flags = platform.processor() or platform.machine(), set[str]()
    table = Path("/proc/cpuinfo")
    if table.exists():
        for line in table.read_text(encoding="utf-8").splitlines():
            key, _, value = line.partition(":")
            if key.strip() == "model name":
                name = value.strip()
            if key.strip() in ("flags", "Features"):
                flags = set(value.split())
    widest = next((vector for vector in VECTORS if vector in flags), "")
    return f"{name} ({platform.machine()}{', ' + widest if widest else ''})"


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


# What a process has held at most; a parent's own use would count in what the system tells of its child.
TELL = """
import pathlib
status = pathlib.Path("/proc/self/status")
lines = status.read_text().splitlines() if status.exists() else []
print(next((line.split()[1] for line in lines if line.startswith("VmHWM")), 0))
"""


@dataclass(frozen=True)
class Used:
    """What a Python program took: seconds by the clock and of the processor, and the most memory in MB."""

    clock: float
    processor: float
    megabytes: float


def used(code: str, *arguments: str, folder: Path | None = None, **environment: str) -> Used:
    """Run a Python program to its end. A program that it waits for counts with it."""
    started = time.perf_counter()
    command = [sys.executable, "-c", code + TELL, *arguments]
    process = subprocess.Popen(
        command, env={**os.environ, **environment}, cwd=folder, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    told = process.stdout.read()
    _, status, took = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdout.close()
    if process.returncode:
        raise SystemExit(f"a program that was to be measured ended with {process.returncode}")
    return Used(time.perf_counter() - started, took.ru_utime + took.ru_stime, int(told.split()[-1]) / 1000)


@dataclass
class Others:
    """How much of the machine other processes use, from when this is made until it is asked."""

    started: float = field(default_factory=time.perf_counter)
    before: float = field(default_factory=lambda: _busy_elsewhere())

    def used(self) -> str:
        """In words, as cores; nothing where the system does not tell."""
        seconds = time.perf_counter() - self.started
        if not Path("/proc/stat").exists():
            return "what else ran on it is not known"
        used = max(0.0, (_busy_elsewhere() - self.before) / seconds)
        return f"meanwhile other processes used {used:.1f} of its {cores()} cores"


def _busy_elsewhere() -> float:
    """Seconds of processor time that all processes but this one and its children have used since the machine began."""
    try:
        fields = Path("/proc/stat").read_text(encoding="utf-8").splitlines()[0].split()[1:]
    except OSError:
        return 0.0
    user, nice, system, _, _, irq, softirq, *_ = map(int, fields)
    own = sum(os.times()[:4])
    return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK") - own


def version(package: str) -> str:
    """A package's version, or what says that it is missing."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"


def compiler() -> str:
    """The C++ compiler's own name and version."""
    found = os.environ.get("CXX") or shutil.which("g++") or shutil.which("c++")
    if found is None:
        return "none"
    return subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout.splitlines()[0]


def description(*packages: str) -> list[str]:
    """Lines that describe the machine and the versions, as Markdown."""
    versions = ", ".join(f"{package} {version(package)}" for package in packages)
    return [
        f"- Processor: {processor()}, {cores()} cores",
        f"- {platform.system()}, Python {platform.python_version()}, {versions}",
        f"- Compiler: {compiler()}",
    ]
