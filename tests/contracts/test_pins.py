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


def pins(file: str) -> dict[str, str]:
    """Versions by name; raises where a line is anything but a pin or a comment."""
    found: dict[str, str] = {}
    for line in (PROJECT / file).read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = re.fullmatch(r"([A-Za-z0-9._-]+)==([0-9A-Za-z.+!]+)( ; .+)?", line)
        assert match, f"{file}: {line!r} is no pin"
        name = canonicalize_name(match[1])
        assert name not in found, f"{file}: {name} is pinned twice"
        found[name] = match[2]
    return found


@pytest.mark.parametrize("file", FILES)
def test_every_dependency_is_pinned_as_declared(file: str) -> None:
    pinned = pins(file)
    for text in FILES[file]:
        wanted = Requirement(text)
        version = pinned.get(canonicalize_name(wanted.name))
        assert version is not None, f"{wanted.name} is not in {file}: `make lock`"
        assert wanted.specifier.contains(version, prereleases=True), f"{wanted} but {version} in {file}: `make lock`"


def test_both_files_agree() -> None:
    development = pins("requirements-dev.lock")
    assert {name: development.get(name) for name in pins("requirements.lock")} == pins("requirements.lock")


@pytest.mark.parametrize("file", FILES)
def test_no_addresses_and_no_paths(file: str) -> None:
    text = (PROJECT / file).read_text(encoding="utf-8")
    assert re.findall(r"https?:|file:|--(?:extra-)?index-url|--find-links|--trusted-host|@ |/home/|/root/", text) == []
