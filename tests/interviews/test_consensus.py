"""Codings of what was agreed upon settle what they say, and no more."""

from __future__ import annotations

from itertools import chain

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from cxlib.errors import SourceError
from cxlib.interviews.counts import grid
from tests.interviews.twelve_units import UNITS, corpus, row, save, texts


@pytest.fixture
def home(tmp_path):
    return texts(tmp_path)


def rows(coder, *units, mark="", document="a.txt", code="late"):
    return [row(document, n, code, coder, read=mark) for n in units]


def read(home, *parts, **more):
    return corpus(home, save(home, "all.csv", list(chain(*parts)), read=True), **more)


def flags(found):
    return " ".join(map(str, found.flags))


@pytest.mark.parametrize("name", ["consensus", "合議"])
@given(
    reached=st.integers(1, UNITS),
    one=st.sets(st.integers(0, UNITS - 1), min_size=1),
    two=st.sets(st.integers(0, UNITS - 1), min_size=1),
)
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_nothing_behind_the_mark_of_a_consensus_is_settled(home, name, reached, one, two):
    own = {n for n in one & two if n < reached} or {0}
    done = [rows("Kim", *one, mark="done"), rows("Mori", *two, mark="done")]
    found = grid(read(home, *done, rows(name, *own, mark=str(reached))))
    assert (found.settled[reached:] == -1).all()
    expected = {n for n in range(reached) if n in own}
    expected |= {n for n in range(reached, UNITS) if n in one | two}
    assert_array_equal(found.presence("any")[:, 0], [n in expected for n in range(UNITS)])


def test_a_consensus_that_ends_early_settles_nothing_behind_its_end(home):
    coders = [rows("Kim", *range(UNITS)), rows("Mori", *range(1, UNITS))]
    found = read(home, *coders, rows("consensus", *range(8)))
    assert "“consensus” ends early in 1 interview (a.txt)" in flags(found)
    assert grid(found).settled[:, 0].tolist() == [1] * 8 + [-1] * 4
    done = read(home, *coders, rows("consensus", *range(8), mark="done"))
    assert "ends early" not in flags(done)
    assert grid(done).settled[:, 0].tolist() == [1] * 8 + [0] * 4


def test_a_consensus_of_what_was_discussed_leaves_what_was_agreed(home):
    coders = [rows("Kim", 0, 1, 2, 5, 9, mark="done"), rows("Mori", 0, 1, 2, 6, mark="done")]
    found = read(home, *coders, rows("consensus", 5, mark="done"))
    expected = [n in (0, 1, 2, 5) for n in range(UNITS)]
    assert_array_equal(grid(found).presence("any")[:, 0], expected)
    assert "0 of 3 are in it; a.txt" in flags(found)
    assert "3 units without a code of its own, on which coders agree, stay" in flags(found)
    whole = read(home, *coders, rows("consensus", 0, 1, 5, mark="done"))
    assert "lacks most" not in flags(whole)
    assert grid(whole).settled[2, 0] == 0
    assert "against what all coders now have" in " ".join(map(str, whole.warnings))


def test_an_interview_that_no_coder_opened_is_told(home):
    coders = [rows("Kim", 0), rows("Mori", 0)]
    found = read(home, *coders, rows("consensus", 0, document="b.txt"))
    assert "“consensus” has 1 interview that no coder opened (b.txt)" in flags(found)


def test_two_that_differ_are_refused(home):
    coders = [rows("Kim", 0, 1, mark="done"), rows("Mori", 0, mark="done")]
    with pytest.raises(
        SourceError, match=r"'consensus' and 'final' both stand .* 1 unit.*'final' has"
    ):
        read(home, *coders, rows("consensus", 0), rows("final", 0, 3))
    same = read(home, *coders, rows("consensus", 0), rows("final", 0))
    assert set(same.decisions["decided_by"]) == {"consensus, final"}
    apart = read(home, *coders, rows("consensus", 0, mark="2"), rows("final", 0, 3, mark="done"))
    assert apart.decisions["decided_by"].tolist() == [
        "consensus, final",
        "consensus, final",
        "final",
    ]


def test_a_code_of_the_consensus_alone_counts_though_it_is_a_heading(home):
    book = home / "codebook.yaml"
    book.write_text("codes: [{name: top, codes: [{name: late}]}]\n", encoding="utf-8")
    coders = [rows("Kim", 0, mark="done"), rows("Mori", 0, mark="done")]
    agreed = [rows("consensus", 0, mark="done"), rows("consensus", 4, code="top", mark="done")]
    found = read(home, *coders, *agreed, codebook=book)
    settled = found.decisions[found.decisions["holds"].astype(bool)]
    assert set(settled["code"]) == {"late", "top"}
