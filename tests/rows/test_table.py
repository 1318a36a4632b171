"""Rows in any form are one table, with the same counts."""

from __future__ import annotations

import gc

import duckdb
import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cxlib.errors import ColumnError, EmptyDataError, SourceError
from cxlib.rows import table

FRAME = pd.DataFrame({"顧客": ["a", "b", "b"], "score": [1, 10, 10]})


def forms(folder):
    FRAME.to_csv(folder / "s.csv", index=False)
    FRAME.to_parquet(folder / "s.parquet")
    return {
        "pandas": FRAME,
        "arrow": pa.Table.from_pandas(FRAME),
        "ibis": ibis.memtable(FRAME),
        "csv": folder / "s.csv",
        "csv as text": str(folder / "s.csv"),
        "parquet": folder / "s.parquet",
        "duckdb": duckdb.connect().from_arrow(pa.Table.from_pandas(FRAME)),
    }


@pytest.mark.parametrize(
    "form", ["pandas", "arrow", "ibis", "csv", "csv as text", "parquet", "duckdb"]
)
def test_counts_are_the_same_in_every_form(tmp_path, form):
    rows = table.as_table(forms(tmp_path)[form])
    counts = (
        rows.group_by("顧客")
        .agg(n=lambda t: t.count(), total=lambda t: t.score.sum())
        .order_by("顧客")
    )
    assert counts.to_pyarrow().to_pylist() == [
        {"顧客": "a", "n": 1, "total": 1},
        {"顧客": "b", "n": 2, "total": 20},
    ]


def test_an_ibis_table_is_handed_on_and_a_frame_is_not_changed():
    given_table = ibis.memtable(FRAME)
    assert table.as_table(given_table) is given_table
    numbered = pd.DataFrame([[1, 2]])
    assert table.as_table(numbered).columns == ("0", "1")
    assert numbered.columns.tolist() == [0, 1]


@pytest.mark.parametrize("zone", [None, "UTC", "Asia/Tokyo"])
def test_moments_with_nanoseconds_are_cut_to_microseconds(tmp_path, zone):
    """As older pandas has and writes them; rounded, the last one of a day would be of the next."""
    last = pd.Series(
        pd.DatetimeIndex(["2024-01-31 23:59:59.999999999"], tz=zone, dtype=None)
    ).dt.as_unit("ns")
    frame = pd.DataFrame({"at": last})
    frame.to_parquet(tmp_path / "s.parquet")
    assert pq.read_schema(tmp_path / "s.parquet").field("at").type.unit == "ns"
    cut = last.dt.as_unit("us").dt.tz_convert("UTC")[0] if zone else last.dt.as_unit("us")[0]
    for data in (frame, tmp_path / "s.parquet"):
        column = table.as_table(data)["at"]
        assert column.type().is_timestamp()
        assert (column.type().timezone is not None) == (zone is not None)
        found = pd.Timestamp(table.without_nanoseconds(column).max().to_pyarrow().as_py())
        assert (found.tz_convert("UTC") if zone else found) == cut


@pytest.mark.parametrize(
    ("name", "content", "error", "message"),
    [
        ("none.csv", None, SourceError, "there is no file"),
        ("s.xlsx", b"PK", SourceError, "read_survey"),
        ("s.csv", b"", EmptyDataError, "is empty"),
        ("s.csv", "名,点\nあ,1\n".encode("cp932"), SourceError, "UTF-8 .*read_survey"),
        ("s.parquet", b"a,b\n1,2\n", SourceError, "cannot be read"),
    ],
)
def test_files_that_cannot_be_read_are_one_refusal(tmp_path, name, content, error, message):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(error, match=message):
        table.as_table(tmp_path / name)


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
@pytest.mark.parametrize("name", ["s[1]", "s*", "s?", "s(1)", "[s]*?"])
def test_a_files_name_is_no_pattern(tmp_path, name, suffix):
    for stem, score in (("s1", 1), (name, 2)):
        frame, path = pd.DataFrame({"score": [score]}), tmp_path / f"{stem}.{suffix}"
        frame.to_csv(path, index=False) if suffix == "csv" else frame.to_parquet(path)
    assert table.as_table(path).execute()["score"].tolist() == [2]


def test_other_things_are_refused():
    with pytest.raises(SourceError, match="data is a list; give a pandas frame"):
        table.as_table([1, 2])
    with pytest.raises(EmptyDataError, match="no columns"):
        table.as_table(pd.DataFrame())


def test_words_are_not_numbers():
    rows = table.as_table(FRAME)
    table.numeric(rows, score="score", weight=None)
    with pytest.raises(
        ColumnError, match=r"score='顧客' holds string, not numbers; .*parse_scores"
    ):
        table.numeric(rows, score="顧客")
    with pytest.raises(ColumnError, match=r"score='scor': .* did you mean 'score'"):
        table.numeric(rows, score="scor")


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "two columns named 'a'"),
        (pd.DataFrame([[1, 2]], columns=["a", ""]), "without a name"),
    ],
)
def test_frames_that_the_engine_could_not_take_are_refused(frame, message):
    with pytest.raises(ColumnError, match=message):
        table.as_table(frame)


