"""A linearised variance of 0 is no certainty: limits of an effective number, or no verdict."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from cxlib import nps
from cxlib.methods import proportions
from cxlib.nps.design import estimates, known_variance
from cxlib.nps.methods import intervals


def test_clusters_all_alike_are_no_certainty():
    # each store has the same NPS in each segment: the linearised variance is 0, which R prints as
    # it is
    rows = pd.DataFrame(
        {
            "score": [10, 0] * 4 + [10, 8] * 4,
            "g": ["a"] * 8 + ["b"] * 8,
            "j": [1, 1, 2, 2, 3, 3, 4, 4] * 2,
        }
    )
    frame = nps.score(rows, by="g", cluster="j").frame
    assert list(frame["se"]) == [0, 0]
    # the score limits of as many answers as there are stores
    low, high = intervals.score_limits([2, 2], 4, [2, 0], z=proportions.z_value(0.95))
    assert_allclose(frame[["ci_low", "ci_high"]], 100 * np.stack([low, high], axis=1), rtol=1e-9)
    row = nps.compare(rows, between="g", cluster="j").frame.iloc[0]
    assert row[["se", "ci_low", "ci_high", "pvalue", "detectable", "n_needed"]].isna().all()
    assert row["verdict"] == "do_not_compare"


@pytest.mark.parametrize("weights", [[0.1, 0.2, 0.3, 0.7] * 3, [1.0] * 12])
def test_strata_that_explain_every_answer_are_no_certainty(weights):
    rows = pd.DataFrame({"score": [10] * 6 + [0] * 6, "h": ["x"] * 6 + ["y"] * 6, "w": weights})
    row = nps.score(rows, strata="h").frame.iloc[0]
    assert row["se"] == 0
    assert row["ci_low"] < row["nps"] < row["ci_high"]
    assert row["n_eff"] == 12
    nearly = nps.score(rows.assign(w=np.r_[0.1, np.ones(11)]), strata="h", weight="w").frame.iloc[0]
    assert nearly["se"] > 0  # unequal weights leave the stratum's own share uncertain


def test_all_of_one_kind_has_the_score_limits_of_its_effective_number():
    weights = np.array([0.1, 0.3, 0.7, 1.1, 2.9])
    row = nps.score(pd.DataFrame({"score": 10, "w": weights}), weight="w").frame.iloc[0]
    kish = weights.sum() ** 2 / (weights**2).sum()
    z = proportions.z_value(0.95)
    # Tango's equation for promoters alone, solved by hand: (n - z^2) / (n + z^2)
    assert_allclose(
        [row["ci_low"], row["ci_high"], row["n_eff"]],
        [100 * (kish - z**2) / (kish + z**2), 100, kish],
        rtol=1e-9,
    )


def test_a_cluster_that_is_the_whole_segment_says_that_nothing_can_be_known():
    rows = pd.DataFrame(
        {"score": [10, 0, 8] * 6, "g": ["a"] * 9 + ["b"] * 9, "j": [1] * 9 + [2, 3, 4] * 3}
    )
    result = nps.score(rows, by="g", cluster="j")
    assert result.row({"g": "a"})[["se", "ci_low", "ci_high"]].isna().all()
    assert any("single cluster" in str(sentence) for sentence in result.warnings)
    assert nps.compare(rows, between="g", cluster="j").frame["verdict"].item() == "do_not_compare"


def test_clusters_that_are_all_alike_are_worth_their_number():
    """Ten stores, each with the same two answers: a linearised variance of 0 is not knowledge; ten
    answers are."""
    rows = pd.DataFrame(
        [
            {"wave": wave, "store": store, "score": score}
            for wave, scores in ((1, [10, 0]), (2, [10, 8]))
            for store in range(10)
            for score in scores
        ]
    )
    found = estimates(nps.count_scores(rows, score="score", by="wave", cluster="store"))
    assert found["se"].tolist() == [0, 0]
    assert found["n_eff"].tolist() == [10, 10]
    assert_allclose(known_variance(found), [1 / 10, 0.25 / 10], rtol=1e-12)
    for function in (nps.waves, nps.monitor, nps.homogeneity, nps.league):
        numbers = function(
            rows, **{"wave" if function is nps.waves else "between": "wave"}, cluster="store"
        ).frame
        numbers = numbers.drop(columns="df_error", errors="ignore").select_dtypes("number")
        assert np.isfinite(numbers.to_numpy(float)).all()
