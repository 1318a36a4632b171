"""`figures.csv` is read without pandas, as it was written."""

from __future__ import annotations

import subprocess
import sys

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib.errors import SourceError
from cxlib.report.figures import headline_figure, read_figures
from cxlib.shown.ledger import COLUMNS, ledger
from cxlib.shown.result import Result
from tests.report.ledgers import HEADER

ROW = "nps,level.nps,,2026Q3,-28.125,-40.6,-14.4,0.95,128,points,up,tango,NPS"


@given(
    st.lists(
        st.tuples(st.text(max_size=6), st.floats(allow_nan=False), st.integers(0, 10**6)),
        min_size=1,
        max_size=5,
    )
)
def test_what_a_ledger_writes_is_read_as_it_was(tmp_path_factory, rows):
    frame = pd.DataFrame(rows, columns=["plan", "nps", "n"])
    shown = ledger(level=Result(frame=frame.assign(wave="2026Q3"), method="m"))
    path = tmp_path_factory.mktemp("run") / "figures.csv"
    path.write_text(shown.to_csv(), encoding="utf-8", newline="")
    found = read_figures(path.parent)
    assert [one["value"] for one in found] == frame["nps"].tolist()
    assert [one["n"] for one in found] == frame["n"].tolist()
    assert list(found[0])
    assert {*found[0]} == {*COLUMNS}


def test_the_headline_is_the_first_figure():
    found = headline_figure(f"\ufeff{HEADER}\r\n{ROW}\r\nnps,level.n,,,1,,,,,count,,,\r\n")
    assert found == {
        "study": "nps",
        "figure": "level.nps",
        "segment": "",
        "wave": "2026Q3",
        "value": -28.125,
        "ci_low": -40.6,
        "ci_high": -14.4,
        "confidence": 0.95,
        "n": 128,
        "unit": "points",
        "verdict": "up",
        "of": "",
    }


@pytest.mark.parametrize(
    "text",
    [
        "",
        "result,row,quantity,value\nlevel,,nps,3\n",
        f"{HEADER}\n",
        f"{HEADER}\nnps,level.nps,,,,,,,,,,,no column has a score\n{ROW}\n",
        f"{HEADER}\nnps,level.nps,,,inf,,,,,,,,\n",
        f"{HEADER}\nnps,level.nps,,,many,,,,,,,,\n",
        f'{HEADER}\nnps,"level.nps\n',
    ],
)
def test_without_a_headline_there_is_none(text):
    assert headline_figure(text) is None


def test_the_words_of_a_row_are_read_where_there_are_some():
    row = "nps,level.nps,plan=pro,,3,,,,,points,,,NPS,「pro」"
    assert headline_figure(f"{HEADER},of\n{row}\n")["of"] == "「pro」"


def test_an_interval_without_end_is_no_number_of_json():
    row = "retention,headline.x,,,2.5,-inf,inf,0.95,3,months,,,"
    assert headline_figure(f"{HEADER}\n{row}\n")["ci_high"] is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("result,row\nlevel,a\n", "no column 'study'"),
        (f"{HEADER}\n{ROW},more\n", "as many cells"),
        (f"{HEADER}\nnps,level.nps\n", "as many cells"),
        (f"{HEADER}\n{ROW.replace('-28.125', 'x')}\n", "'x'"),
    ],
)
def test_another_file_is_refused(tmp_path, text, why):
    (tmp_path / "figures.csv").write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match=f"figures.csv cannot be read.*{why}.*cx run"):
        read_figures(tmp_path)
    assert read_figures(tmp_path / "elsewhere.csv") == []


def test_it_is_read_without_anything_heavy():
    script = (
        "import sys, cxlib.report.figures, cxlib.report.difference_words, cxlib.report.run_folders;"
        "print(sorted(set(sys.modules) & {'pandas', 'numpy', 'matplotlib', 'nbconvert', 'ibis'}))"
    )
    told = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == "[]"
