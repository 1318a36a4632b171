"""The types of PostgreSQL and Spark -> those that files have: what each value becomes."""

import datetime as dt
from decimal import Decimal

import pytest

from cxlib import sources
from cxlib.sources.engine_types import with_plain_types

BIG = 2**53 + 1
POSTGRES = [
    ("smallint", "1", 1),
    ("int", "2", 2),
    ("real", "1.5", 1.5),
    ("numeric", "7", 7),
    ("numeric", "7.0", 7),
    ("numeric", "7.25", 7.25),
    ("numeric", f"{BIG}", BIG),
    ("numeric", f"{10**20 + 1}", f"{10**20 + 1}"),
    ("numeric", f"{10**20}.50", 10.0**20 + 0.5),
    ("numeric", "'NaN'", None),
    ("numeric", "'infinity'", float("inf")),
    ("numeric(10, 2)", "10.25", 10.25),
    ("numeric(20, 0)", f"{10**19 + 1}", f"{10**19 + 1}"),
    ("numeric(5, -2)", "1234", 1200),
    ("numeric(38, 10)", f"{BIG}", BIG),
    ("numeric(38, 10)", "1.5", 1.5),
    ("numeric(38, 10)", f"{10**20}", f"{10**20}"),
    ("text", "' x'", " x"),
    ("varchar(9)", "'007'", "007"),
    ("char(6)", "'z'", "z"),
    ("boolean", "true", True),
    ("date", "'2024-03-01'", dt.date(2024, 3, 1)),
    ("date", "'infinity'", "infinity"),
    ("date", "'4712-01-01 BC'", "4712-01-01 BC"),
    ("date", "'10000-01-01'", "10000-01-01"),
    (
        "timestamp",
        "'2024-03-01 10:00:00.123456'",
        dt.datetime(2024, 3, 1, 10, 0, 0, 123456),
    ),
    ("timestamp(3)", "'2024-03-01 10:00:00.9996'", dt.datetime(2024, 3, 1, 10, 0, 1)),
    (
        "timestamptz",
        "'2024-03-01 10:00:00.123456+09'",
        dt.datetime(2024, 3, 1, 1, 0, 0, 123456, dt.UTC),
    ),
    ("timestamptz", "'-infinity'", "-infinity"),
    ("time", "'10:00'", dt.time(10)),
    ("timetz", "'10:00+09'", "10:00:00+09"),
    ("interval", "'1 day 02:00'", "1 day 02:00:00"),
    ("uuid", f"'{'a' * 32}'", "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa"),
    ('"My mood"', "'so so'", "so so"),
    ("person", "42", 42),
    ("price", "1.25", 1.25),
    ("jsonb", """'{"k": 1}'""", '{"k": 1}'),
    ("int[]", "'{1,2}'", "{1,2}"),
    ("bytea", r"'\xdead'", r"\xdead"),
    ("inet", "'10.0.0.1'", "10.0.0.1/32"),
    ("oid", "4000000000", 4_000_000_000),
    ("int4range", "'[1,3)'", "[1,3)"),
    ("point", "'(1,2)'", "(1,2)"),
    ("xml", "'<a/>'", "<a/>"),
    ("bit(3)", "B'101'", "101"),
]
SPARK = [
    ("cast(1 as byte)", 1),
    ("2", 2),
    ("cast(1.5 as float)", 1.5),
    (f"cast({10**19 + 1} as decimal(20, 0))", f"{10**19 + 1}"),
    ("cast(7 as decimal(10, 0))", 7),
    (f"cast({BIG} as decimal(38, 0))", BIG),
    (f"cast({BIG} as decimal(38, 10))", BIG),
    ("cast(10.25 as decimal(10, 2))", 10.25),
    ("cast(1.5 as decimal(38, 10))", 1.5),
    (
        "timestamp'2024-03-01 10:00:00.123456'",
        dt.datetime(2024, 3, 1, 10, 0, 0, 123456, dt.UTC),
    ),
    ("timestamp_ntz'2024-03-01 10:00:00'", dt.datetime(2024, 3, 1, 10)),
    ("date'2024-03-01'", dt.date(2024, 3, 1)),
    ("date'+10000-01-01'", "+10000-01-01"),
    ("array(1, 2)", "[1, 2]"),
    ("struct(1 as x)", "{1}"),
    ("binary('abc')", "abc"),
    ("true", True),
    ("null", None),
    ("'007'", "007"),
]


