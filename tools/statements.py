"""Lines and statements of the package, docstrings left out: `python tools/statements.py [REVISION ...]`.

Without a revision the files as they are; with some, a line for each, from the history.
"""

from __future__ import annotations

import ast
import io
import re
import subprocess
import sys
import tarfile
from collections.abc import Iterable
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
CYRILLIC = re.compile("[а-яёА-ЯЁ]")


def counted(texts: Iterable[str]) -> dict[str, int]:
    """Files, lines, statements without docstrings, lines with Cyrillic."""
    found = {"files": 0, "lines": 0, "statements": 0, "cyrillic": 0}
    for text in texts:
        found["files"] += 1
        found["lines"] += text.count("\n")
        found["cyrillic"] += sum(bool(CYRILLIC.search(line)) for line in text.splitlines())
        found["statements"] += sum(
            isinstance(node, ast.stmt) and not _is_text(node) for node in ast.walk(ast.parse(text))
        )
    return found


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def texts_of(revision: str | None) -> Iterable[str]:
    """The package's Python files, of a revision or as they lie here."""
    if revision is None:
        for path in sorted((PROJECT / "src").rglob("*.py")):
            yield path.read_text(encoding="utf-8")
        return
    packed = subprocess.run(["git", "archive", revision, "src"], cwd=PROJECT, capture_output=True, check=True).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        for member in archive:
            if member.name.endswith(".py") and (file := archive.extractfile(member)) is not None:
                yield file.read().decode()


def main() -> None:
    """Print a line for each revision."""
    for revision in sys.argv[1:] or [None]:
        found = counted(texts_of(revision))
        print(f"{revision or 'here'}: " + ", ".join(f"{number:,} {what}" for what, number in found.items()))


if __name__ == "__main__":
    main()
