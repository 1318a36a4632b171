"""`cx connect list` and `cx connect test`: what they print, and their exit status."""

import sys

import duckdb
import pytest

from cxlib import cli

PASSWORD = "s3cret"


@pytest.fixture
def cx(monkeypatch, capsys, tmp_path):
    """Call the command with a file of connections: status, what it said, what it complained of."""
    told = tmp_path / "connections.toml"
    monkeypatch.setenv("CX_CONNECTIONS", str(told))
    monkeypatch.delenv("CX_LANGUAGE", raising=False)

    def called(*arguments, connections=None):
        if connections is not None:
            told.write_text(connections, encoding="utf-8")
        monkeypatch.setattr(sys, "argv", ["cx", "connect", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return ended.value.code or 0, said.out.replace(str(tmp_path), "."), said.err

    return called


@pytest.fixture
def files(tmp_path):
    """A connection to a database of 25 tables."""
    with duckdb.connect(tmp_path / "shop.duckdb") as made:
        made.execute('CREATE SCHEMA "Web 店"; CREATE TABLE "Web 店"."a.b" (n int)')
        for n in range(24):
            made.execute(f"CREATE TABLE t{n:02} (n int)")
    return f'[files]\nengine = "duckdb"\nfile = "{tmp_path}/shop.duckdb"\n'


def test_where_there_are_none(cx):
    assert cx("list") == (0, "No connections: ./connections.toml is not there, or has none.\n", "")
    assert cx("list", connections="")[1].startswith("No connections")


def test_all_are_listed_and_a_wrong_one_is_said(cx, files):
    wrong = f'[warehouse]\nengine = "postgres"\npassword = "{PASSWORD}"\n'
    wrong += '["倉庫"]\nengine = "spark"\n'
    status, said, complaint = cx("list", connections=files + wrong)
    assert status == 2
    assert said == "Connections of ./connections.toml:\n  files (duckdb)\n  倉庫 (spark)\n"
    assert "connection 'warehouse', password: a password is not written here in clear" in complaint
    assert PASSWORD not in complaint
    assert "Traceback" not in complaint
    assert cx("list", connections=files)[0] == 0


def test_a_connection_says_its_engine_and_the_first_tables(cx, files):
    status, said, complaint = cx("test", "files", connections=files)
    lines = said.splitlines()
    assert (status, complaint) == (0, "")
    assert lines[:4] == [
        f"files: duckdb {duckdb.__version__}",
        "Queries read only: the engine itself refuses to write in them. weights_out alone makes a "
        "table, where the role may.",
        "25 tables may be read, each named as it stands here (on a command line in single quotes):",
        '  files:"Web 店"."a.b"',
    ]
    more = "  … and 5 more: --all prints every table, --schema NAME those of one schema"
    assert lines[-2:] == ["  files:t18", more]


def test_all_tables_or_those_of_a_schema_are_printed_where_they_are_asked_for(cx, files):
    for given, n, last in (
        (["--all"], 25, "files:t23"),
        (["--schema", "main"], 24, "files:t23"),
        (["--schema", "Web 店"], 1, 'files:"Web 店"."a.b"'),
    ):
        status, said, complaint = cx("test", "files", *given, connections=files)
        tables = said.splitlines()[3:]
        assert (status, complaint, len(tables), tables[-1]) == (0, "", n, f"  {last}")
        assert said.splitlines()[2].startswith(f"{n} ")
    status, _, complaint = cx("test", "files", "--schema", "mian", connections=files)
    assert status == 2
    assert "schema='mian' is not one of the possible values; did you mean 'main'?" in complaint


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "ja",
            "読み取れるテーブルは25件です。名前は次のとおりに指定してください",
        ),
        (
            "ko",
            "읽을 수 있는 테이블은 25개입니다. 이름은 다음과 같이 지정하십시오",
        ),
    ],
)
def test_it_speaks_the_readers_language(cx, files, language, said):
    assert said in cx("test", "files", "--language", language, connections=files)[1]


def test_an_empty_database_says_what_to_check(cx, tmp_path):
    duckdb.connect(tmp_path / "empty.duckdb").close()
    told = f'[files]\nengine = "duckdb"\nfile = "{tmp_path}/empty.duckdb"\n'
    status, said, _ = cx("test", "files", connections=told)
    assert status == 0
    assert said.endswith(
        "There is no table that may be read: check the database, and what the role may read.\n"
    )


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("filse", "there is no connection 'filse' in "),
        ("gone", "there is no file '/none.duckdb'; write the whole path of a DuckDB database"),
    ],
)
def test_what_cannot_be_opened_is_one_sentence(cx, files, name, message):
    gone = '[gone]\nengine = "duckdb"\nfile = "/none.duckdb"\n'
    status, said, complaint = cx("test", name, connections=files + gone)
    assert (status, said) == (2, "")
    assert message in complaint
    assert len(complaint.splitlines()) == 1


def test_the_help_says_what_may_be_written(cx):
    said = " ".join(cx("--help")[1].split())
    assert all(word in said for word in ("list", "test", "connections.toml", "secret://NAME"))
