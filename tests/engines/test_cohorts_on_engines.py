"""Events at the edges, counted by hand, and by DuckDB, PostgreSQL and Spark. One query an engine
makes all counts."""

import datetime as dt
import itertools

import ibis
import numpy as np
import pandas as pd
import pytest

from cxlib import retention
from cxlib.errors import ColumnError, EmptyDataError, ParameterError, SourceError

D = dt.date
AS_OF = D(2025, 1, 15)

# case -> the months in which each of its customers was active, on the calendar of UTC; the first is
# the cohort
UTC = {
    "exact duplicate": ["2024-03 2024-04"],
    "duplicate content": ["2024-03"],
    "duplicate id": ["2024-03 2024-05"],
    "clocks forward": ["2024-03"],
    "clocks back": ["2024-10"],
    "leap day": ["2024-01 2024-02"],  # 31 January and 29 February are a month apart
    "month ends": ["2024-04 2024-05 2024-06"],  # the 30th, the 31st, the 30th
    "last moment": ["2024-04"],  # 23:59:59.9 is not rounded into the next day
    "week 53": ["2020-12 2021-01"],
    "refund first": ["2024-06 2024-07"],  # the refund is the first event, so June is the cohort
    "late arrival": ["2024-05 2024-07"],  # May comes last in the file
    "as of": ["2024-12 2025-01"],  # as2 comes on 20 January, after as_of: not a customer yet
    "漢字 한글": ["2024-08", "2024-08 2024-09"],
    "cohort of one": ["2022-02"],
    "midnight in Tokyo": ["2024-01"],
    "midnight in New York": ["2024-01"],
    "last half hour": ["2024-01"],
}  # "missing id" and "missing time" have no customer to count
MONTHS = {
    "UTC": UTC,
    "Asia/Tokyo": UTC
    | {
        "clocks forward": ["2024-04"],  # 1 April 06:59 and 07:30
        "clocks back": ["2024-10 2024-11"],  # the last event is on 1 November, 07:30
        "last moment": ["2024-05"],
        "midnight in Tokyo": ["2024-01 2024-02"],  # 23:59:59 and 00:00:00
        "last half hour": ["2024-02"],
    },
    "Europe/Berlin": UTC
    | {
        "clocks forward": [
            "2024-03 2024-04"
        ],  # 31 March 23:59:59 and 1 April 00:30, in summer time since that morning
        "clocks back": [
            "2024-10"
        ],  # 02:30 twice on the 27th; 31 October 23:30 in winter time (00:30 in summer time)
        "last moment": ["2024-05"],
        "last half hour": ["2024-02"],
    },
    "America/New_York": UTC
    | {"midnight in New York": ["2023-12 2024-01"]},  # 23:59:59 and 00:00:00
}
AFTER_AS_OF = {
    "UTC": 2,
    "America/New_York": 2,
    "Asia/Tokyo": 3,
    "Europe/Berlin": 3,
}  # 14 January 23:30 UTC is the 15th there


def patterns(cohorts):
    """Labels -> the names of the periods in which each customer was active."""
    names = np.array([str(cohorts.clock.name(index)) for index in cohorts.periods])
    found = {}
    for row, active in zip(cohorts.groups.to_dict("records"), cohorts.active, strict=True):
        key = tuple(row[name] for name in cohorts.by)
        found.setdefault(key[0] if len(key) == 1 else key, []).extend(
            [" ".join(names[active])] * row["customers"]
        )
    return {key: sorted(value) for key, value in found.items()}


@pytest.fixture(scope="module")
def events(engine, edge_events):
    return engine.place("events", edge_events)


def count(events, **more):
    return retention.count_cohorts(
        events, customer="customer", **{"time": "at", "as_of": AS_OF, "by": "case", **more}
    )


@pytest.mark.parametrize("zone", MONTHS)
def test_months_by_hand(events, zone):
    cohorts = count(events, zone=zone)
    assert patterns(cohorts) == MONTHS[zone]
    assert dict(cohorts.tally) == {
        "rows": 42,
        "missing_customer": 2,
        "missing_time": 1,
        "after_as_of": AFTER_AS_OF[zone],
        "before_acquisition": 0,
        "no_acquisition": 0,
        "no_acquisition_rows": 0,
    }


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/New_York"])
def test_dates_without_a_time_are_the_same_in_every_zone(events, zone):
    cohorts = count(events, time="day", zone=zone)
    assert patterns(cohorts) == UTC
    assert (cohorts.first_event, cohorts.last_event) == (D(2020, 12, 31), D(2025, 1, 14))


def test_weeks_by_hand_over_more_than_63_periods(events):
    cohorts = count(events, period="week")
    assert len(cohorts.periods) == 212  # 2020-12-28 to 2025-01-13: more than three bitmaps of 63
    found = patterns(cohorts)
    assert found["week 53"] == ["2020-12-28 2021-01-04"]  # Thursday, Sunday, and the Monday after
    assert found["as of"] == ["2024-12-09 2025-01-13"]
    assert found["漢字 한글"] == ["2024-08-05", "2024-08-05 2024-09-02"]
    assert found["clocks back"] == ["2024-10-21 2024-10-28"]
    assert patterns(count(events, period="week", week_start="sunday"))["week 53"] == [
        "2020-12-27 2021-01-03"
    ]
    assert patterns(count(events, period="quarter"))["late arrival"] == ["2024 Q2 2024 Q3"]
    assert patterns(count(events, period="year"))["midnight in New York"] == ["2024"]


