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
from cxlib.sources import read_events
from cxlib.sources.events import open_event_log

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


@pytest.mark.parametrize(
    ("written", "expected", "said"),
    [
        (["1704119028", "1706797428"], (2024, 1, 1, 14, 23, 48), "seconds since 1970 .UTC.: 2024"),
        (["1704119028000"], (2024, 1, 1, 14, 23, 48), "milliseconds since 1970"),
        (["2024-01-03 10:00:00 +0900"], (2024, 1, 3, 1), None),
        (["2024/01/03 10:00:00 午前 GMT+9"], (2024, 1, 3, 1), "year, month, day"),
        (["03-01-2024 10:00", "13-01-2024 10:00"], (2024, 1, 3, 1), "day, month, year"),
        (["1/3/2024 10:00 AM", "1/13/2024 9:00 PM"], (2024, 1, 3, 1), "month, day, year"),
        (["2024年1月3日 10時00分"], (2024, 1, 3, 1), "year, month, day"),
        (["45294.416666666664"], (2024, 1, 3, 1), "Excel"),
    ],
)
def test_moments_as_products_write_them(tmp_path, written, expected, said):
    text = "id;at\n" + "".join(f"7;{each}\n" for each in written)
    log = open_event_log(write(tmp_path, text), customer="id", time="at", zone="Asia/Tokyo")
    assert rows(log.table)[0][1] == datetime.datetime(*expected, tzinfo=UTC)
    assert str(log.table.schema()["at"]) == "timestamp('UTC')"
    assert [said in str(note).replace("(UTC)", ".UTC.") for note in log.notes] == [True] * bool(
        said
    )


@pytest.mark.parametrize(
    ("written", "dates"),
    [
        ("20260701", None),
        ("46204", None),
        ("Jul 1, 2026", None),
        ("令和8年7月1日", None),
        ("01.07.2026", "day first"),
        ("7/1/2026", "month first"),
        ("26/07/01", "year first"),
    ],
)
def test_days_as_products_write_them(tmp_path, written, dates):
    for zone in ("Asia/Tokyo", "America/Los_Angeles"):
        table = opened(tmp_path, f"id;at\n7;{written}\n", zone=zone, dates=dates)
        assert table.schema()["at"].is_date()
        assert rows(table) == [(7, datetime.date(2026, 7, 1))]


LOG = "id,at\n007,2026-07-01\n008,2026-07-02\n"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("e.csv", LOG.encode("utf-16")),
        ("e.csv", ("My export\n\n" + LOG).encode()),
        ("e.csv", LOG.replace("\n", ",\n").encode()),
        ("e.tsv", LOG.replace(",", "\t").encode()),
        ("e.txt", LOG.replace(",", "|").encode()),
        ("e.jsonl", b'{"id":"007","at":"2026-07-01"}\n{"id":"008","at":"2026-07-02"}\n'),
    ],
)
def test_events_are_read_from_what_surveys_are_read_from(tmp_path, name, content):
    table = sources.read_events(write(tmp_path, content, name), customer="id", time="at")
    days = [datetime.date(2026, 7, 1), datetime.date(2026, 7, 2)]
    assert rows(table) == [("007", days[0]), ("008", days[1])]


@pytest.mark.parametrize("encoding", ["cp932", "utf-8"])
def test_names_of_customers_in_another_encoding(tmp_path, encoding):
    log = open_event_log(
        write(tmp_path, "id,at\nあいう,2026-07-01\n".encode(encoding)), customer="id", time="at"
    )
    assert rows(log.table) == [("あいう", datetime.date(2026, 7, 1))]
    assert [("CP932" in str(note)) for note in log.notes] == [True] * (encoding == "cp932")


def test_days_of_a_workbook_are_dates_and_moments_wall_time(tmp_path):
    for cell, expected in (
        (datetime.datetime(2026, 7, 1), datetime.date(2026, 7, 1)),
        (datetime.datetime(2026, 7, 1, 9, 30), datetime.datetime(2026, 7, 1, 0, 30, tzinfo=UTC)),
    ):
        frame = pd.DataFrame({"id": [90017.0], "at": [cell], "v": [7]})
        frame.to_excel(tmp_path / "e.xlsx", index=False)
        table = sources.read_events(
            tmp_path / "e.xlsx", customer="id", time="at", zone="Asia/Tokyo", value="v"
        )
        assert rows(table) == [(90017, expected, 7)]


@pytest.mark.parametrize(
    ("amounts", "expected", "said"),
    [
        (["1.234,50", "2,50"], 1234.5, "decimal comma"),
        (["7,5", "8"], 7.5, "decimal comma"),
        (["1,234.50", "2"], 1234.5, "decimal point, and a comma"),
        (["1,234", "12.5"], 1234, "decimal point, and a comma"),
        (["1\u202f234,5"], 1234.5, "blank"),
        (["1 234"], 1234, "blank"),
        (["1'234.50"], 1234.5, "apostrophe"),
        (["-1.234.567,5"], -1234567.5, "decimal comma"),
    ],
)
def test_amounts_with_marks_are_read_where_all_agree(tmp_path, amounts, expected, said):
    text = "id;at;v\n" + "".join(f"7;2026-07-01;{amount}\n" for amount in amounts)
    log = open_event_log(write(tmp_path, text), customer="id", time="at", value="v")
    assert rows(log.table)[0][2] == expected
    assert said in str(log.notes[-1])


