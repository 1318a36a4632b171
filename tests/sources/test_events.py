"""Event logs open as Ibis tables: ids and dates as written, instants where there is a time, one
refusal for each fault."""

from __future__ import annotations

import datetime
import zoneinfo

import ibis.expr.types as ir
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxlib import sources
from cxlib.errors import ColumnError, EmptyDataError, ParameterError, SourceError

UTC = datetime.UTC


def write(folder, text, name="log.csv"):
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def opened(folder, text, **options):
    return sources.read_events(write(folder, text), customer="id", time="at", **options)


def rows(table):
    return [tuple(row.values()) for row in table.to_pyarrow().to_pylist()]


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/Los_Angeles"])
@pytest.mark.parametrize("written", ["2026-07-01", "2026/07/01", "2026-7-1", " 2026-07-01 "])
def test_dates_are_never_shifted(tmp_path, zone, written):
    table = opened(tmp_path, f"id,at\n7,{written}\n", zone=zone)
    assert table.schema()["at"].is_date()
    assert rows(table) == [(7, datetime.date(2026, 7, 1))]


@pytest.mark.parametrize("zone", ["UTC", "Asia/Seoul"])
@pytest.mark.parametrize(
    "written",
    [
        "2026-07-01T23:30:00+09:00",
        "2026-07-01 14:30:00Z",
        "2026-07-01T14:30Z",
        "2026-07-01 23:30:00.000+09",
        "2026-07-01T10:30:00-0400",
        "2026-07-01 14:30:00 UTC",
    ],
)
def test_times_with_an_offset_are_instants_whatever_the_zone(tmp_path, zone, written):
    table = opened(tmp_path, f"id,at\n7,{written}\n", zone=zone)
    assert str(table.schema()["at"]) == "timestamp('UTC')"
    assert rows(table)[0][1] == datetime.datetime(2026, 7, 1, 14, 30, tzinfo=UTC)


@settings(max_examples=15)
@given(
    st.datetimes(datetime.datetime(1990, 1, 1), datetime.datetime(2030, 1, 1)).map(
        lambda t: t.replace(microsecond=0)
    ),
    st.sampled_from(["Asia/Tokyo", "Asia/Kolkata", "America/New_York", "UTC"]),
)
def test_times_without_a_zone_are_wall_time_of_the_zone(tmp_path_factory, wall, zone):
    clock = zoneinfo.ZoneInfo(zone)
    expected = wall.replace(tzinfo=clock).astimezone(UTC)
    if expected.astimezone(clock).replace(tzinfo=None) != wall or expected != wall.replace(
        tzinfo=clock, fold=1
    ).astimezone(UTC):
        return  # an hour that a change of clocks skips or repeats
    table = opened(tmp_path_factory.mktemp("e"), f"id,at\n7,{wall}\n", zone=zone)
    assert rows(table)[0][1] == expected


def test_ids_and_values_stay_as_written(tmp_path):
    table = opened(tmp_path, "id,at,v,other\n007,2026-07-01,1.50,x\n8,2026-07-02,2,y\n", value="v")
    assert isinstance(table, ir.Table)
    assert rows(table) == [
        ("007", datetime.date(2026, 7, 1), 1.5),
        ("8", datetime.date(2026, 7, 2), 2.0),
    ]
    assert table.columns == ("id", "at", "v")
    assert rows(opened(tmp_path, "id,at,v\n7,2026-07-01,3\n", value="v")) == [
        (7, datetime.date(2026, 7, 1), 3)
    ]
    assert opened(tmp_path, 'id,at\n"田中, 花子",2026-07-01\n').to_pyarrow()["id"].to_pylist() == [
        "田中, 花子"
    ]


def test_rows_with_gaps_stay_in(tmp_path):
    table = opened(tmp_path, 'id,at,v\n,2026-07-01,1\n8,,2\n"",2026-07-02,\n', value="v")
    assert rows(table) == [
        (None, datetime.date(2026, 7, 1), 1),
        (8, None, 2),
        (None, datetime.date(2026, 7, 2), None),
    ]


