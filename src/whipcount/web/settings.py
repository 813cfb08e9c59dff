"""What one explorer is started with."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

LOCAL = ("127.0.0.1", "::1", "localhost")


def default_folder() -> Path:
    """Where the explorer keeps the runs that it makes: the user's cache, since all of it can be made again."""
    cache = os.environ.get("XDG_CACHE_HOME")
    return (Path(cache) if cache else Path.home() / ".cache") / "whipcount" / "explorer"


def default_studio() -> Path:
    """Where scenarios of the reader's own are kept: with the user's data, since nobody can make them again."""
    data = os.environ.get("XDG_DATA_HOME")
    return (Path(data) if data else Path.home() / ".local" / "share") / "whipcount" / "scenarios"


@dataclass(frozen=True)
class Limits:
    """What a visitor may ask of this machine. Sizes in bytes, times in seconds."""

    upload_bytes: int = 5_000_000
    upload_seconds: float = 20.0
    upload_memory: int = 1_000_000_000
    workers: int = 2
    queue: int = 40
    jobs_of_visitor: int = 3
    job_seconds: float = 600.0
    keep_days: float = 14.0
    keep_bytes: int = 2_000_000_000


@dataclass(frozen=True)
class Settings:
    """scenario: name or file. run_folder: an ensemble to look into; none: one of `runs` runs is made at the start.

    token: what a visitor must show; none: nobody else can reach the page. with_token: whether one is made on this
    machine's own address too, where other users of the machine could look. proxy: the address of a proxy that may say
    where visitors come from. certificate, certificate_key: files for HTTPS. language: of who started it; none: the
    visitor's. data_dir: where ensembles and answers are kept.
    studio: the folder of scenarios of the reader's own. ahead: whether claims are tested before anybody asks.
    """

    scenario: str = "november-1917"
    run_folder: Path | None = None
    host: str = "127.0.0.1"
    port: int = 8017
    token: str | None = None
    with_token: bool = False
    proxy: str | None = None
    certificate: Path | None = None
    certificate_key: Path | None = None
    language: str | None = None
    data_dir: Path = field(default_factory=default_folder)
    studio: Path = field(default_factory=default_studio)
    runs: int = 500
    seed: int = 1
    ahead: bool = False
    limits: Limits = Limits()

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach the page."""
        return self.host in LOCAL
