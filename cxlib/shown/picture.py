"""A figure -> a picture together with the words that stand for it where it cannot be seen; for a
page of `cx run` also as SVG."""

from __future__ import annotations

import base64
import io
import math
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cxlib.shown import theme
from cxlib.shown.behind import Fold, behind
from cxlib.shown.inline_svg import MIME, PAGE, inline_svg
from cxlib.shown.language import text
from cxlib.shown.png import png
from cxlib.shown.text import Text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.transforms import Bbox
    from numpy.typing import NDArray

_DPI, _SHARP = 144, 200  # in a notebook, and on a page: two pixels for each of its own
_UNSPACED = "[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]"  # of Japanese, which has no blanks
_ENDS_IN_JAPANESE = re.compile(f"{_UNSPACED}$")
_PAD = 14  # pixels that stay white around a figure: 0.1 inches, as matplotlib's own
_AROUND = (4.0, 1.5, 3.0, 2.5)  # inches to the left, below, to the right and above, for labels


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A figure as PNG together with the words that stand for it where it cannot be seen; `svg` is
    what a page shows instead, where it is smaller."""

    png: bytes
    alt: str
    width: int
    folds: tuple[Fold, ...] = ()
    svg: str = ""

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
        } | ({MIME: self.svg} if self.svg else {})
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
        return Text((alt or _together(_words_of(figure.axes, ""), ""),), kind="absent")
    numbers = behind(figure)
    language = numbers[0].language if numbers else ""
    with theme.look(language):
        theme.add_cjk_font(figure)
        theme.write_powers(figure)
        png, room = _png(figure)
        png, svg = _for_page(figure, png, room) if os.environ.get(PAGE) else (png, "")
    width = round(figure.get_size_inches()[0] * 100)
    plt.close(figure)
    words = alt or _together(
        [*_words_of(figure.axes, language), *(each.alt() for each in numbers)], language
    )
    return Picture(png, words, width, tuple(each.fold() for each in numbers), svg)


def _for_page(figure: Figure, png: bytes, room: Bbox | str) -> tuple[bytes, str]:
    """Return the figure as a page shows it: as SVG where that is not larger than the PNG in base64
    would be, else a PNG that is sharp where screens are."""
    svg = inline_svg(figure, room)
    size = len(svg.encode())
    if svg and size <= _in_base64(png):
        return png, svg
    sharp = _saved(figure, room, dpi=_SHARP)
    return (png, svg) if svg and size <= _in_base64(sharp) else (sharp, "")


def _in_base64(content: bytes) -> int:
    return 4 * math.ceil(len(content) / 3)


def _png(figure: Figure) -> tuple[bytes, Bbox | str]:
    """Return the whole figure, its labels outside the Axes included, and nothing around it; and
    what of it that is, in inches.

    `bbox_inches="tight"` draws twice, the first time to learn where labels end. Here one drawing
    on a sheet that is larger than the figure is cut where it stayed empty; what reaches the
    sheet's edge, or needs a layout first, is drawn the other way.
    """
    found = None if figure.get_layout_engine() else _cut(_sheet(figure))
    if found is not None and _lies_on_the_sheet(figure):
        return png(found[0], dpi=_DPI), found[1]
    return _saved(figure, "tight", dpi=_DPI), "tight"


def _saved(figure: Figure, room: Bbox | str, *, dpi: int) -> bytes:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=dpi, bbox_inches=room, metadata={"Software": None})
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


def _cut(sheet: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], Bbox] | None:
    """Return what is drawn on, with a margin, and where that is, in inches; None if nothing is, or
    if it reaches an edge."""
    from matplotlib.transforms import Bbox

    drawn = sheet.view(np.uint32)[..., 0]
    drawn = drawn != drawn[0, 0]
    rows, columns = np.flatnonzero(drawn.any(1)), np.flatnonzero(drawn.any(0))
    if not rows.size:
        return None
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    if top < _PAD or left < _PAD or bottom > len(drawn) - _PAD or right > drawn.shape[1] - _PAD:
        return None
    found = sheet[top - _PAD : bottom + _PAD, left - _PAD : right + _PAD]
    x, y = left - _PAD - _AROUND[0] * _DPI, len(sheet) - bottom - _PAD - _AROUND[1] * _DPI
    high, wide, _ = found.shape
    room = Bbox.from_bounds(x / _DPI, y / _DPI, wide / _DPI, high / _DPI)
    return found[..., :3] if (found[..., 3] == 255).all() else found, room


def _words_of(axes: Iterable[Axes], language: str) -> list[str]:
    """Return what stands around the figure; that of no known language as in English."""
    parts: list[str] = []
    for ax in axes:
        parts += [theme.unbroken(ax, ax.get_title(loc=loc)) for loc in ("left", "center", "right")]
        parts += [
            theme.unbroken(ax, note.get_text()) for note in ax.texts if note.get_gid() == "subtitle"
        ]
        for key, label in (("common.axis_x", ax.get_xlabel()), ("common.axis_y", ax.get_ylabel())):
            if label:
                parts.append(text(key, language or "en", label=_one_line(label)))
    return list(dict.fromkeys(_one_line(part).rstrip(".。") for part in parts if part.strip()))


def _together(parts: Iterable[str], language: str) -> str:
    """Return the parts as sentences: with the full stop of the language, or where it is not known,
    of the script that each ends in."""
    said = [
        text(
            "common.sentence",
            language or ("ja" if _ENDS_IN_JAPANESE.search(part) else "en"),
            words=part,
        )
        for part in parts
        if part
    ]
    return " ".join(said).replace("。 ", "。")


def _one_line(words: str) -> str:
    """Return a label in one line; a line end within Japanese stands where no blank is."""
    return " ".join(re.sub(rf"(?<={_UNSPACED})\n(?={_UNSPACED})", "", words).split())
