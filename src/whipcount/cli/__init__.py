"""The command line: every module of this folder that has `register(app)` adds its commands.

A command module imports nothing heavy at its top (no numpy, polars, pydantic, altair, rich): `whipcount --help`
imports them all, and has to answer at once. Import inside the command function instead. A module may give
`ORDER` (default 50): the commands are listed by it in the help.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

from whipcount import session
from whipcount.errors import UsageError, WhipcountError, short_of_memory
from whipcount.text import LANGUAGES, say, speaking

from .groups import Grouped, add_in_order
from .output import WIDTH_OF_HELP, Manner, in_manner

if TYPE_CHECKING:
    import typer

WRONG = 2  # what the user gave is wrong: nothing was done
BROKEN = 1  # the program itself failed
INTERRUPTED = 130
PIPE_CLOSED = 141
RED, DIM = "1;31", "2"  # as terminals number their colours
COMPLETING = "_WHIPCOUNT_COMPLETE"  # set by a shell that completes a line
HELP = ("-h", "--help")
QUIET = ("-q", "--quiet")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code: 0; 2 for a coded error, 3 for a check that fails, 1 for a fault."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = bool(os.environ.get("WHIPCOUNT_DEBUG"))
    try:
        asked = _take_globals(given)
        debug = debug or asked.debug
        using = session.using(backend=asked.backend, mechanisms=asked.mechanisms, cluster=asked.cluster)
        with contextlib.ExitStack() as stack:
            for ambient in (speaking(asked.language), using, *_telling(asked.manner)):
                stack.enter_context(ambient)
            code = _call(asked.rest)
        sys.stdout.flush()
    except WhipcountError as error:
        _complain(error)
        return WRONG
    except BrokenPipeError:
        # the reader has gone (`| head`): say nothing, also not when Python flushes at exit
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except KeyboardInterrupt:
        sys.stderr.write("\ninterrupted\n")
        return INTERRUPTED
    except Exception as error:
        if debug and not isinstance(error, OSError):
            raise
        return _failed(error)
    return code


def _failed(error: Exception) -> int:
    """Say what no command foresaw, by whose matter it is."""
    short = short_of_memory(error)
    if short is not None:
        _complain(short)
        return BROKEN
    if isinstance(error, OSError):
        # a full disk, a folder that may not be written: the user's matter, not a fault of the program
        _complain(UsageError.one("WC603", f"{error.strerror or error}: {error.filename or ''}".rstrip(": ")))
        return WRONG
    _apologise(error)
    return BROKEN


@dataclass
class _Asked:
    """What is asked of the whole program, and the arguments that are left."""

    rest: list[str] = field(default_factory=list)
    debug: bool = False
    backend: str | None = None
    cluster: str | None = None
    mechanisms: list[str] | None = None
    language: str = "en"
    manner: Manner = field(default_factory=Manner)


def _take_globals(arguments: list[str]) -> _Asked:
    """Take what concerns the whole program out of the arguments, wherever it stands."""

    taken: dict[str, list[str]] = {name: [] for name in ("--lang", "--backend", "--cluster", "--mechanisms")}
    asked = _Asked()
    waiting = iter(arguments)
    for argument in waiting:
        name, equals, value = argument.partition("=")
        if argument == "--":
            asked.rest += [argument, *waiting]
        elif argument == "--debug":
            asked.debug = True
        elif argument == "--wide":
            asked.manner = replace(asked.manner, wide=True)
        elif argument in QUIET:
            asked.manner = replace(asked.manner, quiet=True)
        elif name in taken:
            taken[name].append(value if equals else next(waiting, ""))
        else:
            asked.rest.append(argument)
    asked.backend = taken["--backend"][-1] if taken["--backend"] else None
    asked.cluster = taken["--cluster"][-1] if taken["--cluster"] else None
    asked.mechanisms = taken["--mechanisms"] or None
    chosen = [os.environ.get("WHIPCOUNT_LANG") or "en", *taken["--lang"]][-1]
    for language in LANGUAGES:
        if chosen == language or chosen.lower().startswith((f"{language}_", f"{language}-")):
            asked.language = language
            return asked
    raise UsageError.one(
        "WC602", f"language {chosen!r} is not spoken here", f"give {' or '.join(f'--lang {one}' for one in LANGUAGES)}"
    )


def _telling(manner: Manner) -> list[contextlib.AbstractContextManager[None]]:
    """How results are printed, and what else reaches the reader: notices, and words for what takes long."""
    from .output import note
    from .progress import naming

    return [in_manner(manner), session.listening(note), session.telling_phases(naming)]


def _call(arguments: list[str]) -> int:
    """Parse the arguments and run the command they name."""
    import typer.main

    command = typer.main.get_command(_application())
    asked = None if COMPLETING in os.environ else _help_asked(command, arguments)
    if asked is not None:
        sys.stdout.write(asked + "\n")
        return 0
    try:
        code = command.main(args=arguments, prog_name="whipcount", standalone_mode=False)
    except (WhipcountError, OSError):
        raise
    except typer.Abort:
        return INTERRUPTED
    except Exception as error:
        # the class of typer's usage errors has moved between its versions; what they can do has not
        if not hasattr(error, "format_message"):
            raise
        context = getattr(error, "ctx", None)
        path = getattr(context, "command_path", "whipcount")
        raise UsageError.one("WC601", str(error.format_message()), f"see `{path} --help`") from None
    return code if isinstance(code, int) else 0


def _help_asked(command: Any, arguments: Sequence[str]) -> str | None:
    """The help that `NAME ... --help` asks for, read from the commands without parsing any value.

    Typer parses values by way of pydantic, whose import would double the time that a help takes.
    """
    *names, last = arguments or ("--help",)
    if last not in HELP:
        return None
    context = command.context_class(command, info_name="whipcount", **command.context_settings)
    for name in names:
        command = getattr(command, "commands", {}).get(name)
        if command is None:
            return None  # an option or a wrong name stands before it: let the parser tell
        context = command.context_class(command, info_name=name, parent=context, **command.context_settings)
    return str(command.get_help(context))


def _application() -> typer.Typer:
    """The application with the commands of every module of this folder."""
    import importlib
    import pkgutil

    import typer

    from . import described

    app = typer.Typer(
        name="whipcount",
        cls=Grouped,
        help=say("Count the votes before they are cast: how political bodies decide under pressure."),
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        add_completion=True,
        no_args_is_help=True,
        context_settings={"help_option_names": [*HELP], "max_content_width": WIDTH_OF_HELP},
    )
    app.callback()(_globals)
    # folders in here hold what commands import when they run
    names = [found.name for found in pkgutil.iter_modules(__path__) if not found.ispkg]
    modules = [importlib.import_module(f"{__name__}.{name}") for name in names]
    adding = [(getattr(module, "ORDER", 50), module.register) for module in modules if hasattr(module, "register")]
    add_in_order(app, [*adding, *described.commands()])
    return app


def _version(asked: bool) -> None:
    if asked:
        import importlib.metadata

        import typer

        sys.stdout.write(f"whipcount {importlib.metadata.version('whipcount')}\n")
        raise typer.Exit


def _globals(
    lang: Annotated[str, _option("--lang", metavar="|".join(LANGUAGES), envvar="WHIPCOUNT_LANG")] = "en",
    backend: Annotated[str, _option("--backend", metavar="|".join(session.BACKENDS), envvar=session.VARIABLE)] = "auto",
    cluster: Annotated[str | None, _option("--cluster", metavar="local:N|slurm:N|k8s|tcp://...")] = None,
    mechanisms: Annotated[list[str] | None, _option("--mechanisms", metavar="FOLDER|NAME")] = None,
    wide: Annotated[bool, _option("--wide")] = False,
    quiet: Annotated[bool, _option(*reversed(QUIET))] = False,
    debug: Annotated[bool, _option("--debug", envvar="WHIPCOUNT_DEBUG")] = False,
    version: Annotated[bool, _option("--version", is_eager=True, callback=_version)] = False,
) -> None:
    """Describe the options of every command; `main` has taken their values already."""


def _option(name: str, *short: str, **settings: Any) -> object:
    """A global option with its help in the reader's language."""
    import typer

    texts = {
        "--lang": say("language of the output"),
        "--backend": say("what runs the model; auto compiles it where that is sooner done; the results are the same"),
        "--cluster": say("where runs are computed, if not by processes of this machine; the results are the same"),
        "--mechanisms": say("a folder of your own mechanisms, or the name of an installed package's; may be repeated"),
        "--wide": say("show every column of a table, however narrow the terminal"),
        "--quiet": say("print nothing but results and errors"),
        "--debug": say("show the traceback of an unexpected error"),
        "--version": say("print the version"),
    }
    return typer.Option(name, *short, help=texts[name], show_default=False, **settings)


def _complain(error: WhipcountError) -> None:
    """Print every problem of a coded error, one a line."""
    from .output import in_colour

    for problem in error.problems:
        told = str(problem).partition(problem.code)[2]
        head, hint, rest = told.rpartition(" Hint: ") if problem.hint else (told, "", "")
        sys.stderr.write(in_colour(problem.code, RED) + head + in_colour(hint + rest, DIM) + "\n")


def _apologise(error: Exception) -> None:
    """Say shortly that the program failed, and how to report it."""

    kind = type(error).__name__
    sys.stderr.write(
        say(
            "WC600 whipcount failed unexpectedly ({kind}: {error}). This is a fault of the program. Hint: "
            "run the command again with --debug and report what it prints, with the scenario file.\n",
            kind=kind,
            error=error,
        )
    )


def run() -> NoReturn:
    """Run the command line and leave Python (for `python -m whipcount`)."""
    raise SystemExit(main())
