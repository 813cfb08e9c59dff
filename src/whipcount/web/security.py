"""What stands between the explorer and whoever talks to it: who may, from which page, how much, and how slowly.

The page is one program's face on one machine. It answers only under names of that machine, so that no other site can
reach it by pointing a name of its own here. Bound elsewhere it asks for a token. A form carries a sign that only this
page could have given, so that no other site can send one in a visitor's name.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import ipaddress
import re
import secrets
import socket
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "whipcount"
FIELD = "csrf_token"
HEADER = b"x-csrf-token"
SAFE = ("GET", "HEAD", "OPTIONS")
OPEN = ("/health", "/theme.css", "/static/")  # answered to anyone: they say nothing of what is looked into
HEADER_BYTES = 16_384
QUERY_BYTES = 8_192
MOST_FIELDS = 2_000  # of a form; those of the studio have some for each party and person
FORM_BYTES = 100_000  # what a form may hold beside an uploaded file
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
ALWAYS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # with none at all, browsers would not say where a form comes from
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
LOCAL = ("127.0.0.1", "::1", "localhost")
_VISITOR = re.compile(r"[A-Za-z0-9_-]{16,64}")

Refused = Response | None


@dataclass(frozen=True)
class Gate:
    """What the guard goes by. host, port: where the page is. token: what a visitor must show once (None: nobody must).

    body_bytes: the largest request; seconds: for a whole
    body to arrive, and for a visitor to take a piece of an answer.
    """

    host: str = "127.0.0.1"
    port: int = 0
    token: str | None = None
    body_bytes: int = 5_000_000 + FORM_BYTES
    seconds: float = 20.0
    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    @property
    def cookie(self) -> str:
        """The cookie's name: browsers keep cookies by host, and several explorers may run on one."""
        return f"{COOKIE}-{self.port}"

    def answers_to(self, host: str) -> bool:
        """Whether a Host header names this machine; a name of somebody else's that points here does not."""
        name = _host_name(host)
        if name is None:
            return False
        if name in ("localhost", self.host.strip("[]").lower()):
            return True
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            return self.host not in LOCAL and name in (socket.gethostname().lower(), socket.getfqdn().lower())
        return address.is_loopback or self.host not in LOCAL

    def sign(self, purpose: str, visitor: str) -> str:
        """A sign that only this process can give."""
        return hmac.new(self.secret, f"{purpose}\0{visitor}".encode(), hashlib.sha256).hexdigest()


def _host_name(host: str) -> str | None:
    """The name in a Host header, without its port; none where it is not one."""
    found = re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::\d{1,5})?", host)
    return found.group(1).strip("[]").lower().rstrip(".") if found else None


@dataclass(frozen=True)
class Visitor:
    """Who asks: a random name that a cookie keeps, whether the token was shown, and what the answer has to set."""

    name: str
    admitted: bool
    new: bool


