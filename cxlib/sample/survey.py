"""Customers of the sample company -> what each would answer in each wave, who is invited, and what
those who answer say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxlib.sample import model
from cxlib.sample.comments import draw_comments
from cxlib.sample.customers import People, Spells, customer_ids

CLOSES_AFTER_DAYS = 12
ITEM_LOADINGS = np.array(
    [0.9, 0.8, 0.8, -0.8, 0.7, 0.7, 0.6, 0.8, -0.7, 0.6, 0.9, 0.7]
)  # item_04 and item_09 are reversed
CARELESS, SPEEDING = (
    0.04,
    0.03,
)  # straight-liners; people who rush (most of the straight-liners rush as well)
MISSING = {"score": 0.01, "csat": 0.03, "ces": 0.05, "item": 0.01}


@dataclass(frozen=True, slots=True, eq=False)
class Potential:
    """What every customer of a wave's frame would answer; each array has one element a customer and
    wave, in order of wave.

    Attributes
    ----------
    customer, wave, contact : ndarray of int
        Row in `People`; places in `WAVES` and `CONTACT_TYPES`.
    feeling : ndarray of float
        Satisfaction of the quarter and the effect of the contact asked about.
    score : ndarray of int
        The 0-to-10 answer, had the customer answered.
    propensity : ndarray of float
        Chance to answer once invited.
    """

    customer: NDArray
    wave: NDArray
    contact: NDArray
    feeling: NDArray
    score: NDArray
    propensity: NDArray


def in_frame(people: People, spells: Spells) -> NDArray[np.bool_]:
    """Return who is in the frame of which wave, (n, 8): a spell has begun before the frame date and
    has not ended by it."""
    dates = model.FRAME_DATES
    is_open = np.isnat(spells.end)[:, None] | (spells.end[:, None] > dates)
    inside = np.zeros((len(people), dates.size), dtype=bool)
    np.logical_or.at(inside, spells.customer, (spells.start[:, None] < dates) & is_open)
    return inside


def draw_potential(
    rng: np.random.Generator, people: People, spells: Spells, *, strong_feelings: float
) -> Potential:
    """Draw what every customer in the frame would answer, and the chance that an invited one
    does."""
    wave, customer = np.nonzero(in_frame(people, spells).T)
    contact = (rng.random(wave.size)[:, None] >= np.cumsum(model.CONTACT_SHARES)[:-1]).sum(axis=1)
    bot = (contact == model.CONTACT_TYPES.index("live chat")) & (
        wave >= model.WAVES.index(model.CHAT_BOT_FROM)
    )
    feeling = (
        people.satisfaction[customer, wave + model.FIRST_WAVE]
        + np.array(model.CONTACT_EFFECTS)[contact]
        + bot * model.CHAT_BOT
    )
    score = np.searchsorted(
        model.SCORE_CUTS, _shown(rng, people, customer, feeling, noise=model.SCORE_NOISE)
    )
    answering = model.BASE_ANSWERING + sum(
        model.effect(name, "answering")[codes[customer]] for name, codes in people.trait.items()
    )
    distance = np.minimum(np.abs(feeling - model.NEUTRAL), model.FARTHEST)
    answering = answering + strong_feelings * model.RISE * (distance - model.MIDDLE)
    return Potential(
        customer, wave, contact, feeling, score, np.minimum(np.exp(answering), model.CAP)
    )


def _shown(
    rng: np.random.Generator, people: People, customer: NDArray, feeling: NDArray, *, noise: float
) -> NDArray:
    """A feeling as the customer's country shows it on a scale."""
    country = people.trait["country"][customer]
    return (
        np.array(model.STYLE_SHIFT)[country]
        + np.array(model.STYLE_SCALE)[country] * feeling
        + noise * rng.standard_normal(feeling.size)
    )


def draw_invitations(
    rng: np.random.Generator, people: People, potential: Potential
) -> tuple[pd.DataFrame, NDArray, NDArray]:
    """Invite a random third and follow each invitation through delivered, opened, started and
    finished.

    Returns
    -------
    frame : pandas.DataFrame
        `invitations.parquet`, in order of wave and customer.
    answered : ndarray of int
        Rows of `potential` that answered, in the same order as their rows in `frame`.
    seconds : ndarray of int
        Time that each of them took.

    Notes
    -----
    The four steps' chances multiply to the propensity exactly: P = delivered x opened x started x
    finished."""
    asked = np.flatnonzero(rng.random(potential.wave.size) < model.INVITED)
    customer, wave, n = potential.customer[asked], potential.wave[asked], asked.size
    country = people.trait["country"][customer]
    mode = (rng.random(n)[:, None] >= np.cumsum(model.MODE_SHARES, axis=1)[country, :-1]).sum(
        axis=1
    )
    chance = np.array(model.DELIVERED)[mode]
    middle = potential.propensity[asked] / (chance * model.FINISHED)  # opened x started
    delivered = rng.random(n) < chance
    opened = delivered & (rng.random(n) < middle**0.6)
    started = opened & (rng.random(n) < middle**0.4)
    finished = started & (rng.random(n) < model.FINISHED)
    hour = 9 + 8 * rng.random(n) - model.UTC_OFFSET_HOURS[country]
    sent = _seconds(model.FRAME_DATES[wave]) + ((rng.integers(0, 10, n) * 24 + hour) * 3600).astype(
        np.int64
    )
    lag_days = rng.exponential(2.2, n) % CLOSES_AFTER_DAYS
    took = _durations(rng, n)
    start_at = sent + (lag_days * 86_400).astype(np.int64) + 60
    frame = pd.DataFrame(
        {
            "invitation_id": _ids("I", people.number[customer], wave),
            "customer_id": pd.array(customer_ids(people.number[customer]), dtype="str"),
            "wave": np.array(model.WAVES, dtype=object)[wave],
            "mode": np.array(model.MODES, dtype=object)[mode],
            "sent_at": _timestamps(sent),
            "reminders": _reminders(delivered, finished, lag_days),
            "delivered": delivered,
            "opened": opened,
            "started_at": _timestamps(start_at).where(started),
            "finished_at": _timestamps(start_at + took).where(finished),
        }
    )
    return frame.astype({"wave": "str", "mode": "str"}), asked[finished], took[finished]


