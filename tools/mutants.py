"""Mutation testing on a sample: small faults are put into the code one at a time, and the tests should notice each.

    python tools/mutants.py --sample 60 --seed 1 --workers 2 --out build/mutants.md
    python tools/mutants.py --files src/whipcount/mechanisms --sample 200

Mutants are drawn evenly over all sites of the files (by default the solvers of `theory/` and the random streams). For
each, the quick tests that cover its file run on a copy of the package: those that import the module, else those that
import what imports it. The table lists the survivors. DeMillo, Lipton & Sayward (1978), "Hints on test data selection".

General tools rewrite or run the whole project for each mutant. Here a sample with a seed, and only the tests of a
file, keep a run to minutes; it needs nothing beyond pytest. The hashes of runs are left out of what may kill: they
would notice every change of a stream and prove nothing of it.

What takes long is to start: an interpreter, NumPy, SciPy, pytest. So each worker starts them once and forks for each
mutant, where the system can; the package itself is imported anew.
"""

from __future__ import annotations

import argparse
import ast
import copy
import importlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from queue import SimpleQueue

PROJECT = Path(__file__).resolve().parents[1]
PACKAGE = PROJECT / "src" / "whipcount"
sys.path.insert(0, str(PROJECT / "tests" / "contracts"))
from source_tree import dotted, imports, python_files  # noqa: E402

STREAMS = (
    "src/whipcount/vocabulary/numerics.py", "src/whipcount/engine/inputs.py", "src/whipcount/engine/draw_table.py",
    "src/whipcount/world/draws.py",
)  # fmt: skip
DEFAULT = ("src/whipcount/theory", *STREAMS)
LEFT_OUT = ("docs", "browser", "web", "rows", "golden", "report", "benchmarks")  # folders of tests that take long
SNAPSHOTS = ("test_same_runs.py",)
LEAST_SECONDS = 60.0  # before a mutant is taken to hang: it is killed by that
SLOWER = 6.0  # times the tests' usual time
IDLE = 6.0  # times the seconds of its own that a fork may take until it is ended, though it may have waited only

OPERATORS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult, ast.Pow: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.BitXor: ast.BitOr,
    ast.LShift: ast.RShift, ast.RShift: ast.LShift, ast.And: ast.Or, ast.Or: ast.And,
}  # fmt: skip
NAMES = {
    "min": "max", "max": "min", "minimum": "maximum", "maximum": "minimum", "any": "all", "all": "any",
    "floor": "ceil", "ceil": "floor", "argmin": "argmax", "argmax": "argmin", "sin": "cos", "cos": "sin",
    "left": "right", "right": "left",
}  # fmt: skip
# Calls that tell and compute nothing; and declarations of mechanisms, whose values are data with their reasons.
NOT_COUNTED = {"say", "mark", "say_many", "Column", "figure", "Problem", "one", "Param", "Verb", "Measure"}

