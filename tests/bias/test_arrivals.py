"""Early and late answers: thirds, reminders, what may be carried on, and what is not evidence."""

import numpy as np
import pandas as pd
import pytest

from cxlib import bias
from cxlib.errors import ColumnError, ParameterError
from cxlib.shown.result import Absent

ROWS = pd.DataFrame(
    {
        "score": [10] * 30 + [8] * 30 + [0] * 30,
        "届いた": pd.date_range("2026-08-01", periods=90, freq="h"),
        "催促": [0] * 30 + [1] * 30 + [2] * 30,
    }
)


@pytest.mark.parametrize("column", [{"arrived": "届いた"}, {"reminders": "催促"}])
def test_waves_of_arrival(column):
    found = bias.early_late(ROWS, score="score", invited=180, **column)
    assert found.waves["nps"].tolist() == [100, 0, -100]
    assert found.waves["n"].tolist() == [30, 30, 30]
    assert found.waves["rate"].round(6).tolist() == [0.166667, 0.333333, 0.5]
    everyone = found.frame.iloc[-1]
    # NPS 0 of half, and silent ones at -100: what the line says of them is no NPS
    assert everyone["nps"] == -50
    assert any("direction" in each.text("en") for each in found.warnings)
    assert np.isnan(everyone["ci_low"])
    assert np.isnan(everyone["ci_high"])
    assert "run out of what is possible" in found.summary()
    assert "interval −50.0 to −50.0" not in found.summary()
    assert found.difference == -150  # the 60 later ones have -50
    assert found.table().to_html()


def test_the_order_of_rows_does_not_matter_and_times_stay_together():
    days = ROWS.assign(day=ROWS["届いた"].dt.strftime("%Y-%m-%d"))
    found = bias.early_late(days, score="score", arrived="day", invited=180)
    mixed = bias.early_late(days.sample(frac=1, random_state=1), score="score", arrived="day")
    assert found.waves["n"].tolist() == mixed.waves["n"].tolist()
    assert found.waves["n"].sum() == 90
    assert set(found.waves["n"] % 24) <= {0, 18}  # whole days (the last has 18 hours)


def test_without_the_number_invited_nothing_is_carried_on():
    found = bias.early_late(ROWS, score="score", reminders="催促")
    assert len(found.frame) == 3
    assert "not known" in found.summary()
    assert not [line for line in found.plot().lines if line.get_linestyle() == "--"]


def test_the_line_is_dashed_beyond_the_last_answer():
    ax = bias.early_late(ROWS, score="score", reminders="催促", invited=180).plot()
    dashed = [line for line in ax.lines if line.get_linestyle() == "--"]
    assert dashed[0].get_xdata()[0] == pytest.approx(0.5)
    assert dashed[0].get_xdata()[1] == 1


def test_no_difference_is_no_evidence():
    rng = np.random.default_rng(1)
    rows = pd.DataFrame({"score": rng.integers(0, 11, 90), "r": [0] * 45 + [1] * 45})
    said = bias.early_late(rows, score="score", reminders="r", invited=400).summary()
    assert "no evidence" in said
    assert "no evidence" not in bias.early_late(ROWS, score="score", reminders="催促").summary()


def test_few_and_left_out_are_said():
    rows = pd.concat([ROWS, pd.DataFrame({"score": [9, 9], "催促": [3, None]})])
    found = bias.early_late(rows, score="score", reminders="催促")
    words = " ".join(each.text("en") for each in found.warnings)
    assert "fewer than 30 answers" in words
    assert "1 answer has no value in" in words


def test_what_is_absent_and_what_is_refused():
    assert isinstance(bias.early_late(ROWS, score=None, arrived="届いた"), Absent)
    assert isinstance(bias.early_late(ROWS, score="score"), Absent)
    one = ROWS.assign(催促=0)
    assert isinstance(bias.early_late(one, score="score", reminders="催促"), Absent)
    with pytest.raises(ParameterError, match="both given"):
        bias.early_late(ROWS, score="score", arrived="届いた", reminders="催促")
    with pytest.raises(ParameterError, match="invited=50 is less"):
        bias.early_late(ROWS, score="score", reminders="催促", invited=50)
    for wrong in (-1, 0.5, "never"):
        bad = ROWS.assign(催促=[wrong] * 90)
        with pytest.raises(ColumnError, match="no number of reminders"):
            bias.early_late(bad, score="score", reminders="催促")


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("invited", [200, 400, 5000])
def test_no_interval_is_of_no_width_and_what_is_cut_is_told(seed, invited):
    """Manski's ends by hand: f NPS - (1 - f) 100 and f NPS + (1 - f) 100."""
    rng = np.random.default_rng(seed)
    early, late = rng.dirichlet(np.ones(11), 2)
    scores = [*rng.choice(11, 80, p=early), *rng.choice(11, 60, p=late), 0, 10, 9, 8]
    rows = pd.DataFrame({"score": scores, "r": [0] * 80 + [1] * 64})
    found = bias.early_late(rows, score="score", reminders="r", invited=invited)
    row, f = found.frame.iloc[-1], 144 / invited
    here = 100 * ((rows["score"] > 8).mean() - (rows["score"] < 7).mean())
    ends = [f * here - (1 - f) * 100, f * here + (1 - f) * 100]
    words = " ".join(str(each) for each in found.warnings)
    if np.isnan(row["ci_low"]):
        assert np.isclose(row["nps"], ends).any()
        assert "run out of what is possible" in found.summary()
    else:
        assert row["ci_low"] < row["ci_high"]
        cut = np.isclose(row["ci_low"], ends[0]) or np.isclose(row["ci_high"], ends[1])
        assert cut == ("was cut there" in words)
    found.plot().figure.clear()


@pytest.mark.parametrize(("early", "late"), [(1, 1), (1, 300), (29, 30), (30, 29)])
def test_too_few_on_either_side_are_not_compared(early, late):
    rows = pd.DataFrame({"score": [10] * early + [0] * late, "r": [0] * early + [1] * late})
    found = bias.early_late(rows, score="score", reminders="r", invited=400)
    assert "too few to compare" in found.summary()
    assert found.line is None
    assert found.frame["arrival"].notna().all()
    assert found.plot().get_title(loc="left").startswith("Too few early or late answers")


@pytest.mark.parametrize("way", ["{} 回", "{}通", "{} reminder", "after {}", "({})", "{}.0"])
def test_a_text_with_one_number_is_that_number(way):
    rows = ROWS.assign(催促=[way.format(each) for each in ROWS["催促"]])
    found = bias.early_late(rows, score="score", reminders="催促", invited=180)
    wanted = bias.early_late(ROWS, score="score", reminders="催促", invited=180)
    pd.testing.assert_frame_equal(found.frame, wanted.frame)


@pytest.mark.parametrize("wrong", ["2 of 3", "2026-08-01", "-1 回", "0.5", "なし", "1,5 回"])
def test_a_text_with_no_whole_number_or_several_is_refused(wrong):
    with pytest.raises(ColumnError, match="no number of reminders"):
        bias.early_late(ROWS.assign(催促=wrong), score="score", reminders="催促")
