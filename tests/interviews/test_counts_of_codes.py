"""Interviews per code and case, codes that meet, and quotes: by hand on a small corpus, and safe to
show."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from statsmodels.stats.proportion import proportion_confint

from cxlib import interviews
from cxlib.errors import ColumnError, ParameterError


def test_interviews_and_turns_of_each_code(small):
    found = interviews.prevalence(small)
    frame = found.frame.set_index("code")
    assert frame["interviews"].to_dict() == {
        "late delivery": 2,
        "長い待ち時間": 2,
        "배송 지연": 0,
        "kind staff": 0,
    }
    assert frame["turns"].to_dict() == {
        "late delivery": 2,
        "長い待ち時間": 3,
        "배송 지연": 0,
        "kind staff": 0,
    }
    assert frame["n"].eq(3).all()
    assert_allclose(
        frame.loc["late delivery", ["ci_low", "ci_high"]].astype(float),
        proportion_confint(2, 3, method="wilson"),
    )
    assert found.summary() == (
        "Most often heard in 3 interviews, by kind: obstacle “late delivery” (2); "
        "annoyance “長い待ち時間” (2)."
    )
    # one coder of two heard “배송 지연”: it does not count, which is not the same as not heard
    assert found.warnings == (
        "By the rule for where a code counts, these are in no interview: “배송 지연” and “kind staff”.",  # noqa: E501
    )
    ax = found.plot()
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["長い待ち時間", "late delivery"]
    assert {"2 of 3 · obstacle", "Delivery", "Contact"} <= {note.get_text() for note in ax.texts}


def test_nothing_counts(small):
    found = interviews.prevalence(small, rule="all")
    empty = type(found)(found.frame.assign(interviews=0), found.method)
    assert empty.summary().startswith("No code counts in any of the 3 interviews")
    assert empty.plot().get_title(loc="left").startswith("No code counts")


def test_cases(small):
    found = interviews.by_case(small, case="세그먼트")
    rows = found.frame[found.frame["code"] == "late delivery"].set_index("case")
    assert rows["interviews"].to_dict() == {"단골": 1, "새 고객": 1}
    assert rows["n"].to_dict() == {"단골": 1, "새 고객": 2}
    assert list(found.table().frame.columns) == [
        "theme",
        "code",
        "kind",
        "단골 (n = 1)",
        "새 고객 (n = 2)",
    ]
    assert (
        "“長い待ち時間” (1 of 1 where it is 단골, 1 of 2 where it is 새 고객) and “late delivery” ("
        in found.summary()
    )
    assert found.plot().get_xlabel() == "세그먼트"
    with pytest.raises(ColumnError, match="did you mean '세그먼트'"):
        interviews.by_case(small, case="세그먼")


def test_without_a_case_column_the_block_says_what_is_missing(small):
    found = interviews.by_case(small, case=None)
    assert found.summary().startswith("No column of the cases was named")
    assert list(found.table().frame.columns) == ["theme", "code", "kind", "all interviews (n = 3)"]
    assert found.plot().get_title(loc="left").startswith("All interviews together")


def test_groups_that_do_not_differ(build):
    corpus = build(
        {"a": 1, "b": 1}, [("a", 0, "x", "M"), ("b", 0, "x", "M")], language=["ja", "ko"]
    )
    found = interviews.by_case(corpus, case="language")
    assert found.summary().startswith("No code differs by language")
    assert found.plot().get_title(loc="left") == "No code differs by language"
    alone = interviews.by_case(
        build({"a": 1}, [("a", 0, "x", "M")], language=["ja"]), case="language"
    )
    assert "nothing to compare" in alone.summary()


def test_unstated_cases_are_a_group(build):
    corpus = build(
        {"a": 1, "b": 1}, [("a", 0, "x", "M"), ("b", 0, "x", "M")], language=["ja", None]
    )
    assert interviews.by_case(corpus, case="language").frame["case"].tolist() == [
        "ja",
        "not stated",
    ]


def test_groups_stand_in_the_order_of_their_numbers(build):
    corpus = build(
        {"a": 1, "b": 1}, [("a", 0, "x", "M"), ("b", 0, "x", "M")], tenure=["10 years", "2 years"]
    )
    assert interviews.by_case(corpus, case="tenure").frame["case"].tolist() == [
        "2 years",
        "10 years",
    ]
    assert interviews.by_case(corpus, case="document").frame["case"].tolist() == ["a", "b"]


def test_codes_that_meet(small):
    found = interviews.cooccurrence(small)
    row = found.frame.iloc[0]
    assert len(found.frame) == 1
    assert (row["code_a"], row["code_b"]) == ("late delivery", "長い待ち時間")
    assert row[
        ["interviews", "turns", "interviews_a", "interviews_b", "turns_a", "turns_b"]
    ].tolist() == [2, 2, 2, 2, 2, 3]
    assert row["jaccard"] == 2 / 3
    assert row["overlapping_spans"] == 3  # a.txt by both coders, c.txt by Mori
    assert found.summary() == (
        "Pairs of codes that share a turn: 1. In most interviews, 2 of 3, these: “late delivery” "
        "with “長い待ち時間”."
    )
    assert "長い待ち時間" in {
        tick.get_text() for ax in [found.plot()] for tick in ax.get_yticklabels()
    }


def test_turns_of_each_pair_equal_a_count_by_sets(build):
    """Independent form: sets of codes a turn, counted in plain Python."""
    rng = np.random.default_rng(5)
    rows = [
        (f"d{d}", t, f"c{c}", "M")
        for d in range(6)
        for t in range(8)
        for c in range(5)
        if rng.random() < 0.3
    ]
    found = interviews.cooccurrence(build({f"d{d}": 8 for d in range(6)}, rows)).frame
    sets: dict[tuple, set] = {}
    for document, turn, code, _ in rows:
        sets.setdefault((document, turn), set()).add(code)
    for row in found.itertuples():
        where = [key for key, codes in sets.items() if {row.code_a, row.code_b} <= codes]
        assert row.turns == len(where) == row.overlapping_spans
        assert row.interviews == len({document for document, _ in where})


def test_nothing_meets(build):
    found = interviews.cooccurrence(build({"a": 2}, [("a", 0, "x", "M"), ("a", 1, "y", "M")]))
    assert found.frame.empty
    assert found.summary() == "No two codes share a turn."
    assert found.plot().get_title(loc="left") == "No two codes share a turn."


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
    assert found[["code", "document", "turn", "coders"]].to_numpy().tolist() == [
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
    corpus = interviews.Corpus.read(
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
        "“電話で四十分も待たされて” [made to wait forty minutes on the phone] (田中さん, 二.srt, turn 1"  # noqa: E501
        in shown["text/plain"]
    )
    assert "Bob, one.vtt" in repr(found)


def test_too_few_or_no_quotes_are_said(small):
    found = interviews.quotes(small, width=(5, 20))
    assert any("“late delivery” has 2 quote(s)" in said for said in found.warnings)
    none = interviews.quotes(small, width=(100, 200))
    assert none.frame.empty
    assert none._repr_mimebundle_()["text/plain"].startswith("There is no quote")
    delight = interviews.quotes(small, kinds=["delight"], width=(5, 20))
    assert "delight" in delight.warnings[-1]
    with pytest.raises(ParameterError, match="kinds="):
        interviews.quotes(small, kinds=[])
    for change in ({"codes": 0}, {"each": 0}, {"width": (9, 3)}):
        with pytest.raises(ParameterError, match="width="):
            interviews.quotes(small, **change)


def test_of_two_spans_the_shorter_is_quoted(build):
    """The longest is never preferred, also where two coders marked one turn."""
    corpus = build({"a": 1}, [("a", 0, "x", "K"), ("a", 0, "x", "M")])
    corpus.codings.loc[1, "end"] = 6
    assert interviews.quotes(corpus, width=(5, 20)).frame["words"].tolist() == ["turn 0"]
