"""Codebooks in YAML and in tables: hierarchy, languages, and each refusal in full."""

from __future__ import annotations

import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from cxlib import interviews
from cxlib.errors import SourceError
from cxlib.interviews import codebooks
from tests.interviews.conftest import read

NESTED = """
codes:
  - name: 配送
    label: {en: delivery, ko: 배송}
    codes:
      - name: late
        label: {ja: 遅い, ko: 지연}
        definition: {en: "It came late.", ja: 届くのが遅れた。}
        example: [four days late, "never came"]
        when_not: a wrong parcel
        codes: [very late]
      - {name: wrong parcel, kind: obstacle}
  - {name: price, theme: money}
  - {name: fees, parent: price}
  - lonely
"""


def book_of(tmp_path, content, name="codebook.yaml"):
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    return codebooks.read_codebook(path)


def test_codes_stand_under_codes_to_any_depth(tmp_path):
    book = book_of(tmp_path, NESTED).set_index("name")
    assert book["parent"].to_dict() == {
        "配送": "",
        "late": "配送",
        "very late": "late",
        "wrong parcel": "配送",
        "price": "",
        "fees": "price",
        "lonely": "",
    }
    assert book["theme"].tolist() == ["配送"] * 4 + ["money", "money", ""]
    assert book.at["late", "example"] == "four days late\nnever came"
    assert book.at["late", "when_not"] == "a wrong parcel"
    assert book.at["wrong parcel", "kind"] == "obstacle"


def test_words_are_in_the_language_asked_for_else_in_another(tmp_path):
    book = book_of(tmp_path, NESTED)
    assert codebooks.languages(book) == ["en", "ko", "ja"]
    told = {
        language: codebooks.in_language(book, language).set_index("name")
        for language in ("en", "ja", "ko", "fr", "ko-KR")
    }
    labels = {language: frame["label"].tolist()[:2] for language, frame in told.items()}
    assert labels == {
        "en": ["delivery", "late"],
        "ja": ["配送", "遅い"],
        "ko": ["배송", "지연"],
        "fr": ["配送", "late"],
        "ko-KR": ["배송", "지연"],
    }
    assert told["ja"].at["late", "definition"] == "届くのが遅れた。"
    assert told["ko"].at["late", "definition"] == "It came late."
    called = codebooks.spellings(book)
    assert {called[each] for each in ("遅い", "지연", "late")} == {"late"}


@pytest.mark.parametrize("suffix", ["csv", "tsv", "xlsx"])
def test_a_table_is_a_codebook_too(tmp_path, suffix):
    rows = pd.DataFrame(
        [
            ["007", "", "", "a spy; or two", "", "", "７番"],
            ["late", "007", "annoyance", "It came late.", "a\nb", "early", ""],
        ],
        columns=["Name", "parent", "kind", "Definition", "examples", "When not", "label_ja"],
    )
    path = tmp_path / f"book.{suffix}"
    if suffix == "xlsx":
        rows.to_excel(path, index=False)
    else:
        rows.to_csv(path, index=False, sep={"csv": ",", "tsv": "\t"}[suffix])
    book = codebooks.read_codebook(path)
    assert book[["name", "parent", "theme"]].to_numpy().tolist() == [
        ["007", "", "007"],
        ["late", "007", "007"],
    ]
    assert book.loc[1, ["definition", "example", "when_not"]].tolist() == [
        "It came late.",
        "a\nb",
        "early",
    ]
    assert codebooks.in_language(book, "ja")["label"].tolist() == ["７番", "late"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("- a\n- b\n", "no list under 'codes:'"),
        ("codes: []\n", "no list under 'codes:'"),
        ("codes: [{theme: x}]\n", "entry 1.*has no name"),
        ("codes: [{name: a, codes: [{theme: x}]}]\n", "entry 1, entry 1.*has no name"),
        ("codes: [{name: a}, {name: a}]\n", "'a' is defined more than once"),
        ("codes: [{name: a, name: b}]\n", "line 1: 'name' is there twice"),
        (
            "codes:\n  - {name: a, definition: An hour, and more}\n",
            r"line 2: 'and more' \(behind 'definition'\) has no value; a text with a comma goes in "
            "quotation marks",
        ),
        (
            "codes: [{name: a, example: 待った, 長い, kind: goal}]\n",
            "'長い' .behind 'example'. has no",
        ),
        ("codes: [{name: 'a}]\n", "cannot be read as YAML"),
        (
            "codes: [Late, ｌａｔｅ]\n",
            "'Late' and 'ｌａｔｅ' differ only in capital",
        ),
        ("codes: [{name: a, parent: b}]\n", "parent='b' of 'a' is no code"),
        ("codes: [{name: late}, {name: a, parent: lat}]\n", "did you mean 'late'"),
        ("codes: [{name: a, parent: a}]\n", "a > a goes round"),
        ("codes: [{name: a, parent: b}, {name: b, parent: a}]\n", "a > b > a goes round"),
        ("codes: [{name: c, parent: a}, {name: a, parent: b}, {name: b, parent: a}]\n", "c > a"),
        ("codes: [{name: a, codes: [{name: b, parent: c}]}, c]\n", "stands under 'a' and has"),
        ("codes: [{name: a, theme: x, codes: [{name: b, theme: y}]}]\n", "'x' is the theme"),
        ("codes: [{name: a, codes: b}]\n", "codes='b' is no list"),
        ("codes: [{name: a, label: {Japanese!: x}}]\n", "which is no language"),
        ("codes: [{name: a, label: {ja: 遅}}, {name: b, label: {ja: 遅}}]\n", "label_ja='遅'"),
        ("codes: [{name: a, label: {ja: b}}, b]\n", "label_ja='b', which is also"),
        ("codes: [&a {name: a, codes: [*a]}]\n", "cannot be read as YAML.*recursive"),
        ("codes: [&a {name: a}, *a]\n", "'a' is defined more than once"),
    ],
)
def test_codebooks_that_cannot_be_read(tmp_path, content, says):
    with pytest.raises(SourceError, match=says):
        book_of(tmp_path, content)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("code,parent\na,\n", "no column 'name'"),
        ("name,name\na,b\n", "two columns 'name'"),
        ("name,parent\n,a\nb,\n", "row 1.*has no name"),
        ("name,parent\n", "has no rows"),
    ],
)
def test_tables_that_are_no_codebook(tmp_path, content, says):
    with pytest.raises(SourceError, match=says):
        book_of(tmp_path, content, "book.csv")


