"""The public names: few, listed, lazy, documented, and all of them there."""

from __future__ import annotations

import inspect
import pkgutil
import re

import pytest
from source_tree import PROJECT

import whipcount

MOST = 65  # each command that counts or asks is one function
MODULES = {module.name for module in pkgutil.iter_modules(whipcount.__path__)}
PUBLIC: list[str] = list(getattr(whipcount, "__all__", []))
REFERENCE = PROJECT / "docs" / "reference" / "python.md"


def test_public_names_are_declared_once_and_in_order() -> None:
    assert PUBLIC, "whipcount/__init__.py declares __all__"
    assert len(PUBLIC) == len(set(PUBLIC))
    assert sorted(PUBLIC) == PUBLIC
    assert len(PUBLIC) <= MOST


def test_the_main_job_is_among_them() -> None:
    assert {"load", "run", "__version__"} <= set(PUBLIC)


@pytest.mark.parametrize("name", PUBLIC)
def test_each_is_there_and_says_what_it_is(name: str) -> None:
    value = getattr(whipcount, name)
    if inspect.isclass(value) or callable(value):
        assert inspect.getdoc(value), f"{name} has no docstring"


def test_nothing_else_is_public() -> None:
    for name in PUBLIC:
        getattr(whipcount, name)  # lazy names appear once asked for
    names = {name for name in vars(whipcount) if not name.startswith("_")}
    others = {name for name in names - set(PUBLIC) - MODULES if not inspect.ismodule(getattr(whipcount, name))}
    assert others - {"annotations", "TYPE_CHECKING"} == set()


def test_dir_shows_the_public_names() -> None:
    assert set(PUBLIC) <= set(dir(whipcount))


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        whipcount.no_such_name  # noqa: B018


def test_the_reference_page_lists_exactly_these() -> None:
    listed = re.findall(r"^### `whipcount\.(\w+)", REFERENCE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert sorted(listed) == sorted(set(PUBLIC) - {"__version__"})
