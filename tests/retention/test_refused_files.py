"""Files that are empty, or disagree with the parameters or each other, are refused."""

import pytest

from cxlib.errors import CohortError, ColumnError, CxError, EmptyDataError, ParameterError
from cxlib.retention import read
from tests.retention.notebook import Notebook, given


def read_and_count(p):
    """What the notebook's first cells do: a refusal comes from one of them."""
    nb = Notebook(p)
    return nb.cohorts, nb.durations


@pytest.mark.parametrize(
    ("changed", "error", "words"),
    [
        ({"as_of": "2024-01-05"}, ParameterError, "not after the first event"),
        ({"customer": "customer"}, ColumnError, "did you mean 'customer_id'"),
        ({"time": "ordered"}, ColumnError, "did you mean 'ordered_at'"),
        ({"value": "amounts"}, ColumnError, "did you mean 'amount'"),
        ({"segment": "segmnt"}, ColumnError, "did you mean 'segment'"),
        ({"acquired": "acquired"}, ColumnError, "acquired_on"),
        ({"ended": "end"}, ColumnError, "ended='end'"),
        ({"acquired": "segment", "segment": None}, ColumnError, "cannot be read as dates"),
        ({"started": "customer_id"}, ColumnError, "started='customer_id'"),
        ({"customers": None}, ParameterError, "needs the file of customers"),
        ({"period": "year"}, ParameterError, "no year has ended"),
        ({"as_of": "2024-01-31"}, ParameterError, "no month has ended"),
        (
            {"clock": "own", "window_days": 1, "as_of": "2027-01-01"},
            ParameterError,
            r"window_days=1: there are 1,093 windows",
        ),
        ({"kind": "bracket"}, ParameterError, "brackets=None: kind='bracket' needs"),
        (
            {"brackets": [[1, 3]]},
            ParameterError,
            r"brackets=\[\(1, 3\)\] go with kind='bracket' only, and kind is 'on'",
        ),
        (
            {"preset": "mixpanel", "kind": "rolling"},
            ParameterError,
            "kind='rolling' does not go with preset='mixpanel', which stands "
            "for kind='on_or_after'; give kind='on'",
        ),
        (
            {"preset": "ga4", "period": "week"},
            ParameterError,
            "period='week' does not go with preset='ga4'",
        ),
        (
            {"preset": "ga4", "clock": "own"},
            ParameterError,
            "clock='own' does not go with preset='ga4'",
        ),
        (
            {"preset": "amplitude", "window_days": 7},
            ParameterError,
            "window_days=7 does not go with preset='amplitude'",
        ),
    ],
)
def test_parameters_that_disagree_with_the_files_are_refused(folder, changed, error, words):
    with pytest.raises(error, match=words):
        read_and_count(given(folder, **changed))


def test_an_empty_file_and_words_for_dates_are_refused(folder):
    for name, content, error in (
        ("empty.csv", "", EmptyDataError),
        ("head.csv", "customer_id,ordered_at,amount\n", EmptyDataError),
        ("words.csv", "customer_id,ordered_at,amount\n1,yesterday,3\n", ColumnError),
    ):
        (folder / name).write_text(content)
        with pytest.raises(error):
            read(given(folder, orders=folder / name))
    (folder / "empty.csv").write_text("")
    with pytest.raises(CxError):
        read(given(folder, customers=folder / "empty.csv"))


def test_a_segment_of_too_many_groups_is_refused(folder):
    rows = "".join(f"{i},2024-01-05,g{i}\n" for i in range(31))
    (folder / "customers.csv").write_text("customer_id,acquired_on,segment\n" + rows)
    with pytest.raises(ParameterError, match="segment='segment' has 31 groups"):
        read(given(folder))


def test_customers_who_do_not_belong_to_the_events_are_refused(folder):
    (folder / "customers.csv").write_text("customer_id,acquired_on,segment\nX,2024-01-05,a\n")
    with pytest.raises(
        CohortError,
        match=r"customer='customer_id': none of the events belongs .*\(here '1' and 'X'\)",
    ):
        read_and_count(given(folder))


@pytest.mark.parametrize(
    ("name", "rows", "error", "words"),
    [
        (
            "subscriptions",
            "customer_id,started_on,ended_on\n1,2024-02-05,2024-01-05\n",
            CohortError,
            "ended='ended_on' lies before started='started_on' in all 1 subscriptions",
        ),
        (
            "subscriptions",
            "customer_id,started_on,ended_on\n1,2025-02-05,\n",
            EmptyDataError,
            "no customer is left to follow",
        ),
        (
            "customers",
            "customer_id,acquired_on,segment\n1,,a\n2,,a\n",
            ColumnError,
            "acquired='acquired_on' is empty in every row",
        ),
        (
            "customers",
            "customer_id,acquired_on,segment\n1,2025-01-01,a\n",
            EmptyDataError,
            "no customer is left",
        ),
        (
            "orders",
            "customer_id,ordered_at,amount\n,2024-01-05,10\n,2024-04-05,10\n",
            EmptyDataError,
            "no event is left",
        ),
    ],
)
def test_files_that_leave_nobody_to_count_are_refused(folder, name, rows, error, words):
    (folder / f"{name}.csv").write_text(rows)
    with pytest.raises(error, match=words):
        read_and_count(given(folder, as_of="2024-04-10" if name == "orders" else "2024-04-01"))