# Mechanisms are imported by nobody but the folder that finds them, so what is meant for each is listed here: files of
# `tests/mechanisms`, the nearest first. Those that are not listed have a file of their own name. The files that ask one
# formula or one step at a time come next, and then all the others: any of them may notice, and the first failure ends
# the run.
ONE_BY_ONE = ("single_steps", "values", "counting")
APART = ("outside",)  # mechanisms from elsewhere: nothing that the shipped ones do
MECHANISM_TESTS = {
    "affiliation": "members", "agenda": "agenda mandate", "appeal": "appeal_and_constituency",
    "apportion": "election", "appraisal": "readiness", "ballot": "agenda ballot", "belief": "readiness",
    "breach": "breach", "choice": "exit_voice_loyalty", "chronicle": "chronicle",
    "concession": "demand congress", "congress": "congress",
    "constituency": "appeal_and_constituency",
    "demand": "demand", "discontent": "leave", "drift": "drift_split_reconcile", "election": "election",
    "foresight": "demand dismissal exit_voice_loyalty", "formateur": "formateur",
    "formation": "formation_of_governments",
    "formulas": "readiness agenda formateur", "government": "formation_of_governments survival",
    "leave": "leave", "majority": "withdrawal office", "mandate": "mandate leader_and_names",
    "matters": "mandate agenda", "motions": "agenda posts_by_vote", "pressure": "pressure",
    "reconcile": "drift_split_reconcile leave", "reply": "reply_and_sanction", "residual": "residual",
    "sanction": "reply_and_sanction leave", "split": "drift_split_reconcile members",
    "succession": "succession", "talks": "readiness formateur", "tallies": "ballot agenda",
    "ultimatum": "ultimatum leader_and_names", "whipping": "ballot members twelve_faults",
    "withdrawal": "withdrawal",
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One fault: the `number`-th site of a file, and what stands there."""

    path: Path
    number: int
    line: int
    before: str
    after: str


@dataclass(frozen=True)
class Outcome:
    """What became of a mutant."""

    mutant: Mutant
    killed: bool
    tests: tuple[str, ...]
    hung: bool = False  # killed by the time that it took, and by no test


class _Sites(ast.NodeTransformer):
    """Counts the sites of a tree; changes the one asked for."""

    def __init__(self, wanted: int = -1) -> None:
        self.wanted = wanted
        self.found: list[tuple[int, str, str]] = []

    def visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.Call) and _name(node.func) in NOT_COUNTED:
            return node
        if isinstance(node, ast.If) and _name(node.test) == "TYPE_CHECKING":
            return node
        if isinstance(node, ast.keyword) and node.arg == "strict":
            return node  # of zip: says that lengths are equal, as an assertion does, and computes nothing
        for changed in _changes(node):
            if len(self.found) == self.wanted:
                self.found.append((getattr(node, "lineno", 0), ast.unparse(node), ast.unparse(changed)))
                return ast.copy_location(changed, node)
            self.found.append((getattr(node, "lineno", 0), "", ""))
        for name, value in list(ast.iter_fields(node)):
            if name in ("annotation", "returns", "decorator_list", "type_params"):
                continue
            if isinstance(value, list):
                value[:] = [self.visit(one) if isinstance(one, ast.AST) else one for one in value]
            elif isinstance(value, ast.AST):
                setattr(node, name, self.visit(value))
        return node


def _name(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _changes(node: ast.AST) -> Iterator[ast.AST]:
    """The faults that may stand in a node's place."""

    def other(**fields: object) -> ast.AST:
        made = copy.deepcopy(node)
        for field, value in fields.items():
            setattr(made, field, value)
        return made

    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        yield other(ops=[OPERATORS[type(node.ops[0])]()])
    elif isinstance(node, (ast.BinOp, ast.AugAssign, ast.BoolOp)) and type(node.op) in OPERATORS:
        if not (
            isinstance(node, ast.BinOp) and isinstance(node.left, (ast.Constant, ast.JoinedStr)) and _is_text(node)
        ):
            yield other(op=OPERATORS[type(node.op)]())
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.Not, ast.Invert)):
        yield copy.deepcopy(node.operand)
    elif isinstance(node, ast.Constant) and type(node.value) in (bool, int, float):
        value = node.value
        yield other(value=not value if isinstance(value, bool) else value + 1 if value in (0, 1) else value * 1.5
                    if isinstance(value, float) else value + 1)  # fmt: skip
    elif isinstance(node, (ast.If, ast.IfExp, ast.While)) and not isinstance(node.test, ast.Constant):
        yield other(test=ast.UnaryOp(ast.Not(), copy.deepcopy(node.test)))
    elif isinstance(node, ast.Attribute) and node.attr in NAMES:
        yield other(attr=NAMES[node.attr])
    elif isinstance(node, ast.Name) and node.id in NAMES and isinstance(node.ctx, ast.Load):
        yield other(id=NAMES[node.id])


def _is_text(node: ast.BinOp) -> bool:
    return isinstance(node.left, ast.JoinedStr) or isinstance(getattr(node.left, "value", None), str)


def mutants_of(path: Path) -> list[Mutant]:
    """Every mutant of a file."""
    sites = _Sites()
    sites.visit(_tree(path))
    return [Mutant(path, number, line, "", "") for number, (line, _, _) in enumerate(sites.found)]


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def mutated(mutant: Mutant) -> tuple[str, Mutant]:
    """The file's text with the fault in it, and the mutant with what was changed."""
    sites = _Sites(mutant.number)
    tree = ast.fix_missing_locations(sites.visit(_tree(mutant.path)))
    line, before, after = sites.found[mutant.number]
    return ast.unparse(tree), Mutant(mutant.path, mutant.number, line, before, after)


# -- which tests ---------------------------------------------------------------------------------------------------


@cache
def _importers() -> dict[str, frozenset[str]]:
    """For each file of the package and the tests, by name: the modules it imports."""
    found = {dotted(path, PACKAGE.parent): path for path in python_files(PACKAGE)}
    tests = {str(path): path for path in python_files(PROJECT / "tests") if not _is_left_out(path)}
    return {
        name: frozenset(
            _module(one.module, found) for one in imports(path, PACKAGE.parent if name in found else PROJECT)
        )
        for name, path in {**found, **tests}.items()
    }


def _is_left_out(path: Path) -> bool:
    return path.relative_to(PROJECT / "tests").parts[0] in LEFT_OUT or path.name in SNAPSHOTS


def _module(name: str, known: dict[str, Path]) -> str:
    while name and name not in known:
        name = name.rpartition(".")[0]
    return name


