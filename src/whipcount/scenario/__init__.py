"""What a crisis is: scenario files, read with every mistake named by line and column.

loaded = load("two-bodies", set={"bodies.council.quorum": 5})
loaded.scenario.bodies
"""

from __future__ import annotations

from .loader import LoadedScenario, check_file, load, names
from .overrides import Override, parse_settings
from .schema import Scenario

__all__ = ["LoadedScenario", "Override", "Scenario", "check_file", "load", "names", "parse_settings"]
