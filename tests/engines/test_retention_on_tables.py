"""The notebook of retention on tables of PostgreSQL and Spark: the numbers and sentences of files,
cell by cell; and dates and amounts of every writing."""

import ast
import csv
import datetime as dt
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from cxlib import retention
from cxlib.errors import CxError, ParameterError, SourceError
from cxlib.retention.cautions import omissions
from cxlib.sources.named_connections import end
from tests.conftest import ROOT

psycopg = pytest.importorskip("psycopg", reason="PostgreSQL: psycopg is absent")
FILES = {
    "orders": "orders.parquet",
    "customers": "customers.csv",
    "subscriptions": "subscriptions.csv",
}
SCHEMA = "CX 2026"
CHOSEN = {
    "all": {"as_of": "2026-10-01"},
    "some": {
        "only": {"country": "JP"},
        "where": "kind = 'renewal' and amount > 5",
        "start_where": "ordered_at >= '2025-01-01'",
        "clock": "own",
        "zone": "Asia/Tokyo",
        "duplicates": "order_id",
    },
}
DAYS = [dt.date(2024, 1, 5) + dt.timedelta(days=11 * n) for n in range(40)]
# how times are written: type on PostgreSQL, values, parameters
TIMES = {
    "text": ("text", [f"{day}" for day in DAYS], {}),
    "no day": ("text", [*(f"{day}" for day in DAYS), "2024-02-30", "soon"], {}),
    "kanji": ("text", [f"{day:%Y}年{day.month}月{day.day}日" for day in DAYS], {}),
    "day first": ("text", [f"{day:%d/%m/%Y}" for day in DAYS], {}),
    "open": ("text", ["03/04/2024", "05/06/2024", "01/02/2024"], {}),
    "chosen": ("text", ["03/04/2024", "05/06/2024", "01/02/2024"], {"dates": "month first"}),
    "offset": ("text", [f"{day}T09:30:00+09:00" for day in DAYS], {"zone": "America/New_York"}),
    "clocks": (
        "timestamp",
        ["2024-03-10 02:30:00", "2024-11-03 01:30:00", *(f"{day} 23:30:00" for day in DAYS)],
        {"zone": "America/New_York"},
    ),
    "moment": (
        "timestamptz",
        [f"{day} 16:30:00.123456+00" for day in DAYS],
        {"zone": "Asia/Seoul"},
    ),
    "number": ("bigint", [f"{day:%Y%m%d}" for day in DAYS], {}),
    "seconds": (
        "bigint",
        [f"{1704119028 + 864000 * n}" for n in range(40)],
        {"zone": "Asia/Tokyo"},
    ),
    "missing": ("date", [*(f"{day}" for day in DAYS), "", ""], {}),
    "nothing": ("date", ["", "", ""], {}),
    "future": ("date", [*(f"{day}" for day in DAYS), "2999-01-01"], {}),
    "infinite": ("date", [*(f"{day}" for day in DAYS), "infinity"], {}),
}
ON_SPARK = ("text", "no day", "kanji", "clocks", "moment", "missing")
AMOUNTS = {
    "double precision": ["1.25", *["2.5"] * 18, ""],  # two of forty are missing
    "text": ["1,234.50", "2,000.00"],
    "text 2": ["12", "x"],
    "numeric(12, 2)": ["1.25", "2"],
}


def title(name):
    return f"My {name} 表"


def named(connection, name):
    return f'{connection}:"{SCHEMA}"."{title(name)}"'


@pytest.fixture(scope="module")
def shop(postgres_url, tmp_path_factory):
    """The sample company in PostgreSQL and in Spark's folder, as `shop` and `lake`."""
    folder = tmp_path_factory.mktemp("lake")
    host = postgres_url.partition("host=")[2]
    told = folder / "connections.toml"
    told.write_text(
        f'[shop]\nengine = "postgres"\nhost = "{host}"\ndatabase = "postgres"\n'
        f'user = "researcher"\n[again]\nurl = "{postgres_url}"\n'
        f'[lake]\nengine = "spark"\nwarehouse = "{folder}"\n',
        encoding="utf-8",
    )
    with (
        pytest.MonkeyPatch.context() as patched,
        psycopg.connect(postgres_url, autocommit=True) as owner,
    ):
        patched.setenv("CX_CONNECTIONS", str(told))
        owner.execute(f'CREATE SCHEMA "{SCHEMA}"')
        with duckdb.connect() as engine:
            engine.execute("SET TimeZone = 'UTC'")
            for name, file in FILES.items():
                where = str(ROOT / "data" / "sample" / file)
                read = engine.read_parquet if file.endswith("parquet") else engine.read_csv
                load(owner, SCHEMA, title(name), read(where))
                (place := folder / f"{SCHEMA}.db" / title(name)).mkdir(parents=True)
                read(where).write_parquet(str(place / "rows.parquet"))
        yield owner, folder
        end()
        owner.execute(f'DROP SCHEMA "{SCHEMA}" CASCADE')


