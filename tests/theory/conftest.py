"""What tests of solvers share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from whipcount.session import using
from whipcount.theory import rollcall_votes


@pytest.fixture(params=["compiled", "numpy"])
def backend(request: pytest.FixtureRequest) -> Iterator[str]:
    """Both ways of computing; the compiled one where there is a compiler."""
    with using(backend=request.param):
        if request.param == "compiled" and rollcall_votes.library() is None:
            pytest.skip("no C compiler")
        yield request.param
