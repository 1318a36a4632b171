"""Tables of DuckDB databases: the same columns, types and rows as a Parquet file of them has."""

import datetime as dt
import decimal
import subprocess
import sys
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib import sources
from cxlib.errors import CxError, EmptyDataError, ParameterError, SourceError
from cxlib.nps.parameters import Parameters
from cxlib.report import provenance
from cxlib.sources import database_files
from cxlib.sources.columnar import open_columns, read_columns
from cxlib.sources.headers import read_header
from cxlib.sources.table_names import write_names

AWKWARD = (
    *("Order Lines 注文", "2026.07", 'the "old" one', "select", "고객", "a#b", "UPPER"),
    *("xlsx", "parquet", "csv", "a.dta"),
)


def database(folder: Path, *statements: str, name: str = "shop.duckdb") -> Path:
    """Write a database, with statements run in it."""
    path = folder / name
    with duckdb.connect(str(path)) as engine:
        for statement in statements:
            engine.execute(statement)
    return path


def of(path: Path, *names: str) -> Path:
    """Name a table of it, as a parameter does."""
    return Path(f"{path}#{write_names(names)}")


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


@pytest.fixture
def answers(tmp_path):
    rows = "FROM (VALUES ('007', 9, DATE '2026-07-01'), ('a', NULL, NULL)) t(id, score, day)"
    return database(
        tmp_path,
        "CREATE SCHEMA survey",
        f"CREATE TABLE answers AS SELECT * {rows}",
        "CREATE VIEW survey.latest AS SELECT id, score FROM answers",
    )


@pytest.mark.parametrize("name", AWKWARD)
@pytest.mark.parametrize("schema", [None, *AWKWARD[:3]])
def test_any_name_leads_to_its_table(tmp_path, name, schema):
    """Also one that ends like that of a file: the table `xlsx` of a schema."""
    place = [schema, name] if schema else [name]
    made = [f"CREATE SCHEMA {quoted(schema)}"] if schema else []
    whole = ".".join(map(quoted, place))
    path = database(
        tmp_path,
        *made,
        f"CREATE TABLE {whole} AS SELECT 7 AS {quoted(name)}",
        name="店 data.duckdb",
    )
    table = of(path, *place)
    assert read_header(table).names == [name]
    assert read_columns(table).to_pylist() == [{name: 7}]
    assert sources.read_survey(table).frame.to_dict("list") == {name: [7]}
    assert open_columns(table).to_pyarrow().to_pylist() == [{name: 7}]


def test_a_database_may_have_any_suffix(answers):
    other = answers.rename(answers.with_name("shop.db"))
    assert read_header(of(other, "answers")).names == ["id", "score", "day"]


def test_a_survey_is_read_as_from_parquet(answers, tmp_path):
    with duckdb.connect(str(answers), read_only=True) as engine:
        engine.sql("FROM answers").write_parquet(str(tmp_path / "answers.parquet"))
    here, there = (
        sources.read_survey(path) for path in (of(answers, "answers"), tmp_path / "answers.parquet")
    )
    pd.testing.assert_frame_equal(here.frame, there.frame)
    assert here.notes[0].text() == ("shop.duckdb#answers: 2 responses, 3 columns, types as stored.")


def test_a_view_is_a_table(answers):
    assert sources.read_list(of(answers, "survey", "latest")).frame["id"].tolist() == ["007", "a"]