def test_rows_of_one_id_that_differ_are_refused_and_equal_ones_count_once(engine, edge_events):
    with pytest.raises(ParameterError, match=r"the rows of 1 id differ .first: 'e05'.*'sum'"):
        count(engine.place("twice", edge_events), duplicates="event_id")
    equal = edge_events[edge_events["case"] != "duplicate id"]
    cohorts = count(engine.place("equal", equal), value="amount", duplicates="event_id")
    values = cohorts.values.groupby("case")["value"].apply(list).to_dict()
    assert (values["exact duplicate"], values["duplicate content"]) == ([10, 10], [10])
    assert values["late arrival"] == [1, 1]  # without an id: no duplicate of another without one
    assert cohorts.tally["duplicates"] == 1


@pytest.mark.parametrize(
    ("rule", "sums", "months"),
    [
        (
            None,
            {"exact duplicate": [20, 10], "duplicate content": [10], "duplicate id": [7, 7]},
            "2024-03 2024-05",
        ),
        (
            "exact",
            {"exact duplicate": [10, 10], "duplicate content": [5], "duplicate id": [7, 7]},
            "2024-03 2024-05",
        ),
        (
            "sum",
            {"exact duplicate": [20, 10], "duplicate content": [10], "duplicate id": [7, 7]},
            "2024-03 2024-05",
        ),
    ],
)
def test_duplicates_and_values_by_hand(events, rule, sums, months):
    cohorts = count(events, value="amount", duplicates=rule)
    values = cohorts.values.sort_values("period").groupby("case")["value"].apply(list).to_dict()
    assert {case: values[case] for case in sums} == sums
    assert values["refund first"] == [-20, 50]
    assert values["late arrival"] == [
        1,
        1,
    ]  # its second row has no id: it is no duplicate of another without one
    assert patterns(cohorts) == UTC | {"duplicate id": [months]}
    dropped = 2 if rule == "exact" else None
    assert cohorts.tally.get("duplicates") == dropped
    left_out = {"missing_customer": 2, "missing_time": 1, "after_as_of": 2}
    assert {name: cohorts.tally[name] for name in left_out} == left_out
    kept = 42 - 5 - (dropped or 0)
    assert f"{kept} of 42 events" in retention.contract(cohorts).summary()


ACQUIRED = pd.DataFrame(
    {
        "customer": ["dup1", "silent1", "late1", "田中", "jan31", None],
        "acquired_on": [
            D(2024, 3, 10),
            D(2024, 3, 15),
            D(2024, 6, 1),
            D(2024, 8, 5),
            D(2024, 2, 1),
            D(2024, 1, 1),
        ],
        "plan": ["basic", None, "basic", "プラス", "basic", "basic"],
    }
)


@pytest.mark.parametrize("where", ["on the engine", "in memory"])
@pytest.mark.parametrize(
    ("zone", "jan31", "before"), [("UTC", "", 2), ("Asia/Tokyo", "2024-02", 1)]
)
def test_acquisition_table_by_hand(engine, events, where, zone, jan31, before):
    acquired = ACQUIRED if where == "in memory" else engine.place("acquired", ACQUIRED)
    cohorts = count(events, acquired=acquired, by="plan", zone=zone)
    assert patterns(cohorts) == {
        "basic": sorted(
            [jan31, "2024-03 2024-04", "2024-07"]
        ),  # jan31, dup1, late1 (whose May is before acquisition)
        "(not known)": [""],  # silent1: no events, but in the denominator
        "プラス": ["2024-08 2024-09"],
    }
    starts = cohorts.groups.assign(
        name=[str(cohorts.clock.name(index)) for index in cohorts.groups["cohort"]]
    )
    assert starts.groupby("name")["customers"].sum().to_dict() == {
        "2024-02": 1,
        "2024-03": 2,
        "2024-06": 1,
        "2024-08": 1,
    }
    assert cohorts.tally["before_acquisition"] == before
    assert (
        cohorts.tally["no_acquisition"] == 16
    )  # 20 customers in the events, 4 of them in the table


def test_before_1970(engine):
    old = engine.place(
        "old",
        pd.DataFrame(
            {
                "customer": ["a"] * 3,
                "at": pd.to_datetime(
                    [
                        "1969-12-28T12:00:00Z",
                        "1969-12-31T23:59:59.700Z",
                        "1970-01-01T00:00:00.200Z",
                    ],
                    format="ISO8601",
                ),
            }
        ),
    )
    months = count(old, by=(), as_of=D(1970, 2, 1))
    assert patterns(months) == {(): ["1969-12 1970-01"]}
    assert patterns(count(old, by=(), as_of=D(1970, 2, 1), zone="Asia/Tokyo")) == {
        (): ["1969-12 1970-01"]
    }
    assert patterns(count(old, by=(), as_of=D(1970, 2, 1), period="week")) == {
        (): ["1969-12-22 1969-12-29"]
    }


