"""What is vendored, put into a list of components (CycloneDX): `python tools/sbom.py build/sbom.json`."""

from __future__ import annotations

import json
import sys
import tomllib
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]


def vendored() -> list[dict[str, Any]]:
    """Every file that was written elsewhere, as vendored.toml has it."""
    entries: list[dict[str, Any]] = tomllib.loads((PROJECT / "vendored.toml").read_text(encoding="utf-8"))["vendored"]
    return entries


def component(entry: dict[str, Any]) -> dict[str, Any]:
    """A vendored file as CycloneDX names it."""
    licence = entry["licence"]
    made: dict[str, Any] = {
        "type": "library" if "purl" in entry else "file",
        "bom-ref": f"vendored:{entry['path']}",
        "name": entry["name"],
        "version": entry["version"],
        "scope": "required" if entry["shipped"] else "excluded",
        "hashes": [{"alg": "SHA-256", "content": entry["sha256"]}],
        "externalReferences": [{"type": "vcs", "url": entry["source"]}],
        "properties": [{"name": "whipcount:path", "value": entry["path"]}],
    }
    if licence != "NOASSERTION":
        made["licenses"] = [{"license": {"id": licence}}]
    if "purl" in entry:
        made["purl"] = entry["purl"]
    return made


def with_vendored(bom: dict[str, Any]) -> dict[str, Any]:
    """A list of components with those that are vendored."""
    kept = [one for one in bom.get("components", []) if not str(one.get("bom-ref", "")).startswith("vendored:")]
    return {**bom, "components": [*kept, *map(component, vendored())]}


def main() -> None:
    """Rewrite the list that was given."""
    path = Path(sys.argv[1])
    bom = with_vendored(json.loads(path.read_text(encoding="utf-8")))
    path.write_text(json.dumps(bom, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
