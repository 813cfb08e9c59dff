"""What MkDocs does not know of these pages: fences say how they are tested, and links go to files outside of `docs`.

Pages of the project itself (README, CHANGELOG ...) stand in the site under `project/`; any other file that a page links
to is copied to `files/`. A link that leads nowhere stops a strict build. Notebooks are run, and stand there as pages
with what their cells show (`NOTEBOOKS=unrun`: without); a cell that fails stops the build.
"""

from __future__ import annotations

import os
import posixpath
import re
import sys
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files, InclusionLevel

sys.path.insert(0, str(Path(__file__).parent))
import notebooks

PROJECT = Path(__file__).resolve().parent.parent
PAGES = (
    "README.md",
    "README.ru.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "benchmarks/RESULTS.md",
    "benchmarks/peer_model.md",
)
FENCE = re.compile(r"^(\s*```\w+)[ \t]+[^\n]*$", re.MULTILINE)
# What the theme would load so that the search runs in a page opened as a file; `file_worker.js` stands in for it.
ELSEWHERE = "https://unpkg.com/iframe-worker/shim"
RUN: dict[tuple[notebooks.Cell, ...], str] = {}  # notebooks as pages
LINK = re.compile(r"(\]\()([^)#\s]+)((?:#[^)\s]*)?\))")


def on_files(files: Files, config: Any) -> Files:
    """Add the project's own pages, notebooks as pages, and whatever file outside of `docs` a page links to."""
    for path in sorted((PROJECT / "docs").rglob("*.ipynb")):
        place = path.relative_to(PROJECT / "docs").with_suffix(".md").as_posix()
        files.append(File.generated(config, place, content=_notebook(path)))
    for page in PAGES:
        files.append(_file(config, f"project/{page}", PROJECT / page))
    for source, text in [(_source(one), one.content_string) for one in files.documentation_pages()]:
        for target in (match[2] for match in LINK.finditer(text)):
            place = _site_place(source, target)
            if place and place.startswith("files/") and files.get_file_from_path(place) is None:
                files.append(_file(config, place, PROJECT / place.removeprefix("files/")))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Fences without the words for the tests, links as they are inside the site."""
    source = _source(page.file)

    def inside(match: re.Match[str]) -> str:
        place = _site_place(source, match[2])
        here = posixpath.dirname(page.file.src_uri)
        return match[0] if place is None else f"{match[1]}{posixpath.relpath(place, here or '.')}{match[3]}"

    return LINK.sub(inside, FENCE.sub(r"\1", markdown))


def on_post_page(output: str, page: Any, **_: Any) -> str:
    """The search's helper comes from the site itself."""
    up = "../" * page.file.dest_uri.count("/")
    return output.replace(ELSEWHERE, f"{up}file_worker.js")


def on_post_template(output_content: str, **_: Any) -> str:
    """The same for the page that is shown where there is none."""
    return output_content.replace(ELSEWHERE, "file_worker.js")


def _file(config: Any, place: str, path: Path) -> File:
    made = File.generated(config, place, abs_src_path=str(path))
    made.inclusion = InclusionLevel.INCLUDED
    return made


def _notebook(path: Path) -> str:
    """A notebook as a page; run once, however often the site is built."""
    cells = notebooks.cells(path)
    if os.environ.get("NOTEBOOKS") == "unrun":
        return notebooks.page([notebooks.Shown(cell) for cell in cells], path.name)
    if cells not in RUN:
        print(f"running {path.relative_to(PROJECT)}")
        RUN[cells] = notebooks.page(list(notebooks.run(cells)), path.name)
    return RUN[cells]


def _source(file: File) -> Path:
    if file.abs_src_path is None:  # made of a notebook, whose links are seen from where it lies
        return (PROJECT / "docs" / file.src_uri).resolve()
    return Path(file.abs_src_path).resolve()


def _site_place(source: Path, target: str) -> str | None:
    """Where in the site the file is that a link names; None for addresses and for what is no file of the project."""
    if ":" in target:
        return None
    path = (source.parent / target).resolve()
    if not path.is_file() or not path.is_relative_to(PROJECT):
        return None
    place = path.relative_to(PROJECT).as_posix()
    if place.startswith("docs/"):
        return re.sub(r"\.ipynb$", ".md", place.removeprefix("docs/"))
    return f"project/{place}" if place in PAGES else f"files/{place}"
