"""Named connections to PostgreSQL: what a role may, passwords that are never said, one moment for
all that is read, and servers that are not there."""

import threading
from contextlib import contextmanager

import ibis
import pandas as pd
import pytest

from cxlib.errors import SourceError
from cxlib.sources.connection_settings import read_settings
from cxlib.sources.named_connections import end, facts, look, open_table, refuse_engine_errors
from cxlib.sources.table_names import read_source, write_names
from tests.engines.conftest import PASSWORD

psycopg = pytest.importorskip("psycopg", reason="PostgreSQL: psycopg is absent")
AWKWARD = ["orders", "Orders", "Order Lines 注文", "a.b", 'say "hi"', "back`tick", "100% #1"]
SECRET = "s3cret/wörd"


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


@pytest.fixture
def told(tmp_path, monkeypatch):
    """Write connections.toml; what it opens is closed at the end."""
    monkeypatch.setenv("CX_CONNECTIONS", str(tmp_path / "connections.toml"))

    def write(text):
        (tmp_path / "connections.toml").write_text(text, encoding="utf-8")

    yield write
    end()


@pytest.fixture(scope="module")
def server(postgres_url):
    """A database of awkward names and of two roles: `narrow` may read all but one table and make
    no temporary ones, `stranger` may nothing."""
    with psycopg.connect(postgres_url, autocommit=True) as owner:
        owner.execute('CREATE DATABASE "Shop 店"')
    url = postgres_url.replace("/postgres?", "/Shop%20%E5%BA%97?")
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute(
            f"""CREATE SCHEMA "Web 店"; CREATE TABLE hidden (n int);
            CREATE ROLE narrow LOGIN PASSWORD '{SECRET}';
            CREATE ROLE stranger LOGIN PASSWORD 'xyz1';
            REVOKE TEMPORARY ON DATABASE "Shop 店" FROM PUBLIC"""
        )
        for schema in ("public", "Web 店"):
            for n, name in enumerate(AWKWARD):
                owner.execute(
                    f"CREATE TABLE {quoted(schema)}.{quoted(name)} AS SELECT n, '{schema}' AS "
                    f'"顧客 ID" FROM generate_series(1, {n + 1}) n'
                )
            owner.execute(
                f"GRANT USAGE ON SCHEMA {quoted(schema)} TO narrow; "
                f"GRANT SELECT ON ALL TABLES IN SCHEMA {quoted(schema)} TO narrow"
            )
        owner.execute("REVOKE SELECT ON hidden FROM narrow; CREATE VIEW seen AS TABLE orders")
        owner.execute("GRANT SELECT ON seen TO narrow; CREATE TABLE half (who text, pay int)")
        owner.execute("INSERT INTO half VALUES ('a', 1); GRANT SELECT (who) ON half TO narrow")
        owner.execute("CREATE MATERIALIZED VIEW kept AS TABLE orders")
        owner.execute("GRANT SELECT ON kept TO narrow")
    yield url
    end()
    with psycopg.connect(postgres_url, autocommit=True) as owner:
        owner.execute('DROP DATABASE "Shop 店" WITH (FORCE)')
        owner.execute("DROP ROLE narrow, stranger")


@pytest.fixture
def shop(server, told, monkeypatch):
    """The connection `shop` as the role that may read."""
    monkeypatch.setenv("SHOP_PASSWORD", SECRET)
    host = server.partition("host=")[2]
    told(
        f'[shop]\nengine = "postgres"\nhost = "{host}"\ndatabase = "Shop 店"\nuser = "narrow"\n'
        'password = "secret://SHOP_PASSWORD"\ntimeout = "5 s"\n'
        f'["別名"]\nurl = "{server}"\n'
    )
    return server


@contextmanager
def owner(url):
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


@pytest.mark.parametrize("schema", ["", "public.", '"Web 店".', '"Shop 店"."Web 店".'])
@pytest.mark.parametrize("before", ["shop:", "別名:"])
def test_every_name_is_found_on_postgres(shop, before, schema):
    for n, name in enumerate(AWKWARD):
        table = open_table(read_source(f"{before}{schema}{quoted(name)}"))
        assert table.columns == ("n", "顧客 ID")
        found = table.filter(table["顧客 ID"].notnull()).to_pyarrow().to_pylist()
        assert [row["n"] for row in found] == list(range(1, n + 2))
        assert {row["顧客 ID"] for row in found} == {"Web 店" if "Web" in schema else "public"}


