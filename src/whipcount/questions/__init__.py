"""What may be asked of a crisis: one file a question, each with a frozen result that says what it found.

A file of this folder that gives `QUESTION` is a question: it is found by itself, and nothing else is to be registered.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from .kinds import Question

__all__ = ["Question", "all_questions"]


@cache
def all_questions() -> dict[str, Question]:
    """Every question of this folder, by name."""
    found: dict[str, Question] = {}
    for module_info in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{module_info.name}")
        question = getattr(module, "QUESTION", None)
        if isinstance(question, Question):
            found[question.name] = question
    return dict(sorted(found.items()))
