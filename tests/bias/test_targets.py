"""Targets as people write them: counts, shares and percent are told apart, or refused."""

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from cxlib.bias.targets import as_targets, nearest_spelling
from cxlib.errors import WeightError


def shares(targets):
    return {
        name: (totals / totals.sum()).to_dict()
        for name, totals in as_targets(targets).as_mapping().items()
    }


@settings(max_examples=60)
@given(st.lists(st.integers(1, 10**6), min_size=2, max_size=8), st.booleans())
def test_counts_shares_percent_and_texts_of_them_are_the_same(counts, strings):
    """By arithmetic: n / N, 100 n / N and "… %" name one and the same share."""
    names = [f"c{i}" for i in range(len(counts))]
    total = sum(counts)
    exact = {name: n / total for name, n in zip(names, counts, strict=True)}
    percent = {name: 100 * share for name, share in exact.items()}
    signed = {name: f"{share!r} %" for name, share in percent.items()}
    grouped = {name: f"{n:,}" for name, n in zip(names, counts, strict=True)}
    for given_targets in (exact, percent, signed, grouped if strings else exact):
        found = shares({"g": given_targets})["g"]
        assert_allclose([found[name] for name in names], list(exact.values()), rtol=1e-9)


@settings(max_examples=60)
@given(st.lists(st.integers(1, 10**5), min_size=3, max_size=9), st.sampled_from([2, 3, 4]))
def test_rounded_shares_are_read_where_rounding_explains_what_is_missing(counts, digits):
    """Shares rounded to the nearest miss the whole by less than half a unit each: read, told and
    divided by their sum (or refused, beyond a hundredth)."""
    rounded = [round(n / sum(counts), digits) for n in counts]
    assume(all(rounded))  # a share of 0 is taken as it is
    targets = {"g": {f"c{i}": share for i, share in enumerate(rounded)}}
    off = abs(sum(rounded) - 1)
    if off > 0.0101:
        with pytest.raises(WeightError, match="sum to"):
            as_targets(targets)
    else:
        found = as_targets(targets)
        assert_allclose(found.margins[0].totals.sum(), 1)
        assert bool(found.notes) == (off > 1e-9)


@pytest.mark.parametrize(
    "one_third", [0.333, 33.3, "33.3 %", "33,3%", "３３.３％", np.float64(0.3333)]
)
def test_thirds_are_read_and_told(one_third):
    found = as_targets({"g": dict.fromkeys("abc", one_third)})
    assert [note.key for note in found.notes] == ["bias.targets_rounded"]
    assert_allclose(found.margins[0].totals / found.margins[0].totals.sum(), 1 / 3)


@pytest.mark.parametrize(
    ("categories", "total"),
    [
        ({"a": 0.6, "b": 0.3, "c": 0.07}, "0.97"),
        ({"a": 0.6, "b": 0.3, "c": 0.12}, "1.02"),
        ({"a": "60 %", "b": "30 %"}, "90 %"),
        ({"a": 60.5, "b": 30.5}, "91"),
        ({"a": 0.5, "b": 0.49}, "0.99"),
        ({"a": 0.3, "b": 0.2}, "0.5"),
        ({"a": 1.0, "b": 0.5}, "1.5"),
    ],
)
def test_shares_that_do_not_sum_are_refused_with_the_sum(categories, total):
    with pytest.raises(WeightError, match=rf"'g'.*sum to {re.escape(total)}, not to"):
        as_targets({"g": categories})


@pytest.mark.parametrize(
    ("keys", "both"),
    [
        (["x", "x "], "'x' and 'x '"),
        ([1, "1"], "1 and '1'"),
        (["Ａ", "A"], "'Ａ' and 'A'"),
        ([1, "１"], "1 and '１'"),
        (["a  b", "a\u3000b"], "'a  b' and"),
        (["ｻﾎﾟｰﾄ", "サポート"], "'ｻﾎﾟｰﾄ' and 'サポート'"),
        ([True, "True"], "True and 'True'"),
        ([2026.5, "2026.5"], "2026.5 and '2026.5'"),
    ],
)
@pytest.mark.parametrize("form", [lambda k: dict(zip(k, (1, 2), strict=True)), pd.Series])
def test_keys_that_are_one_category_are_refused_with_both_spellings(keys, both, form):
    target = form(keys) if isinstance(form(keys), dict) else pd.Series([1, 2], index=keys)
    with pytest.raises(WeightError, match="there twice") as refused:
        as_targets({"g": target})
    assert both in str(refused.value)