TYPES = {
    "CAST(5 AS HUGEINT)": ("int64", 5),
    "CAST(170141183460469231731687303715884105727 AS HUGEINT)": (
        "string",
        "170141183460469231731687303715884105727",
    ),
    "CAST(18446744073709551615 AS UBIGINT)": ("string", "18446744073709551615"),
    "CAST(7 AS UBIGINT)": ("int64", 7),
    "CAST(12.5 AS DECIMAL(10, 2))": ("double", 12.5),
    "CAST(12 AS DECIMAL(18, 0))": ("int64", 12),
    "CAST(9007199254740993 AS DECIMAL(38, 0))": ("int64", 9007199254740993),
    "CAST('a' AS ENUM ('a', 'b'))": ("string", "a"),
    "CAST('1b671a64-40d5-491e-99b0-da01ff1f3341' AS UUID)": (
        "string",
        "1b671a64-40d5-491e-99b0-da01ff1f3341",
    ),
    "INTERVAL 1 DAY": ("string", "1 day"),
    "CAST('101' AS BIT)": ("string", "101"),
    "NULL": ("string", None),
    "TRUE": ("bool", True),
    "DATE '2026-07-01'": ("date32[day]", dt.date(2026, 7, 1)),
    "TIMESTAMPTZ '2026-07-01 00:30:00+09'": (
        "timestamp[us, tz=UTC]",
        dt.datetime(2026, 6, 30, 15, 30, tzinfo=dt.UTC),
    ),
}


@pytest.mark.parametrize("expression", TYPES)
def test_a_type_that_no_reader_takes_becomes_one_that_they_do(tmp_path, expression):
    kind, value = TYPES[expression]
    table = of(database(tmp_path, f"CREATE TABLE t AS SELECT {expression} AS x"), "t")
    for rows in (read_columns(table), open_columns(table).to_pyarrow()):
        assert str(rows.schema.field("x").type).replace("Etc/UTC", "UTC") == kind
        assert rows.to_pylist() == [{"x": value}]


@given(
    st.lists(
        st.none() | st.decimals(-(10**17), 10**17, places=3) | st.integers(-(10**30), 10**30),
        min_size=1,
        max_size=5,
    )
)
def test_numbers_keep_their_value(tmp_path_factory, values):
    values = [None if value is None else decimal.Decimal(value) for value in values]
    fraction = any(value is not None and value != value.to_integral() for value in values)
    kind = "DECIMAL(38, 3)" if fraction else "DECIMAL(38, 0)"
    rows = ", ".join(
        f"({'NULL' if v is None else v:f})" if v is not None else "(NULL)" for v in values
    )
    path = database(
        tmp_path_factory.mktemp("numbers"),
        f"CREATE TABLE t AS SELECT CAST(x AS {kind}) AS x FROM (VALUES {rows}) t(x)",
    )
    read = read_columns(of(path, "t"))["x"].to_pylist()
    for value, there in zip(values, read, strict=True):
        if value is None:
            assert there is None
        elif fraction:
            assert there == pytest.approx(float(value), rel=1e-15)
        else:
            assert int(there) == value


REFUSED = [
    ("#answer", SourceError, "there is no table answer in it; did you mean 'answers'?"),
    ("#survey.answers", SourceError, "there is no table survey.answers in it; did you mean"),
    ("#other.survey.latest", ParameterError, "'other' is not the database 'shop'; write "),
    ("", ParameterError, "is a database, and no table of it is named"),
    ("#", ParameterError, "is a database, and no table of it is named"),
    ("#my answers", ParameterError, 'write .*#"my answers"'),
]


@pytest.mark.parametrize(("behind", "kind", "said"), REFUSED)
@pytest.mark.parametrize("reader", [sources.read_survey, read_header, open_columns, read_columns])
def test_what_is_no_table_is_refused(answers, reader, behind, kind, said):
    with pytest.raises(kind, match=said):
        reader(Path(f"{answers}{behind}"))


def test_how_a_table_is_not_read(answers):
    table = of(answers, "answers")
    with pytest.raises(ParameterError, match=r"sheet=2: 'shop\.duckdb#answers' has no sheets"):
        sources.read_survey(table, sheet=2)
    with pytest.raises(ParameterError, match="is a table of a database, whose columns have one"):
        sources.read_survey(table, header=2)
    with pytest.raises(SourceError, match="is a table of a database, whose columns have one"):
        sources.read_survey(table, layout="qualtrics")


