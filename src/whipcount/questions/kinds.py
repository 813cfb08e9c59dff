"""How a question names itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Question:
    """A question: its name, what it asks in both languages, and the function that answers it, as module:name."""

    name: str
    en: str
    ru: str
    answer: str

    def title(self, language: str) -> str:
        """What it asks, in `language` ("en" or "ru")."""
        return self.ru if language == "ru" else self.en
