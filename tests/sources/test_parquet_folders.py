"""Folders of Parquet: all files are one table, or the one that is not like the others is named."""

import datetime as dt

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib import sources
from cxlib.errors import ColumnError, ParameterError, SourceError
from cxlib.nps.parameters import Parameters
from cxlib.report import provenance
from cxlib.sources import database_files
from cxlib.sources.columnar import open_columns, read_columns
from cxlib.sources.headers import read_header

READERS = (sources.read_survey, sources.read_list, read_header, open_columns, read_columns)
ANSWERS = pd.DataFrame({"id": ["007", "b"], "score": [9, 3]})


def write(folder, **files):
    """Write frames or Arrow tables, by their path below a folder (`__` for a slash)."""
    for name, rows in files.items():
        path = folder / f"{name.replace('__', '/')}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        table = rows if isinstance(rows, pa.Table) else pa.Table.from_pandas(rows)
        pq.write_table(table, path)
    return folder


def rows(folder):
    """Return the rows by both ways, which must be the same."""
    here = read_columns(folder).to_pylist()
    there = open_columns(folder).to_pyarrow().to_pylist()
    key = repr
    assert sorted(here, key=key) == sorted(there, key=key)
    return sorted(here, key=key)


def test_files_are_one_table_in_any_order_of_columns(tmp_path):
    folder = write(tmp_path / "answers 回答[1]", a=ANSWERS, b__c=ANSWERS[["score", "id"]])
    assert rows(folder) == [{"id": "007", "score": 9}] * 2 + [{"id": "b", "score": 3}] * 2
    assert read_header(folder).names == ["id", "score"]
    survey = sources.read_survey(folder)
    assert survey.n == 4
    assert survey.notes[0].text() == "answers 回答[1]: 4 responses, 2 columns, types as stored."


def test_partitions_are_columns_of_text(tmp_path):
    whole = pd.DataFrame(
        {
            "score": range(8),
            "wave": ["2026/Q1", "2026/Q2"] * 4,
            "store": ["007", None, "東京 駅", "8"] * 2,
        }
    )
    folder = tmp_path / "answers"
    duckdb.from_df(whole).write_parquet(str(folder), partition_by=["wave", "store"])
    assert [row["store"] for row in rows(folder)].count("007") == 2
    read = sources.read_survey(folder).frame.sort_values("score").reset_index(drop=True)
    expected = whole.assign(store=whole["store"].where(whole["store"].notna(), None))
    pd.testing.assert_frame_equal(
        read.astype(object), expected.astype(object), check_dtype=False, check_like=True
    )


def test_what_spark_writes_beside_the_rows_is_no_part_of_them(tmp_path):
    folder = write(tmp_path / "orders", **{"part-0": ANSWERS, "_temporary__part-1": ANSWERS})
    for name in ("_SUCCESS", ".part-0.parquet.crc"):
        (folder / name).touch()
    assert len(rows(folder)) == 2


ODD = {
    "a column more": (ANSWERS.assign(extra=1), "'extra'.*'b.parquet' has int64.*no such column"),
    "a column less": (ANSWERS[["id"]], "'score'.*'b.parquet' has no such column"),
    "text for a number": (ANSWERS.astype({"score": str}), "'score' is not the same in all files"),
    "a number for text": (ANSWERS.assign(id=[7, 8]), "'id' is not the same in all files"),
}


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("reader", READERS)
def test_a_file_with_other_columns_is_named(tmp_path, reader, odd):
    other, said = ODD[odd]
    with pytest.raises(ColumnError, match=said):
        reader(write(tmp_path / "answers", a=ANSWERS, b=other))


def test_types_that_mean_the_same_are_read_as_the_widest(tmp_path):
    moment = dt.datetime(2026, 7, 1, 9, 30)
    first = pa.table(
        {
            "n": pa.array([1], pa.int32()),
            "t": pa.array(["a"], pa.string()),
            "at": pa.array([moment], pa.timestamp("ms")),
            "empty": pa.array([None], pa.null()),
        }
    )
    second = pa.table(
        {
            "n": pa.array([2.5]),
            "t": pa.array(["b"]).dictionary_encode(),
            "at": pa.array([moment], pa.timestamp("us")),
            "empty": pa.array(["x"], pa.large_string()),
        }
    )
    found = rows(write(tmp_path / "answers", a=first, b=second))
    assert [row["n"] for row in found] == [1.0, 2.5]
    assert [row["t"] for row in found] == ["a", "b"]
    assert [row["at"] for row in found] == [moment] * 2
    assert {row["empty"] for row in found} == {None, "x"}


