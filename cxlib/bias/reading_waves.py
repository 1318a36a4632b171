"""The answers of all waves and the invitations -> the wave to look at, under one name in both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from cxlib import check
from cxlib.bias.counts import people
from cxlib.bias.parameters import Parameters
from cxlib.rows import names
from cxlib.rows.periods import Waves, come_after, natural_order, order_waves
from cxlib.rows.wave_years import several_years
from cxlib.shown.message import Message

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class InTime:
    """Answers and invitations whose waves have one name a period, and the wave to look at.

    Attributes
    ----------
    answers : pandas.DataFrame
    invitations : Ibis table or None
    wave : str or None
        None where all answers are one: there are no waves, or their order is not known.
    """

    answers: pd.DataFrame
    invitations: ir.Table | None
    wave: str | None = None
    notes: tuple[Message, ...] = ()
    warnings: tuple[Message, ...] = ()


def check_waves(p: Parameters, rows: pd.DataFrame, *, usable: pd.Series) -> tuple[Message, ...]:
    """Say which waves have no usable answer and are passed over, though they may be the latest.

    Raises
    ------
    ParameterError
        If `wave_order` does not hold each wave of the file once.
    """
    if p.wave_column is None or p.wave_column not in rows.columns:
        return ()
    every = rows[p.wave_column]
    found = order_waves(every, order=p.wave_order, parameter="wave_order")
    waves = list(every[usable].dropna().unique())
    absent = [each for each in every.dropna().unique() if each not in waves]
    if p.wave is not None or not absent:
        return ()
    later = come_after(waves, absent, order=found.values if p.wave_order else None)
    return (Message("bias.latest_without_score", n=len(later), names=later),) if later else ()


def put_in_time(p: Parameters, answers: pd.DataFrame, invitations: ir.Table | None) -> InTime:
    """Choose the wave: the one that is named, or the latest where the order in time is known.

    Parameters
    ----------
    p : Parameters
        `wave_column`, `wave` and `wave_order`.
    answers : pandas.DataFrame
        Usable answers, with names of waves folded.
    invitations : Ibis table or None

    Raises
    ------
    ParameterError
        If the wave does not exist.
    """
    column = p.wave_column
    if column is None or column not in answers.columns:
        return InTime(answers=answers, invitations=invitations)
    present = set(answers[column].dropna())
    order = p.wave_order and [wave for wave in p.wave_order if names.name(wave) in present]
    found = order_waves(answers[column], order=order, parameter="wave_order", column=column)
    wave = None if p.wave is None else found.spellings.get(p.wave, p.wave)
    if wave is not None:
        check.one_of("wave", wave, natural_order(answers[column]))
    elif found.known and found.values:
        wave = found.values[-1]
    # the order matters only where the latest is asked for
    return InTime(
        answers=answers.assign(**{column: answers[column].replace(found.spellings)}),
        invitations=_with_names_of(found, invitations, column),
        wave=wave,
        notes=found.notes(column),
        warnings=(
            *(found.warnings(column) if p.wave is None else ()),
            *several_years(answers, column),
        ),
    )


def _with_names_of(found: Waves, invitations: ir.Table | None, column: str) -> ir.Table | None:
    """Write the waves of the invitations as those of the answers that name the same period."""
    if invitations is None or column not in invitations.columns:
        return invitations
    there = people.distinct_names(invitations, column=column)
    same = {
        each: wave
        for each in there
        if each not in found.values
        if (wave := _same(each, found.values)) is not None
    }
    return people.rename(invitations, column=column, names=same) if same else invitations


def _same(other: str, waves: Sequence[str]) -> str | None:
    for wave in waves:
        both = order_waves([wave, other])
        if both.known and both.same:
            return wave
    return None
