"""Weights: what they cost, and how they come to the rows they were made from."""

import duckdb
import ibis
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from cxlib import bias, sources
from cxlib.errors import WeightError
from cxlib.rows.weights import read_weights

TEN_AND_TEN = pd.DataFrame({"a": ["x"] * 10 + ["y"] * 10, "b": ["p"] * 10 + ["q"] * 10})
MIXED = pd.DataFrame({"a": ["x"] * 10 + ["y"] * 10 + ["x"], "b": ["p"] * 10 + ["q"] * 11})


def test_without_targets_the_base_weights_stay():
    weights = bias.rake(TEN_AND_TEN.assign(w=2.0), targets={}, weight="w")
    assert_allclose(weights.apply(TEN_AND_TEN.assign(w=2.0), name="final").execute()["final"], 2.0)
    assert "not weighted" in weights.summary()


def test_the_callers_frame_is_not_changed_and_other_engines_work():
    rows = TEN_AND_TEN.copy()
    connection = duckdb.connect()
    connection.execute("CREATE TABLE answers AS SELECT * FROM rows")
    there = ibis.duckdb.from_connection(connection).table("answers")
    targets = {"a": {"x": 1, "y": 3}}
    here, engine = bias.rake(rows, targets=targets), bias.rake(there, targets=targets)
    assert_allclose(engine.cells["factor"], here.cells["factor"])
    assert sorted(engine.apply(there).execute()["weight"]) == sorted(
        here.apply(rows).execute()["weight"]
    )
    pd.testing.assert_frame_equal(rows, TEN_AND_TEN)


@pytest.mark.parametrize("name", ["n", "factor", "weight", "base", "margin", "cohort", "回"])
def test_a_margin_may_have_any_name(name):
    rows = TEN_AND_TEN.rename(columns={"a": name})
    weights = bias.rake(rows, targets={name: {"x": 10, "y": 30}})
    assert weights.largest().written().columns.tolist() == [name, "n", "weight of one answer"]
    assert_allclose(
        weights.apply(rows, name="final").execute().groupby(name)["final"].sum(), [10, 30]
    )
    assert bias.weighted_mean(rows.assign(y=1.0), outcome="y", weights=weights).frame["n"][0] == 20


def many(rows):
    draws = np.random.default_rng(7)
    return pd.DataFrame(
        {
            "id": np.arange(rows),
            "国": np.array(["日", "韓 ", "韓", "米"])[draws.integers(0, 4, rows)],
            "plan": np.array(["basic", "pro"])[draws.integers(0, 2, rows)],
            "w": draws.uniform(1, 4, rows),
        }
    )


MANY = {"国": {"日": 0.5, "韓": 0.3, "米": 0.2}, "plan": {"basic": 0.6, "pro": 0.4}}


def by_hand(weights, rows):
    """Return each row's base weight times its cell's factor, looked up row by row."""
    factors = weights.cells.set_index(["国", "plan"])["factor"]
    cells = zip(rows["国"].str.strip(), rows["plan"], strict=True)
    return rows["w"].to_numpy() * np.array([factors[cell] for cell in cells])


@settings(deadline=None, max_examples=20)
@given(st.permutations(range(40)))
def test_weights_of_shuffled_rows_go_to_the_right_rows(order):
    """The reference is a look-up row by row; Arrow goes through the engine, the frame does not."""
    rows = many(40)
    weights, shuffled = bias.rake(rows, targets=MANY, weight="w"), rows.iloc[order]
    truth = by_hand(weights, shuffled)
    arrow = ibis.memtable(shuffled).to_pyarrow()
    for given_rows in (shuffled, arrow):
        assert_allclose(weights.values(given_rows), truth, rtol=1e-14)
        applied = weights.apply(given_rows).execute()
        assert applied["id"].tolist() == shuffled["id"].tolist()
        assert_allclose(applied["weight"], truth, rtol=1e-14)


def test_a_million_rows_of_a_frame_keep_their_order():
    rows = many(1_000_000)
    weights = bias.rake(rows, targets=MANY, weight="w")
    applied = weights.apply(rows).execute()
    assert (applied["id"].to_numpy() == rows["id"].to_numpy()).all()
    assert (applied["weight"].to_numpy() == weights.values(rows)).all()


def test_rows_of_a_file_keep_their_order(tmp_path):
    """Several groups of rows on two threads: there a join mixes rows."""
    rows = many(300_000)
    rows.to_parquet(tmp_path / "rows.parquet", row_group_size=20_000)
    engine = ibis.duckdb.connect(threads=2)
    there = engine.read_parquet(tmp_path / "rows.parquet")
    weights = bias.rake(there, targets=MANY, weight="w")
    truth = by_hand(weights, rows)
    applied = weights.apply(there).execute()
    assert (applied["id"].to_numpy() == rows["id"].to_numpy()).all()
    assert applied["国"].tolist() == rows["国"].tolist()
    assert_allclose(applied["weight"], truth, rtol=1e-14)
    assert_allclose(weights.values(there), truth, rtol=1e-14)
    weights.apply(there).to_parquet(tmp_path / "weighted.parquet")
    assert (pd.read_parquet(tmp_path / "weighted.parquet")["id"] == rows["id"]).all()


