"""Subscriptions that cannot be counted as they stand are refused or flagged, with what to do."""

import datetime as dt

import pytest

from cxlib.errors import CxError
from tests.retention.notebook import Notebook, given

IDS = [f"K{i}" for i in range(10)]


@pytest.fixture
def files(tmp_path):
    orders = "".join(f"{who},2024-0{m}-05,10\n" for who in IDS for m in (1, 2, 3))
    (tmp_path / "orders.csv").write_text("customer_id,ordered_at,amount\n" + orders)

    def nb(*rows, **changed):
        text = "".join(",".join(map(str, row)) + "\n" for row in rows)
        (tmp_path / "subscriptions.csv").write_text("customer_id,started_on,ended_on\n" + text)
        return Notebook(given(tmp_path, customers=None, segment=None, **changed))

    return nb


def spells(who, *, gap, n=4):
    """Spells of 20 days, `gap` days between the end of one and the start of the next."""
    first = dt.date(2023, 11, 1)
    days = [first + dt.timedelta(days=(20 + gap) * k) for k in range(n)]
    return [(who, day, day + dt.timedelta(days=20)) for day in days]


@pytest.mark.parametrize("end", ["1970-01-01", "1900-01-01"])
def test_a_day_long_ago_stands_for_no_end(files, end):
    rows = [(who, "2024-01-05", end if who < "K4" else "2024-02-01") for who in IDS]
    with pytest.raises(CxError, match="leave it empty where a subscription goes on"):
        files(*rows)


@pytest.mark.parametrize("end", ["0000-00-00", "active", "継続中"])
def test_words_for_no_end_are_refused_with_what_to_write(files, end):
    rows = [(who, "2024-01-05", end if who < "K4" else "2024-02-01") for who in IDS]
    with pytest.raises(CxError, match="leave it empty where a subscription goes on"):
        files(*rows)


def test_columns_the_wrong_way_round_are_refused(files):
    rows = [(who, f"2024-02-1{i}" if i < 7 else "", "2024-01-05") for i, who in enumerate(IDS)]
    with pytest.raises(CxError, match="give started='ended_on' and ended='started_on'"):
        files(*rows)


def test_customers_of_another_spelling_are_refused(files):
    with pytest.raises(CxError, match="0 of the 10 customers of subscriptions are among"):
        files(*[(who.lower(), "2024-01-05", "") for who in IDS])


@pytest.mark.parametrize(("gap", "told"), [(0, False), (1, False), (3, True), (40, False)])
def test_renewals_after_a_few_days_are_flagged_and_can_be_joined(files, gap, told):
    rows = [row for who in IDS for row in spells(who, gap=gap, n=3)]
    flags = {said.key: said for said in files(*rows).data.flags}
    assert ("retention.renewals" in flags) is told
    if told:
        joined = files(*rows, renewal_days=flags["retention.renewals"].values["days"])
        assert joined.data.flags == ()
        assert joined.durations.tally["later_spell"] == 0
        assert joined.durations.tally["continued_spell"] == 20


def test_many_spells_left_out_are_flagged_and_a_few_are_not(files):
    rows = [(who, "2024-01-05", "") for who in IDS] * 3
    assert files(*rows, (None, "2024-01-05", "")).data.flags == ()
    two = [("", "2024-01-05", "")] * 2
    assert [said.values["n"] for said in files(*rows, *two).data.flags] == [2]
