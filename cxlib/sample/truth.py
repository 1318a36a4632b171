"""What the sample company's customers would do, had all been asked and had all answered -> the
truth, as plain numbers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from cxlib.sample import model
from cxlib.sample.customers import People, draw_people, leaving
from cxlib.sample.survey import Potential

_BY = ("segment", "country", "age_band", "plan")
_SURVIVAL_CHUNKS, _SURVIVAL_SEED = 8, 20_261_001


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """Counts of potential scores and sums of propensities; tallies of two chunks add.

    Attributes
    ----------
    scores : dict of str to ndarray of int, (8, levels, 11)
        Customers in the frame by wave, level of a trait (or contact type, or `all`) and score.
    propensity : dict of str to ndarray of float, (8, levels)
        Sum of the chances to answer.
    """

    scores: dict[str, NDArray]
    propensity: dict[str, NDArray]

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            {name: table + other.scores[name] for name, table in self.scores.items()},
            {name: table + other.propensity[name] for name, table in self.propensity.items()},
        )


def tally(people: People, potential: Potential) -> Tally:
    """Count one chunk."""
    codes = {
        "all": (np.zeros(potential.wave.size, int), 1),
        "contact_type": (potential.contact, len(model.CONTACT_TYPES)),
    }
    codes |= {
        name: (people.trait[name][potential.customer], len(model.TRAITS[name].levels))
        for name in _BY
    }
    scores, propensity = {}, {}
    for name, (code, levels) in codes.items():
        cell = potential.wave * levels + code
        scores[name] = np.bincount(
            cell * 11 + potential.score, minlength=len(model.WAVES) * levels * 11
        ).reshape(-1, levels, 11)
        propensity[name] = np.bincount(
            cell, weights=potential.propensity, minlength=len(model.WAVES) * levels
        ).reshape(-1, levels)
    return Tally(scores, propensity)


def truth(
    counts: Tally, *, customers: int, seed: int, strong_feelings: float, bad_month: str | None
) -> dict:
    """Return the truth that `truth.json` holds; NPS in points, chances and survival in [0, 1]."""
    return {
        "made_with": {
            "customers": customers,
            "seed": seed,
            "strong_feelings": float(strong_feelings),
            "bad_month": bad_month,
        },
        "frame": {
            "date": dict(
                zip(model.WAVES, np.datetime_as_string(model.FRAME_DATES).tolist(), strict=True)
            ),
            "customers": _by_wave(counts.scores["all"].sum(axis=(1, 2))),
        },
        "nps": {"wave": _by_wave(_nps(counts.scores["all"])[:, 0])}
        | {
            f"wave_{name}": _by_wave_and_level(_nps(counts.scores[name]), name)
            for name in ("segment", "country", "contact_type")
        },
        "answering": _answering(counts, strong_feelings=strong_feelings),
        "retention": _survival_truth(bad_month),
        "planted": _planted(bad_month),
    }


def _nps(scores: NDArray) -> NDArray:
    n = scores.sum(axis=-1)
    gained = scores[..., 9:].sum(axis=-1) - scores[..., :7].sum(axis=-1)
    return np.where(n > 0, 100 * gained / np.maximum(n, 1), np.nan)


def _by_wave(values: NDArray) -> dict:
    return {wave: _plain(value) for wave, value in zip(model.WAVES, values.tolist(), strict=True)}


def _by_wave_and_level(values: NDArray, name: str) -> dict:
    return {wave: _by_level(row, name) for wave, row in zip(model.WAVES, values, strict=True)}


def _by_level(values: NDArray, name: str) -> dict:
    levels = model.CONTACT_TYPES if name == "contact_type" else model.TRAITS[name].levels
    return {level: _plain(value) for level, value in zip(levels, values.tolist(), strict=True)}


def _plain(value: float) -> float | int | None:
    """A number as JSON has it; None where there is nobody to take it from."""
    if isinstance(value, int):
        return value
    return None if np.isnan(value) else round(value, 6)


def _answering(counts: Tally, *, strong_feelings: float) -> dict:
    mean = {
        name: (counts.propensity[name], counts.scores[name].sum(axis=2)) for name in ("all", *_BY)
    }
    pooled = {name: p.sum(axis=0) / np.maximum(n.sum(axis=0), 1) for name, (p, n) in mean.items()}
    p, n = mean["all"]
    return {
        "link": "log",
        "invited": round(model.INVITED, 6),
        "mean": {
            "all": _plain(float(pooled["all"][0])),
            "wave": _by_wave(p[:, 0] / np.maximum(n[:, 0], 1)),
        }
        | {name: _by_level(pooled[name], name) for name in _BY},
        "coefficients": {"base": round(model.BASE_ANSWERING, 6)}
        | {
            name: _by_level(model.effect(name, "answering"), name)
            for name in ("country", "age_band", "plan")
        },
        "strong_feelings": {
            "factor": float(strong_feelings),
            "neutral": model.NEUTRAL,
            "rise": model.RISE,
            "middle": model.MIDDLE,
            "farthest": model.FARTHEST,
            "cap": model.CAP,
        },
    }


def _survival_truth(bad_month: str | None) -> dict:
    everyone, by_segment = _survival(bad_month)
    return {
        "what": "chance that a first subscription outlives its k-th monthly renewal, k = 0 to 35; "
        "the model's expectation "
        f"over {_SURVIVAL_CHUNKS * model.CHUNK} other customers (standard error below 0.002), not "
        "this company's draw",
        "survival": [round(value, 6) for value in everyone],
        "survival_by_segment": {
            name: [round(value, 6) for value in curve] for name, curve in by_segment.items()
        },
    }


@lru_cache(maxsize=2)
def _survival(bad_month: str | None) -> tuple[tuple[float, ...], dict[str, tuple[float, ...]]]:
    """Expected leavers over expected customers at risk at each renewal before `AS_OF`: what
    Kaplan-Meier estimates."""
    levels = len(model.TRAITS["segment"].levels)
    at_risk, lost = np.zeros((levels, model.MONTHS)), np.zeros((levels, model.MONTHS))
    for seed in np.random.SeedSequence(_SURVIVAL_SEED).spawn(_SURVIVAL_CHUNKS):
        people = draw_people(np.random.default_rng(seed), first=1, n=model.CHUNK)
        renewal, chance = leaving(
            people, customer=np.arange(len(people)), start=people.acquired, bad_month=bad_month
        )
        staying = np.cumprod(1 - chance, axis=1)
        there = np.hstack([np.ones((len(people), 1)), staying[:, :-1]]) * (renewal < model.AS_OF)
        for level in range(levels):
            mine = people.trait["segment"] == level
            at_risk[level] += there[mine].sum(axis=0)
            lost[level] += (there * chance)[mine].sum(axis=0)
    by_segment = {
        name: _curve(at_risk[level], lost[level])
        for level, name in enumerate(model.TRAITS["segment"].levels)
    }
    return _curve(at_risk.sum(axis=0), lost.sum(axis=0)), by_segment


def _curve(at_risk: NDArray, lost: NDArray) -> tuple[float, ...]:
    seen = at_risk > 0
    return (1.0, *np.cumprod(1 - lost[seen] / at_risk[seen]).tolist())


def _planted(bad_month: str | None) -> dict:
    return {
        "price_rise": {
            "from": str(model.PRICE_RISE_FROM),
            "satisfaction_by_quarter": model.PRICE_RISE,
            "sensitivity_by_segment": dict(
                zip(model.TRAITS["segment"].levels, model.PRICE_SENSITIVITY, strict=True)
            ),
        },
        "chat_bot": {
            "contact_type": "live chat",
            "from": model.CHAT_BOT_FROM,
            "satisfaction": model.CHAT_BOT,
        },
        "no_change": "between 2026Q2 and 2026Q3 nothing is planted",
        "contact_effects": dict(zip(model.CONTACT_TYPES, model.CONTACT_EFFECTS, strict=True)),
        "leaving_by_satisfaction": model.LEAVING_BY_SATISFACTION,
        "bad_month": None
        if bad_month is None
        else {"month": bad_month, "odds_ratio_of_leaving": round(np.exp(model.BAD_MONTH), 6)},
    }
