"""A source of columns in groups, and what the engine is asked of many rows, against the same rows
pulled."""

import duckdb
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cxlib as cx
from cxlib.errors import ColumnError, CxError, ParameterError, SourceError
from cxlib.nps import grouped_reading, reading
from cxlib.nps.parameters import Parameters
from cxlib.rows import tallies
from cxlib.sources import grouped_checks, grouped_surveys
from cxlib.sources.grouped_rows import GroupedRows, open_rows
from cxlib.sources.long_files import refuse_long
from cxlib.sources.repeated_rows import warn_of_identical

QUICK = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))


def rows_of(folder, frame):
    path = folder / "rows.parquet"
    frame.to_parquet(path, index=False)
    return open_rows(path)


def refusal(call):
    try:
        call()
    except CxError as error:
        return type(error), str(error)
    return None


@QUICK
@given(
    st.lists(st.tuples(st.integers(0, 20), st.sampled_from("ab")), min_size=1, max_size=30),
    st.booleans(),
)
def test_the_engine_finds_the_rows_that_are_there_twice(tmp_path_factory, ids, odd):
    frame = pd.DataFrame(ids, columns=["id", "letter"]).assign(score=9)
    frame["id"] = frame["id"].where(frame["id"] != 20) if odd else frame["id"]
    rows = rows_of(tmp_path_factory.mktemp("rows"), frame)
    said, notes = grouped_checks.warn_of_identical(rows, len(frame))
    assert list(map(str, said)) == list(map(str, warn_of_identical(frame)))
    assert notes == ()


def test_more_rows_than_are_compared_are_told(tmp_path, monkeypatch):
    monkeypatch.setattr(grouped_checks, "MOST_COMPARED", 2)
    rows = rows_of(tmp_path, pd.DataFrame({"id": [1, 1, 2], "score": [9, 9, 9]}))
    said, (note,) = grouped_checks.warn_of_identical(rows, 3)
    assert (said, note.values["n"]) == ((), 3)
    for language in ("en", "ja", "ko"):
        assert "3" in note.text(language)


@QUICK
@given(
    stores=st.integers(1, 4),
    counts=st.lists(st.integers(0, 9), min_size=44, max_size=44),
    beside=st.sampled_from(["nothing", "id", "share", "gap"]),
)
def test_the_engine_finds_a_table_of_numbers(tmp_path_factory, stores, counts, beside):
    cells = [(f"s{store}", score) for store in range(stores) for score in range(11)]
    frame = pd.DataFrame(cells, columns=["store", "score"])
    frame["answers"] = counts[: len(frame)]
    if beside == "id":
        frame["respondent"] = [f"r{i}" for i in range(len(frame))]
    if beside == "share":
        frame["part"] = frame["answers"] / 7 + 0.01
    if beside == "gap":
        frame = frame.drop(index=[3])
    rows = rows_of(tmp_path_factory.mktemp("rows"), frame)
    how = {"score": "score", "path": rows.path}
    found = refusal(lambda: grouped_checks.refuse_tally(rows, frame["score"], len(frame), **how))
    asked = tallies.find_tally(frame, "score")
    if asked is not None and len(asked.counts) == 1 and not frame["score"].is_unique:
        assert found == refusal(lambda: tallies.refuse_tally(frame, rows.path, score="score"))
        assert found[0] is ParameterError
    elif asked is None:
        assert found is None


def test_the_engine_finds_one_row_a_question(tmp_path):
    pairs = [(person, question) for person in range(5) for question in ("nps", "csat")]
    frame = pd.DataFrame(pairs, columns=["person", "question"]).assign(answer=9)
    rows = rows_of(tmp_path, frame)
    found = refusal(lambda: grouped_checks.refuse_long(rows))
    assert found[0] is SourceError
    assert (
        refusal(lambda: refuse_long(frame, name="rows.parquet"))[1].split("'nps'")[0][:60]
        == (found[1][:60])
    )
    twice = pd.concat([frame, frame])
    assert refusal(lambda: grouped_checks.refuse_long(rows_of(tmp_path, twice))) is None
    one = frame[frame["question"] == "nps"]
    assert refusal(lambda: grouped_checks.refuse_long(rows_of(tmp_path, one))) is None


