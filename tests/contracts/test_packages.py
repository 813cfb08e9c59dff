"""Recipe and container say what pyproject.toml and the Makefile say."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from source_tree import PROJECT

DECLARED = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
# distributions that conda-forge calls otherwise
IN_CONDA = {"duckdb": "python-duckdb"}


def recipe() -> dict[str, Any]:
    text = (PROJECT / "conda-forge" / "recipe.yaml").read_text(encoding="utf-8")
    context = yaml.safe_load(text)["context"]
    for name, value in context.items():
        text = re.sub(r"\$\{\{ *" + name + r" *\}\}", str(value), text)
    return dict(yaml.safe_load(text))


def test_the_recipe_needs_what_the_project_declares() -> None:
    wanted = set()
    for one in map(Requirement, DECLARED["dependencies"]):
        name = canonicalize_name(one.name)
        wanted.add(f"{IN_CONDA.get(name, name)} {one.specifier}")
    assert set(recipe()["requirements"]["run"]) == wanted | {f"python {DECLARED['requires-python']}"}


def test_the_recipe_is_of_this_version_and_command() -> None:
    made = recipe()
    assert made["package"] == {"name": DECLARED["name"], "version": DECLARED["version"]}
    assert made["about"]["summary"] == DECLARED["description"]
    assert made["about"]["license"] == DECLARED["license"]
    commands = [f"{name} = {target}" for name, target in DECLARED["scripts"].items()]
    assert made["build"]["python"]["entry_points"] == commands


def test_the_container_follows_the_two_commands() -> None:
    lines = (PROJECT / "Containerfile").read_text(encoding="utf-8").splitlines()
    makes = [line for line in lines if line.startswith("RUN make ")]
    assert [line.split()[2] for line in makes] == ["run", "test"]
    targets = set(re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert {"run", "test"} <= targets
    # nothing of this machine's environment goes into the image
    ignored = (PROJECT / ".containerignore").read_text(encoding="utf-8").split()
    assert {".venv", ".git"} <= set(ignored)
