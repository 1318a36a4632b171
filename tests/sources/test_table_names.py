"""A source as text: a path, a table, or a refusal that says what to write."""

import contextlib
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib.errors import ParameterError
from cxlib.sources.table_names import TableName, read_source, split_names, write_names

names = st.lists(st.text(min_size=1), min_size=1, max_size=3)


@pytest.fixture
def shop(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with duckdb.connect("shop.duckdb") as made:
        made.execute('CREATE TABLE orders (who text); CREATE TABLE "Order Lines" (who text)')
    return tmp_path


def refusal(text):
    with pytest.raises(ParameterError) as refused:
        read_source(text)
    return str(refused.value)


@given(names)
def test_names_that_are_written_are_read_again(parts):
    quoted = ".".join('"' + part.replace('"', '""') + '"' for part in parts)
    for written in (quoted, write_names(parts)):
        assert split_names(written, source="", before="") == tuple(parts)
    assert read_source(f"shop:{quoted}").parts == tuple(parts)


@given(st.text())
def test_any_text_is_a_path_a_table_or_refused(text):
    for source in (text, f"shop:{text}", f"none.duckdb#{text}"):
        with contextlib.suppress(ParameterError):
            assert isinstance(read_source(source), Path | TableName)


@pytest.mark.parametrize(
    ("text", "connection", "parts"),
    [
        ("warehouse:analytics.survey_answers", "warehouse", ("analytics", "survey_answers")),
        ('shop:public."Order Lines 注文"', "shop", ("public", "Order Lines 注文")),
        ('店舗:"a.b"."5"" tall".注文', "店舗", ("a.b", '5" tall', "注文")),
        (" dw-2:orders ", "dw-2", ("orders",)),
    ],
)
def test_a_table_in_a_connection(text, connection, parts):
    assert read_source(text) == TableName(text, connection, None, parts)
    assert hash(read_source(text)) == hash(read_source(text))


def test_a_table_in_a_file(shop):
    for text, parts in [
        ("shop.duckdb#orders", ("orders",)),
        ('shop.duckdb#"main"."Order Lines"', ("main", "Order Lines")),
        ('shop.duckdb#"a#b"', ("a#b",)),
    ]:
        found = read_source(text)
        assert (found.connection, found.file.name, found.parts) == (None, "shop.duckdb", parts)


def test_a_database_is_known_by_its_first_bytes(shop):
    (shop / "shop.duckdb").rename(shop / "shop.db")
    assert read_source("shop.db#orders").parts == ("orders",)


@pytest.mark.parametrize("text", ["survey:raw.csv", "a#b.csv", "two words: x.csv", "postgres://x"])
def test_an_existing_file_wins(text, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / text).parent.mkdir(exist_ok=True)
    (tmp_path / text).write_text("", encoding="utf-8")
    assert read_source(text).exists()
    assert read_source(tmp_path / text) == tmp_path / text


@pytest.mark.parametrize(
    "text", [r"C:\data\x.csv", "C:/x.csv", "data/x.csv", "a/b:c", "x", "", "#"]
)
def test_what_is_no_table_is_a_path(text):
    assert str(read_source(text)).replace("\\", "/") == (text or ".").replace("\\", "/")


def test_a_file_before_a_hash_that_is_in_a_folder_with_a_hash(shop):
    (shop / "no#1").mkdir()
    (shop / "shop.duckdb").rename(shop / "no#1" / "shop.duckdb")
    assert read_source("no#1/shop.duckdb#orders").file.as_posix() == "no#1/shop.duckdb"


@pytest.mark.parametrize("names", ["", ".", "a..b", "a.", '"".b', ".a"])
def test_an_empty_name_is_refused(names):
    assert refusal(f"shop:{names}") == (
        f"source 'shop:{names}': a name of a table is empty; write shop:table or "
        "shop:schema.table, without a dot at the end"
    )


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("shop:Order Lines", 'write shop:"Order Lines"'),
        ("shop:public.Order Lines", 'write shop:public."Order Lines"'),
        ("shop:public.注文\u3000一覧", 'write shop:public."注文\u3000一覧"'),
    ],
)
def test_a_blank_without_quotes_is_refused_with_what_to_write(text, step):
    assert refusal(text) == (
        f"source {text!r}: a name with blanks stands in double quotes; {step}, and on a command "
        "line all of it in single quotes, which keep the double ones"
    )
    assert isinstance(read_source(step.removeprefix("write ")), TableName)


@pytest.mark.parametrize("names", ['"x', '"a"b', 'a"b"', '"a" b', '"a"."'])
def test_quotes_that_do_not_close_a_whole_name_are_refused(names):
    assert "a double quote opens and closes a whole name, and here one does not; write shop:" in (
        refusal(f"shop:{names}")
    )


def test_four_parts_are_refused():
    assert refusal("shop:a.b.c.d").endswith(
        "names 4 parts, and a table has at most 3 (catalog, schema, table); put a name that has "
        'dots in it into double quotes: shop:"a.b.c.d"'
    )


@pytest.mark.parametrize(
    "text",
    [
        "postgres://ann:s3cret@host/shop",
        "postgres:/ann:s3cret@host/shop",
        "jdbc:postgresql://host/shop?user=ann&password=s3cret",
        "mysql://s3cret",
        "https://host/s3cret.csv",
    ],
)
def test_an_address_is_refused_and_not_repeated(text):
    said = refusal(text)
    assert said.startswith(f"source {text.split(':/')[0]}://… is an address, which may hold a")
    assert ("write into connections.toml" in said) == text.startswith("postgres")
    assert ("write them to a file" in said) != text.startswith("postgres")
    assert "s3cret" not in said


def test_a_password_in_a_table_name_is_refused_and_not_repeated():
    said = refusal("shop:host=db password=s3cret")
    assert "holds a password, which is never part of a table's name" in said
    assert "s3cret" not in said


def test_a_database_without_a_table_is_refused_with_its_tables(shop):
    for text in ("shop.duckdb", "shop.duckdb#"):
        assert refusal(text) == (
            "source 'shop.duckdb' is a database, and no table of it is named; in it are "
            '"Order Lines", orders: write shop.duckdb#"Order Lines"'
        )


def test_a_database_of_one_table_and_one_that_cannot_be_opened(tmp_path):
    with duckdb.connect(tmp_path / "one.ddb") as made:
        made.execute("CREATE SCHEMA raw; CREATE VIEW raw.注文 AS SELECT 1 AS n")
    assert refusal(f"{tmp_path}/one.ddb").endswith(
        f"the only one in it is raw.注文: write {tmp_path}/one.ddb#raw.注文"
    )
    (tmp_path / "none.duckdb").write_text("no database", encoding="utf-8")
    assert refusal(f"{tmp_path}/none.duckdb").endswith(f"write {tmp_path}/none.duckdb#table")


def test_a_database_that_is_not_there_is_refused():
    assert refusal("data/none.duckdb#orders") == (
        "source 'data/none.duckdb#orders': there is no file 'data/none.duckdb'; give the path of a "
        "DuckDB database before '#'"
    )
