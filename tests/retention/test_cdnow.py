"""CDNOW against an independent pure Python count, every leaf of its file: exact counts, revenue to
1e-9.

The events may not be copied, so the tests are skipped where the shared folder is absent.
"""

import datetime as dt
import functools

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

import cxlib as cx
from cxlib import retention
from tests.conftest import SHARED
from tests.nps.leaves import EXACT, Oracle, stars

CASES = {
    "monthly": "month",
    "weekly": "week",
    "quarterly": "quarter",
    "monthly_as_of_mid_june": "month",
}
COLUMNS = {"customer": "customer_id", "time": "date"}
END = dt.date(1998, 7, 1)
CENTS = {"rtol": 0.0, "atol": 1e-9}  # sums of amounts, and their ratios
CURVE = {"rtol": 1e-10, "atol": 0.0}


class Counts(Oracle):
    """As `Oracle`; names are compared as they are, and ours is missing where the file has null or
    the period is not over."""

    def check(self, path):
        wanted = self.values[path]
        ours, of = next(
            (ours, of)
            for key, (ours, _) in self.compared.items()
            if (of := stars(key, path)) is not None
        )
        if isinstance(wanted, str):
            assert ours(*of) == wanted, path
        elif wanted is None or (
            path.endswith(("/nrr", "/grr")) and not self.values[f"{path[:-3]}complete"]
        ):
            assert np.isnan(ours(*of)), path
        else:
            super().check(path)


@functools.cache
def orders():
    return cx.sources.read_events(
        SHARED / "samples" / "retention" / "cdnow_sample_events.csv", value="amount", **COLUMNS
    )


@functools.cache
def cohorts(case):
    as_of = dt.date.fromisoformat(ORACLE.values[f"{case}/as_of_exclusive"])
    return retention.count_cohorts(
        orders(), period=CASES[case], value="amount", as_of=as_of, **COLUMNS
    )


@functools.cache
def triangle(case, kind="on"):
    return retention.triangle(cohorts(case), kind=kind).frame.to_dict("list")


@functools.cache
def accounting(case):
    counted = cohorts(case)
    money = retention.revenue(
        orders(), period=CASES[case], value="amount", as_of=counted.as_of, resamples=0, **COLUMNS
    ).frame
    moved = retention.movements(counted).frame
    assert money["active"].tolist() == moved["active"].tolist()
    return {**moved.to_dict("list"), **money[["revenue", "nrr", "grr"]].to_dict("list")}


@functools.cache
def windows(case):
    days = int(case.removeprefix("rolling"))
    counted = retention.count_own_clock(
        orders(), days=days, period="quarter", as_of=END, **COLUMNS
    )  # one cohort
    return retention.triangle(counted, clock="own").frame.to_dict("list")


@functools.cache
def silence():
    return retention.durations_from_orders(orders(), gap_days=90, as_of=END, **COLUMNS)


@functools.cache
def curve():
    frame = retention.survival(silence()).frame
    return frame[frame["lost"] > 0].to_dict("list")


def name(day, case):
    return str(cohorts(case).clock.name(cohorts(case).clock.index(day.date()))).replace(" ", "")


MOVED = {
    "active": "active",
    "acquired": "acquired",
    "new_active": "new",
    "retained": "retained",
    "resurrected": "resurrected",
    "dormant_from_prev": "dormant",
    "complete": "complete",
}
ORACLE = Counts(
    "../retention/cohort_expected.json",
    compared={
        "*/customers": (lambda case: cohorts(case).customers, EXACT),
        "*/events_before_acquisition_dropped": (
            lambda case: cohorts(case).tally["before_acquisition"],
            EXACT,
        ),
        "*/last_period": (
            lambda case: str(cohorts(case).clock.name(cohorts(case).last)).replace(" ", ""),
            EXACT,
        ),
        "*/last_period_partial": (
            lambda case: (
                not cohorts(case).clock.finished([cohorts(case).last], cohorts(case).as_of)[0]
            ),
            EXACT,
        ),
        "*/cells/*/cohort": (lambda case, i: name(triangle(case)["cohort"][i], case), EXACT),
        "*/cells/*/k": (lambda case, i: triangle(case)["age"][i], EXACT),
        "*/cells/*/size": (lambda case, i: triangle(case)["size"][i], EXACT),
        "*/cells/*/complete": (lambda case, i: triangle(case)["complete"][i], EXACT),
        "*/cells/*/revenue": (lambda case, i: triangle(case)["value"][i], CENTS),
        **{
            f"*/cells/*/{kind}": (
                lambda case, i, kind=kind: triangle(case, kind)["retained"][i],
                EXACT,
            )
            for kind in ("on", "on_or_after", "rolling", "returned_by")
        },
        "*/accounting/*/period": (lambda case, i: name(accounting(case)["period"][i], case), EXACT),
        **{
            f"*/accounting/*/{theirs}": (
                lambda case, i, ours=ours: accounting(case)[ours][i],
                EXACT,
            )
            for theirs, ours in MOVED.items()
        },
        "*/accounting/*/revenue": (lambda case, i: accounting(case)["revenue"][i], CENTS),
        "*/accounting/*/nrr": (lambda case, i: accounting(case)["nrr"][i], CENTS),
        "*/accounting/*/grr": (lambda case, i: accounting(case)["grr"][i], CENTS),
        **{
            f"{case}/*/{theirs}": (
                lambda i, case=case, ours=ours: windows(case)[ours][i],
                EXACT if theirs != "rate" else CENTS,
            )
            for case in ("rolling30", "rolling7")
            for theirs, ours in {
                "k": "age",
                "eligible": "size",
                "retained": "retained",
                "rate": "rate",
            }.items()
        },
        "inactivity90/churned": (lambda: silence().frame["lost"].sum(), EXACT),
        "inactivity90/censored": (lambda: silence().frame["censored"].sum(), EXACT),
        **{
            f"inactivity90/km/*/{theirs}": (
                lambda i, ours=ours: curve()[ours][i],
                CURVE if theirs == "surv" else EXACT,
            )
            for theirs, ours in {
                "t": "tenure",
                "at_risk": "at_risk",
                "events": "lost",
                "censored": "censored",
                "surv": "survival",
            }.items()
        },
    },
    given={"data", "definitions", "*/unit", "*/as_of_exclusive", "inactivity90/gap_days"},
    later={},
    not_offered={},
)


