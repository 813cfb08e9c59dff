"""What the scenario language allows at a place of the tree: read from the records themselves, kept nowhere twice."""

from __future__ import annotations

import functools
import types
import typing
from dataclasses import dataclass
from typing import Any

from . import effects, measures, schema
from .values import EvidenceRecord, Model, UncertainRecord

# by which field an entry of a list is called, where it has no `id` of its own
_CALLED_BY: dict[type[Model], str] = {
    schema.Seat: "actor",
    schema.TableSide: "party",
    effects.SeatChange: "actor",
    effects.AttendanceChange: "actor",
    effects.PostChange: "post",
    effects.PressureChange: "pressure",
    schema.Tenure: "holder",
}


@dataclass(frozen=True)
class Shape:
    """A record (`model`), a list of `item`s, a mapping of `value`s, or, with none of these, a plain value."""

    model: type[Model] | None = None
    item: Any = None
    value: Any = None
    choices: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that a record may have, as they are written in the file."""
        if self.model is None:
            return ()
        return tuple(info.alias or name for name, info in self.model.model_fields.items())

    @property
    def short_key(self) -> str | None:
        """Whether the record has a short form (a number for its `value`)."""
        return "value" if self.model in (UncertainRecord, schema.ParameterPrior) else None

    def inside(self, key: str) -> Shape:
        """The shape of what stands under a key of a record or a mapping."""
        if self.model is not None:
            for name, info in self.model.model_fields.items():
                if key in (info.alias, name):
                    annotation: Any = info.annotation
                    return shape_of(annotation)
        if self.value is not None:
            return shape_of(self.value)
        return Shape()

    @property
    def called_by(self) -> str | None:
        """The field by which an entry of this list is called in paths."""
        entry = shape_of(self.item).model if self.item is not None else None
        if entry is None:
            return None
        return "id" if "id" in entry.model_fields else _CALLED_BY.get(entry)

    def expected(self) -> str:
        """What may stand here, in words."""
        if self.model is UncertainRecord:
            return "a number, a list of coders' numbers, or {prior: ..., assumed: why}"
        if self.model is EvidenceRecord:
            return "a source such as 'A:2', or {source: A, where: '2'}"
        if self.model is not None and self.keys == ("en", "ru"):
            return "a text, or {en: ..., ru: ...} with one language or both"
        if self.model is not None:
            return f"a mapping with {', '.join(self.keys[:6])}{', ...' if len(self.keys) > 6 else ''}"
        if self.item is not None:
            return "a list"
        if self.value is not None:
            return "a mapping"
        return ""


@functools.cache
def scenario_shape() -> Shape:
    """The shape of a whole file."""
    return Shape(model=schema.Scenario)


@functools.cache
def shape_of(annotation: Any) -> Shape:
    """The shape that a type annotation of a record describes; of a union, the structured arm."""
    origin = typing.get_origin(annotation)
    arguments = typing.get_args(annotation)
    if isinstance(annotation, (typing.ForwardRef, str)):
        return Shape(model=measures.Measure)  # the only record that holds itself
    if origin is typing.Annotated:
        return shape_of(arguments[0])
    if origin in (typing.Union, types.UnionType):
        arms = [shape_of(argument) for argument in arguments if argument is not type(None)]
        choices = tuple(choice for arm in arms for choice in arm.choices)
        for arm in arms:
            if arm != Shape() and not arm.choices:
                return Shape(arm.model, arm.item, arm.value, choices)
        return Shape(choices=choices)
    if origin is typing.Literal:
        return Shape(choices=tuple(str(argument) for argument in arguments))
    if origin is tuple:
        return Shape(item=arguments[0])
    if origin is dict:
        return Shape(value=arguments[1])
    if isinstance(annotation, type) and issubclass(annotation, Model):
        return Shape(model=annotation)
    return Shape()
