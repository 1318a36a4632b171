"""Parameters of the notebook are refused before anything runs; blocks without their columns say
so."""

import datetime as dt

import pandas as pd
import pytest

import cxlib as cx
from cxlib.errors import CohortError, ColumnError, CxError, EmptyDataError, ParameterError
from cxlib.report import reading
from cxlib.result import Absent
from cxlib.retention import Parameters, average, contract, movements, read, survival, triangle


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "orders.csv").write_text(
        "customer_id,ordered_at,amount\n1,2024-01-05,10\n1,2024-02-05,12\n2,2024-01-09,5\n"
        "3,2024-03-01,7\n"
    )
    (tmp_path / "customers.csv").write_text(
        "customer_id,acquired_on,segment\n1,2024-01-05,法人\n2,2024-01-09,個人\n"
        "3,2024-02-20,法人\n",
        encoding="utf-8",
    )
    (tmp_path / "subscriptions.csv").write_text(
        "customer_id,started_on,ended_on\n1,2024-01-05,\n2,2024-01-09,2024-02-09\n3,2024-02-20,\n"
    )
    return tmp_path


def given(folder, **changed):
    values = {
        "orders": folder / "orders.csv",
        "customers": folder / "customers.csv",
        "subscriptions": folder / "subscriptions.csv",
        "segment": "segment",
        "as_of": "2024-04-01",
        **changed,
    }
    return Parameters.parse(values)


def test_good_parameters_pass_and_the_files_are_read(folder):
    p = given(folder)
    p.check()
    records = read(p)
    cohorts = records.cohorts()
    assert cohorts.customers == 3
    assert "4 of 4 events" in contract(cohorts).summary()
    assert contract(cohorts).last_finished() == "The last finished month is 2024-03."
    assert records.by_segment(records.durations()).frame["segment"].nunique() == 2


def test_rows_that_came_twice_count_once_where_there_is_a_rule(folder):
    (folder / "orders.csv").write_text(
        "order,customer_id,ordered_at,amount\nA,1,2024-01-05,10\nA,1,2024-01-05,10\n"
        "B,1,2024-01-05,4\nC,2,2024-02-05,5\nC,2,2024-02-06,5\n,2,2024-02-06,5\n"
    )
    wanted = {
        None: (0, [24, 15]),
        "exact": (2, [14, 10]),
        "order": (2, [14, 10]),
    }  # revenue of January and February
    for rule, (dropped, revenue) in wanted.items():
        records = read(
            given(folder, duplicates=rule, customers=None, segment=None, subscriptions=None)
        )
        assert records.cohorts().tally.get("duplicates", 0) == dropped
        assert records.revenue().frame["revenue"].tolist() == [*revenue, 0]
    with pytest.raises(ColumnError, match="duplicates='bill': there is no such column"):
        read(given(folder, duplicates="bill"))


def test_the_notebooks_weeks_may_start_on_sunday(folder):
    for start, first in (("monday", "2024-01-01"), ("sunday", "2023-12-31")):
        records = read(
            given(
                folder,
                period="week",
                week_start=start,
                customers=None,
                segment=None,
                subscriptions=None,
            )
        )
        assert str(records.movements(records.cohorts()).frame["period"].iloc[0].date()) == first
        assert str(records.revenue().frame["period"].iloc[0].date()) == first


