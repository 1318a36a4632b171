"""Frames -> figures of the NPS study. Nothing is computed here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import pandas as pd

from cxlib.nps.verdicts import is_move
from cxlib.shown import language as words
from cxlib.shown import theme
from cxlib.shown.message import Message, Names, said
from cxlib.shown.text import Says

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST = 30  # rows in one figure


def levels(
    frame: pd.DataFrame,
    by: tuple[str, ...],
    ax: Axes | None = None,
    *,
    finding: Says,
    measured: Message,
    joined: bool = False,
    language: str = "en",
) -> Axes:
    """Draw `nps` with `ci_low` to `ci_high` and n for each row: across for waves (`joined`), down
    the page for segments."""
    if joined and len(frame) > 1:
        return add_title(_across(frame, by, ax, language), finding, measured, language)
    shown = largest(frame)
    ax = _down(shown, by, ax, shown[["nps", "ci_low", "ci_high"]], "points", language)
    ax.axvline(0, color=theme.GREY, lw=0.8)
    ax.set_xlabel(words.text("nps.axis_nps", language))
    return add_title(ax, finding, _of_largest(frame, measured), language)


def add_title(ax: Axes, finding: Says, measured: Message, language: str) -> Axes:
    """Put the finding, and what is measured, above a figure."""
    return theme.title(ax, said(finding, language), said(measured, language))


def _of_largest(frame: pd.DataFrame, measured: Message) -> Message:
    if len(frame) <= MOST:
        return measured
    return Message("nps.measured_largest", measured=measured, shown=MOST, pairs=len(frame))


def shares(
    frame: pd.DataFrame,
    by: tuple[str, ...],
    ax: Axes | None = None,
    *,
    finding: Says,
    measured: Message,
    language: str = "en",
) -> Axes:
    """Draw `rate` in % with `ci_low` to `ci_high` and n for each row, down the page."""
    shown = largest(frame)
    percent = shown[["rate", "ci_low", "ci_high"]]
    ax = _down(shown, by, ax, percent, "percent0", language, scale=100)
    ax.set_xlim(left=0)
    ax.set_xlabel(words.text("nps.axis_share", language))
    return add_title(ax, finding, _of_largest(frame, measured), language)


def _across(frame: pd.DataFrame, by: tuple[str, ...], ax: Axes | None, language: str) -> Axes:
    ax = theme.axes(ax, width=width(frame))
    spots, step = range(len(frame)), every(frame, 20)
    reach = [frame["nps"] - frame["ci_low"], frame["ci_high"] - frame["nps"]]
    ax.plot(spots, frame["nps"], color=theme.BLUE, lw=1.2, zorder=2)
    ax.errorbar(
        spots,
        frame["nps"],
        yerr=reach,
        fmt="o",
        color=theme.BLUE,
        ecolor=theme.SKY,
        elinewidth=5,
        ms=6,
        zorder=3,
    )
    shown = frame.iloc[::step]
    ax.set_xticks(
        spots[::step],
        wave_labels(_names(shown, by, language), shown["n"], language),
    )
    ax.set_ylabel(words.text("nps.axis_nps", language))
    ax.axhline(0, color=theme.GREY, lw=0.8)
    for spot, (value, high) in zip(
        spots[::step], zip(shown["nps"], shown["ci_high"], strict=True), strict=True
    ):
        ax.annotate(
            words.write(value, "points", language),
            (spot, high),
            (0, 3),
            textcoords="offset points",
            fontsize=9,
            ha="center",
            bbox=theme.CLEAR,
        )
    return ax


def _down(
    frame: pd.DataFrame,
    by: tuple[str, ...],
    ax: Axes | None,
    estimates: pd.DataFrame,
    write: str,
    language: str,
    scale: float = 1,
) -> Axes:
    ax = theme.axes(ax, height=1.4 + 0.34 * len(frame))
    spots, (value, low, high) = range(len(frame)), (scale * estimates[name] for name in estimates)
    ax.errorbar(
        value,
        spots,
        xerr=[value - low, high - value],
        fmt="o",
        color=theme.BLUE,
        ecolor=theme.SKY,
        elinewidth=5,
        ms=6,
    )
    ax.set_yticks(
        spots,
        [
            words.text("nps.label_n", language, name=name, n=n)
            for name, n in zip(_names(frame, by, language), frame["n"], strict=True)
        ],
    )
    for spot, (dot, end) in zip(spots, zip(value, high.fillna(value), strict=True), strict=True):
        ax.annotate(
            words.write(dot / scale, write, language),
            (end, spot),
            (6, 0),
            textcoords="offset points",
            fontsize=9,
            va="center",
            bbox=theme.CLEAR,
        )
    ax.set_ylim(len(frame) - 0.4, -0.6)
    return ax


def names(frame: pd.DataFrame, by: tuple[str, ...]) -> list[Names | Message]:
    """Name each row by its columns `by`."""
    return [
        Names(tuple(row[column] for column in by)) if by else Message("nps.all")
        for _, row in frame.iterrows()
    ]


def _names(frame: pd.DataFrame, by: tuple[str, ...], language: str) -> list[str]:
    return [
        " · ".join(words.label(row[column]) for column in by) or words.text("nps.all", language)
        for _, row in frame.iterrows()
    ]


def wave_labels(names: Iterable[Any], numbers: Iterable[int], language: str) -> list[str]:
    """Name each wave with its n."""
    return [
        words.text("nps.label_wave", language, name=name, n=n)
        for name, n in zip(names, numbers, strict=True)
    ]


def pair_labels(frame: pd.DataFrame, language: str) -> list[str]:
    """Name each pair; the columns within which pairs stay come first."""
    named = frame.loc[:, :"b"].map(lambda value: words.write(value, "", language))
    return [
        " · ".join([*within, words.text("nps.label_pair", language, a=a, b=b)])
        for *within, a, b in named.itertuples(index=False)
    ]


def largest(frame: pd.DataFrame) -> pd.DataFrame:
    """Return as many rows as one figure holds, those of the largest n, in their order."""
    return frame.loc[
        frame["n"].sort_values(ascending=False, kind="stable").index[:MOST]
    ].sort_index()


def widest(frame: pd.DataFrame) -> pd.DataFrame:
    """Return as many pairs as one figure holds, those of the largest differences, in their
    order."""
    by_size = frame["difference"].abs().sort_values(ascending=False, kind="stable")
    return frame.loc[by_size.index[:MOST]].sort_index()


def both_ends(ranked: pd.DataFrame) -> pd.DataFrame:
    """Return as many rows as one figure holds, the first and the last."""
    half = MOST // 2
    if len(ranked) <= MOST:
        return ranked
    return pd.concat([ranked.iloc[:half], ranked.iloc[-half:]])


def width(frame: pd.DataFrame) -> float:
    """Return the width of a figure with a place for each row."""
    return min(max(7.0, 1.0 + 0.75 * len(frame)), 16.0)  # inches


def every(frame: pd.DataFrame, most: int) -> int:
    """Return the step at which rows are named."""
    return max(1, -(-len(frame) // most))  # so that at most so many waves are named


def differences(
    frame: pd.DataFrame,
    ax: Axes | None = None,
    *,
    finding: Says,
    measured: Message,
    language: str = "en",
) -> Axes:
    """Draw `difference` with its limits for each pair, the largest `MOST` of them; certain ones in
    colour."""
    shown = widest(frame)
    ax = theme.axes(ax, height=1.4 + 0.34 * len(shown))
    spots = range(len(shown))
    sure = is_move(shown["verdict"])
    colours = [theme.VERMILION if yes else theme.GREY for yes in sure]
    for spot, (row, yes, colour) in enumerate(zip(shown.itertuples(), sure, colours, strict=True)):
        ax.plot(
            [row.ci_low, row.ci_high],
            [spot, spot],
            color=colour,
            lw=2.5,
            alpha=0.6,
            solid_capstyle="butt",
        )
        ax.plot(row.difference, spot, "o" if yes else "D", color=colour, ms=6)
    ax.set_yticks(spots, pair_labels(shown, language))
    ax.axvline(0, color=theme.INK, lw=0.9)
    ax.invert_yaxis()
    ax.set_xlabel(words.text("nps.axis_difference", language))
    return add_title(ax, finding, _of_largest(frame, measured), language)


def histogram(
    frame: pd.DataFrame,
    ax: Axes | None = None,
    *,
    finding: Says,
    measured: Message,
    names: Mapping[str, StrEnum],
    promoter: int,
    detractor: int,
    scale: tuple[int, int],
    language: str = "en",
) -> Axes:
    """Draw `share` by `score`, coloured as detractors, passives and promoters, with their shares
    above."""
    ax = theme.axes(ax)
    colours = [
        theme.DETRACTOR
        if score <= detractor
        else theme.PROMOTER
        if score >= promoter
        else theme.PASSIVE
        for score in frame["score"]
    ]
    bars = ax.bar(frame["score"], 100 * frame["share"], color=colours, width=0.86)
    ax.bar_label(
        bars,
        [words.number(100 * share, 0, language) for share in frame["share"]],
        fontsize=9,
        padding=2,
    )
    ax.set_xticks(range(scale[0], scale[1] + 1))
    ax.set_xlabel(words.text("nps.axis_score", language))
    ax.set_ylabel(words.text("nps.axis_share", language))
    places = (
        ("detractors", theme.DETRACTOR, (scale[0] + detractor) / 2, "center"),
        ("passives", theme.GREY, promoter - 0.6, "right"),
        ("promoters", theme.PROMOTER, promoter - 0.4, "left"),
    )
    for kind, colour, spot, side in places:
        share = frame.loc[frame["kind"] == kind, "share"].sum()
        ax.annotate(
            words.text("nps.label_kind", language, kind=names[kind], share=share),
            (spot, 1.0),
            xycoords=("data", "axes fraction"),
            ha=side,
            va="top",
            color=colour,
            fontsize=9.5,
        )
    ax.margins(y=0.2)
    return add_title(ax, finding, measured, language)


def league(
    frame: pd.DataFrame,
    between: str,
    ax: Axes | None = None,
    *,
    finding: Says,
    measured: Message,
    language: str = "en",
) -> Axes:
    """Draw `shrunken` with its limits and, hollow, `nps`, by rank; of many rows those at the two
    ends."""
    half, shown = MOST // 2, both_ends(frame)
    ax = theme.axes(ax, height=1.4 + 0.3 * len(shown))
    spots = [
        spot + (spot >= half and len(frame) > MOST) for spot in range(len(shown))
    ]  # a gap for those left out
    ax.hlines(spots, shown["ci_low"], shown["ci_high"], color=theme.SKY, lw=5)
    ax.plot(shown["nps"], spots, "o", mfc="none", mec=theme.INK, ms=4.5, mew=0.8, zorder=4)
    ax.margins(x=0.08)
    ax.plot(shown["shrunken"], spots, "o", color=theme.BLUE, ms=6)
    ax.set_yticks(
        spots,
        [
            words.text("nps.label_rank", language, rank=rank, name=name, n=n)
            for rank, name, n in zip(shown["rank"], shown[between], shown["n"], strict=True)
        ],
    )
    for spot, (high, value) in zip(
        spots, zip(shown["ci_high"], shown["shrunken"], strict=True), strict=True
    ):
        ax.annotate(
            words.write(value, "points", language),
            (high, spot),
            (6, 0),
            textcoords="offset points",
            fontsize=9,
            va="center",
            bbox=theme.CLEAR,
        )
    if len(frame) > MOST:
        ax.annotate(
            "…",
            (0.5, half),
            xycoords=("axes fraction", "data"),
            ha="center",
            va="center",
            color=theme.GREY,
        )
    ax.set_ylim(spots[-1] + 0.7, -0.7)
    ax.axvline(0, color=theme.GREY, lw=0.8)
    ax.set_xlabel(words.text("nps.axis_nps", language))
    if len(frame) > MOST:
        measured = Message("nps.measured_ends", measured=measured, shown=MOST, k=len(frame))
    return add_title(ax, finding, measured, language)
