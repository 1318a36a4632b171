"""A file of subscriptions -> its rows with dates, and what speaks against counting them as they
stand."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pandas as pd

from cxlib.errors import CohortError, ColumnError, ParameterError
from cxlib.retention.counts.identities import count_shared
from cxlib.retention.named_files import Said, left_out, read_named
from cxlib.retention.parameters import Parameters
from cxlib.rows import names
from cxlib.rows.conditions import Condition
from cxlib.rows.moments import read_date_columns
from cxlib.shown.message import Message

if TYPE_CHECKING:
    import ibis.expr.types as ir

SHARED = 0.05  # of the ids of one file at least, in the other
FEWEST = 5  # ids, spells or breaks that tell something
_EPOCH = pd.Timestamp("1970-01-01", tz="UTC")
LONG_AGO = 1095  # days
RENEWED = 14  # days after an end within which most renewals begin, and few who left come back


def read_subscriptions(
    p: Parameters, events: ir.Table, *, where: Condition | None = None
) -> tuple[pd.DataFrame | None, Said]:
    """Return the file of subscriptions, one row a spell, with notes and flags.

    Raises
    ------
    CxError
        If it cannot be read or lacks a column, most ends lie before the starts, a day long before
        all starts stands for no end, or no customer of it is among the events.
    """
    if p.subscriptions is None:
        return None, ((), ())
    file = read_named(
        p.subscriptions,
        {"customer": p.customer, "started": p.started, "ended": p.ended},
        where=where,
    )
    frame, read = _read_days(file.frame, p)
    ids = names.fold(frame[p.customer]).values
    _refuse_strangers(ids, events, p)
    spells = pd.DataFrame({"id": ids, "start": frame[p.started], "end": frame[p.ended]})
    for name in ("start", "end"):
        spells[name] = pd.to_datetime(spells[name], errors="coerce", utc=True)
    reversed_ = spells["end"] < spells["start"]
    _refuse_reversed(spells, reversed_, p)
    rows = len(spells)
    counts = {
        "retention.left_out_missing_customer": int(spells["id"].isna().sum()),
        "retention.left_out_missing_start": int(spells["start"].isna().sum()),
        "retention.left_out_reversed_spell": int(reversed_.sum()),
    }
    many = left_out(rows, {Message(key, n=n, rows=rows): n for key, n in counts.items()})
    renewed = _find_renewals(spells[~reversed_].dropna(subset=["id", "start"]), p.renewal_days)
    return frame, ((*file.noticed, *read), (*file.warnings, *many, *renewed))


def _read_days(rows: pd.DataFrame, p: Parameters) -> tuple[pd.DataFrame, tuple[Message, ...]]:
    try:
        return read_date_columns(rows, zone=p.zone, dates=p.dates, started=p.started, ended=p.ended)
    except ColumnError as error:
        if not str(error).startswith("ended="):
            raise
        raise ColumnError(f"{error}; leave it empty where a subscription goes on") from None


def _refuse_strangers(ids: pd.Series, events: ir.Table, p: Parameters) -> None:
    """Refuse a file whose customers are not those of the events."""
    own = ids.dropna().astype(str).unique().tolist()
    shared, told = count_shared(events, own, customer=p.customer)
    fewer = min(len(own), told)
    if fewer >= FEWEST and shared < SHARED * fewer:
        raise ParameterError(
            f"customer={p.customer!r}: {shared:,} of the {len(own):,} customers of subscriptions "
            "are among the orders; write the customers' ids alike in both files (capital letters, "
            "zeros and letters in front), or "
            "give subscriptions=None"
        )


def _refuse_reversed(spells: pd.DataFrame, wrong: pd.Series, p: Parameters) -> None:
    both = spells[["start", "end"]].notna().all(axis=1).sum()
    n = int(wrong.sum())
    if n < 2:  # a slip
        return
    ends = spells.loc[wrong, "end"].dt.date.value_counts()
    day, times = ends.index[0], int(ends.iloc[0])
    if times > 1 and (spells["start"].min().date() - day).days > LONG_AGO:
        raise CohortError(
            f"ended={p.ended!r} is {day} in {times:,} rows, years before any subscription started: "
            "it seems to stand for no end; leave it empty where a subscription goes on"
        )
    if both >= FEWEST and 2 * n > both:
        raise CohortError(
            f"ended={p.ended!r} lies before started={p.started!r} in {n:,} of the {both:,} rows "
            f"that have both; give started={p.ended!r} and ended={p.started!r}, or correct these "
            "rows"
        )


def _find_renewals(spells: pd.DataFrame, joined: int) -> tuple[Message, ...]:
    """Say where most later subscriptions begin a few days after the customer's one before ended."""
    spells = spells.sort_values(["id", "start"])
    start, end = ((spells[name] - _EPOCH).dt.days.astype(float) for name in ("start", "end"))
    reach = end.fillna(math.inf).groupby(spells["id"]).cummax().groupby(spells["id"]).shift()
    breaks = start - reach
    later = breaks[breaks > joined]
    soon = int((later <= RENEWED).sum())
    if soon < FEWEST or 2 * soon <= len(later):
        return ()
    longest = int(later[later <= RENEWED].max())
    said = {"n": soon, "later": len(later), "days": longest}
    return (Message("retention.renewals", **said),)
