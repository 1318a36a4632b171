"""What in a result is a figure, what belongs to one, and which row it stands in."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import ClassVar

import pandas as pd
import pytest

from cxlib.shown.figure_rows import figures_of
from cxlib.shown.message import Message
from cxlib.shown.result import Absent, Result
from cxlib.shown.vocabulary import level_and_method, with_limits
from tests.test_texts import classes


class Verdict(StrEnum):
    UP = "up"
    CANNOT_TELL = "cannot_tell"


class Change(Result):
    columns: ClassVar = {
        **{"a": "", "b": "", "n_a": "integer", "n_b": "integer"},
        **with_limits("value", "change", se="points"),
        "pvalue": "pvalue",
        "verdict": Verdict,
        "reason": "",
        **level_and_method(""),
    }


def mine(columns):
    return type("Mine", (Result,), {"columns": columns})


def change(**more):
    frame = {
        "a": ["2026Q2"],
        "b": ["東京"],
        "n_a": [100],
        "n_b": [28],
        "value": [1.5],
        "se": [9.0],
        "ci_low": [-3.0],
        "ci_high": [6.0],
        "pvalue": [0.5],
        "verdict": ["cannot_tell"],
        "reason": [""],
        "confidence": [0.9],
        "method": ["mover"],
    }
    return Change(frame=pd.DataFrame({**frame, **more}), method="compare")


def test_an_estimate_its_interval_its_n_and_its_verdict_are_one_row():
    first, second = figures_of("changes", change())
    assert (first.figure, first.segment) == ("changes.value", "a=2026Q2, b=東京")
    assert (first.value, first.ci_low, first.ci_high, first.confidence) == (1.5, -3.0, 6.0, 0.9)
    assert (first.n, first.unit, first.verdict) == (128, "points_change", "cannot_tell")
    assert (first.method, first.text) == ("mover", "changes: value")
    assert (second.figure, second.unit, second.verdict) == ("changes.pvalue", "p", "")
    assert pd.isna([second.ci_low, second.ci_high, second.confidence]).all()


def test_a_figure_without_value_says_why():
    first, _ = figures_of("x", change(value=[math.nan], ci_low=[math.nan], ci_high=[math.nan]))
    assert first.tells  # the verdict
    told = change(
        value=[math.nan], ci_low=[math.nan], ci_high=[math.nan], verdict=[""], reason=["few"]
    )
    assert figures_of("x", told)[0].text == "few"
    bare = change(value=[math.nan], ci_low=[math.nan], ci_high=[math.nan], verdict=[""])
    assert not figures_of("x", bare)[0].tells


def test_what_is_absent_or_empty_says_so():
    absent = Absent.of("retention.no_value", Result)
    [row] = figures_of("revenue", absent)
    assert (row.figure, row.text, row.tells) == ("revenue", absent.summary(), True)
    warned = Result(frame=pd.DataFrame(), method="m", warnings=(Message("common.no_warning"),))
    assert figures_of("x", warned)[0].text == str(Message("common.no_warning"))
    assert figures_of("x", Result(frame=pd.DataFrame(), method="m")) == []


@pytest.mark.parametrize("name", ["n", "value", "verdict", "reason", "ci_low", "method", "score"])
def test_a_researchers_column_says_which_row_it_is_whatever_its_name(name):
    kind = mine({"n_eff": "points"})
    frame = pd.DataFrame({name: [3, 4], "n_eff": [0.5, 0.5]})
    found = figures_of("level", kind(frame=frame, method="m"))
    assert [row.segment for row in found] == [f"{name}=3", f"{name}=4"]
    assert {row.figure for row in found} == {"level.n_eff"}
    assert pd.isna([row.n for row in found]).all()
    assert {row.verdict + row.method + row.text for row in found} == {"mlevel: effective n"}
    carried = pd.DataFrame({f"by_{name}": [3, 4], "n_eff": [0.5, 0.5]})
    told = figures_of("level", kind(frame=carried, method="m", carried={f"by_{name}": name}))
    assert [row.segment for row in told] == [row.segment for row in found]


@pytest.mark.parametrize(
    ("columns", "segments"),
    [
        ({"nps": [1.0]}, [""]),
        ({"nps": [1.0, 1.0]}, ["#1", "#2"]),
        ({"score": [0, 1], "nps": [0.5, 0.5]}, ["score=0", "score=1"]),
        ({"group": ["a", None], "nps": [0.5, 0.5]}, ["group=a", ""]),
        ({"group": ["a, b=c", ' "x'], "nps": 0.5}, ['group="a, b=c"', 'group=" \\"x"']),
        (
            {"group": pd.Categorical(["nan"]), "day": pd.to_datetime(["2026-07-01"]), "x": [1.5]},
            ["group=nan, day=2026-07-01"],
        ),
    ],
)
def test_every_row_is_told_from_the_others(columns, segments):
    found = figures_of("x", Result(frame=pd.DataFrame(columns), method="m"))
    assert [row.segment for row in found] == segments


def test_a_period_that_is_not_finished_says_so():
    kind = mine({"n_eff": "percent", "complete": ""})
    frame = pd.DataFrame({"n_eff": [0.5, 0.6], "complete": [True, False]})
    told = [row.text for row in figures_of("x", kind(frame=frame, method="m"))]
    assert told == ["x: effective n", "x: effective n (period not finished)"]


def test_yes_and_no_are_figures_and_what_is_counted_is_one_where_nothing_else_is():
    kind = mine({"n_eff": "", "what": "", "n": "integer"})
    flagged = kind(frame=pd.DataFrame({"what": ["a"], "n_eff": [True]}), method="m")
    [row] = figures_of("chart", flagged)
    assert (row.figure, row.value, row.unit) == ("chart.n_eff", 1, "yes_no")
    counted = kind(frame=pd.DataFrame({"what": ["a"], "n": [7]}), method="m")
    [row] = figures_of("read", counted)
    assert (row.figure, row.value, row.n, row.unit) == ("read.n", 7, 7, "count")


def test_every_column_that_a_result_names_for_its_ledger_is_its_own():
    for kind in classes(Result):
        ends = {end for pair in kind.intervals.values() for end in pair}
        named = {*kind.intervals, *ends, *kind.row_keys, *filter(None, [kind.rests_on])}
        assert named <= {*kind.columns}, kind
