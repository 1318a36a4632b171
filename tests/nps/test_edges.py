"""Answers at the edge, through every function: a stated answer or refusal, no silent NaN."""

from dataclasses import replace

import matplotlib.pyplot as plt
import pytest
from matplotlib.text import Text
from numpy.testing import assert_allclose

from cxlib import nps
from cxlib.errors import CxError
from cxlib.nps.methods import intervals
from cxlib.rows.periods import natural_order
from cxlib.shown.result import Absent, Result
from tests.nps.edges import CASES, PLAIN, N, kinds, with_empty

Z = 1.959963984540054


def all_of(counts):
    """All values of the segment as their order in time, which their names do not tell."""
    return natural_order([*counts.frame["g"], *counts.empty["g"]])


FUNCTIONS = {
    "score": lambda counts: nps.score(counts, by="g"),
    "all": nps.score,
    "each": lambda counts: nps.compare(counts, between="g"),
    "rest": lambda counts: nps.compare(counts, between="g", against="rest"),
    "previous": lambda counts: nps.compare(
        counts, between="g", against="previous", margin=5, order=all_of(counts)
    ),
    "homogeneity": lambda counts: nps.homogeneity(counts, between="g"),
    "league": lambda counts: nps.league(counts, between="g"),
    "waves": lambda counts: nps.waves(counts, wave="g", order=all_of(counts)),
    "monitor": lambda counts: nps.monitor(counts, between="g", order=all_of(counts)),
    "ranks": lambda counts: nps.compare_ranks(counts, between="g"),
    "top_box": lambda counts: nps.top_box(counts, by="g", scale=(0, 10)),
}
UNWEIGHTED = ("ranks", "top_box")
# columns that may be missing by their definition, as the docstring says, without a warning
DEFINED = {
    "homogeneity": {"df_error"},
    "league": {"rank", "nps", "shrunken", "ci_low", "ci_high", "p_worst", "p_best"},
}


def sentences(result):
    said = [
        getattr(result, name)() for name in ("summary", "title", "finding") if hasattr(result, name)
    ]
    said += result.findings() if hasattr(result, "findings") else ()
    return [*said, *map(str, result.warnings)]


def drawn(result):
    """The words in the figure; none where a result has no figure of its own."""
    if type(result).plot is Result.plot:
        return ""
    ax = result.plot()
    plt.close(ax.figure)
    return " ".join(text.get_text() for text in ax.figure.findobj(Text))


@pytest.mark.parametrize("case", CASES)
def test_every_function_answers_or_refuses(case):
    (rows, options), refused = CASES[case], []
    counts = nps.count_scores(rows, score="score", by="g", **options)
    for name, function in FUNCTIONS.items():
        if options and name in UNWEIGHTED:
            continue
        try:
            result = function(counts)
        except CxError as error:
            refused.append((name, "single cluster" in str(error)))
            continue
        frame = result.frame
        missing = {column for column in frame if frame[column].isna().any()} - DEFINED.get(
            name, set()
        )
        assert not missing or result.warnings, f"{name}: {missing}"
        if name == "league":
            assert (frame["reason"] != "").eq(frame["rank"].isna()).all()
        words = " ".join(
            [*sentences(result), repr(replace(result.table(), most=40)), drawn(result)]
        )
        assert "nan" not in words.lower(), name
        assert not any("–" in sentence for sentence in sentences(result)), name
    assert refused in ([], [("waves", True)])  # one wave without an error leaves no chart


def test_one_answer_has_an_interval_and_no_verdict():
    row = nps.score(kinds(a=(1, 0, 0))).frame.iloc[0]
    assert_allclose(
        [row["ci_low"], row["ci_high"]], [100 * (1 - 2 * Z**2 / (1 + Z**2)), 100], rtol=1e-9
    )  # Tango of 1/0/0
    pair = nps.compare(kinds(a=(1, 0, 0), b=(0, 0, 1)), between="g")
    assert pair.frame["verdict"].item() == "do_not_compare"
    assert "too few for a verdict" in pair.summary()
    assert pair.title() == "No verdict is possible between a and b"