@given(st.lists(st.integers(0, 10), min_size=1, max_size=12), st.randoms())
def test_a_tree_nested_and_by_parents_is_one(tmp_path_factory, choices, random):
    """Written one way or the other, and in any order, a hierarchy is the same."""
    parents = {f"c{i}": f"c{at % i}" if i and at % 3 else "" for i, at in enumerate(choices)}

    def under(parent):
        return [
            {"name": name, "codes": under(name)}
            for name, above in parents.items()
            if above == parent
        ]

    listed = [{"name": name, "parent": parent} for name, parent in parents.items()]
    random.shuffle(listed)
    home = tmp_path_factory.mktemp("book")
    books = [
        book_of(home, yaml.safe_dump({"codes": codes}), f"{n}.yaml").set_index("name").sort_index()
        for n, codes in enumerate((under(""), listed))
    ]
    assert books[0].equals(books[1])
    for name, theme in books[0]["theme"].items():
        top = name
        while parents[top]:
            top = parents[top]
        assert theme == (top if top in parents.values() else "")


def test_a_heading_that_nobody_applied_is_no_code_and_one_that_was_is(folder):
    (folder / "codebook.yaml").write_text(
        "codes: [{name: Delivery, codes: [late delivery, 배송 지연]}, "
        "{name: Wait, codes: [長い待ち時間]}]",
        encoding="utf-8",
    )
    corpus = read(folder)
    assert corpus.codes["name"].tolist() == ["late delivery", "배송 지연", "長い待ち時間"]
    assert len(corpus.codebook) == 5
    found = interviews.prevalence(corpus)
    assert found.frame.set_index("code")["interviews"].to_dict() == {
        "late delivery": 2,
        "배송 지연": 1,
        "長い待ち時間": 1,
    }
    assert found.warnings == ()
    themes = interviews.prevalence(corpus, by="theme").frame.set_index("theme")["interviews"]
    assert themes.to_dict() == {"Delivery": 3, "Wait": 1}
    rows = pd.read_csv(folder / "codings.csv")
    rows.loc[rows["document"] == "one.vtt", "code"] = "Delivery"
    rows.to_csv(folder / "codings.csv", index=False)
    corpus = read(folder)
    assert corpus.codes["name"].tolist()[0] == "Delivery"
    themes = interviews.prevalence(corpus, by="theme").frame.set_index("theme")["interviews"]
    assert themes.to_dict() == {"Delivery": 3, "Wait": 1}
    assert interviews.agreement(corpus, by="theme", resamples=0).frame["theme"].tolist()[1:] == [
        "Delivery",
        "Wait",
    ]


def test_codes_are_called_as_in_the_reader_s_language(folder):
    (folder / "codebook.yaml").write_text(
        "codes: [{name: Delivery, label: {ja: 配送}, codes: "
        "[{name: late delivery, label: {ja: 遅延}}, 배송 지연]}, 長い待ち時間]",
        encoding="utf-8",
    )
    corpus = read(folder).labelled("ja")
    found = interviews.prevalence(corpus).frame
    assert dict(zip(found["code"], found["theme"], strict=True)) == {
        "遅延": "配送",
        "배송 지연": "配送",
        "長い待ち時間": "",
    }
    assert read(folder).labelled("en").codebook.equals(read(folder).codebook)
