"""Agreement on a corpus: reference values, missing interviews, codes nobody used, pairs,
disagreements, sentences."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from cxlib import interviews
from cxlib.errors import ParameterError
from cxlib.interviews.alpha import AlphaReason, Judgement
from cxlib.shown.ledger import ledger

from ..conftest import ORACLES


@pytest.fixture(scope="module")
def multilabel(build):
    """The 24 x 3 table of sets as a corpus: each unit an interview of one unit, so that missing is
    missing."""
    data = pd.read_csv(ORACLES / "interviews" / "sets_multilabel_24x3.csv").dropna()
    rows = [
        (unit, None if code == "∅" else 0, "" if code == "∅" else code, coder)
        for unit, coder, value in data.itertuples(index=False)
        for code in value.split("|")
    ]
    return build(dict.fromkeys(data["unit"], 1), rows)


def test_corpus_gives_the_reference_values(multilabel, expected):
    """Oracle: overall MASI and every code present or absent, krippendorff 0.9.0 and NLTK."""
    case = expected["sets_multilabel_24x3"]["expected"]
    found = interviews.agreement(multilabel, resamples=0).frame
    assert_allclose(found["alpha"].iloc[0], case["alpha_masi_passonneau2006"], rtol=1e-9)
    codes = found.iloc[1:].set_index("code")["alpha"]
    assert_allclose(
        codes[list(case["alpha_nominal_per_code_binary"])],
        list(case["alpha_nominal_per_code_binary"].values()),
        rtol=1e-9,
    )


def test_level_makes_no_difference_between_two_values(multilabel):
    a, b = (
        interviews.agreement(multilabel, level=level, resamples=0).frame["alpha"]
        for level in ("nominal", "ratio")
    )
    assert_allclose(a, b, atol=1e-12)


def test_an_interview_a_coder_never_opened_is_missing(small):
    frame = interviews.agreement(small, resamples=0).frame
    assert frame["n_units"].tolist() == [8] * 5  # c.txt was opened by Mori alone
    late = frame[frame["code"] == "late delivery"].iloc[0]
    # by hand: 8 units, two coders; pairs (1,1), (1,0) and six (0,0); n_1 = 3, n_0 = 13, o_01 = 1
    assert_allclose(late["alpha"], 1 - 15 * (1 + 1) / (2 * 3 * 13), rtol=1e-12)
    assert late["prevalence"] == 3 / 16
    assert (late["coders"], late["n_interviews"], late["theme"]) == (2, 2, "Delivery")


def test_a_code_nobody_used_keeps_its_row_and_says_why(small):
    found = interviews.agreement(small, resamples=100)
    unused = found.frame[found.frame["code"] == "kind staff"].iloc[0]
    assert np.isnan(unused["alpha"])
    assert unused["judgement"] == Judgement.UNKNOWN
    assert unused["reason"] == AlphaReason.ONE_VALUE
    assert any("“kind staff”" in str(said) for said in found.warnings)
    assert not np.isnan(found.frame.drop(unused.name)["alpha"]).any()


@pytest.mark.parametrize(
    ("by", "names"),
    [("theme", ["Delivery", "Contact"]), ("kind", ["obstacle", "annoyance", "delight"])],
)
def test_themes_and_kinds(small, by, names):
    found = interviews.agreement(small, by=by, resamples=0)
    assert found.frame[by].tolist()[1:] == names
    assert f"{len(names)} {by}s" in found.summary()


def test_a_codebook_without_themes_has_no_agreement_on_them(multilabel):
    found = interviews.agreement(multilabel, by="theme", resamples=0)
    assert found.summary() == "Whether coders agree cannot be known: the codebook names no theme."
    assert len(found.frame) == 1
    assert found.plot().get_title(loc="left").startswith("Whether coders agree")


def test_intervals_hold_the_value_and_repeat(multilabel):
    a, b = (interviews.agreement(multilabel, resamples=300, seed=3).frame for _ in range(2))
    pd.testing.assert_frame_equal(a, b)
    assert (a["ci_low"] < a["alpha"]).all()
    assert (a["alpha"] < a["ci_high"]).all()
    assert a["confidence"].eq(0.95).all()


def test_one_coder_has_no_agreement_and_no_crash(build):
    corpus = build({"a": 3, "b": 3}, [("a", 0, "x", "Mori"), ("b", 1, "y", "Mori")])
    for found in (
        interviews.agreement(corpus),
        interviews.pairs(corpus),
        interviews.disagreements(corpus),
    ):
        assert found.frame.empty
        assert repr(found.table()) == ""
    assert interviews.agreement(corpus).summary().startswith("One person coded")
    # said once
    assert interviews.pairs(corpus).summary() == ""
    assert interviews.agreement(corpus, by="theme").summary() == ""
    two = build({"a": 3, "b": 3}, [("a", 0, "x", "Mori"), ("b", 1, "y", "Kim")])
    assert interviews.agreement(two).frame["alpha"].isna().all()
    assert "no unit was read by two coders" in interviews.agreement(two).summary()
    assert "nobody can be compared" in interviews.pairs(two).summary()
    assert "no turn on which" in interviews.disagreements(two).summary()


@pytest.mark.parametrize("by", ["code", "theme", "kind"])
def test_in_a_ledger_the_headline_is_that_of_all(small, by):
    found = interviews.agreement(small, by=by, interval=None)
    rows = ledger(headline=found, agreement=found).frame.dropna(subset=["value"])
    assert rows["text"].iloc[0] == f"Agreement on all {by}s as sets: alpha"
    of_all = rows["text"].str.startswith(f"Agreement on all {by}s as sets")
    assert (of_all == (rows["segment"] == "")).all()
    assert rows["text"][~of_all].str.startswith(f"Agreement on each {by}: ").all()


def test_pairs_of_coders(multilabel):
    found = interviews.pairs(multilabel, resamples=100)
    assert found.frame[["coder_a", "coder_b"]].to_numpy().tolist() == [
        ["c1", "c2"],
        ["c1", "c3"],
        ["c2", "c3"],
    ]
    assert "agree most" in found.summary()
    assert {"alpha", "ci_low", "ci_high", "confidence", "method"} <= set(found.frame.columns)


def test_disagreements_show_who_and_the_words(small):
    found = interviews.disagreements(small).frame
    assert found[["code", "document", "unit", "applied_by", "not_by"]].to_numpy().tolist() == [
        ["late delivery", "b.txt", 2, "Mori", "Kim"],
        ["배송 지연", "b.txt", 3, "Kim", "Mori"],
    ]
    assert found["words"].tolist() == ["unit 0002", "unit 0003"]
    assert len(interviews.disagreements(small, code="배송 지연").frame) == 1
    with pytest.raises(ParameterError, match="did you mean 'late delivery'"):
        interviews.disagreements(small, code="late deliver")


@pytest.mark.parametrize("change", [{"by": "coder"}, {"level": "masi"}, {"confidence": 95}])
def test_parameters_with_a_rule(small, change):
    with pytest.raises(ParameterError, match=next(iter(change))):
        interviews.agreement(small, **change)


def test_sentence_and_figure_say_the_same(multilabel):
    found = interviews.agreement(multilabel, resamples=100)
    assert (
        "The 3 coders agree on the codes of a turn with alpha 0.281 (95 % interval"
        in found.summary()
    )
    ax = found.plot()
    assert ax.get_title(loc="left") == "Coders agree reliably on 0 of 6 codes that can be judged"
    assert [tick.get_text() for tick in ax.get_yticklabels()][-1] == "待ち時間"
    assert len(ax.lines) == 4  # two limits; codes with an interval, codes without


def test_a_value_that_is_missing_has_its_own_reason(build):
    """Coders who read the same and found nothing are not coders who never met."""
    nothing = build({"a": 2}, [("a", None, "", "K"), ("a", None, "", "M")], {"x": ("", "")})
    assert "same value" in interviews.pairs(nothing).summary()
    apart = interviews.agreement(build({"a": 2, "b": 2}, [("a", 0, "x", "M"), ("b", 0, "x", "K")]))
    assert "no unit was read by two coders" in apart.summary()
    assert not any("same value" in str(said) for said in apart.warnings)


def test_a_table_says_the_number_of_its_reason_and_its_csv_the_value(build):
    opened = [(name, None, "", who) for name in "bcd" for who in "KM"]
    corpus = build(dict.fromkeys("abcd", 1), [("a", 0, "x", "K"), ("a", 0, "x", "M"), *opened])
    found = interviews.agreement(corpus, interval="bootstrap", resamples=500)
    assert found.frame["reason"].iloc[1] == AlphaReason.FEW_RESAMPLES
    shown = found.table(["code", "reason"])
    assert shown.written()["why"].iloc[1].endswith(" % of the resamples have no value")
    assert shown.written()["code"].tolist() == ["all codes as sets", "x"]
    assert shown.to_csv().splitlines()[1:] == [",few_resamples", "x,few_resamples"]


def test_a_code_in_few_interviews_is_said_to_have_a_narrow_interval(build):
    """`x` lies in three of six interviews, `y` in all; each is disputed in more than one."""
    rows = [(name, 0, "y", who) for name in "abcdef" for who in "KM"]
    rows += [(name, 1, "y", "K") for name in "abc"] + [("d", 2, "y", "M")]
    rows += [(name, 3, "x", who) for name in "abc" for who in "KM"]
    rows += [("a", 4, "x", "K"), ("b", 4, "x", "M"), ("b", 5, "x", "M")]
    corpus = build(dict.fromkeys("abcdef", 8), rows)
    found = interviews.agreement(corpus)
    assert found.frame["ci_low"].notna().all()
    assert found.frame["interval"].eq("jackknife").all()
    said = " ".join(map(str, found.warnings))
    assert "“x” lies in fewer than 5 interviews: its interval is narrower" in said
    assert "resampling 6 interviews" not in said
    peer = interviews.agreement(corpus, interval="bootstrap", resamples=200)
    assert "resampling 6 interviews" in " ".join(map(str, peer.warnings))
    assert "bootstrap" in peer.way().text("en")
    none = interviews.agreement(corpus, interval=None)
    assert none.frame["ci_low"].isna().all()
    assert "no interval" in none.summary()
    assert "interval:" not in none.way().text("en")
    assert none.plot().get_title(loc="left")
