"""What a curve says of itself, and what its reader must be careful about."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest
import scipy
from numpy.testing import assert_allclose

from cxlib import retention, texts
from cxlib.retention.units import units
from cxlib.shown import theme
from cxlib.shown.ledger import ledger
from tests.retention.followed import counts


def test_reading_a_curve():
    data = pd.DataFrame({"t": [1, 2, 3, 3], "e": [1, 1, 0, 0]})
    curve = retention.survival(
        retention.count_durations(data, duration="t", event="e", unit="month")
    )
    assert curve.at(0)["survival"].tolist() == [1.0]
    assert curve.at(2)[["survival", "at_risk"]].values.tolist() == [[0.5, 2]]
    assert curve.at(3)["survival"].isna().all()  # nobody was followed for more than 3 months
    assert curve.summary(months=2).startswith("Of 100 customers, 50 are still with us")
    assert "not known" in curve.summary(months=3)


def test_the_curve_after_some_months_is_what_the_summary_says():
    rows = pd.DataFrame({"t": [1, 2, 3, 3, 8, 8, 8, 8], "e": [1, 1, 0, 0, 0, 0, 0, 0]})
    curve = retention.survival(retention.count_durations(rows, duration="t", event="e"))
    [row] = curve.after(6).frame.to_dict("records")
    assert (row["tenure"], row["n"], row["survival"]) == (6, 8, 0.75)
    assert [row["ci_low"], row["ci_high"]] == curve.at(6)[["ci_low", "ci_high"]].values[0].tolist()
    assert curve.after(12).frame["survival"].isna().all()  # nobody was followed for so long
    kept = rows.assign(e=0, since=0.5)
    certain = retention.survival(retention.count_durations(kept, duration="t", event="e"))
    [row] = certain.after(6).frame.to_dict("records")
    limit = scipy.stats.binomtest(4, 4).proportion_ci(0.95).low  # Clopper and Pearson's
    assert_allclose([row["ci_low"], row["ci_high"]], [limit, 1])
    late = retention.count_durations(kept, duration="t", event="e", entry="since")
    [row] = retention.survival(late).after(6).frame.to_dict("records")
    assert pd.isna([row["ci_low"], row["ci_high"]]).all()


@pytest.mark.parametrize("unit", ["day", "week", "month", "quarter", "year", "period"])
def test_one_of_a_unit_is_counted_as_each_language_counts(unit):
    """1개월 is one month, 1월 would be January; English alone has a form for one."""
    for code in texts.languages():
        same = units(1, unit).text(code) == units(3, unit).text(code)
        assert same == (code != "en")


def test_a_korean_sentence_counts_one_month_and_three_alike():
    curve = retention.survival(counts({"t": [1, 2, 9, 9], "e": [1, 1, 0, 0]}, unit="month"))
    for months in (1, 3):
        assert f" {months}개월 후" in curve.summary("ko", months=months)


@pytest.mark.parametrize(
    ("unit", "said"),
    [
        ("month", ["after 6 months", "6か月後", "6개월 후"]),
        ("day", ["after 183 days", "183日後", "183일 후"]),
        ("quarter", ["after 2 quarters", "2四半期後", "2분기 후"]),
        ("period", ["after 6 periods", "6期間後", "6개 기간 후"]),
    ],
)
def test_a_key_figure_says_the_unit_of_its_tenure(unit, said):
    rows = {"t": [1, 2, 900, 900], "e": [1, 1, 0, 0]}
    curve = retention.survival(counts(rows, unit=unit)).after(6)
    for language, wanted in zip(("en", "ja", "ko"), said, strict=True):
        [mark] = ledger(key=["curve.survival"], curve=curve, language=language).keys
        assert mark["of"] == wanted


@pytest.mark.parametrize("language", ["en", "ja", "ko"])
@pytest.mark.parametrize(
    ("rows", "by", "wanted"),
    [
        ({"t": [1, 2, 9, 9], "e": [1, 1, 0, 0]}, (), "50 of 100 customers are still"),
        ({"t": [1, 2, 3, 3], "e": [1, 1, 0, 0]}, (), "Nobody has been followed for more"),
        ({"t": [1, 2, 3], "e": [1, 1, 1]}, (), "Nobody is still with us"),
        ({"t": [8, 9], "e": [0, 0]}, (), "Nobody was lost"),
        ({"t": [1, 9, 9, 2], "e": [1, 0, 0, 0], "国": list("ああああ")}, "国", "あ: 75 of 100"),
        ({"t": [1, 9, 9, 2], "e": [1, 0, 0, 1], "国": list("ああいい")}, "国", "“い” and"),
        ({"t": [1, 2], "e": [0, 0], "国": list("あい")}, "国", "Nobody has been followed"),
    ],
)
def test_the_title_of_a_curve_is_short_and_no_sentence(rows, by, wanted, language):
    """The sentence with interval and n stands above the figure."""
    curve = retention.survival(counts(rows, unit="month", by=by), by=by)
    with theme.use():
        ax = curve.plot(language=language)
    title = ax.get_title(loc="left")
    plt.close(ax.figure)
    assert title
    assert not title.endswith((".", "。"))
    assert title.count("\n") <= 1
    assert language != "en" or wanted in title.replace("\n", " ")


def test_a_curve_that_falls_to_nothing_too_early_says_so():
    curve = retention.survival(
        counts({"t": [2, 9, 9], "e": [1, 1, 0], "since": [0, 5, 5]}, entry="since")
    )
    assert curve.frame["survival"].tolist() == [0.0, 0.0]
    assert "At time 2 everyone then followed was lost" in str(curve.warnings[0])


def test_where_nobody_is_lost_the_sentence_says_how_low_the_share_may_be():
    """The limit is Clopper and Pearson's of those who were followed longer, as scipy has it."""
    rows = pd.DataFrame(
        {"t": [3] * 10 + [8] * 30 + [9], "e": 0, "층": ["가"] * 40 + ["나"], "w": 1.5, "since": 0.5}
    )
    counted = retention.count_durations(rows, duration="t", event="e", by="층")
    limit = [int(100 * scipy.stats.binomtest(n, n).proportion_ci(0.95).low) for n in (31, 30, 1)]
    assert retention.survival(counted).summary() == (
        "Nobody was lost within 6 periods (n = 41). With 31 customers followed longer, the true "
        "share still with us may be as "
        f"low as {limit[0]} of 100 (95 % interval)."
    )
    groups = retention.survival(counted, by="층").summary()
    assert (
        "with 30 customers followed longer, the true share still with us may be as low as "
        f"{limit[1]} of 100." in groups
    )
    assert (
        "나: nobody was lost within 6 periods (n = 1); with 1 customer followed longer, the true "
        "share still with us may "
        f"be as low as {limit[2]} of 100." in groups
    )
    for more in ({"weight": "w"}, {"entry": "since"}):
        other = retention.survival(retention.count_durations(rows, duration="t", event="e", **more))
        assert other.summary().endswith("where nobody is lost the method gives no interval.")


