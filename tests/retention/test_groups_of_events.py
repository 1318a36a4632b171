"""Groups of customers, read from their events: any name, any script, one group each."""

import datetime as dt

import pandas as pd
import pytest

from cxlib import retention
from tests.retention.event_log import D, count, log


def test_japanese_and_korean_ids_columns_and_groups():
    data = pd.DataFrame(
        {
            "顧客": ["田中", "김", "田中"],
            "일시": [D(2024, 1, 5), D(2024, 1, 9), D(2024, 2, 5)],
            "층": ["가", None, "가"],
        }
    )
    cohorts = retention.count_cohorts(
        data, customer="顧客", time="일시", by="층", as_of=D(2024, 3, 1)
    )
    frame = retention.triangle(cohorts).frame
    assert frame.groupby("층")["retained"].apply(list).to_dict() == {
        "(not known)": [1, 0],
        "가": [1, 1],
    }


@pytest.mark.parametrize(
    "name", ["tenure", "lost", "cx_day", "rate", "cohort", "Cohort", "period", "customers", "n"]
)
def test_groups_named_like_the_counts_own_columns_are_carried(name):
    data = pd.DataFrame(
        {"who": [1, 2, 1], "day": [dt.date(2024, 1, 1)] * 3, name: ["a", "b ", None], "paid": 1}
    )
    given = {"customer": "who", "time": "day", "by": name}
    for counts in (
        retention.count_cohorts(data, **given, value="paid", as_of=D(2024, 3, 1)),
        retention.count_own_clock(data, **given, as_of=D(2024, 3, 1)),
    ):
        assert (counts.by, dict(counts.carried)) == ((f"by_{name}",), {f"by_{name}": name})
        assert counts.groups.set_index(f"by_{name}")["customers"].to_dict() == {"a": 1, "b": 1}
        clock = "own" if hasattr(counts, "days") else "calendar"
        shown = retention.triangle(counts, clock=clock).table().written()
        assert shown.columns[0] == name
    cohorts = retention.count_cohorts(data, **given, as_of=D(2024, 9, 1))
    curve = retention.survival(cohorts, by=f"by_{name}")  # `cohort` is the period they came in
    assert curve.frame[f"by_{name}"].unique().tolist() == ["a", "b"]


def test_names_of_groups_that_look_alike_are_one_group():
    data = pd.DataFrame(
        {
            "who": range(5),
            "at": [D(2024, 1, 1)] * 5,
            "city": ["Tokyo", "Tokyo ", " Tokyo", "Ｔｏｋｙｏ", " "],
        }
    )
    groups = count(data, by="city").groups.set_index("city")["customers"]
    assert groups.to_dict() == {"Tokyo": 4, "(not known)": 1}


def test_a_group_is_the_first_known_one():
    data = log(
        ("a", D(2024, 1, 5)), ("a", D(2024, 2, 5)), ("a", D(2024, 3, 5)), shop=[None, "x", "y"]
    )
    assert count(data, by="shop").groups["shop"].tolist() == ["x"]
