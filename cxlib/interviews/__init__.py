"""What do customers tell us, and do we agree on what they said? Transcripts and codings -> counts,
agreement, quotes."""

from cxlib.interviews.agreement import (
    Agreement,
    Disagreements,
    Pairs,
    agreement,
    disagreements,
    pairs,
)
from cxlib.interviews.alpha import Alpha, krippendorff_alpha
from cxlib.interviews.cooccurrence import Cooccurrence, cooccurrence
from cxlib.interviews.corpus import Corpus
from cxlib.interviews.counts import count_values
from cxlib.interviews.parameters import Parameters
from cxlib.interviews.prevalence import ByCase, Prevalence, by_case, prevalence
from cxlib.interviews.quotes import Quotes, quotes
from cxlib.interviews.saturation import Saturation, accumulate, chao2, saturation

__all__ = [
    "Agreement",
    "Alpha",
    "ByCase",
    "Cooccurrence",
    "Corpus",
    "Disagreements",
    "Pairs",
    "Parameters",
    "Prevalence",
    "Quotes",
    "Saturation",
    "accumulate",
    "agreement",
    "by_case",
    "chao2",
    "cooccurrence",
    "count_values",
    "disagreements",
    "krippendorff_alpha",
    "pairs",
    "prevalence",
    "quotes",
    "saturation",
]
