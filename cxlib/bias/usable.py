"""The survey's rows -> scores, and what a reader must know of the answers that the headline rests
on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from cxlib.bias import items
from cxlib.bias.parameters import Parameters
from cxlib.errors import EmptyDataError, ParameterError
from cxlib.rows import code_labels, scales, wave_scales, weights
from cxlib.rows.multiplicity import size, size_of, times_of
from cxlib.shown.message import Message
from cxlib.sources import Survey
from cxlib.sources.table_targets import target_of
from cxlib.sources.table_writing import refuse_unmakable


def refuse_target(p: Parameters) -> None:
    """Refuse a table for the weights that cannot be made, before they are computed.

    Raises
    ------
    SourceError
        If it is there already, or the role may not make one there.
    """
    table = target_of(p.weights_out) if p.weights_out is not None else None
    if table is not None:
        refuse_unmakable(table)


def refuse_nothing(p: Parameters, columns: Sequence[str], *, compared: bool) -> None:
    """Refuse answers of which nothing can be said: nothing is asked about what they are, and they
    are not compared with anybody.

    Raises
    ------
    ParameterError
        With the parameters that would say something, and the columns that there are.
    """
    asked = (p.score, p.outcome, p.seconds, items.find_items(p, columns))
    if compared or any(asked) or p.targets is not None:
        return
    there = ", ".join(repr(str(name)) for name in columns[:20])
    raise ParameterError(
        f"score=None: with no column of scores, nothing can be said of survey={p.survey.name!r}; "
        "name the column with the answers from 0 to 10 as score, one of numbers as outcome, or "
        "give the people to compare with as frame, invitations or targets; the file has " + there
    )


def parse(survey: Survey, rows: pd.DataFrame, p: Parameters) -> scales.ParsedScores:
    """Return the scores of the answers.

    Raises
    ------
    EmptyDataError
        If there is no answer.
    ScoreRangeError
        If no answer is a score.
    ScaleError
        If the answers contradict the scale, of all waves or of some, or the file's value labels
        their codes.
    ParameterError
        If a label is not among the answers.
    """
    how: Any = {"scale": p.scale, "scale_shift": p.scale_shift, "labels": p.labels}
    code_labels.refuse_contradiction(
        survey.frame[p.score], survey.labels.get(str(p.score), {}), **how
    )
    times = survey.times
    parsed = scales.parse_scores(rows[p.score], **how, times=times)
    if not parsed.n:
        raise EmptyDataError(
            f"score={p.score!r}: none of the {size(rows, times):,} rows has an answer; name the "
            "column with the scores"
        )
    column = p.wave_column if p.wave_column in rows.columns else None
    waves = pd.Series(None, rows.index) if column is None else rows[column]
    wave_scales.refuse_contradiction(
        parsed, waves, column=column, by=p.wave_by, scale_shift=p.scale_shift, times=times
    )
    return parsed


def of_headline(
    p: Parameters,
    unread: pd.DataFrame | None,
    wave: str | None,
    wave_answers: pd.DataFrame,
    answers: pd.DataFrame,
) -> tuple[int, tuple[Message, ...]]:
    """Return how many answers of the wave are no score, and what this and heavy weights do
    to the headline."""
    if unread is None or p.score is None:
        return 0, ()
    weighty: tuple[Message, ...] = ()
    if p.weight:
        times = times_of(wave_answers)
        weighty = weights.find_heavy_weights(wave_answers[p.weight], times=times)
    here = unread if wave is None else unread[unread[p.wave_column] == wave]
    left, n, lost = size_of(here), size_of(wave_answers), size_of(unread)
    many = scales.many_left_out(left, left + n) or scales.many_left_out(
        lost, lost + size_of(answers)
    )
    return left, (*many, *weighty)
