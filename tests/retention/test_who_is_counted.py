"""Who is in the denominator, whose events count, and what is left out is tallied."""

import pandas as pd
import pytest

from cxlib import retention
from tests.retention.event_log import D, cells, count, log


def test_customers_without_events_are_in_the_denominator():
    acquired = pd.DataFrame(
        {
            "who": ["a", "b", "c", "late"],
            "acquired_on": ["2024-01-02", "2024-01-03", "2024-02-01", "2024-04-01"],
        }
    )
    data = log(
        ("a", D(2024, 1, 1)),
        ("a", D(2024, 1, 2)),
        ("a", D(2024, 2, 9)),
        ("x", D(2024, 2, 9)),
        (None, D(2024, 1, 9)),
        ("c", D(2024, 3, 1)),
    )
    cohorts = count(data, acquired=acquired, as_of=D(2024, 3, 1))
    assert cells(cohorts) == {("2024-01-01", 0): 1, ("2024-01-01", 1): 1, ("2024-02-01", 0): 0}
    assert cohorts.customers == 3
    assert dict(cohorts.tally) == {
        "rows": 6,
        "missing_customer": 1,
        "missing_time": 0,
        "after_as_of": 1,
        "before_acquisition": 1,
        "no_acquisition": 1,
        "no_acquisition_rows": 1,
    }
    assert "3 of 6 events" not in retention.contract(cohorts).summary()
    assert "2 of 6 events of 3 customers" in retention.contract(cohorts).summary()


def test_what_happened_before_the_first_event_is_not_known():
    acquired = pd.DataFrame({"who": ["a", "b"], "acquired_on": [D(2023, 11, 1), D(2024, 1, 1)]})
    cohorts = count(
        log(("a", D(2024, 1, 5)), ("b", D(2024, 2, 5))), acquired=acquired, as_of=D(2024, 3, 1)
    )
    assert cells(cohorts) == {
        ("2023-11-01", 2): 1,
        ("2023-11-01", 3): 0,
        ("2024-01-01", 0): 0,
        ("2024-01-01", 1): 1,
    }
    assert set(cells(cohorts, "rolling")) == {("2024-01-01", 0), ("2024-01-01", 1)}
    assert any("not known" in str(warning) for warning in retention.triangle(cohorts).warnings)


def test_an_event_without_a_customer_says_that_its_day_was_on_record():
    data = log(
        (None, D(2023, 11, 30)),
        ("a", D(2024, 1, 5)),
        ("b", D(2024, 2, 5)),
        (None, D(2024, 3, 9)),
        ("b", None),
    )
    cohorts = count(data)
    assert (cohorts.first_event, cohorts.last_event, cohorts.as_of) == (
        D(2023, 11, 30),
        D(2024, 3, 9),
        D(2024, 3, 10),
    )
    assert cells(cohorts) == {
        ("2024-01-01", 0): 1,
        ("2024-01-01", 1): 0,
        ("2024-01-01", 2): 0,
        ("2024-02-01", 0): 1,
        ("2024-02-01", 1): 0,
    }  # no period before the first of a customer
    assert (cohorts.tally["missing_customer"], cohorts.tally["missing_time"]) == (2, 1)
    listed = count(
        data,
        acquired=pd.DataFrame({"who": ["a", "b"], "acquired_on": [D(2023, 11, 2), D(2024, 2, 1)]}),
    )
    assert cells(listed) == {("2023-11-01", age): int(age == 2) for age in range(5)} | {
        ("2024-02-01", 0): 1,
        ("2024-02-01", 1): 0,
    }


def test_ids_as_numbers_in_one_file_and_text_in_the_other():
    acquired = pd.DataFrame({"who": ["7", "8"], "acquired_on": ["2024-01-01", "2024-01-01"]})
    cohorts = count(log((7, D(2024, 1, 5)), (9, D(2024, 1, 6))), acquired=acquired)
    assert (cohorts.customers, cohorts.tally["no_acquisition"]) == (2, 1)


def test_whole_numbers_that_a_missing_id_made_decimal_are_found_as_text():
    acquired = pd.DataFrame({"who": ["1000", "8.5", "3"], "acquired_on": ["2024-01-01"] * 3})
    data = pd.DataFrame({"who": [1000.0, None, 8.5], "at": [D(2024, 1, 5)] * 3})
    cohorts = count(data, acquired=acquired)
    assert (
        cohorts.customers,
        cohorts.tally["no_acquisition"],
        cohorts.tally["missing_customer"],
    ) == (3, 0, 1)
    assert cells(cohorts) == {("2024-01-01", 0): 2}


@pytest.mark.parametrize(
    ("rule", "dropped", "revenue"),
    [(None, None, 24), ("exact", 1, 23), ("order", 1, 23), ("sum", None, 24)],
)
def test_duplicates_are_dropped_by_the_stated_rule_and_counted(rule, dropped, revenue):
    data = log(
        ("a", D(2024, 1, 5)),
        ("a", D(2024, 1, 5)),
        ("a", D(2024, 2, 5)),
        ("b", D(2024, 1, 9)),
        ("b", D(2024, 1, 9)),
        paid=[1, 1, 8, 7, 7],
        order=[1, 1, 2, None, None],
        shop=["x", "x", "y", "x", "y"],
    )
    cohorts = count(data, value="paid", by="shop", duplicates=rule)
    assert (
        cohorts.values["value"].sum() == revenue
    )  # "exact": b's rows differ by shop; "order": rows without an id are kept
    assert cohorts.tally.get("duplicates") == dropped
    added = cohorts + count(
        data.assign(who=data["who"] + "2"), value="paid", by="shop", duplicates=rule
    )
    assert added.tally.get("duplicates") == (dropped and 2 * dropped)
