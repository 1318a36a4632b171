"""Post-stratification: targets in each form, and cells that have no counterpart."""

import pandas as pd
import pytest
from hypothesis import given, settings
from numpy.testing import assert_allclose

from cxlib import bias
from cxlib.errors import ColumnError, EmptyDataError, WeightError
from tests.bias.test_calibration import tables

ROWS = pd.DataFrame({"plan": ["a", "a", "b", "b", "b"], "国": ["日", "韓", "日", "日", "韓"]})
PEOPLE = {("a", "日"): 10, ("a", "韓"): 20, ("b", "日"): 30, ("b", "韓"): 40}


def series():
    return pd.Series(PEOPLE).rename_axis(["plan", "国"])


@pytest.mark.parametrize(
    "targets",
    [
        {("plan", "国"): PEOPLE},
        series(),
        series().reset_index(name="people"),
        series().sample(frac=1, random_state=1) / 100,
        {("国", "plan"): {(b, a): total for (a, b), total in PEOPLE.items()}},
    ],
)
def test_combinations_in_each_form(targets):
    """By arithmetic: total over respondents; shares of the five respondents."""
    weights = bias.poststratify(ROWS, targets=targets)
    scale = 0.05 if isinstance(targets, pd.Series) and targets.sum() < 2 else 1.0
    assert_allclose(weights.values(ROWS) / scale, [10, 20, 15, 15, 40])
    assert len(weights.frame) == 4
    assert_allclose(weights.frame["share_after"], weights.frame["share_target"])
    assert set(weights.frame["n"]) == {1, 2}
    assert_allclose(weights.apply(ROWS).execute()["weight"].sum() / scale, 100)


@settings(max_examples=20, deadline=None)
@given(tables())
def test_one_margin_is_raking_to_it_and_cells_are_calibration_to_them(table):
    rows, targets, _ = table
    one = {"a": targets["a"]}
    assert_allclose(
        bias.poststratify(rows, targets=one, weight="w").cells["factor"],
        bias.rake(rows, targets=one, weight="w").cells["factor"],
        rtol=1e-9,
    )
    crossed = 1e3 * rows["w"].groupby([rows["a"], rows["b"]]).sum() ** 1.2
    weights = bias.poststratify(rows, targets=crossed, weight="w")
    both = rows.assign(c=rows["a"] + rows["b"])
    flat = crossed.set_axis(["".join(cell) for cell in crossed.index])
    for distance in ("linear", "raking"):
        other = bias.calibrate(both, targets={"c": flat}, weight="w", distance=distance)
        assert_allclose(weights.values(rows), other.values(both), rtol=1e-7)


def test_all_empty_cells_are_listed_with_their_nearest():
    people = PEOPLE | {("c", "日"): 7, ("c", "韓"): 8, ("d", "米"): 5, ("e", "日"): 0}
    with pytest.raises(WeightError) as refusal:
        bias.poststratify(ROWS, targets={("plan", "国"): people})
    said = str(refusal.value)
    assert "3 of 7 cells have no respondents" in said
    assert "16.7 % of the population" in said
    assert (
        "plan='c' and 国='日' (total 7; nearest with respondents is plan='b' and 国='日')" in said
    )
    assert "plan='d' and 国='米' (total 5; nearest" in said
    assert "plan='e'" not in said


def test_respondents_without_a_total_are_listed():
    people = {key: total for key, total in PEOPLE.items() if key[0] == "a"} | {("b", "日"): 0}
    with pytest.raises(WeightError) as refusal:
        bias.poststratify(ROWS, targets={("plan", "国"): people})
    said = str(refusal.value)
    assert "3 respondents would count for nobody" in said
    assert "plan='b' and 国='日' (2 respondents, total 0)" in said
    assert "plan='b' and 国='韓' (1 respondents, no total)" in said


@pytest.mark.parametrize(
    ("targets", "said"),
    [
        ({"plan": {"a": 1, "b": 2}, "国": {"日": 1, "韓": 2}}, "has 2 entries.*cx.bias.rake"),
        (3, "targets 3; give one margin"),
        ({"plan": {"a": 1, "a ": 2, "b": 2}}, "'a' is there twice"),
        ({"plan": {"a": 1, "b": -2}}, "'b' is -2"),
        ({"plan": {"a": 1, "b": float("nan")}}, "'b' is nan"),
        ({"plan": {"a": 1, "b": "viele"}}, "viele"),
        ({"plan": {}}, "there is no category"),
        ({"plan": {"a": 0.6, "b": 0.6}}, "sum to 1.2, not to 1"),
        ({"plan": {"a": "60 %", "b": 0.4}}, "percent sign"),
        ({("plan", "国"): {"a": 1}}, "'a' is not one category of each column"),
        (pd.Series({("a", "日"): 1}), "have no names"),
        (pd.DataFrame({"plan": ["a"], "x": [1], "y": [2]}), "one more with their count"),
    ],
)
def test_targets_that_cannot_be(targets, said):
    with pytest.raises(WeightError, match=said):
        bias.poststratify(ROWS, targets=targets)


def test_rows_that_cannot_be():
    with pytest.raises(WeightError, match="all weights are 0"):
        bias.poststratify(ROWS.assign(w=0.0), targets={"plan": {"a": 1, "b": 1}}, weight="w")
    with pytest.raises(ColumnError, match="did you mean 'plan'"):
        bias.poststratify(ROWS, targets={"plam": {"a": 1}})
    with pytest.raises(EmptyDataError):
        bias.poststratify(ROWS.head(0), targets={"plan": {"a": 1}})
    with pytest.raises(WeightError, match="1 of 5 respondents have no value"):
        bias.poststratify(
            ROWS.replace("韓", None).head(5).assign(国=["日"] * 4 + [None]),
            targets={"国": {"日": 1}},
        )


@pytest.mark.parametrize(
    "numbers",
    [(0.6, 0.4), ("60 %", "40 %"), (60, 40), (6, 4), (60.0, "40"), ("0,6", "0,4")],
)
def test_shares_are_read_as_rake_reads_them(numbers):
    rows = pd.DataFrame({"plan": list("ab") * 120})
    targets = dict(zip("ab", numbers, strict=True))
    forms = (
        {"plan": targets},
        pd.Series(targets).rename_axis("plan"),
        pd.DataFrame({"plan": ["a", "b"], "share": numbers}),
    )
    raked = bias.rake(rows, targets={"plan": targets})
    assert_allclose(raked.values(rows), [1.2, 0.8] * 120)
    for form in forms:
        made = bias.poststratify(rows, targets=form)
        assert_allclose(made.values(rows), raked.values(rows))
        assert made.warnings == raked.warnings
