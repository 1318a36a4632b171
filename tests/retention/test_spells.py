"""Subscriptions and orders as durations: months by the calendar, who is censored, what is left
out."""

import datetime as dt
import json

import pandas as pd
import pytest

from cxlib import retention
from cxlib.errors import CohortError, ColumnError, EmptyDataError, ParameterError
from cxlib.sample.company import make_company

D = dt.date
COLUMNS = {"customer": "who", "started": "start", "ended": "end"}


AS_OF = D(2024, 6, 15)


def spells(*rows, as_of=AS_OF, **more):
    data = pd.DataFrame([dict(zip(("who", "start", "end"), row, strict=True)) for row in rows])
    return retention.durations_from_spells(data, **COLUMNS, as_of=as_of, **more)


@pytest.mark.parametrize(
    ("start", "end", "tenure", "lost"),
    [
        ("2024-01-15", "2024-02-15", 1, 1),  # left at the first renewal
        ("2024-01-15", "2024-02-16", 2, 1),  # left in the second month
        ("2024-01-15", "2024-01-15", 0, 1),  # left on the day of coming
        ("2024-01-31", "2024-02-29", 1, 1),
        ("2024-01-01", None, 5, 0),
        (
            "2024-05-20",
            "2024-06-10",
            0,
            0,
        ),  # left in a month of tenure that is not over: left out like those who are still in it
        ("2024-01-01", "2024-06-15", 5, 0),  # ends when the data do: not seen to have ended
        ("2024-05-14", None, 1, 0),
        ("2024-05-15", None, 0, 0),  # the first renewal is on the day that is not complete
    ],
)
def test_months_of_tenure(start, end, tenure, lost):
    frame = spells(("a", start, end)).frame
    assert frame[["tenure", "lost"]].values.tolist() == [[tenure, lost]]


def test_days_of_tenure():
    frame = spells(("a", "2024-01-15", "2024-02-15"), ("b", "2024-06-01", None), unit="day").frame
    assert frame.values.tolist() == [[13, 0, 1], [31, 1, 0]]


def test_a_month_that_is_not_over_does_not_bias_the_curve():
    """Everyone leaves half a month after a renewal with chance 1/2 a month; new customers every
    day; KM must say 1/2 a month."""
    start = [D(2024, 1, 1) + dt.timedelta(days=n) for n in range(160)]
    rows = []
    for n, day in enumerate(start):
        months = (n * 7 % 16).bit_length() if n % 16 else 5  # 1, 2, 3 ... with chance 1/2, 1/4, 1/8
        end = pd.Timestamp(day) + pd.DateOffset(months=max(0, 5 - months)) + pd.Timedelta(days=15)
        rows.append((f"c{n}", day, end.date()))
    whole = spells(*rows, as_of=D(2025, 6, 1))
    early = spells(*rows, as_of=D(2024, 5, 10))
    curves = [retention.survival(part).at(1)["survival"][0] for part in (whole, early)]
    assert abs(curves[0] - curves[1]) < 0.06


def test_only_the_first_subscription_counts_and_that_is_said():
    result = spells(
        ("a", "2024-01-01", "2024-02-01"),
        ("a", "2024-04-01", None),
        ("b", "2024-07-01", None),
        (None, "2024-01-01", None),
        ("c", None, None),
    )
    assert result.customers == 1
    assert result.tally == {
        "rows": 5,
        "reversed_spell": 0,
        "missing_customer": 1,
        "missing_start": 1,
        "after_as_of": 1,
        "continued_spell": 0,
        "later_spell": 1,
    }
    assert len(retention.survival(result).warnings) == 4


@pytest.mark.parametrize(
    "rows",
    [
        [
            ("a", "2024-01-15", "2024-02-15"),
            ("a", "2024-02-15", "2024-03-15"),
        ],  # renewed on the day of the end
        [
            ("a", "2024-02-15", "2024-03-15"),
            ("a", "2024-01-15", "2024-02-14"),
        ],  # on the day after; in any order of rows
        [
            ("a", "2024-01-15", "2024-03-15"),
            ("a", "2024-01-20", "2024-02-01"),
            ("a", "2024-03-01", "2024-03-10"),
        ],  # within
        [("a", "2024-01-15", "2024-01-20"), ("a", "2024-01-15", "2024-03-15")],  # begun twice
    ],
)
def test_subscriptions_that_go_on_from_each_other_are_one(rows):
    result = spells(*rows, ("a", "2024-05-01", None))
    assert result.frame.values.tolist() == [[2, 1, 0]]
    assert result.tally["continued_spell"] == len(rows) - 1
    assert result.tally["later_spell"] == 1
    assert any("as one with it" in str(said) for said in retention.survival(result).warnings)


def test_monthly_terms_equal_one_long_subscription():
    """The same customers, written as one row a term or as one row: the same counts."""
    months = pd.date_range("2024-01-01", periods=12, freq="MS")
    long, terms = [], []
    for n in range(1, 11):
        long.append((f"c{n}", "2024-01-01", months[n].date()))
        terms += [(f"c{n}", months[i].date(), months[i + 1].date()) for i in range(n)]
    assert spells(*terms, as_of=D(2024, 9, 1)).frame.equals(
        spells(*long, as_of=D(2024, 9, 1)).frame
    )
    open_ = spells(("a", "2024-01-01", None), ("a", "2024-02-01", "2024-03-01")).frame
    assert open_.values.tolist() == [[5, 0, 1]]


