"""A crisis as somebody fills it into forms: rows of texts, written as a scenario and read back from one."""

from .places import fields_of
from .reading import read_draft
from .records import (
    BodyRow,
    Draft,
    EventRow,
    OptionRow,
    PartyRow,
    PersonRow,
    PressureRow,
    new_draft,
    with_part,
    without_part,
    without_row,
)
from .writing import Written, write

__all__ = [
    "BodyRow",
    "Draft",
    "EventRow",
    "OptionRow",
    "PartyRow",
    "PersonRow",
    "PressureRow",
    "Written",
    "fields_of",
    "new_draft",
    "read_draft",
    "with_part",
    "without_part",
    "without_row",
    "write",
]
