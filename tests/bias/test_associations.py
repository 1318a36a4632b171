"""The Rao-Scott test: R's value, the chi-square test where all weigh alike, and refusals."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from cxlib import bias
from cxlib.bias import associations
from cxlib.errors import ColumnError, EmptyDataError, WeightError

NUMBERS = ["statistic", "df", "df_error", "pvalue"]


def test_clusters_with_fpc_as_r_has_them(schools, calibrations):
    """R svychisq statistic="F", 1e-7 as stated there."""
    wanted = calibrations["clus1_svychisq"]["expected"]["F"]
    found = associations.rao_scott(
        schools["apiclus1"],
        row="sch.wide",
        column="stype",
        weight="pw",
        cluster="dnum",
        population="fpc",
    )
    numbers = [wanted["statistic"], *wanted["df"], wanted["p"]]
    assert_allclose(found.frame[NUMBERS].iloc[0].to_numpy(float), numbers, rtol=1e-7)
    assert "more than chance explains" in found.summary()


@settings(max_examples=15)
@given(st.integers(0, 2**32 - 1), st.integers(2, 4), st.integers(2, 4), st.booleans())
def test_rows_of_equal_weight_are_the_chi_square_test(seed, rows, columns, apart):
    """Without a design Delta is n / (n - 1) times the unit matrix, so F is chi-square x (n - 1) /
    n over its degrees of freedom. Rows as clusters of their own, and missing ones as a domain,
    give the same or nearly so."""
    random = np.random.default_rng(seed)
    r, c = np.divmod(np.resize(np.arange(rows * columns), 120), columns)
    r = np.where(random.random(120) < 0.3, random.integers(0, rows, 120), r)
    data = pd.DataFrame({"列": [f"行{i}" for i in r], "b": c, "id": range(120)})
    chi2, _, df, _ = stats.chi2_contingency(pd.crosstab(r, c), correction=False)
    design = {"cluster": "id"} if apart else {}
    found = associations.rao_scott(data, row="列", column="b", **design).frame.iloc[0]
    assert_allclose(found["statistic"], chi2 / df * 119 / 120, rtol=1e-8)
    assert_allclose([found["df"], found["df_error"]], [df, df * 119], rtol=1e-8)
    assert_allclose(found["cramers_v"], np.sqrt(chi2 / 120 / (min(rows, columns) - 1)), rtol=1e-8)


def test_rows_and_rows_as_clusters_agree_with_weights_and_missing_values(schools):
    rows = schools["apistrat"].assign(comp=lambda f: f["comp.imp"].where(f.index % 9 > 0))
    weights = bias.rake(
        rows, targets=bias.margins(schools["apipop"], columns=["sch.wide"]), weight="pw"
    )
    given_once = {"row": "comp", "column": "stype", "weights": weights, "strata": "stype"}
    one = associations.rao_scott(rows, population="fpc", **given_once)
    own = associations.rao_scott(rows, population="fpc", cluster="snum", **given_once)
    assert_allclose(
        one.frame[NUMBERS].iloc[0].to_numpy(float),
        own.frame[NUMBERS].iloc[0].to_numpy(float),
        rtol=1e-9,
    )
    assert "left out of the table" in str(one.warnings[0])


def test_what_it_refuses():
    rows = pd.DataFrame({"a": list("xxyy"), "b": list("pppp"), "c": list("pqpq"), "w": 0.0})
    with pytest.raises(EmptyDataError, match="column='b' has 1 categories"):
        associations.rao_scott(rows, row="a", column="b")
    with pytest.raises(ColumnError, match="two different columns"):
        associations.rao_scott(rows, row="a", column="a")
    with pytest.raises(ColumnError, match="did you mean"):
        associations.rao_scott(rows, row="a", column="cc")
    with pytest.raises((EmptyDataError, WeightError)):
        associations.rao_scott(rows, row="a", column="c", weight="w")
