"""docs/reference/tasks.md from the descriptions of the tasks; run as a program, it writes the page."""

from __future__ import annotations

from pathlib import Path

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
        return HEAD + "".join(section(task) for task in all_tasks())


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
