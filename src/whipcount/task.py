"""A task described once: a solver or a question, its inputs and options, from which its command, form and page come.

A task is an annotated function in a file of `tasks/`. Its Python function is itself, its command is made by
`cli/described.py`, its form by `web/counting.py` and its page of reference by `reference.py`. All of them, and whoever
calls it from Python, give what they have (texts, lists, numbers, tables) to the same readers, which are here.
"""

from __future__ import annotations

import datetime as dt
import functools
import importlib
import inspect
import os
import pkgutil
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, cast

from . import session
from .errors import UsageError
from .table import Result

FOLDER = "whipcount.tasks"
LARGEST = 2**63 - 1  # what whole numbers are counted in, seeds too: a larger one would come out as another
F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Kind:
    """How an input is given: `shape`, its type on the command line, and `read`, for that and for what Python gives.

    `read` takes the value (None where nothing is given) and the input's name, for errors.
    """

    name: str
    shape: Any
    read: Callable[[Any, str], Any]


def _wrong(name: str, value: object, what: str, hint: str) -> Exception:
    return UsageError.one("WC625", f"{name} {value}: {what}", hint)


def _text(value: Any, _: str) -> str | None:
    return None if value is None else str(value)


def _words(value: Any, _: str) -> tuple[str, ...]:
    """A list written with commas, or any sequence."""
    if value is None:
        return ()
    parts: Iterable[Any] = value.split(",") if isinstance(value, str) else value
    return tuple(text for part in parts if (text := str(part).strip()))


def _texts(value: Any, _: str) -> tuple[str, ...]:
    """Texts, of which one may stand alone, or several in lines; of a mapping, NAME=VALUE each."""
    if isinstance(value, Mapping):
        value = [f"{key}={item}" for key, item in value.items()]
    if isinstance(value, str):
        return tuple(line.strip() for line in value.splitlines() if line.strip())
    return () if value is None else tuple(str(one) for one in value)


def _numbers(value: Any, name: str) -> tuple[float, ...] | None:
    """Numbers written with commas, any sequence of them, or one."""
    if value is None:
        return None
    parts = value.split(",") if isinstance(value, str) else [value] if isinstance(value, (int, float)) else value
    try:
        return tuple(float(part) for part in parts)
    except (TypeError, ValueError):
        raise _wrong(name, value, "not a list of numbers", "write it as 10,10,8.5") from None


def _pairs(value: Any, name: str) -> tuple[tuple[str, str], ...]:
    """Pairs, each written as A+B or given as two names."""
    if value is None:
        return ()
    given: list[Any] = value.splitlines() if isinstance(value, str) else list(value)
    if len(given) == 2 and all(isinstance(one, str) and "+" not in one for one in given):
        given = [given]  # one pair, as two names
    found = []
    for one in given:
        first, plus, second = one.partition("+") if isinstance(one, str) else (one[0], len(one) == 2, one[-1])
        if isinstance(one, str) and not one.strip():
            continue
        if not plus:
            raise _wrong(name, one, "not a pair", "write it as A+B")
        found.append((str(first).strip(), str(second).strip()))
    return tuple(found)


def _path(value: Any, _: str) -> Path | None:
    return None if value is None else Path(value)


def _day(value: Any, name: str) -> dt.date | None:
    """A date, or its text (WC622)."""
    if value is None or isinstance(value, dt.date):
        return value.date() if isinstance(value, dt.datetime) else value
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError:
        raise UsageError.one("WC622", f"{name} {value}: not a date", "write it as 2019-06-28") from None


def _day_or_year(value: Any, name: str) -> dt.date | None:
    """A date, or a year, which begins on its first day (WC622)."""
    year = isinstance(value, (str, int)) and len(str(value)) == 4
    return _day(f"{value}-01-01" if year else value, name)


def _whole(value: Any, name: str) -> int | None:
    if value is None:
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = float("nan")
    if number != int(number) if number - number == 0 else True:
        raise _wrong(name, value, "not a whole number", "write it as 10")
    return int(value) if isinstance(value, int) else int(number)


def _number(value: Any, name: str) -> float | None:
    if value is None:
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        raise _wrong(name, value, "not a number", "write it as 0.5") from None


def _yes_or_no(value: Any, _: str) -> bool:
    return bool(value)


def _table(value: Any, _: str) -> Any:
    return Path(value) if isinstance(value, (str, os.PathLike)) else value


def _as_it_is(value: Any, _: str) -> Any:
    return value


