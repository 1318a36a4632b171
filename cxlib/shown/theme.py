"""One look for every figure: CJK text without system fonts, a palette that colour-blind readers can
tell apart."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING

from cxlib.errors import ParameterError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito 2008, in the order of use: first the one that carries the finding, then the context.
BLUE, ORANGE, GREEN, VERMILION, SKY, PURPLE, YELLOW = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#D55E00",
    "#56B4E9",
    "#CC79A7",
    "#F0E442",
)
PALETTE = (BLUE, ORANGE, GREEN, VERMILION, SKY, PURPLE, YELLOW)
INK, GREY, PALE = "#222222", "#767676", "#D9D9D9"
PROMOTER, PASSIVE, DETRACTOR = BLUE, PALE, VERMILION
CJK_FAMILY = "Noto Sans CJK JP"
MESSAGE = "message"  # the mark of Axes that hold a sentence only


@functools.cache
def _use() -> None:
    """Register the font that comes as a package and set the look; once a process."""
    import matplotlib as mpl
    from matplotlib import font_manager
    from noto_cjk_sans_jp_regular import FONT_PATH

    font_manager.fontManager.addfont(
        str(FONT_PATH)
    )  # kana, kanji and hangul in one face; no system font is needed
    mpl.rcParams.update(
        {
            "font.family": ["DejaVu Sans", CJK_FAMILY],
            "axes.unicode_minus": True,
            "axes.prop_cycle": mpl.rcsetup.cycler(color=PALETTE),
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.edgecolor": GREY,
            "axes.labelcolor": INK,
            "axes.titlelocation": "left",
            "text.color": INK,
            "xtick.color": INK,
            "ytick.color": INK,
            "text.hinting": "no_hinting",  # hinting takes a quarter of a drawing
            "text.parse_math": False,  # a customer's "$" is a dollar, not mathematics
            "figure.dpi": 100,
            "legend.frameon": False,
        }
    )


def axes(ax: Axes | None = None, *, width: float = 8.0, height: float = 4.2) -> Axes:
    """Return `ax`, or new Axes of the given size in inches, in the look of the suite."""
    _use()
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    return plt.subplots(figsize=(width, height))[1]


def figure_of(ax: Axes) -> Figure:
    """Return the whole figure in which Axes lie."""
    found = ax.get_figure(root=True)
    if found is None:
        raise ParameterError("ax lies in no figure; give Axes that `theme.axes` made")
    return found


def title(ax: Axes, finding: str, measured: str = "") -> Axes:
    """Put the finding above the figure and, smaller, what is measured; long lines are broken.

    Both are left-aligned with the figure; a label of any script may stand in them.
    """
    characters = int(figure_of(ax).get_size_inches()[0] * ax.get_position().width * 12)
    measured = wrap(measured, int(characters * 1.25))
    lines = measured.count("\n") + 1 if measured else 0
    # where it is told, matplotlib need not measure all labels to find it
    ax.set_title(wrap(finding, characters), loc="left", fontsize=13, pad=10 + 13 * lines, y=1.0)
    if measured:
        note = ax.annotate(
            measured,
            (0, 1),
            (0, 8),
            xycoords="axes fraction",
            textcoords="offset points",
            fontsize=9.5,
            color=GREY,
            va="bottom",
            ha="left",
        )
        note.set_gid("subtitle")
    return ax


def message(ax: Axes | None, sentence: str) -> Axes:
    """Return Axes that hold a sentence only: why there is nothing to draw."""
    ax = axes(ax, height=1.2)
    ax.set_axis_off()
    ax.set_gid(MESSAGE)
    title(ax, "", sentence)
    return ax


def wrap(sentence: str, width: int) -> str:
    """Break a line so that it takes at most `width` columns, a CJK character counting two."""
    lines, used = [""], 0
    for word in _breakable(sentence):
        size = sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in word)
        if used and used + size > width + 1:
            lines[-1] = lines[-1].rstrip()
            lines.append("")
            used = 0
        lines[-1] += word
        used += size
    return "\n".join(lines).rstrip()


def _breakable(sentence: str) -> Sequence[str]:
    return re.findall(
        r"[^\s\u3000-\u9fff\uac00-\ud7af\uff00-\uffef]+\s*|[\u3000-\u9fff\uac00-\ud7af\uff00-\uffef]\s*|\s+",
        sentence,
    )
