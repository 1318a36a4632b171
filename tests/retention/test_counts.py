"""Counting events: zones, edges of periods, what is left out, and brute force."""

import datetime as dt
from zoneinfo import ZoneInfo

import ibis
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from cxlib import retention
from cxlib.errors import CohortError, ColumnError, EmptyDataError, ParameterError

D = dt.date
COLUMNS = {"customer": "who", "time": "at"}


def log(*rows, **more):
    who, at = zip(*rows, strict=True)
    at = (
        list(at)
        if isinstance(at[0], dt.date)
        else pd.to_datetime(list(at), utc=True, format="ISO8601")
    )
    return pd.DataFrame({"who": list(who), "at": at, **more})


def cells(cohorts, kind="on"):
    frame = retention.triangle(cohorts, kind=kind).frame
    return {(f"{row.cohort:%Y-%m-%d}", row.age): row.retained for row in frame.itertuples()}


def count(data, **more):
    return retention.count_cohorts(data, **COLUMNS, **more)


@pytest.mark.parametrize(
    ("zone", "cohort"),
    [("UTC", "2024-01-01"), ("Asia/Tokyo", "2024-02-01"), ("America/New_York", "2024-01-01")],
)
def test_wall_time_decides_the_month(zone, cohort):
    assert next(iter(cells(count(log(("a", "2024-01-31T23:30Z")), zone=zone))))[0] == cohort


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York", "Pacific/Kiritimati"])
def test_dates_are_never_shifted(zone):
    cohorts = count(log(("a", D(2024, 1, 31)), ("a", D(2024, 2, 1))), zone=zone)
    assert cells(cohorts) == {("2024-01-01", 0): 1, ("2024-01-01", 1): 1}
    assert cohorts.as_of == D(2024, 2, 2)


def test_clock_changes_keep_their_month():
    # New York: 2024-11-03 01:30 happens twice; 2024-04-01 00:30 local is 04:30 UTC in summer time
    data = log(
        ("a", "2024-11-03T05:30Z"),
        ("a", "2024-11-03T06:30Z"),
        ("b", "2024-04-01T04:30Z"),
        ("c", "2024-04-01T03:30Z"),
    )
    cohorts = count(data, zone="America/New_York")
    sizes = retention.triangle(cohorts).frame.query("age == 0").set_index("cohort")["size"]
    assert {f"{day:%Y-%m}": n for day, n in sizes.items()} == {
        "2024-03": 1,
        "2024-04": 1,
        "2024-11": 1,
    }


def test_midnight_belongs_to_the_new_day_in_tokyo_and_new_york():
    data = log(("t", "2024-02-29T15:00Z"), ("t", "2024-02-29T14:59:59Z"))
    assert cells(count(data, zone="Asia/Tokyo")) == {("2024-02-01", 0): 1, ("2024-02-01", 1): 1}
    data = log(("n", "2024-03-01T05:00Z"), ("n", "2024-03-01T04:59:59Z"))
    assert cells(count(data, zone="America/New_York")) == {
        ("2024-02-01", 0): 1,
        ("2024-02-01", 1): 1,
    }


def test_weeks_start_on_monday_and_never_collide_in_week_53():
    data = log(
        ("a", D(2020, 12, 31)), ("a", D(2021, 1, 3)), ("a", D(2021, 1, 4)), ("b", D(2021, 12, 31))
    )
    counted = cells(count(data, period="week", as_of=D(2022, 1, 3)))
    assert counted["2020-12-28", 0] == 1
    assert counted["2020-12-28", 1] == 1
    assert counted["2021-12-27", 0] == 1
    sunday = count(log(("a", D(2021, 1, 3))), period="week", week_start="sunday")
    assert next(iter(cells(sunday)))[0] == "2021-01-03"


def test_month_ends_and_leap_day():
    data = log(
        ("a", D(2024, 1, 31)), ("a", D(2024, 2, 29)), ("b", D(2024, 2, 29)), ("b", D(2024, 3, 31))
    )
    assert cells(count(data, as_of=D(2024, 4, 1))) == {
        ("2024-01-01", 0): 1,
        ("2024-01-01", 1): 1,
        ("2024-01-01", 2): 0,
        ("2024-02-01", 0): 1,
        ("2024-02-01", 1): 1,
    }


