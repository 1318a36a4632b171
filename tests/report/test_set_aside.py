"""What is set aside comes back as it was, and markup never does."""

import base64
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib.report.set_aside import SetAside


@given(st.lists(st.binary(max_size=40)), st.text(string.printable))
def test_strings_come_back_in_their_places(contents, between):
    texts = [base64.b64encode(content).decode() for content in contents]
    aside = SetAside()
    page = between.join(map(aside.mark, texts))
    assert aside.put_back(page) == between.join(texts)


@given(st.lists(st.text()))
def test_each_mark_knows_its_string(contents):
    aside = SetAside()
    marks = [aside.mark(content) for content in contents]
    assert [aside.take(mark) for mark in marks] == contents
    assert len(set(marks)) == len(marks)


@pytest.mark.parametrize("markup", ['"><script>x()</script>', "a b", "'", "AA==\n<b>"])
def test_what_is_no_base64_is_not_put_back(markup):
    aside = SetAside()
    assert aside.put_back(f"<i>{aside.mark(markup)}</i>") == "<i></i>"


def test_the_marks_of_another_page_stay():
    other, aside = SetAside(), SetAside()
    page = other.mark("AAAA")
    assert aside.put_back(page) == page