@cache
def tests_of(path: Path) -> tuple[str, ...]:
    """Of a mechanism the tests of all mechanisms, those that are listed for it first; of any other module those that
    import it, or where there are none, those that import what imports it, and so on."""
    if path.parent == PACKAGE / "mechanisms" and path.stem != "__init__":
        folder = PROJECT / "tests" / "mechanisms"
        names = MECHANISM_TESTS.get(path.stem, path.stem).split()
        if path.stem not in APART:
            every = (file.stem.removeprefix("test_") for file in sorted(folder.glob("test_*.py")))
            names += [*ONE_BY_ONE, *(name for name in every if name not in APART)]
        return tuple(str(folder / f"test_{name}.py") for name in dict.fromkeys(names))
    wanted = {dotted(path, PACKAGE.parent)}
    for _ in range(4):
        found = sorted(name for name, modules in _importers().items() if name.endswith(".py") and modules & wanted)
        tests = tuple(name for name in found if Path(name).name.startswith("test_"))
        if tests:
            # first those that import least: they are about this module, and quick
            return tuple(sorted(tests, key=lambda name: (len(_importers()[name]), name)))
        wanted |= {name for name, modules in _importers().items() if not name.endswith(".py") and modules & wanted}
        wanted -= {"whipcount"}
    return ()


# -- running -------------------------------------------------------------------------------------------------------


PYTEST = ("-x", "-q", "-p", "no:cacheprovider", "-m", "not slow and not browser")
HEAVY = ("numpy", "scipy.stats", "scipy.optimize", "polars", "yaml", "hypothesis", "pytest")  # nothing of the package