class Guard:
    """Around the application: refuses what should not reach it, and says with every answer what it may do."""

    def __init__(self, app: ASGIApp, gate: Gate) -> None:
        self.app = app
        self.gate = gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})
                return
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        visitor = self._visitor(headers)
        state = scope.setdefault("state", {})
        state["visitor"] = visitor.name
        state["csrf_token"] = self.gate.sign("form", visitor.name)
        guarded = self._sender(scope, send, visitor)
        refused = self._refused(scope, headers) or self._at_the_door(scope, visitor)
        if refused is not None:
            await refused(scope, receive, guarded)
            return
        if scope["method"] not in SAFE:
            body, refused = await self._body(receive)
            sign = ""
            if refused is None:
                sign, refused = await _sign(scope, body)
            if refused is None and not self._is_from_here(headers, sign, visitor):
                refused = _plain(403, "This form does not come from this page, or the page has been restarted since. "
                                      "Load the page again, then send it.")  # fmt: skip
            if refused is not None:
                await refused(scope, receive, guarded)
                return
            receive = _replayed(body, receive)
        try:
            await self.app(scope, receive, guarded)
        except ClientDisconnect:
            raise
        except Exception:
            await _failed(scope, receive, guarded, state)
            raise

    # -- who, and what -----------------------------------------------------------------------------------------------

    def _visitor(self, headers: Headers) -> Visitor:
        """The visitor that the cookie names, if the sign on it is ours; else a new one."""
        found: SimpleCookie = SimpleCookie()
        try:
            found.load(headers.get("cookie", ""))
        except CookieError:
            found = SimpleCookie()
        parts = found[self.gate.cookie].value.split(".") if self.gate.cookie in found else []
        if len(parts) == 2 and _VISITOR.fullmatch(parts[0]):
            for purpose in ("admitted", "visitor"):
                if hmac.compare_digest(self.gate.sign(purpose, parts[0]).encode(), parts[1].encode()):
                    return Visitor(parts[0], purpose == "admitted" or self.gate.token is None, False)
        return Visitor(secrets.token_urlsafe(18), self.gate.token is None, True)

    def _refused(self, scope: Scope, headers: Headers) -> Refused:
        """Answers to requests that no browser sends to this page by itself."""
        if not self.gate.answers_to(headers.get("host", "")):
            return _plain(421, "This page answers only under the names of its own machine.")
        if len(scope.get("query_string", b"")) > QUERY_BYTES:
            return _plain(414, f"The address is longer than {QUERY_BYTES} bytes.")
        if sum(len(name) + len(value) for name, value in scope["headers"]) > HEADER_BYTES:
            return _plain(431, f"The headers are longer than {HEADER_BYTES} bytes.")
        if scope["method"] not in (*SAFE, "POST"):
            return _plain(405, "Only GET and POST are understood here.")
        declared = headers.get("content-length", "0")
        if not re.fullmatch(r"[0-9]{1,18}", declared):
            return _plain(400, "The length of the request is not a number.")
        if int(declared) > self.gate.body_bytes:
            return self._too_large()
        return None

    def _at_the_door(self, scope: Scope, visitor: Visitor) -> Refused:
        """Where a token is needed: let in who has shown it, ask the others."""
        query = parse_qsl(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True)
        shown = [value for name, value in query if name == "token"]
        if self.gate.token is not None and shown:
            if hmac.compare_digest(shown[-1].encode(), self.gate.token.encode()):
                rest = urlencode([(name, value) for name, value in query if name != "token"])
                answer = RedirectResponse(_own_path(scope) + (f"?{rest}" if rest else ""), 303)
                self._set_cookie(scope, answer.headers, visitor.name, "admitted")
                return answer
            return _door(wrong=True)
        if visitor.admitted or scope["path"].startswith(OPEN):
            return None
        return _door(wrong=False)

    def _is_from_here(self, headers: Headers, sign: str, visitor: Visitor) -> bool:
        """Whether a form was given by this page to this visitor."""
        origin = headers.get("origin")
        if origin is not None and origin.partition("://")[2].lower() != headers.get("host", "").lower():
            return False
        if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return False
        return hmac.compare_digest(sign.encode(), self.gate.sign("form", visitor.name).encode())

    async def _body(self, receive: Receive) -> tuple[bytes, Refused]:
        """The whole body, if it is small enough and comes in time."""
        body = bytearray()
        try:
            async with asyncio.timeout(self.gate.seconds):
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        return b"", _plain(400, "The request ended before it was whole.")
                    body += message.get("body", b"")
                    if len(body) > self.gate.body_bytes:
                        return b"", self._too_large()
                    if not message.get("more_body", False):
                        return bytes(body), None
        except TimeoutError:
            return b"", _plain(408, "The request took too long to arrive.", {"Connection": "close"})

    def _too_large(self) -> Response:
        return _plain(413, f"At most {self.gate.body_bytes:,} bytes are read.", {"Connection": "close"})

    # -- what every answer says --------------------------------------------------------------------------------------

    def _sender(self, scope: Scope, send: Send, visitor: Visitor) -> Send:
        """Sends with the headers that every answer has; gives up on who does not take it."""

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                scope["state"]["answered"] = True
                headers = MutableHeaders(scope=message)
                for name, value in ALWAYS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "no-store")
                if visitor.new and "set-cookie" not in headers and not scope["path"].startswith(OPEN):
                    self._set_cookie(scope, headers, visitor.name, "visitor")
            try:
                await asyncio.wait_for(send(message), self.gate.seconds)
            except TimeoutError:
                raise ClientDisconnect from None

        return guarded

    def _set_cookie(self, scope: Scope, headers: MutableHeaders, visitor: str, purpose: str) -> None:
        secure = "; Secure" if scope.get("scheme") == "https" else ""
        value = f"{visitor}.{self.gate.sign(purpose, visitor)}"
        headers["set-cookie"] = f"{self.gate.cookie}={value}; Path=/; HttpOnly; SameSite=Lax{secure}"


