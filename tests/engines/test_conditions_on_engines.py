"""A condition keeps the same rows on every engine as in a file: texts are compared as names."""

from __future__ import annotations

import pandas as pd
import pytest

from cxlib.rows import names
from cxlib.rows.conditions import choose, parse_condition
from tests.rows.test_engine_names import SPELLINGS

ASKED = [each for each in dict.fromkeys(map(names.name, SPELLINGS)) if each is not None]
CONDITIONS = [
    *(f"name = {each!r}" for each in ASKED if "'" not in each),
    "name <> 'Tokyo'",
    "name in ('Tokyo', 'ＪＰ ')",
    "name not in ('Tokyo', 'JP')",
    "name like 'T%'",
    "name is null",
    "not (name = 'Tokyo' or n > 3)",
]


@pytest.fixture(scope="module")
def rows():
    spelled = pd.Series([*SPELLINGS, "JP", " JP", "ＪＰ", "J\u3000P", "jp"], dtype=object)
    return pd.DataFrame({"n": range(len(spelled)), "name": spelled})


def test_a_condition_keeps_the_rows_that_it_keeps_of_a_file(engine, rows):
    table = engine.place("conditions", rows)
    asked = [(each, parse_condition(each)) for each in CONDITIONS]
    asked += [(each, choose(None, {"name": each})) for each in ASKED]
    for said, condition in asked:
        found = sorted(condition.filter(table).n.to_pyarrow().to_pylist())
        assert found == rows.loc[condition.keep(rows), "n"].tolist(), said


def test_blanks_and_width_make_no_other_name(engine, rows):
    table = engine.place("conditions", rows)
    found = parse_condition("name = 'JP'").filter(table).n.count().to_pyarrow().as_py()
    assert found == (rows["name"].map(names.name) == "JP").sum() >= 3
