"""The answers of two waves -> what changed beside the score: the mode, or the mix of segments."""

from __future__ import annotations

import pandas as pd
from scipy import stats

from cxlib.nps.parameters import Parameters
from cxlib.rows import names
from cxlib.rows.multiplicity import cross, times_of
from cxlib.shown.message import Message

MIX_SHIFT = 0.05  # a share that moved by more, and more than chance explains, is flagged


def find_changes(rows: pd.DataFrame, waves: list[str], p: Parameters) -> list[Message]:
    """Say where the mode, or the mix of segments, is not that of the wave before: part of a move
    may be that."""
    if len(waves) < 2:
        return []
    before, wave = waves[-2:]
    scored = rows[rows[p.score].notna() & rows[p.wave_column].isin((before, wave))]
    mode = _moved(scored, p.columns.mode, before, wave, p)
    mix = _moved(scored, p.segment, before, wave, p)
    return [
        *([Message("nps.mode_changed", **mode)] if mode else []),
        *([Message("nps.mix_changed", **mix)] if mix else []),
    ]


def _moved(
    scored: pd.DataFrame, column: str | None, before: str, wave: str, p: Parameters
) -> dict[str, object]:
    """Return which value's share moved most between two waves, where chance does not explain it."""
    counts = pd.DataFrame()
    if column:
        counts = cross(
            names.fold(scored[column]).values,
            scored[p.wave_column].astype(object),
            times_of(scored),
        )
    if len(counts) < 2 or counts.shape[1] < 2:
        return {}
    shares = counts / counts.sum()
    move = (shares[wave] - shares[before]).abs()
    if move.max() <= MIX_SHIFT or stats.chi2_contingency(counts)[1] >= 1 - p.confidence:
        return {}
    most = move.idxmax()
    return {
        "column": column,
        "value": most,
        "a": before,
        "b": wave,
        "before": shares.loc[most, before],
        "after": shares.loc[most, wave],
    }
