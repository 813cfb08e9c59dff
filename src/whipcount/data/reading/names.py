"""Names as people write them: Unicode forms, kinds of dashes and apostrophes, and signs that are part of a name."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

from ...errors import TableError

_ALIKE = str.maketrans(
    dict.fromkeys("‐‑‒–—―−﹣－", "-")
    | dict.fromkeys("’ʼ‘`´′＇", "'")
    | dict.fromkeys("“”„«»", '"')
    | dict.fromkeys("\u00a0\u2009\u202f\u2007\u3000\t", " ")
    | dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad", "")
)


def tidy(text: str) -> str:
    """A name in composed Unicode form, without needless spaces and invisible signs."""
    plain = text if text.isascii() else unicodedata.normalize("NFC", text)
    return " ".join(plain.translate(_INVISIBLE).split())


_INVISIBLE = str.maketrans(dict.fromkeys("\u200b\u2060\ufeff\u00ad", "") | dict.fromkeys("\u00a0\u202f", " "))


def key(text: str) -> str:
    """What two spellings of one name share: composed, dashes and apostrophes alike, any case."""
    return tidy(unicodedata.normalize("NFC", text).translate(_ALIKE)).casefold()


def find_name(text: str, known: Sequence[str], what: str = "nobody here is called") -> str:
    """The known name that is meant: the same, or the only one that differs in Unicode form, dashes or case (WC513)."""
    wanted = tidy(text)
    if wanted in known:
        return wanted
    alike = [name for name in known if key(name) == key(text)]
    if len(alike) == 1:
        return alike[0]
    if alike:
        raise TableError.one("WC513", f"{text!r} may be {' or '.join(alike)}", "write it as it stands in the table")
    near = ", ".join(list(known)[:30]) + (" ..." if len(known) > 30 else "")
    raise TableError.one("WC513", f"{what} {text!r}", f"known are {near}")


def split_names(text: str, known: Iterable[str], parts: int | None = None, mark: str = "+") -> tuple[str, ...]:
    """Names joined by a mark that may be part of a name: the only way to split that gives known names alone (WC513).

    parts: how many names there have to be.
    """
    by_key: dict[str, str] = {}
    for name in known:
        by_key.setdefault(key(name), name)
    ways = _ways(text, by_key, mark)
    ways = [way for way in ways if parts is None or len(way) == parts]
    if len(ways) == 1:
        return ways[0]
    listed = ", ".join(list(by_key.values())[:30])
    if not ways:
        unknown = next((part.strip() for part in text.split(mark) if part.strip() and key(part) not in by_key), text)
        raise TableError.one("WC513", f"nobody here is called {unknown!r} (in {text!r})", f"known are {listed}")
    raise TableError.one(
        "WC513", f"{text!r} can be split in {len(ways)} ways: {'; '.join(' and '.join(way) for way in ways)}", "rename"
    )


def _ways(text: str, by_key: dict[str, str], mark: str) -> list[tuple[str, ...]]:
    """Every way to split a text at marks into known names."""
    pieces = text.split(mark)
    found: list[list[tuple[str, ...]]] = [[()]]
    for end in range(1, len(pieces) + 1):
        here: list[tuple[str, ...]] = []
        for start in range(end):
            name = by_key.get(key(mark.join(pieces[start:end])))
            if name is not None:
                here += [(*way, name) for way in found[start]]
        found.append(here[:50])
    return found[-1]


def split_cabinet(text: str, known: Iterable[str], mark: str = "+") -> tuple[str, ...]:
    """The parties of a past cabinet, some of which may be gone: known names where they can be read so.

    Where spaces stand around a mark, that mark separates; else the text is split into known names where that is
    possible in one way, and at every mark where no part is empty (WC513).
    """
    names = list(known)
    spaced = f" {mark} "
    if spaced in text:
        return tuple(_known(part, names) for part in text.split(spaced) if part.strip())
    by_key = {key(name): name for name in names}
    ways = _ways(text, by_key, mark)
    if len(ways) == 1:
        return ways[0]
    parts = [part.strip() for part in text.split(mark)]
    if len(ways) > 1 or not all(parts):
        hint = f"write spaces around the {mark} between parties, and none around one that is part of a name"
        raise TableError.one("WC513", f"{text!r} cannot be split into parties", hint)
    return tuple(_known(part, names) for part in parts)


def _known(text: str, names: Sequence[str]) -> str:
    return next((name for name in names if key(name) == key(text)), tidy(text))