async def _sign(scope: Scope, body: bytes) -> tuple[str, Refused]:
    """The sign in a header or in a form's hidden field, or what is wrong with the form."""
    named = dict(scope["headers"]).get(HEADER, b"").decode("latin-1")
    if named:
        return named, None
    request = Request(scope, _replayed(body, None))
    try:
        async with request.form(max_files=2, max_fields=MOST_FIELDS, max_part_size=len(body) + 1) as form:
            sign = form.get(FIELD, "")
    except Exception as error:  # readers of forms fail in many ways, and what they read is a stranger's
        told = str(getattr(error, "detail", None) or error)[:200]
        return "", _plain(400, f"The form cannot be read ({told}). A file with a shorter name may help.")
    return (sign if isinstance(sign, str) else ""), None


def _replayed(body: bytes, receive: Receive | None) -> Receive:
    """A body that has been read, as if it came now; after it, what the visitor does next."""
    sent = False

    async def replay() -> Message:
        nonlocal sent
        if not sent:
            sent = True
            return {"type": "http.request", "body": body, "more_body": False}
        return await receive() if receive is not None else {"type": "http.disconnect"}

    return replay


async def _failed(scope: Scope, receive: Receive, send: Send, state: MutableMapping[str, Any]) -> None:
    """Say that it is our mistake, unless a part of the answer is out already."""
    if not state.get("answered"):
        await _plain(500, "Something went wrong here. The log of this page has the details.")(scope, receive, send)


def _own_path(scope: Scope) -> str:
    """The path of a request, such that it cannot lead to another host."""
    return "/" + str(scope["path"]).lstrip("/\\")


def _plain(status: int, text: str, headers: dict[str, str] | None = None) -> Response:
    return PlainTextResponse(text + "\n", status, headers)


def _door(*, wrong: bool) -> Response:
    """The page that asks for the token, in both languages, since nothing is known of who asks."""
    told = "<p><strong>Wrong token. / Неверный ключ.</strong></p>" if wrong else ""
    return HTMLResponse(_DOOR.format(told=told), 401)


_DOOR = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>whipcount</title>
<link rel="stylesheet" href="/theme.css">
<link rel="stylesheet" href="/static/explorer.css">
</head>
<body class="explorer">
<main>
<h1>whipcount</h1>
{told}
<form method="get">
<p><label for="token">Token of this page (whoever started it has it) /
<span lang="ru">Ключ этой страницы (он есть у того, кто её запустил)</span></label></p>
<p><input id="token" name="token" type="password" autocomplete="current-password" required autofocus>
<button>Open / <span lang="ru">Открыть</span></button></p>
</form>
</main>
</body>
</html>
"""


def address_of(request: Request) -> str:
    """The address that a request comes from."""
    return request.client.host if request.client else ""


def visitor_of(request: Request) -> str:
    """The name of who asks, as the guard found it."""
    return str(getattr(request.state, "visitor", "") or (request.client.host if request.client else "nobody"))
