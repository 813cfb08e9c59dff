"""Each row is shown on a historical crisis and on an invented one."""

from __future__ import annotations

import pytest
from crises import NAMES, Crisis, crisis


@pytest.fixture(params=NAMES)
def shown(request: pytest.FixtureRequest) -> Crisis:
    """One of the crises, with its ensemble."""
    return crisis(request.param)
