"""Japanese and Korean show in figures although no system font is there."""

from __future__ import annotations

import os
import subprocess
import sys
import unicodedata

import pytest
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st

from cxlib.shown import theme
from tests.conftest import ROOT


@pytest.fixture(autouse=True)
def look():
    with theme.use():
        yield


# Only matplotlib's own fonts are left, as on a machine without any; then a missing glyph is an
# error.
NO_SYSTEM_FONTS = """
import sys, warnings
import matplotlib
from matplotlib import font_manager
own = matplotlib.get_data_path()
manager = font_manager.fontManager
manager.ttflist = [font for font in manager.ttflist if font.fname.startswith(own)]
manager.afmlist = []
font_manager._get_font.cache_clear()
assert not any("CJK" in font.name for font in manager.ttflist)
warnings.simplefilter("error")
from cxlib.shown import theme
theme.use()
ax = theme.axes()
if sys.argv[1] == "without":
    matplotlib.rcParams["font.family"] = ["DejaVu Sans"]
theme.title(ax, sys.argv[2], sys.argv[2])
ax.set_xlabel(sys.argv[2])
ax.figure.savefig(sys.argv[3])
"""


@pytest.fixture(scope="module")
def glyphs():
    from noto_cjk_sans_jp_regular import FONT_PATH

    with TTFont(FONT_PATH, lazy=True) as font:
        return set(font.getBestCmap())


@pytest.mark.parametrize(
    ("script", "first", "last"),
    [
        ("hiragana", 0x3041, 0x3096),
        ("katakana", 0x30A1, 0x30FA),
        ("kanji", 0x4E00, 0x9FA5),
        ("hangul", 0xAC00, 0xD7A3),
        ("hangul jamo", 0x3131, 0x318E),
        ("half-width katakana", 0xFF61, 0xFF9F),
        ("full-width digits", 0xFF10, 0xFF19),
    ],
)
def test_the_packaged_font_has_every_glyph(glyphs, script, first, last):
    assert not set(range(first, last + 1)) - glyphs


def test_the_packaged_font_has_what_two_national_standards_name(glyphs):
    for codec, leads in (("cp932", range(0x81, 0xEB)), ("cp949", range(0xB0, 0xC9))):
        for lead in leads:
            for trail in range(0x40, 0xFF):
                letter = bytes([lead, trail]).decode(codec, errors="ignore")
                if len(letter) == 1 and letter.isalpha():
                    assert ord(letter) in glyphs, letter


def draw(tmp_path, which, text):
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("FONTCONFIG", "XDG"))
    }
    empty = tmp_path / "empty"
    empty.mkdir()
    environment |= {
        "MPLBACKEND": "agg",
        "MPLCONFIGDIR": str(empty),
        "FONTCONFIG_PATH": str(empty),
        "HOME": str(empty),
        "XDG_DATA_HOME": str(empty),
        "PATH": "",
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
    }
    return subprocess.run(
        [sys.executable, "-c", NO_SYSTEM_FONTS, which, text, str(tmp_path / "f.png")],
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )


def test_figures_need_no_system_font(tmp_path):
    run = draw(tmp_path, "with", "顧客の声 고객의 소리 Ωé ＮＰＳ ﾃﾞｰﾀ 鷗 뷁 −3.1 “x” $5")
    assert run.returncode == 0, run.stderr
    assert (tmp_path / "f.png").stat().st_size > 1000


def test_without_the_packaged_font_that_test_would_fail(tmp_path):
    run = draw(tmp_path, "without", "顧客の声 고객의 소리")
    assert run.returncode != 0
    assert "Glyph" in run.stderr
    assert "missing" in run.stderr


def columns(line):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


sentences = st.lists(
    st.text(st.sampled_from("ab顧客가나。,é"), min_size=1, max_size=8), max_size=30
).map(" ".join)


@given(sentences, st.integers(16, 80))
def test_long_titles_are_broken_and_nothing_is_lost(sentence, width):
    wrapped = theme.wrap(sentence, width)
    assert "".join(wrapped.split()) == "".join(sentence.split())
    assert all(columns(line) <= width + 1 for line in wrapped.split("\n"))


@given(st.lists(st.text("가나다a1", min_size=1, max_size=8), max_size=30), st.integers(16, 80))
def test_korean_words_stay_whole(words, width):
    assert theme.wrap(" ".join(words), width).split() == words


def test_a_korean_word_longer_than_a_line_is_broken():
    assert all(columns(line) <= 21 for line in theme.wrap("가" * 60, 20).split("\n"))


def test_a_price_and_an_underscore_are_no_mathematics():
    ax = theme.title(theme.axes(), "from $5 to $6 and x_1^2", "a$b$c")
    ax.figure.canvas.draw()
    assert ax.get_title(loc="left") == "from $5 to $6 and x_1^2"
    import matplotlib.pyplot as plt

    plt.close(ax.figure)


