"""What stands around a page: each parameter in words, a list as people write it."""

from datetime import UTC, datetime

import pytest

from cxlib.report.about import header

MANIFEST = {
    "run": "r",
    "inputs": [],
    "versions": {},
    "commit": None,
    "command": "cx run a.ipynb",
    "started": "2026-11-22T09:31:05.000+00:00",
}


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (["a", "b", "c"], "a, b and c"),
        ([1, 10], "1, 10"),
        ([], "–"),
        ([[1, 3], [4, 6]], "[1, 3], [4, 6]"),
        (None, "–"),
        (True, "yes"),
        ([True, None], "yes and –"),
        ([True, False], "yes and no"),
        (0.95, "0.95"),
        ("電話", "電話"),
        ({}, "–"),
        ({"unknown": 1}, "{'unknown': 1}"),
    ],
)
def test_a_value_is_written_as_it_is_given_and_a_list_in_words(value, written):
    found = header(
        {**MANIFEST, "parameters": {"by": value}}, meanings={"by": "columns"}, language="en"
    )
    assert found["parameters"] == [{"name": "by", "meaning": "columns", "value": written}]


@pytest.mark.parametrize(
    ("language", "written"),
    [("ja", ["はい", "いいえ", "a、b", "0、10"]), ("ko", ["예", "아니요", "a 및 b", "0, 10"])],
)
def test_a_value_is_written_in_the_language_of_the_page(language, written):
    given = {"on": True, "off": False, "by": ["a", "b"], "scale": [0, 10]}
    found = header(
        {**MANIFEST, "parameters": given}, meanings=dict.fromkeys(given, ""), language=language
    )
    assert [row["value"] for row in found["parameters"]] == written


def test_the_names_within_a_mapping_stand_one_by_one():
    meanings = {"columns": "names", "columns.weight": "a weight", "columns.mode": "how"}
    given = {"columns": {"weight": "w", "mode": None}}
    found = header({**MANIFEST, "parameters": given}, meanings=meanings, language="en")
    assert [(row["name"], row["value"]) for row in found["parameters"]] == [
        ("columns.weight", "w"),
        ("columns.mode", "–"),
    ]
    assert found["time"] == datetime(2026, 11, 22, 9, 31, 5, tzinfo=UTC)
