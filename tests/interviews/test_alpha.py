"""Krippendorff's alpha: published and independent values, the definition by pairs, and data without
an answer."""

from __future__ import annotations

import itertools
import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from cxlib import interviews
from cxlib.errors import ColumnError, EmptyDataError, ParameterError
from cxlib.interviews.alpha import AlphaReason, Judgement

from ..conftest import ORACLES

UNITS = [
    "units_krippendorff_2011_12x4",
    "units_hayes_krippendorff_2007_40x5",
    "units_fleiss_1971_30x6",
    "units_cohen_1968_200x2",
    "units_paradox_100x2",
]
LEVELS = ["nominal", "ordinal", "interval", "ratio"]


def units_of(name: str) -> pd.DataFrame:
    data = pd.read_csv(ORACLES / "interviews" / f"{name}.csv")
    if "value" not in data.columns:
        data = data.melt("unit", var_name="coder")
    return interviews.count_values(data, unit="unit", coder="coder", value="value")


def sets_of() -> pd.DataFrame:
    data = pd.read_csv(ORACLES / "interviews" / "sets_multilabel_24x3.csv").dropna()
    written = data["value"].map(lambda v: "" if v == "∅" else "|".join(sorted(v.split("|"))))
    table = pd.crosstab(data["unit"], written)
    sets = [frozenset(filter(None, name.split("|"))) for name in table.columns]
    return table.set_axis(pd.Index(sets, dtype=object, tupleize_cols=False), axis=1)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", UNITS)
def test_alpha_equals_the_reference(expected, name, level):
    """Oracle: krippendorff 0.9.0 and the published values; 1e-9 is far above rounding and far below
    a wrong formula."""
    found = interviews.krippendorff_alpha(units_of(name), level=level)
    assert_allclose(found.value, expected[name]["expected"][f"alpha_{level}"], rtol=1e-9)


def test_alpha_of_krippendorff_2011_as_printed():
    units = units_of(UNITS[0])
    for level, value in (
        ("nominal", 0.743421052632),
        ("ordinal", 0.815387503755),
        ("interval", 0.849107142857),
    ):
        assert_allclose(
            interviews.krippendorff_alpha(units, level=level).value, value, rtol=0, atol=1e-12
        )


@pytest.mark.parametrize(
    ("level", "key"),
    [
        ("masi", "alpha_masi_passonneau2006"),
        ("jaccard", "alpha_jaccard"),
        ("nominal", "alpha_nominal_whole_set"),
    ],
)
def test_alpha_of_sets(expected, level, key):
    found = interviews.krippendorff_alpha(sets_of(), level=level)
    assert_allclose(found.value, expected["sets_multilabel_24x3"]["expected"][key], rtol=1e-9)


@pytest.mark.parametrize(("name", "level"), [(UNITS[0], "nominal"), (UNITS[1], "ordinal")])
def test_bootstrap_limits(expected, name, level):
    """Oracle: resampling units with krippendorff 0.9.0; the tolerance is the case's own (two seeds
    of a bootstrap)."""
    case = expected[name]["bootstrap"][level]
    found = interviews.krippendorff_alpha(
        units_of(name), level=level, interval="bootstrap", resamples=5000
    )
    assert_allclose([found.ci_low, found.ci_high], case["ci95"], atol=case["tol_ci"])


def test_ten_thousand_units_take_little_time(expected):
    units = units_of("units_speed_10000x5")
    began = time.process_time()
    found = interviews.krippendorff_alpha(units, level="ordinal", interval="bootstrap")
    assert time.process_time() - began < 2
    assert_allclose(
        found.value, expected["units_speed_10000x5"]["expected"]["alpha_ordinal"], rtol=1e-9
    )
    assert found.ci_low < found.value < found.ci_high


tables = st.integers(2, 4).flatmap(
    lambda v: st.lists(st.lists(st.integers(0, 3), min_size=v, max_size=v), min_size=1, max_size=8)
)


@given(tables)
@settings(max_examples=60)
def test_alpha_is_what_its_definition_by_pairs_says(table):
    """Independent form: 1 minus mean disagreement of pairs within units over that of all pairs of
    pairable values."""
    units = pd.DataFrame(table)
    values = [[v for v, n in enumerate(row) for _ in range(n)] for row in table]
    values = [row for row in values if len(row) >= 2]
    found = interviews.krippendorff_alpha(units, level="interval")
    everything = list(itertools.chain(*values))
    if len(set(everything)) < 2:
        assert np.isnan(found.value)
        assert found.reason
        return
    n = len(everything)
    within = (
        sum(
            sum((a - b) ** 2 for a, b in itertools.permutations(row, 2)) / (len(row) - 1)
            for row in values
        )
        / n
    )
    between = sum((a - b) ** 2 for a, b in itertools.permutations(everything, 2)) / (n * (n - 1))
    assert_allclose(found.value, 1 - within / between, atol=1e-10)
    assert found.value <= 1


