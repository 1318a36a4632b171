"""The model's calendar is pandas' calendar, and its shares are shares."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from cxlib.sample import model
from tests.sample.contract import WAVES, frame_dates


@given(st.dates(dt.date(2020, 1, 1), dt.date(2030, 12, 31)), st.integers(0, 60))
def test_months_are_added_as_pandas_does(day, months):
    moved = model.add_months(np.array([day], "M8[D]"), np.array([months]))
    assert moved[0] == np.datetime64(pd.Timestamp(day) + pd.DateOffset(months=months), "D")


def test_waves_and_their_frames_are_quarters():
    assert list(model.WAVES) == WAVES
    assert list(model.FRAME_DATES.astype(str)) == [
        f"{day:%Y-%m-%d}" for day in frame_dates().values()
    ]
    quarters = pd.PeriodIndex(model.QUARTERS, freq="Q").start_time
    assert (model.month_number(quarters.to_numpy()) == 3 * np.arange(len(quarters))).all()


def test_shares_add_up_and_effects_are_there_for_every_level():
    for name, trait in model.TRAITS.items():
        assert_allclose(np.atleast_2d(trait.shares).sum(axis=1), 1, rtol=1e-12)
        assert np.atleast_2d(trait.shares).shape[1] == len(trait.levels)
        for what in ("satisfaction", "answering", "leaving"):
            assert len(model.effect(name, what)) == len(trait.levels)