def load(owner, schema, name, rows):
    kinds = {"VARCHAR": "text", "DOUBLE": "double precision", "DATE": "date"}
    columns = ", ".join(
        f'"{column}" {kinds.get(str(kind), "timestamptz")}'
        for column, kind in zip(rows.columns, rows.types, strict=True)
    )
    owner.execute(f'CREATE TABLE "{schema}"."{name}" ({columns})')
    with owner.cursor() as cursor, cursor.copy(f'COPY "{schema}"."{name}" FROM STDIN') as copy:
        for row in rows.to_arrow_table().to_pylist():
            copy.write_row(list(row.values()))


@pytest.fixture(params=["shop", "lake"])
def connection(request, shop):
    if request.param == "lake":
        request.getfixturevalue("spark_session_url")
    return request.param


def run_cells(given, monkeypatch):
    """Run the notebook's code; return its tables, and the sentences that its cells show."""
    monkeypatch.chdir(ROOT / "notebooks")
    book = json.loads((ROOT / "notebooks" / "04_retention.ipynb").read_text(encoding="utf-8"))
    cells = ["".join(each["source"]) for each in book["cells"] if each["cell_type"] == "code"]
    names, said = {}, []
    for place, cell in enumerate(cells):
        tree = ast.parse(cell)
        shown = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, "cell", "exec"), names)  # noqa: S102 - our own notebook
        names.update(given if place == 0 else {})
        if shown is not None:
            code = compile(ast.Expression(shown.value), "cell", "eval")
            value = eval(code, names)  # noqa: S307 - our own notebook
            if hasattr(value, "_repr_html_"):
                said.append(re.sub("<[^>]+>", "\n", value._repr_html_()))
    tables = {
        name: value.frame
        for name, value in names.items()
        if isinstance(getattr(value, "frame", None), pd.DataFrame)
    }
    return tables, [line for text in said for line in text.splitlines() if line.strip()]


def rows_of(name, frame):
    """Put the rows of a GROUP BY, which have no order, into one."""
    return frame.sort_values(list(frame), ignore_index=True) if name == "silences" else frame


@pytest.fixture(scope="module")
def of_files(tmp_path_factory):
    """The notebook on copies of the sample's files, each as it was first asked for."""
    folder, found = tmp_path_factory.mktemp("files"), {}
    given = {
        name: str(shutil.copy(ROOT / "data" / "sample" / file, folder / file))
        for name, file in FILES.items()
    }

    def run(chosen, monkeypatch):
        if chosen not in found:
            found[chosen] = run_cells({**given, **CHOSEN[chosen]}, monkeypatch)
        return given, *found[chosen]

    return run


@pytest.mark.parametrize("chosen", CHOSEN)
@pytest.mark.parametrize("tables", [[*FILES], ["orders"]], ids=["all", "orders"])
def test_the_notebook_says_what_it_says_on_files(connection, tables, chosen, of_files, monkeypatch):
    files, numbers, sentences = of_files(chosen, monkeypatch)
    here = {name: named(connection, name) for name in tables}
    found, said = run_cells({**files, **CHOSEN[chosen], **here}, monkeypatch)
    assert {*found} == {*numbers}
    for name, frame in found.items():
        pd.testing.assert_frame_equal(
            rows_of(name, frame),
            rows_of(name, numbers[name]),
            rtol=1e-9,
            check_dtype=False,
            obj=name,
        )
    text = "\n".join(said)
    for name in tables:
        written = named(connection, name).replace('"', "&quot;")
        text = text.replace(written, FILES[name]).replace(named(connection, name), FILES[name])
    assert text.splitlines() == sentences


def outcome(orders, **given):
    """What reading and counting say, or the sentence that refuses."""
    today = dt.date(2026, 11, 1)
    try:
        p = retention.Parameters(
            orders=orders, customer="who", time="when", value="amount", customers=None,
            subscriptions=None, segment=None, **given,
        )  # fmt: skip
        data = retention.read(p, today=today)
        log = {"customer": "who", "time": "when", "zone": p.zone, "today": today}
        cohorts = retention.count_cohorts(data.events, **log, value="amount")
        durations = retention.durations_from_orders(data.events, **log, gap_days=90)
        return {
            "events": sorted(map(str, data.events.to_pyarrow()["when"].to_pylist())),
            "notes": [*map(str, data.notes)],
            "warnings": [*map(str, data.warnings)],
            "cohorts": sorted(cohorts.groups.values.tolist()),
            "values": cohorts.values.astype(object).fillna("none").values.tolist(),
            "gaps": sorted(map(str, retention.count_gaps(data.events, **log).frame.values)),
            "as_of": data.as_of,
            "omissions": [*map(str, omissions(durations))],
        }
    except CxError as error:
        return str(error)


