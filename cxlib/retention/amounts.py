"""Counts of amounts, and rhythms of payment -> what a reader of activity and revenue must know of
them."""

from __future__ import annotations

from collections.abc import Iterator

from cxlib.comparisons import as_name
from cxlib.retention.methods.rhythms import YEAR, Rhythms
from cxlib.retention.units import one, several
from cxlib.shown.message import Message


def amounts_seen(
    events: int, *, negative: int, zero: int, value: str | None = None
) -> Iterator[Message]:
    """Say how many events are refunds, and how many have an amount of 0: both count as activity
    unless a condition on `value` leaves them out, and no event without an amount along."""
    column = as_name(str(value))
    missing = f"{column} is null"
    if negative:
        told = {"n": negative, "events": events, "condition": f"{column} >= 0 or {missing}"}
        yield Message("retention.negative_amounts", **told)
    if zero:
        told = {"n": zero, "events": events, "condition": f"{column} <> 0 or {missing}"}
        yield Message("retention.zero_amounts", **told)


def slow_payers(rhythms: Rhythms, *, period: str, value: str, spanned: int) -> Message:
    """Say why no share of the revenue of a period is given: many pay in a longer rhythm.

    `spanned` is the number of periods on record, by which a longer period can or cannot be advised.
    """
    lengths = {name: YEAR[period] / parts for name, parts in YEAR.items() if parts < 52}
    longer = min(
        (name for name, length in lengths.items() if length >= rhythms.length),
        key=lambda name: lengths[name],
        default="year",
    )
    ways = []
    if spanned >= 3 * lengths[longer]:
        ways.append(Message("retention.slow_payers_longer", longer=longer))
    if rhythms.split is not None:
        condition = f"{as_name(value)} < {rhythms.split:g}"
        ways.append(Message("retention.slow_payers_split", condition=condition))
    return Message(
        "retention.slow_payers",
        n=rhythms.slow,
        customers=rhythms.customers,
        length=rhythms.length,
        periods=several(period),
        period=one(period),
        regular=rhythms.regular,
        ways=ways or [Message("retention.slow_payers_plan")],
    )
