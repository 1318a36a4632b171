"""What the files say of who was lost -> duration counts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from cxlib import check
from cxlib.retention.counts.durations import durations_from_orders
from cxlib.retention.counts.spells import durations_from_spells
from cxlib.retention.durations import Durations
from cxlib.retention.records import Records


@check.arguments
def follow_customers(
    records: Records,
    *,
    customer: str,
    time: str,
    gap_days: int,
    zone: str = "UTC",
    as_of: dt.date | None = None,
    by: str | Sequence[str] | None = (),
    today: dt.date | None = None,
    before_record: dt.date | None = None,
) -> Durations:
    """Count customers by how long they were followed until they were lost, as the files allow.

    As the data say, where they are times and outcomes; else from subscriptions, where there are
    some; else from events, where lost means `gap_days` without one.

    Parameters
    ----------
    records : Records
        From `read`.
    customer, time, gap_days, zone, as_of, by, today, before_record
        As in `durations_from_orders`; the columns of `by` are those of the file of customers.

    Returns
    -------
    Durations
        `records.followed` as it is, or what `durations_from_spells` or `durations_from_orders`
        returns.

    Raises
    ------
    CxError
        What `durations_from_spells` or `durations_from_orders` refuses.
    """
    if records.followed is not None:
        return records.followed
    groups = records.customers if by else None
    if records.subscriptions is None or records.as_of is None:
        return durations_from_orders(
            records.events if records.lives is None else records.lives,
            customer=customer,
            time=time,
            gap_days=gap_days,
            as_of=as_of,
            zone=zone,
            by=by,
            customers=groups,
            today=today,
            before_record=before_record,
        )
    return durations_from_spells(
        records.subscriptions,
        customer=customer,
        started=records.started,
        ended=records.ended,
        renewal_days=records.renewal_days,
        as_of=records.as_of,
        zone=zone,
        by=by,
        customers=groups,
    )
