"""Visits to an explorer that serves on this machine, with everything noted that goes wrong on them."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from whipcount.results import Results

AXE = Path(__file__).parent / "axe" / "axe.min.js"


@dataclass
class Served:
    """An explorer that serves, and the ensemble that it looks into."""

    address: str
    results: Results


def serving(results: Results, **settings: Any) -> Iterator[Served]:
    """Serve an ensemble for as long as it is asked for; what is kept lies beside it."""
    import uvicorn

    from whipcount.web.app import create_app
    from whipcount.web.settings import Settings

    app = create_app(
        Settings(run_folder=results.folder, port=0, data_dir=results.folder.parent / "explorer", **settings)
    )
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield Served(f"http://127.0.0.1:{port}", results)
    server.should_exit = True
    thread.join(30)


@dataclass
class Visit:
    """A page in the browser, with everything that went wrong on it."""

    page: Any
    site: Served
    errors: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def go(self, path: str) -> Any:
        """Open an address of the explorer and wait until nothing more is fetched."""
        self.page.goto(self.site.address + path)
        self.page.wait_for_load_state("networkidle")
        return self.page

    def axe(self) -> list[str]:
        """Serious findings of axe-core on the page as it stands."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{one['id']}: {one['help']} at {[node['target'] for node in one['nodes']][:4]}"
            for one in found["violations"]
            if one["impact"] in ("serious", "critical")
        ]


def visiting(browser: Any, site: Served, **settings: Any) -> Iterator[Visit]:
    """A visit in a fresh profile."""
    context = browser.new_context(**({"viewport": {"width": 1280, "height": 900}, "locale": "en-GB"} | settings))
    context.set_default_timeout(90_000)  # a busy machine is slow, not wrong
    made = Visit(context.new_page(), site)
    own = urlsplit(site.address).netloc

    def note(request: Any) -> None:
        if urlsplit(request.url).netloc not in (own, ""):
            made.strangers.append(request.url)

    made.page.on("request", note)
    made.page.on("pageerror", lambda error: made.errors.append(str(error)))
    made.page.on("console", lambda told: made.errors.append(told.text) if told.type in ("error", "warning") else None)
    yield made
    context.close()
    assert made.strangers == []
    assert made.errors == []
