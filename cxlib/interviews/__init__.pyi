from .agreement import Agreement, agreement
from .alpha import Alpha, krippendorff_alpha
from .by_case import ByCase, by_case
from .cooccurrence import Cooccurrence, cooccurrence
from .corpus import Corpus
from .counts import count_values
from .disagreements import Disagreements, disagreements
from .methods.richness import chao2
from .pairs import Pairs, pairs
from .parameters import Parameters
from .prevalence import Prevalence, prevalence
from .quotes import Quotes, quotes
from .reading import read, read_corpus
from .saturation import Saturation, accumulate, saturation
from .sizes import group_sizes

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
    "group_sizes",
    "krippendorff_alpha",
    "pairs",
    "prevalence",
    "quotes",
    "read",
    "read_corpus",
    "saturation",
]
