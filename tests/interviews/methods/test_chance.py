"""Percent agreement and the coefficients corrected for chance, by their definitions on pairs."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import sparse
from statsmodels.stats import inter_rater

from cxlib.interviews.methods import chance

tables = st.integers(2, 4).flatmap(
    lambda v: st.lists(
        st.lists(st.integers(0, 3), min_size=v, max_size=v).filter(lambda row: sum(row) > 0),
        min_size=1,
        max_size=8,
    )
)


def by_hand(table, measure):
    """The coefficient from lists of values, pair by pair."""
    units = [[v for v, n in enumerate(row) for _ in range(n)] for row in table]
    pairs = [list(itertools.permutations(row, 2)) for row in units if len(row) > 1]
    if not pairs:
        return np.nan
    observed = np.mean([np.mean([a == b for a, b in row]) for row in pairs])
    q = len(table[0])
    share = [np.mean([row.count(v) / len(row) for row in units]) for v in range(q)]
    by_chance = {
        "percent": 0,
        "brennan_prediger": 1 / q,
        "ac1": sum(p * (1 - p) for p in share) / (q - 1),
        "fleiss": sum(p * p for p in share),
    }[measure]
    return (observed - by_chance) / (1 - by_chance) if by_chance < 1 - 1e-9 else np.nan


@given(tables, st.sampled_from(["percent", "brennan_prediger", "ac1", "fleiss"]), st.booleans())
@settings(max_examples=120)
def test_a_coefficient_is_what_its_definition_says(table, measure, clustered):
    counts = sparse.csr_array(np.array(table, float))
    groups = np.arange(len(table)) // 2 if clustered else None
    of = chance.blocks(counts, groups)
    found = chance.coefficient(of.total(), measure=measure, values=len(table[0]))
    assert_allclose(found[0], by_hand(table, measure), atol=1e-12)


@given(
    st.lists(st.integers(1, 5), min_size=3, max_size=3).flatmap(
        lambda _: st.lists(
            st.lists(st.integers(0, 6), min_size=3, max_size=3), min_size=3, max_size=3
        )
    )
)
@settings(max_examples=60)
def test_kappa_equals_statsmodels(table):
    """Oracle: statsmodels 0.15 cohens_kappa, on any 3 x 3 table."""
    cells = np.array(table, float)
    if not cells.sum():
        return
    found = chance.kappa(cells.reshape(1, -1), values=3)[0]
    with np.errstate(divide="ignore", invalid="ignore"):
        same = inter_rater.cohens_kappa(cells, return_results=False)
    if np.isnan(found):
        assert np.isclose(cells.sum(axis=1) @ cells.sum(axis=0), cells.sum() ** 2)
    else:
        assert_allclose(found, same, atol=1e-12)


def test_two_coders_are_cross_tabulated_by_cluster():
    first, second = np.array([0, 0, 1, 1]), np.array([0, 1, 1, 1])
    of = chance.tables(first, second, np.array([0, 0, 1, 1]), values=2)
    assert of.sums.tolist() == [[1, 1, 0, 0], [0, 0, 0, 2]]
    alone = chance.tables(first, second, None, values=2)
    assert alone.total().tolist() == [[1, 1, 0, 2]]
