"""How numbers and lists are written for a reader, and that every text can be filled in."""

import datetime as dt
import math
import string

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib import texts
from cxlib.errors import ParameterError
from cxlib.inert import visible
from cxlib.methods.multiplicity import Adjustment
from cxlib.shown import language
from cxlib.shown.message import Message
from tests.hostile import PAYLOADS


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
    assert language.write(value, "change") == wanted


@pytest.mark.parametrize(
    ("items", "wanted"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["가", "b", "c"], "가, b and c")],
)
def test_lists_in_words(items, wanted):
    assert language.write_list(items) == wanted


def test_missing_is_a_dash_and_a_small_p_is_not_zero():
    assert language.write(float("nan"), "percent") == "–"
    assert language.write(1e-300, "pvalue") == "< 0.001"


def test_what_has_no_bound_is_no_word():
    assert [language.number(value, 1) for value in (math.inf, -math.inf)] == ["∞", "−∞"]
    assert language.write(math.inf, "change") == "+∞"


def test_an_unknown_language_is_refused_with_the_known_ones():
    with pytest.raises(ParameterError, match="possible: en"):
        language.text("common.yes", "fr")


@pytest.mark.parametrize(
    ("value", "how", "wanted"),
    [
        (12.34, "points", "12.3"),
        (12.34, "points0", "12"),
        (-12.34, "change", "−12.3"),
        (0.5312, "percent", "53.1 %"),
        (0.5312, "percent0", "53 %"),
        (0.975, "level", "97.5 %"),
        (0.95, "level", "95 %"),
        (0.0432, "pvalue", "0.043"),
        (12345, "integer", "12,345"),
        (2.675, "decimal2", "2.67"),  # as the binary number rounds
        (dt.datetime(2026, 7, 1, 9), "date", "2026-07-01"),
        ("obstacle", "capital", "Obstacle"),
        (5.0, "compact", "5"),
        (5.5, "compact", "5.5"),
        (1234567.8, "figure", "1.23457e+06"),
        (2026.0, "", "2026"),
        (1200, "", "1200"),
        (np.int64(3), "integer", "3"),
        (["東京", 2026.0], "", "東京 and 2026"),
        (["a", "b "], "quoted", "'a' and 'b '"),
        (list("abcdefgh"), "some", "a, b, c, d, e, f and 2 more"),
        ([0.5, 0.25], "percent0", "50 % and 25 %"),
        (Message("common.yes"), "", "yes"),
        (Adjustment.NONE, "", "unadjusted"),
        (None, "points", "–"),
    ],
)
def test_a_text_says_how_a_value_is_written(value, how, wanted):
    assert language.write(value, how) == wanted


@pytest.mark.parametrize(
    "write",
    [
        lambda: language.number(1.5, 1, "fr"),
        lambda: language.write(1, "integer", "fr"),
        lambda: language.write(["a", "b"], "", "fr"),
    ],
)
def test_what_is_written_without_a_text_refuses_an_unknown_language_too(write):
    with pytest.raises(ParameterError, match="language='fr' is not there yet; possible: en"):
        write()


def test_an_unknown_way_to_write_is_refused():
    with pytest.raises(ParameterError, match="'poinst' is no way to write a value; there is"):
        language.write(1.0, "poinst")


@pytest.mark.parametrize("language_code", texts.languages())
@pytest.mark.parametrize("topic", sorted(texts.topics()))
def test_every_text_has_words_named_gaps_and_ways_to_write(topic, language_code):
    for key, text in every_text(texts.load(language_code, topic)):
        assert text.strip() or key == "gap", f"{topic}.{key}"
        for name, how in gaps(text):
            assert name.isidentifier(), f"{topic}.{key}"
            if "|" not in how:
                language.write(None if how else "a", how.partition("+")[0])  # that there is


def every_text(found):
    for key, text in found.items():
        yield from every_text(text) if isinstance(text, dict) else [(key, text)]


def gaps(text):
    for _, name, how, _ in string.Formatter().parse(text):
        if name is not None:
            yield name, how
            yield from gaps(how) if "{" in how else ()


def test_a_heading_is_the_studys_own_or_the_common_one():
    assert language.heading("nps", topic="nps") == "NPS"
    assert language.heading("ci_low", topic="nps") == "from"
    with pytest.raises(KeyError, match=r"no heading in texts/en/nps\.toml"):
        language.heading("顧客満足", topic="nps")


@pytest.mark.parametrize(
    ("n", "wanted"),
    [
        (1, "1 more row "),
        (np.int64(1), "1 more row "),
        (2, "2 more rows "),
        (1001, "1,001 more rows "),
    ],
)
def test_a_word_goes_with_its_number(n, wanted):
    assert wanted in language.text("common.more_rows", n=n)


def test_a_language_with_one_plural_class_needs_one_word():
    assert language._by_number(3, ["件"], "ja") == language._by_number(1, ["件"], "ja") == "件"


@pytest.mark.parametrize("name", PAYLOADS)
def test_hostile_names_are_inert_alone_and_in_lists(name):
    word = PAYLOADS[name]
    for spec in ("", "some", "quoted", "capital"):
        for value in (word, [word, word]):
            written = language.write(value, spec)
            assert visible(written) == written


def test_names_from_the_right_are_set_apart_in_lists():
    assert language.write(["שלום", "12"]) == "\u200eשלום\u200e and 12"
    assert language.write("שלום") == "שלום"  # a cell of its own
