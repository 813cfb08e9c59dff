"""docs/reference/errors.md tells every error code that the code can raise, and none that it cannot."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from pages import PROJECT

PACKAGE = PROJECT / "src" / "whipcount"
PAGE = PROJECT / "docs" / "reference" / "errors.md"
CODE = re.compile(r"WC[1-7]\d\d")


def codes_in_code() -> dict[str, str]:
    """Every error code that stands as a string literal in the source, with the file it first stands in."""
    found: dict[str, str] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value):
                found.setdefault(node.value, str(Path(path).relative_to(PROJECT)))
    return found


def sections() -> dict[str, str]:
    """The page's sections: code and text below its heading."""
    text = PAGE.read_text(encoding="utf-8")
    parts = re.split(r"^### (WC\d+)\b.*$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_every_code_has_its_section() -> None:
    missing = {code: file for code, file in codes_in_code().items() if code not in sections()}
    assert missing == {}


def test_no_section_is_left_over() -> None:
    assert set(sections()) - set(codes_in_code()) == set()


def test_codes_are_in_order_and_say_what_to_do() -> None:
    assert list(sections()) == sorted(sections())
    assert [code for code, text in sections().items() if len(text.split()) < 8] == []


def test_each_code_belongs_to_its_room() -> None:
    """The hundreds of a code tell the kind of error that carries it, as errors.py says."""
    kinds = {
        "ScenarioError": "1",
        "MechanismError": "2",
        "RunError": "3",
        "QuestionError": "4",
        "TableError": "5",
        "UsageError": "6",
        "WebError": "7",
    }
    wrong = []
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "one"):
                continue
            kind = kinds.get(node.func.value.id) if isinstance(node.func.value, ast.Name) else None
            first = node.args[0] if node.args else None
            if kind and isinstance(first, ast.Constant) and str(first.value)[2:3] != kind:
                wrong.append(f"{path.relative_to(PROJECT)}:{node.lineno} {first.value}")
    assert wrong == []
