"""The font in a page has what the page says in Japanese and Korean, and nothing else."""

import base64
import io
import re

import pytest
from fontTools.ttLib import TTFont

from cxlib.report.fonts import font_face


def characters_of(css):
    data = base64.b64decode(re.search(r"base64,([^\"]+)", css).group(1))
    with TTFont(io.BytesIO(data)) as font:
        return {chr(code) for code in font.getBestCmap()}


@pytest.mark.parametrize(
    "words", ["顧客の声", "고객의 목소리", "ひらがなカタカナ", "解約率（％）", "𠮷野家"]
)
def test_every_character_of_the_page_is_in_its_font(words):
    assert set(words) - {" "} <= characters_of(font_face(f"<p>plain {words}</p>"))


def test_a_page_without_cjk_carries_no_font():
    assert font_face("<p>NPS −28.1, “quoted”</p>") == ""


def test_only_what_is_used_is_carried():
    assert len(characters_of(font_face("<p>声声声</p>"))) == 1
    assert len(font_face("<p>声</p>")) < 4000


def test_the_font_of_the_page_as_it_was_is_taken_over_where_it_has_all():
    was = f"<style>{font_face('<p>顧客の声</p>')}</style><p>顧客の声</p>"
    assert font_face("<p>声</p>", earlier=was) == font_face("<p>顧客の声</p>")
    for other in ("<p>声と</p>", "<p>음성</p>"):
        assert font_face(other, earlier=was) == font_face(other)
    assert font_face("<p>plain</p>", earlier=was) == ""


@pytest.mark.parametrize("end", ['"', "} </style><script>", "<p>顧客の声"])
def test_a_damaged_page_lends_no_font(end):
    was = font_face("<p>顧客の声</p>")[:200] + end + "顧客の声"
    assert font_face("<p>声</p>", earlier=was) == font_face("<p>声</p>")