def test_a_folder_that_is_no_table_is_refused(tmp_path):
    def refused(kind, said, folder):
        for reader in READERS:
            with pytest.raises(kind, match=said):
                reader(folder)

    mixed = write(tmp_path / "mixed", a=ANSWERS)
    (mixed / "late.csv").write_text("id,score\n1,2\n")
    refused(SourceError, r"also holds 'late\.csv', whose rows would be left out", mixed)
    keys = write(tmp_path / "keys", **{"wave=1__a": ANSWERS, "b": ANSWERS})
    refused(SourceError, r"'wave=1/a\.parquet' has the partitions wave, and 'b", keys)
    delta = write(tmp_path / "delta", a=ANSWERS)
    (delta / "_delta_log").mkdir()
    refused(
        SourceError, "is a table of Delta, whose folder also holds rows that were deleted", delta
    )
    twice = write(tmp_path / "twice", **{"score=1__a": ANSWERS})
    refused(ColumnError, "'score' is a partition .* and a column of the files", twice)
    broken = write(tmp_path / "broken", a=ANSWERS)
    (broken / "b.parquet").write_bytes(b"PAR1 and nothing")
    refused(SourceError, r"'b\.parquet' in 'broken' is not what its suffix says", broken)
    empty = tmp_path / "empty"
    empty.mkdir()
    refused(SourceError, "is a folder without a Parquet file in it; give the path", empty)


@pytest.mark.parametrize("order", ["abc", "cab", "bca"])
def test_ids_that_fractions_would_round_are_refused(tmp_path, order):
    ids = ([7], [7.5], [9007199254740993])
    parts = {name: pd.DataFrame({"id": given}) for name, given in zip(order, ids, strict=True)}
    with pytest.raises(
        ColumnError, match=r"'id' has whole numbers in .* beyond 2\^53, and fractions"
    ):
        sources.read_list(write(tmp_path / "answers", **parts))


@pytest.mark.parametrize("other", ["score", "SCORE"])
def test_names_that_the_engine_does_not_tell_apart_are_refused(tmp_path, other):
    columns = pa.Table.from_arrays([pa.array([9]), pa.array([1])], ["score", other])
    for reader in READERS:
        with pytest.raises(ColumnError, match=f"'score' and '{other}' differ in capital letters"):
            reader(write(tmp_path / "answers", a=columns))


@pytest.mark.parametrize("within", ["a", "wave=1__a"])
def test_a_folder_above_changes_no_column(tmp_path, within):
    """DuckDB alone would make Japan of Korea."""
    folder = tmp_path / "Country=JP" / "answers"
    rows = ANSWERS.assign(country="KR")
    for reader in READERS:
        with pytest.raises(ColumnError, match="'country' is a column of it, and a folder above"):
            reader(write(folder, **{within: rows}))
    file = write(tmp_path / "country=JP", a=rows) / "a.parquet"
    for reader in (sources.read_list, lambda path: open_columns(path).execute()):
        found = reader(file)
        assert set(getattr(found, "frame", found)["country"]) == {"KR"}
    elsewhere = write(tmp_path / "region=JP" / "answers", **{within: rows})
    assert sources.read_survey(elsewhere).frame["country"].tolist() == ["KR", "KR"]


def test_too_many_cells_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(database_files, "MOST_CELLS", 7)
    with pytest.raises(SourceError, match=r"'answers' has 4 rows of 2 columns, .* at most 7 "):
        sources.read_survey(write(tmp_path / "answers", a=ANSWERS, b=ANSWERS))


@given(st.lists(st.lists(st.integers(0, 10), max_size=4), min_size=1, max_size=4))
def test_no_row_is_lost_and_none_is_there_twice(tmp_path_factory, scores):
    parts = {
        f"p{n}": pd.DataFrame({"score": pd.array(part, "int64")}) for n, part in enumerate(scores)
    }
    folder = write(tmp_path_factory.mktemp("a") / "answers", **parts)
    found = [row["score"] for row in rows(folder)]
    assert sorted(found) == sorted(score for part in scores for score in part)


def test_a_parameter_takes_a_folder_whose_change_is_seen(tmp_path):
    folder = write(tmp_path / "answers", a=ANSWERS)
    given = {"survey": str(folder), "score": "score"}
    assert Parameters.parse(given).survey == folder
    [before] = provenance.inputs({"survey": folder}, root=tmp_path)
    assert read_header(folder).names == ["id", "score"]
    write(folder, a=ANSWERS.assign(more=1))
    [after] = provenance.inputs({"survey": folder}, root=tmp_path)
    assert before["sha256"] != after["sha256"]
    assert read_header(folder).names == ["id", "score", "more"]
    (tmp_path / "empty").mkdir()
    with pytest.raises(ParameterError, match="is a folder; give the path of a file"):
        Parameters.parse(given | {"survey": str(tmp_path / "empty")})
