"""Why a report was made again is said part by part."""

import pytest

from cxlib import texts
from cxlib.report import reasons
from cxlib.shown.language import write

KEY = {
    "code": "1",
    "prose": "1",
    "parameters": "1",
    "inputs": {"survey": "1", "frame": "1"},
    "versions": "1",
    "fonts": "1",
}
RUN = {
    "key": KEY,
    "inputs": [
        {"parameter": "survey", "path": "data/survey.csv"},
        {"parameter": "frame", "path": "data/frame.csv"},
    ],
    "parameters": {"wave": "2026Q2", "scale": [0, 10], "looks": 1},
    "versions": {"pandas": "3.1.0"},
}


def explain(before, now, language="en"):
    return write(reasons.explain(before, now), "", language)


@pytest.mark.parametrize(
    ("part", "more", "said"),
    [
        ("code", {}, "the notebook's code changed"),
        ("prose", {}, "the notebook's text changed"),
        ("fonts", {}, "the fonts changed"),
        ("versions", {}, "versions changed (cxlib or a package)"),
        ("versions", {"versions": {"pandas": "3.1.1"}}, "versions changed (pandas)"),
        (
            "parameters",
            {"parameters": {"wave": "2026Q3", "by": ["plan"], "scale": [0, 10], "looks": 2}},
            "parameters changed (wave, by)",
        ),
    ],
)
def test_a_part_that_changed_is_named(part, more, said):
    assert explain(RUN, {**RUN, "key": {**KEY, part: "2"}, **more}) == said


def test_a_file_is_named_with_its_parameter():
    now = {**RUN, "key": {**KEY, "inputs": {"survey": "2", "frame": "1"}}}
    assert explain(RUN, now) == "data/survey.csv changed (survey)"
    gone = {**RUN, "key": {**KEY, "inputs": {"frame": "1"}}, "inputs": RUN["inputs"][1:]}
    assert explain(RUN, gone) == "data/survey.csv changed (survey)"


def test_several_parts_are_all_named():
    now = {**RUN, "key": {**KEY, "code": "2", "inputs": {"survey": "2", "frame": "2"}}}
    said = explain(RUN, now)
    assert all(part in said for part in ("code", "survey.csv", "frame.csv", " and "))


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        (None, RUN, "there is no report yet"),
        (RUN, {**RUN, "key": None}, "names no model of parameters"),
        ({**RUN, "key": None}, RUN, "what went into the last one is not known"),
        (RUN, RUN, "its page was missing"),
    ],
)
def test_where_nothing_can_be_compared_that_is_said(before, now, said):
    assert said in explain(before, now)


@pytest.mark.parametrize("wrong", [None, 3, "x", [], [1], {"a": 1}, [{"a": 1}]])
@pytest.mark.parametrize("part", ["inputs", "parameters", "versions", "key"])
def test_a_manifest_that_someone_wrote_into_stops_nothing(part, wrong):
    changed = dict.fromkeys(KEY, "2") | {"inputs": {"survey": "2"}}
    assert explain({**RUN, part: wrong}, {**RUN, "key": changed})


@pytest.mark.parametrize("language", texts.languages())
def test_every_reason_has_words(language):
    for part in (*KEY, "day", "other"):
        for changed in ("2", {"survey": "2"}):
            assert explain(RUN, {**RUN, "key": {**KEY, part: changed}}, language)
