"""Amounts by customer and period -> how many customers pay every period, and how many in a longer
rhythm, such as once a year."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

YEAR = {"week": 52, "month": 12, "quarter": 4, "year": 1}  # periods in it
SHARE = 0.1  # of the customers with a payment; fewer change little
MOST = 0.5
# A yearly price is mostly that of 10 months, seldom below 8 or above 12. One payment alone is taken
# for such a price only beside customers who pay the same every period.
PRICE = (8 / 12, 12.5 / 12)
STEADY = 1.5  # the largest of a customer's payments by the smallest


@dataclass(frozen=True, slots=True)
class Rhythms:
    """Customers with a payment; those who pay every period; those who pay in a longer rhythm, and
    the commonest length of it, in periods. `split` is an amount between the usual ones of the two,
    missing where they are alike."""

    customers: int
    regular: int
    slow: int
    length: int
    split: float | None = None

    @property
    def mixed(self) -> bool:
        """Whether so many pay in a longer rhythm that the revenue of a period says little about
        who stayed."""
        share = self.slow / max(self.customers, 1)
        return share >= MOST or (share >= SHARE and self.regular >= SHARE * self.customers)


@dataclass(frozen=True, slots=True, eq=False)
class Payers:
    """Customers with a payment, and what tells their rhythm.

    Attributes
    ----------
    customers : int
        How many there are.
    told : pandas.DataFrame
        A row a customer who pays regularly, in a longer rhythm or `once`: `low` and `high`, the
        least and the most of the payments; `regular`: at least three payments, three of four gaps
        of one period; `slow`: at least two equal gaps of two or more periods, or one of a year;
        `middle`, the median gap of the slow. The others, mostly many, are of no further use.
    """

    customers: int
    told: pd.DataFrame

    @classmethod
    def add_up(cls, parts: Sequence[Payers]) -> Payers:
        """Put parts of different customers together."""
        told = pd.concat([part.told for part in parts], ignore_index=True)
        return cls(sum(part.customers for part in parts), told)


def describe_payers(
    customer: NDArray[np.int64],
    column: NDArray[np.int64],
    value: NDArray[np.float64],
    *,
    period: str,
) -> Payers:
    """Describe the payments of each customer with one, of sums sorted by customer and period."""
    paid = value > 0
    customer, column, value = customer[paid], column[paid], value[paid]
    begins = np.ones(len(customer), bool)
    begins[1:] = customer[1:] != customer[:-1]
    starts = np.flatnonzero(begins)
    gaps = np.diff(column, prepend=0).astype(float)
    gaps[begins] = np.nan
    n = np.diff(starts, append=len(customer))
    single, short, long, low, high = (
        how.reduceat(each, starts) if len(starts) else np.empty(0)
        for how, each in (
            (np.add, (gaps == 1).astype(np.int64)),
            (np.fmin, gaps),
            (np.fmax, gaps),
            (np.minimum, value),
            (np.maximum, value),
        )
    )
    even = (short >= 2) & (long - short <= np.where(short >= 4, 1, 0))
    year = YEAR[period]
    yearly = even & (short >= year - 1) & (short <= year + 1)
    slow = (even & (n >= 3)) | (yearly & (year > 1))
    middle = np.full(len(n), np.nan)
    number = np.repeat(np.arange(len(n)), n)
    theirs = slow[number]
    middle[slow] = pd.Series(gaps[theirs]).groupby(number[theirs]).median()
    regular = (n >= 3) & (single >= 0.75 * (n - 1))
    once = n == 1
    of = regular | slow | once
    told = {"low": low, "high": high, "regular": regular, "slow": slow, "once": once}
    told["middle"] = middle.astype(np.float32)  # half a period at the finest
    return Payers(len(n), pd.DataFrame({name: each[of] for name, each in told.items()}))


def payment_rhythms(payers: Payers, *, period: str) -> Rhythms:
    """Tell customers who pay every period from those who pay in a longer rhythm.

    Parameters
    ----------
    payers : Payers
        From `describe_payers`.
    period : {"week", "month", "quarter", "year"}

    Returns
    -------
    Rhythms
        `regular` and `slow` customers; slow is also who paid once, 8 to 12.5 times what customers
        who pay the same each month pay. Of long gaps (four periods and more) one period more or
        less is equal.

    Notes
    -----
    Orders at random times make few equal gaps: of 2,000 simulated customers with an order every
    half a month to every year (exponential gaps, lognormal amounts, 24 months) at most 7 % were
    slow, and in mixtures of frequent and rare buyers 3 %."""
    people, year = payers.told, YEAR[period]
    regular = people["regular"]
    slow = people["slow"] | _yearly_price(payers, regular, year)
    lengths = people.loc[slow, "middle"].fillna(year).round()
    return Rhythms(
        customers=payers.customers,
        regular=int(regular.sum()),
        slow=int(slow.sum()),
        length=int(lengths.mode().iloc[0]) if len(lengths) else 1,
        split=_between(people.loc[regular, "high"].median(), people.loc[slow, "low"].median()),
    )


def _between(usual: float, long: float) -> float | None:
    """Return an amount of two digits in the middle of two, where one is twice the other."""
    if not long > 2 * usual:
        return None
    middle = math.sqrt(usual * long)
    return round(middle, 1 - math.floor(math.log10(middle)))


def _yearly_price(payers: Payers, regular: pd.Series, year: int) -> pd.Series:
    """Return who paid once, a year's price beside the usual one of a period."""
    people = payers.told
    same = regular & (people["high"] <= STEADY * people["low"])
    if year == 1 or same.sum() < SHARE * payers.customers:
        return pd.Series(False, people.index)
    usual = people.loc[same, "low"].median()
    low, high = (share * year * usual for share in PRICE)
    return people["once"] & people["high"].between(low, high)
