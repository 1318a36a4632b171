"""Interviews of each code by a column of the cases: by hand on a small corpus."""

from __future__ import annotations

import pytest

from cxlib import interviews
from cxlib.errors import ColumnError


def test_cases(small):
    found = interviews.by_case(small, case="세그먼트")
    rows = found.frame[found.frame["code"] == "late delivery"].set_index("세그먼트")
    assert rows["interviews"].to_dict() == {"단골": 1, "새 고객": 1}
    assert rows["n"].to_dict() == {"단골": 1, "새 고객": 2}
    assert list(found.crosstab().frame.columns) == [
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
    assert list(found.crosstab().frame.columns) == [
        "theme",
        "code",
        "kind",
        "all interviews (n = 3)",
    ]
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
    assert interviews.by_case(corpus, case="language").frame["language"].tolist() == [
        "ja",
        "",
    ]
    assert list(interviews.by_case(corpus, case="language").crosstab().frame.columns)[-1] == (
        "not stated (n = 1)"
    )


def test_groups_stand_in_the_order_of_their_numbers(build):
    corpus = build(
        {"a": 1, "b": 1}, [("a", 0, "x", "M"), ("b", 0, "x", "M")], tenure=["10 years", "2 years"]
    )
    assert interviews.by_case(corpus, case="tenure").frame["tenure"].tolist() == [
        "2 years",
        "10 years",
    ]
    assert interviews.by_case(corpus, case="document").frame["document"].tolist() == ["a", "b"]


@pytest.mark.parametrize("name", ["n", "code", "kind", "method", "share", "by_n", "group", "回"])
def test_the_column_of_the_cases_keeps_its_own_name(build, name):
    corpus = build(
        {"a": 1, "b": 1}, [("a", 0, "x", "M"), ("b", 0, "y", "M")], **{name: ["old", "new"]}
    )
    found = interviews.by_case(corpus, case=name)
    assert found.table().written().columns[3] == name
    own = found.frame.columns[3]
    assert found.frame[own].unique().tolist() == ["new", "old"]
    assert found.table([own]).to_csv().splitlines()[0] == name
    assert found.plot().get_xlabel() == name
    assert f"By {name} the gap is widest" in found.summary()


def test_spellings_of_one_group_are_one_group(build):
    corpus = build(
        {"a": 1, "b": 1, "c": 1},
        [(name, 0, "x", "M") for name in "abc"],
        city=["Tokyo", "Ｔｏｋｙｏ ", "tokyo"],
    )
    found = interviews.by_case(corpus, case="city")
    assert found.frame.set_index("city")["n"].to_dict() == {"Tokyo": 2, "tokyo": 1}
    assert [said.key for said in found.warnings] == ["common.names_differ_in_case"]