@pytest.fixture
def followed(tmp_path):
    def written(lost=("Yes", "no", " TRUE ", "0"), tenure=("1", "5", "3", "0")):
        path = tmp_path / "followed.csv"
        pd.DataFrame(
            {
                "id": range(len(lost)),
                "months": tenure,
                "Churn": lost,
                "契約": ["月", "年"] * (len(lost) // 2),
            }
        ).to_csv(path, index=False)
        return Parameters.parse(
            {"durations": path, "tenure": "months", "lost": "Churn", "segment": "契約"}
        )

    return written


def test_times_and_outcomes_give_the_blocks_that_they_can(followed):
    """Lost after 1 and 3, still there at 0 and 5: by hand 2/3 after 1, and 1/3 after 3."""
    records = read(followed())
    durations, cohorts = records.durations(), records.cohorts()
    curve = survival(durations).frame.set_index("tenure")["survival"]
    assert curve[[1, 3]].tolist() == pytest.approx([2 / 3, 1 / 3], rel=1e-12)
    assert records.by_segment(durations).frame["契約"].nunique() == 2
    assert (
        "4 rows were read; 4 customers are followed"
        in records.contract(cohorts, durations).summary()
    )
    for absent in (
        cohorts,
        records.triangle(cohorts),
        records.average(cohorts),
        records.smile(cohorts),
        records.ages(cohorts),
        records.movements(cohorts),
        records.revenue(),
        records.loading(),
        records.gaps(records.silences()),
        records.came_back(records.silences()),
    ):
        assert isinstance(absent, Absent)
        assert repr(absent.table()).startswith("Not shown: ")


@pytest.mark.parametrize(
    ("values", "error", "words"),
    [
        (
            {"lost": ("Yes", "maybe")},
            ColumnError,
            r"lost='Churn': 1 of 2 values cannot be read as yes or no, .* \(such as 'maybe'\)",
        ),
        (
            {"tenure": ("1", "a year")},
            ColumnError,
            "tenure='months': 1 of 2 values cannot be read as a number of periods, 0 or more",
        ),
        (
            {"tenure": ("1", "-2")},
            ColumnError,
            r"tenure='months': 1 of 2 values .* \(such as '-2'\)",
        ),
        (
            {"tenure": ("1", "inf")},
            ColumnError,
            r"tenure='months': 1 of 2 values .* \(such as 'inf'\)",
        ),
        (
            {"tenure": ("1", "1500")},
            ColumnError,
            "tenure='months' reaches 1,500, which would be months; write it in months",
        ),
        ({"tenure": ("", "")}, EmptyDataError, "no customer is left to follow"),
    ],
)
def test_times_and_outcomes_that_cannot_be_read_are_refused(followed, values, error, words):
    both = {"lost": ("yes", "no"), "tenure": ("1", "2")} | values
    with pytest.raises(error, match=words):
        followed(**both).check()


def test_one_of_orders_and_durations_is_given(folder, followed):
    for values in ({"orders": None}, {"durations": followed().durations}):
        with pytest.raises(ParameterError, match="orders and durations: give one of them"):
            given(folder, **values).check()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"as_of": "2024-02-31"}, "as_of='2024-02-31'"),
        ({"as_of": "soon"}, "as_of='soon'"),
        ({"zone": "Tokyo"}, "zone='Tokyo'"),
        ({"period": "monthly"}, "period='monthly'"),
        ({"gap_days": 0}, "gap_days=0"),
        ({"confidence": 95}, "confidence=95"),
        ({"kind": "n-day"}, "kind='n-day'"),
        ({"clock": "mine"}, "clock='mine': Input should be 'calendar' or 'own'"),
        ({"window_days": 0}, "window_days=0"),
        ({"preset": "mixpanell"}, "preset='mixpanell': Input should be 'amplitude', 'mixpanel', "),
        ({"brackets": [[3, 1]]}, r"brackets=\[\(3, 1\)\]: \(3, 1\) is no bracket; give pairs"),
        (
            {"brackets": "1-3"},
            r"brackets='1-3' are no pairs of whole ages up to 1,000; write them like \[\[1, 3\], "
            r"\[4, 6\]\]",
        ),
        ({"brackets": [[1, 10**9]]}, "are no pairs of whole ages up to 1,000"),
        ({"orders": "nowhere.csv"}, "nowhere.csv"),
        ({"segments": "plan"}, "did you mean 'segment'"),
    ],
)
def test_bad_values_are_refused(folder, changed, words):
    with pytest.raises(ParameterError, match=words):
        given(folder, **changed)


@pytest.mark.parametrize(
    ("changed", "error", "words"),
    [
        ({"as_of": "2024-01-05"}, ParameterError, "not after the first event"),
        ({"customer": "customer"}, ColumnError, "did you mean 'customer_id'"),
        ({"time": "ordered"}, ColumnError, "did you mean 'ordered_at'"),
        ({"value": "amounts"}, ColumnError, "did you mean 'amount'"),
        ({"segment": "segmnt"}, ColumnError, "did you mean 'segment'"),
        ({"acquired": "acquired"}, ColumnError, "acquired_on"),
        ({"ended": "end"}, ColumnError, "ended='end'"),
        ({"acquired": "segment", "segment": None}, ColumnError, "no date"),
        ({"started": "customer_id"}, ColumnError, "started='customer_id'"),
        ({"customers": None}, ParameterError, "needs the file of customers"),
        ({"period": "year"}, ParameterError, "no year has ended"),
        ({"as_of": "2024-01-31"}, ParameterError, "no month has ended"),
        (
            {"clock": "own", "window_days": 1, "as_of": "2027-01-01"},
            ParameterError,
            r"window_days=1: there are 1,093 windows",
        ),
        ({"kind": "bracket"}, ParameterError, "brackets=None: kind='bracket' needs"),
        (
            {"brackets": [[1, 3]]},
            ParameterError,
            r"brackets=\[\(1, 3\)\] go with kind='bracket' only, and kind is 'on'",
        ),
        (
            {"preset": "mixpanel", "kind": "rolling"},
            ParameterError,
            "kind='rolling' does not go with preset='mixpanel', which stands "
            "for kind='on_or_after'; give kind='on'",
        ),
        (
            {"preset": "ga4", "period": "week"},
            ParameterError,
            "period='week' does not go with preset='ga4'",
        ),
        (
            {"preset": "ga4", "clock": "own"},
            ParameterError,
            "clock='own' does not go with preset='ga4'",
        ),
        (
            {"preset": "amplitude", "window_days": 7},
            ParameterError,
            "window_days=7 does not go with preset='amplitude'",
        ),
    ],
)
def test_parameters_that_disagree_with_the_files_are_refused(folder, changed, error, words):
    with pytest.raises(error, match=words):
        given(folder, **changed).check()


