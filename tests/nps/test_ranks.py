"""Mann-Whitney and Brunner-Munzel from counts, against R, scipy and statsmodels on the same
rows."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats
from statsmodels.stats.nonparametric import rank_compare_2indep

from cxlib.errors import ColumnError, ParameterError
from cxlib.methods import multiplicity, proportions
from cxlib.nps.counts import count_scores
from cxlib.nps.method_names import Method
from cxlib.nps.ranks import RankComparison, compare_ranks, rank_test
from cxlib.nps.score_counts import ScoreCounts
from tests.conftest import ORACLES

R = json.loads((ORACLES / "nps" / "expected_r.json").read_text(encoding="utf-8"))
RESPONSES = pd.read_csv(ORACLES / "nps" / "responses.csv")
PAIRS = {
    "two_sample_US_vs_EU": ("segment", "US", "EU"),
    "two_sample_Q4_vs_Q3": ("wave", "2024Q4", "2024Q3"),
}
answers = st.lists(st.integers(0, 10), min_size=2, max_size=40)


def rows(**segments):
    return pd.DataFrame(
        [(name, score) for name, scores in segments.items() for score in scores],
        columns=["s", "score"],
    )


def ready(**segments):
    return ScoreCounts(rows(**segments).value_counts().rename("n").reset_index(), ("s",))


def pair(a, b, **options):
    return compare_ranks(ready(a=a, b=b), between="s", adjust="none", **options).frame.iloc[0]


@pytest.mark.parametrize("name", PAIRS)
def test_mann_whitney_equals_r(name):
    # R 4.2.2 wilcox.test, make_r.R; W counts x above y. R's p_cc is reached by scipy on the same
    # rows, which ties ours to it
    column, x, y = PAIRS[name]
    wanted = R[name]["mannwhitney_raw_0_10"]
    assert wanted.keys() == {"W", "p_cc", "p_nocc"}
    frame = compare_ranks(RESPONSES, between=column, score="ltr").frame
    row = frame[frame["a"].isin([x, y]) & frame["b"].isin([x, y])].iloc[0]
    w = row["u"] if row["b"] == x else row["n_a"] * row["n_b"] - row["u"]
    assert w == wanted["W"]
    assert_allclose(row["mw_pvalue"], wanted["p_nocc"], rtol=1e-12)
    groups = [RESPONSES.loc[RESPONSES[column] == value, "ltr"] for value in (x, y)]
    for use, key in ((True, "p_cc"), (False, "p_nocc")):
        found = stats.mannwhitneyu(*groups, use_continuity=use, method="asymptotic")
        assert_allclose([found.statistic, found.pvalue], [w, wanted[key]], rtol=1e-12)


def check_pair(row, a, b, confidence):
    theirs = rank_compare_2indep(b, a)  # statsmodels: P(first > second) + half of the ties
    assert_allclose(row["superiority"], theirs.prob1, rtol=1e-12)
    assert_allclose(
        [row["ci_low"], row["ci_high"]],
        np.clip(theirs.conf_int(alpha=1 - confidence), 0, 1),
        rtol=1e-12,
        atol=1e-14,
    )
    assert_allclose(row["df"], theirs.df, rtol=1e-12)
    found = stats.brunnermunzel(a, b)
    assert_allclose(
        [row["statistic"], row["pvalue"]], [found.statistic, found.pvalue], rtol=1e-12, atol=1e-13
    )
    mann_whitney = stats.mannwhitneyu(b, a, use_continuity=False, method="asymptotic")
    assert_allclose(
        [row["u"], row["mw_pvalue"]], [mann_whitney.statistic, mann_whitney.pvalue], rtol=1e-12
    )


@pytest.mark.parametrize("column", ["segment", "wave", "channel"])
def test_all_pairs_equal_scipy_and_statsmodels(column):
    result = compare_ranks(RESPONSES, between=column, score="ltr", adjust="BH")
    groups = dict(list(RESPONSES.groupby(column)["ltr"]))
    assert len(result.frame) == len(groups) * (len(groups) - 1) // 2
    for _, row in result.frame.iterrows():
        check_pair(row, groups[row["a"]], groups[row["b"]], 0.95)
        assert (row["n_a"], row["n_b"]) == (len(groups[row["a"]]), len(groups[row["b"]]))
    assert_allclose(
        result.frame["pvalue_adj"],
        multiplicity.adjust_pvalues(result.frame["pvalue"], method="BH"),
        rtol=1e-12,
    )


@settings(max_examples=40)
@given(answers, answers, st.sampled_from([0.8, 0.95, 0.99]))
def test_any_pair_equals_scipy_and_statsmodels(a, b, confidence):
    row = pair(a, b, confidence=confidence)
    assume(row["method"] == Method.BRUNNER_MUNZEL)
    check_pair(row, a, b, confidence)


@settings(max_examples=30)
@given(
    st.lists(st.integers(0, 10), min_size=1, max_size=12),
    st.lists(st.integers(0, 10), min_size=1, max_size=12),
)
def test_interval_holds_the_estimate_agrees_with_p_and_mirrors(a, b):
    row, other = pair(a, b), pair(b, a)
    assert 0 <= row["ci_low"] <= row["superiority"] <= row["ci_high"] <= 1
    assert row["ci_low"] < row["ci_high"]
    if min(abs(row["ci_low"] - 0.5), abs(row["ci_high"] - 0.5)) > 1e-9:
        assert (row["ci_low"] > 0.5 or row["ci_high"] < 0.5) == (row["pvalue"] < 0.05)
    assert_allclose(
        [row["superiority"], row["ci_low"], row["statistic"]],
        [1 - other["superiority"], 1 - other["ci_high"], -other["statistic"]],
        atol=1e-12,
    )
    assert_allclose(
        [row["pvalue"], row["mw_pvalue"]], [other["pvalue"], other["mw_pvalue"]], rtol=1e-12
    )


@pytest.mark.parametrize(
    ("a", "b", "superiority", "p"),
    [
        ([8] * 5, [8] * 9, 0.5, 1.0),  # all answers equal
        (
            [1] * 16,
            [9] * 16,
            1.0,
            2 * stats.norm.sf(4),
        ),  # apart: the score test of a share of 1 among 16
        ([9] * 25, [1] * 16, 0.0, 2 * stats.norm.sf(4)),
        ([5], [2, 9, 9, 9], 0.75, 2 * stats.norm.sf(0.5)),  # one answer: as one toss of a coin
        ([3], [3], 0.5, 1.0),
    ],
)
def test_where_the_spread_cannot_be_known_the_largest_possible_is_assumed(a, b, superiority, p):
    result = compare_ranks(ready(a=a, b=b), between="s")
    row = result.frame.iloc[0]
    assert (row["method"], row["superiority"]) == (Method.WILSON_BOUND, superiority)
    assert_allclose(row["pvalue"], p, rtol=1e-12)
    low, high = proportions.wilson(superiority * min(len(a), len(b)), min(len(a), len(b)))
    assert_allclose([row["ci_low"], row["ci_high"]], [low, high], rtol=1e-12)
    assert np.isnan(row["df"])
    assert row["mw_pvalue"] == 1 if len(set(a + b)) == 1 else row["mw_pvalue"] < 1
    assert any("largest possible" in str(warning) for warning in result.warnings)


def test_the_largest_spread_is_never_exceeded():
    # exact variance of the estimate over all samples of 3 and 4 from polarised answers: at most s
    # (1 - s) / min(m, n)
    p, q = 0.3, 0.6  # shares of 10 among 0 in a and b
    mean = square = 0.0
    for x in range(4):
        for y in range(5):
            weight = stats.binom.pmf(x, 3, p) * stats.binom.pmf(y, 4, q)
            share = (y * (3 - x) + (x * y + (3 - x) * (4 - y)) / 2) / 12
            mean, square = mean + weight * share, square + weight * share**2
    assert square - mean**2 <= mean * (1 - mean) / 3


def test_pairs_stay_within_their_group_and_names_of_any_script_are_kept():
    data = pd.DataFrame(
        {
            "score": [10, 2, 9, 1, 7, 7] * 4,
            "wave": (["Q1"] * 3 + ["Q2"] * 3) * 4,
            "店": ["東京", "서울", "東京"] * 8,
        }
    )
    result = compare_ranks(data, between="wave", by="店", adjust="none")
    assert list(result.frame.columns) == ["店", *RankComparison.columns]
    assert list(result.frame["店"]) == ["東京", "서울"]
    assert_allclose(result.frame["pvalue"], result.frame["pvalue_adj"])
    assert "nothing is adjusted" in str(result.warnings[0])
    counts = count_scores(data, score="score", by=["店", "wave"])
    pd.testing.assert_frame_equal(
        compare_ranks(counts, between="wave", by="店", adjust="none").frame, result.frame
    )


def test_millions_of_answers_do_not_overflow():
    big = pd.DataFrame(
        {
            "s": np.repeat(["a", "b"], 11),
            "score": list(range(11)) * 2,
            "n": [10**8] * 11 + [9 * 10**7] * 10 + [10**8],
        }
    )
    small = big.assign(n=big["n"] // 10**7)
    huge, same = (
        compare_ranks(ScoreCounts(frame, ("s",)), between="s").frame.iloc[0]
        for frame in (big, small)
    )
    assert_allclose(huge["superiority"], same["superiority"], rtol=1e-15)
    assert huge["ci_low"] < huge["superiority"] < huge["ci_high"]


@pytest.mark.parametrize(
    ("segments", "wanted"),
    [
        (
            {"x": [9, 10] * 30, "y": [1, 2, 9] * 20},
            "A customer of y answers higher than one of x with probability 8 %",
        ),
        (
            {"x": [9, 1] * 30, "y": [1, 9] * 20},
            "cannot be told apart on the raw scale: a customer of y answers higher than one of x "
            "with probability 50 % (95 % interval ",
        ),
        ({"x": [9, 10] * 30, "y": [1, 2, 9] * 20, "z": [9, 10] * 20}, "2 of 3 pairs differ"),
        ({"x": [1, 10], "y": [1, 10], "z": [1, 10]}, "None of the 3 pairs"),
    ],
)
def test_the_clearest_pair_is_said_as_a_probability(segments, wanted):
    assert wanted in compare_ranks(ready(**segments), between="s").summary()


def test_few_answers_and_nothing_to_compare_are_said():
    few = compare_ranks(rows(a=[1, 5, 9], b=[2, 5, 9]), between="s")
    assert "fewer than 10" in str(few.warnings[0])
    assert "No column was given" in compare_ranks(rows(a=[1]), between=None).summary()
    alone = compare_ranks(rows(a=[1, 2]), between="s")
    assert "not two values of 's'" in alone.summary()
    assert set(RankComparison.columns) == set(alone.frame.columns)


@pytest.mark.parametrize(
    ("change", "error", "wanted"),
    [
        ({"between": "t"}, ColumnError, "t"),
        ({"confidence": 95}, ParameterError, "0.95 for 95 %"),
        ({"adjust": "holmes"}, ParameterError, "did you mean 'holm'"),
        ({"by": "v"}, ColumnError, "by='v'"),
        ({"weight": "w"}, ParameterError, "'weight'"),
    ],
)
def test_bad_parameters_are_refused(change, error, wanted):
    data = rows(a=[1, 2], b=[3, 4]).assign(w=1.0, u=1)
    with pytest.raises(error, match=wanted):
        compare_ranks(data, **({"between": "s"} | change))


def test_words_are_refused_by_the_rank_test():
    with pytest.raises(ColumnError, match=r"score='score' does not hold numbers; .*parse_scores"):
        rank_test(
            pd.DataFrame({"score": ["ten", "9"], "s": ["a", "b"]}), score="score", between="s"
        )


def test_a_segment_with_rows_but_no_answer_is_named():
    data = pd.DataFrame({"score": [1, 5, 4, 5, None], "s": ["a", "a", "b", "b", "空"]})
    result = compare_ranks(data, between="s")
    assert any("空" in str(warning) for warning in result.warnings)
    assert "空" not in result.frame.to_string()
