"""The rows of a survey -> its waves in their order in time, up to the headline's, or that the order
is not known."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from cxlib import check
from cxlib.errors import ColumnError, ParameterError
from cxlib.nps.parameters import Parameters
from cxlib.rows import names
from cxlib.rows.periods import come_after, natural_order, order_waves
from cxlib.rows.wave_years import several_years
from cxlib.shown.message import Message

MOST_WAVES = 500  # a day each would be more than a year


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class InTime:
    """Rows and what is known of the order of their waves.

    Attributes
    ----------
    rows : pandas.DataFrame
        Up to the headline's wave; all of them where the order is not known. Waves in a known order
        are ordered categories.
    waves : list of str
        In their order, the headline's last; empty where the order is not known.
    wave : str or None
        The headline's; None where all answers are one.
    known : bool
        Whether the order is known; false only where there is a column of waves.
    """

    rows: pd.DataFrame
    waves: list[str]
    wave: str | None
    known: bool = True
    notes: tuple[Message, ...] = ()
    warnings: tuple[Message, ...] = ()


def put_in_time(rows: pd.DataFrame, p: Parameters) -> InTime:
    """Put the waves of the answers in order and choose the headline's.

    Parameters
    ----------
    rows : pandas.DataFrame
        With scores as numbers and names of waves folded.
    p : Parameters
        `wave_column`, `wave`, `wave_by` and `wave_order`.

    Raises
    ------
    ColumnError
        If no answer with a score has a wave.
    ParameterError
        If the wave does not exist, or `wave_order` does not hold each wave once.
    """
    if p.wave_column is None:
        return InTime(rows=rows, waves=[], wave=None)
    scored = rows.loc[rows[p.score].notna(), p.wave_column]
    if scored.isna().all():
        raise ColumnError(
            f"wave_column={p.wave_column!r} is empty for every answer with a score; name the "
            "column with the waves, or pass wave_column=None"
        )
    if (n := scored.nunique()) > MOST_WAVES:
        raise ParameterError(
            f"wave_column={p.wave_column!r} has {n:,} different values, and at most {MOST_WAVES} "
            "waves are compared; of dates and times make waves with wave_by='month', 'quarter' or "
            "'year', or name the column with the waves"
        )
    if p.wave_by == "unordered":
        unordered = Message("nps.order_unknown", column=p.wave_column)
        return _unordered(rows, scored, p, (unordered,))
    asked = rows[p.wave_column] if p.wave_order else scored
    found = order_waves(asked, order=p.wave_order, parameter="wave_order", column=p.wave_column)
    if not found.known:
        return _unordered(rows, scored, p, found.warnings(p.wave_column))
    joined = rows[p.wave_column].replace(found.spellings)
    present = set(joined[rows[p.score].notna()])
    waves = [wave for wave in found.values if wave in present]
    wave = None if p.wave is None else found.spellings.get(p.wave, p.wave)
    if wave is None:
        wave = waves[-1]
    check.one_of("wave", wave, waves)
    known = waves[: waves.index(wave) + 1]
    kept = joined.isin(known)
    ordered = pd.Categorical(joined[kept], known, ordered=True)
    return InTime(
        rows=rows[kept].assign(**{p.wave_column: ordered}).reset_index(drop=True),
        waves=known,
        wave=wave,
        notes=found.notes(p.wave_column),
        warnings=(
            *found.warnings(p.wave_column),
            *several_years(rows[rows[p.score].notna()], p.wave_column),
            *_alike(joined, p),
            *_without_score(joined, waves, p),
        ),
    )


def _unordered(
    rows: pd.DataFrame, scored: pd.Series, p: Parameters, why: tuple[Message, ...]
) -> InTime:
    if p.wave is not None:
        check.one_of("wave", p.wave, natural_order(scored))
    mixed = several_years(rows[rows[p.score].notna()], str(p.wave_column))
    warnings = (*why, *mixed, *_alike(rows[p.wave_column], p))
    return InTime(rows=rows, waves=[], wave=p.wave, known=False, warnings=warnings)


def _alike(values: pd.Series, p: Parameters) -> tuple[Message, ...]:
    """Say which names of waves may be one and stayed apart."""
    return names.fold(values).warnings(str(p.wave_column))


def _without_score(values: pd.Series, waves: list[str], p: Parameters) -> tuple[Message, ...]:
    """Say which waves are passed over since they have no score, though they may be the latest."""
    absent = [wave for wave in dict.fromkeys(values.dropna()) if wave not in waves]
    if p.wave is not None or not absent:
        return ()
    later = come_after(waves, absent, order=p.wave_order)
    if not later:
        return ()
    return (Message("nps.latest_without_score", n=len(later), names=later, wave=waves[-1]),)