def test_no_leaf_is_left_out():
    ORACLE.refuse_gaps()
    assert len(ORACLE.paths) > 12_000


@pytest.mark.parametrize(
    "part",
    sorted(
        {
            "/".join(path.split("/")[: 2 if path.split("/")[0] in CASES else 1])
            for path in ORACLE.paths
        }
    ),
)
def test_every_leaf(part, shared):
    for path in ORACLE.paths:
        if path == part or path.startswith(f"{part}/"):
            ORACLE.check(path)


def test_no_more_cells_than_there_are(shared):
    for case in CASES:
        assert len(triangle(case)["age"]) == sum(
            stars(f"{case}/cells/*/k", path) is not None for path in ORACLE.paths
        )
        frame = retention.triangle(cohorts(case)).frame
        done = frame["complete"]
        assert_allclose(
            frame.loc[done, "rate"], (frame["retained"] / frame["size"])[done], rtol=1e-15
        )
        assert frame.loc[~done, ["rate", "ci_low", "ci_high"]].isna().all(axis=None)


def test_shards_add_up_to_the_whole(shared):
    events, as_of = orders(), END
    parts = [events.filter(events.customer_id % 3 == shard) for shard in range(3)]
    counts = [
        retention.count_cohorts(part, value="amount", as_of=as_of, **COLUMNS) for part in parts
    ]
    whole = retention.count_cohorts(events, value="amount", as_of=as_of, **COLUMNS)
    added = counts[0] + counts[1] + counts[2]
    assert dict(added.tally) == dict(whole.tally)
    ours, theirs = retention.triangle(added).frame, retention.triangle(whole).frame
    assert_allclose(ours.pop("value"), theirs.pop("value"), rtol=1e-12)
    pd.testing.assert_frame_equal(ours, theirs)
    gaps = [
        retention.durations_from_orders(part, gap_days=90, as_of=as_of, **COLUMNS) for part in parts
    ]
    assert (gaps[0] + gaps[1] + gaps[2]).frame.equals(
        retention.durations_from_orders(events, gap_days=90, as_of=as_of, **COLUMNS).frame
    )


def test_bootstrap_interval_is_near_the_linearised_one(shared):
    """The percentile interval of a ratio of sums is close to the delta method with 2,357 customers
    (12 % for skewed amounts)."""
    events = orders()
    frame = retention.revenue(
        events, value="amount", as_of=dt.date(1998, 7, 1), resamples=2000, **COLUMNS
    ).frame
    amounts = events.execute().assign(
        month=lambda rows: pd.to_datetime(rows["date"]).dt.to_period("M")
    )
    wide = amounts.pivot_table(index="customer_id", columns="month", values="amount", aggfunc="sum")
    before, now = wide["1997-02"], wide["1997-03"].where(wide["1997-02"].notna())
    before, now = before.fillna(0).to_numpy(), now.fillna(0).to_numpy()
    ratio = now.sum() / before.sum()
    se = np.sqrt(np.sum((now - ratio * before) ** 2)) / before.sum()
    row = frame.iloc[2]
    assert_allclose(row["nrr"], ratio, rtol=1e-12)
    assert_allclose((row["nrr_high"] - row["nrr_low"]) / 2, 1.96 * se, rtol=0.12)
