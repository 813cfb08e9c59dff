"""Recording arrays: what a mechanism's formulas are made of.

An `Array` stands for a value shaped (entities, runs). It has no numbers in it: operators record what would be done
to them. There are two types, number (float32) and mask; an array never decides a Python `if`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NoReturn, Protocol

from .program import Node


class Recorder(Protocol):
    """Who records what is done to arrays."""

    def elementwise(self, op: str, *operands: Array) -> Array:
        """An operation entity by entity."""

    def lift(self, value: object) -> Array:
        """An array as it is; a Python number or truth value as a constant."""

    def refuse(self, code: str, message: str, hint: str) -> NoReturn:
        """Stop with a coded error at the mechanism's line."""


class Array:
    """A value shaped (entities of its axis, runs), or (1, runs) where it has no axis."""

    __slots__ = ("codes", "node", "tracer")
    __array_ufunc__ = None  # a NumPy scalar on the left must not bypass the recording

    def __init__(self, node: Node, tracer: Recorder, codes: Sequence[str] = ()) -> None:
        self.node = node
        self.tracer = tracer
        self.codes = tuple(codes)

    @property
    def axis(self) -> str | None:
        """The kind of entity along the rows, or none."""
        return self.node.axis

    @property
    def is_mask(self) -> bool:
        """Whether this is a mask and not a number."""
        return self.node.dtype == "mask"

    def _binary(self, op: str, other: object, *, swapped: bool = False) -> Array:
        right = self._operand(other)
        first, second = (right, self) if swapped else (self, right)
        return self.tracer.elementwise(op, first, second)

    def _operand(self, other: object) -> Array:
        if isinstance(other, str):
            return self._code(other)
        return self.tracer.lift(other)

    def _code(self, name: str) -> Array:
        if name not in self.codes:
            self.tracer.refuse(
                "WC205", f"'{name}' is not a code of this state", f"its codes are {', '.join(self.codes) or 'none'}"
            )
        return self.tracer.lift(float(self.codes.index(name)))

    def __add__(self, other: object) -> Array:
        return self._binary("add", other)

    def __radd__(self, other: object) -> Array:
        return self._binary("add", other, swapped=True)

    def __sub__(self, other: object) -> Array:
        return self._binary("sub", other)

    def __rsub__(self, other: object) -> Array:
        return self._binary("sub", other, swapped=True)

    def __mul__(self, other: object) -> Array:
        return self._binary("mul", other)

    def __rmul__(self, other: object) -> Array:
        return self._binary("mul", other, swapped=True)

    def __truediv__(self, other: object) -> Array:
        return self._binary("div", other)

    def __rtruediv__(self, other: object) -> Array:
        return self._binary("div", other, swapped=True)

    def __neg__(self) -> Array:
        return self.tracer.elementwise("neg", self)

    def __lt__(self, other: object) -> Array:
        return self._binary("lt", other)

    def __le__(self, other: object) -> Array:
        return self._binary("le", other)

    def __gt__(self, other: object) -> Array:
        return self._binary("gt", other)

    def __ge__(self, other: object) -> Array:
        return self._binary("ge", other)

    def __eq__(self, other: object) -> Array:  # type: ignore[override]
        return self._binary("eq", other)

    def __ne__(self, other: object) -> Array:  # type: ignore[override]
        return self._binary("ne", other)

    def __and__(self, other: object) -> Array:
        return self._binary("and", other)

    def __rand__(self, other: object) -> Array:
        return self._binary("and", other, swapped=True)

    def __or__(self, other: object) -> Array:
        return self._binary("or", other)

    def __ror__(self, other: object) -> Array:
        return self._binary("or", other, swapped=True)

    def __invert__(self) -> Array:
        return self.tracer.elementwise("not", self)

    def __abs__(self) -> Array:
        return self.tracer.elementwise("absolute", self)

    def _outside(self, what: str, hint: str) -> NoReturn:
        self.tracer.refuse("WC201", what, hint)

    def __bool__(self) -> NoReturn:
        self._outside(
            "a Python branch on array values: they differ between runs",
            "use day.where(mask, a, b), or `with day.when(mask):`; combine masks with & | ~",
        )

    def __float__(self) -> NoReturn:
        self._outside("an array was turned into a Python number", "keep it an array")

    __int__ = __float__
    __index__ = __float__

    def __iter__(self) -> NoReturn:
        self._outside("an array was iterated over", "use a reduction (day.total, day.any), or day.row(x, i)")

    def __len__(self) -> NoReturn:
        self._outside("the length of an array was asked for", "use day.size(axis)")

    def __getitem__(self, key: object) -> NoReturn:
        self._outside("an array was indexed", "use day.row(x, i), day.spread(x, axis) or day.pick(values, one_hot)")

    def __pow__(self, other: object) -> Array:
        if other != 2:
            self._outside("a power other than 2", "use day.exp(k * day.log(x)) or day.sqrt(x)")
        return self * self

    def __array__(self, *_: object, **__: object) -> NoReturn:
        self._outside("a NumPy function was applied to an array", "use the vocabulary: day.exp, day.log, day.sqrt, ...")

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):
            raise AttributeError(name)
        self._outside(f"'{name}' is not in the vocabulary of arrays", "see docs/reference/vocabulary.md")


class StateArray(Array):
    """The current value of a state variable; its owner may assign it."""

    __slots__ = ("_assign",)

    def __init__(
        self, node: Node, tracer: Recorder, codes: Sequence[str], assign: Callable[[object, Array | None], None]
    ) -> None:
        super().__init__(node, tracer, codes)
        self._assign = assign

    def set(self, value: object, where: Array | None = None) -> None:
        """Assign `value` in the entities and runs where `where` is true (everywhere if none)."""
        self._assign(self._operand(value) if isinstance(value, str) else value, where)
