"""Which past motions are like a coming one: by the words of their titles, and by who stood where."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from .rollcall_table import ABSENT, Floats, Votes

STEM = 9  # letters that count of a word, so that inflected forms meet
SHORTEST = 4
LEAST = 0.15  # similarity of titles below which nothing is shared but chance


def words_of(title: str) -> frozenset[str]:
    """The stems of a title's longer words, without numbers."""
    return frozenset(
        word[:STEM] for word in re.findall(r"\w+", title.lower()) if len(word) >= SHORTEST and not word.isdigit()
    )


def title_likeness(title: str, others: Sequence[str]) -> Floats:
    """How like a title each of some others is, 0..1: cosine of their words, rare words weighing more."""
    own, theirs = words_of(title), [words_of(other) for other in others]
    known: dict[str, int] = {}
    for words in theirs:
        for word in words:
            known[word] = known.get(word, 0) + 1
    weight = {word: float(np.log((len(theirs) + 2) / (known.get(word, 0) + 1)) ** 2) for word in own.union(*theirs)}

    def size(words: frozenset[str]) -> float:
        return sum(weight[word] for word in words)

    likeness = np.array(
        [size(own & words) / np.sqrt(max(size(own), 1e-9) * max(size(words), 1e-9)) for words in theirs]
    ).reshape(len(theirs))
    return np.where(likeness >= LEAST, likeness, 0.0)


def line_likeness(lines: Sequence[int], past: Votes) -> Floats:
    """How like the pattern of lines was on each past motion: the cube of the share of parties that stood there."""
    asked = np.asarray(lines)
    told = asked != ABSENT
    if not told.any() or past.size == 0:
        return np.zeros(past.shape[1] if past.ndim == 2 else 0)
    return np.asarray((past[told] == asked[told][:, None]).mean(axis=0) ** 3)