def test_a_series_that_repeats_a_category_is_refused():
    with pytest.raises(WeightError, match="'x' is there twice"):
        as_targets({"g": pd.Series([1, 2], index=["x", "x"])})


@pytest.mark.parametrize(
    ("targets", "said"),
    [
        (pd.DataFrame({"g": ["a"], "n": [1]}), "read_targets"),
        ({"g": pd.DataFrame({"a": [1]})}, "read the whole table with"),
        ({"g": {"a": {"b": 1}}}, "is a mapping again"),
        ({"g": {"a": pd.Series([1])}}, "is a mapping again"),
        ({"g": [1, 2]}, "give a mapping of category"),
        ({"g": 0.5}, "give a mapping of category"),
        ({"g": {"a": [1, 2]}}, "one count or share"),
        ({"g": {"a": "many"}}, "is no number"),
        ({"g": {"a": True}}, "is no number"),
        ({"g": {"a": None}}, "is no number"),
        ({"g": {"a": "60 %", "b": 40}}, "percent sign"),
        ({"g": {"a": float("inf")}}, "'a' is inf"),
        ({"g": {None: 0.5, "b": 0.5}}, "'unknown'"),
        ({"g": {" ": 0.5, "b": 0.5}}, "'unknown'"),
        ({("g", "h"): {"a": 1}}, "one of each of the 2 columns"),
        ({1: {"a": 1}, "1": {"a": 1}}, "'1' is there twice"),
        ([("g", {"a": 1})], "give a mapping"),
    ],
)
def test_what_is_no_target_is_refused_with_what_to_write(targets, said):
    with pytest.raises(WeightError, match=said):
        as_targets(targets)


def test_shares_beside_counts_become_counts_and_that_is_told():
    found = as_targets(
        {"plan": {"a": 60, "b": 40}, "vip": {"y": 0.1, "n": 0.9}, "city": {"X": 4000, "Y": 1000}}
    )
    totals = {each.name: each.totals.to_dict() for each in found.margins}
    assert totals == {
        "plan": {"a": 3000, "b": 2000},
        "vip": {"y": 500, "n": 4500},
        "city": {"X": 4000, "Y": 1000},
    }
    assert [note.key for note in found.notes] == ["bias.targets_mixed"]
    assert "plan and vip" in str(found.notes[0])


def test_numbers_of_100_stay_counts_of_100_alone_and_are_percent_beside_shares():
    alone = as_targets({"plan": {"a": 60, "b": 40}})
    assert alone.margins[0].totals.to_dict() == {"a": 60, "b": 40}
    both = as_targets({"plan": {"a": 60, "b": 40}, "vip": {"y": 0.1, "n": 0.9}})
    assert both.margins[0].totals.to_dict() == {"a": 0.6, "b": 0.4}


@pytest.mark.parametrize("other", [{"y": 1000, "n": 2000}, {"y": 57, "n": 40}])
def test_counts_of_two_totals_are_refused_with_both(other):
    with pytest.raises(WeightError, match=r"different totals \(a .* and b "):
        as_targets({"a": {"p": 2500, "q": 2500}, "b": other})


def test_numbers_that_may_be_percent_beside_shares_are_refused():
    with pytest.raises(WeightError, match="a 97 and b 1"):
        as_targets({"a": {"p": 57, "q": 40}, "b": {"y": 0.5, "n": 0.5}})


def test_categories_of_two_columns_are_joined_by_name():
    found = as_targets({("国", "plan"): {("日本", "basic "): 3, ("韓国", "pro"): 1}})
    assert found.margins[0].name == "国 × plan"
    assert found.columns == ["国", "plan"]
    assert found.margins[0].totals.to_dict() == {"日本 · basic": 3, "韓国 · pro": 1}


@pytest.mark.parametrize(
    ("wanted", "there", "found"),
    [
        (["Pro", "basic"], ["pro", "basic"], {"Pro": "pro"}),
        (["18-34"], ["18–34"], {"18-34": "18–34"}),
        (["18-34"], ["35-54"], {}),
        (["premium"], ["premum"], {"premium": "premum"}),
        (["JP"], ["KR"], {}),
        (["a"], ["a", "b"], {}),
        (["North-East"], ["north east", "South"], {"North-East": "north east"}),
    ],
)
def test_the_nearest_spelling(wanted, there, found):
    assert nearest_spelling(wanted, there) == found
