"""The language in which a request is answered: as its address says, as the page was started, as the browser says."""

from __future__ import annotations

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from whipcount.text import LANGUAGES, speaking


class Spoken:
    """Answers each request in its reader's language."""

    def __init__(self, app: ASGIApp, given: str | None = None) -> None:
        self.app = app
        self.given = given

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request in its language; what is no request of a page passes through."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        with speaking(language_of(Request(scope), self.given)):
            await self.app(scope, receive, send)


def language_of(request: Request, given: str | None = None) -> str:
    """The reader's language: as the address says, else as whoever started the page, else as the browser says."""
    asked = request.query_params.get("lang", "")
    if asked in LANGUAGES:
        return asked
    if given in LANGUAGES:
        return str(given)
    return preferred(request.headers.get("accept-language", ""))


def preferred(header: str) -> str:
    """The best known language of an Accept-Language header ("ru-RU,ru;q=0.9,en;q=0.5"); English where none is."""
    best, weight = "en", 0.0
    for part in header.split(",")[:20]:
        name, _, quality = part.strip().partition(";")
        language = name.strip().lower().partition("-")[0]
        try:
            value = float(quality.strip().removeprefix("q=")) if quality.strip() else 1.0
        except ValueError:
            continue
        if language in LANGUAGES and value > weight:
            best, weight = language, value
    return best