def test_what_the_file_of_customers_leaves_out_or_says_twice_is_flagged(folder):
    """By hand: 1 is acquired after the first of two orders, 3 at no known date (one order), 2
    twice, in two groups."""
    (folder / "customers.csv").write_text(
        "customer_id,acquired_on,segment\n1,2024-01-20,a\n2,2024-01-09,a\n2,2024-01-09,b\n"
        "3,,a\n3,,a\n"
    )
    records = read(given(folder))
    early, unknown, twice = records.contract(records.cohorts(), records.durations()).warnings
    assert early.startswith(
        "1 of 4 events lies before the day on which the customer was acquired and is left out"
    )
    assert unknown.startswith(
        "1 customer has no acquisition date and is left out of the cohorts, with 1 of 4 events"
    )
    assert twice.startswith(
        "1 customer stands in the file of customers more than once, with different dates or groups"
    )
    assert len(records.by_segment(records.durations()).frame["segment"].unique()) == 2


def test_customers_acquired_after_the_data_end_are_accounted_for(folder):
    for as_of, rows in (
        (
            "2024-02-15",
            {
                "customers counted": 2,
                "customers left out: acquired on or after the day on which the data end": 1,
            },
        ),
        ("2024-04-01", {"customers counted": 3}),
    ):
        records = read(given(folder, as_of=as_of, subscriptions=None))
        found = records.contract(records.cohorts(), records.durations()).frame.set_index("what")[
            "n"
        ]
        assert (
            found[found.index.str.contains("customers counted|acquired on or after")].to_dict()
            == rows
        )


def test_an_empty_file_and_words_for_dates_are_refused(folder):
    for name, content, error in (
        ("empty.csv", "", EmptyDataError),
        ("head.csv", "customer_id,ordered_at,amount\n", EmptyDataError),
        ("words.csv", "customer_id,ordered_at,amount\n1,yesterday,3\n", ColumnError),
    ):
        (folder / name).write_text(content)
        with pytest.raises(error):
            given(folder, orders=folder / name).check()
    (folder / "empty.csv").write_text("")
    with pytest.raises(CxError):
        given(folder, customers=folder / "empty.csv").check()


def test_orders_alone_are_enough(folder):
    p = given(
        folder,
        customers=None,
        subscriptions=None,
        segment=None,
        value=None,
        as_of=None,
        gap_days=20,
    )
    p.check()
    records = read(p)
    assert records.as_of == dt.date(2024, 3, 2)
    durations = records.durations()
    for result in (
        records.by_segment(durations),
        records.between_segments(durations),
        records.revenue(),
    ):
        assert "cannot be known without" in result.summary()
        assert repr(result.table(["a"], caption="x")).startswith("Not shown: no ")
        assert repr(cx.picture(result.plot(months=6))).startswith("Not shown: no ")


def test_the_triangle_is_on_the_clock_and_of_the_kind_that_was_asked(folder):
    """By hand: 1 came on 5 January and ordered 31 days later; all three customers have lived
    through window 0, two through 1."""
    records = read(given(folder, clock="own", kind="bracket", brackets=[["0", "0"], [1, 1]]))
    cohorts = records.cohorts()
    cells = records.triangle(cohorts)
    found = cells.frame.groupby("age")[["retained", "size"]].sum()
    assert found.loc[[0, 1]].to_numpy().tolist() == [[3, 3], [1, 2]]
    assert "in a span of windows if" in cells.summary()
    assert "Windows are of 30 days" in cells.summary()
    assert "windows of 30 days since the customers came" in records.by_cohort(cells, [24]).caption
    assert records.preset(cells) == []
    assert records.movements(cohorts).frame["acquired"].sum() == 3  # goes on from the calendar


