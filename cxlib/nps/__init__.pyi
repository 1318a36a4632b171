from .comparison import compare
from .comparison_words import Comparison
from .counts import count_scores
from .equality import Homogeneity, homogeneity
from .histogram import Distribution, Kinds, distribution
from .monitoring import Monitor, monitor
from .parameters import Parameters
from .permutation import PermutationTest, permutation_test
from .planning import Plan, detectable, power, sample_size
from .post_stratification import post_stratify
from .ranking import League, league
from .ranks import RankComparison, RankTest, compare_ranks, rank_test
from .reading import Answers, comments, read
from .satisfaction import TopBox, top_box
from .score_counts import ScoreCounts
from .scores import NetPromoterScores, score
from .sizes import group_sizes
from .verdicts import Reason, Verdict
from .wave_chart import Waves, waves
from .wave_size import NextWave, next_wave
from .ways import Robustness, robustness

__all__ = [
    "Answers",
    "Comparison",
    "Distribution",
    "Homogeneity",
    "Kinds",
    "League",
    "Monitor",
    "NetPromoterScores",
    "NextWave",
    "Parameters",
    "PermutationTest",
    "Plan",
    "RankComparison",
    "RankTest",
    "Reason",
    "Robustness",
    "ScoreCounts",
    "TopBox",
    "Verdict",
    "Waves",
    "comments",
    "compare",
    "compare_ranks",
    "count_scores",
    "detectable",
    "distribution",
    "group_sizes",
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
