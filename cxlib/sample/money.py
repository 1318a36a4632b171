"""Customers and their subscriptions -> paid orders and monthly fees of the sample company."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxlib.sample import model
from cxlib.sample.customers import People, Spells


def draw_orders(rng: np.random.Generator, people: People, spells: Spells) -> pd.DataFrame:
    """Return `orders.parquet`: the fee of every month of every spell (kind renewal) and what was
    bought besides (kind order).

    Amounts are in US dollars. Fees are taken on renewal days, between 10:00 and 16:00 of the
    customer's clock, so the UTC date is the renewal day; orders follow a Poisson rate that grows
    with satisfaction, and stop with the subscription."""
    spell, month = _paid_months(spells)
    customer = spells.customer[spell]
    day = model.add_months(spells.start[spell], month)
    fee_at = _moment(day, 10 + 6 * rng.random(day.size), people, customer)
    fee = np.where(
        day >= model.PRICE_RISE_FROM,
        np.array(model.FEE_AFTER)[people.trait["plan"][customer]],
        np.array(model.FEE_BEFORE)[people.trait["plan"][customer]],
    )
    bought_by, bought_at, amount = _purchases(rng, people, customer, day)
    who = np.concatenate([customer, bought_by])
    at, is_order = (
        np.concatenate([fee_at, bought_at]),
        np.repeat([False, True], [customer.size, bought_by.size]),
    )
    order = np.lexsort([is_order, at, who])
    who, at = who[order], at[order]
    return pd.DataFrame(
        {
            "order_id": pd.array(_order_ids(people.number, who), dtype="str"),
            "customer_id": pd.array(
                [f"C{number:06d}" for number in people.number[who].tolist()], dtype="str"
            ),
            "ordered_at": pd.Series(at.astype("M8[s]").astype("M8[us]")).dt.tz_localize("UTC"),
            "amount": np.concatenate([fee, amount])[order],
            "kind": pd.array(np.where(is_order[order], "order", "renewal"), dtype="str"),
        }
    )


def _paid_months(spells: Spells) -> tuple[NDArray, NDArray]:
    """Spell and month (0 is the first) of every fee paid before `AS_OF`."""
    until = np.where(np.isnat(spells.end), model.AS_OF, spells.end)
    months = np.arange(model.MONTHS + 1)
    paid = model.add_months(spells.start[:, None], months[None, :]) < until[:, None]
    spell, month = np.nonzero(paid)
    return spell, month


def _purchases(
    rng: np.random.Generator, people: People, customer: NDArray, day: NDArray
) -> tuple[NDArray, NDArray, NDArray]:
    """Buyer, moment (seconds UTC) and amount of the purchases in the paid months that begin on
    `day`."""
    satisfaction = people.satisfaction[customer, model.month_number(day) // 3]
    taste = rng.standard_normal(len(people)) * model.ORDERS_SD
    rate = model.ORDERS_A_MONTH * np.exp(
        np.array(model.ORDERS_BY_PLAN)[people.trait["plan"][customer]]
        + taste[customer]
        + model.ORDERS_BY_SATISFACTION * satisfaction
    )
    month = np.repeat(np.arange(day.size), rng.poisson(rate))
    length = (model.add_months(day, np.ones(day.size, int)) - day).astype(np.int64)[month]
    on = day[month] + (1 + (rng.random(month.size) * (length - 1)).astype(np.int64)) * model.DAY
    hour = 7 + 16 * np.sqrt(rng.random(month.size))  # most in the evening
    at = _moment(on, hour, people, customer[month])
    amount = np.round(
        model.ORDER_MEDIAN
        * np.exp(
            model.ORDER_SD * rng.standard_normal(month.size)
            + model.ORDER_BY_SATISFACTION * satisfaction[month]
        ),
        2,
    )
    known = at < model.AS_OF.astype("M8[s]").astype(np.int64)
    return customer[month][known], at[known], amount[known]


def _moment(day: NDArray, hour: NDArray, people: People, customer: NDArray) -> NDArray[np.int64]:
    """Seconds since 1970 in UTC of a local hour on a local day."""
    offset = model.UTC_OFFSET_HOURS[people.trait["country"][customer]]
    return day.astype("M8[s]").astype(np.int64) + ((hour - offset) * 3600).astype(np.int64)


def _order_ids(numbers: NDArray, who: NDArray) -> list[str]:
    """O000123-007: the customer's number and the running number of the order within the
    customer."""
    first = np.searchsorted(who, who)
    pairs = zip(numbers[who].tolist(), (np.arange(who.size) - first + 1).tolist(), strict=True)
    return [f"O{number:06d}-{running:03d}" for number, running in pairs]
