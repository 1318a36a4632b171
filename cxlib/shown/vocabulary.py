"""The columns that results of many kinds have, each with how it is written: one vocabulary."""

from __future__ import annotations

from cxlib.shown.table import Format

# two groups that are compared, and how many answered in each
PAIR: dict[str, Format] = {"a": "", "b": "", "n_a": "integer", "n_b": "integer"}


def limits(written: Format) -> dict[str, Format]:
    """Return the columns of an interval's ends, both written as their estimate is.

    Examples
    --------
    >>> limits("points")
    {'ci_low': 'points', 'ci_high': 'points'}
    """
    return {"ci_low": written, "ci_high": written}


def level_and_method(methods: Format) -> dict[str, Format]:
    """Return the columns that every result ends in: the level of its intervals, and the method.

    Parameters
    ----------
    methods : type of StrEnum, or a tuple of them
        What `method` may hold.

    Examples
    --------
    >>> list(level_and_method(""))
    ['confidence', 'method']
    """
    return {"confidence": "level", "method": methods}
