"""Code on a page keeps its letters, and the colours that a reader sees."""

import re
from importlib.resources import files

from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from nbconvert.filters import Highlight2HTML

from cxlib.report.code_colours import STYLED, lighten

CODE = st.lists(
    st.sampled_from(
        ["import a", "x = not None", "f'{x!r} <b>'", "# </span>", "@d", "b'1' in y", 'r"\\d"', "\n"]
    )
).map(" ".join)


@given(CODE)
def test_the_letters_and_the_marks_with_a_style_are_the_same(code):
    marked = Highlight2HTML(pygments_lexer="ipython3")(code)
    before, after = (BeautifulSoup(each, "html.parser") for each in (marked, lighten(marked)))
    assert after.get_text() == before.get_text()
    styled = [f"span.{name}" for name in STYLED]
    assert after.select(", ".join(styled)) == before.select(", ".join(styled))
    assert not after.select("span:not([class])")


def test_the_styles_are_those_of_the_page():
    style = files("cxlib.report").joinpath("template", "style.css").read_text(encoding="utf-8")
    assert set(re.findall(r"\.highlight \.(\w+)", style)) == set(STYLED)
