"""A figure -> a picture together with the words that stand for it where it cannot be seen."""

from __future__ import annotations

import base64
import io
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cxlib.shown import theme
from cxlib.shown.behind import Fold, behind
from cxlib.shown.png import png
from cxlib.shown.text import Text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

_DPI = 144
_UNSPACED = "[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]"  # of Japanese, which has no blanks
_PAD = 14  # pixels that stay white around a figure: 0.1 inches, as matplotlib's own
_AROUND = (4.0, 1.5, 3.0, 2.5)  # inches to the left, below, to the right and above, for labels


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A figure as PNG together with the words that stand for it where it cannot be seen."""

    png: bytes
    alt: str
    width: int
    folds: tuple[Fold, ...] = ()

    def __repr__(self) -> str:
        return self.alt

    def _ipython_display_(self) -> None:
        """Show the picture, and below it the numbers behind it."""
        from IPython.display import display

        data, about = self._repr_mimebundle_()
        display(data, metadata=about, raw=True)
        for fold in self.folds:
            display(fold._repr_mimebundle_(), raw=True)

    def _repr_mimebundle_(
        self, include: Any = None, exclude: Any = None
    ) -> tuple[dict[str, str], dict[str, Any]]:
        data = {
            "text/plain": self.alt,
            "image/png": base64.b64encode(self.png).decode("ascii"),
        }
        return data, {"image/png": {"alt": self.alt, "width": self.width}}


def picture(ax: Axes, alt: str | None = None) -> Picture | Text:
    """Show the figure of `ax` with words for those who cannot see it, and close it; of
    `theme.message`, its words alone.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Any Axes of the figure.
    alt : str, optional
        The words; by default the figure's titles and axis labels, and the numbers that it shows
        where a result drew it.
    """
    import matplotlib.pyplot as plt  # a study that draws has loaded it already

    figure = theme.figure_of(ax)
    if ax.get_gid() == theme.MESSAGE:
        plt.close(figure)
        return Text((alt or _words_of(figure.axes),), kind="absent")
    numbers = behind(figure)
    with theme.look(numbers[0].language if numbers else ""):
        theme.add_cjk_font(figure)
        png = _png(figure)
    width = round(figure.get_size_inches()[0] * 100)
    plt.close(figure)
    words = alt or " ".join([_words_of(figure.axes), *(_sentence(each.alt()) for each in numbers)])
    return Picture(png, words, width, tuple(each.fold() for each in numbers))


def _png(figure: Figure) -> bytes:
    """Return the whole figure, its labels outside the Axes included, and nothing around it.

    `bbox_inches="tight"` draws twice, the first time to learn where labels end. Here one drawing
    on a sheet that is larger than the figure is cut where it stayed empty; what reaches the
    sheet's edge, or needs a layout first, is drawn the other way.
    """
    pixels = None if figure.get_layout_engine() else _cut(_sheet(figure))
    if pixels is not None and _lies_on_the_sheet(figure):
        return png(pixels, dpi=_DPI)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=_DPI, bbox_inches="tight", metadata={"Software": None})
    return buffer.getvalue()


def _sheet(figure: Figure) -> NDArray[np.uint8]:
    """Draw the figure once, with room around it; rows of pixels, each red, green, blue, alpha."""
    from matplotlib.transforms import Bbox

    left, below, right, above = _AROUND
    wide, high = figure.get_size_inches()
    columns, rows = (
        math.ceil(inches * _DPI) for inches in (left + wide + right, below + high + above)
    )
    for ax in figure.axes:
        if ax.get_axes_locator() is None:  # savefig keeps Axes where they are
            ax.apply_aspect()
    buffer = io.BytesIO()
    # half a pixel more: the size is cut down to whole pixels
    room = Bbox.from_bounds(-left, -below, (columns + 0.5) / _DPI, (rows + 0.5) / _DPI)
    figure.savefig(buffer, format="raw", dpi=_DPI, bbox_inches=room)
    return np.frombuffer(buffer.getbuffer(), np.uint8).reshape(rows, columns, 4)


def _lies_on_the_sheet(figure: Figure) -> bool:
    """Return whether nothing that may be placed anywhere lies outside the sheet just drawn."""
    # it remembers how long texts are
    renderer = getattr(figure.canvas, "renderer", None)
    if renderer is None:
        return False
    left, below, right, above = _AROUND
    wide, high = figure.get_size_inches()
    loose = [*figure.texts, *figure.legends, *figure.axes]
    for ax in figure.axes:
        loose += [*ax.texts, *ax.artists, *filter(None, [ax.get_legend()])]
    before, figure.dpi = figure.dpi, _DPI
    try:
        boxes = [each.get_window_extent(renderer) for each in loose if each.get_visible()]
    finally:
        figure.dpi = before
    return all(
        box.x0 > -left * _DPI
        and box.y0 > -below * _DPI
        and box.x1 < (wide + right) * _DPI
        and box.y1 < (high + above) * _DPI
        for box in boxes
    )


def _cut(sheet: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
    """Return what is drawn on, with a margin; None if nothing is, or if it reaches an edge."""
    drawn = sheet.view(np.uint32)[..., 0]
    drawn = drawn != drawn[0, 0]
    rows, columns = np.flatnonzero(drawn.any(1)), np.flatnonzero(drawn.any(0))
    if not rows.size:
        return None
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    if top < _PAD or left < _PAD or bottom > len(drawn) - _PAD or right > drawn.shape[1] - _PAD:
        return None
    found = sheet[top - _PAD : bottom + _PAD, left - _PAD : right + _PAD]
    return found[..., :3] if (found[..., 3] == 255).all() else found


def _words_of(axes: Iterable[Axes]) -> str:
    parts: list[str] = []
    for ax in axes:
        parts += [ax.get_title(loc=loc) for loc in ("left", "center", "right")]
        parts += [note.get_text() for note in ax.texts if note.get_gid() == "subtitle"]
        parts += [
            f"{name}: {label}"
            for name, label in (("x", ax.get_xlabel()), ("y", ax.get_ylabel()))
            if label
        ]
    said = dict.fromkeys(_one_line(part).rstrip(".。") for part in parts if part.strip())
    return " ".join(map(_sentence, said)).replace("。 ", "。")


def _one_line(words: str) -> str:
    """Return a label in one line; a line end within Japanese stands where no blank is."""
    return " ".join(re.sub(rf"(?<={_UNSPACED})\n(?={_UNSPACED})", "", words).split())


def _sentence(words: str) -> str:
    return f"{words}{_stop(words)}"


def _stop(words: str) -> str:
    """Return the full stop of the script that a sentence ends in."""
    return "。" if re.search(rf"{_UNSPACED}$", words) else "."
