"""A column of dates -> which cannot be meant: later than tomorrow, or few and far from all
others."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cxlib.rows.multiplicity import count, size
from cxlib.shown.message import Message

# A row is far away where the time between it and all others is at least half a year and half of
# what the others span. So it lies within the first (or last) 30 % of the whole, alone.
HALF_A_YEAR, TEN_YEARS = 180, 3653  # days
EDGE = 0.3
MOST_ROUNDS = 5  # 1900, 1970 and a slip in the year may stand in one file
_WIDTH = 0.1  # of the time between: the far rows themselves lie together
_FEW = 0.005  # of the rows, and one at least, of 40 or more
_MARKS = (
    0.2  # of the rows where ten years lie between: 1970-01-01 and 1900-01-01 mark what is missing
)
_FEWEST = 40
# where clocks and spreadsheets begin: they stand for what is missing, however many
_ZEROS = pd.to_datetime(["1899-12-30", "1899-12-31", "1900-01-01", "1904-01-01", "1970-01-01"])


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Strays:
    """Dates that cannot be meant.

    Attributes
    ----------
    rows : pandas.Series of bool
        Whether the date of a row is one.
    warnings : tuple of Message
        How many, and where they lie.
    """

    rows: pd.Series
    warnings: tuple[Message, ...]


def is_far(rows: int, n: int, end: Any, inner: Any, neighbour: Any, other: Any) -> bool:
    """Return whether `n` rows from the end to `inner` lie far from the others, which go from
    `neighbour` to the other end."""
    if not n or neighbour is None:
        return False
    between, spanned = abs(neighbour - inner), abs(other - neighbour)
    if between.days < HALF_A_YEAR or 2 * between < spanned or abs(inner - end) > _WIDTH * between:
        return False
    if between.days >= TEN_YEARS and n <= _MARKS * rows:
        return True
    return rows >= _FEWEST and n <= max(1, _FEW * rows)


def find_strays(
    moments: pd.Series,
    *,
    column: str,
    today: dt.date | None = None,
    times: pd.Series | None = None,
) -> Strays:
    """Find the dates of waves that cannot be meant; where all are later than tomorrow, none is
    left out, and that is said.

    Parameters
    ----------
    moments : pandas.Series of datetime64
        Without a zone; missing ones are passed over. Only their days count.
    column : str
        Its name in the file.
    today : datetime.date, optional
        By default the clock's; tomorrow is let through, since it has begun elsewhere.
    times : pandas.Series of int, optional
        How many rows each stands for; None: one each.
    """
    moments = moments.dt.normalize()
    bound = pd.Timestamp(today or dt.datetime.now().astimezone().date()) + pd.Timedelta(days=2)
    gone, n = moments >= bound, count(moments.notna(), times)
    said: list[Message] = []
    if n and count(gone, times) == n:
        said = [Message("common.wave_dates_all_future", column=column, first=_day(moments.min()))]
        gone = pd.Series(False, index=moments.index)
    elif gone.any():
        said = [_said("common.wave_dates_future", moments, gone, column, n, times)]
    for find in (_zeros, *[_far] * MOST_ROUNDS):
        far = find(moments.mask(gone), times)
        if not far.any():
            continue
        said.append(_said("common.wave_dates_far", moments, far, column, n, times))
        gone |= far
    return Strays(rows=gone, warnings=tuple(said))


def _zeros(moments: pd.Series, _times: pd.Series | None) -> pd.Series:
    """Return which rows have the first day of a clock, while all others come ten years later."""
    zero = moments.isin(_ZEROS)
    others = moments[~zero].min()
    apart = zero.any() and pd.notna(others) and (others - moments[zero].max()).days >= TEN_YEARS
    return zero if apart else pd.Series(False, index=moments.index)


def _far(moments: pd.Series, times: pd.Series | None) -> pd.Series:
    """Return which rows at one end lie far from all others."""
    there = moments.dropna().sort_values()
    if not there.empty:
        first, last = there.iloc[0], there.iloc[-1]
        edge = EDGE * (last - first)
        early, rest = there[there < first + edge], there[there >= first + edge]
        n, few = size(there, times), size(early, times)
        if few and is_far(n, few, first, early.iloc[-1], rest.iloc[0], last):
            return moments <= early.iloc[-1]
        late, rest = there[there > last - edge], there[there <= last - edge]
        few = size(late, times)
        if few and is_far(n, few, last, late.iloc[0], rest.iloc[-1], first):
            return moments >= late.iloc[0]
    return pd.Series(False, index=moments.index)


def _said(
    key: str, moments: pd.Series, gone: pd.Series, column: str, of: int, times: pd.Series | None
) -> Message:
    days = moments[gone]
    ends = {"first": _day(days.min()), "last": _day(days.max())}
    return Message(key, n=count(gone, times), of=of, column=column, **ends)


def _day(moment: pd.Timestamp) -> str:
    return moment.date().isoformat()