@pytest.fixture(scope="module")
def postgres(postgres_url):
    connection = sources.connect(postgres_url)
    connection.con.execute(
        """CREATE SCHEMA "Ty pes"; CREATE TYPE "My mood" AS ENUM ('so so');
        CREATE DOMAIN person AS bigint; CREATE DOMAIN price AS numeric(12, 2);
        SET TimeZone = 'Asia/Tokyo'"""
    )
    yield connection
    connection.con.rollback()
    connection.con.close()


def check(engine_table, values):
    rows = with_plain_types(engine_table)
    found = rows.to_pyarrow()
    for name, value in values.items():
        first, missing = found[name].to_pylist()
        assert missing is None
        if value is None and isinstance(first, float):
            assert first != first, name  # NaN, as a file has it
            continue
        assert (first, type(first)) == (value, type(value)), name


def test_values_of_postgres(postgres):
    names = {f"c{n} 列": each for n, each in enumerate(POSTGRES)}
    columns = ", ".join(f'"{name}" {kind}' for name, (kind, _, _) in names.items())
    postgres.con.execute(f'CREATE TABLE "Ty pes"."my types" ({columns})')
    cells = ", ".join(value for _, value, _ in names.values())
    postgres.con.execute(f'INSERT INTO "Ty pes"."my types" VALUES ({cells})')
    postgres.con.execute('INSERT INTO "Ty pes"."my types" DEFAULT VALUES')
    table = postgres.table("my types", database="Ty pes")
    check(table, {name: value for name, (_, _, value) in names.items()})


def test_ids_of_any_length_stay_apart(postgres):
    postgres.con.execute(
        f"""CREATE TABLE "Ty pes".ids AS SELECT ({BIG} + n)::numeric AS whole,
        ({10**25} + n)::numeric AS long, n::numeric / 4 AS amount,
        CASE WHEN n > 0 THEN ({BIG} + n)::numeric ELSE 'NaN' END AS broken
        FROM generate_series(0, 9) n"""
    )
    rows = with_plain_types(postgres.table("ids", database="Ty pes"))
    assert [str(rows[name].type()) for name in rows.columns] == [
        "int64",
        "string",
        "float64",
        "string",
    ]
    found = rows.to_pyarrow().to_pydict()
    assert found["whole"] == [BIG + n for n in range(10)]
    assert found["long"] == [str(10**25 + n) for n in range(10)]
    assert found["amount"] == [float(Decimal(n) / 4) for n in range(10)]
    assert len({*found["broken"]}) == 10


def test_columns_that_may_not_be_read_are_left_out(postgres):
    postgres.con.execute(
        """CREATE TABLE "Ty pes".half AS SELECT 1::numeric AS id, 2::numeric AS pay;
        CREATE ROLE clerk; GRANT USAGE ON SCHEMA "Ty pes" TO clerk;
        GRANT SELECT (id) ON "Ty pes".half TO clerk; SET LOCAL ROLE clerk"""
    )
    try:
        rows = with_plain_types(postgres.table("half", database="Ty pes"))
        assert rows.to_pyarrow().to_pylist() == [{"id": 1}]
    finally:
        postgres.con.execute("RESET ROLE")


@pytest.fixture(scope="module")
def spark(spark_session_url):
    connection = sources.connect(spark_session_url)
    yield connection
    connection.disconnect()


def test_values_of_spark(spark):
    names = {f"c{n}": each for n, each in enumerate(SPARK)}
    columns = ", ".join(f"{value} as {name}" for name, (value, _) in names.items())
    missing = ", ".join("null" for _ in names)
    spark._session.sql(f"SELECT {columns} UNION ALL SELECT {missing}").createOrReplaceTempView("u")
    check(spark.table("u"), {name: value for name, (_, value) in names.items()})
