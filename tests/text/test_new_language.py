"""The page on adding a language, followed to the letter on a copy of the package."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from extraction import PACKAGE

PROJECT = Path(__file__).resolve().parents[2]
PAGE = PROJECT / "docs" / "how-to" / "add-a-language.md"
BLOCK = re.compile(r"^```(\w+)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_a_language_is_added_as_the_page_says(tmp_path: Path) -> None:
    shutil.copytree(PACKAGE, tmp_path / "src" / "whipcount", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "tests" / "text").mkdir(parents=True)
    shutil.copy(PROJECT / "tests" / "text" / "extraction.py", tmp_path / "tests" / "text")
    environment = {
        **os.environ,
        "PYTHONPATH": str(tmp_path / "src"),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    catalogue = tmp_path / "src/whipcount/text/locale/de/LC_MESSAGES/whipcount.po"
    told = ""
    for kind, text in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        if kind == "text":  # what the reader types into the catalogue
            written = catalogue.read_text(encoding="utf-8")
            for entry in text.strip().split("\n\n"):
                key, value = entry.splitlines()
                assert f'{key}\nmsgstr ""' in written
                written = written.replace(f'{key}\nmsgstr ""', f"{key}\n{value}")
            catalogue.write_text(written, encoding="utf-8")
            continue
        for line in text.splitlines():
            done = subprocess.run(
                ["bash", "-c", line.removeprefix("$ ")],
                cwd=tmp_path, env=environment, capture_output=True, text=True, check=False,
            )  # fmt: skip
            assert done.returncode == 0, f"{line}\n{done.stdout}{done.stderr}"
            told = done.stdout
    # numbers as German writes them, texts that nobody has translated in English
    assert re.search(r"\b0,41", told), told
    assert "Coleman" in told
    # what the page has translated is said
    asked = (
        "from whipcount.text import listing, say, speaking\nwith speaking('de'): print(say('yes'), listing(['A', 'B']))"
    )
    said = subprocess.run([sys.executable, "-c", asked], env=environment, capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["ja", "A", "und", "B"]
    # and the others are as they were
    russian = tmp_path / "src/whipcount/text/locale/ru/LC_MESSAGES/whipcount.po"
    assert russian.read_bytes() == (PACKAGE / "text/locale/ru/LC_MESSAGES/whipcount.po").read_bytes()
