"""A template and values become a page in which every value is escaped."""

from datetime import UTC, datetime

from bs4 import BeautifulSoup

from cxlib.report.pages import render, unbroken

ERROR = {"message": "<b>no</b>", "details": "", "cell": 2, "cells": 1200, "heading": "H"}


def failed(**values):
    given = {"title": "<i>", "name": "nps", "error": ERROR, "last_good": None, "command": "cx"}
    time = datetime(2026, 11, 22, 9, 31, tzinfo=UTC)
    return render("failed.html.j2", time=time, notebook_kept=False, **given | values)


def test_values_are_escaped_and_numbers_and_times_written():
    soup = BeautifulSoup(failed(), "html.parser")
    assert soup.title.string == "<i>"
    assert soup.select_one(".headline").string == "<b>no</b>"
    assert "It stopped in cell 2 of 1,200." in soup.get_text()
    assert soup.select_one(".made").string == "Made 2026-11-22 09:31 UTC"


def test_marks_that_turn_the_line_are_gone_and_fonts_come_where_needed():
    assert "\u202e" not in failed(title="\u202ex")
    assert "@font-face" in failed(title="日本")
    assert "@font-face" not in failed()


def test_a_line_does_not_end_within_a_figure():
    assert unbroken("95 % of p < 0.001") == "95\xa0% of p\xa0<\xa00.001"
