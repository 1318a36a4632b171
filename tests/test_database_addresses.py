"""An address of a database is refused with the lines that work in its place, and no password."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib.database_addresses import what_to_write
from cxlib.errors import ParameterError
from cxlib.secrecy import refuse_secrets
from cxlib.sources.connection_settings import read_settings
from cxlib.sources.table_names import read_source

SECRET = "s3cretWörd"


def lines_of(said):
    return said.partition("the lines\n")[2].rpartition("\n")[0]


@pytest.mark.parametrize("slashes", ["//", "/"])
@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "POSTGRES"])
@pytest.mark.parametrize(
    ("rest", "wanted"),
    [
        (f"ann:{SECRET}@db.example:5433/shop", ("shop", "db.example", 5433, "shop", "ann", True)),
        (f"ann:{SECRET}@db.example/Shop-2", ("Shop-2", "db.example", None, "Shop-2", "ann", True)),
        ("ann@10.0.0.1/s", ("warehouse", "10.0.0.1", None, "s", "ann", False)),
        ("db.example/shop?sslmode=require", ("shop", "db.example", None, "shop", None, False)),
        (f"db/shop?user=ann&password={SECRET}", ("shop", "db", None, "shop", None, True)),
    ],
)
def test_the_lines_are_a_connection(tmp_path, monkeypatch, scheme, slashes, rest, wanted):
    said = what_to_write(f"{scheme}:{slashes}{rest}", parameter="survey")
    name, host, port, database, user, secret = wanted
    monkeypatch.setenv("CX_CONNECTIONS", str(tmp_path / "connections.toml"))
    (tmp_path / "connections.toml").write_text(lines_of(said), encoding="utf-8")
    found = read_settings(name)
    assert (found.host, found.port, found.database, found.user) == (host, port, database, user)
    assert (found.password is not None) == secret
    if secret:
        assert f"set the environment variable {found.password.partition('//')[2]}, and" in said
    assert said.endswith(f"give survey={name}:schema.table")
    source = read_source(said.rpartition("survey=")[2])
    assert (source.connection, source.parts) == (name, ("schema", "table"))
    assert SECRET not in said


@given(
    user=st.text("abc:/@?#.%", max_size=8),
    secret=st.text("XYZ:/@?#.%1", min_size=4, max_size=12),
    rest=st.text("abc:/@?#.%", max_size=12),
)
def test_no_part_of_a_password_is_taken_for_something_else(user, secret, rest):
    said = what_to_write(f"postgres://{user}:{secret}@{rest}")
    told = re.sub(r'"(secret://)?\w+"|\[\w+\]', "", lines_of(said)).replace("postgres", "")
    for part in re.findall(r"[XYZ]+", secret):
        assert part not in told


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("spark://host:7077", 'master = "spark://host:7077"'),
        ("duckdb:///data/shop.duckdb", "give the file itself and a table of it: survey=shop"),
    ],
)
def test_other_engines_have_their_own_words(address, said):
    assert said in what_to_write(address, parameter="survey")


@pytest.mark.parametrize("text", ["C:/a.csv", "https://host/a.csv", "shop:orders", "mysql://h/d"])
def test_what_is_no_such_address_has_none(text):
    assert what_to_write(text) == ""


@pytest.mark.parametrize("address", [f"postgres://ann:{SECRET}@db.example/shop"])
def test_a_parameter_is_refused_with_them(address):
    with pytest.raises(ParameterError) as refused:
        refuse_secrets({"orders": address})
    assert 'host = "db.example"' in str(refused.value)
    assert str(refused.value).endswith("give orders=shop:schema.table")
    assert SECRET not in str(refused.value)