def test_unfinished_periods_have_no_rate_and_unobserved_cells_are_absent():
    cohorts = count(
        log(("a", D(2024, 1, 5)), ("a", D(2024, 3, 2)), ("b", D(2024, 2, 5))), as_of=D(2024, 3, 15)
    )
    frame = retention.triangle(cohorts).frame.set_index(["cohort", "age"])
    assert len(frame) == 5
    assert frame.loc[(pd.Timestamp(2024, 1, 1), 2), "retained"] == 1  # so far
    assert not frame.loc[(pd.Timestamp(2024, 1, 1), 2), "complete"]
    assert np.isnan(frame.loc[(pd.Timestamp(2024, 1, 1), 2), "rate"])
    assert (
        retention.triangle(count(log(("a", D(2024, 3, 31))), as_of=D(2024, 4, 1)))
        .frame["complete"]
        .all()
    )


def test_without_as_of_the_last_period_is_unfinished_unless_it_ended():
    result = retention.triangle(count(log(("a", D(2024, 1, 5)), ("a", D(2024, 2, 28)))))
    assert result.frame["complete"].tolist() == [True, False]
    assert "taken as unfinished unless it ended before" in result.warnings[0]
    assert (
        retention.triangle(count(log(("a", D(2024, 1, 5)), ("a", D(2024, 2, 29)))))
        .frame["complete"]
        .all()
    )


def test_customers_without_events_are_in_the_denominator():
    acquired = pd.DataFrame(
        {
            "who": ["a", "b", "c", "late"],
            "acquired_on": ["2024-01-02", "2024-01-03", "2024-02-01", "2024-04-01"],
        }
    )
    data = log(
        ("a", D(2024, 1, 1)),
        ("a", D(2024, 1, 2)),
        ("a", D(2024, 2, 9)),
        ("x", D(2024, 2, 9)),
        (None, D(2024, 1, 9)),
        ("c", D(2024, 3, 1)),
    )
    cohorts = count(data, acquired=acquired, as_of=D(2024, 3, 1))
    assert cells(cohorts) == {("2024-01-01", 0): 1, ("2024-01-01", 1): 1, ("2024-02-01", 0): 0}
    assert cohorts.customers == 3
    assert dict(cohorts.tally) == {
        "rows": 6,
        "missing_customer": 1,
        "missing_time": 0,
        "after_as_of": 1,
        "before_acquisition": 1,
        "no_acquisition": 1,
        "no_acquisition_rows": 1,
    }
    assert "3 of 6 events" not in retention.contract(cohorts).summary()
    assert "2 of 6 events of 3 customers" in retention.contract(cohorts).summary()


def test_what_happened_before_the_first_event_is_not_known():
    acquired = pd.DataFrame({"who": ["a", "b"], "acquired_on": [D(2023, 11, 1), D(2024, 1, 1)]})
    cohorts = count(
        log(("a", D(2024, 1, 5)), ("b", D(2024, 2, 5))), acquired=acquired, as_of=D(2024, 3, 1)
    )
    assert cells(cohorts) == {
        ("2023-11-01", 2): 1,
        ("2023-11-01", 3): 0,
        ("2024-01-01", 0): 0,
        ("2024-01-01", 1): 1,
    }
    assert set(cells(cohorts, "rolling")) == {("2024-01-01", 0), ("2024-01-01", 1)}
    assert any("not known" in warning for warning in retention.triangle(cohorts).warnings)