class Runner:
    """Runs tests on the package below `source`, in forks of a process that has imported what they need, if it can."""

    def __init__(self, source: Path) -> None:
        self.source = source
        self.environment = {**os.environ, "PYTHONPATH": str(source), "PYTHONDONTWRITEBYTECODE": "1", "CI": "1"}
        self.warm: subprocess.Popen[str] | None = None
        if hasattr(os, "fork"):
            self.warm = subprocess.Popen(
                [sys.executable, __file__, "--serve"], cwd=PROJECT, env=self.environment, text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            )  # fmt: skip

    def run(self, tests: tuple[str, ...], seconds: float | None = None) -> bool | None:
        """Whether the tests pass; None if they take longer than `seconds`."""
        if self.warm is not None and self.warm.stdin is not None and self.warm.stdout is not None:
            self.warm.stdin.write(json.dumps([tests, seconds]) + "\n")
            self.warm.stdin.flush()
            passed: bool | None = json.loads(self.warm.stdout.readline())
            return passed
        try:
            done = subprocess.run(
                [sys.executable, "-m", "pytest", *PYTEST, *tests], cwd=PROJECT, env=self.environment, timeout=seconds,
                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return None
        return done.returncode == 0

    def close(self) -> None:
        """End the process that was kept."""
        if self.warm is not None:
            self.warm.communicate()


def serve() -> None:
    """Answer each line of tests with whether they pass, in a fork each; what they start is ended with them."""
    import resource  # not on every system, as forks are not

    for name in HEAVY:
        importlib.import_module(name)
    answers = os.fdopen(os.dup(1), "w")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for line in sys.stdin:
        tests, seconds = json.loads(line)
        child = os.fork()
        if child == 0:
            os.setsid()
            if seconds:
                # of its own time, so that a busy machine makes nobody hang
                resource.setrlimit(resource.RLIMIT_CPU, (max(1, round(seconds)), resource.RLIM_INFINITY))
            for stream in (0, 1, 2):
                os.dup2(nowhere, stream)
            code = 1
            try:
                code = int(importlib.import_module("pytest").main([*PYTEST, *tests]))
            finally:
                os._exit(code)
        answers.write(json.dumps(_waited(child, seconds)) + "\n")
        answers.flush()


def _waited(child: int, seconds: float | None) -> bool | None:
    """Whether a process ended well; None where it took more than so many seconds, or waited for long."""
    end = time.monotonic() + IDLE * seconds if seconds else float("inf")
    while True:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            code = os.waitstatus_to_exitcode(status)
            return None if code == -signal.SIGXCPU else code == 0
        if time.monotonic() > end:
            os.killpg(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return None
        time.sleep(0.02)


def judge(mutant: Mutant, runner: Runner, usual: float) -> Outcome:
    """Put a fault into the copy of the package, run the tests of its file, and take it out again."""
    text, told = mutated(mutant)
    place = runner.source / mutant.path.relative_to(PACKAGE.parent)
    place.write_text(text, encoding="utf-8")
    try:
        survived = runner.run(tests_of(mutant.path), max(LEAST_SECONDS, SLOWER * usual))
    finally:
        shutil.copyfile(mutant.path, place)
    return Outcome(told, not survived, tests_of(mutant.path), survived is None)


def sample(files: list[Path], size: int, seed: int) -> list[Mutant]:
    """Mutants drawn evenly over all sites of the files; all of them if there are fewer."""
    every = [mutant for path in files for mutant in mutants_of(path)]
    chosen = random.Random(seed).sample(every, min(size, len(every)))
    return sorted(chosen, key=lambda mutant: (mutant.path, mutant.number))


def table(outcomes: list[Outcome]) -> str:
    """How many were killed, by file, and the survivors."""
    lines = ["| file | mutants | killed |", "|---|---:|---:|"]
    for path in sorted({one.mutant.path for one in outcomes}):
        here = [one for one in outcomes if one.mutant.path == path]
        lines.append(f"| {path.relative_to(PROJECT)} | {len(here)} | {sum(one.killed for one in here)} |")
    killed = sum(one.killed for one in outcomes)
    lines += [f"| all | {len(outcomes)} | {killed} ({killed / max(len(outcomes), 1):.0%}) |", ""]
    hung = sum(one.hung for one in outcomes)
    lines += [f"Of the killed {hung} by the time that they took.", ""] if hung else []
    lines += ["Survivors:", ""]
    lines += [
        f"- {one.mutant.path.relative_to(PROJECT)}:{one.mutant.line} `{_short(one.mutant.before)}` -> "
        f"`{_short(one.mutant.after)}`"
        for one in outcomes
        if not one.killed
    ]
    return "\n".join(lines) + "\n"


def _short(text: str) -> str:
    first = " ".join(text.split())
    return first if len(first) < 100 else first[:97] + "..."


def main() -> None:
    """Draw a sample, run it, write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", nargs="*", default=DEFAULT, help="files and folders to put faults into")
    parser.add_argument("--sample", type=int, default=60, help="number of mutants")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--minutes", type=float, default=0.0, help="begin none after so long (0: no limit)")
    parser.add_argument(
        "--seconds", type=float, default=0.0,
        help="after so long a mutant counts as hanging, and the tests are not run without a fault first",
    )  # fmt: skip
    parser.add_argument("--out", type=Path, default=None, help="where the table is written besides being printed")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve()
        return
    paths = [PROJECT / name for name in options.files]
    files = sorted(file for path in paths for file in (python_files(path) if path.is_dir() else [path.resolve()]))
    chosen = sample(files, options.sample, options.seed)
    untested = sorted({str(one.path.relative_to(PROJECT)) for one in chosen if not tests_of(one.path)})
    if untested:
        print("no test imports", ", ".join(untested), "- their mutants survive", file=sys.stderr)
    random.Random(options.seed).shuffle(chosen)  # so that a run cut short is a sample too
    end = time.monotonic() + 60 * options.minutes if options.minutes else float("inf")
    usual: dict[tuple[str, ...], float] = {}
    copies: SimpleQueue[Runner] = SimpleQueue()
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder, ThreadPoolExecutor(options.workers) as pool:
        for number in range(options.workers):
            source = Path(folder) / str(number)
            shutil.copytree(PACKAGE, source / PACKAGE.name, ignore=shutil.ignore_patterns("__pycache__"))
            copies.put(Runner(source))

        def one(mutant: Mutant) -> Outcome | None:
            tests = tests_of(mutant.path)
            if not tests:
                return Outcome(mutated(mutant)[1], False, ())
            if time.monotonic() > end:
                return None
            runner = copies.get()
            try:
                if tests not in usual and options.seconds:
                    usual[tests] = options.seconds / SLOWER
                if tests not in usual:
                    begun = time.monotonic()
                    if not runner.run(tests):
                        raise SystemExit(f"the tests fail without any fault: {' '.join(tests)}")
                    usual[tests] = time.monotonic() - begun
                found = judge(mutant, runner, usual[tests])
            finally:
                copies.put(runner)
            fate = "hung    " if found.hung else "killed  " if found.killed else "survived"
            print(fate, _told(found.mutant), file=sys.stderr, flush=True)
            return found

        outcomes = [found for found in pool.map(one, chosen) if found is not None]
        while not copies.empty():
            copies.get().close()
    text = table(sorted(outcomes, key=lambda found: (found.mutant.path, found.mutant.number)))
    print(text)
    if options.out is not None:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(text, encoding="utf-8")


def _told(mutant: Mutant) -> str:
    place = f"{mutant.path.relative_to(PROJECT)}:{mutant.line}"
    return f"{place} {_short(mutant.before)} -> {_short(mutant.after)}"


if __name__ == "__main__":
    main()