def test_dates_that_no_event_has_are_refused(engine):
    tables = [
        engine.place(
            "dotnet", pd.DataFrame({"customer": ["a", "b"], "at": [D(1, 1, 1), D(2024, 1, 5)]})
        )
    ]
    if engine.name != "pyspark":  # which has no infinity
        for kind in ("DATE", "TIMESTAMPTZ"):
            engine.connection.raw_sql(
                f"CREATE TABLE never_{kind} AS SELECT 'a' AS customer, {kind} 'infinity' AS \"at\""
            )
            tables.append(
                engine.connection.table(
                    f"never_{kind}" if engine.name == "duckdb" else f"never_{kind}".lower()
                )
            )
    for table, more in itertools.product(tables, [{}, {"zone": "Asia/Tokyo"}]):
        for as_of in (None, AS_OF):
            with pytest.raises(
                (ColumnError, EmptyDataError), match=r"no event (has such a date|is left)"
            ):
                count(table, by=(), as_of=as_of, **more)


def test_numbers_as_ids_and_a_table_of_one_row(engine):
    one = engine.place(
        "one",
        pd.DataFrame({"customer": [7], "at": pd.to_datetime(["2024-02-29T00:00Z"], utc=True)}),
    )
    acquired = pd.DataFrame({"customer": ["7", "8"], "acquired_on": [D(2024, 2, 1)] * 2})
    assert patterns(count(one, by=(), as_of=D(2024, 3, 1))) == {(): ["2024-02"]}
    assert patterns(count(one, by=(), as_of=D(2024, 3, 1), acquired=acquired)) == {
        (): ["", "2024-02"]
    }


@pytest.mark.parametrize("wrong", ["2024-02-30", "2024", "soon"])
def test_text_that_is_no_date(engine, events, wrong):
    acquired = engine.place(
        "wrong", pd.DataFrame({"customer": ["dup1", "late1"], "acquired_on": ["2024-03-10", wrong]})
    )
    with pytest.raises(ColumnError, match="cast" if engine.name == "postgres" else f"'{wrong}'"):
        count(events, acquired=acquired, by=())


def test_an_engine_without_conformance_tests_is_refused_by_name(request):
    other = ibis.sqlite.connect()
    request.addfinalizer(other.disconnect)
    other.raw_sql("CREATE TABLE e (who TEXT, at DATE, months INTEGER, gone INTEGER, done DATE)")
    table = other.table("e")
    said = "engine 'sqlite' has not passed the conformance tests"
    for call in (
        lambda: retention.count_cohorts(table, customer="who", time="at"),
        lambda: retention.count_durations(table, duration="months", event="gone"),
        lambda: retention.durations_from_orders(table, customer="who", time="at", gap_days=90),
        lambda: retention.durations_from_spells(
            table, customer="who", started="at", ended="done", as_of=AS_OF
        ),
    ):
        with pytest.raises(SourceError, match=said):
            call()


def test_a_million_events_in_parquet(engine, tmp_path):
    """The same counts as DuckDB, whose counts of the edge file are by hand and whose triangles are
    those of CDNOW."""
    if engine.name == "postgres":
        pytest.skip("PostgreSQL reads no Parquet")
    path = (tmp_path / "million.parquet").as_posix()
    ibis.duckdb.connect().raw_sql(f"""COPY (SELECT (hash(i) % 30000)::BIGINT AS customer, 'c' || hash(i * 5) % 4 AS channel,
        (TIMESTAMP '2023-01-01' + to_seconds(i * 63)) AS at, ((hash(i * 3) % 100) / 4)::DOUBLE AS amount
        FROM range(1000000) t(i)) TO '{path}' (FORMAT parquet)""")  # noqa: E501
    acquired = pd.DataFrame(
        {
            "customer": range(40_000),
            "acquired_on": D(2023, 1, 1),
            "plan": ["basic", "プラス"] * 20_000,
        }
    )
    tables = (engine.connection.read_parquet(path), path)
    listed = [
        retention.count_cohorts(data, customer="customer", time="at", by="plan", acquired=acquired)
        for data in tables
    ]
    pd.testing.assert_frame_equal(listed[0].groups, listed[1].groups)
    np.testing.assert_array_equal(listed[0].active, listed[1].active)
    assert listed[0].customers == 40_000
    found, expected = (
        retention.count_cohorts(
            data,
            customer="customer",
            time="at",
            by="channel",
            zone="America/New_York",
            value="amount",
        )
        for data in tables
    )
    pd.testing.assert_frame_equal(found.groups, expected.groups)
    np.testing.assert_array_equal(found.active, expected.active)
    pd.testing.assert_frame_equal(found.values, expected.values, rtol=1e-12)
    assert (found.customers, found.tally["rows"]) == (30000, 1_000_000)
