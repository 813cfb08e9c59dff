"""What those who wait see on standard error: how far a computation is, and a word for what takes long."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable, Iterator

from whipcount.text import say

from .output import is_quiet, note

PATIENCE = 1.0  # seconds that a phase may last before it is named

_waiting: list[threading.Timer] = []


@contextlib.contextmanager
def naming(word: str) -> Iterator[None]:
    """Within the block the program does what `word` says; on a terminal that is told if it lasts over a second.

    An inner phase, or a bar, says more than the phase around it, which is not told then.
    """
    _hush()
    timer = threading.Timer(PATIENCE, _tell, [word + "…"])
    timer.daemon = True
    timer.start()
    _waiting.append(timer)
    try:
        yield
    finally:
        timer.cancel()
        _waiting.remove(timer)


def _tell(word: str) -> None:
    if is_watched():
        note(word)


def is_watched() -> bool:
    """Whether somebody waits at a terminal."""
    return sys.stderr.isatty()


def _hush() -> None:
    for timer in _waiting:
        timer.cancel()


@contextlib.contextmanager
def progress_bar(runs: int) -> Iterator[Callable[[int, int], None]]:
    """A bar with rate and time left on standard error, for people only."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, SpinnerColumn, Task
    from rich.text import Text

    class Pace(ProgressColumn):
        """Time taken, runs a second, and time left at that rate; runs kept from before do not count for it."""

        def render(self, task: Task) -> Text:
            taken = task.elapsed or 0.0
            computed = task.completed - task.fields["kept"]
            if not computed or not taken:
                return Text(clock(taken), style="dim")
            rate = computed / taken
            left = clock(((task.total or runs) - task.completed) / rate)
            return Text(f"{rate:,.0f} {say('runs/s')}, {left} {say('left')}")

    console = Console(stderr=True)
    hidden = is_quiet() or not console.is_terminal
    if not hidden:
        _hush()
    columns = (SpinnerColumn(), BarColumn(), MofNCompleteColumn(), Pace())
    with Progress(*columns, console=console, transient=True, disable=hidden) as bar:
        task = bar.add_task("", total=runs, kept=0)
        begun = False

        def advance(done: int, whole: int) -> None:
            nonlocal begun
            if not begun:
                bar.reset(task, completed=done, kept=done)
                begun = True
            bar.update(task, completed=done, total=whole or runs)

        yield advance


def clock(seconds: float) -> str:
    """A stretch of time as minutes and seconds."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
