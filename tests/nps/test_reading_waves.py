"""The waves of a survey stand in their order in time, or no order is claimed."""

from __future__ import annotations

import pandas as pd
import pytest

from cxlib import nps
from cxlib.errors import ParameterError


@pytest.fixture
def read(tmp_path):
    def called(waves, scores=None, **values):
        rows = pd.DataFrame({"score": scores or [10, 3] * (len(waves) // 2), "wave": waves})
        rows.to_csv(tmp_path / "survey.csv", index=False)
        return nps.read(nps.Parameters.parse({"survey": tmp_path / "survey.csv", **values}))

    return called


def words(messages):
    return " ".join(map(str, messages))


@pytest.mark.parametrize(
    ("waves", "pattern"),
    [
        (["Q4 2025", "Q1 2026"], "quarters"),
        (["Q4 FY25", "Q1 FY26"], "quarters of fiscal years"),
        (["12월 2025", "1월 2026"], "months"),
        (["平成31年4月", "令和元年5月"], "months"),
        (["Jan 2026", "Feb 2026"], "months"),
        (["第2回", "第10回"], "numbers with the same words around them"),
    ],
)
def test_the_latest_wave_is_the_latest_in_time(read, waves, pattern):
    answers = read(waves[::-1] * 2)
    assert (answers.wave, answers.against, answers.ordered) == (waves[1], "previous", "wave")
    ends = f"from {waves[0]} to {waves[1]}"
    assert f"Order in time of 'wave': read as {pattern}, {ends}." in words(answers.notes)
    counts = nps.count_scores(answers.rows, score="score", by="wave")
    changes = nps.compare(counts, between="wave", against="previous").frame
    assert changes[["a", "b"]].to_numpy().tolist() == [waves]
    assert nps.score(counts, by="wave").frame["wave"].tolist() == waves
    assert nps.monitor(counts, between="wave").frame[["a", "b"]].to_numpy().tolist() == [waves]
    assert nps.waves(counts, wave="wave").frame["wave"].tolist() == waves


@pytest.mark.parametrize(
    ("waves", "named"),
    [
        (["Q4", "Q1"], "Q1 and Q4 have no year"),
        (["12月", "1月"], "1月 and 12月 have no year"),
        (["前期", "今期"], "今期 and 前期 cannot be read"),
        (["Spring", "Summer"], "Spring and Summer cannot be read"),
        (["03/04/2024", "04/03/2024"], "03/04/2024 and 04/03/2024 can be read in two ways"),
    ],
)
def test_an_unknown_order_claims_nothing_and_says_what_to_do(read, waves, named):
    answers = read(waves * 2)
    assert (answers.wave, answers.against, answers.ordered) == (None, "each", None)
    assert (answers.n, answers.headline_by) == (4, None)
    assert named in words(answers.warnings)
    assert "Order in time" not in words(answers.notes)
    advised = read(waves * 2, wave_order=waves)
    assert (advised.wave, advised.against) == (waves[1], "previous")
    assert "read as the order that was given" in words(advised.notes)
    counts = nps.count_scores(advised.rows, score="score", by="wave")
    changes = nps.compare(counts, between="wave", against="previous").frame
    assert changes[["a", "b"]].to_numpy().tolist() == [waves]


def test_a_named_wave_is_shown_alone_where_the_order_is_unknown(read):
    answers = read(["Spring", "Summer"] * 2, wave="Spring")
    assert (answers.wave, answers.against, answers.n) == ("Spring", "each", 4)


def test_names_of_one_period_are_one_wave(read):
    answers = read(["2025Q4", "2026Q1", "Q1 2026", "2025q4"])
    assert set(answers.rows["wave"]) == {"2025Q4", "2026Q1"}
    assert "taken together: '2025Q4' and '2025q4', and '2026Q1' and 'Q1 2026'" in words(
        answers.notes
    ) or "taken together" in words(answers.notes)
    assert "kept apart" not in words(answers.warnings)
    assert read(["2025Q4", "2026Q1", "Q1 2026", "2025q4"], wave="Q1 2026").wave == "2026Q1"


def test_names_that_differ_in_case_and_are_no_periods_stay_apart_and_are_said(read):
    assert "kept apart" in words(read(["Pilot", "pilot"] * 2).warnings)


def test_a_latest_wave_without_a_score_is_said(read):
    answers = read(["2025Q4", "2026Q1", "2026Q2"], [9, 3, None])
    assert answers.wave == "2026Q1"
    said = "No answer with a score lies in 2026Q2, so this wave is passed over"
    assert said in words(answers.warnings)
    assert said not in words(read(["2026Q2", "2026Q1"], [9, None]).warnings)
    assert said not in words(
        read(["2025Q4", "2026Q1", "2026Q2"], [9, 3, None], wave="2025Q4").warnings
    )


def test_an_order_may_name_waves_without_a_score_and_must_name_all(read):
    waves, scores = ["pre", "mid", "post"], [9, 3, None]
    assert read(waves, scores, wave_order=waves).wave == "mid"
    with pytest.raises(ParameterError, match=r"wave_order=\['pre', 'mid'\]: 'post' is missing"):
        read(waves, scores, wave_order=["pre", "mid"])
    with pytest.raises(ParameterError, match="'pots' is no wave; did you mean 'post'"):
        read(waves, scores, wave_order=["pre", "mid", "pots"])
    with pytest.raises(ParameterError, match=r"wave_order.*wave_by='value' alone"):
        read(waves, scores, wave_order=waves, wave_by="unordered")


def test_numbers_are_waves_by_their_size(read):
    answers = read([9, 10, 100, 9])
    assert answers.wave == "100"
    assert read(["2025.0", "2026.0"]).wave in ("2026", "2026.0")
    assert read([1, 2], wave_order=[2, 1]).wave == "1"
