from .answer_styles import ResponseStyles, response_styles
from .arrivals import EarlyLate, early_late
from .associations import Association, rao_scott
from .balance import Representativeness, Tests, representativeness, tests
from .calibration import calibrate
from .careless_answers import Careless, careless
from .deltas import Delta, delta
from .differences import Differences, weighted_differences
from .flag_effects import FlagEffect, effect_of_flags
from .histograms import Shape, shape
from .means import Mean, estimate_mean, weighted_mean
from .overviews import Sensitivity, sensitivity
from .parameters import Parameters
from .parts import PartialIndicators
from .pattern_mixtures import PatternMixture, pattern_mixture
from .poststratification import poststratify
from .promoters import WeightedNps, estimate_nps
from .propensity import RIndicator, partial_indicators, r_indicator
from .propensity_weighting import propensity_weights
from .ranges import Bounds, bounds
from .reading import Sample, read
from .reliability_of_scales import Reliability, reliability
from .sizes import group_sizes
from .stages import Funnel, funnel, last_stage
from .target_tables import read_targets
from .totals import Ratio, Total, weighted_ratio, weighted_total
from .trimming import trim
from .verdicts import Verdict, Verdicts, verdict
from .weight_files import WrittenWeights, write_weights
from .weighting import margins, rake, weigh
from .weights import Weights

__all__ = [
    "Association",
    "Bounds",
    "Careless",
    "Delta",
    "Differences",
    "EarlyLate",
    "FlagEffect",
    "Funnel",
    "Mean",
    "Parameters",
    "PartialIndicators",
    "PatternMixture",
    "RIndicator",
    "Ratio",
    "Reliability",
    "Representativeness",
    "ResponseStyles",
    "Sample",
    "Sensitivity",
    "Shape",
    "Tests",
    "Total",
    "Verdict",
    "Verdicts",
    "WeightedNps",
    "Weights",
    "WrittenWeights",
    "bounds",
    "calibrate",
    "careless",
    "delta",
    "early_late",
    "effect_of_flags",
    "estimate_mean",
    "estimate_nps",
    "funnel",
    "group_sizes",
    "last_stage",
    "margins",
    "partial_indicators",
    "pattern_mixture",
    "poststratify",
    "propensity_weights",
    "r_indicator",
    "rake",
    "rao_scott",
    "read",
    "read_targets",
    "reliability",
    "representativeness",
    "response_styles",
    "sensitivity",
    "shape",
    "tests",
    "trim",
    "verdict",
    "weigh",
    "weighted_differences",
    "weighted_mean",
    "weighted_ratio",
    "weighted_total",
    "write_weights",
]
