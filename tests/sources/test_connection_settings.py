"""connections.toml: where it is looked for, and every sentence by which it is refused."""

import pytest

from cxlib.errors import ParameterError, SourceError
from cxlib.sources.connection_settings import connection_names, connections_file, read_settings


@pytest.fixture
def told(tmp_path, monkeypatch):
    """Write the file; return it."""
    file = tmp_path / "connections.toml"
    monkeypatch.setenv("CX_CONNECTIONS", str(file))

    def write(text, **how):
        file.write_text(text, encoding="utf-8", **how)
        return file

    return write


def refusal(name="warehouse", kind=ParameterError):
    with pytest.raises(kind) as refused:
        read_settings(name)
    assert refused.value.__context__ is None or refused.value.__suppress_context__
    return str(refused.value)


def test_all_that_is_written_is_read(told):
    file = told(
        """
        [warehouse]
        engine = "postgres"
        host = "db.example"
        port = 5433
        database = "shop"
        user = "reader"
        password = "secret://WAREHOUSE_PASSWORD"
        timeout = "90 s"
        [lake]
        engine = "spark"
        master = "local[2]"
        warehouse = "/data/spark-warehouse"
        ["店舗"]
        engine = "duckdb"
        file = "data/注文.duckdb"
        """
    )
    assert connection_names() == ["warehouse", "lake", "店舗"]
    found = read_settings("warehouse")
    assert (found.engine, found.host, found.port, found.told_in) == (
        "postgres",
        "db.example",
        5433,
        file,
    )
    assert (found.database, found.user, found.timeout) == ("shop", "reader", 90)
    assert found.password == "secret://WAREHOUSE_PASSWORD"
    assert hash(found) == hash(read_settings("warehouse"))
    lake = read_settings("lake")
    assert (lake.master, lake.warehouse) == ("local[2]", "/data/spark-warehouse")
    assert read_settings("店舗").file.name == "注文.duckdb"


def test_a_path_may_begin_at_home(told, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    told('[lake]\nengine = "spark"\nwarehouse = "~/lake"\n[dw]\nurl = "duckdb://~/x.duckdb"')
    assert read_settings("lake").warehouse == f"{tmp_path}/lake"
    assert read_settings("dw").file == tmp_path / "x.duckdb"


def test_defaults(told):
    told('[db]\nengine = "postgres"\n[lake]\nengine = "spark"')
    assert read_settings("db").timeout == 15 * 60
    assert read_settings("lake").master == "local[*]"


@pytest.mark.parametrize(
    ("url", "engine", "field", "value"),
    [
        ("postgres://reader@db/shop", "postgres", "url", "postgres://reader@db/shop"),
        ("postgresql://db:5432/shop?sslmode=require", "postgres", "host", None),
        ("duckdb:///data/shop.duckdb", "duckdb", "name", "warehouse"),
        ("spark://host:7077", "spark", "master", "spark://host:7077"),
    ],
)
def test_an_address_names_its_engine(told, url, engine, field, value):
    told(f'[warehouse]\nurl = "{url}"')
    found = read_settings("warehouse")
    assert (found.engine, getattr(found, field)) == (engine, value)


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        *[("15 min", 900), ("2h", 7200), ("1 hour", 3600), ("30 seconds", 30), ("5 MIN", 300)],
        *[(5, 5), (1, 1), (86_400, 86_400)],
    ],
)
def test_a_timeout_has_its_unit_or_is_of_seconds(told, written, seconds):
    value = written if isinstance(written, int) else f'"{written}"'
    told(f'[warehouse]\nengine = "postgres"\ntimeout = {value}')
    assert read_settings("warehouse").timeout == seconds


POSTGRES = 'engine = "postgres"\n'
WRITE = 'engine: the engines are duckdb, postgres, spark; write engine = "postgres"'
ENGINES = WRITE.removeprefix("engine: ")
ADDRESS = "the engines are duckdb, postgres, spark; write postgres://…"
HOST = 'it is an address; write the machine alone: host = "db.example", and user beside it'
PORT = "a port is a whole number from 1 to 65535; write port = 5432"
TEXT = 'it is a text in quotes; write host = "…"'
TIME = "it is a whole number of seconds, or one and s, min or h, at most 24 h; write timeout = "
TIME += '"15 min", which also holds where nothing is written'
FILE = 'engine = "duckdb" needs it: write the path of a database'
OWN = "engine, url, host, port, database, user, password, timeout"


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ("", WRITE),
        ('engine = "postgers"', f"engine='postgers': {ENGINES[:41]}did you mean 'postgres'?"),
        ('engine = "mysql"', f"engine='mysql': {ENGINES}"),
        ('url = "mysql://ann@host/shop"', f"url: it begins with 'mysql'; {ADDRESS}"),
        ('url = "s3cret"', f"url: it begins with ''; {ADDRESS}"),
        (
            'engine = "spark"\nurl = "postgres://db/shop"',
            "url: it begins with 'postgres', and engine='spark'; leave one of them out",
        ),
        (POSTGRES + "prot = 1", "prot: engine 'postgres' has no such key; did you mean 'port'?"),
        ('engine = ["s3cret"]', f"engine: {TEXT.replace('host', 'engine')}"),
        (POSTGRES + 'master = "l"', f"master: engine 'postgres' has no such key; it has {OWN}"),
        (
            POSTGRES + 'url = "postgres://db"\nhost = "db"',
            "host: the url says it already; leave one of the two out",
        ),
        (POSTGRES + "port = 0", f"port=0: {PORT}"),
        (POSTGRES + 'port = "5432"', f"port: {PORT}"),
        (POSTGRES + 'host = "ann:s3cret@db.example"', f"host: {HOST}"),
        (POSTGRES + 'host = "postgres://db.example"', f"host: {HOST}"),
        (POSTGRES + "port = 5432.5", f"port=5432.5: {PORT}"),
        (POSTGRES + "host = 5", f"host: {TEXT}"),
        (POSTGRES + 'host = " "', f"host: {TEXT}"),
        (POSTGRES + 'timeout = "soon"', f"timeout='soon': {TIME}"),
        (POSTGRES + 'timeout = "0 s"', f"timeout='0 s': {TIME}"),
        (POSTGRES + 'timeout = "25 h"', f"timeout='25 h': {TIME}"),
        (POSTGRES + "timeout = 0", f"timeout=0: {TIME}"),
        (POSTGRES + "timeout = -5", f"timeout=-5: {TIME}"),
        (POSTGRES + "timeout = 86401", f"timeout=86401: {TIME}"),
        (POSTGRES + "timeout = true", f"timeout: {TEXT.replace('host', 'timeout')}"),
        (POSTGRES + "timeout = 1.5", f"timeout: {TEXT.replace('host', 'timeout')}"),
        ('engine = "duckdb"', f"file: {FILE}"),
        ('url = "duckdb://"', f"file: {FILE}"),
    ],
)
def test_what_is_wrong_is_said_with_file_name_key_and_next_step(told, keys, said):
    file = told(f"[warehouse]\n{keys}")
    complaint = refusal()
    assert complaint == f"{file.as_posix()}, connection 'warehouse', {said}"
    assert "s3cret" not in complaint


