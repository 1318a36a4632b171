"""A random stream -> customers of the sample company, how satisfied they are, and when they
subscribe and leave."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

from cxlib.sample import model


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """One chunk of customers, as codes.

    Attributes
    ----------
    number : ndarray of int, (n,)
        Number in the customer id.
    trait : dict of str to ndarray of int, (n,)
        Place of each customer's level in `sample_model.TRAITS`.
    english : ndarray of bool, (n,)
        Prefers English outside the United States.
    acquired : ndarray of datetime64[D], (n,)
    satisfaction : ndarray of float, (n, 12)
        Latent satisfaction by quarter.
    """

    number: NDArray
    trait: dict[str, NDArray]
    english: NDArray
    acquired: NDArray
    satisfaction: NDArray

    def __len__(self) -> int:
        return self.number.size


@dataclass(frozen=True, slots=True, eq=False)
class Spells:
    """Subscriptions: first ones of every customer, then the second ones of those who came back.

    Attributes
    ----------
    customer : ndarray of int, (m,)
        Row of the customer in `People`.
    start, end : ndarray of datetime64[D], (m,)
        `end` is a renewal day, missing (NaT) where the spell is open at `sample_model.AS_OF`.
    """

    customer: NDArray
    start: NDArray
    end: NDArray


def draw_people(rng: np.random.Generator, *, first: int, n: int) -> People:
    """Draw `n` customers numbered from `first`."""
    trait = {"segment": _choose(rng, model.TRAITS["segment"].shares, np.zeros(n, int))}
    for name in ("country", "age_band", "plan", "acquired_by"):
        shares = np.atleast_2d(model.TRAITS[name].shares)
        trait[name] = _choose(
            rng, shares, trait["segment"] if len(shares) > 1 else np.zeros(n, int)
        )
    english = (rng.random(n) < model.ENGLISH_ABROAD) & (trait["country"] < 2)
    acquired = _acquired(rng, n)
    return People(
        np.arange(first, first + n), trait, english, acquired, _satisfaction(rng, trait, n)
    )


def _choose(rng: np.random.Generator, shares: ArrayLike, row: NDArray) -> NDArray:
    cumulative = np.cumsum(np.atleast_2d(shares), axis=1)[row]
    return (rng.random(row.size)[:, None] >= cumulative[:, :-1]).sum(axis=1)


def _acquired(rng: np.random.Generator, n: int) -> NDArray:
    """Acquisition days: a strong launch that levels off, with more in March, April and December."""
    months = np.arange(model.MONTHS)
    weight = (0.8 + 1.6 * np.exp(-months / 7)) * np.where(
        np.isin((months + 9) % 12, (2, 3, 11)), 1.25, 1.0
    )
    month = model.FIRST_MONTH + _choose(rng, weight / weight.sum(), np.zeros(n, int)) * model.MONTH
    days = ((month + model.MONTH).astype("M8[D]") - month.astype("M8[D]")).astype(np.int64)
    return month.astype("M8[D]") + (rng.random(n) * days).astype(np.int64) * model.DAY


def _satisfaction(rng: np.random.Generator, trait: dict[str, NDArray], n: int) -> NDArray:
    level = rng.standard_normal(n) * model.CUSTOMER_SD
    for name, codes in trait.items():
        level = level + model.effect(name, "satisfaction")[codes]
    shock = rng.standard_normal((n, len(model.QUARTERS))) * model.QUARTER_SD
    fading = np.empty_like(shock)
    fading[:, 0] = shock[:, 0]
    for q in range(1, shock.shape[1]):
        fading[:, q] = (
            model.QUARTER_MEMORY * fading[:, q - 1]
            + np.sqrt(1 - model.QUARTER_MEMORY**2) * shock[:, q]
        )
    rise = np.array([model.PRICE_RISE.get(quarter, 0.0) for quarter in model.QUARTERS])
    return (
        level[:, None]
        + fading
        + np.array(model.PRICE_SENSITIVITY)[trait["segment"]][:, None] * rise
    )


def draw_spells(rng: np.random.Generator, people: People, *, bad_month: str | None) -> Spells:
    """Draw who leaves at which monthly renewal, and who comes back some months later (once at
    most)."""
    everyone = np.arange(len(people))
    end = _draw_end(rng, people, everyone, people.acquired, bad_month)
    low, high = model.RETURN_GAP_MONTHS
    gap = rng.integers(low, high + 1, len(people))
    back = np.flatnonzero((rng.random(len(people)) < model.RETURNING) & ~np.isnat(end))
    start = model.add_months(end[back], gap[back])
    back, start = back[start < model.AS_OF], start[start < model.AS_OF]
    return Spells(
        np.concatenate([everyone, back]),
        np.concatenate([people.acquired, start]),
        np.concatenate([end, _draw_end(rng, people, back, start, bad_month)]),
    )


def _draw_end(
    rng: np.random.Generator,
    people: People,
    customer: NDArray,
    start: NDArray,
    bad_month: str | None,
) -> NDArray:
    renewal, chance = leaving(people, customer=customer, start=start, bad_month=bad_month)
    left = (rng.random(chance.shape) < chance) & (renewal < model.AS_OF)
    end = renewal[np.arange(customer.size), left.argmax(axis=1)]
    end[~left.any(axis=1)] = np.datetime64("NaT", "D")
    return end


def leaving(
    people: People, *, customer: NDArray, start: NDArray, bad_month: str | None
) -> tuple[NDArray, NDArray]:
    """Return renewal days and the chance of leaving at each, both (m, 36), for spells that begin on
    `start`."""
    renewal = model.add_months(start[:, None], np.arange(1, model.MONTHS + 1)[None, :])
    quarter = np.minimum(model.month_number(renewal) // 3, len(model.QUARTERS) - 1)
    odds = np.full(customer.size, model.LEAVING)
    for name, codes in people.trait.items():
        odds = odds + model.effect(name, "leaving")[codes[customer]]
    by_tenure = np.array([model.LEAVING_AT.get(k, 0.0) for k in range(1, model.MONTHS + 1)])
    satisfaction = people.satisfaction[customer[:, None], quarter]
    log_odds = odds[:, None] + by_tenure + model.LEAVING_BY_SATISFACTION * satisfaction
    if bad_month is not None:
        log_odds += model.BAD_MONTH * (renewal.astype("M8[M]") == np.datetime64(bad_month, "M"))
    return renewal, expit(log_odds)


def customer_ids(numbers: NDArray) -> NDArray:
    """Return ids such as C000123."""
    return np.array([f"C{number:06d}" for number in numbers.tolist()], dtype=object)


def customer_frame(people: People) -> pd.DataFrame:
    """Return `customers.csv`: one row a customer."""
    level = {
        name: np.array(trait.levels, dtype=object)[people.trait[name]]
        for name, trait in model.TRAITS.items()
    }
    language = np.where(people.english, "en", np.array(model.LANGUAGE_OF)[people.trait["country"]])
    return pd.DataFrame(
        {
            "customer_id": customer_ids(people.number),
            "country": level["country"],
            "language": language.astype(object),
            "segment": level["segment"],
            "plan": level["plan"],
            "age_band": level["age_band"],
            "acquired_on": people.acquired.astype(str),
            "acquired_by": level["acquired_by"],
        },
        dtype="str",
    )


def subscription_frame(people: People, spells: Spells) -> pd.DataFrame:
    """Return `subscriptions.csv`: one row a spell, in order of customer and start."""
    order = np.lexsort([spells.start, spells.customer])
    end = spells.end[order]
    return pd.DataFrame(
        {
            "customer_id": customer_ids(people.number[spells.customer[order]]),
            "started_on": spells.start[order].astype(str),
            "ended_on": pd.Series(end.astype(str).astype(object)).mask(np.isnat(end), None),
        },
        dtype="str",
    )
