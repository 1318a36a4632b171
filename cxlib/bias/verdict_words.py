"""The questions of a verdict, what may be said to each, and what it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from cxlib.shown.message import Message


class Question(StrEnum):
    """What a verdict answers; its words are `bias.question_<value>`."""

    REPRESENTATIVE = "representative"
    WEIGHTING = "weighting"
    SILENCE = "silence"
    SHAPE = "shape"
    CARE = "care"


class Verdict(StrEnum):
    """What may be said; its words are `bias.verdict_<value>`."""

    REPRESENTATIVE = "representative"
    NOT_REPRESENTATIVE = "not_representative"
    CANNOT_TELL = "cannot_tell"
    NOTHING_KNOWN = "nothing_known"
    MENDS = "mends"
    MENDS_PART = "mends_part"
    NOT_WEIGHTED = "not_weighted"
    CANNOT_BE_WEIGHTED = "cannot_be_weighted"
    HOLDS = "holds"
    SURVIVES = "survives"
    FAILS = "fails"
    CHANCE = "chance"
    TWO_PEAKS = "two_peaks"
    NOT_SHOWN = "not_shown"
    CHANGES = "changes"
    CHANGES_LITTLE = "changes_little"


class Basis(StrEnum):
    """What `value` and `limit` are; its words are `bias.basis_<value>`."""

    SMD = "smd"
    HIDDEN = "hidden"
    R_LOWER = "r_lower"
    NPS_CHANGE = "nps_change"
    ODDS = "odds"
    NPS_LIMIT = "nps_limit"
    PVALUE = "pvalue"
    NONE = "none"


UNITS = {
    Basis.NPS_CHANGE: "common.unit_points_change",
    Basis.NPS_LIMIT: "common.unit_points",
    Basis.PVALUE: "common.unit_p",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A verdict, what it rests on, and its sentence."""

    verdict: Verdict
    said: Message
    basis: Basis = Basis.NONE
    value: float = np.nan
    limit: float = np.nan
    n: int | None = None
    confidence: float = np.nan