def test_views_are_tables(shop):
    for name in ("seen", "kept"):
        assert open_table(read_source(f"shop:{name}")).count().execute() == 1


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ("oders", "connection 'shop' has no table oders; did you mean 'orders'?"),
        ("ORDERS", "connection 'shop' has no table ORDERS; did you mean 'Orders'?"),
        ("pubic.seen", "connection 'shop' has no table pubic.seen; write shop:public.seen"),
        ("pubic.oders", "connection 'shop' has no schema 'pubic'; did you mean 'public'?"),
        (
            "other.public.orders",
            "connection 'shop' has the database 'Shop 店' alone, and 'other' is named; write "
            'shop:"Shop 店".public.orders, or name a connection of the other',
        ),
        (
            "hidden",
            "the role of connection 'shop' may not read this table; have GRANT USAGE ON SCHEMA "
            '"public" and GRANT SELECT ON "public"."hidden" given to it',
        ),
    ],
)
def test_what_postgres_does_not_give_is_refused(shop, names, said):
    with pytest.raises(SourceError) as refused:
        open_table(read_source(f"shop:{names}"))
    assert str(refused.value) == f"source 'shop:{names}': {said}"


def test_a_table_of_which_some_columns_may_be_read(shop):
    table = open_table(read_source("shop:half"))
    assert table.who.count().execute() == 1
    assert facts(read_source("shop:half")).rows == 1
    name = read_source("shop:half")
    with (
        pytest.raises(SourceError, match=r"the engine refused .*permission denied for table half"),
        refuse_engine_errors(name),
    ):
        table.pay.sum().execute()
    assert table.who.count().execute() == 1


def test_all_is_read_at_one_moment(shop):
    """A table that grows meanwhile changes nothing, in no kind of query; after `end` it does."""
    name = read_source("shop:orders")
    table = open_table(name)
    before = facts(name)
    assert before.rows == 1
    with owner(shop) as other:
        other.execute("INSERT INTO orders VALUES (2, 'public')")
        try:
            assert table.count().execute() == 1
            assert table.to_pyarrow().num_rows == 1
            assert sum(batch.num_rows for batch in table.to_pyarrow_batches()) == 1
            assert open_table(read_source("shop:seen")).count().execute() == 1
            assert look("shop").tables
            assert facts(name) == before
            end()
            assert open_table(name).count().execute() == 2
            assert facts(name).snapshot != before.snapshot
        finally:
            other.execute("DELETE FROM orders WHERE n = 2")


def test_a_refused_query_does_not_end_the_moment(shop):
    name = read_source("shop:orders")
    table = open_table(name)
    with owner(shop) as other:
        other.execute("INSERT INTO orders VALUES (2, 'public')")
        try:
            with pytest.raises(SourceError, match=r"^connection 'shop': .*\(division by zero\)"):
                (table.n / (table.n - 1)).sum().execute()
            assert open_table(name).count().execute() == 1
            assert facts(name).rows == 1
        finally:
            other.execute("DELETE FROM orders WHERE n = 2")


def test_a_moment_that_has_ended_is_told_once(shop):
    name = read_source("shop:orders")
    open_table(name).get_backend().con.rollback()
    with pytest.raises(SourceError) as refused:
        facts(name)
    assert str(refused.value) == (
        "connection 'shop': its transaction has ended, so that its rows may be others than before; "
        "run the notebook again from its first cell"
    )
    assert facts(name).rows == 1


def test_another_moment_is_told(shop):
    name = read_source("shop:orders")
    connection = open_table(name).get_backend().con
    connection.rollback()
    with owner(shop) as other:
        other.execute("CREATE TABLE passing (n int); DROP TABLE passing")
    connection.execute("SELECT 1")
    with pytest.raises(SourceError, match="its rows are now those of another moment"):
        facts(name)


def test_nothing_can_be_written(shop):
    backend = open_table(read_source("別名:orders")).get_backend()
    for statement in (
        "CREATE TABLE x (n int)",
        "DELETE FROM orders",
        "CREATE TEMP TABLE x (n int)",
    ):
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction), backend.begin() as cursor:
            cursor.execute(statement)