@pytest.mark.parametrize(
    ("amounts", "said"),
    [
        (["1,234"], "the comma in '1,234'"),
        (["1,234", "5,678"], "may stand before thousands or before decimals"),
        (["1.234,5", "1,234.5"], "cannot be read as numbers"),
        (["€5", "7"], "1 of 2 cannot be read as numbers .such as '€5'.; write them without"),
        (["5 USD"], "such as '5 USD'"),
        (["12,3456,7"], "12,3456,7"),
    ],
)
def test_amounts_that_may_be_two_numbers_are_refused(tmp_path, amounts, said):
    text = "id;at;v\n" + "".join(f"7;2026-07-01;{amount}\n" for amount in amounts)
    with pytest.raises(ColumnError, match=f"value='v'.*{said}"):
        opened(tmp_path, text, value="v")


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
        ("id,at\n7,199701\n", {}, ColumnError, "199701.*months such as 202607 have no day"),
        ("id,at\n7,01/02/2026\n", {}, ColumnError, "told apart.*pass dates='day first'"),
        ("id,at\n7,2026-07-01 25:00\n", {}, ColumnError, "25:00"),
        (
            "id,at\n7,2026-07-01\n8,2026-07-01 10:00\n",
            {},
            ColumnError,
            r"mixes kinds: '2026-07-01' \(1 values\) and '2026-07-01 10:00' \(1 values\)",
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
        ("id,at\n7\n8,2026-07-01,3\n", {}, SourceError, "line 3 has 3 cells and the header 2"),
        (
            "id,at\n" + "7,2026-07-01\n" * 30_000 + "8,2026-07-01,x\n",
            {},
            SourceError,
            "line 30002 has 3 cells and the header 2",
        ),
        (
            b"id,at\n\x81\x00\xff\x80,2026-07-01\n",
            {},
            SourceError,
            "log.csv",
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
        ("e.xlsx", b"PK", "not what its suffix says"),
    ],
)
def test_files_that_are_something_else(tmp_path, name, content, message):
    with pytest.raises(SourceError, match=message):
        sources.read_events(write(tmp_path, content, name), customer="id", time="at")
    with pytest.raises(SourceError, match="there is no file"):
        sources.read_events(tmp_path / "none.csv", customer="id", time="at")


@pytest.mark.parametrize(
    ("column", "message"), [("at", "time='at' holds numbers"), ("v", "value='v' holds date")]
)
def test_parquet_columns_of_another_kind(tmp_path, column, message):
    day = datetime.date(2026, 7, 1)
    data = {"id": [1], "at": [7] if column == "at" else [day], "v": [day]}
    pq.write_table(pa.table(data), tmp_path / "e.parquet")
    with pytest.raises(ColumnError, match=message):
        sources.read_events(tmp_path / "e.parquet", customer="id", time="at", value="v")


def test_a_name_that_reads_like_a_pattern_names_one_file(tmp_path):
    for name, who in (("orders[1].csv", "a"), ("orders1.csv", "b")):
        (tmp_path / name).write_text(f"customer,day\n{who},2026-01-31\n", encoding="utf-8")
    events = sources.read_events(tmp_path / "orders[1].csv", customer="customer", time="day")
    assert events.execute()["customer"].tolist() == ["a"]


@pytest.mark.parametrize(("mark", "refused"), [(";", True), (",", False)])
def test_three_decimals_throughout_may_be_thousands_where_semicolons_part(tmp_path, mark, refused):
    rows = [["id", "at", "v"], *([str(i), "2026-07-01", "1.250"] for i in range(4))]
    path = tmp_path / "e.csv"
    path.write_text("\n".join(mark.join(row) for row in rows) + "\n")
    if refused:
        with pytest.raises(ColumnError, match=r"1\.250 is 1250"):
            read_events(path, customer="id", time="at", value="v")
    else:
        assert read_events(path, customer="id", time="at", value="v").v.sum().execute() == 5.0


def test_texts_of_a_table_are_read_as_those_of_a_file(tmp_path):
    data = {"id": ["a", "a", "b"], "at": ["2026-07-01"] * 3, "v": [" 10", "20 ", ""],
            "order": ["7 ", " 7", " "]}  # fmt: skip
    pd.DataFrame(data).to_csv(tmp_path / "e.csv", index=False)
    pd.DataFrame(data).to_parquet(tmp_path / "e.parquet")
    how = {"customer": "id", "time": "at", "value": "v", "duplicates": "order"}
    here, there = (rows(read_events(tmp_path / f"e.{kind}", **how)) for kind in ("csv", "parquet"))
    assert here == there
    assert [row[2:] for row in there] == [(10, "7"), (20, "7"), (None, None)]
