"""Every reference value of expected.json: computed and compared, or named as not offered."""

from __future__ import annotations

import json
import re
from functools import cache

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from cxlib import interviews

from ..conftest import ORACLES

FOLDER = ORACLES / "interviews"
CONTENT = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))
LEVELS = "nominal|ordinal|interval|ratio"
MEASURES = {
    "gwet_ac1": "ac1",
    "fleiss_kappa_irrCAC": "fleiss",
    "kappam.fleiss": "fleiss",
    "brennan_prediger": "brennan_prediger",
}
PARTS = {"value": "value", "pa": "observed", "pe": "expected"}

# what the leaves say of the case, not a reference value
ABOUT = r"""
    id | data | kind | columns | missing | note | encoding | offsets | published | source
    | continuum/.* | speed/.* | bootstrap/\w+/(method|B|source|tol_ci)
    | expected/[^/]+/source
"""
# reference values of what is not offered, with why
NOT_OFFERED = {
    "irrCAC's standard errors and intervals: they take units as independent": r"""
        expected/(gwet_ac1|fleiss_kappa_irrCAC|brennan_prediger|alpha_nominal_irrCAC)/(se|ci95)
    """,
    "irrCAC's own terms of alpha": r"expected/alpha_nominal_irrCAC/(pa|pe)",
    "Conger's kappa (Fleiss' exact)": r"""
        expected/conger_kappa(_\w+)?/\w+ | expected/kappam\.fleiss\.exact/\w+
    """,
    "Light's kappa": r"expected/kappam\.light/\w+",
    "weighted forms": r"""
        expected/(gwet_ac1|fleiss_kappa_irrCAC|brennan_prediger|alpha_nominal_irrCAC)
            _(linear|quadratic)/\w+
        | expected/kappa2_(equal|squared)/\w+ | expected/cohen_kappa_(linear|quadratic)/\w+
    """,
    "tests against chance, and intervals of Cohen's kappa for independent units": r"""
        expected/(kappa2_unweighted|kappam\.fleiss)/z
        | expected/cohen_kappa_unweighted/(se|ci95|se_under_null)
    """,
    "mean and spread of a bootstrap": r"bootstrap/\w+/(mean|sd|dropped)",
    "the unitizing family of alpha": r"""
        expected/(u_alpha | bar_u_alpha_binary | observed_coincidences/.* | cu_.* | k_u_.*
            | alpha_U_1995_2004/.* | per_code/\w+/bar_u_alpha_binary)
    """,
    "gamma": r"expected/gamma_pygamma/.*",
    "Chao2's bias-corrected form where some codes are in exactly two interviews": r"""
        expected/chao2_bias_corrected
    """,
    "coverage by Good and Turing": r"expected/sample_coverage_good_turing_incidence",
    "jackknife and bootstrap estimates of richness": r"""
        expected/vegan_specpool_(jack1|jack2|boot)(\.se)?
    """,
    "the spread of the accumulation over orders": r"expected/vegan_specaccum_exact_sd",
    "tests of segments as if they were independent": r"""
        expected/(row_order | table_column_major | chi2 | dof | p | fisher_exact_p | cramers_v
            | min_expected | adjusted_residuals_has_code_1)
    """,
}


def leaves(content, path=()):
    if isinstance(content, dict):
        for key, value in content.items():
            yield from leaves(value, (*path, str(key)))
    elif isinstance(content, list) and any(isinstance(item, dict | list) for item in content):
        for position, value in enumerate(content):
            yield from leaves(value, (*path, str(position)))
    else:
        yield "/".join(path), content


CASES = {case["id"]: case for case in CONTENT["cases"]}
LEAVES = [(case, path, value) for case in CASES for path, value in leaves(CASES[case])]


@cache
def units_of(case):
    data = pd.read_csv(FOLDER / CASES[case]["data"])
    if "value" not in data.columns:
        data = data.melt("unit", var_name="coder")
    return interviews.count_values(data, unit="unit", coder="coder", value="value")


@cache
def measured(case, measure):
    return interviews.coefficient(units_of(case), measure=measure)


@cache
def two_coders(case):
    data = pd.read_csv(FOLDER / CASES[case]["data"])
    return interviews.cohen_kappa(data.pivot(index="unit", columns="coder", values="value"))


@cache
def sets_of(case):
    return interviews.count_sets(
        FOLDER / CASES[case]["data"],
        unit="unit",
        coder="coder",
        value="value",
        separator="|",
        empty="∅",
    )


def one_code(case, code):
    sets = sets_of(case)
    there = np.array([code in labels for labels in sets.columns])
    cells = sets.to_numpy()
    return pd.DataFrame({0: cells[:, ~there].sum(axis=1), 1: cells[:, there].sum(axis=1)})


def characters(case, code):
    """One unit a character: how many of two coders have the code on it."""
    rows = pd.read_csv(FOLDER / CASES[case]["data"]).query("code == @code")
    covered = np.zeros((rows["coder"].nunique(), CASES[case]["continuum"]["length"]), int)
    for place, (_, spans) in enumerate(rows.groupby("coder")):
        for span in spans.itertuples():
            covered[place, span.start : span.end] = 1
    return pd.DataFrame({0: len(covered) - covered.sum(axis=0), 1: covered.sum(axis=0)})


@cache
def accumulated(case):
    table = pd.read_csv(FOLDER / CASES[case]["data"]).set_index("interview")
    return interviews.accumulate(table, resamples=1)


@cache
def stopped(case):
    return interviews.stopping(accumulated(case))


