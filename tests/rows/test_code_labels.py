"""Value labels that contradict the codes are refused, with what reads them as the file says."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from cxlib.errors import ScaleError
from cxlib.rows import scales
from cxlib.rows.code_labels import refuse_contradiction

ANSWERS = pd.Series([0, 1, 9, 10], name="Q1")
TURNED = [
    {0: "10 Extremely likely", 10: "0 Not at all"},
    {0.0: "Sehr wahrscheinlich (10)", 10.0: "Sehr unwahrscheinlich (0)"},
    {0: "Extremely likely", 10: "Not at all likely"},
    {0: "とてもすすめたい", 10: "まったくすすめたくない"},
]


@pytest.mark.parametrize("meanings", TURNED)
def test_a_turned_scale_is_refused_and_the_advice_reads_it(meanings):
    with pytest.raises(ScaleError, match="value labels") as refusal:
        refuse_contradiction(ANSWERS, meanings, scale=(0, 10))
    found = re.search(r"labels=(\{.*?\})", str(refusal.value))
    labels = eval(found[1])  # noqa: S307  the advice as it is followed
    refuse_contradiction(ANSWERS, meanings, scale=(0, 10), labels=labels)
    assert scales.parse_scores(ANSWERS, labels=labels).values.tolist() == [10, 9, 1, 0]


def test_labels_of_a_shifted_scale_say_the_shift():
    meanings = {1: "0 Not at all", 11: "10 Extremely likely"}
    with pytest.raises(ScaleError, match="scale_shift=-1"):
        refuse_contradiction(ANSWERS + 1, meanings, scale=(0, 10))
    refuse_contradiction(ANSWERS + 1, meanings, scale=(0, 10), scale_shift=-1)


@pytest.mark.parametrize(
    "meanings",
    [
        {0: "Not at all likely", 10: "Extremely likely"},
        {0: "0 - Not at all", 10: "10 Extremely likely (of 10)", 99: "Don't know"},
        {0: "0", 10: "10", 11: "Weiß nicht"},
        {0: "Detractor (0-6)", 10: "Promoter (9-10)", 99: "99"},
        {0: "悪い", 10: "良い"},
        {},
    ],
)
def test_labels_that_agree_are_left_alone(meanings):
    refuse_contradiction(ANSWERS, meanings, scale=(0, 10))