def test_a_file_beside_a_table_needs_a_right_that_is_named(shop):
    name = read_source("shop:orders")
    table = open_table(name)
    small = ibis.memtable(pd.DataFrame({"n": [1]}))
    with (
        pytest.raises(
            SourceError, match=r"only reads .*and this needs a temporary table; give a t"
        ),
        refuse_engine_errors(name),
    ):
        table.join(small, "n").count().execute()


def test_facts_of_postgres(shop):
    found = facts(read_source('shop:"Order Lines 注文"'))
    assert (found.connection, found.engine, found.rows) == ("shop", "postgres", 3)
    assert found.table == ("Shop 店", "public", "Order Lines 注文")
    assert found.columns == (("n", "int32"), ("顧客 ID", "string"))
    assert found.version.split(".")[0].isdecimal()
    assert found.snapshot.count(":") == 2
    assert (found.bytes, found.modified) == (None, None)


def test_a_look_at_postgres_shows_what_the_role_may_read(shop):
    found = look("shop")
    assert (found.engine, found.held_back) == ("postgres", True)
    assert "hidden" not in found.tables
    assert "hidden" in look("別名").tables
    assert {write_names(["Web 店", name]) for name in AWKWARD} < {*found.tables}
    for table in found.tables:
        assert open_table(read_source(f"shop:{table}")).count().execute()


def test_a_query_that_takes_too_long_is_said(shop, told, server):
    host = server.partition("host=")[2]
    told(
        f'[shop]\nengine = "postgres"\nhost = "{host}"\ndatabase = "Shop 店"\nuser = "researcher"\n'
        'timeout = "1 s"'
    )
    name = read_source("shop:orders")
    connection = open_table(name).get_backend().con
    with (
        pytest.raises(SourceError) as refused,
        refuse_engine_errors(name),
        connection.transaction(),
    ):
        connection.execute("SELECT pg_sleep(5)")
    assert str(refused.value) == (
        "source 'shop:orders': a query took longer than it may, or was cancelled (canceling "
        'statement due to statement timeout); write a longer timeout = "30 min" into the '
        "connection, or count fewer rows with where"
    )
    assert facts(name).rows == 1


def test_a_server_that_ends_the_connection_is_said_and_opened_again(shop):
    name = read_source("別名:orders")
    table = open_table(name)
    pid = table.get_backend().con.info.backend_pid
    with owner(shop) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [pid])
    with pytest.raises(SourceError) as refused, refuse_engine_errors(name):
        table.count().execute()
    assert str(refused.value).startswith(
        "source '別名:orders': the server ended the connection (terminating connection due to "
    )
    assert str(refused.value).endswith("what was read is not whole: run again when it is back")
    with pytest.raises(SourceError, match="the server ended it, so that its rows may be others"):
        open_table(name)
    assert open_table(name).count().execute() == 1


def test_a_password_of_the_environment_that_comes_first_is_told(shop, monkeypatch):
    monkeypatch.setenv("PGPASSWORD", "of another server")
    with pytest.raises(SourceError) as refused:
        open_table(read_source("別名:orders"))
    said = str(refused.value)
    assert said.endswith("~/.pgpass or PGPASSWORD, which is set and comes before ~/.pgpass")
    assert "of another server" not in said


@pytest.mark.parametrize("wrong", ["hunter2/wörd", "p%40ss"])
def test_a_wrong_password_is_never_said(shop, monkeypatch, wrong):
    monkeypatch.setenv("SHOP_PASSWORD", wrong)
    with pytest.raises(SourceError) as refused:
        open_table(read_source("shop:orders"))
    said = str(refused.value)
    assert said.startswith("connection 'shop' in ")
    assert 'password authentication failed for user "narrow"' in said
    assert said.endswith("and the password: secret://NAME, ~/.pgpass or PGPASSWORD")
    error = refused.value
    while error is not None:
        assert wrong not in f"{error!r}{error}{error.args}"
        error = error.__context__ or error.__cause__


def test_a_password_that_is_not_there_is_named(shop, monkeypatch):
    monkeypatch.delenv("SHOP_PASSWORD")
    with pytest.raises(ValueError, match=r"'shop', password: secret://SHOP_PASSWORD is not there"):
        open_table(read_source("shop:orders"))


def test_a_server_that_is_not_there(told, tmp_path):
    for keys in (
        f'host = "{tmp_path}"',
        'host = "127.0.0.1"\nport = 1',
        'url = "postgres://ann@127.0.0.1:1/x"',
    ):
        told(f'[shop]\nengine = "postgres"\n{keys}')
        with pytest.raises(
            SourceError, match=r"PostgreSQL at .* cannot be reached \(conn.*\); check"
        ):
            open_table(read_source("shop:orders"))


