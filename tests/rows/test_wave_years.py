"""One name of a wave for several years is said."""

from __future__ import annotations

import pandas as pd
import pytest

from cxlib.rows.wave_years import several_years


@pytest.mark.parametrize("beside", ["year", "Survey Year", "調査年", "Jahr", "Année", "年度", "FY"])
@pytest.mark.parametrize("written", ["{}", "{}年度", "FY{}"])
@pytest.mark.parametrize("waves", [["Wave 1", "Wave 2"], [1, 2], ["Q1", "Q2"]])
def test_one_name_of_several_years_is_said(beside, written, waves):
    years = [written.format(2024)] * 5 + [written.format(2025)] * 10
    rows = pd.DataFrame({"wave": [waves[0]] * 10 + [waves[1]] * 5, beside: years})
    (said,) = several_years(rows, "wave")
    assert f"{waves[0]} in 'wave' holds answers of 2024 and of 2025" in str(said)
    assert several_years(rows.iloc[5:], "wave") == ()


@pytest.mark.parametrize("beside", ["birth_year", "year of birth", "founded", "years"])
def test_other_years_are_none_of_the_survey(beside):
    rows = pd.DataFrame({"wave": ["Wave 1"] * 10, beside: [1980, 1990] * 5})
    assert several_years(rows, "wave") == ()


def test_names_with_a_year_and_late_answers_are_let_through():
    rows = pd.DataFrame({"wave": ["FY2025"] * 10, "year": [2025, 2026] * 5})
    assert several_years(rows, "wave") == ()
    late = pd.DataFrame({"wave": ["Wave 1"] * 50, "year": [2025] * 48 + [2026] * 2})
    assert several_years(late, "wave") == ()