def test_a_preset_stands_for_its_definition(folder):
    """The orders of 1 at 31 days: in a window or later, two windows of 30 days after two came; in a
    month or later, none."""
    records = read(given(folder, preset="mixpanel"))
    cells = records.triangle(records.cohorts())
    assert (cells.kind, cells.days) == ("on_or_after", 30)
    assert cells.frame.query("age == 1")[["retained", "size"]].to_numpy().tolist() == [[1, 2]]
    [said] = records.preset(cells)
    assert said.startswith("The definition is that of a product. Mixpanel counts")


def test_one_of_something_is_said_in_the_singular(folder):
    alone = {"customers": None, "segment": None, "subscriptions": None}
    (folder / "orders.csv").write_text(
        "customer_id,ordered_at,amount\n1,2024-01-05,10\n1,2024-02-05,10\n,2024-02-05,10\n"
    )
    records = read(given(folder, as_of="2024-03-01", **alone))
    cells = records.triangle(records.cohorts())
    assert (
        "100.0 % [20.7 %, 100.0 %] are retained 1 month after they came."
        in average(cells).summary()
    )
    assert (
        "1 of 3 events has no customer or no time and is left out."
        in survival(records.durations()).warnings
    )
    records = read(given(folder, as_of="2024-02-01", **alone))
    cells = records.triangle(records.cohorts())
    assert "the 1 cell is finished" in cells.summary()
    assert "are retained in the month in which they came." in average(cells).summary()


def test_what_is_too_long_for_the_data_is_said(folder):
    late = read(given(folder, kind="bracket", brackets=[[30, 40]]))
    assert "no customer has come as far" in late.triangle(late.cohorts()).summary()
    part = read(
        given(folder, clock="own", window_days=60)
    )  # over for two, and for no cohort as a whole but January's
    assert len(part.average(part.triangle(part.cohorts())).frame)
    (folder / "customers.csv").write_text(
        "customer_id,acquired_on,segment\n1,2024-01-05,a\n2,2024-01-31,b\n3,2024-01-31,b\n"
    )
    part = read(given(folder, clock="own", window_days=65))
    cells = part.triangle(part.cohorts())
    assert isinstance(part.average(cells), Absent)
    assert cx.picture(cells.plot()).png


def test_every_figure_and_sentence_is_made(folder):
    records = read(given(folder, as_of="2024-03-20"))
    cohorts, durations = records.cohorts(), records.durations()
    curve, shape, revenue = survival(durations), triangle(cohorts), records.revenue()
    assert (
        curve.summary(months=1)
        == "Of 100 customers, 50 [1, 91] are still with us after 1 month (n = 3, 95 % interval)."
    )
    for result in (curve, records.by_segment(durations), shape, movements(cohorts), revenue):
        assert cx.picture(result.plot()).png.startswith(b"\x89PNG")
        assert result.summary()
        assert {"confidence", "method"} <= set(result.frame.columns)
    assert average(shape).summary()
    assert list(shape.by_cohort([0, 1]).frame.columns) == ["cohort", "size", "0", "1"]


def test_many_cohorts_stay_readable():
    days = pd.date_range("2020-01-06", periods=200, freq="7D")
    data = pd.DataFrame({"who": range(400), "at": list(days.date) * 2})
    result = triangle(cx.retention.count_cohorts(data, customer="who", time="at", period="week"))
    ax = result.plot()
    assert len(ax.get_yticklabels()) <= 40
    assert len(ax.get_xticklabels()) <= 26
    cx.picture(ax)


def test_a_segment_named_like_a_count_is_refused(folder):
    (folder / "customers.csv").write_text("customer_id,acquired_on,lost\n1,2024-01-05,a\n")
    with pytest.raises(ColumnError, match="segment='lost': this name is used"):
        given(folder, segment="lost").check()


def test_names_of_groups_that_look_alike_are_one_group_and_turn_no_text_around(folder):
    (folder / "customers.csv").write_text(
        "customer_id,acquired_on,segment\n1,2024-01-05,\u3000法人\n2,2024-01-09,法人 \n"
        "3,2024-02-20,\u202e \n",
        encoding="utf-8",
    )
    segments = read(given(folder)).by_segment(read(given(folder)).durations()).frame["segment"]
    assert sorted(segments.unique()) == ["(not known)", "法人"]


