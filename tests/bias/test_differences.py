"""Differences of weighted means: the t test, and what is told."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from cxlib import bias
from cxlib.errors import EmptyDataError, ParameterError


def test_the_sentence_has_both_groups(schools):
    found = bias.weighted_differences(
        schools["apistrat"],
        outcome="api00",
        by="awards",
        weight="pw",
        strata="stype",
        population="fpc",
    )
    assert (
        "633.73 in No (n = 87) and 678.42 in Yes (n = 113): a difference of 44.69"
        in found.summary()
    )


def test_without_weights_it_is_the_t_test_of_unequal_variances():
    """Welch's statistic up to (n - 1) / n of the variances: 1 % at n = 300."""
    random = np.random.default_rng(2)
    rows = pd.DataFrame({"y": random.normal(size=300), "国": np.resize(list("日韓米"), 300)})
    found = bias.weighted_differences(rows, outcome="y", by="国", reference="韓").frame
    assert found["a"].tolist() == ["韓", "韓"]
    by = {name: part["y"] for name, part in rows.groupby("国")}
    welch = [stats.ttest_ind(by[b], by["韓"], equal_var=False).statistic for b in found["b"]]
    assert_allclose(found["statistic"], welch, rtol=0.01)
    assert (found["pvalue_adj"] >= found["pvalue"]).all()


def test_what_it_refuses_and_tells():
    rows = pd.DataFrame({"y": [1.0, 2, 3, 4, np.nan], "g": list("aabcc"), "one": "x"})
    found = bias.weighted_differences(rows, outcome="y", by="g")
    assert found.frame["se"].isna().all()
    assert "1 row has no value" in str(found.warnings[0])
    with pytest.raises(EmptyDataError, match="1 groups"):
        bias.weighted_differences(rows, outcome="y", by="one")
    with pytest.raises(ParameterError, match="reference"):
        bias.weighted_differences(rows, outcome="y", by="g", reference="z")