def test_an_event_without_a_customer_says_that_its_day_was_on_record():
    data = log(
        (None, D(2023, 11, 30)),
        ("a", D(2024, 1, 5)),
        ("b", D(2024, 2, 5)),
        (None, D(2024, 3, 9)),
        ("b", None),
    )
    cohorts = count(data)
    assert (cohorts.first_event, cohorts.last_event, cohorts.as_of) == (
        D(2023, 11, 30),
        D(2024, 3, 9),
        D(2024, 3, 10),
    )
    assert cells(cohorts) == {
        ("2024-01-01", 0): 1,
        ("2024-01-01", 1): 0,
        ("2024-01-01", 2): 0,
        ("2024-02-01", 0): 1,
        ("2024-02-01", 1): 0,
    }  # no period before the first of a customer
    assert (cohorts.tally["missing_customer"], cohorts.tally["missing_time"]) == (2, 1)
    listed = count(
        data,
        acquired=pd.DataFrame({"who": ["a", "b"], "acquired_on": [D(2023, 11, 2), D(2024, 2, 1)]}),
    )
    assert cells(listed) == {("2023-11-01", age): int(age == 2) for age in range(5)} | {
        ("2024-02-01", 0): 1,
        ("2024-02-01", 1): 0,
    }


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York", "America/Sao_Paulo"])
def test_as_of_is_the_local_midnight(zone):
    midnight = (
        dt.datetime(2018, 11, 4, tzinfo=ZoneInfo(zone)).astimezone(dt.UTC).replace(tzinfo=None)
    )  # none in Sao Paulo
    moment = dt.timedelta(microseconds=1)
    data = log(
        ("a", dt.datetime(2018, 10, 9)),
        ("a", midnight - moment),
        ("b", midnight),
        ("b", midnight + moment),
    )
    cohorts = count(data, zone=zone, as_of=D(2018, 11, 4))
    assert (cohorts.customers, cohorts.tally["after_as_of"], cohorts.last_event) == (
        1,
        2,
        D(2018, 11, 3),
    )


def test_seven_years_of_weeks_take_more_than_one_bitmap_and_count_the_same():
    days = [D(2017, 1, 2) + dt.timedelta(weeks=week) for week in range(0, 364, 7)]
    cohorts = count(
        log(*[("a", day) for day in days], ("b", days[-1])),
        period="week",
        as_of=days[-1] + dt.timedelta(weeks=1),
    )
    assert cohorts.active.shape[1] == 358
    [row] = cohorts.active[cohorts.groups["cohort"] == cohorts.first]
    assert np.flatnonzero(row).tolist() == list(range(0, 364, 7))


def test_ids_as_numbers_in_one_file_and_text_in_the_other():
    acquired = pd.DataFrame({"who": ["7", "8"], "acquired_on": ["2024-01-01", "2024-01-01"]})
    cohorts = count(log((7, D(2024, 1, 5)), (9, D(2024, 1, 6))), acquired=acquired)
    assert (cohorts.customers, cohorts.tally["no_acquisition"]) == (2, 1)


def test_whole_numbers_that_a_missing_id_made_decimal_are_found_as_text():
    acquired = pd.DataFrame({"who": ["1000", "8.5", "3"], "acquired_on": ["2024-01-01"] * 3})
    data = pd.DataFrame({"who": [1000.0, None, 8.5], "at": [D(2024, 1, 5)] * 3})
    cohorts = count(data, acquired=acquired)
    assert (
        cohorts.customers,
        cohorts.tally["no_acquisition"],
        cohorts.tally["missing_customer"],
    ) == (3, 0, 1)
    assert cells(cohorts) == {("2024-01-01", 0): 2}


def test_japanese_and_korean_ids_columns_and_groups():
    data = pd.DataFrame(
        {
            "顧客": ["田中", "김", "田中"],
            "일시": [D(2024, 1, 5), D(2024, 1, 9), D(2024, 2, 5)],
            "층": ["가", None, "가"],
        }
    )
    cohorts = retention.count_cohorts(
        data, customer="顧客", time="일시", by="층", as_of=D(2024, 3, 1)
    )
    frame = retention.triangle(cohorts).frame
    assert frame.groupby("층")["retained"].apply(list).to_dict() == {
        "(not known)": [1, 0],
        "가": [1, 1],
    }


def brute_force(rows, period_of, last):
    """The definitions, customer by customer."""
    active = {}
    for who, day in rows:
        active.setdefault(who, set()).add(period_of(day))
    found = {}
    for periods in active.values():
        start = min(periods)
        for age in range(last - start + 1):
            on = start + age in periods
            values = {
                "on": on,
                "on_or_after": any(p >= start + age for p in periods),
                "rolling": all(start + k in periods for k in range(age + 1)),
                "returned_by": any(start < p <= start + age for p in periods),
            }
            for kind, value in values.items():
                found[kind, start, age] = found.get((kind, start, age), 0) + value
    return found


