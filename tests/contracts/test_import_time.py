"""Starting is quick because nothing heavy is loaded: checked by what is loaded, not by a clock."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = {
    "numpy",
    "scipy",
    "polars",
    "pyarrow",
    "duckdb",
    "pandas",
    "pydantic",
    "altair",
    "vl_convert",
    "openpyxl",
    "xlsxwriter",
    "jinja2",
    "SALib",
    "matplotlib",
    "starlette",
    "uvicorn",
    "rich",
    "yaml",
}


def loaded_by(code: str) -> set[str]:
    """The top-level modules loaded in a new interpreter after `code`."""
    report = "import json, sys; sys.stderr.write(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{report}"], capture_output=True, text=True, check=True, timeout=120
    )
    return set(json.loads(done.stderr.splitlines()[-1]))


def test_import_loads_nothing_heavy() -> None:
    assert loaded_by("import whipcount") & HEAVY == set()


@pytest.mark.parametrize("arguments", [["--help"], ["--version"]], ids=" ".join)
def test_help_loads_nothing_heavy(arguments: list[str]) -> None:
    assert loaded_by(f"from whipcount.cli import main\nmain({arguments!r})") & HEAVY == set()


def test_help_of_a_command_loads_little() -> None:
    # pydantic comes from the command-line library itself, once it describes a command's options
    assert loaded_by("from whipcount.cli import main\nmain(['run', '--help'])") & HEAVY <= {"pydantic"}


def test_listing_public_names_loads_nothing_heavy() -> None:
    assert loaded_by("import whipcount\ndir(whipcount)\nwhipcount.__all__") & HEAVY == set()


def test_the_check_sees() -> None:
    assert "numpy" in loaded_by("import numpy")
