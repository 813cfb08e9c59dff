"""Mechanisms from elsewhere: a folder of Python files, or what an installed package offers under a name.

They are loaded only because the reader names them, never because a scenario does: Python files can do anything.
"""

from __future__ import annotations

import hashlib
import importlib.util
import inspect
import sys
import traceback
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType

from ..errors import MechanismError, Place, Problem
from ..vocabulary import Mechanism
from ..vocabulary.recording import declared_at

GROUP = "whipcount.mechanisms"
_PACKAGE = "whipcount_mechanisms_of"  # in whose sub-packages folders of files are loaded


@dataclass(frozen=True)
class Outside:
    """A mechanism from elsewhere: its file or package, and the SHA-256 of the Python files that it was loaded with."""

    id: str
    origin: str
    digest: str
    kind: type[Mechanism]


_loaded: dict[tuple[str, str], tuple[Outside, ...]] = {}


def outside_mechanisms(names: Iterable[str], shipped: Mapping[str, type[Mechanism]]) -> dict[str, Outside]:
    """The mechanisms of folders and packages by id. Raises MechanismError (WC214, WC215, WC216)."""
    found: dict[str, Outside] = {}
    for name in names:
        for one in _of(name):
            other = found.get(one.id)
            if one.id in shipped or other is not None:
                whose = f"{other.origin} has one too" if other is not None else "whipcount comes with one"
                message = f"a mechanism is called {one.id!r}, and {whose}"
                raise MechanismError(Problem("WC216", message, "give it another `id`", declared_at(one.kind)))
            found[one.id] = one
    return found


def _of(name: str) -> tuple[Outside, ...]:
    """What a folder or a package's name stands for; read again where a file has changed."""
    folder = Path(name)
    offered = [point for point in entry_points(group=GROUP) if point.name == name]
    if not folder.is_dir() and offered:
        key = name, _version(offered[0])
        if key not in _loaded:
            _loaded[key] = _offered(offered[0])
        return _loaded[key]
    if not folder.is_dir():
        known = ", ".join(sorted(point.name for point in entry_points(group=GROUP))) or "none"
        raise MechanismError.one(
            "WC215", f"{name} is no folder, and no installed package offers mechanisms under this name",
            f"give a folder of Python files; packages offer {known}",
        )  # fmt: skip
    files = sorted(folder.glob("*.py"))
    key = str(folder.resolve()), _digest(files)
    if key not in _loaded:
        _loaded[key] = _in_folder(folder.resolve(), files, key[1])
    return _loaded[key]


def _digest(files: Iterable[Path]) -> str:
    total = hashlib.sha256()
    for file in files:
        total.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return total.hexdigest()


# -- folders -------------------------------------------------------------------------------------------------------


def _in_folder(folder: Path, files: list[Path], digest: str) -> tuple[Outside, ...]:
    """The mechanisms of a folder's files. Files that begin with `_` or `test_` hold what others import, or tests."""
    package = f"{_PACKAGE}_{digest[:16]}"
    if package not in sys.modules:
        module = ModuleType(package)
        module.__path__ = [str(folder)]  # so that `from ._shared import x` finds the file beside
        module.__spec__ = ModuleSpec(package, None, is_package=True)
        sys.modules[package] = module
    found: list[Outside] = []
    for file in files:
        if file.name.startswith(("_", "test_", "conftest")):
            continue
        kinds = list(_kinds(_imported(file, f"{package}.{file.stem}")))
        if not kinds:
            hint = "declare a class of Mechanism with an `id`; begin the name of a file that only helps with `_`"
            raise MechanismError(Problem("WC215", f"{file.name} holds no mechanism", hint, Place(str(file), 1, 1)))
        found += [Outside(kind.id, file.name, digest, kind) for kind in kinds]
    if not found:
        raise MechanismError.one("WC215", f"{folder} holds no mechanism", "put one Python file for each into it")
    return tuple(found)


def _imported(file: Path, name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except MechanismError:
        sys.modules.pop(name, None)
        raise
    except Exception as error:
        sys.modules.pop(name, None)
        line = _line(error, file)
        message = f"{file.name} cannot be imported ({type(error).__name__}: {getattr(error, 'msg', error)})"
        raise MechanismError(Problem("WC214", message, "see the line named", Place(str(file), line, 1))) from error
    return module


def _line(error: Exception, file: Path) -> int:
    """The line of a file at which an error came up."""
    if isinstance(error, SyntaxError) and error.filename == str(file):
        return error.lineno or 1
    lines = [frame.lineno or 1 for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(file)]
    return lines[-1] if lines else 1


def _kinds(module: ModuleType) -> Iterator[type[Mechanism]]:
    """The mechanisms that a module itself declares."""
    for value in vars(module).values():
        if isinstance(value, type) and issubclass(value, Mechanism) and value.__module__ == module.__name__:
            lacks = "step" if inspect.isabstract(value) else "id" if not value.id else ""
            if lacks:
                message = f"mechanism {value.__name__} has no `{lacks}`"
                raise MechanismError(Problem("WC215", message, "each has a name and a step", declared_at(value)))
            yield value


# -- packages ------------------------------------------------------------------------------------------------------


def _version(point: EntryPoint) -> str:
    return f"{point.dist.name} {point.dist.version}" if point.dist is not None else point.value


def _offered(point: EntryPoint) -> tuple[Outside, ...]:
    """What a package offers: a mechanism, or a module with all that stand in it."""
    try:
        offered = point.load()
    except Exception as error:
        message = f"mechanisms {point.name!r} of {_version(point)} cannot be imported ({type(error).__name__}: {error})"
        raise MechanismError.one("WC214", message, f"see {point.value}") from error
    values = [offered] if isinstance(offered, type) else list(vars(offered).values())
    kinds = {
        value.id: value
        for value in values
        if isinstance(value, type) and issubclass(value, Mechanism) and value.id and not inspect.isabstract(value)
    }
    if not kinds:
        raise MechanismError.one(
            "WC215", f"{point.value} of {_version(point)} holds no mechanism", "name a mechanism or a module of some"
        )
    files = sorted({Path(inspect.getfile(kind)) for kind in kinds.values()})
    return tuple(Outside(kind.id, _version(point), _digest(files), kind) for kind in kinds.values())


__all__ = ["GROUP", "Outside", "outside_mechanisms"]
