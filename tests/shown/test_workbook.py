"""A workbook says in Excel what the page says, with exact values in its cells."""

from __future__ import annotations

import datetime as dt

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cxlib import nps
from cxlib.errors import ParameterError
from cxlib.inert import visible
from cxlib.shown.message import Message
from cxlib.shown.result import Absent, Result
from cxlib.shown.workbook import to_excel

COLUMNS = {"n": "integer", "statistic": "percent", "value": "points", "pvalue": "pvalue"}


class Found(Result):
    __slots__ = ()
    columns = COLUMNS

    def summary(self, language="en"):
        return "=1+1 is what was found."


def read(path):
    return openpyxl.load_workbook(path)


def test_words_figures_and_notes_are_there(tmp_path):
    rows = pd.DataFrame({"店": ["東京"] * 6 + ["=1+1"] * 6, "score": [10, 9, 3] * 4})
    found = nps.score(nps.count_scores(rows, score="score", by="店"), by="店")
    path = found.to_excel(tmp_path / "数.xlsx")
    book = read(path)
    words, sheet = book.worksheets
    assert [cell.value for cell in words["A"]][1] == found.summary()
    assert {str(note) for note in found.warnings} <= {cell.value for cell in words["A"]}
    table = found.table().written()
    assert [cell.value for cell in sheet[1]] == list(table.columns)
    assert sheet.freeze_panes == "A2"
    for place, name in enumerate(found.frame.columns):
        cells = [row[place].value for row in sheet.iter_rows(min_row=2)]
        if pd.api.types.is_numeric_dtype(found.frame[name]):
            np.testing.assert_allclose(cells, found.frame[name], rtol=1e-15)
    assert {cell.data_type for cell in sheet["A"]} == {"s"}
    assert "=1+1" in [cell.value for cell in sheet["A"]]
    formats = {sheet.cell(1, i + 1).value: sheet.cell(2, i + 1).number_format for i in range(8)}
    assert formats["NPS"] == "0.0;−0.0"


texts = st.text(st.characters(codec="utf-8"), max_size=20) | st.sampled_from(
    ["=A1", "@x", "+1", "-"]
)


@settings(deadline=None, max_examples=25)
@given(
    st.lists(st.tuples(texts, st.floats(), st.integers(-(2**53), 2**53)), min_size=1, max_size=5)
)
@example([("", 1.7976931348623157e308, 0), ("", -1e308, 0), ("", 9.99e307, 0)])
def test_whatever_customers_write_is_text_and_every_number_exact(tmp_path_factory, rows):
    frame = pd.DataFrame(rows, columns=["name", "value", "n"])
    path = to_excel(tmp_path_factory.mktemp("a") / "a.xlsx", Found(frame=frame, method="m"))
    sheet = read(path).worksheets[-1]
    for (name, value, n), (first, second, third) in zip(
        rows, sheet.iter_rows(min_row=2), strict=True
    ):
        assert first.value == (visible(name) or None)
        assert first.data_type != "f"
        assert third.value == n
        if abs(value) < 1e308:
            assert second.value == pytest.approx(value, rel=1e-15)
        elif np.isnan(value):
            assert second.value is None
        else:
            assert second.data_type == "s"
            assert "∞" in second.value if np.isinf(value) else len(second.value) > 300


def test_dates_are_dates_and_several_results_have_a_sheet_each(tmp_path):
    when = pd.to_datetime(["2026-07-01", None, "1890-01-01"])
    frame = pd.DataFrame(
        {"day": when, "statistic": [0.5, np.nan, 1], "zone": when.tz_localize("UTC")}
    )
    found = Found(frame=frame, method="m", warnings=(Message("common.no_warning"),))
    absent = Absent.of("retention.no_value", Result)
    book = read(to_excel(tmp_path / "b.xlsx", found, found, absent))
    assert len(book.worksheets) == 3
    assert len({sheet.title for sheet in book.worksheets}) == 3
    first, second, third = (row[0].value for row in book.worksheets[1].iter_rows(min_row=2))
    assert (first, second, third) == (dt.datetime(2026, 7, 1), None, "1890-01-01")
    assert book.worksheets[1]["B2"].number_format == "0.0 %;−0.0 %"
    assert absent.summary() in [cell.value for cell in book.worksheets[0]["A"]]


@pytest.mark.parametrize(
    ("name", "says"), [("a.xls", "saved as .xlsx"), ("no/a.xlsx", "there is no folder")]
)
def test_what_cannot_be_saved_is_refused_and_nothing_is_left(tmp_path, name, says):
    with pytest.raises(ParameterError, match=says):
        Found(frame=pd.DataFrame({"n": [1]}), method="m").to_excel(tmp_path / name)
    with pytest.raises(ParameterError, match="no result"):
        to_excel(tmp_path / "a.xlsx")
    assert not list(tmp_path.iterdir())
