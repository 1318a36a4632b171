"""Frames -> figures of the bias study. Nothing is computed here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

import pandas as pd

from cxlib.shown import language as words
from cxlib.shown import theme
from cxlib.shown.message import Message, Names, said

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def love(
    frame: pd.DataFrame,
    names: Sequence[Message],
    large: float,
    ax: Axes | None = None,
    *,
    finding: Message,
    measured: Message,
    language: str = "en",
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
        note = words.text(
            "bias.love_shares",
            language,
            everyone=row.share_frame,
            respondents=row.share_respondents,
        )
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
    ax.set_yticks(spots, [name.text(language) for name in names])
    ax.margins(x=0.22)
    ax.set_xlabel(words.text("bias.axis_smd", language))
    return theme.title(ax, finding.text(language), measured.text(language))


def funnel(
    frame: pd.DataFrame,
    by: Sequence[str],
    stages: Sequence[StrEnum],
    ax: Axes | None = None,
    *,
    finding: Message,
    measured: Message,
    language: str = "en",
) -> Axes:
    """Draw `rate` with its interval: a bar a stage, side by side for the groups."""
    groups = list(frame.groupby(list(by), sort=False)) if by else [((), frame)]
    ax = theme.axes(ax, height=1.5 + len(stages) * max(0.5, 0.28 * len(groups)))
    thick = 0.8 / len(groups)
    places = {stage.value: place for place, stage in enumerate(stages)}
    for number, (key, group) in enumerate(groups):
        shift = (number - (len(groups) - 1) / 2) * thick
        spots = [places[stage] + shift for stage in group["stage"]]
        name = " · ".join(map(str, key))
        _bars(
            ax,
            group,
            spots,
            thick * 0.88,
            colour=theme.PALETTE[number % len(theme.PALETTE)],
            label=words.text("bias.funnel_group", language, name=name, n=group["n"].iloc[0]),
        )
        for spot, row in zip(spots, group.itertuples(), strict=True):
            share = Message("bias.bar_share", rate=row.rate, reached=row.reached, n=row.n)
            ax.annotate(
                words.write(row.rate if by else share, "percent0", language),
                (row.ci_high, spot),
                (5, 0),
                textcoords="offset points",
                va="center",
                fontsize=9,
            )
    ax.set_yticks(range(len(stages)), [words.word(stage, language) for stage in stages])
    ax.invert_yaxis()
    ax.set_xlim(0, 1.18)
    ticks = [0, 0.25, 0.5, 0.75, 1]
    ax.set_xticks(ticks, [words.write(tick, "percent0", language) for tick in ticks])
    if by:
        ax.legend(loc="lower right", fontsize=9)
    return theme.title(ax, finding.text(language), measured.text(language))


def funnel_labels(frame: pd.DataFrame, by: Sequence[str], stage: type[StrEnum]) -> list[Names]:
    """Name each bar by its group and its stage."""
    return [
        Names((*(row[name] for name in by), stage(row["stage"])), listed=True)
        for _, row in frame.iterrows()
    ]


def bin_labels(frame: pd.DataFrame) -> list[Message]:
    """Name each bar by the weights from which to which it reaches."""
    return [
        Message("bias.weights_bin", low=low, high=high)
        for low, high in zip(frame["low"], frame["high"], strict=True)
    ]


def _bars(
    ax: Axes,
    group: pd.DataFrame,
    spots: Sequence[float],
    thick: float,
    *,
    colour: str,
    label: str,
) -> None:
    reach = [
        (group["rate"] - group["ci_low"]).clip(lower=0),
        (group["ci_high"] - group["rate"]).clip(lower=0),
    ]
    ax.barh(
        spots,
        group["rate"],
        thick,
        xerr=reach,
        color=colour,
        ecolor=theme.INK,
        error_kw={"lw": 1},
        label=label,
    )


def histograms(
    frame: pd.DataFrame,
    names: Mapping[str, Message | str],
    scale: tuple[int, int],
    ax: Axes | None = None,
    *,
    finding: Message,
    measured: Message,
    language: str = "en",
) -> Axes:
    """Draw `share` by `score` with the line `one_peak`, one small histogram a channel; the two ends
    in colour, and what is missing where there is a `valley`."""
    across = min(len(names), 4)
    down = -(-len(names) // across)
    ax = theme.axes(ax, height=1.0 + 1.65 * down)
    ax.set_axis_off()
    top = frame.loc[frame["channel"].isin(list(names)), ["share", "one_peak"]].max().max()
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
        n = words.text("bias.panel_n", language, n=here["n"].sum())
        title = f"{theme.wrap(said(name, language), 96 // across)}\n{n}"
        panel.set_title(title, loc="left", fontsize=9, pad=2, y=1.0)
        _histogram(panel, here, scale)
        panel.set_ylim(0, top * 1.05)
    return theme.title(ax, finding.text(language), measured.text(language))


def _histogram(panel: Axes, frame: pd.DataFrame, scale: tuple[int, int]) -> None:
    low, high = scale
    colours = [theme.BLUE if score in scale else theme.GREY for score in frame["score"]]
    panel.bar(frame["score"], frame["share"], 0.85, color=colours)
    valley = frame[frame["valley"]]
    missing = valley["one_peak"] - valley["share"]
    panel.bar(valley["score"], missing, 0.85, bottom=valley["share"], color=theme.ORANGE)
    edges = [low - 0.5, *(frame["score"] + 0.5)]
    panel.stairs(frame["one_peak"], edges, baseline=None, color=theme.INK, lw=0.9)
    panel.set_xticks([low, (low + high) // 2, high])
    panel.tick_params(labelsize=8.5)
    panel.set_yticks([])
    panel.spines["left"].set_visible(False)


def weights(
    frame: pd.DataFrame,
    ax: Axes | None = None,
    *,
    finding: Message,
    measured: Message,
    language: str = "en",
) -> Axes:
    """Draw `n` answers between `low` and `high` of their weight; the average weight is a line."""
    ax = theme.axes(ax, height=3.4)
    ax.bar(
        frame["low"],
        frame["n"],
        frame["high"] - frame["low"],
        align="edge",
        color=theme.BLUE,
        ec="white",
    )
    ax.axvline(1, color=theme.GREY, lw=0.8, ls="--")
    ax.set_xlim(0, frame["high"].max())
    ax.locator_params(axis="y", integer=True)
    ax.set_xlabel(words.text("bias.axis_weight", language))
    ax.set_ylabel(words.text("bias.axis_answers", language))
    return theme.title(ax, finding.text(language), measured.text(language))