@pytest.mark.parametrize(
    ("text", "zone", "refused"),
    [
        ("2024-01-31T23:30:00Z", "Asia/Tokyo", True),
        ("2024-01-31T23:30:00Z", "UTC", False),
        ("2024-01-31 23:30:00+09:00", "UTC", True),
        ("2024-01-31 23:30:00", "Asia/Tokyo", False),
    ],
)
def test_moments_are_not_taken_for_days_of_another_calendar(text, zone, refused):
    if refused:
        with pytest.raises(ColumnError, match=f"on the calendar of {zone}"):
            spells(("a", text, None), zone=zone)
    else:
        assert spells(("a", text, None), zone=zone).frame["tenure"].tolist() == [4]
    stamps = pd.DataFrame(
        {"who": ["a"], "start": pd.to_datetime(["2024-01-31T23:30:00Z"]), "end": [None]}
    )
    with pytest.raises(ColumnError, match="holds moments with a zone"):
        retention.durations_from_spells(stamps, **COLUMNS, as_of=AS_OF, zone="Asia/Tokyo")


def test_groups_come_from_the_customers():
    customers = pd.DataFrame({"who": ["a", "b"], "층": ["가", None]})
    rows = [("a", "2024-01-01", "2024-02-01"), ("b", "2024-01-01", None), ("c", "2024-01-01", None)]
    result = spells(*rows, by="층", customers=customers)
    assert result.frame.groupby("층")["censored"].sum().to_dict() == {"(not known)": 2, "가": 0}


@pytest.mark.parametrize(
    ("row", "error", "words"),
    [
        (("a", "2024-03-01", "2024-02-01"), CohortError, "before started='start' in all 1 "),
        (("a", "2024-13-01", None), ColumnError, "started='start'.*2024-13-01"),
        (("a", "2024-01-01", "soon"), ColumnError, "ended='end'.*soon"),
        (("a", "2024-07-01", None), EmptyDataError, "no customer"),
    ],
)
def test_bad_spells_are_refused(row, error, words):
    with pytest.raises(error, match=words):
        spells(row)


def test_a_spell_that_ends_before_it_starts_is_left_out_and_told_and_the_rest_counts():
    good = [("a", "2024-01-01", "2024-03-31"), ("b", "2024-01-15", None)]
    result = spells(*good, ("e", "2024-05-01", "2024-04-01"), ("a", "2024-06-01", "2024-01-01"))
    assert result.frame.equals(spells(*good).frame)
    assert (result.tally["rows"], result.tally["reversed_spell"]) == (4, 2)
    (said,) = map(str, retention.survival(result).warnings)
    assert said.startswith("2 of 4 subscriptions end before they start and are left out")


def test_gap_by_hand():
    data = pd.DataFrame(
        {
            "who": ["a", "a", "b", None],
            "at": [D(2024, 1, 1), D(2024, 1, 11), D(2024, 3, 1), D(2024, 1, 1)],
        }
    )
    result = retention.durations_from_orders(
        data, customer="who", time="at", gap_days=30, as_of=D(2024, 3, 15)
    )
    assert result.frame.values.tolist() == [[13, 0, 1], [40, 1, 0]]
    assert result.tally == {"rows": 4, "missing": 1, "after_as_of": 0}
    assert "a definition, not a fact" in retention.survival(result).meaning()
    with pytest.raises(ParameterError, match="gap_days=0"):
        retention.durations_from_orders(data, customer="who", time="at", gap_days=0)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_bad_month_planted_in_the_sample_company_is_named_as_a_period_and_not_as_a_cohort(seed):
    """From the orders alone; who renews early in the month still orders in it, so that the next
    month may stand out too."""
    company = make_company(seed=seed, bad_month="2026-02")
    cohorts = retention.count_cohorts(
        company.orders,
        customer="customer_id",
        time="ordered_at",
        acquired=company.customers,
        as_of=D(2026, 10, 1),
    )
    found = retention.age_period_cohort(cohorts)
    first, *others = found.clear.sort_values("ratio", ascending=False).itertuples()
    assert (first.term, first.level) == ("period", pd.Timestamp(2026, 2, 1))
    assert (
        first.ci_low
        < company.truth["planted"]["bad_month"]["odds_ratio_of_leaving"]
        < first.ci_high
    )
    assert {(row.term, row.level) for row in others} <= {("period", pd.Timestamp(2026, 3, 1))}
    assert (
        "In the month from 2026-02-01 more customers were lost across the cohorts"
        in found.summary()
    )
    assert "No single cohort stands out" in found.summary()


def test_the_true_curve_of_the_sample_company_lies_in_the_simultaneous_band(sample):
    """The Hall-Wellner band is to hold the whole true curve with 95 %."""
    truth = json.loads((sample / "truth.json").read_text())["retention"]["survival"]
    result = retention.durations_from_spells(
        sample / "subscriptions.csv",
        customer="customer_id",
        started="started_on",
        ended="ended_on",
        as_of=D(2026, 10, 1),
    )
    frame = retention.survival(result).frame.query("0 < tenure < 36")
    expected = frame["tenure"].map(dict(enumerate(truth)))
    assert len(frame) == len(truth) - 1
    assert ((frame["band_low"] <= expected) & (expected <= frame["band_high"])).all()


def test_without_as_of_the_orders_end_on_the_day_of_the_last_event_of_anyone():
    """As in `count_cohorts`: an order without a customer says that its day was on record."""
    data = pd.DataFrame(
        {
            "who": ["a", "a", "b", None],
            "at": [D(2024, 1, 1), D(2024, 3, 1), D(2024, 1, 1), D(2024, 4, 20)],
        }
    )
    found = retention.durations_from_orders(data, customer="who", time="at", gap_days=60)
    assert found.frame.query("lost + censored > 0")[
        ["tenure", "lost", "censored"]
    ].values.tolist() == [[60, 1, 0], [110, 0, 1]]
    assert retention.count_cohorts(data, customer="who", time="at").as_of == D(2024, 4, 21)
