"""Every text that code and templates mark for translation; run as a program, it adds new ones to the .po files.

Python is read as syntax trees, so that a call inside another call is found too.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

import whipcount
from whipcount.text import DOMAIN, LANGUAGES, LOCALE

PACKAGE = Path(whipcount.__file__).parent
# which arguments of a call are texts (from 0); of `say_as` and `mark_as` the first is the context
TEXTS = {
    "say": (0,), "mark": (0,), "say_many": (0, 1), "say_as": (1,), "mark_as": (1,), "help_text": (0,), "figure": (1,),
    "Column": (1,), "Table": (1,), "_option": (1,), "_flag": (1,), "Option": (0,), "_needed": (1,),
    "table": (0,), "bins_grid": (1,), "_grid": (1,), "_structure": (1,), "_wrong": (0,), "means_grid": (2,),
}  # fmt: skip
CONTEXTS = {"say_as", "mark_as"}


@dataclass(frozen=True)
class Found:
    """A text: itself (of a plural, both forms), its context, and the file that holds it."""

    text: str
    plural: str
    context: str
    file: str


def found_in_code() -> Iterator[Found]:
    """Every marked text of the Python files and of the templates."""
    for path in sorted(PACKAGE.rglob("*.py")):
        file = path.relative_to(PACKAGE).as_posix()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield from _of_call(node, file)
    options = {"**/templates/**.html": {"trimmed": "true"}}
    for file, _, message, _, _ in extract_from_dir(
        PACKAGE, [("**/templates/**.html", "jinja2")], options_map=options,
        keywords={"say": None, "_": None, "gettext": None, "ngettext": (1, 2)},
    ):  # fmt: skip
        one, *more = (message,) if isinstance(message, str) else message
        yield Found(one, more[0] if more else "", "", file)


def _of_call(node: ast.Call, file: str) -> Iterator[Found]:
    name = getattr(node.func, "id", getattr(node.func, "attr", ""))
    if name not in TEXTS:
        return
    texts = [_literal(node.args[place]) for place in TEXTS[name] if place < len(node.args)]
    context = _literal(node.args[0]) if name in CONTEXTS and node.args else ""
    if texts and texts[0] and _is_text(texts[0]) and context is not None:
        yield Found(texts[0], (texts[1] or "") if len(texts) > 1 else "", context, file)


def _is_text(text: str) -> bool:
    """Words: no sign, no option as `--seed`, no placeholder as `NAME`."""
    return any(letter.islower() for letter in text) and not text.startswith("-")


def _literal(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def catalogue_of(language: str) -> Catalog:
    """The written catalogue of a language; an empty one where nobody has begun it."""
    if not _file(language, "po").exists():
        return Catalog(locale=language, domain=DOMAIN)
    with _file(language, "po").open("rb") as stream:
        return read_po(stream, locale=language)


def _file(language: str, kind: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.{kind}"


def main() -> None:
    """Add what is new to every catalogue, with an empty translation; compile them; tell what is not translated."""
    for language in (one for one in LANGUAGES if one != "en"):
        catalogue = catalogue_of(language)
        for one in found_in_code():
            if catalogue.get(one.text, one.context or None) is None:
                catalogue.add((one.text, one.plural) if one.plural else one.text, context=one.context or None)
        for message in list(catalogue):
            if message.id and not message.string and not _is_text(str(message.id)):
                catalogue.delete(message.id, message.context)
        _file(language, "po").parent.mkdir(parents=True, exist_ok=True)
        with _file(language, "po").open("wb") as stream:
            write_po(stream, catalogue, width=None, sort_output=True, no_location=True)
        with _file(language, "mo").open("wb") as stream:
            write_mo(stream, catalogue)
        missing = [message.id for message in catalogue if message.id and not message.string]
        print(f"{language}: {len(missing)} texts to translate", *missing, sep="\n  ")


if __name__ == "__main__":
    main()
