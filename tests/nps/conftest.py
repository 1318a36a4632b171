"""What tests of NPS share: no garbage is collected where that would take most of the time."""

import pytest


@pytest.fixture
def no_collection(monkeypatch):
    """`multipletests` of statsmodels collects garbage at each call, which would be most of the time
    of these tests."""
    monkeypatch.setattr("gc.collect", lambda: 0)
