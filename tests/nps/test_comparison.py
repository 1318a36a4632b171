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


@pytest.mark.parametrize(
    "ask",
    [
        lambda rows, **more: nps.compare(rows, between="wave", against="previous", **more),
        lambda rows, **more: nps.monitor(rows, between="wave", **more),
        lambda rows, **more: nps.waves(rows, wave="wave", **more),
    ],
)
def test_no_order_in_time_is_claimed_from_names_that_do_not_tell_it(ask):
    rows = pd.DataFrame({"score": [10, 0, 9] * 4, "wave": ["Q4", "Q1"] * 6})
    with pytest.raises(CxError, match=r"'wave' in time is not known, since 'Q1', 'Q4'.*order="):
        ask(rows)
    with pytest.raises(CxError, match="'Q1' is missing"):
        ask(rows, order=["Q4"])
    kinds = pd.CategoricalDtype(["Q3", "Q4", "Q1"], ordered=True)
    for frame in (
        ask(rows, order=["Q4", "Q1"]).frame,
        ask(rows.astype({"wave": kinds})).frame,
        ask(rows.assign(wave=rows["wave"].map({"Q4": "Q4 2025", "Q1": "Q1 2026"}))).frame,
    ):
        found = frame[["a", "b"]].iloc[0] if "a" in frame else frame["wave"]
        assert [name[:2] for name in found] == ["Q4", "Q1"]
    weeks = pd.period_range("2025-12-22", periods=2, freq="W")
    frame = ask(rows.assign(wave=[weeks[1], weeks[0]] * 6)).frame
    found = frame[["a", "b"]].iloc[0] if "a" in frame else frame["wave"]
    assert found.tolist() == list(map(str, weeks))
    twice = rows.assign(wave=["Q1 2026", "2026Q1", "Q4 2025"] * 4)
    with pytest.raises(CxError, match="'2026Q1' and 'Q1 2026' in 'wave' name the same period"):
        ask(twice)


def test_ordered_categories_keep_their_order_in_counts_that_are_added():
    kinds = pd.CategoricalDtype(["after", "before"], ordered=True)
    rows = pd.DataFrame({"score": [10, 0] * 4, "wave": ["before", "after"] * 4})
    first, second = (
        nps.count_scores(part.astype({"wave": kinds}), score="score", by="wave")
        for part in (rows[:4], rows[4:])
    )
    both = first + second
    assert both.orders == {"wave": ("after", "before")}
    assert both.over("wave").categories()["wave"].tolist() == ["after", "before"]
    assert both.over(None).orders == {}
    other = nps.count_scores(
        rows.astype({"wave": pd.CategoricalDtype(["before", "after"], ordered=True)}),
        score="score",
        by="wave",
    )
    with pytest.raises(CxError, match="do not add; count both with the same categories"):
        first + other


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


@pytest.mark.parametrize(("heavy", "verdict"), [(1.0, "down"), (500.0, "do_not_compare")])
def test_weights_that_leave_fewer_than_five_answers_worth_give_no_verdict(heavy, verdict):
    rows = pd.DataFrame(
        {
            "wave": ["Q1"] * 40 + ["Q2"] * 40,
            "score": [10] * 38 + [0] * 2 + [0] * 38 + [10] * 2,
            "w": [1.0] * 40 + [heavy] + [1.0] * 39,
        }
    )
    found = nps.compare(rows, score="score", between="wave", weight="w").frame
    assert found["verdict"].tolist() == [verdict]
