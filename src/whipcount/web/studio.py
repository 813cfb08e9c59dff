"""The studio: scenarios of the reader's own in one folder, and what is wrong with one while it is being written.

A file is only ever data: it is read by the same checks as any scenario, in a worker with little memory and time. Its
name is made of plain letters, so that nothing is read or written outside the folder.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from whipcount.errors import Problem, RunError, WebError, WhipcountError
from whipcount.text import say, speak

from .draft_bodies import DrawnBody, draw_bodies
from .draft_forms import Led, led
from .work import WorkLimits

if TYPE_CHECKING:
    from whipcount.scenario import LoadedScenario
    from whipcount.scenario.draft import Draft

MOST_BYTES = 1_000_000  # of a scenario; the largest that comes with the program has a fifth of it
MOST_FILES = 200
ENDING = ".yaml"
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")


@dataclass(frozen=True)
class Studio:
    """The folder in which scenarios of one's own are kept."""

    folder: Path

    def names(self) -> tuple[str, ...]:
        """The files of the folder, in alphabetical order; links to elsewhere are none."""
        if not self.folder.is_dir():
            return ()
        found = (path for path in self.folder.glob(f"*{ENDING}") if path.is_file() and not path.is_symlink())
        return tuple(sorted(path.stem for path in found if _NAME.fullmatch(path.stem)))[:MOST_FILES]

    def path(self, name: str) -> Path:
        """Where a file stands. Raises WebError (WC743) for what is no name of one."""
        if not _NAME.fullmatch(name):
            hint = "use lower-case latin letters, digits and -: crisis-1917"
            raise WebError.one("WC743", f"{name[:80]!r} is no name for a scenario", hint)
        return self.folder / f"{name}{ENDING}"

    def read(self, name: str) -> str:
        """The text of a file. Raises WebError: WC743 no name of one, WC742 no such file."""
        path = self.path(name)
        if name not in self.names():
            raise WebError.one("WC742", f"there is no file called {name!r}", "the studio lists those that there are")
        return path.read_bytes().decode("utf-8", "replace")

    def save(self, name: str, text: str) -> None:
        """Keep a text, whole or not at all. Raises WebError: WC743 no name, WC744 too much, WC737 no room."""
        from whipcount.scenario import names
        from whipcount.store import make_folder, write_whole

        path = self.path(name)
        if name in names():
            hint = "give your version a name of its own"
            raise WebError.one("WC743", f"{name!r} comes with the program", hint)
        if path.is_symlink():
            raise WebError.one("WC743", f"{name!r} leads out of the folder", "give another name")
        content = text.replace("\r\n", "\n").encode()
        if len(content) > MOST_BYTES:
            raise WebError.one("WC744", f"the scenario has {len(content):,} bytes", f"at most {MOST_BYTES:,} are kept")
        if name not in self.names() and len(self.names()) >= MOST_FILES:
            raise WebError.one("WC744", f"{MOST_FILES} files are kept already", "delete some of the folder")
        try:
            make_folder(self.folder)
            write_whole(path, content)
        except RunError as error:  # visitors are not told where the server keeps its files
            why = error.__cause__.strerror if isinstance(error.__cause__, OSError) else ""
            raise WebError.one("WC737", f"the file cannot be kept here ({why})", "tell who runs this page") from error


def name_of_upload(given: str) -> str:
    """A plain name made of what a browser calls a file; empty where nothing is left of it."""
    stem = re.split(r"[\\/]", given)[-1].rpartition(".")[0] or given
    return re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-")[:60].strip("-")


