"""Codings and codebooks that do not fit are refused in full."""

from __future__ import annotations

import pandas as pd
import pytest

from cxlib.errors import ColumnError, EmptyDataError, SourceError
from tests.interviews.conftest import read


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        (lambda r: r.drop(columns="coder"), ColumnError, "no column 'coder'"),
        (
            lambda r: r.rename(columns={"code": "Code "}),
            ColumnError,
            "no column 'code'.*did you mean 'Code'",
        ),
        (lambda r: r.iloc[:0], EmptyDataError, "codings='codings.csv' is empty"),
        (
            lambda r: r.assign(document=r["document"].replace("one.vtt", "one.vt")),
            SourceError,
            r"row 1: document='one.vt' is not among the transcripts; did you mean 'one.vtt'\? \(2 "
            r"such rows\)",
        ),
        (
            lambda r: r.assign(end=r["end"].where(r.index != 2, 9999)),
            SourceError,
            "row 3: end=9999 lies outside '二.srt', which has",
        ),
        (lambda r: r.assign(start=r["end"]), SourceError, "must be smaller than end"),
        (lambda r: r.assign(start=-1), SourceError, "row 1: start='-1' must be a whole number"),
        (
            lambda r: r.assign(start="soon"),
            SourceError,
            "row 1: start='soon' must be a whole number",
        ),
        (lambda r: r.assign(start=0.5), SourceError, "row 1: start='0.5' must be a whole number"),
        (
            lambda r: r.assign(code=r["code"].replace("late delivery", "late delivry")),
            SourceError,
            "row 1: code='late delivry' is not in the codebook; did you mean 'late delivery'",
        ),
        (
            lambda r: r.assign(code=r["code"].where(r.index != 3)),
            SourceError,
            "row 4: code='' name the code",
        ),
        (
            lambda r: r.assign(coder=r["coder"].where(r.index != 3)),
            SourceError,
            "row 4: coder='' name who coded",
        ),
    ],
)
def test_codings_that_do_not_fit(folder, change, error, says):
    change(pd.read_csv(folder / "codings.csv")).to_csv(folder / "codings.csv", index=False)
    with pytest.raises(error, match=says):
        read(folder)


def test_codes_are_named_as_the_codebook_writes_them(folder):
    """YAML takes these words for false, a number and a day; a tag for code to run is only text."""
    names = ["no", "007", "2026-01-01"]
    (folder / "codebook.yaml").write_text(
        "codes:\n"
        + "".join(
            f"  - {{name: {name}, theme: null, kind: ~, definition: !!python/name:os.system }}\n"
            for name in names
        ),
        encoding="utf-8",
    )
    rows = pd.read_csv(folder / "codings.csv")
    rows.assign(code=[names[i % 3] for i in range(len(rows))]).to_csv(
        folder / "codings.csv", index=False
    )
    book = read(folder).codebook
    assert book["name"].tolist() == names
    assert set(book["theme"]) == set(book["kind"]) == set(book["definition"]) == {""}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("- a\n- b\n", "no list under 'codes:'"),
        ("codes: []\n", "no list under 'codes:'"),
        ("codes: [{theme: x}]\n", "entry 1.*has no name"),
        ("codes: [{name: a}, {name: a}]\n", "'a' is defined more than once"),
        ("codes: [{name: 'a}]\n", "cannot be read as YAML"),
    ],
)
def test_codebooks_that_cannot_be_read(folder, content, says):
    (folder / "codebook.yaml").write_text(content, encoding="utf-8")
    with pytest.raises(SourceError, match=says):
        read(folder)