def test_customers_followed_for_no_time_are_said(shared):
    """The telco file: 11 customers of 7,043 came in the last month. The curve is that of the other
    7,032."""
    telco = pd.read_csv(shared / "samples" / "retention" / "telco_churn_ibm.csv")
    telco = telco.assign(left=(telco["Churn"] == "Yes").astype(int))
    whole, rest = (
        retention.count_durations(rows, duration="tenure", event="left", unit="month")
        for rows in (telco, telco.query("tenure > 0"))
    )
    curve, right = retention.survival(whole), retention.survival(rest)
    assert tuple(map(str, curve.warnings)) == (
        "11 of 7,043 customers were followed for 0 months: they are counted in n, and tell nothing "
        "about "
        "how long customers stay.",
    )
    assert not right.warnings
    assert retention.contract(None, whole).frame["n"].tolist() == [
        7043,
        0,
        7043,
        11,
    ]
    told = ["at_risk", "survival", "se", "ci_low", "ci_high", "cumhaz"]
    assert_allclose(curve.frame.loc[1:, told], right.frame[told], rtol=1e-15)


def test_a_curve_that_nobody_began_is_about_those_who_had_stayed():
    came_late = counts(
        {"t": [8, 9, 12, 12], "e": [1, 0, 1, 0], "n": [5, 5, 6, 7]}, entry="n", unit="month"
    )
    curve = retention.survival(came_late)
    assert tuple(map(str, curve.warnings)) == (
        "Nobody was followed before time 5, so the curve is about those who had already stayed so "
        "long.",
    )
    assert retention.rmst(came_late, horizon=10).warnings == curve.warnings
    assert "Nobody was seen to be lost within 3 months" in curve.summary(months=3)
    assert not retention.survival(
        counts({"t": [8, 9], "e": [1, 0], "n": [0, 5]}, entry="n")
    ).warnings
    groups = {"t": [8, 9], "e": [1, 0], "n": [0, 5], "g": ["a", "b"]}
    assert "before time 5" in str(
        retention.survival(counts(groups, entry="n", by="g"), by="g").warnings[0]
    )


def test_the_method_is_said_in_words():
    weighted = counts({"t": [1, 2], "e": [1, 0], "w": [1.5, 2]}, weight="w")
    result = retention.survival(weighted, limits="plain")
    assert result.method == "kaplan_meier, plain, robust"
    shown = result.table(["method"]).written()
    assert shown.iloc[0, 0] == "Kaplan-Meier, plain limits, robust variance"
