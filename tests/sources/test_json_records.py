"""Records become rows with a column for each key; what is no record is refused with its line."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib.errors import EmptyDataError, SourceError
from cxlib.sources import read_survey
from cxlib.sources.headers import read_header
from cxlib.sources.json_records import rows_of


def test_json_lines(tmp_path):
    path = tmp_path / "s.jsonl"
    path.write_text(
        '{"id": "007", "score": 9, "tags": ["a", "b"], "at": {"day": "2026-07-01"}}\n\n'
        '{"id": "8", "score": null, "ok": true, "why": "早い\\n安い"}\n',
        encoding="utf-8",
    )
    survey = read_survey(path)
    assert list(survey.frame.columns) == ["id", "score", "tags", "at.day", "ok", "why"]
    assert survey.frame["id"].tolist() == ["007", "8"]
    assert survey.frame["score"].isna().tolist() == [False, True]
    assert survey.frame["tags"][0] == '["a", "b"]'
    assert survey.frame["why"][1] == "早い\n安い"
    assert read_header(path).names == list(survey.frame.columns)


def test_an_array_of_records_is_the_same(tmp_path):
    records = [{"a": 1, "b": "x"}, {"a": 2.5}]
    (tmp_path / "s.json").write_text(json.dumps(records, indent=1))
    assert read_survey(tmp_path / "s.json").frame["a"].tolist() == [1.0, 2.5]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a": 1}\n{"a": 1', r"line 2 cannot be read as JSON"),
        ('{"a": 1}\n[1, 2]\n', "line 2 is no object"),
        ("[1, 2]", "record 1 is no object"),
        ('{"a": 1, "a": 2}\n', "'a' stands twice"),
        ('{"a": {"b": 1}, "a.b": 2}\n', "'a.b' stands twice"),
        ('{"a": NaN}\n', "NaN is no value"),
        ('{"a": 1' + "0" * 5000 + "}\n", "line 1"),
        ("[" * 100_000, "cannot be read as JSON"),
        ('{"a":' * 30 + "1" + "}" * 30, "deep"),
        ("{" + ",".join(f'"{n}": 1' for n in range(10_001)) + "}", "10,001 different keys"),
    ],
)
def test_what_is_no_record_is_refused(text, message):
    with pytest.raises(SourceError, match=message):
        rows_of(text, name="s.jsonl")


def test_nothing_is_no_table(tmp_path):
    (tmp_path / "s.json").write_text("[]")
    with pytest.raises(EmptyDataError, match="no cell with content"):
        read_survey(tmp_path / "s.json")


VALUES = st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3)


@given(st.lists(st.dictionaries(st.sampled_from("abc"), VALUES, min_size=1), min_size=1))
def test_every_value_stands_under_its_key(records):
    header, *rows = rows_of("\n".join(map(json.dumps, records)), name="s.jsonl")
    assert [
        {key: cell for key, cell in zip(header, row, strict=True) if cell != ""} for row in rows
    ] == [{k: v for k, v in record.items() if v not in (None, "")} for record in records]
