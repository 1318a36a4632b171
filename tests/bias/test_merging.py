"""Small categories: all are found, each has a neighbour, and merges end."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxlib import bias
from cxlib.bias.merging import FEWEST, as_merge, find_few, group_of, merged, positions, propose
from cxlib.bias.targets import Target, Unit
from cxlib.errors import ParameterError, WeightError


def target(totals, columns=("g",)):
    return Target(columns, pd.Series(totals, dtype=float).rename(" × ".join(columns)), Unit.COUNT)


@settings(max_examples=100)
@given(
    st.dictionaries(
        st.sampled_from(["18-24", "25-34", "35-44", "45-54", "55-64", "65+", "kids"]),
        st.tuples(st.integers(1, 100), st.integers(0, 12)),
        min_size=1,
    )
)
def test_after_the_proposed_merge_no_group_is_small_unless_one_is_left(categories):
    wanted = target({name: total for name, (total, _) in categories.items()})
    n = pd.Series({name: size for name, (_, size) in categories.items()})
    proposed = propose(wanted, n)
    groups = n.groupby([proposed.get(name, name) for name in n.index]).sum()
    assert (groups >= FEWEST).all() or len(groups) == 1
    assert not set(proposed) & set(proposed.values())  # chains are resolved
    totals, _ = merged(wanted, {"g": proposed})
    assert totals.sum() == wanted.totals.sum()
    few = {each.category for each in find_few(wanted, n)}
    assert few == set(n.index[n < FEWEST])


@pytest.mark.parametrize(
    ("sizes", "into"),
    [
        ({"18-34": 40, "35-54": 30, "55+": 0}, "35-54"),
        ({"18〜34": 0, "35〜54": 30, "55以上": 20}, "35〜54"),
        ({"20代": 20, "30代": 9, "40代": 3, "50代": 50}, "30代"),
        ({"20대": 20, "30대": 9, "40대": 0, "50대": 5}, "50대"),
        ({"January": 9, "February": 0, "March": 8}, "March"),
        ({"S": 30, "M": 9, "L": 20, "XL": 1}, "L"),
        ({"low": 7, "high": 90, "medium": 3}, "low"),
        ({"under 18": 2, "18-24": 30, "25+": 6}, "18-24"),
        ({"1": 9, "2": 8, "10": 0}, "2"),
        ({"plus": 30, "basic": 50, "pro": 1}, "plus"),  # no order: the smallest other
        ({"JP": 9, "KR": 8, "US": 0, "TW": 7}, "TW"),
    ],
)
def test_the_neighbour_is_the_next_in_order_or_the_smallest(sizes, into):
    small = min(sizes, key=sizes.get)
    assert propose(target(dict.fromkeys(sizes, 10.0)), pd.Series(sizes)) == {small: into}


def test_ordered_categories_are_in_their_own_order():
    sizes = {"never": 0, "often": 50, "seldom": 60, "always": 6}
    order = ["never", "seldom", "often", "always"]
    wanted = target(dict.fromkeys(sizes, 1.0))
    assert propose(wanted, pd.Series(sizes), order=order) == {"never": "seldom"}
    assert propose(wanted, pd.Series(sizes)) == {"never": "always"}


def test_a_crossed_margin_is_merged_within_its_first_column():
    sizes = {"JP · 18-34": 0, "JP · 35+": 30, "KR · 18-34": 6, "KR · 35+": 9}
    wanted = target(dict.fromkeys(sizes, 1.0), ("country", "age"))
    assert propose(wanted, pd.Series(sizes)) == {"JP · 18-34": "JP · 35+"}
    assert group_of(wanted, "JP · 55+", {"age": {"55+": "35+"}}) == "JP · 35+"


def test_categories_without_numbers_have_no_place():
    assert positions(["a1", "b", "c"]) == {"a1": None, "b": None, "c": None}
    assert positions(["5", "5.0"])["5"] is None  # two in one place


@pytest.mark.parametrize(
    ("merge", "said"),
    [
        ("yes", "merge='auto'"),
        ({"plan": "pro"}, "no mapping"),
        ({"plan": {"a": "b", "b": "a"}}, "circle"),
        ({"plan": {"a": None}}, "names none"),
        ({"plan": {"a": "b", "a ": "c"}}, "twice"),
    ],
)
def test_merges_that_cannot_be(merge, said):
    with pytest.raises(ParameterError, match=said):
        as_merge(merge)


def test_chains_are_resolved_and_names_folded():
    assert as_merge({"g": {"c ": "b", "b": "a", 1: 1}}) == {"g": {"c": "a", "b": "a"}}
    assert as_merge("auto") == "auto"
    assert as_merge(None) is None


@pytest.mark.parametrize("name", ["不明", "Unknown", "その他", "기타", "n/a"])
def test_who_is_unknown_is_near_nobody(name):
    ages = pd.Series({"18-29": 40.0, "30-49": 40.0, "50+": 10.0, name: 10.0})
    target = Target(("age",), ages, "share")
    assert propose(target, pd.Series({"18-29": 9, "30-49": 9, "50+": 9})) == {}
    rows = pd.DataFrame({"age": ["18-29", "30-49", "50+"] * 9})
    with pytest.raises(WeightError, match=name):
        bias.rake(rows, targets={"age": ages}, merge="auto")


def test_a_total_that_is_called_otherwise_is_no_category():
    rows = pd.DataFrame({"プラン": ["a", "b", "c"] * 9})
    targets = {"プラン": {"a": 7200, "b": 3600, "c": 1200, "しめて": 12000}}
    for merge in (None, "auto"):
        with pytest.raises(WeightError, match="looks like their total"):
            bias.rake(rows, targets=targets, merge=merge)
