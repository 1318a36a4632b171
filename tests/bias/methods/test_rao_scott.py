"""The second-order correction on a table made by hand."""

import numpy as np
import pandas as pd
from numpy.testing import assert_allclose
from scipy import stats

from cxlib import bias


def test_doubled_answers_count_once():
    """Each answer twice, as clusters of two: the statistic halves to that of the single answers,
    but for the counts of units (m - 1) / m."""
    one = pd.DataFrame({"a": list("xxxyyyxy") * 5, "b": list("pqppqqpp") * 5, "c": range(40)})
    two = pd.concat([one, one], ignore_index=True)
    chi2, *_ = stats.chi2_contingency(pd.crosstab(one["a"], one["b"]), correction=False)
    found = bias.rao_scott(two, row="a", column="b", cluster="c").frame.iloc[0]
    assert_allclose(found["statistic"], chi2 * 39 / 40, rtol=1e-9)
    assert_allclose([found["df"], found["df_error"]], [1, 39], rtol=1e-9)
    assert_allclose(found["pvalue"], stats.f.sf(chi2 * 39 / 40, 1, 39), rtol=1e-9)
    naive = bias.rao_scott(two, row="a", column="b").frame.iloc[0]
    assert np.isclose(naive["statistic"], 2 * chi2 * 79 / 80)
