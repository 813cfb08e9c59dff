"""The ledger of claims as a page: each claim paraphrased, its source, how it was tested, the verdict, the caveats."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from whipcount.charts import theme
from whipcount.text import language, say

if TYPE_CHECKING:
    from whipcount.questions.claims_ledger import Apportioned, Entry, Ledger

FORMATS = (".html", ".md")


def write_page(ledger: Ledger, path: Path) -> None:
    """Write the ledger as HTML or Markdown, by the file's ending (WC620)."""
    from whipcount.errors import UsageError
    from whipcount.store import write_whole

    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        raise UsageError.one("WC620", f"{path.name}: a ledger is written as {', '.join(FORMATS)}", "name such a file")
    text = html(ledger) if suffix == ".html" else markdown(ledger)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, text.encode())


def sections(ledger: Ledger) -> list[tuple[str, list[Entry]]]:
    """Judgements, reported facts and what cannot be tested, apart."""
    tested = [entry for entry in ledger.entries if entry.verdict != "untestable"]
    parts = [
        (say("Narrators' judgements"), [e for e in tested if e.judgement]),
        (say("Reported facts"), [e for e in tested if not e.judgement]),
        (
            say("Not testable in this model"),
            [entry for entry in ledger.entries if entry.verdict == "untestable"],
        ),
    ]
    return [(heading, entries) for heading, entries in parts if entries]


def title_of(ledger: Ledger) -> str:
    """The page's title."""
    title = ledger.title.in_language()
    return say("{title}: the claims of the sources, tested", title=title)


def method(ledger: Ledger) -> list[str]:
    """How to read the verdicts."""
    return [
        *ledger.words().splitlines(),
        say(
            "Supported: changing what the claim names moves the outcome as claimed, the 95% interval clear "
            "of zero, in at least four of five parameter draws that show an effect. Contradicted: it moves "
            "the other way, or not at all. Built in: the sign is the same in every draw of the prior, so "
            "that the model assumes what is claimed. A verdict is about the model; it is about history only "
            "as far as the model is."
        ),
    ]


def verdict_of(entry: Entry) -> str:
    """The verdict in the reader's language."""
    from whipcount.questions.claims_ledger import VERDICTS

    return say(VERDICTS[entry.verdict])


def kind_of(entry: Entry) -> str:
    """What sort of statement it is."""
    from whipcount.questions.claims_ledger import KINDS

    return say(KINDS[entry.kind])


def apportioned_rows(found: Apportioned, binary: bool) -> list[tuple[str, str, str]]:
    """Cause, its share of the joint effect, its effect alone; then the joint effect and the interaction."""
    from whipcount.counterfactual.verdicts import Estimate

    scale, digits = (100.0, 1) if binary else (1.0, 3)

    def told(one: Estimate) -> str:
        low, high = scale * one.low, scale * one.high
        return f"{scale * one.effect:+.{digits}f} ({low:+.{digits}f} … {high:+.{digits}f})"

    rows = [("; ".join(cause.do), told(cause.share), told(cause.alone)) for cause in found.causes]
    rows.append((say("all together"), told(found.joint), "–"))
    rows.append((say("interaction"), "–", told(found.interaction)))
    return rows


def _heads() -> tuple[str, str, str]:
    return (
        say("Cause taken away or changed"),
        say("Share of the joint effect (Shapley)"),
        say("Alone"),
    )


def markdown(ledger: Ledger) -> str:
    """The ledger as Markdown."""
    lines = [f"# {title_of(ledger)}", "", *_between(method(ledger)), ""]
    for heading, entries in sections(ledger):
        lines += [f"## {heading}", ""]
        for entry in entries:
            lines += [f"### {entry.text.in_language()}", ""]
            lines += [f"*{entry.source}; {kind_of(entry)}; `{entry.id}`*", ""]
            lines += [f"**{verdict_of(entry)}.** {entry.finding_in_words()}", ""]
            if entry.outcome is not None:
                lines += [say("Test: ") + entry.test_in_words(), ""]
            lines += [f"- {caveat}" for caveat in entry.caveats()]
            if entry.apportioned is not None:
                heads = _heads()
                lines += ["", f"| {' | '.join(heads)} |", "|---|---|---|"]
                lines += [f"| {' | '.join(row)} |" for row in apportioned_rows(entry.apportioned, entry.binary)]
            lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _between(paragraphs: Sequence[str]) -> list[str]:
    """Paragraphs with an empty line between them."""
    return "\n\n".join(paragraphs).split("\n")


def html(ledger: Ledger) -> str:
    """The ledger as one page that asks no host for anything."""
    title = escape(title_of(ledger))
    parts = [f"<h1>{title}</h1>", *(f"<p>{escape(text)}</p>" for text in method(ledger))]
    for heading, entries in sections(ledger):
        parts.append(f"<h2>{escape(heading)}</h2>")
        parts += [_entry(entry) for entry in entries]
    return _PAGE.format(
        language=language(),
        title=title, body="\n".join(parts), font=theme.FONT, ink=theme.INK, muted=theme.MUTED,
        rule=theme.RULE, wash=theme.WASH)  # fmt: skip


def _entry(entry: Entry) -> str:
    parts = [
        f'<article id="{escape(entry.id)}"><h3>{escape(entry.text.in_language())}</h3>',
        f'<p class="source">{escape(entry.source)}; {escape(kind_of(entry))}</p>',
        f"<p><strong>{escape(verdict_of(entry))}.</strong> {escape(entry.finding_in_words())}</p>",
    ]
    if entry.outcome is not None:
        test = say("Test: ") + entry.test_in_words()
        parts.append(f'<p class="test">{escape(test)}</p>')
    caveats = entry.caveats()
    if caveats:
        parts.append("<ul>" + "".join(f"<li>{escape(text)}</li>" for text in caveats) + "</ul>")
    if entry.apportioned is not None:
        heads = "".join(f'<th scope="col">{escape(text)}</th>' for text in _heads())
        rows = "".join(
            f'<tr><th scope="row">{escape(name)}</th><td>{escape(share)}</td><td>{escape(alone)}</td></tr>'
            for name, share, alone in apportioned_rows(entry.apportioned, entry.binary)
        )
        parts.append(f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>")
    return "\n".join(parts) + "</article>"


_PAGE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font-family: {font}; color: {ink}; line-height: 1.5; margin: 2rem auto; max-width: 46rem; padding: 0 1rem; }}
h1 {{ font-size: 1.6rem; }} h2 {{ border-bottom: 1px solid {rule}; margin-top: 2.5rem; }}
h3 {{ font-size: 1.05rem; margin-bottom: 0.2rem; }}
article {{ break-inside: avoid; margin-bottom: 1.6rem; }}
.source, .test {{ color: {muted}; margin: 0.2rem 0; }}
table {{ border-collapse: collapse; font-size: 0.9rem; }}
th, td {{ border-bottom: 1px solid {rule}; padding: 0.25rem 0.7rem 0.25rem 0; text-align: left; font-weight: normal; }}
thead th {{ background: {wash}; }}
</style>
</head>
<body>
{body}
</body>
</html>
"""
