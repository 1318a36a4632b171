"""The cases, each loaded as it stands into DuckDB, PostgreSQL and Spark: a table says what its file
says, to 1e-9 and word for word, or the same sentence refuses both.

What differs is told here. A table of an export that has several rows of headers is refused, since
no row of a table is the first. Text in a table stays text: groups or waves `1.0` and `1` are two
there, while a column of numbers in a file has one, called `1`. A workbook's sheets are no tables.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import cxlib as cx
from cxlib.errors import CxError
from cxlib.sources import tables
from cxlib.sources.named_connections import end
from cxlib.sources.table_names import write_names
from tests.cases.right import CASES, HERE

SCHEMA = "Cases 事例"
FILES = {"survey", "frame", "orders", "subscriptions", "durations"}
ON_TABLES = [case for case in CASES if not case.file.endswith(".xlsx")]
HEADED = "surveys/qualtrics"  # three rows of headers
# Spark takes half a second for each query: one case of each kind there
ON_SPARK = {
    "surveys/qualtrics_previews_spam_unfinished.csv",
    "surveys/end_labels_instead_of_numbers.csv",
    "surveys/google_forms_korean_time_stamps.csv",
    "surveys/waves_with_a_stray_space.csv",
    "population/weighted_full_precision.csv",
    "events/epoch_zero.csv",
    "events/id_case_space.csv",
    "events/invoices_ddmm_cancelled.csv",
    "events/mixpanel_epoch_seconds.csv",
    "events/negative_duration.csv",
    "events/shopify_offset_with_space.csv",
}
# how a source was opened, which is said of each in its own words
OPENED = re.compile(
    r"responses, \d+ columns|answers were read from|separated by|byte order mark|into memory"
)


def place_of(file):
    return [SCHEMA, Path(file).name]


def loaded():
    """Each file of the cases with its rows: cells of a CSV are text, as an import holds them."""
    given = {value for case in ON_TABLES for value in (case.file, *case.given.values())
             if isinstance(value, str)}  # fmt: skip
    for file in sorted(each for each in given if (HERE / each).is_file()):
        header, *rows = tables.read_rows(HERE / file).rows
        columns = [
            [None if cell == "" else cell for cell in each] for each in zip(*rows, strict=True)
        ]
        kinds = [pa.int64() if isinstance(cells[0], int) else pa.string() for cells in columns]
        yield file, pa.table([*map(pa.array, columns, kinds)], names=header)


@pytest.fixture(scope="module")
def on_duckdb(tmp_path_factory):
    file = tmp_path_factory.mktemp("duckdb") / "cases.duckdb"
    with duckdb.connect(str(file)) as engine:
        engine.execute(f'CREATE SCHEMA "{SCHEMA}"')
        for name, rows in loaded():  # noqa: B007 - DuckDB finds the rows by their name
            engine.execute(f"CREATE TABLE {write_names(place_of(name))} AS FROM rows")
    return f'engine = "duckdb"\nfile = "{file}"'


@pytest.fixture(scope="module")
def on_postgres(postgres_url):
    psycopg = pytest.importorskip("psycopg", reason="PostgreSQL: psycopg is absent")
    kinds = {pa.string(): "text", pa.int64(): "bigint"}
    with psycopg.connect(postgres_url, autocommit=True) as owner:
        owner.execute(f'CREATE SCHEMA "{SCHEMA}"')
        for name, rows in loaded():
            place = write_names(place_of(name))
            columns = ", ".join(f'"{field.name}" {kinds[field.type]}' for field in rows.schema)
            owner.execute(f"CREATE TABLE {place} ({columns})")
            with owner.cursor().copy(f"COPY {place} FROM STDIN") as copy:
                for row in rows.to_pylist():
                    copy.write_row(list(row.values()))
        yield f'url = "{postgres_url}"'
        end()
        owner.execute(f'DROP SCHEMA "{SCHEMA}" CASCADE')


@pytest.fixture(scope="module")
def on_spark(spark_session_url, tmp_path_factory):
    folder = tmp_path_factory.mktemp("spark")
    for name, rows in loaded():
        (table := folder / f"{SCHEMA}.db" / Path(name).name).mkdir(parents=True)
        pq.write_table(rows, table / "part-0.parquet")
    return f'engine = "spark"\nwarehouse = "{folder}"'


@pytest.fixture(scope="module", params=["duckdb", "postgres", "spark"])
def engine_name(request, tmp_path_factory):
    said = request.getfixturevalue(f"on_{request.param}")
    file = tmp_path_factory.mktemp("settings") / "connections.toml"
    file.write_text(f"[shop]\n{said}\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("CX_CONNECTIONS", str(file))
        yield request.param
        end()


def in_tables(given):
    """Parameters with the tables in place of their files."""
    return {
        key: f"shop:{write_names(place_of(value))}" if value and key in FILES else value
        for key, value in given.items()
    }


def outcome(study, given):
    """What is said and counted, or the sentence that refuses; sources are called by their file."""
    try:
        said, frames = {"nps": of_nps, "bias": of_bias, "retention": of_retention}[study](given)
    except CxError as error:
        said, frames = [f"{type(error).__name__}: {error}"], []
    for key in FILES & {*given}:
        if given[key]:
            file = Path(given[key]).name.rpartition('."')[2].strip('"')
            said = [line.replace(given[key], file) for line in said]
    return [line for line in said if not OPENED.search(line)], frames


@functools.cache
def of_file(number):
    case = ON_TABLES[number]
    return outcome(case.study, case.parameters())


def told(reading):
    parts = (reading.notes, reading.warnings, reading.flags)
    return [str(reading.subject), *(str(each) for part in parts for each in (*part, "–"))]


def of_nps(given):
    p = cx.nps.Parameters.parse(given)
    answers = cx.nps.read(p)
    how = {"by": answers.by, "scale": p.scale, "unread": answers.unread, **answers.design}
    counts = cx.nps.count_scores(answers.rows, score=p.score, **how)
    said = [answers.summary(), str(answers.wave), answers.against, str(counts.dropped)]
    nps = cx.nps.score(counts, by=p.wave_column)
    return told(answers) + said, [answers.read.frame, counts.categories(), nps.frame]


def of_bias(given):
    p = cx.bias.Parameters.parse(given)
    sample = cx.bias.read(p)
    weights = cx.bias.rake(sample.respondents, targets=sample.targets, weight=p.weight)
    nps = cx.bias.estimate_nps(
        sample.respondents, score=p.score, weights=weights, scale=p.scale, **p.design
    )
    return [*told(sample), *map(str, nps.warnings)], [sample.read.frame, nps.frame]


def of_retention(given):
    p = cx.retention.Parameters.parse(given)
    data = cx.retention.read(p, today=dt.date(2026, 11, 1))
    log = {"customer": p.customer, "time": p.time, "zone": p.zone, "as_of": p.as_of}
    cohorts = cx.retention.count_cohorts(
        data.events, **log, period=p.period, duplicates=p.duplicates, value=data.told_apart_by
    )
    durations = cx.retention.follow_customers(data, **log, gap_days=p.gap_days)
    revenue = cx.retention.revenue(
        data.events, **log, period=p.period, value=p.value, duplicates=p.duplicates, resamples=0
    )
    contract = cx.retention.contract(cohorts, durations, records=data)
    movements, curve = cx.retention.movements(cohorts), cx.retention.survival(durations)
    said = [str(data.as_of), *map(str, (*contract.warnings, *revenue.warnings, *curve.warnings))]
    frames = [getattr(each, "frame", pd.DataFrame()) for each in (movements, curve, revenue)]
    return told(data) + said, [data.read.frame, contract.table().written(), *frames]


@pytest.mark.parametrize("number", range(len(ON_TABLES)), ids=lambda n: f"{ON_TABLES[n].file}-{n}")
def test_a_table_says_what_its_file_says(number, engine_name):
    case = ON_TABLES[number]
    if engine_name == "spark" and case.file not in ON_SPARK:
        pytest.skip("one case of each kind is asked of Spark")
    said, frames = outcome(case.study, in_tables(case.parameters()))
    if case.file.startswith(HEADED):
        assert "rows of it are headers of the export" in said[0]
        return
    there, numbers = of_file(number)
    assert said == there
    for frame, wanted in zip(frames, numbers, strict=True):
        pd.testing.assert_frame_equal(frame, wanted, rtol=0, atol=1e-9, check_dtype=False)