@dataclass(frozen=True)
class Examined:
    """What a text is: every mistake of it, or what it holds, with its bodies drawn.

    draft: the same in forms, if they can hold it; else `beyond` names the sections that say more. led: mistakes by
    the field of the forms that they concern; loose: those that concern none.
    """

    problems: tuple[Problem, ...]
    title: str = ""
    counts: tuple[tuple[str, int], ...] = ()
    bodies: tuple[DrawnBody, ...] = ()
    draft: Draft | None = None
    beyond: tuple[str, ...] = ()
    led: tuple[Led, ...] = ()
    loose: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class ExamineWork:
    """A text to be checked and drawn."""

    text: str
    language: str
    seconds: float = 30.0
    memory: int = 1_000_000_000

    @property
    def key(self) -> str:
        """The same for the same text."""
        return f"studio-{hashlib.sha256(f'{self.language} {self.text}'.encode()).hexdigest()[:32]}"

    @property
    def limits(self) -> WorkLimits:
        """A stranger's text gets little time and memory."""
        return WorkLimits(self.seconds, self.memory, brief=True)

    def orders(self) -> Sequence[str]:
        """The one order that it consists of."""
        return ("examine",)

    def size(self, order: str) -> int:  # noqa: ARG002 - there is only one
        """The whole."""
        return 1

    def begin(self) -> Callable[[str], Examined]:
        """The function that checks it; what it needs is loaded before the limit of memory is set."""
        import whipcount.charts.benches
        import whipcount.questions.possible
        import whipcount.scenario.draft
        import whipcount.scenario.loader  # noqa: F401

        return self._examined

    def gather(self, answers: Sequence[tuple[str, Examined]]) -> Examined | None:
        """What was found."""
        return answers[0][1] if answers else None

    def _examined(self, order: str) -> Examined:  # noqa: ARG002 - there is only one
        speak(self.language)
        try:
            return examined(self.text)
        except RecursionError:
            raise WebError.one("WC744", "the scenario is built too deeply to be read", "write it flatter") from None


def examined(text: str, draft: Draft | None = None) -> Examined:
    """Every mistake of a text, as `whipcount check` finds them; where there is none, its bodies drawn.

    draft: the forms that have written it; none: read from it, if they can hold it.
    """
    from whipcount.scenario.draft import fields_of, read_draft, write
    from whipcount.scenario.yaml_nodes import parse

    problems, loaded = _checked(text)
    try:
        tree = parse(text, "scenario.yaml")
    except WhipcountError:
        return Examined(problems, loose=problems)  # what cannot be parsed cannot be put into forms
    beyond: tuple[str, ...] = ()
    if draft is None:
        draft, beyond = read_draft(tree.plain(), text)
    found = Examined(problems, draft=draft, beyond=beyond, loose=problems)
    if draft is not None:
        written = write(draft)
        at = fields_of(problems, tree, written.fields)
        loose = tuple(problem for problem, field in zip(problems, at, strict=True) if not field)
        found = replace(found, led=led(draft, problems, at), loose=loose, bodies=draw_bodies(written.plain))
    if loaded is None:
        return found
    scenario = loaded.scenario
    counts = (
        (say("parties"), len(scenario.parties)),
        (say("persons and blocs"), len(scenario.actors)),
        (say("bodies"), len(scenario.bodies)),
        (say("posts"), len(scenario.posts)),
        (say("events"), len(scenario.events)),
        (say("outcomes"), len(scenario.outcomes)),
    )
    return replace(found, title=scenario.title.in_language(), counts=counts, bodies=_drawn(loaded))


def _checked(text: str) -> tuple[tuple[Problem, ...], LoadedScenario | None]:
    """Every mistake of a text, and what it is if it has none that keeps it from being loaded."""
    import tempfile

    from whipcount.questions.possible import never_in_any_version
    from whipcount.scenario import load
    from whipcount.scenario.loader import check_file

    with tempfile.TemporaryDirectory(prefix="whipcount-") as folder:
        file = Path(folder) / "scenario.yaml"
        file.write_text(text, encoding="utf-8")
        try:
            problems = check_file(file)
            loaded = load(file) if not problems else None
            if loaded is not None:
                problems = list(never_in_any_version(loaded))
        except WhipcountError as error:
            problems, loaded = list(error.problems), None
    return tuple(problems), loaded


def _drawn(loaded: LoadedScenario) -> tuple[DrawnBody, ...]:
    from whipcount.charts.benches import (
        benches_of,
        colours_of,
        draw_benches,
        faction_marks,
        number_taken,
        taken_before,
    )
    from whipcount.charts.names import Names
    from whipcount.charts.seating import places_of
    from whipcount.report.portraits import body_of, material_of_scenario

    names, colours = Names(loaded.scenario), colours_of(loaded.scenario)
    marks = faction_marks(loaded.scenario)
    material = material_of_scenario(loaded)
    found = []
    for body in loaded.scenario.bodies:
        places = places_of(material, body)
        if not places:
            continue
        benches, portrait = benches_of(places), body_of(body, names)
        taken = [taken_before(place) for place in places]
        label = f"{portrait.name}: {number_taken(benches, taken)}"
        found.append(
            DrawnBody(portrait.name, portrait.kind, draw_benches(benches, taken, colours, names, label, marks=marks))
        )
    return tuple(found)
