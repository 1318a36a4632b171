"""The same answers as pandas, Arrow, CSV, Parquet, a DuckDB relation and an Ibis table: the same
counts and the same results."""

import decimal

import duckdb
import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from ibis.common.exceptions import IbisError
from numpy.testing import assert_allclose

from cxlib import nps
from cxlib.errors import ColumnError, EmptyDataError
from cxlib.nps.counts import Design, _grouped
from cxlib.rows import table

ENGINES = ("pandas", "arrow", "csv", "csv text", "parquet", "relation", "ibis")
DESIGN = {"weight": "weight", "strata": "stratum", "cluster": "店舗"}


def answers(n=600):
    """Answers in three segments and two waves: some without a score, some without a segment, one
    segment without any score."""
    rng = np.random.default_rng(11)
    rows = pd.DataFrame(
        {
            "score": rng.choice([10, 9, 8, 7, 6, 3, 0], n).astype(float),
            "区分": rng.choice(["東京", "서울", "online"], n),
            "wave": rng.choice(["2026Q1", "2026Q2"], n),
            "weight": rng.uniform(0.2, 3.0, n),
            "stratum": np.arange(n) % 2,
            "店舗": [f"店 {i}" for i in np.arange(n) // 2 % 25],
        }
    )
    rows.loc[::17, "score"] = np.nan
    rows.loc[5::29, "区分"] = None
    rows.loc[7, "weight"] = 0.0
    return pd.concat([rows, rows.head(3).assign(score=np.nan, 区分="空")], ignore_index=True)


@pytest.fixture(scope="module")
def forms(tmp_path_factory):
    rows, folder = answers(), tmp_path_factory.mktemp("forms")
    rows.to_csv(folder / "rows.csv", index=False)
    rows.to_parquet(folder / "rows.parquet")
    con, own = (
        duckdb.connect(),
        duckdb.connect(),
    )  # connections of their own, which nobody else can reach
    for each in (con, own):
        each.register("held", rows)
        each.execute("CREATE TABLE answers AS SELECT * FROM held")
    lazy = ibis.duckdb.from_connection(own).table("answers")
    return {
        "pandas": rows,
        "arrow": pa.Table.from_pandas(rows),
        "csv": folder / "rows.csv",
        "csv text": str(folder / "rows.csv"),
        "parquet": folder / "rows.parquet",
        "relation": con.table("answers"),
        "ibis": lazy,
    }


def alike(one, other, **tolerance):
    """Two frames have the same columns and values; numbers within the tolerance."""
    assert list(one.columns) == list(other.columns)
    for name in one:
        if pd.api.types.is_numeric_dtype(one[name]):
            assert_allclose(
                other[name].to_numpy(float), one[name].to_numpy(float), **tolerance, err_msg=name
            )
        else:
            assert other[name].tolist() == one[name].tolist()


@pytest.mark.parametrize("engine", ENGINES)
def test_counts_are_identical(forms, engine):
    one, other = (
        nps.count_scores(forms[form], score="score", by=("wave", "区分"))
        for form in ("pandas", engine)
    )
    pd.testing.assert_frame_equal(one.categories(), other.categories())
    key = ["wave", "区分", "score"]
    pd.testing.assert_frame_equal(
        one.frame.sort_values(key, ignore_index=True),
        other.frame.sort_values(key, ignore_index=True),
    )
    assert one.dropped == other.dropped
    assert one.empty.to_numpy().tolist() == other.empty.to_numpy().tolist()


def test_the_counts_are_those_of_pandas_alone(forms):
    rows = forms["pandas"].dropna(subset=["score"])
    wanted = (
        rows.groupby(["wave", "区分"])["score"]
        .agg(n="size", promoters=lambda s: (s >= 9).sum(), detractors=lambda s: (s <= 6).sum())
        .sort_index()
    )
    found = (
        nps.count_scores(forms["relation"], score="score", by=("wave", "区分"))
        .categories()
        .set_index(["wave", "区分"])
    )
    pd.testing.assert_frame_equal(
        found[wanted.columns].sort_index(), wanted, check_dtype=False, check_index_type=False
    )


MADE = {
    "all": lambda data, **options: nps.score(data, **options),
    "within": lambda data, **options: nps.compare(data, between="wave", by="区分", **options),
}


@pytest.fixture(scope="module")
def of_pandas(forms):
    return {
        (name, bool(options)): make(forms["pandas"], **options)
        for name, make in MADE.items()
        for options in ({}, DESIGN)
    }


@pytest.mark.parametrize("options", [{}, DESIGN], ids=["plain", "design"])
@pytest.mark.parametrize("engine", ["arrow", "csv", "parquet", "relation", "ibis"])
def test_results_are_equal(forms, of_pandas, engine, options):
    for name, make in MADE.items():
        one, other = of_pandas[name, bool(options)], make(forms[engine], **options)
        alike(one.frame, other.frame, rtol=1e-12, atol=1e-12)
        assert one.warnings == other.warnings
        assert one.summary() == other.summary()


@pytest.mark.parametrize("engine", ENGINES[1:])
def test_sums_of_weights_are_equal(forms, engine):
    one, other = (
        nps.count_scores(forms[form], score="score", by="区分", **DESIGN)
        for form in ("pandas", engine)
    )
    key = ["_stratum", "_cluster", "区分", "score"]
    one, other = (
        counts.frame.sort_values(key, ignore_index=True)[[*key, "n", "_weight", "_square"]]
        for counts in (one, other)
    )
    alike(one, other, rtol=1e-12)


def test_a_segment_that_is_missing_is_missing_in_every_engine(forms):
    missing = {
        engine: nps.count_scores(forms[engine], score="score", by="区分") for engine in ENGINES
    }
    rows = forms["pandas"].dropna(subset=["score"])
    assert {counts.dropped["no 区分"] for counts in missing.values()} == {rows["区分"].isna().sum()}
    assert {int(counts.frame["n"].sum()) for counts in missing.values()} == {len(rows)}


@pytest.mark.parametrize(
    "kind",
    ["int64", "float64", "Int64", "Float64", "int8", "uint8", "int64[pyarrow]", "float[pyarrow]"],
)
def test_a_score_may_be_stored_as_any_number(kind):
    rows = pd.DataFrame({"score": [10, 9, 8, 7, 6, 0], "g": list("aabbbb")})
    wanted = nps.count_scores(rows, score="score", by="g")
    stored = nps.count_scores(rows.astype({"score": kind}), score="score", by="g")
    pd.testing.assert_frame_equal(wanted.frame, stored.frame)


def test_decimals_and_missing_values_of_nullable_columns():
    decimals = pa.table(
        {
            "score": pa.array(
                [decimal.Decimal("10.0"), decimal.Decimal("7.5"), None], pa.decimal128(4, 1)
            )
        }
    )
    assert nps.count_scores(decimals, score="score").dropped == {
        "missing": 1,
        "out_of_range": 0,
        "not_whole": 1,
    }
    nullable = pd.DataFrame(
        {"score": pd.array([10, None, 3], "Int64"), "g": pd.array(["a", "a", None], "string")}
    )
    counts = nps.count_scores(nullable, score="score", by="g")
    assert counts.dropped == {"missing": 1, "out_of_range": 0, "not_whole": 0, "no g": 1}


@pytest.mark.parametrize(
    "form",
    [lambda rows: rows, pa.Table.from_pandas, duckdb.from_df],
    ids=["pandas", "arrow", "relation"],
)
def test_categories_without_answers_are_no_segments(form):
    rows = pd.DataFrame(
        {
            "score": [10, 9, 8, 0],
            "g": pd.Categorical(["東京", "서울", "서울", None], ["서울", "東京", "never"]),
        }
    )
    counts = nps.count_scores(form(rows), score="score", by="g")
    assert [str(value) for value in counts.categories()["g"]] == ["東京", "서울"]
    assert counts.dropped["no g"] == 1
    assert counts.empty.empty
    assert nps.compare(counts, between="g").frame[["n_a", "n_b"]].to_numpy().tolist() == [[1, 2]]


@pytest.mark.parametrize(
    "values",
    [
        pd.to_datetime(["2026-01-01", "2026-04-01"] * 5),
        [True, False] * 5,
        [2026, 2025] * 5,
        [2026.0, 2025.0] * 5,
        pd.period_range("2026Q1", periods=2, freq="Q").repeat(5),
    ],
    ids=["days", "bool", "int", "float", "period"],
)
def test_segments_of_other_kinds_are_the_same_in_a_relation(values):
    rows = pd.DataFrame({"score": [10, 9, 8, 7, 6, 5, 10, 10, 0, 0], "g": values})
    held = rows.astype({"g": str}) if isinstance(rows["g"].dtype, pd.PeriodDtype) else rows
    against = "each" if values[0] is True else "previous"  # yes and no have no order in time
    one, two = (
        nps.compare(data, between="g", against=against) for data in (rows, duckdb.from_df(held))
    )
    alike(one.frame.drop(columns=["a", "b"]), two.frame.drop(columns=["a", "b"]), rtol=1e-12)
    assert one.findings() == two.findings()


def test_a_relation_is_counted_where_it_lies():
    con = duckdb.connect()
    con.execute(
        "CREATE TABLE answers AS SELECT i % 11 AS score, 'a''b \"c\" ' || i % 3 AS g FROM "
        "range(1000) t(i)"
    )
    rows = con.sql(
        "SELECT *, score > 5 AS high FROM answers WHERE score < $most", params={"most": 9}
    )
    query = table.lazy_table(rows).group_by("g").agg(n=ibis._.count())
    assert table.fetch(query, rows)["n"].sum() == rows.shape[0]
    with pytest.raises(IbisError):
        query.execute()  # the rows were not copied
    assert con.sql("SELECT count(*) FROM duckdb_views() WHERE NOT internal").fetchall() == [
        (0,)
    ]  # and nothing is left behind
    assert list(nps.score(rows.filter("high"), by="g").frame["g"]) == [
        'a\'b "c" 0',
        'a\'b "c" 1',
        'a\'b "c" 2',
    ]


@pytest.mark.parametrize("kind", ["TABLE", "VIEW", "TEMP VIEW"])
def test_names_in_the_users_database_do_no_harm(kind):
    con = duckdb.connect()
    con.execute(f"CREATE {kind} cx_rows AS SELECT i % 11 AS score FROM range(22) t(i)")
    for rows in (con.table("cx_rows"), con.sql("SELECT score FROM cx_rows")):
        assert nps.count_scores(rows, score="score").frame["n"].tolist() == [2] * 11
    assert nps.count_scores(con.sql("SELECT 10 AS score"), score="score").frame["n"].tolist() == [1]
    assert con.sql("FROM cx_rows").shape == (22, 1)


@pytest.mark.parametrize(
    "design", [{}, {"weight": "w", "strata": "h", "cluster": "j"}], ids=["plain", "design"]
)
def test_another_engine_counts_alike(design, request):
    con = ibis.sqlite.connect()
    request.addfinalizer(con.disconnect)
    con.con.execute("CREATE TABLE answers (score INTEGER, g TEXT, w INTEGER, h TEXT, j INTEGER)")
    rows = [
        (10, "東京", 1, "x", 1),
        (9, None, 2, "x", 2),
        (None, "b", 1, "y", 3),
        (11, "b", 0, "y", 4),
        (3, "b", 3, "y", 5),
        (3, "b", 2, "y", 5),
    ]
    con.con.executemany("INSERT INTO answers VALUES (?, ?, ?, ?, ?)", rows)
    here = pd.DataFrame(rows, columns=list("sgwhj")).rename(columns={"s": "score"})
    one, two = (
        nps.count_scores(data, score="score", by="g", **design)
        for data in (here, con.table("answers"))
    )
    pd.testing.assert_frame_equal(one.frame, two.frame)
    assert one.dropped == two.dropped


@pytest.mark.parametrize("dialect", ["postgres", "bigquery", "snowflake", "trino", "mssql"])
def test_the_query_can_be_said_in_other_dialects(dialect):
    # Spark's cannot be written without a session; its NaN and infinity are those of postgres
    rows = ibis.table(
        {"score": "int32", "g": "string", "w": "decimal(8, 2)", "h": "date", "j": "int64"},
        name="answers",
    )
    for design in ({}, {"cluster": "j"}, {"weight": "w", "strata": "h", "cluster": "j"}):
        assert (
            ibis.to_sql(
                _grouped(rows, "score", ("g",), Design(**design), (0, 10)), dialect=dialect
            ).count("GROUP BY")
            == 1
        )


def test_segments_without_a_score_are_listed_in_their_order():
    rows = pd.DataFrame(
        {"score": [10.0] + [np.nan] * 40, "g": ["x"] + [f"店 {i}" for i in range(40)]}
    )
    found = nps.count_scores(rows.sample(frac=1, random_state=1), score="score", by="g").empty
    assert found["g"].tolist() == [f"店 {i}" for i in range(40)]


@pytest.mark.parametrize(
    "values",
    [[[1], [2]], [{"a": 1}, {"a": 2}], pd.to_timedelta([1, 2], "D")],
    ids=["list", "dict", "span"],
)
@pytest.mark.parametrize("parameter", ["by", "cluster"])
def test_what_names_no_group_is_refused(values, parameter):
    with pytest.raises(ColumnError, match=f"{parameter}='g' holds .* name no group"):
        nps.count_scores(
            pd.DataFrame({"score": [10, 9], "g": values}), score="score", **{parameter: "g"}
        )


def test_what_is_no_table_of_answers_is_refused():
    with pytest.raises(ColumnError, match="without a name"):
        nps.count_scores(pd.DataFrame({"score": [1], "": ["x"]}), score="score")
    with pytest.raises(EmptyDataError, match="no columns"):
        nps.count_scores(pd.DataFrame(), score="score")
    with pytest.raises(ColumnError, match="did you mean 'score'"):
        nps.count_scores(duckdb.sql("SELECT 1 AS score"), score="scores")
