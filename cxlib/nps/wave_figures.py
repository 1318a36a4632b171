"""Frames -> figures of waves in time. Nothing is computed here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cxlib.nps.figures import MOST, add_title, every, pair_labels, wave_labels, width
from cxlib.nps.verdicts import is_move
from cxlib.shown import language as words
from cxlib.shown import theme
from cxlib.shown.message import Message
from cxlib.shown.text import Says

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def waves(
    frame: pd.DataFrame,
    wave: str,
    ax: Axes | None = None,
    *,
    finding: Says,
    measured: Message,
    language: str = "en",
) -> Axes:
    """Draw `nps` by wave over the band from `limit_low` to `limit_high`, with `ewma`; rows that are
    `outside` in colour."""
    ax = theme.axes(ax, width=width(frame))
    spots, step = range(len(frame)), every(frame, 12)
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
        if out or spot % step == 0:
            ax.annotate(
                words.write(value, "points", language),
                (spot, value),
                (0, 7 if value >= centre else -15),
                textcoords="offset points",
                fontsize=9,
                ha="center",
                color=colour,
                zorder=5,
            )
    ax.set_xticks(
        spots[::step],
        wave_labels(frame[wave][::step], frame["n"][::step], language),
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
            words.text(key, language),
            (1.0, value),
            (4, shift),
            xycoords=("axes fraction", "data"),
            textcoords="offset points",
            fontsize=9,
            va="center",
            color=colour,
        )
    ax.set_ylabel(words.text("nps.axis_nps", language))
    return add_title(ax, finding, measured, language)


def monitor(
    frame: pd.DataFrame,
    ax: Axes | None = None,
    *,
    finding: Says,
    measured: Message,
    language: str = "en",
) -> Axes:
    """Draw `difference` with `ci_low` to `ci_high` and, thin, the naive limits, for the last `MOST`
    rows; claims in colour."""
    shown = frame.tail(MOST)
    ax = theme.axes(ax, height=1.6 + 0.4 * len(shown))
    spots = range(len(shown))
    claims = is_move(shown["verdict"])
    for spot, row, sure in zip(spots, shown.itertuples(), claims, strict=True):
        colour = theme.VERMILION if sure else theme.GREY
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
    ax.set_yticks(
        spots,
        [
            words.text("nps.label_n_two", language, name=name, n_a=n_a, n_b=n_b)
            for name, n_a, n_b in zip(
                pair_labels(shown, language), shown["n_a"], shown["n_b"], strict=True
            )
        ],
    )
    ax.axvline(0, color=theme.INK, lw=0.9)
    ax.set_ylim(len(shown) - 0.4, -0.6)
    ax.set_xlabel(words.text("nps.axis_difference", language))
    return add_title(ax, finding, measured, language)
