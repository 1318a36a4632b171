"""Finite populations: a census has no error, a huge one changes nothing, bad ones are refused."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from cxlib import nps
from cxlib.errors import ParameterError, WeightError

PLAIN = pd.DataFrame({"score": [10, 0, 8, 9, 3, 10] * 3, "g": list("aab") * 6})


@pytest.mark.parametrize("method", ["score", "mover", "adjusted_wald", "wald", "t"])
def test_a_census_has_no_error_and_a_huge_population_changes_nothing(method):
    endless = nps.score(PLAIN, method=method).frame.iloc[0]
    census, huge, some = (
        nps.score(PLAIN, method=method, population=size).frame.iloc[0] for size in (18, 1e15, 30)
    )
    assert census["ci_low"] == census["nps"] == census["ci_high"]
    assert census["se"] == 0
    numeric = ["nps", "se", "ci_low", "ci_high"]
    assert_allclose(huge[numeric].astype(float), endless[numeric].astype(float), rtol=1e-9)
    assert some["ci_high"] - some["ci_low"] < endless["ci_high"] - endless["ci_low"]
    if method in ("wald", "t"):
        # (N - n) / (N - 1) where the variance is that of all N answers, (N - n) / N where its
        # divisor is n - 1 (Cochran 2.6)
        assert_allclose(
            some["se"] / endless["se"], np.sqrt(12 / (29 if method == "wald" else 30)), rtol=1e-12
        )


def test_populations_of_segments_are_a_mapping():
    frame = nps.score(PLAIN, by="g", population={"a": 12, "b": 60}).frame.set_index("g")
    assert frame.loc["a", "ci_low"] == frame.loc["a", "ci_high"]
    alone = nps.score(PLAIN[PLAIN["g"] == "b"], population=60).frame.iloc[0]
    assert_allclose(
        frame.loc["b", ["se", "ci_low", "ci_high"]].astype(float),
        alone[["se", "ci_low", "ci_high"]].astype(float),
    )


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({"population": 17}, "less than the 18 answers"),
        ({"population": {"a": 100}}, "a number for the total"),
        ({"by": "g", "population": 100}, "a mapping from each value"),
        ({"by": "g", "population": {"a": 100, "c": 9}}, "'b' is missing"),
        ({"by": "g", "population": {"a": 100, "b": 5}}, "less than the 6 answers"),
        ({"population": np.nan}, "population=nan"),
        ({"population": 100, "method": "jeffreys"}, "no meaning"),
        ({"population": 100, "method": "bca"}, "no meaning"),
        ({"method": "tango"}, "method='tango'"),
        ({"confidence": 1}, "between 0 and 1"),
    ],
)
def test_bad_parameters_are_refused(options, wanted):
    with pytest.raises(ParameterError, match=wanted):
        nps.score(PLAIN, **options)


@pytest.mark.parametrize(
    ("population", "wanted"),
    [
        (100, "2 strata"),
        ({"x": 100}, "'y' is missing"),
        ({"x": 100, "y": 2}, "more sampling units"),
        ({"x": 100, "y": np.nan}, "'y': nan"),
    ],
)
def test_bad_populations_of_strata_are_refused(population, wanted):
    rows = pd.DataFrame({"score": [10, 0, 8, 9, 3, 10] * 3, "h": ["x", "x", "y"] * 6})
    with pytest.raises(ParameterError, match=wanted):
        nps.score(rows, strata="h", population=population)


def test_a_stratum_with_a_single_cluster_is_refused_with_the_next_step():
    rows = pd.DataFrame(
        {"score": [10, 0, 8] * 4, "h": ["x"] * 6 + ["y"] * 6, "j": [1, 2, 3] * 2 + [4] * 6}
    )
    with pytest.raises(WeightError, match="merge those strata"):
        nps.score(rows, strata="h", cluster="j")
