"""Respondents against everyone: R's chi-square tests, plain arithmetic, edges."""

import pandas as pd
import pytest
from numpy.testing import assert_allclose

from cxlib import bias
from cxlib.errors import (
    ColumnError,
)


def test_standardised_differences_use_the_frames_deviation(schools):
    """The convention of `apipop_smd` (smd_vs_frame), on indicators: plain arithmetic with
    pandas."""
    everyone = schools["apipop"]
    who = everyone[everyone["awards"] == "Yes"]
    found = bias.representativeness(who, everyone, columns=["stype"]).frame.set_index("category")
    for category in ("E", "H", "M"):
        x, r = (
            (everyone["stype"] == category).astype(float),
            (who["stype"] == category).astype(float),
        )
        assert_allclose(
            found.loc[category, "smd"], (r.mean() - x.mean()) / x.std(ddof=0), rtol=1e-12
        )


def test_representativeness_at_its_edges():
    everyone = pd.DataFrame({"g": ["a"] * 6 + ["b"] * 6, "one": ["x"] * 12})
    all_of_them = bias.representativeness(everyone, everyone, columns=["g", "one"])
    assert_allclose(all_of_them.frame["smd"], 0)
    assert all_of_them.tests["pvalue"].isna().all()
    outside = bias.representativeness(pd.concat([everyone] * 3), everyone.head(9), columns=["g"])
    assert outside.tests["method"].tolist() == ["goodness_of_fit"]
    assert outside.frame["rate"].isna().all()
    with pytest.raises(ColumnError, match="3 respondents are 'c'"):
        bias.representativeness(pd.DataFrame({"g": ["c"] * 3}), everyone, columns=["g"])
    with pytest.raises(ColumnError, match="1 of 2 rows have no value"):
        bias.representativeness(pd.DataFrame({"g": ["a", None]}), everyone, columns=["g"])
    with pytest.raises(ColumnError, match="must hold every person"):
        bias.r_indicator(
            pd.concat([everyone.head(7)] * 2),
            pd.concat([everyone.head(4), everyone.tail(60)]),
            columns=["g"],
        )
    assert "Set “frame”" in bias.representativeness(everyone, None, columns=["g"]).summary()
    assert "Set “margins”" in bias.r_indicator(everyone, everyone, columns=[]).summary()
    assert (
        "everybody or nobody"
        in bias.r_indicator(everyone.head(6), everyone, columns=["g"]).summary()
    )