def test_an_amount_that_is_no_number_is_missing_and_an_infinite_one_refused(tmp_path):
    def log(amount):
        data = {"id": ["a", "b"], "at": [datetime.date(2026, 7, 1)] * 2, "v": [2.5, amount]}
        pq.write_table(pa.table(data), tmp_path / "e.parquet")
        return sources.read_events(tmp_path / "e.parquet", customer="id", time="at", value="v")

    table = log(float("nan"))
    assert table["v"].sum().execute() == 2.5
    assert rows(table)[1][2] is None
    with pytest.raises(ColumnError, match="value='v': 1 values are infinite"):
        log(float("inf"))


def test_a_column_that_is_named_like_a_repeated_one_is_no_repetition(tmp_path):
    assert rows(opened(tmp_path, "id,id_1,at\n7,8,2026-07-01\n")) == [
        (7, datetime.date(2026, 7, 1))
    ]


def test_byte_order_mark_and_semicolons(tmp_path):
    assert rows(opened(tmp_path, "\ufeffid;at\n7;2026-07-01\n")) == [(7, datetime.date(2026, 7, 1))]


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        ([datetime.date(2026, 7, 1)], pa.date32(), datetime.date(2026, 7, 1)),
        (
            [datetime.datetime(2026, 7, 1, 9)],
            pa.timestamp("us"),
            datetime.datetime(2026, 7, 1, 0, tzinfo=UTC),
        ),
        (
            [datetime.datetime(2026, 7, 1, 9, tzinfo=UTC)],
            pa.timestamp("us", "UTC"),
            datetime.datetime(2026, 7, 1, 9, tzinfo=UTC),
        ),
        (
            [datetime.datetime(2026, 7, 1, 9)],
            pa.timestamp("ns"),
            datetime.datetime(2026, 7, 1, 0, tzinfo=UTC),
        ),
        (["2026-07-01"], pa.string(), datetime.date(2026, 7, 1)),
        (["2026-07-01 09:00"], pa.string(), datetime.datetime(2026, 7, 1, 0, tzinfo=UTC)),
    ],
)
def test_parquet(tmp_path, values, kind, expected):
    data = {"id": ["a"], "at": pa.array(values, kind), "v": pa.array([2.5], pa.float32())}
    pq.write_table(pa.table(data), tmp_path / "e.parquet")
    table = sources.read_events(
        tmp_path / "e.parquet", customer="id", time="at", zone="Asia/Tokyo", value="v"
    )
    assert rows(table) == [("a", expected, 2.5)]
    assert str(table.schema()["at"]) in ("date", "timestamp('UTC')")


def test_cdnow(shared):
    path = shared / "samples" / "retention" / "cdnow_sample_events.csv"
    table = sources.read_events(
        path, customer="customer_id", time="date", value="amount", zone="Asia/Tokyo"
    )
    frame = pd.read_csv(path)  # read by another reader
    assert table.count().execute() == len(frame)
    assert table.customer_id.nunique().execute() == frame["customer_id"].nunique()
    assert table.amount.sum().execute() == pytest.approx(frame["amount"].sum(), rel=1e-12)
    assert str(table.date.min().execute())[:10] == frame["date"].min()


