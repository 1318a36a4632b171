"""Sentences are written in the reader's language, and said once."""

from __future__ import annotations

from cxlib.shown import text
from cxlib.shown.message import Message


def test_flags_are_said_once_and_none_is_said_too():
    assert text.flags(["a", "b"], ["b", "c"]).written() == ("a", "b", "c")
    assert len(text.flags([], ()).sentences) == 1
    assert repr(text.say("one", "two")) == "one\ntwo"


def test_messages_are_written_in_the_language_asked_for():
    said = text.flags([Message("common.more_rows", n=1), "own words"], language="en")
    assert repr(said) == "… and 1 more row in the CSV\nown words"
    assert "<li>own words</li>" in said._repr_mimebundle_()["text/html"]
