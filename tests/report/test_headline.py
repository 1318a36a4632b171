"""A headline figure is written in its unit, and only figures of one kind make a line."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cxlib.report.headline import interval, label, trend, value
from cxlib.report.history import Figure, Run
from cxlib.report.refusals import Kind

NPS = Figure("nps", "nps.nps", "", "2026Q3", "points", 31.25, 22.0, 40.4, 0.95, 812)


def run(figure, number=0, published=True):
    started = datetime(2026, 11, 22, tzinfo=UTC) - timedelta(days=number)
    words = ("notebooks/03_nps.ipynb", "T", "H", "")
    return Run("r", published, *words, Kind.NOTEBOOK, started, None, "", "en", {}, figure)


@pytest.mark.parametrize(
    ("unit", "number", "written"),
    [
        ("points", -28.125, "−28.1"),
        ("share", 0.7132, "71.3 %"),
        ("days", 3.0, "3.0 days"),
        ("months", 3.25, "3.2 months"),
        ("count", 1234.0, "1,234"),
        ("unknown", 2.5, "2.500"),
    ],
)
def test_a_figure_is_written_in_its_unit(unit, number, written):
    assert value(replace(NPS, unit=unit, value=number), "en") == written


def test_an_interval_is_told_with_its_level_where_it_has_one():
    assert interval(NPS, "en") == "(95 %: 22.0 to 40.4)"
    assert interval(replace(NPS, confidence=None), "en") == "(22.0 to 40.4)"
    assert interval(replace(NPS, low=None), "en") == ""


def test_a_figure_has_the_heading_of_its_column_or_its_own_name():
    pro = replace(NPS, segment="plan=pro")
    assert label(pro, "en") == "NPS · pro · 2026Q3"  # a run from before there were words
    assert label(replace(pro, of="「pro」"), "ja") == "NPS · 「pro」 · 2026Q3"
    pair = replace(NPS, segment="a=2026Q2", of="2026Q2に対する2026Q3")
    assert label(pair, "ja") == "NPS · 2026Q2に対する2026Q3"
    assert label(replace(NPS, study="mine", name="delight", wave=""), "en") == "delight"


def test_only_reports_with_the_same_figure_make_a_line_and_gaps_are_told():
    other = replace(NPS, segment="plan=pro", value=99.0)
    figures = [NPS, other, None, replace(NPS, value=20.0), other]
    runs = [run(figure, number) for number, figure in enumerate(figures)]
    runs.insert(1, run(replace(NPS, value=-100.0), published=False))
    found = trend(runs, "en")
    assert found["gaps"] == 2  # what came before the first of its kind is no gap
    assert found["line"].lines.count("M") == 2
    assert found["words"] == (
        "NPS in the last 2 reports that have it: from 20.0 to 31.2; lowest 20.0, highest 31.2. "
        "2 reports in between have no such figure, or another one; the line is interrupted there."
    )


@pytest.mark.parametrize("figures", [[], [None], [NPS], [None, NPS, NPS], [NPS, None]])
def test_one_figure_is_no_line(figures):
    assert trend([run(figure) for figure in figures], "en") is None
