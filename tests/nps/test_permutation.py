"""The exact test against exact fractions, R's coin and full enumeration; its limits and its
sentences."""

import itertools
import json
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from cxlib import nps
from cxlib.errors import ColumnError, ParameterError
from cxlib.methods import multiplicity
from cxlib.nps.methods.permutation import exact_pvalue
from cxlib.nps.permutation import PermutationTest, permutation_test
from cxlib.nps.score_counts import ScoreCounts
from tests.conftest import ORACLES

EXACT = json.loads((ORACLES / "nps" / "expected_exact.json").read_text(encoding="utf-8"))
R = json.loads((ORACLES / "nps" / "expected_r.json").read_text(encoding="utf-8"))
RESPONSES = pd.read_csv(ORACLES / "nps" / "responses.csv")
PAIRS = {
    "two_sample_US_vs_EU": ("segment", "US", "EU"),
    "two_sample_Q4_vs_Q3": ("wave", "2024Q4", "2024Q3"),
}
triples = st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40)).filter(any)


def of(triple):
    promoters, passives, detractors = triple
    return promoters, promoters + passives + detractors, detractors


def ready(**segments):
    rows = [
        (name, score, n)
        for name, kinds in segments.items()
        for score, n in zip((10, 8, 2), kinds, strict=True)
        if n
    ]
    return ScoreCounts(pd.DataFrame(rows, columns=["s", "score", "n"]), ("s",))


def test_equal_to_exact_fractions():
    # make_exact.py: multivariate hypergeometric in fractions; it leaves out pairs of more than 400
    # answers
    checked = 0
    for case in EXACT["two_sample"]:
        assert ("permutation_exact_p_two_sided" in case) == (sum(case["x"] + case["y"]) <= 400)
        if "permutation_exact_p_two_sided" in case:
            found = exact_pvalue(of(case["x"]), of(case["y"]))
            assert_allclose(found, case["permutation_exact_p_two_sided"], rtol=1e-15)
            checked += 1
    assert checked == 5


@pytest.mark.parametrize("name", PAIRS)
def test_equal_to_r(name):
    # coin::oneway_test(distribution = exact(algorithm = "shift")), make_r.R; 15 digits in the file
    column, x, y = PAIRS[name]
    result = permutation_test(
        RESPONSES[RESPONSES[column].isin([x, y])], between=column, score="ltr", reference=y
    )
    row = result.frame.iloc[0]
    assert (row["a"], row["b"], row["n_b"], row["n_a"]) == (y, x, *R[name]["n"])
    assert_allclose(row["pvalue"], R[name]["exact_permutation_p_two_sided"], rtol=1e-12)
    assert_allclose(row["difference"], 100 * R[name]["diff"], rtol=1e-12)


@settings(max_examples=40)
@given(st.lists(st.sampled_from([1, 0, -1]), min_size=2, max_size=9), st.data())
def test_equal_to_dealing_out_every_way(kinds, data):
    n = data.draw(st.integers(1, len(kinds) - 1))
    scaled = [
        Fraction(sum(kinds[k] for k in chosen), n)
        - Fraction(sum(kinds) - sum(kinds[k] for k in chosen), len(kinds) - n)
        for chosen in itertools.combinations(range(len(kinds)), n)
    ]
    one, two = (tuple(part.count(kind) for kind in (1, 0, -1)) for part in (kinds[:n], kinds[n:]))
    wanted = Fraction(sum(abs(d) >= abs(scaled[0]) for d in scaled), len(scaled))
    assert exact_pvalue(of(one), of(two)) == float(wanted)


@given(triples, triples)
def test_p_lies_in_0_to_1_and_mirrors(one, two):
    p = exact_pvalue(of(one), of(two))
    assert 0 < p <= 1
    assert p == exact_pvalue(of(two), of(one)) == exact_pvalue(of(one[::-1]), of(two[::-1]))


@pytest.mark.parametrize(
    ("one", "two", "wanted"),
    [
        ((1, 0, 0), (0, 0, 1), 1.0),
        ((5, 0, 0), (9, 0, 0), 1.0),
        ((0, 7, 0), (0, 1, 0), 1.0),
        ((20, 0, 0), (0, 0, 20), 2 / 137846528820),
    ],
)  # one of two ways out of C(40, 20)
def test_one_answer_one_kind_and_two_kinds_apart(one, two, wanted):
    assert exact_pvalue(of(one), of(two)) == wanted


def test_the_largest_pair_has_a_p_value_above_0():
    assert 0 < exact_pvalue((500, 500, 0), (0, 500, 500)) < 1e-290


def test_the_score_test_agrees_where_the_exact_one_is_refused():
    counts = ready(x=(250, 150, 100), y=(280, 140, 80))
    exact, score = (
        permutation_test(counts, between="s").frame,
        nps.compare(counts, between="s").frame,
    )
    assert_allclose(score["pvalue"], exact["pvalue"], rtol=0.12)


