"""The coefficients that reviewers ask for, on a corpus: against tables made by hand, and what is
said of each."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from cxlib import interviews
from cxlib.errors import ParameterError
from cxlib.interviews.intervals import AlphaReason


def value(found, code, measure):
    rows = found.frame[found.frame["measure"] == measure]
    rows = rows[rows[found.by].isna()] if code is None else rows[rows[found.by] == code]
    return rows["value"].item()


@pytest.fixture
def paradox(build):
    """The table 80/7/8/5 of the kappa paradox, ten interviews of ten units, and a coder Lee who
    read one interview alone, which says nothing of agreement."""
    kinds = ["both"] * 5 + ["Kim"] * 7 + ["Mori"] * 8 + [""] * 80
    order = np.random.default_rng(3).permutation(100)
    rows = [("late.txt", 0, "wait", "Lee")]
    for place, which in enumerate(order):
        for who in ("Kim", "Mori"):
            there = kinds[which] in ("both", who)
            where = f"{place // 10}.txt", place % 10 if there else None
            rows.append((*where, "wait" if there else "", who))
    return build({**{f"{i}.txt": 10 for i in range(10)}, "late.txt": 3}, rows)


def test_the_paradox_table_gives_the_reference_values(paradox, expected):
    """Oracle: R irrCAC, irr, statsmodels and krippendorff on the same table of 100 units."""
    case = expected["units_paradox_100x2"]["expected"]
    found = interviews.coefficients(paradox)
    known = {
        "alpha": case["alpha_nominal"],
        "percent": case["gwet_ac1"]["pa"],
        "kappa": case["kappa2_unweighted"]["value"],
        "ac1": case["gwet_ac1"]["value"],
        "brennan_prediger": case["brennan_prediger"]["value"],
        "fleiss": case["fleiss_kappa_irrCAC"]["value"],
    }
    for measure, right in known.items():
        if measure == "kappa":
            continue  # three coders: see below
        assert_allclose(value(found, "wait", measure), right, rtol=1e-9)
    two = interviews.coefficients(paradox, coders=["Kim", "Mori"])
    assert_allclose(value(two, "wait", "kappa"), known["kappa"], rtol=1e-9)
    frame = found.frame[found.frame["code"] == "wait"].set_index("measure")
    assert (frame["n_units"] == 100).all()
    assert (frame["n_interviews"] == 10).all()
    assert frame["prevalence"].eq(0.125).all()
    inside = frame["ci_low"].lt(frame["value"]) & frame["value"].lt(frame["ci_high"])
    assert inside.all()


def test_each_measure_is_said_to_be_what_it_is(paradox):
    said = " ".join(map(str, interviews.coefficients(paradox).warnings))
    assert "Percent agreement is not corrected" in said
    assert "kappa paradox" in said
    assert "Fleiss' kappa is low on “wait”" in said
    assert "leans upward" not in said  # 12.5 % is not rare
    only = interviews.coefficients(paradox, measures=["alpha"])
    assert only.warnings == ()
    assert set(only.frame["measure"]) == {"alpha"}


def test_a_rare_code_makes_ac1_lean(build):
    rows = [("a", None, "", "K"), ("a", None, "", "M"), ("b", 0, "x", "K"), ("b", None, "", "M")]
    said = " ".join(map(str, interviews.coefficients(build({"a": 9, "b": 9}, rows)).warnings))
    assert "Gwet's AC1 leans upward where a code is rare or nearly everywhere: “x”" in said
    assert "Brennan and Prediger's kappa takes present and absent as equally likely" in said


def test_any_code_is_whether_there_is_one(small):
    """By hand: on the 8 units that both read, Mori has a code on 3 and Kim on 3, together on 2."""
    found = interviews.coefficients(small, interval=None)
    assert_allclose(value(found, None, "percent"), 6 / 8)
    by_chance = (3 / 8) ** 2 + (5 / 8) ** 2
    assert_allclose(value(found, None, "kappa"), (6 / 8 - by_chance) / (1 - by_chance))
    assert "any code at all" in found.summary()
    assert found.frame["code"].isna().sum() == 6
    assert "any theme at all" in interviews.coefficients(small, by="theme").summary()


def test_kappa_of_three_coders_names_the_next_step(build):
    rows = [(name, 0, "x", who) for name in "ab" for who in ("K", "L", "M")]
    corpus = build({"a": 2, "b": 2}, rows)
    found = interviews.coefficients(corpus)
    kappa = found.frame[found.frame["measure"] == "kappa"]
    assert (kappa["reason"] == AlphaReason.TWO_CODERS).all()
    assert "of two coders, and here are 3" in " ".join(map(str, found.warnings))
    assert "name two" in found.table(["measure", "reason"]).written().to_string()
    two = interviews.coefficients(corpus, coders=["K", "M"])
    assert value(two, "x", "kappa") == 1


def test_unequal_numbers_of_readers_are_said(build):
    rows = [("a", 0, "x", who) for who in ("K", "L", "M")] + [("b", 0, "x", w) for w in ("K", "M")]
    said = " ".join(map(str, interviews.coefficients(build({"a": 2, "b": 2}, rows)).warnings))
    assert "as many coders on every unit" in said


def test_one_coder_has_no_coefficient_and_no_crash(build):
    found = interviews.coefficients(build({"a": 3}, [("a", 0, "x", "Mori")]))
    assert found.frame.empty
    assert found.summary() == repr(found.crosstab()) == ""


def test_tables_and_words(small):
    found = interviews.coefficients(small, measures=["kappa", "percent"])
    wide = found.crosstab().written()
    assert wide.columns.tolist() == ["code", "Cohen's kappa", "percent agreement"]
    assert wide["code"].tolist()[:2] == ["any code at all", "late delivery"]
    assert found.table().written()["measure"].tolist()[:2] == [
        "Cohen's kappa",
        "percent agreement (as a share)",
    ]
    assert "jackknife" in found.way().text("en")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"by": "coder"}, "by='coder'"),
        ({"measures": ["kapa"]}, "did you mean 'kappa'"),
        ({"measures": []}, "names none"),
        ({"coders": ["Kim", "Mory"]}, "did you mean 'Mori'"),
        ({"coders": ["Kim"]}, "fewer than two"),
        ({"interval": "exact"}, "interval='exact'"),
        ({"confidence": 95}, "confidence"),
    ],
)
def test_parameters_with_a_rule(small, change, says):
    with pytest.raises(ParameterError, match=says):
        interviews.coefficients(small, **change)
