"""The tutorials as notebooks: every cell runs and shows something, and the file keeps nothing of an earlier run."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from pages import PROJECT, links

import whipcount
from whipcount.table import Result

sys.path.insert(0, str(PROJECT / "tools"))
import notebooks

FOLDER = PROJECT / "docs" / "notebooks"
COURSE = PROJECT / "docs" / "course"
SESSIONS = sorted(COURSE.glob("*.ipynb"))
NOTEBOOKS = [*sorted(FOLDER.glob("*.ipynb")), *SESSIONS]
RUN = [pytest.param(path, marks=[pytest.mark.slow] if path in SESSIONS else []) for path in NOTEBOOKS]
TUTORIALS = {"first-run", "ask-a-question", "own-crisis", "real-parliament", "whip-count"}
FEW = 24  # histories: what a page shows is drawn from more, but its cells are the same


def _name(path: Path) -> str:
    return path.stem


def test_each_tutorial_has_its_notebook() -> None:
    assert {path.stem for path in FOLDER.glob("*.ipynb")} == TUTORIALS


def test_each_session_has_its_notebook_with_a_body_questions_and_answers() -> None:
    pages = sorted(COURSE.glob("[0-9]-*.md"))
    assert len(pages) == 6
    assert [path.name for path in SESSIONS] == [f"notebook-{page.name[0]}.ipynb" for page in pages]
    for page, notebook in zip(pages, SESSIONS, strict=True):
        text = page.read_text(encoding="utf-8")
        assert f"({notebook.name})" in text
        assert f"({page.name})" in notebooks.cells(notebook)[0].text
        asked, answered = (
            re.findall(r"^\d\. ", part, flags=re.MULTILINE)
            for part in text.split("## Questions")[1].split("## Answers")
        )
        assert len(asked) == len(answered) == 5


@pytest.mark.parametrize("path", NOTEBOOKS, ids=_name)
def test_outputs_are_not_kept(path: Path) -> None:
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            assert cell["execution_count"] is None
            assert cell["metadata"] == {}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=_name)
def test_it_opens_with_what_one_will_learn_and_leads_on(path: Path) -> None:
    first = notebooks.cells(path)[0].text
    assert first.startswith("# ")
    assert "**You will learn**" in first
    texts = "\n\n".join(cell.text for cell in notebooks.cells(path) if not cell.code)
    assert "## Try it" in texts
    assert [target for target in links(texts) if not (path.parent / target).exists()] == []


@pytest.mark.parametrize("path", RUN, ids=_name)
def test_every_cell_runs_and_its_page_shows_what_it_found(path: Path) -> None:
    cells = tuple(
        notebooks.Cell(re.sub(r"\bruns=\d+", f"runs={FEW}", cell.text), cell.code) for cell in notebooks.cells(path)
    )
    before = set(PROJECT.iterdir()) | set(Path.cwd().iterdir())
    with whipcount.using(backend="numpy", workers=1):
        shown = list(notebooks.run(cells))
    assert set(PROJECT.iterdir()) | set(Path.cwd().iterdir()) == before, "a notebook littered"
    pictures = 0
    for one in shown:
        pictures += hasattr(one.value, "_repr_svg_")
        if isinstance(one.value, Result):
            assert one.value.words("en").strip()
    assert pictures, "a tutorial without a chart"
    page = notebooks.page(shown, path.name)
    assert page.count("data:image/svg+xml") == pictures
    assert page.count("```python") == sum(cell.code for cell in cells)
    assert f'href="{path.name}"' in page


def test_a_failing_cell_is_named() -> None:
    with pytest.raises(ZeroDivisionError) as raised:
        list(notebooks.run([notebooks.Cell("# A page", False), notebooks.Cell("1 / 0", True)]))
    assert "in cell 2:\n1 / 0" in raised.value.__notes__


def test_cells_share_names_and_show_their_last_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    texts = ["x = 2", "print('two')\nx + 1", "open('kept.txt', 'w').close()\nx", "x;\nif x:\n    pass"]
    shown = list(notebooks.run([notebooks.Cell(text, True) for text in texts]))
    assert [(one.printed, one.value) for one in shown] == [("", None), ("two\n", 3), ("", 2), ("", None)]
    assert list(tmp_path.iterdir()) == []


def test_a_page_shows_texts_as_they_are() -> None:
    class Odd:
        def __repr__(self) -> str:
            return "<a> & b\nc"

    values: list[Any] = [Odd(), "plain"]
    shown = [
        notebooks.Shown(notebooks.Cell("# Title\n\nText.", False)),
        *(notebooks.Shown(notebooks.Cell("x", True), "printed\n", value) for value in values),
    ]
    page = notebooks.page(shown, "x.ipynb")
    assert page.startswith("# Title\n")
    assert "<pre>&lt;a> &amp; b&#10;c</pre>" in page
    assert page.count('<div class="notebook-shown"><pre>printed</pre></div>') == 2
