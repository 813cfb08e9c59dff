"""Every example of the README and the docs runs, page by page, each page in a folder of its own."""

from __future__ import annotations

import doctest
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pages import PAGES, PROJECT, RUN, RUSSIAN, Block, blocks

TIMEOUT = 600

# a page in Russian has the blocks of its English one, word for word (test_russian.py)
ONCE = [page for page in PAGES if page not in RUSSIAN]
WITH_BLOCKS = [page for page in ONCE if any(block.language in RUN for block in blocks(page.read_text("utf-8")))]
SLOW = [page for page in WITH_BLOCKS if any(block.slow for block in blocks(page.read_text("utf-8")))]


def _name(page: Path) -> str:
    return str(page.relative_to(PROJECT))


@pytest.mark.parametrize("page", WITH_BLOCKS, ids=_name)
def test_page_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run_page(page.read_text(encoding="utf-8"), _name(page), tmp_path, monkeypatch, slow=False)


@pytest.mark.slow
@pytest.mark.parametrize("page", SLOW, ids=_name)
def test_page_runs_with_its_slow_blocks(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run_page(page.read_text(encoding="utf-8"), _name(page), tmp_path, monkeypatch, slow=True)


def run_page(text: str, name: str, folder: Path, monkeypatch: pytest.MonkeyPatch, slow: bool) -> None:
    """Run a page's blocks in order: commands in the folder, Python blocks in one namespace."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("COLUMNS", "120")
    namespace: dict[str, object] = {"__name__": "__example__"}
    for block in blocks(text):
        if block.skipped or (block.slow and not slow):
            continue
        if saved := block.options.get("file"):
            (folder / saved).parent.mkdir(parents=True, exist_ok=True)
            (folder / saved).write_text(block.text, encoding="utf-8")
        elif block.language == "console":
            run_console(block, name)
        elif block.language == "python":
            run_python(block, name, namespace)


def run_console(block: Block, name: str) -> None:
    """Run the commands of a console block in a shell; they end with the code the fence gives, or 0."""
    expected = int(block.options.get("exit", "0"))
    for command, shown in block.commands():
        done = subprocess.run(
            ["bash", "-c", command],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=TIMEOUT,
            check=False,
        )
        told = f"{name}:{block.line}: $ {command}\n{done.stdout}{done.stderr}"
        assert done.returncode == expected, told
        if "exact" in block.options:
            assert matches(shown, (done.stdout + done.stderr).splitlines()), f"{told}\nshown instead:\n" + "\n".join(
                shown
            )


def matches(shown: list[str], printed: list[str]) -> bool:
    """Whether what is shown is what was printed; a line of three dots stands for any number of lines."""
    shown, printed = [line.rstrip() for line in shown], [line.rstrip() for line in printed]
    if "..." not in shown:
        return shown == printed
    cut = shown.index("...")
    if shown[:cut] != printed[:cut]:
        return False
    rest = shown[cut + 1 :]
    return not rest or any(matches(rest, printed[start:]) for start in range(cut, len(printed) + 1))


def run_python(block: Block, name: str, namespace: dict[str, object]) -> None:
    """Run a Python block; one written as a session (`>>>`) is checked against the results it shows."""
    if block.text.lstrip().startswith(">>>"):
        test = doctest.DocTestParser().get_doctest(block.text, namespace, name, name, block.line)
        told: list[str] = []
        runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
        runner.run(test, out=told.append, clear_globs=False)
        namespace.update(test.globs)
        assert not told, "".join(told)
    else:
        exec(compile("\n" * block.line + block.text, name, "exec"), namespace)


def test_a_broken_example_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for text in (
        "```console\n$ false\n```\n",
        "```console exact\n$ echo one\ntwo\n```\n",
        "```console exit=2\n$ true\n```\n",
        "```python\n>>> 1 + 1\n3\n```\n",
        "```python\nassert False\n```\n",
    ):
        with pytest.raises(AssertionError):
            run_page(text, "page.md", tmp_path, monkeypatch, slow=False)


def test_a_right_example_passes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (
        "```console exact\n$ printf 'one\\ntwo\\nthree\\n'\none\n...\n```\n"
        "1. In a list:\n   ```console exit=3\n   $ exit \\\n     3\n   ```\n"
        '```console skip="never ends by itself"\n$ false\n```\n'
        '```console slow="one would wait"\n$ false\n```\n'
        "```python\nx = 2\n```\n```python\n>>> x\n2\n```\n"
        "```python file=in/it.py\nprint('it')\n```\n```console exact\n$ python in/it.py\nit\n```\n"
    )
    run_page(text, "page.md", tmp_path, monkeypatch, slow=False)
