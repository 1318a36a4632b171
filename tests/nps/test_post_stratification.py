"""Post-stratified NPS against rows, degenerate segments, refusals. R's value is in
test_oracle_r.py."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from cxlib import nps
from cxlib.errors import CxError, EmptyDataError, ParameterError
from cxlib.methods import designs, proportions
from cxlib.nps.methods import intervals

NUMERIC = ["n", "nps", "se", "ci_low", "ci_high", "n_eff"]


def survey(seed, n=60):
    """Rows in which every segment has answers of every kind."""
    random = np.random.default_rng(seed)
    rows = pd.DataFrame(
        {
            "score": random.choice([0, 7, 10], n),
            "g": random.choice(["東京", "b", "nan"], n),
            "w": random.choice([0.5, 1.0, 2.0], n),
            "j": random.integers(0, 8, n),
        }
    )
    each = pd.DataFrame(
        [(score, g, 1.0, at) for at, g in enumerate(["東京", "b", "nan"]) for score in (0, 7, 10)],
        columns=list(rows),
    )
    return pd.concat([rows, each], ignore_index=True)


shares = st.tuples(*[st.floats(0.01, 10)] * 3).map(
    lambda sizes: dict(zip(["東京", "b", "nan"], sizes, strict=True))
)


def post(rows, sizes, **options):
    return nps.post_stratify(rows, by="g", shares=sizes, **options).frame.iloc[0]


@pytest.mark.parametrize(
    "design", [{}, {"weight": "w"}, {"cluster": "j"}, {"weight": "w", "cluster": "j"}]
)
@given(st.integers(0, 10**6), shares, st.sampled_from([0.8, 0.95]))
@settings(max_examples=6)
def test_equal_to_influence_values_of_rows(design, seed, sizes, confidence):
    rows = survey(seed)
    found = post(rows, sizes, confidence=confidence, **design)
    # residuals within segments: e = P w (x - NPS of the segment) / sum w of the segment
    share = rows["g"].map(sizes) / sum(sizes.values())
    w = rows["w"] if "weight" in design else pd.Series(1.0, index=rows.index)
    x = (rows["score"] >= 9).astype(float) - (rows["score"] <= 6)
    total, signed = (part.groupby(rows["g"]).transform("sum") for part in (w, w * x))
    variance, df = designs.linearised_variance(
        share * w * (x - signed / total) / total, cluster=rows["j"] if "cluster" in design else None
    )
    centre, half = (
        (share * w * x / total).sum(),
        stats.t.ppf(0.5 + confidence / 2, df) * np.sqrt(variance),
    )
    wanted = [centre, np.sqrt(variance), max(centre - half, -1), min(centre + half, 1)]
    assert_allclose(
        found[["nps", "se", "ci_low", "ci_high"]].astype(float) / 100, wanted, rtol=1e-9, atol=1e-12
    )


@given(st.integers(0, 10**6), shares, st.floats(1e-3, 1e6))
@settings(max_examples=8)
def test_the_scale_of_the_shares_changes_nothing(seed, sizes, k):
    rows = survey(seed)
    one, two = post(rows, sizes), post(rows, {name: k * size for name, size in sizes.items()})
    assert_allclose(one[NUMERIC].astype(float), two[NUMERIC].astype(float), rtol=1e-9)


@given(st.integers(0, 10**6))
@settings(max_examples=6)
def test_shares_of_the_answers_themselves_leave_the_nps_and_narrow_the_error(seed):
    rows = survey(seed)
    found, plain = (
        post(rows, rows["g"].value_counts().to_dict()),
        nps.score(rows, method="t").frame.iloc[0],
    )
    assert found["nps"] == pytest.approx(plain["nps"])
    assert found["se"] <= plain["se"] * (1 + 1e-12)  # what segments explain is no error any more


def test_ready_counts_and_a_segment_left_out():
    rows = survey(1)
    counts = nps.count_scores(rows, score="score", by="g", weight="w")
    kept = {"東京": 1, "b": 1, "nan": 0}
    pd.testing.assert_series_equal(post(counts, kept), post(rows, kept, weight="w"))
    b = nps.score(rows, by="g", weight="w").row({"g": "b"})
    assert post(counts, {"東京": 0, "b": 7, "nan": 0})["nps"] == pytest.approx(b["nps"])


def test_one_segment_of_one_kind_is_said_and_all_of_one_kind_keep_an_interval():
    rows = pd.DataFrame({"score": [10] * 8 + [10, 0, 8, 3], "g": ["a"] * 8 + ["b"] * 4})
    result = nps.post_stratify(rows, by="g", shares={"a": 1, "b": 1})
    assert str(result.warnings[0]) == (
        "All answers in a are of one kind, so their part of the error is taken as 0; the interval "
        "is "
        "too narrow."
    )
    assert "rests on fewer than 30 answers" in str(result.warnings[1])
    row = post(rows.assign(score=10), {"a": 1, "b": 1})
    kish = 1 / (
        0.25 / 8 + 0.25 / 4
    )  # what 8 and 4 answers are worth where each group is half of the population
    low, _ = intervals.score_limits(kish, kish, 0, z=proportions.z_value(0.95))
    assert_allclose(
        row[["nps", "se", "ci_low", "ci_high", "n_eff"]].astype(float),
        [100, 0, 100 * low, 100, kish],
        rtol=1e-9,
    )


def test_the_sentence_names_the_nps_with_interval_and_n():
    assert (
        nps.post_stratify(survey(3), by="g", shares={"東京": 1, "b": 1, "nan": 1})
        .summary()
        .startswith("The NPS is ")
    )


@pytest.mark.parametrize(
    ("sizes", "error", "wanted"),
    [
        ({"a": -1, "b": 2}, ParameterError, "'a': -1"),
        ({"a": np.nan, "b": 2}, ParameterError, "0 or more"),
        ({"a": np.inf, "b": 2}, ParameterError, "0 or more"),
        ({"a": 0, "b": 0}, ParameterError, "not all 0"),
        ({}, ParameterError, "not all 0"),
        ({"a": 1}, ParameterError, "'b' is missing"),
        ({"a": 1, "b": 1, "B": 1}, EmptyDataError, "nobody in 'B'"),
    ],
)
def test_bad_shares_are_refused(sizes, error, wanted):
    rows = pd.DataFrame({"score": [10, 0, 8] * 4, "g": list("ab") * 6})
    with pytest.raises(error, match=wanted):
        post(rows, sizes)


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({"confidence": 95}, "0.95 for 95 %"),
        ({"by": "h"}, "by='h'"),
        ({"score": "answer"}, "score='answer'"),
    ],
)
def test_bad_parameters_are_refused(options, wanted):
    rows = pd.DataFrame({"score": [10, 0, 8] * 4, "g": list("ab") * 6})
    with pytest.raises(CxError, match=wanted):
        nps.post_stratify(rows, **({"by": "g", "shares": {"a": 1, "b": 1}} | options))
