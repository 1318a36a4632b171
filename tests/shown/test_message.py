"""A message keeps raw values until it is said."""

import pytest

from cxlib.inert import visible
from cxlib.shown.language import NOT_KNOWN
from cxlib.shown.message import Message, Names, Sentences, said
from tests.hostile import PAYLOADS


def test_a_message_is_its_key_and_its_values():
    message = Message("common.more_rows", n=2)
    assert message.values == {"n": 2}
    assert message == Message("common.more_rows", n=2)
    assert message != Message("common.more_rows", n=3)
    assert len({message, Message("common.more_rows", n=2)}) == 1
    assert str(message) == message.text("en")


def test_a_value_may_be_named_as_the_first_parameter_is():
    assert Message("common.yes", key="k").values == {"key": "k"}


def test_sentences_are_said_one_after_the_other():
    both = Sentences((Message("common.yes"), Message("common.no")))
    assert both.text("en") == "yes no"
    assert list(both) == list(both.parts)


def test_words_that_are_there_already_stay():
    assert [said(each, "en") for each in (None, "own", Message("common.yes"))] == ["", "own", "yes"]


def test_names_are_written_in_the_readers_language():
    names = Names(("東京", 2026.0, NOT_KNOWN, Message("common.yes")))
    assert names.text("en") == str(names) == "東京 · 2026 · (not known) · yes"


def test_names_that_are_listed_have_the_comma_of_the_language():
    names = Names(("app", Message("common.yes")), listed=True)
    assert [names.text(code) for code in ("en", "ja", "ko")] == ["app, yes", "app、はい", "app, 예"]


@pytest.mark.parametrize("name", PAYLOADS)
def test_hostile_names_are_inert_in_sentences(name):
    word = PAYLOADS[name]
    names = Names((word, 12))
    for text in (said(word, "en"), names.text("en")):
        assert visible(text) == text


def test_a_name_from_the_right_leaves_figures_behind_it_alone():
    assert Names(("שלום", "12", "34")).text("en") == "\u200eשלום\u200e · 12 · 34"
    assert said("שלום", "en") == "שלום"
