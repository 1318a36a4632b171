"""Values that columns must have -> comparisons, and how these are written. A value is bound as it
is: none of it is ever read as part of a condition."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, TypeAlias

from cxlib.comparisons import Every, Named, Term, as_name, as_text

# the type of the parameter `only`; what a value may be is refused in words by `refuse_unbound`
Only: TypeAlias = dict[str, Any]
_VALUES = (str, bool, int, float, dt.date)


def bind(only: Mapping[str, Any]) -> Term | None:
    """Return the comparisons that ask for these values, all of them; None where there are none.

    >>> bind({"country": "x' or '1'='1"})
    Named(column='country', value="x' or '1'='1")
    """
    terms = tuple(Named(column, value) for column, value in only.items())
    return terms[0] if len(terms) == 1 else Every(terms) if terms else None


def as_condition(only: Mapping[str, Any]) -> str | None:
    """Write what is asked for as a condition would; None where nothing is.

    >>> as_condition({"country": "JP", "chief": "O'Hara"})
    "country = 'JP' and chief = 'O''Hara'"
    """
    said = [f"{as_name(column)} = {as_text(value)}" for column, value in only.items()]
    return " and ".join(said) or None


def refuse_unbound(only: Mapping[str, Any]) -> None:
    """Refuse a column without a name, and a value that names no group, or several.

    Raises
    ------
    ValueError
        With the parameter, the column and what to write instead.
    """
    for column, value in only.items():
        if not column.strip():
            raise ValueError("only: a column has no name; write it as only={country: JP}")
        if value is not None and not isinstance(value, _VALUES):
            raise ValueError(
                f"only={{{column!r}: {value!r}}} is no single value; give one, or for several "
                f"where='{as_name(column)} in (…)'"
            )
        if value is None or not str(value).strip() or value != value:
            raise ValueError(
                f"only={{{column!r}: {value!r}}} names no group; for the rows in which it "
                f"is empty give where='{as_name(column)} is null'"
            )
