"""Parts of an R-indicator -> their figure. Nothing is computed here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from cxlib.shown import language as words
from cxlib.shown import theme
from cxlib.shown.message import Message

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def parts(
    frame: pd.DataFrame,
    names: Sequence[Message],
    ax: Axes | None = None,
    *,
    finding: Message,
    measured: Message,
    language: str = "en",
) -> Axes:
    """Draw `partial_unconditional` of each category with `ci_low` to `ci_high`, and beside it
    `respondents` of `n`; those whose interval lies on one side of 0 in colour."""
    ax = theme.axes(ax, height=1.6 + 0.34 * len(frame))
    ax.axvline(0, color=theme.GREY, lw=0.8)
    for spot, row in enumerate(frame.itertuples()):
        sure = theme.VERMILION if row.ci_high < 0 else theme.BLUE if row.ci_low > 0 else theme.GREY
        ax.hlines(spot, row.ci_low, row.ci_high, color=sure, lw=1.6)
        ax.plot(row.partial_unconditional, spot, "o", color=sure, ms=6)
        note = words.text(
            "bias.bar_share", language, rate=row.rate, reached=row.respondents, n=row.n
        )
        ax.annotate(
            note,
            (1.02, spot),
            xycoords=("axes fraction", "data"),
            fontsize=8.5,
            color=theme.GREY,
            va="center",
            annotation_clip=False,
        )
    ax.set_yticks(range(len(frame)), [theme.wrap(name.text(language), 34) for name in names])
    ax.invert_yaxis()
    ax.margins(x=0.08)
    ax.set_xlabel(words.text("bias.axis_partial", language))
    return theme.title(ax, finding.text(language), measured.text(language))