TEXT = Kind("text", str, _text)
WORDS = Kind("names", str, _words)
TEXTS = Kind("texts", list[str], _texts)
NUMBERS = Kind("numbers", str, _numbers)
PAIRS = Kind("pairs", list[str], _pairs)
PATH = Kind("path", Path, _path)
DAY = Kind("date", str, _day)
DAY_OR_YEAR = Kind("date or year", str, _day_or_year)
WHOLE = Kind("whole number", int, _whole)
NUMBER = Kind("number", float, _number)
FLAG = Kind("yes or no", bool, _yes_or_no)
TABLE = Kind("table", Path, _table)  # a path, or what Python holds: lists, mappings, data frames
GIVEN = Kind("as given", str, _as_it_is)  # a text, or what the task itself reads
SCENARIO = Kind("scenario", str, _as_it_is)  # a name, a path, a loaded scenario, a mapping
SETTINGS = Kind("settings", list[str], _as_it_is)  # PATH=VALUE, or a mapping
KINDS = {int: WHOLE, float: NUMBER, bool: FLAG, str: TEXT, Path: PATH}


@dataclass(frozen=True)
class Option:
    """What a task says of an input, in the annotation of its parameter.

    help: what it is, in English. kind: how it is given, by its type where that is enough. metavar: its shape in the
    help. flag: its name on the command line, where that is not the parameter's; short: further ones. argument: it needs
    no name there. shown: its default is told, or `default` in its place. low, high: the bounds of a number. title,
    example: its label and placeholder in a form, which has only inputs with a title; rows: several lines there.
    """

    help: str
    kind: Kind | None = None
    metavar: str | None = None
    flag: str = ""
    short: tuple[str, ...] = ()
    argument: bool = False
    shown: bool = False
    default: str = ""
    low: float | None = None
    high: float | None = None
    title: str = ""
    example: str = ""
    rows: bool = False


@dataclass(frozen=True)
class Form:
    """A task on the Count page: its title, the question it answers, the header of its table, an example of one.

    settings: of the example. example: the text of a table; the example of roll calls where it is empty. parliament:
    whether its table is of the parties of a parliament, which other such forms count too. excluded: the input that
    takes pairs who never join.
    """

    title: str
    needs: str
    header: str
    example: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    order: float = 50
    parliament: bool = False
    excluded: str = ""


@dataclass(frozen=True)
class Input:
    """A parameter of a task: its name, what is said of it, how it is given, its default (`...` where there is none)."""

    name: str
    option: Option
    kind: Kind
    default: Any

    @property
    def flag(self) -> str:
        """Its name on the command line."""
        return self.option.flag or "--" + self.name.strip("_").replace("_", "-")

    def read(self, value: Any) -> Any:
        """The value as the task takes it. Raises UsageError (WC622, WC625)."""
        name = self.name if self.option.argument else self.flag.partition("/")[0]
        found = self.kind.read(value, name)
        low, high = self.option.low, self.option.high
        if isinstance(found, int) and abs(found) > LARGEST:
            raise _wrong(name, value, "beyond 64 bits", f"give a number up to {LARGEST}")
        if isinstance(found, (int, float)) and (
            (low is not None and found < low) or (high is not None and found > high)
        ):
            bounds = f"from {low:g}" + (f" to {high:g}" if high is not None else "") if low is not None else ""
            raise _wrong(name, value, "out of bounds", f"give a number {bounds or f'up to {high:g}'}")
        return found


COUNTING = (70, 77)  # places in the order of commands that count tables: the first, and that after the last


@dataclass(frozen=True)
class Task:
    """A task: the words that call it, what it does, examples of commands, its place in lists, its inputs, its form.

    name: one word, or two where several tasks share the first. drawn: whether its results have charts. function: what
    Python calls. family: of a name of two words. printed: the part of the record that `--json` prints, all where it is
    empty. command: whether its command is made from the description. tables: whether its command writes them to a file,
    though they have no chart.
    """

    name: str
    help: str
    examples: tuple[str, ...]
    order: float
    inputs: tuple[Input, ...]
    function: Callable[..., Any]
    drawn: bool = False
    form: Form | None = None
    family: Family | None = None
    printed: str = ""
    command: bool = True
    tables: bool = False

    @property
    def counts(self) -> bool:
        """Whether it counts what a table holds, as its place in the order of commands says."""
        first, end = COUNTING
        return first <= self.order < end

    @property
    def python(self) -> str:
        """What Python calls it: `whipcount.` stands before it."""
        first, _, second = self.name.partition(" ")
        return f"{first}.{second}" if self.family and self.family.public else str(self.function.__name__)

    def __call__(self, **given: Any) -> Any:
        """What the task finds, from inputs as anybody gives them."""
        return self.function(**given)


