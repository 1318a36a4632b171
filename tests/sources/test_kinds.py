"""A file is named as what it is, and the refusal says how it becomes a table."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from cxlib.errors import SourceError
from cxlib.sources import kinds, read_survey
from cxlib.sources.headers import read_header


@pytest.mark.parametrize("suffix", sorted(kinds._OTHERS))
def test_other_kinds_are_named_with_how_to_go_on(suffix):
    with pytest.raises(SourceError, match=r" is (an?|XML).*, which .*; \w+"):
        kinds.refuse_suffix(Path(f"survey{suffix.upper()}"))


@pytest.mark.parametrize("name", ["survey", "survey.dat", "survey.csv.bak"])
def test_an_unknown_suffix_is_refused_with_those_that_are_read(name):
    with pytest.raises(SourceError, match=r"export the table as one of .csv, .*\.xlsx"):
        kinds.refuse_suffix(Path(name))


@pytest.mark.parametrize("wrong", [".csv", ".xlsx", ".parquet", ".sav", ".jsonl", ".dta"])
def test_a_known_kind_under_another_suffix_is_refused_with_its_own(tmp_path, wrong):
    frame = pd.DataFrame({"a": [1, 2], "b": ["x", "y"]})
    frame.to_excel(tmp_path / "s.xlsx", index=False)
    frame.to_parquet(tmp_path / "s.parquet")
    frame.to_stata(tmp_path / "s.dta", write_index=False, version=118)
    for right in (".xlsx", ".parquet", ".dta"):
        if right == wrong:
            continue
        path = tmp_path / f"wrong{wrong}"
        path.write_bytes((tmp_path / f"s{right}").read_bytes())
        for read in (read_survey, read_header):
            with pytest.raises(SourceError, match=f"give it the suffix {right}"):
                read(path)
        path = path.rename(tmp_path / f"renamed{right}")  # the advice, followed
        assert len(read_survey(path).frame) == 2


@pytest.mark.parametrize(
    ("start", "kind", "suffix"),
    [
        (b"score\n", "", ""),
        (b"PK\x03\x04" + b"." * 30 + b"word/document.xml", "a Word document", ".docx"),
        (
            b"PK\x03\x04" + b"." * 26 + b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet",
            "an OpenDocument spreadsheet",
            "",
        ),
        (b"PK\x03\x04", "an Office file or another zip archive", ""),
        (b"GIF89a", "a picture", ""),
    ],
)
def test_kinds_by_their_first_bytes(start, kind, suffix):
    assert kinds.recognise(start) == (kind, suffix)