def test_a_family_is_adjusted_and_a_reference_comes_first():
    counts = ready(東京=(30, 10, 10), 서울=(10, 10, 30), x=(28, 12, 10))
    result = permutation_test(counts, between="s", adjust="BY")
    assert list(result.frame.columns) == list(PermutationTest.columns)
    assert len(result.frame) == 3
    assert_allclose(
        result.frame["pvalue_adj"], multiplicity.adjust_pvalues(result.frame["pvalue"], method="BY")
    )
    assert "3 pairs were tested at once" in str(result.warnings[0])
    against = permutation_test(counts, between="s", reference="서울").frame
    assert set(against["a"]) == {"서울"}
    assert set(against["b"]) == {"東京", "x"}
    assert (against["difference"] > 0).all()


def test_pairs_stay_within_their_group():
    rows = pd.DataFrame(
        {
            "score": [10, 2, 9, 1] * 5,
            "wave": ["1", "2"] * 10,
            "country": (["JP"] * 2 + ["KR"] * 2) * 5,
        }
    )
    frame = permutation_test(rows, between="wave", by="country", adjust="none").frame
    assert list(frame["country"]) == ["JP", "KR"]
    assert_allclose(frame["pvalue"], exact_pvalue((5, 5, 0), (0, 5, 5)))


@pytest.mark.parametrize(
    ("segments", "wanted"),
    [
        (
            {"a": (1, 5, 5), "b": (9, 2, 0)},
            "b (81.8, n = 11) minus a (−36.4, n = 11) is +118.2 points, more than dealing",
        ),
        (
            {"a": (3, 1, 1), "b": (2, 1, 2)},
            "b (0.0, n = 5) minus a (40.0, n = 5) is −40.0 points, but dealing the "
            "answers out at random gives as much too often to tell (exact p ",
        ),
        ({"a": (1, 5, 5), "b": (9, 2, 0), "c": (5, 3, 3)}, "1 of 3 differences are larger"),
        ({"a": (3, 1, 1), "b": (2, 1, 2), "c": (1, 1, 1)}, "None of the 3 differences"),
    ],
)
def test_the_clearest_difference_is_said(segments, wanted):
    assert wanted in permutation_test(ready(**segments), between="s").summary()


def test_uneven_spread_and_size_is_a_warning():
    uneven = permutation_test(ready(a=(1, 98, 1), b=(12, 1, 12)), between="s")
    assert "one distribution" in str(uneven.warnings[0])
    assert permutation_test(ready(a=(10, 10, 10), b=(12, 1, 12)), between="s").warnings == ()


@pytest.mark.parametrize(
    ("segments", "options", "wanted"),
    [
        (
            {"a": (300, 100, 100), "b": (300, 100, 101)},
            {},
            "'a' and 'b' have 1,001 answers together.*nps.compare",
        ),
        (
            {f"s{k}": (160, 170, 170) for k in range(50)},
            {},
            "1,225 exact tests .* would take minutes",
        ),
        ({"a": (3, 1, 1), "b": (2, 1, 2)}, {"reference": "c"}, "reference='c'"),
        ({"a": (3, 1, 1), "b": (2, 1, 2)}, {"adjust": "no"}, "adjust='no'"),
        ({"a": (3, 1, 1), "b": (2, 1, 2)}, {"confidence": 5}, "0.95 for 95 %"),
    ],
)
def test_what_cannot_be_tested_is_refused_with_the_next_step(segments, options, wanted):
    with pytest.raises(ParameterError, match=wanted):
        permutation_test(ready(**segments), between="s", **options)


def test_nothing_to_compare_is_said_and_other_columns_are_refused():
    assert "No column was given" in permutation_test(ready(a=(1, 1, 1)), between=None).summary()
    assert "not two values of 's'" in permutation_test(ready(a=(1, 1, 1)), between="s").summary()
    with pytest.raises(ColumnError, match="t"):
        permutation_test(ready(a=(1, 1, 1)), between="t")
    rows = pd.DataFrame({"score": [1, 9], "s": ["a", "b"], "w": [1.0, 2.0]})
    with pytest.raises(ParameterError, match="counts every answer once"):
        permutation_test(nps.count_scores(rows, score="score", by="s", weight="w"), between="s")
    with pytest.raises(ParameterError, match="'weight'"):
        permutation_test(rows, between="s", weight="w")


def test_a_segment_with_rows_but_no_answer_is_named():
    data = pd.DataFrame({"score": [1, 5, 4, 5, None], "s": ["a", "a", "b", "b", "空"]})
    result = permutation_test(data, between="s")
    assert any("空" in str(warning) for warning in result.warnings)
    assert "空" not in result.frame.to_string()
