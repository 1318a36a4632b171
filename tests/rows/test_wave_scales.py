"""A wave that is stored on another scale than the others is refused by its name."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib.errors import ScaleError
from cxlib.rows.scales import parse_scores
from cxlib.rows.wave_scales import refuse_contradiction

HONEST = [0, 0, 2, 3, 5, 6, 7, 7, 8, 8, 8, 9, 9, 9, 9, 10, 10, 10, 10, 10] * 2
WAVES = ["2025Q4", "2026Q1", "2026Q2"]


def check(scores, waves, shift=0, labels=None):
    parsed = parse_scores(pd.Series(scores), scale_shift=shift, labels=labels)
    refuse_contradiction(parsed, pd.Series(waves), column="wave", scale_shift=shift)


@given(st.integers(0, 2), st.integers(1, 20))
def test_one_wave_from_1_to_11_is_named(place, times):
    scores, waves = [], []
    for number, wave in enumerate(WAVES):
        n = times if number != place else 1
        scores += [score + (number == place) for score in HONEST * n]
        waves += [wave] * len(HONEST) * n
    with pytest.raises(ScaleError) as refused:
        check(scores, waves)
    told = str(refused.value)
    assert f"{WAVES[place]!r}, where 10 of 40 answers lie beyond it (11;" in told
    assert f'where="wave <> {WAVES[place]!r}"' in told
    kept = [(s, w) for s, w in zip(scores, waves, strict=True) if w != WAVES[place]]
    check(*map(list, zip(*kept, strict=True)))


def test_a_shift_that_only_some_waves_need_is_refused():
    scores = [*HONEST, *[score + 1 for score in HONEST]]
    with pytest.raises(ScaleError, match=r"after scale_shift=-1.*'a', where 4 of 40.*at 0"):
        check(scores, ["a"] * 40 + ["b"] * 40, shift=-1)
    check([score + 1 for score in HONEST * 2], ["a"] * 40 + ["b"] * 40, shift=-1)


@given(st.lists(st.integers(0, 10), min_size=2, max_size=60), st.data())
def test_scores_on_the_scale_are_never_refused_for_their_waves(scores, data):
    waves = [data.draw(st.sampled_from(WAVES)) for _ in scores]
    parsed = parse_scores(pd.Series(scores))
    if not parsed.contradiction:
        refuse_contradiction(parsed, pd.Series(waves), column="wave")


def test_a_code_a_slip_and_a_label_in_one_wave_are_let_through():
    waves = ["a"] * 40 + ["b"] * 40
    check([*HONEST, *HONEST[:-1], 11], waves)
    check([*HONEST, *HONEST[:-4], 99, 99, 99, 99], waves)
    check([*HONEST, *HONEST[:-8], *[11] * 8], waves, labels={"11": None})


def test_periods_of_dates_are_no_values_to_leave_out():
    scores = pd.Series([*HONEST, *[score + 1 for score in HONEST]])
    waves = pd.Series(["2025Q4"] * 40 + ["2026Q1"] * 40)
    with pytest.raises(ScaleError, match=r"leave these waves out$"):
        refuse_contradiction(parse_scores(scores), waves, column="day", by="quarter")
