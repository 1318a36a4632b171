"""Text has no order but the one that is given."""

from __future__ import annotations

import pandas as pd
import pytest
from numpy.testing import assert_allclose

from cxlib import interviews
from cxlib.errors import ColumnError, ParameterError

ORDER = ["never", "rarely", "often", "always"]
# how many of two coders gave each of eight units that word
WORDS = pd.DataFrame(
    {
        "always": [2, 1, 0, 0, 0, 0, 1, 0],
        "never": [0, 0, 0, 2, 1, 2, 0, 0],
        "often": [0, 1, 2, 0, 0, 0, 1, 1],
        "rarely": [0, 0, 0, 0, 1, 0, 0, 1],
    }
)


@pytest.mark.parametrize("level", ["ordinal", "interval"])
def test_words_in_their_order_are_their_ranks(level):
    """Property: words with an order are numbers with the same order; the alphabet's is another."""
    ranks = WORDS[ORDER].set_axis([1, 2, 3, 4], axis=1)
    right = interviews.krippendorff_alpha(ranks, level=level)
    found = interviews.krippendorff_alpha(WORDS, level=level, order=ORDER)
    assert_allclose([found.value, found.ci_low], [right.value, right.ci_low], rtol=1e-12)
    by_alphabet = WORDS.set_axis([1, 2, 3, 4], axis=1)
    assert interviews.krippendorff_alpha(by_alphabet, level=level).value < found.value - 0.2


@pytest.mark.parametrize("level", ["ordinal", "interval", "ratio"])
@pytest.mark.parametrize(
    "names", [["낮음", "보통", "높음", "최고"], ["低", "中", "高", "最"], [1, 2, "3", "many"]]
)
def test_text_without_an_order_is_refused(level, names):
    with pytest.raises(ColumnError, match=f"level='{level}' needs numbers"):
        interviews.krippendorff_alpha(WORDS.set_axis(names, axis=1), level=level)


def test_the_next_step_of_the_refusal_works():
    with pytest.raises(ColumnError, match=r"give order=\[…\] with all values from low to high"):
        interviews.krippendorff_alpha(WORDS, level="ordinal")
    with pytest.raises(ColumnError) as refused:
        interviews.krippendorff_alpha(WORDS, level="ratio")
    assert "order=" not in str(refused.value)
    assert interviews.krippendorff_alpha(WORDS, level="nominal").value > 0


def test_numbers_have_their_own_order_whatever_the_columns_have():
    ranks = WORDS[ORDER].set_axis([1, 2, 3, 10], axis=1)
    right = interviews.krippendorff_alpha(ranks, level="ordinal").value
    shuffled = ranks[[10, 1, 3, 2]]
    assert_allclose(interviews.krippendorff_alpha(shuffled, level="ordinal").value, right)
    as_text = ranks.set_axis(["1", "2", "3", "10"], axis=1).sort_index(axis=1)
    assert_allclose(interviews.krippendorff_alpha(as_text, level="ordinal").value, right)


def test_one_number_written_twice_is_one_value():
    split = pd.DataFrame({"1": [1, 0, 0], "1.0": [1, 0, 0], "2": [0, 2, 2]})
    for level in ("ordinal", "interval", "ratio"):
        assert interviews.krippendorff_alpha(split, level=level).value == 1


def test_an_ordered_categorical_has_its_own_order():
    columns = pd.CategoricalIndex(WORDS.columns, categories=ORDER, ordered=True)
    found = interviews.krippendorff_alpha(WORDS.set_axis(columns, axis=1), level="ordinal")
    right = interviews.krippendorff_alpha(WORDS, level="ordinal", order=ORDER)
    assert found.value == right.value


@pytest.mark.parametrize(
    ("level", "order", "error", "says"),
    [
        ("ordinal", ["never", "often"], ColumnError, "lacks 'always'"),
        ("ordinal", [*ORDER, "often"], ParameterError, "names 'often' twice"),
        ("ratio", ORDER, ParameterError, "ranks have no zero"),
        ("nominal", ORDER, ParameterError, "has no use at level='nominal'"),
    ],
)
def test_orders_that_do_not_fit(level, order, error, says):
    with pytest.raises(error, match=says):
        interviews.krippendorff_alpha(WORDS, level=level, order=order)


def test_a_value_that_nobody_gave_may_stand_in_the_order():
    more = interviews.krippendorff_alpha(WORDS, level="ordinal", order=["not asked", *ORDER])
    assert more.value == interviews.krippendorff_alpha(WORDS, level="ordinal", order=ORDER).value
