"""The column with the waves, in the survey and in the invitation list -> the waves' names."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pandas as pd

from cxlib import check
from cxlib.bias.parameters import Parameters
from cxlib.rows import wave_names
from cxlib.rows.calendar_periods import PERIODS, with_periods
from cxlib.rows.multiplicity import times_of
from cxlib.shown.message import Message

if TYPE_CHECKING:
    import ibis.expr.types as ir


def name_waves(
    rows: pd.DataFrame, p: Parameters, in_order: Callable[[pd.Series], pd.Series] | None = None
) -> tuple[pd.DataFrame, wave_names.Named]:
    """Return the answers with the names of their waves, and what is to be said about these;
    `in_order` as for `wave_names.name_waves`.

    Raises
    ------
    ColumnError
        If `wave_by` needs a column of dates, and there is none; or each wave stands only in its
        first row.
    """
    name = p.wave_column
    if name is not None and p.wave_by in PERIODS:
        check.columns(list(rows.columns), wave_column=name)
    if name is None or name not in rows.columns:
        none = (Message("bias.read_wave_none"),)
        return rows, wave_names.Named(values=pd.Series(index=rows.index, dtype=object), notes=none)
    given = pd.Series(True, rows.index) if p.score is None else rows[p.score].notna()
    how: Any = {"column": name, "by": p.wave_by, "dates": p.dates, "times": times_of(rows)}
    named = wave_names.name_waves(rows[name], given=given, in_order=in_order, **how)
    return rows.assign(**{name: named.values}), named


def name_invited_waves(invitations: ir.Table | None, p: Parameters) -> ir.Table | None:
    """Return the invitations with the names of their waves, where these are cut from dates."""
    name = p.wave_column
    if invitations is None or name is None or p.wave_by not in PERIODS:
        return invitations
    if name not in invitations.columns:
        return invitations
    return with_periods(invitations, name=name, by=p.wave_by, dates=p.dates)
