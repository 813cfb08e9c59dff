"""Every import is a declared dependency; every dependency is pinned once, to a version that pyproject.toml allows."""

from __future__ import annotations

import re
import sys
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from source_tree import PACKAGE, PROJECT, imports, python_files

DECLARED = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
FILES = {
    "requirements.lock": DECLARED["dependencies"],
    "requirements-dev.lock": [*DECLARED["dependencies"], *DECLARED["optional-dependencies"]["dev"]],
}

# Modules whose name is not that of the package that brings them.
BROUGHT_BY = {
    "yaml": "pyyaml",
    "markupsafe": "jinja2",
    "vl_convert": "vl-convert-python",
    "SALib": "salib",
    "PIL": "pillow",
    "docx": "python-docx",
    "dask": "distributed",  # its scheduler is nothing without
}


def test_every_import_is_declared() -> None:
    extras = DECLARED["optional-dependencies"]
    allowed = {canonicalize_name(Requirement(text).name) for text in DECLARED["dependencies"]}
    allowed |= {
        canonicalize_name(Requirement(text).name) for name, texts in extras.items() if name != "dev" for text in texts
    }
    missing = {
        f"{module}: {path.relative_to(PROJECT)}:{one.line}"
        for path in python_files(PACKAGE)
        for one in imports(path, PACKAGE.parent)
        if (module := one.module.split(".")[0]) not in sys.stdlib_module_names
        and module != "whipcount"
        and canonicalize_name(BROUGHT_BY.get(module, module)) not in allowed
    }
    assert missing == set()


def pins(file: str) -> dict[str, set[str]]:
    """Versions by name, several where systems or Pythons need others.

    It raises where something is anything but a pin with checksums or a comment.
    """
    found: dict[str, set[str]] = {}
    text = re.sub(r"^ *#.*\n", "", (PROJECT / file).read_text(encoding="utf-8"), flags=re.MULTILINE)
    for line in text.replace("\\\n", " ").splitlines():
        if not line.strip():
            continue
        match = re.fullmatch(r"([A-Za-z0-9._-]+)==([0-9A-Za-z.+!]+)( ; .+?)?(?: +--hash=sha256:[0-9a-f]{64})+", line)
        assert match, f"{file}: {line!r} is no pin with checksums"
        name = canonicalize_name(match[1])
        assert name not in found or match[3], f"{file}: {name} is pinned twice"
        found.setdefault(name, set()).add(match[2])
    return found


@pytest.mark.parametrize("file", FILES)
def test_every_dependency_is_pinned_as_declared(file: str) -> None:
    pinned = pins(file)
    for text in FILES[file]:
        wanted = Requirement(text)
        versions = pinned.get(canonicalize_name(wanted.name))
        assert versions, f"{wanted.name} is not in {file}: `make lock`"
        wrong = [one for one in versions if not wanted.specifier.contains(one, prereleases=True)]
        assert wrong == [], f"{wanted} but {wrong} in {file}: `make lock`"


def test_both_files_agree() -> None:
    development = pins("requirements-dev.lock")
    assert {name: development.get(name) for name in pins("requirements.lock")} == pins("requirements.lock")


@pytest.mark.parametrize("file", FILES)
def test_no_addresses_and_no_paths(file: str) -> None:
    text = (PROJECT / file).read_text(encoding="utf-8")
    assert re.findall(r"https?:|file:|--(?:extra-)?index-url|--find-links|--trusted-host|@ |/home/|/root/", text) == []
