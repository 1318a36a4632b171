"""Frames of ranges -> figures of how wrong a figure could still be. Nothing is computed here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from cxlib.shown import language as words
from cxlib.shown import theme
from cxlib.shown.message import Message

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_POINTS = (-100, -50, 0, 50, 100)


def ranges(
    frame: pd.DataFrame,
    names: Sequence[Message],
    ax: Axes | None = None,
    *,
    estimate: str,
    dashed: Sequence[bool],
    finding: Message,
    measured: Message,
    language: str = "en",
) -> Axes:
    """Draw `ci_low` to `ci_high` under each other, `estimate` as a dot where there is one.

    What is certain but for chance is blue, an assumption (`dashed`) is dashed and red, a range
    without an estimate that is no assumption is a broad orange bar."""
    ax = theme.axes(ax, height=1.7 + 0.55 * len(frame))
    points = estimate == "nps"
    if points:
        ax.axvline(0, color=theme.GREY, lw=0.8)
    for spot, (assumed, (_, row)) in enumerate(zip(dashed, frame.iterrows(), strict=True)):
        known = not pd.isna(row[estimate])
        colour = theme.VERMILION if assumed else theme.BLUE if known else theme.ORANGE
        _range(ax, spot, (row["ci_low"], row["ci_high"]), colour, assumed, known)
        _ends(ax, spot, row, points, language)
        if known:
            fill = "white" if assumed else colour
            ax.plot(row[estimate], spot, "o", color=colour, mfc=fill, ms=7, zorder=3)
            _value(ax, row[estimate], spot, points, language)
    ax.set_yticks(range(len(frame)), [theme.wrap(name.text(language), 34) for name in names])
    ax.set_ylim(len(frame) - 0.5, -0.65)
    if points:
        ax.set_xlim(-130, 130)
        ax.set_xticks(_POINTS, [words.write(tick, "integer", language) for tick in _POINTS])
        ax.set_xlabel(words.text("bias.axis_nps", language))
    else:
        ax.margins(x=0.15)
    return theme.title(ax, finding.text(language), measured.text(language))


def _range(
    ax: Axes, spot: int, ends: tuple[float, float], colour: str, assumed: bool, known: bool
) -> None:
    if assumed:
        ax.plot(ends, [spot, spot], color=colour, lw=2, ls=(0, (4, 2)))
        return
    width = 5 if known else 12
    ax.plot(ends, [spot, spot], color=colour, lw=width, alpha=0.55, solid_capstyle="butt")


def _value(ax: Axes, value: float, spot: int, points: bool, language: str) -> None:
    ax.annotate(
        words.write(value, "points" if points else "decimal2", language),
        (value, spot),
        (0, 8),
        textcoords="offset points",
        ha="center",
        fontsize=9,
    )


def _ends(ax: Axes, spot: int, row: pd.Series, points: bool, language: str) -> None:
    for end, side in (("ci_low", "right"), ("ci_high", "left")):
        if pd.isna(row[end]):
            continue
        ax.annotate(
            words.write(row[end], "points" if points else "decimal2", language),
            (row[end], spot),
            (-6 if side == "right" else 6, 0),
            textcoords="offset points",
            ha=side,
            va="center",
            fontsize=9,
            color=theme.GREY,
            bbox=theme.CLEAR,
        )
