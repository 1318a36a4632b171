"""Interviews and units of each code: by hand on a small corpus."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from numpy.testing import assert_allclose
from statsmodels.stats.proportion import proportion_confint

from cxlib import interviews
from cxlib.interviews.counts import Rule
from cxlib.shown.message import Message


def test_interviews_and_turns_of_each_code(small):
    found = interviews.prevalence(small)
    frame = found.frame.set_index("code")
    assert frame["interviews"].to_dict() == {
        "late delivery": 2,
        "長い待ち時間": 2,
        "배송 지연": 0,
        "kind staff": 0,
    }
    assert frame["units"].to_dict() == {
        "late delivery": 2,
        "長い待ち時間": 3,
        "배송 지연": 0,
        "kind staff": 0,
    }
    assert frame["n"].eq(3).all()
    assert_allclose(
        frame.loc["late delivery", ["ci_low", "ci_high"]].astype(float),
        proportion_confint(2, 3, method="wilson"),
    )
    assert found.summary() == (
        "Most often heard in 3 interviews, by kind: obstacle “late delivery” (2); "
        "annoyance “長い待ち時間” (2)."
    )
    # one coder of two heard “배송 지연”: it does not count, which is not the same as not heard
    assert [str(said) for said in found.warnings] == [
        "By the rule for where a code counts, these are in no interview: "
        "“배송 지연” and “kind staff”."
    ]
    ax = found.plot()
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["長い待ち時間", "late delivery"]
    assert {"2 of 3 · obstacle", "Delivery", "Contact"} <= {note.get_text() for note in ax.texts}


@pytest.mark.parametrize("rule", list(Rule))
def test_the_sentence_of_a_rule_is_of_those_who_read_the_unit(build, rule):
    """The count is over those who have read so far, so no sentence may say "opened"."""
    rows = [("a", 0, "late", "Kim"), ("a", 0, "late", "Mori"), ("a", 3, "late", "Mori")]
    corpus = build({"a": 4}, rows)
    end = corpus.units["end"].iloc[1]
    read = pd.DataFrame({"document": ["a"], "coder": ["Kim"], "read_to": [end]})
    corpus = replace(corpus, progress=read)
    found = interviews.prevalence(corpus, rule=rule)
    assert found.frame["units"].tolist() == [2]  # unit 3 was read by Mori alone
    told = [found.rule, Message("interviews.method_disagreements")]
    assert all("opened" not in str(each) and "read" in str(each) for each in told)
    assert "opened" not in interviews.Parameters.model_fields["rule"].description


def test_nothing_counts(small):
    found = interviews.prevalence(small, rule="all")
    empty = replace(found, frame=found.frame.assign(interviews=0))
    assert empty.summary().startswith("No code counts in any of the 3 interviews")
    assert empty.plot().get_title(loc="left").startswith("No code counts")
