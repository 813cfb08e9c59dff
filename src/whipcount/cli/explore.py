"""`whipcount explore`: the page through which a crisis and its runs can be looked into."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from whipcount.text import language, say

from .output import help_text, note

if TYPE_CHECKING:
    from whipcount.web.settings import Settings

ORDER = 25
PORT = 8017
RUNS = 500


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "explore",
        help=help_text(
            "Look into a crisis on a page of this machine: who sits where, a run day by day, what if. Stops with "
            "Ctrl-C. A scenario's runs are simulated in the background; those of a run folder are taken from it.",
            "whipcount explore",
            "whipcount explore my-crisis.yaml --port 9000",
            "whipcount explore runs/november-1917-0a1b2c3d --no-browser",
        ),
    )(explore)


def _option(name: str, text: str, **settings: Any) -> Any:
    return typer.Option(name, help=say(text), **settings)


def explore(
    source: Annotated[
        str,
        typer.Argument(
            metavar="[SCENARIO|FILE|RUN]",
            help=say("a scenario, its file, or a run folder"),
        ),
    ] = "november-1917",
    port: Annotated[int, _option("--port", "port of the page", min=0, max=65535)] = PORT,
    browser: Annotated[bool, _option("--browser/--no-browser", "open the page in a browser")] = True,
    host: Annotated[
        str,
        _option("--host", "address to serve at; any but this machine's own needs a token, which is printed"),
    ] = "127.0.0.1",
    runs: Annotated[int, _option("-n", "runs to simulate for a scenario", min=1)] = RUNS,
    seed: Annotated[int, _option("--seed", "seed of these runs", min=0)] = 1,
    with_token: Annotated[
        bool, _option("--token/--no-token", "ask for a token on this machine too, where others have accounts on it")
    ] = False,
    certificate: Annotated[Path | None, _option("--certificate", "serve HTTPS with this certificate (PEM)")] = None,
    key: Annotated[Path | None, _option("--certificate-key", "its private key (PEM), if it lies apart")] = None,
    studio: Annotated[
        Path | None, _option("--studio", "folder of scenarios that are written or uploaded on the page")
    ] = None,
    proxy: Annotated[
        str | None, _option("--proxy", "address of a proxy before the page, which says where visitors come from")
    ] = None,
) -> None:
    """Serve the page until Ctrl-C."""
    from dataclasses import replace

    from whipcount.errors import WebError
    from whipcount.tasks._scenario import is_run_folder
    from whipcount.web.serving import serve
    from whipcount.web.settings import Settings

    for file in (certificate, key):
        if file is not None and not file.is_file():
            raise WebError.one("WC701", f"there is no certificate at {file}", "give a file in PEM")
    settings = Settings(
        ahead=True, host=host, port=port, language=_asked_language(), runs=runs, seed=seed,
        with_token=with_token, certificate=certificate, certificate_key=key, proxy=proxy,
    )  # fmt: skip
    if studio is not None:
        settings = replace(settings, studio=studio)
    settings = _with_source(settings, source, is_run_folder(source))

    def tell(address: str) -> None:
        note(say("the explorer is at {address} (Ctrl-C ends it)", address=address))

    serve(settings, open_browser=browser, tell=tell)


def _with_source(settings: Settings, source: str, folder: bool) -> Settings:
    from dataclasses import replace

    return replace(settings, run_folder=Path(source)) if folder else replace(settings, scenario=source)


def _asked_language() -> str | None:
    """The language, where the reader asked for another than the default: else each browser has its own."""

    return language() if language() != "en" else None
