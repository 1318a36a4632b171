from .balance import Representativeness, Tests, representativeness, tests
from .histograms import Shape, shape
from .means import Mean, estimate_mean, weighted_mean
from .parameters import Parameters
from .promoters import WeightedNps, estimate_nps
from .propensity import RIndicator, r_indicator
from .ranges import Bounds, bounds
from .reading import Sample, read
from .sizes import group_sizes
from .stages import Funnel, funnel, last_stage
from .weighting import Weights, margins, rake

__all__ = [
    "Bounds",
    "Funnel",
    "Mean",
    "Parameters",
    "RIndicator",
    "Representativeness",
    "Sample",
    "Shape",
    "Tests",
    "WeightedNps",
    "Weights",
    "bounds",
    "estimate_mean",
    "estimate_nps",
    "funnel",
    "group_sizes",
    "last_stage",
    "margins",
    "r_indicator",
    "rake",
    "read",
    "representativeness",
    "shape",
    "tests",
    "weighted_mean",
]
