"""Logit on cells: equal to statsmodels on one row a person."""

import numpy as np
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from cxlib.bias.methods import logit


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 30), st.integers(1, 30)), min_size=4, max_size=4))
def test_cells_give_what_statsmodels_gives_on_people(answered_and_not):
    x = np.array([[1, 0, 0], [1, 1, 0], [1, 0, 1], [1, 1, 1]], float)
    yes, no = np.array(answered_and_not, float).T
    found = logit.fit(x, yes + no, yes)
    people = np.repeat(np.vstack([x, x]), np.concatenate([yes, no]).astype(int), axis=0)
    answered = np.repeat([1.0, 0.0], [int(yes.sum()), int(no.sum())])
    peer = sm.Logit(answered, people).fit(disp=False, tol=1e-12, maxiter=100, method="newton")
    assert_allclose(found.coefficients, peer.params, atol=1e-8)
    assert_allclose(found.covariance, peer.cov_params(), rtol=1e-7, atol=1e-9)


def test_a_column_that_says_nothing_new_changes_no_chance():
    x = np.array([[1, 0], [1, 1]], float)
    n, r = np.array([10.0, 20.0]), np.array([4.0, 15.0])
    assert_allclose(logit.fit(np.column_stack([x, x[:, 1]]), n, r).p, logit.fit(x, n, r).p)
