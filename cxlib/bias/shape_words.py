"""Shapes of scores and their tests -> what is said of them: one peak, two peaks, or cannot tell."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from cxlib.bias.methods import unimodality
from cxlib.shown.message import Message, Sentences

ENOUGH = 30  # answers, for a channel to be named in the title, and for peaks to be spoken of
ALL = ""  # the group of all channels together
SURE = 0.05  # an adjusted p value below it is not put down to chance
HEAP = 1.96  # standard errors above the likeliest shape with one peak, from which a heap is named
SMALL = 0.05  # share of answers out of place that many answers show, but that says little
PLAIN = 0.9  # power below which it is said what might have been missed


def far(scores: int) -> int:
    """How many scores apart two peaks must lie to be spoken of as camps: a third of the scale.

    Examples
    --------
    >>> far(11), far(5)
    (4, 2)
    """
    return max(-(-(scores - 1) // 3), 2)


def finding(frame: pd.DataFrame, histogram: pd.DataFrame, scale: tuple[int, int]) -> Sentences:
    """Say how much lies at the ends, whether there are two peaks, and what that may mean.

    Parameters
    ----------
    frame, histogram : pandas.DataFrame
        As `Shape` has them.
    scale : (int, int)
        Lowest and highest score.
    """
    row = frame.iloc[0]
    ends = Message(
        "bias.shape",
        n=row["n"],
        low=scale[0],
        high=scale[1],
        ends=row["share_ends"],
        lowest=row["share_low"],
        highest=row["share_high"],
    )
    here = histogram[histogram["channel"] == ALL]
    return Sentences((ends, *_judged(row, here), *_by_channel(frame, scale)))


def title(frame: pd.DataFrame, scale: tuple[int, int]) -> Message:
    """Return a figure's finding: where two peaks are beyond chance, or whose ends are fullest."""
    channels = frame[frame["channel"] != ALL]
    two = channels.loc[_far_apart(channels, scale), "channel"].tolist()
    if two:
        return Message("bias.shape_title_channels", names=two)
    enough = channels[channels["n"] >= ENOUGH]
    several = len(enough) > 1
    row = enough.sort_values("share_ends", kind="stable").iloc[-1] if several else frame.iloc[0]
    if not several and _far_apart(frame, scale).iloc[0]:
        return Message("bias.shape_title_two", low=row["peak_low"], high=row["peak_high"])
    return Message(
        "bias.shape_title" if several else "bias.shape_title_all",
        channel=row["channel"],
        ends=row["share_ends"],
        low=scale[0],
        high=scale[1],
    )


def _judged(row: pd.Series, here: pd.DataFrame) -> Iterator[Message]:
    """What is said of one histogram."""
    if np.isnan(row["bimodality"]) or np.isnan(row["pvalue"]):
        yield Message("bias.shape_unknown" if len(here) > 2 else "bias.shape_two_scores")
    elif row["n"] < ENOUGH:
        yield Message("bias.shape_cannot_tell", n=row["n"])
        yield from _missed(row["n"], here)
    elif row["pvalue"] < SURE and row["peak_high"] - row["peak_low"] >= far(len(here)):
        yield from _two_peaks(row, here)
    elif row["pvalue"] < SURE:
        low, high = row["peak_low"], row["peak_high"]
        yield Message("bias.shape_near", low=low, high=high, p=row["pvalue"])
        yield from _heap_at_middle(here, low, high)
        yield Message("bias.shape_no_evidence")
    else:
        peak = here["score"].iloc[unimodality.highest(here["one_peak"].to_numpy(), here["n"])]
        yield Message(
            "bias.shape_one_peak" if row["statistic"] else "bias.shape_one_peak_seen",
            peak=peak,
            p=row["pvalue"],
        )
        yield from _missed(row["n"], here)
        yield Message("bias.shape_no_evidence")


def _two_peaks(row: pd.Series, here: pd.DataFrame) -> Iterator[Message]:
    low, high, away = row["peak_low"], row["peak_high"], row["off_one_peak"]
    yield Message("bias.shape_two_peaks", low=low, high=high, p=row["pvalue"], away=away)
    if away < SMALL:
        yield Message("bias.shape_small", n=row["n"])
    yield from _larger(here, low, high)
    yield from _heap_at_middle(here, low, high)
    above, below = (
        here.loc[sign * (2 * here["score"] - low - high) > 0, "n"].sum() for sign in (1, -1)
    )
    content = above >= below
    yield Message("bias.shape_readings" if content else "bias.shape_readings_discontent")
    yield Message("bias.shape_tell_apart")


def _larger(here: pd.DataFrame, low: int, high: int) -> Iterator[Message]:
    """Name the likeliest pair where it is another than the one far apart: near peaks, of which more
    is beyond one peak."""
    found = unimodality.two_peaks(here["n"].to_numpy())
    near = [int(here["score"].iloc[place]) for place in found[1:]]
    if near[1] - near[0] < far(len(here)) and near[0] not in (low, high):
        yield Message("bias.shape_larger", low=near[0], high=near[1])


def _heap_at_middle(here: pd.DataFrame, low: int, high: int) -> Iterator[Message]:
    """Warn of a heap at the middle of the scale, which habit makes, where it is a peak or beyond
    what chance leaves above the likeliest shape with one."""
    middle = (here["score"].iloc[0] + here["score"].iloc[-1]) / 2
    if middle in (low, high):
        yield Message("bias.shape_middle", middle=int(middle))
    elif middle == int(middle):
        row = here[here["score"] == middle].iloc[0]
        error = np.sqrt(row["one_peak"] * (1 - row["one_peak"]) / here["n"].sum())
        if row["share"] - row["one_peak"] > HEAP * error:
            yield Message("bias.shape_heap", middle=int(middle), share=row["share"])


def _missed(n: int, here: pd.DataFrame) -> Iterator[Message]:
    """Say how often two plain camps would show in so many answers, where that is not nearly
    always."""
    camps = unimodality.two_camps(len(here))
    found = unimodality.power(n, camps)
    if found < PLAIN:
        yield Message(
            "bias.shape_power",
            n=n,
            power=found,
            lowest=here["score"].iloc[0],
            highest=here["score"].iloc[-1],
            share_low=camps[0],
            share_high=camps[-1],
        )


def _by_channel(frame: pd.DataFrame, scale: tuple[int, int]) -> Iterator[Message]:
    channels = frame[frame["channel"] != ALL]
    two = channels.loc[_far_apart(channels, scale), "channel"].tolist()
    if two:
        yield Message("bias.shape_channels", names=two, of=len(channels))
    elif len(channels) > 1 and _far_apart(frame, scale).iloc[0]:
        yield Message("bias.shape_mixed")


def _far_apart(frame: pd.DataFrame, scale: tuple[int, int]) -> pd.Series:
    """Whether each row has two peaks beyond chance that are far apart."""
    apart = (frame["peak_high"] - frame["peak_low"]).fillna(0)
    return (apart >= far(scale[1] - scale[0] + 1)) & (frame["n"] >= ENOUGH)
