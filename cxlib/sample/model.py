"""The sample company's planted truth: who its customers are, what moves them, and what makes them
answer, stay and pay.

Every number that the simulation is built on stands here, so that the truth can be read in one
place. Satisfaction is in units of roughly one standard deviation between customers, 0 being the
average."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# customers per chunk; each chunk has its own child seed, so changing this changes every company
CHUNK = 10_000
MONTH, DAY = np.timedelta64(1, "M"), np.timedelta64(1, "D")
FIRST_MONTH = np.datetime64("2023-10", "M")
AS_OF = np.datetime64("2026-10-01", "D")  # exclusive: nothing happens on this day or later
MONTHS = 36
QUARTERS = tuple(f"{2023 + (q + 3) // 4}Q{(q + 3) % 4 + 1}" for q in range(MONTHS // 3))
FIRST_WAVE = 4  # place in QUARTERS
WAVES = QUARTERS[FIRST_WAVE:]
FRAME_DATES = np.array(
    [
        (FIRST_MONTH + (3 * q + 1) * MONTH).astype("M8[D]") + 14 * DAY
        for q in range(FIRST_WAVE, len(QUARTERS))
    ]
)


@dataclass(frozen=True, slots=True)
class Trait:
    """A customer's characteristic and what it does; effects are by level, in the order of `levels`.

    Attributes
    ----------
    levels : tuple of str
    shares : tuple
        Chance of each level; a row for each segment where it depends on the segment.
    satisfaction, answering, leaving : tuple of float
        Added to satisfaction, to the log of the chance to answer, and to the log odds of leaving at
        a renewal.
    """

    levels: tuple[str, ...]
    shares: tuple
    satisfaction: tuple[float, ...]
    answering: tuple[float, ...]
    leaving: tuple[float, ...]


# Only country, age band and plan move the chance to answer, each by a factor of its own and none
# with another: raking on these three margins therefore mends all that strong feelings do not spoil.
TRAITS = {
    "segment": Trait(
        ("household", "student", "business", "gift"),
        (0.46, 0.19, 0.22, 0.13),
        (0.05, -0.10, 0.15, 0.0),
        (0.0,) * 4,
        (0.0, 0.10, -0.15, 0.30),
    ),
    "country": Trait(
        ("JP", "KR", "US"),
        (0.42, 0.26, 0.32),
        (0.0, -0.05, 0.10),
        (0.25, 0.0, -0.30),
        (0.0, 0.05, 0.10),
    ),
    "age_band": Trait(
        ("18-24", "25-34", "35-44", "45-54", "55-64", "65+"),
        (
            (0.06, 0.20, 0.26, 0.22, 0.16, 0.10),
            (0.72, 0.22, 0.04, 0.01, 0.01, 0.0),
            (0.04, 0.24, 0.32, 0.25, 0.13, 0.02),
            (0.15, 0.22, 0.20, 0.17, 0.14, 0.12),
        ),
        (0.20, 0.15, 0.05, 0.0, -0.10, -0.20),
        (-0.45, -0.20, 0.0, 0.10, 0.25, 0.35),
        (0.0,) * 6,
    ),
    "plan": Trait(
        ("basic", "plus", "family"),
        ((0.35, 0.30, 0.35), (0.75, 0.22, 0.03), (0.30, 0.62, 0.08), (0.60, 0.30, 0.10)),
        (0.0, 0.10, -0.05),
        (-0.20, 0.0, 0.20),
        (0.10, 0.0, -0.15),
    ),
    "acquired_by": Trait(
        ("search", "friend", "store", "social", "ad"),
        (0.30, 0.20, 0.15, 0.18, 0.17),
        (0.0, 0.20, 0.05, -0.05, -0.20),
        (0.0,) * 5,
        (0.0, -0.20, 0.0, 0.10, 0.25),
    ),
}
COUNTRIES = TRAITS["country"].levels
LANGUAGE_OF = ("ja", "ko", "en")  # by country; a few customers in Japan and Korea prefer English
ENGLISH_ABROAD = 0.02
UTC_OFFSET_HOURS = np.array([9, 9, -6])  # by country; no summer time

# Satisfaction: a part that stays with the customer, a part that fades from quarter to quarter
# (AR(1)), and planted changes.
CUSTOMER_SD, QUARTER_SD, QUARTER_MEMORY = 0.65, 0.6, 0.6
PRICE_RISE_FROM, PRICE_RISE_FROM_WAVE = np.datetime64("2025-10-01", "D"), "2025Q4"
PRICE_RISE = dict(
    zip(QUARTERS[8:], (-0.60, -0.55, -0.42, -0.42), strict=True)
)  # from 2025Q4, partly forgotten, then level
PRICE_SENSITIVITY = (1.0, 1.5, 0.4, 0.8)  # by segment: students feel it most, businesses least

# Contacts: chance, and effect on the feeling with which a customer answers.
CONTACT_TYPES = (
    "in person",
    "phone",
    "e-mail",
    "live chat",
    "social media",
    "self-service",
    "survey",
    "escalated issue",
    "community forum",
    "subscription and membership",
)
CONTACT_SHARES = (0.09, 0.15, 0.18, 0.14, 0.06, 0.16, 0.04, 0.05, 0.04, 0.09)
CONTACT_EFFECTS = (0.30, 0.0, -0.05, 0.20, -0.10, 0.10, 0.0, -1.10, 0.10, -0.05)
CHAT_BOT_FROM, CHAT_BOT = (
    "2026Q1",
    -0.90,
)  # people on live chat are replaced by a bot: added for live chat from this wave on

# Answering: chance = exp(BASE + country + age band + plan + strong_feelings x RISE x (distance -
# MIDDLE)), at most CAP, where distance = |feeling - NEUTRAL|, at most FARTHEST. Without strong
# feelings the cap is never reached.
INVITED = 1 / 3
BASE_ANSWERING = float(np.log(0.27))
NEUTRAL, RISE, MIDDLE, FARTHEST, CAP = 0.4, 0.5, 1.0, 2.5, 0.8
MODES = ("email", "app", "sms")
MODE_SHARES = ((0.62, 0.30, 0.08), (0.35, 0.50, 0.15), (0.58, 0.22, 0.20))  # by country
DELIVERED, FINISHED = (0.97, 0.99, 0.98), 0.90  # by mode; of those who started

# What is said. Scores: cut points of shown feeling; Japan keeps to the middle, the United States to
# the ends.
STYLE_SHIFT, STYLE_SCALE = (-0.15, 0.05, 0.30), (0.70, 0.95, 1.15)  # by country
SCORE_NOISE = 0.45
SCORE_CUTS = (-1.96, -1.78, -1.60, -1.40, -1.18, -0.66, -0.40, 0.02, 0.56, 1.00)
CSAT_CUTS, CES_CUTS = (-1.90, -1.20, -0.45, 0.60), (-2.20, -1.65, -1.10, -0.45, 0.20, 0.95)

# What is done. Log odds of leaving at the k-th monthly renewal, before satisfaction.
LEAVING, LEAVING_BY_SATISFACTION = -4.05, -0.75
LEAVING_AT = {1: 0.60, 2: 0.40, 3: 0.25, 12: 0.60}
BAD_MONTH = float(
    np.log(3.0)
)  # added at every renewal in the month that `bad_month` names, whenever a customer came
RETURNING, RETURN_GAP_MONTHS = 0.12, (2, 9)
FEE_BEFORE, FEE_AFTER = (9.90, 14.90, 24.90), (11.90, 17.90, 29.90)  # US dollars a month, by plan
ORDERS_A_MONTH, ORDERS_BY_SATISFACTION, ORDERS_SD, ORDERS_BY_PLAN = (
    0.38,
    0.30,
    0.60,
    (-0.25, 0.10, 0.30),
)
ORDER_MEDIAN, ORDER_SD, ORDER_BY_SATISFACTION = 27.0, 0.65, 0.08  # US dollars


def effect(trait: str, what: str) -> NDArray[np.float64]:
    """Return a trait's effects by level: `what` is satisfaction, answering or leaving."""
    return np.array(getattr(TRAITS[trait], what))


def add_months(dates: NDArray, months: NDArray) -> NDArray:
    """Return dates moved by whole months; a day that the month lacks becomes its last day (31
    January -> 28 February).

    >>> add_months(np.array(["2025-01-31"], "M8[D]"), np.array([1]))
    array(['2025-02-28'], dtype='datetime64[D]')
    """
    month = dates.astype("M8[M]")
    target = month + months * MONTH
    last = (target + MONTH).astype("M8[D]") - target.astype("M8[D]") - DAY
    return target.astype("M8[D]") + np.minimum(dates - month.astype("M8[D]"), last)


def month_number(dates: NDArray) -> NDArray[np.int64]:
    """Return months since the company opened (October 2023 is 0); divided by 3, the quarter's place
    in `QUARTERS`."""
    return (dates.astype("M8[M]") - FIRST_MONTH).astype(np.int64)
