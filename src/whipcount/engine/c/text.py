"""The C text of a kernel: one loop over entities, or one call of a helper.

In `S` and `F` kernels an operation works on W lanes at a time, and the loop over entities is done for each part of the
32 lanes; in `M` kernels a row of masks is one 32-bit word.
"""

from __future__ import annotations

from collections.abc import Callable

from whipcount.vocabulary.program import STATIC, Measured, Node, Record, Statement, Write

from .guards import Literal
from .layout import Layout, Place
from .schedule import Kernel
from .values import ACROSS, OWN, Index, Values

_INFIX = {"add": "+", "sub": "-", "mul": "*", "div": "/"}
_CALLS = {
    "lt": "lt", "le": "le", "gt": "gt", "ge": "ge", "eq": "eq", "ne": "ne", "and": "both", "or": "either", "not": "not",
    "neg": "negative", "absolute": "absolute", "exp": "exp_", "log": "log_", "sqrt": "sqrt_", "cos2pi": "cos2pi_",
    "rint": "rint_", "number": "number", "beta_binomial": "beta_binomial",
}  # fmt: skip
_LANES = 32


def literal(value: object) -> str:
    """A number as C text that means exactly its float32 value."""
    import numpy as np

    number = float(np.float32(float(str(value))))
    if number != number:
        return '__builtin_nanf("")'
    if number in (float("inf"), float("-inf")):
        return "__builtin_inff()" if number > 0 else "-__builtin_inff()"
    return f"{number.hex()}f"


class Tables:
    """Static index tables by content, each with a name."""

    def __init__(self) -> None:
        self.names: dict[tuple[int, ...], str] = {}

    def name(self, table: tuple[int, ...]) -> str:
        """The C name of a table."""
        return self.names.setdefault(table, f"t{len(self.names)}")

    def text(self, name: str) -> str:
        """The definition of a table."""
        table = next(table for table, known in self.names.items() if known == name)
        return f"static const int32_t {name}[] = {{{', '.join(map(str, table or (0,)))}}};"


