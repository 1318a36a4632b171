"""What is seen of a coded transcript is the transcript, and who marked what."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from cxlib import interviews
from cxlib.errors import ParameterError
from cxlib.interviews import Corpus

from .conftest import read

# everything that can be in a decoded file, but for what no file of text can hold
TEXT = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=120
)


def corpus_of(text: str, spans: list[tuple], units: list[tuple[int, int]]) -> Corpus:
    rows = [("a.txt", *span) for span in spans]
    codings = pd.DataFrame(rows, columns=["document", "start", "end", "code", "coder", "memo"])
    frame = pd.DataFrame(
        [("a.txt", n, "<b>Ana", start, end, 3.0) for n, (start, end) in enumerate(units)],
        columns=["document", "unit", "speaker", "start", "end", "started_seconds"],
    )
    about = {"document": ["a.txt"], "format": "txt", "text": [text], "characters": len(text)}
    return Corpus(
        documents=pd.DataFrame({**about, "sha256": ["0" * 64]}),
        units=frame,
        codings=codings,
        codebook=pd.DataFrame({"name": sorted(set(codings["code"])), "theme": "", "kind": ""}),
        cases=pd.DataFrame({"document": ["a.txt"]}),
    )


def transcript(markup: str) -> str:
    soup = BeautifulSoup(markup, "html.parser")
    return "".join(element.get_text() for element in soup.select(".t"))


@st.composite
def corpora(draw):
    text = draw(TEXT)
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=6)))
    units = [(a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=False) if b > a]
    spans = []
    for _ in range(draw(st.integers(0, 6))):
        start = draw(st.integers(0, len(text) - 1))
        end = draw(st.integers(start + 1, len(text)))
        code = draw(st.sampled_from(["late", "長い待ち時間", "<i>x"]))
        spans.append((start, end, code, draw(st.sampled_from(["Kim", "森"])), draw(st.text())))
    return corpus_of(text, spans, units)


@given(corpora())
@settings(max_examples=60)
def test_the_marked_text_joined_is_the_transcript(corpus):
    markup = interviews.view(corpus, "a.txt").fragment
    assert transcript(markup) == corpus.documents["text"].iloc[0]


def test_it_is_the_transcript_in_every_format(folder):
    corpus = read(folder)
    for name, text in zip(corpus.documents["document"], corpus.documents["text"], strict=True):
        assert transcript(interviews.view(corpus, name).fragment) == text


def test_words_memos_and_names_cannot_become_markup():
    corpus = corpus_of(
        "<script>alert(1)</script>", [(0, 8, "<img src=x>", "<b>K", "</p><script>x")], [(0, 25)]
    )
    soup = BeautifulSoup(interviews.view(corpus, "a.txt").to_html(), "html.parser")
    assert not soup.find_all(["script", "img"])
    assert len(soup.find_all("b")) == 2
    assert soup.find("details").p.get_text() == "</p><script>x"


def test_the_codes_of_a_unit_follow_it_by_coder_with_what_was_settled():
    corpus = corpus_of(
        "0123456789", [(0, 4, "late", "Kim", ""), (2, 8, "cold", "森", "")], [(0, 5), (5, 10)]
    )
    corpus = replace(
        corpus,
        progress=pd.DataFrame({"document": ["a.txt"], "coder": ["Kim"], "read_to": [5]}),
        decisions=pd.DataFrame(
            [("a.txt", 0, 5, "late", True, "the bill", ""), ("a.txt", 0, 5, "cold", False, "", "")],
            columns=["document", "start", "end", "code", "holds", "reason", "decided_by"],
        ),
    )
    soup = BeautifulSoup(interviews.view(corpus, "a.txt").fragment, "html.parser")
    first, second = (
        [row.get_text(" ", strip=True) for row in unit.find_next_sibling("ul").find_all("li")]
        for unit in soup.select(".said")
    )
    assert first == [
        "Kim : late",
        "森 : cold",
        "settled : late memo the bill",
        "settled that these do not hold: cold",
    ]
    assert second == ["Kim: not yet read", "森 : cold"]


@pytest.mark.parametrize(
    ("language", "settler", "code"),
    [("en", "settled", "late"), ("ja", "協議で決定", "配達の遅れ"), ("ko", "합의", "late")],
)
def test_a_view_speaks_the_readers_language(language, settler, code):
    corpus = corpus_of("0123456789", [(0, 4, "late", "Kim", "")], [(0, 5), (5, 10)])
    corpus = replace(
        corpus,
        codebook=corpus.codebook.assign(label_ja="配達の遅れ"),
        decisions=pd.DataFrame(
            [("a.txt", 0, 5, "late", True, "", "")],
            columns=["document", "start", "end", "code", "holds", "reason", "decided_by"],
        ),
    )
    shown = interviews.view(corpus, "a.txt", language=language).fragment
    soup = BeautifulSoup(shown, "html.parser")
    first = soup.select_one(".said").find_next_sibling("ul").find_all("li")
    assert [row.get_text(" ", strip=True) for row in first] == [
        f"Kim : {code}",
        f"{settler} : {code}",
    ]
    said = soup.select_one("p.soft").get_text()
    assert ("。 " in said) == (language != "ja" and "。" in said)


def test_coders_can_be_chosen():
    corpus = corpus_of("0123", [(0, 2, "a", "Kim", ""), (0, 2, "b", "森", "")], [(0, 4)])
    shown = interviews.view(corpus, "a.txt", coders=["森"]).fragment
    assert "森" in shown
    assert "Kim" not in shown
    with pytest.raises(ParameterError, match="'Mori'"):
        interviews.view(corpus, "a.txt", coders=["Mori"])
    with pytest.raises(ParameterError, match=r"b\.txt"):
        interviews.view(corpus, "b.txt")


def test_an_hour_with_500_spans_is_less_than_a_megabyte():
    random = np.random.default_rng(1)
    words = ["".join(random.choice(list("abcde "), 60)) for _ in range(720)]
    text = "\n".join(words)
    units = [(61 * n, 61 * n + 60) for n in range(720)]
    spans = [
        (61 * n + 3, 61 * n + 50, f"code {n % 40}", ("Kim", "森")[n % 2], "")
        for n in random.choice(720, 500)
    ]
    corpus = corpus_of(text, spans, units)
    assert len(interviews.view(corpus, "a.txt").to_html().encode()) < 1_000_000


def test_a_page_is_written_whole(tmp_path):
    corpus = corpus_of("a\r\nb", [], [(0, 4)])
    path = interviews.view(corpus, "a.txt").save(tmp_path / "a.html")
    assert transcript(path.read_bytes().decode()) == "a\r\nb"
    assert [file.name for file in tmp_path.iterdir()] == ["a.html"]


def test_none_is_shown_unless_asked(folder):
    corpus = read(folder)
    data, about = interviews.views(corpus, shown=False)._repr_mimebundle_()
    assert not about
    assert "longer" not in data["text/html"]
    data, about = interviews.views(corpus)._repr_mimebundle_()
    assert about["text/html"]["beside"] == list(corpus.documents["document"])
    assert "four.txt" in data["text/plain"]