@settings(max_examples=12)
@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 1200)), min_size=1, max_size=40),
    st.sampled_from(["week", "month", "year"]),
)
def test_equals_brute_force_also_beyond_63_periods(rows, period):
    rows = [(who, D(2020, 1, 1) + dt.timedelta(days=days)) for who, days in rows]
    cohorts = count(log(*rows), period=period)
    expected = brute_force(rows, cohorts.clock.index, cohorts.last)
    for kind in ("on", "on_or_after", "rolling", "returned_by"):
        frame = retention.triangle(cohorts, kind=kind).frame
        starts = [cohorts.clock.index(day.date()) for day in frame["cohort"]]
        assert {
            (kind, s, a): r for s, a, r in zip(starts, frame["age"], frame["retained"], strict=True)
        } == {key: value for key, value in expected.items() if key[0] == kind}


@settings(max_examples=10)
@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 500)), min_size=1, max_size=50))
def test_the_identities_of_the_accounting_hold(rows):
    frame = retention.movements(
        count(log(*[(who, D(2024, 1, 1) + dt.timedelta(days=days)) for who, days in rows]))
    ).frame
    assert_array_equal(frame["active"], frame["new"] + frame["retained"] + frame["resurrected"])
    assert_array_equal(
        frame["active"][:-1], frame["retained"][1:].to_numpy() + frame["dormant"][1:].to_numpy()
    )
    assert_array_equal(frame["new"], frame["acquired"])  # without an acquisition table


def test_revenue_by_hand():
    data = log(
        ("a", D(2024, 1, 5)),
        ("b", D(2024, 1, 6)),
        ("a", D(2024, 2, 5)),
        ("c", D(2024, 2, 6)),
        ("a", D(2024, 4, 1)),
        paid=[100, 50, 120, 30, 5],
    )
    frame = retention.revenue(
        data, **COLUMNS, value="paid", as_of=D(2024, 4, 15), resamples=50
    ).frame
    assert frame["revenue"].tolist() == [150, 150, 0, 5]
    assert frame["nrr"].tolist()[1:3] == [120 / 150, 0.0]
    assert frame["grr"].tolist()[1:3] == [100 / 150, 0.0]
    assert (
        frame.loc[[0, 3], ["nrr", "grr", "nrr_low", "grr_high"]].isna().all(axis=None)
    )  # first; unfinished
    assert (
        frame.loc[1, ["nrr_low", "grr_high"]].isna().all()
    )  # of two customers 14 % of the samples hold neither


def test_the_average_never_rises_because_cohorts_drop_out():
    data = [(f"{month}{n}", D(2024, month, 1)) for month in (1, 2, 3, 4) for n in range(10)]
    data += [
        (f"1{n}", D(2024, month, 2)) for month in (2, 3, 4) for n in range(9)
    ]  # only the oldest cohort comes back
    cohorts = count(log(*data), as_of=D(2024, 5, 1))
    fixed = retention.average(retention.triangle(cohorts, kind="on_or_after")).frame
    assert fixed["cohorts"].nunique() == 1
    assert (fixed["rate"].diff().dropna() <= 0).all()
    with pytest.raises(ParameterError, match="oldest finished age is 3"):
        retention.average(retention.triangle(cohorts), through=9)
    with pytest.raises(EmptyDataError, match="no period has ended"):
        retention.average(retention.triangle(count(log(("a", D(2024, 1, 5))))))


GOOD = [("a", D(2024, 1, 5)), ("b", D(2024, 2, 5))]


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"period": "fortnight"}, ParameterError, "period='fortnight'"),
        ({"zone": "Asia/Tokio"}, ParameterError, "Asia/Tokyo"),
        ({"week_start": "tuesday"}, ParameterError, "week_start"),
        ({"by": "segment"}, ColumnError, "segment"),
        ({"value": "who"}, ColumnError, "not numbers"),
        ({"as_of": D(2023, 1, 1)}, EmptyDataError, "before as_of"),
        ({"as_of": D(2924, 1, 1)}, ParameterError, "choose a longer period"),
        ({"acquired": pd.DataFrame({"who": ["a"]})}, ColumnError, "acquired_on"),
        (
            {"acquired": pd.DataFrame({"who": ["a"], "acquired_on": ["2024-13-01"]})},
            ColumnError,
            "2024-13-01",
        ),
        (
            {"acquired": pd.DataFrame({"who": ["a"], "acquired_on": ["2025-01-01"]})},
            EmptyDataError,
            "no customer is left",
        ),
    ],
)
def test_bad_parameters_are_refused(change, error, words):
    with pytest.raises(error, match=words):
        count(log(*GOOD), **change)


