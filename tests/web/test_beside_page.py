"""Two histories beside each other: two runs, and both worlds of a change."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from asking_site import Asking, settings_for

from whipcount.results import Results


@pytest.fixture
def asking(ensemble: Results, tmp_path: Path) -> Iterator[Asking]:
    made = Asking.of(settings_for(tmp_path / "explorer", ensemble.folder))
    yield made
    made.app.state.subjects.close()
    made.close()


def test_histories_beside_each_other(asking: Asking) -> None:
    """Two runs at once; a change only after it has been run; nonsense is refused in words."""
    page = asking.page("/replay/beside?run=3&other=7&lang=ru")
    cards = page.all("article", "body-card")
    assert len(cards) >= 4
    numbers = [int(card.attributes["data-body"]) for card in cards]
    assert all(right == left + 1 for left, right in zip(numbers[::2], numbers[1::2], strict=True))
    asked = "/replay/beside?run=3&do=history+%3D+removed"
    waiting = asking.page(asked)
    assert not waiting.all("article", "body-card")
    assert waiting.one("form", data_begin="").attributes["method"] == "post"
    data = {"csrf_token": asking.sign()}
    for _ in range(20):
        asking.client.post(asked.replace("beside?", "beside/begin?"), data=data)
        if (answered := asking.page(asked)).all("article", "body-card"):
            break
    assert answered.one("p", "finding").text
    for wrong in ("run=99999999", "run=x", "run=1&other=-2", "run=1&do=" + "x" * 3_000):
        assert asking.client.get(f"/replay/beside?{wrong}").status_code == 400
