"""Guest, Namey and Chen's rule: both readings, what is not reached, and what is said. Its reference
values are in test_oracles."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxlib import interviews
from cxlib.errors import ParameterError

from ..conftest import ORACLES


@pytest.fixture(scope="module")
def heard():
    table = pd.read_csv(ORACLES / "interviews" / "saturation_incidence_16.csv")
    return interviews.accumulate(table.set_index("interview"), resamples=1)


def test_the_sentence_says_both_readings(heard):
    """The page of research: base 4, run 3, 5 %: overlapping runs say interview 9, disjoint 13."""
    found = interviews.stopping(heard, bases=[4], runs=[3], thresholds=[0.05])
    assert "after interview 9 with overlapping runs" in found.summary()
    assert "after interview 13 with runs one after another" in found.summary()


def test_guests_own_settings_are_the_default(heard):
    found = interviews.stopping(heard)
    settings_of = found.frame[["base", "run", "threshold"]].drop_duplicates()
    assert settings_of.to_numpy().tolist() == [
        [base, run, threshold] for base in (4, 5, 6) for run in (2, 3) for threshold in (0.05, 0)
    ]
    assert len(found.frame) == 24
    assert found.table().written()["runs"].iloc[0].startswith("overlapping runs")
    assert found.all_runs().written().shape[0] == len(found.each)


tables = st.lists(st.lists(st.booleans(), min_size=4, max_size=4), min_size=1, max_size=12)


@given(tables, st.integers(1, 4), st.integers(1, 3), st.sampled_from([0.0, 0.05, 0.3]))
@settings(max_examples=80)
def test_the_rule_is_what_its_words_say(table, base, run, threshold):
    """Independent form: sets of codes, run by run."""
    codes = [{place for place, there in enumerate(row) if there} for row in table]
    known = set().union(*codes[:base])
    found = interviews.stopping(
        interviews.accumulate(table, resamples=1), bases=[base], runs=[run], thresholds=[threshold]
    ).frame.set_index("runs")
    for reading, step in (("overlapping", 1), ("disjoint", run)):
        at = np.nan
        for first in range(base, len(codes) - run + 1, step):
            before = set().union(*codes[:first])
            new = set().union(*codes[first : first + run]) - before
            if known and len(new) / len(known) <= threshold:
                at = first + run
                break
        np.testing.assert_equal(found.loc[reading, "saturated_at"], at)
        assert bool(found.loc[reading, "reason"]) == np.isnan(at)


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ([[1], [1], [1]], "too few interviews"),
        ([[0, 0, 1]] * 4 + [[0, 1, 0], [1, 0, 0]], "every run brought more"),
        ([[0]] * 8, "no code to compare with"),
    ],
)
def test_where_it_does_not_stop_it_says_why(table, says):
    found = interviews.stopping(interviews.accumulate(table, resamples=1))
    assert says in found.summary()
    assert "nan" not in found.summary()


@pytest.mark.parametrize(
    "change",
    [{"bases": [0]}, {"bases": []}, {"runs": [1.5]}, {"thresholds": [5]}, {"thresholds": []}],
)
def test_parameters_with_a_rule(heard, change):
    with pytest.raises(ParameterError, match=next(iter(change))):
        interviews.stopping(heard, **change)


def test_a_corpus_by_its_saturation(small):
    found = interviews.stopping(interviews.saturation(small), bases=[1], runs=[2], thresholds=[0.0])
    assert found.frame["saturated_at"].tolist() == [3, 3]
