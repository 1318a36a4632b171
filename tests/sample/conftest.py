"""A small company and a large one, made once."""

from __future__ import annotations

import pytest

from cxlib.sample.company import Company, make_company


@pytest.fixture(scope="session")
def company() -> Company:
    return make_company(customers=800, seed=5)


@pytest.fixture(scope="session")
def large() -> Company:
    """Large enough to read the chances to answer from the data; feelings do not count in it."""
    return make_company(customers=60_000, seed=6, strong_feelings=0)
