"""Artists and the colours asked for -> the same artists in these; grey, which is context, stays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cxlib.shown import theme

if TYPE_CHECKING:
    from matplotlib.artist import Artist

_TINT = (
    0.55  # of white in the lighter companion of a colour, as `theme.SKY` is that of `theme.BLUE`
)
# what an artist says of its colours, each with what sets it
_NAMES = ("color", "facecolor", "edgecolor", "markerfacecolor", "markeredgecolor")


def recolour(artists: Iterable[Artist], colours: Sequence[str]) -> None:
    """Draw in `colours` in place of the suite's own.

    Parameters
    ----------
    artists : iterable of Artist
        What was drawn; another colour than one of `theme.PALETTE` stays.
    colours : sequence of str
        One: of the finding; the lighter companion follows it. Several: in the order of
        `theme.PALETTE`, as far as the figure has colours and they reach.
    """
    drawn = [artist for artist in artists if _has_own_colours(artist)]
    used = {known for artist in drawn for known in _palette_of(artist)}
    swaps = dict(zip([known for known in theme.PALETTE if known in used], colours, strict=False))
    if len(colours) == 1 and theme.BLUE in swaps:
        swaps[theme.SKY] = _tint(colours[0])
    for artist in drawn:
        _swap(artist, swaps)


def _has_own_colours(artist: Any) -> bool:
    """Return whether colours are set one by one, not taken from a scale of values."""
    return getattr(artist, "get_array", lambda: None)() is None


def _palette_of(artist: Artist) -> set[str]:
    return {_known(each) for name in _NAMES for each in _colours(artist, name)} & set(theme.PALETTE)


def _colours(artist: Any, name: str) -> list[Any]:
    from matplotlib.colors import is_color_like, to_rgba_array

    get = getattr(artist, f"get_{name}", None)
    found = None if get is None or not hasattr(artist, f"set_{name}") else get()
    if found is None or (isinstance(found, str) and not is_color_like(found)):
        return []
    return list(to_rgba_array(found))


def _known(colour: Any) -> str:
    from matplotlib.colors import to_hex

    return to_hex(colour).upper()


def _swap(artist: Any, swaps: Mapping[str, str]) -> None:
    from matplotlib.colors import to_rgba

    for name in _NAMES:
        before = _colours(artist, name)
        wanted = [swaps.get(_known(each)) for each in before]
        if any(wanted):
            after = [
                each if new is None else to_rgba(new, each[3])
                for each, new in zip(before, wanted, strict=True)
            ]
            getattr(artist, f"set_{name}")(after if len(after) > 1 else after[0])


def _tint(colour: str) -> str:
    from matplotlib.colors import to_hex, to_rgb

    red, green, blue = (part + (1 - part) * _TINT for part in to_rgb(colour))
    return to_hex((red, green, blue))
