"""The font in a page has what the page says in Japanese and Korean, and nothing else."""

import base64
import io
import re

import pytest
from fontTools.pens.recordingPen import RecordingPen
from fontTools.ttLib import TTFont

from cxlib.report.fonts import font_face, korean_forms


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
    assert characters_of(font_face("<p>声声声</p>")) == {"声", " ", "\u00a0"}
    assert len(font_face("<p>声</p>")) < 4000


def test_the_font_of_the_page_as_it_was_is_taken_over_where_it_has_all():
    was = f"<style>{font_face('<p>顧客の声</p>')}</style><p>顧客の声</p>"
    assert font_face("<p>声</p>", earlier=was) == font_face("<p>顧客の声</p>")
    for other in ("<p>声と</p>", "<p>음성</p>"):
        assert font_face(other, earlier=was) == font_face(other)
    assert font_face("<p>plain</p>", earlier=was) == ""


def test_the_letters_of_figures_have_the_face_in_which_they_were_measured():
    page = "<svg><text x='1'>NPS &amp; 5 é 声</text><text>AV −1</text></svg><p>Zebra</p>"
    css = font_face(page)
    assert css.count("@font-face") == 2
    figure = outlines(css, "cx-figure")
    assert set(figure) - {" ", "\xa0"} == set("NPS&5éAV−1")
    from matplotlib.font_manager import findfont
    from matplotlib.ft2font import FT2Font

    data = re.search(r'"cx-figure"[^}]*base64,([^"]+)', css)[1]
    drawn, carried = (
        FT2Font(file) for file in (findfont("DejaVu Sans"), io.BytesIO(ttf(base64.b64decode(data))))
    )
    for words in ("AV", "−15", "&é"):
        assert wide(drawn, words) == wide(carried, words)
    assert wide(drawn, "AV") < wide(drawn, "A") + wide(drawn, "V")


@pytest.mark.parametrize("end", ['"', "} </style><script>", "<p>顧客の声"])
def test_a_damaged_page_lends_no_font(end):
    was = font_face("<p>顧客の声</p>")[:200] + end + "顧客の声"
    assert font_face("<p>声</p>", earlier=was) == font_face("<p>声</p>")


def ttf(woff):
    written = io.BytesIO()
    with TTFont(io.BytesIO(woff)) as font:
        font.flavor = None
        font.save(written)
    return written.getvalue()


def wide(font, words):
    font.set_size(32, 72)
    font.set_text(words)
    return font.get_width_height()[0]


def outlines(css, family):
    """Return how each character of a face is drawn."""
    data = re.search(rf'"{family}";[^}}]*base64,([^"]+)', css).group(1)
    with TTFont(io.BytesIO(base64.b64decode(data))) as font:
        glyphs, drawn = font.getGlyphSet(), {}
        for code, name in font.getBestCmap().items():
            pen = RecordingPen()
            glyphs[name].draw(pen)
            drawn[chr(code)] = pen.value
        return drawn


def test_a_korean_passage_has_the_korean_forms_and_only_what_differs():
    words = "化学 会社 直 骨 関 東京 서울"
    css = font_face(f'<html lang="ko"><p>{words}</p>')
    japanese, korean = outlines(css, "cx-cjk"), outlines(css, "cx-ko")
    assert "化" in korean
    assert set(korean) < set(japanese) == {*words, "\xa0"}  # spaces come along, for WeasyPrint
    differ = set(korean) - {" ", "\xa0"}
    assert all(korean[character] != japanese[character] for character in differ)
    assert not set("서울직") & set(korean)


@pytest.mark.parametrize(
    "page", ['<html lang="ja"><p>化学</p>', '<html lang="ko"><p>서울</p>', "<p>化学</p>"]
)
def test_where_nothing_is_written_otherwise_there_is_no_second_face(page):
    assert "cx-ko" not in font_face(page)


def test_the_korean_forms_are_those_that_a_shaper_takes():
    """The figures' text is shaped by matplotlib with the same font and its own reading of locl."""
    matplotlib = pytest.importorskip("matplotlib", minversion="3.11")
    from matplotlib.ft2font import FT2Font
    from noto_cjk_sans_jp_regular import FONT_PATH

    def drawn(character, language):
        font = FT2Font(str(FONT_PATH))
        font.set_size(32, 72)
        font.set_text(character, language=language)
        font.draw_glyphs_to_bitmap()
        return font.get_image().tobytes()

    assert matplotlib
    for character in "化次社東直骨関国":
        differs = drawn(character, "ja") != drawn(character, "ko")
        assert differs == (character in korean_forms()), character
