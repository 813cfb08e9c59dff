"""What a benchmark was measured on: the processor, its cores, the versions; nothing else about the place."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
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
