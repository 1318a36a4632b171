"""Every value of expected_r.json (R 4.2.2: base, survey 4.1, coin 1.4: make_r.R; the answers are
synthetic, CC0) against ours."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

from cxlib import nps
from cxlib.methods import multiplicity
from cxlib.nps.design import linearise
from cxlib.nps.methods import differences, intervals
from tests.conftest import ORACLES
from tests.nps.leaves import CLOSED, EXACT, Oracle

ROWS = pd.read_csv(ORACLES / "nps" / "responses.csv")
NUMBERS = {"n": "n", "pro": "promoters", "pas": "passives", "det": "detractors"}
ENDS = ("ci_low", "ci_high")
DESIGNS = {
    "weights_only": {"weight": "weight"},
    "strata": {"weight": "weight", "strata": "stratum"},
    "strata_cluster": {"weight": "weight", "strata": "stratum", "cluster": "store"},
}
POPULATION = {"日本": 0.30, "한국": 0.25, "US": 0.25, "EU": 0.20}


@cache
def scored(by=None, design=None, method=None):
    frame = nps.score(ROWS, score="ltr", by=by, method=method, **DESIGNS.get(design, {})).frame
    return frame.set_index(by) if by else frame.set_axis(["all"])


def all_of(name, method="score"):
    return lambda: scored(method=method).loc["all", name] / 100


def segment(column, design=None):
    """Values of `by_segment`, `by_wave`: counts as they are, NPS and standard errors in points."""

    def value(of, key):
        row = scored(column, design).loc[of]
        return row[NUMBERS[key]] if key in NUMBERS else row[key.removesuffix("_wald")] / 100

    return value


def of_all(name):
    """Moments of the interval that `nps.score(method=name)` makes, from the counts of all
    answers."""
    a, n, c = (scored().loc["all", kind] for kind in ("promoters", "n", "detractors"))
    return intervals.moments(a, n, c, method=name)


def t_of_all():
    centre, variance, _ = of_all("t")
    return centre / np.sqrt(variance)


@cache
def compared(column, b, a, method=None, design=None, adjust="none"):
    """R has x minus y, so y is a."""
    frame = nps.compare(
        ROWS,
        score="ltr",
        between=column,
        reference=a,
        method=method,
        adjust=adjust,
        **DESIGNS.get(design, {}),
    ).frame
    return frame.set_index("b").loc[b]


@cache
def permuted(column, b, a):
    two = ROWS[ROWS[column].isin([a, b])]
    return nps.permutation_test(two, score="ltr", between=column).frame["pvalue"].item()


@cache
def ranked(column, b, a):
    return (
        nps.compare_ranks(ROWS, score="ltr", between=column).frame.set_index(["a", "b"]).loc[(a, b)]
    )


def adjusted_difference(*pair):
    """`compare` shows the plain difference; the adjusted one is the centre of its interval."""
    row = compared(*pair, method="adjusted_wald")
    return (row["ci_low"] + row["ci_high"]) / 200


def two_samples(name, *pair):
    def symmetric(column, method, scale):
        return lambda *end: compared(*pair, method=method)[ENDS[end[0]] if end else column] / scale

    ways = {
        "n/*": lambda i: compared(*pair)[("n_b", "n_a")[i]],
        "diff": symmetric("difference", "wald", 100),
        "wald_se": symmetric("se", "wald", 100),
        "wald_z": symmetric("statistic", "wald", 1),
        "wald_p": symmetric("pvalue", "wald", 1),
        "wald_ci/*": symmetric(None, "wald", 100),
        "welch_t": symmetric("statistic", "t", 1),
        "welch_df": symmetric("df", "t", 1),
        "welch_p": symmetric("pvalue", "t", 1),
        "welch_ci/*": symmetric(None, "t", 100),
        "aw3_diff": lambda: adjusted_difference(*pair),
        "aw3_z": symmetric("statistic", "adjusted_wald", 1),
        "aw3_p": symmetric("pvalue", "adjusted_wald", 1),
        "aw3_ci/*": symmetric(None, "adjusted_wald", 100),
        "mannwhitney_raw_0_10/W": lambda: ranked(*pair)["u"],
        "mannwhitney_raw_0_10/p_nocc": lambda: ranked(*pair)["mw_pvalue"],
        "exact_permutation_p_two_sided": lambda: permuted(*pair),
    }
    return {f"{name}/{key}": (way, CLOSED) for key, way in ways.items()}


@cache
def homogeneous(method):
    return nps.homogeneity(ROWS, score="ltr", between="channel", method=method).frame.iloc[0]


def of_channels(method, name):
    return lambda: homogeneous(method)[name]


@cache
def kruskal():
    return nps.rank_test(ROWS, score="ltr", between="channel").frame.iloc[0]


@cache
def channel_pairs(adjust):
    """All pairs as R has them: either name may be first, and ours is the second minus the first."""
    frame = nps.compare(ROWS, score="ltr", between="channel", method="wald", adjust=adjust).frame
    return {
        (first, second): row[["difference", "statistic", "pvalue", "pvalue_adj"]].astype(float)
        * [sign, sign, 1, 1]
        for _, row in frame.iterrows()
        for first, second, sign in ((row["a"], row["b"], -1), (row["b"], row["a"], 1))
    }


def pair_of_channels(name, adjust="none", scale=1):
    def value(i):
        names = tuple(ORACLE.values[f"pairwise_channel/{i}/{side}"] for side in "AB")
        return channel_pairs(adjust)[names][name] / scale

    return value


@cache
def linearised(design, **cuts):
    return linearise(nps.count_scores(ROWS, score="ltr", **DESIGNS[design], **cuts))


def survey(design):
    def row(name, scale=100):
        return lambda *end: scored(design=design).loc["all", ENDS[end[0]] if end else name] / scale

    return {
        f"survey/{design}/{key}": (way, CLOSED)
        for key, way in {
            "nps": row("nps"),
            "se": row("se"),
            "ci_t/*": row(None),
            "df": lambda: linearised(design).df[0],
        }.items()
    }


def shares():
    """Shares and their covariances from NPS at other cut points: with no passives the NPS is 2 p -
    1, or 1 - 2 q."""
    of_p, of_q, of_d = (
        linearised("strata_cluster", **cuts) for cuts in ({"detractor": 8}, {"promoter": 7}, {})
    )
    p, q = (1 + of_p.nps[0]) / 2, (1 - of_q.nps[0]) / 2
    pp, qq = of_p.variance[0] / 4, of_q.variance[0] / 4
    pq = (pp + qq - of_d.variance[0]) / 2
    return [p, 1 - p - q, q], [
        [pp, -pp - pq, pq],
        [-pp - pq, pp + qq + 2 * pq, -qq - pq],
        [pq, -qq - pq, qq],
    ]


def design_effect(design):
    def value():
        row = scored(design=design).loc["all"]
        return row["n"] / row["n_eff"]

    return value


def contrast(name, scale=100):
    return lambda: compared("segment", "US", "EU", design="strata_cluster")[name] / scale


def post_stratified(name):
    return lambda: (
        nps.post_stratify(ROWS, score="ltr", by="segment", shares=POPULATION, weight="weight")
        .frame[name]
        .item()
        / 100
    )


@cache
def boxed(score, top, box, method="wilson"):
    return nps.top_box(ROWS, score=score, scale=(1, top), box=box, method=method).frame.iloc[0]


def satisfied(name, method="wilson"):
    return lambda *end: boxed("csat", 5, 2, method)[ENDS[end[0]] if end else name]


ORACLE = Oracle(
    "expected_r.json",
    compared={
        **{
            f"counts/{key}": (lambda key=key: scored().loc["all", NUMBERS[key]], EXACT)
            for key in ("pro", "pas", "det")
        },
        "n": (lambda: scored().loc["all", "n"], EXACT),
        "nps": (all_of("nps"), CLOSED),
        "var_n": (lambda: of_all("wald")[1] * 1200, CLOSED),
        "se_wald": (all_of("se"), CLOSED),
        "se_t": (all_of("se", "t"), CLOSED),
        "one_sample_t/ci/*": (lambda end: scored(method="t").loc["all", ENDS[end]] / 100, CLOSED),
        "one_sample_t/t": (t_of_all, CLOSED),
        "one_sample_t/df": (lambda: of_all("t")[2], EXACT),
        "one_sample_t/p": (
            lambda: differences.pvalue(t_of_all(), of_all("t")[2], "two-sided"),
            CLOSED,
        ),
        "by_segment/*/*": (segment("segment"), CLOSED),
        "by_wave/*/*": (segment("wave"), CLOSED),
        **two_samples("two_sample_US_vs_EU", "segment", "US", "EU"),
        **two_samples("two_sample_Q4_vs_Q3", "wave", "2024Q4", "2024Q3"),
        "k_sample_channel/wald_Q": (of_channels("wald", "statistic"), CLOSED),
        "k_sample_channel/df": (of_channels("wald", "df"), EXACT),
        "k_sample_channel/wald_p": (of_channels("wald", "pvalue"), CLOSED),
        "k_sample_channel/welch_F": (of_channels("welch", "statistic"), CLOSED),
        "k_sample_channel/welch_df/*": (
            lambda i: homogeneous("welch")[("df", "df_error")[i]],
            CLOSED,
        ),
        "k_sample_channel/welch_p": (of_channels("welch", "pvalue"), CLOSED),
        "k_sample_channel/kruskal_H": (lambda: kruskal()["statistic"], CLOSED),
        "k_sample_channel/kruskal_p": (lambda: kruskal()["pvalue"], CLOSED),
        "pairwise_channel/*/diff": (pair_of_channels("difference", scale=100), CLOSED),
        "pairwise_channel/*/z": (pair_of_channels("statistic"), CLOSED),
        "pairwise_channel/*/p_unc": (pair_of_channels("pvalue"), CLOSED),
        "pairwise_channel/*/p_holm": (pair_of_channels("pvalue_adj", "holm"), CLOSED),
        "pairwise_channel/*/p_bh": (pair_of_channels("pvalue_adj", "BH"), CLOSED),
        "pairwise_channel/*/p_by": (pair_of_channels("pvalue_adj", "BY"), CLOSED),
        **survey("weights_only"),
        **survey("strata"),
        **survey("strata_cluster"),
        "survey/weights_only/deff": (design_effect("weights_only"), CLOSED),
        "survey/strata_cluster/deff": (design_effect("strata_cluster"), CLOSED),
        "survey/strata_cluster/shares/*": (lambda i: shares()[0][i], CLOSED),
        "survey/strata_cluster/shares_vcov/*/*": (lambda i, j: shares()[1][i][j], CLOSED),
        "survey/kish_neff": (lambda: linearised("weights_only").kish[0], CLOSED),
        "survey/by_segment_domain/*/*": (segment("segment", "strata_cluster"), CLOSED),
        "survey/by_wave_domain/*/*": (segment("wave", "strata_cluster"), CLOSED),
        # R compares in subset(design, US or EU), ours in the whole design: the same se
        "survey/svyttest_US_minus_EU/diff": (contrast("difference"), CLOSED),
        "survey/svyttest_US_minus_EU/t": (contrast("statistic", 1), CLOSED),
        "survey/svyttest_US_minus_EU/df": (contrast("df", 1), EXACT),
        "survey/svyttest_US_minus_EU/p": (contrast("pvalue", 1), CLOSED),
        "survey/contrast_US_minus_EU/diff": (contrast("difference"), CLOSED),
        "survey/contrast_US_minus_EU/se": (contrast("se"), CLOSED),
        "survey/poststratified_30_25_25_20/nps": (post_stratified("nps"), CLOSED),
        "survey/poststratified_30_25_25_20/se": (post_stratified("se"), CLOSED),
        "csat_top2/x": (satisfied("top"), EXACT),
        "csat_top2/n": (satisfied("n"), EXACT),
        "csat_top2/p": (satisfied("rate"), CLOSED),
        "csat_top2/wilson/*": (satisfied(None), CLOSED),
        "csat_top2/clopper_pearson/*": (satisfied(None, "clopper_pearson"), CLOSED),
        "csat_top2/jeffreys/*": (satisfied(None, "jeffreys"), CLOSED),
        "ces_mean/mean": (lambda: boxed("ces", 7, 3)["mean"], CLOSED),
        "ces_mean/ci/*": (lambda end: boxed("ces", 7, 3)[f"mean_{ENDS[end]}"], CLOSED),
        "ces_mean/top3": (lambda: boxed("ces", 7, 3)["rate"], CLOSED),
    },
    given={
        "r",
        "survey_version",
        "units",
        "pairwise_channel/*/A",
        "pairwise_channel/*/B",
        "survey/strata_cluster/shares_order/*",
    },
    later={
        "panel": "the same customers in two waves",
        "clm_ltr_on_segment": "ordinal models",
        "clm_category_on_drivers": "ordinal models",
        "drivers_ols_on_k": "drivers of the score",
    },
    not_offered={
        # another question: three shares alike, which segments with equal NPS need not have
        **{
            f"two_sample_{pair}/chisq3": "chi-squared of three columns"
            for pair in ("US_vs_EU", "Q4_vs_Q3")
        },
        **{
            f"k_sample_channel/{key}": "chi-squared of three columns"
            for key in ("chisq", "chisq_df", "chisq_p")
        },
        # Holm holds the same error rate and always finds as much
        "pairwise_channel/*/p_bonf": "Bonferroni",
        # Mann-Whitney is made without correction for continuity, which is p_nocc
        **{
            f"two_sample_{pair}/mannwhitney_raw_0_10/p_cc": "correction for continuity"
            for pair in ("US_vs_EU", "Q4_vs_Q3")
        },
    },
)


@pytest.mark.parametrize("path", ORACLE.paths)
def test_every_value_equals_r(path):
    ORACLE.check(path)


def test_no_value_is_left_out():
    ORACLE.refuse_gaps()


def test_every_pair_and_segment_of_ours_is_in_the_file():
    names = {
        frozenset((pair["a"], pair["b"]))
        for _, pair in nps.compare(ROWS, score="ltr", between="channel").frame.iterrows()
    }
    wanted = {
        frozenset(ORACLE.values[f"pairwise_channel/{i}/{side}"] for side in "AB") for i in range(45)
    }
    assert names == wanted
    for column in ("segment", "wave"):
        assert set(scored(column).index) == {
            path.split("/")[1] for path in ORACLE.values if path.startswith(f"by_{column}/")
        }


def test_holm_of_the_files_own_p_values_equals_r():
    p, holm = (
        [ORACLE.values[f"pairwise_channel/{i}/{key}"] for i in range(45)]
        for key in ("p_unc", "p_holm")
    )
    np.testing.assert_allclose(multiplicity.adjust_pvalues(p), holm, **CLOSED)
