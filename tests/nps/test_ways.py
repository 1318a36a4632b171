"""One comparison in many ways: each row is what the function of that way says, and the sentence
names those that differ."""

import pandas as pd
import pytest
from numpy.testing import assert_allclose

from cxlib import nps
from cxlib.errors import ParameterError
from tests.conftest import ORACLES

RESPONSES = ORACLES / "nps" / "responses.csv"
DESIGN = {"weight": "weight", "strata": "stratum", "cluster": "store"}


def test_every_way_is_what_its_function_says():
    counts = nps.count_scores(RESPONSES, score="ltr", by="wave")
    card = nps.robustness(counts, nps.compare(counts, between="wave", against="previous"))
    ways = card.frame.set_index("way")
    q3_q4 = {"between": "wave", "reference": "2024Q3"}
    for way, method in (
        ("reported", None),
        ("wald", "wald"),
        ("t", "t"),
        ("adjusted_wald", "adjusted_wald"),
    ):
        wanted = nps.compare(counts, method=method, **q3_q4).frame.set_index("b").loc["2024Q4"]
        assert_allclose(
            ways.loc[way, ["ci_low", "ci_high", "pvalue"]].astype(float),
            wanted[["ci_low", "ci_high", "pvalue"]].astype(float),
            rtol=1e-12,
        )
    # R coin, see the oracle's README
    assert_allclose(ways.loc["permutation", "pvalue"], 0.00388376591096033, rtol=1e-12)
    lower = (
        nps.compare(RESPONSES, score="ltr", promoter=8, detractor=5, **q3_q4)
        .frame.set_index("b")
        .loc["2024Q4"]
    )
    assert_allclose(ways.loc["lower_cut", "difference"], lower["difference"], rtol=1e-12)
    assert set(ways["says"]) == {"up"}
    assert (
        card.summary()
        == "Asked alone whether 2024Q3 and 2024Q4 differ at all, 9 ways of testing say the same: "
        "up."
    )


def test_a_design_adds_the_unweighted_twin_and_the_largest_cluster_left_out():
    counts = nps.count_scores(RESPONSES, score="ltr", by=("wave", "segment"), **DESIGN)
    card = nps.robustness(counts, nps.compare(counts, between="wave", against="previous"))
    ways = card.frame.set_index("way")
    twin = ways.loc["unweighted"]
    assert_allclose(
        twin[["nps_a", "nps_b"]].astype(float), [-21.3793103448276, -3.19767441860465], rtol=1e-12
    )  # expected_r.json
    rows = pd.read_csv(RESPONSES)
    sizes = rows.groupby(["stratum", "store"]).size()
    largest = rows.set_index(["stratum", "store"]).index == sizes.idxmax()
    kept = nps.compare(
        rows[~largest], score="ltr", between="wave", against="previous", **DESIGN
    ).frame.iloc[-1]
    assert_allclose(
        ways.loc["no_largest", ["difference", "pvalue"]].astype(float),
        kept[["difference", "pvalue"]].astype(float),
        rtol=1e-9,
    )


def test_a_verdict_that_hangs_on_a_choice_is_said():
    # 9s and 8s change places: with the usual cut points the NPS rises, with 8 as a promoter it does
    # not
    rows = pd.DataFrame(
        {"wave": ["1"] * 200 + ["2"] * 200, "score": [8] * 120 + [9] * 80 + [8] * 60 + [9] * 140}
    )
    counts = nps.count_scores(rows, score="score", by="wave")
    card = nps.robustness(counts, nps.compare(counts, between="wave", against="previous"))
    assert "the report's own test says up; " in card.summary()
    assert "promoters from 8, detractors to 5 (cannot tell)" in card.summary()


def test_what_cannot_be_tested_again_is_said_or_refused():
    counts = nps.count_scores(RESPONSES, score="ltr", by=("wave", "segment"))
    absent = nps.compare(counts, between=None)
    assert nps.robustness(counts, absent).summary() == absent.summary()
    assert "no last change" in nps.robustness(counts, nps.compare(counts, between="wave")).summary()
    alone = counts.where("wave", "2024Q1")
    assert "only one value" in nps.robustness(alone, nps.compare(alone, between="wave")).summary()
    with pytest.raises(ParameterError, match="two values of one column"):
        nps.robustness(
            counts, nps.compare(counts, between="wave", by="segment", against="previous")
        )


def test_the_largest_cluster_is_left_out_only_where_that_leaves_something_to_compare():
    scores = [10, 9, 3, 8, 0, 7, 10, 5] * 10
    two = pd.DataFrame(
        {
            "wave": ["1"] * 40 + ["2"] * 40,
            "score": scores,
            "h": [0, 0, 1, 1] * 20,
            "j": [0, 1, 2, 3] * 20,
        }
    )
    whole = pd.DataFrame(
        {"wave": ["1"] * 30 + ["2"] * 50, "score": scores, "h": 0, "j": [1, 2, 3] * 10 + [9] * 50}
    )
    for rows in (two, whole):  # two clusters a stratum; a wave that is the largest cluster
        counts = nps.count_scores(rows, score="score", by="wave", strata="h", cluster="j")
        ways = nps.robustness(
            counts, nps.compare(counts, between="wave", against="previous")
        ).frame["way"]
        assert len(ways)
        assert "no_largest" not in set(ways)


def test_without_an_order_in_time_nothing_goes_up_or_down():
    rows = pd.DataFrame(
        {"score": [10] * 60 + [3] * 40 + [10] * 20 + [3] * 80, "wave": ["Q1"] * 100 + ["Q4"] * 100}
    )
    counts = nps.count_scores(rows, score="score", by="wave")
    for order, said in ((None, "lower"), (["Q1", "Q4"], "down")):
        against = "each" if order is None else "previous"
        pair = nps.compare(counts, between="wave", against=against, order=order)
        ways = nps.robustness(counts, pair)
        shown = [*ways.table().written()["it says"], *pair.table().written()["verdict"]]
        assert set(shown) == {said}
        assert ways.summary().endswith(f"{said}.")
        assert ("last change" in str(ways.caption())) == (order is not None)
