"""Who answered, and what would the silent ones change? The response-bias study."""

from cxlib.bias.bounds import Bounds, bounds
from cxlib.bias.funnel import Funnel, funnel, last_stage
from cxlib.bias.means import Mean, mean_beside, weighted_mean
from cxlib.bias.parameters import Parameters, Study, read
from cxlib.bias.promoters import NpsBeside, nps_beside
from cxlib.bias.propensity import RIndicator, r_indicator
from cxlib.bias.representativeness import Representativeness, Tests, representativeness, tests
from cxlib.bias.shape import Shape, shape
from cxlib.bias.weighting import Weights, margins, rake

__all__ = [
    "Bounds",
    "Funnel",
    "Mean",
    "NpsBeside",
    "Parameters",
    "RIndicator",
    "Representativeness",
    "Shape",
    "Study",
    "Tests",
    "Weights",
    "bounds",
    "funnel",
    "last_stage",
    "margins",
    "mean_beside",
    "nps_beside",
    "r_indicator",
    "rake",
    "read",
    "representativeness",
    "shape",
    "tests",
    "weighted_mean",
]
