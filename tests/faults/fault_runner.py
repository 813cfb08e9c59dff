"""Runs a command on a faulty file as a user would, and reads what it complains of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from whipcount.cli import main

COMPLAINT = re.compile(r"^(?P<code>WC[1-6]\d\d) (?:(?P<place>\S.*?) )??(?P<rest>\S.*)$")


@dataclass(frozen=True)
class Said:
    """What a command said: its exit code, both streams, and the coded lines."""

    code: int
    out: str
    err: str

    @property
    def codes(self) -> list[str]:
        return re.findall(r"^(WC\d{3})", self.err, re.MULTILINE)

    def line(self, code: str) -> str:
        """The first complaint with a code."""
        return next(line for line in self.err.splitlines() if line.startswith(code))


def say(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> Said:
    """Run a command; it must end with coded errors and without a traceback."""
    code = main([str(argument) for argument in arguments])
    captured = capsys.readouterr()
    assert "Traceback" not in captured.err
    assert "WC600" not in captured.err
    return Said(code, captured.out, captured.err)
