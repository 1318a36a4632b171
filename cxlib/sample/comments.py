"""Feelings -> short comments in the customer's language, from a bank written for this project."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from cxlib.sample.model import NEUTRAL

LANGUAGES = ("ja", "ko", "en")
SAID, SAID_BY_STRENGTH, SECOND_SENTENCE = (
    0.20,
    0.16,
    0.22,
)  # chance to say something, more per unit of distance from neutral
UNHAPPY_BELOW, HAPPY_FROM = -0.35, 0.75


def draw_comments(
    rng: np.random.Generator, feeling: NDArray, language: NDArray, *, price_rose: NDArray
) -> list[str | None]:
    """Return one or two sentences for each feeling, or None.

    Parameters
    ----------
    feeling : ndarray of float, (n,)
    language : ndarray of int, (n,)
        Place in `LANGUAGES`.
    price_rose : ndarray of bool, (n,)
        Whether the comment is written after the price rise; only then may it speak of it.
    """
    n = feeling.size
    chance = SAID + SAID_BY_STRENGTH * np.minimum(np.abs(feeling - NEUTRAL), 2.5)
    said, second = rng.random(n) < chance, rng.random(n) < SECOND_SENTENCE
    mood = np.searchsorted((UNHAPPY_BELOW, HAPPY_FROM), feeling + 0.25 * rng.standard_normal(n))
    picks = rng.random((n, 2)).tolist()
    banks = (BANK_BEFORE, BANK)
    rows = zip(
        said, second, language.tolist(), mood.tolist(), price_rose.tolist(), picks, strict=True
    )
    return [
        _comment(
            banks[rose][LANGUAGES[place]][tone], pick, more=more, glue="" if place == 0 else " "
        )
        if speaks
        else None
        for speaks, more, place, tone, rose, pick in rows
    ]


def _comment(bank: tuple[str, ...], pick: list[float], *, more: bool, glue: str) -> str:
    first = int(pick[0] * len(bank))
    if not more:
        return bank[first]
    other = (first + 1 + int(pick[1] * (len(bank) - 1))) % len(
        bank
    )  # never the same sentence twice
    return bank[first] + glue + bank[other]


Bank = dict[str, tuple[tuple[str, ...], ...]]


def _bank(*, price_rose: bool) -> Bank:
    """By language, the sentences of the unhappy, the indifferent and the happy; a line with a *
    speaks of the price rise."""
    texts = tomllib.loads(
        files("cxlib.sample").joinpath("texts", "comments.toml").read_text(encoding="utf-8")
    )
    return {
        language: tuple(
            tuple(
                line.removeprefix("* ")
                for line in block.strip().splitlines()
                if price_rose or not line.startswith("* ")
            )
            for block in blocks.values()
        )
        for language, blocks in texts.items()
    }


BANK, BANK_BEFORE = _bank(price_rose=True), _bank(price_rose=False)
