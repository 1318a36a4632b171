"""The R-indicator: columns of any name, and what it says."""

import pandas as pd
import pytest

from cxlib import bias


@pytest.mark.parametrize("name", ["n", "r", "m0", "columns", "回"])
def test_columns_may_have_any_name(name):
    everyone = pd.DataFrame({name: ["a", "b"] * 50, "plan": ["x", "y", "y", "x"] * 25})
    found = bias.r_indicator(everyone.head(31), everyone, columns=[name, "plan"])
    assert f"It sees {name} and plan only" in found.summary()
    assert found.frame["respondents"].tolist() == [31]
