"""Values of past runs, with their intervals -> the paths of a line as high as a word."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

WIDTH, HEIGHT = 100, 24
_EDGE = 3  # room for the dot and half the line's width

Point = tuple[float, float | None, float | None]  # value, low, high


@dataclass(frozen=True, slots=True)
class Sparkline:
    """Paths of an SVG of `WIDTH` by `HEIGHT`.

    Attributes
    ----------
    lines : str
        The values; interrupted where a run has none.
    bands : str
        Their intervals; empty where there is none.
    dots : tuple of (float, float)
        Values that stand alone between two gaps, and the newest.
    """

    lines: str
    bands: str
    dots: tuple[tuple[float, float], ...]


def sparkline(points: Sequence[Point | None]) -> Sparkline | None:
    """Draw values in their order; None where no run has one.

    Parameters
    ----------
    points : sequence of (float, float or None, float or None) or None
        Value, lower and upper bound of each run, oldest first; None for a run without the figure.

    Returns
    -------
    Sparkline or None
        The height is that of the smallest to the largest number, bounds included: a change within
        its noise does not look like one.
    """
    numbers = [each for point in points if point for each in point if each is not None]
    if not numbers:
        return None
    low, high = min(numbers), max(numbers)

    def x(place: int) -> float:
        share = place / (len(points) - 1) if len(points) > 1 else 0.5
        return round(_EDGE + share * (WIDTH - 2 * _EDGE), 1)

    def y(value: float) -> float:
        span = high / 2 - low / 2  # halves: the whole may be more than a float holds
        share = (value / 2 - low / 2) / span if span else 0.5
        return round(HEIGHT - _EDGE - share * (HEIGHT - 2 * _EDGE), 1)

    pieces = [
        [(x(place), point) for place, point in piece if point]
        for there, piece in groupby(enumerate(points), key=lambda each: each[1] is not None)
        if there
    ]
    ends = [piece[0] for piece in pieces if len(piece) == 1]
    if pieces[-1][-1] not in ends:
        ends.append(pieces[-1][-1])
    return Sparkline(
        lines=" ".join(_path((at, y(each[0])) for at, each in piece) for piece in pieces),
        bands=" ".join(
            f"{_path([(at, y(top)) for at, top in upper] + [(at, y(c)) for at, c in lower])}Z"
            for upper, lower in _bounds(pieces)
        ),
        dots=tuple((at, y(each[0])) for at, each in ends),
    )


def _bounds(
    pieces: Iterable[Sequence[tuple[float, Point]]],
) -> Iterable[tuple[list[tuple[float, float]], list[tuple[float, float]]]]:
    """Give the upper bounds of each piece from the left, and the lower ones back from the right."""
    for piece in pieces:
        for there, part in groupby(piece, key=lambda each: None not in each[1]):
            if there:
                both = [(at, low, high) for at, (_, low, high) in part]
                yield (
                    [(at, high) for at, _, high in both if high is not None],
                    [(at, low) for at, low, _ in reversed(both) if low is not None],
                )


def _path(places: Iterable[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{across:g} {down:g}" for across, down in places)
