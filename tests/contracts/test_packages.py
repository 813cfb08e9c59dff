"""Recipe and container say what pyproject.toml and the Makefile say."""

from __future__ import annotations

import re
import sys
import tomllib
from typing import Any

import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from source_tree import PROJECT

sys.path.insert(0, str(PROJECT / "tools"))
import container

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


def test_every_step_of_the_container_can_be_followed_without_an_engine() -> None:
    text = (PROJECT / "Containerfile").read_text(encoding="utf-8")
    found = container.stages(text)
    assert [one.name for one in found] == ["made", "tested", ""]
    words = {word for one in found for word, _ in one.steps}
    assert words <= {"RUN", "COPY", "WORKDIR", "ENV", "USER", "ENTRYPOINT", "CMD"}
    for target, chain in (("", ["made", ""]), ("tested", ["made", "tested"])):
        steps = container.wanted(found, target)
        assert [one.name for one in steps] == chain
        assert re.fullmatch(r".*debian:[a-z]+-slim", steps[0].base)


def test_lines_that_go_on_and_comments_are_read_as_an_engine_does() -> None:
    text = (
        'FROM a:b-slim AS x\n# why\nRUN one \\\n    # in between\n    && two\nENV PATH="/here:$PATH"\nFROM x\nCMD []\n'
    )
    first, last = container.stages(text)
    assert first.steps == [("RUN", "one && two"), ("ENV", 'PATH="/here:$PATH"')]
    assert (last.base, last.steps) == ("x", [("CMD", "[]")])
    image = container.Image(PROJECT, environment={"PATH": "/bin"})
    container.step(image, *first.steps[1], PROJECT)
    assert image.environment == {"PATH": "/here:/bin"}
