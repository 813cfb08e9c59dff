"""The compiled backend's code: a recorded program as C, in several files that can be compiled side by side.

The text depends only on the program, the sizes of the axes, the maps between them and the masks that hold for
everybody or for nobody; inputs, parameters, tables and
matrices are passed to it as pointers.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from whipcount.vocabulary.program import Node, Program, When

from ..analysis import analyse
from .kept import EntryWriter, keep_draws
from .layout import Layout
from .schedule import Kernel, Slot
from .text import KernelWriter, Tables
from .units import Branch, Cutter, Item, Kept, Region, Unit, live_values, schedule
from .values import Maps, Use, Values

HERE = Path(__file__).parent
FUNCTION = 40  # statements in one C function, about
FILES = 6  # C files of a large program
SMALL_FILE = 250  # statements that are worth a file of their own
_NO_KERNEL = Kernel(Slot(0, "X", None))

_HEAD = """    float *const restrict f = g->f, *const restrict l = c->l;
    uint32_t *const restrict m = g->m, *const restrict n = c->n;
    const float *const restrict s = c->s;
    const uint32_t *const restrict k = c->k;
    const uint64_t *const restrict stream = c->stream;
    const int step = c->step;
    (void)f, (void)l, (void)m, (void)n, (void)s, (void)k, (void)stream, (void)step, (void)active;"""


@dataclass(frozen=True)
class Shape:
    """Where the C code expects what Python passes; kept beside the cached library, which holds its digest."""

    numbers: int
    masks: int
    states: dict[str, tuple[str, int]]
    parameters: dict[str, int]
    given: dict[str, tuple[str, int]]
    statics: dict[int, tuple[str, int]]
    static_numbers: int
    static_masks: int
    tables: dict[str, int]
    matrices: dict[str, int]
    streams: dict[int, int]
    stream_rows: int
    epochs: tuple[tuple[int, int], ...]  # first row and rows of the epochs that were seen last

    @property
    def digest(self) -> str:
        """A fingerprint of all places, by which a library tells that it was made for them."""
        return hashlib.sha256(json.dumps(asdict(self)).encode()).hexdigest()


@dataclass(frozen=True)
class CProgram:
    """C files by name, and what Python has to know of them."""

    files: dict[str, str]
    shape: Shape


class _Function:
    """A C function of a region's kernels."""

    def __init__(self, name: str, lines: list[str]) -> None:
        self.name = name
        self.lines = lines

    def text(self) -> str:
        arguments = "struct group *restrict g, struct thread *restrict c, const uint32_t active"
        head = f"static __attribute__((noinline)) void {self.name}({arguments}) {{"
        return "\n".join([head, _HEAD, *("    " + line for line in self.lines), "}"])


class _UnitWriter:
    """Writes the functions of one unit."""

    def __init__(self, values: Values, layout: Layout, tables: Tables, unit: Unit, name: str) -> None:
        self.values = values
        self.layout = layout
        self.tables = tables
        self.unit = unit
        self.name = name
        self.functions: list[_Function] = []
        self.statements = 0
        self.branches = 0

    def text(self) -> str:
        """The unit's functions and the function that calls them in order."""
        if self.unit.kept is not None:
            return self._keeping(self.unit.kept)
        lines = self._items(self.unit.items, "active", masked=self.unit.when is not None)
        main = [
            f"HIDDEN void {self.name}(struct group *g, struct thread *c, uint32_t active) {{",
            "    (void)active;",
            *("    " + line for line in lines),
            "}",
        ]
        parts = [function.text() for function in self.functions]
        if self.unit.when is not None:
            parts.append(self._asked(self.unit.when))
        return "\n\n".join([*parts, "\n".join(main)])

    def _keeping(self, kept: Kept) -> str:
        """The function that computes what lasts as long as an epoch, for the entries where it is another."""
        (kernel,) = (kernel for region in self.unit.regions() for kernel in region.kernels)
        self.statements += len(kernel.body)
        now, rows = self.layout.place(kept.epoch), self.values.rows(kept.epoch.axis)
        assert now is not None
        seen = self.layout.epochs[self.layout.units.index(self.unit)]
        lines = EntryWriter(self.values, self.layout, self.tables, kernel, masked=False).text()
        return "\n".join(
            [
                f"HIDDEN void {self.name}(struct group *g, struct thread *c, uint32_t active) {{",
                "    float *const f = g->f;",
                "    const uint64_t *const stream = c->stream;",
                f"    int32_t entries[{rows} * LANES + W];",
                f"    const int count = changed({rows}, f + {now.row * 32}, f + {seen.row * 32}, entries);",
                "    (void)active;",
                "    for (int i = 0; i < count; i += W) {",
                "        I at;",
                "        memcpy(&at, entries + i, sizeof at);",
                *("        " + line for line in lines),
                "    }",
                "}",
            ]
        )

    def _asked(self, when: When) -> str:
        """The function that tells in which lanes the unit is to run."""
        return (
            f"HIDDEN uint32_t {self.name}_asked(const struct group *g, const struct thread *c) {{\n"
            "    const uint32_t *const m = g->m, *const k = c->k;\n"
            "    (void)m, (void)k;\n"
            f"    return {self._mask(when)};\n}}"
        )

    def _mask(self, when: When) -> str:
        writer = KernelWriter(self.values, self.layout, self.tables, _NO_KERNEL, masked=False)
        return f"masks_at({writer.masks(when.mask)}, 0)"

    def _items(self, items: Sequence[Item], active: str, *, masked: bool) -> list[str]:
        lines: list[str] = []
        for item in items:
            if isinstance(item, Region):
                for name in self._region(item, masked=masked):
                    lines.append(f"{name}(g, c, {active});")
            elif isinstance(item, Branch):
                self.branches += 1
                inner = f"active{self.branches}"
                outer = active if masked else "g->valid"
                lines += [
                    "{",
                    "    const uint32_t *const m = g->m, *const n = c->n, *const k = c->k;",
                    f"    const uint32_t {inner} = {outer} & {self._mask(item.when)};",
                    "    (void)m, (void)n, (void)k;",
                ]
                lines.append(f"    if ({inner}) {{")
                lines += ["        " + line for line in self._items(item.items, inner, masked=True)]
                lines += ["    }", "}"]
            else:
                lines.append(f"for (int times = 0; times < {item.times}; times++) {{")
                lines += ["    " + line for line in self._items(item.items, active, masked=masked)]
                lines.append("}")
        return lines

    def _region(self, region: Region, *, masked: bool) -> list[str]:
        names: list[str] = []
        lines: list[str] = []
        count = 0
        for kernel in region.kernels:
            lines += KernelWriter(self.values, self.layout, self.tables, kernel, masked=masked).text()
            count += len(kernel.body)
            self.statements += len(kernel.body)
            if count >= FUNCTION:
                names.append(self._function(lines))
                lines, count = [], 0
        if lines:
            names.append(self._function(lines))
        return names

    def _function(self, lines: list[str]) -> str:
        name = f"{self.name}_{len(self.functions)}"
        self.functions.append(_Function(name, lines))
        return name


