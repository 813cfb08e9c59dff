"""Reading the project's own source as text and as syntax trees, for the contracts that hold over all of it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
PACKAGE = PROJECT / "src" / "whipcount"
IMPORTERS = {"import_module", "__import__"}


@dataclass(frozen=True)
class Import:
    """One import of a module, wherever it stands: at the top, inside a function, for types only."""

    module: str
    line: int


def python_files(*folders: Path) -> list[Path]:
    """Every Python file below the folders, in a fixed order."""
    return sorted(path for folder in folders for path in folder.rglob("*.py") if "__pycache__" not in path.parts)


def dotted(path: Path, root: Path) -> str:
    """The dotted name of a module's file below the folder that holds the top package."""
    parts = list(path.relative_to(root).with_suffix("").parts)
    if parts[-1] == "__init__":
        parts.pop()
    return ".".join(parts)


def imports(path: Path, root: Path) -> Iterator[Import]:
    """The modules a file imports, relative ones made absolute, and those it names in `import_module("...")`."""
    tree = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
    name = dotted(path, root)
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, node.lineno)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(node.module or "", node.level, package)
            # `from package import name` may bring in the module package.name as well as a name in it
            for alias in node.names:
                yield Import(f"{base}.{alias.name}" if base else alias.name, node.lineno)
        elif isinstance(node, ast.Call) and _called(node) in IMPORTERS and node.args:
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                level = len(first.value) - len(first.value.lstrip("."))
                yield Import(_absolute(first.value.lstrip("."), level, package), node.lineno)


def _absolute(module: str, level: int, package: str) -> str:
    """A module's absolute name: `level` dots count from the package the importing file lies in."""
    if level == 0:
        return module
    parts = package.split(".")
    kept = parts[: len(parts) - (level - 1)]
    return ".".join([*kept, module] if module else kept)


def _called(node: ast.Call) -> str:
    """The last word of what is called: `import_module` of `importlib.import_module(...)`."""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def string_constants(path: Path) -> Iterator[tuple[str, int]]:
    """Every string literal of a file with its line; parts of f-strings included."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), filename=str(path))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value, node.lineno
