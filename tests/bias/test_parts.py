"""An R-indicator taken apart: what the parts add up to."""

import numpy as np
from hypothesis import given, settings
from numpy.testing import assert_allclose

from cxlib import bias

from .test_propensity import CELLS, people, tables


@settings(max_examples=10, deadline=None)
@given(tables)
def test_squares_of_categories_add_up_to_those_of_their_column(cells):
    parts = bias.r_indicator(*people(cells), columns=["国", "plan"]).partial
    whole = parts[parts["category"] == ""].set_index("column")
    each = parts[parts["category"] != ""]
    for name in ("unconditional_unadjusted", "conditional_unadjusted"):
        assert_allclose(
            (each[name] ** 2).groupby(each["column"], sort=False).sum(),
            whole[name] ** 2,
            atol=1e-12,
        )
    assert (whole["partial_unconditional"] <= whole["unconditional_unadjusted"] + 1e-12).all()


@settings(max_examples=15, deadline=None)
@given(tables)
def test_of_a_single_column_nothing_is_conditional(cells):
    found = bias.r_indicator(*people(cells), columns=["plan"])
    parts = found.partial
    assert_allclose(
        parts["conditional_unadjusted"], parts["unconditional_unadjusted"].abs(), atol=1e-9
    )
    n = found.frame["n"].iloc[0]
    assert_allclose(
        parts["unconditional_unadjusted"].iloc[0] * np.sqrt(n / (n - 1)),
        (1 - found.frame["r_unadjusted"].iloc[0]) / 2,
        atol=1e-9,
    )


def test_p_values_are_of_categories_and_adjusted():
    parts = bias.r_indicator(*people(CELLS), columns=["国", "plan"]).partial
    whole = parts["category"] == ""
    assert parts.loc[whole, "pvalue"].isna().all()
    assert (parts.loc[~whole, "pvalue_adj"] >= parts.loc[~whole, "pvalue"]).all()
    assert (parts.loc[whole, "ci_low"] >= 0).all()


def test_a_column_of_one_category_has_no_part():
    here, everyone = people(CELLS)
    parts = bias.r_indicator(
        here.assign(all="x"), everyone.assign(all="x"), columns=["国", "all"]
    ).partial.set_index(["column", "category"])
    assert_allclose(parts.loc[("all", "x"), ["partial_unconditional", "se"]].to_list(), 0)
    assert np.isnan(parts.loc[("all", "x"), "pvalue"])
