"""Every refusal can be caught as one, and a notebook shows its message alone."""

import inspect

import pytest

from cxlib import errors
from cxlib.errors import CxError

REFUSALS = [kind for _, kind in inspect.getmembers(errors, inspect.isclass)]


@pytest.mark.parametrize("kind", REFUSALS)
def test_a_refusal_is_a_value_error_that_shows_its_message(kind):
    assert issubclass(kind, CxError)
    assert issubclass(kind, ValueError)
    assert kind("n=0: no rows")._render_traceback_() == ["n=0: no rows"]
