"""A triangle's frame -> its heat map; nothing is computed here but places and labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxlib.retention.units import one
from cxlib.rows.clock import period_name
from cxlib.shown import theme
from cxlib.shown.heat import heat
from cxlib.shown.language import text
from cxlib.shown.message import Message, Sentences, said

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.patches import Rectangle

_MANY = 40  # cohorts; beyond it not every one gets a label
_WRITTEN = 20  # ages; up to it each cell says its rate


def heat_map(
    frame: pd.DataFrame,
    *,
    period: str,
    ages: Message,
    finding: Message,
    measured: Sentences,
    ax: Axes | None = None,
    language: str = "en",
) -> Axes:
    """Draw a triangle: one row a cohort, one column an age; unfinished cells hatched, cells without
    data blank."""
    rates = frame.pivot(index="cohort", columns="age", values="rate")
    unfinished = (
        frame.pivot(index="cohort", columns="age", values="complete").reindex_like(rates).eq(False)
    )
    rows, columns = rates.shape
    ax = theme.axes(
        ax,
        width=min(13.0, max(7.0, 0.34 * columns + 3.0)),
        height=min(11.0, max(3.2, 0.26 * rows + 1.6)),
    )
    # cells are then large enough for a number, and for a line around them
    few = columns <= _WRITTEN and rows <= _MANY
    percent = rates * 100
    written = percent.map(lambda rate: f"{rate:.0f}") if few else None
    shades = heat(
        ax, percent, **_shades(rates), cells=written, line=0.4 if few else 0.0, fontsize=7.5
    )
    bar = theme.figure_of(ax).colorbar(
        shades,
        cax=ax.inset_axes((1.02, 0.15, 0.02, 0.7)),  # given Axes keep their size
        label=text("retention.axis_rate", language),
        extend="max" if _inner(rates).max(axis=None) < 0.995 else "neither",
    )
    bar.outline.set_linewidth(0)
    for row, column in np.argwhere(unfinished.to_numpy()):
        ax.add_patch(_hatched((column, row), blank=bool(np.isnan(rates.iat[row, column]))))
    _label_cells(ax, frame, rates, period, language)
    ax.set_xlabel(text("retention.axis_age", language, periods=ages))
    ax.set_ylabel(text("retention.axis_cohort", language, period=one(period)))
    return theme.title(ax, said(finding, language), said(measured, language))


def _label_cells(
    ax: Axes, frame: pd.DataFrame, rates: pd.DataFrame, period: str, language: str
) -> None:
    """Name the cohorts, with their sizes, and the ages; of many, some."""
    rows, columns = rates.shape
    sizes = frame.groupby("cohort")["size"].max()
    shown = range(0, rows, -(-rows // _MANY))
    names = [
        text(
            "retention.cohort_label",
            language,
            name=period_name(rates.index[row], period),
            n=sizes.iloc[row],
        )
        for row in shown
    ]
    ax.set_yticks([row + 0.5 for row in shown], names, rotation=0, fontsize=8)
    shown = range(0, columns, -(-columns // 26))
    ages = _age_labels(frame, rates.columns[list(shown)])
    ax.set_xticks([column + 0.5 for column in shown], ages, rotation=0, fontsize=8)


def _inner(rates: pd.DataFrame) -> pd.DataFrame:
    """Leave out age 0, where everyone is: colours are for what differs."""
    return (
        rates.loc[:, rates.columns > 0]
        if rates.loc[:, rates.columns > 0].notna().any(axis=None)
        else rates
    )


def _shades(rates: pd.DataFrame) -> dict[str, float]:
    inner, top, bottom = _inner(rates), 1.0, 0.0
    if inner.notna().any(axis=None):
        top, bottom = inner.max(axis=None), inner.min(axis=None)
    bottom = max(0, np.floor(10 * bottom) * 10 - 10) if bottom > top / 4 else 0
    return {"low": bottom, "high": max(100 * top, bottom + 1)}


def _age_labels(frame: pd.DataFrame, ages: pd.Index) -> list[str]:
    """Write ages, and brackets from their first to their last."""
    until = frame.groupby("age")["until" if "until" in frame else "age"].first()
    return [str(age) if until[age] == age else f"{age}–{until[age]}" for age in ages]


def _hatched(corner: tuple[float, float], *, blank: bool) -> Rectangle:
    from matplotlib import patches

    return patches.Rectangle(
        corner,
        1,
        1,
        facecolor="white" if blank else "none",
        edgecolor=theme.GREY,
        hatch="////",
        linewidth=0.4,
    )
