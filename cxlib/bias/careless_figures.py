"""Frames -> figures of careless answers and of answering styles. Nothing is computed here."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

import pandas as pd

from cxlib.shown import language as words
from cxlib.shown import theme
from cxlib.shown.message import Message

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def flag_shares(
    frame: pd.DataFrame,
    names: Sequence[StrEnum],
    ax: Axes | None = None,
    *,
    finding: Message,
    measured: Message,
    language: str = "en",
) -> Axes:
    """Draw `share` with its interval, a bar an index, smallest first (at the bottom)."""
    ax = theme.axes(ax, height=1.6 + 0.42 * len(frame))
    spots = range(len(frame))
    reach = [frame["share"] - frame["ci_low"], frame["ci_high"] - frame["share"]]
    ax.barh(
        spots,
        frame["share"],
        0.62,
        color=theme.BLUE,
        xerr=[each.clip(lower=0) for each in reach],
        error_kw={"ecolor": theme.INK, "elinewidth": 1, "capsize": 3},
    )
    for spot, row in zip(spots, frame.itertuples(), strict=True):
        note = words.text(
            "bias.mark_share", language, share=row.share, flagged=row.flagged, n=row.n
        )
        ax.annotate(
            note,
            (row.ci_high, spot),
            (5, 0),
            textcoords="offset points",
            va="center",
            fontsize=9,
        )
    ax.set_yticks(spots, [words.word(name, language) for name in names])
    ax.set_xlim(0, max(0.05, float(frame["ci_high"].max()) * 1.3))
    ax.set_xticks([])
    ax.spines["bottom"].set_visible(False)
    return theme.title(ax, finding.text(language), measured.text(language))


def styles(
    frame: pd.DataFrame,
    names: Sequence[StrEnum],
    ax: Axes | None = None,
    *,
    finding: Message,
    measured: Message,
    language: str = "en",
) -> Axes:
    """Draw `share` with its interval, a line a group, a colour a style."""
    groups = list(dict.fromkeys(frame["group"]))
    ax = theme.axes(ax, height=1.9 + 0.5 * len(groups))
    for number, (name, colour) in enumerate(zip(names, theme.PALETTE, strict=False)):
        here = frame[frame["style"] == name.value]
        spots = [
            groups.index(group) + (number - (len(names) - 1) / 2) * 0.2 for group in here["group"]
        ]
        ax.hlines(spots, here["ci_low"], here["ci_high"], color=colour, lw=1.6)
        ax.scatter(here["share"], spots, color=colour, s=34, label=words.word(name, language))
    sizes = frame.groupby("group")["n"].first()
    labels = [
        words.text("bias.funnel_group", language, name=group, n=sizes[group])
        if group
        else words.text("bias.panel_n", language, n=sizes[group])
        for group in groups
    ]
    ax.set_yticks(range(len(groups)), labels)
    ax.set_ylim(len(groups) - 0.4, -0.6)
    ax.set_xlim(0, 1)
    ticks = [0, 0.25, 0.5, 0.75, 1]
    ax.set_xticks(ticks, [words.write(tick, "percent0", language) for tick in ticks])
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=len(names), fontsize=9)
    return theme.title(ax, finding.text(language), measured.text(language))
