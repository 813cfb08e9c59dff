"""What a crisis is: scenario files, read with every mistake named by line and column.

loaded = load("two-bodies", set={"bodies.council.quorum": 5})
loaded.scenario.bodies
"""

from __future__ import annotations

from .compare_accounts import AccountComparison, compare_accounts
from .json_schema import json_schema
from .loader import LoadedScenario, check_file, load, names
from .overrides import Override, parse_settings
from .provenance import Provenance, provenance
from .scaffold import scaffold
from .schema import Scenario
from .sheets.form import empty_form
from .sheets.form_reading import scenario_from_sheet

__all__ = [
    "AccountComparison",
    "LoadedScenario",
    "Override",
    "Provenance",
    "Scenario",
    "check_file",
    "compare_accounts",
    "empty_form",
    "json_schema",
    "load",
    "names",
    "parse_settings",
    "provenance",
    "scaffold",
    "scenario_from_sheet",
]
