"""The R-indicator: columns of any name, weights, what it says, and whom to chase."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from cxlib import bias
from cxlib.errors import ColumnError, WeightError

# people asked, and who of them answered, by country and plan
CELLS = {
    ("日本", "basic"): (400, 100),
    ("日本", "plus"): (200, 90),
    ("한국", "basic"): (300, 150),
    ("한국", "plus"): (300, 180),
}


def people(cells, weight=None):
    frame = pd.DataFrame(
        [
            {"国": country, "plan": plan, "yes": place < answered}
            for (country, plan), (asked, answered) in cells.items()
            for place in range(asked)
        ]
    )
    if weight is not None:
        frame["w"] = [weight[country] for country in frame["国"]]
    return frame[frame["yes"]], frame


counts = st.tuples(st.integers(2, 40), st.integers(1, 40)).map(lambda p: (p[0] + p[1], p[1]))
tables = st.lists(counts, min_size=4, max_size=4).map(lambda c: dict(zip(CELLS, c, strict=True)))


@pytest.mark.parametrize("name", ["n", "r", "m0", "columns", "回", "base", "answered"])
def test_columns_may_have_any_name(name):
    everyone = pd.DataFrame({name: ["a", "b"] * 50, "plan": ["x", "y", "y", "x"] * 25})
    found = bias.r_indicator(everyone.head(31), everyone, columns=[name, "plan"])
    assert f"It sees {name} and plan only" in found.summary()
    assert found.frame["respondents"].tolist() == [31]


@settings(max_examples=10, deadline=None)
@given(tables, st.sampled_from([1.0, 2.5, 40.0]))
def test_equal_weights_change_what_they_should(cells, weight):
    """Rates, partial indicators and CV are those without weights; the variance's divisor and the
    lot of being asked are all that differs."""
    plain = bias.r_indicator(*people(cells), columns=["国", "plan"])
    other = bias.r_indicator(
        *people(cells, dict.fromkeys(("日本", "한국"), weight)),
        columns=["国", "plan"],
        weight="w",
    )
    same = ["n", "respondents", "rate", "unconditional_unadjusted", "conditional_unadjusted"]
    pd.testing.assert_frame_equal(other.partial[same], plain.partial[same], rtol=1e-7)
    n = plain.frame["n"].iloc[0]
    assert_allclose(
        (1 - other.frame["r_unadjusted"]) ** 2 * (1 - 1 / (n * weight)),
        (1 - plain.frame["r_unadjusted"]) ** 2 * (1 - 1 / n),
        rtol=1e-7,
    )
    assert other.frame["se"].iloc[0] >= plain.frame["se"].iloc[0] * (1 - 1 / n)


def test_weights_stand_for_people_who_were_not_asked():
    """A half of one country asked, with weight 2, gives the rates of the whole."""
    half = CELLS | {("日本", "basic"): (200, 50), ("日本", "plus"): (100, 45)}
    whole = bias.r_indicator(*people(CELLS), columns=["国", "plan"])
    found = bias.r_indicator(
        *people(half, {"日本": 2.0, "한국": 1.0}), columns=["国", "plan"], weight="w"
    )
    assert_allclose(found.frame[["rate", "r_unadjusted"]], whole.frame[["rate", "r_unadjusted"]])
    assert found.frame["se"].iloc[0] > whole.frame["se"].iloc[0]


@settings(max_examples=8, deadline=None)
@given(tables, st.randoms(use_true_random=False))
def test_the_order_of_rows_is_nothing(cells, random):
    here, everyone = people(cells)
    order = list(range(len(everyone)))
    random.shuffle(order)
    a = bias.r_indicator(here, everyone, columns=["国", "plan"])
    b = bias.r_indicator(here.iloc[::-1], everyone.iloc[order], columns=["国", "plan"])
    pd.testing.assert_frame_equal(a.frame, b.frame)
    pd.testing.assert_frame_equal(a.partial, b.partial)


def test_the_group_to_chase_is_the_large_one_that_is_silent():
    found = bias.r_indicator(*people(CELLS), columns=["国", "plan"])
    assert found.chase["category"] == "日本"
    assert found.summary().endswith(
        "To make answering more even, ask 国: 日本 next: of its 600 people 31.7 % answered, of "
        "everyone 43.3 %; about 140 more answers would bring it level."
    )
    assert found.plot().get_title(loc="left").startswith("国: 日本 (600 people)")


def test_groups_in_which_nobody_or_everybody_answered_are_named():
    asked = pd.DataFrame({"国": ["日"] * 40 + ["韓"] * 40 + ["米"] * 40, "plan": ["a", "b"] * 60})
    nobody = bias.r_indicator(asked.iloc[10:60], asked, columns=["plan", "国"])
    assert nobody.summary().endswith(
        "so there is no R-indicator: 国: 米 (nobody answered). Merge that group with a neighbour, "
        "or leave its column out."
    )
    both = bias.r_indicator(asked.iloc[20:80], asked, columns=["国"])
    for said in (both.summary(), bias.partial_indicators(both).summary()):
        assert "国: 米 (nobody answered)" in said
        assert "国: 韓 (everybody answered)" in said
        assert "Merge each of those groups" in said


def test_nobody_is_chased_for_what_chance_explains():
    even = {key: (100, 50 + i) for i, key in enumerate(CELLS)}
    found = bias.r_indicator(*people(even), columns=["国", "plan"])
    assert found.chase is None
    assert "with 400 people asked, smaller differences cannot be seen" in found.summary()
    assert (
        found.plot().get_title(loc="left") == "No group answered less than everyone beyond chance"
    )


def test_an_interval_that_is_approximate_is_told():
    few = bias.r_indicator(*people(CELLS | {("日本", "basic"): (100, 25)}), columns=["国"])
    many = bias.r_indicator(*people(CELLS), columns=["国"])
    even = bias.r_indicator(
        *people({key: (1000, 500 + i) for i, key in enumerate(CELLS)}), columns=["国"]
    )
    assert [len(found.warnings) for found in (few, many, even)] == [1, 0, 1]
    assert "82 to 99 of 100 simulated" in few.warnings[0].text("en")


def test_answering_that_was_the_same_everywhere_is_not_certain():
    found = bias.r_indicator(*people(dict.fromkeys(CELLS, (100, 50))), columns=["国", "plan"])
    assert found.frame["r_unadjusted"].iloc[0] == 1
    assert found.frame["se"].iloc[0] > 0.03
    assert found.frame["ci_low"].iloc[0] < 0.95


def test_weights_made_of_the_answers_are_refused():
    here, everyone = people(CELLS, {"日本": 2.0, "한국": 1.0})
    with pytest.raises(WeightError, match="not a weight made of the answers"):
        bias.r_indicator(here.assign(w=9.0), everyone, columns=["国"], weight="w")
    with pytest.raises(WeightError, match=r"sum to 0\.6, less than the 1,200 people asked"):
        bias.r_indicator(here.assign(w=5e-4), everyone.assign(w=5e-4), columns=["国"], weight="w")
    with pytest.raises(WeightError, match="w"):
        bias.r_indicator(here, everyone.assign(w=-1.0), columns=["国"], weight="w")
    with pytest.raises(ColumnError, match="weight='v'"):
        bias.r_indicator(here, everyone, columns=["国"], weight="v")


def test_parts_are_a_table_of_their_own():
    found = bias.r_indicator(*people(CELLS), columns=["国"])
    assert bias.partial_indicators(found).frame is found.partial
    missing = bias.partial_indicators(bias.r_indicator(people(CELLS)[0], None, columns=["国"]))
    assert missing.instead_of is bias.PartialIndicators


def test_as_many_more_answers_as_are_said_bring_a_group_level():
    """By arithmetic: 80 + m of 800 as 180 + m of 1,000 gives m = 320."""
    people = pd.DataFrame({"size": ["big"] * 800 + ["small"] * 200})
    here = pd.DataFrame({"size": ["big"] * 80 + ["small"] * 100})
    said = bias.r_indicator(here, people, columns=["size"]).summary()
    assert "about 320 more answers would bring it level" in said
