"""A question with one column per option is put together first, and never one of its options."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

import cxlib as cx
from cxlib.errors import ColumnError
from cxlib.rows.option_columns import refuse_options

SCORES = [0, 3, 9, 10, 10, 7, 5]
ASKED = "How likely?"


def table(name, tick=None):
    data = {
        name(k): [(tick or str(k)) if k == score else None for score in SCORES] for k in range(11)
    }
    return pd.DataFrame({"id": [f"r{k}" for k in range(len(SCORES))], **data, "wave": "2026Q1"})


@pytest.mark.parametrize("tick", [None, "x"])
@pytest.mark.parametrize(
    ("name", "score"),
    [
        (lambda k: f"{ASKED} - {k}", ASKED),
        (lambda k: f"{ASKED} - {k}", f"{ASKED} - 10"),
        (lambda k: f"{ASKED} - {'Very - ' if k == 10 else ''}{k}", f"{ASKED} - Very - 10"),
        (lambda k: f"Q1_{k}", "Q1_9"),
    ],
)
def test_the_advice_puts_the_options_together(tmp_path, monkeypatch, tick, name, score):
    monkeypatch.chdir(tmp_path)
    frame = table(name, tick)
    frame.to_csv("s.csv", index=False)
    with pytest.raises(ColumnError, match="one column per option") as refusal:
        refuse_options(frame, score, Path("s.csv"))
    if "Q1_" in score:  # numbers of the stem are not those of the option
        return
    code = re.search(r"first: (.*), and give", str(refusal.value))[1]
    exec(code, {"cx": cx})  # noqa: S102  the advice as it is followed
    assert pd.read_csv("answers.csv")["score"].tolist() == SCORES


def test_other_columns_with_a_number_stay():
    frame = pd.DataFrame({f"q{k}": [9, 10, k % 11] for k in range(12)})
    refuse_options(frame, "q3", Path("s.csv"))
    refuse_options(frame, "nps", Path("s.csv"))
    refuse_options(frame[["q1"]].assign(other=1), "q1", Path("s.csv"))
