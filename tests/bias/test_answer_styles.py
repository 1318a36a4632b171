"""How groups use the scale."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.testing import assert_allclose
from scipy import stats

from cxlib import bias
from cxlib.bias.answer_styles import Style
from cxlib.errors import ColumnError, EmptyDataError, ParameterError, ScoreRangeError
from cxlib.shown import language
from cxlib.shown.result import Absent

ITEMS = ["a", "b", "c", "d"]
sheets = arrays.arrays(
    float, st.tuples(st.integers(3, 20), st.just(4)), elements=st.integers(1, 7).map(float)
)


def test_shares_on_bfi_are_rs(careless_expected, shared):
    told = careless_expected["bfi_styles"]
    items, wanted = told["args"]["columns"], told["expected"]
    data = pd.read_csv(shared / "oracles" / "bias" / told["data"]).dropna(subset=items)
    found = bias.response_styles(data, items=items, scale=(1, 6)).frame.set_index("style")
    assert (found["n"] == wanted["n"]).all()
    assert "middle" not in found.index  # six points have none
    for style, column, name in (
        ("ends", "share", "ers_mean"),
        ("ends", "sd", "ers_sd"),
        ("agreeing", "share", "ars_mean"),
        ("agreeing", "sd", "ars_sd"),
        ("net_agreeing", "share", "ars_net_mean"),
    ):
        assert_allclose(found.loc[style, column], wanted[name], rtol=told["rtol"])


@given(sheets)
def test_a_mirror_swaps_agreeing_and_keeps_the_ends(x):
    one, other = (
        bias.response_styles(pd.DataFrame(v, columns=ITEMS), items=ITEMS, scale=(1, 7)).frame
        for v in (x, 8 - x)
    )
    one, other = one.set_index("style")["share"], other.set_index("style")["share"]
    assert_allclose(one[["ends", "middle"]], other[["ends", "middle"]])
    assert_allclose(one["net_agreeing"], -other["net_agreeing"], atol=1e-12)
    below = one["agreeing"] - one["net_agreeing"]
    assert_allclose(one["agreeing"] + one["middle"] + below, 1)


def test_groups_have_the_interval_of_students_t():
    rng = np.random.default_rng(1)
    data = pd.DataFrame(rng.integers(1, 6, (90, 4)), columns=ITEMS)
    data["국가"] = np.repeat(["日本", "한국", "few"], [40, 40, 10])
    data.loc[0, ITEMS[1:]] = np.nan
    found = bias.response_styles(data, items=ITEMS, scale=(1, 5), by="국가", reverse=ITEMS[:2])
    korea = data[data["국가"] == "한국"][ITEMS].isin([1, 5]).mean(axis=1)
    row = found.frame.query("style == 'ends' and group == '한국'").iloc[0]
    low, high = stats.t.interval(0.95, 39, korea.mean(), stats.sem(korea))
    assert_allclose(row[["share", "ci_low", "ci_high"]].tolist(), [korea.mean(), low, high])
    assert found.frame.query("group == '日本'")["n"].tolist() == [39] * 4
    said = [str(each) for each in found.warnings]
    assert any("fewer than half" in each for each in said)
    assert any("few" in each for each in said)
    assert "before scores" in found.summary()
    assert "about half" not in found.summary()
    labels = [text.get_text() for text in found.plot().get_yticklabels()]
    assert any("한국" in label for label in labels)


def test_agreeing_without_opposites_is_said_to_be_content():
    data = pd.DataFrame([[5, 4, 4, 5], [1, 4, 5, 5]], columns=ITEMS)
    found = bias.response_styles(data, items=ITEMS, scale=(1, 5))
    assert "about half" in found.summary()
    assert found.plot()
    assert all(language.word(style) for style in Style)


def test_refusals_and_what_is_absent():
    data = pd.DataFrame([[5, 4, 4, 5], [1, 4, 5, 5]], columns=ITEMS).assign(g=["x", None])
    assert isinstance(bias.response_styles(data, items=None, scale=(1, 5)), Absent)
    with pytest.raises(ColumnError, match="by='g'"):
        bias.response_styles(data, items=ITEMS, scale=(1, 5), by="g")
    with pytest.raises(ColumnError, match="by='h'"):
        bias.response_styles(data, items=ITEMS, scale=(1, 5), by="h")
    with pytest.raises(ScoreRangeError, match="outside"):
        bias.response_styles(data, items=ITEMS, scale=(1, 4))
    with pytest.raises(ParameterError, match="reverse"):
        bias.response_styles(data, items=ITEMS, scale=(1, 5), reverse=["q"])
    with pytest.raises(EmptyDataError, match="half"):
        bias.response_styles(data.assign(b=None, c=None, d=None), items=ITEMS, scale=(1, 5))