def test_other_columns_stay_as_they_are():
    rows = many(30).assign(
        day=pd.date_range("2026-01-01", periods=30),
        grade=pd.Categorical(["a", "b", None] * 10),
        gap=[1.5, np.nan, 3.0] * 10,
        said=["x", None, ""] * 10,
    )
    rows = rows.set_index(pd.Index(range(100, 130), name="who"))
    weights = bias.rake(rows, targets=MANY, weight="w")
    plain, applied = ibis.memtable(rows).execute(), weights.apply(rows).execute()
    pd.testing.assert_frame_equal(applied.drop(columns="weight"), plain)
    assert_allclose(weights.values(rows), by_hand(weights, rows), rtol=1e-14)


def test_no_row_is_pulled_from_an_engine(tmp_path, monkeypatch):
    """Whatever Ibis fetches is counted: cells, never rows."""
    many(5_000).to_parquet(tmp_path / "rows.parquet")
    fetched = []
    pull = ibis.expr.types.Table.to_pyarrow

    def counted(self, *args, **kwargs):
        found = pull(self, *args, **kwargs)
        fetched.append(found.num_rows)
        return found

    def refused(self, *args, **kwargs):
        raise AssertionError("rows were fetched another way")

    monkeypatch.setattr(ibis.expr.types.Table, "to_pyarrow", counted)
    monkeypatch.setattr(ibis.expr.types.Table, "execute", refused)
    there = tmp_path / "rows.parquet"
    weights = bias.rake(there, targets=MANY, weight="w")
    weights.check(there)
    weights.apply(there)
    assert len(fetched) == 3
    assert max(fetched) == 8  # 4 spellings x 2 plans


def test_the_figure_counts_each_answer_once():
    rows = many(500)
    weights = bias.rake(rows, targets=MANY)
    ax = weights.plot()
    assert sum(bar.get_height() for bar in ax.patches) == 500
    heaviest = weights.cells["weight"].max() * 500 / weights.values(rows).sum()
    last = [bar for bar in ax.patches if bar.get_height()][-1]
    assert last.get_x() <= heaviest <= last.get_x() + last.get_width()
    assert "times the smallest" in ax.get_title(loc="left")
    said = bias.rake(rows, targets={}).plot().get_title(loc="left")
    assert said == "Every answer counts the same"
    by_means = bias.rake(rows, targets=MANY, weight="w").plot()
    assert any("the mean of the weights" in text.get_text() for text in by_means.texts)


@pytest.mark.parametrize("way", ["frame csv", "frame parquet", "engine csv", "engine parquet"])
def test_weights_come_back_from_a_file_as_the_same_numbers(tmp_path, way):
    """Bit for bit, whoever writes the file; some weights are as small as 1e-05."""
    rows = many(2_000)
    rows.loc[::50, "w"] *= 1e-6
    weights = bias.rake(rows, targets=MANY, weight="w")
    writer, kind = way.split()
    file = tmp_path / f"weighted.{kind}"
    if writer == "engine":
        written = weights.apply(rows).select("id", "weight")
        written.to_csv(file) if kind == "csv" else written.to_parquet(file)
    else:
        frame = rows[["id"]].assign(weight=weights.values(rows))
        frame.to_csv(file, index=False) if kind == "csv" else frame.to_parquet(file)
    back = read_weights(sources.read_survey(file).frame["weight"], "weight")
    assert back.min() < 1e-5
    assert back.tolist() == weights.values(rows).tolist()


def test_na_among_weights_is_refused_by_its_name(tmp_path):
    (tmp_path / "w.csv").write_text("id,w\nR1,1e-05\nR2,NA\nR3,2\n")
    column = sources.read_survey(tmp_path / "w.csv").frame["w"]
    assert read_weights(column.drop(1), "weight").tolist() == [1e-05, 2.0]
    with pytest.raises(WeightError, match=r"weight='w': 1 of 3 weights .*first: 'NA'"):
        read_weights(column, "weight")


@pytest.mark.parametrize("lies_in_an_engine", [False, True])
@pytest.mark.parametrize("size", [1e300, 1e-300, 5e-324, 1e180])
def test_base_weights_that_cannot_be_squared_are_refused(size, lies_in_an_engine):
    frame = TEN_AND_TEN.assign(w=size, y=[0.0, 1.0] * 10)
    rows = ibis.memtable(frame) if lies_in_an_engine else frame
    targets = {"a": {"x": 30, "y": 70}}
    for make in (
        lambda: bias.rake(rows, targets=targets, weight="w"),
        lambda: bias.rake(rows, targets={}, weight="w"),
        lambda: bias.calibrate(rows, targets=targets, weight="w"),
        lambda: bias.poststratify(rows, targets=targets, weight="w"),
        lambda: bias.weighted_mean(rows, outcome="y", weight="w"),
    ):
        with pytest.raises(
            WeightError, match=r"20 of 20 weights are missing, .*1e-100 and 1e\+100"
        ):
            make()
