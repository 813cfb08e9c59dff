"""The operations of the vocabulary on arrays: what is known, entity by entity, across entities, chance, effects."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager

from .array import Array, StateArray
from .numerics import MOST_HEADS
from .program import DAILY, Node
from .tracer import Tracer

Number = Array | float


class Operations:
    """What can be said within one step of simulated time, in every run at once; `Day` adds what is decided."""

    def __init__(self, tracer: Tracer) -> None:
        self._tracer = tracer

    # -- what is known -------------------------------------------------------------------------------------------

    def __getattr__(self, name: str) -> StateArray:
        """The current value of any mechanism's state variable, by name."""
        if name.startswith("_"):
            raise AttributeError(name)
        return self._tracer.read_state(name)

    def vector(self, state: str) -> tuple[StateArray, ...]:
        """A state variable over the policy dimensions, one array a dimension."""
        return tuple(self._tracer.read_state(f"{state}.{entry}") for entry in self.ids("dimension"))

    def vector_entry(self, state: str, entry: str) -> StateArray:
        """One entry of a state variable over an axis, for instance one settlement's gain."""
        return self._tracer.read_state(f"{state}.{entry}")

    def given(self, name: str) -> Array:
        """An input of the scenario by name, for instance `actor.loyalty`."""
        return self._tracer.given(name)

    def given_vector(self, name: str) -> tuple[Array, ...]:
        """An input over the policy dimensions, for instance `settlement.point`."""
        return tuple(self._tracer.given(f"{name}.{entry}") for entry in self.ids("dimension"))

    def parameter(self, name: str) -> Array:
        """Another mechanism's parameter by full name."""
        return self._tracer.parameter(name)

    def fact(self, name: str) -> str | float | bool | tuple[str, ...] | None:
        """A plain fact of the scenario's structure, known before any run (may decide a Python `if`)."""
        return self._tracer.structure.facts.get(name)

    def ids(self, axis: str) -> tuple[str, ...]:
        """Ids of the entities of an axis."""
        return self._tracer.structure.axes[axis]

    def size(self, axis: str) -> int:
        """Number of entities of an axis."""
        return len(self._tracer.structure.axes[axis])

    @property
    def dt(self) -> float:
        """Length of the step in days."""
        return self._tracer.structure.step_days

    @property
    def beat(self) -> float:
        """Days in which a body of this crisis meets, answers and reconsiders: what is counted in beats, times this."""
        return self._tracer.structure.beat_days

    @property
    def number(self) -> Array:
        """Days since the start."""
        return self._tracer.array(self._tracer.emit("day", reach=DAILY, wide=False))

    def today(self, table: str) -> Array:
        """Today's row of a table of the calendar."""
        axis = self._tracer.structure.tables[table]
        return self._tracer.array(self._tracer.emit("today", axis=axis, attrs=(table,), reach=DAILY, wide=False))

    # -- entity by entity ----------------------------------------------------------------------------------------

    def where(self, mask: Array, yes: Number | bool, no: Number | bool) -> Array:
        """`yes` where the mask is true, `no` elsewhere."""
        lift = self._tracer.lift
        return self._tracer.elementwise("where", mask, lift(yes), lift(no))

    def exp(self, x: Number) -> Array:
        """Exponential."""
        return self._tracer.elementwise("exp", self._tracer.lift(x))

    def log(self, x: Number) -> Array:
        """Natural logarithm; of zero or less, that of the smallest positive number."""
        return self._tracer.elementwise("log", self._tracer.lift(x))

    def sqrt(self, x: Number) -> Array:
        """Square root; of less than zero, zero."""
        return self._tracer.elementwise("sqrt", self._tracer.lift(x))

    def smaller(self, x: Number, y: Number) -> Array:
        """The smaller of two."""
        return self._tracer.elementwise("minimum", self._tracer.lift(x), self._tracer.lift(y))

    def larger(self, x: Number, y: Number) -> Array:
        """The larger of two."""
        return self._tracer.elementwise("maximum", self._tracer.lift(x), self._tracer.lift(y))

    def clip(self, x: Number, low: float, high: float) -> Array:
        """`x`, kept between `low` and `high`."""
        return self.smaller(self.larger(x, low), high)

    def rounded(self, x: Number) -> Array:
        """To the nearest whole number."""
        return self._tracer.elementwise("rint", self._tracer.lift(x))

    def number_of(self, mask: Array) -> Array:
        """1 where the mask is true, 0 elsewhere."""
        return self._tracer.elementwise("number", mask)

    def logistic(self, x: Number) -> Array:
        """1 / (1 + exp(-x))."""
        return 1.0 / (1.0 + self.exp(-self._tracer.lift(x)))

    def chance(self, rate: Number) -> Array:
        """Probability of at least one event within the step, at this rate a day."""
        return 1.0 - self.exp(-(self._tracer.lift(rate) * self.dt))

    # -- across entities -------------------------------------------------------------------------------------------

    def _map_between(self, fine: str | None, coarse: str) -> tuple[str, str]:
        pair = (str(fine), coarse)
        if pair not in self._tracer.structure.maps:
            self._tracer.refuse(
                "WC203", f"there is no map from '{fine}' to '{coarse}'", "see `whipcount plan SCENARIO --maps`"
            )
        return pair

    def spread(self, x: Array, axis: str) -> Array:
        """Each entity of `axis` gets the value of the one that it belongs to (0 or false if to none)."""
        pair = self._map_between(axis, str(x.axis))
        return self._derive("take", x, axis, attrs=pair)

    def total(self, x: Array, axis: str | None = None) -> Array:
        """Sum over the entities; with `axis`, over those that belong to each entity of it. Masks are counted."""
        if x.is_mask:
            x = self.number_of(x)
        if axis is None:
            return self._derive("sum", x, None)
        return self._derive("sum_to", x, axis, attrs=self._map_between(x.axis, axis))

    def any(self, mask: Array, axis: str | None = None) -> Array:
        """Whether the mask is true for any entity; with `axis`, for any that belongs to each entity of it."""
        if not mask.is_mask:
            self._tracer.refuse("WC204", "`any` of numbers", "compare them first")
        if axis is None:
            return self._derive("any", mask, None)
        return self._derive("any_to", mask, axis, attrs=self._map_between(mask.axis, axis))

    def mean(self, x: Array, weight: Array, axis: str | None = None, otherwise: float = 0.0) -> Array:
        """Weighted mean over the entities, or over those of each entity of `axis`; `otherwise` where no weight is."""
        weights = self.total(weight, axis)
        sums = self.total(x * weight, axis)
        return self.where(weights > 0.0, sums / self.larger(weights, 1e-12), otherwise)

    def highest(self, x: Array) -> Array:
        """The largest value over the entities."""
        return self._derive("highest", x, None)

    def row(self, x: Array, entity: int | str) -> Array:
        """The value of one entity."""
        index = entity if isinstance(entity, int) else self.ids(str(x.axis)).index(entity)
        return self._derive("row", x, None, attrs=(index,))

    def best(self, x: Array, among: Array) -> Array:
        """One-hot mask of the entity with the largest value among those of the mask (the first of equals; none if
        empty)."""
        node = self._tracer.emit("best", (x.node, among.node), axis=x.axis, dtype="mask")
        return self._tracer.array(node)

    def best_in(self, x: Array, among: Array, axis: str) -> Array:
        """As `best`, once within each entity of `axis`."""
        pair = self._map_between(x.axis or among.axis, axis)
        node = self._tracer.emit("best_in", (x.node, among.node), axis=pair[0], dtype="mask", attrs=pair)
        return self._tracer.array(node)

    def stack(self, values: Sequence[Array], axis: str) -> Array:
        """One array on `axis` from a value for each of its entities."""
        if len(values) != self.size(axis):
            self._tracer.refuse(
                "WC203", f"{len(values)} values for {self.size(axis)} entities of '{axis}'", "give one each"
            )
        nodes = tuple(value.node for value in values)
        return self._tracer.array(self._tracer.emit("stack", nodes, axis=axis, dtype=nodes[0].dtype))

    def only(self, axis: str, *entities: str) -> Array:
        """Static mask of the named entities of an axis."""
        return self.stack([self._tracer.lift(name in entities) for name in self.ids(axis)], axis)

    def first(self, mask: Array) -> Array:
        """One-hot mask of the first entity where the mask is true."""
        return self._derive("first", mask, mask.axis)

    def pick(self, x: Array, one_hot: Array) -> Array:
        """The value where the one-hot mask is true; 0 where it is nowhere."""
        return self.total(self.where(one_hot, x, 0.0))

    def weigh(self, matrix: str, x: Array) -> Array:
        """Matrix product with a static matrix by name: sums over the entities of `x`."""
        rows, columns = self._tracer.structure.matrices[matrix]
        if x.is_mask:
            x = self.number_of(x)
        if x.axis != columns:
            self._tracer.refuse("WC203", f"matrix '{matrix}' takes axis '{columns}', not '{x.axis}'", "spread it first")
        return self._derive("matmul", x, rows, attrs=(matrix,))

    def chance_of_majority(
        self, yes: Array, no: Array, weight: Array, axis: str, variance: Array | None = None
    ) -> Array:
        """Probability that the weight of the ayes exceeds that of the noes, in each entity of `axis`.

        Each vote is cast yes or no with these probabilities. Exact up to 25 votes of equal weight 1; a normal
        approximation with continuity correction beyond. variance: of each entity's votes for less its votes against;
        without it all votes are cast independently.
        """
        if variance is None:
            variance = weight * (yes + no - (yes - no) * (yes - no))
        pair = self._map_between(weight.axis, axis)
        nodes = (yes.node, no.node, weight.node, variance.node)
        node = self._tracer.emit("tally", nodes, axis=axis, attrs=pair)
        return self._tracer.array(node)

    def _derive(self, op: str, x: Array, axis: str | None, attrs: tuple[object, ...] = ()) -> Array:
        return self._tracer.array(self._tracer.emit(op, (x.node,), axis=axis, dtype=x.node.dtype, attrs=attrs))

    # -- chance ----------------------------------------------------------------------------------------------------

    def uniform(self, purpose: str, per: str | None = None, epoch: Array | None = None) -> Array:
        """A number in [0, 1) for each entity, keyed by seed, run, day, mechanism, entity and purpose.

        With `epoch`, that number takes the place of the day: the draw stays the same until the epoch changes.
        """
        slot = self._tracer.stream(purpose)
        args: tuple[Node, ...] = (epoch.node,) if epoch is not None else ()
        node = self._tracer.emit("uniform", args, axis=per, attrs=(slot, purpose), reach=DAILY, wide=True)
        return self._tracer.array(node)

    def normal(self, purpose: str, per: str | None = None, epoch: Array | None = None) -> Array:
        """A standard normal number for each entity (Box & Muller 1958)."""
        radius = self.sqrt(-2.0 * self.log(1.0 - self.uniform(f"{purpose} radius", per, epoch)))
        angle = self.uniform(f"{purpose} angle", per, epoch)
        return radius * self._tracer.elementwise("cos2pi", angle)

    def happens(self, purpose: str, rate: Number, per: str | None = None) -> Array:
        """Whether something with this rate a day happens within the step."""
        return self.uniform(purpose, per) < self.chance(rate)

    def turn(self, purpose: str, per: str) -> Array:
        """Whose turn it is today to answer and to reconsider: everybody's where a beat is no longer than a step, else
        each one's with chance step / beat, so that a beat is the mean time between two turns."""
        if self.beat <= self.dt:
            return self.stack([self._tracer.lift(True)] * self.size(per), per)
        return self.uniform(f"turn to {purpose}", per) < self.dt / self.beat

    def heads(self, purpose: str, members: Array, chance: Array, common: Array, per: str | None = None) -> Array:
        """How many of `members` do what each does with this chance: beta-binomial (Skellam 1948).

        common: correlation of any two of them, from 0 (each for reasons of its own) to 1 (all or none). Of a single
        member it is 1 where the uniform number is below the chance. Beyond 240 members, they are counted in 240 equal
        groups, the variance kept.
        """
        draw = self.uniform(purpose, per)
        counted = self.smaller(members, float(MOST_HEADS))
        each = members / self.larger(counted, 1.0)
        alike = ((1.0 + (members - 1.0) * common) / each - 1.0) / self.larger(counted - 1.0, 1.0)
        alike = self.where(members > float(MOST_HEADS), self.clip(alike, 0.0, 1.0), common)
        strength = self.larger((1.0 - alike) / self.larger(alike, 1e-6), 1e-6)
        many = self._tracer.elementwise("beta_binomial", draw, counted, chance * strength, (1.0 - chance) * strength)
        one = members * self.number_of(draw < chance)
        return self.where(members > 1.0, self.rounded(many * each), one)

    # -- effects -------------------------------------------------------------------------------------------------

    def when(self, mask: Array) -> AbstractContextManager[None]:
        """The indented rest concerns only the runs where the mask is true; elsewhere it costs next to nothing."""
        return self._tracer.when(mask)

    def repeat(self, times: int) -> AbstractContextManager[None]:
        """The indented rest is done `times` times a step; its draws are the same each time (sweeps of a cascade)."""
        return self._tracer.repeat(times)

    def record(self, verb: str, where: Array, value: Number | None = None, probability: Array | None = None) -> None:
        """An event for each entity and run where the mask is true."""
        lifted = self._tracer.lift(value) if value is not None else None
        self._tracer.record(verb, where, lifted, probability)

    def measure(self, name: str, value: Array) -> None:
        """A daily measure."""
        self._tracer.measure(name, value)

    # -- the policy space ------------------------------------------------------------------------------------------

    def policy(self, ideal: tuple[Array, ...], point: tuple[Array, ...], salience: tuple[Array, ...]) -> Array:
        """Policy utility -sum_d s_d (x_d - y_d)^2, in [-1, 0]."""
        total: Array = self._tracer.lift(0.0)
        for x, y, s in zip(ideal, point, salience, strict=True):
            total = total - s * (x - y) * (x - y)
        return total

    def distance(self, ideal: tuple[Array, ...], point: tuple[Array, ...], salience: tuple[Array, ...]) -> Array:
        """Distance to a point: the square root of the weighted squared distance, in 0..1."""
        return self.sqrt(-self.policy(ideal, point, salience))
