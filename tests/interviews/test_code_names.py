"""Codes and kinds are written in the reader's language; data and ledger keep their names."""

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cxlib as cx
from cxlib import interviews, texts
from cxlib.errors import SourceError
from cxlib.interviews.code_names import CodeNames, kind_word
from cxlib.interviews.codebooks import CodeKind, read_codebook
from cxlib.shown import language as words
from cxlib.shown.ledger import ledger
from cxlib.shown.message import Message

LANGUAGES = sorted(texts.languages())
LABELS = {"late delivery": "配達の遅れ", "長い待ち時間": "待たされる", "kind staff": "親切な係"}


@pytest.fixture
def labelled(small):
    book = small.codebook.assign(label_ja=small.codebook["name"].map(LABELS).fillna(""))
    return cx.interviews.Corpus(
        documents=small.documents,
        units=small.units,
        codings=small.codings,
        codebook=book,
        cases=small.cases,
    )


def results(corpus):
    """Every result that names codes, and how it is seen: its sentences and tables."""
    quoted = interviews.quotes(corpus, width=(1, 300))
    found = interviews.disagreements(corpus)
    by_case = interviews.by_case(corpus, case="language")
    beside = interviews.coefficients(corpus, interval=None)
    return {
        "prevalence": interviews.prevalence(corpus),
        "by_theme": interviews.prevalence(corpus, by="theme"),
        "by_kind": interviews.prevalence(corpus, by="kind"),
        "agreement": interviews.agreement(corpus, interval=None),
        "kinds": interviews.agreement(corpus, by="kind", interval=None),
        "cooccurrence": interviews.cooccurrence(corpus),
        "codebook": interviews.codebook(corpus),
        "beside": beside,
        "by_case": by_case,
        "quotes": quoted,
        "disagreements": found,
    }


def seen(found, language):
    """Return all that a reader sees of a result but its figure."""
    shown = [found.summary(language), repr(found.table(language=language))]
    shown += [warning.text(language) for warning in found.warnings]
    for other in ("crosstab", "passages", "caution"):
        if hasattr(found, other):
            shown.append(str(getattr(found, other)(language=language)))
    if hasattr(found, "first"):
        shown.append(repr(found.first(9, language=language)))
    return "\n".join(map(str, shown))


