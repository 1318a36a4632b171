"""Differences of two NPS: interval and p value never disagree, mirrors, margins, nulls at the edge,
the rest, and refusals.

Numbers of the methods themselves are compared with R and exact arithmetic in test_oracle_r.py and
test_oracle_exact.py."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from cxlib import nps
from cxlib.errors import ParameterError
from cxlib.methods import multiplicity
from cxlib.nps import comparison
from cxlib.nps.methods import differences, intervals
from cxlib.nps.score_counts import ScoreCounts

SCORES = (10, 8, 0)  # an answer of each kind
triples = st.tuples(*[st.integers(0, 60)] * 3).filter(lambda kinds: sum(kinds) > 0)
groups = st.lists(triples, min_size=2, max_size=6)
levels = st.sampled_from([0.8, 0.9, 0.95, 0.99])
methods = pytest.mark.parametrize("method", comparison.METHODS)


def counted(**segments):
    """Counts by `group`, from promoters, passives and detractors of each."""
    rows = [
        (name, score, n)
        for name, kinds in segments.items()
        for score, n in zip(SCORES, kinds, strict=True)
        if n
    ]
    return ScoreCounts(pd.DataFrame(rows, columns=["group", "score", "n"]), ("group",))


def compared(a, b, **options):
    return nps.compare(
        counted(a=a, b=b), between="group", **({"adjust": "none"} | options)
    ).frame.iloc[0]


def sides(*kinds, method="score"):
    """As `differences.of_counts` takes them: promoters, passives and detractors in, (a, n, c)
    within."""
    pro, pas, det = np.array(kinds, float).T
    return differences.of_counts(pro, pro + pas + det, det, method=method)


def all_pairs(groups, **options):
    """All pairs of the groups, indexed by their positions."""
    frame = nps.compare(
        counted(**dict(zip("abcdef", groups, strict=False))),
        between="group",
        adjust="none",
        **options,
    ).frame
    return frame.set_index([frame["a"].map("abcdef".index), frame["b"].map("abcdef".index)])


def clear(*values, edge=1e-7):
    """Where a decision does not hang on the last digits of a root, and is known."""
    return np.logical_and.reduce([np.abs(value) > edge for value in values])


@methods
@given(groups, levels, st.sampled_from(["two-sided", "greater", "less"]))
@settings(max_examples=8)
def test_interval_and_p_value_never_disagree(method, groups, confidence, alternative):
    frame = all_pairs(groups, method=method, confidence=confidence, alternative=alternative)
    low, high, p = frame["ci_low"], frame["ci_high"], frame["pvalue"]
    sure = clear(low, high, p - (1 - confidence))
    assert ((p < 1 - confidence) == ((low > 0) | (high < 0)))[sure].all()
    assert (low == -200).all() or alternative != "less"
    assert (high == 200).all() or alternative != "greater"
    unknown = frame[p.isna()]
    assert (unknown["verdict"] == "do_not_compare").all()
    assert (unknown["se"].isna() | unknown["df"].isna()).all()
    assert (unknown["ci_low"].isna() | unknown["ci_high"].isna()).all()


@methods
@given(groups, levels, st.floats(0.5, 150))
@settings(max_examples=8)
def test_equivalent_exactly_when_the_narrower_interval_lies_inside_the_margin(
    method, groups, confidence, margin
):
    # two one-sided tests at alpha and the interval at 1 - 2 alpha are one thing (Schuirmann 1987);
    # not worse is its one end
    frame = all_pairs(groups, method=method, margin=margin, confidence=confidence)
    inner, alpha = all_pairs(groups, method=method, confidence=2 * confidence - 1), 1 - confidence
    low, high = inner["ci_low"] + margin, margin - inner["ci_high"]
    sure = clear(low, high, frame["pvalue_equivalent"] - alpha, frame["pvalue_not_worse"] - alpha)
    assert ((frame["pvalue_equivalent"] < alpha) == (low > 0) & (high > 0))[sure].all()
    assert ((frame["pvalue_not_worse"] < alpha) == (low > 0))[sure].all()
    assert (frame["pvalue"].isna() == frame["pvalue_equivalent"].isna()).all()


@methods
@given(groups, levels)
@settings(max_examples=8)
def test_swapping_a_and_b_mirrors(method, groups, confidence):
    one, two = (
        all_pairs(given, method=method, margin=7, confidence=confidence)
        for given in (groups, groups[::-1])
    )
    last = len(groups) - 1
    two = two.loc[[(last - b, last - a) for a, b in one.index]]
    for here, there in (
        ("difference", "difference"),
        ("statistic", "statistic"),
        ("ci_low", "ci_high"),
        ("ci_high", "ci_low"),
    ):
        assert_allclose(one[here], -two[there], rtol=1e-9, atol=1e-9)
    for same in ("se", "df", "pvalue", "pvalue_equivalent", "detectable", "n_needed"):
        assert_allclose(one[same], two[same], rtol=1e-7, atol=1e-12)


@pytest.mark.parametrize("method", ["score", "mover"])
@given(triples, triples, st.floats(-1.99, 1.99))
@example((9, 0, 0), (0, 0, 9), -1.0)  # all promoters against all detractors
@example((1, 0, 0), (0, 0, 1), 0.5)
@example((0, 0, 1), (1, 0, 0), 1.9)
@example((0, 1, 0), (0, 1, 0), 0.3)
@example((0, 0, 1), (0, 0, 1), -0.5)
@example((0, 0, 1), (0, 1, 0), -1.5)
@example((400, 0, 0), (1, 0, 0), 1.0)
@settings(max_examples=40)
def test_the_limit_at_the_statistic_is_the_null(method, a, b, null):
    both, i, j = sides(a, b, method=method), np.array([0]), np.array([1])
    z = float(both.statistic(i, j, null)[0])
    above = float(both.difference(i, j)[0]) - null
    if clear(above):
        assert np.sign(z) == np.sign(above)
    if 1e-6 < abs(z) < 30:
        each = [
            (
                both.centre[k],
                *(
                    side[0]
                    for side in both.limits_of(both.a[[k]], both.n[[k]], both.c[[k]], z=abs(z))
                ),
            )
            for k in (1, 0)
        ]
        limits = intervals.square_and_add(*each)
        assert_allclose(limits[0 if z > 0 else 1], null, atol=1e-9)


def test_a_null_no_limit_reaches_is_certain():
    # all promoters after all detractors: each score limit at most reaches the other end, so MOVER's
    # never falls below 2 - 2^1.5
    both, i, j = sides((0, 0, 5), (5, 0, 0)), np.array([0]), np.array([1])
    assert 10 < both.statistic(i, j, 2 - 2**1.5 + 0.01)[0] < np.inf
    assert both.statistic(i, j, 2 - 2**1.5 - 0.01)[0] == np.inf
    row = compared((0, 0, 5), (5, 0, 0), margin=83)
    assert row["pvalue_not_worse"] == 0
    assert row["pvalue_equivalent"] > 0.95  # 200 points are no less than 83


@pytest.mark.parametrize("kinds", [(0, 0, 1), (0, 1, 0), (1, 0, 0), (0, 0, 7)])
@methods
def test_one_kind_on_both_sides_is_no_certainty(method, kinds):
    row = compared(kinds, kinds[::-1], method=method)
    if method in ("wald", "t"):  # their variance is 0, which is no knowledge: nothing is claimed
        assert row[["se", "ci_low", "ci_high", "statistic", "pvalue", "detectable"]].isna().all()
    else:
        assert row["ci_low"] < row["ci_high"]
        # Newcombe's limits of -1 and 1 never get past -1 + 2^0.5 and 1 - 2^0.5, whatever the level:
        # p is 0
        assert (row["pvalue"] == 0) == (method == "mover" and kinds[1] == 0)
    assert row["verdict"] == "do_not_compare" or sum(kinds) >= 5


@methods
def test_the_rest_is_all_the_others_relabelled(method):
    segments = {"東京": (30, 20, 10), "대구": (12, 9, 15), "c": (5, 1, 9), "nan": (1, 0, 0)}
    found = nps.compare(
        counted(**segments), between="group", against="rest", method=method, adjust="none"
    ).frame
    assert list(found["a"]) == ["the_rest"] * 4
    for name, kinds in segments.items():
        others = tuple(np.sum([other for key, other in segments.items() if key != name], axis=0))
        row, by_hand = (
            found[found["b"] == name].iloc[0],
            compared(others, kinds, method=method, adjust="none"),
        )
        numeric = [key for key in row.index if key not in ("a", "b", "verdict", "reason", "method")]
        assert_allclose(
            row[numeric].astype(float), by_hand[numeric].astype(float), rtol=1e-9, atol=1e-12
        )


def test_the_rest_stays_within_its_group():
    rows = pd.DataFrame(
        {
            "score": [10, 9, 3, 0, 10, 8] * 6,
            "shop": ["a", "b", "c"] * 12,
            "wave": list("111222") * 6,
        }
    )
    found = nps.compare(rows, between="shop", by="wave", against="rest", adjust="none").frame
    for wave, part in rows.groupby("wave"):
        alone = nps.compare(part, between="shop", against="rest", adjust="none").frame
        columns = ["b", "n_a", "n_b", "difference", "pvalue"]
        pd.testing.assert_frame_equal(
            found.loc[found["wave"] == wave, columns].reset_index(drop=True), alone[columns]
        )


@given(groups, st.integers(2, 30))
@settings(max_examples=8)
def test_more_answers_alike_never_widen_the_interval(groups, times):
    one, more = all_pairs(groups), all_pairs([tuple(times * n for n in kinds) for kinds in groups])
    assert (more["ci_high"] - more["ci_low"] <= one["ci_high"] - one["ci_low"] + 1e-9).all()


def test_welch_is_scipys():
    from scipy import stats

    a, b = (np.repeat([1, 0, -1], kinds) for kinds in ((30, 11, 9), (5, 40, 22)))
    found, row = (
        stats.ttest_ind(b, a, equal_var=False),
        compared((30, 11, 9), (5, 40, 22), method="t"),
    )
    ends = found.confidence_interval()
    assert_allclose(
        row[["statistic", "df", "pvalue", "ci_low", "ci_high"]].astype(float),
        [found.statistic, found.df, found.pvalue, 100 * ends.low, 100 * ends.high],
        rtol=1e-12,
    )


def test_holm_of_many_pairs_is_in_the_frame():
    segments = dict(zip("abcd", [(30, 9, 9), (20, 9, 20), (9, 9, 30), (12, 12, 12)], strict=True))
    for adjust in multiplicity.Adjustment:
        frame = nps.compare(counted(**segments), between="group", adjust=adjust).frame
        assert_allclose(
            frame["pvalue_adj"],
            multiplicity.adjust_pvalues(frame["pvalue"], method=adjust),
            rtol=1e-15,
        )


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({"method": "scores"}, "did you mean 'score'"),
        ({"method": "jeffreys"}, "method='jeffreys'"),
        ({"alternative": "bigger"}, "alternative='bigger'"),
        ({"against": "total"}, "against='total'"),
        ({"adjust": "bonferroni"}, "adjust='bonferroni'"),
        ({"margin": 0}, "above 0"),
        ({"margin": -5}, "above 0"),
        ({"margin": np.nan}, "above 0"),
        ({"margin": 201}, "at most 200"),
        ({"margin": np.inf}, "at most 200"),
        ({"confidence": 95}, "0.95 for 95 %"),
        ({"confidence": 0.4, "alternative": "greater"}, "above 0.5"),
        ({"reference": "c"}, "reference='c'"),
        ({"against": "b"}, "write reference='b' to compare every other value with it"),
        ({"weight": "w"}, "ready counts"),
    ],
)
def test_bad_parameters_are_refused(options, wanted):
    with pytest.raises(ParameterError, match=wanted):
        nps.compare(counted(a=(3, 2, 1), b=(1, 2, 3)), between="group", **options)


@methods
@pytest.mark.parametrize("design", [{"weight": "w"}, {"cluster": "store"}, {"strata": "store"}])
def test_a_method_with_a_design_is_refused(method, design):
    rows = pd.DataFrame(
        {"score": [10, 3] * 4, "g": ["a"] * 4 + ["b"] * 4, "w": 1.5, "store": [1, 2] * 4}
    )
    with pytest.raises(ParameterError, match=f"method='{method}'"):
        nps.compare(rows, between="g", method=method, **design)
    with pytest.raises(ParameterError, match=f"method='{method}'"):
        nps.score(rows, method=method, **design)


@pytest.mark.parametrize(("adjust", "tests"), [("holm", 3), ("none", 1), ("BH", 1)])
def test_what_would_show_counts_the_pairs_that_holm_counts(adjust, tests):
    rows = pd.DataFrame(
        {
            "wave": np.repeat(["1", "2", "3", "4"], 60),
            "score": ([10] * 30 + [8] * 12 + [3] * 18) * 4,
        }
    )
    row = nps.compare(rows, between="wave", against="previous", adjust=adjust, margin=5).frame.iloc[
        0
    ]
    reach = stats.norm.isf(0.025 / tests) + stats.norm.ppf(0.8)
    assert_allclose(row["detectable"], reach * row["se"], rtol=1e-12)
    assert row["n_needed"] == np.ceil((reach * row["se"] / 5) ** 2 * 60)


def test_two_segments_are_each_others_rest_once():
    rows = pd.DataFrame(
        {"shop": ["A"] * 50 + ["B"] * 50, "score": [10] * 30 + [3] * 20 + [10] * 20 + [3] * 30}
    )
    rest, each = (
        nps.compare(rows, between="shop", against=against) for against in ("rest", "each")
    )
    assert len(rest.frame) == 1
    assert rest.frame["pvalue_adj"].item() == each.frame["pvalue"].item()


def test_equivalent_is_never_said_to_be_noise():
    rows = pd.DataFrame(
        {
            "shop": np.repeat(["A", "B", "C"], 3000),
            "score": ([10] * 1500 + [8] * 750 + [3] * 750) * 3,
        }
    )
    three = nps.compare(rows, between="shop", margin=10)
    assert set(three.frame["verdict"]) == {"equivalent"}
    assert "3 are shown to be smaller than the 10 points that matter" in three.summary()
    one = nps.compare(rows[rows["shop"] != "C"], between="shop", margin=10)
    assert "less than the 10 points that matter" in one.summary()
    assert "smaller than what matters" in one.title()


def test_a_name_that_is_no_parameter_is_refused_with_the_one_that_was_meant():
    with pytest.raises(ParameterError, match="no parameter 'a'; did you mean 'reference'"):
        nps.compare(counted(a=(3, 2, 1), b=(1, 2, 3)), between="group", a="a", b="b")
    with pytest.raises(ParameterError, match="no parameter 'wieght'; did you mean 'weight'"):
        nps.score(counted(a=(3, 2, 1)), wieght="w")
