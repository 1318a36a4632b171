"""The wave that is looked at is the latest in time, or all answers are looked at and that is
said."""

from __future__ import annotations

import pandas as pd
import pytest

from cxlib import bias
from cxlib.errors import ParameterError


@pytest.fixture
def read(tmp_path):
    def called(waves, scores, sent=None, **values):
        people = [f"c{number}" for number in range(len(waves))]
        survey = pd.DataFrame({"who": people, "wave": waves, "score": scores})
        survey.to_csv(tmp_path / "survey.csv", index=False)
        given = {"survey": tmp_path / "survey.csv", "score": "score", "customer": "who"}
        if sent is not None:
            invited = pd.DataFrame({"who": [f"c{n}" for n in range(len(sent))], "wave": sent})
            invited.to_csv(tmp_path / "sent.csv", index=False)
            given["invitations"] = tmp_path / "sent.csv"
        return bias.read(bias.Parameters.parse(given | values))

    return called


def words(messages):
    return " ".join(map(str, messages))


def test_the_latest_wave_is_the_latest_in_time(read):
    sample = read(["Q4 2025", "Q4 2025", "Q1 2026"], [9, 3, 10])
    assert (sample.subject, len(sample.respondents)) == ("Q1 2026", 1)
    assert "read as quarters, from Q4 2025 to Q1 2026" in words(sample.notes)


def test_an_unknown_order_looks_at_all_answers_and_says_what_to_do(read):
    waves = ["12月", "12月", "1月"]
    sample = read(waves, [9, 3, 10])
    assert (sample.subject, len(sample.respondents)) == (None, 3)
    assert "1月 and 12月 have no year" in words(sample.warnings)
    assert read(waves, [9, 3, 10], wave_order=["12月", "1月"]).subject == "1月"
    named = read(waves, [9, 3, 10], wave="12月")
    assert (named.subject, len(named.respondents)) == ("12月", 2)
    assert "not known" not in words(named.warnings)
    with pytest.raises(ParameterError, match=r"wave_order=.*'12月' is missing"):
        read(waves, [9, 3, 10], wave_order=["1月"])


def test_a_wave_has_one_name_in_answers_and_invitations(read):
    sent = ["Q4 2025", "Q4 2025", "Q1 2026", "Q1 2026 ", "1Q26"]
    sample = read(["2025Q4", "2025Q4", "2026Q1"], [9, 3, 10], sent)
    assert (sample.subject, sample.invited, len(sample.respondents)) == ("2026Q1", 3, 1)


def test_a_latest_wave_without_a_score_is_said(read):
    sample = read(["2025Q4", "2026Q1"], [9, None])
    assert sample.subject == "2025Q4"
    assert "No answer with a score lies in 2026Q1" in words(sample.warnings)
    ordered = read(["pre", "post"], [9, None], wave_order=["pre", "post"])
    assert "No answer with a score lies in post" in words(ordered.warnings)
