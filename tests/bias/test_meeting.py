"""Weights with merged categories: the rows keep their own, and what is small is told."""

import ast
import re

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from cxlib import bias
from cxlib.errors import ParameterError, WeightError

ROWS = pd.DataFrame(
    {
        "plan": ["basic"] * 50 + ["plus"] * 30 + ["gold"] * 3,
        "age": (["18-34", "35-54"] * 42)[:81] + ["55+"] * 2,
        "y": range(83),
    }
)
TARGETS = {
    "plan": {"basic": 0.5, "plus": 0.3, "gold": 0.1, "pro": 0.1},
    "age": {"18-34": 0.3, "35-54": 0.3, "55+": 0.3, "65+": 0.1},
}


def merge_in(refusal):
    return ast.literal_eval(re.search(r"merge=(\{.*?\}\})", str(refusal))[1])


def by_hand(rows, targets, merge):
    """As a researcher would do it: rename in the data, add in the targets."""
    rows = rows.assign(**{m: rows[m].replace(pairs) for m, pairs in merge.items()})
    summed = {
        m: pd.Series(t).groupby([merge.get(m, {}).get(c, c) for c in t]).sum()
        for m, t in targets.items()
    }
    return bias.rake(rows, targets=summed), rows


def test_all_empty_and_tiny_categories_are_named_and_the_merge_works_as_pasted():
    with pytest.raises(WeightError) as refused:
        bias.rake(ROWS, targets=TARGETS)
    said = str(refused.value)
    assert all(f"'{name}'" in said for name in ("pro", "65+", "gold", "55+"))
    weights = bias.rake(ROWS, targets=TARGETS, merge=merge_in(said))
    auto = bias.rake(ROWS, targets=TARGETS, merge="auto")
    assert_allclose(weights.cells["factor"], auto.cells["factor"])
    told = " ".join(map(str, auto.warnings))
    assert all(f"'{name}'" in told for name in ("pro", "65+", "gold", "55+"))
    assert "plus + gold + pro" in set(auto.frame["category"])


@pytest.mark.parametrize(
    "merge",
    [
        {"plan": {"gold": "plus", "pro": "plus"}, "age": {"55+": "35-54", "65+": "35-54"}},
        {"plan": {"pro": "gold", "gold": "plus"}, "age": {"65+": "55+", "55+": "35-54"}},
    ],
)
def test_merged_weights_are_those_of_merged_data_and_reach_the_rows_as_they_were(merge):
    """The same by hand, to rounding."""
    resolved = {"plan": {"gold": "plus", "pro": "plus"}, "age": {"55+": "35-54", "65+": "35-54"}}
    weights = bias.rake(ROWS, targets=TARGETS, merge=merge)
    plain, renamed = by_hand(ROWS, TARGETS, resolved)
    own = weights.apply(ROWS).execute().sort_values("y")["weight"]
    theirs = plain.apply(renamed).execute().sort_values("y")["weight"]
    assert_allclose(own, theirs, rtol=1e-9)
    assert_allclose(
        [weights.n_eff, weights.deff, weights.ratio], [plain.n_eff, plain.deff, plain.ratio]
    )
    mean = bias.weighted_mean(ROWS, outcome="y", weights=weights).frame["mean"]
    assert_allclose(mean, bias.weighted_mean(renamed, outcome="y", weights=plain).frame["mean"])
    assert weights.merged["plan"]["gold"] == weights.merged["plan"]["plus"] == "plus + gold + pro"
    assert weights.frame["n"].tolist() == [50, 33, 41, 42]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("pqr")), min_size=6, max_size=40),
    st.lists(st.integers(1, 9), min_size=7, max_size=7),
)
def test_auto_never_fails_for_want_of_respondents(rows, totals):
    """Whoever answered, what can still be refused are targets that contradict each other."""
    frame = pd.DataFrame(rows, columns=["g", "h"])
    targets = {
        "g": {c: n / sum(totals[:4]) for c, n in zip("abcd", totals, strict=False)},
        "h": {c: n / sum(totals[4:]) for c, n in zip("pqr", totals[4:], strict=True)},
    }
    try:
        weights = bias.rake(frame, targets=targets, merge="auto")
    except WeightError as error:
        assert "nobody" not in str(error)  # noqa: PT017
        return
    groups = weights.frame.groupby("margin")["n"].agg(["min", "size"])
    assert ((groups["min"] >= 5) | (groups["size"] == 1)).all()
    assert weights.residual <= 1e-10
    assert weights.apply(frame).execute()["weight"].notna().all()


def test_a_category_of_respondents_without_target_can_be_merged():
    rows = pd.DataFrame({"plan": ["basic"] * 10 + ["trial"] * 5 + ["pro"] * 5})
    weights = bias.rake(
        rows, targets={"plan": {"basic": 0.6, "pro": 0.4}}, merge={"plan": {"trial": "basic"}}
    )
    assert weights.frame["n"].tolist() == [15, 5]
    assert "'trial' (5 answers) with 'basic'" in str(weights.warnings[0])


@pytest.mark.parametrize(
    ("merge", "said"),
    [
        ({"plam": {"pro": "plus"}}, "did you mean 'plan'"),
        ({"plan": {"prro": "plus"}}, "did you mean 'pro'"),
    ],
)
def test_merges_of_what_is_not_there(merge, said):
    with pytest.raises(ParameterError, match=said):
        bias.rake(ROWS, targets=TARGETS, merge=merge)


def test_one_category_changes_nothing_and_that_is_told():
    rows = pd.DataFrame({"g": ["x"] * 20})
    weights = bias.rake(rows, targets={"g": {"x": 1}})
    assert_allclose(weights.cells["weight"], 1)
    assert [message.key for message in weights.warnings] == ["bias.one_category"]


def test_targets_of_combinations_are_met():
    rows = pd.DataFrame({"c": ["JP", "KR"] * 20, "p": ["a"] * 18 + ["b"] * 22, "y": range(40)})
    wanted = {("JP", "a"): 0.1, ("JP", "b"): 0.4, ("KR", "a"): 0.3, ("KR", "b"): 0.2}
    weights = bias.rake(rows, targets={("c", "p"): wanted})
    got = weights.apply(rows).execute().groupby(["c", "p"])["weight"].sum() / 40
    assert_allclose([got[key] for key in wanted], list(wanted.values()))
    assert set(weights.frame["category"]) == {"JP · a", "JP · b", "KR · a", "KR · b"}