def test_quarters_of_pandas_are_text():
    quarters = pd.period_range("2025Q4", periods=2, freq="Q")
    assert table.as_table(pd.DataFrame({"wave": quarters})).execute()["wave"].tolist() == [
        "2025Q4",
        "2026Q1",
    ]


BANDS = pd.Series(pd.cut([17, 42, float("nan")], [0, 18, 65]))
MIXED = pd.Series([1, "a", None], dtype=object)


@pytest.mark.parametrize(
    ("values", "text"),
    [
        (BANDS, ["(0, 18]", "(18, 65]", None]),
        (BANDS.astype(object), ["(0, 18]", "(18, 65]", None]),
        (BANDS.astype("interval[float64, right]"), ["(0.0, 18.0]", "(18.0, 65.0]", None]),
        (
            pd.Series(pd.PeriodIndex(["2025Q4", None, "2026Q1"], freq="Q")),
            ["2025Q4", None, "2026Q1"],
        ),
        (
            pd.Series(pd.PeriodIndex(["2025Q4", None, "2026Q1"], freq="Q")).astype("category"),
            ["2025Q4", None, "2026Q1"],
        ),
        (MIXED, ["1", "a", None]),
        (MIXED.astype("category"), ["1", "a", None]),
        (pd.Series([2026.0, "2026", None], dtype=object), ["2026", "2026", None]),
        (pd.Series([[1], 2, None], dtype=object), ["[1]", "2", None]),
    ],
)
def test_what_the_engine_has_no_type_for_is_text_by_its_name(values, text):
    """A column that nobody asks for stops nothing; one that should be numbers is refused."""
    rows = table.as_table(pd.DataFrame({"n": [1, 2, 3], "店": values}))
    found = rows.order_by("n").execute()["店"]
    assert [None if pd.isna(value) else value for value in found] == text
    with pytest.raises(ColumnError, match=r"score='店' holds string, not numbers"):
        table.numeric(rows, score="店")


def test_a_word_far_down_a_csv_is_found_before_anything_is_counted(tmp_path):
    (tmp_path / "s.csv").write_text("score\n" + "10\n" * 30_000 + "n/a\n")
    with pytest.raises(ColumnError, match="parse_scores"):
        table.numeric(table.as_table(tmp_path / "s.csv"), score="score")


VALUES = {
    "text": ["a", None, "顧客"],
    "number": [1, 2, 3],
    "part": [0.5, np.nan, 2.0],
    "flag": [True, False, None],
    "moment": pd.to_datetime(["2026-01-01 10:00", None, "2026-03-01 23:59"]),
    "instant": pd.to_datetime(["2026-01-01", None, "2026-03-01"], utc=True),
}


def there(engine):
    return engine.raw_sql("SHOW TABLES").fetchall()


def test_named_rows_are_the_same_rows():
    frame = table.as_table(pd.DataFrame(VALUES))
    rows = frame.mutate(longer=ibis._.text + "!", day=ibis._.moment.date())
    view = table.named(rows)
    assert view.op() is not rows.op()
    pd.testing.assert_frame_equal(view.execute(), rows.execute())


def test_rows_of_which_the_engine_would_change_a_type_stay_as_they_are():
    rows = table.as_table(pd.DataFrame({"x": [1]})).mutate(y=ibis.null("null"))
    before = there(ibis.get_backend())
    assert table.named(rows) is rows
    new = set(there(ibis.get_backend())) - set(before)
    assert not [name for (name,) in new if name.startswith("rows_")]


def test_named_rows_outlive_what_they_were_made_of():
    view = table.named(table.as_table(pd.DataFrame({"x": range(1000)})).mutate(y=ibis._.x * 2))
    gc.collect()
    part = view.filter(view.y > 10).mutate(z=ibis._.x + ibis._.y)
    del view
    gc.collect()
    assert part.z.sum().execute() == 3 * sum(range(6, 1000))


def test_rows_are_not_held_longer_than_they_are_used():
    before = len(table._BEHIND)
    view = table.named(table.as_table(pd.DataFrame({"x": [1]})))
    assert len(table._BEHIND) == before + 1
    del view
    gc.collect()
    assert len(table._BEHIND) == before


def test_on_the_users_own_engine_nothing_is_made():
    own = ibis.duckdb.connect()
    own.raw_sql("CREATE TABLE answers AS SELECT 1 AS x")
    rows = own.table("answers").mutate(y=ibis._.x + 1)
    assert table.named(rows) is rows
    assert there(own) == [("answers",)]
