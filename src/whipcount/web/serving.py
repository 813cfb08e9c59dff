"""Serving the explorer: a socket, a server, a browser that is shown the way."""

from __future__ import annotations

import contextlib
import secrets
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from whipcount.errors import WebError

from .app import create_app
from .logs import Log, one_format
from .security import HEADER_BYTES

if TYPE_CHECKING:
    from .settings import Settings

BACKLOG = 128  # connections that may wait
EVERYWHERE = ("0.0.0.0", "::")  # every address of this machine: no address that a browser could open


def serve(settings: Settings, *, open_browser: bool, tell: Callable[[str], None]) -> None:
    """Serve until interrupted. `tell` is given the address, with the token where there is one.

    Raises WebError (WC701) where the port is taken or the address is not this machine's.
    """
    import uvicorn

    from .patience import PatientProtocol

    if settings.token is None and (settings.with_token or not settings.is_local):
        settings = replace(settings, token=secrets.token_urlsafe(24))
    listener = _bound(settings)
    port = listener.getsockname()[1]
    settings = replace(settings, port=port)
    log = Log(quiet=sys.stderr.isatty())  # logs are for programs: a person at a terminal reads the page
    app = create_app(settings, log)
    address = address_of(settings)
    config = uvicorn.Config(
        app,
        http=PatientProtocol,
        log_config=None,
        proxy_headers=settings.proxy is not None,  # else any visitor could say where he comes from
        forwarded_allow_ips=settings.proxy,
        ssl_certfile=settings.certificate,
        ssl_keyfile=settings.certificate_key,
        h11_max_incomplete_event_size=2 * HEADER_BYTES,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=10,
        limit_concurrency=200,
    )
    if log.quiet:
        tell(address)
    else:
        log("serving", address=address)
    if open_browser:
        threading.Timer(0.6, webbrowser.open, [address]).start()
    # Ctrl-C is how it is ended
    with contextlib.suppress(KeyboardInterrupt), contextlib.nullcontext() if log.quiet else one_format(log):
        uvicorn.Server(config).run(sockets=[listener])


def address_of(settings: Settings) -> str:
    """The address to open; it carries the token once, which the page then keeps in a cookie."""
    name = socket.gethostname() if settings.host in EVERYWHERE else settings.host
    host = f"[{name}]" if ":" in name else name
    token = f"?token={settings.token}" if settings.token else ""
    scheme = "https" if settings.certificate else "http"
    return f"{scheme}://{host}:{settings.port}/{token}"


def _bound(settings: Settings) -> socket.socket:
    """A listening socket at the address asked for."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
        listener.listen(BACKLOG)  # from now on a browser waits instead of being refused
    except OSError as error:
        listener.close()
        raise WebError.one(
            "WC701",
            f"cannot serve at {settings.host}:{settings.port} ({error.strerror or error})",
            "give another --port (0 takes any free one), or an address of this machine with --host",
        ) from error
    return listener
