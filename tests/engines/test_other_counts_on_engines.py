"""Durations and scores, counted by hand, on every engine."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from cxlib import nps, retention

D = dt.date


def durations(result):
    return result.frame[[*result.by, "tenure", "lost", "censored"]].values.tolist()


def test_orders_by_hand(engine, edge_events):
    few = edge_events[
        edge_events["case"].isin(["exact duplicate", "leap day", "as of", "cohort of one"])
    ]
    orders = engine.place("orders", few)
    result = retention.durations_from_orders(
        orders, customer="customer", time="at", gap_days=90, as_of=D(2025, 1, 15)
    )
    # as1: 10 December to 14 January, still there; one1: one day; leap1: 31 January to 29 February;
    # dup1: 10 March to 10 April
    assert durations(result) == [[35, 0, 1], [90, 1, 0], [29 + 90, 1, 0], [31 + 90, 1, 0]]
    assert result.tally == {"rows": 11, "missing": 0, "after_as_of": 2}
    groups = pd.DataFrame({"customer": ["dup1", "leap1", "as1"], "country": ["JP", None, "한국"]})
    for customers in (groups, engine.place("customers", groups)):
        result = retention.durations_from_orders(
            orders,
            customer="customer",
            time="at",
            gap_days=90,
            as_of=D(2025, 1, 15),
            zone="Asia/Tokyo",
            by="country",
            customers=customers,
        )
        assert durations(result) == [
            ["(not known)", 90, 1, 0],
            ["(not known)", 119, 1, 0],
            ["JP", 121, 1, 0],
            ["한국", 35, 0, 1],
        ]


def test_spells_by_hand(engine):
    spells = engine.place(
        "spells",
        pd.DataFrame(
            [
                (
                    "a",
                    D(2024, 1, 31),
                    D(2024, 2, 29),
                ),  # not yet a month by the calendar, but left on the last day of the first
                ("b", D(2024, 1, 15), D(2024, 2, 16)),  # left in the second month
                ("c", D(2024, 1, 1), None),
                ("d", D(2024, 1, 1), D(2024, 2, 1)),
                ("d", D(2024, 2, 2), None),  # a renewal: one subscription
                ("e", D(2024, 1, 1), D(2024, 2, 1)),
                ("e", D(2024, 4, 1), None),  # came back: the first counts
                (None, D(2024, 1, 1), None),
                ("f", None, None),
                ("g", D(2024, 7, 1), None),
            ],
            columns=["who", "start", "end"],
        ),
    )
    result = retention.durations_from_spells(
        spells, customer="who", started="start", ended="end", as_of=D(2024, 6, 15)
    )
    assert durations(result) == [[1, 2, 0], [2, 1, 0], [5, 0, 2]]
    assert result.tally == {
        "rows": 10,
        "reversed_spell": 0,
        "missing_customer": 1,
        "missing_start": 1,
        "after_as_of": 1,
        "continued_spell": 1,
        "later_spell": 1,
    }


def test_times_and_outcomes_by_hand(engine):
    table = engine.place(
        "times",
        pd.DataFrame(
            {"months": [1, 1, 2, 70], "gone": [1, 0, 1, 1], "층": ["가", "가", "나", None]}
        ),
    )
    result = retention.count_durations(table, duration="months", event="gone", by="층")
    assert durations(result) == [["(not known)", 70, 1, 0], ["가", 1, 1, 1], ["나", 2, 1, 0]]


def test_scores_by_hand(engine):
    answers = engine.place(
        "answers",
        pd.DataFrame(
            {
                "score": [10.0, 9.0, 8.0, 3.0, None, 0.0],
                "weight": [2.0, 1.0, 2.0, 1.0, 1.0, 0.0],
                "store": list("AABBAC"),
            }
        ),
    )
    plain = nps.count_scores(answers, score="score")
    assert plain.categories().to_dict("records") == [
        {"n": 5, "promoters": 2, "passives": 1, "detractors": 2}
    ]
    assert plain.dropped["missing"] == 1
    result = nps.score(answers, score="score", weight="weight", cluster="store").frame
    assert result["n"].item() == 4
    np.testing.assert_allclose(
        result["nps"].item(), 100 * (3 - 1) / 6, rtol=1e-12
    )  # weights 2 + 1 promote, 1 detracts, of 6


def test_revenue_by_hand(engine, edge_events):
    orders = engine.place("paid", edge_events[edge_events["case"] == "refund first"])
    frame = retention.revenue(
        orders, customer="customer", time="at", value="amount", as_of=D(2024, 8, 1), resamples=20
    ).frame
    assert frame["revenue"].tolist() == [-20, 50]


@pytest.mark.parametrize(
    ("rule", "sums", "dropped"),
    [
        (None, [37, 10, 7], ""),
        ("exact", [22, 10, 7], "2 rows"),
        ("sum", [37, 10, 7], ""),
    ],
)
def test_revenue_without_duplicates_by_hand(engine, edge_events, rule, sums, dropped):
    orders = engine.place("twice", edge_events[edge_events["case"].str.contains("duplicate")])
    result = retention.revenue(
        orders,
        customer="customer",
        time="at",
        value="amount",
        as_of=D(2024, 6, 1),
        duplicates=rule,
        resamples=0,
    )
    # March: dup1 10 twice, dup2 5 twice (two ids), dup3 7; April: dup1 10; May: dup3 7
    assert result.frame["revenue"].tolist() == sums
    assert dropped in "".join(map(str, result.warnings))


def test_windows_of_30_days_by_hand(engine, edge_events):
    events = engine.place("windows", edge_events)
    result = retention.count_own_clock(
        events, customer="customer", time="at", days=30, by="case", as_of=D(2025, 1, 15)
    )
    found = {
        case: np.flatnonzero(active).tolist()
        for case, active in zip(result.groups["case"], result.active, strict=True)
    }
    hand = {
        "exact duplicate": [0, 1],  # 10 March and 31 days later
        "leap day": [0],  # 29 days later
        "refund first": [0, 1],  # 30 days later to the second
        "month ends": [0, 1, 2],  # 31 and 61 days later
        "as of": [0, 1],
    }  # 35 days later
    assert {case: found[case] for case in hand} == hand


def test_events_a_day_by_hand(engine, edge_events):
    events = engine.place("days", edge_events)
    days = retention.count_days(
        events, customer="customer", time="at", zone="Asia/Tokyo", as_of=D(2025, 1, 15)
    )
    assert (days.first, days.events.sum()) == (
        D(2020, 12, 31),
        42 - 2 - 1 - 3,
    )  # no customer, no time, after as_of
    assert (
        days.events[(D(2024, 2, 1) - days.first).days] == 2
    )  # midnight in Tokyo, and 31 January 23:30 UTC
