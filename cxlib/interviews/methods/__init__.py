"""Arrays -> arrays that this study alone needs, and the names of its methods."""

from enum import StrEnum


class Method(StrEnum):
    """How a number of the study was made, as its column `method` has it."""

    KRIPPENDORFF_MASI = "krippendorff_masi"
    KRIPPENDORFF_NOMINAL = "krippendorff_nominal"
    KRIPPENDORFF_ORDINAL = "krippendorff_ordinal"
    KRIPPENDORFF_INTERVAL = "krippendorff_interval"
    KRIPPENDORFF_RATIO = "krippendorff_ratio"
    PERCENT_AGREEMENT = "percent_agreement"
    COHEN_KAPPA = "cohen_kappa"
    GWET_AC1 = "gwet_ac1"
    BRENNAN_PREDIGER = "brennan_prediger"
    FLEISS_KAPPA = "fleiss_kappa"
    WILSON = "wilson"
    COUNT = "count"
    SHARED_UNITS = "shared_units"
    DISAGREEMENTS = "disagreements"
    MOST_CODERS_FIRST = "most_coders_first"
    RAREFACTION = "rarefaction"
    CHAO2 = "chao2"
    CHAO2_CORRECTED = "chao2_corrected"
    GUEST = "guest"
