"""Retention that rises late: the z value by hand, its size under persistence, and a planted
rise."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from cxlib import retention
from cxlib.errors import ParameterError
from cxlib.rows.clock import Clock

CLOCK = Clock("month")
FIRST = CLOCK.index(dt.date(2022, 1, 1))


def cohorts(*blocks):
    """Customers x months of activity, a group a block."""
    groups = [
        pd.DataFrame({"층": f"가{i:02d}", "cohort": FIRST, "customers": np.ones(len(block), int)})
        for i, block in enumerate(blocks)
    ]
    end = CLOCK.start(FIRST + blocks[0].shape[1])
    return retention.Cohorts(
        pd.concat(groups, ignore_index=True),
        np.vstack(blocks),
        FIRST,
        CLOCK,
        end,
        CLOCK.start(FIRST),
        end - dt.timedelta(days=1),
        by=("층",),
    )


def falling(rng, n, months=25):
    life = rng.geometric(0.06, n)
    active = (np.arange(months) < life[:, None]) & (rng.random((n, months)) < 0.6)
    active[:, 0] = True
    return active


def persistent(rng, n, months=25):
    active = np.ones((n, months), bool)
    active[:, 1] = (
        rng.random(n) < 5 / 12
    )  # where 0.93 stay and 0.05 come back, this share is active for good
    for month in range(2, months):
        active[:, month] = rng.random(n) < np.where(active[:, month - 1], 0.93, 0.05)
    return active


def test_by_hand():
    active = np.zeros((10, 10), bool)  # ages 7, 8, 9 are the last third of nine
    active[:, 0], active[:4, 9], active[0, 7], active[5, 8] = True, True, True, True
    row = retention.smile(cohorts(active)).frame.iloc[0]
    assert (row["age_from"], row["age_to"], row["rate_from"], row["rate_to"]) == (7, 9, 0.1, 0.4)
    score = np.array([0, 0.5, 0.5, 0.5, 0, 0, 0, 0, 0, 0])  # (x9 - x7) / 2
    assert_allclose(row["slope"], score.mean(), rtol=1e-12)
    assert_allclose(row["se"], score.std(ddof=1) / np.sqrt(10), rtol=1e-12)
    assert_allclose(row["statistic"], np.sqrt(3), rtol=1e-12)
    assert_allclose(row["pvalue"], stats.norm.sf(np.sqrt(3)), rtol=1e-12)


def test_chance_is_no_smile():
    """Of 1,000 cohorts whose activity persists, the test at 5 % rejects about 5 % (3 binomial
    standard errors: 2.9 to 7.1 %)."""
    rng = np.random.default_rng(3)
    p = retention.smile(cohorts(*[persistent(rng, 150) for _ in range(1000)])).frame["pvalue"]
    assert 0.029 < (p < 0.05).mean() < 0.071


def test_a_planted_rise_is_found_and_falling_curves_are_not():
    rng = np.random.default_rng(4)
    blocks = [falling(rng, 300) for _ in range(10)]
    blocks[3] |= rng.random(blocks[3].shape) < np.clip((np.arange(25) - 16) * 0.04, 0, 1)
    result = retention.smile(cohorts(*blocks))
    assert result.frame.loc[result.frame["smile"], "층"].tolist() == ["가03"]
    assert (
        "1 of 10 cohorts rises late by more than chance explains (clearest: 2022-01, 가03)"
        in result.summary()
    )
    steady = cohorts(*blocks[:3], *blocks[4:])
    assert (
        retention.smile(steady).summary()
        == "None of 9 cohorts rises late by more than chance explains."
    )
    late = steady.groups["층"].eq("가08").to_numpy()
    steady.groups.loc[late, "cohort"] += 20
    assert (
        "(1 with fewer than 6 finished months is too young to tell)"
        in retention.smile(steady).summary()
    )


def test_too_young_alone_and_silent():
    rng = np.random.default_rng(5)
    young = retention.smile(cohorts(falling(rng, 50, months=6)))
    assert young.frame.empty
    assert "No cohort has 6 finished months" in young.summary()
    silent = np.zeros((40, 25), bool)
    silent[:, 0] = True
    frame = retention.smile(cohorts(silent, silent[:1])).frame
    assert frame["pvalue"].tolist() == [0.5, 0.5]
    assert not frame["smile"].any()
    assert retention.smile(cohorts(silent)).frame["se"].tolist() == [0.0]
    with pytest.raises(ParameterError, match="confidence"):
        retention.smile(cohorts(silent), confidence=95)


def test_without_counts_there_is_no_smile():
    assert retention.smile(None).key == "retention.no_events"
