"""Tables of places and categories are told from lists of people, which pass."""

import random

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib.rows.category_tables import find_category_table

N = 120


def frame(**columns):
    some = random.Random(4)
    rows = {"country": [some.choice("JK") for _ in range(N)]}
    return pd.DataFrame(rows | {"plan": [some.choice("ab") for _ in range(N)]} | columns)


AMOUNTS = [random.Random(i).randint(1, 40_000) for i in range(N)]
PLACES = [f"Dorf {i}" for i in range(N)]


@pytest.mark.parametrize(
    "name",
    [
        "pop_2024",
        "households",
        "世帯数",
        "인구수",
        "Einwohner",
        "total",
        "会員数",
        "n",
        "inhabitants",
    ],
)
@pytest.mark.parametrize("unit", ["code", "id_of_area", "municipality", "x"])
def test_numbers_of_people_beside_any_unit_are_no_people(name, unit):
    found = find_category_table(frame(**{unit: PLACES, name: AMOUNTS}), margins=["country"])
    assert found is not None
    assert found.numbers == (name,)


@pytest.mark.parametrize("name", ["Menge", "hh", "数"])
def test_other_numbers_beside_places_are_no_people(name):
    found = find_category_table(frame(gemeinde=PLACES, **{name: AMOUNTS}), margins=["country"])
    assert found is not None
    assert found.numbers == (name,)


@pytest.mark.parametrize(
    "columns",
    [
        {},
        {"spend": AMOUNTS},
        {"points": AMOUNTS},
        {"age": [20 + i % 50 for i in range(N)]},
        {"id": range(N), "orders": AMOUNTS},
        {"Kundennr": PLACES, "points": AMOUNTS},
        {"email": [f"a{i}@b.test" for i in range(N)], "points": AMOUNTS},
        {"contact": [f"a{i}@b.test" for i in range(N)], "points": AMOUNTS},
        {"会員番号": range(N), "ポイント": AMOUNTS},
        {"account_id": range(N), "users": AMOUNTS},
        {"mid": range(100_000, 100_000 + N), "points": AMOUNTS},
        {"active": [i == 3 for i in range(N)]},
        {"active": [int(i == 3) for i in range(N)]},
        {"name": [f"Kim {i}" for i in range(N)], "points": AMOUNTS},
    ],
)
def test_lists_of_people_pass(columns):
    assert find_category_table(frame(**columns), margins=["country"]) is None


@given(st.lists(st.floats(0.01, 1), min_size=2, max_size=30), st.sampled_from([1, 100]))
def test_shares_that_sum_to_all_are_found(parts, whole):
    shares = [round(whole * part / sum(parts), 6) for part in parts]
    rows = {"country": ["J"] * len(parts), "code": range(len(parts)), "Anteil": shares}
    assert find_category_table(pd.DataFrame(rows), margins=["country"]).numbers == ("Anteil",)


@pytest.mark.parametrize("rows", [{}, {"a": [300, 5], "b": [0, 900]}])
def test_one_row_a_category_is_no_list_of_people(rows):
    found = find_category_table(pd.DataFrame({"country": ["J", "K"], **rows}), margins=["country"])
    assert found.units == ("country",)
    assert found.numbers == tuple(rows)
