"""Writing sections of a scenario as YAML, and putting them into a file in the place of the old ones."""

from __future__ import annotations

import io
import re
from typing import Any

import yaml

from whipcount.errors import Place, ScenarioError

from .yaml_nodes import Node, scalar


class _Dumper(yaml.SafeDumper):
    """Writes YAML that versions 1.1 and 1.2 read alike: dates plain, every doubtful text in quotes."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - PyYAML's hook
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> Any:  # noqa: ARG002 - PyYAML's hook
        return super().increase_indent(flow, False)


_Dumper.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith("timestamp")]
    for first, resolvers in yaml.SafeDumper.yaml_implicit_resolvers.items()
}


def _text(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
    doubtful = scalar(value) != value or value != value.strip()
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style='"' if doubtful or "\n" in value else None)


_Dumper.add_representer(str, _text)


def section_text(key: str, value: Any, *, compact: bool = False) -> str:
    """A top-level section: records as blocks, what is inside them on a line as far as it fits.

    compact: each record of a list, or value of a mapping, on a line of its own, or on as few as it needs.
    """
    stream = io.StringIO()
    dumper = _Dumper(stream, allow_unicode=True, sort_keys=False, default_flow_style=None, width=110)
    try:
        root: Any = dumper.represent_data({key: value})
        root.flow_style = False  # the section itself is never put on one line, however little is in it
        for _, section in root.value if compact else ():
            inside = section.value if isinstance(section, yaml.CollectionNode) else ()
            for entry in [one[1] if isinstance(one, tuple) else one for one in inside]:
                if isinstance(entry, yaml.CollectionNode):
                    entry.flow_style = True
        dumper.open()
        dumper.serialize(root)
        dumper.close()
    finally:
        dumper.dispose()
    return stream.getvalue()


def replace_section(text: str, root: Node, key: str, written: str) -> str:
    """The text with a top-level section replaced, or added at its end; comments of other sections stay.

    `root` is the tree of `text`. Comments between two sections belong to the one below.
    """
    lines = text.splitlines(keepends=True)
    ending = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    written = written.replace("\n", ending)
    if any(place.column != 1 for place in root.keys.values()):
        raise ScenarioError.one(
            "WC154",
            "the sections of the file do not start in the first column, so one cannot be replaced",
            "write each section as `name:` at the start of a line",
            Place(root.place.file, root.place.line, root.place.column),
        )
    if key not in root.keys:
        if lines and not lines[-1].endswith(("\n", "\r")):
            lines[-1] += ending
        end = len(lines)
        while end and lines[end - 1].strip() in ("", "..."):
            end -= 1
        return "".join([*lines[:end], written, *lines[end:]])
    start = root.keys[key].line - 1
    following = [place.line - 1 for place in root.keys.values() if place.line - 1 > start]
    end = min(following, default=len(lines))
    while end > start + 1 and re.match(r"\s*$|#|\.\.\.", lines[end - 1]):
        end -= 1
    return "".join([*lines[:start], written, *lines[end:]])
