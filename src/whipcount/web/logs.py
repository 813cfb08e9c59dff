"""What the explorer writes down: one JSON object a line on standard error, so that other programs can read it.

Neither addresses in full nor names of visitors are written: an address may hold a token or a table's name.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import logging
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from typing import IO

from starlette.types import ASGIApp, Message, Receive, Scope, Send

LONGEST = 2_000  # letters of one value


class Log:
    """Writes events; safe to be used by several threads. `stream` None: standard error as it is at that moment."""

    def __init__(self, stream: IO[str] | None = None, *, quiet: bool = False) -> None:
        self.stream = stream
        self.quiet = quiet
        self._lock = threading.Lock()

    def __call__(self, event: str, **details: object) -> None:
        """Write one line."""
        if self.quiet:
            return
        moment = dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")
        line = json.dumps({"time": moment, "event": event, **{key: _short(value) for key, value in details.items()}})
        # a log that is full or closed must not stop whoever writes to it: answers matter more
        with self._lock, contextlib.suppress(OSError, ValueError):
            stream = self.stream or sys.stderr
            stream.write(line + "\n")
            stream.flush()


@contextlib.contextmanager
def one_format(log: Log) -> Iterator[None]:
    """Within the block, what the server and libraries log and warn of becomes lines of the same log."""
    handler = _Handler(log)
    root = logging.getLogger()
    before = root.handlers[:]
    root.handlers[:] = [handler]
    logging.captureWarnings(True)
    try:
        yield
    finally:
        logging.captureWarnings(False)
        root.handlers[:] = before


class _Handler(logging.Handler):
    """Passes records of Python's logging on."""

    def __init__(self, log: Log) -> None:
        super().__init__(logging.WARNING)
        self.log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        trace = {"trace": "".join(traceback.format_exception(*record.exc_info))} if record.exc_info else {}
        message = record.getMessage()
        self.log("log", source=record.name, level=record.levelname.lower(), message=message, **trace)


def _short(value: object) -> object:
    """A value as JSON can carry it, cut where it is endless."""
    if value is None or isinstance(value, (bool, int, float)):
        return value
    text = str(value)
    return text if len(text) <= LONGEST else text[:LONGEST] + "..."


class Logged:
    """Around the application: a line for every request that is answered, or that failed."""

    def __init__(self, app: ASGIApp, log: Log) -> None:
        self.app = app
        self.log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, and write down how it went."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        status, size = 0, 0

        async def counted(message: Message) -> None:
            nonlocal status, size
            if message["type"] == "http.response.start":
                status = message["status"]
            size += len(message.get("body", b""))
            await send(message)

        try:
            await self.app(scope, receive, counted)
        except Exception as error:
            self.log("error", method=scope["method"], path=scope["path"], error=f"{type(error).__name__}: {error}")
            raise
        finally:
            taken = round((time.perf_counter() - began) * 1000, 1)
            self.log(
                "request", method=scope["method"], path=scope["path"], status=status, bytes=size, milliseconds=taken,
                client=(scope.get("client") or ("",))[0],
            )  # fmt: skip