def guest(case, number, rest):
    setting = CASES[case]["expected"]["guest_namey_chen_2020"][int(number)]
    found = stopped(case)
    keys = (setting["base_size"], setting["run_length"], setting["runs"])
    each, rows = (
        frame[(frame["base"] == keys[0]) & (frame["run"] == keys[1]) & (frame["runs"] == keys[2])]
        for frame in (found.each, found.frame)
    )
    if rest.startswith("table"):
        assert len(each) == len(setting["table"])
        _, position, column = rest.split("/")
        return each.iloc[int(position)][column]
    if rest.startswith("saturated_at"):
        threshold = {"saturated_at_5pct": 0.05, "saturated_at_0pct": 0.0}[rest]
        return rows.set_index("threshold")["saturated_at"][threshold]
    column = {"base_size": "base", "run_length": "run", "runs": "runs", "base_codes": "base_codes"}
    return rows[column[rest]].iloc[0]


def richness(case, column):
    return accumulated(case).richness.iloc[0][column]


def alpha(units, level="nominal"):
    return interviews.krippendorff_alpha(units, level=level, interval=None).value


# a pattern of the path -> what is offered, of the case and the pattern's groups
OFFERED = {
    r"n_units": lambda case: len(units_of(case)),
    r"n_coders": lambda case: units_of(case).sum(axis=1).max(),
    rf"expected/alpha_({LEVELS})": lambda case, level: alpha(units_of(case), level),
    r"expected/alpha_nominal_irrCAC/value": lambda case: alpha(units_of(case)),
    rf"expected/({'|'.join(map(re.escape, MEASURES))})/(value|pa|pe)": lambda case, name, part: (
        getattr(measured(case, MEASURES[name]), PARTS[part])
    ),
    r"expected/(?:kappa2|cohen_kappa)_unweighted/value": lambda case: two_coders(case).value,
    rf"bootstrap/({LEVELS})/ci95": lambda case, level: (
        interviews.krippendorff_alpha(
            units_of(case), level=level, interval="bootstrap", resamples=5000
        ),
    ),
    r"expected/_?(?:krippendorff_pypi_|nltk_alpha_|alpha_)(jaccard|masi)(?:_passonneau2006)?": (
        lambda case, level: alpha(sets_of(case), level)
    ),
    r"expected/alpha_nominal_whole_set": lambda case: alpha(sets_of(case)),
    r"expected/alpha_nominal_per_code_binary/(.+)": lambda case, code: alpha(one_code(case, code)),
    r"expected/per_code/(\w+)/alpha_nominal_per_character": lambda case, code: alpha(
        characters(case, code)
    ),
    r"expected/per_code/(\w+)/percent_agreement_chars": lambda case, code: (
        interviews.coefficient(characters(case, code), measure="percent").value
    ),
    r"expected/n_interviews": lambda case: richness(case, "interviews"),
    r"expected/codes_observed": lambda case: richness(case, "observed"),
    r"expected/Q1": lambda case: richness(case, "once"),
    r"expected/Q2": lambda case: richness(case, "twice"),
    r"expected/(?:chao2_classic|vegan_specpool_chao)": lambda case: richness(case, "estimate"),
    r"expected/vegan_specpool_chao\.se": lambda case: richness(case, "se"),
    r"expected/sample_coverage_chao_jost_2012": lambda case: richness(case, "coverage"),
    r"expected/new_codes_per_interview": lambda case: accumulated(case).frame["new"],
    r"expected/cumulative_codes": lambda case: accumulated(case).frame["cumulative"],
    r"expected/(?:rarefaction_expected_codes|vegan_specaccum_exact_richness)": lambda case: (
        accumulated(case).frame["expected"]
    ),
    r"expected/guest_namey_chen_2020/(\d+)/(.+)": guest,
}


def rules_of(path):
    """All rules that name a leaf."""
    if re.fullmatch(ABOUT, path, re.VERBOSE):
        return ["about"]
    offered = [pattern for pattern in OFFERED if re.fullmatch(pattern, path)]
    others = [
        why for why, pattern in NOT_OFFERED.items() if re.fullmatch(pattern, path, re.VERBOSE)
    ]
    return offered + others


@pytest.mark.parametrize("case", CASES)
def test_every_leaf_is_computed_or_named(case):
    """Oracle: krippendorff 0.9.0, R irrCAC 1.0, irr 0.84.1 and vegan, NLTK, statsmodels 0.15, and
    printed tables; 1e-9 is far above rounding and far below a wrong formula."""
    for path, value in leaves(CASES[case]):
        rules = rules_of(path)
        assert len(rules) == 1, f"{case}/{path} is named by {rules or 'nobody'}"
        if rules[0] not in OFFERED:
            continue
        groups = re.fullmatch(rules[0], path).groups()
        found = OFFERED[rules[0]](case, *groups)
        if path.startswith("bootstrap"):  # two seeds of a bootstrap: the case has its tolerance
            limits = CASES[case]["bootstrap"][groups[0]]
            found = [found[0].ci_low, found[0].ci_high]
            assert_allclose(found, value, rtol=0, atol=limits["tol_ci"], err_msg=path)
        elif isinstance(value, str):
            assert found == value
        else:
            assert_allclose(found, value, rtol=1e-9, err_msg=path)


def test_no_rule_is_without_a_leaf_and_a_new_leaf_would_be_seen():
    named = {rule for _, path, _ in LEAVES for rule in rules_of(path)}
    assert named == {*OFFERED, *NOT_OFFERED, "about"}
    assert set(CONTENT) == {"about", "versions", "cases"}
    assert rules_of("expected/scott_pi/value") == []
    assert rules_of("expected/gwet_ac1/another") == []