class KernelWriter:
    """Writes one kernel. `masked`: writes and events concern only the lanes of `active`."""

    def __init__(self, values: Values, layout: Layout, tables: Tables, kernel: Kernel, *, masked: bool) -> None:
        self.values = values
        self.layout = layout
        self.tables = tables
        self.kernel = kernel
        self.masked = masked
        self.flat = kernel.slot.kind == "M"
        self.looped = kernel.slot.kind in ("M", "F")
        self.before: list[str] = []
        self.opened: list[str] = []  # before and after the rows of each group, where rows of a group follow each other
        self.body: list[str] = []
        self.closed: list[str] = []
        self.after: list[str] = []
        self.grouped = self._grouping() if self.looped else None
        self.paired = self.looped and not self.flat and self._often_asked()
        self._known: dict[tuple[int, Index], str] = {}
        self._indices: dict[tuple[int, ...], str] = {}
        self._inside = {statement.number for statement in kernel.body if isinstance(statement, Node)}

    def text(self) -> list[str]:
        """The lines of the kernel."""
        if self.kernel.slot.kind == "X":
            return [self._call(statement) for statement in self.kernel.body]
        if self.kernel.slot.guard is not None:
            self._pass_over(self.kernel.slot.guard)
        for statement in self.kernel.body:
            self._statement(statement)
        rows = self.values.rows(self.kernel.slot.axis)
        title = f"/* {self.kernel.slot.axis or 'one value a run'} */"
        loop = [f"for (int e = 0; e < {rows}; e++) {{", *_indented(self.body), "}"] if self.looped else self.body
        if self.grouped is not None:
            loop = self._by_group(*self.grouped)
        elif self.flat and not any("|=" in line and "[" in line.split("|=")[0] for line in self.body):
            loop = ["#pragma GCC ivdep", *loop]
        inner = [*self.before, *loop, *self.after]
        if self.flat:
            return _spelled([f"{{ {title}", *_indented(inner), "}"])
        if self.paired:
            return [f"EACH_PAIR(ha, hb) {{ {title}", *_indented(_twice(inner)), "}"]
        return _spelled([f"EACH_HALF(h) {{ {title}", *_indented(inner), "}"])

    def _grouping(self) -> tuple[tuple[int, ...], int] | None:
        """The table and number of groups that the kernel sums by, if rows of each group follow each other."""
        for statement in self.kernel.body:
            if isinstance(statement, Node) and statement.op in ("sum_to", "any_to"):
                pair = (str(statement.attrs[0]), str(statement.attrs[1]))
                table = self.values.maps[pair]
                if -1 not in table and list(table) == sorted(table):
                    return table, self.values.rows(pair[1])
        return None

    def _by_group(self, table: tuple[int, ...], groups: int) -> list[str]:
        """A loop over groups and over the rows of each; sums by group stay in registers."""
        start = self.tables.name(_members(table, groups)[0])
        inner = [f"for (; e < {start}[j + 1]; e++) {{", *_indented(self.body), "}"]
        return [
            f"for (int j = 0, e = 0; j < {groups}; j++) {{",
            *_indented([*self.opened, *inner, *self.closed]),
            "}",
        ]

    def _pass_over(self, guard: Literal) -> None:
        """Go on to the next row where the guard has no lane."""
        node, index = self.values.view(guard.node)
        row = self._row_of(node, index)
        place = self.layout.place(node)
        assert place is not None, node
        bits = f"bits_at({place.area} + {_sum(place.row, row)}, h@)"
        if index.partial:
            bits = f"({row} < 0 ? 0 : {bits})"
        wanted = bits if guard.positive else f"~{bits}"
        if self.masked:
            wanted = f"({wanted} & bits_at(&active, h@))"
        if self.paired:
            wanted = f"{wanted.replace('@', 'a')} | {wanted.replace('@', 'b')}"
        self.body.append(f"if (!(half)({wanted})) continue;")

    def _often_asked(self) -> bool:
        """Whether most rows are computed: no guard, or one that is a state, such as who sits, and no passing event."""
        guard = self.kernel.slot.guard
        if guard is None:
            return True
        node, _ = self.values.view(guard.node)
        return guard.positive and node.op == "read" and self.values.is_leaf(node)

    # -- statements --------------------------------------------------------------------------------------------------

    def _statement(self, statement: Statement) -> None:
        if isinstance(statement, Write):
            self._write(statement)
            return
        assert isinstance(statement, Node)
        if statement.op in ACROSS and statement.args[0].axis is not None:
            self._across(statement)
        elif statement.op == "stack":
            self._stack(statement)
        elif statement.op == "matmul":
            self._weigh(statement)
        else:
            name = self._define(statement, self._operation(statement, OWN), statement.dtype == "mask")
            self._known[statement.number, OWN] = name
            self._keep(statement, name)

    def _across(self, node: Node) -> None:
        if node.op == "sum_to":
            self._sum_to(node)
        elif node.op == "any_to":
            self._any_to(node)
        elif node.op == "any":
            self._any(node)
        else:
            self._sum(node)

    def _define(self, node: Node, expression: str, mask: bool) -> str:
        kind = ("uint32_t" if self.flat else "B") if mask else "V"
        name = f"{'m' if mask else 'v'}{node.number}_{len(self._known)}@"
        self.body.append(f"const {kind} {name} = {expression};")
        return name

    def _keep(self, node: Node, name: str) -> None:
        place = self.layout.placed.get(node.number)
        if place is not None:
            self.body.append(self._store(node, place, "e" if self.looped and node.axis else "0", name))

    def _store(self, node: Node, place: Place, row: str, name: str) -> str:
        if self.flat:
            return f"{place.area}[{_sum(place.row, row)}] = {name};"
        if node.dtype == "mask":
            return f"keep({place.area} + {_sum(place.row, row)}, h@, {name});"
        return f"store({place.area} + {_lanes(place.row, row)} + h@, {name});"

    def _write(self, write: Write) -> None:
        spec = self.layout.program.states[write.state]
        place = self.layout.states[write.state]
        row = "e" if self.looped else "0"
        conditions = [self.value(write.where)] if write.where is not None else []
        value = self.value(write.value)
        if self.flat:
            at = f"m[{_sum(place.row, row)}]"
            where = " & ".join(conditions + (["active"] if self.masked else []))
            self.body.append(f"{at} = ({at} & ~({where})) | ({value} & {where});" if where else f"{at} = {value};")
            return
        if self.masked:
            conditions.append(self._active())
        where = f"both({', '.join(conditions)})" if len(conditions) == 2 else "".join(conditions)
        if spec.dtype == "mask":
            at = f"m + {_sum(place.row, row)}, h@"
            self.body.append(f"keep_where({at}, {where}, {value});" if where else f"keep({at}, {value});")
        else:
            at = f"f + {_lanes(place.row, row)} + h@"
            self.body.append(f"store_where({at}, {where}, {value});" if where else f"store({at}, {value});")

    def _active(self) -> str:
        line = "const B lanes@ = among(&active, h@);"
        if line not in self.before:
            self.before.append(line)
        return "lanes@"

    def _sum(self, node: Node) -> None:
        name, value = f"a{node.number}@", self.value(node.args[0])
        lowest = "splat(-__builtin_inff())" if node.op == "highest" else "(V){0}"
        self.before.append(f"V {name} = {lowest};")
        joined = f"maximum({name}, {value})" if node.op == "highest" else f"{name} + {value}"
        self.body.append(f"{name} = {joined};")
        self.after.append(self._store(node, self._placed(node), "0", name))

    def _any(self, node: Node) -> None:
        name, value = f"a{node.number}@", self.value(node.args[0])
        place = self._placed(node)
        if self.flat:
            self.before.append(f"uint32_t {name} = 0;")
            self.body.append(f"{name} |= {value};")
        else:
            self.before.append(f"B {name} = every(0);")
            self.body.append(f"{name} = either({name}, {value});")
        self.after.append(self._store(node, place, "0", name))

    def _groups(self, node: Node) -> tuple[str, str]:
        pair = (str(node.attrs[0]), str(node.attrs[1]))
        table = self.values.maps[pair]
        return self._index(table), f"if ({self._index(table)} >= 0) " if -1 in table else ""

    def _sum_to(self, node: Node) -> None:
        place, value = self._placed(node), self.value(node.args[0])
        index, condition = self._groups(node)
        if index == "j":
            name = f"a{node.number}@"
            self.opened.append(f"V {name} = (V){{0}};")
            self.body.append(f"{name} = {name} + {value};")
            self.closed.append(self._store(node, place, "j", name))
            return
        at = f"{place.area} + {_lanes(place.row, 'j')} + h@"
        self.before.append(f"for (int j = 0; j < {self.values.rows(node.axis)}; j++) store({at}, (V){{0}});")
        at = f"{place.area} + {_lanes(place.row, index)} + h@"
        self.body.append(f"{condition}store({at}, load({at}) + {value});")

    def _any_to(self, node: Node) -> None:
        place, value = self._placed(node), self.value(node.args[0])
        index, condition = self._groups(node)
        if index == "j":
            name = f"a{node.number}@"
            self.opened.append(f"uint32_t {name} = 0;" if self.flat else f"B {name} = every(0);")
            self.body.append(f"{name} |= {value};" if self.flat else f"{name} = either({name}, {value});")
            self.closed.append(self._store(node, place, "j", name))
            return
        row, group = _sum(place.row, index), _sum(place.row, "j")
        rows = f"for (int j = 0; j < {self.values.rows(node.axis)}; j++)"
        if self.flat:
            self.before.append(f"{rows} {place.area}[{group}] = 0;")
            self.body.append(f"{condition}{place.area}[{row}] |= {value};")
        else:
            self.before.append(f"{rows} keep({place.area} + {group}, h@, every(0));")
            self.body.append(f"{condition}join({place.area} + {row}, h@, {value});")

    def _weigh(self, node: Node) -> None:
        """Sum over a row's entries of a static matrix, in entity order."""
        what, index = self.values.view(node.args[0])
        place = self.layout.place(what)
        name = f"w{node.number}@"
        number = self.layout.matrices[str(node.attrs[0])]
        matrix = f"x{number}"
        if (line := f"const struct sparse {matrix} = c->matrix[{number}];") not in self.before:
            self.before.append(line)
        if place is None or place.area == "s" or what.axis is None or not index.own:
            self.body.append(f"const V {name} = weighed(&{matrix}, e, {self.numbers(node.args[0])}, h@);")
        else:
            self.body += [
                f"V {name} = (V){{0}};",
                f"for (int i = {matrix}.start[e]; i < {matrix}.start[e + 1]; i++) {{",
                f"    const float *const p = {place.area} + {_lanes(place.row, f'{matrix}.column[i]')};",
                f"    const V x = splat({matrix}.weight[i]);",
                f"    {name} = {name} + x * load(p + h@);",
                "}",
            ]
        self._known[node.number, OWN] = name
        self._keep(node, name)

    def _stack(self, node: Node) -> None:
        place = self._placed(node)
        for row, arg in enumerate(node.args):
            self.body.append(self._store(node, place, str(row), self.value(arg)))

    def _placed(self, node: Node) -> Place:
        return self.layout.placed[node.number]

    # -- values ------------------------------------------------------------------------------------------------------

    def value(self, node: Node, index: Index = OWN) -> str:
        """The C name (or literal) of a value at the row that an index gives."""
        node, index = self.values.view(node, index)
        key = (node.number, index)
        if key not in self._known:
            mask = node.dtype == "mask"
            if self.values.is_fleeting(node):
                self._known[key] = self._define(node, self._operation(node, index), mask)
            elif node.op == "constant":
                self._known[key] = self._constant(node)
            else:
                self._known[key] = self._define(node, self._load(node, index), mask)
        return self._known[key]

    def _constant(self, node: Node) -> str:
        if node.dtype == "mask":
            yes = bool(node.attrs[0])
            return ("~0u" if yes else "0u") if self.flat else f"every({int(yes)})"
        return f"splat({literal(node.attrs[0])})"

    def _index(self, table: tuple[int, ...]) -> str:
        if self.grouped is not None and table == self.grouped[0]:
            return "j"
        name = self._indices.get(table)
        if name is None:
            name = self._indices[table] = f"i{len(self._indices)}"
            self.body.append(f"const int {name} = {self.tables.name(table)}[e];")
        return name

    def _row_of(self, node: Node, index: Index) -> str:
        if node.axis is None:
            return "0"
        if index.own:
            return "e"
        if index.row is not None:
            return str(index.row)
        assert index.table is not None
        return self._index(index.table)

    def _load(self, node: Node, index: Index) -> str:
        mask = node.dtype == "mask"
        nothing = ("0u" if self.flat else "every(0)") if mask else "(V){0}"
        if index.row == -1:
            return nothing
        row = self._row_of(node, index)
        if node.op == "day":
            found = "splat(c->day)"
        elif node.op == "today":
            found = f"splat(c->table[{self.layout.tables[str(node.attrs[0])]}][{row}])"
        else:
            place = self.layout.place(node)
            assert place is not None, node
            found = self._at(place, row, mask=mask)
        return f"{row} < 0 ? {nothing} : {found}" if index.partial else found

    def _at(self, place: Place, row: str, *, mask: bool) -> str:
        if mask:
            at = _sum(place.row, row)
            return f"{place.area}[{at}]" if self.flat else f"among({place.area} + {at}, h@)"
        if place.area == "s":
            return f"splat(s[{_sum(place.row, row)}])"
        return f"load({place.area} + {_lanes(place.row, row)} + h@)"

    def _operation(self, node: Node, index: Index) -> str:
        op = node.op
        if op == "uniform":
            stream = f"stream[{_sum(self.layout.streams[int(str(node.attrs[0]))], 'e' if node.axis else '0')}]"
            if node.args:
                return f"drawn_at(g, h@, {stream}, {self.value(node.args[0])})"
            return f"drawn(g, h@, counter_of({stream}, step))"
        if op == "read":
            place = self.layout.states[str(node.attrs[0])]
            return self._at(place, "e" if node.axis else "0", mask=node.dtype == "mask")
        args = [self.value(arg, index if arg.axis is not None else OWN) for arg in node.args]
        if self.flat:
            return self._words(op, args)
        if op in ("sum", "highest"):
            return f"{args[0]} + splat(0.0f)"
        if op in ("minimum", "maximum"):
            return self._extreme(node, args)
        if op in _INFIX:
            return f"{args[0]} {_INFIX[op]} {args[1]}"
        if op == "where":
            return self._where(node, args)
        if op in ("eq", "ne") and node.args[0].dtype == "mask":
            return f"{'same' if op == 'eq' else 'differ'}({', '.join(args)})"
        return f"{_CALLS[op]}({', '.join(args)})"

    @staticmethod
    def _words(op: str, args: list[str]) -> str:
        words: dict[str, Callable[..., str]] = {
            "and": lambda a, b: f"{a} & {b}",
            "or": lambda a, b: f"{a} | {b}",
            "not": lambda a: f"~{a}",
            "eq": lambda a, b: f"~({a} ^ {b})",
            "ne": lambda a, b: f"{a} ^ {b}",
            "where": lambda m, a, b: f"({m} & {a}) | (~{m} & {b})",
        }
        return words[op](*args)

    def _where(self, node: Node, args: list[str]) -> str:
        mask, yes, no = args
        if node.dtype == "mask":
            return f"either(both({mask}, {yes}), both(not({mask}), {no}))"
        last = node.args[2]
        if last.op == "constant" and literal(last.attrs[0]) == literal(0.0):
            return f"chosen({mask}, {yes})"
        return f"choose({mask}, {yes}, {no})"

    def _extreme(self, node: Node, args: list[str]) -> str:
        larger = node.op == "maximum"
        for one, other in ((0, 1), (1, 0)):
            constant = node.args[one]
            if constant.op == "constant" and constant.attrs[0] == constant.attrs[0]:
                if literal(constant.attrs[0]) in (literal(0.0), literal(-0.0)):
                    return f"{'at_least_zero' if larger else 'at_most_zero'}({args[other]})"
                return f"{'above' if larger else 'below'}({args[other]}, {literal(constant.attrs[0])})"
        return f"{node.op}({', '.join(args)})"

    # -- helpers -----------------------------------------------------------------------------------------------------

    def _call(self, statement: Statement) -> str:
        active = "active" if self.masked else "g->valid"
        if isinstance(statement, Record):
            verb = self.layout.program.verbs[statement.verb]
            what = f"{statement.verb}, {self.values.rows(verb.axis)}, {self.masks(statement.where)}"
            told = ", ".join(
                self.numbers(part) if part is not None else "(struct numbers){0}"
                for part in (statement.value, statement.probability)
            )
            return f"record(c, g, {active}, {what}, {told});"
        if isinstance(statement, Measured):
            rows = self.values.rows(statement.value.axis)
            return f"measure(c, g, {statement.first}, {rows}, {self.numbers(statement.value)});"
        assert isinstance(statement, Node)
        place = self.layout.placed[statement.number]
        out = f"{place.area} + {place.row}"
        rows = self.values.rows(statement.axis)
        if statement.op == "first":
            return f"first({rows}, {self.masks(statement.args[0])}, {out});"
        if statement.op == "best":
            return f"best_of({rows}, 0, {self.numbers(statement.args[0])}, {self.masks(statement.args[1])}, {out});"
        pair = (str(statement.attrs[0]), str(statement.attrs[1]))
        groups = self.values.rows(pair[1])
        start, members = _members(self.values.maps[pair], groups)
        lists = f"{groups}, {self.tables.name(start)}, {self.tables.name(members)}"
        if statement.op == "best_in":
            what = f"{self.numbers(statement.args[0])}, {self.masks(statement.args[1])}"
            return f"best_in({rows}, {lists}, {what}, {out});"
        parts = [self.numbers(arg) for arg in statement.args]
        return f"tally({lists}, {', '.join(parts)}, {place.area} + {place.row * _LANES}, c->tally);"

    def numbers(self, node: Node) -> str:
        """A number that lies in memory, as a helper's operand."""
        node, index = self.values.view(node)
        if node.op == "constant" or index.row == -1:
            value = literal(node.attrs[0]) if node.op == "constant" else "0.0f"
            return f"(struct numbers){{(const float[]){{{value}}}, 0, 0, 0}}"
        if node.op == "day":
            return "(struct numbers){&c->day, 0, 0, 0}"
        table = self.tables.name(index.table) if index.table is not None else "0"
        lone = node.axis is None or index.row is not None
        row = index.row or 0
        if node.op == "today":
            today = f"c->table[{self.layout.tables[str(node.attrs[0])]}]"
            return f"(struct numbers){{{today} + {row}, {table}, {int(not lone)}, 0}}"
        place = self.layout.place(node)
        assert place is not None, node
        if node.reach == STATIC:
            return f"(struct numbers){{s + {place.row + row}, {table}, {int(not lone)}, 0}}"
        return f"(struct numbers){{{place.area} + {(place.row + row) * _LANES}, {table}, {0 if lone else _LANES}, 1}}"

    def masks(self, node: Node) -> str:
        """A mask that lies in memory, as a helper's operand."""
        node, index = self.values.view(node)
        if node.op == "constant" or index.row == -1:
            yes = node.op == "constant" and bool(node.attrs[0])
            return f"(struct masks){{(const uint32_t[]){{{'~0u' if yes else '0u'}}}, 0, 0}}"
        table = self.tables.name(index.table) if index.table is not None else "0"
        lone = node.axis is None or index.row is not None
        place = self.layout.place(node)
        assert place is not None, node
        return f"(struct masks){{{place.area} + {place.row + (index.row or 0)}, {table}, {int(not lone)}}}"


def _members(table: tuple[int, ...], groups: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Rows by the group that they belong to: where each group's begin, and the rows."""
    members = [[row for row, group in enumerate(table) if group == wanted] for wanted in range(groups)]
    start = [0]
    for rows in members:
        start.append(start[-1] + len(rows))
    return tuple(start), tuple(row for rows in members for row in rows)


def _sum(row: int, more: str) -> str:
    return str(row + int(more)) if more.isdigit() else (f"{row} + {more}" if row else more)


def _lanes(row: int, more: str) -> str:
    if more.isdigit():
        return str((row + int(more)) * _LANES)
    return f"({row} + {more}) * {_LANES}" if row else f"{more} * {_LANES}"


def _spelled(lines: list[str]) -> list[str]:
    """Lines for one part of the lanes."""
    return [line.replace("@", "") for line in lines]


def _twice(lines: list[str]) -> list[str]:
    """Lines for two parts of the lanes side by side: each waits for its own results only."""
    found: list[str] = []
    for line in lines:
        found += [line.replace("@", "a"), line.replace("@", "b")] if "@" in line else [line]
    return found


def _indented(lines: list[str]) -> list[str]:
    return ["    " + line for line in lines]


__all__ = ["KernelWriter", "Tables", "literal"]
