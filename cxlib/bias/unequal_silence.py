"""The NPS, what is possible, and how much groups differed in answering -> whether silence could
turn its sign."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from cxlib.bias.kinds import Kind
from cxlib.bias.promoters import WeightedNps
from cxlib.bias.ranges import Bounds
from cxlib.bias.verdict_words import Basis, Found, Verdict
from cxlib.bias.yardsticks import Yardstick
from cxlib.shown.message import Message
from cxlib.shown.result import Absent


def judge(nps: WeightedNps | Absent, bounds: Bounds | Absent, odds: float) -> Found:
    """Say whether the sign of the NPS would survive unequal silence.

    The line is the larger of `odds` and the ratio of `bounds.yardstick`, where there is one.
    """
    if isinstance(nps, Absent) or isinstance(bounds, Absent):
        return Found(verdict=Verdict.NOTHING_KNOWN, said=Message("bias.says_silence_unknown"))
    row = nps.row(Kind.WEIGHTED)
    given: dict[str, Any] = {"n": int(row["n"]), "confidence": float(row["confidence"])}
    if row["ci_low"] <= 0 <= row["ci_high"]:
        words = {"low": row["ci_low"], "high": row["ci_high"], "level": row["confidence"]}
        said = Message("bias.says_chance", **words, n=row["n"])
        return Found(verdict=Verdict.CHANCE, said=said, basis=Basis.NPS_LIMIT, limit=0.0, **given)
    wide = bounds.frame.iloc[-1]
    if wide["ci_low"] > 0 or wide["ci_high"] < 0:
        ends = {"low": wide["ci_low"], "high": wide["ci_high"], "level": wide["confidence"]}
        asked = wide["confidence"] == 1  # no chance in it
        return Found(
            verdict=Verdict.HOLDS,
            said=Message("bias.says_holds_asked" if asked else "bias.says_holds", **ends),
            basis=Basis.NPS_LIMIT,
            value=float(wide["ci_low"] if wide["ci_low"] > 0 else wide["ci_high"]),
            limit=0.0,
            **given,
        )
    tipping = replace(bounds.turning, line=0.0).ratio  # of the sign, whatever their threshold
    if np.isnan(tipping):
        return Found(verdict=Verdict.CANNOT_TELL, said=Message("bias.tipping_none"), **given)
    turns = max(tipping, 1 / tipping) if (tipping > 1) == (row["nps"] > 0) else 1.0
    return _at_odds(turns, odds, bounds.yardstick, float(row["nps"]), given)


def _at_odds(
    turns: float, odds: float, yardstick: Yardstick | None, nps: float, given: Mapping[str, Any]
) -> Found:
    """Judge the odds that would turn the sign; 1 where weighting has turned it already."""
    line, why = _line(odds, yardstick)
    survives = turns > line
    more = Message("bias.promoters" if nps > 0 else "bias.detractors")
    less = Message("bias.detractors" if nps > 0 else "bias.promoters")
    key = "bias.says_survives" if survives else "bias.says_fails"
    return Found(
        verdict=Verdict.SURVIVES if survives else Verdict.FAILS,
        said=Message(key, times=turns, line=why, n=given["n"], more=more, less=less),
        basis=Basis.ODDS,
        value=turns,
        limit=line,
        **given,
    )


def _line(odds: float, yardstick: Yardstick | None) -> tuple[float, Message]:
    """Return the line and, in words, which it is and why."""
    if yardstick is None:
        return odds, Message("bias.odds_stated", odds=odds)
    values = {"column": yardstick.column, "ratio": yardstick.ratio}
    if yardstick.ratio <= odds:
        return odds, Message("bias.odds_stated_above", odds=odds, **values)
    sure = "bias.odds_of_groups" if yardstick.sure else "bias.odds_of_groups_chance"
    groups = {"most": yardstick.most, "least": yardstick.least}
    rates = {"most_rate": yardstick.most_rate, "least_rate": yardstick.least_rate}
    return yardstick.ratio, Message(sure, odds=odds, **values, **groups, **rates)
