"""The truth is what the data say where feelings do not decide who answers."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
from numpy.testing import assert_allclose

from tests.sample.contract import MARGINS, WAVES, frame_dates


def test_frame_is_who_subscribes_on_the_frame_date(company):
    """By the rule as a reader would apply it to the two CSV files."""
    spells = company.subscriptions
    spells = spells.assign(
        start=pd.to_datetime(spells["started_on"]), end=pd.to_datetime(spells["ended_on"])
    )
    for wave, day in frame_dates().items():
        there = spells.loc[
            (spells["start"] < day) & (spells["end"].isna() | (spells["end"] > day)), "customer_id"
        ]
        mine = company.potential.loc[company.potential["wave"] == wave, "customer_id"]
        assert sorted(there) == sorted(mine)
        assert company.truth["frame"]["customers"][wave] == len(there)
        assert company.truth["frame"]["date"][wave] == f"{day:%Y-%m-%d}"


def nps(scores: pd.Series) -> float:
    values = scores.tolist()
    return 100 * (sum(s >= 9 for s in values) - sum(s <= 6 for s in values)) / len(values)


def test_true_nps_is_that_of_the_frame_had_all_answered(company):
    would = company.potential.merge(company.customers, on="customer_id")
    known = company.truth["nps"]
    for wave, mine in would.groupby("wave"):
        assert_allclose(
            known["wave"][wave], nps(mine["score"]), atol=1e-6
        )  # written with six decimals
        for by in ("segment", "country", "contact_type"):
            for level, part in mine.groupby(by):
                assert_allclose(known[f"wave_{by}"][wave][level], nps(part["score"]), atol=1e-6)


def test_true_propensities_are_the_means_over_the_frame(company):
    would = company.potential.merge(company.customers, on="customer_id")
    known = company.truth["answering"]["mean"]
    assert_allclose(known["all"], would["propensity"].mean(), atol=1e-6)
    for by in ("wave", "segment", *MARGINS):
        for level, mean in would.groupby(by)["propensity"].mean().items():
            assert_allclose(known[by][level], mean, atol=1e-6)


def test_without_strong_feelings_the_log_rate_is_the_sum_of_the_main_effects(large):
    """Least squares on the log rates of the cells, weighted by their precision, gives the planted
    coefficients back.

    Tolerance: 4 standard errors of each coefficient from the same fit.
    """
    asked = large.invitations.merge(large.customers, on="customer_id")
    cells = (
        asked.assign(done=asked["finished_at"].notna())
        .groupby(MARGINS)["done"]
        .agg(["sum", "size"])
        .reset_index()
    )
    cells = cells[cells["sum"] >= 20]
    known = large.truth["answering"]["coefficients"]
    reference = {"country": "KR", "age_band": "35-44", "plan": "plus"}
    design = pd.get_dummies(cells[MARGINS], dtype=float).drop(
        columns=[f"{k}_{v}" for k, v in reference.items()]
    )
    design.insert(0, "base", 1.0)
    rate = cells["sum"] / cells["size"]
    root = np.sqrt(cells["sum"] / (1 - rate)).to_numpy()  # 1 / standard error of a log rate
    fit, *_ = np.linalg.lstsq(
        root[:, None] * design.to_numpy(), root * np.log(rate).to_numpy(), rcond=None
    )
    se = np.sqrt(
        np.diag(
            np.linalg.inv(
                (root[:, None] * design).T.to_numpy() @ (root[:, None] * design).to_numpy()
            )
        )
    )
    planted = [
        known["base"] if name == "base" else known[name.rpartition("_")[0]][name.rpartition("_")[2]]
        for name in design
    ]
    assert (np.abs(fit - planted) < 4 * se).all()
    assert se.max() < 0.05
    assert large.potential["propensity"].max() < 0.8  # the cap is never reached


def test_without_strong_feelings_cell_weighting_gives_the_truth_and_the_naive_figure_does_not(
    large,
):
    """Inverse planted chances as weights: unbiased, so within 4 standard errors (below 1.5 points);
    naive is points off."""
    answers = large.responses.dropna(subset="score").merge(
        large.potential, on=["customer_id", "wave"], suffixes=("", "_would")
    )
    for wave, mine in answers.groupby("wave"):
        points = 100 * ((mine["score"] >= 9).astype(float) - (mine["score"] <= 6)).to_numpy(float)
        weight = 1 / mine["propensity"].to_numpy()
        mean = weight @ points / weight.sum()
        se = np.sqrt((weight**2) @ (points - mean) ** 2) / weight.sum()
        assert abs(mean - large.truth["nps"]["wave"][wave]) < 4 * se < 8
        assert large.truth["nps"]["wave"][wave] - points.mean() > 2


def test_survival_is_what_kaplan_meier_estimates(large):
    """Kaplan-Meier from the dates alone, against the model's expectation.

    Tolerance: 5 Greenwood standard errors, and 0.003 for the simulation error of the truth itself.
    """
    spells = large.subscriptions.drop_duplicates("customer_id")
    start, end = pd.to_datetime(spells["started_on"]), pd.to_datetime(spells["ended_on"])
    as_of, curve, variance, survival = (
        pd.Timestamp("2026-10-01"),
        large.truth["retention"]["survival"],
        0.0,
        1.0,
    )
    for k in range(1, len(curve)):
        renewal = start + pd.DateOffset(months=k)
        at_risk = (renewal < as_of) & (end.isna() | (end >= renewal))
        lost, n = int((at_risk & (end == renewal)).sum()), int(at_risk.sum())
        survival *= 1 - lost / n
        variance += lost / (n * (n - lost))
        assert abs(survival - curve[k]) < 5 * survival * np.sqrt(variance) + 0.003
    assert curve[0] == 1
    assert all(a >= b for a, b in itertools.pairwise(curve))


def test_planted_changes_show_in_the_truth(large):
    known = large.truth["nps"]
    assert known["wave"]["2025Q4"] < known["wave"]["2025Q3"] - 25  # the price rise
    assert abs(known["wave"]["2026Q3"] - known["wave"]["2026Q2"]) < 5  # nothing planted
    fall = {
        s: known["wave_segment"]["2025Q3"][s] - known["wave_segment"]["2025Q4"][s]
        for s in known["wave_segment"]["2025Q3"]
    }
    assert max(fall, key=fall.get) == "student"
    assert min(fall, key=fall.get) == "business"
    chat = {
        wave: known["wave_contact_type"][wave]["live chat"] - known["wave"][wave] for wave in WAVES
    }
    assert chat["2026Q1"] < chat["2025Q4"] - 15  # the bot
