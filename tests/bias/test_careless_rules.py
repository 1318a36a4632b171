"""Rules on indices: each has words, and consistency flags only where it tells people apart."""

import numpy as np
import pandas as pd
import pytest

from cxlib import bias
from cxlib.bias.careless_rules import PAIRS, Index, Rule
from cxlib.shown import language


@pytest.mark.parametrize("member", [*Index, *Rule])
def test_every_index_and_rule_has_words(member):
    assert language.word(member)


def test_every_consistency_asks_for_enough_pairs():
    assert set(PAIRS) == {"even_odd", "synonym", "antonym"}


def answers(noise, n=400, scales=8):
    rng = np.random.default_rng(11)
    traits = np.repeat(rng.normal(size=(n, scales)), 3, axis=1)
    raw = 4 + 1.2 * traits + noise * rng.normal(size=(n, 3 * scales))
    return pd.DataFrame(np.clip(np.round(raw), 1, 7)).rename(columns=str)


@pytest.mark.parametrize(("noise", "used"), [(0.5, True), (12.0, False)])
def test_consistency_flags_where_the_middle_respondent_is_consistent(noise, used):
    data = answers(noise)
    scales = {str(i): [str(3 * i + j) for j in range(3)] for i in range(8)}
    found = bias.careless(data, items=list(data), scales=scales)
    assert ("even_odd" in found.marks) == used
    assert used == (not any("by this index" in str(w) for w in found.warnings))
    if used:  # careful people are rarely marked, dice are
        assert found.marks["even_odd"].mean() < 0.02
        data.iloc[:40] = np.random.default_rng(1).integers(1, 8, (40, 24))
        again = bias.careless(data, items=list(data), scales=scales)
        assert again.marks["even_odd"].iloc[:40].mean() > 0.3
