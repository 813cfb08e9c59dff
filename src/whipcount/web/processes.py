"""A worker process as the page sees it: started, given one order at a time, heard by a thread, ended."""

from __future__ import annotations

import contextlib
import pickle
import threading
from collections.abc import Callable
from typing import IO, Any, cast

from whipcount import session
from whipcount.results.workers import start_worker

from .work import Greeting, Message

Heard = Callable[["WorkerProcess", tuple[Any, ...] | None], None]  # None: the process has ended


class WorkerProcess:
    """One worker. `heard` is told of every report, from a thread of this object; of the end with None, once."""

    def __init__(self, heard: Heard, shared: bytes) -> None:
        self.process = start_worker("whipcount.web.work")
        self._heard = heard
        self._greeting = Greeting(session.for_workers(), shared)
        self._listener = threading.Thread(target=self._listen, name="worker", daemon=True)

    def listen(self) -> None:
        """Begin to hear the worker (apart from starting it, so that its owner knows it before the first report)."""
        self._listener.start()

    def send(self, message: Message) -> bool:
        """Give it an order; false where it has ended, which `heard` is told too."""
        try:
            self._write(message)
        except OSError:
            return False
        return True

    def kill(self) -> None:
        """End it at once."""
        with contextlib.suppress(OSError):
            self.process.kill()

    def close(self) -> None:
        """End it and wait until nothing of it is left."""
        self.kill()
        self.process.wait()
        if self._listener.is_alive() and self._listener is not threading.current_thread():
            self._listener.join(5.0)
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()

    def _write(self, message: object) -> None:
        stream = cast(IO[bytes], self.process.stdin)
        stream.write(pickle.dumps(message))
        stream.flush()

    def _listen(self) -> None:
        """Greet it (here, since it takes what is shared at its own pace), then hear it to its end."""
        stream = cast(IO[bytes], self.process.stdout)
        try:
            self._write(self._greeting)
            while True:
                self._heard(self, pickle.load(stream))
        except (EOFError, OSError, ValueError, pickle.UnpicklingError):
            self._heard(self, None)
