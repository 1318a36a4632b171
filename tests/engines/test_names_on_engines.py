"""Names of groups are the same on every engine, but for composed letters on Spark."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from cxlib.rows import names
from cxlib.rows.engine_names import engine_name, read_names
from cxlib.rows.engines import identifier
from tests.rows.test_engine_names import SPELLINGS

DECOMPOSED = ["か\u3099", "\u1109\u1165\u110b\u116e\u11af"]


def test_names_are_folded_on_every_engine(engine):
    rows = pd.DataFrame({"n": range(len(SPELLINGS)), "name": pd.Series(SPELLINGS, dtype=object)})
    table = engine.place("spelled", rows)
    found = table.select("n", name=engine_name(table["name"])).order_by("n").to_pyarrow()
    assert found["name"].to_pylist() == [names.name(each) for each in SPELLINGS]
    assert read_names(table, ["name"])["name"].differ_in_case == [["Tokyo", "tokyo"]]


IDS = {
    "90017.0": "90017", "７.０": "7", "0.00": "0", "7.5": "7.5", "a.0": "a.0", "7.0\n": "7",
    "C-1": "C-1", " C-1": "C-1", "C\u200b-1": "C-1", "C 1": "C 1", "C  1": "C 1", "客 1": "客 1",
    "-7.0": "-7.0", "": None, " ": None, "\u200b": None,
}  # fmt: skip


def test_ids_are_folded_on_every_engine(engine):
    rows = pd.DataFrame({"n": range(len(IDS)), "who": pd.Series([*IDS], dtype=object)})
    table = engine.place("known", rows)
    found = table.select("n", who=identifier(table["who"])).order_by("n").to_pyarrow()
    assert dict(zip(IDS, found["who"].to_pylist(), strict=True)) == IDS


def test_letters_with_separate_marks_are_composed_where_the_engine_can(engine):
    rows = pd.DataFrame({"n": [0, 1], "name": pd.Series(DECOMPOSED, dtype=object)})
    table = engine.place("decomposed", rows)
    found = table.select("n", name=engine_name(table["name"])).order_by("n").to_pyarrow()
    there = ["が", DECOMPOSED[1]] if engine.name == "pyspark" else ["が", "서울"]
    assert found["name"].to_pylist() == there


def test_numbers_and_days_are_written_alike(engine):
    rows = pd.DataFrame(
        {
            "n": [0, 1, 2, 3],
            "year": [2026.0, 2.5, None, -3.0],
            "day": [dt.date(2026, 7, 1), None, dt.date(2026, 12, 31), dt.date(1969, 1, 1)],
        }
    )
    table = engine.place("written", rows)
    found = table.select("n", year=engine_name(table["year"]), day=engine_name(table["day"]))
    found = found.order_by("n").to_pyarrow()
    assert found["year"].to_pylist() == ["2026", "2.5", None, "-3"]
    assert found["day"].to_pylist() == ["2026-07-01", None, "2026-12-31", "1969-01-01"]
