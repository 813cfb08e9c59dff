"""docs/reference/tasks.md from the descriptions of the tasks; run as a program, it writes the page."""

from __future__ import annotations

from pathlib import Path

from whipcount.charts import MATERIAL, modules
from whipcount.mechanisms import all_mechanisms
from whipcount.task import Input, Task, all_tasks
from whipcount.text import speaking

PAGE = Path(__file__).parent / "reference" / "tasks.md"
HEAD = """# Tasks

What is described once and asked in three ways: as a command, as a function of `import whipcount`, and, where it
says so, on the explorer's Count page. Written by `python docs/tasks_page.py`, and held to the program by a test.
"""


def page() -> str:
    """The page, a section for each task in the order of the commands."""
    with speaking("en"):
        return HEAD + "".join(section(task) for task in all_tasks()) + charts() + mechanisms()


def charts() -> str:
    """Every chart: its name, what it shows, what it draws."""
    lines = ["", "## Charts", "", "A result draws itself with `.chart()`, a command with `--chart FILE`. Runs draw "]
    lines[-1] += 'theirs by name: `results.chart("readiness")`.'
    lines += ["", "| chart | drawn of | |", "|---|---|---|"]
    for module in modules():
        kinds = ["runs" if name == MATERIAL else f"`{name.rpartition('.')[2]}`" for name in module.DRAWS]
        lines.append(f"| `{module.__name__.rpartition('.')[2]}` | {', '.join(kinds)} | {first_line(module)} |")
    return "\n".join(lines) + "\n"


def mechanisms() -> str:
    """Every mechanism: its name, its rule, its literature. `whipcount odd SCENARIO` has them in full."""
    lines = ["", "## Mechanisms", "", "`whipcount odd SCENARIO` tells each with its parameters and states."]
    lines += ["", "| mechanism | rule | literature |", "|---|---|---|"]
    for name, kind in sorted(all_mechanisms().items()):
        lines.append(f"| `{name}` | {first_line(kind)} | {', '.join(kind.references)} |")
    return "\n".join(lines) + "\n"


def first_line(told: object) -> str:
    """The first paragraph of a docstring on one line."""
    return " ".join((told.__doc__ or "").strip().split("\n\n")[0].split()).replace("|", "\\|")


def section(task: Task) -> str:
    """A task: what it does, how it is called, its inputs."""
    lines = ["", f"## {task.name}", "", task.help, "", f"Command `whipcount {task.name}`; in Python `{python(task)}`"]
    lines[-1] += f"; on the Count page as “{task.form.title}”." if task.form is not None else "."
    lines += ["", "| Python | command | given as | default | |", "|---|---|---|---|---|"]
    lines += [row(one) for one in task.inputs]
    if task.examples:
        lines += ["", "```text", *task.examples, "```"]
    return "\n".join(lines) + "\n"


def python(task: Task) -> str:
    """How Python calls a task."""
    needed = [one.name for one in task.inputs if one.option.argument or one.default is ...]
    return f"whipcount.{task.python}({', '.join([*needed, '...'])})"


def row(one: Input) -> str:
    """An input as a line of the table."""
    flag = one.option.metavar if one.option.argument else ", ".join([*one.option.short, one.flag])
    default = "" if one.default in (..., None, "", False, ()) else f"`{one.default}`"
    cells = [f"`{one.name}`", f"`{flag}`", one.kind.name, default, one.option.help]
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
