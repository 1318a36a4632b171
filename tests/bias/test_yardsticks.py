"""The yardstick: the largest ratio of response rates, where there are answers enough to tell."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from cxlib import bias
from cxlib.bias.yardsticks import largest_ratio
from tests.bias.conftest import weighted_nps


def people(**rates):
    """One column of groups: name -> (answered, asked)."""
    return compare({"国": rates})


def compare(columns):
    """Columns, each of groups: name -> (answered, asked). They need not hold the same people."""
    whole = [
        bias.representativeness(
            *(
                pd.DataFrame(
                    {column: [name for name, n in groups.items() for _ in range(n[place])]}
                )
                for place in (0, 1)
            ),
            columns=[column],
        )
        for column, groups in columns.items()
    ]
    first, *others = whole
    both = {
        name: pd.concat([getattr(each, name) for each in whole], ignore_index=True)
        for name in ("frame", "tests")
    }
    return first if not others else type(first)(method=first.method, warnings=(), **both)


def brute(found):
    """Every pair of groups of every column, one after the other."""
    chances = dict(zip(found.tests["column"], found.tests["pvalue_adj"], strict=True))
    pairs = []
    for column, rows in found.frame.groupby("column", sort=False):
        rate = rows["n"].sum() / rows["n_frame"].sum()
        kept = [
            (int(row["n"]), int(row["n_frame"]))
            for _, row in rows.iterrows()
            if row["n_frame"] * rate > 10 - 1e-9
        ]
        for (x, n), (y, m) in itertools.permutations(kept, 2):
            pairs.append((chances[column] < 0.05, (x / n) / (y / m) if y else np.inf))
    sure = [each for each in pairs if each[0]]
    return len(pairs) // 2, max(sure or pairs, key=lambda each: each[1], default=None)


groups = st.integers(20, 400).flatmap(
    lambda asked: st.tuples(st.integers(1, asked // 2), st.just(asked))
)
tables = st.dictionaries(
    st.sampled_from(["국가", "plan", "age"]),
    st.dictionaries(st.sampled_from("甲乙丙丁"), groups, min_size=2, max_size=4),
    min_size=1,
    max_size=3,
)


@settings(max_examples=60, deadline=None)
@given(tables)
def test_it_is_the_largest_ratio_of_all_pairs_with_its_limits(columns):
    """Against a loop over all pairs, and the formula of the limits written out; to 1e-9."""
    found = compare(columns)
    got = largest_ratio(found)
    pairs, best = brute(found)
    assert (got is None) == (best is None)
    if got is None:
        return
    sure, ratio = best[:2]
    assert (got.sure, got.pairs) == (sure, pairs)
    assert_allclose(got.ratio, ratio, rtol=1e-12)
    where = found.frame.set_index(["column", "category"])
    most, least = (where.loc[(got.column, name)] for name in (got.most, got.least))
    assert_allclose([most["rate"] / least["rate"], got.most_rate], [ratio, most["rate"]])
    x, n, y, m = most["n"], most["n_frame"], least["n"], least["n_frame"]
    half = stats.norm.ppf(1 - 0.025 / pairs) * np.sqrt(1 / x - 1 / n + 1 / y - 1 / m)
    assert_allclose([got.low, got.high], ratio * np.exp([-half, half]), rtol=1e-9)


def test_the_largest_ratio_of_rates_is_said_with_its_groups_and_its_limits():
    found = largest_ratio(people(日=(300, 1000), 韓=(100, 1000), 米=(200, 1000)))
    assert found.ratio == pytest.approx(3)  # 30 % against 10 %
    bounds = bias.bounds(
        weighted_nps(300, 100, 200), invited=3000, yardstick=people(日=(300, 1000), 韓=(100, 1000))
    )
    # exp(log 3 -/+ 1.96 sqrt(1/300 - 1/1000 + 1/100 - 1/1000)), by hand
    assert (
        "up to 3.00 times (95 % interval 2.44 to 3.70; 日: 30 % of 1,000; 韓: 10 % of 1,000;"
        in bounds.summary()
    )
    assert bounds.yardstick.ratio == pytest.approx(3)
    assert "the largest of several; 日" in found.said.text("en")
    assert bias.bounds(weighted_nps(3, 1, 2), invited=30).yardstick is None


def test_the_limits_allow_for_the_choice_of_the_largest():
    """Eight groups that answer alike: the limits hold the true ratio, 1, in 95 % of 80 surveys.

    Limits of one pair that is not chosen, at 1.96 standard errors, hold it in about two thirds.
    """
    rng, held = np.random.default_rng(3), []
    for answered in rng.binomial(100, 0.2, (80, 8)):
        got = largest_ratio(
            people(**{name: (int(n), 100) for name, n in zip("abcdefgh", answered, strict=True)})
        )
        held.append(got.low <= 1)
    assert np.mean(held) >= 0.95 - 3 * np.sqrt(0.95 * 0.05 / 80)


def test_a_group_of_ten_expected_answers_counts_and_a_smaller_one_does_not():
    """At the rate of all, 40 %: 25 people are 10 answers, 24 are 9.6."""
    found = largest_ratio(people(a=(410, 1000), b=(400, 1000), 島=(10, 25), 岸=(0, 25)))
    assert found.least == "岸"
    found = largest_ratio(people(a=(420, 1000), b=(390, 1000), 島=(0, 24)))
    assert found.least == "b"
    assert largest_ratio(people(日=(300, 1000), 島=(0, 20))) is None


def test_a_column_beyond_chance_comes_before_a_larger_ratio_that_could_be_chance():
    plan = {"a": (330, 1000), "b": (270, 1000)}  # 1.22 times, p = .004
    found = compare({"plan": plan, "dice": {"x": (6, 40), "y": (12, 40), "z": (582, 1920)}})
    assert dict(found.tests[["column", "pvalue_adj"]].to_numpy())["dice"] > 0.05  # twice
    assert largest_ratio(found).column == "plan"
    found = compare({"plan": plan, "age": {"x": (597, 1960), "y": (3, 40)}})
    assert largest_ratio(found).column == "age"  # sure too, and larger
    assert largest_ratio(found).ratio == pytest.approx(597 / 1960 * 40 / 3)


def test_a_large_group_where_nobody_answered_has_no_largest_ratio():
    found = largest_ratio(people(日=(600, 1000), 韓=(0, 1000)))
    assert "up to ∞ times" in found.said.text("en")
    assert found.high == np.inf
    assert 1 < found.low < np.inf


def test_what_chance_could_make_is_said_to_be_chance():
    found = largest_ratio(people(a=(300, 1000), b=(290, 1000)))
    assert not found.sure
    assert found.low < 1
    assert "could be chance" in found.said.text("en")


def test_no_yardstick_without_a_frame_that_holds_the_respondents():
    assert largest_ratio(None) is None
    absent = bias.representativeness(pd.DataFrame({"a": ["x"]}), None, columns=["a"])
    assert largest_ratio(absent) is None
    assert largest_ratio(people(a=(300, 100), b=(290, 1000))) is None  # more answers than people
