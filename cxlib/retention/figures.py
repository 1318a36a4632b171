"""Frames of the retention study -> figures; nothing is computed here but places and labels."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from cxlib.retention.units import one
from cxlib.rows.clock import period_name
from cxlib.shown import theme
from cxlib.shown.language import number, text, word
from cxlib.shown.message import Message, Names, Sentences, said

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LABEL = 28  # columns that the name of a group may take beside a figure; a CJK character takes two
_TENURE_LABEL = {
    "day": "retention.figure_tenure_day",
    "week": "retention.figure_tenure_week",
    "month": "retention.figure_tenure_month",
    "quarter": "retention.figure_tenure_quarter",
    "year": "retention.figure_tenure_year",
    "period": "retention.figure_tenure_period",
}
_TENURE = {
    "day": "retention.axis_tenure_day",
    "week": "retention.axis_tenure_week",
    "month": "retention.axis_tenure_month",
    "quarter": "retention.axis_tenure_quarter",
    "year": "retention.axis_tenure_year",
    "period": "retention.axis_tenure_period",
}


def curves(
    frame: pd.DataFrame,
    *,
    whole: pd.DataFrame,
    by: tuple[str, ...],
    unit: str,
    finding: Message | Sentences,
    measured: Message,
    ax: Axes | None = None,
    language: str = "en",
) -> Axes:
    """Draw survival curves as steps with limits; `whole` gives the numbers at risk in the table
    beneath.

    A curve alone has its simultaneous band too, lighter; of several, bands would hide each other.
    """
    ax = theme.axes(ax, width=8.5, height=4.6)
    curves_of = frame.groupby(list(by)) if by else ()
    groups = [(_name(name, language), curve) for name, curve in curves_of]
    groups = groups or [("", frame)]
    groups.sort(key=lambda item: -item[1]["survival"].iloc[-1])
    ends = [
        _End(*_draw_curve(ax, curve, whole, colour, band=not by), name, colour)
        for (name, curve), colour in zip(groups, _colours(len(groups)), strict=True)
    ]
    ax.set_xlim(0, max(end.tenure for end in ends) or 1)  # nobody was followed for a whole unit yet
    ax.set_ylim(0, 101)
    for place, end in zip(_apart([end.height for end in ends]), ends, strict=True):
        ax.annotate(
            _short(end.name),
            (1, place),
            (6, 0),
            xycoords=("axes fraction", "data"),
            textcoords="offset points",
            color=end.colour,
            va="center",
            fontsize=10,
        )
    ax.set_ylabel(text("retention.axis_still_there", language))
    ax.set_xlabel(text(_TENURE[unit], language))
    _at_risk(ax, whole, by, ends, language)
    return theme.title(ax, said(finding, language), said(measured, language))


def curve_labels(frame: pd.DataFrame, by: tuple[str, ...], unit: str) -> list[Names | Message]:
    """Name each row by its group and its tenure."""
    found: list[Names | Message] = []
    for _, row in frame.iterrows():
        tenure = Message(_TENURE_LABEL[unit], tenure=row["tenure"])
        found.append(Names((*(row[name] for name in by), tenure), listed=True) if by else tenure)
    return found


class _End(NamedTuple):
    """Where a curve ends, in %, and what it is called."""

    tenure: float
    height: float
    name: str
    colour: str


def _draw_curve(
    ax: Axes, curve: pd.DataFrame, whole: pd.DataFrame, colour: str, *, band: bool
) -> tuple[float, float]:
    """Draw the steps and their limits, and return where they end; the last step goes on to the next
    tenure."""
    after = whole.loc[whole["tenure"] > curve["tenure"].max(), "tenure"].min()
    until = curve["tenure"].max() if pd.isna(after) else after
    tenure = np.concatenate([[0], curve["tenure"], [until]])
    lines = {
        column: 100 * np.concatenate([[1.0], curve[column], curve[column].iloc[-1:]])
        for column in ("survival", "ci_low", "ci_high", "band_low", "band_high")
    }
    for name, shade in (("band", 0.14), ("ci", 0.22)) if band else (("ci", 0.16),):
        ax.fill_between(
            tenure,
            lines[f"{name}_low"],
            lines[f"{name}_high"],
            step="post",
            color=colour,
            alpha=shade,
            linewidth=0,
        )
    ax.step(tenure, lines["survival"], where="post", color=colour, linewidth=2)
    return float(tenure[-1]), float(lines["survival"][-1])


def _name(values: tuple, language: str) -> str:
    return Names(values, listed=True).text(language)


def _colours(n: int) -> list[str]:
    return [theme.PALETTE[i % len(theme.PALETTE)] for i in range(n)]


def _short(name: str) -> str:
    """Leave out the middle of a long name, and its line breaks, so that the figure keeps its size;
    tables have the whole name."""
    name = " ".join(name.split())
    columns = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in name)
    kept = _LABEL * len(name) // max(columns, 1)
    return name if columns <= _LABEL else f"{name[: kept // 2]}…{name[-(kept // 3) :]}"


def _apart(places: list[float], gap: float = 6.0) -> list[float]:
    """Move labels apart, from top to bottom; the places come in falling order."""
    moved: list[float] = []
    for place in places:
        moved.append(min(place, moved[-1] - gap) if moved else place)
    return moved


def _at_risk(
    ax: Axes, whole: pd.DataFrame, by: tuple[str, ...], ends: list[_End], language: str
) -> None:
    """Write the customers still followed under the axis, one line a group."""
    ticks = [tick for tick in ax.get_xticks() if 0 <= tick <= ax.get_xlim()[1]]
    ax.annotate(
        text("retention.at_risk_row", language),
        (0, 0),
        (-24, -46),
        xycoords="axes fraction",
        textcoords="offset points",
        fontsize=9,
        color=theme.GREY,
        va="center",
        ha="left",
    )
    groups = {_name(name, language): group for name, group in whole.groupby(list(by))} if by else {}
    for line, end in enumerate(ends):
        curve = groups.get(end.name, whole)
        ax.annotate(
            _short(end.name),
            (0, 0),
            (-24, -62 - 14 * line),
            xycoords="axes fraction",
            textcoords="offset points",
            fontsize=9,
            color=end.colour,
            va="center",
            ha="right",
        )
        for tick in ticks:
            left = curve.loc[curve["tenure"] >= tick, "at_risk"]
            ax.annotate(
                number(left.iloc[0] if len(left) else 0, language=language),
                (tick, 0),
                (0, -62 - 14 * line),
                xycoords=("data", "axes fraction"),
                textcoords="offset points",
                fontsize=9,
                color=end.colour,
                va="center",
                ha="center",
            )


def movements(
    frame: pd.DataFrame,
    *,
    above: Sequence[StrEnum],
    below: StrEnum,
    period: str,
    finding: Message,
    measured: Message,
    ax: Axes | None = None,
    language: str = "en",
) -> Axes:
    """Draw active customers stacked by where they came from, and those who fell silent below
    zero."""
    if frame.empty:
        return theme.message(ax, said(finding, language))
    ax = theme.axes(ax, width=9.0)
    place, top = np.arange(len(frame)), np.zeros(len(frame))
    for name, colour in zip(above, (theme.BLUE, theme.SKY, theme.GREEN), strict=True):
        ax.bar(place, frame[name], bottom=top, color=colour, width=0.85, label=word(name, language))
        top = top + frame[name].to_numpy()
    ax.bar(place, -frame[below], color=theme.VERMILION, width=0.85, label=word(below, language))
    ax.axhline(0, color=theme.INK, linewidth=0.8)
    ax.margins(x=0.01)
    _period_ticks(ax, frame["period"], period, language)
    ax.yaxis.set_major_formatter(lambda value, _: number(abs(value), language=language))
    ax.set_ylabel(text("retention.axis_customers", language))
    ax.set_xlabel(one(period).text(language))
    ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), fontsize=9)
    return theme.title(ax, said(finding, language), said(measured, language))


def revenue(
    frame: pd.DataFrame,
    *,
    period: str,
    finding: Message | Sentences,
    measured: Message,
    ax: Axes | None = None,
    language: str = "en",
) -> Axes:
    """Draw net and gross revenue retention with their intervals."""
    if frame.empty:
        return theme.message(ax, said(finding, language))
    ax = theme.axes(ax, width=9.0)
    place = np.arange(len(frame))
    for name, colour in (("nrr", theme.BLUE), ("grr", theme.ORANGE)):
        ax.fill_between(
            place,
            100 * frame[f"{name}_low"],
            100 * frame[f"{name}_high"],
            color=colour,
            alpha=0.18,
            linewidth=0,
        )
        ax.plot(place, 100 * frame[name], color=colour, linewidth=2, marker="o", markersize=3)
    ends = [
        (100 * frame["nrr"].iloc[-1], "retention.nrr", theme.BLUE),
        (100 * frame["grr"].iloc[-1], "retention.grr", theme.ORANGE),
    ]
    gap = 0.06 * (ax.get_ylim()[1] - min(0, ax.get_ylim()[0]))
    for where, (_, key, colour) in zip(_apart([end[0] for end in ends], gap), ends, strict=True):
        ax.annotate(
            text(key, language),
            (1, where),
            (6, 0),
            xycoords=("axes fraction", "data"),
            textcoords="offset points",
            color=colour,
            va="center",
        )
    ax.axhline(100, color=theme.GREY, linewidth=0.8, linestyle="--")
    ax.set_ylim(bottom=min(0, ax.get_ylim()[0]))  # refunds can make a period negative
    ax.set_xlim(-0.5, len(frame) - 0.5)
    _period_ticks(ax, frame["period"], period, language)
    ax.set_ylabel(text("retention.axis_revenue_kept", language))
    ax.set_xlabel(one(period).text(language))
    return theme.title(ax, said(finding, language), said(measured, language))


def _period_ticks(ax: Axes, periods: pd.Series, period: str, language: str) -> None:
    shown = range(0, len(periods), max(1, -(-len(periods) // 12)))
    ax.set_xticks(
        list(shown),
        [period_name(periods.iloc[i], period).text(language) for i in shown],
        rotation=30,
        ha="right",
        fontsize=8.5,
    )


def departures(
    frame: pd.DataFrame,
    *,
    clear: Sequence[str],
    axis: Message,
    unit: str,
    finding: Message | Sentences,
    measured: Message,
    ax: Axes | None = None,
    language: str = "en",
) -> Axes:
    """Draw each level's departure from a straight line as a ratio with its interval; clear levels
    in colour."""
    from matplotlib.ticker import LogLocator, NullLocator

    ax = theme.axes(ax, width=9.0)
    place = np.arange(len(frame))
    colours = [theme.VERMILION if level in clear else theme.GREY for level in frame["level"]]
    ax.vlines(place, frame["ci_low"], frame["ci_high"], color=colours, linewidth=2)
    ax.scatter(place, frame["ratio"], color=colours, s=26, zorder=3)
    ax.axhline(1, color=theme.GREY, linewidth=0.8, linestyle="--")
    ax.set_yscale("log")
    ax.yaxis.set_major_locator(LogLocator(subs=(1, 1.5, 2, 3, 5, 7)))
    ax.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    ax.yaxis.set_minor_locator(NullLocator())
    ax.set_xlim(-0.6, len(frame) - 0.4)
    levels = pd.Series(pd.to_datetime(frame["level"].to_numpy()))
    _period_ticks(ax, levels, "week" if unit == "day" else unit, language)
    ax.set_ylabel(said(axis, language))
    ax.set_xlabel(one(unit).text(language))
    return theme.title(ax, said(finding, language), said(measured, language))


def gap_sensitivity(
    frame: pd.DataFrame,
    *,
    gap_days: int,
    usual: float,
    finding: Message | Sentences,
    measured: Message,
    ax: Axes | None = None,
    language: str = "en",
) -> Axes:
    """Draw the share called lost, and the share of silences so called that ended, against the
    gap."""
    ax = theme.axes(ax, width=8.0)
    ends = []
    for name, band, key, colour in (
        ("rate", "ci", "retention.gap_rate", theme.BLUE),
        ("back_rate", "back", "retention.gap_back_rate", theme.ORANGE),
    ):
        low, high = 100 * frame[f"{band}_low"], 100 * frame[f"{band}_high"]
        ax.fill_between(frame["gap_days"], low, high, color=colour, alpha=0.18, linewidth=0)
        ax.plot(
            frame["gap_days"],
            100 * frame[name],
            color=colour,
            linewidth=2,
            marker="o",
            markersize=4,
        )
        known = frame[name].last_valid_index()
        if known is not None:  # clear of the axis
            height = max(3.0, 100 * frame[name][known])
            ends.append((height, frame["gap_days"][known], key, colour))
    ends.sort()
    for (_, day, key, colour), place in zip(ends, _apart([-end[0] for end in ends]), strict=True):
        ax.annotate(
            text(key, language),
            (day, -place),
            (8, 0),
            textcoords="offset points",
            color=colour,
            va="center",
            bbox=theme.CLEAR,
        )
    for day, key, height in (
        (gap_days, "retention.gap_chosen", 0.98),
        (usual, "retention.gap_usual", 0.9),
    ):
        if not np.isnan(day):
            ax.axvline(day, color=theme.GREY, linewidth=0.9, linestyle="--")
            ax.annotate(
                text(key, language),
                (day, height),
                (5, 0),
                xycoords=("data", "axes fraction"),
                textcoords="offset points",
                color=theme.GREY,
                va="top",
                fontsize=9,
                bbox=theme.CLEAR,
            )
    ax.set_ylim(0, 120)  # room for these two above all curves
    ax.set_yticks(range(0, 101, 20))
    ax.set_xlabel(text("retention.axis_gap", language))
    ax.set_ylabel(text("retention.axis_percent", language))
    return theme.title(ax, said(finding, language), said(measured, language))
