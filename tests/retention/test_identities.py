"""Ids as people and systems write them: joined where only what no eye sees differs, flagged where
case or zeros do, and words for nobody are told."""

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxlib import retention
from cxlib.errors import ColumnError
from cxlib.retention.counts.identities import NOBODY, profile_ids
from cxlib.rows.table import as_table

D = dt.date


def log(*ids):
    return pd.DataFrame({"who": ids, "at": [D(2024, 1, 5)] * len(ids)})


def profile(*ids):
    found = profile_ids(as_table(log(*ids)), customer="who")
    return [str(note) for note in found.notes], [str(flag) for flag in found.warnings]


def count(data):
    return retention.count_cohorts(data, customer="who", time="at", as_of=D(2024, 2, 1))


@pytest.mark.parametrize(
    "twice",
    [
        ("ann@example.org", "ann@example.org "),
        ("ann", "\tann"),
        ("ann", "ann\u200b"),
        ("ann", "\ufeffann"),
        ("90017", "90017.0"),
        ("90017.00", " 90017"),
        ("Ａ７", "A7"),
        ("山田 太郎", "山田\u3000太郎"),
        ("가나", "\u1100\u1161\u1102\u1161"),
    ],
)
def test_what_no_eye_sees_tells_no_customers_apart(twice):
    cohorts = count(log(*twice, "bo", "cy"))
    assert cohorts.customers == 3
    notes, flags = profile(*twice, "bo", "cy")
    assert len(notes) == 1
    assert "2 spellings that differ only in blanks" in notes[0]
    assert flags == []
    assert notes[0] in map(str, retention.triangle(cohorts).warnings)


@pytest.mark.parametrize(
    ("twins", "said"),
    [
        (("bo@example.org", "BO@EXAMPLE.ORG"), "capital letters"),
        (("7", "007"), "zeros in front"),
    ],
)
def test_twins_by_case_or_zeros_are_flagged_and_kept_apart(twins, said):
    assert count(log(*twins, "cy")).customers == 3
    notes, flags = profile(*twins, "cy")
    assert notes == []
    assert [said in flag for flag in flags] == [True]


def test_ids_that_are_whole_are_told_nothing_about():
    assert profile("a", "b", "c", "b") == ([], [])
    assert profile(*range(1, 30)) == ([], [])
    assert profile("1.5", "1", "2") == ([], [])


@pytest.mark.parametrize("word", ["guest", "NULL", "0", "Unknown", "不明", "비회원"])
def test_words_for_nobody_are_counted_and_named_with_the_way_out(word):
    _, (flag,) = profile(word, word, "a", "b")
    assert flag.startswith(f"2 of 4 events have '{word}' in column 'who'")
    assert flag.endswith(f"by where: who <> '{word}'.")


def test_blank_ids_are_no_customer():
    cohorts = count(log("", " ", "\u3000", "\u200b", None, "a"))
    assert (cohorts.customers, cohorts.tally["missing_customer"]) == (1, 5)


@pytest.mark.parametrize("numbers", [False, True])
def test_an_id_with_a_fifth_of_the_events_is_flagged_without_its_name(numbers):
    ids = [*range(100, 140), *[777] * 20]
    _, flags = profile(*(ids if numbers else map("k{}".format, ids)))
    assert len(flags) == 1
    assert flags[0].startswith("One of 41 ids in column 'who' has 20 of 60 events")
    assert "777" not in flags[0]
    assert profile("a", "a", "b") == ([], [])  # of two customers one always has


def test_ids_are_joined_in_every_file_and_count():
    data = log("90017.0", "90017", "ann ", "ann").assign(paid=1)
    came = pd.DataFrame({"who": [90017.0], "acquired_on": ["2024-01-01"]})
    listed = retention.count_cohorts(
        data, customer="who", time="at", acquired=came, as_of=D(2024, 2, 1)
    )
    assert (listed.customers, listed.tally["no_acquisition"]) == (1, 1)
    columns = {"customer": "who", "time": "at", "as_of": D(2024, 2, 1)}
    assert retention.count_gaps(data, **columns).customers == 2
    assert retention.count_own_clock(data, **columns).customers == 2
    assert retention.durations_from_orders(data, **columns, gap_days=9).customers == 2
    assert retention.revenue(data, **columns, value="paid").frame["active"].tolist() == [2]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.sampled_from(["a", "b1", "c-3", "77", "ж"]), min_size=1, max_size=8),
    st.sampled_from(["", " ", "  ", "\u00a0", "\u200b", "\ufeff", "\t"]),
    st.booleans(),
)
def test_dress_changes_no_count(ids, dress, front):
    dressed = [dress + each if front else each + dress for each in ids]
    assert count(log(*ids, *dressed)).customers == len(set(ids))
    assert not NOBODY.intersection(ids)


@pytest.mark.parametrize(
    ("raw", "refused"), [("1.23457E+15", True), ("4E+11", True), ("12E5", False)]
)
def test_ids_that_a_spreadsheet_rounded_are_refused(raw, refused):
    events = as_table(pd.DataFrame({"who": [raw, "7", "A-1"]}))
    if refused:
        with pytest.raises(ColumnError, match="export the ids again as text"):
            profile_ids(events, customer="who")
    else:
        profile_ids(events, customer="who")
