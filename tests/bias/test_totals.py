"""Totals and ratios: groups, and what is told."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from cxlib import bias
from cxlib.errors import ColumnError, WeightError


def test_totals_of_groups_add_up_to_the_total(schools):
    rows = schools["apistrat"].rename(columns={"stype": "学校"})
    for se in ("linearised", "jackknife"):
        given = {"outcome": "api00", "weight": "pw", "se": se}
        groups = bias.weighted_total(rows, by="学校", **given)
        whole = bias.weighted_total(rows, **given)
        assert_allclose(groups.frame["total"].sum(), whole.frame["total"].sum(), rtol=1e-12)
        assert groups.frame["学校"].tolist() == ["E", "H", "M"]
        assert "lowest in" in groups.summary()
        assert "n = 200" in whole.summary()


def test_a_mean_is_a_ratio_to_one(schools):
    rows = schools["apistrat"].assign(one=1.0)
    for se in ("linearised", "jackknife"):
        given = {"weight": "pw", "by": "stype", "se": se}
        ratio = bias.weighted_ratio(rows, numerator="api00", denominator="one", **given)
        mean = bias.weighted_mean(rows, outcome="api00", **given)
        assert_allclose(ratio.frame["se"], mean.frame["se"], rtol=1e-10)
        assert_allclose(ratio.frame["ratio"], mean.frame["mean"], rtol=1e-12)
        assert "denominator" in ratio.frame
        assert "lowest in H" in ratio.summary() or "lowest in M" in ratio.summary()


def test_what_is_told_and_refused():
    rows = pd.DataFrame({"y": [1.0, 2, np.nan, 4], "x": [1.0, -1, 2, -5], "n": [1, 2, 3, 4]})
    total = bias.weighted_total(rows, outcome="y")
    assert total.frame["total"].tolist() == [7.0]
    assert "adds nothing to its total" in str(total.warnings[0])
    assert total.frame["kind"].tolist() == ["unweighted"]
    with pytest.raises(WeightError, match="denominator: its weighted sum is -5"):
        bias.weighted_ratio(rows, numerator="y", denominator="x")
    with pytest.raises(ColumnError, match="denominator='xx'"):
        bias.weighted_ratio(rows, numerator="y", denominator="xx")
    with pytest.raises(ColumnError, match=r"denominator='x' has 1 infinite"):
        bias.weighted_ratio(rows.replace({-5: np.inf}), numerator="y", denominator="x")
