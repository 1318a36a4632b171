"""Frames of the retention study -> figures; nothing is computed here but places and labels."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cxlib import theme
from cxlib.language import number, text
from cxlib.retention.periods import period_name

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_MANY = 40  # cohorts; beyond it not every one gets a label
_LABEL = 28  # columns that the name of a group may take beside a figure; a CJK character takes two
_WRITTEN = 20  # ages; up to it each cell says its rate


def heat_map(
    frame: pd.DataFrame,
    *,
    period: str,
    ages: str,
    finding: str,
    measured: str,
    ax: Axes | None = None,
    language: str = "en",
) -> Axes:
    """Draw a triangle: one row a cohort, one column an age; unfinished cells hatched, cells without
    data blank."""
    import seaborn as sns

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
    few = (
        columns <= _WRITTEN and rows <= _MANY
    )  # cells are then large enough for a number, and for a line around them
    sns.heatmap(
        rates * 100,
        ax=ax,
        cmap="Blues",
        **_shades(rates),
        annot=few and bool(rates.notna().any(axis=None)),
        fmt=".0f",
        linewidths=0.4 if few else 0,
        annot_kws={"fontsize": 7.5},
        cbar_kws={
            "label": text("retention.axis_rate", language),
            "shrink": 0.7,
            "pad": 0.02,
            "extend": "max" if _inner(rates).max(axis=None) < 0.995 else "neither",
        },
    )
    for row, column in np.argwhere(unfinished.to_numpy()):
        ax.add_patch(_hatched((column, row), blank=bool(np.isnan(rates.iat[row, column]))))
    sizes = frame.groupby("cohort")["size"].max()
    shown = range(0, rows, -(-rows // _MANY))
    ax.set_yticks(
        [row + 0.5 for row in shown],
        [
            f"{period_name(rates.index[row], period)}  n = {number(sizes.iloc[row])}"
            for row in shown
        ],
        rotation=0,
        fontsize=8,
    )
    shown = range(0, columns, -(-columns // 26))
    ax.set_xticks(
        [column + 0.5 for column in shown],
        _age_labels(frame, rates.columns[list(shown)]),
        rotation=0,
        fontsize=8,
    )
    ax.set_xlabel(text("retention.axis_age", language, periods=ages))
    ax.set_ylabel(
        text("retention.axis_cohort", language, period=text(f"retention.{period}", language))
    )
    return theme.title(ax, finding, measured)


def _inner(rates: pd.DataFrame) -> pd.DataFrame:
    """Leave out age 0, where everyone is: colours are for what differs."""
    return (
        rates.loc[:, rates.columns > 0]
        if rates.loc[:, rates.columns > 0].notna().any(axis=None)
        else rates
    )


def _shades(rates: pd.DataFrame) -> dict[str, float]:
    inner = _inner(rates)
    top, bottom = (
        (inner.max(axis=None), inner.min(axis=None)) if inner.notna().any(axis=None) else (1.0, 0.0)
    )
    bottom = max(0, np.floor(10 * bottom) * 10 - 10) if bottom > top / 4 else 0
    return {"vmin": bottom, "vmax": max(100 * top, bottom + 1)}


def _age_labels(frame: pd.DataFrame, ages: pd.Index) -> list[str]:
    """Write ages, and brackets from their first to their last."""
    until = frame.groupby("age")["until" if "until" in frame else "age"].first()
    return [str(age) if until[age] == age else f"{age}–{until[age]}" for age in ages]


def _hatched(corner: tuple[float, float], *, blank: bool):
    from matplotlib.patches import Rectangle

    return Rectangle(
        corner,
        1,
        1,
        facecolor="white" if blank else "none",
        edgecolor=theme.GREY,
        hatch="////",
        linewidth=0.4,
    )


def curves(
    frame: pd.DataFrame,
    *,
    whole: pd.DataFrame,
    by: tuple[str, ...],
    unit: str,
    finding: str,
    measured: str,
    ax: Axes | None = None,
    language: str = "en",
) -> Axes:
    """Draw survival curves as steps with limits; `whole` gives the numbers at risk in the table
    beneath.

    A curve alone has its simultaneous band too, lighter; of several, bands would hide each other.
    """
    ax = theme.axes(ax, width=8.5, height=4.6)
    groups = list(frame.groupby(list(by))) if by else [(("",), frame)]
    groups.sort(key=lambda item: -item[1]["survival"].iloc[-1])
    ends = []
    for (name, curve), colour in zip(groups, _colours(len(groups)), strict=True):
        after = whole.loc[
            whole["tenure"] > curve["tenure"].max(), "tenure"
        ].min()  # draw the last step to the next tenure
        until = curve["tenure"].max() if pd.isna(after) else after
        tenure = np.concatenate([[0], curve["tenure"], [until]])
        lines = {
            column: 100 * np.concatenate([[1.0], curve[column], curve[column].iloc[-1:]])
            for column in ("survival", "ci_low", "ci_high", "band_low", "band_high")
        }
        for name_, shade in (("ci", 0.16),) if by else (("band", 0.14), ("ci", 0.22)):
            ax.fill_between(
                tenure,
                lines[f"{name_}_low"],
                lines[f"{name_}_high"],
                step="post",
                color=colour,
                alpha=shade,
                linewidth=0,
            )
        ax.step(tenure, lines["survival"], where="post", color=colour, linewidth=2)
        ends.append((tenure[-1], lines["survival"][-1], ", ".join(map(str, name)), colour))
    ax.set_xlim(0, max(end[0] for end in ends) or 1)  # nobody was followed for a whole unit yet
    ax.set_ylim(0, 101)
    for place, (_, _, label, colour) in zip(_apart([end[1] for end in ends]), ends, strict=True):
        ax.annotate(
            _short(label),
            (1, place),
            (6, 0),
            xycoords=("axes fraction", "data"),
            textcoords="offset points",
            color=colour,
            va="center",
            fontsize=10,
        )
    ax.set_ylabel(text("retention.axis_still_there", language))
    ax.set_xlabel(text(f"retention.axis_tenure_{unit}", language))
    _at_risk(ax, whole, by, ends, language)
    return theme.title(ax, finding, measured)


def _colours(n: int) -> list[str]:
    return [theme.PALETTE[i % len(theme.PALETTE)] for i in range(n)]


def _short(label: str) -> str:
    """Leave out the middle of a long name, and its line breaks, so that the figure keeps its size;
    tables have the whole name."""
    label = " ".join(label.split())
    columns = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in label)
    kept = _LABEL * len(label) // max(columns, 1)
    return label if columns <= _LABEL else f"{label[: kept // 2]}…{label[-(kept // 3) :]}"


def _apart(places: list[float], gap: float = 6.0) -> list[float]:
    """Move labels apart, from top to bottom; the places come in falling order."""
    moved: list[float] = []
    for place in places:
        moved.append(min(place, moved[-1] - gap) if moved else place)
    return moved


def _at_risk(
    ax: Axes, whole: pd.DataFrame, by: tuple[str, ...], ends: list[tuple], language: str
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
    named = (
        {", ".join(map(str, name)): group for name, group in whole.groupby(list(by))}
        if by
        else {"": whole}
    )
    for line, (_, _, label, colour) in enumerate(ends):
        curve = named[label]
        ax.annotate(
            _short(label),
            (0, 0),
            (-24, -62 - 14 * line),
            xycoords="axes fraction",
            textcoords="offset points",
            fontsize=9,
            color=colour,
            va="center",
            ha="right",
        )
        for tick in ticks:
            left = curve.loc[curve["tenure"] >= tick, "at_risk"]
            ax.annotate(
                number(left.iloc[0] if len(left) else 0),
                (tick, 0),
                (0, -62 - 14 * line),
                xycoords=("data", "axes fraction"),
                textcoords="offset points",
                fontsize=9,
                color=colour,
                va="center",
                ha="center",
            )


def movements(
    frame: pd.DataFrame,
    *,
    period: str,
    finding: str,
    measured: str,
    ax: Axes | None = None,
    language: str = "en",
) -> Axes:
    """Draw active customers stacked by where they came from, and those who fell silent below
    zero."""
    if frame.empty:
        return theme.message(ax, finding)
    ax = theme.axes(ax, width=9.0)
    place = np.arange(len(frame))
    below = np.zeros(len(frame))
    for name, colour in (
        ("retained", theme.BLUE),
        ("resurrected", theme.SKY),
        ("new", theme.GREEN),
    ):
        ax.bar(
            place,
            frame[name],
            bottom=below,
            color=colour,
            width=0.85,
            label=text(f"retention.{name}", language),
        )
        below = below + frame[name].to_numpy()
    ax.bar(
        place,
        -frame["dormant"],
        color=theme.VERMILION,
        width=0.85,
        label=text("retention.dormant", language),
    )
    ax.axhline(0, color=theme.INK, linewidth=0.8)
    ax.margins(x=0.01)
    _period_ticks(ax, frame["period"], period)
    ax.yaxis.set_major_formatter(lambda value, _: number(abs(value)))
    ax.set_ylabel(text("retention.axis_customers", language))
    ax.set_xlabel(text(f"retention.{period}", language))
    ax.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), fontsize=9)
    return theme.title(ax, finding, measured)


def revenue(
    frame: pd.DataFrame,
    *,
    period: str,
    finding: str,
    measured: str,
    ax: Axes | None = None,
    language: str = "en",
) -> Axes:
    """Draw net and gross revenue retention with their intervals."""
    if frame.empty:
        return theme.message(ax, finding)
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
        (100 * frame["nrr"].iloc[-1], "nrr", theme.BLUE),
        (100 * frame["grr"].iloc[-1], "grr", theme.ORANGE),
    ]
    gap = 0.06 * (ax.get_ylim()[1] - min(0, ax.get_ylim()[0]))
    for where, (_, name, colour) in zip(_apart([end[0] for end in ends], gap), ends, strict=True):
        ax.annotate(
            text(f"retention.{name}", language),
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
    _period_ticks(ax, frame["period"], period)
    ax.set_ylabel(text("retention.axis_revenue_kept", language))
    ax.set_xlabel(text(f"retention.{period}", language))
    return theme.title(ax, finding, measured)


def _period_ticks(ax: Axes, periods: pd.Series, period: str) -> None:
    shown = range(0, len(periods), max(1, -(-len(periods) // 12)))
    ax.set_xticks(
        list(shown),
        [period_name(periods.iloc[i], period) for i in shown],
        rotation=30,
        ha="right",
        fontsize=8.5,
    )


def departures(
    frame: pd.DataFrame,
    *,
    named: list[str],
    axis: str,
    unit: str,
    finding: str,
    measured: str,
    ax: Axes | None = None,
    language: str = "en",
) -> Axes:
    """Draw each level's departure from a straight line as a ratio with its interval; named levels
    in colour."""
    from matplotlib.ticker import LogLocator, NullLocator

    ax = theme.axes(ax, width=9.0)
    place = np.arange(len(frame))
    colours = [theme.VERMILION if level in named else theme.GREY for level in frame["level"]]
    ax.vlines(place, frame["ci_low"], frame["ci_high"], color=colours, linewidth=2)
    ax.scatter(place, frame["ratio"], color=colours, s=26, zorder=3)
    ax.axhline(1, color=theme.GREY, linewidth=0.8, linestyle="--")
    ax.set_yscale("log")
    ax.yaxis.set_major_locator(LogLocator(subs=(1, 1.5, 2, 3, 5, 7)))
    ax.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    ax.yaxis.set_minor_locator(NullLocator())
    ax.set_xlim(-0.6, len(frame) - 0.4)
    _period_ticks(
        ax, pd.Series(pd.to_datetime(frame["level"].to_numpy())), "week" if unit == "day" else unit
    )
    ax.set_ylabel(axis)
    ax.set_xlabel(text(f"retention.{unit}", language))
    return theme.title(ax, finding, measured)


def gap_sensitivity(
    frame: pd.DataFrame,
    *,
    gap_days: int,
    usual: float,
    finding: str,
    measured: str,
    ax: Axes | None = None,
    language: str = "en",
) -> Axes:
    """Draw the share called lost, and the share of silences so called that ended, against the
    gap."""
    ax = theme.axes(ax, width=8.0)
    ends = []
    for name, band, colour in (("rate", "ci", theme.BLUE), ("back_rate", "back", theme.ORANGE)):
        ax.fill_between(
            frame["gap_days"],
            100 * frame[f"{band}_low"],
            100 * frame[f"{band}_high"],
            color=colour,
            alpha=0.18,
            linewidth=0,
        )
        ax.plot(
            frame["gap_days"],
            100 * frame[name],
            color=colour,
            linewidth=2,
            marker="o",
            markersize=4,
        )
        known = frame[name].last_valid_index()
        if known is not None:
            ends.append(
                (max(3.0, 100 * frame[name][known]), frame["gap_days"][known], name, colour)
            )  # clear of the axis
    ends.sort()
    for (_, day, name, colour), place in zip(ends, _apart([-end[0] for end in ends]), strict=True):
        ax.annotate(
            text(f"retention.gap_{name}", language),
            (day, -place),
            (8, 0),
            textcoords="offset points",
            color=colour,
            va="center",
        )
    for day, key, height in ((gap_days, "gap_chosen", 0.98), (usual, "gap_usual", 0.9)):
        if not np.isnan(day):
            ax.axvline(day, color=theme.GREY, linewidth=0.9, linestyle="--")
            ax.annotate(
                text(f"retention.{key}", language),
                (day, height),
                (5, 0),
                xycoords=("data", "axes fraction"),
                textcoords="offset points",
                color=theme.GREY,
                va="top",
                fontsize=9,
            )
    ax.set_ylim(0, 105)
    ax.set_xlabel(text("retention.axis_gap", language))
    ax.set_ylabel(text("retention.axis_percent", language))
    return theme.title(ax, finding, measured)