def test_no_rows_and_too_many_are_refused(answers, monkeypatch):
    monkeypatch.setattr(database_files, "MOST_CELLS", 5)
    with pytest.raises(SourceError, match="2 rows of 3 columns, which are read into memory, and "):
        sources.read_survey(of(answers, "answers"))
    with duckdb.connect(str(answers)) as engine:
        engine.execute("DELETE FROM answers")
    with pytest.raises(EmptyDataError, match="3 columns and 0 rows"):
        sources.read_survey(of(answers, "answers"))


def test_a_view_that_holds_no_more_is_refused(answers):
    with duckdb.connect(str(answers)) as engine:
        engine.execute("DROP TABLE answers")
    for reader in (sources.read_survey, open_columns):
        with pytest.raises(SourceError, match=r"shop\.duckdb#survey\.latest' cannot be read"):
            reader(of(answers, "survey", "latest"))


def test_a_view_of_other_files_is_refused(tmp_path):
    duckdb.sql("SELECT 1 AS x").write_parquet(str(tmp_path / "other.parquet"))
    other = f"FROM '{tmp_path / 'other.parquet'}'"
    path = database(
        tmp_path,
        f"CREATE VIEW there AS {other}",
        "CREATE VIEW further AS FROM there",
        f"CREATE TABLE here AS {other}",
        "CREATE VIEW within AS FROM here",
    )
    for reader in (sources.read_list, read_header, open_columns):
        reader(of(path, "within"))
        for name in ("there", "further"):
            with pytest.raises(SourceError, match="is a view that reads a file outside the data"):
                reader(of(path, name))


def test_a_link_leads_to_the_log_beside_the_database(answers, tmp_path):
    (tmp_path / "links").mkdir()
    link = tmp_path / "links" / "here.duckdb"
    link.symlink_to(answers)
    [before] = provenance.inputs({"survey": of(link, "answers")}, root=tmp_path)
    subprocess.run([sys.executable, "-c", UNFINISHED, str(answers)], check=False)
    [after] = provenance.inputs({"survey": of(link, "answers")}, root=tmp_path)
    assert (before["files"], after["files"]) == (1, 2)
    assert before["sha256"] != after["sha256"]
    assert open_columns(of(link, "answers")).count().execute() == 3


def test_a_view_is_known_by_its_rows(answers, tmp_path):
    def hashes():
        views = {"same": of(answers, "survey", "latest"), "late": of(answers, "late")}
        return {it["parameter"]: it["sha256"] for it in provenance.inputs(views, root=tmp_path)}

    with duckdb.connect(str(answers)) as engine:
        engine.execute("CREATE VIEW late AS SELECT * FROM answers WHERE random() < 2")
    before = hashes()
    with duckdb.connect(str(answers)) as engine:
        engine.execute("CREATE TABLE other AS SELECT 1 AS x; CHECKPOINT")
    assert hashes() == before
    with duckdb.connect(str(answers)) as engine:
        engine.execute("CREATE OR REPLACE VIEW late AS SELECT * FROM answers, range(2)")
        engine.execute("UPDATE answers SET score = 8 WHERE score = 9")
    after = hashes()
    assert before["same"] != after["same"]
    assert before["late"] != after["late"]


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("['a', NULL]", "[a, NULL]"),
        ("{'a': 1}", "{'a': 1}"),
        ("MAP {'a': 1}", "{a=1}"),
        ("[1, 2]::INTEGER[2]", "[1, 2]"),
        ("DATE 'infinity'", "infinity"),
        ("DATE '290000-01-01'", "290000-01-01"),
        ("TIMESTAMP '-infinity'", "-infinity"),
        ("TIMESTAMPTZ 'infinity'", "infinity"),
    ],
)
def test_what_a_cell_cannot_hold_is_text(tmp_path, expression, text):
    table = of(database(tmp_path, f"CREATE TABLE t AS SELECT 9 AS score, {expression} AS x"), "t")
    assert sources.read_survey(table).frame["x"].tolist() == [text]
    assert open_columns(table).to_pyarrow()["x"].to_pylist() == [text]


