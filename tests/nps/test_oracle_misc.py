"""Every value of expected_misc.json (mpmath with 40 digits: make_misc.py) against ours: plans,
margins, waves, repeated looks."""

import json
from functools import cache

import numpy as np
import pandas as pd
import pytest

from cxlib import nps
from cxlib.methods import proportions
from cxlib.nps.methods import intervals
from cxlib.nps.methods.sequential import mixture_half_width
from tests.conftest import ORACLES
from tests.nps.leaves import CLOSED, EXACT, Oracle

CASES = json.loads((ORACLES / "nps" / "expected_misc.json").read_text(encoding="utf-8"))
ENDS, SCORES = ("ci_low", "ci_high"), (10, 8, 0)  # an answer of each kind
ALPHA = 0.05  # of make_misc.py


def answers(**kinds):
    """Rows of groups, from promoters, passives and detractors of each."""
    return pd.DataFrame(
        {
            "group": np.repeat(list(kinds), [sum(counts) for counts in kinds.values()]),
            "answer": np.concatenate([np.repeat(SCORES, counts) for counts in kinds.values()]),
        }
    )


def precise(column, method="wald"):
    def value(i):
        case = CASES["precision_n"][i]
        return (
            nps.sample_size(
                half_width=100 * case["moe"],
                promoters=case["pro"],
                detractors=case["det"],
                method=method,
            )
            .frame[column]
            .item()
        )

    return value


def worst(column, half_width=5):
    return lambda: nps.sample_size(half_width=half_width).frame[column].item()


def powered(i):
    """The file has x minus y, so y is a."""
    case = CASES["two_sample_power"][i]
    return nps.power(
        n_a=case["n2"], n_b=case["n1"], a=tuple(case["y"]), b=tuple(case["x"])
    ).frame.iloc[0]


def power_se(i):
    row = powered(i)
    return np.sqrt(row["variance_a"] / row["n_a"] + row["variance_b"] / row["n_b"])


def assumed(i):
    case = CASES["two_sample_power"][i]
    return case, {
        kind: (case["y"][at], case["x"][at]) for at, kind in enumerate(("promoters", "detractors"))
    }


def needed(column):
    def value(i):
        case, shares = assumed(i)
        return nps.sample_size(difference=abs(100 * case["diff"]), **shares).frame[column].item()

    return value


def least(i):
    case, shares = assumed(i)
    return nps.detectable(n_a=case["n2"], n_b=case["n1"], **shares).frame["difference"].item() / 100


@cache
def within_margin(i, a="y", confidence=0.95):
    case = CASES["tost"][i]
    return nps.compare(
        answers(x=case["x"], y=case["y"]),
        score="answer",
        between="group",
        reference=a,
        method="wald",
        margin=100 * case["margin"],
        confidence=confidence,
        adjust="none",
    ).frame.iloc[0]


@cache
def charted():
    chart = CASES["wave_chart"]
    waves = {str(i): row["counts"] for i, row in enumerate(chart["rows"])}
    return nps.waves(
        answers(**waves),
        score="answer",
        wave="group",
        baseline=chart["baseline_waves"],
        smoothing=chart["lambda"],
    ).frame


def wave(column):
    return lambda i: charted()[column][i] / 100


def sigma(i):
    """The limits of a wave lie three of these from the centre."""
    row = charted().loc[i]
    return (row["limit_high"] - row["centre"]) / 300


def always(i, method):
    case = CASES["anytime_normal_mixture"]["rows"][i]
    se = np.sqrt(intervals.variance_of(case["pro"], 1, case["det"]) / case["n"])
    # n rho^2 of the formula is the mixture's clock: it counts information in units of the prior's
    return (
        mixture_half_width(se, case["n"] * case["rho2"], ALPHA)
        if method == "mixture"
        else proportions.z_value(1 - ALPHA) * se
    )


