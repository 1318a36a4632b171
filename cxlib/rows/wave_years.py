"""Waves whose names have no year, beside a column of years -> which of them hold several years."""

from __future__ import annotations

import re

import pandas as pd

from cxlib.rows.multiplicity import cross, times_of
from cxlib.rows.names import name
from cxlib.rows.period_fields import normalise
from cxlib.shown.message import Message

_YEAR = re.compile(
    r"(?:(?:survey|wave|fiscal|calendar|erhebungs|befragungs|調査|実施|조사) ?)?"
    r"(?:year|yr|fy|jahr|geschaftsjahr|annee|ano|ejercicio|年|年度|年份|연도|년도|회계연도)"
)
_YEARS = re.compile(r"(?:fy ?)?((?:19|20)\d\d)(?:\.0)?(?:年度?|년도?)?")
_SHARE = 0.1  # of a wave's answers: fewer are late ones


def several_years(rows: pd.DataFrame, column: str) -> tuple[Message, ...]:
    """Say where one name of a wave stands for several years, which a column of years tells apart.

    Parameters
    ----------
    rows : pandas.DataFrame
        Each may stand for several: see `multiplicity.times_of`.
    column : str
        Names of waves; where they hold a year, nothing is said.
    """
    waves, times = rows[column].astype(object), times_of(rows)
    if any(re.search(r"(?:19|20)\d\d", str(wave)) for wave in waves.dropna().unique()):
        return ()
    for beside in rows.columns.drop(column):
        if not is_year(beside):
            continue
        years = _read(rows[beside])
        if years is None:
            continue
        counts = cross(waves, years, times)
        shares = counts.div(counts.sum(axis=1), axis=0)
        mixed = shares[(shares >= _SHARE).sum(axis=1) > 1]
        if len(mixed):
            held = [year for year in mixed.columns if mixed[year].iloc[0] >= _SHARE]
            said = {"column": column, "beside": beside, "name": mixed.index[0]}
            return (Message("common.waves_of_years", first=held[0], last=held[-1], **said),)
    return ()


def is_year(column: object) -> bool:
    """Return whether a column is called like a year."""
    words = normalise(re.sub(r"[\W_]+", " ", str(column))).strip()
    return _YEAR.fullmatch(words) is not None


def _read(values: pd.Series) -> pd.Series | None:
    """Return the years as text; None where some values are no years."""
    found = {value: _YEARS.fullmatch(normalise(name(value) or "")) for value in values.dropna()}
    if not found or not all(found.values()):
        return None
    return values.map({value: year[1] for value, year in found.items() if year})