def test_lists_in_parquet_stop_nothing(tmp_path):
    pd.DataFrame({"score": [9], "tags": [["a"]]}).to_parquet(tmp_path / "a.parquet")
    assert sources.read_survey(tmp_path / "a.parquet").frame["tags"].tolist() == ["['a']"]


def test_a_damaged_database_is_refused(tmp_path):
    path = database(
        tmp_path, "CREATE TABLE t AS SELECT range AS x, hash(range) AS y FROM range(500000)"
    )
    path.write_bytes(path.read_bytes()[:400_000])
    with pytest.raises(SourceError, match=r"shop\.duckdb"):
        sources.read_survey(of(path, "t"))


UNFINISHED = """import duckdb, os, sys
engine = duckdb.connect(sys.argv[1])
engine.execute("INSERT INTO answers VALUES ('b', 3, NULL)")
os._exit(1)
"""


def test_what_was_written_since_is_read_and_told_in_the_hash(answers, tmp_path):
    table = of(answers, "answers")
    [before] = provenance.inputs({"survey": table}, root=tmp_path)
    subprocess.run([sys.executable, "-c", UNFINISHED, str(answers)], check=False)
    assert answers.with_name("shop.duckdb.wal").is_file()
    assert len(read_columns(table)) == open_columns(table).count().execute() == 3
    [after] = provenance.inputs({"survey": table}, root=tmp_path)
    assert before["path"] == after["path"] == "shop.duckdb#answers"
    assert (before["files"], after["files"]) == (1, 2)
    assert before["sha256"] != after["sha256"]
    assert "view" not in after


@pytest.mark.parametrize("content", [b"", b"no database", b"\0" * 8 + b"DUCK" + b"\0" * 100])
def test_a_file_that_is_no_database_is_refused(tmp_path, content):
    path = tmp_path / "shop.duckdb"
    path.write_bytes(content)
    for reader in (sources.read_survey, read_header, open_columns):
        with pytest.raises(CxError, match=r"shop\.duckdb"):
            reader(of(path, "answers"))


WRITER = """import duckdb, sys
engine = duckdb.connect(sys.argv[1])
print("open", flush=True)
sys.stdin.read()
"""


def test_a_database_that_somebody_writes_to_is_refused(answers):
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(answers)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as writer:
        assert writer.stdout.readline() == b"open\n"
        for reader in (sources.read_survey, open_columns):
            with pytest.raises(SourceError, match=r"cannot be opened as a DuckDB.*close what"):
                reader(of(answers, "answers"))
        writer.stdin.close()


def test_a_database_that_was_written_since_is_read_anew(answers, tmp_path):
    table = of(answers, "answers")
    assert open_columns(table).count().execute() == 2
    other = database(
        tmp_path, "CREATE TABLE answers AS SELECT range AS id FROM range(7)", name="new.duckdb"
    )
    other.replace(answers)
    assert open_columns(table).count().execute() == 7
    assert len(read_columns(table)) == 7


def test_events_are_counted_where_they_lie(tmp_path):
    path = database(
        tmp_path,
        "CREATE TABLE orders AS SELECT * FROM (VALUES ('007', TIMESTAMPTZ "
        "'2026-07-01 00:30:00+09', 5.50), ('8', NULL, NULL)) t(who, moment, amount)",
    )
    events = sources.read_events(
        of(path, "orders"), customer="who", time="moment", value="amount", zone="Asia/Tokyo"
    )
    assert events.to_pyarrow().to_pylist() == [
        {
            "who": "007",
            "moment": dt.datetime(2026, 6, 30, 15, 30, tzinfo=dt.UTC),
            "amount": 5.5,
        },
        {"who": "8", "moment": None, "amount": None},
    ]


def test_a_parameter_takes_a_table_of_a_file(answers):
    table = of(answers, "answers")
    given = {"survey": str(table), "score": "score"}
    assert Parameters.parse(given).survey == table
    with pytest.raises(ParameterError, match=r"no table of it is named; .*#answers"):
        Parameters.parse(given | {"survey": str(answers)})
