"""A result's plot method -> one that also takes what people pass: a title, a colour, a size."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypedDict

from cxlib import check
from cxlib.errors import ParameterError
from cxlib.shown import theme
from cxlib.shown.message import Message, Sentences
from cxlib.shown.recolouring import recolour

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class Look(TypedDict, total=False):
    """What every plot takes.

    title : str or None
        Your own in place of the finding; None leaves out ours and what is measured.
    color : str or sequence of str
        One colour for the finding, or several where there are groups; grey stays grey.
    figsize : (float, float)
        Width and height of a new figure in inches.
    """

    title: Message | Sentences | str | None
    color: str | Sequence[str]
    figsize: tuple[float, float]


_KEYWORDS = tuple(Look.__annotations__)


def drawing(method: Callable[..., Axes]) -> Callable[..., Axes]:
    """Wrap a `plot(self, ax=None, *, …, **look)`: its figure follows `Look`, in the suite's look
    where nobody set another, and a keyword that there is not is refused with the nearest.

    The method itself never sees `Look`: `theme` does what is asked while it draws.
    """
    signature = _signature(method)
    known = list(signature.parameters)[1:]

    @functools.wraps(method)
    def plot(self: Any, ax: Axes | None = None, **given: Any) -> Axes:
        where = f"{type(self).__name__}.plot"
        for name in given:
            if name not in known:
                near = check.did_you_mean(name, known)
                raise ParameterError(f"{where} has no parameter {name!r}{near}")
        wishes = _wishes(where, ax, {name: given.pop(name) for name in _KEYWORDS if name in given})
        before = set() if ax is None else set(ax.findobj())
        with theme.asked(wishes, given.get("language", "en")):
            drawn = method(self, ax, **given)
            theme.fit(drawn)
            if wishes.colours:
                recolour([each for each in drawn.findobj() if each not in before], wishes.colours)
        return drawn

    plot.__signature__ = signature  # type: ignore[attr-defined]  # what help and completion show
    return plot


def _signature(method: Callable[..., Axes]) -> inspect.Signature:
    """Return the signature with the keywords of `Look` written out."""
    found = inspect.signature(method)
    own = [each for each in found.parameters.values() if each.kind is not each.VAR_KEYWORD]
    kind = inspect.Parameter.KEYWORD_ONLY
    looks = [inspect.Parameter(name, kind, default=inspect.Parameter.empty) for name in _KEYWORDS]
    shown = {"title": "", "color": (), "figsize": None}
    looks = [each.replace(default=shown[each.name]) for each in looks]
    return found.replace(parameters=[*own, *looks])


def _wishes(where: str, ax: Axes | None, look: dict[str, Any]) -> theme.Asked:
    title, size = look.get("title", ""), look.get("figsize")
    if not isinstance(title, str | Message | Sentences | None):
        raise ParameterError(f"{where}: title={title!r} must be words, or None for no title")
    if size is not None and ax is not None:
        raise ParameterError(
            f"{where}: figsize={size!r} is of a new figure, and ax has one already; leave out one "
            "of them, or use ax.figure.set_size_inches"
        )
    return theme.Asked(
        title=title, colours=_colours(where, look.get("color")), figsize=_size(where, size)
    )


def _colours(where: str, given: Any) -> tuple[str, ...]:
    from matplotlib.colors import is_color_like, to_hex

    if given is None or (isinstance(given, list | tuple) and not given):
        return ()
    several = [given] if is_color_like(given) or isinstance(given, str) else list(given)
    for each in several:
        if not is_color_like(each):
            raise ParameterError(
                f"{where}: color={each!r} is no colour that matplotlib knows; give a name such as "
                "'teal', a code such as '#0072B2', or a list of them"
            )
    return tuple(map(to_hex, several))


def _size(where: str, given: Any) -> tuple[float, float] | None:
    if given is None:
        return None
    try:
        width, height = (float(each) for each in given)
    except (TypeError, ValueError):
        width = height = 0.0
    if not (0 < width <= 100 and 0 < height <= 100):
        raise ParameterError(
            f"{where}: figsize={given!r} must be width and height in inches, each above 0 and at "
            "most 100, such as (8, 4.5)"
        )
    return width, height
