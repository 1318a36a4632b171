"""Quotes: chosen by the rule, and safe to show."""

from __future__ import annotations

import io
from dataclasses import replace

import pandas as pd
import pytest

from cxlib import interviews
from cxlib.errors import ParameterError


def test_quotes_follow_the_rule(build):
    """Most coders first, then the interview quoted least, at most one from an interview."""
    both = (
        [("b", 1, "x", who) for who in "KM"]
        + [("c", 0, "x", who) for who in "KM"]
        + [("b", 2, "y", who) for who in "KM"]
    )
    rows = [("a", 0, "x", "M"), ("a", 1, "y", "M"), ("b", 0, "x", "M"), ("c", 1, "y", "M"), *both]
    corpus = build({"a": 3, "b": 3, "c": 3}, rows, {"x": ("", "obstacle"), "y": ("", "obstacle")})
    found = interviews.quotes(corpus, kinds=["obstacle"], each=2, width=(5, 20), rule="any").frame
    assert found[["code", "document", "unit", "coders"]].to_numpy().tolist() == [
        ["x", "b", 1, 2],
        ["x", "c", 0, 2],
        ["y", "b", 2, 2],
        ["y", "a", 1, 1],
    ]


def test_quotes_are_inert_and_say_their_language(folder):
    path = folder / "interviews" / "four.txt"
    path.write_text(
        path.read_text(encoding="utf-8").replace("as always", "<script>x</script>"),
        encoding="utf-8",
    )
    rows = pd.read_csv(folder / "codings.csv")
    text = path.read_text(encoding="utf-8")
    rows.loc[rows["document"] == "four.txt", "end"] = text.index("</script>") + 9
    rows.loc[rows["document"] == "two.srt", "gloss"] = "<b>"
    rows.to_csv(folder / "codings.csv", index=False)
    corpus = interviews.read_corpus(
        folder / "interviews", codings=folder / "codings.csv", codebook=folder / "codebook.yaml"
    )
    found = interviews.quotes(corpus, width=(5, 300))
    shown = found._repr_mimebundle_()
    assert "<script>" not in shown["text/html"]
    assert "&lt;script&gt;" in shown["text/html"]
    assert (
        '<blockquote lang="ja"><p>電話で四十分も待たされて</p><p class="gloss" lang="en">made to wait'  # noqa: E501
        in shown["text/html"]
    )
    assert '<blockquote lang="ko">' in shown["text/html"]
    assert "'=HYPERLINK" in shown["text/csv"]
    assert (
        pd.read_csv(io.StringIO(shown["text/csv"]))["document"].tolist()
        == found.frame["document"].tolist()
    )
    assert "Obstacle: late delivery (2 of 4 interviews)" in shown["text/plain"]
    assert (
        "“電話で四十分も待たされて” [made to wait forty minutes on the phone] (田中さん, 二.srt, turn 2"  # noqa: E501
        in shown["text/plain"]
    )
    assert "Bob, one.vtt" in repr(found.passages())


def test_too_few_or_no_quotes_are_said(small):
    found = interviews.quotes(small, width=(5, 20))
    assert any("“late delivery” has 2 quotes" in str(said) for said in found.warnings)
    none = interviews.quotes(small, width=(100, 200))  # no unit has as much
    assert none.frame.empty
    assert none._repr_mimebundle_()["text/plain"].startswith("There is no quote")
    delight = interviews.quotes(small, kinds=["delight"], width=(5, 20))
    assert "delight" in str(delight.warnings[-1])
    with pytest.raises(ParameterError, match="kinds="):
        interviews.quotes(small, kinds=[])
    for change in ({"codes": 0}, {"each": 0}, {"width": (9, 3)}):
        with pytest.raises(ParameterError, match="width="):
            interviews.quotes(small, **change)


def test_of_two_spans_the_shorter_is_quoted(build):
    """The longest is never preferred, also where two coders marked one unit."""
    corpus = build({"a": 1}, [("a", 0, "x", "K"), ("a", 0, "x", "M")])
    corpus.codings.loc[1, "end"] = 6
    assert interviews.quotes(corpus, width=(5, 20)).frame["words"].tolist() == ["unit 0"]


def test_what_is_longer_than_the_limit_is_cut_and_comes_after_what_is_not(build):
    """A customer who speaks at length is heard, by a sentence."""
    texts = {
        "long": "It came late. Nobody told me why, and so I waited for the whole of the day.",
        "長い": "四日遅れた。誰も理由を教えてくれなかったので、一日中待っていた。もう頼まない。",
        "short": "It was never on time.",
    }
    corpus = build(dict.fromkeys(texts, 1), [(name, 0, "x", "K") for name in texts])
    ends = [len(text) for text in texts.values()]
    documents = corpus.documents.assign(text=list(texts.values()), characters=ends)
    corpus = replace(
        corpus,
        documents=documents,
        units=corpus.units.assign(end=ends),
        codings=corpus.codings.assign(end=ends),
    )
    found = interviews.quotes(corpus, width=(5, 30))
    assert found.frame["words"].tolist() == [
        "It was never on time.",
        "It came late. …",
        "四日遅れた。…",
    ]
    assert found.frame["lang"].tolist() == ["", "", "ja"]
    assert "cut where a sentence ends" in found.summary()
    assert len(interviews.quotes(corpus, width=(25, 90)).frame) == 2
