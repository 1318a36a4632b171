"""Which pairs are compared, the family of their p values, and the verdict that follows."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from cxlib import nps
from cxlib.errors import CxError
from tests.nps.answers import ROWS, waves


def test_waves_stand_in_natural_order_and_are_compared_with_the_one_before():
    rows = pd.DataFrame({"score": [10, 0] * 6, "wave": ["wave 10", "wave 9", "wave 2"] * 4})
    changes = nps.compare(rows, score="score", between="wave", against="previous").frame
    assert list(zip(changes["a"], changes["b"], strict=True)) == [
        ("wave 2", "wave 9"),
        ("wave 9", "wave 10"),
    ]


def test_within_another_column_pairs_stay_inside_it():
    rows = pd.DataFrame(
        {
            "score": [10, 2, 9, 1] * 5,
            "wave": ["1", "2"] * 10,
            "country": (["JP"] * 2 + ["KR"] * 2) * 5,
        }
    )
    frame = nps.compare(rows, score="score", between="wave", by="country").frame
    assert list(frame["country"]) == ["JP", "KR"]


def test_reference_must_exist():
    with pytest.raises(CxError, match="did you mean '2025Q1'"):
        nps.compare(ROWS, score="score", between="wave", reference="2025Q11")


def test_a_reference_makes_no_claim_about_time():
    rows = waves((40, 20, 40), (30, 30, 40), (50, 20, 30))
    result = nps.compare(rows, score="score", between="wave", reference=2, against="previous")
    assert not result.directed
    assert list(zip(result.frame["a"], result.frame["b"], strict=True)) == [(2, 1), (2, 3)]


def test_holm_is_over_the_family_and_the_verdict_follows_it():
    rng = np.random.default_rng(7)
    rows = pd.DataFrame(
        {
            "score": rng.choice([10, 8, 2], 900, p=[0.4, 0.3, 0.3]),
            "store": np.repeat(list("abc"), 300),
        }
    )
    rows.loc[rows["store"] == "c", "score"] = rng.choice([10, 8, 2], 300, p=[0.2, 0.2, 0.6])
    frame = nps.compare(rows, score="score", between="store").frame
    assert len(frame) == 3
    assert (frame["pvalue_adj"] >= frame["pvalue"]).all()
    assert dict(zip(frame["a"] + frame["b"], frame["verdict"], strict=True)) == {
        "ab": "cannot_tell",
        "ac": "down",
        "bc": "down",
    }


def test_equal_nps_with_different_spread_is_not_a_difference():
    # 5/90/5 against 48/4/48: the three-category chi-square rejects always; equal NPS must not
    rows = pd.DataFrame(
        {
            "score": [10] * 5 + [8] * 90 + [0] * 5 + [10] * 48 + [8] * 4 + [0] * 48,
            "s": ["x"] * 100 + ["y"] * 100,
        }
    )
    row = nps.compare(rows, score="score", between="s").frame.iloc[0]
    assert (row["difference"], row["pvalue"], row["verdict"]) == (0, 1, "cannot_tell")


def test_detectable_is_the_planning_formula():
    rows = pd.DataFrame(
        {
            "score": [10] * 50 + [8] * 30 + [0] * 20 + [10] * 45 + [8] * 30 + [0] * 25,
            "w": [1] * 100 + [2] * 100,
        }
    )
    row = nps.compare(rows, score="score", between="w").frame.iloc[0]
    se = np.sqrt((0.7 - 0.3**2) / 100 + (0.7 - 0.2**2) / 100)
    assert_allclose(
        row["detectable"], 100 * (1.959963984540054 + 0.8416212335729143) * se, rtol=1e-12
    )
    assert (row["a"], row["b"]) == (1, 2)  # waves that are numbers
