"""The synthetic survey of the oracle set (CC0): NPS by segment and by wave, and Holm over channel pairs, against R 4.2.2."""

import json

import pandas as pd
import pytest
from numpy.testing import assert_allclose

from cxlib import inference, nps
from tests.conftest import ORACLES

EXPECTED = json.loads((ORACLES / "nps" / "expected_r.json").read_text(encoding="utf-8"))
PATH = ORACLES / "nps" / "responses.csv"


@pytest.mark.parametrize("column", ["segment", "wave"])
def test_counts_nps_and_se_equal_r(column):
    frame = nps.score(PATH, score="ltr", by=column).frame.set_index(column)
    wanted = pd.DataFrame(EXPECTED[f"by_{column}"]).T
    assert set(frame.index) == set(wanted.index)
    wanted = wanted.loc[frame.index]
    assert (frame[["n", "promoters", "passives", "detractors"]].to_numpy()
            == wanted[["n", "pro", "pas", "det"]].to_numpy(int)).all()
    # closed forms, 15 digits in the file
    assert_allclose(frame["nps"], 100 * wanted["nps"].astype(float), rtol=1e-12)
    assert_allclose(frame["se"], 100 * wanted["se_wald"].astype(float), rtol=1e-12)


@pytest.mark.parametrize(("column", "b", "a", "key"), [
    ("segment", "US", "EU", "two_sample_US_vs_EU"), ("wave", "2024Q4", "2024Q3", "two_sample_Q4_vs_Q3")])
def test_difference_and_its_se_equal_r(column, b, a, key):
    frame = nps.compare(PATH, score="ltr", between=column, reference=a).frame
    row = frame[frame["b"] == b].iloc[0]
    assert_allclose([row["difference"], row["se"]], [100 * EXPECTED[key]["diff"], 100 * EXPECTED[key]["wald_se"]], rtol=1e-12)


def test_every_pair_of_channels_is_there_and_holm_equals_r():
    frame = nps.compare(PATH, score="ltr", between="channel").frame
    wanted = pd.DataFrame(EXPECTED["pairwise_channel"])
    pairs = {frozenset((row.a, row.b)): abs(row.difference) for row in frame.itertuples()}
    assert len(pairs) == len(wanted) == 45
    for row in wanted.itertuples():
        assert_allclose(pairs[frozenset((row.A, row.B))], abs(100 * row.diff), rtol=1e-10)
    assert_allclose(inference.adjusted(wanted["p_unc"]), wanted["p_holm"], rtol=1e-12)


def test_the_rank_test_over_channels_equals_r():
    row = nps.rank_test(pd.read_csv(PATH), score="ltr", between="channel").frame.iloc[0]
    wanted = EXPECTED["k_sample_channel"]
    assert_allclose([row["statistic"], row["pvalue"]], [wanted["kruskal_H"], wanted["kruskal_p"]], rtol=1e-10)
    assert (row["df"], row["k"], row["n"]) == (9, 10, 1200)
