"""Every method of the study by name: the values of the column `method`."""

from __future__ import annotations

from enum import StrEnum


class Method(StrEnum):
    """How an estimate or a test was made; its words are `nps.method_<value>`."""

    # intervals of one NPS
    TANGO = "tango"
    NEWCOMBE = "newcombe"
    DIRICHLET = "dirichlet"
    ADJUSTED_WALD = "adjusted_wald"
    BOOTSTRAP = "bootstrap"
    BCA = "bca"
    WALD = "wald"
    T = "t"
    LINEARISED = "linearised"
    TANGO_ON_N_EFF = "tango_on_n_eff"
    POST_STRATIFIED = "post_stratified"
    # differences of two
    MOVER_OF_TANGO = "mover_of_tango"
    MOVER_OF_NEWCOMBE = "mover_of_newcombe"
    WELCH_T = "welch_t"
    PERMUTATION = "permutation"
    BRUNNER_MUNZEL = "brunner_munzel"
    WILSON_BOUND = "wilson_bound"
    # many segments or waves together
    WELCH_ANOVA = "welch_anova"
    WALD_Q = "wald_q"
    KRUSKAL_WALLIS = "kruskal_wallis"
    HIERARCHY = "hierarchy"
    CHART = "chart"
    MIXTURE = "mixture"
    SIDE_BY_SIDE = "side_by_side"
    # shares and counts
    WILSON = "wilson"
    CLOPPER_PEARSON = "clopper_pearson"
    JEFFREYS = "jeffreys"
    COUNT = "count"
    # plans
    NORMAL = "normal"
    NORMAL_LESS_THREE = "normal_less_three"
    DESIGN_EFFECT = "design_effect"
