"""Cells of respondents: base weights that can be."""

import pandas as pd
import pytest

from cxlib import bias
from cxlib.errors import WeightError


@pytest.mark.parametrize("weights", [[1.0, -1.0], [1.0, None], [1.0, float("inf")]])
def test_base_weights_must_be_numbers_of_0_or_more(weights):
    with pytest.raises(WeightError, match="1 of 2 weights are missing, negative or infinite"):
        bias.rake(
            pd.DataFrame({"a": ["x", "y"], "w": weights}),
            targets={"a": {"x": 1, "y": 1}},
            weight="w",
        )
