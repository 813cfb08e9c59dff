"""The tool that puts faults into the code: every mutant is another program, and the tests of each file are found."""

from __future__ import annotations

import ast
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest
from source_tree import PACKAGE, PROJECT

SOURCE = """
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    from numpy import ndarray

def f(x: int, y: float = 1.0) -> int:
    \"\"\"Words < and > numbers 1.\"\"\"
    if x < 3 and not y:
        return -x + 2
    return min(x, 4) if x == 0 else say("1 of 2", n=3)
"""


@pytest.fixture(scope="module")
def mutants() -> ModuleType:
    spec = importlib.util.spec_from_file_location("mutants", PROJECT / "tools" / "mutants.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["mutants"] = module
    spec.loader.exec_module(module)
    return module


def test_every_mutant_is_another_program(mutants: ModuleType, tmp_path: Path) -> None:
    file = tmp_path / "source.py"
    file.write_text(SOURCE, encoding="utf-8")
    usual = ast.unparse(ast.parse(SOURCE))
    texts = []
    for mutant in mutants.mutants_of(file):
        text, told = mutants.mutated(mutant)
        compile(text, "source.py", "exec")
        assert told.before != told.after
        assert told.line
        texts.append(text)
    assert usual not in texts
    assert len(set(texts)) == len(texts)
    changed = "\n".join(texts)
    for fault in (
        "x <= 3",
        "x < 4",
        "or not y",
        "and y:",
        "return x + 2",
        "-x - 2",
        "-x + 3",
        "max(x",
        "x != 0",
        "y: float=2",
    ):
        assert fault in changed, fault
    assert changed.count("say('1 of 2', n=3)") == len(texts)  # what is only told is left alone
    assert changed.count("Words < and > numbers 1.") == len(texts)


def test_a_sample_is_the_same_for_a_seed(mutants: ModuleType) -> None:
    files = [PACKAGE / "theory" / "power.py", PACKAGE / "theory" / "nash.py"]
    assert mutants.sample(files, 20, 1) == mutants.sample(files, 20, 1)
    assert mutants.sample(files, 20, 1) != mutants.sample(files, 20, 2)
    assert len(mutants.sample(files, 10**6, 1)) == sum(len(mutants.mutants_of(file)) for file in files)


def test_every_solver_and_stream_has_tests_that_import_it(mutants: ModuleType) -> None:
    paths = [PROJECT / name for name in mutants.DEFAULT]
    files = [file for path in paths for file in (sorted(path.glob("*.py")) if path.is_dir() else [path])]
    assert [file.name for file in files if mutants.mutants_of(file) and not mutants.tests_of(file)] == []


def test_every_mechanism_has_tests_of_its_own(mutants: ModuleType) -> None:
    """Files that are listed for it, or the one of its name; what has no rule in it needs none."""
    for file in sorted((PACKAGE / "mechanisms").glob("*.py")):
        if file.stem in ("__init__", "outside"):
            continue
        assert mutants.tests_of(file), file.stem
        assert [name for name in mutants.tests_of(file) if not Path(name).exists()] == []


def test_a_fault_is_noticed_and_taken_out_again(
    mutants: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "src" / "small"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("", encoding="utf-8")
    file = package / "rule.py"
    file.write_text("def passes(ayes, noes):\n    return ayes > noes\n", encoding="utf-8")
    checked = tmp_path / "test_rule.py"
    monkeypatch.setattr(mutants, "PACKAGE", package)
    monkeypatch.setattr(mutants, "PROJECT", tmp_path)
    monkeypatch.setattr(mutants, "tests_of", lambda _: (str(checked),))
    (mutant,) = mutants.mutants_of(file)
    copied = tmp_path / "copy" / "small"
    copied.mkdir(parents=True)
    for name in ("__init__.py", "rule.py"):
        (copied / name).write_text((package / name).read_text(encoding="utf-8"), encoding="utf-8")
    weak = "from small.rule import passes\n\ndef test():\n    assert passes(2, 1)\n"
    hanging = weak + "    while True:\n        pass\n"
    monkeypatch.setattr(mutants, "LEAST_SECONDS", 3.0)
    runner = mutants.Runner(tmp_path / "copy")
    for text, killed, hung in (
        (weak, False, False), (weak + "    assert not passes(1, 1)\n", True, False), (hanging, True, True)
    ):  # fmt: skip
        checked.write_text(text, encoding="utf-8")
        outcome = mutants.judge(mutant, runner, 0.0)
        assert (outcome.killed, outcome.hung) == (killed, hung)
        assert (copied / "rule.py").read_text(encoding="utf-8") == file.read_text(encoding="utf-8")
    checked.write_text(weak + "    import time\n    time.sleep(60)\n", encoding="utf-8")
    assert runner.run((str(checked),), 0.6) is None  # one that only waits
    runner.close()
    # where a process cannot be forked, each run is started anew
    runner.warm = None
    checked.write_text(weak, encoding="utf-8")
    assert runner.run((str(checked),)) is True
