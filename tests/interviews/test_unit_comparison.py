"""What another unit does to agreement, code by code."""

from __future__ import annotations

import pytest
from numpy.testing import assert_allclose

from cxlib import interviews
from tests.interviews.stripped import strip
from tests.interviews.test_asking import ASKING, alphas, read


@pytest.fixture(scope="module")
def by_turn(sample):
    return read(sample / "interviews", speakers=ASKING)


def test_the_sample_without_labels_is_near_and_codes_that_are_far_are_named(
    sample, by_turn, tmp_path
):
    bare = read(strip(sample / "interviews", tmp_path / "bare"))
    found = interviews.compare_units(by_turn, bare)
    rows, turn, sentence = found.frame.set_index("code"), alphas(by_turn), alphas(bare)
    assert_allclose(rows["difference"].iloc[1:], (sentence - turn)[rows.index[1:]], atol=1e-12)
    assert abs(found.frame["difference"].iloc[0]) < 0.1
    far = [code for code in turn.index[1:] if abs(sentence[code] - turn[code]) > 0.1]
    assert far
    assert all(f"“{code}” (" in found.summary() for code in far)
    assert found.summary().startswith("By sentence instead of by turn the alpha of all codes is")
    assert found.summary().count("“") == len(far)
    assert "all codes as sets" in repr(found.table())


def test_a_corpus_beside_itself_does_not_differ(by_turn):
    found = interviews.compare_units(by_turn, by_turn)
    assert "No code differs by more than 0.1." in found.summary()
    assert (found.frame["difference"].dropna() == 0).all()
