"""What is in Latin letters on a page in another language, marked as English for who reads it aloud."""

from __future__ import annotations

import re

TAG = re.compile(r"(<!--.*?-->|<[^>]*>)", re.DOTALL)
NAME = re.compile(r"</?([a-zA-Z][a-zA-Z0-9-]*)")
WORD = r"[A-Za-zÀ-ɏ][\wÀ-ɏ'’&+.-]*"
PHRASE = re.compile(rf"{WORD}(?:(?:[ \n]|, |: |; |/|\.\.\. | – |\) | \()+(?:{WORD}|\d[\d.,]*))*")
ENTITY = re.compile(r"&#?\w+;")
LOWER = re.compile("[a-zà-ɏ]{2}")
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
LEFT = {"script", "style", "textarea", "title", "svg", "code", "pre", "noscript"}  # inside, all stays as it is
KNOWN = {"whipcount"}
FOREIGN = ' lang="en"'


def marked(page: str) -> str:
    """A page (or a part of one) with every phrase in Latin letters marked; acronyms need no mark.

    What is marked already, typed by a reader, code or a drawing stays as it is.
    """
    found: list[str] = []
    closing: list[str] = []  # of the elements that are left as they are, the outermost first
    tokens = TAG.split(page)
    for at, token in enumerate(tokens):
        if not token.startswith("<"):
            of_option = at > 0 and tokens[at - 1].startswith("<option")
            found.append(token if closing or of_option else _phrases(token))
            continue
        if token.startswith("<option") and FOREIGN not in token and _phrases(tokens[at + 1]) != tokens[at + 1]:
            token = f"<option{FOREIGN}{token.removeprefix('<option')}"  # in which no other element can stand
        found.append(token)
        name = NAME.match(token)
        if name is None or token.endswith("/>") or name[1].lower() in VOID:
            continue
        tag = name[1].lower()
        if token.startswith("</"):
            if closing and closing[-1] == tag:
                closing.pop()
        elif closing:
            if closing[-1] == tag:
                closing.append(tag)
        elif tag in LEFT or FOREIGN in token:
            closing.append(tag)
    return "".join(found)


def _phrases(text: str) -> str:
    """A text with its foreign phrases marked."""
    if LOWER.search(text) is None:
        return text
    pieces, last = [], 0
    for entity in [*ENTITY.finditer(text), None]:
        end = entity.start() if entity is not None else len(text)
        pieces.append(PHRASE.sub(_mark, text[last:end]))
        if entity is not None:
            pieces.append(entity[0])
            last = entity.end()
    return "".join(pieces)


def _mark(phrase: re.Match[str]) -> str:
    words = phrase[0]
    return words if LOWER.search(words) is None or words in KNOWN else f"<span{FOREIGN}>{words}</span>"
