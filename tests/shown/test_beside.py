"""What must not stand in a report is found by its marks, whatever it holds."""

from __future__ import annotations

import html

from hypothesis import given
from hypothesis import strategies as st

from cxlib.shown import beside

escaped = st.text(max_size=40).map(html.escape)


@given(st.lists(escaped, max_size=4), escaped, escaped)
def test_marked_parts_come_out_as_they_went_in(parts, before, after):
    rest, taken = beside.taken_out(before + beside.marked(parts) + after, lambda k: f"[{k}]")
    assert taken == parts
    assert rest == before + "".join(f"[{k}]" for k in range(len(parts))) + after


def test_a_page_runs_and_fetches_nothing():
    page = beside.page("<p>x</p>", title='"><script>', language="ja")
    assert "default-src 'none'" in page
    assert "<script" not in page
    assert '<html lang="ja">' in page