def test_long_names_of_groups_leave_the_figure_its_size(folder):
    names = ["とても長い名前" * 20, "long words " * 20, "$x$\n_1^{"]
    pd.DataFrame({"customer_id": [1, 2, 3], "acquired_on": "2024-01-05", "segment": names}).to_csv(
        folder / "customers.csv"
    )
    records = read(given(folder))
    ax = records.by_segment(records.durations()).plot(months=1)
    drawn = {words for note in ax.texts if "長い" in (words := note.get_text()) or "…" in words}
    assert drawn == {"とても長い名前…長い名前", "long words lon…ong words"}
    ax.figure.canvas.draw()
    assert ax.get_tightbbox().width < 2 * ax.get_window_extent().width


def test_a_segment_of_too_many_groups_is_refused(folder):
    rows = "".join(f"{i},2024-01-05,g{i}\n" for i in range(31))
    (folder / "customers.csv").write_text("customer_id,acquired_on,segment\n" + rows)
    with pytest.raises(ParameterError, match="segment='segment' has 31 groups"):
        given(folder).check()


def test_customers_who_do_not_belong_to_the_events_are_refused(folder):
    (folder / "customers.csv").write_text("customer_id,acquired_on,segment\nX,2024-01-05,a\n")
    with pytest.raises(
        CohortError,
        match=r"customer='customer_id': none of the events belongs .*\(here '1' and 'X'\)",
    ):
        given(folder).check()


@pytest.mark.parametrize(
    ("name", "rows", "error", "words"),
    [
        (
            "subscriptions",
            "customer_id,started_on,ended_on\n1,2024-02-05,2024-01-05\n",
            CohortError,
            "ended='ended_on' lies before started='started_on' in 1 of the subscriptions",
        ),
        (
            "subscriptions",
            "customer_id,started_on,ended_on\n1,2025-02-05,\n",
            EmptyDataError,
            "no customer is left to follow",
        ),
        (
            "customers",
            "customer_id,acquired_on,segment\n1,,a\n2,,a\n",
            ColumnError,
            "acquired='acquired_on' is empty in every row",
        ),
        (
            "customers",
            "customer_id,acquired_on,segment\n1,2025-01-01,a\n",
            EmptyDataError,
            "no customer is left",
        ),
        (
            "orders",
            "customer_id,ordered_at,amount\n,2024-01-05,10\n,2024-04-05,10\n",
            EmptyDataError,
            "no event is left",
        ),
    ],
)
def test_files_that_leave_nobody_to_count_are_refused_before_the_kernel(
    folder, name, rows, error, words
):
    (folder / f"{name}.csv").write_text(rows)
    with pytest.raises(error, match=words):
        given(folder, as_of="2024-04-10" if name == "orders" else "2024-04-01").check()


def test_nobody_left_and_nobody_followed_are_said_and_drawn(folder):
    (folder / "orders.csv").write_text(
        "customer_id,ordered_at,amount\n1,2024-01-31,10\n2,2024-01-31,5\n"
    )
    p = given(
        folder, customers=None, subscriptions=None, segment=None, as_of="2024-02-01", gap_days=1
    )
    curve = survival(read(p).durations())
    assert cx.picture(curve.plot()).png
    assert "No customer has been followed" in curve.summary()
    p = given(
        folder, customers=None, subscriptions=None, segment=None, as_of="2024-09-01", gap_days=1
    )
    assert (
        "Nobody is still with us after 6 months (n = 2)" in survival(read(p).durations()).summary()
    )


def test_revenue_that_cannot_be_compared_is_a_sentence(folder):
    """Refunds alone: no period has revenue to keep."""
    (folder / "orders.csv").write_text(
        "customer_id,ordered_at,amount\n1,2024-01-31,-10\n1,2024-02-28,-5\n"
    )
    revenue = read(given(folder)).revenue()
    assert repr(cx.picture(revenue.plot())).startswith(
        "There are no two finished neighbouring months with revenue"
    )


def test_brackets_are_read_back_as_a_page_shows_them(folder):
    shown = reading.as_given(given(folder, kind="bracket", brackets=[[1, 3], [4, 6]]).brackets)
    assert shown == "[[1, 3], [4, 6]]"
    field = Parameters.model_fields["brackets"]
    assert given(folder, kind="bracket", brackets=reading.as_field(shown, field)).brackets == [
        (1, 3),
        (4, 6),
    ]
