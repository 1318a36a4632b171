"""Invitations follow the frame and the funnel, and answers what was felt."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from cxlib.sample import model
from cxlib.sample.company import make_company
from tests.sample.contract import WAVES, frame_dates


def test_invitations_follow_the_frame_and_the_funnel(company):
    sent, potential = company.invitations, company.potential
    assert sent["wave"].drop_duplicates().tolist() == WAVES
    asked = sent.merge(potential, on=["customer_id", "wave"], how="left", validate="one_to_one")
    assert asked["score"].notna().all()  # nobody outside the frame is invited
    assert_allclose(len(sent) / len(potential), 1 / 3, atol=4 * np.sqrt(2 / 9 / len(potential)))
    assert not (sent["opened"] & ~sent["delivered"]).any()
    assert not (sent["started_at"].notna() & ~sent["opened"]).any()
    assert not (sent["finished_at"].notna() & sent["started_at"].isna()).any()
    assert (sent.loc[~sent["delivered"], "reminders"] == 0).all()
    assert str(sent["sent_at"].dtype) == "datetime64[us, UTC]"
    day = sent["wave"].map(frame_dates()).dt.tz_localize("UTC")
    assert (sent["sent_at"] >= day).all()
    done = sent.dropna(subset="finished_at")
    assert (
        (done["finished_at"] > done["started_at"]) & (done["started_at"] > done["sent_at"])
    ).all()
    assert (done["finished_at"] < pd.Timestamp("2026-10-01", tz="UTC")).all()
    assert sorted(done["invitation_id"]) == sorted(company.responses["invitation_id"])


def test_responses(company):
    answers = company.responses
    done = answers.merge(
        company.invitations, on=["invitation_id", "customer_id", "wave"], validate="one_to_one"
    )
    assert len(done) == len(answers)
    assert ((done["finished_at"] - done["started_at"]).dt.total_seconds() == done["seconds"]).all()
    said = answers.merge(
        company.potential,
        on=["customer_id", "wave"],
        suffixes=("", "_would"),
        validate="one_to_one",
    )
    given = said["score"].notna()
    assert (said.loc[given, "score"] == said.loc[given, "score_would"]).all()
    assert (said["contact_type"] == said["contact_type_would"]).all()
    assert 0 < (~given).mean() < 0.05
    assert answers["csat"].dropna().between(1, 5).all()
    assert answers["ces"].dropna().between(1, 7).all()
    items = answers.filter(like="item_")
    assert items.stack().dropna().between(1, 5).all()
    assert set(answers["contact_type"]) == set(model.CONTACT_TYPES)
    straight = items.dropna().nunique(axis=1) == 1
    assert 0.005 < straight.mean() < 0.12


def test_items_4_and_9_are_reversed(large):
    with_csat = large.responses.filter(regex="item_|csat").astype(float).corr()["csat"].drop("csat")
    assert (with_csat[["item_04", "item_09"]] < -0.2).all()
    assert (with_csat.drop(["item_04", "item_09"]) > 0.2).all()


@pytest.mark.parametrize("strong_feelings", [0, 1, 5])
def test_chances_are_chances_and_some_answer(strong_feelings):
    company = make_company(customers=400, seed=2, strong_feelings=strong_feelings)
    assert company.potential["propensity"].between(0, 0.8).all()
    assert 0.15 < len(company.responses) / len(company.invitations) < 0.5


def test_strong_feelings_pull_people_at_both_ends_in():
    potential = make_company(customers=5_000, seed=1).potential
    chance = potential.groupby("score")["propensity"].mean()
    assert chance[0] > 1.5 * chance[7]
    assert chance[10] > chance[8]


def test_satisfied_customers_stay_and_buy_more(large):
    """What is said foretells what is done: one latent satisfaction drives both."""
    spells = large.subscriptions.groupby("customer_id")["ended_on"].last()
    early = large.potential.query("wave == '2025Q1'").assign(
        left=lambda t: t["customer_id"].map(spells).notna()
    )
    assert (
        early.loc[early["score"] <= 4, "left"].mean()
        > early.loc[early["score"] >= 9, "left"].mean() + 0.1
    )