@pytest.mark.parametrize(
    ("text", "options", "error", "message"),
    [
        (
            "id,at\n7,2026-07-01\n8,2026-13-45\n",
            {},
            ColumnError,
            r"time='at': 1 of 2 values .* \(such as '2026-13-45'\); write",
        ),
        ("id,at\n7,2026-02-30\n", {}, ColumnError, "2026-02-30"),
        ("id,at\n7,01/02/2026\n", {}, ColumnError, "01/02/2026"),
        ("id,at\n7,yesterday\n", {}, ColumnError, "yesterday"),
        ("id,at\n7,19970101\n", {}, ColumnError, "19970101"),
        ("id,at\n7,2026-07-01 25:00\n", {}, ColumnError, "25:00"),
        (
            "id,at\n7,2026-07-01\n8,2026-07-01 10:00\n",
            {},
            ColumnError,
            "mixes kinds: '2026-07-01' and '2026-07-01 10:00'",
        ),
        ("id,at\n7,2026-07-01 10:00\n8,2026-07-01 10:00Z\n", {}, ColumnError, "mixes kinds"),
        (
            "id,at\n" + "7,2026-07-01\n" * 30_000 + "8,soon\n",
            {},
            ColumnError,
            "1 of 30,001 values .*'soon'",
        ),
        (
            "id,at,v\n7,2026-07-01,¥300\n",
            {"value": "v"},
            ColumnError,
            "value='v': 1 of 1 cannot be read as numbers .*'¥300'",
        ),
        ('id,at,v\n7,2026-07-01,"1,300"\n', {"value": "v"}, ColumnError, "thousands"),
        ("id,when\n7,2026-07-01\n", {}, ColumnError, "time='at': there is no such column"),
        ("id,at\n7,2026-07-01\n", {"value": "amount"}, ColumnError, "value='amount'"),
        (
            "id,at\n7,2026-07-01\n",
            {"zone": "Asia/Tokio"},
            ParameterError,
            "did you mean 'Asia/Tokyo'",
        ),
        ("id,at\n7,2026-07-01\n", {"zone": "+09:00"}, ParameterError, "zone="),
        ("id,at\n7,2026-07-01\n", {"value": "id"}, ParameterError, "different columns"),
        ("", {}, EmptyDataError, "empty"),
        ("id,at\n", {}, EmptyDataError, "0 rows"),
        ("id,at\n7,\n", {}, EmptyDataError, "filled in 0"),
        ("id,at\n7\n8,2026-07-01,3\n", {}, SourceError, "as many cells"),
        (
            "id,at\n" + "7,2026-07-01\n" * 30_000 + "8,2026-07-01,x\n",
            {},
            SourceError,
            "cannot be read",
        ),
        (
            "id,at\nあ,2026-07-01\n".encode("cp932"),
            {},
            SourceError,
            "is not in UTF-8; save it as CSV",
        ),
        ("id,at\n7,2026-07-01T09:00+99:00\n", {}, ColumnError, "cannot be read as dates"),
        (
            "id,id,at\n7,8,2026-07-01\n",
            {},
            ColumnError,
            "customer='id': 'log.csv' has more than one column of this name",
        ),
    ],
)
def test_refusals(tmp_path, text, options, error, message):
    with pytest.raises(error, match=message):
        opened(tmp_path, text, **options)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("e.parquet", b"id,at\n7,2026-07-01\n", "cannot be read"),
        ("e.xlsx", b"PK", "neither CSV nor Parquet; .*in Excel"),
    ],
)
def test_files_that_are_something_else(tmp_path, name, content, message):
    with pytest.raises(SourceError, match=message):
        sources.read_events(write(tmp_path, content, name), customer="id", time="at")
    with pytest.raises(SourceError, match="there is no file"):
        sources.read_events(tmp_path / "none.csv", customer="id", time="at")


@pytest.mark.parametrize(
    ("column", "message"), [("at", "time='at' holds int64"), ("v", "value='v' holds date")]
)
def test_parquet_columns_of_another_kind(tmp_path, column, message):
    day = datetime.date(2026, 7, 1)
    data = {"id": [1], "at": [20260701] if column == "at" else [day], "v": [day]}
    pq.write_table(pa.table(data), tmp_path / "e.parquet")
    with pytest.raises(ColumnError, match=message):
        sources.read_events(tmp_path / "e.parquet", customer="id", time="at", value="v")


def test_a_name_that_reads_like_a_pattern_names_one_file(tmp_path):
    for name, who in (("orders[1].csv", "a"), ("orders1.csv", "b")):
        (tmp_path / name).write_text(f"customer,day\n{who},2026-01-31\n", encoding="utf-8")
    events = sources.read_events(tmp_path / "orders[1].csv", customer="customer", time="day")
    assert events.execute()["customer"].tolist() == ["a"]