def task(
    name: str,
    help: str,
    *examples: str,
    order: float = 50,
    drawn: bool = False,
    form: Form | None = None,
    family: Family | None = None,
    printed: str = "",
    command: bool = True,
    tables: bool = False,
) -> Callable[[F], F]:
    """Make a task of a function; its inputs are its annotated parameters, described by `Option`."""

    def declare(function: F) -> F:
        signature = inspect.signature(function)
        inputs = tuple(_input(one, function) for one in signature.parameters.values())
        by_name = {one.name: one for one in inputs}

        @functools.wraps(function)
        def call(*arguments: Any, **given: Any) -> Any:
            bound = signature.bind(*arguments, **given)
            bound.apply_defaults()
            with session.hearing() as told:
                found = function(**{key: by_name[key].read(value) for key, value in bound.arguments.items()})
            if told and isinstance(found, Result):
                found.told(dict.fromkeys((*found.remarks, *told)))
            return found

        vars(call)["__signature__"] = signature.replace(
            parameters=[one.replace(annotation=inspect.Parameter.empty) for one in signature.parameters.values()]
        )
        told = "\n".join(f"{one.name}: {one.option.help or one.kind.name}." for one in inputs)
        call.__doc__ = f"{inspect.getdoc(function) or help}\n\n{told}"
        made = Task(name, help, examples, order, inputs, call, drawn, form, family, printed, command, tables)
        vars(call)["task"] = made
        return cast(F, call)

    return declare


def _input(parameter: inspect.Parameter, function: Callable[..., Any]) -> Input:
    hint = parameter.annotation
    if isinstance(hint, str):
        # not get_type_hints: what a task gives back is imported for types only
        hint = eval(hint, function.__globals__)
    parts = typing.get_args(hint) if typing.get_origin(hint) is typing.Annotated else ()
    option = next((one for one in parts if isinstance(one, Option)), None)
    if option is None:
        raise TypeError(f"{function.__qualname__}: {parameter.name} is described by no Option")
    kind = option.kind or next((KINDS[one] for one in (parts[0], *typing.get_args(parts[0])) if one in KINDS), None)
    if kind is None:
        raise TypeError(f"{function.__qualname__}: {parameter.name} is of no known kind")
    default = ... if parameter.default is inspect.Parameter.empty else parameter.default
    return Input(parameter.name, option, kind, default)


@functools.cache
def all_tasks() -> tuple[Task, ...]:
    """Every task of every file of the folder, in the order in which they are listed."""
    found: dict[str, Task] = {}
    for name in names():
        for value in vars(importlib.import_module(f"{FOLDER}.{name}")).values():
            if isinstance(made := getattr(value, "__dict__", {}).get("task"), Task):
                found[made.name] = made
    return tuple(sorted(found.values(), key=lambda one: (one.order, one.name)))


def names() -> Sequence[str]:
    """The names of the files: most give a function of the same name to Python."""
    folder = importlib.import_module(FOLDER)
    return [found.name for found in pkgutil.iter_modules(folder.__path__) if not found.name.startswith("_")]


@dataclass(frozen=True)
class Family:
    """Tasks that share a first word, as `rollcall whip`: `rollcall.whip(votes)`, or `rollcall(votes, "whip")`.

    usual: the one that is meant where none is named. public: whether Python has the family by its name; where a room
    of the package has that name, each of its tasks is a function of its own.
    """

    name: str
    help: str
    usual: str = ""
    public: bool = True

    def __call__(self, source: Any, what: str = "", /, **given: Any) -> Any:
        """What one of the tasks finds, the usual one if none is named. Raises UsageError (WC625)."""
        return getattr(self, what or self.usual)(source, **given)

    def __getattr__(self, word: str) -> Any:
        for one in all_tasks() if not word.startswith("_") else ():
            if one.name == f"{self.name} {word}":
                return one.function
        raise AttributeError(f"{self.name} has no task {word!r}: there are {', '.join(self.words())}")

    def words(self) -> list[str]:
        """The second words of its tasks."""
        return [one.name.partition(" ")[2] for one in all_tasks() if one.name.startswith(f"{self.name} ")]

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self.words()]
