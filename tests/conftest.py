"""What all tests share: property tests draw the same examples in every check of a change, and new ones by hand."""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("check", derandomize=True, deadline=None)
settings.register_profile("explore", deadline=None)
# Most tests compile many models for few runs each; the numbers are the same whatever the compiler optimizes.
os.environ.setdefault("CC", "cc -O1")
settings.load_profile("check" if os.environ.get("CI") else "explore")
