"""Release notes are what the changelog says of a version, and nothing of another."""

from __future__ import annotations

import sys
import tomllib

import pytest
from source_tree import PROJECT

sys.path.insert(0, str(PROJECT / "tools"))
import release_notes

TEXT = """# Changelog

Words before.

## [Unreleased]

### Added

- waits

## [0.2.0] - 2031-05-01

### Changed

- a thing ([how](docs/x.md))

## [0.1.0] - 2030-05-01

- first

[0.2.0]: https://example.org/0.2.0
"""


def test_each_version_has_its_own_notes() -> None:
    assert list(release_notes.sections(TEXT)) == ["Unreleased", "0.2.0", "0.1.0"]
    assert release_notes.notes(TEXT) == "### Added\n\n- waits\n"
    assert release_notes.notes(TEXT, "0.2.0") == "### Changed\n\n- a thing ([how](docs/x.md))\n"
    assert release_notes.notes(TEXT, "0.1.0") == "- first\n"


def test_a_version_that_is_not_there_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert release_notes.main(["v9.9.9"]) == 1
    assert "no version 9.9.9" in capsys.readouterr().err


def test_what_waits_has_notes_and_no_version_is_newer_than_the_package(capsys: pytest.CaptureFixture[str]) -> None:
    """A release that was forgotten in pyproject.toml, or in the changelog, would show here."""
    assert release_notes.main([]) == 0
    assert "### Added" in capsys.readouterr().out
    found = [one for one in release_notes.sections(release_notes.CHANGELOG.read_text("utf-8")) if one != "Unreleased"]
    version = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert all([*map(int, one.split("."))] <= [*map(int, version.split("."))] for one in found)
