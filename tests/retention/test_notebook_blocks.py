"""Blocks of the notebook say and draw what was asked, also where there is hardly anything."""

import pandas as pd

import cxlib as cx
from cxlib.retention import average, by_cohort, movements, product_definition, survival, triangle
from cxlib.shown.result import Absent
from tests.retention.notebook import Notebook, given


def test_every_figure_and_sentence_is_made(folder):
    nb = Notebook(given(folder, as_of="2024-03-20"))
    curve, shape, revenue = survival(nb.durations), triangle(nb.cohorts), nb.revenue
    assert (
        curve.summary(months=1)
        == "Of 100 customers, 50 are still with us after 1 month (95 % interval 1 to 91, n = 3)."
    )
    for result in (curve, nb.segments, shape, movements(nb.cohorts), revenue):
        assert cx.picture(result.plot()).png.startswith(b"\x89PNG")
        assert result.summary()
        assert {"confidence", "method"} <= set(result.frame.columns)
    assert average(shape).summary()
    assert list(by_cohort(shape, [0, 1]).frame.columns) == ["cohort", "size", "0", "1"]


def test_the_triangle_is_on_the_clock_and_of_the_kind_that_was_asked(folder):
    """By hand: 1 came on 5 January and ordered 31 days later; all three customers have lived
    through window 0, two through 1."""
    nb = Notebook(given(folder, clock="own", kind="bracket", brackets=[["0", "0"], [1, 1]]))
    cells = nb.triangle
    found = cells.frame.groupby("age")[["retained", "size"]].sum()
    assert found.loc[[0, 1]].to_numpy().tolist() == [[3, 3], [1, 2]]
    assert "in a span of windows if" in cells.summary()
    assert "Windows are of 30 days" in cells.summary()
    assert "windows of 30 days since the customers came" in str(by_cohort(cells, [24]).caption)
    assert product_definition(nb.p.preset, cells) == ()
    assert movements(nb.cohorts).frame["acquired"].sum() == 3  # goes on from the calendar


def test_a_preset_stands_for_its_definition(folder):
    """The orders of 1 at 31 days: in a window or later, two windows of 30 days after two came; in a
    month or later, none."""
    nb = Notebook(given(folder, preset="mixpanel"))
    cells = nb.triangle
    assert (cells.kind, cells.days) == ("on_or_after", 30)
    assert cells.frame.query("age == 1")[["retained", "size"]].to_numpy().tolist() == [[1, 2]]
    [said] = product_definition(nb.p.preset, cells)
    assert str(said).startswith("The definition is that of a product. Mixpanel counts")


def test_one_of_something_is_said_in_the_singular(folder):
    alone = {"customers": None, "segment": None, "subscriptions": None}
    (folder / "orders.csv").write_text(
        "customer_id,ordered_at,amount\n1,2024-01-05,10\n1,2024-02-05,10\n,2024-02-05,10\n"
    )
    nb = Notebook(given(folder, as_of="2024-03-01", **alone))
    assert (
        "100.0 % [20.7 %, 100.0 %] are retained 1 month after they came."
        in average(nb.triangle).summary()
    )
    assert "1 of 3 events has no customer or no time and is left out." in map(
        str, survival(nb.durations).warnings
    )
    cells = Notebook(given(folder, as_of="2024-02-01", **alone)).triangle
    assert "the 1 cell is finished" in cells.summary()
    assert "are retained in the month in which they came." in average(cells).summary()


def test_what_is_too_long_for_the_data_is_said(folder):
    late = Notebook(given(folder, kind="bracket", brackets=[[30, 40]]))
    assert "no customer has come as far" in late.triangle.summary()
    part = Notebook(
        given(folder, clock="own", window_days=60)
    )  # over for two, and for no cohort as a whole but January's
    assert len(average(part.triangle).frame)
    (folder / "customers.csv").write_text(
        "customer_id,acquired_on,segment\n1,2024-01-05,a\n2,2024-01-31,b\n3,2024-01-31,b\n"
    )
    part = Notebook(given(folder, clock="own", window_days=65))
    assert isinstance(average(part.triangle), Absent)
    assert cx.picture(part.triangle.plot()).png


def test_many_cohorts_stay_readable():
    days = pd.date_range("2020-01-06", periods=200, freq="7D")
    data = pd.DataFrame({"who": range(400), "at": list(days.date) * 2})
    result = triangle(cx.retention.count_cohorts(data, customer="who", time="at", period="week"))
    ax = result.plot()
    assert len(ax.get_yticklabels()) <= 40
    assert len(ax.get_xticklabels()) <= 26
    cx.picture(ax)


def test_nobody_left_and_nobody_followed_are_said_and_drawn(folder):
    (folder / "orders.csv").write_text(
        "customer_id,ordered_at,amount\n1,2024-01-31,10\n2,2024-01-31,5\n"
    )
    p = given(
        folder, customers=None, subscriptions=None, segment=None, as_of="2024-02-01", gap_days=1
    )
    curve = survival(Notebook(p).durations)
    assert cx.picture(curve.plot()).png
    assert "No customer has been followed" in curve.summary()
    p = given(
        folder, customers=None, subscriptions=None, segment=None, as_of="2024-09-01", gap_days=1
    )
    assert (
        "Nobody is still with us after 6 months (n = 2)"
        in survival(Notebook(p).durations).summary()
    )


def test_revenue_that_cannot_be_compared_is_a_sentence(folder):
    """Refunds alone: no period has revenue to keep."""
    (folder / "orders.csv").write_text(
        "customer_id,ordered_at,amount\n1,2024-01-31,-10\n1,2024-02-28,-5\n"
    )
    revenue = Notebook(given(folder)).revenue
    assert repr(cx.picture(revenue.plot())).startswith(
        "There are no two finished neighbouring months with revenue"
    )
