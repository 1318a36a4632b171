"""Estimates -> what to be careful about, as messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from cxlib.methods.multiplicity import Adjustment
from cxlib.nps.method_names import Method
from cxlib.nps.score_counts import ZERO_WEIGHT, ScoreCounts
from cxlib.rows.scales import Reason
from cxlib.shown import language as words
from cxlib.shown.message import Message, Names

FEW_ANSWERS, FEW_OF_A_KIND, FEW_FOR_WALD, LOW_SHARE = 30, 5, 50, 0.6
_FRAGILE = (Method.WALD, Method.T, Method.WELCH_T, Method.BOOTSTRAP, Method.BCA)
_CUT = (Method.WALD, Method.T, Method.WELCH_T, Method.ADJUSTED_WALD)


def of_segments(frame: pd.DataFrame, counts: ScoreCounts, by: Sequence[str]) -> tuple[Message, ...]:
    """Say which segments are small, lopsided, without an answer, or worth far fewer answers than
    they have."""
    out = [*of_counts(counts)]
    if frame.empty:
        return (nobody_in(counts.by),)
    name = names(frame, by)
    small = frame["n"] < FEW_ANSWERS
    rare = ~small & (frame[["promoters", "detractors"]].min(axis=1) < FEW_OF_A_KIND)
    if small.any():
        out.append(Message("nps.small_n", limit=FEW_ANSWERS, names=list(name[small])))
    if rare.any():
        out.append(Message("nps.few_of_a_kind", limit=FEW_OF_A_KIND, names=list(name[rare])))
    single = frame["ci_low"].isna()
    if counts.design and single.any():
        out.append(Message("nps.single_cluster", names=list(name[single])))
    if counts.design.weight:
        out += _weights_move(frame, name)
    low = frame["n_eff"] < LOW_SHARE * frame["n"]
    if low.any():
        worst = (frame["n_eff"] / frame["n"]).idxmin()
        n, n_eff = frame.loc[worst, "n"], frame.loc[worst, "n_eff"]
        out.append(Message("nps.low_n_eff", names=list(name[low]), n=n, n_eff=n_eff))
    return tuple(out)


def _weights_move(frame: pd.DataFrame, name: pd.Series) -> list[Message]:
    unweighted = 100 * (frame["promoters"] - frame["detractors"]) / frame["n"]
    most = (frame["nps"] - unweighted).abs().idxmax()
    plain, nps = float(unweighted[most]), float(frame.loc[most, "nps"])
    if words.write(plain, "points") == words.write(nps, "points"):
        return []
    return [Message("nps.weights_move", name=name[most], plain=plain, nps=nps)]


def of_counts(counts: ScoreCounts) -> tuple[Message, ...]:
    """Say what was noticed about the names of segments, how many answers have weight 0 or are
    not on the scale, and which segments have rows, but none that counts."""
    noticed = counts.warnings
    if zero := (counts.dropped or {}).get(ZERO_WEIGHT):
        noticed = (*noticed, Message("nps.zero_weight", n=zero))
    outside = [counts.dropped.get(why, 0) for why in (Reason.OUT_OF_RANGE, Reason.NOT_WHOLE)]
    if any(outside):
        low, high = counts.scale
        noticed = (*noticed, Message("nps.scores_outside", n=sum(outside), low=low, high=high))
    if counts.empty is None or counts.empty.empty:
        return noticed
    absent = list(names(counts.empty, list(counts.keys.values())))
    if counts.design.weight is None:
        return (*noticed, Message("nps.no_answer", names=absent))
    return (*noticed, Message("nps.no_weighted_answer", names=absent))


def of_method(frame: pd.DataFrame, method: Method, by: Sequence[str]) -> tuple[Message, ...]:
    """Say where an interval that is popular and wrong was asked for."""
    fragile = (frame[["promoters", "detractors"]].min(axis=1) < FEW_OF_A_KIND) | (
        frame["n"] < FEW_FOR_WALD
    )
    name, out = names(frame, by), []
    if method in _FRAGILE and fragile.any():
        out.append(
            Message(
                "nps.fragile",
                method=method,
                names=list(name[fragile]),
                limit=FEW_OF_A_KIND,
                n=FEW_FOR_WALD,
            )
        )
    if method in _CUT and ((frame["ci_low"] <= -100) | (frame["ci_high"] >= 100)).any():
        out.append(Message("nps.cut"))
    if method in (Method.T, Method.WELCH_T) and (frame["n"] < 2).any():
        out.append(Message("nps.one_answer", names=list(name[frame["n"] < 2])))
    return tuple(out)


def of_family(pairs: int, adjust: str) -> tuple[Message, ...]:
    """Say that several pairs were tested at once, and whether p values are adjusted for it."""
    how = Adjustment(adjust)
    if pairs < 2:
        return ()
    if how is Adjustment.NONE:
        return (Message("nps.family_none", pairs=pairs),)
    if how is Adjustment.HOLM:
        return (Message("nps.family_any", pairs=pairs, method=how),)
    return (Message("nps.family_share", pairs=pairs, method=how),)


def of_pvalues(pairs: int, adjust: str) -> tuple[Message, ...]:
    """As `of_family`, where there are no intervals to speak of."""
    if pairs < 2:
        return ()
    if adjust == Adjustment.NONE:
        return (Message("nps.tested_unadjusted", pairs=pairs),)
    return (Message("nps.tested_together", pairs=pairs, adjust=Adjustment(adjust)),)


def nobody_in(columns: Sequence[str]) -> Message:
    """Say that no answer has a value in these columns."""
    return Message("nps.nobody_in", columns=list(columns))


def one_value(column: str, value: Any) -> Message:
    """Say that there is nothing to compare with."""
    return Message("nps.one_value", column=column, value=value)


def names(frame: pd.DataFrame, by: Sequence[str]) -> pd.Series:
    """Return how a reader would name each row."""
    return pd.Series([name_of(row, by) for row in frame.to_dict("records")], frame.index, object)


def name_of(row: Mapping[Any, Any] | pd.Series, by: Sequence[str]) -> Any:
    """Return the name of one row: its values in these columns, or all answers where there are
    none."""
    if not len(by):
        return Message("nps.all")
    if len(by) == 1:
        return row[by[0]]
    return Names(tuple(row[column] for column in by))
