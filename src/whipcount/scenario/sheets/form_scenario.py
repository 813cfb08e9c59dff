"""The records of a scenario from the rows of a form; every value stands at its cell, so that faults are found there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from whipcount.errors import Place, Problem, ScenarioError

from ..drafting import TRAITS, in_its_language
from ..schema import Motion, Scenario
from ..yaml_nodes import Node, from_plain
from .form import POSITION, Form, Row

ROLES = ("now", "disputed", "fall")


def sections(form: Form) -> Node:
    """The tree of a scenario. Raises ScenarioError where the form lacks what no default can give (WC158)."""
    now, disputed, fall = (_option(form, role) for role in ROLES)
    cited = form.crisis.get("source") is not None
    parts: dict[str, Node | None] = {
        "whipcount": _plain(2, form),
        "title": _text(form.crisis, "title"),
        "summary": _text(form.crisis, "summary" if form.crisis.get("summary") else "title"),
        "calendar": _record(
            form.crisis, start="first_day", end="last_day", step_days="step_days", beat_days="beat_days"
        ),
        "sources": _sources(form) if cited else None,
        "dimensions": _list(_dimension(row) for row in form.rows["dimensions"]),
        "settlements": _list([*(_settlement(row) for row in form.rows["options"]), *([] if fall else [_fallen(form)])]),
        "government": _government(form, now, fall),
        "parties": _list(_party(form, row) for row in form.rows["parties"]),
        "defaults": _plain({"traits": TRAITS, "assumed": "nobody has measured them; wide on purpose"}, form),
        "actors": _list(_actor(form, row, cited=cited) for row in form.rows["people"]),
        "factions": _factions(form),
        "bodies": _list(_body(form, row) for row in form.rows["bodies"]),
        "posts": _posts(form, cited=cited),
        "table": _table(form),
        "election": _election(form),
        "motions": _motions(form, disputed),
        "roles": _roles(form, disputed),
        "answers": _answers(form),
    }
    known = Scenario.model_fields
    found = {key: node for key, node in parts.items() if node is not None and key in known}
    return Node(Place(form.file), dict(found), {key: node.place for key, node in found.items()})


# -- nodes -----------------------------------------------------------------------------------------------------------


def _plain(value: Any, form: Form) -> Node:
    return from_plain(value, Place(form.file))


def _list(nodes: Iterable[Node]) -> Node | None:
    found = list(nodes)
    return Node(found[0].place, found) if found else None


def _node(row: Row, **parts: Node | None) -> Node:
    found = {key: node for key, node in parts.items() if node is not None}
    return Node(row.place, dict(found), {key: node.place for key, node in found.items()})


def _record(row: Row, **columns: str) -> Node:
    """A record whose keys take the cells of columns; empty cells are left out."""
    return _node(row, **{key: _cell(row, column) for key, column in columns.items()})


def _cell(row: Row, column: str) -> Node | None:
    return row.node(column) if row.get(column) is not None else None


def _text(row: Row, column: str) -> Node | None:
    """A name, in the language in which it is written."""
    value = row.get(column)
    if value is None:
        return None
    return row.node(column, in_its_language(str(value)))


def _point(row: Row) -> Node:
    columns = [column for column in row.values if column.startswith(f"{POSITION}.")]
    return _node(row, **{column.removeprefix(f"{POSITION}."): row.node(column) for column in columns})


def _reason(row: Row, form: Form, *, cited: bool) -> dict[str, Node | None]:
    """Where it comes from: the source of the form, and what the row says of it."""
    why = row.node("why") if row.get("why") else None
    if cited:
        return {"evidence": _plain(["source"], form), "note": why}
    return {"assumed": why or _plain("as the sheet has it", form)}


# -- sections --------------------------------------------------------------------------------------------------------


def _sources(form: Form) -> Node:
    row = form.crisis
    return Node(row.at("source"), [_node(row, id=_plain("source", form), title=_text(row, "source"),
                                         author=_cell(row, "author"), year=_cell(row, "year"))])  # fmt: skip


def _dimension(row: Row) -> Node:
    return _node(row, id=_cell(row, "id"), name=_text(row, "name"), low=_text(row, "low"), high=_text(row, "high"))


def _option(form: Form, role: str) -> Row | None:
    """The option that plays a part; what is in force must be named, and no part is played twice."""
    found = [row for row in form.rows["options"] if str(row.get("role") or "").lower() == role]
    odd = [row for row in form.rows["options"] if row.get("role") and str(row.get("role")).lower() not in ROLES]
    problems = [
        Problem("WC158", f"'{row.get('role')}' is no role of an option", f"one of {', '.join(ROLES)}", row.at("role"))
        for row in odd
    ]
    if role == "now" and not found:
        hint = "write `now` in the column role of the option that is in force on the first day"
        place = form.rows["options"][0].place if form.rows["options"] else Place(form.file)
        problems.append(Problem("WC158", "no option is in force on the first day", hint, place))
    if len(found) > 1:
        problems.append(Problem("WC158", f"two options have the role '{role}'", "keep one", found[1].at("role")))
    if problems:
        raise ScenarioError(*problems)
    return found[0] if found else None


def _settlement(row: Row) -> Node:
    parties = row.get("parties") or []
    shares = {party: round(1.0 / len(parties), 3) for party in parties}
    return _node(
        row,
        id=_cell(row, "id"),
        name=_text(row, "name"),
        point=_point(row),
        parties=_cell(row, "parties"),
        shares=row.node("parties", shares) if parties else None,
    )


def _fallen(form: Form) -> Node:
    """What follows a fall, where the form does not say: the middle of all that could be decided."""
    middle = {str(row.get("id")): {"prior": {"uniform": [0.25, 0.75]}} for row in form.rows["dimensions"]}
    assumed = "nobody knows what would follow a fall"
    return _plain({"id": "fallen", "name": "after a fall", "point": middle, "assumed": assumed}, form)


def _government(form: Form, now: Row | None, fall: Row | None) -> Node:
    row = form.crisis
    cabinet = next((body for body in form.rows["bodies"] if body.get("kind") == "cabinet"), None)
    assert now is not None
    parts: dict[str, Node | None] = {
        "settlement": now.node("id"),
        "fall": fall.node("id") if fall is not None else _plain("fallen", form),
        "head": _cell(row, "head") or _cell(row, "leader"),
        "head_of_state": _cell(row, "head_of_state"),
        "cabinet": cabinet.node("id") if cabinet is not None else None,
        "confidence": _cell(row, "confidence_body"),
        "constructive": _cell(row, "constructive"),
    }
    known = Scenario.model_fields["government"].annotation
    fields = getattr(known, "model_fields", {})
    return _node(row, **{key: node for key, node in parts.items() if key in fields})


def _party(form: Form, row: Row) -> Node:
    bound = next((body for body in form.where("bodies", "sets_line") if body.get("party") == row.get("id")), None)
    called = next((body for body in form.where("bodies", "must_be_called") if body.get("party") == row.get("id")), None)
    days = row.get("ultimatum_days")
    return _node(
        row,
        id=_cell(row, "id"),
        name=_text(row, "name"),
        principal=bound.node("id") if bound is not None else None,
        leader=_cell(row, "leader"),
        support=_cell(row, "polls"),
        ultimatum=row.node("ultimatum_days", {"deadline_days": days}) if days is not None else None,
        congress=called.node("id") if called is not None else None,
    )


def _actor(form: Form, row: Row, *, cited: bool) -> Node:
    return _node(
        row,
        id=_cell(row, "id"),
        name=_text(row, "name"),
        party=_cell(row, "party"),
        size=_cell(row, "members") if row.get("members") != 1 else None,
        ideal=_point(row),
        **_reason(row, form, cited=cited),
    )


def _dissenters(form: Form) -> list[Row]:
    return list(form.where("people", "dissents"))


def _factions(form: Form) -> Node | None:
    """The dissenters of each party as a named group."""
    groups: dict[str, list[Row]] = {}
    for row in _dissenters(form):
        groups.setdefault(str(row.get("party")), []).append(row)
    return _list(
        _node(
            rows[0],
            id=_plain(f"dissenters_{party}", form),
            name=_plain("dissenters", form),
            party=rows[0].node("party"),
            members=Node(rows[0].place, [row.node("id") for row in rows]),
        )
        for party, rows in groups.items()
    )


def _body(form: Form, row: Row) -> Node:
    called = bool(row.get("must_be_called"))
    sitting = [person for person in form.rows["people"] if row.get("id") in (person.get("bodies") or [])]
    seats = [
        _node(
            person,
            actor=person.node("id"),
            weight=person.node("members") if (person.get("members") or 1) != 1 else None,
        )
        for person in sitting
    ]
    return _node(
        row,
        id=_cell(row, "id"),
        name=_text(row, "name"),
        kind=_cell(row, "kind"),
        party=_cell(row, "party"),
        rule=_cell(row, "rule"),
        quorum=_cell(row, "quorum"),
        convened=row.node("must_be_called", not called) if called else None,
        seats=Node(row.place, list(seats)) if seats else None,
    )


def _posts(form: Form, *, cited: bool) -> Node | None:
    cabinet = next((body for body in form.rows["bodies"] if body.get("kind") == "cabinet"), None)
    rows = list(form.where("people", "post"))
    if not rows:
        return None
    if cabinet is None:
        hint = "add a body of the kind cabinet, in which posts are held"
        raise ScenarioError.one("WC158", "there are posts, but no cabinet", hint, rows[0].at("post"))
    return _list(
        _node(
            row,
            id=row.node("post", f"post_{row.get('id')}"),
            name=_text(row, "post"),
            body=cabinet.node("id"),
            portfolio=_plain(round(1.0 / len(rows), 3), form),
            holder=row.node("id"),
            **{key: value for key, value in _reason(row, form, cited=cited).items() if key != "note"},
        )
        for row in rows
    )


def _table(form: Form) -> Node | None:
    row, sides = form.crisis, list(form.where("parties", "negotiates"))
    if row.get("talks_open") is None or len(sides) < 2:
        return None
    menu = [one.node("id") for one in form.rows["options"] if str(one.get("role") or "").lower() not in ("now", "fall")]
    return _node(
        row,
        id=_plain("talks", form),
        name=_plain("talks", form),
        sides=Node(sides[0].place, [_node(side, party=side.node("id")) for side in sides]),
        menu=Node(row.place, list(menu)),
        opens=_cell(row, "talks_open"),
        closes=_cell(row, "talks_close") or _cell(row, "last_day"),
    )


def _election(form: Form) -> Node | None:
    row = form.crisis
    if row.get("confidence_body") is None or not (row.get("dissolution") or row.get("election_due")):
        return None
    polls = {str(one.get("id")): one.node("polls") for one in form.where("parties", "polls")}
    return _node(
        row,
        body=_cell(row, "confidence_body"),
        possible=_cell(row, "dissolution"),
        due=_cell(row, "election_due"),
        polls=Node(row.place, dict(polls), {key: node.place for key, node in polls.items()}) if polls else None,
    )


def _motions(form: Form, disputed: Row | None) -> Node | None:
    """A vote of no confidence, and one on the disputed measure, in the body that can bring the government down."""
    row = form.crisis
    kinds = str(Motion.model_fields["kind"].annotation)
    found = []
    body = _cell(row, "confidence_body")
    if body is not None:
        kind = "no_confidence" if "no_confidence" in kinds else "confidence"
        found.append(_node(row, id=_plain(kind, form), name=_plain(kind.replace("_", " "), form), body=body,
                           kind=_plain(kind, form)))  # fmt: skip
    if body is not None and disputed is not None:
        decides = {"kind": "measure", "attach": "may"} if "measure" in kinds else {"kind": "settlement"}
        about = Node(disputed.place, [disputed.node("id")]) if "measure" in kinds else disputed.node("id")
        found.append(
            _node(
                disputed,
                id=_plain("measure", form),
                name=_text(disputed, "name"),
                body=body,
                **{key: _plain(value, form) for key, value in decides.items()},
                **{"options" if "measure" in kinds else "settlement": about},
            )
        )
    for called in form.where("bodies", "must_be_called"):
        principal = next(
            (one for one in form.where("bodies", "sets_line") if one.get("party") == called.get("party")), None
        )
        if principal is not None:
            found.append(
                _node(called, id=_plain(f"call_{called.get('id')}", form), name=_plain("call the congress", form),
                      body=principal.node("id"), kind=_plain("congress", form))
            )  # fmt: skip
    return _list(found)


def _roles(form: Form, disputed: Row | None) -> Node:
    row = form.crisis
    dissenters = [one.node("id") for one in _dissenters(form)]
    if not dissenters:
        hint = "write yes in the column dissents of those at odds with the line on the first day"
        place = form.rows["people"][0].place if form.rows["people"] else Place(form.file)
        raise ScenarioError.one("WC158", "nobody dissents", hint, place)
    return _node(
        row,
        focal=_cell(row, "focal"),
        leader=_cell(row, "leader"),
        dissenters=Node(dissenters[0].place, list(dissenters)),
        measure=disputed.node("id") if disputed is not None else None,
    )


def _answers(form: Form) -> Node | None:
    found = {}
    for row in form.where("happened", "answer"):
        answer = str(row.get("answer")).strip().lower()
        if row.get("date") is None:
            value: Any = answer
        else:
            doubtful = answer.startswith("doubtful")
            value = {"answer": answer.removeprefix("doubtful").strip() or None, "date": row.get("date")}
            value |= {"doubtful": True} if doubtful else {}
        found[str(row.get("question"))] = from_plain(value, row.at("answer"))
    places = {str(row.get("question")): row.at("question") for row in form.rows["happened"]}
    first = next(iter(found.values()), None)
    return None if first is None else Node(first.place, dict(found), {key: places[key] for key in found})
