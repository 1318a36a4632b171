"""Frames of the interviews study -> Axes; nothing is computed here but positions on the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxlib import theme

if TYPE_CHECKING:
    from matplotlib.axes import Axes

KIND_COLOURS = {
    "obstacle": theme.VERMILION,
    "annoyance": theme.ORANGE,
    "goal": theme.BLUE,
    "delight": theme.GREEN,
    "contact": theme.PURPLE,
}
_SHADES = "Blues"  # light to dark: reads in grey and to colour-blind readers


def codes(rows: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw a bar a row of `code, theme, kind, interviews, n, written`, under a heading for each
    theme."""
    headings = list(dict.fromkeys(rows["theme"]))
    named = any(headings)
    lines = len(rows) + (len(headings) if named else 0)
    ax = theme.axes(ax, width=8.5, height=1.2 + 0.27 * max(lines, 2))
    at, position = [], 0.0
    for heading in headings:
        if named:
            ax.annotate(
                heading,
                (0, position),
                (3, 0),
                textcoords="offset points",
                va="center",
                fontsize=10,
                color=theme.GREY,
            )
            position += 1
        for _ in range(int((rows["theme"] == heading).sum())):
            at.append(position)
            position += 1
    ordered = (
        pd.concat([rows[rows["theme"] == heading] for heading in headings]) if headings else rows
    )
    colours = [KIND_COLOURS.get(kind, theme.GREY) for kind in ordered["kind"]]
    ax.barh(at, ordered["interviews"], color=colours, height=0.72)
    for y, row in zip(at, ordered.to_dict("records"), strict=True):
        ax.annotate(
            " · ".join(part for part in (row["written"], row["kind"]) if part),
            (row["interviews"], y),
            (4, 0),
            textcoords="offset points",
            va="center",
            fontsize=9,
            color=theme.INK,
        )
    ax.set_yticks(at, ordered["code"])
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(max(position, 1) - 0.4, -0.7)
    ax.set_xlim(0, max(int(ordered["n"].max()) if len(ordered) else 1, 1) * 1.18)
    ax.spines["bottom"].set_visible(False)
    ax.set_xticks([])
    return ax


def agreement(
    rows: pd.DataFrame, *, label: str, limits: tuple[float, float], ax: Axes | None = None
) -> Axes:
    """Draw a dot with its interval a row of `<label>, alpha, ci_low, ci_high`, and the two
    limits."""
    ax = theme.axes(ax, width=8.5, height=1.3 + 0.27 * max(len(rows), 2))
    y = np.arange(len(rows))
    for limit, colour in zip(limits, (theme.ORANGE, theme.GREEN), strict=True):
        ax.axvline(limit, color=colour, linewidth=1.2, zorder=0)
        ax.annotate(
            f"{limit:.3f}",
            (limit, 1),
            (3, -2),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            fontsize=8.5,
            color=theme.GREY,
            va="top",
        )
    ax.hlines(y, rows["ci_low"], rows["ci_high"], color=theme.BLUE, linewidth=1.6)
    known = rows["ci_low"].notna().to_numpy()
    ax.plot(rows["alpha"][known], y[known], "o", color=theme.BLUE)
    ax.plot(
        rows["alpha"][~known], y[~known], "o", markerfacecolor="white", markeredgecolor=theme.BLUE
    )
    ax.set_yticks(y, rows[label])
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(-0.6, len(rows) - 0.1)
    low = float(np.nanmin([0.0, *rows["alpha"], *rows["ci_low"].dropna()]))
    ax.set_xlim(low - 0.02, 1.02)
    ax.set_xlabel("Krippendorff's alpha")
    return ax


def saturation(
    frame: pd.DataFrame, *, estimate: float, labels: Mapping[str, str], ax: Axes | None = None
) -> Axes:
    """Draw cumulative codes of `frame`, the expected curve with its band, and the estimated
    total."""
    ax = theme.axes(ax, width=8.5, height=4.4)
    x = frame["interviews"]
    ax.fill_between(x, frame["ci_low"], frame["ci_high"], color=theme.PALE, alpha=0.7, linewidth=0)
    ax.plot(x, frame["expected"], color=theme.GREY, linewidth=1.5)
    ax.step(x, frame["cumulative"], where="mid", color=theme.BLUE, linewidth=2)
    ax.plot(x, frame["cumulative"], "o", color=theme.BLUE, markersize=5)
    middle = len(frame) // 2
    ax.annotate(
        labels["any_order"],
        (x.iloc[middle], frame["ci_low"].iloc[middle]),
        (8, -4),
        textcoords="offset points",
        va="top",
        fontsize=9,
        color=theme.GREY,
    )
    ax.annotate(
        labels["seen"],
        (x.iloc[-1], frame["ci_low"].iloc[-3:].min()),
        (0, -12),
        textcoords="offset points",
        ha="right",
        va="top",
        fontsize=9,
        color=theme.BLUE,
    )
    top = float(frame["cumulative"].iloc[-1])
    if not np.isnan(estimate):
        ax.axhline(estimate, color=theme.VERMILION, linewidth=1, linestyle="--")
        ax.annotate(
            f"{labels['estimate']}: {estimate:.1f}",
            (0, estimate),
            (4, 3),
            xycoords=("axes fraction", "data"),
            textcoords="offset points",
            fontsize=9,
            color=theme.VERMILION,
        )
        top = max(top, estimate)
    ax.set_ylim(0, top * 1.12 + 1)
    ax.set_xlim(0.6, len(frame) + 0.4)
    ax.set_xticks(x if len(frame) <= 20 else np.linspace(1, len(frame), 10).astype(int))
    ax.set_xlabel(labels["x"])
    ax.set_ylabel(labels["y"])
    return ax


def heat(
    matrix: pd.DataFrame,
    *,
    cells: pd.DataFrame,
    x: str = "",
    square: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Draw a heat map of `matrix` with the texts of `cells` in it; missing cells stay white."""
    import seaborn  # heavy, and only heat maps need it

    wide, high = (0.52, 0.42) if square else (1.1, 0.3)
    ax = theme.axes(
        ax, width=min(3.2 + wide * matrix.shape[1], 9.5), height=1.6 + high * matrix.shape[0]
    )
    darkest = 2 * np.nanmax(
        matrix.to_numpy(float)
    )  # lighter shades only, so that dark text stays readable
    seaborn.heatmap(
        matrix,
        annot=cells,
        fmt="",
        cmap=_SHADES,
        vmin=-darkest / 12,
        vmax=darkest,
        linewidths=1,
        linecolor="white",
        cbar=False,
        ax=ax,
        annot_kws={"fontsize": 9, "color": theme.INK},
    )
    ax.set_xlabel(x)
    ax.set_ylabel("")
    ax.tick_params(length=0)
    ax.set_yticks(ax.get_yticks(), ax.get_yticklabels(), rotation=0)
    if square:
        ax.set_xticks(
            ax.get_xticks(), ax.get_xticklabels(), rotation=40, ha="right", rotation_mode="anchor"
        )
    else:
        ax.set_xticks(ax.get_xticks(), ax.get_xticklabels(), rotation=0)
    return ax


def blank(ax: Axes | None = None) -> Axes:
    """Return an empty figure, for a title that says why there is nothing to draw."""
    ax = theme.axes(ax, width=8.0, height=0.3)
    ax.set_axis_off()
    return ax
