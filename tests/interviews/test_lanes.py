"""Lanes in which spans do not meet, and pieces that make up the text."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from cxlib.interviews.lanes import MOST_LANES, ByPlace, Span, lay_out, pieces

CODERS = ("Kim", "森")


@st.composite
def spans(draw):
    start = draw(st.integers(0, 40))
    end = start + draw(st.integers(1, 30))
    return Span(start, end, draw(st.sampled_from("abc")), draw(st.sampled_from(CODERS)))


many = st.lists(spans(), max_size=25)


@given(many)
def test_spans_of_one_lane_never_meet_and_no_lane_has_two_coders(given_spans):
    laid = lay_out(given_spans, CODERS)
    assert len(laid) == len(given_spans)
    for one in laid:
        for other in laid:
            if one is not other and one.lane is not None and one.lane == other.lane:
                assert one.coder == other.coder
                assert one.end <= other.start or other.end <= one.start


@given(many)
def test_a_span_has_no_lane_only_where_its_coder_has_as_many_there(given_spans):
    laid = lay_out(given_spans, CODERS)
    for span in (span for span in laid if span.lane is None):
        here = [s for s in laid if s.coder == span.coder and s.start <= span.start < s.end]
        assert len([s for s in here if s.lane is not None]) == MOST_LANES


@given(many, st.integers(0, 60), st.integers(1, 40))
def test_pieces_make_up_the_text_and_know_their_spans(given_spans, start, length):
    found = list(pieces(start, start + length, given_spans))
    assert found[0].start == start
    assert found[-1].end == start + length
    assert all(a.end == b.start for a, b in itertools.pairwise(found))
    for piece in found:
        for at in range(piece.start, piece.end):
            covering = [s for s in given_spans if s.start <= at < s.end]
            assert sorted(map(id, covering)) == sorted(map(id, piece.spans))


@given(many, st.integers(0, 60), st.integers(1, 40))
def test_spans_are_found_by_place(given_spans, start, length):
    found = ByPlace(given_spans).within(start, start + length)
    meant = [s for s in given_spans if s.start < start + length and s.end > start]
    assert sorted(map(id, found)) == sorted(map(id, meant))
