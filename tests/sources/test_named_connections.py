"""Tables of a DuckDB file: opened once, read only, found by their names. Servers are opened in
tests/engines."""

import datetime as dt
import threading

import duckdb
import pytest

from cxlib.errors import ParameterError, SourceError
from cxlib.sources import named_connections
from cxlib.sources.named_connections import end, facts, look, open_table, refuse_engine_errors
from cxlib.sources.opening import open_engine
from cxlib.sources.table_names import TableName, read_source

AWKWARD = ["orders", "Order Lines 注文", "a.b", 'say "hi"', "back`tick", "%s #1", "Größe/ß"]


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """A database of awkward names, by its file and as a connection."""
    monkeypatch.chdir(tmp_path)
    with duckdb.connect("shop.duckdb") as made:
        for schema in ("main", "Web 店"):
            made.execute(f'CREATE SCHEMA IF NOT EXISTS "{schema}"')
            for n, name in enumerate(AWKWARD):
                made.execute(
                    f'CREATE TABLE "{schema}"."{name.replace(chr(34), chr(34) * 2)}" AS '
                    f"SELECT range AS n, '{schema}' AS \"顧客 ID\" FROM range({n + 1})"
                )
        made.execute("CREATE VIEW seen AS FROM orders")
    connections = tmp_path / "connections.toml"
    connections.write_text('["店舗"]\nengine = "duckdb"\nfile = "shop.duckdb"', encoding="utf-8")
    monkeypatch.setenv("CX_CONNECTIONS", str(connections))
    yield tmp_path
    end()


@pytest.mark.parametrize("before", ["shop.duckdb#", "店舗:"])
@pytest.mark.parametrize("schema", ["", "main.", '"Web 店".', 'shop."Web 店".'])
def test_every_name_is_found(shop, before, schema):
    for n, name in enumerate(AWKWARD):
        quoted = '"' + name.replace('"', '""') + '"'
        table = open_table(read_source(f"{before}{schema}{quoted}"))
        assert table.count().execute() == n + 1
        assert table.columns == ("n", "顧客 ID")
        assert table.to_pyarrow()["顧客 ID"][0].as_py() == ("Web 店" if "Web" in schema else "main")


def test_a_view_is_a_table(shop):
    assert open_table("店舗:seen").count().execute() == 1


def test_a_file_is_no_table(shop):
    with pytest.raises(ParameterError, match=r"'orders.csv' is a file, .* read files with read_s"):
        open_table("orders.csv")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("店舗:oders", "connection '店舗' has no table oders; did you mean 'orders'?"),
        ("店舗:Orders", "connection '店舗' has no table Orders; did you mean 'orders'?"),
        ("店舗:main.oders", "has no table main.oders; did you mean 'main.orders'?"),
        ("店舗:mian.orders", 'write 店舗:main.orders or 店舗:"Web 店".orders'),
        ("店舗:mian.order", "has no schema 'mian'; did you mean 'main'?"),
        ("店舗:a.b", 'a dot is part of its name; write 店舗:"Web 店"."a.b" or 店舗:main."a.b"'),
        ("店舗:main.a.b", 'a dot is part of its name; write 店舗:main."a.b"'),
        ('店舗:"Web 店".a.b', 'a dot is part of its name; write 店舗:"Web 店"."a.b"'),
        ("shop.duckdb#xyz", "'shop.duckdb' has no table xyz; there is '\"Web 店\".\"%s #1\"', "),
        (
            "店舗:other.main.orders",
            "connection '店舗' has the database 'shop' alone, and 'other' is named; write "
            "店舗:shop.main.orders, or name a connection of the other",
        ),
    ],
)
def test_a_missing_table_is_refused_with_the_nearest(shop, text, said):
    with pytest.raises(SourceError) as refused:
        open_table(read_source(text))
    assert str(refused.value).startswith(f"source {text!r}: ")
    assert said in str(refused.value)


def test_a_table_of_another_schema_is_named(shop):
    with duckdb.connect("other.duckdb") as made:
        made.execute('CREATE SCHEMA "Web 店"; CREATE TABLE "Web 店".visits (n int)')
    with pytest.raises(
        SourceError, match=r'has no table visits; write other.duckdb#"Web 店".visits$'
    ):
        open_table(read_source("other.duckdb#visits"))


