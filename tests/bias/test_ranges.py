"""Bounds: they hold whatever the silent ones think, and say how wrong the NPS could be."""

import json

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from cxlib import bias
from cxlib.errors import (
    ParameterError,
)
from cxlib.shown.message import Message
from tests.bias.conftest import weighted_nps

ONE = bias.rake(pd.DataFrame({"a": ["x"]}), targets={})


@settings(max_examples=20)
@given(
    st.integers(1, 30),
    st.integers(0, 30),
    st.integers(1, 30),
    st.integers(0, 60),
    st.integers(0, 60),
)
def test_bounds_hold_whatever_the_silent_ones_think(
    promoters, passives, detractors, silent_for, silent_against
):
    silent = silent_for + silent_against
    asked = promoters + passives + detractors + silent
    found = bias.bounds(weighted_nps(promoters, passives, detractors), invited=asked)
    truth = 100 * (promoters + silent_for - detractors - silent_against) / asked
    row, wider = found.row("invited"), found.row("population")
    assert row["ci_low"] - 1e-9 <= truth <= row["ci_high"] + 1e-9
    assert wider["ci_low"] <= row["ci_low"]
    assert wider["ci_high"] >= row["ci_high"]
    assert_allclose(found.tipping, promoters / detractors)


def test_bounds_of_a_population_without_an_invitation_list():
    found = bias.bounds(weighted_nps(30, 10, 10), population=100)
    assert_allclose(found.row("population")[["ci_low", "ci_high"]].astype(float), [-30, 70])
    assert "3.00 times" in found.summary()


def test_the_invitations_sampling_error_goes_when_everyone_is_invited():
    found = bias.bounds(weighted_nps(30, 10, 10), invited=100, population=100)
    assert_allclose(
        found.row("population")[["ci_low", "ci_high"]].astype(float),
        found.row("invited")[["ci_low", "ci_high"]].astype(float),
    )


def test_bounds_refuse_and_pass_on():
    with pytest.raises(ParameterError, match="invited=40 is less than the 50 answers"):
        bias.bounds(weighted_nps(30, 10, 10), invited=40)
    with pytest.raises(ParameterError, match="population=60"):
        bias.bounds(weighted_nps(30, 10, 10), invited=70, population=60)
    assert "invitations" in bias.bounds(weighted_nps(3, 1, 1)).summary()
    none = bias.bounds(
        bias.estimate_nps(pd.DataFrame({"a": [1]}), score=None, weights=ONE), invited=10
    )
    assert "no range" in none.summary()
    assert "no tipping point" in bias.bounds(weighted_nps(30, 10, 0), invited=100).tipping_point()


def test_bounds_hold_the_truth_of_the_sample_company(sample):
    """The default company: strong feelings make people answer, weighting misses, the bounds do not.
    Every wave."""
    truth = json.loads((sample / "truth.json").read_text(encoding="utf-8"))["nps"]["wave"]
    assert len(truth) == 8
    for wave, nps in truth.items():
        p = bias.Parameters(
            survey=sample / "responses.csv",
            invitations=sample / "invitations.parquet",
            frame=sample / "customers.csv",
            customer="customer_id",
            score="score",
            wave=wave,
            margins=["country", "age_band", "plan"],
        )
        company = bias.read(p)
        weights = bias.rake(company.respondents, targets=company.targets)
        found = bias.bounds(
            bias.estimate_nps(company.respondents, score="score", weights=weights),
            invited=company.invited,
        )
        row = found.row("population")
        assert row["ci_low"] <= nps <= row["ci_high"]


def test_no_range_beyond_the_invited_where_chances_were_unequal():
    data = pd.DataFrame({"score": [10, 0] * 20, "w": [1.0, 2.0] * 20, "c": range(40)})
    plain, based = (bias.rake(data, targets={}, weight=weight) for weight in (None, "w"))
    for weights, design in ((based, {}), (plain, {"cluster": "c"}), (plain, {"strata": "w"})):
        found = bias.bounds(
            bias.estimate_nps(data, score="score", weights=weights, **design), invited=100
        )
        assert found.frame["kind"].tolist() == ["unweighted", "weighted", "invited"]
        assert found.warnings == (Message("bias.bounds_invited_only"),)
        assert "Whatever the silent ones think" in found.plot().get_title(loc="left").replace(
            "\n", " "
        )


@pytest.mark.parametrize("threshold", [-100, 100, 150.0, float("nan")])
def test_a_threshold_that_no_nps_can_cross_is_refused(threshold):
    with pytest.raises(ParameterError, match=r"threshold=.* must lie between -100 and 100"):
        bias.bounds(weighted_nps(3, 1, 1), invited=40, threshold=threshold)


def test_the_threshold_decides_what_is_said():
    nps = weighted_nps(30, 10, 10)
    assert "below 30.0" in bias.bounds(nps, invited=200, threshold=30).summary()
    assert "times as likely" not in bias.bounds(nps, invited=55, threshold=0).summary()


@pytest.mark.parametrize("invited", [60, 61, 63, 65, 69])
def test_no_tipping_point_where_no_silence_of_those_asked_can_turn_it(invited):
    """Manski's range of those asked alone: what chance adds is none of silence's doing."""
    nps = weighted_nps(30, 15, 15)
    found = bias.bounds(nps, invited=invited)
    low = found.row("invited")["ci_low"]
    assert (low > 0) == ("times as likely" not in found.summary())
