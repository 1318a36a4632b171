"""Marks of careless answering: who carries which, and what is said where none can be given."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats

from cxlib import bias
from cxlib.errors import (
    ColumnError,
    EmptyDataError,
    ParameterError,
    ScoreRangeError,
    WeightError,
)
from cxlib.shown.result import Absent

ITEMS = [f"質問{i}" for i in range(12)]
GRIDS = {name: ITEMS[i : i + 4] for name, i in (("窓口", 0), ("料金", 4), ("品質", 8))}


def people(n=200, seed=1):
    """Careful people: items of a scale go together, answers 1 to 5."""
    rng = np.random.default_rng(seed)
    traits = np.repeat(rng.normal(size=(n, 3)), 4, axis=1)
    answers = np.clip(np.round(3 + traits + 0.5 * rng.normal(size=(n, 12))), 1, 5)
    return pd.DataFrame(answers, columns=ITEMS)


@pytest.mark.parametrize("name", ["bfi_careless", "careless_dataset"])
def test_rows_and_flags_are_rs(name, careless_expected, shared):
    told, folder = careless_expected[name], shared / "oracles" / "bias"
    data = pd.read_csv(folder / told["data"])
    items = told["args"].get("columns", list(data.columns))
    data = data.dropna(subset=items)
    scales = {str(i): items[i : i + 5] for i in range(0, len(items), 5)}
    cut = told["args"].get("psychsyn_cut", 0.5)
    found = bias.careless(data, items=items, scales=scales, synonym_cut=cut)
    theirs = {"longest": "longstring", "average": "avgstr", "mahalanobis": "mahad"}
    theirs |= {"irv": "irv", "even_odd": "evenodd"}
    for own, their in theirs.items():
        assert_allclose(found.rows[own].mean(), told["expected"]["mean"][their], rtol=told["rtol"])
        assert found.rows[own].isna().sum() == told["expected"]["na"][their]
    assert found.rows["synonym"].isna().sum() == told["expected"]["na"]["psychsyn"]
    if "flag_mahad_p001" in told["expected"]:
        assert found.marks["mahalanobis"].sum() == told["expected"]["flag_mahad_p001"]
        assert found.rows["longest"].max() == told["expected"]["max_longstring"]


def test_those_who_tick_without_reading_carry_marks():
    data = people()
    rng = np.random.default_rng(5)
    data.iloc[:10] = 2.0  # one answer throughout
    data.iloc[10:30] = rng.integers(1, 6, (20, 12))  # dice
    data.iloc[30] = data.iloc[31]  # filled in twice
    times = np.exp(5.5 + 0.3 * rng.normal(size=200))
    times[:5] = 7.0
    found = bias.careless(data.assign(秒=times), items=ITEMS, scales=GRIDS, seconds="秒")
    assert found.marks.iloc[:10][["longest", "straight_lines"]].all(axis=None)
    assert found.marks.iloc[:5]["seconds"].all()
    assert found.marks["seconds"].sum() == 5
    assert found.marks["duplicate"].to_numpy().nonzero()[0].tolist() == [30, 31]
    assert found.marks.iloc[10:30]["mahalanobis"].mean() > found.marks["mahalanobis"].mean()
    assert found.flagged.iloc[:10].all()
    assert_array_equal(found.rows["flags"], found.marks.sum(axis=1))
    assert found.by_marks["n"].sum() == 200
    assert found.by_marks["n"].iloc[0] == (found.rows["flags"] == 0).sum()
    assert len(found.keep(data)) == 200 - found.flagged.sum()
    assert "no proof" in found.summary()
    assert any("content with everything" in str(w) for w in found.warnings)
    shown = found.plot()
    assert "質問" not in shown.get_title(loc="left")
    assert len(shown.patches) == found.marks.shape[1]


def test_marks_that_come_together_are_counted():
    data = people()
    data.iloc[:10] = 2.0
    found = bias.careless(data, items=ITEMS, scales=GRIDS)
    pair = found.overlap.set_index(["a", "b"]).loc[("longest", "straight_lines")]
    both = found.marks["longest"] & found.marks["straight_lines"]
    assert pair["both"] == both.sum() >= 10
    assert_allclose(pair["expected"], pair["n_a"] * pair["n_b"] / 200)
    assert len(found.overlap) == found.marks.shape[1] * (found.marks.shape[1] - 1) / 2
    assert bias.careless(data[ITEMS[:2]], items=ITEMS[:2]).overlap.empty


def test_cuts_and_shares_are_what_the_table_says():
    found = bias.careless(people(), items=ITEMS, scales=GRIDS)
    frame = found.frame.set_index("index")
    assert_allclose(frame.loc["mahalanobis", "cut"], stats.chi2.ppf(0.999, 12))
    assert frame.loc["longest", "cut"] == 6
    assert (frame["flagged"].dropna() / frame["n"] - frame["share"]).abs().max() < 1e-12
    own = bias.careless(people(), items=ITEMS, cuts={"irv": 0.5, "average": 2}, at_least=1)
    frame = own.frame.set_index("index")
    assert_array_equal(own.marks["irv"], own.rows["irv"] < 0.5)
    assert_array_equal(own.marks["average"], own.rows["average"] >= 2)
    assert frame.loc["irv", "rule"] == "yours"
    assert_array_equal(own.flagged, own.marks.any(axis=1))


@given(st.permutations(range(40)), st.integers(-3, 3))
def test_order_of_rows_and_a_shift_of_all_answers_change_nothing(order, shift):
    data = people(40)
    data.iloc[3, 2] = np.nan
    one = bias.careless(data, items=ITEMS, scales=GRIDS)
    other = bias.careless(data.iloc[order] + shift, items=ITEMS, scales=GRIDS)
    assert_allclose(
        other.rows.loc[one.rows.index].to_numpy(float), one.rows.to_numpy(float), atol=1e-8
    )


def test_items_that_ask_for_the_opposite_are_turned_for_the_halves_alone():
    data = people()
    turned = data.assign(**{ITEMS[1]: 6 - data[ITEMS[1]], ITEMS[6]: 6 - data[ITEMS[6]]})
    plain = bias.careless(data, items=ITEMS, scales=GRIDS)
    for scale in ((1, 5), None):
        again = bias.careless(
            turned, items=ITEMS, scales=GRIDS, reverse=[ITEMS[1], ITEMS[6]], scale=scale
        )
        assert_allclose(again.rows["even_odd"], plain.rows["even_odd"])
        assert_allclose(again.rows["mahalanobis"], plain.rows["mahalanobis"])
        assert any("lowest and highest" in str(w) for w in again.warnings) == (scale is None)


@pytest.mark.parametrize(
    ("change", "index", "told"),
    [
        (lambda d: d.assign(**{ITEMS[0]: 4}), "mahalanobis", ITEMS[0]),
        (lambda d: d.assign(**{ITEMS[0]: d[ITEMS[1]]}), "mahalanobis", "follow from others"),
        (lambda d: d.head(9), "mahalanobis", "more respondents"),
        (lambda d: d, "antonym", "there are 0"),
        (lambda d: d, "even_odd", "two scales or more"),
        (lambda d: d.sample(frac=1, axis=0), "straight_lines", "grid"),
    ],
)
def test_an_index_that_cannot_be_had_says_why(change, index, told):
    found = bias.careless(change(people()), items=ITEMS)
    row = found.frame.set_index("index").loc[index]
    assert np.isnan(row["cut"])
    assert row["rule"] == "not_used"
    assert any(told in str(warning) for warning in found.warnings)
    assert index not in found.marks
    assert found.table().written().shape[0] == len(found.frame)


@pytest.mark.parametrize("unit", [1 / 60, 1000, np.nan, 0])
def test_times_in_other_units_flag_nobody_and_are_told(unit):
    data = people().assign(t=np.exp(6 + 0.3 * np.random.default_rng(3).normal(size=200)) * unit)
    found = bias.careless(data, items=ITEMS, seconds="t")
    assert "seconds" not in found.marks
    assert any("Time:" in str(warning) for warning in found.warnings)


def test_few_items_flag_nobody_by_equal_answers():
    found = bias.careless(people()[ITEMS[:5]], items=ITEMS[:5])
    assert not {"longest", "duplicate"} & set(found.marks)
    one = bias.careless(pd.DataFrame({"a": [1, 2, 3]}), items=["a"])
    assert one.rows["longest"].tolist() == [1, 1, 1]
    assert one.summary()
    assert one.plot()


@pytest.mark.parametrize("data", [people().head(50), people()[::-1], people(seed=2)])
def test_foreign_rows_are_refused(data):
    found = bias.careless(people(), items=ITEMS)
    with pytest.raises(WeightError, match="looked at"):
        found.keep(data)


@pytest.mark.parametrize(
    ("given_", "error", "told"),
    [
        ({"items": ITEMS[0]}, ParameterError, "one text"),
        ({"scales": {"a": [ITEMS[0]]}}, ParameterError, "two items"),
        ({"scales": {"a": ["質問1", "質問99"]}}, ParameterError, "質問99"),
        ({"scales": {"a": ITEMS[:2], "b": ITEMS[1:3]}}, ParameterError, "belongs to 2"),
        ({"reverse": ["nothing"]}, ParameterError, "nothing"),
        ({"cuts": {"ivr": 1}}, ParameterError, "irv"),
        ({"cuts": {"irv": np.nan}}, ParameterError, "finite"),
        ({"synonym_cut": 60}, ParameterError, "between 0 and 1"),
        ({"at_least": 0}, ParameterError, "at_least"),
        ({"confidence": 95}, ParameterError, "confidence"),
        ({"scale": (1, 4)}, ScoreRangeError, "outside"),
        ({"seconds": "t"}, ColumnError, "seconds"),
        ({"items": ["q"]}, ColumnError, "q"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(given_, error, told):
    with pytest.raises(error, match=told):
        bias.careless(people(), **({"items": ITEMS} | given_))


def test_nothing_asked_and_nothing_answered():
    assert isinstance(bias.careless(people(), items=None), Absent)
    assert "Set “items”" in bias.careless(people(), items=[]).summary()
    with pytest.raises(EmptyDataError):
        bias.careless(people().head(1), items=ITEMS)


@pytest.mark.parametrize("n", [2, 3, 40])
def test_items_to_turn_without_ends_to_turn_on_ask_for_the_scale(n):
    data = pd.DataFrame(3.0, index=range(n), columns=ITEMS)
    with pytest.raises(ParameterError, match=r"reverse=.*all .* answers are 3.*scale=\(1, 5\)"):
        bias.careless(data, items=ITEMS, reverse=ITEMS[:2])
    found = bias.careless(data, items=ITEMS, reverse=ITEMS[:2], scale=(1, 5))  # as it was told
    assert len(found.rows) == n
    assert len(bias.careless(data, items=ITEMS).rows) == n


def test_where_fewer_indices_can_mark_than_it_takes_nobody_is_said_to_be_careful():
    found = bias.careless(people()[ITEMS[:6]], items=ITEMS[:6])
    assert found.marks.shape[1] < 2
    assert "nobody can carry 2" in found.summary()
    assert "0 of 200" not in found.summary()
    assert found.plot().get_title(loc="left").startswith("Too few marks")
    one = bias.careless(people()[ITEMS[:1]], items=ITEMS[:1])
    assert "1 item is few" in " ".join(map(str, one.warnings))


def test_times_of_nothing_are_told():
    data = people().assign(t=[0.0] * 50 + [90.0 + i for i in range(149)] + [np.nan])
    found = bias.careless(data, items=ITEMS, seconds="t")
    assert "51 respondents have a time of 0 or less" in " ".join(map(str, found.warnings))
    assert found.frame.set_index("index").loc["seconds", "n"] == 149
