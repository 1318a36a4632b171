"""SPSS and Stata files are read with what they say of their codes; scales stay numbers."""

from __future__ import annotations

import pandas as pd
import pyreadstat
import pytest

from cxlib.errors import SourceError
from cxlib.rows import scales
from cxlib.sources import read_survey, statistics_files
from cxlib.sources.headers import read_header

LABELS = {
    "segment": {1: "Retail", 2: "Online"},
    "country": {392: "Japan", 410: "Korea", 840: "United States"},
    "score": {0: "Not at all likely", 10: "Extremely likely", 99: "No answer"},
    "stored": {k + 1: f"{k}" if 0 < k < 10 else f"{k} - end" for k in range(11)},
    "band": {1: "18-34", 2: "35-54", 3: "55+"},
}


def frame(n=22):
    return pd.DataFrame(
        {
            "id": [f"{k:03}" for k in range(n)],
            "segment": [float(1 + k % 2) for k in range(n)],
            "country": [float((392, 410, 840)[k % 3]) for k in range(n)],
            "score": [float(k % 11) for k in range(n - 2)] + [99.0, None],
            "stored": [float(k % 11 + 1) for k in range(n)],
            "band": [float(1 + k % 3) for k in range(n)],
            "when": pd.date_range("2026-07-01 09:00", periods=n),
            "weight": [1 + k / 7 for k in range(n)],
            "comment": ["", "とても満足", *["ok"] * (n - 2)],
        }
    )


def saved(folder, data, **more):
    path = folder / "s.sav"
    pyreadstat.write_sav(
        data,
        str(path),
        column_labels={"score": "How likely are you to recommend us?"},
        variable_value_labels=LABELS,
        missing_ranges={"score": [{"lo": 97, "hi": 99}]},
        **more,
    )
    return path


@pytest.mark.parametrize("compress", [False, True])
def test_an_spss_file(tmp_path, compress):
    data = frame()
    path = saved(tmp_path, data, compress=compress)
    survey = read_survey(path)
    found = survey.frame
    assert list(found.columns) == list(data.columns) == read_header(path).names
    assert found["id"].tolist() == data["id"].tolist()
    assert found["segment"].tolist()[:2] == ["Retail", "Online"]
    assert found["country"].tolist()[:3] == ["Japan", "Korea", "United States"]
    assert found["band"].tolist()[:3] == ["18-34", "35-54", "55+"]
    assert found["score"].tolist() == [*[k % 11 for k in range(20)], pd.NA, pd.NA]
    assert found["stored"].tolist() == [k % 11 + 1 for k in range(22)]
    assert found["when"].tolist() == data["when"].tolist()
    assert found["weight"].tolist() == data["weight"].tolist()
    assert found["comment"].isna().tolist() == [True] + [False] * 21
    assert survey.questions["score"] == "How likely are you to recommend us?"
    assert survey.encoding == "sav"
    said = [str(note) for note in survey.notes]
    assert any("'segment', 'country' and 'band'" in note for note in said)
    assert any("declares missing (codes of no answer): 1." in note for note in said)
    assert scales.parse_scores(found["score"]).values.notna().sum() == 20


def test_a_scale_stays_numbers_where_all_answers_stand_at_its_labelled_ends(tmp_path):
    data = frame()
    data["score"] = [0.0, 10.0] * 11
    assert read_survey(saved(tmp_path, data)).frame["score"].tolist() == [0, 10] * 11


def test_a_stata_file(tmp_path):
    path = tmp_path / "s.dta"
    data = frame().drop(columns="when")
    pyreadstat.write_dta(
        data,
        str(path),
        column_labels={"score": "How likely?"},
        variable_value_labels={"segment": LABELS["segment"]},
    )
    survey = read_survey(path)
    assert survey.frame["segment"].tolist()[:2] == ["Retail", "Online"]
    assert survey.frame["score"].tolist()[:11] == list(range(11))
    assert survey.questions["score"] == "How likely?"
    assert survey.encoding == "dta"
    assert read_header(path).names == list(data.columns)


@pytest.mark.parametrize("name", ["s.sav", "s.dta", "s.zsav"])
@pytest.mark.parametrize("content", [b"$FL2", b"a,b\n1,2\n", b"<stata_dta>", b"\x72\x02\x01\x00"])
def test_what_is_damaged_is_refused(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError, match=r"save it again there|suffix"):
        read_survey(tmp_path / name)


def test_a_file_cut_in_the_middle_is_refused(tmp_path):
    path = saved(tmp_path, frame())
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(SourceError, match="cannot be read as an SPSS file"):
        read_survey(path)


def test_more_cells_than_are_read_are_refused_before(tmp_path, monkeypatch):
    monkeypatch.setattr(statistics_files, "_MOST_CELLS", 100)
    with pytest.raises(SourceError, match="9 columns and 22 rows"):
        read_survey(saved(tmp_path, frame()))