def generate(program: Program, sizes: Mapping[str, int], maps: Maps, alike: Mapping[str, bool]) -> CProgram:
    """The C files of a program on axes of these sizes with these maps between them.

    alike: the given masks that are the same in every row, and which.
    """
    values = Values(program, analyse(program).needed, sizes, maps, alike)
    for _, block in program.steps:
        values.find_snapshots(block)
    live = live_values(values, program)
    cutter = Cutter(values, live)
    prologue = cutter.units("", program.per_run)
    units = keep_draws(values, [unit for name, block in program.steps for unit in cutter.units(name, block)])
    schedule(values, prologue, units)
    layout = Layout(values, program, prologue, units)
    texts: list[tuple[str, int]] = []
    tables = Tables()
    for index, unit in enumerate(layout.units):
        writer = _UnitWriter(values, layout, tables, unit, _unit_name(index))
        texts.append((writer.text(), writer.statements))
    files = {f"part{index}.c": _file(parts, tables) for index, parts in enumerate(_shares(texts))}
    shape = _shape(layout)
    attested = f'EXPORT const char whipcount_shape[] = "{shape.digest}";\n'
    files["main.c"] = _main(values, layout, program) + attested
    return CProgram(files, shape)


def _unit_name(index: int) -> str:
    return f"u{index}"