ORACLE = Oracle(
    "expected_misc.json",
    compared={
        "precision_n/*/n_wald": (precise("n_exact"), CLOSED),
        "precision_n/*/n_wald_ceil": (precise("n"), EXACT),
        "precision_n/*/n_aw3_minus3": (precise("n_exact", "adjusted_wald"), CLOSED),
        "precision_n/*/n_aw3_ceil": (precise("n", "adjusted_wald"), EXACT),
        "worst_case/max_var": (worst("variance"), EXACT),
        "worst_case/n_for_moe_0.05": (worst("n"), EXACT),
        "worst_case/n_for_moe_0.10": (worst("n", 10), EXACT),
        "two_sample_power/*/diff": (lambda i: powered(i)["difference"] / 100, CLOSED),
        "two_sample_power/*/se": (power_se, CLOSED),
        "two_sample_power/*/power_two_sided_05": (lambda i: powered(i)["power"], CLOSED),
        "two_sample_power/*/n_per_group_80": (needed("n_exact"), CLOSED),
        "two_sample_power/*/n_per_group_80_ceil": (needed("n"), EXACT),
        "two_sample_power/*/mde_80_at_n": (least, CLOSED),
        "tost/*/diff": (lambda i: within_margin(i)["difference"] / 100, CLOSED),
        "tost/*/se": (lambda i: within_margin(i)["se"] / 100, CLOSED),
        "tost/*/p_lower": (lambda i: within_margin(i)["pvalue_not_worse"], CLOSED),
        # that x is not higher by the margin: that y is not worse, with x as a
        "tost/*/p_upper": (lambda i: within_margin(i, a="x")["pvalue_not_worse"], CLOSED),
        "tost/*/p_tost": (lambda i: within_margin(i)["pvalue_equivalent"], CLOSED),
        "tost/*/ci90/*": (lambda i, end: within_margin(i, confidence=0.9)[ENDS[end]] / 100, CLOSED),
        "tost/*/p_noninferior_x_not_worse_than_y": (
            lambda i: within_margin(i)["pvalue_not_worse"],
            CLOSED,
        ),
        "wave_chart/centre": (lambda: charted()["centre"][0] / 100, CLOSED),
        "wave_chart/sigma2": (lambda: sigma(0) ** 2 * charted()["n"][0], CLOSED),
        "wave_chart/rows/*/nps": (wave("nps"), CLOSED),
        "wave_chart/rows/*/lcl": (wave("limit_low"), CLOSED),
        "wave_chart/rows/*/ucl": (wave("limit_high"), CLOSED),
        "wave_chart/rows/*/z": (lambda i: (wave("nps")(i) - wave("centre")(i)) / sigma(i), CLOSED),
        "wave_chart/rows/*/ewma": (wave("ewma"), CLOSED),
        "wave_chart/rows/*/ewma_sd": (
            lambda i: (wave("ewma_high")(i) - wave("centre")(i)) / 3,
            CLOSED,
        ),
        "anytime_normal_mixture/rows/*/half_width": (lambda i: always(i, "mixture"), CLOSED),
        "anytime_normal_mixture/rows/*/fixed_n_half_width": (
            lambda i: always(i, "single look"),
            CLOSED,
        ),
    },
    given={
        "units",
        "precision_n/*/pro",
        "precision_n/*/det",
        "precision_n/*/moe",
        "two_sample_power/*/x/*",
        "two_sample_power/*/y/*",
        "two_sample_power/*/order",
        "two_sample_power/*/n1",
        "two_sample_power/*/n2",
        "tost/*/x/*",
        "tost/*/y/*",
        "tost/*/margin",
        "wave_chart/baseline_waves",
        "wave_chart/lambda",
        "wave_chart/rows/*/counts/*",
        "anytime_normal_mixture/formula",
        "anytime_normal_mixture/rows/*/n",
        "anytime_normal_mixture/rows/*/pro",
        "anytime_normal_mixture/rows/*/det",
        "anytime_normal_mixture/rows/*/rho2",
    },
    later={
        "decomposition": "why a total changed: shares and segments",
        **dict.fromkeys(
            ("wave_chart/k", "wave_chart/rows/*/cusum_hi", "wave_chart/rows/*/cusum_lo"),
            "cumulated sums of waves",
        ),
    },
    not_offered={},
)


@pytest.mark.parametrize("path", ORACLE.paths)
def test_every_value_equals_exact_arithmetic(path):
    ORACLE.check(path)


def test_no_value_is_left_out():
    ORACLE.refuse_gaps()


def test_a_value_left_out_of_a_table_fails_and_so_does_an_entry_without_a_value():
    gap = Oracle(
        "expected_misc.json",
        compared=ORACLE.compared,
        given={"units", "nothing/*"},
        later={"tost": "twice"},
        not_offered={},
    )
    wrong = dict(gap.wrong)
    assert wrong["precision_n/0/pro"] == []
    assert wrong["tost/0/p_tost"] == ["tost", "tost/*/p_tost"]
    assert gap.idle == {"nothing/*"}
    with pytest.raises(AssertionError, match="in no list"):
        gap.refuse_gaps()
