"""Weights by the chance to answer: statsmodels' logit on rows, classes, and chances of 0 and 1."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from statsmodels.genmod.families import Binomial

from cxlib import bias
from cxlib.errors import ColumnError, ParameterError, WeightError


def asked(seed, n=300):
    random = np.random.default_rng(seed)
    people = pd.DataFrame(
        {
            "plan": random.choice(["基本", "plus", "pro"], n),
            "vip": random.choice(["y", "n"], n),
            "years": random.integers(0, 12, n) / 2,
        }
    )
    chance = 0.3 + 0.25 * (people["vip"] == "y") + 0.04 * people["years"]
    return people.assign(r=(random.uniform(size=n) < chance).astype(int))


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**32 - 1), st.booleans())
def test_weights_are_the_inverse_of_statsmodels_chances_on_rows(seed, numbers):
    people = asked(seed)
    here = people[people["r"] == 1]
    weights = bias.propensity_weights(
        here, people, columns=["plan", "vip"], numeric=["years"] if numbers else []
    )
    formula = "r ~ C(plan) + C(vip)" + (" + years" if numbers else "")
    fitted = smf.glm(formula, people, family=Binomial()).fit(tol=1e-14).fittedvalues
    assert_allclose(weights.values(here), 1 / fitted[here.index], rtol=1e-8)
    assert weights.method == "propensity"
    assert "chance to answer" in weights.summary()


def test_the_sum_of_a_saturated_logit_is_the_frame():
    people = asked(3)
    here = people[people["r"] == 1].assign(w=2.0)
    weights = bias.propensity_weights(here, people, columns=["plan"], weight="w")
    rate = people.groupby("plan")["r"].mean()
    assert_allclose(weights.values(here), 2 / rate[here["plan"]].to_numpy(), rtol=1e-8)
    assert_allclose(weights.apply(here).execute()["weight"].sum(), 2 * len(people))


def test_classes_have_the_inverse_rate_of_their_people():
    """By the definition on rows: classes of the fitted chance, about equal in size."""
    people = asked(5, n=1000)
    here = people[people["r"] == 1]
    how = {"columns": ["plan", "vip"], "numeric": ["years"]}
    single = bias.propensity_weights(here, people, **how).values(here)
    weights = bias.propensity_weights(here, people, classes=5, **how).values(here)
    assert len(np.unique(weights.round(9))) == 5
    assert_allclose(weights.sum(), len(people), rtol=1e-9)
    ends = pd.Series(single).groupby(weights.round(9)).agg(["min", "max"]).sort_values("min")
    assert (ends["min"].to_numpy()[1:] > ends["max"].to_numpy()[:-1]).all()
    answers = pd.Series(weights).groupby(weights.round(9)).size()
    people_of_class = answers * answers.index  # one over the rate, for each answer
    assert people_of_class.between(120, 280).all()


def test_all_categories_without_a_chance_are_named():
    people = pd.DataFrame({"a": list("xxyyzz") * 5, "b": list("pq") * 15})
    here = people[(people["a"] == "x") & (people["b"] == "p")]
    with pytest.raises(WeightError) as refusal:
        bias.propensity_weights(here, people, columns=["a", "b"])
    for said in ("a='y' (nobody of 10)", "a='z' (nobody of 10)", "b='q' (nobody of 15)"):
        assert said in str(refusal.value)
    with pytest.raises(WeightError, match="everybody of 10"):
        bias.propensity_weights(people.drop(index=[2]), people, columns=["a"])


def test_a_number_that_parts_them_is_refused():
    people = pd.DataFrame({"t": np.arange(40.0)})
    with pytest.raises(WeightError, match="part those who answered"):
        bias.propensity_weights(people.head(20), people, columns=[], numeric=["t"])


def test_what_cannot_be_is_refused():
    people = asked(1)
    here = people[people["r"] == 1]
    with pytest.raises(ColumnError, match="everybody who was asked"):
        bias.propensity_weights(people, here, columns=["plan"])
    with pytest.raises(ParameterError, match="at least one column"):
        bias.propensity_weights(here, people, columns=[])
    with pytest.raises(ParameterError, match="2 classes"):
        bias.propensity_weights(here, people, columns=["plan"], classes=1)
    with pytest.raises(ColumnError, match="name each column once"):
        bias.propensity_weights(here, people, columns=["years"], numeric=["years"])
    with pytest.raises(ColumnError, match="1 of 300 people in the frame have no number"):
        bias.propensity_weights(
            here, people.assign(years=[np.nan, *people["years"][1:]]), columns=[], numeric=["years"]
        )
