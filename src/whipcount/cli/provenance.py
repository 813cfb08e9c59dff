"""`whipcount sources` and `whipcount accounts`: what rests on which source, and where the sources disagree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from whipcount.table import Column, Shown, Table
from whipcount.text import say

from .options import account_option, json_option, load_scenario, scenario_argument
from .output import help_text, show

if TYPE_CHECKING:
    from whipcount.scenario import AccountComparison, Provenance

ORDER = 27


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(
        "sources",
        help=help_text(
            "Show what rests on which source. Reported facts, narrators' judgements and assumptions are counted apart.",
            "whipcount sources november-1917",
            "whipcount sources november-1917 --source B",
            "whipcount sources november-1917 --assumed",
        ),
    )(sources)
    app.command(
        "accounts",
        help=help_text(
            "Compare the accounts of the sources. What they dispute, and which values of the model differ.",
            "whipcount accounts november-1917",
            "whipcount accounts november-1917 --json",
        ),
    )(accounts)


def sources(
    scenario: Annotated[str, scenario_argument()],
    source: Annotated[
        str | None,
        typer.Option(
            help=say("everything that one source is cited for"),
            metavar="ID",
            show_default=False,
        ),
    ] = None,
    assumed: Annotated[bool, typer.Option("--assumed", help=say("the assumptions, with their reasons"))] = False,
    account: Annotated[str | None, account_option()] = None,
    as_json: Annotated[bool, json_option()] = False,
) -> None:
    """Print one line a source, or all statements of one source, or all assumptions."""
    from whipcount.errors import ScenarioError
    from whipcount.scenario import provenance
    from whipcount.scenario.hints import did_you_mean

    layer = provenance(load_scenario(scenario, account))
    ids = [each.id for each in layer.sources]
    if source is not None and source not in ids:
        raise ScenarioError.one("WC144", f"the scenario has no source '{source}'", did_you_mean(source, ids))
    shown: list[Table] = []
    if source is not None:
        shown.append(_statements(layer, source))
    if assumed:
        shown.append(_assumptions(layer))
    show(shown or [_summary(layer)], as_json=as_json, scenario=layer.scenario, assumed_values=len(layer.assumed))


def _summary(layer: Provenance) -> Table:
    columns = (
        Column("id", say("id")),
        Column("title", say("title"), wide=True),
        Column("author", say("author")),
        Column("year", say("year"), right=True),
        Column("account", say("an account"), priority=2),
        Column("facts", say("reported facts"), right=True),
        Column("judgements", say("judgements"), right=True),
        Column("rests", say("cited for")),
    )
    rows = tuple(
        (
            each.id,
            each.title.in_language(),
            each.author,
            each.year,
            each.account,
            each.facts,
            each.judgements,
            Shown(dict(each.sections), ", ".join(f"{section} {number}" for section, number in each.sections)),
        )
        for each in layer.sources
    )
    number = len(layer.assumed)
    note = say("{number} values or records are assumed, each with its reason: --assumed lists them", number=number)
    return Table("sources", say("Sources"), columns, rows, note)


def _statements(layer: Provenance, source: str) -> Table:
    columns = (
        Column("path", say("what")),
        Column("where", say("place in the source")),
        Column("kind", say("kind")),
        Column("note", say("paraphrase"), wide=True),
        Column("line", say("line"), right=True),
    )
    kinds = {"fact": say("reported fact"), "judgement": say("judgement")}
    rows = tuple(
        (each.path, each.where, Shown(each.kind, kinds.get(each.kind, each.kind)), each.note, each.line)
        for each in layer.of_source(source)
    )
    return Table("statements", say("Resting on {source}", source=source), columns, rows)


def _assumptions(layer: Provenance) -> Table:
    columns = (
        Column("path", say("what")),
        Column("reason", say("reason"), wide=True),
        Column("line", say("line"), right=True),
    )
    rows = tuple((each.path, each.reason, each.line) for each in layer.assumed)
    return Table("assumed", say("Assumed"), columns, rows)


def accounts(scenario: Annotated[str, scenario_argument()], as_json: Annotated[bool, json_option()] = False) -> None:
    """Print each dispute in the words of each account, then the values that differ."""
    from whipcount.scenario import compare_accounts

    compared = compare_accounts(load_scenario(scenario))
    names = {name: text.in_language() for name, text in compared.accounts}
    show([_disputes(compared, names), _differences(compared, names)], as_json=as_json, scenario=compared.scenario)


def _disputes(compared: AccountComparison, names: dict[str, str]) -> Table:
    columns = (
        Column("variant", say("matter")),
        Column("name", say("name"), priority=2),
        Column("account", say("account")),
        Column("choice", say("choice")),
        Column("text", say("in its words, paraphrased"), wide=True),
        Column("source", say("source")),
    )
    rows = tuple(
        (
            dispute.variant,
            dispute.name.in_language(),
            Shown(version.account, names[version.account]),
            version.choice,
            version.text.in_language(),
            tuple(f"{each.source}:{each.where}" for each in version.evidence),
        )
        for dispute in compared.disputes
        for version in dispute.versions
    )
    return Table("disputes", say("What the accounts dispute"), columns, rows)


def _differences(compared: AccountComparison, names: dict[str, str]) -> Table:
    columns = (
        Column("path", say("value")),
        Column("base", say("base")),
        *(Column(name, title) for name, title in names.items()),
        Column("differs", say("differs")),
    )
    rows = tuple(
        (each.path, _value(each.base), *(_value(each.values[name]) for name in names), each.differs)
        for each in compared.differences
    )
    return Table("differences", say("What they change in the model"), columns, rows)


def _value(value: object) -> Shown:
    """A value of the file as people read it."""
    import json

    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return Shown(value, "–" if value is None else str(text).replace('"', ""))
