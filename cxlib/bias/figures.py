"""Frames -> figures of the bias study. Nothing is computed here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from cxlib import language as words
from cxlib import theme

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def love(
    frame: pd.DataFrame,
    names: Sequence[str],
    large: float,
    ax: Axes | None = None,
    *,
    finding: str,
    measured: str,
) -> Axes:
    """Draw `smd` of each category, sorted; those beyond `large` in colour."""
    ax = theme.axes(ax, height=1.6 + 0.3 * len(frame))
    spots = range(len(frame))
    ax.axvspan(-large, large, color=theme.PALE, alpha=0.45, lw=0)
    ax.axvline(0, color=theme.GREY, lw=0.8)
    colours = [
        theme.GREY if abs(value) < large else theme.BLUE if value > 0 else theme.VERMILION
        for value in frame["smd"]
    ]
    ax.hlines(spots, 0, frame["smd"], color=colours, lw=1.6)
    ax.scatter(frame["smd"], spots, color=colours, s=36, zorder=3)
    for spot, row in zip(spots, frame.itertuples(), strict=True):
        note = f"{words.percent(row.share_frame, 0)} → {words.percent(row.share_respondents, 0)}"
        right = row.smd >= 0
        ax.annotate(
            note,
            (row.smd, spot),
            (7 if right else -7, 0),
            textcoords="offset points",
            fontsize=8.5,
            color=theme.GREY,
            va="center",
            ha="left" if right else "right",
        )
    ax.set_yticks(spots, names)
    ax.margins(x=0.22)
    ax.set_xlabel(words.text("bias.axis_smd"))
    return theme.title(ax, finding, measured)


def funnel(
    frame: pd.DataFrame,
    by: Sequence[str],
    stages: Mapping[str, str],
    ax: Axes | None = None,
    *,
    finding: str,
    measured: str,
) -> Axes:
    """Draw `rate` with its interval: a bar a stage, side by side for the groups."""
    groups = list(frame.groupby(list(by), sort=False)) if by else [((), frame)]
    ax = theme.axes(ax, height=1.5 + len(stages) * max(0.5, 0.28 * len(groups)))
    thick = 0.8 / len(groups)
    places = {stage: place for place, stage in enumerate(stages)}
    for number, (key, group) in enumerate(groups):
        spots = [
            places[stage] + (number - (len(groups) - 1) / 2) * thick for stage in group["stage"]
        ]
        reach = [
            (group["rate"] - group["ci_low"]).clip(lower=0),
            (group["ci_high"] - group["rate"]).clip(lower=0),
        ]
        name = " · ".join(map(str, key))
        ax.barh(
            spots,
            group["rate"],
            thick * 0.88,
            xerr=reach,
            color=theme.PALETTE[number % len(theme.PALETTE)],
            ecolor=theme.INK,
            error_kw={"lw": 1},
            label=f"{name} (n = {group['n'].iloc[0]:,})",
        )
        for spot, row in zip(spots, group.itertuples(), strict=True):
            note = words.percent(row.rate, 0) + ("" if by else f"  ({row.reached:,} / {row.n:,})")
            ax.annotate(
                note,
                (row.ci_high, spot),
                (5, 0),
                textcoords="offset points",
                va="center",
                fontsize=9,
            )
    ax.set_yticks(range(len(stages)), list(stages.values()))
    ax.invert_yaxis()
    ax.set_xlim(0, 1.18)
    ax.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0 %", "25 %", "50 %", "75 %", "100 %"])
    if by:
        ax.legend(loc="lower right", fontsize=9)
    return theme.title(ax, finding, measured)


def intervals(
    frame: pd.DataFrame,
    names: Sequence[str],
    ax: Axes | None = None,
    *,
    finding: str,
    measured: str,
) -> Axes:
    """Draw `nps` with `ci_low` to `ci_high`, and ranges without an estimate as bars."""
    ax = theme.axes(ax, height=1.6 + 0.62 * len(frame))
    ax.axvline(0, color=theme.GREY, lw=0.8)
    for spot, row in enumerate(frame.itertuples()):
        known = not pd.isna(row.nps)
        ax.plot(
            [row.ci_low, row.ci_high],
            [spot, spot],
            color=theme.BLUE if known else theme.ORANGE,
            lw=5 if known else 12,
            alpha=0.55,
            solid_capstyle="butt",
        )
        if known:
            ax.plot(row.nps, spot, "o", color=theme.BLUE, ms=7)
            ax.annotate(
                words.points(row.nps),
                (row.nps, spot),
                (0, 8),
                textcoords="offset points",
                ha="center",
                fontsize=9,
            )
        for end, side in ((row.ci_low, "right"), (row.ci_high, "left")):
            ax.annotate(
                words.points(end),
                (end, spot),
                (-5 if side == "right" else 5, 0),
                textcoords="offset points",
                ha=side,
                va="center",
                fontsize=9,
                color=theme.GREY,
                bbox={"fc": "white", "ec": "none", "pad": 0.6},
            )
    ax.set_yticks(range(len(frame)), [theme.wrapped(name, 30) for name in names])
    ax.set_ylim(len(frame) - 0.5, -0.65)
    ax.set_xlim(-125, 125)
    ax.set_xticks([-100, -50, 0, 50, 100], ["−100", "−50", "0", "50", "100"])
    ax.set_xlabel("NPS")
    return theme.title(ax, finding, measured)


def histograms(
    frame: pd.DataFrame,
    names: Mapping[str, str],
    scale: tuple[int, int],
    ax: Axes | None = None,
    *,
    finding: str,
    measured: str,
) -> Axes:
    """Draw `share` by `score`, one small histogram a channel; the two ends in colour."""
    across = min(len(names), 4)
    down = -(-len(names) // across)
    ax = theme.axes(ax, height=1.0 + 1.65 * down)
    ax.set_axis_off()
    top = frame.loc[frame["channel"].isin(list(names)), "share"].max()
    for number, (channel, name) in enumerate(names.items()):
        here = frame[frame["channel"] == channel]
        panel = ax.inset_axes(
            (
                number % across / across,
                1 - (number // across + 0.88) / down,
                0.9 / across,
                0.5 / down,
            )
        )
        colours = [
            theme.VERMILION
            if score == scale[0]
            else theme.BLUE
            if score == scale[1]
            else theme.GREY
            for score in here["score"]
        ]
        panel.bar(here["score"], here["share"], 0.85, color=colours)
        panel.set_title(
            f"{theme.wrapped(name, 96 // across)}\nn = {here['n'].sum():,}",
            loc="left",
            fontsize=9,
            pad=2,
        )
        panel.set_ylim(0, top * 1.05)
        panel.set_xticks([scale[0], (scale[0] + scale[1]) // 2, scale[1]])
        panel.tick_params(labelsize=8.5)
        panel.set_yticks([])
        panel.spines["left"].set_visible(False)
    return theme.title(ax, finding, measured)
