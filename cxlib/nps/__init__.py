"""Did the score really move? NPS with intervals, and tests between waves and segments."""

from cxlib.nps.answers import Answers, Parameters, comments, read
from cxlib.nps.comparison import Comparison, compare
from cxlib.nps.counts import ScoreCounts, count_scores
from cxlib.nps.distribution import Distribution, distribution
from cxlib.nps.homogeneity import Homogeneity, homogeneity
from cxlib.nps.league import League, league
from cxlib.nps.monitoring import Monitor, monitor
from cxlib.nps.next_wave import NextWave, next_wave
from cxlib.nps.permutation import PermutationTest, permutation_test
from cxlib.nps.planning import Plan, detectable, power, sample_size
from cxlib.nps.post_stratification import post_stratify
from cxlib.nps.ranks import RankComparison, RankTest, compare_ranks, rank_test
from cxlib.nps.robustness import Robustness, robustness
from cxlib.nps.scores import Scores, score
from cxlib.nps.top_box import TopBox, top_box
from cxlib.nps.waves import Waves, waves

__all__ = [
    "Answers",
    "Comparison",
    "Distribution",
    "Homogeneity",
    "League",
    "Monitor",
    "NextWave",
    "Parameters",
    "PermutationTest",
    "Plan",
    "RankComparison",
    "RankTest",
    "Robustness",
    "ScoreCounts",
    "Scores",
    "TopBox",
    "Waves",
    "comments",
    "compare",
    "compare_ranks",
    "count_scores",
    "detectable",
    "distribution",
    "homogeneity",
    "league",
    "monitor",
    "next_wave",
    "permutation_test",
    "post_stratify",
    "power",
    "rank_test",
    "read",
    "robustness",
    "sample_size",
    "score",
    "top_box",
    "waves",
]


def __dir__() -> list[str]:
    return __all__  # what a notebook completes; the modules beneath are imported by their names