def test_an_empty_database_says_so(shop):
    duckdb.connect("empty.duckdb").close()
    with pytest.raises(SourceError, match=r"has no table orders, nor any other that it may read"):
        open_table(read_source("empty.duckdb#orders"))


def test_it_is_opened_once_under_threads_too(shop, monkeypatch):
    opened = []

    def counted(settings):
        opened.append(settings.name)
        return open_engine(settings)

    monkeypatch.setattr(named_connections, "open_engine", counted)
    counts = []

    def count():
        table = open_table(read_source('店舗:"a.b"'))
        counts.append(table.schema())

    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(counts) == 8
    assert opened == ["店舗"]
    end()
    open_table(read_source('店舗:"a.b"'))
    assert opened == ["店舗"] * 2


def test_a_forked_process_opens_its_own(shop, monkeypatch):
    before = open_table(read_source("店舗:orders")).get_backend()
    monkeypatch.setattr("os.getpid", lambda: -1)
    assert open_table(read_source("店舗:orders")).get_backend() is not before
    end()
    monkeypatch.undo()
    monkeypatch.setenv("CX_CONNECTIONS", str(shop / "connections.toml"))
    monkeypatch.chdir(shop)
    assert open_table(read_source("店舗:orders")).get_backend() is before


def test_it_only_reads(shop):
    engine = open_table(read_source("shop.duckdb#orders")).get_backend()
    with pytest.raises(Exception, match="read-only"):
        engine.raw_sql("CREATE TABLE x AS SELECT 1")


def test_facts_of_a_file(shop):
    file = shop / "shop.duckdb"
    for text, connection in [("shop.duckdb#seen", None), ("店舗:seen", "店舗")]:
        found = facts(read_source(text))
        assert (found.connection, found.engine, found.version) == (
            connection,
            "duckdb",
            duckdb.__version__,
        )
        assert found.table == ("shop", "main", "seen")
        assert found.columns == (("n", "int64"), ("顧客 ID", "string"))
        assert (found.rows, found.snapshot, found.bytes) == (1, None, file.stat().st_size)
        assert found.modified == dt.datetime.fromtimestamp(file.stat().st_mtime, dt.UTC)
        assert hash(found)


def test_a_look_at_a_connection(shop):
    found = look("店舗")
    assert (found.name, found.engine, found.held_back) == ("店舗", "duckdb", True)
    assert len(found.tables) == 2 * len(AWKWARD) + 1
    for table in found.tables:
        assert open_table(read_source(f"店舗:{table}")).count().execute()


def test_a_file_that_is_not_there(shop):
    (shop / "connections.toml").write_text('[dw]\nengine = "duckdb"\nfile = "none.duckdb"')
    with pytest.raises(SourceError) as refused:
        open_table(read_source("dw:orders"))
    assert str(refused.value) == (
        f"connection 'dw' in {shop.as_posix()}/connections.toml: there is no file "
        f"'{shop.as_posix()}/none.duckdb'; write the whole path of a DuckDB database"
    )


def test_a_connection_that_is_not_there(shop):
    with pytest.raises(ParameterError, match=r"no connection '店' .*which has 店舗; give one"):
        look("店")


def test_what_an_engine_says_while_a_table_is_read_is_a_sentence(shop):
    name = read_source("shop.duckdb#orders")
    table = open_table(name)
    with pytest.raises(SourceError) as refused, refuse_engine_errors(name):
        table.get_backend().con.execute("SELECT none FROM orders")
    said = str(refused.value)
    assert said.startswith("source 'shop.duckdb#orders': the engine refused what it was asked (Bin")
    assert "\n" not in said
    with pytest.raises(KeyError), refuse_engine_errors(name):
        raise KeyError("another's")


def test_a_name_of_nowhere_is_refused():
    with pytest.raises(ParameterError, match="source 'x' names neither a connection nor a file"):
        open_table(TableName(text="x", connection=None, file=None, parts=("x",)))
