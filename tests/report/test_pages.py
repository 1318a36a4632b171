"""A template and values become a page in which every value is escaped."""

import re
from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup

from cxlib.inert import visible
from cxlib.report.pages import render, unbroken
from tests.conftest import ROOT
from tests.hostile import PAYLOADS

ERROR = {"message": "<b>no</b>", "details": "", "cell": 2, "cells": 1200, "heading": "H"}


def failed(**values):
    given = {"title": "<i>", "name": "nps", "error": ERROR, "last_good": None, "command": "cx"}
    given["kind"] = "A parameter"
    time = datetime(2026, 11, 22, 9, 31, tzinfo=UTC)
    return render("failed.html.j2", time=time, notebook_kept=False, **given | values)


def test_values_are_escaped_and_numbers_and_times_written():
    soup = BeautifulSoup(failed(), "html.parser")
    assert soup.title.string == "<i>"
    assert soup.select_one(".headline").string == "A parameter"
    assert soup.select_one("p[lang=en]").string == "<b>no</b>"
    assert "It stopped in cell 2 of 1,200." in soup.get_text()
    assert soup.select_one(".made").string == "Made 2026-11-22 09:31 UTC"


def test_marks_that_turn_the_line_are_written_out_and_fonts_come_where_needed():
    assert BeautifulSoup(failed(title="\u202ex"), "html.parser").title.string == "\\u202ex"
    assert "@font-face" in failed(title="日本")
    assert "@font-face" not in failed()


@pytest.mark.parametrize("name", PAYLOADS)
def test_hostile_words_are_inert_in_every_text_of_a_page(name):
    word = PAYLOADS[name]
    page = failed(
        title=word, name=word, command=word, error={**ERROR, "message": word, "details": word}
    )
    assert visible(page) == page
    soup = BeautifulSoup(page, "html.parser")
    assert soup.find_all(["script", "img", "iframe", "b"]) == []
    said = soup.select_one("p[lang=en]").get_text()
    assert said == visible(word).replace("\x00", "\ufffd")


@pytest.mark.parametrize(
    "kept",
    [
        "95 %",
        "p < 0.001",
        "n = 128",
        "p値 < 0.001",
        "p값 0.825",
        "[81.9%, 84.7%]",
        "[−1, +2.5]",
        "Student t",
    ],
)
def test_a_line_does_not_end_within_a_figure(kept):
    assert unbroken(f"of {kept} in all") == f"of {kept.replace(' ', chr(160))} in all"
    assert unbroken("a, b [see 3, p. 4]") == "a, b [see 3, p. 4]"


def luminance(colour):
    full = "".join(2 * each for each in colour) if len(colour) == 3 else colour
    parts = [int(full[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


STYLE = (ROOT / "cxlib" / "report" / "template" / "style.css").read_text(encoding="utf-8")
LIGHT, DARK, PRINT = (
    dict(re.findall(r"--(\w+): #(\w+)", scheme))
    for scheme in re.findall(r":root \{(.*?)\}", STYLE, re.S)
)
INK, GROUND = ["ink", "soft", "blue", "bad", "good", "comment", "string"], ["paper", "pale", "warn"]


def test_korean_is_set_without_gaps_and_japanese_in_it_breaks_as_japanese():
    rules = {
        of: "".join(re.findall(rf"^\[lang\|={of}\] \{{(.*?)\}}", STYLE, re.S | re.M))
        for of in ("ja", "ko")
    }
    assert "text-autospace: no-autospace" in rules["ko"]
    assert "word-break: keep-all" in rules["ko"]
    assert "word-break: normal" in rules["ja"]


@pytest.mark.parametrize("scheme", [LIGHT, DARK, PRINT], ids=["light", "dark", "print"])
@pytest.mark.parametrize("ink", INK)
@pytest.mark.parametrize("ground", GROUND)
def test_words_stand_out_from_their_ground(scheme, ink, ground):
    """WCAG 2.2, 1.4.3: 4.5 to 1."""
    low, high = sorted(luminance(scheme[name]) for name in (ink, ground))
    assert (high + 0.05) / (low + 0.05) >= 4.5


def test_every_scheme_names_every_colour_and_paper_is_printed_light():
    assert set(LIGHT) == set(DARK) == set(PRINT) == {*INK, *GROUND, "line", "mark"}
    assert PRINT == LIGHT
