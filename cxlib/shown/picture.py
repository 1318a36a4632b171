"""A figure -> a picture together with the words that stand for it where it cannot be seen."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cxlib.shown import theme
from cxlib.shown.text import Text, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A figure as PNG together with the words that stand for it where it cannot be seen."""

    png: bytes
    alt: str
    width: int

    def __repr__(self) -> str:
        return self.alt

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
        The words; by default the figure's titles and axis labels.
    """
    import matplotlib.pyplot as plt  # a study that draws has loaded it already

    figure = theme.figure_of(ax)
    if ax.get_gid() == theme.MESSAGE:
        plt.close(figure)
        return say(alt or _words_of(figure.axes))
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=144, bbox_inches="tight", metadata={"Software": None})
    width = round(figure.get_size_inches()[0] * 100)
    plt.close(figure)
    return Picture(buffer.getvalue(), alt or _words_of(figure.axes), width)


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
    return (
        ". ".join(
            dict.fromkeys(" ".join(part.split()).rstrip(".") for part in parts if part.strip())
        )
        + "."
    )
