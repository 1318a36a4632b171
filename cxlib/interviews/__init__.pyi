from .agreement import Agreement, agreement
from .alpha import Alpha, krippendorff_alpha
from .apart import Apart, by_group
from .beside_alpha import Coefficients, coefficients
from .by_case import ByCase, by_case
from .chance_corrected import Coefficient, coefficient, cohen_kappa
from .code_list import Codebook, codebook
from .coded_views import View, Views, view, views
from .coder import Coder, code
from .cooccurrence import Cooccurrence, cooccurrence
from .corpus import Corpus
from .counts import count_values
from .disagreements import Disagreements, disagreements, write_settling
from .handing_out import HandedOut, write_sheets
from .hearing import Heard, heard
from .label_sets import count_sets
from .methods.richness import chao2
from .pairs import Pairs, pairs
from .parameters import Parameters
from .prevalence import Prevalence, prevalence
from .quotes import Quotes, quotes
from .reading import read, read_corpus
from .saturation import Saturation, accumulate, saturation
from .settler import Settler, settle
from .sheet_rows import is_sheet
from .sheet_writing import write_sheet
from .sheets import Sheet, read_sheet
from .sizes import group_sizes
from .stopping import Stopping, stopping
from .unit_comparison import UnitComparison, compare_units

__all__ = [
    "Agreement",
    "Alpha",
    "Apart",
    "ByCase",
    "Codebook",
    "Coder",
    "Coefficient",
    "Coefficients",
    "Cooccurrence",
    "Corpus",
    "Disagreements",
    "HandedOut",
    "Heard",
    "Pairs",
    "Parameters",
    "Prevalence",
    "Quotes",
    "Saturation",
    "Settler",
    "Sheet",
    "Stopping",
    "UnitComparison",
    "View",
    "Views",
    "accumulate",
    "agreement",
    "by_case",
    "by_group",
    "chao2",
    "code",
    "codebook",
    "coefficient",
    "coefficients",
    "cohen_kappa",
    "compare_units",
    "cooccurrence",
    "count_sets",
    "count_values",
    "disagreements",
    "group_sizes",
    "heard",
    "is_sheet",
    "krippendorff_alpha",
    "pairs",
    "prevalence",
    "quotes",
    "read",
    "read_corpus",
    "read_sheet",
    "saturation",
    "settle",
    "stopping",
    "view",
    "views",
    "write_settling",
    "write_sheet",
    "write_sheets",
]