@pytest.mark.parametrize(
    "keys",
    [
        'password = "s3cret"',
        'password = "secret://s3cret with blanks"',
        'url = "postgres://ann:s3cret@host/shop"',
        'url = "postgres://ann:p@s3cret/w@host/shop"',
        'url = "postgres://ann:p/s3cret@host/shop"',
        'url = "postgres://host/shop?user=ann&password=s3cret"',
        'url = "postgres://host/shop?sslpassword=s3cret"',
        'url = "postgres://[host/s3cret"',
        'passwd = "s3cret"',
        "password = ['s3cret']",
        "s3cret = 's3cret",
        'host = "postgres://ann:s3cret@host"\nport = "x"',
    ],
)
def test_a_password_in_clear_is_refused_and_not_repeated(told, keys):
    told(f"[warehouse]\n{'' if 'url' in keys else POSTGRES}{keys}")
    complaint = refusal()
    assert "s3cret" not in complaint
    if keys.startswith('password = "s'):
        assert complaint.endswith(
            "password: a password is not written here in clear; write password = "
            '"secret://WAREHOUSE_PASSWORD" and set the environment variable WAREHOUSE_PASSWORD, or '
            "leave the key out: ~/.pgpass and PGPASSWORD are read"
        )
    if keys.startswith("url"):
        assert "there is a password in it, which is not written here in clear; take it" in complaint


def test_an_unknown_connection_is_refused_with_those_there_are_the_nearest_first(told):
    file = told('[lake]\nengine = "spark"\n["倉庫"]\nengine = "spark"\n[warehouse]\nurl = "spark"')
    assert refusal("warehose") == (
        f"there is no connection 'warehose' in {file.as_posix()}, which has warehouse, lake, 倉庫; "
        "give one of them, or write [warehose] into that file"
    )


def test_where_there_is_no_file_or_nothing_in_it(told, tmp_path):
    where = f"{tmp_path.as_posix()}/connections.toml"
    assert connection_names() == []
    assert refusal().startswith(
        f"there is no connection 'warehouse': {where} is not there; write into it [warehouse]"
    )
    told("")
    assert f"{where} has none" in refusal()


def test_a_file_that_is_no_toml(told):
    file = told("[warehouse\n")
    assert refusal().startswith(f"{file.as_posix()} is not TOML (Expected ']'")
    told("[店舗]\n")
    assert refusal().endswith('a name in other letters than a to z stands in quotes: ["店舗"]')


def test_a_file_of_windows_notepad_and_one_in_another_encoding(told):
    file = told('\ufeff[warehouse]\nengine = "spark"')
    assert read_settings("warehouse").engine == "spark"
    file.write_bytes('["店舗"]'.encode("cp932"))
    assert refusal(kind=SourceError).startswith(
        f"{file.as_posix()} cannot be read (it is not UTF-8); connections are looked for there"
    )
    file.unlink()
    file.mkdir()
    assert "cannot be read (Is a directory)" in refusal(kind=SourceError)


def test_names_that_are_none(told):
    file = told('engine = "postgres"')
    assert refusal() == (
        f"{file.as_posix()}: the key 'engine' stands above all connections; write [name] in the "
        "line before the keys of a connection"
    )
    for name in ("a", '"my shop"', "_x", '"a:b"'):
        told(f"[{name}]")
        assert "is no name of a connection, which has two or more letters" in refusal()


def test_where_it_is_looked_for(monkeypatch, tmp_path):
    monkeypatch.setenv("CX_CONNECTIONS", "~/mine.toml")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert connections_file() == tmp_path / "mine.toml"
    monkeypatch.delenv("CX_CONNECTIONS")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))
    assert connections_file() == tmp_path / "settings" / "cxlib" / "connections.toml"
    monkeypatch.delenv("XDG_CONFIG_HOME")
    assert connections_file() == tmp_path / ".config" / "cxlib" / "connections.toml"
