"""Cronbach's alpha of scales, and items that run against them."""

import numpy as np
import pandas as pd
import pingouin
import pytest
from numpy.testing import assert_allclose

from cxlib import bias
from cxlib.errors import ParameterError
from cxlib.shown.result import Absent


def test_alpha_on_bfi_is_rs(careless_expected, shared):
    told = careless_expected["bfi_alpha"]  # its std_alpha is not offered
    data = pd.read_csv(shared / "oracles" / "bias" / told["data"])
    keys = told["args"]["keys"]
    scales = {name: [item.strip("-") for item in items] for name, items in keys.items()}
    reverse = [item[1:] for items in keys.values() for item in items if item.startswith("-")]
    found = bias.reliability(data, scales=scales, reverse=reverse, scale=(1, 6))
    alpha = found.frame.set_index("scale")["alpha"]
    for name, wanted in told["expected"].items():
        assert_allclose(alpha[name], wanted["raw_alpha"], rtol=told["rtol"])
    assert not found.warnings
    plain = bias.reliability(data, scales=scales)
    said = " ".join(str(each) for each in plain.warnings)
    assert "negative alpha" in said
    assert "reverse" in said
    seen = bias.reliability(data, scales=scales, reverse=reverse).frame["alpha"]
    assert_allclose(seen, found.frame["alpha"])  # no scale is needed to turn items around


def test_the_interval_is_pingouins_without_its_rounding():
    rng = np.random.default_rng(3)
    data = pd.DataFrame(rng.normal(size=(80, 4)) + rng.normal(size=(80, 1)), columns=list("abcd"))
    data.iloc[:5, 0] = np.nan
    row = bias.reliability(data, scales={"품질": list("abcd")}).frame.iloc[0]
    alpha, limits = pingouin.cronbach_alpha(data, nan_policy="pairwise")
    assert_allclose(row["alpha"], alpha)
    assert_allclose(row[["ci_low", "ci_high"]].astype(float), limits, atol=5.1e-4)


def test_no_spread_no_scales_and_refusals():
    data = pd.DataFrame({"a": [3, 3, 3], "b": [4, 4, 4]})
    found = bias.reliability(data, scales={"x": ["a", "b"]})
    assert np.isnan(found.frame["alpha"].iloc[0])
    assert "do answers differ" in found.summary()
    assert isinstance(bias.reliability(data, scales=None), Absent)
    with pytest.raises(ParameterError, match="two items"):
        bias.reliability(data, scales={"x": ["a"]})


@pytest.mark.parametrize("turned", [["d"], ["d", "e"], ["a", "c"]])
def test_the_items_that_run_against_the_scale_are_those_that_were_turned(turned):
    """Known by construction; with two of five turned, an item against the mean of the rest is none
    of them."""
    rng = np.random.default_rng(7)
    data = pd.DataFrame(
        rng.normal(size=(400, 5)) + rng.normal(size=(400, 1)), columns=list("abcde")
    )
    data[turned] *= -1
    found = bias.reliability(data, scales={"x": list("abcde")})
    said = next(str(each) for each in found.warnings if "reverse" in str(each))
    assert said.split(":")[0] in (" and ".join(turned), turned[0])
    again = bias.reliability(data, scales={"x": list("abcde")}, reverse=turned)
    assert not again.warnings
