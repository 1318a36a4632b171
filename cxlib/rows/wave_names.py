"""The column with the waves -> their names, with what is missing or cannot be meant left out of the
waves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pandas as pd

from cxlib.errors import ColumnError
from cxlib.rows import names
from cxlib.rows.calendar_periods import PERIODS, read_periods
from cxlib.rows.multiplicity import count
from cxlib.shown.message import Message

_MANY = 0.05  # a larger share of answers without a wave is flagged
_FILL = 0.5  # of the rows: where more are empty, a wave may stand in its first row alone


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Named:
    """Names of waves.

    Attributes
    ----------
    values : pandas.Series
        A name a row, missing where the row is in no wave; same index.
    notes : tuple of Message
        What was decided about them.
    warnings : tuple of Message
        What a reader should know, where `order_waves` does not say it.
    flags : tuple of Message
        What can change a headline: answers without a wave, dates that cannot be meant.
    zoned : bool
        Whether they are made of moments of a zone.
    """

    values: pd.Series
    notes: tuple[Message, ...]
    warnings: tuple[Message, ...] = ()
    flags: tuple[Message, ...] = ()
    zoned: bool = False

    @property
    def many_missing(self) -> bool:
        """Whether a flag says that many answers have no wave."""
        return any(each.key == "common.wave_missing" for each in self.flags)


def name_waves(
    values: pd.Series,
    *,
    column: str,
    by: str,
    dates: str | None,
    given: pd.Series,
    times: pd.Series | None = None,
    in_order: Callable[[pd.Series], pd.Series] | None = None,
    zone: str | None = None,
) -> Named:
    """Name the wave of each row: as the column does, or as the month, quarter or year of its date.

    Parameters
    ----------
    values : pandas.Series
        The column, in the order of the file.
    column : str
        Its name.
    by, dates, zone : str
        The parameters `wave_by`, `dates` and `zone`.
    given : pandas.Series of bool
        Whether a row has an answer.
    times : pandas.Series of int, optional
        How many rows each stands for, which then have no order; None: one each.
    in_order : callable, optional
        Gives for bools of these values those of the rows that they stand for, in the order of the
        file; called where most are missing.

    Raises
    ------
    ColumnError
        If `by` needs dates and there are none, or each wave stands only in its first row.
    """
    if by in PERIODS:
        read = read_periods(values, name=column, by=by, dates=dates, times=times, zone=zone)
        missing = read.values.isna() & ~read.strays.rows
        named = Named(
            values=read.values, notes=read.notes, flags=read.strays.warnings, zoned=read.zoned
        )
    else:
        folded = names.fold(values)
        missing = folded.values.isna()
        warnings = tuple(folded.warnings(column))
        named = Named(values=folded.values, notes=tuple(folded.notes(column)), warnings=warnings)
    if times is None:
        _refuse_first_rows_alone(missing, column)
    elif in_order is not None and count(missing, times) > _FILL * times.sum():
        _refuse_first_rows_alone(in_order(missing), column)
    n, of = count(missing & given, times), count(given, times)
    # where no answer has a wave, the study refuses it
    if n == of or n <= _MANY * of:
        return named
    said = Message("common.wave_missing", n=n, of=of, share=n / of, column=column)
    return replace(named, flags=(*named.flags, said))


def _refuse_first_rows_alone(missing: pd.Series, column: str) -> None:
    """Refuse a column as merged cells leave it: a wave in the first row of each block, and nothing
    in the rows below."""
    n, there = len(missing), ~missing.to_numpy()
    if n < 3 or not there[0] or there[1:].sum() < 1 or missing.sum() <= _FILL * n:
        return
    if not (there[1:] & there[:-1]).any():
        raise ColumnError(
            f"wave_column={column!r}: {int(missing.sum())} of {n} rows are empty, and the others "
            "stand each above empty rows, as merged cells and blocks are written, where the wave "
            "stands only in the first row; fill it down to each row (in Excel: unmerge the cells, "
            "select the column, Go To Special > Blanks, type =, arrow up, Ctrl+Enter) and save "
            "the file again"
        )
