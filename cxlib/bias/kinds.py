"""What a row of a result is: which NPS or mean it tells of, and by which method."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What a row tells of: an estimate with its sampling error, or a range of what is possible."""

    UNWEIGHTED = "unweighted"
    WEIGHTED = "weighted"
    INVITED = "invited"
    POPULATION = "population"


class Method(StrEnum):
    """How a row was made."""

    BASE_WEIGHTS = "base_weights"
    CHI_SQUARE = "chi_square"
    COUNT = "count"
    GOODNESS_OF_FIT = "goodness_of_fit"
    LINEARISED = "linearised"
    MANSKI = "manski"
    MANSKI_SAMPLED = "manski_sampled"
    NO_TEST = "no_test"
    R_INDICATOR = "r_indicator"
    RAKED_LINEARISED = "raked_linearised"
    RAKING = "raking"
    SHAPE = "shape"
    STANDARDISED = "standardised"
    WILSON = "wilson"