def _shares(texts: Sequence[tuple[str, int]]) -> list[list[str]]:
    """The units' texts in files of about equal size."""
    count = max(1, min(FILES, sum(size for _, size in texts) // SMALL_FILE))
    shares: list[list[str]] = [[] for _ in range(count)]
    filled = [0] * count
    for text, size in sorted(texts, key=lambda entry: -entry[1]):
        least = filled.index(min(filled))
        shares[least].append(text)
        filled[least] += size + 1
    return shares


def _file(parts: Sequence[str], tables: Tables) -> str:
    text = "\n\n".join(parts)
    used = [name for name in tables.names.values() if f"{name}[" in text or f" {name}," in text]
    return "\n".join(['#include "runtime.h"', *(tables.text(name) for name in used), "", text, ""])


def _main(values: Values, layout: Layout, program: Program) -> str:
    """The file that holds the runtime's fixed part and the list of units."""
    lines = ['#include "runtime.h"', ""]
    names = {mechanism: index for index, (mechanism, _) in enumerate(program.steps)}
    largest = max(
        (values.maps[pair].count(group) for pair in _tallied(layout) for group in values.maps[pair]), default=0
    )
    for key, value in (
        ("NUMBERS", layout.numbers),
        ("MASKS", layout.masks),
        ("SCRATCH", layout.scratch),
        ("SCRATCH_MASKS", layout.scratch_masks),
        ("TALLY", 2 * largest + 3),
        ("UNITS", len(layout.units) - layout.first_step),
    ):
        lines.append(f"#define {key} {value}")
    entries: list[str] = []
    for index, unit in enumerate(layout.units):
        name = _unit_name(index)
        lines.append(f"HIDDEN void {name}(struct group *, struct thread *, uint32_t);")
        if index < layout.first_step:
            continue
        if unit.when is None:
            entries.append(f"    {{{name}, 0, {names[unit.mechanism]}, 0.0f, 0, 0, 0, 0, 0, 0}},")
            continue
        lines.append(f"HIDDEN uint32_t {name}_asked(const struct group *, const struct thread *);")
        touched = _touched(layout, unit)
        for area in "fm":
            ranges = ", ".join(f"{{{row}, {rows}}}" for row, rows in touched[area][0])
            lines.append(f"static const struct range {name}_{area}[] = {{{ranges or '{0, 0}'}}};")
        counts = ", ".join(str(len(touched[area][0])) for area in "fm")
        written = ", ".join(str(touched[area][1]) for area in "fm")
        fixed = f"{name}, {name}_asked, {names[unit.mechanism]}, {unit.cost:.1f}f"
        entries.append(f"    {{{fixed}, {name}_f, {name}_m, {counts}, {written}}},")
    lines += ["static const struct unit units[UNITS + 1] = {", *entries, "    {0}", "};"]
    lines.append("static void prologue(struct group *g, struct thread *c, uint32_t valid) {")
    lines.append("    (void)g, (void)c, (void)valid;")
    lines += [f"    {_unit_name(index)}(g, c, valid);" for index in range(layout.first_step)]
    lines.append("}")
    return "\n".join(lines) + "\n" + (HERE / "runtime.c").read_text(encoding="utf-8")


def _tallied(layout: Layout) -> list[tuple[str, str]]:
    return [
        (str(statement.attrs[0]), str(statement.attrs[1]))
        for unit in layout.units
        for region in unit.regions()
        for statement in region.statements
        if isinstance(statement, Node) and statement.op == "tally"
    ]


def _touched(layout: Layout, unit: Unit) -> dict[str, tuple[list[tuple[int, int]], int]]:
    """Rows of the group that a unit reads or writes, by area: ranges, those written first, and how many are written."""
    read: dict[str, set[tuple[int, int]]] = {"f": set(), "m": set()}
    written: dict[str, set[tuple[int, int]]] = {"f": set(), "m": set()}

    def visit(items: Sequence[Item]) -> None:
        for item in items:
            if isinstance(item, Region):
                for statement in item.statements:
                    _rows_used(layout, statement, read, written)
                for kernel in item.kernels:
                    if kernel.slot.guard is not None:
                        _rows_looked_at(layout, layout.values.uses(kernel.slot.guard.node), read)
            else:
                if isinstance(item, Branch):
                    _rows_used(layout, item.when, read, written)
                visit(item.items)

    visit(unit.items)
    return {area: (sorted(written[area]) + sorted(read[area] - written[area]), len(written[area])) for area in "fm"}


def _rows_used(
    layout: Layout, statement: object, read: dict[str, set[tuple[int, int]]], written: dict[str, set[tuple[int, int]]]
) -> None:
    from whipcount.vocabulary.program import Measured, Record, Write

    if not isinstance(statement, (Node, Write, Record, Measured, When)):
        return
    _rows_looked_at(layout, layout.values.operands(statement), read)
    if isinstance(statement, Write):
        place = layout.states[statement.state]
        written[place.area].add((place.row, layout.values.rows(layout.program.states[statement.state].axis)))
    elif isinstance(statement, Node):
        if statement.op == "read":
            place = layout.states[str(statement.attrs[0])]
            read[place.area].add((place.row, layout.values.rows(statement.axis)))
        own = layout.placed.get(statement.number)
        if own is not None and own.area in written:
            written[own.area].add((own.row, layout.values.rows(statement.axis)))


def _rows_looked_at(layout: Layout, uses: Iterable[Use], read: dict[str, set[tuple[int, int]]]) -> None:
    for use in uses:
        place = layout.place(use.node)
        if place is not None and place.area in read:
            read[place.area].add((place.row, layout.values.rows(use.node.axis)))


def _shape(layout: Layout) -> Shape:
    return Shape(
        numbers=layout.numbers,
        masks=layout.masks,
        states={name: (place.area, place.row) for name, place in layout.states.items()},
        parameters=dict(layout.parameters),
        given={name: (place.area, place.row) for name, place in layout.given.items()},
        statics={number: (place.area, place.row) for number, place in layout.statics.items()},
        static_numbers=layout.static_rows["s"],
        static_masks=layout.static_rows["k"],
        tables=dict(layout.tables),
        matrices=dict(layout.matrices),
        streams=dict(layout.streams),
        stream_rows=layout.stream_rows,
        epochs=tuple(
            (place.row, layout.values.rows(kept.epoch.axis))
            for index, place in layout.epochs.items()
            if (kept := layout.units[index].kept) is not None
        ),
    )


__all__ = ["CProgram", "Shape", "generate"]
