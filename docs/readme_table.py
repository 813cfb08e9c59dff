"""The README's table of outcomes, from a run folder: `python docs/readme_table.py RUN` writes it into README.md.

The folder is that of `whipcount run november-1917 --out RUN` (10,000 runs, seed 1); `tests/docs/test_readme_table.py`
holds the table against such a run. README.ru.md has the same table in Russian, made from the English one.
"""

from __future__ import annotations

import sys
from pathlib import Path

from whipcount.results import OutcomeSummary, Results, open_run
from whipcount.scenario import load

README = Path(__file__).parent.parent / "README.md"
RUSSIAN = README.with_name("README.ru.md")
START, END = "<!-- outcomes: start -->", "<!-- outcomes: end -->"
SHOWN = (
    "talks_fail",
    "mandate_flips",
    "council_backs_coalition",
    "ultimatum_in_time",
    "signers_8_to_12",
    "four_to_six_leave_committee",
    "none_leaves_party",
    "three_to_five_leave_posts",
    "one_signs_and_stays",
    "answer_by_resigning",
    "no_expulsion",
    "no_congress",
    "no_centre",
    "partner_enters",
    "leavers_reconcile",
    "partner_leaves_in_march",
    "government_survives",
)


def _row(outcome: OutcomeSummary) -> str:
    low, high = outcome.interval
    happened = "yes" if outcome.happened is True else "no" if outcome.happened is False else str(outcome.happened)
    use = {"calibrate": "may calibrate", "holdout": "held out", "report": "reported"}[outcome.use]
    cells = (outcome.label.en, f"{outcome.estimate:.3f}", f"{low:.3f}–{high:.3f}", happened, use, outcome.source)
    return f"| {' | '.join(cells)} |"


def table(results: Results) -> str:
    """The table as Markdown, between its markers."""
    rows = [_row(results.outcome(name)) for name in SHOWN]
    head = ["| outcome | model | 95% | happened | use | source |", "|---|---|---|---|---|---|"]
    return "\n".join([START, *head, *rows, END])


# words of the table in Russian; labels of outcomes are those of the scenario
WORDS = {
    "outcome": "исход",
    "model": "модель",
    "95%": "95 %",
    "happened": "было",
    "use": "назначение",
    "source": "источник",
    "yes": "да",
    "no": "нет",
    "may calibrate": "для калибровки",
    "held out": "отложен",
    "reported": "для сведения",
}


def shown(text: str) -> str:
    """The table of a README, with its markers."""
    return START + text.split(START)[1].split(END)[0] + END


def in_russian(english: str) -> str:
    """An English table in Russian: words, labels and the decimal comma; sources as they are called."""
    labels = {one.name.en: one.name.ru for one in load("november-1917").scenario.outcomes}
    lines = []
    for line in english.splitlines():
        cells = line.removeprefix("| ").removesuffix(" |").split(" | ")
        if len(cells) == 6:
            *told, source = cells
            told = [str(labels.get(one) or WORDS.get(one) or one.replace(".", ",")) for one in told]
            line = f"| {' | '.join([*told, WORDS.get(source, source)])} |"
        lines.append(line)
    return "\n".join(lines)


def replace(text: str, new: str) -> str:
    """The text with the part between the markers replaced."""
    before, rest = text.split(START)
    return before + new + rest.split(END)[1]


if __name__ == "__main__":
    english = table(open_run(sys.argv[1])) if sys.argv[1:] else shown(README.read_text(encoding="utf-8"))
    for page, new in ((README, english), (RUSSIAN, in_russian(english))):
        page.write_text(replace(page.read_text(encoding="utf-8"), new), encoding="utf-8")