def test_an_address_that_cannot_be_read(told):
    told('[shop]\nurl = "postgres://ann@host:54x32/%zz"')
    with pytest.raises(SourceError, match=r"cannot be reached \(its address cannot be read\)"):
        open_table(read_source("shop:orders"))


def test_a_role_that_may_nothing(shop, told, monkeypatch):
    monkeypatch.setenv("STRANGE_PASSWORD", "xyz1")
    told(
        f'[shop]\nurl = "{shop.replace("researcher@", "stranger@")}"\n'
        'password = "secret://STRANGE_PASSWORD"'
    )
    assert look("shop").tables == ()
    with pytest.raises(SourceError, match="may not read this table; have GRANT USAGE ON SCHEMA"):
        open_table(read_source("shop:orders"))
    with pytest.raises(SourceError, match="has no table none, nor any other that it may read"):
        open_table(read_source("shop:none"))


def test_ten_threads_open_one_connection(shop):
    backends, name = [], read_source("shop:orders")
    threads = [
        threading.Thread(target=lambda: backends.append(open_table(name).get_backend()))
        for _ in range(10)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(backends) == 10
    assert len({id(backend.con) for backend in backends}) == 1


def test_the_end_leaves_nothing_behind(shop):
    connection = open_table(read_source("shop:orders")).get_backend().con
    end()
    assert connection.closed
    with owner(shop) as other:
        rows = other.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'cxlib' AND usename = "
            "'narrow' AND state <> 'idle'"
        ).fetchone()
    assert rows == (0,)


def test_the_password_file_is_read(shop):
    assert read_settings("別名").password is None  # as PGPASSFILE of the fixture has it
    assert PASSWORD not in str(look("別名"))


VIEWS = {  # name to its owner, its options and what it shows
    "of_owner": ("researcher", "", "guarded"),
    "of_whoever_asks": ("researcher", "WITH (security_invoker = true)", "guarded"),
    "of_another": ("keeper", "", "guarded"),
    "of_one_who_may_all": ("boss", "", "guarded"),
    "above": ("researcher", "", "of_another"),
    "above_asked": ("researcher", "", "of_whoever_asks"),
    "asked_above": ("researcher", "WITH (security_invoker = on)", "of_owner"),
    "above_of_another": ("keeper", "", "of_whoever_asks"),
    "joined": ("researcher", "", "orders CROSS JOIN (SELECT n AS m FROM of_another) AS o"),
    "without": ("keeper", "", "orders"),
}


@pytest.fixture
def guarded(shop):
    """A table of three rows, of which the policy shows one, and views of it."""
    with owner(shop) as connection:
        say = connection.execute
        say(
            "CREATE ROLE keeper; CREATE ROLE boss BYPASSRLS; GRANT USAGE ON SCHEMA public TO PUBLIC"
        )
        say("GRANT CREATE ON SCHEMA public TO keeper, boss")
        say("CREATE TABLE guarded AS SELECT generate_series(1, 3) AS n")
        say("ALTER TABLE guarded ENABLE ROW LEVEL SECURITY")
        say("CREATE POLICY one ON guarded USING (n = 1)")
        say("GRANT SELECT ON guarded, orders TO PUBLIC")
        for name, (role, options, rows) in VIEWS.items():
            say(f"SET ROLE {role}; CREATE VIEW {name} {options} AS SELECT * FROM {rows}")
            say(f"GRANT SELECT ON {name} TO PUBLIC; RESET ROLE")
        say("SET ROLE keeper; CREATE MATERIALIZED VIEW copied AS SELECT * FROM guarded")
        say("GRANT SELECT ON copied TO PUBLIC; RESET ROLE")
    yield
    end()
    with owner(shop) as connection:
        connection.execute("DROP OWNED BY keeper, boss CASCADE; DROP TABLE guarded CASCADE")
        connection.execute("DROP ROLE keeper, boss")


def test_rows_held_back_behind_views_are_told(guarded):
    """A view holds back what its owner may not see, or who asks; so does a view of that view."""
    for name in ("guarded", "copied", *VIEWS):
        found = facts(read_source(f"shop:{name}"))
        assert found.restricted == (found.rows < 3 and name != "without"), name
    assert not facts(read_source("shop:orders")).restricted
