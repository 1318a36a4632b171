"""The same tables of awkward names in named connections to DuckDB, PostgreSQL and Spark: found by
the same text, refused with the same sentence."""

import duckdb
import pandas as pd
import pytest

from cxlib.errors import SourceError
from cxlib.sources.named_connections import end, facts, look, open_table
from cxlib.sources.table_names import read_source, write_names
from tests.engines.conftest import as_rows

AWKWARD = ["answers", "Order Lines 注文", "a.b", 'say "hi"', "back`tick", "[x]{y}?*", "100% #1"]
DEFAULT = {"duckdb": "main", "postgres": "public", "pyspark": "default"}


def rows_of(n):
    return as_rows(pd.DataFrame({"n": range(n), "顧客 ID": ["客"] * n}))


def on_duckdb(folder, request):
    with duckdb.connect(folder / "shop.duckdb") as made:
        made.execute('CREATE SCHEMA "Web 店"')
        for schema in ("main", "Web 店"):
            for n, name in enumerate(AWKWARD, start=1):
                rows = rows_of(n)  # noqa: F841 - DuckDB finds it by its name
                made.execute(f"CREATE TABLE {write_quoted([schema, name])} AS FROM rows")
    return f'engine = "duckdb"\nfile = "{folder}/shop.duckdb"'


def on_postgres(folder, request):
    psycopg = pytest.importorskip("psycopg")
    url = request.getfixturevalue("postgres_url")
    with psycopg.connect(url, autocommit=True) as owner:  # other tests have tables of their own
        owner.execute("CREATE DATABASE lake")
    url = url.replace("/postgres?", "/lake?")
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute('CREATE SCHEMA "Web 店"')
        for schema in ("public", "Web 店"):
            for n, name in enumerate(AWKWARD, start=1):
                owner.execute(
                    f"CREATE TABLE {write_quoted([schema, name])} AS SELECT i::bigint AS n, '客' "
                    f'AS "顧客 ID" FROM generate_series(0, {n - 1}) i'
                )
    return f'url = "{url}"'


def on_spark(folder, request):
    request.getfixturevalue("spark_session_url")
    for schema in ("", "Web 店.db"):
        for n, name in enumerate(AWKWARD, start=1):
            table = folder / schema / name
            table.mkdir(parents=True)
            pd.DataFrame(rows_of(n).to_pandas()).to_parquet(table / "part-0.parquet")
    return f'engine = "spark"\nwarehouse = "{folder}"'


MAKERS = {"duckdb": on_duckdb, "postgres": on_postgres, "pyspark": on_spark}


def write_quoted(parts):
    return ".".join('"' + part.replace('"', '""') + '"' for part in parts)


@pytest.fixture(scope="module", params=["duckdb", "postgres", "pyspark"])
def lake(request, tmp_path_factory):
    """The name of an engine to which the connection `倉庫` leads."""
    folder = tmp_path_factory.mktemp("倉庫 lake")
    told = folder.with_suffix(".toml")
    told.write_text(f'["倉庫"]\n{MAKERS[request.param](folder, request)}', encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CX_CONNECTIONS", str(told))
        yield request.param
        end()


@pytest.mark.parametrize("schema", [[], ["Web 店"], None])
def test_every_name_is_found(lake, schema):
    above = [DEFAULT[lake]] if schema is None else schema
    for n, name in enumerate(AWKWARD, start=1):
        for written in (write_quoted([*above, name]), write_names([*above, name])):
            table = open_table(read_source(f"倉庫:{written}"))
            assert table.columns == ("n", "顧客 ID")
            last = table.filter(table["顧客 ID"] == "客").n.max()
            assert last.execute() == n - 1
    assert table.group_by("顧客 ID").aggregate(n=table.count()).to_pyarrow().num_rows == 1


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ("answrs", "connection '倉庫' has no table answrs; did you mean 'answers'?"),
        ("Answers", "connection '倉庫' has no table Answers; did you mean 'answers'?"),
        ('"Order Lines"', 'has no table "Order Lines"; did you mean \'"Order Lines 注文"\'?'),
        ('"Web 店".answrs', 'has no table "Web 店".answrs; did you mean \'"Web 店".answers\'?'),
        ('"Web".answrs', "connection '倉庫' has no schema 'Web'; did you mean 'Web 店'?"),
        ("x.public.answers", "and 'x' is named; write 倉庫:"),
    ],
)
def test_a_missing_table_is_refused_with_the_same_sentence(lake, names, said):
    with pytest.raises(SourceError) as refused:
        open_table(read_source(f"倉庫:{names}"))
    assert str(refused.value).startswith(f"source {f'倉庫:{names}'!r}: connection '倉庫' has ")
    assert said in str(refused.value)


def test_facts_are_of_one_form(lake):
    found = facts(read_source('倉庫:"Web 店"."Order Lines 注文"'))
    assert (found.connection, found.rows) == ("倉庫", 2)
    assert found.engine == lake.removeprefix("py")
    assert found.table[1:] == ("Web 店", "Order Lines 注文")
    assert found.columns == (("n", "int64"), ("顧客 ID", "string"))
    assert found.version[0].isdigit()
    assert (found.snapshot is None) is (lake != "postgres")
    assert (found.bytes is None) is (found.modified is None) is (lake != "duckdb")


def test_a_look_shows_the_tables_as_they_are_written(lake):
    found = look("倉庫")
    assert {write_names([name]) for name in AWKWARD} <= {*found.tables}
    assert {write_names(["Web 店", name]) for name in AWKWARD} <= {*found.tables}
    assert found.held_back is (lake != "pyspark")
    assert all(open_table(read_source(f"倉庫:{each}")).columns for each in found.tables)
