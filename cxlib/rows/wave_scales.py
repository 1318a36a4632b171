"""Scores by wave -> a refusal where some waves alone are stored on another scale."""

from __future__ import annotations

import pandas as pd

from cxlib.comparisons import without
from cxlib.errors import ScaleError
from cxlib.rows.calendar_periods import PERIODS
from cxlib.rows.multiplicity import tally
from cxlib.rows.scale_evidence import Evidence, beyond_in_part
from cxlib.rows.scales import ParsedScores
from cxlib.shown.message import Message

_MOST = 200  # more names than that are no waves


def refuse_contradiction(
    scores: ParsedScores,
    waves: pd.Series,
    *,
    column: str | None,
    by: str = "value",
    scale_shift: int = 0,
    times: pd.Series | None = None,
) -> None:
    """Refuse scores whose scale is contradicted by the answers, of all waves or of some.

    Parameters
    ----------
    scores : ParsedScores
    waves : pandas.Series
        Name of the wave of each answer, in the order of the answers.
    column : str or None
        Its name in the file; None where all answers are one.
    by : str
        The parameter `wave_by`: names cut from dates are no values of the column.
    scale_shift : int
        What was added to each number.
    times : pandas.Series of int, optional
        How many answers each stands for; None: one each.

    Raises
    ------
    ScaleError
        With the waves, the counts, the rule and what to do.
    """
    if column is not None and 1 < waves.nunique() <= _MOST:
        groups = scores.numbers.groupby(waves.to_numpy(), observed=True, sort=False)
        seen = {wave: _evidence(values, scores, scale_shift, times) for wave, values in groups}
        apart = {wave: why for wave, each in seen.items() if (why := beyond_in_part(each))}
        if 0 < len(apart) < len(seen):
            raise ScaleError(_told(apart, seen, column, by, scale_shift))
    scores.refuse_contradiction()


def _evidence(
    values: pd.Series, scores: ParsedScores, shift: int, times: pd.Series | None
) -> Evidence:
    numbers = tally(values, None if times is None else times[values.index])
    return Evidence(numbers=numbers.to_dict(), scale=scores.scale, shift=shift)


def _told(
    apart: dict[str, Message], seen: dict[str, Evidence], column: str, by: str, shift: int
) -> str:
    low, high = next(iter(seen.values())).scale
    each = []
    for wave in apart:
        beyond = seen[wave].beyond
        values = ", ".join(f"{value:g}" for value in list(beyond)[:5])
        first = f"{seen[wave].lowest:g}", f"{seen[wave].highest:g}"
        each.append(
            f"{wave!r}, where {sum(beyond.values())} of {seen[wave].n} answers lie beyond it "
            f"({values}; they run from {first[0]} to {first[1]})"
        )
    way_out = "" if by in PERIODS else f" with where={without(column, list(apart))!r}"
    shifted = f" after scale_shift={shift}" if shift else ""
    return (
        f"scale=({low}, {high}): some waves of {column!r} are not on it{shifted}, while others "
        f"are: {'; '.join(each)}. They look stored on another scale than the others (11 points "
        "coded from 1 to 11, say); write the scores of all waves on one scale in the file"
        f"{' and leave scale_shift at 0' if shift else ''}, or leave these waves out{way_out}"
    )
