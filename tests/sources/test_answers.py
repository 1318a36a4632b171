"""Cells become columns, and no answer is altered."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from cxlib.sources import answers


@pytest.mark.parametrize(
    ("written", "expected", "dtype"),
    [
        (["007", "12"], ["007", "12"], "str"),
        (["7", "12"], [7, 12], "int64"),
        (["7", ""], [7, pd.NA], "Int64"),
        (["1.50", "2"], [1.5, 2.0], "float64"),
        (["-3", "0"], [-3, 0], "int64"),
        (["+3", "0"], ["+3", "0"], "str"),
        (["1e5", "2"], ["1e5", "2"], "str"),
        (["1,000", "2"], ["1,000", "2"], "str"),
        (["１０", "7"], ["１０", "7"], "str"),
        (["NA", "7"], ["NA", "7"], "str"),
        ([" 7", "8"], [" 7", "8"], "str"),
        (["12345678901234567890", "1"], ["12345678901234567890", "1"], "str"),
        (["0.1234567890123456789", "1"], [0.12345678901234568, 1.0], "float64"),
        (
            ["11.858683433120099", "2.5e-05", "1e-05"],
            [11.858683433120099, 2.5e-05, 1e-05],
            "float64",
        ),
        (["1234567890123456.5", "1.5"], ["1234567890123456.5", "1.5"], "str"),
        (["1.5e999", "1.5"], ["1.5e999", "1.5"], "str"),
        (["2026-07-01", "x"], ["2026-07-01", "x"], "str"),
        (["nan", "inf"], ["nan", "inf"], "str"),
    ],
)
def test_only_plain_numbers_become_numeric(written, expected, dtype):
    column = answers.columns(["q"], [[value] for value in written])["q"]
    assert column.dtype == dtype
    pd.testing.assert_series_equal(column, pd.Series(expected, dtype=dtype))


@pytest.mark.parametrize(
    ("cells", "expected", "dtype"),
    [
        ([True, ""], [True, pd.NA], "boolean"),
        ([10.0, 7], [10.0, 7.0], "float64"),
        ([10.0, "ten"], ["10", "ten"], "str"),
        ([dt.date(2026, 7, 1), "x"], ["2026-07-01", "x"], "str"),
        (["", ""], [None, None], "str"),
    ],
)
def test_cells_of_a_workbook_have_types_already(cells, expected, dtype):
    column = answers.columns(["q"], [[cell] for cell in cells])["q"]
    pd.testing.assert_series_equal(column, pd.Series(expected, dtype=dtype))