@pytest.mark.parametrize("name", ["tenure", "lost", "cx_day", "rate"])
def test_groups_named_like_the_counts_own_columns_are_refused(name):
    data = pd.DataFrame({"who": [1], "day": [dt.date(2024, 1, 1)], name: ["a"]})
    with pytest.raises(ColumnError, match=f"by='{name}'"):
        retention.count_cohorts(data, customer="who", time="day", by=name)


def test_bad_events_are_refused():
    with pytest.raises(ColumnError, match="not dates"):
        count(pd.DataFrame({"who": ["a"], "at": ["soon"]}))
    with pytest.raises(ColumnError, match="no such column"):
        count(pd.DataFrame({"whom": ["a"], "at": [D(2024, 1, 1)]}))
    with pytest.raises(EmptyDataError):
        count(log((None, D(2024, 1, 1)), ("", D(2024, 1, 1))))
    with pytest.raises(ParameterError, match="kind"):
        retention.triangle(count(log(*GOOD)), kind="n_day")
    with pytest.raises(CohortError, match="as_of"):
        count(log(*GOOD)) + count(log(*GOOD), as_of=D(2025, 1, 1))
    with pytest.raises(ParameterError, match="one triangle"):
        retention.triangle(
            count(
                log(
                    *GOOD,
                ),
                by="who",
            )
        ).plot()


@pytest.mark.parametrize(
    ("rule", "dropped", "revenue"), [(None, None, 24), ("exact", 1, 23), ("order", 2, 15)]
)
def test_duplicates_are_dropped_by_the_stated_rule_and_counted(rule, dropped, revenue):
    data = log(
        ("a", D(2024, 1, 5)),
        ("a", D(2024, 1, 5)),
        ("a", D(2024, 2, 5)),
        ("b", D(2024, 1, 9)),
        ("b", D(2024, 1, 9)),
        paid=[1, 1, 8, 7, 7],
        order=[1, 1, 1, None, None],
        shop=["x", "x", "y", "x", "y"],
    )
    cohorts = count(data, value="paid", by="shop", duplicates=rule)
    assert (
        cohorts.values["value"].sum() == revenue
    )  # "exact": b's rows differ by shop; "order": rows without an id are kept
    assert cohorts.tally.get("duplicates") == dropped
    added = cohorts + count(
        data.assign(who=data["who"] + "2"), value="paid", by="shop", duplicates=rule
    )
    assert added.tally.get("duplicates") == (None if rule is None else 2 * dropped)


def test_duplicates_by_a_column_that_is_not_there():
    with pytest.raises(ColumnError, match="duplicates='order_id'"):
        count(log(*GOOD), duplicates="order_id")


def test_a_group_is_the_first_known_one():
    data = log(
        ("a", D(2024, 1, 5)), ("a", D(2024, 2, 5)), ("a", D(2024, 3, 5)), shop=[None, "x", "y"]
    )
    assert count(data, by="shop").groups["shop"].tolist() == ["x"]


def test_the_engines_settings_are_left_as_they_were():
    """DuckDB writes its limit of memory with one decimal, cut: setting what it says again and again
    would lower it."""
    connection = ibis.duckdb.connect(memory_limit="1.29GiB")
    connection.con.execute("CREATE TABLE log AS SELECT 'a' AS who, DATE '2024-01-05' AS at")
    settings = "SELECT current_setting('memory_limit'), current_setting('allocator_bulk_deallocation_flush_threshold')"  # noqa: E501
    usual = connection.con.execute(settings).fetchall()
    for _ in range(20):
        assert count(connection.table("log")).customers == 1
    assert connection.con.execute(settings).fetchall() == usual
    connection.con.execute("SET lock_configuration = true")
    assert count(connection.table("log")).customers == 1
