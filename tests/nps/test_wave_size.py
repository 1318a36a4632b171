"""How many answers the next wave needs: the planning formula with the shares and the design effect
of this wave."""

import pandas as pd
from numpy.testing import assert_allclose

from cxlib import nps
from tests.conftest import ORACLES


def rows(promoters, passives, detractors):
    return nps.count_scores(
        pd.DataFrame({"score": [10] * promoters + [8] * passives + [0] * detractors}), score="score"
    )


def test_numbers_are_those_of_the_planning_oracle():
    # expected_misc.json: 50/30/20, +- 5 points, and 95 % level with 80 % power for 10 points of a
    # difference from itself
    plan = nps.next_wave(rows(50, 30, 20)).frame.set_index("points")
    assert plan.loc[5, "n_precision"] == 938
    assert (
        plan.loc[10, "n_comparison"]
        == nps.sample_size(difference=10, promoters=0.5, detractors=0.2).frame["n"].iloc[0]
    )


def test_the_design_effect_multiplies():
    design = {"weight": "weight", "strata": "stratum", "cluster": "store"}
    counts = nps.count_scores(ORACLES / "nps" / "responses.csv", score="ltr", **design)
    plan = nps.next_wave(counts, margin=4.5)
    assert_allclose(
        plan.frame["design_effect"], 4.47439500810631, rtol=1e-12
    )  # R survey, deff="replace"
    p, q = 0.311268724266268, 0.329291379872583  # R survey, shares
    alone = nps.sample_size(half_width=4.5, promoters=p, detractors=q).frame["n_exact"].iloc[0]
    assert (
        abs(plan.frame.set_index("points").loc[4.5, "n_precision"] - 4.47439500810631 * alone) <= 1
    )
    assert "± 4.5 points" in plan.summary()


def test_answers_of_one_kind_are_planned_for_the_worst_case():
    plan = nps.next_wave(rows(10, 0, 0)).frame.set_index("points")
    assert plan.loc[5, "n_precision"] == 1537  # expected_misc.json, worst_case


def test_answers_of_one_kind_are_planned_for_the_worst_case_and_said_so():
    counts = nps.count_scores(pd.DataFrame({"score": [10] * 40}), score="score")
    assert "In the worst case (half promoters, half detractors)" in nps.next_wave(counts).summary()


def test_any_margin_a_single_cluster_and_a_size_between_whole_points_are_answered():
    # by hand: +- 100 points is the most there is, and 1.96^2 x 0.61 / 1 is 2.34
    assert nps.next_wave(rows(50, 30, 20), margin=150).frame["n_precision"].iloc[-1] == 3
    assert "4.5" in repr(nps.next_wave(rows(50, 30, 20), margin=4.5).table())
    alone = pd.DataFrame(
        {
            "score": [10, 9, 3] * 5 + [8] * 3,
            "wave": ["1"] * 15 + ["2"] * 3,
            "shop": ["a"] * 15 + ["b"] * 3,
        }
    )
    now = nps.count_scores(alone, score="score", by="wave", cluster="shop").where("wave", "1")
    assert "cannot be planned" in nps.next_wave(now).summary()
