"""Who seems to have stopped: nobody in the sample, a coder of whom half is cut away."""

from __future__ import annotations

import pandas as pd
import pytest

from cxlib import interviews
from cxlib.interviews.halfway import read_by_one, stops
from tests.conftest import ROOT

SAMPLE = ROOT / "data" / "sample" / "interviews"
ASKING = ["聞き手", "진행자", "Interviewer"]


def sample(codings):
    return interviews.read_corpus(
        SAMPLE, codings=codings, codebook=SAMPLE / "codebook.yaml", speakers={"interviewer": ASKING}
    )


def alpha(corpus):
    return interviews.agreement(corpus, resamples=0).frame["alpha"].iloc[0]


def cut(whole, coder, share):
    """Return the sample's rows without those of a coder behind a share of the units, and the number
    of the last unit that she read in each interview."""
    rows = pd.read_csv(SAMPLE / "codings.csv")
    ends, last = {}, {}
    for document, units in whole.units.groupby("document"):
        unit = units.iloc[max(int(len(units) * share) - 1, 0)]
        ends[document], last[document] = unit["end"], unit["unit"]
    kept = rows[(rows["coder"] != coder) | (rows["end"] <= rows["document"].map(ends))]
    return kept, last


def test_nobody_stopped_in_the_sample():
    whole = sample(SAMPLE / "codings.csv")
    assert stops(whole) == []
    assert whole.flags == ()


@pytest.mark.parametrize("coder", ["aoki", "bae", "clark"])
def test_half_a_coder_is_flagged_and_what_is_read_mends_it(tmp_path, coder):
    whole = sample(SAMPLE / "codings.csv")
    rows, last = cut(whole, coder, 0.5)
    rows.to_csv(tmp_path / "codings.csv", index=False)
    half = sample(tmp_path / "codings.csv")
    assert {stop.coder for stop in stops(half)} == {coder}
    flag = next(flag for flag in half.flags if flag.key.startswith("interviews.stopped_early"))
    assert flag.values["alpha"] == pytest.approx(alpha(half))
    assert flag.values["otherwise"] > flag.values["alpha"] + 0.04
    marks = [
        str(last[document]) if who == coder else "done"
        for document, who in zip(rows["document"], rows["coder"], strict=True)
    ]
    rows.assign(read=marks).to_csv(tmp_path / "codings.csv", index=False)
    told = sample(tmp_path / "codings.csv")
    assert stops(told) == []
    assert abs(alpha(told) - alpha(whole)) < 0.05 < alpha(whole) - alpha(half)


@pytest.mark.parametrize(("alone", "flagged"), [(0, False), (1, False), (2, True), (4, True)])
def test_interviews_that_rest_on_one_coder_are_told_where_others_have_two(build, alone, flagged):
    names = [f"{n}.txt" for n in range(5)]
    rows = [(name, 0, "late", "Kim") for name in names]
    rows += [(name, 0, "late", "Mori") for name in names[alone:]]
    found = list(read_by_one(build(dict.fromkeys(names, 2), rows)))
    assert len(found) == flagged
    if flagged:
        assert f"{alone} of 5 interviews were read by one coder only" in str(found[0])
        assert names[0] in str(found[0])


def test_one_coder_alone_is_told_elsewhere(build):
    assert not list(read_by_one(build({"a": 2, "b": 2}, [("a", 0, "x", "K"), ("b", 0, "x", "K")])))
