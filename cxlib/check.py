"""Values from outside -> checked values, or a refusal that names the parameter, the value, the rule
and the next step."""

from __future__ import annotations

import difflib
import functools
import inspect
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import Any, ParamSpec, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from cxlib.errors import ColumnError, ParameterError

# what Windows' and other tables of Japanese make of the same five signs (0x8160 is U+FF5E to
# Windows' CP932, U+301C to a Mac's keyboard), and dashes
_ALIKE = str.maketrans("\u301c\u2212\u2016\u2014\u2013\u2010\u2011", "~-\u2225\u2015---")

P = ParamSpec("P")
R = TypeVar("R")


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return `"; did you mean 'x'?"`, or the list of what is known where nothing is close."""
    known = [str(item) for item in known]
    close = nearest(name, known)
    if close:
        return f"; did you mean {close[0]!r}?{_looks_alike(str(name), close[0])}"
    shown = ", ".join(repr(item) for item in known[:20])
    return f"; there is {shown}{' …' if len(known) > 20 else ''}" if known else ""


def nearest(name: str, known: Iterable[str]) -> list[str]:
    """Return the known name that is nearest, one that differs in capital letters alone first, then
    one that looks alike; empty where none is near.

    >>> nearest("ID", ["Ida", "id"]), nearest("segmnt", ["wave", "segment"]), nearest("ｎ", ["n"])
    (['id'], ['segment'], ['n'])
    """
    known, name = [str(item) for item in known], str(name)
    alike = [item for item in known if item.casefold() == name.casefold()]
    alike += [item for item in known if _plain(item) == _plain(name)]
    return alike[:1] or difflib.get_close_matches(name, known, n=1)


def _plain(name: str) -> str:
    """Return a name without what an eye takes for the same: width, composition, kind of dash."""
    plain = unicodedata.normalize("NFKC", name.translate(_ALIKE)).casefold()
    return " ".join(plain.split())


def _looks_alike(name: str, near: str) -> str:
    """Say by their numbers in what two names differ that look alike."""
    if _plain(name) != _plain(near) or name.casefold() == near.casefold():
        return ""
    theirs, yours = (
        [mark for mark in dict.fromkeys(one) if mark not in other]
        for one, other in [(near, name), (name, near)]
    )
    if not theirs and not yours:
        return ""
    has, have = (
        ", ".join(f"{mark!r} (U+{ord(mark):04X})" for mark in marks) or "nothing"
        for marks in (theirs, yours)
    )
    return f" It looks alike, and has {has} where yours has {have}: copy it from here"


def columns(available: Sequence[str], **wanted: str | Sequence[str] | None) -> None:
    """Refuse a column that is not there; `wanted` maps a parameter's name to the column or columns
    it names.

    Raises
    ------
    ColumnError
        With the parameter, the column, and the nearest column that exists.
    """
    for parameter, names in wanted.items():
        for name in [names] if isinstance(names, str) else (names or ()):
            if name not in available:
                raise ColumnError(
                    f"{parameter}={name!r}: there is no such column{did_you_mean(name, available)}"
                )


def one_of(parameter: str, value: Any, allowed: Iterable[Any]) -> None:
    """Refuse a value that is not among the allowed ones.

    Raises
    ------
    ParameterError
        With the parameter, the value and the nearest allowed value.
    """
    allowed = list(allowed)
    if value not in allowed:
        raise ParameterError(
            f"{parameter}={value!r} is not one of the possible values{did_you_mean(value, allowed)}"
        )


def zone(name: str) -> str:
    """Return the name of a time zone, or refuse one that the IANA database does not have."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        near = did_you_mean(name, sorted(available_timezones()))
        raise ParameterError(
            f"zone={name!r} is not a time zone{near} Give an IANA name such as 'Asia/Tokyo'"
        ) from None
    return name


def brackets(pairs: Sequence[Sequence[int]] | None) -> list[tuple[int, int]]:
    """Return pairs of ages, each after the one before, or refuse them."""
    rule = (
        "give pairs of whole ages (first, last), each after the one before, such as [(1, 3), "
        "(4, 6)]"
    )
    if not pairs:
        raise ParameterError(f"brackets={pairs!r}: kind='bracket' needs them; {rule}")
    reached = -1
    for pair in map(tuple, pairs):
        whole = len(pair) == 2 and all(age == int(age) for age in pair)
        if not whole or not reached < pair[0] <= pair[1]:
            raise ParameterError(f"brackets={pairs!r}: {pair!r} is no bracket; {rule}")
        reached = pair[1]
    return [(int(first), int(last)) for first, last in pairs]


def confidence(value: float) -> float:
    """Return the confidence level, or refuse it: it must lie strictly between 0 and 1 (0.95, not
    95)."""
    if not 0 < value < 1:
        raise ParameterError(f"confidence={value!r} must lie between 0 and 1; write 0.95 for 95 %")
    return float(value)


def scale(value: Any) -> tuple[int, int]:
    """Return a question's lowest and highest score as two whole numbers, or refuse them."""
    try:
        low, high = (int(end) for end in value)
    except (TypeError, ValueError, OverflowError):
        low = high = 0
    if low >= high or (low, high) != tuple(value):
        raise ParameterError(
            f"scale={value!r} must be two whole numbers, the lower first, such as (0, 10)"
        )
    return low, high


def nps_scale(value: Any) -> tuple[int, int]:
    """Return the scale of a question whose promoters answer 9 and 10, or refuse another one."""
    low, high = scale(value)
    if (low, high) in ((0, 10), (1, 10)):
        return low, high
    if high - low == 10:
        raise ParameterError(
            f"scale={(low, high)}: 11 points, coded from {low} to {high}; promoters answer 9 or 10 "
            f"of 0 to 10, so pass scale=(0, 10) and scale_shift={-low}"
        )
    raise ParameterError(
        f"scale={(low, high)}: promoters answer 9 or more and detractors 6 or less, which a scale "
        f"of {low} to {high} does not hold as 0 to 10 does; for satisfaction or effort use "
        "cx.nps.top_box"
    )


def labels(value: Any, *, scale: tuple[int, int]) -> dict[str, int | None]:
    """Return the scores that answers in words stand for, or refuse those that are not on the
    scale."""
    low, high = scale
    given = {} if value is None else {str(label): score for label, score in dict(value).items()}
    wrong = {
        label: score
        for label, score in given.items()
        if score is not None and not (score == int(score) and low <= score <= high)
    }
    if wrong:
        raise ParameterError(
            f"labels={wrong!r}: a score must be a whole number from {low} to {high}, the "
            "question's scale, or None for no answer"
        )
    return given


# arguments that people try where a function has others
_OTHERWISE = {"a": "reference", "b": "reference", "alpha": "confidence", "level": "confidence"}


def arguments(function: Callable[P, R]) -> Callable[P, R]:
    """Wrap a public function so that an argument it does not have is refused with the nearest.

    Examples
    --------
    >>> @arguments
    ... def level(data, *, between=None):
    ...     return data
    >>> level(1, betwen="wave")
    Traceback (most recent call last):
    cxlib.errors.ParameterError: level has no parameter 'betwen'; did you mean 'between'?
    """
    known = inspect.signature(function).parameters

    @functools.wraps(function)
    def checked(*positional: P.args, **named: P.kwargs) -> R:
        for name in named:
            if name not in known:
                meant = _OTHERWISE.get(name, name)
                near = f"; did you mean {meant!r}?" if meant in known else did_you_mean(name, known)
                raise ParameterError(f"{function.__name__} has no parameter {name!r}{near}")
        return function(*positional, **named)

    return checked