def compare(folder, source, rows, **given):
    """Compare a table with the same rows as CSV."""
    file = Path(folder) / "rows.csv"
    with file.open("w", newline="", encoding="utf-8") as text:
        csv.writer(text).writerows([["who", "when", "amount"], *rows])
    found, wanted = outcome(Path(source), **given), outcome(file, **given)
    if isinstance(wanted, str):
        assert found == wanted.replace("rows.csv", source.rpartition("/")[2])
    else:
        assert found == wanted


def rows(times, amounts=("10", "11", "12.5")):
    return [(f"K{n % 7}", time, amounts[n % len(amounts)]) for n, time in enumerate(times)]


def as_table(owner, when, amount, given):
    end()  # a transaction that read the table would keep it from being dropped
    owner.execute(
        f'DROP TABLE IF EXISTS "{SCHEMA}".log; CREATE TABLE "{SCHEMA}".log '
        f'(who text, "when" {when}, amount {amount})'
    )
    with owner.cursor() as cursor, cursor.copy(f'COPY "{SCHEMA}".log FROM STDIN') as copy:
        for row in given:
            copy.write_row([cell or None for cell in row])


@pytest.mark.parametrize("name", TIMES)
def test_times_of_postgres(name, shop, tmp_path):
    kind, times, given = TIMES[name]
    as_table(shop[0], kind, "double precision", rows(times))
    compare(tmp_path, f'shop:"{SCHEMA}".log', rows(times), **given)


@pytest.mark.parametrize("name", ON_SPARK)
def test_times_of_spark(name, shop, spark_session_url, tmp_path):
    kind, times, given = TIMES[name]
    kind = {"text": "VARCHAR", "timestamptz": "TIMESTAMPTZ"}.get(kind, kind)
    (place := shop[1] / f"log{[*TIMES].index(name)}").mkdir()
    with duckdb.connect() as engine:
        engine.execute('CREATE TABLE log (who VARCHAR, "when" VARCHAR, amount DOUBLE)')
        engine.executemany("INSERT INTO log VALUES (?, ?, ?)", [
            [cell or None for cell in row] for row in rows(times)
        ])  # fmt: skip
        chosen = engine.sql(f'SELECT who, CAST("when" AS {kind}) AS "when", amount FROM log')
        chosen.write_parquet(str(place / "rows.parquet"))
    compare(tmp_path, f"lake:{place.name}", rows(times), **given)


@pytest.mark.parametrize("kind", AMOUNTS)
def test_amounts_of_postgres(kind, shop, tmp_path):
    given = rows([f"{day}" for day in DAYS], AMOUNTS[kind])
    as_table(shop[0], "date", kind.removesuffix(" 2"), given)
    compare(tmp_path, f'shop:"{SCHEMA}".log', given)


@pytest.mark.parametrize("kind", ["double precision", "real", "numeric", "numeric(12, 2)"])
def test_amounts_that_are_no_number_are_missing_ones(kind, shop, tmp_path):
    times = [f"{day}" for day in DAYS]
    as_table(shop[0], "date", kind, rows(times, ["1.25", "2.5", "NaN"]))
    with (file := tmp_path / "log.csv").open("w", newline="", encoding="utf-8") as text:
        blank = rows(times, ["1.25", "2.5", ""])
        csv.writer(text).writerows([["who", "when", "amount"], *blank])
    found = outcome(Path(f'shop:"{SCHEMA}".log'))
    assert "13 of 40 rows have no amount in 'amount'" in "".join(found["warnings"])
    assert found == outcome(file)


def test_two_engines_are_refused(shop):
    p = retention.Parameters(
        orders=named("shop", "orders"),
        customers=named("again", "customers"),
        customer="customer_id", time="ordered_at", value="amount", acquired="acquired_on",
        segment="segment", subscriptions=None,
    )  # fmt: skip
    with pytest.raises(ParameterError) as refused:
        retention.read(p)
    assert str(refused.value) == (
        f"sources {named('shop', 'orders')!r} and {named('again', 'customers')!r} lie on two "
        "engines, which no query reaches at once; give tables of one connection, or files in "
        "place of the others"
    )


