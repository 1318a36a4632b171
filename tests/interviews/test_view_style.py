"""Every combination of lines has one class, and coders differ by more than colour."""

from __future__ import annotations

import re

import pytest

from cxlib.interviews.lanes import Span
from cxlib.interviews.view_style import COLOURS, SHEET, Combinations, colour, line


def test_a_combination_has_one_class_and_a_rule():
    looks = Combinations("cx-1", ["a", "b"], ["Kim", "森"], 2)
    one, two = Span(0, 1, "a", "Kim", lane=0), Span(0, 1, "b", "森", lane=1)
    names = [looks.name(spans) for spans in ([one], [two], [one, two], [one], [])]
    assert names[0] == names[3]
    assert len(set(names[:3])) == 3
    assert names[4] == ""
    assert all(f".{name}{{" in looks.sheet() for name in names[:3])


def test_what_has_no_lane_is_not_drawn():
    assert Combinations("cx-1", ["a"], ["Kim"], 1).name([Span(0, 1, "a", "Kim")]) == ""


def test_coders_are_told_apart_without_colour():
    assert len({line("#000", coder) for coder in range(3)}) == 3


def test_colours_come_again_in_order():
    assert [colour(n) for n in range(len(COLOURS) + 1)] == [*COLOURS, COLOURS[0]]


@pytest.mark.parametrize(
    ("passage", "face"), [("[lang|=ko]", '"cx-ko"'), ("[lang|=ja]", '"cx-cjk"')]
)
def test_chinese_characters_have_the_form_of_their_passage(passage, face):
    """Also a Japanese passage within a Korean view."""
    rules = re.findall(r"([^{}]+)\{([^{}]*)\}", SHEET)
    [style] = [style for chosen, style in rules if f".cx-view {passage}" in chosen]
    assert re.search("font-family:([^,]+)", style)[1] == face
