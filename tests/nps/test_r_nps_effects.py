"""What the R package NPS 1.1 (CRAN) does wrong, effect by effect, and that we do not. Its figures
were measured in R 4.2.2."""

from decimal import Decimal, localcontext

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import special

from cxlib import nps, sources
from cxlib.errors import ScoreRangeError
from cxlib.rows import scales
from tests.nps import answers

kinds = st.tuples(*[st.integers(0, 40)] * 3).filter(lambda counts: sum(counts) > 0)


def rows(**groups):
    """Rows with a group `g` from promoters, passives and detractors of each."""
    return answers.rows_of("g", groups)


def test_cut_points_are_used():
    # `breaks` was ignored: -1 where 0 is right, for every answer was held against 9 and 6 all the
    # same
    five = pd.DataFrame({"score": [5, 5, 1, 1]})
    found = nps.score(five, scale=(1, 5), promoter=5, detractor=3).frame.iloc[0]
    assert (found["nps"], found["promoters"], found["detractors"]) == (0, 2, 2)


@pytest.mark.parametrize(
    "method", [None, "mover", "jeffreys", "adjusted_wald", "bootstrap", "bca", "wald", "t"]
)
def test_an_interval_runs_upwards_and_ends_at_100(method):
    # it came out as [1.35, -0.35], which is 0.5 plus and minus 1.96 sqrt(0.75 / 4): three promoters
    # and one detractor
    found = nps.score(rows(a=(3, 0, 1)), method=method).frame.iloc[0]
    assert -100 <= found["ci_low"] < 50 < found["ci_high"] <= 100


@settings(max_examples=25)
@given(kinds, kinds)
def test_a_difference_keeps_its_sign(one, other):  # abs() dropped it
    found, turned = (
        nps.compare(rows(a=a, b=b), between="g").frame.iloc[0]
        for a, b in ((one, other), (other, one))
    )
    wanted = 100 * ((other[0] - other[2]) / sum(other) - (one[0] - one[2]) / sum(one))
    assert_allclose(found["difference"], wanted, atol=1e-12)
    assert found["ci_low"] <= found["difference"] <= found["ci_high"]
    assert found["statistic"] * wanted >= 0
    assert_allclose(
        [turned["difference"], turned["ci_low"], turned["ci_high"], turned["statistic"]],
        [-found["difference"], -found["ci_high"], -found["ci_low"], -found["statistic"]],
        rtol=1e-9,
        atol=1e-9,
    )


def test_a_tiny_p_value_is_no_zero():
    # 0 was given where 9.8e-198 is right. Here z is exact, of whole numbers, and p comes from the
    # logarithm of the normal law
    groups = {"a": (200, 200, 600), "b": (690, 210, 100)}
    with localcontext() as context:
        context.prec = 60
        z = (
            (Decimal(690 - 100) - (200 - 600))
            / 1000
            / sum(
                (Decimal(p + q) / 1000 - (Decimal(p - q) / 1000) ** 2) / 1000
                for p, _, q in groups.values()
            ).sqrt()
        )
    wanted = np.exp(special.log_ndtr(-float(z)) + np.log(2))
    found = nps.compare(rows(**groups), between="g", method="wald").frame.iloc[0]
    assert 0 < wanted < 1e-190
    assert_allclose(found["pvalue"], wanted, rtol=1e-9)
    assert "p < 0.001" in nps.compare(rows(**groups), between="g", method="wald").summary()


def test_a_tiny_p_value_of_the_default_is_no_zero():
    # 10/20/70 against its mirror: both score limits meet 0 at the same z, so each lies 1.2 /
    # sqrt(2) from its estimate, and z is Tango's statistic there, in closed form
    n, a, c = 1000, 700, 100
    with localcontext() as context:
        context.prec = 60
        d = Decimal("0.6") - Decimal("1.2") / Decimal(2).sqrt()
        b, k = -a - c + (2 * n - a + c) * d, -c * d * (1 - d)
        q = ((b * b - 8 * n * k).sqrt() - b) / (4 * n)
        z = (a - c - n * d) / (n * (2 * q + d * (1 - d))).sqrt()
    wanted = np.exp(special.log_ndtr(-float(z)) + np.log(2))
    found = nps.compare(rows(a=(100, 200, 700), b=(700, 200, 100)), between="g").frame.iloc[0]
    assert 0 < wanted < 1e-190
    assert_allclose(found["pvalue"], wanted, rtol=1e-9)


def test_eight_and_a_half_is_no_promoter():
    answers = pd.DataFrame({"score": [8.5, 9, 3]})
    counts = nps.count_scores(answers, score="score")
    assert counts.dropped == {"missing": 0, "out_of_range": 0, "not_whole": 1}
    assert counts.categories().to_dict("records") == [
        {"n": 2, "promoters": 1, "passives": 0, "detractors": 1}
    ]
    assert nps.score(answers).frame["nps"].item() == 0


# scalestrip made 75, 1, 910 and NA of the first four
ANSWERS = {
    "7.5": "not_whole",
    "-1": "out_of_range",
    "9/10": "not_a_score",
    "１０": 10,
    "８点": 8,
    "８.５": "not_whole",
    "10 - Extremely likely": 10,
    "Not at all likely - 0": 0,
    "7-8": "not_a_score",
    "90 %": "not_a_score",
    "11": "out_of_range",
    "1e1": "not_a_score",
    "@SUM(1)": "not_a_score",
    "=SUM(1)": "not_a_score",
    "+SUM(1)": "not_a_score",
    "＝SUM(1)": "not_a_score",
    "大変満足(10)": 10,
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_digits_are_read_as_a_number_or_not_at_all(answer, tmp_path):
    (tmp_path / "survey.csv").write_text(f'score\n"{answer}"\n3\n', encoding="utf-8")
    for values in ([answer, 3], sources.read_survey(tmp_path / "survey.csv").frame["score"]):
        scores, wanted = scales.parse_scores(values), ANSWERS[answer]
        assert scores.values.tolist() == [pd.NA if isinstance(wanted, str) else wanted, 3]
        assert {reason for reason, n in scores.dropped.items() if n} == (
            {wanted} if isinstance(wanted, str) else set()
        )
        assert not isinstance(wanted, str) or answer in str(scores.warnings[0])


def test_where_nothing_is_a_score_that_is_said():
    with pytest.raises(ScoreRangeError, match="first: '9/10', not a score"):
        scales.parse_scores(["9/10", "8/10"])
