"""Outcomes that a change decides by itself: who must not leave does not leave, and that is no effect of the change."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from whipcount.errors import WhipcountError
from whipcount.scenario.measures import queries_of

from .grammar import KINDS, Phrase, read_phrase

if TYPE_CHECKING:
    from whipcount.results.interfaces import Floats
    from whipcount.scenario.measures import Measure, Query

CHOOSERS = ("faction", "actor", "party", "role")
OF_OBJECTS = ("event", "post")  # changes of what an event of a run is about


def fixed_by(do: Sequence[str], measure: Measure, after: Floats) -> bool:
    """Whether changes decide a measure: it asks only for what they set, and is the same in every changed world.

    after: its values in the changed worlds, NaN where it has none. A choice that is set decides about the events that
    its mechanism records, a removed or moved event and a filled post about those that have them as their object.
    """
    known = after[~np.isnan(after)]
    queries = list(queries_of(measure))
    if not len(known) or known.min() != known.max() or not queries:
        return False
    verbs, objects = _decided(do)
    return all(set(query.verbs) <= verbs or (bool(_objects(query)) and _objects(query) <= objects) for query in queries)


def _decided(do: Sequence[str]) -> tuple[set[str], set[str]]:
    """The kinds of event and the objects that changes decide about."""
    verbs: set[str] = set()
    objects: set[str] = set()
    for text in do:
        try:
            phrase = read_phrase(" ".join(text.split()))
        except WhipcountError:
            continue  # what is no change is refused where changes are read
        kind = phrase.words[0].text
        if kind in OF_OBJECTS and len(phrase.words) > 1:
            objects.add(phrase.words[1].text.removeprefix("+"))
        elif kind in CHOOSERS or kind not in KINDS:
            verbs |= _recorded(phrase)
    return verbs, objects


def _recorded(phrase: Phrase) -> set[str]:
    """What the mechanism records whose choice is set."""
    from whipcount.mechanisms import all_mechanisms

    known = all_mechanisms()
    named = next((word.text for word in phrase.words if word.text in known), None)
    return set() if named is None else {verb.name for verb in known[named].verbs}


def _objects(query: Query) -> set[str]:
    return set() if query.object is None else {query.object} if isinstance(query.object, str) else set(query.object)
