"""Sentences and figures of comparisons: they name the pairs, and leave nothing unexplained."""

import pandas as pd
import pytest

from cxlib import nps
from cxlib.shown.language import write
from cxlib.shown.picture import picture
from tests.nps.answers import waves


@pytest.mark.parametrize(
    ("rows", "wanted"),
    [
        (waves((40, 20, 40), (40, 20, 40)), "we cannot tell this from noise"),
        (
            waves((30, 30, 40), (44, 29, 27), (44, 29, 27), (57, 26, 17)),
            "Looked at alone that would pass",
        ),
        (waves((0, 0, 4), (4, 0, 0)), "too few for a verdict"),
        (waves((10, 20, 70), (70, 20, 10)), "it rose by"),
    ],
)
def test_the_finding_never_leaves_an_interval_unexplained(rows, wanted):
    result = nps.compare(rows, score="score", between="wave", against="previous")
    last = result.frame.iloc[-1]
    assert wanted in " ".join(result.findings())
    assert ((last["ci_low"] > 0) | (last["ci_high"] < 0)) == (
        "we cannot tell this" not in result.findings()[0]
    )


@pytest.mark.parametrize(
    ("scores", "wanted"),
    [
        ([10] * 60 + [0] * 60, "b scores higher than a"),
        ([0] * 60 + [10] * 60, "b scores lower than a"),
        ([0] * 4 + [10] * 4, "No verdict is possible"),
    ],
)
def test_one_pair_is_said_as_one(scores, wanted):
    half = len(scores) // 2
    rows = pd.DataFrame({"score": scores, "s": ["b"] * half + ["a"] * half})
    result = nps.compare(rows, score="score", between="s")
    assert wanted in result.title()
    assert "1 differences" not in result.title() + result.summary()


@pytest.mark.parametrize("language", ["en", "ja", "ko"])
@pytest.mark.parametrize(
    ("counts", "against"),
    [
        ({"a": (40, 20), "b": (20, 40)}, "each"),  # one pair, certain
        ({"a": (12, 10), "b": (10, 12)}, "each"),  # one that chance explains
        ({"a": (3, 1), "b": (1, 3)}, "each"),  # one without a verdict
        ({"a": (40, 20), "b": (20, 40), "c": (40, 20)}, "rest"),
        ({"a": (12, 10), "b": (8, 12), "c": (12, 10)}, "rest"),
        ({"a": (40, 20), "b": (20, 40), "c": (30, 30)}, "each"),
    ],
)
def test_a_sentence_has_the_sign_of_its_row_in_the_table(counts, against, language):
    rows = pd.DataFrame(
        [
            (score, name)
            for name, of in counts.items()
            for score, n in zip((10, 0), of, strict=True)
            for _ in range(n)
        ],
        columns=["score", "s"],
    )
    result = nps.compare(rows, score="score", between="s", against=against)
    row = result.frame.loc[result.frame["pvalue"].idxmin()]
    assert row["difference"] < 0
    said = result.summary(language)
    for name in ("difference", "ci_low", "ci_high"):
        assert write(row[name], "change", language) in said
    exact = nps.permutation_test(rows, between="s")
    row = exact.frame.loc[exact.frame["pvalue"].idxmin()]
    assert write(row["difference"], "change", language) in exact.summary(language)


def test_one_wave_or_no_column_says_why_there_is_no_comparison():
    rows = pd.DataFrame({"score": [10, 3], "wave": ["a", "a"]})
    assert "only one value" in nps.compare(rows, score="score", between="wave").summary()
    nothing = nps.compare(rows, score="score", between=None)
    assert "No column was given" in nothing.summary()
    assert nothing.frame.empty
    assert (
        repr(nothing.table())
        == nothing.title()
        == "Not shown: no column to compare between was given."
    )


def test_sentences_and_figures_name_the_group_within_which_a_pair_lies():
    rows = pd.DataFrame(
        {"score": [10, 3] * 40, "w": ["1", "2"] * 40, "国": ["日本"] * 40 + ["한국"] * 40}
    )
    changes = nps.compare(rows, between="w", by="国", against="previous")
    assert changes.title() == "NPS fell from 한국 · 1 to 한국 · 2"
    ax = changes.plot()
    assert [label.get_text() for label in ax.get_yticklabels()] == ["日本 · 1 → 2", "한국 · 1 → 2"]
    picture(ax)


def test_a_figure_that_leaves_pairs_out_says_so_and_a_level_keeps_its_digits():
    rows = pd.DataFrame({"score": [10, 8, 3] * 30, "g": list("abcdefghij") * 9})
    words = " ".join(repr(picture(nps.compare(rows, between="g", confidence=0.975).plot())).split())
    assert "the 30 largest of 45" in words
    assert "97.5 % interval" in words


def test_waves_that_are_days_or_numbers_are_written_as_a_reader_would():
    days = pd.DataFrame(
        {
            "score": [10, 3] * 5,
            "w": pd.to_datetime(["2026-01-01", "2026-04-01"] * 5),
            "y": [2025.0, 2026.0] * 5,
        }
    )
    assert nps.score(days, by="w").summary().startswith("2026-04-01: the NPS")
    assert (
        nps.compare(days, between="w", against="previous").title()
        == "NPS fell from 2026-01-01 to 2026-04-01"
    )
    assert str(nps.score(days, by="y").warnings[0]).startswith(
        "Fewer than 30 answers in 2025 and 2026"
    )


def test_a_column_without_values_says_so():
    rows = pd.DataFrame({"score": [10, 3], "g": [None, None]})
    for result in (nps.score(rows, by="g"), nps.compare(rows, between="g")):
        assert result.frame.empty
        assert (
            result.summary() == "No answer has a value in 'g', so there is nothing to show by it."
        )
        assert repr(result.table()) == result.summary()
        assert repr(picture(result.plot())).startswith("No answer has a value")


@pytest.mark.parametrize(
    ("rows", "between", "wanted"),
    [
        ({"score": [1, 2], "s": ["a", "a"]}, "s", "not two values"),
        ({"score": [5, 5], "s": ["a", "b"]}, "s", "not two values"),
        ({"score": [1, 2], "s": ["a", "b"]}, None, "No column was given"),
        ({"score": [1, None, 3], "s": ["a", "b", "b"]}, "s", "n = 2"),
    ],
)
def test_the_rank_test_says_why_where_it_cannot_be_made(rows, between, wanted):
    assert wanted in nps.rank_test(pd.DataFrame(rows), score="score", between=between).summary()


def test_the_rank_test_speaks_at_the_level_that_was_asked():
    rows = pd.DataFrame({"score": [10] * 12 + [9] * 20 + [8] * 12, "g": ["a"] * 18 + ["b"] * 26})
    p = nps.rank_test(rows, score="score", between="g").frame["pvalue"].item()
    said = [
        nps.rank_test(rows, score="score", between="g", confidence=level).summary()
        for level in (1 - 2 * p, 1 - p / 2)
    ]
    assert ["do not differ" in sentence for sentence in said] == [False, True]
