"""All ranges at one glance, and the sample company, where assumptions miss and bounds hold."""

import json

import pandas as pd
import pytest

from cxlib import bias
from cxlib.errors import ParameterError
from cxlib.shown.result import Absent
from tests.bias.conftest import weighted_nps


def test_the_rows_are_those_of_the_results():
    nps = weighted_nps(30, 10, 20)
    bounds, delta = bias.bounds(nps, invited=240), bias.delta(nps, invited=240)
    frame = pd.DataFrame({"score": [10, 8, 0] * 20 + [None] * 180, "前": [9, 7, 5, 8, 8, 4] * 40})
    mixture = bias.pattern_mixture(frame[:60], frame, score="score", proxy="前")
    rows = frame[:60].assign(r=[0] * 30 + [1] * 30)
    arrivals = bias.early_late(rows, score="score", reminders="r", invited=240)
    found = bias.sensitivity(bounds, delta=delta, mixture=mixture, arrivals=arrivals)
    kinds = ["weighted", "pattern_mixture", "delta", "early_late", "invited", "population"]
    assert found.frame["kind"].tolist() == kinds
    for kind, other in (("delta", delta), ("pattern_mixture", mixture)):
        assert found.row(kind)["ci_low"] == other.frame["ci_low"].min()
        assert found.row(kind)["ci_high"] == other.frame["ci_high"].max()
    assert found.row("early_late")["nps"] == arrivals.frame["nps"].iloc[-1]
    assert "Under the 3 assumptions drawn" in found.summary()
    ax = found.plot()
    assert sum(line.get_linestyle() == "--" for line in ax.lines) == 3
    assert found.table().to_html()


def test_what_is_absent_has_no_row():
    nps = weighted_nps(30, 10, 20)
    none = bias.early_late(pd.DataFrame({"score": [1, 2]}), score="score")
    found = bias.sensitivity(bias.bounds(nps, population=240), arrivals=none)
    assert found.frame["kind"].tolist() == ["weighted", "population"]
    assert "assumption" not in found.summary()
    unknown = bias.sensitivity(bias.bounds(nps))
    assert isinstance(unknown, Absent)
    assert "not known how many people stayed silent" in unknown.summary()  # not: there is no NPS


def test_what_cannot_carry_a_row_has_none_and_is_warned():
    bounds = bias.bounds(weighted_nps(30, 10, 20), invited=240)
    frame = pd.DataFrame({"score": [10, 8, 0] * 20 + [None] * 180, "前": list(range(240))})
    weak = bias.pattern_mixture(frame[:60], frame, score="score", proxy="前")
    assert weak.weak
    good = frame.assign(前=[9, 7, 5] * 80)
    few = bias.pattern_mixture(good[:29], good, score="score", proxy="前")
    for mixture in (weak, few):
        found = bias.sensitivity(bounds, mixture=mixture)
        assert found.frame["kind"].tolist() == ["weighted", "invited", "population"]
        assert "says of the silent ones is not drawn" in " ".join(map(str, found.warnings))


def test_ranges_of_means_are_refused():
    rows = pd.DataFrame({"csat": [5.0, 4, 3, 4]})
    mean = bias.estimate_mean(rows, outcome="csat", weights=bias.rake(rows, targets={}))
    shifted = bias.delta(mean, invited=8, shifts=[-1, 1])
    with pytest.raises(ParameterError, match="delta: it is of a mean"):
        bias.sensitivity(bias.bounds(weighted_nps(3, 1, 1), invited=9), delta=shifted)


def test_the_sample_company_where_assumptions_miss_and_bounds_hold(sample):
    """2025Q4: after bad news the dissatisfied answer, so the silent ones are far better (+35
    points). Shifts of 20 do not reach the truth, late answers point the wrong way, Manski holds."""
    truth = json.loads((sample / "truth.json").read_text(encoding="utf-8"))["nps"]["wave"]["2025Q4"]
    p = bias.Parameters(
        survey=sample / "responses.csv",
        invitations=sample / "invitations.parquet",
        frame=sample / "customers.csv",
        customer="customer_id",
        score="score",
        wave="2025Q4",
        margins=["country", "age_band", "plan"],
    )
    company = bias.read(p)
    weights = bias.rake(company.respondents, targets=company.targets)
    nps = bias.estimate_nps(company.respondents, score="score", weights=weights)
    sent = pd.read_parquet(sample / "invitations.parquet")[["invitation_id", "reminders"]]
    arrivals = bias.early_late(
        company.respondents.merge(sent, on="invitation_id"),
        score="score",
        reminders="reminders",
        invited=company.invited,
    )
    found = bias.sensitivity(
        bias.bounds(nps, invited=company.invited),
        delta=bias.delta(nps, invited=company.invited),
        arrivals=arrivals,
    )
    for kind in ("delta", "invited", "population"):
        assert found.row(kind)["ci_low"] <= truth <= found.row(kind)["ci_high"]
    assert nps.row("weighted")["ci_high"] < truth
    assert "early_late" not in set(found.frame["kind"])  # the line runs out of what is possible
    assert arrivals.frame["nps"].iloc[-1] < truth
    narrow = bias.delta(nps, invited=company.invited, shifts=[-20, 20])
    assert narrow.frame["nps"].max() < truth
