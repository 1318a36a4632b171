"""What a row of a result is: which NPS or mean it tells of, and by which method."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What a row tells of: an estimate with its sampling error, or a range of what is possible."""

    UNWEIGHTED = "unweighted"
    WEIGHTED = "weighted"
    INVITED = "invited"
    POPULATION = "population"
    PATTERN_MIXTURE = "pattern_mixture"
    DELTA = "delta"
    EARLY_LATE = "early_late"


class Method(StrEnum):
    """How a row was made."""

    ALPHA = "alpha"
    ARRIVAL = "arrival"
    BASE_WEIGHTS = "base_weights"
    CALIBRATED_LINEARISED = "calibrated_linearised"
    CHI_SQUARE = "chi_square"
    COUNT = "count"
    DELTA = "delta"
    EXTRAPOLATED = "extrapolated"
    GOODNESS_OF_FIT = "goodness_of_fit"
    JACKKNIFE = "jackknife"
    LINEAR = "linear"
    LINEARISED = "linearised"
    LOGIT = "logit"
    MANSKI = "manski"
    MANSKI_SAMPLED = "manski_sampled"
    NO_TEST = "no_test"
    PATTERN_MIXTURE = "pattern_mixture"
    POSTSTRATIFICATION = "poststratification"
    PROPENSITY = "propensity"
    RAKED_LINEARISED = "raked_linearised"
    RAKING = "raking"
    RAKING_DISTANCE = "raking_distance"
    RAO_SCOTT = "rao_scott"
    REFITTED_JACKKNIFE = "refitted_jackknife"
    R_INDICATOR = "r_indicator"
    SHAPE = "shape"
    STANDARDISED = "standardised"
    STUDENT = "student"
    TRIMMED = "trimmed"
    VERDICT = "verdict"
    WILSON = "wilson"
