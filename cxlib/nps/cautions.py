"""Estimates -> sentences that say what to be careful about."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from cxlib import language as words
from cxlib.nps.counts import ScoreCounts

FEW_ANSWERS, FEW_OF_A_KIND, FEW_FOR_WALD, LOW_SHARE = 30, 5, 50, 0.6


def of_segments(frame: pd.DataFrame, counts: ScoreCounts) -> tuple[str, ...]:
    """Say which segments are small, lopsided, without an answer, or worth far fewer answers than
    they have."""
    by, out = counts.by, [*of_empty(counts)]
    if frame.empty:
        return (words.text("nps.nobody_in", columns=words.joined(map(repr, by))),)
    name = named(frame, by)
    small = frame["n"] < FEW_ANSWERS
    rare = ~small & (frame[["promoters", "detractors"]].min(axis=1) < FEW_OF_A_KIND)
    if small.any():
        out.append(words.text("nps.small_n", limit=FEW_ANSWERS, names=listed(name[small])))
    if rare.any():
        out.append(words.text("nps.few_of_a_kind", limit=FEW_OF_A_KIND, names=listed(name[rare])))
    single = frame["ci_low"].isna()
    if counts.design and single.any():
        out.append(words.text("nps.single_cluster", names=listed(name[single])))
    if counts.design.weight:
        unweighted = 100 * (frame["promoters"] - frame["detractors"]) / frame["n"]
        most = (frame["nps"] - unweighted).abs().idxmax()
        plain, nps = words.points(unweighted[most]), words.points(frame.loc[most, "nps"])
        if plain != nps:
            out.append(words.text("nps.weights_move", name=name[most], plain=plain, nps=nps))
    low = frame["n_eff"] < LOW_SHARE * frame["n"]
    if low.any():
        worst = (frame["n_eff"] / frame["n"]).idxmin()
        out.append(
            words.text(
                "nps.low_n_eff",
                names=listed(name[low]),
                n=words.number(frame.loc[worst, "n"]),
                n_eff=words.number(frame.loc[worst, "n_eff"]),
            )
        )
    return tuple(out)


def of_empty(counts: ScoreCounts) -> tuple[str, ...]:
    """Say which segments have rows, but none that counts."""
    if counts.empty is None or counts.empty.empty:
        return ()
    key = "nps.no_answer" if counts.design.weight is None else "nps.no_weighted_answer"
    return (words.text(key, names=listed(named(counts.empty, counts.by))),)


def of_method(frame: pd.DataFrame, method: str | None, by: Sequence[str]) -> tuple[str, ...]:
    """Say where an interval that is popular and wrong was asked for."""
    fragile = (frame[["promoters", "detractors"]].min(axis=1) < FEW_OF_A_KIND) | (
        frame["n"] < FEW_FOR_WALD
    )
    name, out = named(frame, by), []
    if method in ("wald", "t", "bootstrap", "bca") and fragile.any():
        out.append(
            words.text(
                "nps.fragile",
                method=frame["method"].iloc[0],
                names=listed(name[fragile]),
                limit=FEW_OF_A_KIND,
                n=FEW_FOR_WALD,
            )
        )
    if (
        method in ("wald", "t", "adjusted_wald")
        and ((frame["ci_low"] <= -100) | (frame["ci_high"] >= 100)).any()
    ):
        out.append(words.text("nps.cut"))
    if method == "t" and (frame["n"] < 2).any():
        out.append(words.text("nps.one_answer", names=listed(name[frame["n"] < 2])))
    return tuple(out)


def named(frame: pd.DataFrame, by: Sequence[str]) -> pd.Series:
    """Return how a reader would name each row."""
    if not by:
        return pd.Series(words.text("nps.all"), index=frame.index)
    return (
        frame[list(by)].map(words.label).agg(" · ".join, axis=1)
        if len(frame)
        else pd.Series(dtype=object)
    )


def listed(names: pd.Series, most: int = 6) -> str:
    """Join names, the first few of many."""
    rest = len(names) - most
    shown = list(names[:most]) + ([words.text("nps.more", n=rest)] if rest > 0 else [])
    return words.joined(shown)
