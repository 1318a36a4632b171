"""Coefficients beside alpha: degenerate data, declared values, and what is refused. Their reference
values are in test_oracles."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from cxlib import interviews
from cxlib.errors import ColumnError, ParameterError
from cxlib.interviews.intervals import AlphaReason

ALL_ALIKE = pd.DataFrame({"no": [2, 2, 2], "yes": [0, 0, 0]})


@pytest.mark.parametrize(
    ("measure", "value"), [("percent", 1), ("ac1", 1), ("brennan_prediger", 1), ("fleiss", np.nan)]
)
def test_one_value_everywhere(measure, value):
    """R irrCAC 1.0 gives AC1 1 here, and no value to Fleiss: chance agreement is complete."""
    found = interviews.coefficient(ALL_ALIKE, measure=measure)
    assert_allclose(found.value, value)
    assert np.isnan(found.ci_low)
    assert found.reason is (AlphaReason.ONE_VALUE if np.isnan(value) else AlphaReason.NO_DIFFERENCE)


def test_kappa_of_one_value_is_not_known():
    found = interviews.cohen_kappa(pd.DataFrame({"a": ["x", "x"], "b": ["x", "x"]}))
    assert np.isnan(found.value)
    assert (found.observed, found.expected) == (1, 1)
    assert found.reason is AlphaReason.ONE_VALUE


def test_q_is_what_was_declared_not_what_was_used():
    """Exact: pa = 1/2, pi = 1/2 each; AC1 with q = 2 has pe 1/2, with q = 5 pe 1/8; BP 1/2, 1/5."""
    units = pd.DataFrame({"a": [2, 0, 1, 1], "b": [0, 2, 1, 1]})
    five = units.assign(c=0, d=0, e=0)
    for declared in (
        interviews.coefficient(units, measure="ac1", values=5),
        interviews.coefficient(five, measure="ac1"),
    ):
        assert_allclose(declared.value, (1 / 2 - 1 / 8) / (7 / 8), rtol=1e-12)
    assert_allclose(interviews.coefficient(units, measure="ac1").value, 0, atol=1e-12)
    found = interviews.coefficient(units, measure="brennan_prediger", values=5)
    assert_allclose(found.value, (1 / 2 - 1 / 5) / (4 / 5), rtol=1e-12)
    with pytest.raises(ParameterError, match="declares fewer values than the 2"):
        interviews.coefficient(units, measure="ac1", values=1)


def test_with_one_declared_value_there_is_no_chance_agreement():
    alone = pd.DataFrame({"yes": [2, 2]})
    for measure in ("ac1", "brennan_prediger"):
        found = interviews.coefficient(alone, measure=measure)
        assert found.reason is AlphaReason.ONE_DECLARED
        assert interviews.coefficient(alone, measure=measure, values=2).value == 1


def test_units_that_one_coder_rated_are_no_pairs():
    found = interviews.coefficient(pd.DataFrame({"a": [1, 0], "b": [0, 1]}), measure="percent")
    assert (found.n_units, found.reason) == (0, AlphaReason.NO_PAIRS)
    alone = pd.DataFrame({"a": ["x", None], "b": [None, "y"]})
    assert interviews.cohen_kappa(alone).reason is AlphaReason.NO_PAIRS


def test_a_missing_value_takes_the_unit_out_of_kappa():
    whole = pd.DataFrame({"a": [1, 1, 2, 2], "b": [1, 2, 2, 2]})
    more = pd.concat([whole, pd.DataFrame({"a": [1, None], "b": [None, 2]})], ignore_index=True)
    a, b = interviews.cohen_kappa(whole), interviews.cohen_kappa(more)
    assert (a.value, a.ci_low, a.n_units) == (b.value, b.ci_low, b.n_units)


@pytest.mark.parametrize("one", ["1", " 1", "1.0", 1.0])
def test_a_number_as_text_is_the_number(one):
    found = interviews.cohen_kappa(pd.DataFrame({"a": [1, 2], "b": [one, 2]}, dtype=object))
    assert found.observed == 1
    text = interviews.cohen_kappa(pd.DataFrame({"a": ["1", "2"], "b": ["01", "2"]}))
    assert text.observed == 0.5  # names of codes are what they are
    same = interviews.cohen_kappa(pd.DataFrame({"a": [1, 2], "b": [1.0, 2.0]}))
    assert same.value == 1


@pytest.mark.parametrize("blank", ["", "  ", None])
def test_a_blank_is_no_value(blank):
    found = interviews.cohen_kappa(pd.DataFrame({"a": ["x", "y", blank], "b": ["x ", "y", blank]}))
    assert (found.n_units, found.observed, found.expected) == (2, 1, 0.5)


@pytest.mark.parametrize("columns", [1, 3])
def test_kappa_is_of_two_coders(columns):
    with pytest.raises(ColumnError, match=f"{columns} columns, and Cohen's kappa is of two"):
        interviews.cohen_kappa(pd.DataFrame(np.ones((3, columns))))


def test_unknown_measures_and_cells_are_refused():
    with pytest.raises(ParameterError, match="did you mean 'fleiss'"):
        interviews.coefficient(ALL_ALIKE, measure="fleis")
    with pytest.raises(ColumnError, match="counts of coders"):
        interviews.coefficient(pd.DataFrame({"a": [0.5]}), measure="ac1")


def test_an_interview_is_left_out_whole():
    """Property: units copied within their interview change nothing but the number of units."""
    rows = pd.DataFrame({"a": [2, 1, 0, 2, 1, 0], "b": [0, 1, 2, 0, 1, 2]})
    document = np.array([0, 0, 1, 1, 2, 2])
    twice = pd.concat([rows, rows], ignore_index=True)
    for measure in ("percent", "ac1", "fleiss", "brennan_prediger"):
        a = interviews.coefficient(rows, measure=measure, cluster=document)
        b = interviews.coefficient(twice, measure=measure, cluster=np.tile(document, 2))
        assert_allclose([a.value, a.ci_low, a.ci_high], [b.value, b.ci_low, b.ci_high], rtol=1e-9)
        assert (a.n_units, b.n_units) == (6, 12)