def test_given_axes_are_used_and_titles_keep_clear_of_each_other():
    import matplotlib.pyplot as plt

    given_axes = theme.axes(width=6, height=4)
    assert theme.axes(given_axes) is given_axes
    theme.title(given_axes, "結果 " * 20, "何を測ったか " * 20)
    given_axes.figure.canvas.draw()
    finding = given_axes._left_title.get_window_extent()
    measured = given_axes.texts[0].get_window_extent()
    assert finding.y0 >= measured.y1 - 3  # pixels; a text's box is taller than its ink
    assert measured.y0 >= given_axes.get_window_extent().y1
    plt.close(given_axes.figure)


@pytest.mark.parametrize("width", range(6, 40))
def test_lines_of_japanese_neither_begin_nor_end_with_the_wrong_mark(width):
    words = (
        "6か月後も継続しているのは83名である（95%信頼区間 [82, 85]、n = 3,000）。「東京」：低い。"
    )
    lines = theme.wrap(words, width).split("\n")
    assert "".join(lines).replace(" ", "") == words.replace(" ", "")
    assert not [line for line in lines if line[0] in ",、。）」：ー" or line[-1] in "（「"]
    for one in ("[82, 85]", "n = 3,000", "6か月後", "83名", "「東京」"):
        assert any(one in line for line in lines)


@pytest.mark.parametrize("width", range(12, 60))
def test_no_line_of_korean_begins_with_a_comma_or_a_bracket(width):
    words = "6개월 후에도 남아 있는 고객은 83명입니다(95% 신뢰구간 [82, 85], n = 3,000)."
    lines = theme.wrap(words, width).split("\n")
    assert not [line for line in lines if line[0] in ",.)"]
    assert any("[82, 85]," in line for line in lines)


def test_long_names_beside_an_axis_take_two_lines_and_stay_apart():
    names = ["東京" * 40, "a" * 80, "서울 지점 " * 12, "short", "2025Q1\nn = 12"]
    ax = theme.axes()
    ax.set_yticks(range(len(names)), labels=names)
    theme.fit(ax)
    shown = [label.get_text() for label in ax.get_yticklabels()]
    assert shown[3:] == names[3:]
    assert all(label.count("\n") <= 1 and "…" in label for label in shown[:3])
    alike = [f"{'x' * 30}{n}{'x' * 30}" for n in range(2)]
    ax.set_yticks(range(2), labels=alike)
    theme.fit(ax)
    assert [label.get_text() for label in ax.get_yticklabels()] == alike


@pytest.mark.parametrize("scale", ["log", "symlog", "logit"])
def test_ticks_of_an_own_logarithmic_axis_are_formulas_and_names_are_not(scale):
    import matplotlib.pyplot as plt

    figure, ax = plt.subplots()
    ax.plot([0, 1], [0.001, 0.9])
    ax.set_yscale(scale)
    with theme.look():
        ax.set_xticks([0, 1], ["$5", "$10"])
        theme.write_powers(figure)
        powers = [each for each in ax.get_yticklabels() if "mathdefault" in each.get_text()]
        assert powers
        assert all(each.get_parse_math() for each in powers)
        assert not any(each.get_parse_math() for each in ax.get_xticklabels())
    plt.close(figure)


def test_a_figure_without_such_an_axis_is_not_measured_for_it(monkeypatch):
    ax = theme.axes()
    monkeypatch.setattr(ax.figure, "draw_without_rendering", lambda: pytest.fail("measured"))
    theme.write_powers(ax.figure)


def test_long_names_that_differ_at_their_ends_stay_apart_where_rows_are_close():
    ax = theme.axes(height=3)
    names = [
        f"아주 긴 이름을 가진 매장 세그먼트이며 계속 이어지는 이름 번호 {n} (n = {n})"
        for n in range(30)
    ]
    ax.set_yticks(range(30), names)
    theme.fit(ax)
    shown = [label.get_text() for label in ax.get_yticklabels()]
    assert len({*shown}) == 30
    assert all(f"{n} (n = {n})" in each and "…" in each for n, each in enumerate(shown))


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_letters_of_a_name_that_is_cut_stay_whole(form):
    for words in (
        "배송 지연이 아주 오래 계속되는 서울 강남 매장 번호",
        "é" * 60,
        "👩\u200d👧\u200d👦" * 20,
    ):
        ax = theme.axes(height=1)
        names = [unicodedata.normalize(form, f"{words} {n} (n = {n})") for n in range(9)]
        ax.set_yticks(range(9), names)
        theme.fit(ax)
        for n, label in enumerate(ax.get_yticklabels()):
            before, _, behind = label.get_text().partition("…")
            whole = unicodedata.normalize("NFC", f"{words} {n} (n = {n})")
            assert (whole.startswith(before), whole.endswith(behind)) == (True, True)
            assert not before.endswith("\u200d")
            assert not behind.startswith(("\u200d", "\u0301"))
