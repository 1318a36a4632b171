"""The columns that results of many kinds have, each with how it is written: one vocabulary."""

from __future__ import annotations

from cxlib.shown.table import Format

# two groups that are compared, and how many answered in each
PAIR: dict[str, Format] = {"a": "", "b": "", "n_a": "integer", "n_b": "integer"}

# the p value of a test, alone and adjusted for all that were made
PVALUES: dict[str, Format] = {"pvalue": "pvalue", "pvalue_adj": "pvalue"}


def limits(written: Format) -> dict[str, Format]:
    """Return the columns of an interval's ends, both written as their estimate is.

    Examples
    --------
    >>> limits("points")
    {'ci_low': 'points', 'ci_high': 'points'}
    """
    return {"ci_low": written, "ci_high": written}


def with_limits(estimate: str, written: Format, *, se: Format | None = None) -> dict[str, Format]:
    """Return the columns of an estimate: itself, its standard error where it has one, its limits.

    Examples
    --------
    >>> with_limits("nps", "points", se="decimal1")
    {'nps': 'points', 'se': 'decimal1', 'ci_low': 'points', 'ci_high': 'points'}
    """
    error = {} if se is None else {"se": se}
    return {estimate: written, **error, **limits(written)}


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