def test_more_customers_than_postgres_holds_are_refused(shop, monkeypatch):
    monkeypatch.setattr("cxlib.rows.engines.MOST_TEXT", 1000)
    p = retention.Parameters(
        orders=named("shop", "orders"),
        customers=str(ROOT / "data" / "sample" / "customers.csv"),
        customer="customer_id", time="ordered_at", value="amount", acquired="acquired_on",
        segment="segment", subscriptions=None,
    )  # fmt: skip
    data = retention.read(p)
    with pytest.raises(CxError, match=r"3,000 rows of 'cx_customer', .* at most 1,000 are taken"):
        retention.count_cohorts(
            data.events, customer="customer_id", time="ordered_at", acquired=data.customers
        )


def on_a_log(owner):
    """Parameters of a log of days that the owner has made."""
    as_table(owner, "date", "double precision", rows([f"{day}" for day in DAYS]))
    return retention.Parameters(
        orders=f'shop:"{SCHEMA}".log', customer="who", time="when", value="amount",
        customers=None, subscriptions=None, segment=None,
    )  # fmt: skip


def test_rows_that_come_between_the_cells_change_nothing(shop):
    owner, p = shop[0], on_a_log(shop[0])
    data = retention.read(p)
    before = retention.count_cohorts(data.events, customer="who", time="when")
    owner.execute(f"""INSERT INTO "{SCHEMA}".log VALUES ('new', '2025-01-01', 5)""")
    again = retention.count_cohorts(data.events, customer="who", time="when")
    pd.testing.assert_frame_equal(again.groups, before.groups)
    assert (
        retention.count_cohorts(retention.read(p).events, customer="who", time="when").customers
        == before.customers + 1
    )


def test_a_server_that_ends_between_the_cells_is_one_sentence(shop):
    owner, p = shop[0], on_a_log(shop[0])
    events = retention.read(p).events
    pid = events.get_backend().con.info.backend_pid
    owner.execute("SELECT pg_terminate_backend(%s)", [pid])
    with pytest.raises(SourceError, match=r"^connection 'shop': the server ended the") as refused:
        retention.count_cohorts(events, customer="who", time="when")
    assert type(refused.value) is SourceError  # by whose name a report knows a refusal


SLOW = (
    "import sys; from cxlib import retention; retention.read(retention.Parameters(orders="
    "sys.argv[1], customer='who', time='when', value='amount', customers=None, "
    "subscriptions=None, segment=None))"
)


@pytest.fixture
def slow(shop):
    """A view whose rows take half a minute."""
    as_table(shop[0], "date", "double precision", rows([f"{day}" for day in DAYS]))
    shop[0].execute(
        f'CREATE VIEW "{SCHEMA}".slow AS SELECT log.* FROM "{SCHEMA}".log, pg_sleep(30)'
    )
    yield shop[0]
    end()
    shop[0].execute(f'DROP VIEW "{SCHEMA}".slow')


def running(owner):
    query = (
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'cxlib' "
        "AND state = 'active'"
    )
    return owner.execute(query).fetchone()[0]


def test_an_interrupt_leaves_no_query_behind(slow):
    here = [sys.executable, "-c", SLOW, f'shop:"{SCHEMA}".slow']
    with subprocess.Popen(here, cwd=ROOT, stderr=subprocess.PIPE, encoding="utf-8") as asking:
        for _ in range(300):
            if running(slow):
                break
            time.sleep(0.1)
        asking.send_signal(signal.SIGINT)
        said = asking.communicate(timeout=20)[1]
    assert said.rstrip().endswith("KeyboardInterrupt")
    assert running(slow) == 0


def test_a_query_that_takes_too_long_is_one_sentence(slow, monkeypatch, tmp_path):
    told = Path(os.environ["CX_CONNECTIONS"]).read_text(encoding="utf-8")
    (tmp_path / "connections.toml").write_text(
        told.replace("[shop]\n", '[shop]\ntimeout = "1 s"\n'), encoding="utf-8"
    )
    monkeypatch.setenv("CX_CONNECTIONS", str(tmp_path / "connections.toml"))
    with pytest.raises(CxError) as refused:
        retention.read(
            retention.Parameters(
                orders=f'shop:"{SCHEMA}".slow', customer="who", time="when", value="amount",
                customers=None, subscriptions=None, segment=None,
            )
        )  # fmt: skip
    assert str(refused.value) == (
        f"source 'shop:\"{SCHEMA}\".slow': a query took longer than it may, or was cancelled "
        '(canceling statement due to statement timeout); write a longer timeout = "30 min" into '
        "the connection, or count fewer rows with where"
    )
    assert type(refused.value) is SourceError
    assert running(slow) == 0


def test_two_connections_to_one_server_are_two_engines(shop):
    first, second = (
        retention.read(
            retention.Parameters(
                orders=named(name, "orders"), customer="customer_id", time="ordered_at",
                value="amount", customers=None, subscriptions=None, segment=None,
            )
        ).events.get_backend()
        for name in ("shop", "again")
    )  # fmt: skip
    assert first != second
