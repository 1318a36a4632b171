"""A figure -> a file for a slide or a paper, whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cxlib import check
from cxlib.errors import ParameterError
from cxlib.shown import theme

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_DPI = 200  # twice as fine as a figure is shown
# letters of an SVG are drawn, since who opens it may not have the font; those of a PDF are embedded
_LOOK: dict[Any, Any] = {"svg.fonttype": "path", "svg.hashsalt": "cxlib", "pdf.fonttype": 42}
# without a date the same figure is the same file
_ABOUT = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}, ".png": {"Software": None}}


@check.arguments
def save(ax: Axes, path: str | os.PathLike[str]) -> Path:
    """Save the figure of `ax`, with all its labels, as SVG, PNG or PDF; a file that is there is
    replaced.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Any Axes of the figure; it stays open.
    path : path
        Its suffix says the format: `.svg` (letters as outlines), `.pdf` (letters embedded), `.png`
        (200 dots an inch).

    Returns
    -------
    Path
        Where it lies.

    Raises
    ------
    ParameterError
        If the suffix is another one, or the folder is not there.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(theme.axes(), Path(folder) / "wave.svg").name
    'wave.svg'
    """
    path = Path(path)
    kind = path.suffix.lower()
    if kind not in _ABOUT:
        raise ParameterError(
            f"path={str(path)!r}: a figure is saved as {', '.join(sorted(_ABOUT))}, and the suffix "
            f"{path.suffix!r} is none of these; name the file {path.stem}.svg, say"
        )
    import matplotlib as mpl

    with whole(path) as part, theme.look(), mpl.rc_context(_LOOK):
        figure = theme.figure_of(ax)
        theme.add_cjk_font(figure)
        theme.write_powers(figure)
        figure.savefig(part, dpi=_DPI, bbox_inches="tight", format=kind[1:], metadata=_ABOUT[kind])
    return path


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Give a file beside `path` to write into, which takes its place once all is written.

    Raises
    ------
    ParameterError
        If the folder is not there.
    """
    if not path.parent.is_dir():
        raise ParameterError(
            f"path={str(path)!r}: there is no folder {str(path.parent)!r}; make it, or save into "
            "one that is there"
        )
    # a name of its own, so that two who save at once do not meet
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".saving-", suffix=path.suffix)
    os.close(handle)
    part = Path(name)
    try:
        yield part
        part.chmod(0o644)
        part.replace(path)
    except BaseException:  # a full disk, or somebody who stops it
        part.unlink()
        raise
