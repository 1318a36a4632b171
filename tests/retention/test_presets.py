"""Definitions of products: their arguments go into our functions as they are."""

import datetime as dt

import pandas as pd
import pytest

from cxlib import retention
from cxlib.errors import ParameterError

ORDERS = pd.DataFrame(
    {
        "who": ["a", "a", "b"],
        "day": [dt.date(2024, 1, 5), dt.date(2024, 3, 20), dt.date(2024, 1, 9)],
    }
)


@pytest.mark.parametrize("name", ["amplitude", "mixpanel", "posthog", "ga4", "adobe"])
def test_the_arguments_are_those_of_our_functions(name):
    found = retention.preset(name)
    count = (
        retention.count_own_clock if found.triangle["clock"] == "own" else retention.count_cohorts
    )
    counts = count(ORDERS, customer="who", time="day", as_of=dt.date(2024, 6, 1), **found.counting)
    result = retention.triangle(counts, **found.triangle)
    rates = result.frame.groupby("age")[["retained", "size"]].sum()
    # a returns after 75 days: in window 2 and in month 2, and "on or after" counts window 1 too
    assert rates["retained"].tolist()[:3] == ([2, 1, 1] if name == "mixpanel" else [2, 0, 1])
    assert ("do not settle" in found.definition()) == (name != "mixpanel")


def test_a_product_that_is_not_known_is_refused():
    with pytest.raises(ParameterError, match="did you mean 'mixpanel'"):
        retention.preset("mixpanell")


def test_the_definition_of_a_product_is_said_of_a_triangle():
    counts = retention.count_cohorts(ORDERS, customer="who", time="day")
    cells = retention.triangle(counts)
    [said] = retention.product_definition("posthog", cells)
    assert (
        str(said)
        == f"The definition is that of a product. {retention.preset('posthog').definition()}"
    )
    assert retention.product_definition(None, cells) == ()
    assert retention.product_definition("posthog", retention.triangle(None)) == ()
