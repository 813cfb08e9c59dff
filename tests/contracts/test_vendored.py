"""What was written elsewhere is listed with its source, version and licence, and nothing of that kind is unlisted."""

from __future__ import annotations

import hashlib
import re
import sys

from source_tree import PROJECT

sys.path.insert(0, str(PROJECT / "tools"))
import sbom

# what a file says that somebody else wrote, or what nobody writes by hand
FOREIGN = re.compile(r"copyright \(c\)|@license|licensed under|sourcemappingurl|spdx-license-identifier", re.IGNORECASE)
MADE_ELSEWHERE = (
    ".min.js",
    ".min.css",
    ".woff",
    ".woff2",
    ".ttf",
    ".otf",
    ".eot",
    ".geojson",
    ".topojson",
    ".wasm",
    ".so",
)
VENDOR_FOLDERS = ("vendor", "axe", "third_party")
LOOKED_AT = ("src", "docs", "tests", "tools", "benchmarks", "examples")
PLAIN = (".js", ".css", ".html", ".c", ".h", ".csv", ".svg", ".json", ".txt")


def listed() -> set[str]:
    """Files of the list, with the licences that lie beside them."""
    beside = {entry["licence_file"] for entry in sbom.vendored() if "licence_file" in entry}
    return {entry["path"] for entry in sbom.vendored()} | beside | {"tests/browser/axe/LICENSE-3RD-PARTY.txt"}


def test_the_list_is_of_the_files_that_are_there() -> None:
    for entry in sbom.vendored():
        assert all(entry[name] for name in ("name", "version", "licence"))
        assert entry["source"].startswith("https://")
        content = (PROJECT / entry["path"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == entry["sha256"], (
            f"{entry['path']}: another version than is listed"
        )
        if "licence_file" in entry:
            assert (PROJECT / entry["licence_file"]).stat().st_size > 300
        if entry["path"].endswith(".js"):
            assert entry["version"].encode() in content


def test_nothing_vendored_is_unlisted() -> None:
    known, found = listed(), []
    for root in LOOKED_AT:
        for path in sorted((PROJECT / root).rglob("*")):
            name = path.relative_to(PROJECT).as_posix()
            if not path.is_file() or "__pycache__" in name or name in known:
                continue
            foreign = name.endswith(MADE_ELSEWHERE) or set(path.parts[:-1]) & set(VENDOR_FOLDERS)
            if not foreign and path.suffix in PLAIN:
                said = FOREIGN.search(path.read_text(encoding="utf-8", errors="replace")[:5_000])
                foreign = said is not None
            if foreign:
                found.append(name)
    assert found == []


def test_the_components_have_what_is_vendored() -> None:
    bom = sbom.with_vendored({"components": [{"bom-ref": "numpy==2.0.0", "name": "numpy"}]})
    names = {one["name"]: one for one in bom["components"]}
    assert {"numpy", "htmx", "axe-core"} <= names.keys()
    assert names["htmx"]["licenses"] == [{"license": {"id": "0BSD"}}]
    assert sbom.with_vendored(bom) == bom
