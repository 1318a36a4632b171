"""Tables of numbers of people are told from tables of people."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib.rows.headcounts import find_headcount

CELLS = list(itertools.product(["JP", "KR", "US"], ["18-34", "35-54", "55+"], ["basic", "pro"]))


def cells(count, values=None):
    frame = pd.DataFrame(CELLS, columns=["country", "age_band", "plan"])
    return frame.assign(**{count: values or [100 + 7 * i for i in range(len(frame))]})


@pytest.mark.parametrize(
    "count",
    [
        "customers",
        "n",
        "N",
        "count",
        "Customer count",
        "number of customers",
        "# customers",
        "No. of people",
        "population",
        "n_customers",
        "members",
        "users",
        "人数",
        "顧客数",
        "会員数",
        "人口",
        "고객수",
        "고객 수",
        "인원",
        "회원수",
        "Anzahl",
        "Anzahl Kunden",
        "Bevölkerung",
        "effectif",
        "nombre de clients",
        "clientes",
        "Frequency",
        "Total",
        "Base (n)",
        "N 2026",
        "active customers",
        "Kunden 2026",
        "顧客数(人)",
        "고객수(명)",
    ],
)
def test_cells_are_found_whatever_the_count_is_called(count):
    frame = cells(count)
    found = find_headcount(frame)
    assert (found.count, found.total, found.margin) == (count, frame[count].sum(), None)
    assert found.categories == ("country", "age_band", "plan")


def test_numbers_as_text_and_shares_beside_them_are_found():
    frame = cells("customers", [f"1,{i:03}" for i in range(18)])
    frame["share"] = np.linspace(0.01, 0.1, 18)
    assert find_headcount(frame).total == 18_000 + sum(range(18))
    frame["share"] = ["5.5 %"] * 18
    assert find_headcount(frame).categories == ("country", "age_band", "plan")


@pytest.mark.parametrize("column", ["column", "variable", "項目", "변수", "what"])
def test_margins_one_under_the_other_are_found(column):
    frame = pd.DataFrame(
        {
            column: ["country"] * 3 + ["plan"] * 2,
            "category": ["JP", "KR", "US", "basic", "pro"],
            "customers": [10, 20, 30, 25, 35],
        }
    )
    found = find_headcount(frame, margins=["country", "plan"])
    assert (found.margin, found.category) == (column, "category")


def test_beside_margins_alone_a_count_may_be_called_anything():
    frame = cells("2026")
    assert find_headcount(frame) is None
    assert find_headcount(frame, margins=["country", "age_band", "plan", "x"]).count == "2026"


def test_merged_cells_are_filled():
    frame = cells("customers")
    frame.loc[frame["country"].duplicated(), "country"] = None
    assert find_headcount(frame).total == cells("customers")["customers"].sum()


def test_one_column_of_categories_is_found():
    frame = pd.DataFrame({"country": ["JP", "KR"], "customers": [2532, 1013]})
    assert find_headcount(frame).categories == ("country",)


NO_COUNTS = {
    "people": cells("seats"),
    "an id": cells("n").assign(customer_id=range(18)),
    "another id": cells("n").assign(account=[f"A{i}x" for i in range(18)]),
    "repeated": pd.concat([cells("n")] * 2),
    "small": cells("n", [1, 2] * 9),
    "missing": cells("n", [None, *range(100, 117)]),
    "fractions": cells("n", [100.5] * 18),
    "words": cells("n", ["many"] * 18),
    "orders by customer": pd.DataFrame({"customer_id": ["a", "b"], "n": [40, 50]}),
    "scores": pd.DataFrame({"score": [9, 10, 3], "segment": ["A", "B", "A"]}),
    "one row": pd.DataFrame({"country": ["JP"], "n": [400]}),
    "nothing else": pd.DataFrame({"n": [400, 500]}),
}


@pytest.mark.parametrize("frame", NO_COUNTS.values(), ids=NO_COUNTS)
def test_other_tables_are_no_numbers_of_people(frame):
    assert find_headcount(frame) is None


def test_the_column_of_the_ids_says_that_rows_are_people():
    frame = pd.DataFrame({"kunde": ["a", "b"], "n": [40, 50]})
    assert find_headcount(frame) is not None
    assert find_headcount(frame, ids=["kunde"]) is None


@given(
    st.lists(
        st.tuples(st.sampled_from("ABC"), st.sampled_from("XY"), st.integers(0, 10)),
        min_size=9,  # more than there are combinations of the first two
        max_size=80,
    )
)
def test_a_survey_is_never_one(rows):
    frame = pd.DataFrame(rows, columns=["country", "plan", "n"])
    assert find_headcount(frame) is None