def _durations(rng: np.random.Generator, n: int) -> NDArray[np.int64]:
    """Seconds: log-normal around four minutes; people who rush take 20 to 70."""
    rushed = rng.random(n) < SPEEDING
    return np.where(
        rushed, 20 + 50 * rng.random(n), 240 * np.exp(0.45 * rng.standard_normal(n))
    ).astype(np.int64)


def _reminders(delivered: NDArray, finished: NDArray, lag_days: NDArray) -> NDArray[np.int64]:
    """Reminders go out after three and after seven days to those who have not answered yet."""
    waited = np.where(finished, lag_days, CLOSES_AFTER_DAYS)
    return np.where(delivered, (waited > 3).astype(np.int64) + (waited > 7), 0)


def _ids(letter: str, numbers: NDArray, wave: NDArray) -> pd.arrays.ArrowStringArray:
    pairs = zip(numbers.tolist(), wave.tolist(), strict=True)
    return pd.array([f"{letter}{model.WAVES[w]}-{number:06d}" for number, w in pairs], dtype="str")


def _seconds(days: NDArray) -> NDArray[np.int64]:
    return days.astype("M8[s]").astype(np.int64)


def _timestamps(seconds: NDArray) -> pd.Series:
    return pd.Series(seconds.astype("M8[s]").astype("M8[us]")).dt.tz_localize("UTC")


def draw_responses(
    rng: np.random.Generator,
    people: People,
    potential: Potential,
    answered: NDArray,
    seconds: NDArray,
) -> pd.DataFrame:
    """Return `responses.csv` for the answered rows of `potential`."""
    customer, wave, feeling = (
        column[answered] for column in (potential.customer, potential.wave, potential.feeling)
    )
    numbers, score = people.number[customer], potential.score[answered]
    csat = 1 + np.searchsorted(model.CSAT_CUTS, _shown(rng, people, customer, feeling, noise=0.4))
    ces = 1 + np.searchsorted(model.CES_CUTS, _shown(rng, people, customer, feeling, noise=0.7))
    language = np.where(people.english[customer], 2, people.trait["country"][customer])
    return pd.DataFrame(
        {
            "response_id": _ids("R", numbers, wave),
            "invitation_id": _ids("I", numbers, wave),
            "customer_id": pd.array(customer_ids(numbers), dtype="str"),
            "wave": pd.array(np.array(model.WAVES, dtype=object)[wave], dtype="str"),
            "contact_type": pd.array(
                np.array(model.CONTACT_TYPES, dtype=object)[potential.contact[answered]],
                dtype="str",
            ),
            "score": _some_missing(rng, score, "score"),
            "csat": _some_missing(rng, csat, "csat"),
            "ces": _some_missing(rng, ces, "ces"),
            **_items(rng, feeling, seconds),
            "seconds": seconds,
            "comment": pd.array(
                draw_comments(
                    rng,
                    feeling,
                    language,
                    price_rose=wave >= model.WAVES.index(model.PRICE_RISE_FROM_WAVE),
                ),
                dtype="str",
            ),
        }
    )


def _items(rng: np.random.Generator, feeling: NDArray, seconds: NDArray) -> dict[str, pd.Series]:
    """Twelve 1-to-5 items; a few people give one answer to all, most of them in a hurry."""
    shape = (feeling.size, ITEM_LOADINGS.size)
    latent = 3.2 + ITEM_LOADINGS * feeling[:, None] + 0.8 * rng.standard_normal(shape)
    items = np.clip(np.rint(latent), 1, 5).astype(np.int64)
    careless = rng.random(feeling.size) < np.where(seconds < 70, 0.7, CARELESS / 2)
    items[careless] = rng.choice([3, 4, 5], p=[0.5, 0.3, 0.2], size=feeling.size)[careless, None]
    return {
        f"item_{place:02d}": _some_missing(rng, items[:, place - 1], "item")
        for place in range(1, shape[1] + 1)
    }


def _some_missing(rng: np.random.Generator, values: NDArray, kind: str) -> pd.Series:
    return pd.Series(values, dtype="Int64").mask(rng.random(values.size) < MISSING[kind])
