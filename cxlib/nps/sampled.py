"""Counts by stratum and cluster where segments are told apart in one wave alone -> those that are
asked for."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

import pandas as pd


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Sampled:
    """What `ScoreCounts.sampled` is where answers are counted where they lie: segments by cluster
    of all waves would be very many groups, and those of one wave are looked at.

    Attributes
    ----------
    wave : str
        The column of the wave.
    now : object
        Its value of which `apart` are the counts.
    together : pandas.DataFrame
        The counts by wave, of all segments together.
    apart : pandas.DataFrame
        Those of the one wave, by segment.
    load : callable
        Asks for the counts by segment of all waves: a query of its own, sent once.
    """

    wave: str
    now: Any
    together: pd.DataFrame
    apart: pd.DataFrame
    load: Callable[[], pd.DataFrame]


def counts_by(sampled: pd.DataFrame | Sampled | None, columns: Collection[str]) -> Any:
    """Return counts by these columns, and perhaps by others; None where there are none."""
    if not isinstance(sampled, Sampled):
        return sampled
    return sampled.together if {*columns} <= {*sampled.together.columns} else sampled.load()


def counts_where(sampled: pd.DataFrame | Sampled | None, column: str, value: Any) -> Any:
    """Return the counts by all columns where one has a value, perhaps among others; None where
    there are none."""
    if not isinstance(sampled, Sampled):
        return sampled
    return sampled.apart if (column, value) == (sampled.wave, sampled.now) else sampled.load()
