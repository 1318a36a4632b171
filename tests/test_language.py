"""How numbers and lists are written for a reader, and that every text can be filled in."""

import math
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib import language
from cxlib.errors import ParameterError
from tests.conftest import ROOT


@given(st.floats(-1e9, 1e9, allow_nan=False), st.integers(0, 3))
def test_numbers_read_back_as_what_was_written(value, digits):
    written = language.number(value, digits)
    assert (
        abs(float(written.replace(",", "").replace("−", "-")) - value) <= 0.5 * 10**-digits + 1e-6
    )
    assert (
        not written.startswith("−0" + "." * bool(digits) + "0" * digits)
        or float(written.replace("−", "-")) != 0
    )


@pytest.mark.parametrize(
    ("value", "wanted"),
    [(0.0, "0.0"), (-0.04, "0.0"), (3.14, "+3.1"), (-3.16, "−3.2"), (0.04, "0.0")],
)
def test_changes_carry_their_sign_and_zero_has_none(value, wanted):
    assert language.points(value, sign=True) == wanted


@pytest.mark.parametrize(
    ("items", "wanted"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["가", "b", "c"], "가, b and c")],
)
def test_lists_in_words(items, wanted):
    assert language.joined(items) == wanted


def test_missing_is_a_dash_and_a_small_p_is_not_zero():
    assert language.percent(float("nan")) == "–"
    assert language.pvalue(1e-300) == "< 0.001"


def test_what_has_no_bound_is_no_word():
    assert [language.number(value, 1) for value in (math.inf, -math.inf)] == ["∞", "−∞"]
    assert language.points(math.inf, sign=True) == "+∞"


def test_an_unknown_language_is_refused_with_the_known_ones():
    with pytest.raises(ParameterError, match="possible: en"):
        language.text("common.and", "fr", first="a", last="b")


@pytest.mark.parametrize(
    "topic", sorted(path.stem for path in (ROOT / "cxlib" / "texts" / "en").glob("*.toml"))
)
def test_every_text_has_words_and_named_gaps(topic):
    for key, text in language._texts("en", topic).items():
        gaps = [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]
        assert all(name.isidentifier() for name in gaps), f"{topic}.{key}"
        assert text.strip(), f"{topic}.{key}"


def test_a_column_of_the_users_own_keeps_its_name():
    assert language.heading("顧客満足") == "顧客満足"
    assert language.heading("nps") == "NPS"


@pytest.mark.parametrize(
    ("n", "wanted"),
    [("1", "1 row has"), (1, "1 row has"), ("2", "2 rows have"), ("1,001", "1,001 rows have")],
)
def test_a_word_goes_with_its_number(n, wanted):
    assert language.text("nps.left_out", n=n, column="wave").startswith(wanted)