@given(tables, st.randoms(use_true_random=False))
@settings(max_examples=30)
def test_nominal_alpha_ignores_order(table, random):
    units = pd.DataFrame(table)
    rows, columns = list(units.index), list(units.columns)
    random.shuffle(rows)
    random.shuffle(columns)
    a, b = (
        interviews.krippendorff_alpha(units),
        interviews.krippendorff_alpha(units.loc[rows, columns]),
    )
    assert_allclose(a.value, b.value, atol=1e-12)


def test_clusters_of_one_unit_are_units():
    """Property: the pattern weights and the cluster weights are two ways to the same distribution
    of resamples."""
    units = units_of("units_fleiss_1971_30x6")
    a = interviews.krippendorff_alpha(units, interval="bootstrap", resamples=8000)
    b = interviews.krippendorff_alpha(
        units, cluster=np.arange(len(units)), interval="bootstrap", resamples=8000, seed=2
    )
    assert_allclose([a.ci_low, a.ci_high], [b.ci_low, b.ci_high], atol=0.015)
    assert (a.n_clusters, b.n_clusters) == (30, 30)


def test_same_seed_same_interval():
    units = units_of(UNITS[0])
    a, b = (
        interviews.krippendorff_alpha(units, interval="bootstrap", resamples=100, seed=7)
        for _ in range(2)
    )
    assert (a.ci_low, a.ci_high) == (b.ci_low, b.ci_high)


def test_data_without_an_answer_say_why():
    one_value = interviews.krippendorff_alpha(pd.DataFrame({"yes": [2, 2], "no": [0, 0]}))
    assert np.isnan(one_value.value)
    assert one_value.reason is AlphaReason.ONE_VALUE
    assert one_value.judgement is Judgement.UNKNOWN
    alone = interviews.krippendorff_alpha(pd.DataFrame({"yes": [1, 0], "no": [0, 1]}))
    assert np.isnan(alone.value)
    assert alone.reason is AlphaReason.NO_PAIRS
    single = interviews.krippendorff_alpha(
        pd.DataFrame({"yes": [2, 1], "no": [0, 1]}), cluster=[0, 0]
    )
    assert not np.isnan(single.value)
    assert np.isnan(single.ci_low)
    assert single.reason is AlphaReason.ONE_CLUSTER
    rare = interviews.krippendorff_alpha(
        pd.DataFrame({"yes": [2, 0, 0, 0], "no": [0, 2, 2, 2]}), interval="bootstrap", resamples=500
    )
    assert rare.value == 1
    assert np.isnan(rare.ci_low)
    assert rare.reason is AlphaReason.FEW_RESAMPLES
    assert rare.undefined > 0.05


def test_two_empty_sets_are_equal():
    units = pd.DataFrame(
        [[2, 0], [0, 2]],
        columns=pd.Index([frozenset(), frozenset({"a"})], dtype=object, tupleize_cols=False),
    )
    for level in ("masi", "jaccard"):
        assert interviews.krippendorff_alpha(units, level=level).value == 1


@pytest.mark.parametrize(
    ("level", "columns", "error", "says"),
    [
        ("nominl", ["a", "b"], ParameterError, "did you mean 'nominal'"),
        ("interval", ["a", "b"], ColumnError, "level='nominal'"),
        ("masi", ["ab", "bc"], ColumnError, "needs sets of codes"),
        ("jaccard", [1, 2], ColumnError, "needs sets of codes"),
        ("ratio", [-1, 2], ParameterError, "level='interval'"),
    ],
)
def test_values_that_do_not_fit_the_level(level, columns, error, says):
    with pytest.raises(error, match=says):
        interviews.krippendorff_alpha(pd.DataFrame([[1, 1], [2, 0]], columns=columns), level=level)


def test_ratings_are_checked():
    data = pd.DataFrame({"unit": [1, 1], "coder": ["a", "a"], "value": [1, 2]})
    with pytest.raises(ColumnError, match="more than once"):
        interviews.count_values(data, unit="unit", coder="coder", value="value")
    with pytest.raises(ColumnError, match="did you mean 'value'"):
        interviews.count_values(data, unit="unit", coder="coder", value="valeu")
    with pytest.raises(EmptyDataError, match="no rating"):
        interviews.count_values(
            data.assign(value=pd.Series([None, None], dtype="float")),
            unit="unit",
            coder="coder",
            value="value",
        )
    with pytest.raises(ColumnError, match="1 ratings have no unit or no coder"):
        interviews.count_values(
            data.assign(unit=[None, "b"]), unit="unit", coder="coder", value="value"
        )


@pytest.mark.parametrize("cell", [np.nan, -1, 0.5, "two"])
def test_units_that_are_no_counts_are_refused(cell):
    with pytest.raises(ColumnError, match="counts of coders"):
        interviews.krippendorff_alpha(pd.DataFrame([[1, 1], [cell, 2]]))