def test_of_one_kind_under_a_design_has_the_limits_of_the_effective_n():
    rows = kinds(a=(20, 0, 0), b=(10, 0, 10))
    result = nps.score(rows, by="g", weight="w")
    row, w = result.row({"g": "a"}), rows.loc[rows["g"] == "a", "w"]
    n_eff = w.sum() ** 2 / (w**2).sum()
    low, high = intervals.score_limits(n_eff, n_eff, 0, z=Z)
    assert_allclose(
        [row["n_eff"], row["ci_low"], row["ci_high"], row["se"]],
        [n_eff, 100 * low, 100 * high, 0],
        rtol=1e-12,
    )
    pair = nps.compare(rows, between="g", weight="w")
    assert pair.frame["verdict"].item() == "do_not_compare"
    assert pair.frame["reason"].item() == "unknown"
    assert "all of one kind" in str(pair.warnings[-1])
    assert (
        pair.frame[["se", "pvalue", "n_needed"]].isna().all(axis=None)
    )  # a variance of 0 plans nothing either


def test_an_empty_segment_is_listed_everywhere():
    counts = nps.count_scores(with_empty, score="score", by="g")
    assert counts.empty["g"].tolist() == ["空"]
    for result in (
        nps.score(counts, by="g"),
        nps.compare(counts, between="g"),
        nps.compare_ranks(counts, between="g"),
    ):
        assert any("Nobody gave a score in 空" in str(sentence) for sentence in result.warnings)
    last = nps.league(counts, between="g").frame.iloc[-1]
    assert (last["g"], last["n"], last["reason"]) == ("空", 0, "no_answer")


def test_among_200_stores_those_with_one_answer_get_no_verdict():
    rows = CASES["200 stores"][0]
    frame = nps.compare(rows, between="g").frame
    few = frame[["n_a", "n_b"]].min(axis=1) < 5
    assert len(frame) == 19_900
    assert (frame.loc[few, "verdict"] == "do_not_compare").all()
    assert frame[["difference", "ci_low", "ci_high", "pvalue", "pvalue_adj"]].notna().all(axis=None)
    league = nps.league(rows, between="g")
    assert (league.frame["n"] >= 10).equals(league.frame["rank"].notna())
    assert league.frame["reason"].iloc[-1] == "few"
    assert "fewer than 10 answers" in repr(replace(league.table(), most=None))


def test_one_wave_says_that_it_is_one():
    rows = PLAIN.assign(g=2026.0)
    assert (
        "only one value of 'g' (2026)"
        in nps.compare(rows, between="g", against="previous").summary()
    )
    assert "only one value of 'g' (2026)" in nps.monitor(rows, between="g").summary()
    assert "one wave only (2026" in nps.waves(rows, wave="g").summary()


def test_waves_that_are_numbers_stand_by_size_and_read_as_numbers():
    result = nps.compare(CASES["waves that are numbers"][0], between="g", against="previous")
    assert list(zip(result.frame["a"], result.frame["b"], strict=True)) == [(2.5, 9.0), (9.0, 10.0)]
    assert "From 9 to 10" in result.findings()[0]
    assert nps.waves(CASES["waves that are numbers"][0], wave="g").frame["g"].tolist() == [
        2.5,
        9.0,
        10.0,
    ]


def test_a_segment_that_is_one_cluster_has_no_interval():
    result = nps.score(PLAIN, by="g", cluster="g")
    assert result.frame[["se", "ci_low", "ci_high"]].isna().all(axis=None)
    assert "come from a single cluster" in str(result.warnings[0])
    assert "how sure that is cannot be known" in result.summary()
    changes = nps.compare(
        PLAIN, between="g", against="previous", order=["a", "b", "c"], cluster="g"
    )
    assert set(changes.frame["verdict"]) == {"do_not_compare"}
    assert set(changes.frame["reason"]) == {"unknown"}
    assert "cannot be known" in " ".join(changes.findings())
    assert "cannot be known" in nps.compare(PLAIN, between="g", cluster="g").title()
    alike = nps.score(
        kinds(a=(20, 0, 0), b=(10, 0, 10)), by="g", cluster="g"
    )  # also where the cluster is of one kind
    assert alike.row({"g": "a"})[["ci_low", "ci_high"]].isna().all()


def test_respondents_who_answer_again_are_worth_one_answer_each():
    rows, options = CASES["every respondent three times"]
    once, naive, clustered = (
        nps.score(PLAIN, method="t").frame,
        nps.score(rows).frame,
        nps.score(rows, **options).frame,
    )
    assert naive["se"].item() < clustered["se"].item()
    assert_allclose(
        clustered[["se", "ci_low", "ci_high"]], once[["se", "ci_low", "ci_high"]], rtol=1e-12
    )
    assert clustered["n_eff"].item() < N + 1 < naive["n_eff"].item()


def test_no_column_to_compare_says_what_is_missing():
    for result in (
        nps.compare(PLAIN, between=None),
        nps.league(PLAIN, between=None),
        nps.homogeneity(PLAIN, between=None),
    ):
        assert isinstance(result, Absent)
        assert result.summary()
