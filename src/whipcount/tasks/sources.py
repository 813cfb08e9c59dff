"""What rests on which source, and where the sources disagree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from whipcount.errors import ScenarioError
from whipcount.table import Column, Shown, Table
from whipcount.task import Option, task
from whipcount.text import mark, say

from ._listed import Listed
from ._scenario import Account, Scenario, scenario_of

if TYPE_CHECKING:
    from whipcount.scenario import AccountComparison, Provenance


@task(
    "sources",
    mark("Show what rests on which source. Reported facts, narrators' judgements and assumptions are counted apart."),
    "whipcount sources november-1917",
    "whipcount sources november-1917 --source B",
    "whipcount sources november-1917 --assumed",
    order=27,
)
def sources(
    scenario: Scenario,
    source: Annotated[str | None, Option("everything that one source is cited for", metavar="ID")] = None,
    assumed: Annotated[bool, Option("the assumptions, with their reasons")] = False,
    account: Account = None,
) -> Listed:
    """A row for each source, or all statements of one, or all assumptions (WC144)."""
    from whipcount.scenario import provenance
    from whipcount.scenario.hints import did_you_mean

    layer = provenance(scenario_of(scenario, account))
    ids = [each.id for each in layer.sources]
    if source is not None and source not in ids:
        raise ScenarioError.one("WC144", f"the scenario has no source '{source}'", did_you_mean(source, ids))
    shown = [_statements(layer, source)] if source is not None else []
    shown += [_assumptions(layer)] if assumed else []
    head = {"scenario": layer.scenario, "assumed_values": len(layer.assumed)}
    return Listed(head, tuple(shown or [_summary(layer)]))


def _summary(layer: Provenance) -> Table:
    columns = (
        Column("id", "id"),
        Column("title", "title", wide=True),
        Column("author", "author"),
        Column("year", "year", right=True),
        Column("account", "an account", priority=2),
        Column("facts", "reported facts", right=True),
        Column("judgements", "judgements", right=True),
        Column("rests", "cited for"),
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
        Column("path", "what"),
        Column("where", "place in the source"),
        Column("kind", "kind"),
        Column("note", "paraphrase", wide=True),
        Column("line", "line", right=True),
    )
    kinds = {"fact": say("reported fact"), "judgement": say("judgement")}
    rows = tuple(
        (each.path, each.where, Shown(each.kind, kinds.get(each.kind, each.kind)), each.note, each.line)
        for each in layer.of_source(source)
    )
    return Table("statements", say("Resting on {source}", source=source), columns, rows)


def _assumptions(layer: Provenance) -> Table:
    columns = (
        Column("path", "what"),
        Column("reason", "reason", wide=True),
        Column("line", "line", right=True),
    )
    rows = tuple((each.path, each.reason, each.line) for each in layer.assumed)
    return Table("assumed", say("Assumed"), columns, rows)


@task(
    "accounts",
    mark("Compare the accounts of the sources. What they dispute, and which values of the model differ."),
    "whipcount accounts november-1917",
    "whipcount accounts november-1917 --json",
    order=27,
)
def accounts(scenario: Scenario) -> Listed:
    """Each dispute in the words of each account, then the values that differ."""
    from whipcount.scenario import compare_accounts

    compared = compare_accounts(scenario_of(scenario))
    names: dict[str, Any] = {name: text.in_language() for name, text in compared.accounts}
    return Listed({"scenario": compared.scenario}, (_disputes(compared, names), _differences(compared, names)))


def _disputes(compared: AccountComparison, names: dict[str, str]) -> Table:
    columns = (
        Column("variant", "matter"),
        Column("name", "name", priority=2),
        Column("account", "account"),
        Column("choice", "choice"),
        Column("text", "in its words, paraphrased", wide=True),
        Column("source", "source"),
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
        Column("path", "value"),
        Column("base", "base"),
        *(Column(name, title) for name, title in names.items()),
        Column("differs", "differs"),
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
