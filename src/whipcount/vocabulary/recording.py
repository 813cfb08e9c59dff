"""Recording a program: each mechanism's step runs once with recording arrays, and a program comes out."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from traceback import extract_tb

from ..errors import MechanismError, Place, Problem
from .declare import Measure, Mechanism, State, Verb
from .program import Block, Dtype, MeasureSpec, Program, StateSpec, VerbSpec, Write, walk
from .step import Day
from .structure import Structure
from .tracer import HERE, Declared, Tracer


def record_program(structure: Structure, mechanisms: Sequence[type[Mechanism]]) -> Program:
    """The program of these mechanisms, in this order, on a world of this structure.

    Recorded twice: the first time shows which state is never written, and so can be treated as given per run.
    """
    first = _record(structure, mechanisms, frozenset())
    constant = frozenset(first.states) - frozenset(
        statement.state for _, block in first.steps for statement in walk(block) if isinstance(statement, Write)
    )
    return _record(structure, mechanisms, constant)


def _record(structure: Structure, kinds: Sequence[type[Mechanism]], constant: frozenset[str]) -> Program:
    mechanisms = [kind() for kind in kinds]
    declared = Declared()
    for mechanism in mechanisms:
        _declare(declared, structure, mechanism)
    tracer = Tracer(structure, declared, constant)
    steps = tuple((mechanism.id, _record_step(tracer, mechanism, Day(tracer))) for mechanism in mechanisms)
    return Program(
        tracer.static,
        tracer.per_run,
        steps,
        declared.states,
        tuple(declared.verbs),
        tuple(declared.measures),
        tuple(tracer.streams),
        len(tracer.nodes),
    )


def declared_at(kind: type[Mechanism]) -> Place:
    """Where a mechanism is declared, as far as its source can be read."""
    try:
        return Place(inspect.getfile(kind), inspect.getsourcelines(kind)[1], 1)
    except (OSError, TypeError):
        return Place()


def _declare(declared: Declared, structure: Structure, mechanism: Mechanism) -> None:
    """Enter a mechanism's states, verbs and measures; refuse unknown axes (WC207), a state declared twice (WC210)."""
    declarations: list[State | Verb | Measure] = [*mechanism.states().values(), *mechanism.verbs, *mechanism.measures]
    for one in declarations:
        if one.per is not None and one.per not in structure.axes:
            message = f"mechanism '{mechanism.id}': '{one.name}' is declared per {one.per!r}, which is no axis"
            raise MechanismError(
                Problem(
                    "WC207", message, "there are " + ", ".join(sorted(structure.axes)), declared_at(type(mechanism))
                )
            )
    for name, state in mechanism.states().items():
        for full in _state_names(structure, name, state):
            if full in declared.states:
                other = declared.states[full].mechanism
                message = f"state '{full}' is declared by '{mechanism.id}' and by '{other}'"
                raise MechanismError(Problem("WC210", message, "rename one", declared_at(type(mechanism))))
            declared.states[full] = _state_spec(mechanism, full, name, state)
    for verb in mechanism.verbs:
        declared.verb_index[mechanism.id, verb.name] = len(declared.verbs)
        codes = {value: code for value, code in enumerate(verb.codes) if code}
        declared.verbs.append(VerbSpec(verb.name, mechanism.id, verb.per, codes))
    for measure in mechanism.measures:
        declared.measure_index[mechanism.id, measure.name] = (len(declared.measures), measure.per)
        entities = structure.axes[measure.per] if measure.per else (None,)
        for entity in entities:
            label = measure.name if entity is None else f"{measure.name}:{entity}"
            declared.measures.append(MeasureSpec(label, measure.name, entity, measure.low, measure.high))


def _state_names(structure: Structure, name: str, state: State) -> tuple[str, ...]:
    """The variables that a declaration stands for: one, or one for each policy dimension."""
    if state.over is None:
        return (name,)
    return tuple(f"{name}.{entry}" for entry in structure.axes[state.over])


def _state_spec(mechanism: Mechanism, full: str, name: str, state: State) -> StateSpec:
    initial = state.initial
    if isinstance(initial, str) and state.over is not None:
        initial = initial + full[len(name) :]
    dtype: Dtype = "mask" if state.kind == "mask" else "number"
    return StateSpec(full, mechanism.id, state.per, dtype, initial, state.writers, state.codes, state.doc)


def switch_of(mechanism: str) -> str:
    """The parameter by which a mechanism acts (1) or is idle (0) where a question has asked for one; else it acts."""
    return f"acts.{mechanism}"


def _record_step(tracer: Tracer, mechanism: Mechanism, day: Day) -> Block:
    """Run a mechanism's step once and return what it said."""
    tracer.current = mechanism
    mechanism._tracer = tracer
    tracer.block = Block()
    switch = switch_of(mechanism.id)
    tracer.guard = tracer.parameter(switch) > 0.0 if switch in tracer.structure.parameters else None
    try:
        mechanism.step(day)
    except MechanismError:
        raise
    except Exception as error:
        raise _failed(mechanism, error) from error
    finally:
        mechanism._tracer = None
        tracer.current = None
    return tracer.block


def _failed(mechanism: Mechanism, error: Exception) -> MechanismError:
    """What went wrong in a step besides the vocabulary, at the mechanism's line."""
    frames = [frame for frame in extract_tb(error.__traceback__) if not frame.filename.startswith(HERE)]
    place = Place(frames[-1].filename, frames[-1].lineno or 1, 1) if frames else Place()
    who = f"mechanism '{mechanism.id}'"
    if isinstance(error, TypeError) and "__array_ufunc__" in str(error):
        message = f"{who}: an array library was called with an array of the vocabulary"
        return MechanismError(Problem("WC201", message, "use the operations of `day` and of arrays", place))
    message = f"{who}: its step fails ({type(error).__name__}: {error})"
    return MechanismError(Problem("WC213", message, "see the line named", place))
