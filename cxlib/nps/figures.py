"""Frames -> figures of the NPS study. Nothing is computed here."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pandas as pd

from cxlib import language as words
from cxlib import theme

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST = 30  # rows in one figure


def levels(
    frame: pd.DataFrame,
    by: tuple[str, ...],
    ax: Axes | None = None,
    *,
    finding: str,
    measured: str,
    joined: bool = False,
) -> Axes:
    """Draw `nps` with `ci_low` to `ci_high` and n for each row: across for waves (`joined`), down
    the page for segments."""
    if joined and len(frame) > 1:
        return theme.title(_across(frame, by, ax), finding, measured)
    shown = _largest(frame)
    ax = _down(shown, by, ax, shown[["nps", "ci_low", "ci_high"]], words.points)
    ax.axvline(0, color=theme.GREY, lw=0.8)
    ax.set_xlabel("NPS")
    return theme.title(ax, finding, measured + _left_out(frame))


def shares(
    frame: pd.DataFrame, by: tuple[str, ...], ax: Axes | None = None, *, finding: str, measured: str
) -> Axes:
    """Draw `rate` in % with `ci_low` to `ci_high` and n for each row, down the page."""
    shown = _largest(frame)
    ax = _down(
        shown,
        by,
        ax,
        100 * shown[["rate", "ci_low", "ci_high"]],
        lambda share: words.percent(share / 100, 0),
    )
    ax.set_xlim(left=0)
    ax.set_xlabel(words.text("nps.axis_share"))
    return theme.title(ax, finding, measured + _left_out(frame))


def _across(frame: pd.DataFrame, by: tuple[str, ...], ax: Axes | None) -> Axes:
    ax = theme.axes(ax, width=_width(frame))
    spots, every = range(len(frame)), _every(frame, 20)
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
    shown = frame.iloc[::every]
    ax.set_xticks(
        spots[::every],
        [f"{name}\nn = {n:,}" for name, n in zip(_names(shown, by), shown["n"], strict=True)],
    )
    ax.set_ylabel("NPS")
    ax.axhline(0, color=theme.GREY, lw=0.8)
    for spot, (value, high) in zip(
        spots[::every], zip(shown["nps"], shown["ci_high"], strict=True), strict=True
    ):
        ax.annotate(
            words.points(value),
            (spot, high),
            (0, 3),
            textcoords="offset points",
            fontsize=9,
            ha="center",
        )
    return ax


def _down(
    frame: pd.DataFrame,
    by: tuple[str, ...],
    ax: Axes | None,
    estimates: pd.DataFrame,
    write: Callable[[float], str],
) -> Axes:
    ax = theme.axes(ax, height=1.4 + 0.34 * len(frame))
    spots, (value, low, high) = range(len(frame)), (estimates[name] for name in estimates)
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
        [f"{name}  (n = {n:,})" for name, n in zip(_names(frame, by), frame["n"], strict=True)],
    )
    for spot, (dot, end) in zip(spots, zip(value, high.fillna(value), strict=True), strict=True):
        ax.annotate(
            write(dot), (end, spot), (6, 0), textcoords="offset points", fontsize=9, va="center"
        )
    ax.set_ylim(len(frame) - 0.4, -0.6)
    return ax


def _names(frame: pd.DataFrame, by: tuple[str, ...]) -> list[str]:
    return [
        " · ".join(words.label(row[column]) for column in by) or words.text("nps.all")
        for _, row in frame.iterrows()
    ]


def _largest(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.loc[
        frame["n"].sort_values(ascending=False, kind="stable").index[:MOST]
    ].sort_index()


def _left_out(frame: pd.DataFrame) -> str:
    return (
        words.text("nps.largest", shown=MOST, pairs=words.number(len(frame)))
        if len(frame) > MOST
        else ""
    )


def _width(frame: pd.DataFrame) -> float:
    return min(max(7.0, 1.0 + 0.75 * len(frame)), 16.0)  # inches


def _every(frame: pd.DataFrame, most: int) -> int:
    return max(1, -(-len(frame) // most))  # so that at most so many waves are named


def differences(
    frame: pd.DataFrame, ax: Axes | None = None, *, finding: str, measured: str
) -> Axes:
    """Draw `difference` with its limits for each pair, the largest `MOST` of them; certain ones in
    colour."""
    if frame.empty:
        return theme.message(ax, finding)
    shown = frame.loc[
        frame["difference"].abs().sort_values(ascending=False, kind="stable").index[:MOST]
    ].sort_index()
    ax = theme.axes(ax, height=1.4 + 0.34 * len(shown))
    spots = range(len(shown))
    sure = shown["verdict"].isin(("up", "down"))
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
    named = shown.loc[:, :"b"].map(words.label)  # the columns within which pairs stay come first
    ax.set_yticks(
        spots,
        [" · ".join([*within, f"{a} → {b}"]) for *within, a, b in named.itertuples(index=False)],
    )
    ax.axvline(0, color=theme.INK, lw=0.9)
    ax.invert_yaxis()
    ax.set_xlabel(words.text("nps.axis_difference"))
    return theme.title(ax, finding, measured)


def histogram(
    frame: pd.DataFrame,
    ax: Axes | None = None,
    *,
    finding: str,
    measured: str,
    promoter: int,
    detractor: int,
    scale: tuple[int, int],
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
        bars, [words.number(100 * share) for share in frame["share"]], fontsize=9, padding=2
    )
    ax.set_xticks(range(scale[0], scale[1] + 1))
    ax.set_xlabel(words.text("nps.axis_score"))
    ax.set_ylabel(words.text("nps.axis_share"))
    places = (
        ("detractors", theme.DETRACTOR, (scale[0] + detractor) / 2, "center"),
        ("passives", theme.GREY, promoter - 0.6, "right"),
        ("promoters", theme.PROMOTER, promoter - 0.4, "left"),
    )
    for kind, colour, spot, side in places:
        share = frame.loc[frame["kind"] == kind, "share"].sum()
        ax.annotate(
            f"{words.heading(kind)} {words.percent(share, 0)}",
            (spot, 1.0),
            xycoords=("data", "axes fraction"),
            ha=side,
            va="top",
            color=colour,
            fontsize=9.5,
        )
    ax.margins(y=0.2)
    return theme.title(ax, finding, measured)


def league(
    frame: pd.DataFrame, between: str, ax: Axes | None = None, *, finding: str, measured: str
) -> Axes:
    """Draw `shrunken` with its limits and, hollow, `nps`, by rank; of many rows those at the two
    ends."""
    half = MOST // 2
    shown = frame if len(frame) <= MOST else pd.concat([frame.iloc[:half], frame.iloc[-half:]])
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
            f"{rank}  {words.label(name)}  (n = {n:,})"
            for rank, name, n in zip(shown["rank"], shown[between], shown["n"], strict=True)
        ],
    )
    for spot, (high, value) in zip(
        spots, zip(shown["ci_high"], shown["shrunken"], strict=True), strict=True
    ):
        ax.annotate(
            words.points(value),
            (high, spot),
            (6, 0),
            textcoords="offset points",
            fontsize=9,
            va="center",
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
    ax.set_xlabel("NPS")
    return theme.title(ax, finding, measured)


def waves(
    frame: pd.DataFrame, wave: str, ax: Axes | None = None, *, finding: str, measured: str
) -> Axes:
    """Draw `nps` by wave over the band from `limit_low` to `limit_high`, with `ewma`; rows that are
    `outside` in colour."""
    ax = theme.axes(ax, width=_width(frame))
    spots, every = range(len(frame)), _every(frame, 12)
    low, high = frame["limit_low"].clip(lower=-100), frame["limit_high"].clip(upper=100)
    ax.bar(spots, high - low, bottom=low, width=1.0, color=theme.PALE, alpha=0.55, lw=0, zorder=1)
    ax.set_ylim(min(low.min(), frame["nps"].min()) - 8, max(high.max(), frame["nps"].max()) + 6)
    centre = frame["centre"].iloc[0]
    ax.axhline(centre, color=theme.GREY, lw=0.9, zorder=2)
    ax.plot(spots, frame["ewma"], color=theme.SKY, lw=2.2, zorder=3)
    ax.plot(spots, frame["nps"], color=theme.BLUE, lw=0.8, alpha=0.5, zorder=3)
    colours = [theme.VERMILION if out else theme.BLUE for out in frame["outside"]]
    ax.scatter(spots, frame["nps"], c=colours, s=42, zorder=4)
    for spot, (value, out, colour) in enumerate(
        zip(frame["nps"], frame["outside"], colours, strict=True)
    ):
        if out or spot % every == 0:
            ax.annotate(
                words.points(value),
                (spot, value),
                (0, 7 if value >= centre else -15),
                textcoords="offset points",
                fontsize=9,
                ha="center",
                color=colour,
                zorder=5,
            )
    ax.set_xticks(
        spots[::every],
        [
            f"{words.label(name)}\nn = {n:,}"
            for name, n in zip(frame[wave][::every], frame["n"][::every], strict=True)
        ],
    )
    ax.set_xlim(-0.6, len(frame) - 0.4)
    average = frame["ewma"].iloc[-1]
    above = 7 if average >= centre else -7  # points by which labels make way for each other
    labels = (
        (centre, "nps.axis_centre", theme.GREY, -above),
        (average, "nps.axis_ewma", theme.SKY, above),
    )
    for value, key, colour, shift in labels:
        ax.annotate(
            words.text(key),
            (1.0, value),
            (4, shift),
            xycoords=("axes fraction", "data"),
            textcoords="offset points",
            fontsize=9,
            va="center",
            color=colour,
        )
    ax.set_ylabel("NPS")
    return theme.title(ax, finding, measured)


def monitor(frame: pd.DataFrame, ax: Axes | None = None, *, finding: str, measured: str) -> Axes:
    """Draw `difference` with `ci_low` to `ci_high` and, thin, the naive limits, for the last `MOST`
    rows; claims in colour."""
    shown = frame.tail(MOST)
    ax = theme.axes(ax, height=1.6 + 0.4 * len(shown))
    spots = range(len(shown))
    for spot, row in zip(spots, shown.itertuples(), strict=True):
        colour = theme.VERMILION if row.verdict in ("up", "down") else theme.GREY
        ax.plot(
            [row.ci_low, row.ci_high],
            [spot, spot],
            color=colour,
            lw=5,
            alpha=0.45,
            solid_capstyle="butt",
        )
        ax.errorbar(
            row.difference,
            spot,
            xerr=[[row.difference - row.naive_low], [row.naive_high - row.difference]],
            fmt="o",
            color=colour,
            lw=1.2,
            capsize=4,
            ms=6,
        )
    names = shown.loc[:, :"b"].map(words.label)
    ax.set_yticks(
        spots,
        [
            f"{' · '.join([*within, f'{a} → {b}'])}  (n = {n_a:,}, {n_b:,})"
            for (*within, a, b), n_a, n_b in zip(
                names.itertuples(index=False), shown["n_a"], shown["n_b"], strict=True
            )
        ],
    )
    ax.axvline(0, color=theme.INK, lw=0.9)
    ax.set_ylim(len(shown) - 0.4, -0.6)
    ax.set_xlabel(words.text("nps.axis_difference"))
    return theme.title(ax, finding, measured)
