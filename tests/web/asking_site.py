"""An explorer that is asked questions: forms sent as the page gives them, answers waited for."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from site_reader import Element, read
from starlette.applications import Starlette
from starlette.testclient import TestClient

from whipcount.web.app import create_app
from whipcount.web.settings import Limits, Settings

SECONDS = 90.0
LOOKS = 40  # at an unfinished job, one after the other, that find every worker idle: then it is lost
PART = {"HX-Request": "true"}


@dataclass(frozen=True)
class Asking:
    """An explorer with its workers, and somebody who asks it."""

    app: Starlette
    client: TestClient

    @classmethod
    def of(cls, settings: Settings) -> Asking:
        """An explorer whose workers start with the first question."""
        app = create_app(settings)
        return cls(
            app, TestClient(app, base_url=f"http://{settings.host}:{settings.port}", raise_server_exceptions=False)
        )

    def another(self) -> Asking:
        """Another visitor of the same explorer."""
        return Asking(self.app, TestClient(self.app, base_url=str(self.client.base_url), raise_server_exceptions=False))

    def page(self, address: str, status: int = 200) -> Element:
        """A page or a part of one."""
        answer = self.client.get(address, headers=PART)
        assert answer.status_code == status, answer.text[:800]
        return read(answer.text)

    def sign(self) -> str:
        """What a form of this visitor carries."""
        return self.page("/count").one("form", "count-form").one("input", name="csrf_token").attributes["value"]

    def send(self, address: str, status: int = 200, **fields: str) -> Element:
        """Send a form."""
        answer = self.client.post(address, data={"csrf_token": self.sign(), **fields}, headers=PART)
        assert answer.status_code == status, answer.text[:800]
        return read(answer.text)

    def answer(self, address: str, query: str) -> Element:
        """Begin a job, and wait for its part of the page."""
        found = self.send(f"{address}/begin?{query}")
        name = "test" if address == "/claims" else "answer"
        idle = 0
        while found.all("p", "job-line"):
            # a busy machine takes its time; a job that nobody works at is lost
            health = self.app.state.jobs.health()
            idle = 0 if health["busy"] or health["ready"] < health["workers"] else idle + 1
            assert idle < LOOKS, f"nobody works at the answer: {health}"
            time.sleep(0.05)
            found = self.page(f"{address}/{name}?{query}")
        return found

    def close(self) -> None:
        """End everything that computes."""
        self.app.state.jobs.close()
        self.app.state.subject.close()


def settings_for(folder: Path, run_folder: Path, **limits: int) -> Settings:
    """Of an explorer that keeps its things in a folder of the test's."""
    return Settings(run_folder=run_folder, data_dir=folder, limits=Limits(**limits))  # type: ignore[arg-type]