def drawn(found, language):
    """Return the texts of a figure."""
    ax = found.plot(language=language)
    return "\n".join(
        text.get_text() for text in ax.figure.findobj(lambda a: hasattr(a, "get_text"))
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_kind_of_code_is_left_in_another_language(small, language):
    for name, found in results(small).items():
        said = seen(found, language)
        if name in ("prevalence", "by_kind", "agreement", "kinds", "by_case"):
            said += drawn(found, language)
        for kind in ("obstacle", "annoyance", "delight"):
            there = kind in said.casefold()
            assert not there or language == "en", f"{name}: {kind}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_code_is_called_by_its_label_where_its_language_has_one(labelled, language):
    for name, found in results(labelled).items():
        said = seen(found, language)
        if name in ("prevalence", "agreement", "by_case", "cooccurrence"):
            said += drawn(found, language)
        for code, label in LABELS.items():
            shown, other = (label, code) if language == "ja" else (code, label)
            assert other not in said, f"{name}: {other}"
            assert (
                shown in said
                or found.frame.empty
                or not set(found.frame) & {"code"}
                or code not in set(found.frame["code"])
            ), f"{name}: {shown}"


def test_the_ledger_and_the_files_keep_the_names(labelled):
    found = {
        name: result
        for name, result in results(labelled).items()
        if name not in ("quotes", "disagreements", "codebook")
    }
    english, japanese = (
        cx.ledger(**found, language=language).frame.drop(columns=["text", "of"])  # in words
        for language in ("en", "ja")
    )
    pd.testing.assert_frame_equal(english, japanese)
    assert "kind=obstacle" in "".join(japanese["segment"])
    told = found["prevalence"].table(language="ja").to_csv()
    assert "late delivery" in told
    assert "obstacle" in told


def test_english_words_of_kinds_are_the_kinds():
    """So that an English page says what the codebook says."""
    assert [words.word(kind) for kind in CodeKind] == [kind.value for kind in CodeKind]


@given(st.text(max_size=12), st.sampled_from(LANGUAGES))
def test_a_kind_of_a_researchers_own_stays(kind, language):
    if kind not in list(CodeKind):
        assert words.write(kind_word(kind), "", language) == words.write(kind, "", language)
        assert words.write(kind_word(kind), "capital", language) == words.write(
            kind, "capital", language
        )


NAMES = st.lists(st.text("abc遅배", min_size=1, max_size=4), min_size=1, max_size=5, unique=True)


@given(NAMES, st.data())
def test_names_are_those_that_the_codebook_has_in_a_language(names, data):
    """Against `in_language`, which tables of the codebook go by."""
    tags = data.draw(st.lists(st.sampled_from(["", "ja", "ko", "ja_jp", "de"]), unique=True))
    book = pd.DataFrame({"name": names})
    for tag in tags:
        labels = data.draw(st.lists(st.sampled_from(["", "x", "遅れ"]), min_size=5, max_size=5))
        book[f"label_{tag}" if tag else "label"] = [
            label and f"{label}{at}" for at, label in enumerate(labels[: len(names)])
        ]
    called = CodeNames.of(book)
    for language in LANGUAGES:
        wanted = interviews.codebooks.in_language(book, language)["label"].tolist()
        assert called.written("code", names, language) == wanted
        quoted = [
            Message("interviews.quoted", name=name).text(language)
            for name in called.column("code", names)
        ]
        assert quoted == [Message("interviews.quoted", name=name).text(language) for name in wanted]


@pytest.mark.parametrize(
    ("language", "code", "heard"),
    [
        ("ja", "配達の遅れ · 妨げ", "インタビュー3件"),
        ("ko", "late delivery · 걸림돌", "인터뷰 3건"),
        ("en", "late delivery · obstacle", "3 interviews"),
    ],
)
def test_a_key_figure_names_its_code_and_counts_the_interviews(small, language, code, heard):
    """Neither the raw kind nor a file's name stands among the key figures."""
    label = small.codebook["name"].map({"late delivery": "配達の遅れ"}).fillna("")
    corpus = replace(small, codebook=small.codebook.assign(label_ja=label))
    found = ledger(
        key=[
            ("prevalence.interviews", {"code": "late delivery"}),
            ("prevalence.interviews", "first"),
            ("saturation.cumulative", "last"),
        ],
        prevalence=interviews.prevalence(corpus),
        saturation=interviews.saturation(corpus),
        language=language,
    )
    assert [mark["of"] for mark in found.keys][::2] == [code, heard]
    assert "code" not in found.keys[1]["of"]


@pytest.mark.parametrize("language", ["en", "ja", "ko"])
def test_a_theme_is_called_by_its_words_in_each_language(tmp_path, language):
    """Of a code that stands under another, the theme's words are those of the code above."""
    (tmp_path / "book.yaml").write_text(
        "codes:\n- name: late\n  theme: {en: waiting, ja: 待つこと}\n  codes: [{name: very late}]\n"
        "- {name: kind, theme: people}\n",
        encoding="utf-8",
    )
    book = read_codebook(tmp_path / "book.yaml")
    assert book["theme"].tolist() == ["waiting", "waiting", "people"]
    called = CodeNames.of(book).written("theme", book["theme"], language)
    assert called == [*["待つこと" if language == "ja" else "waiting"] * 2, "people"]


def test_a_theme_with_two_names_in_one_language_is_refused(tmp_path):
    (tmp_path / "book.csv").write_text(
        "name,theme,theme_ja\nlate,waiting,待つこと\nlost,waiting,待ち時間\n", encoding="utf-8"
    )
    with pytest.raises(SourceError, match="'waiting' has theme_ja='待つこと' and '待ち時間'"):
        read_codebook(tmp_path / "book.csv")
