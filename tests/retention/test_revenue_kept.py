"""Revenue kept: identities, flows by hand, refunds, and what cannot be known. CDNOW is in
test_cdnow.py."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from cxlib import retention
from cxlib.errors import ColumnError, ParameterError
from cxlib.retention.methods import revenue_kept
from cxlib.retention.methods.revenue_kept import KeptSums, share_kept

D = dt.date
COLUMNS = {"customer": "who", "time": "at"}


def log(*rows):
    return pd.DataFrame(list(rows), columns=["who", "at", "paid"])


def revenue(data, **more):
    return retention.revenue(data, **COLUMNS, value="paid", **more)


def test_flows_by_hand():
    data = log(
        ("増", D(2024, 1, 5), 100),
        ("増", D(2024, 2, 5), 130),
        ("減", D(2024, 1, 6), 80),
        ("減", D(2024, 2, 6), 50),
        ("去", D(2024, 1, 7), 20),
        ("新", D(2024, 2, 7), 500),
    )
    result = revenue(data, as_of=D(2024, 3, 1), resamples=20)
    row = result.frame.iloc[1]
    assert row[["expansion", "contraction", "lost_revenue"]].tolist() == [30, 30, 20]
    assert_allclose([row["nrr"], row["grr"]], [180 / 200, 150 / 200], rtol=1e-12)
    assert result.frame.loc[0, ["nrr", "expansion", "lost_revenue"]].isna().all()
    assert result.warnings == ()
    unfinished = revenue(data, as_of=D(2024, 2, 20), resamples=20)
    assert unfinished.frame.loc[1, ["nrr", "grr", "nrr_low", "expansion"]].isna().all()
    assert "2024-02" in str(unfinished.warnings[0])


@pytest.mark.parametrize(
    ("rule", "january", "february", "dropped"),
    [(None, 250, 240, 0), ("exact", 150, 240, 1), ("order", 150, 240, 1), ("sum", 250, 240, 0)],
)
def test_duplicates_are_left_out_of_revenue_by_the_stated_rule(rule, january, february, dropped):
    data = log(
        ("a", D(2024, 1, 5), 100),
        ("a", D(2024, 1, 5), 100),
        ("b", D(2024, 1, 6), 50),
        ("a", D(2024, 2, 5), 120),
        ("a", D(2024, 2, 6), 120),
        (None, D(2024, 2, 7), 9),
        (None, D(2024, 2, 7), 9),
    ).assign(order=[1, 1, 2, 3, 5, 4, 4])
    result = revenue(data, as_of=D(2024, 3, 1), duplicates=rule, resamples=0)
    assert result.frame["revenue"].tolist() == [january, february]  # those of nobody never counted
    said = {
        0: [],
        1: ["1 row that repeats another is left out."],
    }
    assert [str(warning) for warning in result.warnings] == said[dropped]
    counted = retention.count_cohorts(
        data, **COLUMNS, value="paid", as_of=D(2024, 3, 1), duplicates=rule
    )
    assert counted.values["value"].sum() == january + february


def test_lines_of_an_order_are_added_or_refused_never_taken_for_repeats():
    lines = log(
        ("a", D(2024, 1, 5), 5),
        ("a", D(2024, 1, 5), 95),
        ("b", D(2024, 1, 7), 40),
        ("b", D(2024, 1, 7), 60),
        ("a", D(2024, 2, 3), 10),
    ).assign(order=[1, 1, 2, 2, 3])
    with pytest.raises(
        ParameterError, match=r"the rows of 2 ids differ .first: '1'.*'paid'.*'sum'"
    ):
        revenue(lines, duplicates="order")
    assert revenue(lines, duplicates="sum", resamples=0).frame["revenue"].sum() == 210


@given(st.lists(st.tuples(st.integers(1, 4), st.sampled_from([1, 2, None])), min_size=1))
@settings(max_examples=15)
def test_an_id_is_refused_just_where_its_rows_differ(rows):
    data = pd.DataFrame(rows, columns=["order", "paid"]).astype({"paid": "float64"})
    data = data.assign(who="a", at=D(2024, 1, 5))
    differ = (data.groupby("order")["paid"].nunique(dropna=False) > 1).sum()
    if differ:
        with pytest.raises(ParameterError, match=f"rows of {differ} id"):
            revenue(data, duplicates="order", resamples=0)
    else:
        kept = data.drop_duplicates("order")["paid"].sum()
        assert revenue(data, duplicates="order", resamples=0).frame["revenue"].sum() == kept


@settings(max_examples=10)
@example([(0, 0, 1), (0, 121, 1), (0, 244, 1)])  # a rhythm of four months
@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 300), st.integers(-50, 100)),
        min_size=1,
        max_size=40,
    )
)
def test_what_was_kept_is_what_was_there_plus_and_minus_the_flows(rows):
    data = log(
        *[(who, D(2024, 1, 1) + dt.timedelta(days=day), float(paid)) for who, day, paid in rows]
    )
    result = revenue(data, as_of=D(2025, 1, 1), resamples=0)
    frame = result.frame
    if any("pay about once in" in str(said) for said in result.warnings):
        assert frame["nrr"].isna().all()
        return
    before = frame["revenue"].shift()
    kept = before + frame["expansion"] - frame["contraction"] - frame["lost_revenue"]
    some = frame["nrr"].notna()
    assert (some == (before > 0)).all()
    assert_allclose((frame["nrr"] * before)[some], kept[some], rtol=1e-12, atol=1e-9)
    assert (frame["grr"] <= frame["nrr"] + 1e-12)[some].all()
    assert (
        frame[["nrr_low", "nrr_high", "grr_low", "grr_high"]].isna().all(axis=None)
    )  # no samples, no interval


def test_refunds_are_said_and_a_period_of_refunds_has_no_rate():
    data = log(("a", D(2024, 1, 5), -30), ("a", D(2024, 2, 5), 10), ("a", D(2024, 3, 5), 10))
    result = revenue(data, as_of=D(2024, 4, 1), resamples=10)
    assert result.frame["nrr"].isna().tolist() == [True, True, False]
    counted, exceeded, _ = map(str, result.warnings)
    assert counted.startswith("1 of 3 events has an amount below 0")
    assert counted.endswith("leave them out: where = 'paid >= 0 or paid is null'.")
    assert exceeded.startswith(
        "In 1 of 3 pairs of a customer and a month refunds exceed the payments"
    )


def test_amounts_of_nothing_are_counted_and_said():
    data = log(("a", D(2024, 1, 5), 0), ("a", D(2024, 2, 5), 10), ("b", D(2024, 2, 5), 0))
    (said,) = revenue(data, as_of=D(2024, 3, 1), resamples=0).warnings
    assert str(said).startswith("2 of 3 events have an amount of 0")


@settings(max_examples=20)
@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 300), st.integers(-50, 100)),
        min_size=1,
        max_size=40,
    )
)
def test_the_bridge_from_one_period_to_the_next_adds_up(rows):
    data = log(*[(f"c{who}", D(2024, 1, 1) + dt.timedelta(day), paid) for who, day, paid in rows])
    frame = revenue(data, as_of=D(2024, 12, 1), resamples=0).frame.query("complete")
    before = frame["revenue"].shift()
    moved = frame["expansion"] - frame["contraction"] - frame["lost_revenue"]
    assert_allclose(
        (before + moved + frame["new_revenue"] + frame["returned_revenue"])[1:],
        frame["revenue"][1:],
        atol=1e-9,
    )
    assert frame["new_revenue"].iloc[0] == frame["revenue"].iloc[0]


def test_revenue_of_those_who_return_after_an_empty_month_has_a_column():
    data = log(
        ("a", D(2024, 1, 3), 10),
        ("b", D(2024, 1, 4), 20),
        ("a", D(2024, 3, 5), 12),
        ("b", D(2024, 3, 7), 25),
    )
    frame = revenue(data, as_of=D(2024, 4, 1), resamples=0).frame
    assert frame["revenue"].tolist() == [30, 0, 37]
    assert frame["returned_revenue"].tolist() == [0, 0, 37]


@pytest.mark.parametrize(("kept", "ratio"), [([1.2], 1.2), ([0.0] * 40, 0.0), ([1.0] * 40, 1.0)])
def test_no_interval_pretends_to_certainty(kept, ratio):
    """One customer, or 40 of whom all (or none) stayed: of 40 without a loss, 9 % may yet be lost
    (Clopper and Pearson)."""
    rows = [(f"c{i}", D(2024, 1, 5), 10 + i) for i in range(len(kept))]
    rows += [
        (who, D(2024, 2, 5), share * paid)
        for (who, _, paid), share in zip(rows, kept, strict=True)
        if share
    ]
    result = revenue(log(*rows, ("later", D(2024, 2, 6), 5)), as_of=D(2024, 3, 1), resamples=200)
    assert_allclose(result.frame.loc[1, "nrr"], ratio, rtol=1e-12)
    assert result.frame.loc[1, ["nrr_low", "nrr_high", "grr_low", "grr_high"]].isna().all()
    assert f"brought {100 * ratio:.1f} % of its revenue again (net)" in result.summary()
    assert "For 1 of 1 months the revenue kept has no interval" in str(result.warnings[0])
    assert result.summary().endswith("(gross); there is no interval.")


def test_samples_without_a_denominator_are_not_passed_over():
    """20 pay 100 and one is refunded 1,900: under half of the samples have revenue to divide by,
    and theirs say nothing."""
    rows = [(f"c{i}", D(2024, 1, 5), 100) for i in range(20)] + [
        ("r", D(2024, 1, 5), -1900),
        ("c0", D(2024, 2, 5), 90),
    ]
    result = revenue(log(*rows), as_of=D(2024, 3, 1), resamples=200)
    assert result.frame.loc[1, "nrr"] == 0.9
    assert np.isnan(result.frame.loc[1, "nrr_low"])


def test_a_short_log_says_nothing_about_revenue_kept():
    short = revenue(log(("a", D(2024, 1, 5), 10)), as_of=D(2024, 2, 1), resamples=5)
    assert "nothing can be said about revenue kept" in short.summary()
    assert short.plot().get_gid() == "message"


def test_the_share_that_resamples_cover_is_near_the_level():
    """30 small companies with a true ratio of 1: a 90 % percentile interval should cover it in most
    (0.68 is 4 errors below)."""
    rng, covered = np.random.default_rng(6), 0
    for _ in range(30):
        paid = rng.exponential(50, (150, 2))
        data = log(*[(i, D(2024, 1 + k, 5), float(paid[i, k])) for i in range(150) for k in (0, 1)])
        row = revenue(data, as_of=D(2024, 3, 1), resamples=200, confidence=0.9).frame.iloc[1]
        covered += row["nrr_low"] <= 1 <= row["nrr_high"]
    assert covered / 30 >= 0.68


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"resamples": -1}, "resamples=-1"),
        ({"confidence": 95}, "0.95 for 95 %"),
        ({"duplicates": "order"}, "duplicates='order'"),
    ],
)
def test_bad_parameters_are_refused(change, words):
    with pytest.raises((ParameterError, ColumnError), match=words):
        revenue(log(("a", D(2024, 1, 5), 10)), **change)


def test_without_events_or_amounts_there_is_no_revenue():
    data = log(("a", D(2024, 1, 5), 10))
    assert retention.revenue(None, **COLUMNS, value="paid").key == "retention.no_events"
    assert retention.revenue(data, **COLUMNS, value=None).key == "retention.no_value"
    with pytest.raises(ParameterError, match="period='months'"):
        retention.revenue(None, **COLUMNS, value=None, period="months")


def test_blocks_of_customers_tell_the_error_of_drawing_each(monkeypatch):
    """Simulation: 60,000 customers, drawn one by one and in 10,000 blocks."""
    rng = np.random.default_rng(8)
    n = 60_000
    customer = np.repeat(np.arange(n), 3)
    column, value = np.tile(np.arange(3), n), rng.lognormal(3, 1, 3 * n)
    there = rng.random(3 * n) < 0.7
    customer, column, value = customer[there], column[there], value[there]

    def spread(limit):
        monkeypatch.setattr(revenue_kept, "CUSTOMERS", limit)
        sums = KeptSums(3, 1)
        for part in np.array_split(np.unique(customer), 4):
            mine = np.isin(customer, part)
            numbers = np.unique(customer[mine], return_inverse=True)[1]
            sums.add(numbers, column[mine], value[mine])
        drawn = sums.bootstrap(400)
        return share_kept(drawn["kept"], drawn["revenue"])[:, 1:], sums.totals

    each, totals = spread(100_000)
    blocks, same = spread(10_000)
    assert_allclose(totals["kept"], same["kept"], rtol=1e-12)
    assert_allclose(blocks.mean(axis=0), each.mean(axis=0), rtol=0.002)
    # 400 samples leave 3.5 % to each standard error
    assert_allclose(blocks.std(axis=0), each.std(axis=0), rtol=0.15)
