"""Which row it is is said in the reader's words; what is not ours is quoted as it is."""

import datetime as dt
from enum import StrEnum
from typing import ClassVar

import pandas as pd
import pytest

import cxlib as cx
from cxlib import nps
from cxlib.interviews.codebooks import CodeKind
from cxlib.retention.averages import Average
from cxlib.retention.curves import Survival
from cxlib.shown.message import Message
from cxlib.shown.result import Result
from cxlib.shown.row_words import RowWords


class Adjustment(StrEnum):  # its words are `common.adjustment_…`
    HOLM = "holm"
    NONE = "none"


class Ours(Result):
    columns: ClassVar = {
        **{"item": Adjustment, "n": "integer", "df": "", "wave": "", "interval": Adjustment},
        **{"a": "", "b": "", "segment": "", "complete": ""},
    }
    row_keys = ("n", "df")


def said(language, *, carried=None, cells=None, **columns):
    kind = type("Ours", (Ours,), {"shown_cells": cells or {}})
    frame = pd.DataFrame({name: [value] for name, value in columns.items()})
    found = kind(frame=frame, method="m", carried=carried or {})
    return RowWords.of(found, language).row(0, list(columns))


@pytest.mark.parametrize(
    ("columns", "english", "japanese", "korean"),
    [
        ({"item": "none"}, "unadjusted", "調整なし", "보정하지 않음"),
        ({"plan": "pro"}, "'pro'", "「pro」", "‘pro’"),
        ({"plan": "none"}, "'none'", "「none」", "‘none’"),  # a name that is a word of ours
        ({"店舗": 12}, "店舗 12", "店舗 12", "店舗 12"),
        ({"a": "2026Q2", "b": "2026Q3"}, "2026Q3 against 2026Q2", "2026Q2に対する2026Q3", None),
        ({"a": "2026Q2", "b": "2026Q3", "plan": "x"}, "'x' · 2026Q3 against 2026Q2", None, None),
        ({"item": "holm", "interval": "none"}, "Holm", "ホルムの方法", None),
        ({"plan": None, "segment": ""}, "", "", ""),
        ({"wave": dt.date(2026, 7, 1)}, "wave 2026-07-01", None, None),
        ({"n": 1000.0}, "n 1,000", "n 1,000", "n 1,000"),
    ],
)
def test_a_row_is_said_in_the_language(columns, english, japanese, korean):
    for language, expected in (("en", english), ("ja", japanese), ("ko", korean)):
        if expected is not None:
            assert said(language, **columns) == expected


def test_a_carried_column_has_the_researchers_name():
    told = said("ja", carried={"by_n": "n"}, by_n=3)
    assert told == "n 3"


def test_what_a_table_shows_in_place_of_a_value_is_said():
    cells = {"segment": [CodeKind.GOAL], "item": [Message("common.yes")]}
    assert said("ja", cells=cells, segment="goal", item="holm") == "目的 · はい"


@pytest.mark.parametrize(
    ("language", "expected"), [("en", "after 6 months"), ("ja", "6か月後"), ("ko", "6개월 후")]
)
def test_a_tenure_has_its_unit(language, expected):
    frame = pd.DataFrame({"tenure": [6.0], "survival": [0.5]})
    curve = Survival(frame=frame, method="m", unit="month")
    assert RowWords.of(curve, language).row(0, ["tenure"]) == expected
    ages = Average(frame=pd.DataFrame({"age": [6], "rate": [0.5]}), method="m", period="month")
    assert RowWords.of(ages, language).row(0, ["age"]) == expected


@pytest.mark.parametrize("name", ["interval", "method", "n", "kind", "of", "wave", "tenure", "a"])
def test_groups_by_a_column_of_any_name_stay_apart_in_the_ledger(name):
    rows = pd.DataFrame({"score": [10, 9, 3, 8] * 9, name: ["weekly", "monthly"] * 18})
    said = cx.ledger(level=nps.score(rows, score="score", by=name)).frame
    first = said[said["figure"] == "level.nps"]
    assert first["of"].tolist() == ["'monthly'", "'weekly'"]
