"""Waves of arrival -> a figure along the response rate. Nothing is computed here but where a line
runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from cxlib.shown import language as words
from cxlib.shown import theme
from cxlib.shown.message import Message

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def along_rate(
    waves: pd.DataFrame,
    everyone: pd.Series | None,
    line: tuple[float, float] | None,
    names: Sequence[Message],
    ax: Axes | None = None,
    *,
    finding: Message,
    measured: Message,
    language: str = "en",
) -> Axes:
    """Draw `nps` of each wave with its interval; the line is dashed beyond the last answer.

    Where `rate` is missing, waves stand side by side."""
    ax = theme.axes(ax, height=4.6)
    ax.axhline(0, color=theme.GREY, lw=0.8)
    rate = waves["rate"]
    spots = range(len(waves)) if line is None else (rate + rate.shift(fill_value=0.0)) / 2
    reach = [waves["nps"] - waves["ci_low"], waves["ci_high"] - waves["nps"]]
    ax.errorbar(spots, waves["nps"], reach, fmt="o", color=theme.BLUE, ms=7, lw=1.6, capsize=3)
    for number, (spot, name, nps) in enumerate(zip(spots, names, waves["nps"], strict=True), 1):
        label = name.text(language) if line is None else words.write(number, "integer", language)
        ax.annotate(
            label,
            (spot, nps),
            (6, 6),
            textcoords="offset points",
            fontsize=9,
            bbox=theme.CLEAR,
        )
    if line is not None and everyone is not None:
        _line(ax, line, float(rate.iloc[-1]))
        _rates(ax, language)
        _silent(ax, everyone, language)
        ax.set_xlabel("   ".join(f"{i}: {name.text(language)}" for i, name in enumerate(names, 1)))
    else:
        ax.set_xlim(-0.5, len(waves) - 0.2)
        ax.set_xticks([])
    ax.set_ylim(-110, 110)
    ax.set_ylabel(words.text("bias.axis_nps", language))
    return theme.title(ax, finding.text(language), measured.text(language))


def _line(ax: Axes, line: tuple[float, float], last: float) -> None:
    start, slope = line
    ax.plot([0, last], [start, start + slope * last], color=theme.GREY, lw=1.2)
    ends = [start + slope * last, start + slope]
    ax.plot([last, 1], ends, color=theme.VERMILION, lw=1.6, ls=(0, (4, 2)))


def _silent(ax: Axes, everyone: pd.Series, language: str) -> None:
    """Draw the NPS of everyone at the right, as an assumption."""
    known = pd.notna(everyone["ci_low"])  # none where the line runs out of what is possible
    ends = [everyone["ci_low"], everyone["ci_high"]] if known else [everyone["nps"]] * 2
    ax.plot([1.06, 1.06], ends, color=theme.VERMILION, lw=2, ls=(0, (4, 2)))
    ax.plot(1.06, everyone["nps"], "o", color=theme.VERMILION, mfc="white", ms=7)
    ax.annotate(
        words.text(
            "bias.early_late_assumed" if known else "bias.early_late_assumed_end",
            language,
            nps=everyone["nps"],
        ),
        (1.06, ends[1]),
        (0, 5),
        textcoords="offset points",
        ha="right",
        fontsize=9,
        color=theme.VERMILION,
    )


def _rates(ax: Axes, language: str) -> None:
    ax.set_xlim(-0.02, 1.12)
    ticks = [0, 0.25, 0.5, 0.75, 1]
    ax.set_xticks(ticks, [words.write(tick, "percent0", language) for tick in ticks])
