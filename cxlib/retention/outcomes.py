"""A file of durations -> counts of them: it says itself who was lost, and when."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from cxlib.errors import ColumnError, ParameterError
from cxlib.retention.counts.durations import count_durations
from cxlib.retention.durations import Durations
from cxlib.retention.named_files import clean_groups, left_out, read_named
from cxlib.retention.parameters import Parameters
from cxlib.rows import names
from cxlib.rows.conditions import choose
from cxlib.shown.message import Message

_SAID = {"yes": 1, "true": 1, "1": 1, "1.0": 1, "no": 0, "false": 0, "0": 0, "0.0": 0}
MOST_MONTHS = 1200  # a hundred years


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Outcomes:
    """A file of durations, read and counted; `flags` can change the finding, `warnings` the
    comparisons."""

    rows: pd.DataFrame
    followed: Durations
    notes: tuple[Message, ...]
    warnings: tuple[Message, ...]
    flags: tuple[Message, ...]


def read_outcomes(p: Parameters) -> Outcomes:
    """Read and count the file of durations that the parameters name.

    Raises
    ------
    CxError
        If it cannot be read, a value is no duration or outcome, the outcomes given are all one and
        others are empty, or a customer stands in it with two durations or outcomes.
    """
    if p.durations is None:  # refused by the parameters
        raise ParameterError("durations=None: give the file with the durations")
    file = read_named(
        p.durations,
        {"tenure": p.tenure, "lost": p.lost, "segment": p.segment},
        where=choose(p.where, p.only),
    )
    frame, (notes, warnings) = clean_groups(file.frame, p.segment)
    frame, repeated = _once(frame, p)
    tenure, lost = _read(frame, p)
    followed = count_durations(
        frame.assign(**{p.tenure: tenure, p.lost: lost.astype(float)}),
        duration=p.tenure,
        event=p.lost,
        by=p.segment,
        unit="month" if p.period == "month" else "period",
    )
    n, rows = followed.tally["missing_duration"], len(frame)
    missing = left_out(rows, {Message("retention.left_out_missing_duration", n=n, rows=rows): n})
    return Outcomes(
        rows=file.frame,
        followed=followed,
        notes=(*file.noticed, *notes),
        warnings=(*file.warnings, *warnings),
        flags=(*repeated, *missing),
    )


def _read(frame: pd.DataFrame, p: Parameters) -> tuple[pd.Series, pd.Series]:
    """Return the durations and the outcomes, 1 where lost; missing where they are not given."""
    said = frame[p.lost].astype(str).str.strip().str.lower().where(frame[p.lost].notna())
    tenure, lost = pd.to_numeric(frame[p.tenure], errors="coerce"), said.map(_SAID)
    tenure = tenure.where(tenure.between(0, math.inf, inclusive="left"))
    _refuse_unread(
        frame[p.tenure], tenure, f"tenure={p.tenure!r}", "a number of periods, 0 or more"
    )
    _refuse_unread(frame[p.lost], lost, f"lost={p.lost!r}", "yes or no, 1 or 0, true or false")
    if p.period == "month" and tenure.max() > MOST_MONTHS:
        raise ColumnError(
            f"tenure={p.tenure!r} reaches {tenure.max():,.0f}, which would be months; write it in "
            "months, or give "
            "period='week' and months= in the unit of the file: nothing is then called a month"
        )
    if (empty := int(lost.isna().sum())) and lost.nunique() == 1:
        told = str(frame.loc[lost.notna(), p.lost].iloc[0])
        other = "no for those still there" if lost.max() == 1 else "yes for those who were lost"
        raise ColumnError(
            f"lost={p.lost!r}: every outcome that is given is {told!r}, and {empty:,} of "
            f"{len(lost):,} are empty; write {other}, or, where it is not known what became of "
            f'them, leave these rows out with where: "{p.lost}" is not null'
        )
    return tenure, lost


def _once(frame: pd.DataFrame, p: Parameters) -> tuple[pd.DataFrame, tuple[Message, ...]]:
    """Count a customer once, where the file has a column of customers; refuse two outcomes of
    one."""
    if p.customer not in frame or p.customer in (p.tenure, p.lost, p.segment):
        return frame, ()
    ids = names.fold(frame[p.customer]).values
    told = [p.tenure, p.lost, *([] if p.segment is None else [p.segment])]
    distinct = frame[told].astype(str).assign(cx_id=ids)[ids.notna()].drop_duplicates()
    if twice := distinct.loc[distinct["cx_id"].duplicated(), "cx_id"].nunique():
        raise ColumnError(
            f"durations: {twice:,} customers of column {p.customer!r} stand in more than one row "
            f"with different {', '.join(map(repr, told))}, and a customer counts once; leave one "
            "row a customer, or, where a row is another thing that can be lost (a contract), name "
            "its column with customer="
        )
    again = ids.notna() & ids.duplicated()
    n, rows = int(again.sum()), len(frame)
    if not n:
        return frame, ()
    said = Message("retention.outcomes_repeated", n=n, rows=rows, column=p.customer)
    return frame[~again], (said,)


def _refuse_unread(values: pd.Series, read: pd.Series, parameter: str, rule: str) -> None:
    bad = values[read.isna() & values.notna() & (values.astype(str).str.strip() != "")]
    if len(bad):
        raise ColumnError(
            f"{parameter}: {len(bad):,} of {len(values):,} values cannot be read as {rule} (such "
            f"as {str(bad.iloc[0])!r}); write them so, or name the right column"
        )
