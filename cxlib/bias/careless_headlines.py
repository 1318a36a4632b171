"""The NPS and the effect of the flagged on it -> whether careless answers matter."""

from __future__ import annotations

import math

from cxlib.bias.flag_effects import FlagEffect, Kept
from cxlib.bias.kinds import Kind
from cxlib.bias.promoters import WeightedNps
from cxlib.bias.verdict_words import Basis, Found, Verdict
from cxlib.errors import ParameterError
from cxlib.shown.message import Message
from cxlib.shown.result import Absent


def judge(nps: WeightedNps | Absent, effect: FlagEffect | Absent) -> Found:
    """Compare the change of the NPS without the flagged with the sampling error of the NPS.

    Both are those of `effect`; where its weights are not those of the headline `nps`, it says so.
    """
    if isinstance(effect, Absent):
        why = Message("bias.says_care_unknown", why=effect.why)
        return Found(verdict=Verdict.NOTHING_KNOWN, said=why)
    if not effect.is_nps:
        raise ParameterError(
            f"without_flagged is about the mean of {effect.outcome!r}, and the verdict about the "
            "NPS; give effect_of_flags(..., score=...)"
        )
    rows = effect.frame.set_index("kind")
    every, rest = rows.loc[Kept.ALL], rows.loc[Kept.WITHOUT]
    change = float(rows.loc[Kept.DIFFERENCE, "nps"])
    half = float(every["ci_high"] - every["ci_low"]) / 2
    changes = abs(change) > half
    n = int(every["n"])
    said = Message(
        "bias.says_changes" if changes else "bias.says_changes_little",
        flagged=effect.flagged,
        n=n,
        nps=every["nps"],
        without=rest["nps"],
        half=half,
    )
    if not effect.flagged:
        said = Message("bias.flag_effect_none", n=n, at_least=effect.at_least)
    return Found(
        verdict=Verdict.CHANGES if changes else Verdict.CHANGES_LITTLE,
        said=_beside(nps, float(every["nps"]), said) if effect.flagged else said,
        basis=Basis.NPS_CHANGE,
        value=change,
        limit=half,
        n=n,
        confidence=float(every["confidence"]),
    )


def _beside(nps: WeightedNps | Absent, every: float, said: Message) -> Message:
    """Say that the headline is weighted otherwise, where it is."""
    if isinstance(nps, Absent):
        return said
    headline = float(nps.row(Kind.WEIGHTED)["nps"])
    if math.isclose(headline, every, rel_tol=0, abs_tol=1e-9):
        return said
    return Message("bias.says_changes_beside", said=said, nps=headline)
