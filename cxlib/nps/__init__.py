"""Did the score really move? NPS with intervals, and tests between waves and segments."""

from cxlib.nps.answers import Answers, Parameters, comments, read
from cxlib.nps.comparison import Comparison, compare
from cxlib.nps.counts import ScoreCounts, count_scores
from cxlib.nps.distribution import Distribution, distribution
from cxlib.nps.ranks import RankTest, rank_test
from cxlib.nps.scores import Scores, score

__all__ = ["Answers", "Comparison", "Distribution", "Parameters", "RankTest", "ScoreCounts", "Scores", "comments", "compare",
           "count_scores", "distribution", "rank_test", "read", "score"]