def test_the_engine_finds_a_column_per_option(tmp_path):
    chosen = [0, 3, 10, 10, 9]
    frame = pd.DataFrame(
        {f"Likely - {i}": [1.0 if each == i else None for each in chosen] for i in range(11)}
    )
    rows = rows_of(tmp_path, frame)
    found = refusal(lambda: grouped_checks.refuse_options(rows, "Likely - 3"))
    assert found[0] is ColumnError
    assert "one column per option, 11" in found[1]
    items = pd.DataFrame({f"item_{i}": [1, 2, 3] for i in range(11)})
    assert (
        refusal(lambda: grouped_checks.refuse_options(rows_of(tmp_path, items), "item_3")) is None
    )


def test_too_many_groups_are_refused_with_the_column_to_make_coarser(tmp_path, monkeypatch):
    frame = pd.DataFrame({"score": [9, 10] * 50, "wave": "2026Q1", "who": range(100)})
    rows = rows_of(tmp_path, frame)
    with pytest.raises(SourceError, match=r"more than 40 groups, and 'who' has the most values"):
        rows.group(["score", "wave", "who"], most=40)
    assert len(rows.group(["score", "wave"], most=40)) == 2


def test_a_count_that_memory_has_no_room_for_is_refused_with_the_setting(tmp_path):
    rows = rows_of(tmp_path, pd.DataFrame({"score": [9, 10] * 50}))
    refused = rows._unread(duckdb.OutOfMemoryException("could not allocate block"))
    assert "'rows.parquet' takes more memory" in str(refused)
    assert "set CX_DUCKDB_MEMORY in the environment (4GB, say; 1GB where it" in str(refused)


def test_a_study_sends_three_queries_of_rows(tmp_path, monkeypatch):
    frame = pd.DataFrame(
        {
            "score": [9, 10, 0, 5] * 300,
            "wave": ["2026Q1", "2026Q2"] * 600,
            "shop": ["a", "b", "c"] * 400,
            "who": [f"c{i}" for i in range(1200)],
            "w": [1.5, 0.5] * 600,
            "store": [f"s{i % 7}" for i in range(1200)],
            "words": "bad",
        }
    )
    path = tmp_path / "rows.parquet"
    frame.to_parquet(path)
    sent = []
    for name in ("_fetch", "_fetch_encoded"):
        given = getattr(GroupedRows, name)
        monkeypatch.setattr(
            GroupedRows,
            name,
            lambda self, query, given=given: sent.append(query) or given(self, query),
        )
    monkeypatch.setattr(grouped_surveys, "FEW_ROWS", 0)
    monkeypatch.setattr(grouped_checks, "MOST_COMPARED", 0)
    columns = {"weight": "w", "cluster": "store", "respondent": "who", "comment": "words"}
    p = Parameters(survey=path, segment="shop", columns=columns)
    answers = cx.nps.read(p)
    cx.nps.count_scores(answers.rows, score="score", by=answers.by, **answers.design)
    # the first thousand rows, by which it is told what is no status; then groups, people, clusters
    assert len(sent) == 4


def test_rows_of_most_missing_waves_are_looked_at_in_their_order(tmp_path, monkeypatch):
    blocks = pd.DataFrame(
        {"score": [9, 8, 3, 10, 10, 1], "wave": ["Q1", None, None, "Q2", None, None]}
    )
    path = tmp_path / "rows.parquet"
    blocks.to_parquet(path)
    with pytest.raises(ColumnError, match="fill it down"):
        reading._answers(
            grouped_reading.read_survey(Parameters(survey=path)), (), Parameters(survey=path)
        )


def test_a_status_with_many_values_costs_no_groups(tmp_path):
    n = 5000
    frame = pd.DataFrame(
        {
            "score": [9, 3] * (n // 2),
            "wave": "2026Q1",
            "submitdate": [
                None if i % 10 == 0 else f"2026-01-01 00:{i % 60:02}:{i}" for i in range(n)
            ],
            "lastpage": 3,
            "words": [None] * 2000 + [f"text {i}" for i in range(n - 2000)],
        }
    )
    path = tmp_path / "rows.parquet"
    frame.to_parquet(path)
    p = Parameters(survey=path)
    grouped = reading._answers(grouped_reading.read_survey(p), (), p)
    pulled = reading._read_rows(p)
    assert grouped.read.frame.to_dict("list") == pulled.read.frame.to_dict("list")
    assert list(map(str, grouped.notes)) == list(map(str, pulled.notes))
    assert len(grouped.rows.groups) == 2
